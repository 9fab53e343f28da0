"""An interval, or the reason why there is none."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

LEVEL: Final = 0.95

FEW: Final = 50
"""The jackknife is for fewer documents than these, the bootstrap of documents for these and more."""


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
