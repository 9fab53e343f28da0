"""The files of the audit, JSON Lines, read strictly: every fault at once, with file, line and key.

What was planted (`Plant.as_json` writes it), what a reader suspects, and what the suspects that name no planted error are::

    {"doc_id": "d1", "layer": "events", "places": [Q, …], "wrong": "…", "right": "…", "rule": "§5.3"}
    {"suspect": 12, "verdict": "no error", "rule": "§5.3", "reason": "…"}

``places`` are the item, or both ends of a pair; Q is a quote, ``{"text", "sentence", "occurrence"}``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from communique.adjudication.differences import Words
from communique.align.quotes import resolve
from communique.audit.alterations import Change
from communique.audit.plants import ORIGINS, Plant
from communique.incident import DataError, Incident, cut, shown
from communique.io.jsonl_decode import lines
from communique.model import LAYERS, Document, Span
from communique.ontology import nearest

VERDICTS: Final = ("error", "no error", "planted")
"""Of the gold; none; or part of a planted one that another suspect names."""

_Shape = Mapping[str, type]
_PLANTED: Final[_Shape] = {
    **dict.fromkeys(("doc_id", "layer", "origin", "kind"), str),
    **dict.fromkeys(("places", "spans"), list),
    **dict.fromkeys(("was", "now"), str),
}
_SUSPECT: Final[_Shape] = {"doc_id": str, "layer": str, "places": list, "wrong": str, "right": str, "rule": str}
_VERDICT: Final[_Shape] = {"suspect": int, "verdict": str, "rule": str, "reason": str}
_QUOTE: Final[_Shape] = {"text": str, "sentence": int, "occurrence": int}


@dataclass(frozen=True, slots=True)
class Suspect:
    """Something that a reader takes for an error; ``raw`` is the line as it was written."""

    doc_id: str
    layer: str
    spans: tuple[Span, ...]
    raw: Mapping[str, Any]


def parse_planted(name: str, content: str, documents: Mapping[str, Document]) -> tuple[Plant, ...]:
    """Read the planted errors; ``name`` is for messages.

    Raises:
        DataError: every line that is no such row, and every place where the text does not say what the row says.
    """
    faults: list[Incident] = []
    plants = []
    for at, row in _rows(name, content, _PLANTED, faults):
        document = _document(row, documents, at, faults)
        _among(row, "layer", LAYERS, at, faults)
        _among(row, "origin", ORIGINS, at, faults)
        _some(row, "spans", at, faults)
        spans = _spans(row.get("spans", []), document, f"{at}.spans", faults)
        if document and spans and "places" in row and (there := list(map(Words(document).span, spans))) != row["places"]:
            hint = "the texts have changed, or the row; plant again, or restore it"
            message = f"it says {shown(row['places'])}, and the text has {shown(there)} there"
            faults.append(Incident("place-differs", f"{at}.places", message, hint))
        if row.keys() == _PLANTED.keys():
            change = Change(row["kind"], spans, row["was"], row["now"])
            plants.append(Plant(row["doc_id"], row["layer"], row["origin"], change))
    if faults:
        raise DataError(faults)
    return tuple(plants)


def parse_suspects(name: str, content: str, documents: Mapping[str, Document]) -> tuple[Suspect, ...]:
    """Read a reader's list; ``name`` is for messages.

    Raises:
        DataError: every line that is no suspect, and every quote that is not there.
    """
    faults: list[Incident] = []
    suspects = []
    for at, row in _rows(name, content, _SUSPECT, faults):
        document = _document(row, documents, at, faults)
        _among(row, "layer", LAYERS, at, faults)
        _some(row, "places", at, faults)
        quotes = [_quoted(quote, document, f"{at}.places[{n}]", faults) for n, quote in enumerate(row.get("places", []))]
        if row.keys() == _SUSPECT.keys():
            suspects.append(Suspect(row["doc_id"], row["layer"], tuple(span for span in quotes if span), row))
    if faults:
        raise DataError(faults)
    return tuple(suspects)


def parse_verdicts(name: str, content: str, unmatched: Collection[int]) -> dict[int, str]:
    """Read what the suspects are that name no planted error, by their numbers from 1; ``unmatched`` are these numbers.

    Raises:
        DataError: every line that is no verdict, every suspect that is not to be judged, and each that is not judged once.
    """
    faults: list[Incident] = []
    verdicts: dict[int, str] = {}
    given: Counter[int] = Counter()
    for at, row in _rows(name, content, _VERDICT, faults):
        _among(row, "verdict", VERDICTS, at, faults)
        for key in ("rule", "reason"):
            if key in row and not row[key].strip():
                hint = "name the guideline's section and say why in a few words"
                faults.append(Incident("blank", f"{at}.{key}", f"the {key} is blank", hint))
        if (number := row.get("suspect")) is None:
            continue
        given[number] += 1
        verdicts[number] = row.get("verdict", "")
        if number not in unmatched or given[number] > 1:
            message = f"suspect {number} is judged twice" if number in unmatched else f"suspect {number} is not to be judged"
            hint = f"judge each of these once: {_listed(unmatched)}"
            faults.append(Incident("not-a-suspect", f"{at}.suspect", message, hint))
    if lacking := [number for number in unmatched if number not in given]:
        message = f"no verdict on suspect {_listed(lacking)}"
        faults.append(Incident("not-judged", name, message, "give each a line of its own"))
    if faults:
        raise DataError(faults)
    return verdicts


def _listed(numbers: Collection[int]) -> str:
    return cut(", ".join(map(str, sorted(numbers))), 200) or "none"


def _rows(name: str, content: str, shape: _Shape, faults: list[Incident]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The place and the object of each line; keys whose values are of another type are faults, and left out."""
    for number, raw in lines(name, content, faults):
        at = f"{name}:{number}: $"
        yield at, _typed(raw, shape, shape.keys(), at, faults)


