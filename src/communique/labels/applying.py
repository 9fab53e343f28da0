"""Labels of another set become ours."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from communique.labels.labelmap import EventTarget, LabelMap, Link
from communique.labels.listing import Left, Listing, total
from communique.labels.sweep import sweep
from communique.model import LAYERS, UNTYPED, Annotation, Argument, Entity, Event, EventRelation, Mention, Relation
from communique.ontology import Ontology

R = TypeVar("R", Relation, EventRelation)


def mapped(
    label_map: LabelMap, annotations: Iterable[Annotation], ontology: Ontology, *, texts: Mapping[str, str] | None = None
) -> tuple[tuple[Annotation, ...], Listing]:
    """A file's annotations with our labels, and what was left out of all of them.

    ``texts``, by doc_id, are needed by a map that trims.

    Raises:
        ValueError: as `apply` does.
    """
    pairs = [apply(label_map, a, ontology, text=(texts or {}).get(a.doc_id)) for a in annotations]
    return tuple(a for a, _ in pairs), total(label_map.name, (listing for _, listing in pairs))


def apply(
    label_map: LabelMap, annotation: Annotation, ontology: Ontology, *, text: str | None = None
) -> tuple[Annotation, Listing]:
    """An annotation with our labels, and what was left out of it.

    - A label that the map has becomes its target. One that is no source of the map but one of its targets stays as it is, so a
      mapped annotation maps to itself (see `clashes` for maps of which this does not hold).
    - In a table that the map does not have, labels of the ``ontology`` stay as they are. (One that defines nothing takes labels
      as they occur: all stay.)
    - All other labels are left out and listed, and so is what hangs on them: see `sweep`. There is no label for all others; it
      would hide those that nobody thought of.
    - A mention's label is its type with its kind: if either has no counterpart, it is left out. Realis and polarity are
      attributes: without a counterpart the value is taken off and listed, and the event stays.
    - A mention whose label is a trigger becomes an event, and the layer ``events`` is claimed wherever ``mentions`` is. A map
      that has triggers and no mentions says that the spans are triggers: then ``mentions`` is no longer claimed. Triggers speak
      of events: a type that neither they nor ``events`` give is unknown.
    - A mention that is `UNTYPED`, a filler or an end of which nobody said what it is, stays so.
    - An entity's type is a label of mentions. An entity whose type has no counterpart is left out, its mentions stay.

    ``meta`` and scores are carried along.

    Raises:
        ValueError: if the map trims and ``text`` is None.
    """
    if label_map.trim and text is None:
        raise ValueError(f"{label_map.name} trims mentions, which needs the text of {annotation.doc_id}; give the texts")
    judge = _Mapping(label_map, ontology, text)
    found, left = sweep(annotation, judge, _claimed(label_map, annotation.layers))
    return found, Listing(label_map.name, {**left, **judge.taken_off}, judge.trimmed)


def _claimed(label_map: LabelMap, layers: Collection[str]) -> tuple[str, ...]:
    claimed = set(layers)
    if label_map.triggers and "mentions" in claimed:
        claimed.add("events")
        if not label_map.speaks_of("mentions"):
            claimed.discard("mentions")
    return tuple(layer for layer in LAYERS if layer in claimed)


@dataclass(slots=True)
class _Mapping:
    """The judge that gives every item its label by the map; values that events lost are counted in ``taken_off``."""

    map: LabelMap
    ontology: Ontology
    text: str | None
    taken_off: Counter[Left] = field(default_factory=Counter)
    trimmed: int = 0

    def mention(self, mention: Mention) -> Mention | Event | Left:
        m = self.map
        if mention.type in m.triggers:
            target = m.triggers[mention.type]
            common = {"score": mention.score, "meta": mention.meta}
            return Event(mention.id, mention.span, target.type, target.realis, target.polarity, **common)  # type: ignore[arg-type]
        # What is only a filler or an end, and of no type, has no label that a map could know.
        untyped = mention.type == UNTYPED and UNTYPED not in m.mentions
        type_ = UNTYPED if untyped else self._mention_type(mention.type, "mentions")
        kind = self._kind(mention.kind)
        if isinstance(type_, Left) or isinstance(kind, Left):
            return type_ if isinstance(type_, Left) else kind  # type: ignore[return-value]  # one of the two is
        target_of = m.mentions.get(mention.type)
        if kind is None and target_of and target_of.kinds:
            kind = target_of.kinds[0]
        return self._trimmed(replace(mention, type=type_, kind=kind))

    def entity(self, entity: Entity) -> Entity | Left:
        type_ = self._mention_type(entity.type, "entities")
        return type_ if isinstance(type_, Left) else replace(entity, type=type_)

    def event(self, event: Event) -> Event | Left:
        target = EventTarget(event.type)
        if event.type in self.map.events:
            if (known := self.map.events[event.type]) is None:
                return Left("events", event.type, "none")
            target = known
        elif event.type not in {t.type for t in self.map.event_targets}:
            if self.map.event_targets or self.map.speaks_of("events"):
                return Left("events", event.type, "unknown")
            if not _ours(event.type, self.ontology.events):
                return Left("events", event.type, "silent")
        realis = self._value("realis", event.realis, self.map.realis, self.ontology.realis)
        polarity = self._value("polarity", event.polarity, self.map.polarity, self.ontology.polarity)
        return replace(event, type=target.type, realis=realis or target.realis, polarity=polarity or target.polarity)

    def argument(self, argument: Argument, before: Event, after: Event) -> Argument | Left:
        try:
            role = self.map.role(argument.role, before.type, after.type)
        except KeyError:
            if self.map.speaks_of("roles"):
                return Left("arguments", argument.role, "unknown")
            if _ours(argument.role, self.ontology.roles):
                return argument
            return Left("arguments", argument.role, "silent")
        return replace(argument, role=role) if role is not None else Left("arguments", argument.role, "none")

    def relation(self, relation: Relation, types: Mapping[str, str]) -> Relation | Left:
        return _linked("relations", relation, self.map.relations, self.ontology.relations, types)

    def event_relation(self, relation: EventRelation, types: Mapping[str, str]) -> EventRelation | Left:
        return _linked("event_relations", relation, self.map.event_relations, self.ontology.event_relations, types)

    def _mention_type(self, label: str, layer: str) -> str | Left:
        if label in self.map.mentions:
            target = self.map.mentions[label]
            return Left(layer, label, "none") if target is None else target.type
        if label in {t.type for t in self.map.mentions.values() if t is not None}:
            return label
        if self.map.speaks_of("mentions"):
            return Left(layer, label, "unknown")
        return label if _ours(label, self.ontology.mentions) else Left(layer, label, "silent")

    def _kind(self, kind: str | None) -> str | Left | None:
        """The mention's own kind, in our words."""
        kinds = self.map.kinds
        if kind is None:
            return None
        if kind in kinds:
            return kinds[kind][0] if kinds[kind] else Left("mentions", f"kind {kind}", "none")
        if kind in self.map.kind_targets:
            return kind
        if kinds:
            return Left("mentions", f"kind {kind}", "unknown")
        return kind if _ours(kind, self.ontology.kinds) else Left("mentions", f"kind {kind}", "silent")

    def _value(self, key: str, value: str | None, table: Mapping[str, str | None], known: Collection[str]) -> str | None:
        if value is None or (not table and _ours(value, known)):
            return value
        if value in table:
            if (target := table[value]) is None:
                self.taken_off[Left(key, value, "none")] += 1
            return target
        if value in {*table.values(), *(getattr(t, key) for t in self.map.event_targets)}:
            return value
        self.taken_off[Left(key, value, "unknown" if table else "silent")] += 1
        return None

    def _trimmed(self, mention: Mention) -> Mention:
        if not self.map.trim or self.text is None or not mention.span.placed:
            return mention
        span = mention.span
        words = span.of(self.text)
        for edge in self.map.trim:
            start, end = _EDGES[edge].fullmatch(words).span(1)  # type: ignore[union-attr]  # which matches every text
            if words[start:end].strip():
                span = replace(span, start=span.start + start, end=span.start + end)
                words = words[start:end]
        if span == mention.span:
            return mention
        self.trimmed += 1
        return replace(mention, span=span)


