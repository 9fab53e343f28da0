"""Spoilt entities and instances."""

from __future__ import annotations

from dataclasses import replace

from communique.audit.alterations.scene import Altered, Change, Scene, span_of, swap, trigger_of
from communique.model import Entity, Instance


def entity_joined(s: Scene, e: Entity) -> Altered | None:
    """One mention, of an entity that has others, goes to another entity of that type."""
    others = [x for x in s.annotation.entities if x is not e and x.type == e.type]
    if len(e.mentions) < 2 or not others:
        return None
    moved, to = s.pick(e.mentions), s.pick(others)
    rest = replace(e, mentions=tuple(m for m in e.mentions if m != moved))
    a = replace(s.annotation, entities=swap(s.annotation.entities, e, rest))
    a = replace(a, entities=swap(a.entities, to, replace(to, mentions=(*to.mentions, moved))))
    span = span_of(s, moved)
    return a, Change("other-entity", (span,), f"{s.say(span)} in the entity {e.name or e.id}", f"in {to.name or to.id}")


def entity_split(s: Scene, e: Entity) -> Altered | None:
    if len(e.mentions) < 2:
        return None
    moved = s.pick(e.mentions)
    rest = replace(e, mentions=tuple(m for m in e.mentions if m != moved))
    alone = Entity(s.new_id("e"), e.type, (moved,), members=e.members)
    a = replace(s.annotation, entities=(*swap(s.annotation.entities, e, rest), alone))
    span = span_of(s, moved)
    return a, Change("split", (span,), f"{s.say(span)} in the entity {e.name or e.id}", "an entity of its own")


def entity_member(s: Scene, e: Entity) -> Altered | None:
    if not e.members:
        return None
    gone = s.pick(e.members)
    a = replace(
        s.annotation,
        entities=swap(s.annotation.entities, e, replace(e, members=tuple(m for m in e.members if m != gone))),
    )
    span = span_of(s, e.mentions[0])
    return a, Change("member-missing", (span,), f"the group {s.say(span)} has {len(e.members)} members", "one fewer")


def instance_joined(s: Scene, i: Instance) -> Altered | None:
    """One event goes to another instance of its type."""
    types = {e.id: e.type for e in s.annotation.events}
    moved = s.pick(i.events)
    others = [x for x in s.annotation.instances if x is not i and types[x.events[0]] == types[moved]]
    if not others:
        return None
    to = s.pick(others)
    rest = replace(i, events=tuple(e for e in i.events if e != moved))
    joined = replace(to, events=(*to.events, moved))
    instances = (rest if x is i else joined if x is to else x for x in s.annotation.instances)
    a = replace(s.annotation, instances=tuple(x for x in instances if x.events))
    span = trigger_of(s, moved)
    return a, Change("other-instance", (span,), f"{s.say(span)} in the instance {i.id}", f"in {to.id}")


def instance_split(s: Scene, i: Instance) -> Altered | None:
    if len(i.events) < 2:
        return None
    moved = s.pick(i.events)
    rest = replace(i, events=tuple(e for e in i.events if e != moved))
    a = replace(s.annotation, instances=(*swap(s.annotation.instances, i, rest), Instance(s.new_id("i"), (moved,))))
    span = trigger_of(s, moved)
    return a, Change("split", (span,), f"{s.say(span)} in the instance {i.id}", "an instance of its own")
