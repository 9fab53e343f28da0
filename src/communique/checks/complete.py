"""Has every item what its kind must have (guidelines, section 11.2, points 4 and 5)? For gold and annotators only."""

from __future__ import annotations

from collections.abc import Iterator

from communique.checks.places import place
from communique.incident import Incident
from communique.model import Annotation
from communique.ontology import Ontology


def complete(annotation: Annotation, ontology: Ontology) -> Iterator[Incident]:
    """A title is somebody's, a statement is made by somebody, and a nominal is there because it fills a role or a relation, is
    coreferent with what does or with a name, or is a group or a member of one.

    An ontology of one's own that has no such labels asks for none of it.
    """
    a = annotation
    if "POSITION" in ontology.relations:
        held = {r.tail for r in a.relations if r.type == "POSITION"}
        for m in a.mentions:
            if m.type == "TITLE" and m.id not in held:
                hint = "relate its holder to it by POSITION, or mark it as a nominal"
                yield Incident("title-without-position", place(a, m.id), f"nobody holds the TITLE {m.span}", hint)
    if "STATEMENT" in ontology.events:
        for e in a.events:
            if e.type == "STATEMENT" and not any(x.role == "ACTOR" for x in e.arguments):
                hint = "mark who says it; without one it is no STATEMENT"
                yield Incident("statement-without-actor", place(a, e.id), f"the STATEMENT {e.span} has no ACTOR", hint)
    yield from _idle(a)


def _idle(a: Annotation) -> Iterator[Incident]:
    used = {x.mention for e in a.events for x in e.arguments} | {i for r in a.relations for i in (r.head, r.tail)}
    kinds = {m.id: m.kind for m in a.mentions}
    in_groups = {member for e in a.entities for member in e.members}
    for e in a.entities:
        common = e.mentions and all(kinds.get(m) in ("NOM", "PRO") for m in e.mentions)
        if common and not (e.members or e.id in in_groups or used.intersection(e.mentions)):
            hint = "give it its role or relation, or its group, or take it out"
            yield Incident("nominal-without-role", place(a, e.mentions[0]), f"nothing holds the nominals of {e.id}", hint)