_TYPES: Final = {str: "a string", int: "an integer", list: "a list", dict: "an object"}


def _typed(raw: Any, shape: _Shape, needed: Collection[str], at: str, faults: list[Incident]) -> dict[str, Any]:
    if not isinstance(raw, dict):
        message = f"expected an object, got {shown(raw)}"
        faults.append(Incident("wrong-type", at, message, f"give an object with {', '.join(shape)}"))
        return {}
    for key in sorted(raw.keys() - shape.keys()):
        faults.append(Incident("unknown-key", at, f"unknown key {shown(key)}", nearest(key, list(shape))))
    sound = {}
    for key, wanted in shape.items():
        if key not in raw:
            if key in needed:
                faults.append(Incident("missing-key", at, f"the key {key} is missing", "add it"))
        elif type(raw[key]) is not wanted:
            message = f"expected {_TYPES[wanted]}, got {shown(raw[key])}"
            hint = "nothing is converted; write the value in its own type"
            faults.append(Incident("wrong-type", f"{at}.{key}", message, hint))
        else:
            sound[key] = raw[key]
    return sound


def _document(row: Mapping[str, Any], documents: Mapping[str, Document], at: str, faults: list[Incident]) -> Document | None:
    if "doc_id" in row and row["doc_id"] not in documents:
        message = f"unknown doc_id {shown(row['doc_id'])}"
        faults.append(Incident("unknown-document", f"{at}.doc_id", message, nearest(row["doc_id"], documents)))
    return documents.get(row.get("doc_id", ""))


def _among(row: Mapping[str, Any], key: str, names: Collection[str], at: str, faults: list[Incident]) -> None:
    if key in row and row[key] not in names:
        faults.append(Incident(f"unknown-{key}", f"{at}.{key}", f"unknown {key} {shown(row[key])}", nearest(row[key], names)))


def _some(row: Mapping[str, Any], key: str, at: str, faults: list[Incident]) -> None:
    if row.get(key) == []:
        faults.append(Incident("no-place", f"{at}.{key}", "it is empty", "name the item, or both ends of a pair"))


def _quoted(raw: Any, document: Document | None, at: str, faults: list[Incident]) -> Span | None:
    before = len(faults)
    quote = _typed(raw, _QUOTE, ("text",), at, faults)
    if document is None or len(faults) > before:
        return None
    try:
        return resolve(document.text, document.sentences, quote.pop("text"), **quote)
    except ValueError as fault:
        hint = "quote the words as the numbered sentences show them"
        faults.append(Incident("quote-not-found", at, cut(str(fault), 200), hint))
        return None


def _spans(raw: list[Any], document: Document | None, at: str, faults: list[Incident]) -> tuple[Span, ...]:
    end = len(document.text) if document else 0
    spans = []
    for n, pair in enumerate(raw):
        match pair:
            case [int(first), int(last)] if {type(first), type(last)} == {int} and 0 <= first < last and last <= (end or last):
                spans.append(Span(first, last))
            case _:
                hint = "restore the row as it was planted: [start, end], in code points"
                faults.append(Incident("not-a-span", f"{at}[{n}]", f"{shown(pair)} is no span of the text", hint))
    return tuple(spans)
