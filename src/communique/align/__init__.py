"""Quoted strings to spans: strictly, for annotators (`communique.align.quotes`), or as well as it can be done (`align`)."""

from communique.align.alignment import STATUSES, Aligned, Quoted, align

__all__ = ["STATUSES", "Aligned", "Quoted", "align"]
