"""The published log of an adjudication, ``adjudication.jsonl``: written, and read again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from communique.adjudication.compare import PASSES
from communique.adjudication.decisions import Decisions, parse_decisions
from communique.adjudication.differences import Difference
from communique.incident import DataError, Incident
from communique.model import Document
from communique.ontology import Ontology


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


_KEYS: Final = ("doc_id", "difference", "layer", "rule", "reason")


def parse_log(name: str, lines: str) -> tuple[dict[str, Any], ...]:
    """The rows that `log_lines` wrote; ``name`` is the file's, for messages.

    Raises:
        DataError: every line that is no such row.
    """
    rows: list[dict[str, Any]] = []
    faults: list[Incident] = []
    for number, line in enumerate(lines.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as fault:
            faults.append(Incident("not-json", f"{name}:{number}", f"not JSON: {fault.msg}", "write one JSON object per line"))
            continue
        wanted = (*_KEYS, "edit" if isinstance(row, dict) and row.get("difference") is None else "decision")
        if not isinstance(row, dict) or (lacking := [key for key in wanted if key not in row]):
            message = f"it lacks {', '.join(lacking)}" if isinstance(row, dict) else f"a {type(row).__name__}, not an object"
            faults.append(Incident("not-a-log", f"{name}:{number}", message, "restore the row that the adjudication wrote"))
        else:
            rows.append(row)
    if faults:
        raise DataError(faults)
    return tuple(rows)


def decisions_of(
    name: str, rows: Sequence[Mapping[str, Any]], document: Document, found: Sequence[Difference], ontology: Ontology
) -> Decisions:
    """The decisions that the log holds on one document, to be applied again; ``found`` are the differences of its passes.

    Raises:
        DataError: if the log speaks of other differences than there are, or of a document otherwise than the passes do.
    """
    known = {d.number: d for d in found}
    faults, lines = [], []
    for row in (r for r in rows if r["doc_id"] == document.doc_id):
        line = {key: row[key] for key in ("rule", "reason")}
        number = row["difference"]
        if number is None:
            lines.append(line | {"edit": row["edit"], "stage": row.get("stage", "adjudication")})
            continue
        d = known.get(number)
        if d is None or (d.place, *(r.text for r in d.readings)) != (row["place"], row["pass_1"], row["pass_2"]):
            hint = "the passes, the text or the ontology have changed since"
            message = f"the log decides {row['place']}, and there is {'no such difference' if d is None else d.place}"
            faults.append(Incident("stale-log", f"{name}: {document.doc_id}, difference {number}", message, hint))
        line |= {"difference": number, "decision": dict(zip(PASSES, "XY", strict=True)).get(row["decision"], "other")}
        lines.append(line | ({"reading": row["reading"]} if row["decision"] == "other" else {}))
    if faults:
        raise DataError(faults)
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    return parse_decisions(name, text, document, found, dict.fromkeys(known, PASSES[0]), ontology=ontology)
