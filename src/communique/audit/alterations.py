"""Ways to spoil one item of a sound annotation, as an annotator might: each says what it did, and what the item was.

An alteration takes a scene and an item and gives the spoilt annotation with a `Change`, or None where it does not apply. What
hangs on a removed mention or event goes with it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from communique.model import Annotation, Argument, Document, Entity, Event, EventRelation, Instance, Mention, Relation, Span
from communique.ontology import Ontology

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Change:
    """``spans`` are where to look: the item, or both ends of a pair; ``was`` and ``now`` say in words what was altered."""

    kind: str
    spans: tuple[Span, ...]
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Scene:
    """An annotation to spoil, its document, and the nouns and verbs of its text, which may be marked wrongly."""

    document: Document
    annotation: Annotation
    nouns: Sequence[Span]
    verbs: Sequence[Span]
    ontology: Ontology
    stream: random.Random

    def pick(self, given: Sequence[T]) -> T:
        # random() is the one method whose stream Python promises to keep between versions.
        return given[int(self.stream.random() * len(given))]

    def sentence(self, span: Span) -> int:
        return next((n for n, s in enumerate(self.document.sentences) if s.contains(span)), -1)

    def say(self, span: Span) -> str:
        return f"“{span.of(self.document.text)}”"

    def new_id(self, prefix: str) -> str:
        a = self.annotation
        held: list[Any] = [*a.mentions, *a.entities, *a.events, *a.instances]
        used = {x.id for x in held}
        return next(f"{prefix}{n}" for n in range(1, len(used) + 2) if f"{prefix}{n}" not in used)


Altered = tuple[Annotation, Change]
Alteration = Callable[[Scene, Any], Altered | None]


def items(scene: Scene, layer: str) -> list[Any]:
    """What can be altered in a layer, each with its own ``Change.spans``; a pair that stands for something missing, too."""
    a = scene.annotation
    if layer == "arguments":
        return [(e, x) for e in a.events for x in e.arguments]
    return list(getattr(a, layer))


def without_mention(a: Annotation, id_: str) -> Annotation:
    entities = tuple(replace(e, mentions=tuple(m for m in e.mentions if m != id_)) for e in a.entities)
    empty = {e.id for e in entities if not e.mentions}
    return replace(
        a,
        mentions=tuple(m for m in a.mentions if m.id != id_),
        entities=tuple(
            replace(e, members=tuple(m for m in e.members if m not in empty)) for e in entities if e.id not in empty
        ),
        events=tuple(replace(e, arguments=tuple(x for x in e.arguments if x.mention != id_)) for e in a.events),
        relations=tuple(r for r in a.relations if id_ not in (r.head, r.tail)),
    )


def without_event(a: Annotation, id_: str) -> Annotation:
    instances = (replace(i, events=tuple(e for e in i.events if e != id_)) for i in a.instances)
    return replace(
        a,
        events=tuple(e for e in a.events if e.id != id_),
        instances=tuple(i for i in instances if i.events),
        event_relations=tuple(x for x in a.event_relations if id_ not in (x.head, x.tail)),
    )


def _swap(items: Sequence[T], old: T, new: T | None) -> tuple[T, ...]:
    return tuple(new if x is old else x for x in items if not (x is old and new is None))  # type: ignore[misc]


# Mentions


def _mention_missing(s: Scene, m: Mention) -> Altered | None:
    return without_mention(s.annotation, m.id), Change("missing", (m.span,), f"{s.say(m.span)} {m.type}", "no mention")


def _mention_type(s: Scene, m: Mention) -> Altered | None:
    own = [e for e in s.annotation.entities if e.mentions == (m.id,)]
    types = [t.name for t in s.ontology.mentions.values() if t.entity and t.name not in (m.type, "EVT")]
    if not own:
        return None
    type_ = s.pick(types)
    a = replace(s.annotation, mentions=_swap(s.annotation.mentions, m, replace(m, type=type_)))
    a = replace(a, entities=_swap(a.entities, own[0], replace(own[0], type=type_)))
    return a, Change("type", (m.span,), f"{s.say(m.span)} {m.type}", type_)


def _mention_kind(s: Scene, m: Mention) -> Altered | None:
    other = {"NAM": "ADJ", "ADJ": "NAM"}.get(m.kind or "")
    if m.type != "GPE" or other is None:
        return None
    a = replace(s.annotation, mentions=_swap(s.annotation.mentions, m, replace(m, kind=other)))
    return a, Change("kind", (m.span,), f"{s.say(m.span)} {m.kind}", other)


def _mention_extent(s: Scene, m: Mention) -> Altered | None:
    if m.extent is None or m.extent == m.span:
        return None
    inside = [t for t in s.document.tokens if m.extent.contains(t) and (t.end <= m.span.start or t.start >= m.span.end)]
    token = s.pick(inside)
    extent = Span(token.end, m.extent.end) if token.start < m.span.start else Span(m.extent.start, token.start)
    while extent.of(s.document.text)[0].isspace():
        extent = Span(extent.start + 1, extent.end)
    while extent.of(s.document.text)[-1].isspace():
        extent = Span(extent.start, extent.end - 1)
    a = replace(s.annotation, mentions=_swap(s.annotation.mentions, m, replace(m, extent=extent)))
    return a, Change("extent", (m.span,), f"extent {s.say(m.extent)}", f"extent {s.say(extent)}")


def _mention_boundary(s: Scene, m: Mention) -> Altered | None:
    inside = [t for t in s.document.tokens if m.span.contains(t)]
    if len(inside) < 2 or m.extent is not None:
        return None
    span = Span(inside[1].start, m.span.end) if s.stream.random() < 0.5 else Span(m.span.start, inside[-2].end)
    a = replace(s.annotation, mentions=_swap(s.annotation.mentions, m, replace(m, span=span)))
    return a, Change("boundary", (m.span,), s.say(m.span), s.say(span))


def _mention_value(s: Scene, m: Mention) -> Altered | None:
    digits = [n for n, c in enumerate(m.value or "") if c.isdigit()]
    if not digits:
        return None
    at, value = s.pick(digits), m.value or ""
    other = value[:at] + str((int(value[at]) + 1) % 10) + value[at + 1 :]
    a = replace(s.annotation, mentions=_swap(s.annotation.mentions, m, replace(m, value=other)))
    return a, Change("value", (m.span,), f"{s.say(m.span)} {value}", other)


def _mention_spurious(s: Scene, near: Mention) -> Altered | None:
    word = _free(s, s.nouns, near.span)
    if word is None:
        return None
    type_ = s.pick(["PER", "ORG", "GPE", "LOC", "OBJ"])
    m = Mention(s.new_id("m"), word, type_, "NOM", extent=word)
    entity = Entity(s.new_id("e"), type_, (m.id,))
    a = replace(s.annotation, mentions=(*s.annotation.mentions, m), entities=(*s.annotation.entities, entity))
    return a, Change("spurious", (word,), "no mention", f"{s.say(word)} {type_}")


def _free(s: Scene, words: Sequence[Span], near: Span) -> Span | None:
    """A word of the same sentence that is neither in a mention nor in a trigger."""
    marked = [m.span for m in s.annotation.mentions] + [e.span for e in s.annotation.events]
    tokens = set(s.document.tokens)
    here = [w for w in words if w in tokens and s.sentence(w) == s.sentence(near)]
    free = [w for w in here if not any(w.overlap(x) for x in marked)]
    return s.pick(free) if free else None


# Entities


def _entity_joined(s: Scene, e: Entity) -> Altered | None:
    """One mention, of an entity that has others, goes to another entity of that type."""
    others = [x for x in s.annotation.entities if x is not e and x.type == e.type]
    if len(e.mentions) < 2 or not others:
        return None
    moved, to = s.pick(e.mentions), s.pick(others)
    rest = replace(e, mentions=tuple(m for m in e.mentions if m != moved))
    a = replace(s.annotation, entities=_swap(s.annotation.entities, e, rest))
    a = replace(a, entities=_swap(a.entities, to, replace(to, mentions=(*to.mentions, moved))))
    span = _span_of(s, moved)
    return a, Change("other-entity", (span,), f"{s.say(span)} in the entity {e.name or e.id}", f"in {to.name or to.id}")


def _entity_split(s: Scene, e: Entity) -> Altered | None:
    if len(e.mentions) < 2:
        return None
    moved = s.pick(e.mentions)
    rest = replace(e, mentions=tuple(m for m in e.mentions if m != moved))
    alone = Entity(s.new_id("e"), e.type, (moved,), members=e.members)
    a = replace(s.annotation, entities=(*_swap(s.annotation.entities, e, rest), alone))
    span = _span_of(s, moved)
    return a, Change("split", (span,), f"{s.say(span)} in the entity {e.name or e.id}", "an entity of its own")


def _entity_member(s: Scene, e: Entity) -> Altered | None:
    if not e.members:
        return None
    gone = s.pick(e.members)
    a = replace(
        s.annotation,
        entities=_swap(s.annotation.entities, e, replace(e, members=tuple(m for m in e.members if m != gone))),
    )
    span = _span_of(s, e.mentions[0])
    return a, Change("member-missing", (span,), f"the group {s.say(span)} has {len(e.members)} members", "one fewer")


def _span_of(s: Scene, id_: str) -> Span:
    return next(m.span for m in s.annotation.mentions if m.id == id_)


# Events


def _event_missing(s: Scene, e: Event) -> Altered | None:
    return without_event(s.annotation, e.id), Change("missing", (e.span,), f"{s.say(e.span)} {e.type}", "no event")


def _event_type(s: Scene, e: Event) -> Altered | None:
    # Within what may, or may not, be in an instance, so that the clusters stay sound.
    own = s.ontology.events[e.type].instance
    type_ = s.pick([t.name for t in s.ontology.events.values() if t.instance == own and t.name != e.type])
    a = replace(s.annotation, events=_swap(s.annotation.events, e, replace(e, type=type_)))
    return a, Change("type", (e.span,), f"{s.say(e.span)} {e.type}", type_)


def _event_realis(s: Scene, e: Event) -> Altered | None:
    realis = s.pick([r for r in s.ontology.realis if r != e.realis])
    a = replace(s.annotation, events=_swap(s.annotation.events, e, replace(e, realis=realis)))
    return a, Change("realis", (e.span,), f"{s.say(e.span)} {e.realis}", realis)


def _event_polarity(s: Scene, e: Event) -> Altered | None:
    polarity = s.pick([p for p in s.ontology.polarity if p != e.polarity])
    a = replace(s.annotation, events=_swap(s.annotation.events, e, replace(e, polarity=polarity)))
    return a, Change("polarity", (e.span,), f"{s.say(e.span)} {e.polarity}", polarity)


def _event_spurious(s: Scene, near: Event) -> Altered | None:
    word = _free(s, s.nouns if s.stream.random() < 0.5 else s.verbs, near.span)
    if word is None:
        return None
    event = Event(s.new_id("v"), word, s.pick(["IMPROVE", "WORSEN"]), "ACTUAL", "POS")
    a = replace(s.annotation, events=(*s.annotation.events, event))
    return a, Change("spurious", (word,), "no event", f"{s.say(word)} {event.type}")


# Arguments


def _argument_missing(s: Scene, item: tuple[Event, Argument]) -> Altered | None:
    event, x = item
    a = _with_arguments(s, event, [y for y in event.arguments if y is not x])
    return a, Change("missing", (event.span, _span_of(s, x.mention)), _filled(s, event, x), "no role")


def _argument_role(s: Scene, item: tuple[Event, Argument]) -> Altered | None:
    event, x = item
    taken = {y.role for y in event.arguments if y.mention == x.mention}
    type_ = next(m.type for m in s.annotation.mentions if m.id == x.mention)
    admitted = s.ontology.events[event.type].fillers
    roles = [r for r, types in admitted.items() if r not in taken and type_ in types]
    if not roles:
        return None
    other = replace(x, role=s.pick(roles))
    a = _with_arguments(s, event, [other if y is x else y for y in event.arguments])
    return a, Change("role", (event.span, _span_of(s, x.mention)), _filled(s, event, x), other.role)


def _argument_spurious(s: Scene, item: tuple[Event, Argument]) -> Altered | None:
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
    return a, Change("spurious", (event.span, _span_of(s, added.mention)), "no role", _filled(s, event, added))


def _with_arguments(s: Scene, event: Event, arguments: Sequence[Argument]) -> Annotation:
    return replace(s.annotation, events=_swap(s.annotation.events, event, replace(event, arguments=tuple(arguments))))


def _filled(s: Scene, event: Event, x: Argument) -> str:
    return f"{s.say(_span_of(s, x.mention))} {x.role} of {s.say(event.span)}"


# Instances


def _instance_joined(s: Scene, i: Instance) -> Altered | None:
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
    span = _trigger_of(s, moved)
    return a, Change("other-instance", (span,), f"{s.say(span)} in the instance {i.id}", f"in {to.id}")


def _instance_split(s: Scene, i: Instance) -> Altered | None:
    if len(i.events) < 2:
        return None
    moved = s.pick(i.events)
    rest = replace(i, events=tuple(e for e in i.events if e != moved))
    a = replace(s.annotation, instances=(*_swap(s.annotation.instances, i, rest), Instance(s.new_id("i"), (moved,))))
    span = _trigger_of(s, moved)
    return a, Change("split", (span,), f"{s.say(span)} in the instance {i.id}", "an instance of its own")


def _trigger_of(s: Scene, id_: str) -> Span:
    return next(e.span for e in s.annotation.events if e.id == id_)


# Relations


def _relation_missing(s: Scene, r: Relation) -> Altered | None:
    a = replace(s.annotation, relations=_swap(s.annotation.relations, r, None))
    return a, Change("missing", _ends(s, r), _related(s, r), "no relation")


def _relation_type(s: Scene, r: Relation) -> Altered | None:
    other = replace(r, type=s.pick([t for t in s.ontology.relations if t != r.type]))
    a = replace(s.annotation, relations=_swap(s.annotation.relations, r, other))
    return a, Change("type", _ends(s, r), _related(s, r), other.type)


def _relation_reversed(s: Scene, r: Relation) -> Altered | None:
    if s.ontology.relations[r.type].symmetric:
        return None
    a = replace(s.annotation, relations=_swap(s.annotation.relations, r, replace(r, head=r.tail, tail=r.head)))
    return a, Change("reversed", _ends(s, r), _related(s, r), "the other way round")


def _ends(s: Scene, r: Relation) -> tuple[Span, Span]:
    return _span_of(s, r.head), _span_of(s, r.tail)


def _related(s: Scene, r: Relation) -> str:
    return f"{s.say(_span_of(s, r.head))} {r.type} {s.say(_span_of(s, r.tail))}"


def _event_relation_missing(s: Scene, x: EventRelation) -> Altered | None:
    a = replace(s.annotation, event_relations=_swap(s.annotation.event_relations, x, None))
    return a, Change("missing", _triggers(s, x), _linked(s, x), "no relation")


def _event_relation_type(s: Scene, x: EventRelation) -> Altered | None:
    other = replace(x, type=s.pick([t for t in s.ontology.event_relations if t != x.type]))
    a = replace(s.annotation, event_relations=_swap(s.annotation.event_relations, x, other))
    return a, Change("type", _triggers(s, x), _linked(s, x), other.type)


def _event_relation_reversed(s: Scene, x: EventRelation) -> Altered | None:
    other = replace(x, head=x.tail, tail=x.head)
    a = replace(s.annotation, event_relations=_swap(s.annotation.event_relations, x, other))
    return a, Change("reversed", _triggers(s, x), _linked(s, x), "the other way round")


def _triggers(s: Scene, x: EventRelation) -> tuple[Span, Span]:
    return _trigger_of(s, x.head), _trigger_of(s, x.tail)


def _linked(s: Scene, x: EventRelation) -> str:
    return f"{s.say(_trigger_of(s, x.head))} {x.type} {s.say(_trigger_of(s, x.tail))}"


ALTERATIONS: Final[Mapping[str, tuple[Alteration, ...]]] = {
    "mentions": (
        _mention_missing,
        _mention_type,
        _mention_kind,
        _mention_extent,
        _mention_boundary,
        _mention_value,
        _mention_spurious,
    ),
    "entities": (_entity_joined, _entity_split, _entity_member),
    "events": (_event_missing, _event_type, _event_realis, _event_polarity, _event_spurious),
    "arguments": (_argument_missing, _argument_role, _argument_spurious),
    "instances": (_instance_joined, _instance_split),
    "relations": (_relation_missing, _relation_type, _relation_reversed),
    "event_relations": (_event_relation_missing, _event_relation_type, _event_relation_reversed),
}
"""By layer, what can be done to an item of it."""


_TRIES: Final = 5_000


def altered(scene: Scene, layer: str) -> Iterator[Altered]:
    """Ways to spoil an item of a layer: a random item, a random alteration, if it applies to it; and so on, for long enough."""
    held = items(scene, layer)
    for _ in range(_TRIES if held else 0):
        item, alteration = scene.pick(held), scene.pick(ALTERATIONS[layer])
        if (made := alteration(scene, item)) is not None:
            yield made
