"""Whether one system is better than another on the same documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from communique.comparison.system import System, f1_of
from communique.comparison.table import heading, of_comparison, remarks
from communique.comparison.words import words
from communique.measures.measure import parse
from communique.ontology import nearest
from communique.resample import LEVEL, Interval, PValue, difference, holm, randomisation
from communique.scorer import Scores
from communique.scorer.intervals import no_sentences
from communique.scorer.scores import EMPTY, same_setting
from communique.scorer.table import block


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure's F1 of two systems, and how much higher that of ``b`` is: ``value``, with its interval for new documents.

    ``documents`` is the test that swaps whole documents, ``adjusted`` its p after Holm over the measures of the comparison;
    ``sentences`` swaps sentences and holds for these documents only. What is undefined is None, with the ``reason``.
    """

    measure: str
    a: float | None
    b: float | None
    value: float | None
    interval: Interval
    documents: PValue
    sentences: PValue
    adjusted: float | None = None
    reason: str | None = None

    def as_json(self) -> dict[str, Any]:
        tests = {
            "interval": self.interval.as_json(),
            "randomisation": {**self.documents.as_json(), "holm": self.adjusted},
            "sentence_randomisation": self.sentences.as_json(),
        }
        return {"a": self.a, "b": self.b, "difference": self.value, "reason": self.reason, **tests}


@dataclass(frozen=True, slots=True)
class Comparison:
    """``b`` against ``a``, measure by measure. ``words`` say what the p-values mean on this corpus, in two sentences."""

    a: System
    b: System
    differences: Mapping[str, Difference]
    words: tuple[str, str]
    notes: tuple[str, ...] = ()

    def __getitem__(self, measure: str) -> Difference:
        name = str(parse(measure))
        if name not in self.differences:
            raise KeyError(f"{name} was not compared; {nearest(name, self.differences)}")
        return self.differences[name]

    def __str__(self) -> str:
        return block(heading(self), of_comparison(self), remarks(self))

    def as_json(self) -> dict[str, Any]:
        """Plain lists and dicts; every figure is a fraction."""
        first = self.a.runs[0]
        a, b = ({"system": s.name, "runs": len(s.runs), "setting": s.setting} for s in (self.a, self.b))
        return {
            "a": a,
            "b": b,
            "split": first.split,
            "documents": len(first.documents),
            "stories": first.stories,
            "versions": {key: first.versions[key] for key in ("communique", "data", "ontology") if key in first.versions},
            "measures": {name: found.as_json() for name, found in self.differences.items()},
            "words": list(self.words),
            "notes": list(self.notes),
        }


def compare(a: System | Scores, b: System | Scores, *, measures: Sequence[str] | None = None) -> Comparison:
    """Compare ``b`` with ``a`` on the documents that both were scored on.

    ``measures``: None for all that both have. Systems of one name are told apart as first and second. Up to 20 documents in
    which the systems differ, all ways to swap documents between them are tried; of more, 10,000 are drawn.

    Raises:
        ValueError: if the two were not scored on the same documents of the same data, or a measure is not scored in both.
    """
    a, b = (of if isinstance(of, System) else System(of.system, (of,)) for of in (a, b))
    if a.name == b.name:
        a, b = replace(a, name=f"{a.name} (first)"), replace(b, name=f"{b.name} (second)")
    if isinstance(measures, str):
        raise ValueError(f"measures is a list: pass [{measures!r}]")
    same_setting(a.runs[0], b.runs[0], (a.name, b.name))
    scored = [set.intersection(*(set(run) for run in system.runs)) for system in (a, b)]
    both = [name for name in a.runs[0] if name in scored[0] & scored[1]]
    chosen = both if measures is None else [str(parse(name)) for name in measures]
    if not chosen:
        raise ValueError(f"no measure was scored for both {a.name} and {b.name}; score them again with the same measures")
    for name in chosen:
        if name not in both:
            lacking = " and ".join(s.name for s, names in zip((a, b), scored, strict=True) if name not in names)
            raise ValueError(f"{name} was not scored for {lacking}; score again with it, or leave it out")
    said = [(system.name, note) for system in (a, b) for run in system.runs for note in run.notes]
    notes = [f"{name}: {note}" for name, note in said if note.startswith(EMPTY)]
    if left := [name for name in dict.fromkeys([*a.runs[0], *b.runs[0]]) if measures is None and name not in both]:
        notes.append(f"Not compared, for only one of them has it: {', '.join(left)}.")
    found = {name: _difference(name, a, b) for name in chosen}
    adjusted = holm({name: d.documents.p for name, d in found.items()})
    found = {name: replace(d, adjusted=adjusted[name]) for name, d in found.items()}
    return Comparison(a, b, found, words(tuple(found.values()), len(a.documents)), tuple(notes))


def _difference(name: str, a: System, b: System) -> Difference:
    values = a.figure(name), b.figure(name)
    reasons = [(system.name, why) for system in (a, b) if (why := system.reason(name))]
    units = len(a.documents)
    if values[0] is None or values[1] is None:
        if len(reasons) == 2 and reasons[0][1] == reasons[1][1]:
            reasons = [("both", reasons[0][1])]
        reason = "; ".join(f"{who}: {why}" for who, why in reasons)
        nothing = Interval("document", "none", None, None, LEVEL, reason)
        swaps, sentences = (PValue(unit, "none", None, None, None, units, reason) for unit in ("document", "sentence"))
        return Difference(name, *values, None, nothing, swaps, sentences, reason=reason)
    figure = f1_of(name)
    counts = a.counts(name), b.counts(name)
    interval = difference(counts[1], counts[0], figure, names=a.documents)
    documents = randomisation(*counts, figure)
    return Difference(name, *values, values[1] - values[0], interval, documents, _by_sentence(name, a, b))


def _by_sentence(name: str, a: System, b: System) -> PValue:
    held = [result.tallies.values() for system in (a, b) for result in system.results(name)]
    split = any(sentence is not None for run in held for tallies in run for sentence, _ in tallies)
    if reason := no_sentences(name, split=split):
        return PValue("sentence", "paired randomisation", None, None, None, 0, reason)
    sizes = _sizes(held)
    counts = a.sentence_counts(name, sizes), b.sentence_counts(name, sizes)
    return randomisation(*counts, f1_of(name), unit="sentence")


def _sizes(runs: Iterable[Iterable[Any]]) -> list[int]:
    """For each document, the number of sentences up to the last in which anything is; those without anything change nothing.

    A document that was not split into sentences is one.
    """
    each = ([max(((s or 0) + 1 for s, _ in tallies), default=0) for tallies in run] for run in runs)
    return [max(sizes) for sizes in zip(*each, strict=True)]

