"""Paired randomisation: what differences come about when the two systems swap their outputs for a unit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from communique.resample.bootstraps import SEED
from communique.resample.differences import flat, paired
from communique.resample.draws import TILE, affordable, swapped, swapped_work, together
from communique.resample.interval import TINY
from communique.resample.pvalue import PValue
from communique.resample.sums import Counts, Figure, alike, distinct, figure_of, read, weighted

SAMPLES: Final = 10_000

EXACT_UP_TO: Final = 20
"""Differing units whose swaps are all tried: half a million."""

MOST_EXACT: Final = 25
"""33 million swaps: some seconds."""


def randomisation(
    a: NDArray[Any],
    b: NDArray[Any],
    figure: Figure,
    *,
    unit: str = "document",
    exact_up_to: int = EXACT_UP_TO,
    samples: int = SAMPLES,
    seed: int = SEED,
) -> PValue:
    """Two-sided: how often a difference as large as this one comes about when each unit swaps sides or does not, by chance.

    ``a`` and ``b``: (units, runs, k). All runs of a unit swap together, run by run, so the two need equally many; the figure of
    a system is the mean over its runs. Units to which both add the same change nothing. All swaps of up to ``exact_up_to``
    differing units are tried; of more, some are sampled, and p = (c + 1) / (n + 1) (Davison and Hinkley 1997, equation 4.11),
    fewer than ``samples`` where they would take more than 20,000,000 coins, but not below 1,000 for that. A swap that leaves
    the difference undefined counts as a difference as large.

    Raises:
        ValueError: unless both have the same units and the same counts, or if ``exact_up_to`` is more than 25.
    """
    if not 0 <= exact_up_to <= MOST_EXACT:
        why = f"2^{exact_up_to} swaps take too long; {MOST_EXACT} is the most" if exact_up_to > 0 else "give 0 or more"
        raise ValueError(f"exact_up_to is {exact_up_to}: {why}")
    affordable(samples, 1)
    a, b = alike(a, b)
    units, runs = a.shape[:2]
    if runs != b.shape[1]:
        reason = f"runs are swapped one for one, and there are {runs} and {b.shape[1]}"
        return PValue(unit, "paired randomisation", None, None, None, units, reason)
    moves = flat(b - a)
    moves = moves[moves.any(axis=1)]
    differing = len(moves)
    exact = differing <= exact_up_to
    if exact:
        method = f"paired randomisation, all {2**differing:,} swaps"
        least = min(1.0, 2.0 ** (1 - differing))
    else:
        kinds, times = together(*distinct(moves))
        samples = affordable(samples, swapped_work(times))
        method = f"paired randomisation, {samples:,} sampled swaps"
        least = 1 / (samples + 1)
    gap = paired(figure, runs, runs)
    sums = np.concatenate((flat(a), flat(b)), axis=1).sum(axis=0)
    observed = figure_of(gap, sums)
    if observed is None:
        return PValue(unit, method, None, least, differing, units, "the difference is undefined")
    changes = _all(moves) if exact else (weighted(tile, kinds) for tile in swapped(times, samples, seed))
    as_large = sum(_as_large(read(gap, sums + np.concatenate((c, -c), axis=1)), observed) for c in changes)
    p = as_large * least if exact else (as_large + 1) * least
    return PValue(unit, method, p, least, differing, units)


def _as_large(gaps: Counts, observed: float) -> int:
    """Rounding must not decide a tie; NaN is not smaller."""
    return int((~(np.abs(gaps) < abs(observed) - TINY)).sum())


def _all(moves: Counts) -> Iterator[Counts]:
    """What every choice of units changes, but for the first unit: to swap it as well is the same with the systems exchanged."""
    free = moves[1:]
    inner = max(0, int(np.log2(max(1, TILE // max(1, moves.shape[1])))))
    low = _choices(free[:inner])
    for high in _choices(free[inner:]):
        yield low + high


def _choices(moves: Counts) -> Counts:
    """The sum of each of the 2^m choices of m rows."""
    sums = np.zeros((1, moves.shape[1]))
    for move in moves:
        sums = np.concatenate((sums, sums + move))
    return sums
