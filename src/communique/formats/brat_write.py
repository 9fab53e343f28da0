"""Annotations to the lines of brat files, and to the configuration that brat shows them by."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Any, Final

from communique.formats.brat_spans import places
from communique.formats.brat_terms import (
    ENDS,
    ENTITY_NOTE,
    INSTANCE_NOTE,
    ITEM_NOTE,
    KNOWN,
    LINE_BREAK,
    OWN_NOTES,
    WIKIDATA,
    bare_role,
)
from communique.formats.converted import Left
from communique.incident import shown
from communique.io.jsonl_writer import to_row
from communique.io.wire import ITEMS
from communique.model import Annotation

CONFIGURATION: Final = "annotation.conf"

_NAME: Final = re.compile(r"\S+")
_NAME_BEFORE_COLON: Final = re.compile(r"[^\s:]+")
_PLAIN: Final = re.compile(r"[\w.+-]+")
_WHITE: Final = "names hold no white space in brat"
_EMPTY: Final[dict[str, Any]] = {}


def standoff(annotation: Annotation, text: str, roles: frozenset[str]) -> tuple[str, list[Left]]:
    """The content of an .ann file, and what it does not say. ``roles`` are those of all that is written together."""
    writing = _Writing(annotation, text, roles)
    return "".join(f"{line}\n" for line in writing.lines), writing.left


def configuration(annotations: Sequence[Annotation]) -> str:
    """An ``annotation.conf`` of what occurs, so that brat shows it and lets it be changed."""
    types = {m.type for a in annotations for m in a.mentions}
    of = {(a.doc_id, m.id): m.type for a in annotations for m in a.mentions}
    ends: dict[str, tuple[set[str], set[str]]] = {}
    roles: dict[str, dict[str, set[str]]] = {}
    values: dict[str, tuple[str, set[str]]] = {}
    for a in annotations:
        for r in a.relations:
            for held, end in zip(ends.setdefault(r.type, (set(), set())), (r.head, r.tail), strict=True):
                held.add(of.get((a.doc_id, end), ""))
        for e in a.events:
            admitted = roles.setdefault(e.type, {})
            for x in e.arguments:
                admitted.setdefault(x.role, set()).add(of.get((a.doc_id, x.mention), ""))
        for layer, kind, items in (("mentions", "<ENTITY>", a.mentions), ("events", "<EVENT>", a.events)):
            for name, key in KNOWN[layer].items():
                values.setdefault(name, (kind, set()))[1].update(v for item in items if (v := getattr(item, key)))
    between = {r.type for a in annotations for r in a.event_relations}
    lines = ["[entities]", *_plain(types), "", "[relations]"]
    lines += [f"{t}\tArg1:{_any(ends[t][0])}, Arg2:{_any(ends[t][1])}" for t in _plain(ends)]
    lines += [f"{t}\tArg1:<EVENT>, Arg2:<EVENT>" for t in _plain(between - ends.keys())]
    lines += [f"Equiv\tArg1:{one}, Arg2:{one}, <REL-TYPE>:symmetric-transitive" for one in ("<ENTITY>", "<EVENT>")]
    lines += ["", "[events]"]
    for type_ in _plain(roles):
        admitted = roles[type_]
        lines.append(f"{type_}\t{', '.join(f'{role}*:{_any(admitted[role])}' for role in _plain(admitted))}".rstrip())
    lines += ["", "[attributes]"]
    lines += [f"{n}\tArg:{kind}, Value:{'|'.join(_plain(held))}" for n, (kind, held) in values.items() if _plain(held)]
    return "\n".join(lines) + "\n"


def _plain(names: Iterable[str]) -> list[str]:
    """Those that mean nothing else in a configuration."""
    return sorted(name for name in names if _PLAIN.fullmatch(name))


def _any(types: Iterable[str]) -> str:
    return "|".join(_plain(types)) or "<ANY>"


class _Writing:
    """The lines of one document."""

    def __init__(self, annotation: Annotation, text: str, roles: frozenset[str]) -> None:
        self.lines: list[str] = []
        self.left: list[Left] = []
        self._doc_id = annotation.doc_id
        self._text = text
        self._roles = roles
        row = to_row(annotation)
        held: dict[str, list[dict[str, Any]]] = {layer: row.get(layer, []) for layer in ITEMS}
        self._ids: dict[tuple[str, str], str] = {}
        for kind, layers in (("E", ("events",)), ("R", ("relations", "event_relations")), ("T", ("mentions",))):
            named, self._triggers = _ids(kind, [(layer, item["id"]) for layer in layers for item in held[layer]])
            self._ids |= named
        self._types: dict[str, str] = {}
        self._numbers = {kind: count(1) for kind in "AN#"}
        self._mentions: dict[str, str] = {}
        self._events: dict[str, str] = {}
        for m in held["mentions"]:
            self._mention(m)
        for e in held["events"]:
            self._event(e)
        for layer, ends in (("relations", self._mentions), ("event_relations", self._events)):
            for r in held[layer]:
                self._relation(layer, r, ends)
        self._clusters("entities", held["entities"], self._mentions)
        self._clusters("instances", held["instances"], self._events)

    def _mention(self, m: dict[str, Any]) -> None:
        if why := self._unsayable(m, _NAME):
            self._leave(m, "mention", why)
            return
        id_ = self._mentions[m["id"]] = self._ids["mentions", m["id"]]
        self._text_bound(id_, m)
        self._describe("mentions", id_, m, "start", "end", "type", "id")

    def _event(self, e: dict[str, Any]) -> None:
        arguments = e.get("arguments", [])
        if why := self._unsayable(e, _NAME_BEFORE_COLON):
            self._leave(e, "event", why)
            for a in arguments:
                self._leave(e, f"argument {a['role']} {a['mention']} of", "the event is left out")
            return
        id_ = self._events[e["id"]] = self._ids["events", e["id"]]
        trigger = next(self._triggers)
        self._text_bound(trigger, e)
        written: list[str] = []
        more: list[dict[str, Any]] = []
        used: dict[str, int] = {}
        for a in arguments:
            role, filler = a.pop("role"), a.pop("mention")
            why = ""
            if not _NAME_BEFORE_COLON.fullmatch(role):
                why = "brat's roles hold neither white space nor a colon"
            elif (bare := bare_role(role, self._roles)) != role:
                why = f"brat would take it for {shown(bare)}"
            elif filler not in self._mentions:
                why = f"{filler} is left out"
            if why:
                self._leave(e, f"argument {role} {filler} of", why)
                continue
            used[role] = used.get(role, 0) + 1
            written.append(f" {role}{used[role] if used[role] > 1 else ''}:{self._mentions[filler]}")
            more.append(a)
        self.lines.append(f"{id_}\t{e['type']}:{trigger}{''.join(written)}")
        e.pop("arguments", None)
        if any(more):
            e["arguments"] = more
        self._describe("events", id_, e, "start", "end", "type", "id")

    def _relation(self, layer: str, r: dict[str, Any], ends: dict[str, str]) -> None:
        what = "relation" if layer == "relations" else "event relation"
        gone = [end for end in (r["head"], r["tail"]) if end not in ends]
        if gone or not _NAME.fullmatch(r["type"]):
            self._leave(r, what, f"{gone[0]} is left out" if gone else _WHITE)
            return
        id_ = self._ids[layer, r["id"]]
        names = ENDS
        if kept := _restorable(layer, r):
            names = tuple(kept.get("ends", ENDS))
        self.lines.append(f"{id_}\t{r['type']} {names[0]}:{ends[r['head']]} {names[1]}:{ends[r['tail']]}")
        if r.get("evidence") == []:
            del r["evidence"]
        self._describe(layer, id_, r, "id", "type", "head", "tail")

    def _clusters(self, layer: str, clusters: list[dict[str, Any]], members: dict[str, str]) -> None:
        what, key, note = ("entity", "mentions", ENTITY_NOTE) if layer == "entities" else ("instance", "events", INSTANCE_NOTE)
        first: dict[str, str] = {}
        taken: set[str] = set()
        written: list[tuple[dict[str, Any], str]] = []
        for cluster in clusters:
            held: list[str] = []
            for member in cluster.pop(key):
                if member not in members:
                    self._leave(cluster, f"{member} in {what}", f"{member} is left out")
                elif member in held:
                    self._leave(cluster, f"{member} in {what}", "it is there already")
                elif member in taken:
                    self._leave(cluster, f"{member} in {what}", "it is in another, and brat would make them one")
                else:
                    held.append(member)
                    taken.add(member)
            if held:
                ids = [members[m] for m in held]
                first[cluster["id"]] = ids[0]
                self.lines.append(f"*\tEquiv {' '.join(ids)}")
                written.append((cluster, ids[0]))
            else:
                self._leave(cluster, what, "none of its members is written")
        for cluster, id_ in written:
            if layer == "entities":
                self._entity(cluster, id_, first)
            del cluster["id"]
            if cluster:
                self._say(note, id_, cluster)

    def _entity(self, entity: dict[str, Any], id_: str, first: dict[str, str]) -> None:
        name, wikidata = entity.pop("name"), entity.pop("wikidata")
        if wikidata is not None and _NAME.fullmatch(wikidata):
            said = name if _is_line(name) else ""
            self.lines.append(f"N{next(self._numbers['N'])}\tReference {id_} {WIKIDATA}:{wikidata}\t{said}".rstrip("\t"))
            wikidata = None
            name = None if said else name
        entity |= {key: value for key, value in (("name", name), ("wikidata", wikidata)) if value is not None}
        for member in entity.get("members", []):
            if member not in first:
                self._leave(entity, f"member {member} of entity", f"{member} is left out")
        if members := [first[m] for m in entity.pop("members", []) if m in first]:
            entity["members"] = members
        if self._types[id_] == entity["type"]:
            del entity["type"]

    def _text_bound(self, id_: str, item: dict[str, Any]) -> None:
        pieces = _pieces(self._text, item["start"], item["end"])
        words = " ".join(self._text[start:end] for start, end in pieces)
        self.lines.append(f"{id_}\t{item['type']} {places(pieces)}\t{words}")
        self._types[id_] = item["type"]

    def _describe(self, layer: str, id_: str, item: dict[str, Any], *said: str) -> None:
        """Attributes and a note of what has not been said of an item."""
        rest = {key: value for key, value in item.items() if key not in said}
        kept = _restorable(layer, item)
        known = KNOWN.get(layer, _EMPTY)
        attributes = {name: rest.pop(key) for name, key in known.items() if _is_line(rest.get(key))}
        for name, value in (*attributes.items(), *kept.get("attributes", {}).items()):
            self.lines.append(f"A{next(self._numbers['A'])}\t{name} {id_}{'' if value is True else f' {value}'}")
        for r in kept.get("references", []):
            self.lines.append(f"N{next(self._numbers['N'])}\t{r['type']} {id_} {r['to']}\t{r['text']}".rstrip("\t"))
        for n in kept.get("notes", []):
            self.lines.append(f"#{next(self._numbers['#'])}\t{n['type']} {id_}\t{n['text']}")
        if kept:
            rest["meta"] = {key: value for key, value in rest["meta"].items() if key != "brat"}
            if not rest["meta"]:
                del rest["meta"]
        if rest:
            self._say(ITEM_NOTE, id_, rest)

    def _say(self, note: str, id_: str, said: dict[str, Any]) -> None:
        try:
            # In ASCII: U+2028 and others would end the line in brat.
            content = json.dumps(said, allow_nan=False)
        except (TypeError, ValueError) as fault:
            raise ValueError(f"{self._doc_id}: {fault}; meta and scores must be plain JSON") from fault
        self.lines.append(f"#{next(self._numbers['#'])}\t{note} {id_}\t{content}")

    def _unsayable(self, item: dict[str, Any], name: re.Pattern[str]) -> str:
        if item["start"] is None:
            return "it is not in the text"
        if not name.fullmatch(item["type"]):
            return f"the type {shown(item['type'])} is no name to brat"
        edges = self._text[item["start"]] + self._text[item["end"] - 1]
        return "brat has no span that begins or ends with a line break" if LINE_BREAK.search(edges) else ""

    def _leave(self, item: dict[str, Any], what: str, why: str) -> None:
        self.left.append(Left(f"{self._doc_id}#{item['id']}", f"{what} {item['id']}", why))


def _ids(kind: str, given: Iterable[tuple[str, str]]) -> tuple[dict[tuple[str, str], str], Iterator[str]]:
    """An id of brat's for each layer and id, and more of them. An id that is of brat's form already stays."""
    pairs = list(given)
    stays: dict[str, tuple[str, str]] = {}
    for pair in pairs:
        if re.fullmatch(f"{kind}[1-9][0-9]{{0,8}}", pair[1]):
            stays.setdefault(pair[1], pair)
    fresh = (id_ for n in count(1) if (id_ := f"{kind}{n}") not in stays)
    return {pair: pair[1] if stays.get(pair[1]) == pair else next(fresh) for pair in pairs}, fresh


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A piece for each line of a stretch of text, as brat writes what is marked over several lines."""
    pieces = []
    for found in re.finditer(f"[^{LINE_BREAK.pattern[1:-1]}]+", text[start:end]):
        pieces.append((start + found.start(), start + found.end()))
    return pieces


