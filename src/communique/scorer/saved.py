"""Scores read back from ``scores.json``. The documents' tallies are the substance; all else in the file follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from communique.errors import Error
from communique.incident import DataError, Incident
from communique.io import scores as files
from communique.measures.tally import Tallies, Tally
from communique.resample import Interval
from communique.scorer.result import Figures, Result, summed
from communique.scorer.scores import Scores
from communique.scorer.signature import mismatch


def read_scores(path: Path | str) -> Scores:
    """Read a ``scores.json`` of this version or an earlier one; keys and measures that it does not know do no harm.

    Every sum is computed again from the documents' tallies.

    Raises:
        DataError: if the file is not of that form, or a figure in it, seqeval's among them, is not the one that its documents
            give, or a signature is not that of its measure, split, documents and versions.
    """
    place, table = files.read_scores(path)
    results: dict[str, Result] = {}
    incidents: list[Incident] = []
    for measure, row in table["measures"].items():
        where = f"{place}: $.measures[{measure!r}]"
        tallies = _tallies(table, measure)
        if not tallies and row["predicted"] is None:
            result = Result(measure, row["signature"], Tally(), unscored=row.get("reason") or "not scored")
        else:
            result = summed(measure, row["signature"], tallies)
        incidents += _disagreements(where, row, result)
        documents, versions = len(table["documents"]), table["versions"]
        if said := mismatch(row["signature"], measure, split=table["split"], documents=documents, versions=versions):
            hint = "score the predictions again"
            incidents.append(Incident("figures-disagree", f"{where}.signature", f"the signature {said}", hint))
        figures = row.get("seqeval")
        seqeval = figures and Figures(figures["precision"], figures["recall"], figures["f1"])
        results[measure] = replace(
            result, seqeval=seqeval, foreign=tuple(row.get("foreign", ())), intervals=_intervals(row.get("intervals", ()))
        )
    if incidents:
        raise DataError(incidents)
    floors = {
        system: {name: Figures(f["precision"], f["recall"], f["f1"]) for name, f in row.items()}
        for system, row in table.get("floors", {}).items()
    }
    errors = {
        name: tuple(Error.from_json(name, item) for item in held["items"])
        for name, held in table.get("errors", {}).items()
        if name in results
    }
    return Scores(
        table["system"],
        table["split"],
        table["versions"],
        results,
        tuple(table["documents"]),
        tuple(table.get("notes", ())),
        table.get("stories"),
        errors,
        floors,
    )


def is_scores(path: Path | str) -> bool:
    """Whether the content of a file is meant to be a ``scores.json``: one JSON object, with the key ``measures``.

    Raises:
        DataError: if the file cannot be read.
    """
    return files.is_scores(path)


def _tallies(table: Mapping[str, Any], measure: str) -> dict[str, Tallies]:
    return {
        doc_id: {(sentence, label): _tally(*counts) for label, rows in measures[measure].items() for sentence, *counts in rows}
        for doc_id, measures in table["documents"].items()
        if measure in measures
    }


def _tally(hits_predicted: int | str, hits_gold: int | str, predicted: int, gold: int) -> Tally:
    one, other = (Fraction(hits) if isinstance(hits, str) else hits for hits in (hits_predicted, hits_gold))
    return Tally(one, other, predicted, gold)


def _intervals(rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[Interval, ...]]:
    found: dict[str, tuple[Interval, ...]] = {}
    for row in rows:
        interval = Interval(row["unit"], row["method"], row["low"], row["high"], row["level"], row.get("reason"))
        found[row["figure"]] = (*found.get(row["figure"], ()), interval)
    return found


def _disagreements(place: str, row: Mapping[str, Any], result: Result) -> Iterator[Incident]:
    pairs = [(place, row, result.figures())]
    if (seqeval := row.get("seqeval")) is not None:  # it says 0 where ours is undefined
        ours = Figures(result.precision or 0.0, result.recall or 0.0, result.f1 or 0.0)
        pairs.append((f"{place}.seqeval", seqeval, ours.as_json()))
    if "by" in row:
        stated, parts = row["by"].get("type", {}), result.by("type")
        nothing = Result(result.measure, result.signature, Tally())
        for label in {**stated, **parts}:
            pairs.append((f"{place}.by.type[{label!r}]", stated.get(label, {}), parts.get(label, nothing).figures()))
    for where, there, figures in pairs:
        for key, figure in figures.items():
            if key != "reason" and there.get(key) != figure:
                message = f"the file says {there.get(key)}, its documents give {figure}"
                yield Incident("figures-disagree", f"{where}.{key}", message, "score the predictions again")
