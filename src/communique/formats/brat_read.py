"""One brat file to an annotation: what is said of what, put together, and what has no place listed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from communique.formats.brat_lines import Attribute, Equiv, Event, Line, Note, Reference, Relation, TextBound
from communique.formats.brat_spans import places, span_of
from communique.formats.brat_terms import ENDS, ENTITY_NOTE, INSTANCE_NOTE, KNOWN, OWN_NOTES, WIKIDATA, bare_role
from communique.formats.converted import Left
from communique.incident import Incident, shown
from communique.io.jsonl import parse_row
from communique.io.jsonl_decode import decode
from communique.io.wire import ITEMS
from communique.model import Annotation, Document, Span

_PATH: Final = re.compile(r": \$\.(\w+)\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Standoff:
    """An .ann file by its name."""

    name: str
    lines: tuple[Line, ...]


@dataclass
class Reading:
    """What becomes of a file: its ``annotation``, what is ``left`` out of it, and its ``faults``.

    ``items`` are all that it says, but for the lines that are now part of an item: attributes, references and notes, and an
    Equiv that another one took in. ``numbered`` are the roles of which a number was taken off.
    """

    file: Standoff
    document: Document
    roles: frozenset[str]
    faults: list[Incident] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    numbered: set[str] = field(default_factory=set)
    _joined: list[tuple[str, str]] = field(default_factory=list)
    """Layer and id of the item that a line became a part of, once for each such line."""

    def __post_init__(self) -> None:
        self._raw: dict[str, list[dict[str, Any]]] = {layer: [] for layer in ITEMS}
        self._lines: dict[tuple[str, int], int] = {}
        self._item: dict[str, tuple[str, dict[str, Any]]] = {}
        self._by_id = {line.id: line for line in self.file.lines if line.id != "*"}
        self._cluster: dict[str, tuple[str, dict[str, Any]]] = {}
        if not self._dangling():
            self._take()
        self.annotation = self._annotated()

    def _take(self) -> None:
        """Every line, in the order in which one needs another."""
        self._text_bound()
        self._events()
        self._relations()
        self._clusters()
        self._references()
        for line in self._of(Attribute):
            self._attribute(line)
        # Ours last: what the others say stands in the items by then.
        for note in sorted(self._of(Note), key=lambda n: n.type in OWN_NOTES):
            self._note(note)

    def _annotated(self) -> Annotation:
        """The annotation; what notes of ours say wrongly goes to the faults."""
        raw = {layer: [item for item in items if item] for layer, items in self._raw.items()}
        numbers = {
            (layer, n): self._lines[layer, old]
            for layer, items in self._raw.items()
            for n, old in enumerate(k for k, item in enumerate(items) if item)
        }
        row, _, faults = parse_row(self.file.name, {"doc_id": self.document.doc_id, **raw})
        for fault in faults:
            found = _PATH.search(fault.place)
            number = numbers.get((found[1], int(found[2]))) if found else None
            place = f"{self.file.name}:{number}{fault.place[found.end() :]}" if found and number else fault.place
            self.faults.append(replace(fault, place=place))
        return row.annotation if row else Annotation(self.document.doc_id)

    @cached_property
    def items(self) -> int:
        only_triggers = self._triggers - self._named
        whole = len(self.file.lines) - len(only_triggers) + sum(len(e.arguments) for e in self._of(Event))
        kept = {(layer, item.id) for layer in ITEMS for item in getattr(self.annotation, layer)}
        return whole - sum(1 for joined in self._joined if joined in kept)

    # What is there

    def _of(self, kind: type[Any]) -> list[Any]:
        return [line for line in self.file.lines if isinstance(line, kind)]

    @cached_property
    def _triggers(self) -> set[str]:
        return {e.trigger for e in self._of(Event)}

    @cached_property
    def _named(self) -> set[str]:
        """Ids that are named otherwise than as the trigger of an event, or as what is described."""
        ids = {target for e in self._of(Event) for _, target in e.arguments}
        ids |= {end for r in self._of(Relation) for end in r.ends}
        return ids | {m for e in self._of(Equiv) for m in e.members}

    def _dangling(self) -> bool:
        """Whether a line names what is not there; then nothing is made of the file, for it would be listed twice."""
        before = len(self.faults)
        for line in self.file.lines:
            for id_ in _ids(line):
                if id_ not in self._by_id:
                    hint = "give the id of an annotation of this file"
                    self._fault("dangling-id", line, f"{line.id} names {shown(id_)}, which is not there", hint)
        for e in self._of(Event):
            trigger = self._by_id.get(e.trigger)
            if trigger is not None and (not isinstance(trigger, TextBound) or trigger.type != e.type):
                message = f"the trigger of {e.id} is {e.trigger}, of the type {trigger.type}, not {e.type}"
                self._fault("not-a-trigger", e, message, "the trigger is a T of the event's own type")
        return len(self.faults) > before

    # What becomes an item

    def _text_bound(self) -> None:
        self._spans: dict[str, dict[str, int]] = {}
        for line in self._of(TextBound):
            found = span_of(line, self.document.text, self._at(line))
            if isinstance(found, Incident):
                self.faults.append(found)
                continue
            if isinstance(found, Span):
                self._spans[line.id] = {"start": found.start, "end": found.end}
            if line.id in self._triggers and line.id not in self._named:
                continue
            if isinstance(found, Span):
                self._add("mentions", line, {"id": line.id, **self._spans[line.id], "type": line.type})
            else:
                self._leave(line, found)

    def _events(self) -> None:
        for line in self._of(Event):
            span = self._spans.get(line.trigger)
            event: dict[str, Any] = {"id": line.id, **(span or {}), "type": line.type, "arguments": []}
            if span:
                self._add("events", line, event)
            elif not self.faults:
                self._leave(line, f"its trigger {line.trigger} has no place")
            for role, target in line.arguments:
                bare = bare_role(role, self.roles)
                if bare != role:
                    self.numbered.add(role)
                if span and self._layer(target) == "mentions":
                    event["arguments"].append({"role": bare, "mention": target})
                    continue
                why = "the event is left out" if not span else "a filler is a mention"
                if span and isinstance(self._by_id[target], TextBound):
                    why = f"{target} is left out"
                self.left.append(Left(self._at(line), f"argument {role}:{target} of {line.id}", why))

    def _relations(self) -> None:
        for line in self._of(Relation):
            names, (head, tail) = line.names, line.ends
            if names == ENDS[::-1]:
                names, head, tail = ENDS, tail, head
            layers = {self._layer(head), self._layer(tail)}
            if layers == {"mentions"} or layers == {"events"}:
                layer = "relations" if layers == {"mentions"} else "event_relations"
                item: dict[str, Any] = {"id": line.id, "type": line.type, "head": head, "tail": tail}
                if names != ENDS:
                    item["meta"] = {"brat": {"ends": list(names)}}
                self._add(layer, line, item)
            elif None in layers and all(isinstance(self._by_id[end], TextBound | Event) for end in (head, tail)):
                self._leave(line, "an end of it is left out")
            else:
                self._leave(line, "its ends are neither two mentions nor two events")

    def _clusters(self) -> None:
        groups: list[tuple[Equiv, list[str]]] = []
        for line in self._of(Equiv):
            kinds = {type(self._by_id[m]) for m in line.members}
            if line.type != "Equiv":
                self._leave(line, "only Equiv says that all of it is one thing")
            elif kinds not in ({TextBound}, {Event}):
                self._leave(line, "its members are neither all mentions nor all events")
            elif not (members := [m for m in dict.fromkeys(line.members) if m in self._item]):
                self._leave(line, "its members are left out")
            else:
                groups.append((line, members))
        for line, members in groups:
            shared = [c for m in members if (c := self._cluster.get(m))]
            if shared:
                layer, cluster = shared[0]
                for other in shared[1:]:
                    if other[1] is not cluster:
                        self._take_in(layer, cluster, other[1])
                self._joined.append((layer, cluster["id"]))
            else:
                layer = "entities" if self._layer(members[0]) == "mentions" else "instances"
                cluster = self._new_cluster(layer, line, members[0])
            self._put(layer, cluster, members)

    def _new_cluster(self, layer: str, line: Line, first: str) -> dict[str, Any]:
        prefix, key = ("e", "mentions") if layer == "entities" else ("i", "events")
        cluster: dict[str, Any] = {"id": f"{prefix}{len(self._raw[layer]) + 1}", key: []}
        if layer == "entities":
            cluster["type"] = self._item[first][1]["type"]
        self._lines[layer, len(self._raw[layer])] = line.number
        self._raw[layer].append(cluster)
        return cluster

    def _put(self, layer: str, cluster: dict[str, Any], members: Iterable[str]) -> None:
        held = cluster["mentions" if layer == "entities" else "events"]
        for member in members:
            if member not in held:
                held.append(member)
            self._cluster[member] = (layer, cluster)

    def _take_in(self, layer: str, cluster: dict[str, Any], other: dict[str, Any]) -> None:
        """A cluster becomes part of another: an Equiv shares members with both."""
        self._put(layer, cluster, other.pop("mentions" if layer == "entities" else "events"))
        self._joined = [(of, cluster["id"] if (of, id_) == (layer, other["id"]) else id_) for of, id_ in self._joined]
        self._joined.append((layer, cluster["id"]))
        other.clear()

    # What becomes a part of one

    def _references(self) -> None:
        of_item: dict[str, dict[str, Any]] = {}
        for line in self._of(Reference):
            layer, item = self._item.get(line.target, (None, None))
            if item is None or layer is None:
                self._leave_saying(line)
            elif line.type != "Reference" or line.database.casefold() != WIKIDATA.casefold() or layer != "mentions":
                said = {"type": line.type, "to": f"{line.database}:{line.key}", "text": line.text}
                _brat(item).setdefault("references", []).append(said)
                self._joined.append((layer, item["id"]))
            elif line.target in self._cluster:
                entity = self._cluster[line.target][1]
                new = {"wikidata": line.key} | ({"name": line.text} if line.text else {})
                if any(entity.get(key, value) != value for key, value in new.items()):
                    held = f"{entity['wikidata']} {entity.get('name', '')}".rstrip()
                    self._leave(line, f"its entity refers to {held} already")
                else:
                    entity.update(new)
                    self._joined.append(("entities", entity["id"]))
            else:
                entity = of_item.get(line.key) or self._new_cluster("entities", line, line.target)
                if line.key in of_item:
                    self._joined.append(("entities", entity["id"]))
                of_item[line.key] = entity
                entity["wikidata"] = line.key
                if line.text:
                    entity.setdefault("name", line.text)
                self._put("entities", entity, [line.target])

    def _attribute(self, line: Attribute) -> None:
        layer, item = self._item.get(line.target, (None, None))
        if item is None or layer is None:
            self._leave_saying(line)
            return
        known = KNOWN.get(layer, {})
        if line.type in known and line.value is not None:
            held, key, value = item, known[line.type], line.value
        else:
            held, key, value = _brat(item).setdefault("attributes", {}), line.type, line.value or True  # type: ignore[assignment]
        if key in held:
            self._leave(line, f"{line.target} has the attribute {line.type} already")
        else:
            held[key] = value
            self._joined.append((layer, item["id"]))

    def _note(self, line: Note) -> None:
        layer, item = self._item.get(line.target or "", (None, None))
        if line.type in (ENTITY_NOTE, INSTANCE_NOTE):
            layer, item = self._cluster.get(line.target or "", (None, None))
        if item is None or layer is None:
            self._leave_saying(line)
        elif line.type not in OWN_NOTES:
            _brat(item).setdefault("notes", []).append({"type": line.type, "text": line.text})
            self._joined.append((layer, item["id"]))
        else:
            self._own(line, layer, item)

    def _own(self, line: Note, layer: str, item: dict[str, Any]) -> None:
        """A note that was written by us: fields of the item, as JSON."""
        said, fault = decode(self.file.name, line.text, line=line.number)
        if fault:
            self.faults.append(fault)
            return
        if not isinstance(said, dict):
            self._fault("wrong-type", line, f"expected an object, got {shown(said)}", "write the fields of the item as JSON")
            return
        if layer == "entities" and isinstance(members := said.get("members"), list):
            firsts = [self._cluster.get(m, ("", {}))[1].get("id", m) if isinstance(m, str) else m for m in members]
            said = {**said, "members": firsts}
        arguments = said.pop("arguments", None) if layer == "events" else None
        if arguments is not None:
            self._own_arguments(line, item, arguments)
        if isinstance(said.get("meta"), dict) and "meta" in item and "brat" not in said["meta"]:
            said = {**said, "meta": {**said["meta"], **item.pop("meta")}}
        type_ = said.pop("type", None) if layer == "entities" else None
        if twice := sorted(said.keys() & item.keys() - {"type"} | said.keys() & {"type", "start", "end", "id"}):
            hint = "say it in one place"
            self._fault("duplicate-key", line, f"{', '.join(twice)} of {line.target} is said by another line", hint)
            return
        item.update(said)
        if type_ is not None:
            item["type"] = type_
        self._joined.append((layer, item["id"]))

    def _own_arguments(self, line: Note, item: dict[str, Any], said: Any) -> None:
        """What is said of the arguments of an event, one by one; of those that are left out, nothing is kept."""
        event = self._by_id[item["id"]]
        given = event.arguments if isinstance(event, Event) else ()
        kept = iter(item["arguments"])
        fit = isinstance(said, list) and len(said) == len(given)
        if not fit or not all(isinstance(s, dict) and not s.keys() & {"role", "mention"} for s in said):
            message = f"expected a list of {len(given)} objects without role and mention, got {shown(said)}"
            self._fault("wrong-type", line, message, f"give one for each argument of {line.target}")
            return
        for (_, target), fields in zip(given, said, strict=True):
            if self._layer(target) == "mentions":
                next(kept).update(fields)

    def _add(self, layer: str, line: Line, item: dict[str, Any]) -> None:
        self._lines[layer, len(self._raw[layer])] = line.number
        self._raw[layer].append(item)
        if line.id not in self._item:
            self._item[line.id] = (layer, item)

    def _layer(self, id_: str) -> str | None:
        return self._item[id_][0] if id_ in self._item else None

    def _at(self, line: Line) -> str:
        return f"{self.file.name}:{line.number}"

    def _leave(self, line: Line, why: str) -> None:
        self.left.append(Left(self._at(line), _told(line), why))

    def _leave_saying(self, line: Attribute | Reference | Note) -> None:
        target = self._by_id.get(line.target or "")
        why = "it is a line by itself" if target is None else f"{line.target} is left out"
        if line.type in OWN_NOTES[1:]:
            why = f"{line.target} is in no cluster"
        elif isinstance(target, TextBound) and line.target in self._triggers:
            why = f"{line.target} is a trigger: say it of the event"
        elif target is not None and not isinstance(target, TextBound | Event | Relation):
            why = f"there is no place for what is said of {line.target}"
        self._leave(line, why)

    def _fault(self, id_: str, line: Line, message: str, hint: str) -> None:
        self.faults.append(Incident(id_, self._at(line), message, hint))


def _ids(line: Line) -> Iterator[str]:
    """The ids that a line names."""
    match line:
        case Event():
            yield line.trigger
            yield from (target for _, target in line.arguments)
        case Relation():
            yield from line.ends
        case Equiv():
            yield from line.members
        case Attribute() | Reference():
            yield line.target
        case Note() if line.target is not None:
            yield line.target


def _brat(item: dict[str, Any]) -> dict[str, Any]:
    """What is kept of brat in an item's meta."""
    held: dict[str, Any] = item.setdefault("meta", {}).setdefault("brat", {})
    return held


def _told(line: Line) -> str:
    match line:
        case TextBound():
            return f"{line.id} {line.type} {places(line.fragments)} {shown(line.words or '')}"
        case Event():
            return f"{line.id} {line.type}:{line.trigger}"
        case Relation():
            return f"{line.id} {line.type} {line.ends[0]} {line.ends[1]}"
        case Equiv():
            return f"* {line.type} {' '.join(line.members)}"
        case Attribute():
            return f"{line.id} {line.type} {line.target} {line.value or ''}".rstrip()
        case Reference():
            return f"{line.id} {line.type} {line.target} {line.database}:{line.key}"
        case _:
            return line.text if line.target is None else f"{line.id} {line.type} {line.target} {line.text}"
