"""``predictions.jsonl``: one JSON object per document and line, to `Annotation` and back.

Every fault of a file is reported at once, each with file, line, path and what to do. Nothing is coerced, repaired or dropped:
this module says only what cannot be turned into the model, the checks judge what can.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from communique.incident import DataError, Incident
from communique.io.files import read_text, write_text
from communique.io.wire import ITEMS, WireEvent, WireItem, WireSpan, structure
from communique.model import (
    LAYERS,
    Annotation,
    Argument,
    Entity,
    Event,
    EventRelation,
    Instance,
    Mention,
    Relation,
    Span,
)
from communique.ontology import nearest

ROW_KEYS: Final = ("doc_id", "text", "text_sha256", "layers", *ITEMS)
_ID_PREFIX: Final = dict(zip(ITEMS, "mevirx", strict=True)) | {"entities": "e"}

Locate = Callable[[str, WireSpan], Span]
"""Turns a quote in the document of the given id into a span, or raises ValueError."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file. ``place`` is ``file:line``; ``broken`` are ids of items that could not be read, so that a reference
    to one is not reported on top of the fault itself."""

    place: str
    annotation: Annotation
    text: str | None = None
    broken: frozenset[str] = frozenset()


def read_annotations(path: Path | str) -> tuple[Annotation, ...]:
    """Read a predictions file; ``-`` is stdin.

    Raises:
        DataError: every fault of the file that keeps it from being read. What the annotations say is not judged here.
    """
    return tuple(row.annotation for row in _whole(*parse_rows(*read_text(path))))


def _whole(rows: tuple[Row, ...], faults: tuple[Incident, ...]) -> tuple[Row, ...]:
    if faults:
        raise DataError(faults)
    return rows


def write_annotations(
    path: Path | str, annotations: Iterable[Annotation], texts: Mapping[str, str] | None = None
) -> None:
    """Write a predictions file, atomically. ``texts`` (by doc_id) are written into the rows if given."""
    write_text(path, dumps(annotations, texts))


def dumps(annotations: Iterable[Annotation], texts: Mapping[str, str] | None = None) -> str:
    """The lines of a predictions file."""
    rows = (to_row(a, texts[a.doc_id] if texts else None) for a in annotations)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def to_row(annotation: Annotation, text: str | None = None) -> dict[str, Any]:
    """An annotation as the JSON object of its line; `parse_rows` gives an equal annotation back."""
    row: dict[str, Any] = {"doc_id": annotation.doc_id}
    if text is not None:
        row["text"] = text
    sha = annotation.text_sha256 or (text_sha256(text) if text is not None else None)
    if sha is not None:
        row["text_sha256"] = sha
    row["layers"] = [layer for layer in LAYERS if layer in annotation.layers]
    arguments = "arguments" in annotation.layers or any(e.arguments for e in annotation.events)
    for layer in ITEMS:
        items = getattr(annotation, layer)
        if items or layer in annotation.layers:
            row[layer] = [_item(i, arguments) for i in items]
    return row


def text_sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _item(item: Any, arguments: bool) -> dict[str, Any]:
    """One item of the model as JSON: None and empty optional fields are left out, spans become start and end."""
    out: dict[str, Any] = {}
    for key in item.__slots__:
        value = getattr(item, key)
        if key == "span":
            out |= _offsets(value)
        elif key == "arguments":
            if arguments:
                out[key] = [_item(a, arguments) for a in value]
        elif key == "evidence":
            out[key] = [_offsets(s) for s in value]
        elif key in ("name", "wikidata"):
            out[key] = value
        elif isinstance(value, Span):
            out[key] = _offsets(value)
        elif key == "meta":
            if value is not None:
                out[key] = dict(value)
        elif value is not None and value != ():
            out[key] = list(value) if isinstance(value, tuple) else value
        elif key in ("mentions", "events", "members"):
            out[key] = []
    return out


def _offsets(span: Span) -> dict[str, int]:
    return {"start": span.start, "end": span.end}


def parse_rows(name: str, content: str, *, locate: Locate | None = None) -> tuple[tuple[Row, ...], tuple[Incident, ...]]:
    """Parse the text of a predictions file.

    Args:
        name: the file's name, for messages.
        locate: resolves quotes (format ``quotes``); without it a quote in place of offsets is a fault.

    Returns:
        the rows, as complete as they can be read, and every fault found.
    """
    rows: list[Row] = []
    faults: list[Incident] = []
    claims: list[_Claim] = []
    lines = ((n, line) for n, line in enumerate(content.split("\n"), 1) if line.strip())
    for number, line in lines:
        place = f"{name}:{number}"
        raw, fault = decode(place, line)
        if fault:
            faults.append(fault)
            continue
        row, claim, found = parse_row(place, raw, locate=locate)
        faults += found
        if row:
            rows.append(row)
            claims.append(claim)
    faults += [*_twice(rows), *_same_claims(rows, claims)]
    if all(claim.arguments is not False for claim in claims):
        return tuple(rows), tuple(faults)
    # Rows without events say nothing of arguments; the file as a whole does not claim them.
    return tuple(replace(row, annotation=_without_arguments(row.annotation, claim)) for row, claim in
                 zip(rows, claims, strict=True)), tuple(faults)


def decode(place: str, content: str) -> tuple[Any, Incident | None]:
    """JSON text to a value, or the fault that keeps it from being read: a key given twice and NaN are faults too."""
    try:
        return json.loads(content, object_pairs_hook=_unique, parse_constant=_no_constant), None
    except json.JSONDecodeError as fault:
        at = f"{place}:{fault.colno}" if fault.lineno == 1 else f"{place}, line {fault.lineno} of it"
        return None, Incident("invalid-json", at, fault.msg, "the JSON may be cut off; write whole objects, one per line")
    except ValueError as fault:
        return None, Incident("invalid-json", place, str(fault), "mend the line")


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a row says that it covers. ``arguments`` is None if it has no event that could tell."""

    lists: tuple[str, ...]
    arguments: bool | None
    layers: tuple[str, ...] | None


