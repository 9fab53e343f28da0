"""Quoted strings to spans: strictly, for annotators (`communique.align.quotes`), or as well as it can be done (`align`)."""

from communique.align.alignment import Aligned, Quoted, align

__all__ = ["Aligned", "Quoted", "align"]
