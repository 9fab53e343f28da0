"""Intervals of every measure's figures: what each document, and each sentence, adds, as arrays for `communique.resample`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from communique.measures.tally import Tally, total
from communique.resample import FEW, LEVEL, Interval
from communique.scorer.result import Result, defined

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIGURES: Final = ("f1", "precision", "recall")


def method_of(documents: int) -> str:
    """What the signature calls the method of intervals for new documents."""
    return "jackknife-t" if documents < FEW else "bootstrap"


def with_intervals(results: Mapping[str, Result], sentences: Sequence[int]) -> dict[str, Result]:
    """Every result with the intervals of its figures, for new documents and for these; ``sentences`` counts each document's."""
    return {name: r if r.unscored else replace(r, intervals=_intervals(r, sentences)) for name, r in results.items()}


def document_counts(result: Result) -> NDArray[Any]:
    """What each document adds: (documents, 4), or four for each label where the figures are means over labels."""
    import numpy as np

    rows = [_row(result, tallies.items()) for tallies in result.tallies.values()]
    return np.array(rows) if rows else np.zeros((0, 4))


def sentence_counts(result: Result, sentences: Sequence[int]) -> NDArray[Any]:
    """What each sentence adds, document by document, (sentences, 4); a sentence without items adds nothing.

    What belongs to no sentence stands with its document's first, so that nothing is lost.
    """
    import numpy as np

    rows = np.zeros((sum(sentences), 4))
    first = 0
    for count, tallies in zip(sentences, result.tallies.values(), strict=True):
        for (sentence, _), tally in tallies.items():
            rows[first + (sentence or 0)] += _four(tally)
        first += count
    return rows


def no_sentences(name: str, *, split: bool) -> str | None:
    """Why a measure's counts cannot be taken sentence by sentence; None if they can. ``split``: some document is."""
    measure = defined(name)
    if measure and not measure.by_sentence:
        return "what it counts belongs to documents, not to sentences"
    return None if split else "no document is split into sentences"


def figure(sums: NDArray[Any], *, name: str, averaged: bool = False) -> NDArray[Any]:
    """Precision, recall or F1 of sums of shape (..., 4), NaN where undefined; ``averaged`` over each four of (..., 4k)."""
    import numpy as np

    if averaged:
        parts = sums.reshape(*sums.shape[:-1], -1, 4)
        return np.asarray(figure(parts, name=name).mean(axis=-1))
    hits_predicted, hits_gold, predicted, gold = np.moveaxis(sums, -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        p, r = hits_predicted / predicted, hits_gold / gold
        if name != "f1":
            return np.asarray(p if name == "precision" else r)
        both = np.nan_to_num(p) + np.nan_to_num(r)
        f1 = np.where(both > 0, 2 * p * r / both, 0.0)
        return np.where((predicted == 0) | (gold == 0), np.where(predicted + gold == 0, np.nan, 0.0), f1)


def _intervals(result: Result, sentences: Sequence[int]) -> dict[str, tuple[Interval, ...]]:
    from communique.resample.bootstraps import document_intervals, sentence_bootstrap

    figures = {name: partial(figure, name=name, averaged=result.averaged) for name in FIGURES}
    new = document_intervals(document_counts(result), figures, names=list(result.tallies))
    if reason := no_sentences(result.measure, split=any(sentences)):
        these = dict.fromkeys(FIGURES, Interval("sentence", "sentence bootstrap", None, None, LEVEL, reason))
    else:
        # By id, so that nothing depends on the order of the gold. A document that was not split into sentences is one sentence.
        sizes = {doc_id: max(1, count) for doc_id, count in sorted(zip(result.tallies, sentences, strict=True))}
        by_id = replace(result, tallies={doc_id: result.tallies[doc_id] for doc_id in sizes})
        these = sentence_bootstrap(sentence_counts(by_id, list(sizes.values())), list(sizes.values()), figures)
    return {name: (_as_saved(new[name]), _as_saved(these[name])) for name in FIGURES}


def _as_saved(interval: Interval) -> Interval:
    """With ends as a file keeps them, so that scores read back equal."""
    return Interval(**interval.as_json())


def _row(result: Result, tallies: Iterable[tuple[tuple[int | None, str], Tally]]) -> list[float]:
    held = list(tallies)
    if not result.averaged:
        return _four(total(tally for _, tally in held))
    return [x for label in result.labels for x in _four(total(t for (_, of), t in held if of == label))]


def _four(tally: Tally) -> list[float]:
    return [float(tally.hits_predicted), float(tally.hits_gold), float(tally.predicted), float(tally.gold)]