def parse_row(place: str, raw: Any, *, locate: Locate | None = None) -> tuple[Row | None, _Claim, list[Incident]]:
    """One decoded JSON object to a row; ``place`` is where it stands. See `parse_rows`."""
    nothing = _Claim((), None, None)
    if not isinstance(raw, dict):
        hint = 'a row is {"doc_id": …, "mentions": […], …}'
        return None, nothing, [Incident("wrong-type", f"{place}: $", f"expected an object, got {_type(raw)}", hint)]
    faults = [
        Incident("unknown-key", f"{place}: $", f"unknown key {key!r}", nearest(key, ROW_KEYS))
        for key in raw if key not in ROW_KEYS
    ]
    doc_id = raw.get("doc_id")
    if not isinstance(doc_id, str) or not doc_id:
        what = "the key doc_id is missing" if "doc_id" not in raw else f"doc_id must be a non-empty string, got {doc_id!r}"
        which = "missing-key" if "doc_id" not in raw else "wrong-type"
        return None, nothing, [*faults, Incident(which, f"{place}: $", what, "give the document's id")]
    for key in ("text", "text_sha256"):
        if key in raw and not isinstance(raw[key], str):
            hint = "leave the key out if it is not known"
            faults.append(Incident("wrong-type", f"{place}: $.{key}", f"expected a string, got {_type(raw[key])}", hint))
    text, sha = (raw[k] if isinstance(raw.get(k), str) else None for k in ("text", "text_sha256"))
    if text is not None and sha is not None and text_sha256(text) != sha:
        hint = "give the hash of this very text, or leave one of the two out"
        message = f"text_sha256 is {sha}, but the row's text has {text_sha256(text)}"
        faults.append(Incident("text-differs", f"{place}: $.text_sha256", message, hint))
    layers = _layers(place, raw, faults)
    items: dict[str, list[Any]] = {layer: [] for layer in ITEMS}
    broken: set[str] = set()
    for layer in ITEMS:
        if layer not in raw:
            continue
        if not isinstance(raw[layer], list):
            hint = "give a list; leave the key out if the layer is not claimed"
            faults.append(Incident("wrong-type", f"{place}: $.{layer}", f"expected a list, got {_type(raw[layer])}", hint))
            continue
        given = {i["id"] for i in raw[layer] if isinstance(i, dict) and isinstance(i.get("id"), str)}
        fresh = (f"{_ID_PREFIX[layer]}{n}" for n in range(1, 2 + 2 * len(raw[layer])))
        for n, item in enumerate(raw[layer]):
            at = f"{place}: $.{layer}[{n}]"
            wire, found = structure(layer, item, at)
            try:
                if wire is not None:
                    free = wire.id or next(i for i in fresh if i not in given)
                    items[layer].append(_model(wire, free, doc_id, locate, at, found))
            except _NoSpanError:
                pass
            if found:
                faults += found
                if isinstance(item, dict) and isinstance(item.get("id"), str):
                    broken.add(item["id"])
    claim = _claim(raw, layers)
    claimed = layers if layers is not None else _claimed(claim)
    annotation = Annotation(doc_id, claimed, **{k: tuple(v) for k, v in items.items()}, text_sha256=sha)
    return Row(place, annotation, text, frozenset(broken)), claim, faults


