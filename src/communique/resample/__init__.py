"""Intervals and p-values of figures that are read from sums of what each unit adds. Nothing here knows what is measured."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

from communique.resample.interval import FEW, LEVEL, Interval
from communique.resample.leave_one_out import ATANH, LOG_DISAGREEMENT, LOGIT, P, Part, Scale, all_but_one, jackknife, whole
from communique.resample.pvalue import PValue, holm
from communique.resample.repeated import Runs, runs

if TYPE_CHECKING:
    from communique.resample.bootstraps import bootstrap, document_intervals, sentence_bootstrap
    from communique.resample.differences import difference
    from communique.resample.swapping import randomisation

__all__ = [
    "ATANH",
    "FEW",
    "LEVEL",
    "LOGIT",
    "LOG_DISAGREEMENT",
    "Interval",
    "P",
    "PValue",
    "Part",
    "Runs",
    "Scale",
    "all_but_one",
    "bootstrap",
    "difference",
    "document_intervals",
    "holm",
    "jackknife",
    "randomisation",
    "runs",
    "sentence_bootstrap",
    "whole",
]

_WITH_NUMPY: Final = {
    "bootstrap": "bootstraps",
    "difference": "differences",
    "document_intervals": "bootstraps",
    "randomisation": "swapping",
    "sentence_bootstrap": "bootstraps",
}


def __getattr__(name: str) -> Any:
    """Import what needs NumPy when it is asked for: the jackknife of agreement does not."""
    if name not in _WITH_NUMPY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_WITH_NUMPY[name]}"), name)
