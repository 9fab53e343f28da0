"""JSON as language models write it: the rows of ``predictions.jsonl`` with quotes in place of offsets, in whatever words.

A record is a row, ``{"doc_id", "mentions": […], "events": […], …}``, or holds one: see `communique.formats.answered`. Beside
the names of our format those in `_NAMES` are read, and

- ``entities`` that have no ``mentions`` are mentions, and so is an answer that is a bare list;
- a list of items may be an object from type to items (``{"PER": ["Ann"]}``);
- the trigger of an event may stand under ``trigger``; ``arguments`` may be an object from role to filler, or fillers;
- fillers, heads, tails and members of clusters may be quotes, and a quote may be a string: see `communique.formats.placing`.

A key of an item that means nothing goes to its ``meta``, a number for an id becomes a string. All else is as strict as in our
own format.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any, Final

from communique.formats.answered import answered
from communique.formats.converted import Converted, size
from communique.formats.documents import Texts, told_document
from communique.formats.placing import place_quotes, placed_notes
from communique.formats.records import unread
from communique.formats.source import Options, Source
from communique.incident import Incident
from communique.io.jsonl import ROW_KEYS, parse_values
from communique.io.wire import ITEMS, WireArgument, WireMention
from communique.model import UNTYPED
from communique.wording import counted

_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("words", "surface", "span"),
    "type": ("label", "category", "entity_type", "event_type", "relation", "relation_type", "predicate"),
    "head": ("subject", "source", "from", "arg1"),
    "tail": ("object", "target", "to", "arg2"),
    "mention": ("filler", "entity", "argument"),
    "score": ("confidence", "probability"),
    "arguments": ("args", "participants"),
}
"""Other names of our keys, which are read where ours is not there."""

_IDS: Final = ("id", "mention", "head", "tail")


def read(source: Source, texts: Texts, options: Options) -> Converted:
    """Read a file. How each quote was found stands in its span (`communique.model.Quote`), and what was not, in the notes."""
    faults: list[Incident] = []
    passed: list[str] = []
    held = list(answered(source, faults, passed))
    converted = rows(held, source, texts)
    return replace(converted, faults=(*faults, *converted.faults), notes=(*passed, *converted.notes))


def rows(given: Iterable[tuple[str, Mapping[str, Any]]], source: Source, texts: Texts) -> Converted:
    """The rows of quotes, each with the place where it stands, in whatever words, as rows with offsets.

    ``source`` is where they are from: a row that does not say which document it is of is of the one that is named like it.
    """
    faults: list[Incident] = []
    values: list[tuple[str, Any]] = []
    placed: list[tuple[str, str, str]] = []
    told: list[Mapping[str, Any]] = []
    held = list(given)
    listed = any(_lists_mentions(record.get("entities")) for _, record in held)
    for place, record in held:
        if (document := told_document(source, texts, place, record, faults)) is None:
            continue
        told.append(record)
        row, found = place_quotes(_renamed(record, listed), document)
        row |= {"doc_id": document.doc_id, "text_sha256": record.get("text_sha256", document.text_sha256)}
        if document.doc_id not in texts.known:
            row["text"] = document.text
        values.append((place, row))
        placed += ((f"{place}: {p.path}", p.words, p.aligned.status) for p in found)
    parsed, found_faults = parse_values(values)
    kept = size(row.annotation for row in parsed)
    notes = [*unread(told, *ROW_KEYS), *placed_notes("quotes", placed)]
    claimed = [row.annotation for row in parsed if "mentions" in row.annotation.layers]
    if untyped := sum(m.type == UNTYPED for a in claimed for m in a.mentions):
        ends = counted(untyped, "filler or end", "fillers or ends")
        notes.append(f"{ends} of no type, not among the mentions: spurious as such")
    return Converted(parsed, kept, faults=(*faults, *found_faults), notes=tuple(notes))


def _lists_mentions(entities: Any) -> bool:
    """Whether what is called entities are mentions, for they have none; of an empty list it cannot be told."""
    if isinstance(entities, dict):
        return True
    return isinstance(entities, list) and bool(entities) and all(isinstance(e, dict) and "mentions" not in e for e in entities)


def _renamed(record: Mapping[str, Any], listed: bool) -> dict[str, Any]:
    """The row under our names. ``listed``: somewhere in the file entities are mentions, so an empty list is one of them."""
    row = {key: record[key] for key in ("layers", *ITEMS) if key in record}
    entities = row.get("entities")
    if _lists_mentions(entities) or (listed and entities == []):
        mentions = _ungrouped("mentions", row.get("mentions", []))
        if isinstance(mentions, list):
            row["mentions"] = [*mentions, *_ungrouped("mentions", row.pop("entities"))]
    row = {key: _ungrouped(key, held) if key in ITEMS else held for key, held in row.items()}
    row = {key: [_item(key, item) for item in held] if isinstance(held, list) else held for key, held in row.items()}
    mentions = row.get("mentions")
    ids = [m.get("id") for m in mentions if isinstance(m, dict)] if isinstance(mentions, list) else []
    for holder, key in _references(row):
        if isinstance(holder[key], str) and holder[key] not in ids:
            holder[key] = {"text": holder[key]}
    return row


def _ungrouped(layer: str, held: Any) -> Any:
    """The items of an object from type to items; all else as it is."""
    if not isinstance(held, dict) or not all(isinstance(items, list) for items in held.values()):
        return held
    named = [(type_, item) for type_, items in held.items() for item in items]
    if layer in ("mentions", "events"):
        named = [(type_, _quote(item)) for type_, item in named]
    return [{"type": type_, **item} if isinstance(item, dict) else item for type_, item in named]


def _item(layer: str, given: Any) -> Any:
    """An item of a list under our names."""
    if layer == "mentions":
        given = _quote(given)
    if not isinstance(given, dict):
        return given
    item = dict(given)
    if layer == "events" and "trigger" in item:
        trigger = _quote(item.pop("trigger"))
        item = {**trigger, **item} if isinstance(trigger, dict) else {**item, "text": trigger}
    item = _named(item, ITEMS[layer])
    match item.get("arguments"):
        case dict(roles):
            pairs = [(role, f) for role, held in roles.items() for f in (held if isinstance(held, list) else [held])]
            item["arguments"] = [{"role": role, "mention": _identified(filler)} for role, filler in pairs]
        case list(arguments):
            item["arguments"] = [_argument(a) for a in arguments]
    for key in ("extent", *(("head", "tail") if layer == "relations" else ())):
        if key in item:
            item[key] = _span(item[key]) if isinstance(item[key], dict) or key == "extent" else item[key]
    for key in ("mentions", "events", "evidence"):
        if isinstance(held := item.get(key), list):
            item[key] = [_span(i) if isinstance(i, dict) or key == "evidence" else _identified(i) for i in held]
    return item


def _argument(given: Any) -> Any:
    """An argument whose filler stands in it, or beside its role, or under ``mention``."""
    if not isinstance(given, dict):
        return given
    if "mention" not in given and any(key in given for key in ("text", "quote", *_NAMES["text"])):
        quote = {key: value for key, value in given.items() if key not in ("role", "score", "meta")}
        given = {**{key: value for key, value in given.items() if key not in quote}, "mention": quote}
    argument = _named(given, WireArgument)
    if isinstance(argument.get("mention"), dict):
        argument["mention"] = _span(argument["mention"])
    return argument


def _span(given: Any) -> Any:
    """A quote that is no item of its own; what a mention could be besides is kept, for it may become one."""
    given = _quote(given)
    return _named(given, WireMention) if isinstance(given, dict) else given


def _quote(given: Any) -> Any:
    return {"text": given} if isinstance(given, str) else given


def _named(item: Mapping[str, Any], shape: type) -> dict[str, Any]:
    """An object under our names; what means nothing is in its ``meta``."""
    known = [f.name for f in fields(shape)]
    out = dict(item)
    for ours, others in _NAMES.items():
        if ours in known and ours not in out and (other := next((o for o in others if o in out and o not in known), None)):
            out[ours] = out.pop(other)
    if "text" not in out and isinstance(out.get("quote"), str):  # a string is no quote of our own format
        out["text"] = out.pop("quote")
    extra = {key: out.pop(key) for key in list(out) if key not in known}
    if extra:
        out["meta"] = {**extra, **meta} if isinstance(meta := out.get("meta"), dict) else extra
    return {key: _identified(value) if key in _IDS else value for key, value in out.items()}


def _identified(value: Any) -> Any:
    """An id; a number becomes a string."""
    return str(value) if type(value) is int else value


def _references(row: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Where ids of mentions stand, as the object or list that holds each, and its key there."""
    objects = {key: [i for i in held if isinstance(i, dict)] for key, held in row.items() if isinstance(held, list)}
    for event in objects.get("events", []):
        for argument in event.get("arguments", []) if isinstance(event.get("arguments"), list) else []:
            if isinstance(argument, dict) and "mention" in argument:
                yield argument, "mention"
    for relation in objects.get("relations", []):
        yield from ((relation, end) for end in ("head", "tail") if end in relation)
    for entity in objects.get("entities", []):
        members = entity.get("mentions")
        yield from ((members, n) for n in range(len(members) if isinstance(members, list) else 0))