def _layers(place: str, raw: Mapping[str, Any], faults: list[Incident]) -> tuple[str, ...] | None:
    given = raw.get("layers")
    if "layers" not in raw:
        return None
    at = f"{place}: $.layers"
    if not isinstance(given, list) or not all(isinstance(x, str) for x in given):
        faults.append(Incident("wrong-type", at, "expected a list of strings", f"layers are: {', '.join(LAYERS)}"))
        return None
    for layer in given:
        if layer not in LAYERS:
            faults.append(Incident("unknown-layer", at, f"unknown layer {layer!r}", nearest(layer, LAYERS)))
        elif (layer if layer != "arguments" else "events") not in raw:
            message = f"layers claims {layer}, but the row has no such list"
            faults.append(Incident("layer-not-given", at, message, "give the list, empty if nothing was found"))
    return tuple(layer for layer in LAYERS if layer in given)


def _claim(raw: Mapping[str, Any], layers: tuple[str, ...] | None) -> _Claim:
    events = raw.get("events")
    told = [("arguments" in e) for e in events if isinstance(e, dict)] if isinstance(events, list) else []
    return _Claim(tuple(k for k in ITEMS if k in raw), all(told) if told else None, layers)


def _claimed(claim: _Claim) -> tuple[str, ...]:
    arguments = "events" in claim.lists and claim.arguments is not False
    return tuple(layer for layer in LAYERS if layer in claim.lists or (layer == "arguments" and arguments))


def _without_arguments(annotation: Annotation, claim: _Claim) -> Annotation:
    if claim.layers is not None:
        return annotation
    return replace(annotation, layers=tuple(layer for layer in annotation.layers if layer != "arguments"))


def _twice(rows: Sequence[Row]) -> Iterator[Incident]:
    first: dict[str, str] = {}
    for row in rows:
        other = first.setdefault(row.annotation.doc_id, row.place)
        if other != row.place:
            message = f"{row.annotation.doc_id} has a row at {other} already"
            yield Incident("duplicate-document", f"{row.place}: $.doc_id", message, "give one row per document")


def _same_claims(rows: Sequence[Row], claims: Sequence[_Claim]) -> Iterator[Incident]:
    """A layer that one row claims and another does not: was nothing found there, or was nobody looking?"""
    every = [k for k in ITEMS if any(k in c.lists for c in claims)]
    for row, claim in zip(rows, claims, strict=True):
        for layer in every:
            if layer not in claim.lists:
                other = next(r.place for r, c in zip(rows, claims, strict=True) if layer in c.lists)
                hint = "give an empty list if nothing was found, or leave the list out of every row"
                yield Incident("layer-not-everywhere", f"{row.place}: $", f"no {layer} here, but {other} has them", hint)
        if claim.layers != claims[0].layers:
            message = f"layers differs from that of {rows[0].place}"
            yield Incident("layers-differ", f"{row.place}: $.layers", message, "give the same layers in every row")
    told = {claim.arguments for claim in claims} - {None}
    bare = [row for row, claim in zip(rows, claims, strict=True) if claim.arguments is False]
    if len(told) == 2 or any(any(e.arguments for e in row.annotation.events) for row in bare):
        for row in bare:
            hint = 'give "arguments": [] where none was found, or leave the key out of every event'
            message = "an event without arguments beside others with"
            yield Incident("layer-not-everywhere", f"{row.place}: $.events", message, hint)


