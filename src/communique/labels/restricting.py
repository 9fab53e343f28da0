"""``--only-mapped``: gold, cut down to what a system with a map can say at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from communique.labels.labelmap import LabelMap, Link
from communique.labels.listing import Left, Listing, total
from communique.labels.sweep import sweep
from communique.model import UNTYPED, Annotation, Argument, Entity, Event, EventRelation, Mention, Relation

R = TypeVar("R", Relation, EventRelation)


def restricted(label_map: LabelMap, annotations: Iterable[Annotation]) -> tuple[tuple[Annotation, ...], Listing]:
    """A file's annotations within what the map can say, and what was left out of all of them. See `restrict`."""
    pairs = [_restrict(label_map, a) for a in annotations]
    return tuple(a for a, _ in pairs), total(label_map.name, (listing for _, listing in pairs))


def restrict(label_map: LabelMap, annotation: Annotation) -> Annotation:
    """An annotation, gold or mapped, without what no label of the map stands for.

    - Of each table that the map has, labels that are no targets are left out, with what hangs on them (see `sweep`); what it
      says nothing of stays whole, but for what hangs.
    - A mention counts by type and kind. A target with kinds stands for those; one without for those that the table ``kinds``
      gives, and without such a table for all. One that is `UNTYPED` stays.
    - A role counts with the type of its event, a relation with the types of its ends where the map asks for them.
    - Realis and polarity stay: an event is there to be found, whatever its values.

    The same cut of a system's mapped labels takes off no more than what it says beyond the map (a kind of its own).
    """
    return _restrict(label_map, annotation)[0]


def _restrict(label_map: LabelMap, annotation: Annotation) -> tuple[Annotation, Listing]:
    judge = _Range(label_map, frozenset(t.type for t in label_map.event_targets))
    found, left = sweep(annotation, judge, annotation.layers)
    return found, Listing(label_map.name, dict(left))


@dataclass(frozen=True, slots=True)
class _Range:
    """The judge that leaves every item as it is, or leaves it out."""

    map: LabelMap
    event_types: frozenset[str]

    def mention(self, mention: Mention) -> Mention | Left:
        if mention.type == UNTYPED or self._says(mention.type, mention.kind):
            return mention
        return Left("mentions", mention.type if mention.kind is None else f"{mention.type}.{mention.kind}", "range")

    def entity(self, entity: Entity) -> Entity | Left:
        targets = {t.type for t in self.map.mentions.values() if t is not None}
        fits = entity.type in targets or not self.map.speaks_of("mentions")
        return entity if fits else Left("entities", entity.type, "range")

    def event(self, event: Event) -> Event | Left:
        fits = event.type in self.event_types or not self.event_types
        return event if fits else Left("events", event.type, "range")

    def argument(self, argument: Argument, before: Event, after: Event) -> Argument | Left:
        m = self.map
        if not m.speaks_of("roles") or argument.role in m.roles_at(after.type):
            return argument
        return Left("arguments", f"{after.type}.{argument.role}", "range")

    def relation(self, relation: Relation, types: Mapping[str, str]) -> Relation | Left:
        return _within("relations", relation, self.map.relations, types)

    def event_relation(self, relation: EventRelation, types: Mapping[str, str]) -> EventRelation | Left:
        return _within("event_relations", relation, self.map.event_relations, types)

    def _says(self, type_: str, kind: str | None) -> bool:
        m = self.map
        given = {new for becomes in m.kinds.values() for new in becomes}
        if not m.speaks_of("mentions"):
            return kind is None or not m.speaks_of("kinds") or kind in given
        targets = [t for t in m.mentions.values() if t is not None and t.type == type_]
        every = any(not t.kinds for t in targets) and not m.speaks_of("kinds")
        return bool(targets) and (kind is None or every or kind in given.union(*(t.kinds for t in targets)))


def _within(layer: str, relation: R, links: Mapping[str, tuple[Link, ...]], types: Mapping[str, str]) -> R | Left:
    of_type = [link for several in links.values() for link in several if link.type == relation.type]
    if not links or any(link.fits(types.get(relation.head), types.get(relation.tail)) for link in of_type):
        return relation
    ends = [types.get(end, "?") for end in (relation.head, relation.tail)]
    return Left(layer, f"{relation.type} {ends[0]}–{ends[1]}" if of_type else relation.type, "range")
