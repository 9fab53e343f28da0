"""What a score of one measure is: sums of tallies, and the figures they give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from communique.measures.measure import MEASURES, Measure, parse
from communique.measures.tally import Tallies, Tally, by_label, total
from communique.scorer.signature import shortened


@dataclass(frozen=True, slots=True)
class Figures:
    """Fractions from 0 to 1; None is undefined."""

    precision: float | None
    recall: float | None
    f1: float | None

    def as_json(self) -> dict[str, float | None]:
        return {"precision": self.precision, "recall": self.recall, "f1": self.f1}


@dataclass(frozen=True, slots=True)
class Result:
    """One measure on one corpus, document or label.

    ``labels`` and ``tallies`` (by document, then sentence and label) are its parts. ``unscored`` says why it was not scored at
    all; then every figure is None and the tally is empty. ``seqeval`` are seqeval's own figures from the same run, on the
    measures that it scores, and None if it was not run. ``foreign`` are the labels that the ontology does not know.
    """

    measure: str
    signature: str
    tally: Tally
    labels: Mapping[str, Tally] = field(default_factory=dict)
    tallies: Mapping[str, Tallies] = field(default_factory=dict)
    unscored: str | None = None
    seqeval: Figures | None = None
    foreign: tuple[str, ...] = ()

    @property
    def precision(self) -> float | None:
        return self.tally.precision

    @property
    def recall(self) -> float | None:
        return self.tally.recall

    @property
    def f1(self) -> float | None:
        return self.tally.f1

    @property
    def reason(self) -> str | None:
        """Why a figure is undefined; None if all are defined."""
        if self.unscored:
            return self.unscored
        if not self.tally.predicted and not self.tally.gold:
            measure = known(self.measure)
            return MEASURES[measure].nothing if measure else "no gold and no predicted items"
        if not self.tally.predicted:
            return "nothing was predicted, so precision is undefined"
        if not self.tally.gold:
            return "there is no gold, so recall is undefined"
        return None

    @property
    def short_signature(self) -> str:
        """The signature without what has its usual value."""
        return shortened(self.signature)

    def by(self, what: str) -> Mapping[str, Result]:
        """This result for every label that has gold or predicted items. ``what`` is ``"type"``.

        The label is the mention, event or relation type, the class, or, for `Arg-C` and `Arg-C+`, the role.
        """
        if what != "type":
            raise ValueError(f'a result can be taken apart by "type", not by {what!r}')
        return {label: Result(self.measure, self.signature, tally) for label, tally in self.labels.items()}

    def documents(self) -> Mapping[str, Result]:
        """This result for every document by itself, in the order of the gold."""
        return {doc_id: summed(self.measure, self.signature, {doc_id: tallies}) for doc_id, tallies in self.tallies.items()}

    def macro(self) -> Figures:
        """The unweighted means over those labels of the ontology that have gold or predicted items.

        An undefined figure of a label counts 0, as in seqeval. Labels that the ontology does not know are no part of the mean,
        so inventing labels does not move it; `macro_over_union` takes them in. Without a label, all figures are None.
        """
        foreign = set(self.foreign)
        return _mean({label: tally for label, tally in self.labels.items() if label not in foreign})

    def macro_over_union(self) -> Figures:
        """The same over every label that gold or prediction has: seqeval's macro average."""
        return _mean(self.labels)

    def as_json(self) -> dict[str, Any]:
        """This measure's row of ``scores.json``, without the documents."""
        row: dict[str, Any] = {"signature": self.signature, **self.figures(), "intervals": []}
        if self.seqeval:
            row["seqeval"] = self.seqeval.as_json()
        if self.foreign:
            row["foreign"] = list(self.foreign)
        row["by"] = {"type": {label: part.figures() for label, part in self.by("type").items()}}
        return row

    def figures(self) -> dict[str, Any]:
        """Figures, counts and the reason, as in ``scores.json``. ``hits`` are those of the predicted items."""
        t = self.tally
        hits, predicted, gold = (None, None, None) if self.unscored else (t.hits_predicted, t.predicted, t.gold)
        counts = {"hits": hits, "predicted": predicted, "gold": gold}
        return {**Figures(t.precision, t.recall, t.f1).as_json(), **counts, "reason": self.reason}


def summed(measure: str, signature: str, tallies: Mapping[str, Tallies]) -> Result:
    """A result from its documents' tallies."""
    labels = by_label(item for document in tallies.values() for item in document.items())
    return Result(measure, signature, total(labels.values()), labels, tallies)


def known(name: str) -> Measure | None:
    """The measure of that name, or None: a file of a later version can hold others."""
    try:
        return parse(name)
    except ValueError:
        return None


def _mean(labels: Mapping[str, Tally]) -> Figures:
    counted = [t for t in labels.values() if t.predicted or t.gold]
    if not counted:
        return Figures(None, None, None)
    columns = ([t.precision for t in counted], [t.recall for t in counted], [t.f1 for t in counted])
    return Figures(*(sum(value or 0.0 for value in column) / len(counted) for column in columns))
