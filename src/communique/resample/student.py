"""Student's t. SciPy has it too, but takes a fifth of a second to import, a fifth of what a score may take."""

from __future__ import annotations

import math
from typing import Final

_STEPS: Final = 60
"""Halvings of the interval: to the last bits of a float."""


def reach(degrees: int, level: float) -> float:
    """The t that is not exceeded, either way, with probability ``level``.

    By the finite series of Student's distribution for whole degrees of freedom (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4),
    solved for the angle atan(t / √degrees) by bisection; equal to SciPy's ``stdtrit`` to its own accuracy.

    Raises:
        ValueError: unless there is a degree of freedom, and 0 < level < 1.

    >>> round(reach(3, 0.95), 3)
    3.182
    """
    if degrees < 1 or not 0 < level < 1:
        raise ValueError(f"Student's t needs one degree of freedom or more and 0 < level < 1, got {degrees} and {level}")
    low, high = 0.0, math.pi / 2
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, degrees) < level else (low, middle)
    return math.sqrt(degrees) * math.tan((low + high) / 2)


def _within(angle: float, degrees: int) -> float:
    """How probable a t is between those of -angle and angle."""
    cosine = math.cos(angle)
    odd = degrees % 2
    term = cosine if odd else 1.0
    terms = [term] if degrees > 1 else []
    for k in range(2 + odd, degrees, 2):
        term *= (k - 1) / k * cosine * cosine
        terms.append(term)
    series = math.sin(angle) * math.fsum(terms)
    return 2 / math.pi * (angle + series) if odd else series
