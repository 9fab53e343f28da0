"""Arguments and relations whose ends may be any mention of the same entity, in the view of either side.

For agreement, where neither side is right: two mentions count as one if they are one span, or if either side puts them into one
entity. Items pair one to one, as many as possible, so that the figure is the same either way round.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeAlias

from communique.measures.coref import Clusters
from communique.measures.matching import matching
from communique.measures.side import mention
from communique.measures.tally import Tally
from communique.model import Annotation, Span
from communique.ontology import Ontology

Loose: TypeAlias = tuple[Hashable, tuple[Span, ...], bool]
"""What must be equal, the spans that may be any mention of their entity, and whether their order is irrelevant."""


def fillers(annotation: Annotation, ontology: Ontology) -> list[Loose]:
    """Arguments: trigger, event type and role must be equal."""
    by_id = {m.id: m for m in annotation.mentions}
    filled = ((e, x.role, mention(annotation, by_id, x.mention, e.id)) for e in annotation.events for x in e.arguments)
    return [((e.span, e.type, role), (filler.span,), False) for e, role, filler in filled]


def pairs(annotation: Annotation, ontology: Ontology) -> list[Loose]:
    """Relations: the type must be equal. A symmetric pair given both ways is one item, as in `Rel`."""
    by_id = {m.id: m for m in annotation.mentions}
    symmetric = {r.name for r in ontology.relations.values() if r.symmetric}
    directed: Counter[tuple[str, Span, Span]] = Counter()
    for r in annotation.relations:
        head, tail = (mention(annotation, by_id, end, r.id).span for end in (r.head, r.tail))
        directed[r.type, head, tail] += 1
    items: list[Loose] = []
    for (kind, head, tail), n in directed.items():
        back = directed.get((kind, tail, head), 0) if kind in symmetric and head != tail else 0
        if n > back or (n == back and head < tail):
            items += [(kind, (head, tail), kind in symmetric)] * n
    return items


def tally_relaxed(a: Iterable[Loose], b: Iterable[Loose], views: Sequence[Clusters]) -> Tally:
    """Pair items as described above. ``views`` are the entities of either side."""
    groups: defaultdict[Hashable, tuple[list[Loose], list[Loose]]] = defaultdict(lambda: ([], []))
    for n, side in enumerate((a, b)):
        for item in side:
            groups[item[0]][n].append(item)
    where = [{span: n for n, cluster in enumerate(view) for span in cluster} for view in views]

    def one(x: Span, y: Span) -> bool:
        return x == y or any(x in of and of[x] == of.get(y) for of in where)

    def same(x: Loose, y: Loose) -> bool:
        turned = x[2] and all(map(one, x[1], y[1][::-1]))
        return turned or all(map(one, x[1], y[1]))

    pairs = ({(i, j): 1 for i, x in enumerate(xs) for j, y in enumerate(ys) if same(x, y)} for xs, ys in groups.values())
    hits = sum(len(matching(each)) for each in pairs)
    sizes = [sum(len(group[n]) for group in groups.values()) for n in (0, 1)]
    return Tally(hits, hits, sizes[1], sizes[0])
