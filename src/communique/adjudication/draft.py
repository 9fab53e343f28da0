"""The adjudicated annotation while it is put together: slots and labels, edits on them, in the end ids in text order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from communique.adjudication.compare import Link, link
from communique.adjudication.decisions import Edit
from communique.adjudication.differences import Words
from communique.adjudication.records import Record
from communique.model import (
    Annotation,
    Argument,
    Document,
    Entity,
    Event,
    EventRelation,
    Instance,
    Mention,
    Relation,
    Span,
)
from communique.ontology import Ontology

Item = TypeVar("Item", Mention, Event)
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Described:
    """What an entity is called; ``members`` are labels."""

    type: str | None = None
    name: str | None = None
    wikidata: str | None = None
    members: frozenset[int] = frozenset()


@dataclass(slots=True)
class Draft:
    """Slots and labels as in `compare`; new ones are numbered on from ``last``."""

    document: Document
    ontology: Ontology
    last: int
    mentions: dict[int, Mention] = field(default_factory=dict)
    events: dict[int, Event] = field(default_factory=dict)
    arguments: list[tuple[int, str, int]] = field(default_factory=list)
    relations: list[Link] = field(default_factory=list)
    event_relations: list[tuple[Link, tuple[Span, ...]]] = field(default_factory=list)
    entity_of: dict[int, int] = field(default_factory=dict)
    instance_of: dict[int, int] = field(default_factory=dict)
    described: dict[int, Described] = field(default_factory=dict)
    gone: dict[int, Span] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)
    singletons: list[str] = field(default_factory=list)

    def new(self) -> int:
        self.last += 1
        return self.last

    def mention_at(self, span: Span) -> int:
        return _at(self.mentions, span, "mention", self.document)

    def event_at(self, span: Span) -> int:
        return _at(self.events, span, "event", self.document)

    def place_mentions(self, slots: Iterable[int], with_: Span | None) -> int:
        label = self._label(self.entity_of, None if with_ is None else self.mention_at(with_))
        self.entity_of.update(dict.fromkeys(slots, label))
        return label

    def place_events(self, slots: Iterable[int], with_: Span | None) -> int:
        label = self._label(self.instance_of, None if with_ is None else self.event_at(with_))
        self.instance_of.update(dict.fromkeys(slots, label))
        return label

    def _label(self, of: dict[int, int], slot: int | None) -> int:
        label = self.new() if slot is None or slot not in of else of[slot]
        if slot is not None:
            of[slot] = label
        return label

    def describe(self, record: Record, label: int) -> None:
        changes = {key: record[key] for key in ("type", "name", "wikidata") if key in record}
        if "members" in record:
            slots = [self.mention_at(m) for m in record["members"]]
            changes["members"] = frozenset(self._label(self.entity_of, s) for s in slots)
        self.described[label] = replace(self.described.get(label, Described()), **changes)

    def link(self, record: Record) -> Link:
        at = self.event_at if record["type"] in self.ontology.event_relations else self.mention_at
        return link(record["type"], at(record["head"]), at(record["tail"]), self.ontology)


def mention(record: Record) -> Mention:
    return Mention("", record["span"], record["type"], record.get("kind"), record.get("extent"), record.get("value"))


def event(record: Record) -> Event:
    return Event("", record["span"], record["type"], record.get("realis"), record.get("polarity"))


def edit(draft: Draft, change: Edit) -> None:
    """Apply one edit. What hangs on a mention or event that is replaced by one that overlaps it stays.

    Raises:
        ValueError: if what is to be removed, or to be pointed at, is not there.
    """
    match change.layer:
        case "mentions":
            slots = _replace(
                draft, draft.mentions, [draft.mention_at(r["span"]) for r in change.remove], [mention(r) for r in change.add]
            )
            for slot, record in zip(slots, change.add, strict=True):
                if "entity" in record:
                    draft.place_mentions([slot], record["entity"])
        case "events":
            slots = _replace(
                draft, draft.events, [draft.event_at(r["span"]) for r in change.remove], [event(r) for r in change.add]
            )
            for slot, record in zip(slots, change.add, strict=True):
                if "instance" in record:
                    draft.place_events([slot], record["instance"])
        case "arguments":
            _swap(draft.arguments, _arguments(draft, change.remove), _arguments(draft, change.add), "argument")
        case "relations":
            gone, come = ([draft.link(r) for r in records] for records in (change.remove, change.add))
            _swap(draft.relations, gone, come, "relation")
        case "event_relations":
            for r in change.remove:
                held = [x for x in draft.event_relations if x[0] == draft.link(r) and x[1] == r.get("evidence", x[1])]
                if not held:
                    raise ValueError(f"there is no such {r['type']} to remove")
                draft.event_relations = [x for x in draft.event_relations if x not in held]
            draft.event_relations += [(draft.link(r), r["evidence"]) for r in change.add]
        case "entities":
            for r in change.add:
                draft.place_mentions([draft.mention_at(m) for m in r["mentions"]], r.get("with"))
        case "entity":
            for r in change.add:
                slot = draft.mention_at(r["mention"])
                draft.describe(r, draft._label(draft.entity_of, slot))
        case "instances":
            for r in change.add:
                draft.place_events([draft.event_at(e) for e in r["events"]], r.get("with"))


def finish(draft: Draft, layers: Sequence[str]) -> Annotation:
    """Drop what hangs on nothing, give singletons their clusters, number everything in text order."""
    say = Words(draft.document)
    _dangling(draft, say)
    mentions = sorted(draft.mentions.items(), key=lambda x: (x[1].span, x[1].type, x[0]))
    events = sorted(draft.events.items(), key=lambda x: (x[1].span, x[1].type, x[0]))
    m = {slot: f"m{n}" for n, (slot, _) in enumerate(mentions, 1)}
    v = {slot: f"v{n}" for n, (slot, _) in enumerate(events, 1)}
    entities = _clusters(draft, "mention", m, say)
    instances = _clusters(draft, "event", v, say)
    e = {label: f"e{n}" for n, label in enumerate(entities, 1)}
    order_m, order_v = {slot: n for n, slot in enumerate(m)}, {slot: n for n, slot in enumerate(v)}
    roles = {role: n for n, role in enumerate(draft.ontology.roles)}
    held = sorted(draft.arguments, key=lambda a: (order_v[a[0]], roles.get(a[1], len(roles)), a[1], order_m[a[2]]))
    relations = sorted(draft.relations, key=lambda r: (order_m[r[1]], order_m[r[2]], r[0]))
    links = sorted(draft.event_relations, key=lambda r: (order_v[r[0][1]], order_v[r[0][2]], r[0][0], r[1]))
    return Annotation(
        doc_id=draft.document.doc_id,
        layers=tuple(layers),
        mentions=tuple(replace(x, id=m[slot]) for slot, x in mentions),
        entities=tuple(_entity(draft, label, slots, e, m, say) for label, slots in entities.items()),
        events=tuple(
            replace(x, id=v[slot], arguments=tuple(Argument(role, m[filler]) for s, role, filler in held if s == slot))
            for slot, x in events
        ),
        instances=tuple(Instance(f"i{n}", tuple(v[s] for s in slots)) for n, slots in enumerate(instances.values(), 1)),
        relations=tuple(Relation(f"r{n}", type_, m[h], m[t]) for n, (type_, h, t) in enumerate(relations, 1)),
        event_relations=tuple(
            EventRelation(f"x{n}", type_, v[h], v[t], evidence) for n, ((type_, h, t), evidence) in enumerate(links, 1)
        ),
        text_sha256=draft.document.text_sha256 or None,
    )


def _at(items: Mapping[int, Item], span: Span, what: str, document: Document) -> int:
    found = [slot for slot, item in items.items() if item.span == span]
    if len(found) != 1:
        many = f"{len(found)} {what}s are" if found else f"no {what} is"
        raise ValueError(f"{many} marked at {Words(document).span(span)} {span}; say one that the adjudicated annotation holds")
    return found[0]


def _replace(draft: Draft, items: dict[int, Item], remove: Sequence[int], add: Sequence[Item]) -> list[int]:
    gone = {slot: items.pop(slot) for slot in remove}
    draft.gone.update((slot, item.span) for slot, item in gone.items())
    slots = []
    for item in add:
        near = max(gone, key=lambda s: gone[s].span.overlap(item.span), default=None)
        if near is not None and gone[near].span.overlap(item.span):
            gone.pop(near)
        else:
            near = draft.new()
        items[near] = item
        slots.append(near)
    return slots


def _arguments(draft: Draft, records: Iterable[Record]) -> list[tuple[int, str, int]]:
    return [(draft.event_at(r["event"]), r["role"], draft.mention_at(r["mention"])) for r in records]


def _swap(items: list[Row], remove: Iterable[Row], add: Iterable[Row], what: str) -> None:
    for row in remove:
        if row not in items:
            raise ValueError(f"there is no such {what} to remove")
        items.remove(row)
    for row in add:
        if row in items:
            raise ValueError(f"the {what} to add is there already")
        items.append(row)


def _dangling(draft: Draft, say: Words) -> None:
    """Drop, and list, what hangs on a mention or event that did not survive, and relations of a thing with itself."""
    m, v = draft.mentions, draft.events

    def name(items: Mapping[int, Mention] | Mapping[int, Event], slot: int) -> str:
        return say.span(items[slot].span if slot in items else draft.gone[slot])

    for a in [a for a in draft.arguments if a[0] not in v or a[2] not in m]:
        draft.arguments.remove(a)
        draft.dropped.append(f"argument {a[1]}: {name(m, a[2])} of {name(v, a[0])}")
    for r in [r for r in draft.relations if not {*r[1:]} <= m.keys() or r[1] == r[2]]:
        draft.relations.remove(r)
        draft.dropped.append(f"relation {r[0]}: {name(m, r[1])} → {name(m, r[2])}")
    for x in [x for x in draft.event_relations if not {*x[0][1:]} <= v.keys() or x[0][1] == x[0][2]]:
        draft.event_relations.remove(x)
        draft.dropped.append(f"event relation {x[0][0]}: {name(v, x[0][1])} → {name(v, x[0][2])}")


def _clusters(draft: Draft, what: str, ids: Mapping[int, str], say: Words) -> dict[int, list[int]]:
    """Slots by label, in text order; what is in no cluster and could be is a cluster of its own, and listed."""
    of, out = (draft.entity_of if what == "mention" else draft.instance_of), dict[int, list[int]]()
    for slot in ids:
        item = draft.mentions[slot] if what == "mention" else draft.events[slot]
        types = draft.ontology.mentions if what == "mention" else draft.ontology.events
        known = types.get(item.type)
        fits = known is not None and bool(getattr(known, "entity" if what == "mention" else "instance"))
        if not fits:
            if slot in of:
                cluster = "entity" if what == "mention" else "instance"
                draft.dropped.append(f"{say.span(item.span)} is {item.type} now, which belongs to no {cluster}")
            continue
        if slot not in of:
            of[slot] = draft.new()
            draft.singletons.append(f"{say.span(item.span)} {item.type}")
        out.setdefault(of[slot], []).append(slot)
    return out


def _entity(draft: Draft, label: int, slots: Sequence[int], e: Mapping[int, str], m: Mapping[int, str], say: Words) -> Entity:
    is_ = draft.described.get(label, Described())
    types = [draft.mentions[s].type for s in slots]
    # The type of an entity is that of its mentions; a description that says another type than all of them is a decision.
    type_ = is_.type or max(dict.fromkeys(types), key=types.count)
    for gone in sorted(is_.members - e.keys()):
        name = draft.described.get(gone, Described()).name or "without a name"
        draft.dropped.append(f"member {name} of the entity of {say.span(draft.mentions[slots[0]].span)}: no mention is left")
    members = sorted((e[x] for x in is_.members if x in e), key=lambda i: int(i[1:]))
    return Entity(e[label], type_, tuple(m[s] for s in slots), is_.name, is_.wikidata, tuple(members))
