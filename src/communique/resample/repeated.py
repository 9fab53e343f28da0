"""The same system run several times, with other seeds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from communique.resample.interval import LEVEL, Interval
from communique.resample.leave_one_out import LOGIT
from communique.resample.student import reach


@dataclass(frozen=True, slots=True)
class Runs:
    """The mean of a figure over ``n`` runs, its standard deviation (n - 1), and an interval of the mean.

    The interval is "for new runs on these documents": it says nothing about other documents. The mean is None if the figure
    is undefined in a run, the standard deviation also if there is one run only.
    """

    n: int
    mean: float | None
    deviation: float | None
    interval: Interval

    def as_json(self) -> dict[str, Any]:
        short = {key: None if x is None else round(x, 6) for key, x in (("mean", self.mean), ("deviation", self.deviation))}
        return {"n": self.n} | short | {"interval": self.interval.as_json()}


def runs(values: Sequence[float | None], *, level: float = LEVEL) -> Runs:
    """The figures of several runs, fractions, taken together.

    Student's t is on the logit scale, by the standard error there of the mean, s / (m (1 - m) √n), so that the interval stays
    inside (0, 1). None of fewer than three runs, and none of equal ones, which tell nothing of how runs vary.

    Raises:
        ValueError: if there are no values, or one is not a fraction.
    """
    n = len(values)
    known = [x for x in values if x is not None]
    if not n or not all(0 <= x <= 1 for x in known):
        raise ValueError(f"pass the figures of one run or more, from 0 to 1, not {list(values)}")
    method, reason = "Student's t over runs, logit scale", None
    if len(known) < n:
        reason = f"the figure is undefined in {n - len(known)} of {n} runs"
        return Runs(n, None, None, Interval("run", method, None, None, level, reason))
    alike = max(known) == min(known)
    mean = known[0] if alike else math.fsum(known) / n
    deviation = math.sqrt(math.fsum((x - mean) ** 2 for x in known) / (n - 1)) if n > 1 else None
    if n < 3:
        reason = f"an interval needs three runs, and there {'is' if n == 1 else 'are'} {n}"
    elif alike:
        reason = f"all {n} runs give the same figure"
    if reason or deviation is None:
        return Runs(n, mean, deviation, Interval("run", method, None, None, level, reason))
    middle, error = LOGIT.to(mean), deviation / (mean * (1 - mean)) / math.sqrt(n)
    width = reach(n - 1, level) * error
    return Runs(n, mean, deviation, Interval("run", method, LOGIT.back(middle - width), LOGIT.back(middle + width), level))
