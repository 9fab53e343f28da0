"""Adjudication: where two annotations of a document differ, what was decided, and the annotation that follows.

`differences` finds each real disagreement once; `worksheet` shows them blind; `parse_decisions` reads what was decided;
`assemble` makes the gold; `log_lines` is the published log. Beside it, `communique.adjudication.rejudging` asks a fresh reader
about samples.
"""

from communique.adjudication.agreed import agreed
from communique.adjudication.assembly import Assembled, assemble
from communique.adjudication.compare import PASSES
from communique.adjudication.decisions import Decision, Decisions, Edit, parse_decisions
from communique.adjudication.differences import Difference, Reading, differences, digest
from communique.adjudication.log import decisions_of, log_lines, parse_log
from communique.adjudication.worksheet import draw, worksheet

__all__ = [
    "PASSES",
    "Assembled",
    "Decision",
    "Decisions",
    "Difference",
    "Edit",
    "Reading",
    "agreed",
    "assemble",
    "decisions_of",
    "differences",
    "digest",
    "draw",
    "log_lines",
    "parse_decisions",
    "parse_log",
    "worksheet",
]
