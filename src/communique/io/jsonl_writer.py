"""`Annotation` to the lines of ``predictions.jsonl``, all of them in one way, so that `jsonl` reads them back equal."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from communique.io.files import write_text
from communique.io.wire import ITEMS
from communique.model import LAYERS, Annotation, Span


def write_annotations(
    path: Path | str, annotations: Iterable[Annotation], texts: Mapping[str, str] | None = None
) -> None:
    """Write a predictions file, atomically. ``texts`` (by doc_id) are written into the rows; raises as `dumps` does."""
    write_text(path, dumps(annotations, texts))


def dumps(annotations: Iterable[Annotation], texts: Mapping[str, str] | None = None) -> str:
    """The lines of a predictions file, with the texts that are given.

    Raises:
        ValueError: as `to_rows` does; or if ``meta`` or a score holds what is no JSON (NaN, a set).
    """
    return "".join(map(line, to_rows(annotations, texts)))


def line(row: Mapping[str, Any]) -> str:
    """One row as its line.

    Raises:
        ValueError: if it holds what is no JSON.
    """
    try:
        return json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n"
    except (TypeError, ValueError) as fault:
        raise ValueError(f"{row.get('doc_id')}: {fault}; meta and scores must be plain JSON") from fault


def to_rows(annotations: Iterable[Annotation], texts: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """The annotations of one file as JSON objects. A list that one row needs stands in every row, as the reader demands.

    Raises:
        ValueError: if two annotations are of one document or claim different layers, which one file cannot state.
    """
    given = list(annotations)
    if twice := [doc_id for doc_id, n in Counter(a.doc_id for a in given).items() if n > 1]:
        raise ValueError(f"{twice[0]} has more than one annotation; a file holds one per document")
    for a in given:
        if set(a.layers) != set(given[0].layers):
            both = " but ".join(f"{x.doc_id} claims {', '.join(x.layers) or 'nothing'}" for x in (given[0], a))
            raise ValueError(f"{both}; a file claims the same layers throughout")
    lists = {layer for a in given for layer in _lists(a)}
    arguments = any(map(_arguments, given))
    return [_row(a, (texts or {}).get(a.doc_id), lists, arguments) for a in given]


def to_row(annotation: Annotation, text: str | None = None) -> dict[str, Any]:
    """An annotation that stands alone as the JSON object of its line; `parse_rows` gives an equal annotation back."""
    return _row(annotation, text, _lists(annotation), _arguments(annotation))


def text_sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _lists(annotation: Annotation) -> set[str]:
    """The lists that say what the annotation says. Arguments stand inside events."""
    claimed = {"events" if layer == "arguments" else layer for layer in annotation.layers}
    return claimed | {layer for layer in ITEMS if getattr(annotation, layer)}


def _arguments(annotation: Annotation) -> bool:
    return "arguments" in annotation.layers or any(e.arguments for e in annotation.events)


def _row(annotation: Annotation, text: str | None, lists: Collection[str], arguments: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"doc_id": annotation.doc_id}
    if text is not None:
        row["text"] = text
    sha = annotation.text_sha256 or (text_sha256(text) if text is not None else None)
    if sha is not None:
        row["text_sha256"] = sha
    row["layers"] = [layer for layer in LAYERS if layer in annotation.layers]
    for layer in ITEMS:
        if layer in lists:
            row[layer] = [_item(i, arguments) for i in getattr(annotation, layer)]
    return row


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


def _offsets(span: Span) -> dict[str, Any]:
    out: dict[str, Any] = {"start": span.start, "end": span.end} if span.placed else {"start": None, "end": None}
    if quote := span.quote:
        out["quote"] = {"text": quote.text, "status": quote.status}
        if quote.score is not None:
            out["quote"]["score"] = quote.score
    return out
