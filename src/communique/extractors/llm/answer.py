"""What a model wrote, to the items of a row: read generously where form is concerned, strictly where content is.

Code fences, words round the object and keys that nobody asked for do no harm. An item that cannot be read, has a label that is
not in the ontology or refers to nothing is left out and listed; whether that is an error is for the caller to say.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from communique.extractors.llm.schema import Schema, items_of
from communique.incident import Incident, cut, shown
from communique.io.answers import pieces, without_thoughts
from communique.io.jsonl_decode import decode
from communique.io.wire import ITEMS, structure
from communique.ontology import nearest

_LIST: Final = re.compile(r'[ \t\r\n]*,?[ \t\r\n]*("(?:[^"\\]|\\.)*")[ \t\r\n]*:[ \t\r\n]*\[')
_NEXT: Final = re.compile(r"[ \t\r\n]*,?[ \t\r\n]*")
_OPEN: Final = re.compile(r"\{")
_HALF: Final = re.compile(r"[\ud800-\udfff]")

Lists = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Object:
    """The JSON object in a text.

    ``whole``: up to its last bracket; else ``value`` holds the lists with the items that are whole, and none if there is no
    object at all. ``fault`` says why it is not whole.
    """

    value: dict[str, Any]
    whole: bool = True
    fault: str = ""

    @property
    def items(self) -> int:
        """How many items its lists hold."""
        return sum(len(items) for items in self.value.values() if isinstance(items, list))


@dataclass(frozen=True, slots=True)
class Answer:
    """``lists`` hold the sound items, ``faults`` say all that is left out, ``foreign`` how often each key occurs that nobody
    asked for."""

    lists: Lists
    faults: tuple[Incident, ...]
    foreign: Mapping[str, int]


def find_object(text: str, lists: Sequence[str]) -> Object:
    """The object with one of these lists that a text holds; of several, the first in which anything is listed.

    An empty one before it is the form that was asked for, repeated; behind an answer, some models go on with more of their own.

    >>> find_object('Sure! ```json\\n{"mentions": []}\\n```', ["mentions"]).value
    {'mentions': []}
    >>> find_object('{"mentions": [{"id": "m1"}, {"id": "m', ["mentions"])
    Object(value={'mentions': [{'id': 'm1'}]}, whole=False, fault='it ends in the middle')
    """
    text = without_thoughts(text)
    empty = None
    for piece in pieces(text, _OPEN, nested=True):
        if piece.fault:
            begun = _whole_items(text, piece.start + 1, lists)
            if begun is not None:
                # What stops at the end of the text was cut off; elsewhere, something is wrong with it.
                ended = not text[begun[1] :].rstrip(" \t\r\n`}]") or _unfinished(text, piece.fault)
                near = f"{getattr(piece.fault, 'msg', 'too deep')} {_near(text, piece.fault)}"
                return Object(begun[0], whole=False, fault="it ends in the middle" if ended else near)
        elif isinstance(piece.value, dict) and any(name in piece.value for name in lists):
            _, refused = decode("the answer", text[piece.start : piece.end])  # a key given twice, NaN, half a character
            if refused is not None:
                return Object({}, whole=False, fault=refused.message)
            if any(piece.value.get(name) for name in lists):
                return Object(piece.value)
            empty = empty or Object(piece.value)
    return empty or Object({}, whole=False, fault=f"it holds no JSON object with {' or '.join(lists)}")


def read_answer(value: Mapping[str, Any], schema: Schema, found: Mapping[str, Any], place: str) -> Answer:
    """The items of an answer's object.

    Args:
        schema: that of the answer.
        found: the lists of earlier answers, whose ids these items may name.
        place: what the answer is called in faults.
    """
    faults: list[Incident] = []
    foreign: Counter[str] = Counter(key for key in value if key not in schema["properties"])
    lists: Lists = {}
    for layer, items in items_of(schema).items():
        given = value.get(layer)
        if not isinstance(given, list):
            said = "is missing" if layer not in value else f"is no list, but {shown(given)}"
            hint = "taken as empty where it is salvaged"
            faults.append(Incident("llm-answer", f"{place}: {layer}", f"the list {said}", hint))
            given = []
        sound = (_item(item, layer, items, f"{place}: {layer}[{n}]", faults, foreign) for n, item in enumerate(given))
        lists[layer] = [item for item in sound if item is not None]
    _References(lists, found, place, faults).check()
    if "events" in lists and "arguments" not in items_of(schema)["events"]["properties"]:
        for event in lists["events"]:
            del event["arguments"]
    return Answer(lists, tuple(faults), foreign)


def _item(
    raw: Any, layer: str, schema: Schema, place: str, faults: list[Incident], foreign: Counter[str]
) -> dict[str, Any] | None:
    """An item without nulls and strange keys, or None with what is wrong with it."""
    if not isinstance(raw, dict):
        faults.append(Incident("llm-answer", place, f"expected an object, got {shown(raw)}"))
        return None
    item: dict[str, Any] = _trimmed(raw, schema, foreign)
    _, found = structure(ITEMS[layer], item, place)
    found = found or list(_values(item, schema, place))
    faults += found
    return None if found else item


def _trimmed(raw: Any, schema: Schema, foreign: Counter[str]) -> Any:
    """What of a value the schema speaks of, without nulls, which stand for what is left out."""
    if "properties" in schema and isinstance(raw, dict):
        foreign.update(key for key in raw if key not in schema["properties"])
        kept = {key: _trimmed(raw[key], inner, foreign) for key, inner in schema["properties"].items() if key in raw}
        return {key: value for key, value in kept.items() if value is not None}
    if "items" in schema and isinstance(raw, list):
        return [_trimmed(value, schema["items"], foreign) for value in raw]
    return raw


def _values(value: Any, schema: Schema, place: str) -> Iterator[Incident]:
    """Words that are not there, and labels that the ontology has not. The shape has been seen to be right."""
    if "properties" in schema:
        for key, inner in schema["properties"].items():
            if key in value:
                yield from _values(value[key], inner, f"{place}.{key}")
            elif key == "text":
                yield Incident("llm-answer", place, "it quotes no words")
    elif "items" in schema:
        for n, inner_value in enumerate(value):
            yield from _values(inner_value, schema["items"], f"{place}[{n}]")
    elif "enum" in schema and value not in schema["enum"]:
        known = [name for name in schema["enum"] if name is not None]
        yield Incident("llm-answer", place, f"unknown label {shown(value)}", nearest(value, known))
    elif isinstance(value, str) and _HALF.search(value):
        # Of what was cut off, nothing but this looks at each item; it could not be written to a file.
        yield Incident("llm-answer", place, f"half a character stands in {value!a}")


@dataclass(frozen=True, slots=True)
class _References:
    """Takes out of the lists what names nothing, and what is named twice, each with its fault."""

    lists: Lists
    found: Mapping[str, Any]
    place: str
    faults: list[Incident]

    def check(self) -> None:
        mentions, events = self._unique("mentions"), self._unique("events")
        for event in self.lists.get("events", ()):
            name = shown(event.get("id", event["text"]))
            event["arguments"] = [
                a for a in event.get("arguments", ()) if self._there("events", f"{name}, {a['role']}", a["mention"], mentions)
            ]
        for layer, known in (("relations", mentions), ("event_relations", events)):
            if layer in self.lists:
                self.lists[layer] = [r for r in self.lists[layer] if self._both_there(layer, r, known)]
        for layer, key, known in (("entities", "mentions", mentions), ("instances", "events", events)):
            if layer in self.lists:
                self.lists[layer] = list(self._disjoint(layer, key, known))

    def _unique(self, layer: str) -> set[str]:
        """The ids of a layer."""
        ids: set[str] = set()
        kept = []
        for item in self.lists.get(layer, self.found.get(layer, ())):
            id_ = item.get("id")
            if id_ in ids:
                self._fault(layer, shown(id_), "the id is that of an item before it")
                continue
            if id_ is not None:
                ids.add(id_)
            kept.append(item)
        if layer in self.lists:
            self.lists[layer] = kept
        return ids

    def _disjoint(self, layer: str, key: str, known: set[str]) -> Iterator[dict[str, Any]]:
        """The clusters, each without what an earlier one holds."""
        first: dict[str, int] = {}
        for n, cluster in enumerate(self.lists[layer]):
            kept = []
            for id_ in cluster[key]:
                if self._there(layer, str(n), id_, known):
                    other = first.setdefault(id_, n)
                    if other == n:
                        kept.append(id_)
                    else:
                        self._fault(layer, str(n), f"it holds {shown(id_)}, which is in {layer} {other} already")
            if kept:
                yield {**cluster, key: kept}

    def _both_there(self, layer: str, relation: Mapping[str, Any], known: set[str]) -> bool:
        ends = [self._there(layer, f"{relation['type']}, {end}", relation[end], known) for end in ("head", "tail")]
        return all(ends)

    def _there(self, layer: str, item: str, id_: str, known: set[str]) -> bool:
        if id_ not in known:
            self._fault(layer, item, f"it names {shown(id_)}, which is not there")
        return id_ in known

    def _fault(self, layer: str, item: str, message: str) -> None:
        self.faults.append(Incident("llm-answer", f"{self.place}: {layer} {item}", message))


def _whole_items(text: str, at: int, lists: Sequence[str]) -> tuple[dict[str, Any], int] | None:
    """The lists that begin at ``at``, inside an object, with the items up to the first that is not whole, and where that is;
    None if the object does not begin with one of the lists."""
    found: dict[str, Any] = {}
    decoder = json.JSONDecoder()
    while match := _LIST.match(text, at):
        name = json.loads(match[1]) if "\\" not in match[1] else match[1]
        if name not in lists or name in found:
            break
        items: list[Any] = []
        found[name] = items
        at = match.end()
        while True:
            at = _NEXT.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing, too
            if text[at : at + 1] == "]":
                at += 1
                break
            try:
                item, at = decoder.raw_decode(text, at)
            except (ValueError, RecursionError):
                return found, at
            items.append(item)
    return (found, at) if found else None


def _unfinished(text: str, fault: BaseException) -> bool:
    """Whether the decoder came to the end of the text, or to a string that never ends."""
    at = fault.pos if isinstance(fault, json.JSONDecodeError) else 0
    return at >= len(text.rstrip(" \t\r\n`")) or (isinstance(fault, json.JSONDecodeError) and "Unterminated" in fault.msg)


def _near(text: str, fault: BaseException) -> str:
    at = fault.pos if isinstance(fault, json.JSONDecodeError) else 0
    return f"near {cut(repr(text[max(0, at - 20) : at + 10]))}"
