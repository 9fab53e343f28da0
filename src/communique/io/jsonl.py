"""``predictions.jsonl``: one JSON object per document and line, to `Annotation`. The way back is `jsonl_writer`.

Every fault of a file is reported at once, each with file, line, path and what to do. Nothing is coerced, repaired or dropped:
this module says only what cannot be turned into the model, the checks judge what can.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any, Final

from communique.incident import DataError, Incident, shown
from communique.io.files import read_text
from communique.io.jsonl_claims import Claim, claim_faults, claim_of
from communique.io.jsonl_decode import decode
from communique.io.jsonl_items import Locate, NoSpanError, model
from communique.io.jsonl_writer import text_sha256
from communique.io.wire import ITEMS, WireItem, structure
from communique.model import Annotation
from communique.ontology import nearest

ROW_KEYS: Final = ("doc_id", "text", "text_sha256", "layers", *ITEMS)
_ID_PREFIX: Final = dict(zip(ITEMS, "mevirx", strict=True))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file.

    ``place`` is ``file:line``. The annotation's doc_id is empty where the line has none that can be used. ``quoted``: a span
    is a quote, found or not. ``broken`` are layer and id of items that could not be read, so that a reference to one is not
    reported on top of the fault itself; the id is None if it could not be read either.
    """

    place: str
    annotation: Annotation
    text: str | None = None
    quoted: bool = False
    broken: frozenset[tuple[str, str | None]] = frozenset()


def read_annotations(path: Path | str) -> tuple[Annotation, ...]:
    """Read a predictions file; ``-`` is stdin.

    Raises:
        DataError: every fault of the file that keeps it from being read. What the annotations say is not judged here.
    """
    rows, faults = parse_rows(*read_text(path))
    if faults:
        raise DataError(faults)
    return tuple(row.annotation for row in rows)


def parse_rows(name: str, content: str, *, locate: Locate | None = None) -> tuple[tuple[Row, ...], tuple[Incident, ...]]:
    """Parse the text of a predictions file.

    Args:
        name: the file's name, for messages.
        locate: resolves quotes (format ``quotes``); without it a quote in place of offsets is a fault.

    Returns:
        the rows, as complete as they can be read, and every fault found. A row whose text is given is of that text's hash.
    """
    lines = [(n, line) for n, line in enumerate(content.split("\n"), 1) if line.strip()]
    if spread := _spread(name, content, lines):
        return (), (spread,)
    return parse_values(_decoded(name, lines), locate=locate)


def parse_values(
    values: Iterable[tuple[str, Any] | Incident], *, locate: Locate | None = None
) -> tuple[tuple[Row, ...], tuple[Incident, ...]]:
    """Decoded values, each with its place, as `parse_rows` does. Where one could not be decoded, its fault stands for it."""
    rows: list[Row] = []
    faults: list[Incident] = []
    claims: list[Claim] = []
    for value in values:
        if isinstance(value, Incident):
            faults.append(value)
            continue
        row, claim, found = parse_row(*value, locate=locate)
        faults += found
        if row:
            rows.append(row)
            claims.append(claim)
    faults += [*twice(rows), *claim_faults(claims)]
    if any(False in claim.arguments for claim in claims):
        # Rows without events say nothing of arguments; the file as a whole does not claim them.
        bare = (replace(r.annotation, layers=c.claimed(bare=True)) for r, c in zip(rows, claims, strict=True))
        rows = [replace(row, annotation=annotation) for row, annotation in zip(rows, bare, strict=True)]
    return tuple(rows), tuple(faults)


def parse_row(place: str, raw: Any, *, locate: Locate | None = None) -> tuple[Row | None, Claim, list[Incident]]:
    """One decoded JSON object to a row; ``place`` is where it stands. See `parse_rows`."""
    if not isinstance(raw, dict):
        hint = 'a row is {"doc_id": …, "mentions": […], …}'
        return None, Claim(place), [Incident("wrong-type", f"{place}: $", f"expected an object, got {shown(raw)}", hint)]
    faults = [
        Incident("unknown-key", f"{place}: $", f"unknown key {shown(key)}", nearest(key, ROW_KEYS))
        for key in raw if key not in ROW_KEYS
    ]
    doc_id, text, sha = _heading(place, raw, faults)
    claim = claim_of(place, raw, faults)
    broken: set[tuple[str, str | None]] = set()
    wires: dict[str, list[tuple[str, WireItem]]] = {}
    for layer in ITEMS:
        wires[layer] = list(_wires(place, layer, raw.get(layer, []), faults, broken))
    named = {i for items in wires.values() for _, wire in items for i in _references(wire)}
    items: dict[str, tuple[Any, ...]] = {}
    nowhere = count()
    for layer, held in wires.items():
        # An id that is made up must not be one that a reference names: it would make a dangling one good.
        taken = named | {wire.id for _, wire in held if wire.id} | {id_ for _, id_ in broken if id_}
        fresh = (i for n in count(1) if (i := f"{_ID_PREFIX[layer]}{n}") not in taken)
        items[layer] = tuple(_models(layer, held, fresh, doc_id, locate, faults, broken, nowhere))
    annotation = Annotation(doc_id, claim.claimed(bare=False in claim.arguments), **items, text_sha256=sha)
    quoted = any(_is_quote(item) for layer in ITEMS for item in _list(raw.get(layer)))
    return Row(place, annotation, text, quoted, frozenset(broken)), claim, faults


