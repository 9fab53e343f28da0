"""Spoilt events and arguments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from communique.audit.alterations.scene import Altered, Change, Scene, free, span_of, swap
from communique.model import Annotation, Argument, Event


def without_event(a: Annotation, id_: str) -> Annotation:
    instances = (replace(i, events=tuple(e for e in i.events if e != id_)) for i in a.instances)
    return replace(
        a,
        events=tuple(e for e in a.events if e.id != id_),
        instances=tuple(i for i in instances if i.events),
        event_relations=tuple(x for x in a.event_relations if id_ not in (x.head, x.tail)),
    )


def event_missing(s: Scene, e: Event) -> Altered | None:
    return without_event(s.annotation, e.id), Change("missing", (e.span,), f"{s.say(e.span)} {e.type}", "no event")


def event_type(s: Scene, e: Event) -> Altered | None:
    # Within what may, or may not, be in an instance, so that the clusters stay sound.
    own = s.ontology.events[e.type].instance
    type_ = s.pick([t.name for t in s.ontology.events.values() if t.instance == own and t.name != e.type])
    a = replace(s.annotation, events=swap(s.annotation.events, e, replace(e, type=type_)))
    return a, Change("type", (e.span,), f"{s.say(e.span)} {e.type}", type_)


def event_realis(s: Scene, e: Event) -> Altered | None:
    realis = s.pick([r for r in s.ontology.realis if r != e.realis])
    a = replace(s.annotation, events=swap(s.annotation.events, e, replace(e, realis=realis)))
    return a, Change("realis", (e.span,), f"{s.say(e.span)} {e.realis}", realis)


def event_polarity(s: Scene, e: Event) -> Altered | None:
    polarity = s.pick([p for p in s.ontology.polarity if p != e.polarity])
    a = replace(s.annotation, events=swap(s.annotation.events, e, replace(e, polarity=polarity)))
    return a, Change("polarity", (e.span,), f"{s.say(e.span)} {e.polarity}", polarity)


def event_spurious(s: Scene, near: Event) -> Altered | None:
    word = free(s, s.nouns if s.stream.random() < 0.5 else s.verbs, near.span)
    if word is None:
        return None
    event = Event(s.new_id("v"), word, s.pick(["IMPROVE", "WORSEN"]), "ACTUAL", "POS")
    a = replace(s.annotation, events=(*s.annotation.events, event))
    return a, Change("spurious", (word,), "no event", f"{s.say(word)} {event.type}")


def argument_missing(s: Scene, item: tuple[Event, Argument]) -> Altered | None:
    event, x = item
    a = _with_arguments(s, event, [y for y in event.arguments if y is not x])
    return a, Change("missing", (event.span, span_of(s, x.mention)), _filled(s, event, x), "no role")


def argument_role(s: Scene, item: tuple[Event, Argument]) -> Altered | None:
    event, x = item
    taken = {y.role for y in event.arguments if y.mention == x.mention}
    type_ = next(m.type for m in s.annotation.mentions if m.id == x.mention)
    admitted = s.ontology.events[event.type].fillers
    roles = [r for r, types in admitted.items() if r not in taken and type_ in types]
    if not roles:
        return None
    other = replace(x, role=s.pick(roles))
    a = _with_arguments(s, event, [other if y is x else y for y in event.arguments])
    return a, Change("role", (event.span, span_of(s, x.mention)), _filled(s, event, x), other.role)


def argument_spurious(s: Scene, item: tuple[Event, Argument]) -> Altered | None:
    event, x = item
    filling = {y.mention for y in event.arguments}
    type_ = next(m.type for m in s.annotation.mentions if m.id == x.mention)
    free = [
        m
        for m in s.annotation.mentions
        if m.id not in filling and m.type == type_ and s.sentence(m.span) == s.sentence(event.span)
    ]
    if not free:
        return None
    added = Argument(x.role, s.pick(free).id)
    a = _with_arguments(s, event, [*event.arguments, added])
    return a, Change("spurious", (event.span, span_of(s, added.mention)), "no role", _filled(s, event, added))


def _with_arguments(s: Scene, event: Event, arguments: Sequence[Argument]) -> Annotation:
    return replace(s.annotation, events=swap(s.annotation.events, event, replace(event, arguments=tuple(arguments))))


def _filled(s: Scene, event: Event, x: Argument) -> str:
    return f"{s.say(span_of(s, x.mention))} {x.role} of {s.say(event.span)}"
