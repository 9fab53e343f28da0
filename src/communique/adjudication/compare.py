"""Lay two annotations of one document over each other, by content, never by id.

What both passes mark at one place shares a *slot*, whatever its ids and even if its boundaries differ, so that an argument of
"the two" and one of "two" is one argument and the boundary is one difference. What only one pass marks, or the passes cut
into unequal numbers of pieces, has slots of its own; arguments, relations and clusters that hang on such a slot are *carried*:
they are decided with it, and are no differences of their own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from communique.incident import DataError, Incident
from communique.model import Annotation, Entity, Event, Mention, Span
from communique.ontology import Ontology

PASSES: Final = ("pass-1", "pass-2")

M = TypeVar("M", Mention, Event)
Link = tuple[str, int, int]
"""A relation: type, slot of the head, slot of the tail (of a symmetric type: the lower slot first)."""


@dataclass(frozen=True, slots=True)
class Group(Generic[M]):
    """Overlapping mentions (or triggers) of both passes. A slot that stands on both sides is shared."""

    sides: tuple[Mapping[int, M], Mapping[int, M]]

    @property
    def agreed(self) -> bool:
        return [content_of(m) for m in self.sides[0].values()] == [content_of(m) for m in self.sides[1].values()]

    @property
    def shared(self) -> bool:
        return self.sides[0].keys() == self.sides[1].keys()

    @property
    def span(self) -> Span:
        spans = [m.span for side in self.sides for m in side.values()]
        return Span(min(s.start for s in spans), max(s.end for s in spans))


@dataclass(slots=True)
class Side:
    """One pass, its ids replaced by slots, its clusters by labels that both passes share where clusters correspond.

    An argument or relation that a pass gives twice counts once.
    """

    mentions: dict[int, Mention] = field(default_factory=dict)
    events: dict[int, Event] = field(default_factory=dict)
    arguments: set[tuple[int, str, int]] = field(default_factory=set)
    relations: set[Link] = field(default_factory=set)
    event_relations: dict[Link, tuple[tuple[Span, ...], ...]] = field(default_factory=dict)
    entity_of: dict[int, int] = field(default_factory=dict)
    entities: dict[int, Entity] = field(default_factory=dict)
    members: dict[int, frozenset[int]] = field(default_factory=dict)
    instance_of: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two passes over one set of slots and labels."""

    sides: tuple[Side, Side]
    mentions: tuple[Group[Mention], ...]
    events: tuple[Group[Event], ...]

    def common(self, *, mention: Iterable[int] = (), event: Iterable[int] = ()) -> bool:
        """True if both passes have something in every one of these slots."""
        one, two = self.sides
        return all(m in one.mentions and m in two.mentions for m in mention) and all(
            e in one.events and e in two.events for e in event
        )

    def bundled(self, event: int, mention: int) -> bool:
        """True if the roles of a filler differ because the event's types do: then they are decided with the type."""
        one, two = self.sides
        roles = [self.roles(side, event, mention) for side in (0, 1)]
        return one.events[event].type != two.events[event].type and all(roles) and roles[0] != roles[1]

    def roles(self, side: int, event: int, mention: int) -> list[str]:
        return sorted(role for e, role, m in self.sides[side].arguments if (e, m) == (event, mention))


def compare(a: Annotation, b: Annotation, ontology: Ontology) -> Comparison:
    """Lay ``b`` over ``a``.

    Raises:
        ValueError: if they are of two documents.
        DataError: a dangling id, an entity without mentions, or one mention or event in two clusters.
    """
    if a.doc_id != b.doc_id:
        raise ValueError(f"two passes over one document are wanted, got {a.doc_id} and {b.doc_id}")
    _sound((a, b))
    slots = _Numbers()
    mentions, in_mention = _groups(a.mentions, b.mentions, slots)
    events, in_event = _groups(a.events, b.events, slots)
    sides = (Side(), Side())
    for n, (side, pass_) in enumerate(zip(sides, (a, b), strict=True)):
        side.mentions = {s: m for g in mentions for s, m in g.sides[n].items()}
        side.events = {s: e for g in events for s, e in g.sides[n].items()}
        m, e = in_mention[n], in_event[n]
        side.arguments.update((e[v.id], x.role, m[x.mention]) for v in pass_.events for x in v.arguments)
        side.relations.update(link(r.type, m[r.head], m[r.tail], ontology) for r in pass_.relations)
        found: dict[Link, set[tuple[Span, ...]]] = defaultdict(set)
        for x in pass_.event_relations:
            found[link(x.type, e[x.head], e[x.tail], ontology)].add(tuple(sorted(x.evidence)))
        side.event_relations = {key: tuple(sorted(evidence)) for key, evidence in found.items()}
    _entities(sides, (a, b), in_mention, ontology)
    _instances(sides, (a, b), in_event, ontology)
    return Comparison(sides, mentions, events)


