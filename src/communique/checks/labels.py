"""Are the labels those of the ontology? Holds for predictions and gold alike; what goes with what is `schema`'s."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from communique.checks.places import place
from communique.incident import Incident, shown
from communique.model import UNTYPED, Annotation
from communique.ontology import Ontology, nearest


def labels(annotation: Annotation, ontology: Ontology) -> Iterator[Incident]:
    """Labels that the ontology does not know, each with the nearest that it does."""
    a, o = annotation, ontology
    named: list[tuple[str, str, str | None, Iterable[str]]] = []
    named += [(m.id, "mention type", m.type, o.mentions) for m in a.mentions if m.type != UNTYPED]
    named += [(m.id, "kind", m.kind, o.kinds) for m in a.mentions]
    named += [(e.id, "entity type", e.type, o.mentions) for e in a.entities]
    named += [(e.id, "event type", e.type, o.events) for e in a.events]
    named += [(e.id, "realis", e.realis, o.realis) for e in a.events]
    named += [(e.id, "polarity", e.polarity, o.polarity) for e in a.events]
    named += [(e.id, "role", x.role, o.roles) for e in a.events for x in e.arguments]
    named += [(r.id, "relation type", r.type, o.relations) for r in a.relations]
    named += [(r.id, "event relation type", r.type, o.event_relations) for r in a.event_relations]
    for item, what, label, known in named:
        if label is not None and label not in known:
            yield Incident("unknown-label", place(a, item), f"unknown {what} {shown(label)}", nearest(label, known))


def untyped(annotation: Annotation) -> Iterator[Incident]:
    """Mentions of no type: a system may have found more than it can name, a reader may not."""
    for m in annotation.mentions:
        if m.type == UNTYPED:
            yield Incident("unknown-label", place(annotation, m.id), f"the mention has no type ({UNTYPED})", "give it one")
