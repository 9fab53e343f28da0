"""The errors behind a score: every wrong prediction and every gold item without a hit, each of one kind.

`errors` finds those of a document, `summary` and `confusions` say what they amount to.
"""

from communique.errors.error import Error, Reading
from communique.errors.find import errors
from communique.errors.kinds import KINDS
from communique.errors.summary import Confusion, Share, confusions, summary

__all__ = ["KINDS", "Confusion", "Error", "Reading", "Share", "confusions", "errors", "summary"]
