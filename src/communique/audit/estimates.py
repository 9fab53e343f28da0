"""How many errors are left: capture and recapture with marked errors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many errors are left, from ``real`` errors that a reader found who caught ``hits`` of ``plants`` planted ones.

    ``left`` is ``real · (1 - p) / p`` with the catch rate p; ``low`` and ``high`` are the same at the ends of p's interval
    (Wilson score, 95 %). Where no real error was found there is nothing to multiply: ``left`` and ``low`` are None, and
    ``high`` is the number of errors of which the reader would have found none with a chance of 5 %, at the lower end of p. All
    are None if nothing planted was caught, and so is p if nothing was planted.
    """

    plants: int
    hits: int
    real: int
    rate: float | None
    rate_low: float | None
    rate_high: float | None
    left: float | None
    low: float | None
    high: float | None


_Z: Final = 1.959963984540054  # the normal quantile of .975
_CHANCE: Final = 0.05


def estimate(*, plants: int, hits: int, real: int) -> Estimate:
    """The Lincoln–Petersen estimate of the errors that the reader missed, if real errors are as easy to find as planted ones.

    They are not (a planted error is plainer than one that three readers passed over), so it is a lower bound.

    Raises:
        ValueError: unless ``0 <= hits <= plants`` and ``0 <= real``.

    >>> estimate(plants=10, hits=5, real=4).left
    4.0
    """
    if not 0 <= hits <= plants or real < 0:
        raise ValueError(f"{hits} of {plants} planted errors caught, {real} real ones found: no such thing")
    if not hits:
        return Estimate(plants, hits, real, 0.0 if plants else None, None, None, None, None, None)
    p = hits / plants
    middle = (p + _Z**2 / (2 * plants)) / (1 + _Z**2 / plants)
    reach = _Z / (1 + _Z**2 / plants) * (p * (1 - p) / plants + _Z**2 / (4 * plants**2)) ** 0.5
    low, high = max(0.0, middle - reach), min(1.0, middle + reach)
    if not real:
        return Estimate(plants, hits, real, p, low, high, None, None, math.log(_CHANCE) / math.log(1 - low))
    return Estimate(plants, hits, real, p, low, high, *(real * (1 - x) / x for x in (p, high, low)))
