"""A label map: what each label of another label set is called here.

It is made from the definitions of both sides and knows nothing of any prediction.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Final

TABLES: Final = (
    "mentions", "kinds", "triggers", "events", "roles", "realis", "polarity", "relations", "event_relations"
)  # fmt: skip
"""The tables of a map, in the order in which files and listings have them."""

EDGES: Final = ("article", "possessive")
"""What a map may trim off mentions: the, a, an before them; an apostrophe, with or without s, after them."""


@dataclass(frozen=True, slots=True)
class MentionTarget:
    """What a label of mentions becomes. ``kinds``: the kinds that the label does not tell apart. A mention that says no kind is
    given the first; without kinds here, the mention's own is all there is."""

    type: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventTarget:
    """What a label of events or triggers becomes. ``realis`` and ``polarity`` are given to an event that says
    none, or none that has a counterpart."""

    type: str
    realis: str | None = None
    polarity: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """What a label of relations becomes. ``reverse``: head and tail change places. ``head`` and ``tail``: what the ends of the
    relation that comes out have to be (types of this side); any if empty."""

    type: str
    reverse: bool = False
    head: tuple[str, ...] = ()
    tail: tuple[str, ...] = ()

    def fits(self, head: str | None, tail: str | None) -> bool:
        """Whether it is for ends of these types; None is an end that is not there."""
        return all(not admitted or end in admitted for end, admitted in ((head, self.head), (tail, self.tail)))


@dataclass(frozen=True, slots=True)
class LabelMap:
    """Tables from labels of another set to ours; None, or no link, is "known, and has no counterpart".

    ``roles_of`` are roles of one event type, by the type's label there or here; they come before ``roles``. Of several links of
    a relation the first that fits its ends is taken. ``kinds``: to the kinds that the label does not tell apart, the first of
    which it becomes. ``trim`` is about spans, not labels: the edges (of `EDGES`) that the other set counts in and this one does
    not. No built-in map trims: where a span ends is what the system says, and cutting it is the user's choice.
    """

    name: str
    about: str
    source: str
    mentions: Mapping[str, MentionTarget | None] = field(default_factory=dict)
    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    triggers: Mapping[str, EventTarget] = field(default_factory=dict)
    events: Mapping[str, EventTarget | None] = field(default_factory=dict)
    roles: Mapping[str, str | None] = field(default_factory=dict)
    roles_of: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    realis: Mapping[str, str | None] = field(default_factory=dict)
    polarity: Mapping[str, str | None] = field(default_factory=dict)
    relations: Mapping[str, tuple[Link, ...]] = field(default_factory=dict)
    event_relations: Mapping[str, tuple[Link, ...]] = field(default_factory=dict)
    trim: tuple[str, ...] = ()

    @property
    def identity(self) -> str:
        """The name, and a digest of what the tables say: two maps of one name may differ. For signatures."""
        said = asdict(replace(self, name="", about="", source=""))
        digest = hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
        return f"{self.name}#{digest[:8]}"

    def speaks_of(self, table: str) -> bool:
        """Whether the map says anything of this table; of `roles_of` too, which belongs to ``roles``."""
        return bool(getattr(self, table)) or (table == "roles" and bool(self.roles_of))

    def role(self, role: str, before: str, after: str) -> str | None:
        """What a role becomes at an event whose type was ``before`` and is ``after``: by the table of either type, in this
        order, then by the roles of all events. A role that is no source, but what some role becomes there, is itself.

        Raises:
            KeyError: if the map does not know the role.
        """
        for table in self._role_tables(before, after):
            if role in table:
                return table[role]
        if role in self.roles_at(after):
            return role
        raise KeyError(role)

    def roles_at(self, event_type: str) -> frozenset[str]:
        """Every role that some role becomes at an event that goes out with this type."""
        sources = [label for label, t in self.events.items() if t is not None and t.type == event_type]
        if event_type not in self.events:
            sources.append(event_type)
        found: set[str | None] = set()
        for source in sources:
            tables = self._role_tables(source, event_type)
            found |= {next(t[label] for t in tables if label in t) for table in tables for label in table}
        return frozenset(role for role in found if role is not None)

    def _role_tables(self, before: str, after: str) -> tuple[Mapping[str, str | None], ...]:
        return self.roles_of.get(before, {}), self.roles_of.get(after, {}), self.roles

    @property
    def kind_targets(self) -> frozenset[str]:
        """Every kind that some label stands for."""
        given = {kind for t in self.mentions.values() if t is not None for kind in t.kinds}
        return frozenset(given.union(*self.kinds.values()))

    @property
    def event_targets(self) -> tuple[EventTarget, ...]:
        """What events and triggers become."""
        return tuple(t for t in (*self.triggers.values(), *self.events.values()) if t is not None)


