"""What a score is: sums of tallies, the figures they give, and how they print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from communique.measures.measure import MEASURES, Measure, parse
from communique.measures.tally import Tallies, Tally, by_label
from communique.ontology import nearest

DASH: Final = "–"
"""Stands in print for what is undefined or was not scored."""

_DEFAULTS: Final = ("match:exact", "missing:error", "ci:none")


@dataclass(frozen=True, slots=True)
class Figures:
    """Fractions from 0 to 1; None is undefined."""

    precision: float | None
    recall: float | None
    f1: float | None


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
            measure = _known(self.measure)
            return MEASURES[measure].nothing if measure else "no gold and no predicted items"
        if not self.tally.predicted:
            return "nothing was predicted, so precision is undefined"
        if not self.tally.gold:
            return "there is no gold, so recall is undefined"
        return None

    @property
    def short_signature(self) -> str:
        """The signature without what has its usual value."""
        return "|".join(part for part in self.signature.split("|") if part not in _DEFAULTS)

    def by(self, what: str) -> Mapping[str, Result]:
        """This result for every label that has gold or predicted items. ``what`` is ``"type"``.

        The label is the mention, event or relation type, the class, or, for `Arg-C` and `Arg-C+`, the role.
        """
        if what != "type":
            raise ValueError(f'a result can be taken apart by "type", not by {what!r}')
        return {label: Result(self.measure, self.signature, tally) for label, tally in self.labels.items()}

    def documents(self) -> Mapping[str, Result]:
        """This result for every document by itself, in the order of the gold."""
        results = {}
        for doc_id, tallies in self.tallies.items():
            labels = by_label(tallies.items())
            tally = sum(labels.values(), Tally())
            results[doc_id] = Result(self.measure, self.signature, tally, labels, {doc_id: tallies})
        return results

    def macro(self) -> Figures:
        """The unweighted means over those labels of the ontology that have gold or predicted items.

        An undefined figure of a label counts 0, as in seqeval. Labels that the ontology does not know are no part of the mean,
        so inventing labels does not move it; `macro_over_union` takes them in. Without a label, all figures are None.
        """
        return _mean({label: tally for label, tally in self.labels.items() if label not in self.foreign})

    def macro_over_union(self) -> Figures:
        """The same over every label that gold or prediction has: seqeval's macro average."""
        return _mean(self.labels)


@dataclass(frozen=True, slots=True)
class Scores:
    """One system's results on one split. ``scores["Arg-C+"]`` is a `Result`; iterating gives the names of the measures.

    ``versions`` are those of the tool, the data, the ontology and, where it was run, seqeval. ``notes`` say what was left out.
    """

    system: str
    split: str
    versions: Mapping[str, str]
    results: Mapping[str, Result]
    documents: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __getitem__(self, measure: str | Measure) -> Result:
        name = str(measure)
        if name not in self.results and (known := _known(name)):
            name = str(known)
        if name not in self.results:
            raise KeyError(f"{name} was not scored; {nearest(name, self.results)}")
        return self.results[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    def __contains__(self, measure: object) -> bool:
        return str(measure) in self.results

    def save(self, path: Path | str) -> None:
        """Write ``scores.json``, completely or not at all."""
        from communique.scorer.saved import save_scores

        save_scores(self, path)

    def as_json(self) -> dict[str, Any]:
        """What `save` writes, as plain lists and dicts."""
        from communique.scorer.saved import to_json

        return to_json(self)

    def heading(self) -> str:
        count = len(self.documents)
        return f"{self.system} on {self.split} ({count} document{'' if count == 1 else 's'})"

    def table(self) -> list[tuple[str, ...]]:
        """The header and one row a measure, as strings; percentages with one decimal."""
        with_seqeval = any(r.seqeval for r in self.results.values())
        header = ("measure", "P", "R", "F1", "macro F1", "hits", "pred", "gold")
        rows = [header + (("seqeval F1",) if with_seqeval else ())]
        for name, r in self.results.items():
            t = r.tally
            counts = (DASH,) * 3 if r.unscored else (str(t.hits_predicted), str(t.predicted), str(t.gold))
            row = (name, percent(r.precision), percent(r.recall), percent(r.f1), percent(r.macro().f1), *counts)
            rows.append(row + ((percent(r.seqeval.f1 if r.seqeval else None),) if with_seqeval else ()))
        return rows

    def remarks(self) -> list[str]:
        """What belongs under the table: the reasons for every dash, the notes, what seqeval said, the signature."""
        reasons: dict[str, list[str]] = {}
        for name, r in self.results.items():
            if r.reason:
                reasons.setdefault(r.reason, []).append(name)
        lines = [f"{DASH} {', '.join(names)}: {reason}" for reason, names in reasons.items()]
        unknown: dict[str, list[str]] = {}
        for name, r in self.results.items():
            if r.foreign:
                unknown.setdefault(", ".join(r.foreign), []).append(name)
        lines += [f"{', '.join(names)}: the ontology does not know the labels {labels}." for labels, names in unknown.items()]
        lines += self.notes
        if checked := [name for name, r in self.results.items() if r.seqeval]:
            version = self.versions.get("seqeval", "")
            lines.append(f"seqeval {version} (strict, IOB2) gives the same counts, P, R and F1 for {', '.join(checked)}.")
        signatures: dict[str, list[str]] = {}
        for name, r in self.results.items():
            signatures.setdefault(r.signature.removeprefix(name), []).append(name)
        if len(signatures) == 1:
            return [*lines, f"Signature: MEASURE{next(iter(signatures))}"]
        return [*lines, *(f"Signature of {', '.join(names)}: MEASURE{rest}" for rest, names in signatures.items())]

    def __str__(self) -> str:
        rows = self.table()
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        lines = [
            "  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))).rstrip()
            for row in rows
        ]
        return "\n".join([self.heading(), "", *lines, "", *self.remarks()])


def percent(fraction: float | None) -> str:
    """``57.1`` for 0.5714, a dash for None."""
    return DASH if fraction is None else f"{100 * fraction:.1f}"


def _mean(labels: Mapping[str, Tally]) -> Figures:
    counted = [t for t in labels.values() if t.predicted or t.gold]
    if not counted:
        return Figures(None, None, None)
    columns = ([t.precision for t in counted], [t.recall for t in counted], [t.f1 for t in counted])
    return Figures(*(sum(value or 0.0 for value in column) / len(counted) for column in columns))


def _known(name: str) -> Measure | None:
    """The measure of that name, or None: a file of a later version can hold others."""
    try:
        return parse(name)
    except ValueError:
        return None
