"""Scores read back from ``scores.json``. The documents' tallies are the substance; all else in the file follows from them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from communique.errors import KINDS, Error
from communique.incident import DataError, Incident
from communique.io import scores as files
from communique.io.files import read_text
from communique.measures.tally import Tallies, Tally, total
from communique.ontology import nearest
from communique.resample import Interval
from communique.scorer.result import Figures, Result, summed
from communique.scorer.scores import Scores
from communique.scorer.signature import mismatch

_HINT: Final = "score the predictions again"


def read_scores(path: Path | str) -> Scores:
    """Read a ``scores.json`` of this version or an earlier one; keys and measures that it does not know do no harm.

    Every sum is computed again from the documents' tallies.

    Raises:
        DataError: if the file is not of that form, or a figure in it, seqeval's among them, is not the one that its documents
            give, or its errors are not what the documents lack, or a signature is not that of its measure, split, documents and
            versions.
    """
    return parse_scores(*read_text(path))


def parse_scores(name: str, content: str) -> Scores:
    """The content of a ``scores.json``; ``name`` stands for the file in messages. See `read_scores`."""
    place, table = name, files.parse_scores(name, content)
    results: dict[str, Result] = {}
    incidents: list[Incident] = []
    for measure, row in table["measures"].items():
        where = f"{place}: $.measures[{measure!r}]"
        tallies = _tallies(table, measure)
        if not tallies and row["predicted"] is None:
            result = Result(measure, row["signature"], Tally(), unscored=row.get("reason") or "not scored")
        else:
            result = replace(summed(measure, row["signature"], tallies), foreign=tuple(row.get("foreign", ())))
        incidents += _disagreements(where, row, result)
        documents, versions = len(table["documents"]), table["versions"]
        if said := mismatch(row["signature"], measure, split=table["split"], documents=documents, versions=versions):
            incidents.append(Incident("figures-disagree", f"{where}.signature", f"the signature {said}", _HINT))
        figures = row.get("seqeval")
        seqeval = figures and Figures(figures["precision"], figures["recall"], figures["f1"])
        results[measure] = replace(result, seqeval=seqeval, intervals=_intervals(row.get("intervals", ())))
    errors = {
        name: tuple(Error.from_json(name, item) for item in held["items"]) for name, held in table.get("errors", {}).items()
    }
    for name, found in errors.items():
        incidents += _strays(f"{place}: $.errors[{name!r}]", name, found, results.get(name))
    if incidents:
        raise DataError(incidents)
    floors = {
        system: {name: Figures(f["precision"], f["recall"], f["f1"]) for name, f in row.items()}
        for system, row in table.get("floors", {}).items()
    }
    return Scores(
        system=table["system"],
        split=table["split"],
        versions=table["versions"],
        results=results,
        documents=tuple(table["documents"]),
        notes=tuple(table.get("notes", ())),
        stories=table.get("stories"),
        sentences=table.get("sentences", {}),
        errors=errors,
        floors=floors,
    )


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
            known = key != "reason" and (key in there or key != "hits_gold")  # which 0.1.0 did not say
            if known and there.get(key) != figure:
                yield _disagree(f"{where}.{key}", there.get(key), figure)
    for name, means in (("macro", result.macro()), ("weighted", result.weighted())):
        for key, figure in means.as_json().items() if name in row else ():
            if not _near(row[name][key], figure):
                yield _disagree(f"{place}.{name}.{key}", row[name][key], figure)


def _near(a: float | None, b: float | None) -> bool:
    """NumPy's sums may differ by a bit between its versions."""
    return a == b if a is None or b is None else math.isclose(a, b, rel_tol=1e-12)


def _strays(place: str, measure: str, errors: Sequence[Error], result: Result | None) -> Iterator[Incident]:
    """Errors of a kind that there is not, and documents whose errors do not sum to what their tallies lack."""
    if result is None or measure not in KINDS:
        message = f"errors of {measure}, which was not scored" if result is None else f"{measure} has no kinds of error"
        yield Incident("not-scores", place, message, _HINT)
        return
    for kind in sorted({error.kind for error in errors} - set(KINDS[measure])):
        message = f"there is no kind of error {kind!r}; {nearest(kind, KINDS[measure])}"
        yield Incident("not-scores", place, message, _HINT)
    found = dict.fromkeys(result.tallies, (0, 0))
    for error in errors:
        wrong, unhit = found.get(error.doc_id, (0, 0))
        found[error.doc_id] = wrong + (error.pred is not None), unhit + (error.gold is not None)
    for doc_id, counts in found.items():
        t = total(result.tallies.get(doc_id, {}).values())
        if counts != (lacking := (t.predicted - t.hits_predicted, t.gold - t.hits_gold)):
            yield _disagree(
                f"{place}: {doc_id}",
                f"{counts[0]} wrong predictions and {counts[1]} gold items without a hit",
                f"{lacking[0]} and {lacking[1]}",
            )


def _disagree(place: str, stated: object, given: object) -> Incident:
    return Incident("figures-disagree", place, f"the file says {stated}, its documents give {given}", _HINT)