_EDGES: Final = {
    "article": re.compile(r"(?:(?:the|an?)\s+)*(.*)", re.IGNORECASE | re.DOTALL),
    "possessive": re.compile(r"(.*?)(?:['’]s?)*", re.IGNORECASE | re.DOTALL),
}
"""What a map may trim: leading articles; a final 's or apostrophe. Greedy, so that what is trimmed stays as it is."""


def _ours(label: str, known: Collection[str]) -> bool:
    """Whether an ontology has a label; one that defines nothing takes labels as they occur."""
    return not known or label in known


def _linked(
    layer: str, relation: R, links: Mapping[str, tuple[Link, ...]], known: Collection[str], types: Mapping[str, str]
) -> R | Left:
    label = relation.type
    if label not in links:
        given = [link for several in links.values() for link in several if link.type == label]
        if any(link.fits(types.get(relation.head), types.get(relation.tail)) for link in given):
            return relation
        if not links and _ours(label, known):
            return relation
        return Left(layer, label, "ends" if given else "unknown" if links else "silent")
    for link in links[label]:
        head, tail = (relation.tail, relation.head) if link.reverse else (relation.head, relation.tail)
        if link.fits(types.get(head), types.get(tail)):
            return replace(relation, type=link.type, head=head, tail=tail)
    return Left(layer, label, "ends" if links[label] else "none")
