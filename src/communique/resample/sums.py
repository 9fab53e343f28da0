"""Counts of units, sums of them, and what figures read from sums."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Counts: TypeAlias = NDArray[np.float64]
"""What each unit adds, a row for each. Sums of whole numbers and of halves are exact, so they are the same on every machine."""

Figure: TypeAlias = Callable[[Counts], Counts]
"""From sums of shape (..., k) to figures of shape (...), NaN where undefined."""

PRODUCT: Final = 2**18
"""OpenBLAS starts threads for larger products, which takes longer than these products take (8 ms against .6 ms)."""


def of_units(counts: NDArray[Any]) -> Counts:
    """
    Raises:
        ValueError: unless they have shape (units, k).
    """
    array = np.asarray(counts, dtype=np.float64)
    if array.ndim != 2:
        raise ValueError(f"counts have shape {array.shape}; pass (units, k)")
    return array


def alike(a: NDArray[Any], b: NDArray[Any]) -> tuple[Counts, Counts]:
    """
    Raises:
        ValueError: unless they have shape (units, runs, k), with one run or more, and differ in runs at most.
    """
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if not a.ndim == b.ndim == 3 or a.shape[::2] != b.shape[::2] or not a.shape[1] or not b.shape[1]:
        raise ValueError(f"a has shape {a.shape} and b {b.shape}; pass (units, runs, k), with the same units and k")
    return a, b


def read(figure: Figure, sums: Counts) -> Counts:
    """The figures, without NumPy's warnings where they are undefined."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(figure(sums), dtype=np.float64)


def known(value: float) -> float | None:
    """None for NaN, which does not leave this package."""
    return float(value) if np.isfinite(value) else None


def figure_of(figure: Figure, sums: Counts) -> float | None:
    """The figure of one row of sums."""
    return known(read(figure, sums).item())


def weighted(weights: NDArray[Any], counts: Counts) -> Counts:
    """The sums of units, each as often as its weight says: ``weights @ counts``, in small pieces."""
    sums = np.empty((len(weights), counts.shape[1]))
    step = max(1, PRODUCT // max(1, counts.size))
    for start in range(0, len(weights), step):
        np.matmul(weights[start : start + step].astype(np.float64), counts, out=sums[start : start + step])
    return sums


def in_order(counts: Counts) -> Counts:
    """The rows sorted, so that what is drawn does not depend on the order in which they came."""
    rows: Counts = counts[np.lexsort(counts.T[::-1])]
    return rows


def distinct(counts: Counts) -> tuple[Counts, NDArray[np.int64]]:
    """The different rows, and how often each occurs; the most frequent first."""
    rows = in_order(counts)
    starts = np.flatnonzero(np.concatenate(([True], (rows[1:] != rows[:-1]).any(axis=1))))
    times = np.diff(np.append(starts, len(rows)))
    order = np.argsort(-times, kind="stable")
    return rows[starts][order], times[order]
