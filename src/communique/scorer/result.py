"""What a score of one measure is: sums of tallies, and the figures they give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from communique.measures.definition import NOTHING, Definition
from communique.measures.measure import Measure, definition, parse
from communique.measures.tally import Hits, Tallies, Tally, by_label, total
from communique.resample import Interval
from communique.scorer.signature import shortened

FEW_ITEMS: Final = 15
"""Types with fewer gold items than these are marked: one item moves their recall by more than six points."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Fractions from 0 to 1; None is undefined."""

    precision: float | None
    recall: float | None
    f1: float | None

    def as_json(self) -> dict[str, float | None]:
        return {"precision": self.precision, "recall": self.recall, "f1": self.f1}


UNDEFINED: Final = Figures(None, None, None)


@dataclass(frozen=True, slots=True)
class Result:
    """One measure on one corpus, document or label.

    ``labels`` and ``tallies`` (by document, then sentence and label) are its parts. ``unscored`` says why it was not scored at
    all; then every figure is None and the tally is empty. ``intervals`` are those of its figures, by figure: for new documents
    first, then for these. ``seqeval`` are seqeval's own figures from the same run, on the measures that it scores, and None if
    it was not run. ``foreign`` are the labels over which `macro` does not average.
    """

    measure: str
    signature: str
    tally: Tally
    labels: Mapping[str, Tally] = field(default_factory=dict)
    tallies: Mapping[str, Tallies] = field(default_factory=dict)
    unscored: str | None = None
    seqeval: Figures | None = None
    foreign: tuple[str, ...] = ()
    intervals: Mapping[str, tuple[Interval, ...]] = field(default_factory=dict)

    @property
    def precision(self) -> float | None:
        return self.micro.precision

    @property
    def recall(self) -> float | None:
        return self.micro.recall

    @property
    def f1(self) -> float | None:
        return self.micro.f1

    @property
    def micro(self) -> Figures:
        """The figures of the sum of all tallies; of `Coref(CoNLL)`, whose labels are metrics, the means of theirs."""
        if not self.averaged:
            return Figures(self.tally.precision, self.tally.recall, self.tally.f1)
        parts = self.labels.values()
        if self.unscored or not parts or any(t.f1 is None for t in parts):
            return UNDEFINED
        means = _mean(parts)
        undefined = any(t.precision is None for t in parts), any(t.recall is None for t in parts)
        return Figures(None if undefined[0] else means.precision, None if undefined[1] else means.recall, means.f1)

    @property
    def averaged(self) -> bool:
        """Whether the labels are measures of their own, so that the tally adds up unlike things."""
        measure = defined(self.measure)
        return measure is not None and measure.averaged

    @property
    def reason(self) -> str | None:
        """Why a figure is undefined; None if all are defined."""
        if self.unscored:
            return self.unscored
        if self.averaged:
            return _of_metrics(self.labels)
        if not self.tally.predicted and not self.tally.gold:
            measure = defined(self.measure)
            return measure.nothing if measure else NOTHING
        if not self.tally.predicted:
            what = "no link" if self.measure.endswith("(MUC)") else "nothing"
            return f"{what} was predicted, so precision is undefined"
        if not self.tally.gold:
            return "there is no gold, so recall is undefined"
        return None

    @property
    def short_signature(self) -> str:
        """The signature without what has its usual value."""
        return shortened(self.signature)

    @property
    def few(self) -> tuple[str, ...]:
        """The labels of a schema that have gold, but fewer than `FEW_ITEMS` items of it."""
        measure = defined(self.measure)
        if measure is not None and not measure.by_type:
            return ()
        return tuple(label for label, t in self.labels.items() if 0 < t.gold < FEW_ITEMS)

    def by(self, what: str) -> Mapping[str, Result]:
        """This result for every label that has gold or predicted items. ``what`` is ``"type"``.

        The label is the mention, event or relation type, the class, the role for `Arg-C` and `Arg-C+`, or the metric for
        coreference.
        """
        if what != "type":
            raise ValueError(f'a result can be taken apart by "type", not by {what!r}')
        family = self.measure.partition("(")[0] if self.averaged else None
        return {
            label: Result(f"{family}({label})" if family else self.measure, self.signature, tally)
            for label, tally in self.labels.items()
        }

    def documents(self) -> Mapping[str, Result]:
        """This result for every document by itself, in the order of the gold."""
        return {doc_id: summed(self.measure, self.signature, {doc_id: tallies}) for doc_id, tallies in self.tallies.items()}

    def macro(self) -> Figures:
        """The unweighted means over the labels that the signature's ``macro`` names, where they have gold or predicted items;
        `micro` where the labels are measures of their own.

        ``ontology``: labels that the ontology does not know are no part of the mean, so inventing labels does not move it;
        ``gold`` (there is no ontology): nor are labels that the gold does not have; ``union``: all, as in seqeval. An undefined
        figure of a label counts 0, as in seqeval; one that is undefined for all labels is None, as all are without a label.
        """
        if self.averaged:
            return self.micro
        foreign = set(self.foreign)
        return _mean(tally for label, tally in self.labels.items() if label not in foreign)

    def macro_over_union(self) -> Figures:
        """The same over every label that gold or prediction has: seqeval's macro average, to the last bit."""
        return _mean(self.labels.values())

    def weighted(self) -> Figures:
        """The means over every label, each weighted by its gold items: seqeval's weighted average, to the last bit.

        No figures without gold, where seqeval gives 0, nor where the labels are measures of their own, whose gold is of unlike
        things.
        """
        if self.averaged:
            return UNDEFINED
        return _mean(self.labels.values(), weight=lambda tally: tally.gold)

    def as_json(self) -> dict[str, Any]:
        """This measure's row of ``scores.json``, without the documents."""
        intervals = [{"figure": name, **one.as_json()} for name, held in self.intervals.items() for one in held]
        row: dict[str, Any] = {"signature": self.signature, **self.figures(), "intervals": intervals}
        row["macro"], row["weighted"] = self.macro().as_json(), self.weighted().as_json()
        if self.seqeval:
            row["seqeval"] = self.seqeval.as_json()
        if self.foreign:
            row["foreign"] = list(self.foreign)
        row["by"] = {"type": {label: part.figures() | {"few": label in self.few} for label, part in self.by("type").items()}}
        return row

    def figures(self) -> dict[str, Any]:
        """Figures, counts and the reason, as in ``scores.json``.

        ``hits`` are those of the predicted items, ``hits_gold`` those of the gold items, which are as many but for coreference.
        There are no counts where nothing was scored, or where unlike things are averaged.
        """
        t = self.tally
        counts = dict.fromkeys(("hits", "hits_gold", "predicted", "gold"), None)
        if not self.unscored and not self.averaged:
            hits, hits_gold = number(t.hits_predicted), number(t.hits_gold)
            counts = {"hits": hits, "hits_gold": hits_gold, "predicted": t.predicted, "gold": t.gold}
        return {**self.micro.as_json(), **counts, "reason": self.reason}


