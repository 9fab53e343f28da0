"""An interval, or the reason why there is none."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

TINY: Final = 1e-10
"""Figures that differ by less are the same but for rounding: the fractions of counts below 100,000 differ by more."""

LEVEL: Final = 0.95

FEW: Final = 50
"""The jackknife is for fewer documents than these, the bootstrap of documents for these and more."""


def too_few(n: int) -> str | None:
    """Why so few documents have no interval; None if they are three or more."""
    return f"an interval needs three documents, and there {'is' if n == 1 else 'are'} {n}" if n < 3 else None


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a figure lies, for new documents like these or for these, as ``unit`` says; ``low`` and ``high`` are None together,
    with the ``reason``.

    Raises:
        ValueError: unless 0 < level < 1.
    """

    unit: str
    method: str
    low: float | None
    high: float | None
    level: float
    reason: str | None = None

    def __post_init__(self) -> None:
        if not 0 < self.level < 1:
            raise ValueError(f"an interval needs 0 < level < 1, such as .95, not {self.level}")

    def as_json(self) -> dict[str, Any]:
        """Ends to six digits: further ones are of no use, and may depend on the machine."""
        ends = {end: None if value is None else round(value, 6) for end, value in (("low", self.low), ("high", self.high))}
        return asdict(self) | ends
