"""The interval of the difference between two systems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from communique.resample.bootstraps import RESAMPLES, SEED, percentile, resampled
from communique.resample.few import leave_one_out, of_few
from communique.resample.interval import FEW, LEVEL, TINY, Interval
from communique.resample.leave_one_out import ATANH, method
from communique.resample.sums import Counts, Figure, alike, read


def difference(
    a: NDArray[Any],
    b: NDArray[Any],
    figure: Figure,
    *,
    names: Sequence[str] | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
    level: float = LEVEL,
) -> Interval:
    """How much higher the figure of ``a`` is than that of ``b`` on the same documents: by jackknife or bootstrap, as for one.

    ``a`` and ``b``: (documents, runs, k). The figure of a system with several runs is the mean over them; the two may have
    different numbers of runs. The jackknife is on the scale of atanh, which keeps it inside (-1, 1) and covers no less than the
    plain scale, more where the difference is large.

    Raises:
        ValueError: unless both have the same documents and the same counts, or if two documents have one name.
    """
    a, b = alike(a, b)
    gap, both = paired(figure, a.shape[1], b.shape[1]), np.concatenate((flat(a), flat(b)), axis=1)
    few = len(a) < FEW
    sums = leave_one_out(both) if few else resampled(both, resamples, seed)
    how = method(ATANH) if few else f"document bootstrap of the difference, percentile, {len(sums):,} resamples"
    if len(a) >= 3 and (reason := _nothing(a, b, read(gap, sums))):
        return Interval("document", how, None, None, level, reason)
    if few:
        return of_few(both, gap, ATANH, level, names, "difference")
    return percentile("document", how, gap, both, sums, level, what="difference")


def flat(counts: Counts) -> Counts:
    """(units, runs, k) as (units, runs · k)."""
    return counts.reshape(len(counts), counts.shape[1] * counts.shape[2])


def paired(figure: Figure, of_a: int, of_b: int) -> Figure:
    """The difference of means over so many runs, from sums of which the first are those of ``a``, run after run."""

    def gap(sums: Counts) -> Counts:
        runs = sums.reshape(*sums.shape[:-1], of_a + of_b, sums.shape[-1] // (of_a + of_b))
        values = np.asarray(figure(runs), dtype=np.float64)
        return np.asarray(values[..., :of_a].mean(axis=-1) - values[..., of_a:].mean(axis=-1))

    return gap


def _nothing(a: Counts, b: Counts, gaps: Counts) -> str | None:
    """Why there is nothing to estimate an interval from: a difference that is 0 in every replicate."""
    if ((a == a[:, :1]).all() and (b == a[:, :1]).all()) or np.array_equal(a, b):
        return "both add the same in every document: the difference is 0, and there is nothing to estimate from"
    if (np.abs(gaps) < TINY).all():
        return "the difference is 0 in every replicate: there is nothing to estimate from"
    return None
