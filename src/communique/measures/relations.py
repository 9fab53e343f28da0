"""Relations between mentions: `Rel` (boundaries) and `Rel+` (strict).

The terms are those of Taillé et al. 2020, "Let's Stop Incorrect Comparisons in End-to-end Relation Extraction!".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TypeAlias

from communique.measures.events import mention
from communique.measures.tally import Item, Tallies, match, sentence_of
from communique.model import Annotation, Document, Span
from communique.ontology import Ontology

_End: TypeAlias = tuple[Span, str]


def tally_relations(document: Document, gold: Annotation, pred: Annotation, ontology: Ontology, *, strict: bool) -> Tallies:
    """Match relations with equal type and equal spans at both ends; if ``strict``, equal mention types too. Labelled by type.

    A relation that the ontology calls symmetric has no direction, and a pair given both ways is one item (MAVEN-ERE's scorer
    punishes it): a pair counts as often as it stands in the direction in which it stands more often. It belongs to the sentence
    of its earlier end; any other relation to that of its head.
    """
    return match(*(list(_items(document, side, ontology, strict)) for side in (gold, pred)))


def _items(document: Document, annotation: Annotation, ontology: Ontology, strict: bool) -> Iterator[Item]:
    by_id = {m.id: m for m in annotation.mentions}
    directed: Counter[tuple[str, _End, _End]] = Counter()
    for relation in annotation.relations:
        head, tail = (mention(annotation, by_id, end, relation.id) for end in (relation.head, relation.tail))
        directed[relation.type, (head.span, head.type if strict else ""), (tail.span, tail.type if strict else "")] += 1
    counts: dict[tuple[str, _End, _End], int] = {}
    for (kind, head_end, tail_end), n in directed.items():
        known = ontology.relations.get(kind)
        first, second = (head_end, tail_end)
        if known is not None and known.symmetric:
            first, second = sorted((head_end, tail_end))
        counts[kind, first, second] = max(n, counts.get((kind, first, second), 0))
    for (kind, first, second), n in counts.items():
        for _ in range(n):
            yield Item(sentence_of(document, first[0]), kind, (first, second))
