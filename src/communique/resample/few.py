"""The jackknife of arrays of counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from communique.resample.interval import Interval, too_few
from communique.resample.leave_one_out import Scale, all_but_one, method, student
from communique.resample.sums import Counts, Figure, figure_of, known, read


def leave_one_out(counts: Counts) -> Counts:
    """The sums of all documents but one, a row for each; no rows of a single document."""
    if len(counts) < 2:
        return counts[:0]
    return np.stack(list(all_but_one({str(n): row for n, row in enumerate(counts)}).values()))


def of_few(counts: Counts, figure: Figure, scale: Scale, level: float, names: Sequence[str] | None, what: str) -> Interval:
    """The jackknife of a figure read from arrays; ``what`` names the figure in a reason, and ``names`` the documents.

    Raises:
        ValueError: unless each document has a name of its own.
    """
    n = len(counts)
    names = [f"document {number}" for number in range(1, n + 1)] if names is None else names
    if len(names) != n or len(set(names)) != n:
        raise ValueError(f"{n} documents have {len(set(names))} different names; give each its own")
    if reason := too_few(n):
        return Interval("document", method(scale), None, None, level, reason)
    without = map(known, read(figure, leave_one_out(counts)))
    value = figure_of(figure, counts.sum(axis=0))
    return student(value, dict(zip(names, without, strict=True)), scale, level, what=what)