def link(type_: str, head: int, tail: int, ontology: Ontology) -> Link:
    relation = ontology.relations.get(type_) or ontology.event_relations.get(type_)
    if relation is not None and relation.symmetric and tail < head:
        head, tail = tail, head
    return (type_, head, tail)


class _Numbers:
    def __init__(self) -> None:
        self.last = 0

    def next(self) -> int:
        self.last += 1
        return self.last


def content_of(item: Mention | Event) -> tuple[object, ...]:
    """What two passes must both say of an item to agree on it."""
    if isinstance(item, Mention):
        return (item.span, item.type, item.kind or "", item.extent or item.span, item.value or "")
    return (item.span, item.type, item.realis or "", item.polarity or "")


def _groups(
    a: Sequence[M], b: Sequence[M], slots: _Numbers
) -> tuple[tuple[Group[M], ...], tuple[dict[str, int], dict[str, int]]]:
    """Group what overlaps, in text order. Groups with equal contents, or with one item on each side, share their slots."""
    marked = sorted(
        ((item, n) for n, items in enumerate((a, b)) for item in items), key=lambda x: (x[0].span, str(content_of(x[0])), x[1])
    )
    parts: list[tuple[list[M], list[M]]] = []
    reach = -1
    for item, n in marked:
        if item.span.start >= reach:
            parts.append(([], []))
        parts[-1][n].append(item)
        reach = max(reach, item.span.end)
    groups: list[Group[M]] = []
    ids: tuple[dict[str, int], dict[str, int]] = ({}, {})
    for part in parts:
        one = [content_of(x) for x in part[0]] == [content_of(x) for x in part[1]] or len(part[0]) == len(part[1]) == 1
        first = {slots.next(): item for item in part[0]}
        second = dict(zip(first, part[1], strict=True)) if one else {slots.next(): item for item in part[1]}
        groups.append(Group((first, second)))
        for n, side in enumerate((first, second)):
            ids[n].update((item.id, slot) for slot, item in side.items())
    return tuple(groups), ids


def _entities(
    sides: tuple[Side, Side], passes: tuple[Annotation, Annotation], ids: Sequence[Mapping[str, int]], ontology: Ontology
) -> None:
    """Label clusters. A mention that no entity lists is a cluster of its own."""
    clusters: list[dict[str, tuple[int, ...]]] = []
    named: list[dict[str, tuple[str, str] | None]] = []
    listed: list[dict[str, Entity]] = []
    for side, pass_, slot in zip(sides, passes, ids, strict=True):
        held = {e.id: tuple(slot[m] for m in e.mentions) for e in pass_.entities}
        known = {e.id: e for e in pass_.entities}
        taken = {s for members in held.values() for s in members}
        for s, mention in side.mentions.items():
            if s not in taken and mention.type in ontology.mentions and ontology.mentions[mention.type].entity:
                held[f"\0{s}"] = (s,)
        clusters.append(held)
        listed.append(known)
        named.append({i: (known[i].type, known[i].name or "") if i in known and known[i].name else None for i in held})
    labels = _labels(clusters, named)
    for side, held, known, label in zip(sides, clusters, listed, labels, strict=True):
        side.entity_of = {s: label[i] for i, members in held.items() for s in members}
        side.entities = {label[i]: e for i, e in known.items()}
        side.members = {label[i]: frozenset(label[m] for m in e.members) for i, e in known.items()}


