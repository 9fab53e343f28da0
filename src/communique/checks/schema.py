"""Does an annotation keep to the schema: which role admits which filler, and the like, straight from the ontology?

For gold and annotators only. A system may predict what the schema forbids; it is simply wrong there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from communique.checks.places import place
from communique.incident import Incident, shown
from communique.model import Annotation, Event, Mention
from communique.ontology import Ontology, RelationType

_YEAR: Final = r"(\d{4}|\d{3}X|\d\dXX|XXXX)"
_DAY: Final = r"(0[1-9]|[12]\d|3[01]|XX)"
_CLOCK: Final = r"T([01]\d|2[0-4])(:[0-5]\d){0,2}"
_DATE: Final = rf"{_YEAR}(-(0[1-9]|1[0-2]|XX|2[1-4])(-{_DAY})?|-W([0-4]\d|5[0-3]|XX)(-[1-7X])?)?({_CLOCK})?"
_N: Final = r"(\d+(\.\d+)?|X)"
_DURATION: Final = rf"P(?=[\dTX])({_N}Y)?({_N}M)?({_N}W)?({_N}D)?(T(?=[\dX])({_N}H)?({_N}M)?({_N}S)?)?"
ISO_8601: Final = re.compile(rf"{_DATE}|{_CLOCK}|{_DURATION}|{_DATE}/({_DATE}|{_DURATION})")
"""The forms that the guidelines ask for: dates, weeks and times to any precision, durations and intervals; X for an unknown
digit and 21 to 24 for the seasons, as in ISO 8601-2."""


def schema(annotation: Annotation, ontology: Ontology) -> Iterator[Incident]:
    """Combinations that the ontology does not admit. Unknown labels are `labels`' business and are passed over here."""
    mentions = {m.id: m for m in annotation.mentions}
    events = {e.id: e for e in annotation.events}
    for m in annotation.mentions:
        yield from _mention(annotation, m, ontology)
    yield from _entities(annotation, mentions, ontology)
    for e in annotation.events:
        yield from _event(annotation, e, mentions, ontology)
    for i in annotation.instances:
        for id_ in i.events:
            if id_ in events and (t := ontology.events.get(events[id_].type)) and not t.instance:
                message = f"{id_} is {t.name}, which takes no part in event coreference"
                yield Incident("event-not-in-instances", place(annotation, i.id), message, "take it out of the instance")
    for r in annotation.relations:
        yield from _ends(annotation, r.id, mentions.get(r.head), mentions.get(r.tail), ontology.relations.get(r.type))
    for x in annotation.event_relations:
        known = ontology.event_relations.get(x.type)
        yield from _ends(annotation, x.id, events.get(x.head), events.get(x.tail), known)


def _mention(annotation: Annotation, m: Mention, ontology: Ontology) -> Iterator[Incident]:
    where = place(annotation, m.id)
    known = ontology.mentions.get(m.type)
    if not known:
        return
    if m.kind is not None and m.kind in ontology.kinds and m.kind not in known.kinds:
        may = ", ".join(known.kinds) or "none"
        yield Incident("kind-not-admitted", where, f"{m.type} has kind {m.kind}", f"it admits: {may}")
    if m.kind is None and known.kinds:
        yield Incident("kind-missing", where, f"{m.type} has no kind", f"give one of {', '.join(known.kinds)}")
    if m.value is not None and not known.value:
        yield Incident("value-not-admitted", where, f"{m.type} has the value {shown(m.value)}", "only times have one")
    elif m.value is not None and not ISO_8601.fullmatch(m.value):
        hint = "write a date, a duration or an interval: 2031-05-02, 2031-05, P2D, PT3H, 2031-05-01/2031-05-03"
        yield Incident("value-not-iso", where, f"the value {shown(m.value)} is not ISO 8601", hint)
    if m.extent is not None and m.kind != "NOM":
        yield Incident("extent-not-admitted", where, f"a mention of kind {m.kind} has an extent", "only NOM has one")
    if m.extent is not None and not m.extent.contains(m.span):
        message = f"the extent {m.extent} does not contain the head {m.span}"
        yield Incident("extent-without-head", where, message, "give the noun phrase that the head is in")


def _entities(annotation: Annotation, mentions: dict[str, Mention], ontology: Ontology) -> Iterator[Incident]:
    for e in annotation.entities:
        where = place(annotation, e.id)
        for m in (mentions[i] for i in e.mentions if i in mentions):
            known = ontology.mentions.get(m.type)
            if known and not known.entity:
                yield Incident("mention-not-in-entities", where, f"{m.id} is {m.type}, which is no entity", "take it out")
            elif m.type != e.type:
                message = f"{m.id} is {m.type}, the entity {e.type}"
                yield Incident("entity-type-differs", where, message, "mentions of one entity share its type")
        if e.id in e.members:
            yield Incident("member-of-itself", where, "the group is a member of itself", "name only other entities")


def _event(annotation: Annotation, e: Event, mentions: dict[str, Mention], ontology: Ontology) -> Iterator[Incident]:
    where = place(annotation, e.id)
    known = ontology.events.get(e.type)
    if e.realis is None:
        yield Incident("realis-missing", where, "the event has no realis", f"give one of {', '.join(ontology.realis)}")
    if e.polarity is None:
        yield Incident("polarity-missing", where, "the event has no polarity", f"give one of {', '.join(ontology.polarity)}")
    if not known:
        return
    for a in e.arguments:
        if a.role in ontology.roles and a.role not in known.fillers:
            yield Incident("role-not-admitted", where, f"{e.type} has no {a.role}", f"it admits: {', '.join(known.fillers)}")
        elif a.role in known.fillers and (m := mentions.get(a.mention)) and m.type not in known.fillers[a.role]:
            message = f"{a.role} of {e.type} is {m.id}, which is {m.type}"
            yield Incident("filler-not-admitted", where, message, f"it admits: {', '.join(known.fillers[a.role])}")


def _ends(
    annotation: Annotation,
    id_: str,
    head: Mention | Event | None,
    tail: Mention | Event | None,
    known: RelationType | None,
) -> Iterator[Incident]:
    if known is None:
        return
    for end, item, admitted in (("head", head, known.head), ("tail", tail, known.tail)):
        if item is not None and item.type not in admitted:
            message = f"the {end} of {known.name} is {item.id}, which is {item.type}"
            yield Incident("end-not-admitted", place(annotation, id_), message, f"it admits: {', '.join(admitted)}")
