"""The published log of an adjudication, ``adjudication.jsonl``: written, and read again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from communique.adjudication.decisions import Decisions
from communique.adjudication.differences import Difference
from communique.incident import DataError, Incident
from communique.model import Document


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
