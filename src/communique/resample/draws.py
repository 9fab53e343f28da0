"""Random draws whose streams stay as they are, in tiles, so that memory does not grow with what is drawn.

They come from `numpy.random.RandomState`, which is frozen: NEP 19 keeps its streams bit for bit over NumPy's versions, and says
that those of `numpy.random.Generator` may change with any of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from communique.resample.sums import Counts

Weights: TypeAlias = NDArray[Any]
"""One row a resample: how often each unit is in it. Whole numbers of whatever type has room for them."""

TILE: Final = 2**20
"""Numbers drawn at a time: 8 MB."""

MOST: Final = 20_000_000
"""Weights drawn for one interval or one p-value: about .2 s, and at most 40 MB where they are kept."""

LEAST: Final = 1_000
"""Resamples, however many units there are."""

_COMMON: Final = 10
_COMMON_SWAPS: Final = 64
"""From so many equal units on, one binomial number is quicker than a draw (a bit) for each of them."""


def affordable(wanted: int, units: int) -> int:
    """As many resamples as are wanted, unless these would be more than `MOST` weights, but not fewer than `LEAST` for that.

    Raises:
        ValueError: if none are wanted.
    """
    if wanted < 1:
        raise ValueError(f"{wanted} resamples or samples tell nothing; ask for 1 or more")
    return min(wanted, max(LEAST, MOST // max(1, units)))


@lru_cache(maxsize=2)
def kept(sizes: tuple[int, ...], resamples: int, seed: int) -> Weights:
    """From each of some groups, of these sizes, as many draws with replacement as it has units. Shared, so read only.

    Kept, because the figures of all measures are read from the same draws: one matrix for documents, one for sentences.
    """
    stream = np.random.RandomState(seed)
    weights = np.empty((resamples, sum(sizes)), np.min_scalar_type(max(sizes, default=0)))
    first = 0
    for size in filter(None, sizes):
        row = 0
        for tile in drawn(stream, size, resamples):
            weights[row : row + len(tile), first : first + size] = tile
            row += len(tile)
        first += size
    weights.flags.writeable = False
    return weights


def drawn(stream: np.random.RandomState, units: int, resamples: int, *, tile: int = TILE) -> Iterator[Weights]:
    """As many draws with replacement as there are units."""
    for rows in _tiles(resamples, units, tile):
        of_row = np.arange(rows)[:, None] * units
        yield _counted(stream.randint(units, size=(rows, units), dtype=np.int64) + of_row, rows, units)


def collapsed(times: NDArray[np.int64], resamples: int, seed: int, *, tile: int = TILE) -> Iterator[Weights]:
    """The same of different kinds of units, of which there are so many each, the most frequent first: how often each kind.

    How often the common kinds come is multinomial. All rare ones together are one kind more, and which of them, is drawn.
    """
    units, common = int(times.sum()), int((times >= _COMMON).sum())
    rare = np.repeat(np.arange(len(times) - common), times[common:])
    chances = np.append(times[:common], len(rare)) / units
    kinds, which = np.random.RandomState(seed), np.random.RandomState([seed, 1])
    for rows in _tiles(resamples, len(times) + len(rare), tile):
        several = kinds.multinomial(units, chances, size=rows).astype(np.int64)
        if not len(rare):
            yield several[:, :common]
            continue
        width = len(times) - common
        of_row = np.repeat(np.arange(rows) * width, several[:, common])
        picks = rare[which.randint(len(rare), size=len(of_row), dtype=np.int64)]
        yield np.concatenate((several[:, :common], _counted(picks + of_row, rows, width)), axis=1)


def collapsed_work(times: NDArray[np.int64]) -> int:
    """How many draws one resample of `collapsed` costs, a binomial number taking as long as ten of them."""
    return int(np.minimum(times, _COMMON).sum())


def swapped(times: NDArray[np.int64], samples: int, seed: int, *, tile: int = TILE) -> Iterator[Weights]:
    """How many of so many units are swapped, when a fair coin decides for each; the most at once first, see `together`."""
    common = int((times > 1).sum())
    single = len(times) - common
    words = -(-single // 32)  # each row begins with a word of its own, wherever a tile ends
    numbers, coins = np.random.RandomState(seed), np.random.RandomState([seed, 1])
    for rows in _tiles(samples, common + 32 * words, tile):
        several = numbers.binomial(times[:common], 0.5, size=(rows, common))
        if not single:
            yield several
            continue
        bits = np.unpackbits(np.frombuffer(coins.bytes(rows * words * 4), np.uint8)).reshape(rows, words * 32)[:, :single]
        yield np.concatenate((several, bits), axis=1) if common else bits


def together(rows: Counts, times: NDArray[np.int64]) -> tuple[Counts, NDArray[np.int64]]:
    """The rows to swap at once, and how often each: equal ones if there are many, else one by one."""
    often = times >= _COMMON_SWAPS
    each = np.where(often, 1, times)
    return np.repeat(rows, each, axis=0), np.repeat(np.where(often, times, 1), each)


def swapped_work(times: NDArray[np.int64]) -> int:
    """How many coins one sample of `swapped` costs, a binomial number taking as long as 64 of them."""
    return int(np.where(times > 1, _COMMON_SWAPS, 1).sum())


def _tiles(rows: int, width: int, tile: int) -> Iterator[int]:
    step = max(1, tile // max(1, width))
    for start in range(0, rows, step):
        yield min(step, rows - start)


def _counted(cells: NDArray[np.int64], rows: int, width: int) -> Weights:
    return np.bincount(cells.ravel(), minlength=rows * width).reshape(rows, width)
