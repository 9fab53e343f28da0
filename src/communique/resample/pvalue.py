"""A p-value with the least one that could have come out, and p-values of several tests together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class PValue:
    """How often a difference as large comes about where there is none; None with the ``reason``.

    With so many ``differing`` of all ``units`` no difference, however large, could bring p below ``least``.
    """

    unit: str
    method: str
    p: float | None
    least: float | None
    differing: int | None
    units: int
    reason: str | None = None

    def as_json(self) -> dict[str, Any]:
        """p to six significant digits."""
        short = {key: None if x is None else float(f"{x:.6g}") for key, x in (("p", self.p), ("least", self.least))}
        return asdict(self) | short


def holm(ps: Mapping[str, float | None]) -> dict[str, float | None]:
    """Adjusted p-values: to reject those up to .05 errs in any of the tests with a chance of at most .05 (Holm 1979).

    None, a test that was not made, stays None and is not counted.

    >>> holm({"a": 0.01, "b": 0.03, "c": None, "d": 0.04})
    {'a': 0.03, 'b': 0.06, 'c': None, 'd': 0.06}
    """
    adjusted: dict[str, float | None] = dict.fromkeys(ps)
    made = sorted((p, name) for name, p in ps.items() if p is not None)
    so_far = 0.0
    for number, (p, name) in enumerate(made):
        so_far = max(so_far, min(1.0, (len(made) - number) * p))
        adjusted[name] = so_far
    return adjusted