def joined(maps: Sequence[LabelMap]) -> LabelMap:
    """Several maps as one, such as one of mentions and one of relations.

    One after the other would not do: the first would not know the labels that are for the second.

    Raises:
        ValueError: if there is none, or if two have the same table.
    """
    if not maps:
        raise ValueError("no label map was given; name one")
    found = maps[0]
    for other in maps[1:]:
        if both := [table for table in TABLES if found.speaks_of(table) and other.speaks_of(table)]:
            raise ValueError(f"{found.name} and {other.name} both map {', '.join(both)}; give each table in one of them")
        held = {name: getattr(other, name) for name in (*TABLES, "roles_of")}
        found = replace(
            found,
            name=f"{found.name}+{other.name}",
            about=f"{found.about} {other.about}",
            source=f"{found.source} {other.source}",
            trim=tuple(dict.fromkeys((*found.trim, *other.trim))),
            **{name: table for name, table in held.items() if table},
        )
    if both := sorted(found.triggers.keys() & found.mentions.keys()):
        raise ValueError(f"{found.name} has {', '.join(both)} as mentions and as triggers; take it out of one of them")
    return found


def clashes(label_map: LabelMap) -> tuple[str, ...]:
    """What keeps a mapped file from mapping to itself: ``events: A becomes B, B becomes C``. Empty for every built-in map.

    A map with clashes is no faulty one, but may not be applied to what it was applied to.
    """
    return tuple(dict.fromkeys(_clashes(label_map)))


def _clashes(m: LabelMap) -> Iterator[str]:
    for label, mention in m.mentions.items():
        again = m.mentions.get(mention.type) if mention else None
        if mention and mention.type in m.triggers:
            yield f"mentions: {label} becomes {mention.type}, which is a trigger"
        elif mention and mention.type in m.mentions:
            if again is None or again.type != mention.type:
                yield _twice("mentions", label, mention.type, again.type if again else None)
            elif not mention.kinds and again.kinds:
                yield f"mentions: {label} becomes {mention.type} without a kind, {mention.type} is given {again.kinds[0]}"
        for kind in mention.kinds[:1] if mention else ():
            if kind in m.kinds and m.kinds[kind][:1] != (kind,):
                yield _twice("kinds", label, kind, *m.kinds[kind][:1] or (None,))
    for kind, becomes in m.kinds.items():
        for new in becomes[:1]:
            if new in m.kinds and m.kinds[new][:1] != (new,):
                yield _twice("kinds", kind, new, *m.kinds[new][:1] or (None,))
    for table, targets in (("triggers", m.triggers), ("events", m.events)):
        for label, event in targets.items():
            if event is not None:
                yield from _event_clashes(m, table, label, event)
    for key, values in (("realis", m.realis), ("polarity", m.polarity)):
        for label, value in values.items():
            if value is not None and values.get(value, value) != value:
                yield _twice(key, label, value, values[value])
    for old, new in _event_types(m):
        if new in m.events and ((then_event := m.events[new]) is None or then_event.type != new):
            continue  # which is a clash of events already
        for label in {*m.roles, *m.roles_of.get(old, {}), *m.roles_of.get(new, {})}:
            role = m.role(label, old, new)
            if role is not None and (then := m.role(role, new, new)) != role:
                yield _twice(f"roles of {old or 'events'}", label, role, then)
    for table, links in (("relations", m.relations), ("event_relations", m.event_relations)):
        for label, several in links.items():
            for link in several:
                if link.type in links and not any(x == Link(link.type) for x in links[link.type][:1]):
                    yield f"{table}: {label} becomes {link.type}, which does not stay as it is"


def _event_clashes(m: LabelMap, table: str, label: str, event: EventTarget) -> Iterator[str]:
    then = m.events.get(event.type, event)
    if then is None or then.type != event.type:
        yield _twice(table, label, event.type, then.type if then else None)
        return
    for key, values in (("realis", m.realis), ("polarity", m.polarity)):
        value, later = getattr(event, key), getattr(then, key)
        if value is None and later is not None:
            yield f"{table}: {label} becomes {event.type} without {key}, {event.type} is given {later}"
        if value is not None and values.get(value, value) != value:
            yield _twice(key, label, value, values[value])


def _event_types(m: LabelMap) -> Iterator[tuple[str, str]]:
    """Each type of event with what it becomes: those that the map names, and those that stay as they are. (An event that was a
    trigger has no arguments.)"""
    for label, target in m.events.items():
        if target is not None:
            yield label, target.type
    for label in {"", *m.roles_of, *(t.type for t in m.event_targets)} - m.events.keys():  # "": a type without roles of its own
        yield label, label


def _twice(table: str, label: str, becomes: str, then: str | None) -> str:
    return f"{table}: {label} becomes {becomes}, {becomes} {'becomes ' + then if then else 'has no counterpart'}"
