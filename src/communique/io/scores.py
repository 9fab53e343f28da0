"""The file ``scores.json``: its form, no arithmetic."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from communique.incident import DataError, Incident, shown
from communique.io.files import write_text
from communique.io.jsonl_decode import decode

_COUNTS: Final = ("hits", "predicted", "gold")
_FRACTIONS: Final = ("precision", "recall", "f1")
_BEGINS: Final = re.compile(r'\s*\{\s*"(?:system|split|versions|measures|documents|notes|stories)"')
_FRACTION: Final = re.compile(r"[0-9]{1,640}/[1-9][0-9]{0,639}")  # as many digits as `decode` takes of a number
_MOST: Final = 2**53
"""No count is larger: up to there whole numbers are exact as floats, which sums of many documents are."""
_SENTENCES: Final = 2**20
"""No document has more; arrays are made of the sentences of a file, which may be damaged."""
_encode: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
_HINT: Final = "give a file that communique score -o wrote"


def write_scores(path: Path | str, table: Mapping[str, Any]) -> None:
    """Write a table of plain lists and dicts, completely or not at all."""
    write_text(path, print_scores(table))


def print_scores(table: Mapping[str, Any]) -> str:
    """JSON with two-space indent, in which a list of numbers stays on its line."""
    return _print(table, "") + "\n"


def parse_scores(place: str, text: str) -> dict[str, Any]:
    """The table in the content of a file, of which every part that is read has its type; ``place`` names it in messages.

    Unknown keys are kept.

    Raises:
        DataError: not JSON, or not of the form; every fault that was found.
    """
    table, fault = decode(place, text)
    if fault:
        raise DataError([Incident("not-json", fault.place, fault.message, _HINT)])
    if incidents := [Incident("not-scores", f"{place}: {where}", message, _HINT) for where, message in _faults(table)]:
        raise DataError(incidents)
    held: dict[str, Any] = table
    return held


def is_scores(text: str) -> bool:
    """Whether a text is meant to be a ``scores.json``: it begins as one, and is no row of predictions; whether it is sound,
    `parse_scores` says.
    """
    return _BEGINS.match(text) is not None and '"measures"' in text


def _faults(table: object) -> Iterator[tuple[str, str]]:
    if not isinstance(table, dict):
        yield "$", "a JSON object is wanted"
        return
    for key, kind in (("system", str), ("split", str), ("versions", dict), ("measures", dict), ("documents", dict)):
        if not isinstance(table.get(key), kind):
            yield f"$.{key}", "is missing" if key not in table else f"a {_NAMES[kind]} is wanted, not {shown(table[key])}"
    if not _is_list_of(table.get("notes", []), lambda note: isinstance(note, str)):
        yield "$.notes", "a list of strings is wanted"
    versions, measures, documents = table.get("versions"), table.get("measures"), table.get("documents")
    for name, version in versions.items() if isinstance(versions, dict) else ():
        if not isinstance(version, str):
            yield f"$.versions.{name}", f"a string is wanted, not {shown(version)}"
    ran = isinstance(measures, dict) and any(isinstance(row, dict) and row.get("seqeval") for row in measures.values())
    if ran and isinstance(versions, dict) and "seqeval" not in versions:
        yield "$.versions.seqeval", "is missing, though measures have seqeval's figures"
    for name, row in measures.items() if isinstance(measures, dict) else ():
        yield from _measure_faults(f"$.measures[{name!r}]", row)
    yield from _floor_faults(table.get("floors", {}))
    yield from _error_faults(table.get("errors", {}))
    sentences = table.get("sentences", {})
    if not isinstance(sentences, dict) or not all(type(n) is int and n >= 0 for n in sentences.values()):
        yield "$.sentences", "an object of numbers is wanted"
    elif sentences and isinstance(documents, dict) and sentences.keys() != documents.keys():
        yield "$.sentences", "the number of each document and of no other is wanted"
    if not isinstance(stories := table.get("stories"), int | None) or isinstance(stories, bool):
        yield "$.stories", f"a number or null is wanted, not {shown(stories)}"
    for doc_id, rows in documents.items() if isinstance(documents, dict) else ():
        yield from _document_faults(f"$.documents[{doc_id!r}]", rows)


def _measure_faults(where: str, row: object) -> Iterator[tuple[str, str]]:
    if not isinstance(row, dict):
        yield where, "an object is wanted"
        return
    if not isinstance(row.get("signature"), str):
        yield f"{where}.signature", "a string is wanted"
    if not isinstance(row.get("reason"), str | None):
        yield f"{where}.reason", f"a string or null is wanted, not {shown(row['reason'])}"
    yield from _figure_faults(where, row, (*_FRACTIONS, *_COUNTS))
    for means in ("macro", "weighted"):
        if means in row:
            yield from _figure_faults(f"{where}.{means}", row[means], _FRACTIONS)
    if row.get("seqeval") is not None:
        yield from _figure_faults(f"{where}.seqeval", row["seqeval"], _FRACTIONS)
    if not _is_list_of(row.get("intervals", []), _is_interval):
        yield f"{where}.intervals", "a list of intervals {figure, unit, method, low, high, level, reason} is wanted"
    if not _is_list_of(row.get("foreign", []), lambda label: isinstance(label, str)):
        yield f"{where}.foreign", "a list of strings is wanted"
    by = row.get("by", {})
    labels = by.get("type", {}) if isinstance(by, dict) else None
    if not isinstance(labels, dict):
        yield f"{where}.by", "an object with the object type is wanted"
        return
    for label, part in labels.items():
        yield from _figure_faults(f"{where}.by.type[{label!r}]", part, (*_FRACTIONS, *_COUNTS))


def _figure_faults(where: str, row: object, keys: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if not isinstance(row, dict):
        yield where, "an object is wanted"
        return
    for key in keys:
        if key not in row:
            yield f"{where}.{key}", "is missing"
        elif row[key] is not None and not _is_number(row[key]):
            yield f"{where}.{key}", f"a number or null is wanted, not {shown(row[key])}"
        elif key in _FRACTIONS and row[key] is not None and row[key] > 1:
            yield f"{where}.{key}", f"a fraction from 0 to 1 is wanted, not {shown(row[key])}"


def _floor_faults(floors: object) -> Iterator[tuple[str, str]]:
    if not isinstance(floors, dict) or not all(isinstance(row, dict) for row in floors.values()):
        yield "$.floors", "an object of objects is wanted"
        return
    for system, row in floors.items():
        for measure, figures in row.items():
            yield from _figure_faults(f"$.floors[{system!r}][{measure!r}]", figures, _FRACTIONS)


def _error_faults(errors: object) -> Iterator[tuple[str, str]]:
    if not isinstance(errors, dict):
        yield "$.errors", "an object is wanted"
        return
    for measure, held in errors.items():
        if not isinstance(held, dict) or not isinstance(held.get("items"), list):
            yield f"$.errors[{measure!r}]", "an object with the list items is wanted"
            continue
        for n, item in enumerate(held["items"]):
            if not _is_error(item):
                form = "{kind, doc_id, sentence, gold or pred: {label, ids, NAME: [start, end]}, section}"
                yield f"$.errors[{measure!r}].items[{n}]", f"an error {form} is wanted"


def _is_error(item: Any) -> bool:
    if not isinstance(item, dict) or not all(isinstance(item.get(key), str) for key in ("kind", "doc_id")):
        return False
    sides = [item[side] for side in ("gold", "pred") if item.get(side) is not None]
    plain = isinstance(item.get("section"), str | None) and type(item.get("sentence")) in (int, type(None))
    return plain and bool(sides) and all(map(_is_reading, sides))


def _is_reading(side: Any) -> bool:
    if not isinstance(side, dict) or "label" not in side:
        return False
    if not all(isinstance(side.get(key), str | None) for key in ("label", "type")):
        return False
    spans = [value for key, value in side.items() if key not in ("label", "type", "ids")]
    return _is_list_of(side.get("ids"), lambda i: isinstance(i, str)) and bool(spans) and all(map(_is_span, spans))


def _is_span(value: Any) -> bool:
    if isinstance(value, list) and len(value) == 3 and value[0] is None:  # nowhere in the text: a number, and what was quoted
        return type(value[1]) is int and 0 <= value[1] < _MOST and isinstance(value[2], str)
    return isinstance(value, list) and len(value) == 2 and all(type(x) is int for x in value) and 0 <= value[0] < value[1]


def _document_faults(where: str, rows: object) -> Iterator[tuple[str, str]]:
    if not isinstance(rows, dict):
        yield where, "an object is wanted"
        return
    for measure, labels in rows.items():
        if not isinstance(labels, dict) or not all(_is_list_of(sentences, _is_tally) for sentences in labels.values()):
            yield (
                f"{where}[{measure!r}]",
                "lists [sentence or null, hits_predicted, hits_gold, predicted, gold] by label are wanted; hits, which may "
                "be \"p/q\", are no more than the items",
            )


def _is_list_of(value: object, kind: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and all(kind(item) for item in value)


def _is_tally(row: Any) -> bool:
    if not isinstance(row, list) or len(row) != 5 or not all(type(n) is int and 0 <= n <= _MOST for n in row[3:]):
        return False
    if not all(_is_number(hits) or (isinstance(hits, str) and _FRACTION.fullmatch(hits)) for hits in row[1:3]):
        return False
    return _within(*row[1:]) and (row[0] is None or (type(row[0]) is int and 0 <= row[0] < _SENTENCES))


def _within(hits_predicted: float | str, hits_gold: float | str, predicted: int, gold: int) -> bool:
    """Whether there are no more hits than items."""
    one, other = (Fraction(hits) if isinstance(hits, str) else hits for hits in (hits_predicted, hits_gold))
    return one <= predicted and other <= gold


def _is_interval(row: Any) -> bool:
    if not isinstance(row, dict) or not all(isinstance(row.get(key), str) for key in ("figure", "unit", "method")):
        return False
    if not {"low", "high", "level"} <= row.keys():
        return False
    low, high, level = (row[key] for key in ("low", "high", "level"))
    if not isinstance(level, int | float) or not 0 < level < 1:
        return False
    if low is None and high is None:
        return isinstance(row.get("reason"), str)
    ends = _is_number(low) and _is_number(high) and row.get("reason") is None
    return ends and bool(low <= high <= 1)


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and value >= 0  # True is an int to isinstance


def _print(value: Any, indent: str) -> str:
    if isinstance(value, Mapping) and value:
        inner = indent + "  "
        rows = [f"{inner}{_encode(key)}: {_print(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
    return _encode(value)


_NAMES: Final = {str: "string", dict: "JSON object"}
