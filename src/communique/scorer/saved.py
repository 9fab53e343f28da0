"""Scores to ``scores.json`` and back. The documents' tallies are the substance; all else in the file follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from communique.incident import DataError, Incident
from communique.io import scores as files
from communique.measures.tally import Tallies, Tally
from communique.scorer.result import Figures, Result, Scores
from communique.scorer.scoring import summed


def save_scores(scores: Scores, path: Path | str) -> None:
    files.write_scores(path, to_json(scores))


def read_scores(path: Path | str) -> Scores:
    """Read a ``scores.json`` of this version or an earlier one; keys and measures that it does not know do no harm.

    Every sum is computed again from the documents' tallies.

    Raises:
        DataError: if the file is not of that form, or a figure in it is not the one that its documents give.
    """
    place, table = files.read_scores(path)
    results: dict[str, Result] = {}
    incidents: list[Incident] = []
    for measure, row in table["measures"].items():
        if row["predicted"] is None:
            result = Result(measure, row["signature"], Tally(), unscored=row.get("reason") or "not scored")
        else:
            result = summed(measure, row["signature"], _tallies(table, measure))
        figures = row.get("seqeval")
        seqeval = figures and Figures(figures["precision"], figures["recall"], figures["f1"])
        results[measure] = replace(result, seqeval=seqeval, foreign=tuple(row.get("foreign", ())))
        incidents += _disagreements(f"{place}: $.measures[{measure!r}]", row, result)
    if incidents:
        raise DataError(incidents)
    return Scores(
        table["system"], table["split"], table["versions"], results, tuple(table["documents"]), tuple(table.get("notes", ()))
    )


def to_json(scores: Scores) -> dict[str, Any]:
    """The shape of ``scores.json``. ``hits`` are those of the predicted items; every figure is a fraction."""
    return {
        "system": scores.system,
        "split": scores.split,
        "versions": dict(scores.versions),
        "notes": list(scores.notes),
        "measures": {name: _measure(result) for name, result in scores.results.items()},
        "errors": {},
        "documents": {
            doc_id: {
                name: _sentences(result.tallies[doc_id]) for name, result in scores.results.items() if doc_id in result.tallies
            }
            for doc_id in scores.documents
        },
    }


def _measure(result: Result) -> dict[str, Any]:
    row: dict[str, Any] = {"signature": result.signature, **_figures(result), "intervals": []}
    if result.seqeval:
        s = result.seqeval
        row["seqeval"] = {"precision": s.precision, "recall": s.recall, "f1": s.f1}
    if result.foreign:
        row["foreign"] = list(result.foreign)
    row["by"] = {"type": {label: _figures(part) for label, part in result.by("type").items()}}
    return row


def _figures(result: Result) -> dict[str, Any]:
    t = result.tally
    hits, predicted, gold = (None, None, None) if result.unscored else (t.hits_predicted, t.predicted, t.gold)
    return {
        "precision": result.precision,
        "recall": result.recall,
        "f1": result.f1,
        "hits": hits,
        "predicted": predicted,
        "gold": gold,
        "reason": result.reason,
    }


def _sentences(tallies: Tallies) -> dict[str, list[list[int | None]]]:
    labels: dict[str, list[list[int | None]]] = {}
    for (sentence, label), t in tallies.items():
        labels.setdefault(label, []).append([sentence, t.hits_predicted, t.hits_gold, t.predicted, t.gold])
    return labels


def _tallies(table: Mapping[str, Any], measure: str) -> dict[str, Tallies]:
    return {
        doc_id: {(sentence, label): Tally(*counts) for label, rows in measures[measure].items() for sentence, *counts in rows}
        for doc_id, measures in table["documents"].items()
        if measure in measures
    }


def _disagreements(place: str, row: Mapping[str, Any], result: Result) -> list[Incident]:
    pairs = [(place, row, _figures(result))]
    stated = row.get("by", {}).get("type", {})
    for label in {**stated, **result.labels} if "by" in row else {}:
        own = result.by("type").get(label, Result(result.measure, result.signature, Tally()))
        pairs.append((f"{place}.by.type[{label!r}]", stated.get(label, {}), _figures(own)))
    return [
        Incident(
            "figures-disagree",
            f"{where}.{key}",
            f"the file says {there.get(key)}, its documents give {figure}",
            "score the predictions again",
        )
        for where, there, ours in pairs
        for key, figure in ours.items()
        if key != "reason" and there.get(key) != figure
    ]
