"""The published log of an adjudication, ``adjudication.jsonl``: written, and read again."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from communique.adjudication.compare import PASSES
from communique.adjudication.decisions import Decisions, parse_decisions
from communique.adjudication.differences import Difference
from communique.adjudication.records import FIELDS
from communique.incident import DataError, Incident, cut, shown
from communique.io.jsonl_decode import lines
from communique.model import LAYERS, Document
from communique.ontology import Ontology, nearest


def log_lines(document: Document, found: Sequence[Difference], decisions: Decisions) -> tuple[dict[str, Any], ...]:
    """The rows of ``adjudication.jsonl``: one per difference, then one per edit, in order."""
    rows: list[dict[str, Any]] = []
    for d in found:
        made = decisions.of[d.number]
        row = {"doc_id": document.doc_id, "difference": d.number, "layer": d.layer, "place": d.place}
        row |= {"pass_1": d.readings[0].text, "pass_2": d.readings[1].text, "decision": made.choice}
        row |= {"reading": made.raw} if made.choice == "other" else {}
        rows.append(row | {"rule": made.rule, "reason": made.reason})
    for e in decisions.edits:
        row = {"doc_id": document.doc_id, "difference": None, "stage": e.stage, "layer": e.layer, "edit": e.raw}
        rows.append(row | {"rule": e.rule, "reason": e.reason})
    return tuple(rows)


_OF_A_DECISION: Final[tuple[str, ...]] = (
    "doc_id", "difference", "layer", "place", "pass_1", "pass_2", "decision", "rule", "reason"
)  # fmt: skip
_OTHERWISE: Final = (*_OF_A_DECISION, "reading")
_OF_AN_EDIT: Final = ("doc_id", "difference", "stage", "layer", "edit", "rule", "reason")
_RESTORE: Final = "restore the row that the adjudication wrote"


def parse_log(name: str, content: str, documents: Collection[str] | None = None) -> tuple[dict[str, Any], ...]:
    """The rows that `log_lines` wrote; ``name`` is the file's, for messages, ``documents`` the ids there may be (None: any).

    What a reading or an edit says is left to `decisions_of`, which has the text that they quote.

    Raises:
        DataError: every fault of every row: keys, names and numbers that a row has not got, and a difference decided twice.
    """
    rows: list[dict[str, Any]] = []
    faults: list[Incident] = []
    decided: dict[tuple[str, int], int] = {}
    for number, row in lines(name, content, faults):
        at = f"{name}:{number}"
        if not isinstance(row, dict):
            faults.append(Incident("not-a-log", f"{at}: $", f"expected an object, got {shown(row)}", _RESTORE))
            continue
        faults += _faults(at, row, documents)
        key = (row.get("doc_id"), row.get("difference"))
        if isinstance(key[0], str) and type(key[1]) is int:
            first = decided.setdefault((key[0], key[1]), number)
            if first != number:
                message = f"difference {key[1]} of {key[0]} is decided in line {first} already"
                faults.append(Incident("duplicate-difference", f"{at}: $", message, "keep the row that holds"))
        rows.append(row)
    if faults:
        raise DataError(faults)
    return tuple(rows)


def _faults(at: str, row: Mapping[str, Any], documents: Collection[str] | None) -> Iterator[Incident]:
    edits = row["difference"] is None if "difference" in row else "edit" in row
    needed = admitted = _OF_AN_EDIT if edits else _OF_A_DECISION
    if not edits and row.get("decision") not in PASSES:
        admitted = _OTHERWISE
        needed = _OTHERWISE if row.get("decision") == "other" else _OF_A_DECISION
    if lacking := [key for key in needed if key not in row]:
        yield Incident("not-a-log", f"{at}: $", f"it lacks {', '.join(lacking)}", _RESTORE)
    layers = tuple(FIELDS) if edits else LAYERS
    for key, value in row.items():
        if key not in admitted:
            kind = "an edit" if edits else f"a decision for {shown(row.get('decision'))}"
            yield Incident("not-a-log", f"{at}: $", f"{kind} has no key {shown(key)}", nearest(key, admitted))
        elif key == "difference":
            if not edits and (type(value) is not int or value < 1):
                hint = "differences are numbered from 1; an edit has null"
                yield Incident("not-a-log", f"{at}: $.difference", f"{shown(value)} is no number of a difference", hint)
        elif key == "edit":
            if not isinstance(value, dict) or value.get("layer") != row.get("layer"):
                message = f"{shown(value)} is no edit of the layer that the row names, {shown(row.get('layer'))}"
                yield Incident("not-a-log", f"{at}: $.edit", message, _RESTORE)
        elif key == "reading":
            continue
        elif not isinstance(value, str) or not value.strip():
            yield Incident("not-a-log", f"{at}: $.{key}", f"expected a non-empty string, got {shown(value)}", _RESTORE)
        elif key == "decision" and value not in (*PASSES, "other"):
            hint = f"one of {', '.join(PASSES)}, other"
            yield Incident("not-a-log", f"{at}: $.decision", f"{shown(value)} is no decision", hint)
        elif key == "layer" and value not in layers:
            what = "an edit" if edits else "a difference"
            yield Incident("not-a-log", f"{at}: $.layer", f"{shown(value)} is no layer of {what}", nearest(value, layers))
        elif key == "doc_id" and documents is not None and value not in documents:
            yield Incident("unknown-document", f"{at}: $.doc_id", f"unknown doc_id {shown(value)}", nearest(value, documents))


def decisions_of(
    name: str, rows: Sequence[Mapping[str, Any]], document: Document, found: Sequence[Difference], ontology: Ontology
) -> Decisions:
    """The decisions that the log holds on one document, to be applied again; ``found`` are the differences of its passes.

    Raises:
        DataError: if the log speaks of other differences than there are, or of a document otherwise than the passes do.
    """
    known = {d.number: d for d in found}
    faults, decisions = [], []
    for row in (r for r in rows if r["doc_id"] == document.doc_id):
        line = {key: row[key] for key in ("rule", "reason")}
        number = row["difference"]
        if number is None:
            decisions.append(line | {"edit": row["edit"], "stage": row["stage"]})
            continue
        for clash in _clashes(row, known.get(number)):
            hint = "the passes, the text or the ontology have changed since"
            faults.append(Incident("stale-log", f"{name}: {document.doc_id}, difference {number}", clash, hint))
        line |= {"difference": number, "decision": dict(zip(PASSES, "XY", strict=True)).get(row["decision"], "other")}
        decisions.append(line | ({"reading": row["reading"]} if row["decision"] == "other" else {}))
    if faults:
        raise DataError(faults)
    content = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in decisions)
    # The lines counted from here on are the document's own, not the log's.
    of_document = f"{name}, rows of {document.doc_id}"
    return parse_decisions(of_document, content, document, found, dict.fromkeys(known, PASSES[0]), ontology=ontology)


def _clashes(row: Mapping[str, Any], d: Difference | None) -> Iterator[str]:
    """What the log and the passes say differently of one difference."""
    if d is None:
        yield f"the log decides {row['place']}, and there is no such difference"
        return
    now = {"layer": d.layer, "place": d.place, "pass_1": d.readings[0].text, "pass_2": d.readings[1].text}
    for key, said in now.items():
        if row[key] != said:
            yield f"{key} is {cut(row[key], 200)!r} in the log, and {cut(said, 200)!r} now"
