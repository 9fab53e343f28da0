"""Spoilt relations and event relations."""

from __future__ import annotations

from dataclasses import replace

from communique.audit.alterations.scene import Altered, Change, Scene, span_of, swap, trigger_of
from communique.model import EventRelation, Relation, Span


def relation_missing(s: Scene, r: Relation) -> Altered | None:
    a = replace(s.annotation, relations=swap(s.annotation.relations, r, None))
    return a, Change("missing", _ends(s, r), _related(s, r), "no relation")


def relation_type(s: Scene, r: Relation) -> Altered | None:
    other = replace(r, type=s.pick([t for t in s.ontology.relations if t != r.type]))
    a = replace(s.annotation, relations=swap(s.annotation.relations, r, other))
    return a, Change("type", _ends(s, r), _related(s, r), other.type)


def relation_reversed(s: Scene, r: Relation) -> Altered | None:
    if s.ontology.relations[r.type].symmetric:
        return None
    a = replace(s.annotation, relations=swap(s.annotation.relations, r, replace(r, head=r.tail, tail=r.head)))
    return a, Change("reversed", _ends(s, r), _related(s, r), "the other way round")


def _ends(s: Scene, r: Relation) -> tuple[Span, Span]:
    return span_of(s, r.head), span_of(s, r.tail)


def _related(s: Scene, r: Relation) -> str:
    return f"{s.say(span_of(s, r.head))} {r.type} {s.say(span_of(s, r.tail))}"


def event_relation_missing(s: Scene, x: EventRelation) -> Altered | None:
    a = replace(s.annotation, event_relations=swap(s.annotation.event_relations, x, None))
    return a, Change("missing", _triggers(s, x), _linked(s, x), "no relation")


def event_relation_type(s: Scene, x: EventRelation) -> Altered | None:
    other = replace(x, type=s.pick([t for t in s.ontology.event_relations if t != x.type]))
    a = replace(s.annotation, event_relations=swap(s.annotation.event_relations, x, other))
    return a, Change("type", _triggers(s, x), _linked(s, x), other.type)


def event_relation_reversed(s: Scene, x: EventRelation) -> Altered | None:
    other = replace(x, head=x.tail, tail=x.head)
    a = replace(s.annotation, event_relations=swap(s.annotation.event_relations, x, other))
    return a, Change("reversed", _triggers(s, x), _linked(s, x), "the other way round")


def _triggers(s: Scene, x: EventRelation) -> tuple[Span, Span]:
    return trigger_of(s, x.head), trigger_of(s, x.tail)


def _linked(s: Scene, x: EventRelation) -> str:
    return f"{s.say(trigger_of(s, x.head))} {x.type} {s.say(trigger_of(s, x.tail))}"