def _instances(
    sides: tuple[Side, Side], passes: tuple[Annotation, Annotation], ids: Sequence[Mapping[str, int]], ontology: Ontology
) -> None:
    clusters: list[dict[str, tuple[int, ...]]] = []
    for side, pass_, slot in zip(sides, passes, ids, strict=True):
        held = {i.id: tuple(slot[e] for e in i.events) for i in pass_.instances}
        taken = {s for members in held.values() for s in members}
        for s, event in side.events.items():
            if s not in taken and event.type in ontology.events and ontology.events[event.type].instance:
                held[f"\0{s}"] = (s,)
        clusters.append(held)
    labels = _labels(clusters, [dict.fromkeys(held) for held in clusters])
    for side, held, label in zip(sides, clusters, labels, strict=True):
        side.instance_of = {s: label[i] for i, members in held.items() for s in members}


def _labels(
    clusters: Sequence[Mapping[str, tuple[int, ...]]], names: Sequence[Mapping[str, Hashable]]
) -> tuple[dict[str, int], dict[str, int]]:
    """Number the clusters of both passes, one number for two that correspond: first those that share most mentions, equal names
    before others; then, among those that share none, those of equal type and name."""
    a, b = clusters
    shared = [
        (len(set(x) & set(y)), names[0][i] is not None and names[0][i] == names[1][j], i, j)
        for i, x in a.items()
        for j, y in b.items()
    ]
    order = {i: n for n, i in enumerate(a)}, {j: n for n, j in enumerate(b)}
    pairs: dict[str, str] = {}
    for size, same, i, j in sorted(shared, key=lambda p: (-p[0], not p[1], order[0][p[2]], order[1][p[3]])):
        if (size or same) and i not in pairs and j not in pairs.values():
            pairs[i] = j
    numbers = _Numbers()
    first = {i: numbers.next() for i in a}
    back = {j: first[i] for i, j in pairs.items()}
    return first, {j: back[j] if j in back else numbers.next() for j in b}


def _sound(passes: tuple[Annotation, Annotation]) -> None:
    faults: list[Incident] = []

    def fault(name: str, pass_: str, doc: str, item: str, message: str, hint: str) -> None:
        faults.append(Incident(name, f"{pass_}: {doc}#{item}", message, hint))

    for where, p in zip(PASSES, passes, strict=True):
        mentions, events, entities = {m.id for m in p.mentions}, {e.id for e in p.events}, {e.id for e in p.entities}
        named: list[tuple[str, Iterable[str], set[str], str]] = []
        named += [(e.id, e.mentions, mentions, "mention") for e in p.entities]
        named += [(e.id, e.members, entities, "entity") for e in p.entities]
        named += [(e.id, [x.mention for x in e.arguments], mentions, "mention") for e in p.events]
        named += [(i.id, i.events, events, "event") for i in p.instances]
        named += [(r.id, (r.head, r.tail), mentions, "mention") for r in p.relations]
        named += [(r.id, (r.head, r.tail), events, "event") for r in p.event_relations]
        for item, ids, known, what in named:
            for i in ids:
                if i not in known:
                    fault(
                        "dangling-id",
                        where,
                        p.doc_id,
                        item,
                        f"{what} {i} is not in the annotation",
                        f"add the {what} or mend the id",
                    )
        once: Sequence[tuple[str, Sequence[tuple[str, tuple[str, ...]]]]] = (
            ("mention", [(e.id, e.mentions) for e in p.entities]),
            ("event", [(i.id, i.events) for i in p.instances]),
        )
        for what, held in once:
            for i, n in Counter(x for _, members in held for x in members).items():
                if n > 1:
                    fault("in-two-clusters", where, p.doc_id, i, f"{what} {i} is listed {n} times in clusters", "list it once")
            for i, members in held:
                if not members:
                    fault("empty-cluster", where, p.doc_id, i, f"the cluster {i} holds no {what}", "remove it")
        for kind, items in (("mentions", p.mentions), ("events", p.events)):
            for i, n in Counter(x.id for x in items).items():
                if n > 1:
                    fault("duplicate-id", where, p.doc_id, i, f"{n} {kind} have the id {i}", "give each its own")
    if faults:
        raise DataError(faults)