def _of_metrics(metrics: Mapping[str, Tally]) -> str | None:
    """Why a mean over these is undefined."""
    if not metrics:
        return "every metric is undefined"
    if undefined := [name for name, t in metrics.items() if t.f1 is None]:
        return f"{' and '.join(undefined)} {'is' if len(undefined) == 1 else 'are'} undefined"
    if silent := [name for name, t in metrics.items() if not t.predicted]:
        return f"nothing was predicted for {' and '.join(silent)}, so precision is undefined"
    if bare := [name for name, t in metrics.items() if not t.gold]:
        return f"there is no gold for {' and '.join(bare)}, so recall is undefined"
    return None


def number(hits: Hits) -> int | float:
    """Hits as a number of JSON: whole where they are."""
    return int(hits) if hits == int(hits) else float(hits)


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


def defined(name: str) -> Definition | None:
    """What the measure of that name counts, or None, as `known`."""
    measure = known(name)
    return None if measure is None else definition(measure)


def _mean(tallies: Iterable[Tally], weight: Callable[[Tally], int] = lambda _: 1) -> Figures:
    """NumPy's means, since its sums are pairwise and seqeval's figures are its."""
    counted = [t for t in tallies if t.predicted or t.gold]
    weights = [weight(t) for t in counted]
    if not any(weights):
        return UNDEFINED
    import numpy as np

    weighing = None if set(weights) == {1} else weights
    columns = ([t.precision for t in counted], [t.recall for t in counted], [t.f1 for t in counted])
    means = (
        float(np.average([value or 0.0 for value in column], weights=weighing)) if any(v is not None for v in column) else None
        for column in columns
    )
    return Figures(*means)
