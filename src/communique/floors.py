"""What scores should be read beside: a system that applies word lists, whatever stands round the words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal

from communique.extractors.protocol import load
from communique.extractors.run import predictions_of, run_function
from communique.model import Gold
from communique.scorer import Scores, score

if TYPE_CHECKING:
    from communique.labels import LabelMap

FLOOR: Final = "lexicon"
"""Names by a gazetteer, triggers by the guidelines' lists, each of them ACTUAL and POS; it finds nothing else."""


def floor(
    gold: Gold,
    *,
    measures: Sequence[str] | None = None,
    occurrence: Literal["given", "any"] = "given",
    only: LabelMap | None = None,
) -> Scores:
    """The scores of the floor, without intervals and errors, for `Scores.beside`. ``only``: what the gold is restricted to, as
    the floor then is too.

    Raises:
        ValueError: if the gold has a schema of its own, which the lists do not know.
    """
    if gold.own:
        raise ValueError("the floor's lists are of the installed ontology; gold with a schema of its own has no floor")
    found = predictions_of(run_function(FLOOR, load(FLOOR), gold.documents), gold)
    if only is not None:
        from communique.labels import restricted

        found, _ = restricted(only, found)
    return score(
        gold, found, system=FLOOR, measures=measures, occurrence=occurrence, seqeval=False, intervals=False, errors=False
    )
