"""Do ids name what they should? Findings that hold for predictions and gold alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from communique.checks.places import place
from communique.incident import Incident
from communique.model import Annotation, Span


def references(annotation: Annotation, broken: frozenset[str] = frozenset()) -> Iterator[Incident]:
    """Ids given twice, ids that name nothing, and clusters that share an item.

    ``broken`` are ids of items that stood in the file but could not be read: a reference to one is no second fault.
    """
    a = annotation
    mentions, events, entities = ({x.id for x in items} | broken for items in (a.mentions, a.events, a.entities))
    for what, items in (
        ("mentions", a.mentions),
        ("entities", a.entities),
        ("events", a.events),
        ("instances", a.instances),
        ("relations", a.relations),
        ("event_relations", a.event_relations),
    ):
        for id_ in _twice(x.id for x in items):
            hint = "give each item an id of its own"
            yield Incident("duplicate-id", place(a, id_), f"{what} has more than one item with this id", hint)
    named = [(e.id, "mentions", i, mentions, "mention") for e in a.entities for i in e.mentions]
    named += [(e.id, "members", i, entities, "entity") for e in a.entities for i in e.members]
    named += [(e.id, f"the {x.role} argument", x.mention, mentions, "mention") for e in a.events for x in e.arguments]
    named += [(i.id, "events", e, events, "event") for i in a.instances for e in i.events]
    named += [(r.id, end, i, mentions, "mention") for r in a.relations for end, i in (("head", r.head), ("tail", r.tail))]
    named += [(r.id, end, i, events, "event") for r in a.event_relations for end, i in (("head", r.head), ("tail", r.tail))]
    for item, where, id_, known, what in named:
        if id_ not in known:
            hint = f"add the {what}, or mend the id"
            yield Incident("dangling-id", place(a, item), f"{where} names the {what} {id_!r}, which is not there", hint)
    yield from _shared(annotation)


def _shared(annotation: Annotation) -> Iterator[Incident]:
    """Coreference is a partition of spans, so one span in two clusters cannot be scored."""
    spans = {m.id: m.span for m in annotation.mentions} | {e.id: e.span for e in annotation.events}
    for incident, clusters in (
        ("span-in-two-entities", [(e.id, e.mentions) for e in annotation.entities]),
        ("span-in-two-instances", [(i.id, i.events) for i in annotation.instances]),
    ):
        first: dict[Span, str] = {}
        for id_, members in clusters:
            for span in dict.fromkeys(spans[m] for m in members if m in spans):
                other = first.setdefault(span, id_)
                if other != id_:
                    hint = "leave it in the cluster it belongs to"
                    yield Incident(incident, place(annotation, id_), f"{span} is in {other} as well", hint)


def _twice(ids: Iterable[str]) -> list[str]:
    return [i for i, n in Counter(ids).items() if n > 1]
