"""Intervals from figures that were computed anew with documents left out. Numbers in, intervals out: nothing here knows what
is measured."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

LEVEL: Final = 0.95


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale on which a figure is closer to normal, and on which an interval cannot leave the figure's range."""

    name: str
    to: Callable[[float], float]
    back: Callable[[float], float]


LOGIT: Final = Scale("logit", lambda p: math.log(p / (1 - p)), lambda x: 1 / (1 + math.exp(-x)))
"""For fractions, strictly between 0 and 1."""

LOG_DISAGREEMENT: Final = Scale("log(1 - α)", lambda a: -math.log(1 - a), lambda x: 1 - math.exp(-x))
"""For Krippendorff's α, below 1: 1 - α is observed over expected disagreement, a ratio."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the figure for new units like these lies; ``low`` and ``high`` are None together, with the ``reason``."""

    unit: str
    method: str
    low: float | None
    high: float | None
    level: float
    reason: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Ends to six digits: further ones depend on SciPy's version."""
        ends = {end: None if value is None else round(value, 6) for end, value in (("low", self.low), ("high", self.high))}
        return asdict(self) | ends


def jackknife(
    figure: float | None, without: Mapping[str, float | None], *, scale: Scale = LOGIT, level: float = LEVEL
) -> Interval:
    """The delete-one-document jackknife with Student's t, on a scale, for few documents.

    ``without`` is the figure with each document left out. With n documents the standard error is that of Efron and Tibshirani
    (1993, equation 11.5), and t has n - 1 degrees of freedom.
    """
    method = f"delete-one jackknife with Student's t, {scale.name} scale"
    reason = _undefined(figure, without, scale)
    if reason or figure is None:
        return Interval("document", method, None, None, level, reason)
    from scipy.special import stdtrit

    n = len(without)
    replicates = [scale.to(value) for value in without.values() if value is not None]
    mean = math.fsum(replicates) / n
    error = math.sqrt((n - 1) / n * math.fsum((x - mean) ** 2 for x in replicates))
    reach = float(stdtrit(n - 1, (1 + level) / 2)) * error
    middle = scale.to(figure)
    return Interval("document", method, scale.back(middle - reach), scale.back(middle + reach), level)


def _undefined(figure: float | None, without: Mapping[str, float | None], scale: Scale) -> str | None:
    if len(without) < 3:
        return f"an interval needs three documents, and there {'is' if len(without) == 1 else 'are'} {len(without)}"
    if not _inside(figure, scale):
        return "the figure is undefined" if figure is None else f"the figure is {figure:g}"
    for doc_id, value in without.items():
        if not _inside(value, scale):
            return f"without {doc_id} the figure is {'undefined' if value is None else format(value, 'g')}"
    return None


def _inside(value: float | None, scale: Scale) -> bool:
    if value is None:
        return False
    try:
        return math.isfinite(scale.to(value))
    except (ValueError, ZeroDivisionError):
        return False