def _decoded(name: str, lines: Iterable[tuple[int, str]]) -> Iterator[tuple[str, Any] | Incident]:
    for n, line in lines:
        raw, fault = decode(name, line, line=n)
        yield fault or (f"{name}:{n}", raw)


def _spread(name: str, content: str, lines: Sequence[tuple[int, str]]) -> Incident | None:
    """The one fault of a file that is one JSON value over several lines, whole or cut off."""
    if len(lines) < 2 or decode(name, lines[0][1])[1] is None:
        return None
    _, fault = decode(name, content)
    if fault is None:
        hint = "write one object per document, each on one line"
        return Incident("invalid-json", name, "one JSON value over several lines", hint)
    each = (decode(name, line)[0] for _, line in lines)
    return None if any(isinstance(raw, dict) and "doc_id" in raw for raw in each) else fault


def _heading(place: str, raw: Mapping[str, Any], faults: list[Incident]) -> tuple[str, str | None, str | None]:
    """A row's doc_id, text and hash of the text, as far as it gives them."""
    doc_id = raw.get("doc_id")
    if "doc_id" not in raw:
        faults.append(Incident("missing-key", f"{place}: $", "the key doc_id is missing", "give the document's id"))
    elif not isinstance(doc_id, str) or not doc_id:
        message = f"expected a non-empty string, got {shown(doc_id)}"
        faults.append(Incident("wrong-type", f"{place}: $.doc_id", message, "give the document's id"))
    for key in ("text", "text_sha256"):
        if key in raw and not isinstance(raw[key], str):
            hint = "leave the key out if it is not known"
            faults.append(Incident("wrong-type", f"{place}: $.{key}", f"expected a string, got {shown(raw[key])}", hint))
    text, sha = (raw[k] if isinstance(raw.get(k), str) else None for k in ("text", "text_sha256"))
    if text is not None:
        of_text = text_sha256(text)
        if sha not in (None, of_text):
            hint = "give the hash of this very text, or leave one of the two out"
            message = f"text_sha256 is {shown(sha)}, but the row's text has {of_text}"
            faults.append(Incident("text-differs", f"{place}: $.text_sha256", message, hint))
        sha = sha or of_text
    return doc_id if isinstance(doc_id, str) else "", text, sha


def _wires(
    place: str, layer: str, raw: Any, faults: list[Incident], broken: set[tuple[str, str | None]]
) -> Iterator[tuple[str, WireItem]]:
    """The items of a layer that have the right shape, each with its place."""
    if not isinstance(raw, list):
        hint = "give a list; leave the key out if the layer is not claimed"
        faults.append(Incident("wrong-type", f"{place}: $.{layer}", f"expected a list, got {shown(raw)}", hint))
        broken.add((layer, None))
        return
    for n, item in enumerate(raw):
        at = f"{place}: $.{layer}[{n}]"
        id_ = item.get("id") if isinstance(item, dict) else ""
        usable = isinstance(id_, str) and id_ != ""
        wire: WireItem | None
        wire, found = structure(ITEMS[layer], item, at)
        if id_ == "" and wire is not None:
            hint = "give an id, or leave the key out"
            found = [Incident("wrong-type", f"{at}.id", "expected a non-empty string, got ''", hint)]
            wire.id = None
        if found:
            faults += found
            if id_ is not None:
                broken.add((layer, id_ if usable else None))
        if wire is not None:
            yield at, wire


def _models(
    layer: str,
    wires: Iterable[tuple[str, WireItem]],
    fresh: Iterator[str],
    doc_id: str,
    locate: Locate | None,
    faults: list[Incident],
    broken: set[tuple[str, str | None]],
    nowhere: Iterator[int],
) -> Iterator[Any]:
    for at, wire in wires:
        found: list[Incident] = []
        try:
            yield model(wire, wire.id or next(fresh), doc_id, locate, at, found, nowhere)
        except NoSpanError:
            if wire.id:
                broken.add((layer, wire.id))
        faults += found


def _references(wire: WireItem) -> Iterable[str]:
    """The ids that an item names."""
    match wire.layer:
        case "entities":
            return (*wire.mentions, *wire.members)
        case "events":
            return [a.mention for a in wire.arguments]
        case "instances":
            return list(wire.events)
        case "relations" | "event_relations":
            return (wire.head, wire.tail)
        case _:
            return ()


def _is_quote(item: Any) -> bool:
    spans = [item, item.get("extent"), *_list(item.get("evidence"))] if isinstance(item, dict) else []
    return any(isinstance(span, dict) and span.get("text") is not None for span in spans)


def _list(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else []


def twice(rows: Sequence[Row]) -> Iterator[Incident]:
    """A finding for each row of a document that has a row already."""
    first: dict[str, str] = {}
    for row in rows:
        doc_id = row.annotation.doc_id
        other = first.setdefault(doc_id, row.place)
        if doc_id and other != row.place:
            message = f"{shown(doc_id)} has a row at {other} already"
            yield Incident("duplicate-document", f"{row.place}: $.doc_id", message, "give one row per document")
