"""Do ids name what they should? Findings that hold for predictions and gold alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from communique.checks.places import place
from communique.incident import Incident, cut, shown
from communique.model import LAYERS, Annotation, Span

ITEMS: Final = tuple(layer for layer in LAYERS if layer != "arguments")

Broken = frozenset[tuple[str, str | None]]
"""Layer and id of items that a file holds and that could not be read; None where the id could not be read either."""


def references(annotation: Annotation, broken: Broken = frozenset()) -> Iterator[Incident]:
    """Ids given twice, ids that name nothing, and clusters that share an item. Ids are unique within their layer.

    ``broken`` are items that stood in the file but could not be read: a reference to one is no second fault. Where an id of a
    layer could not be read, or two items share one, none of the references into that layer is judged until it is mended.
    """
    a = annotation
    known: dict[str, set[str]] = {}
    doubtful = {layer for layer, id_ in broken if id_ is None}
    for layer in ITEMS:
        ids = [x.id for x in getattr(a, layer)]
        known[layer] = {*ids, *(id_ for of, id_ in broken if of == layer and id_ is not None)}
        for id_ in _twice(ids):
            doubtful.add(layer)
            hint = "give each item an id of its own"
            yield Incident("duplicate-id", place(a, id_), f"{layer} has more than one item with this id", hint)
    named = [(e.id, "mentions", i, "mentions", "mention") for e in a.entities for i in e.mentions]
    named += [(e.id, "members", i, "entities", "entity") for e in a.entities for i in e.members]
    named += [(e.id, f"the {cut(x.role)} argument", x.mention, "mentions", "mention") for e in a.events for x in e.arguments]
    named += [(i.id, "events", e, "events", "event") for i in a.instances for e in i.events]
    named += [(r.id, end, i, "mentions", "mention") for r in a.relations for end, i in (("head", r.head), ("tail", r.tail))]
    named += [(r.id, end, i, "events", "event") for r in a.event_relations for end, i in (("head", r.head), ("tail", r.tail))]
    for item, where, id_, layer, what in named:
        if layer not in doubtful and id_ not in known[layer]:
            hint = f"give this id to the {what} that is meant, or mend the reference"
            yield Incident("dangling-id", place(a, item), f"{where} names the {what} {shown(id_)}, which is not there", hint)
    yield from _shared(annotation)


def _shared(annotation: Annotation) -> Iterator[Incident]:
    """Coreference is a partition of spans, so one span in two clusters cannot be scored."""
    a = annotation
    hint = "leave it in the cluster it belongs to"
    for id_, other, span in _common({m.id: m.span for m in a.mentions}, [(e.id, e.mentions) for e in a.entities]):
        yield Incident("span-in-two-entities", place(a, id_), f"{span} is in {other} as well", hint)
    for id_, other, span in _common({e.id: e.span for e in a.events}, [(i.id, i.events) for i in a.instances]):
        yield Incident("span-in-two-instances", place(a, id_), f"{span} is in {other} as well", hint)


def _common(spans: Mapping[str, Span], clusters: Sequence[tuple[str, Sequence[str]]]) -> Iterator[tuple[str, str, Span]]:
    """Each span that an earlier cluster holds too, with both clusters."""
    first: dict[Span, int] = {}
    for n, (id_, members) in enumerate(clusters):
        for span in dict.fromkeys(spans[m] for m in members if m in spans):
            other = first.setdefault(span, n)
            if other != n:
                yield id_, clusters[other][0], span


def _twice(ids: Iterable[str]) -> list[str]:
    return [i for i, n in Counter(ids).items() if n > 1]