def _is_line(value: str | None) -> bool:
    """Whether brat can hold a text as a value: it has no tab and no line break, and no white space at its edges."""
    return value is not None and value != "" and value.strip() == value and not LINE_BREAK.search(value) and "\t" not in value


def _restorable(layer: str, item: dict[str, Any]) -> dict[str, Any]:
    """What the reader kept of brat in an item's meta, if it is just of the form that it gives it; else nothing."""
    meta = item.get("meta") or {}
    kept = meta.get("brat")
    if not isinstance(kept, dict) or not kept or not all(kept.values()) or kept.keys() - _KEPT:
        return {}
    attributes, references, notes, ends = (kept.get(key, empty) for key, empty in _KEPT.items())
    sound = (
        isinstance(attributes, dict)
        and all(_is_name(n) and (v is True or (isinstance(v, str) and _is_line(v))) for n, v in attributes.items())
        and not any(n in KNOWN.get(layer, _EMPTY) and v is not True for n, v in attributes.items())
        and _all_have(references, "type", "to", "text")
        and all(_is_name(r["type"]) and _TO.fullmatch(r["to"]) and (not r["text"] or _is_line(r["text"])) for r in references)
        and not any(layer == "mentions" and r["type"] == "Reference" and _wikidata(r["to"]) for r in references)
        and _all_have(notes, "type", "text")
        and all(_is_name(n["type"]) and (not n["text"] or _is_line(n["text"])) for n in notes)
        and not any(n["type"] in OWN_NOTES for n in notes)
        and (not ends or (layer in ("relations", "event_relations") and _are_ends(ends)))
    )
    return kept if sound else {}


_KEPT: Final[dict[str, Any]] = {"attributes": {}, "references": [], "notes": [], "ends": []}
_TO: Final = re.compile(r"[^\s:]+:\S+")


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(_NAME.fullmatch(value))


def _wikidata(to: str) -> bool:
    return to.partition(":")[0].casefold() == WIKIDATA.casefold()


def _all_have(items: Any, *keys: str) -> bool:
    return isinstance(items, list) and all(
        isinstance(i, dict) and i.keys() == set(keys) and all(isinstance(v, str) for v in i.values()) for i in items
    )


def _are_ends(ends: Any) -> bool:
    return (
        isinstance(ends, list)
        and len(ends) == 2
        and all(isinstance(e, str) and _NAME_BEFORE_COLON.fullmatch(e) for e in ends)
        and ends[0] != ends[1]
        and set(ends) != set(ENDS)
    )
