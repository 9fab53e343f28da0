"""The jackknife: a figure with each document left out in turn."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate
from operator import add
from typing import Final, Protocol, Self, TypeVar

from communique.resample.interval import FEW, LEVEL, TINY, Interval, too_few
from communique.resample.student import reach


class Part(Protocol):
    """What a document adds to a figure. The order in which parts are added is irrelevant."""

    def __add__(self, other: Self, /) -> Self: ...


P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale on which a figure is closer to normal, and on which an interval cannot leave the figure's range."""

    name: str
    to: Callable[[float], float]
    back: Callable[[float], float]


def _logistic(x: float) -> float:
    """Of any x: what is raised to a power is never above 1."""
    return 1 / (1 + math.exp(-x)) if x > 0 else math.exp(x) / (1 + math.exp(x))


LOGIT: Final = Scale("logit", lambda p: math.log(p / (1 - p)), _logistic)
"""For fractions, strictly between 0 and 1."""

ATANH: Final = Scale("atanh", math.atanh, math.tanh)
"""For differences of fractions, strictly between -1 and 1. Near 0 it hardly bends anything."""

LOG_DISAGREEMENT: Final = Scale("log(1 - α)", lambda a: -math.log(1 - a), lambda x: 1 - math.exp(-x))
"""For Krippendorff's α, below 1: 1 - α is observed over expected disagreement, a ratio."""


def whole(parts: Iterable[P]) -> P:
    """The sum of one part or more."""
    return reduce(add, parts)


def all_but_one(parts: Mapping[str, P]) -> dict[str, P]:
    """For each of two parts or more, the sum of the others: of those before it and those after it.

    So there are about three additions for each part, however many there are.

    >>> all_but_one({"a": 1, "b": 2, "c": 4})
    {'a': 6, 'b': 5, 'c': 3}
    """
    each = list(parts.values())
    before = list(accumulate(each))
    after = list(accumulate(each[::-1]))[::-1]
    between = map(add, before[:-2], after[2:])
    return dict(zip(parts, (after[1], *between, before[-2]), strict=True))


def jackknife(
    parts: Mapping[str, P], figure: Callable[[P], float | None], *, scale: Scale = LOGIT, level: float = LEVEL
) -> Interval:
    """The delete-one-document jackknife with Student's t, on a scale, for few documents.

    ``parts`` are what each document adds, and ``figure`` is read from a sum of them. With n documents the standard error is
    that of Efron and Tibshirani (1993, equation 11.5), and t has n - 1 degrees of freedom.
    """
    n = len(parts)
    many = f"the jackknife is for fewer than {FEW} documents, and there are {n}" if n >= FEW else None
    if reason := too_few(n) or many:
        return Interval("document", method(scale), None, None, level, reason)
    without = {doc_id: figure(rest) for doc_id, rest in all_but_one(parts).items()}
    return student(figure(whole(parts.values())), without, scale, level)


def method(scale: Scale) -> str:
    return f"delete-one jackknife with Student's t, {scale.name} scale"


def student(
    value: float | None, without: Mapping[str, float | None], scale: Scale, level: float, *, what: str = "figure"
) -> Interval:
    """The jackknife's interval of a value, given what it is without each document; ``what`` names it in a reason."""
    reason = _undefined(value, without, scale, what)
    if reason or value is None:
        return Interval("document", method(scale), None, None, level, reason)
    n = len(without)
    replicates = [scale.to(x) for x in without.values() if x is not None]
    mean = math.fsum(replicates) / n
    error = math.sqrt((n - 1) / n * math.fsum((x - mean) ** 2 for x in replicates))
    width = reach(n - 1, level) * error
    middle = scale.to(value)
    return Interval("document", method(scale), scale.back(middle - width), scale.back(middle + width), level)


def _undefined(figure: float | None, without: Mapping[str, float | None], scale: Scale, what: str) -> str | None:
    if not _inside(figure, scale):
        return f"the {what} is undefined" if figure is None else f"the {what} is {figure:g}"
    for doc_id, value in without.items():
        if not _inside(value, scale):
            return f"without {doc_id} the {what} is {'undefined' if value is None else format(value, 'g')}"
    values = [value for value in without.values() if value is not None]
    if max(values) - min(values) < TINY:
        return f"the {what} is the same without any one document: there is nothing to estimate from"
    return None


def _inside(value: float | None, scale: Scale) -> bool:
    if value is None:
        return False
    try:
        return math.isfinite(scale.to(value))
    except (ValueError, ZeroDivisionError):
        return False
