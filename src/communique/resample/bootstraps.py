"""Intervals for new documents like these, and for these documents: which method, and the percentile bootstrap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from communique.resample.draws import LEAST, MOST, Weights, affordable, collapsed, collapsed_work, kept
from communique.resample.few import of_few
from communique.resample.interval import FEW, LEVEL, TINY, Interval
from communique.resample.leave_one_out import LOGIT
from communique.resample.sums import Counts, Figure, distinct, figure_of, in_order, of_units, read, weighted

RESAMPLES: Final = 10_000

SEED: Final = 1
"""Any number would do; another one gives another draw."""


def document_intervals(
    counts: NDArray[Any],
    figures: Mapping[str, Figure],
    *,
    names: Sequence[str] | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
    level: float = LEVEL,
) -> dict[str, Interval]:
    """Of fractions, "for new documents like these": the delete-one jackknife below 50 documents, the bootstrap from 50 on.

    ``counts``: (documents, k); ``names`` of the documents, for reasons.

    Raises:
        ValueError: if two documents have one name.
    """
    counts = of_units(counts)
    if len(counts) >= FEW:
        return bootstrap(counts, figures, resamples=resamples, seed=seed, level=level)
    return {name: of_few(counts, figure, LOGIT, level, names, "figure") for name, figure in figures.items()}


def bootstrap(
    counts: NDArray[Any],
    figures: Mapping[str, Figure],
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
    level: float = LEVEL,
    least: int = FEW,
) -> dict[str, Interval]:
    """Intervals "for new documents like these", for many documents, whatever their order.

    ``counts``: (documents, k). There are fewer resamples where these would be more than 20,000,000 draws (2,000 documents),
    but never fewer than 1,000; ``method`` says how many. Fewer documents than ``least`` give none: the percentile bootstrap
    of a few documents covers too little (`scripts/coverage.py`).
    """
    counts = of_units(counts)
    n = len(counts)
    if n < least:
        reason = f"the document bootstrap is for {least} documents or more, and there {'is' if n == 1 else 'are'} {n}"
        return dict.fromkeys(figures, Interval("document", "document bootstrap, percentile", None, None, level, reason))
    sums = resampled(counts, resamples, seed)
    method = f"document bootstrap, percentile, {len(sums):,} resamples"
    return {name: percentile("document", method, figure, counts, sums, level) for name, figure in figures.items()}


def sentence_bootstrap(
    counts: NDArray[Any],
    sizes: Sequence[int],
    figures: Mapping[str, Figure],
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
    level: float = LEVEL,
) -> dict[str, Interval]:
    """Intervals "for these documents": the documents stay, and within each its sentences are drawn with replacement.

    ``counts``: (sentences, k), document by document, with sentences to which nothing belongs; ``sizes`` says how many each
    document has. There are fewer resamples than wanted above 2,000 sentences (20,000,000 draws), and no interval above 20,000,
    where not even 1,000 are left; so many sentences stand in so many documents that one reads the documents' interval.

    Raises:
        ValueError: unless the sizes sum to the rows.
    """
    counts = of_units(counts)
    n = len(counts)
    if sum(sizes) != n or min(sizes, default=0) < 0:
        raise ValueError(f"the documents have {sum(sizes)} sentences, but counts have {n} rows")
    reason = None
    if n < 3:
        reason = f"an interval needs three sentences, and there {'is' if n == 1 else 'are'} {n}"
    elif max(sizes) == 1:
        reason = "no document has two sentences to draw from"
    elif n * LEAST > MOST:
        reason = f"the sentence bootstrap is for up to {MOST // LEAST:,} sentences, and there are {n:,}"
    method = "sentence bootstrap within documents, percentile"
    if reason:
        return dict.fromkeys(figures, Interval("sentence", method, None, None, level, reason))
    sums = _summed([kept(tuple(map(int, sizes)), affordable(resamples, n), seed)], counts)
    method += f", {len(sums):,} resamples"
    return {name: percentile("sentence", method, figure, counts, sums, level) for name, figure in figures.items()}


def resampled(counts: Counts, resamples: int, seed: int) -> Counts:
    """The sums of documents drawn with replacement, one row a resample. Of many documents, equal ones are drawn together."""
    n = len(counts)
    if n * LEAST <= MOST:
        return _summed([kept((n,), affordable(resamples, n), seed)], in_order(counts))
    rows, times = distinct(counts)
    return _summed(collapsed(times, affordable(resamples, collapsed_work(times)), seed), rows)


def percentile(
    unit: str, method: str, figure: Figure, counts: Counts, sums: Counts, level: float, *, what: str = "figure"
) -> Interval:
    """The middle of the resampled figures; null where one is undefined, where all are the same, or where the figure is at an
    end of its range.

    Raises:
        ValueError: unless 0 < level < 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"an interval needs 0 < level < 1, such as .95, not {level}")
    value = figure_of(figure, counts.sum(axis=0))
    values = read(figure, sums)
    undefined = int((~np.isfinite(values)).sum())
    reason = None
    if value is None:
        reason = f"the {what} is undefined"
    elif abs(value) == 1 or (value == 0 and what == "figure"):
        reason = f"the {what} is {value:g}"
    elif undefined:
        reason = f"the {what} is undefined in {undefined:,} of {len(values):,} resamples"
    elif np.ptp(values) < TINY:
        reason = f"the {what} is the same in every resample: there is nothing to estimate from"
    if reason:
        return Interval(unit, method, None, None, level, reason)
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Interval(unit, method, float(low), float(high), level)


def _summed(tiles: Iterable[Weights], counts: Counts) -> Counts:
    return np.concatenate([weighted(tile, counts) for tile in tiles])