class _NoSpanError(Exception):
    """The item has no usable span; the fault is already listed."""


def _model(wire: WireItem, id_: str, doc_id: str, locate: Locate | None, at: str, found: list[Incident]) -> Any:
    """A wire item to its model type. Faults go to ``found``; without a span there is no item."""

    def span(given: WireSpan, where: str, required: bool = True) -> Span | None:
        try:
            return _span(given, doc_id, locate)
        except _SpanError as fault:
            found.append(Incident(fault.incident, where, str(fault), fault.hint))
            if required:
                raise _NoSpanError from fault
            return None

    common = {"score": wire.score, "meta": wire.meta}
    match wire.layer:
        case "mentions":
            extent = span(wire.extent, f"{at}.extent", required=False) if wire.extent else None
            place = span(wire, at)
            return Mention(id_, place, wire.type, wire.kind, extent, wire.value, **common)  # type: ignore[arg-type]
        case "events":
            event: WireEvent = wire
            arguments = tuple(Argument(a.role, a.mention, a.score, a.meta) for a in event.arguments)
            return Event(id_, span(wire, at), wire.type, wire.realis, wire.polarity, arguments, **common)  # type: ignore[arg-type]
        case "entities":
            return Entity(id_, wire.type, tuple(wire.mentions), wire.name, wire.wikidata, tuple(wire.members), **common)
        case "instances":
            return Instance(id_, tuple(wire.events), **common)
        case "relations":
            return Relation(id_, wire.type, wire.head, wire.tail, **common)
        case _:
            evidence = (span(e, f"{at}.evidence[{n}]", required=False) for n, e in enumerate(wire.evidence))
            return EventRelation(id_, wire.type, wire.head, wire.tail, tuple(e for e in evidence if e), **common)


class _SpanError(ValueError):
    def __init__(self, incident: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.incident, self.hint = incident, hint


def _span(given: WireSpan, doc_id: str, locate: Locate | None) -> Span:
    offsets = (given.start, given.end)
    if given.text is not None:
        if offsets != (None, None):
            raise _SpanError("two-spans", "has offsets and a quote", "give start and end, or text, not both")
        if locate is None:
            hint = "turn quotes into offsets: communique convert --from quotes"
            raise _SpanError("quote-not-aligned", f"has the quote {given.text!r} in place of offsets", hint)
        try:
            return locate(doc_id, given)
        except ValueError as fault:
            raise _SpanError("quote-not-found", str(fault), "") from fault
    if given.sentence is not None or given.occurrence is not None:
        raise _SpanError("two-spans", "has sentence or occurrence without the text of a quote", "add text, or drop them")
    if given.start is None or given.end is None:
        missing = " and ".join(k for k, v in zip(("start", "end"), offsets, strict=True) if v is None)
        raise _SpanError("missing-key", f"the key {missing} is missing", "give start and end in code points, or a quote")
    if given.start < 0:
        raise _SpanError("span-outside-text", f"start {given.start} is negative", "offsets count from 0")
    if given.start >= given.end:
        raise _SpanError("empty-span", f"start {given.start} is not before end {given.end}", "end is exclusive")
    return Span(given.start, given.end)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) < len(pairs):
        keys = [k for k, _ in pairs]
        twice = sorted({k for k in keys if keys.count(k) > 1})
        raise ValueError(f"an object has the key {', '.join(twice)} more than once")
    return out


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _type(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", int: "an integer", float: "a float"}
    return "null" if value is None else names.get(type(value), type(value).__name__)
