"""An annotation, item by item, with what hangs on the items that are left out left out too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Protocol, TypeVar

from communique.labels.listing import Left
from communique.model import Annotation, Argument, Entity, Event, EventRelation, Instance, Mention, Relation

R = TypeVar("R", Relation, EventRelation)


class Judge(Protocol):
    """Says of each item what becomes of it, or why it is left out. Labels only: what an item names is `sweep`'s business."""

    def mention(self, mention: Mention) -> Mention | Event | Left:
        """An event, whose id may change, for a mention that is a trigger."""

    def entity(self, entity: Entity) -> Entity | Left: ...

    def event(self, event: Event) -> Event | Left:
        """With its arguments as they are."""

    def argument(self, argument: Argument, before: Event, after: Event) -> Argument | Left:
        """``before`` and ``after`` are the event as it came and as it goes out."""

    def relation(self, relation: Relation, types: Mapping[str, str]) -> Relation | Left:
        """``types`` are those of the mentions that stay, by id, as they go out."""

    def event_relation(self, relation: EventRelation, types: Mapping[str, str]) -> EventRelation | Left:
        """``types`` are those of the events that stay."""


def sweep(annotation: Annotation, judge: Judge, layers: tuple[str, ...]) -> tuple[Annotation, Counter[Left]]:
    """The annotation as the judge would have it, claiming ``layers``, and what is left out.

    With an item goes what names it: its arguments and relations, its places in entities and instances, its part in groups; and
    an entity or an instance that has nothing left, but not one that never had anything. A reference that named nothing before
    still names nothing: that is a fault of the file, which the checks tell.
    """
    left: Counter[Left] = Counter()
    mentions: list[Mention] = []
    triggers: list[Event] = []
    for m in annotation.mentions:
        match judge.mention(m):
            case Mention() as stays:
                mentions.append(stays)
            case Event() as trigger:
                triggers.append(trigger)
                left[Left("mentions", m.type, "trigger")] += 1
            case Left() as why:
                left[why] += 1
    gone = _gone(annotation.mentions, mentions)
    mention_types = {m.id: m.type for m in mentions}

    pairs = [(before, judge.event(before)) for before in annotation.events]
    left.update(after for _, after in pairs if isinstance(after, Left))
    staying = [(before, after) for before, after in pairs if isinstance(after, Event)]
    for before, after in pairs:
        if isinstance(after, Left):
            left.update(Left("arguments", x.role, "hangs") for x in before.arguments)
    events = [replace(after, arguments=_arguments(before, after, judge, gone, left)) for before, after in staying]
    events_gone = _gone(annotation.events, events)
    event_types = {e.id: e.type for e in events}
    return (
        replace(
            annotation,
            layers=layers,
            mentions=tuple(mentions),
            entities=_entities(annotation.entities, judge, gone, left),
            events=(*events, *_renamed(triggers, {e.id for e in annotation.events})),
            instances=_instances(annotation.instances, events_gone, left),
            relations=tuple(_relations("relations", annotation.relations, judge.relation, gone, mention_types, left)),
            event_relations=tuple(
                _relations("event_relations", annotation.event_relations, judge.event_relation, events_gone, event_types, left)
            ),
        ),
        +left,  # without those of which there were none
    )


def _gone(before: Iterable[Mention | Event | Entity], after: Iterable[Mention | Event | Entity]) -> frozenset[str]:
    """Ids that no item has any more. (In a faulty file two items may share one.)"""
    return frozenset(x.id for x in before) - {x.id for x in after}


def _arguments(before: Event, after: Event, judge: Judge, gone: Collection[str], left: Counter[Left]) -> tuple[Argument, ...]:
    kept = []
    for x in before.arguments:
        if x.mention in gone:
            left[Left("arguments", x.role, "hangs")] += 1
        elif isinstance(found := judge.argument(x, before, after), Left):
            left[found] += 1
        else:
            kept.append(found)
    return tuple(kept)


def _entities(entities: Iterable[Entity], judge: Judge, gone: Collection[str], left: Counter[Left]) -> tuple[Entity, ...]:
    entities = tuple(entities)
    kept = []
    for e in entities:
        found = judge.entity(e)
        places = tuple(i for i in e.mentions if i not in gone)
        left[Left("mentions of entities", e.type, "hangs")] += len(e.mentions) - len(places)
        if isinstance(found, Entity) and e.mentions and not places:
            found = Left("entities", e.type, "hangs")
        if isinstance(found, Left):
            left[found] += 1
            left[Left("mentions of entities", e.type, "hangs")] += len(places)
            left[Left("members of entities", e.type, "hangs")] += len(e.members)
        else:
            kept.append(replace(found, mentions=places))
    groups_gone = _gone(entities, kept)
    stays = []
    for e in kept:
        members = tuple(i for i in e.members if i not in groups_gone)
        left[Left("members of entities", e.type, "hangs")] += len(e.members) - len(members)
        stays.append(replace(e, members=members))
    return tuple(stays)


def _instances(instances: Iterable[Instance], gone: Collection[str], left: Counter[Left]) -> tuple[Instance, ...]:
    kept = []
    for i in instances:
        events = tuple(id_ for id_ in i.events if id_ not in gone)
        if lost := len(i.events) - len(events):
            left[Left("events of instances", "", "hangs")] += lost
        if i.events and not events:
            left[Left("instances", "", "hangs")] += 1
        else:
            kept.append(replace(i, events=events))
    return tuple(kept)


def _relations(
    layer: str, relations: Iterable[R], judge: Callable[[R, Mapping[str, str]], R | Left],
    gone: Collection[str], types: Mapping[str, str], left: Counter[Left],
) -> Iterable[R]:  # fmt: skip
    for r in relations:
        hangs = r.head in gone or r.tail in gone
        found = Left(layer, r.type, "hangs") if hangs else judge(r, types)
        if isinstance(found, Left):
            left[found] += 1
        else:
            yield found


def _renamed(triggers: Iterable[Event], taken: Collection[str]) -> Iterable[Event]:
    """Events out of mentions keep the mention's id, unless an event has it."""
    used = set(taken)
    for trigger in triggers:
        id_ = trigger.id
        while id_ in used:
            id_ = f"{id_}v"
        used.add(id_)
        yield replace(trigger, id=id_)
