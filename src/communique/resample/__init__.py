"""Intervals and p-values of figures that are read from sums of what each unit adds. Nothing here knows what is measured."""

from communique.resample.interval import FEW, LEVEL, Interval
from communique.resample.leave_one_out import LOG_DISAGREEMENT, LOGIT, P, Part, Scale, all_but_one, jackknife, whole

__all__ = ["FEW", "LEVEL", "LOGIT", "LOG_DISAGREEMENT", "Interval", "P", "Part", "Scale", "all_but_one", "jackknife", "whole"]
