"""All results of one system on one split, how they print, and how they are saved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from communique.io.scores import write_scores
from communique.measures.measure import Measure
from communique.measures.tally import Tallies
from communique.ontology import nearest
from communique.scorer.result import Result, known

DASH: Final = "–"
"""Stands in print for what is undefined or was not scored."""


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
        name = _name(measure)
        if name not in self.results:
            raise KeyError(f"{name} was not scored; {nearest(name, self.results)}")
        return self.results[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    def __contains__(self, measure: object) -> bool:
        return isinstance(measure, str | Measure) and _name(measure) in self.results

    def save(self, path: Path | str) -> None:
        """Write ``scores.json``, completely or not at all."""
        write_scores(path, self.as_json())

    def as_json(self) -> dict[str, Any]:
        """What `save` writes, as plain lists and dicts; every figure is a fraction."""
        return {
            "system": self.system,
            "split": self.split,
            "versions": dict(self.versions),
            "notes": list(self.notes),
            "measures": {name: result.as_json() for name, result in self.results.items()},
            "errors": {},
            "documents": {
                doc_id: {name: _sentences(r.tallies[doc_id]) for name, r in self.results.items() if doc_id in r.tallies}
                for doc_id in self.documents
            },
        }

    def heading(self) -> str:
        count = len(self.documents)
        return _line(f"{self.system} on {self.split} ({count} document{'' if count == 1 else 's'})")

    def table(self) -> list[tuple[str, ...]]:
        """The header and one row a measure, as strings; percentages with one decimal."""
        header = ("measure", "P", "R", "F1", "macro F1", "hits", "pred", "gold")
        rows = [header + (("seqeval F1",) if self._seqeval_ran() else ())]
        for name, r in self.results.items():
            t = r.tally
            counts = (DASH,) * 3 if r.unscored else (str(t.hits_predicted), str(t.predicted), str(t.gold))
            row = (_line(name), *map(percent, (r.precision, r.recall, r.f1, r.macro().f1)), *counts)
            rows.append(row + ((percent(r.seqeval.f1 if r.seqeval else None),) if self._seqeval_ran() else ()))
        return rows

    def remarks(self) -> list[str]:
        """What belongs under the table: the reasons for every dash, the notes, what seqeval said, the signature."""
        scored = {name: r for name, r in self.results.items() if r.f1 is not None}
        reasons = _groups((name, r.reason) for name, r in self.results.items() if r.reason)
        lines = [f"{DASH} {', '.join(names)}: {reason}" for reason, names in reasons.items()]
        if names := [name for name, r in scored.items() if r.macro().f1 is None]:
            lines.append(f"{DASH} macro F1 of {', '.join(names)}: the ontology knows none of the labels")
        if self._seqeval_ran() and (names := [name for name, r in scored.items() if not r.seqeval]):
            lines.append(f"{DASH} seqeval F1 of {', '.join(names)}: seqeval scores labelled spans only")
        unknown = _groups((name, few(r.foreign)) for name, r in self.results.items() if r.foreign)
        lines += [f"{', '.join(names)}: the ontology does not know the labels {labels}." for labels, names in unknown.items()]
        lines += self.notes
        if self._seqeval_ran():
            names = [name for name, r in self.results.items() if r.seqeval]
            lines.append(
                f"seqeval {self.versions['seqeval']} (strict, IOB2) gives the same P, R, F1 and gold counts, by label and in "
                f"all, for {', '.join(names)}; where a figure is undefined it says 0."
            )
        return [*map(_line, lines), *self.signatures()]

    def signatures(self, *, short: bool = False) -> list[str]:
        """The lines that state the signature, one for all measures if theirs are alike; ``short`` leaves out usual values."""
        what = "Short signature" if short else "Signature"
        signed = [(name, r.short_signature if short else r.signature) for name, r in self.results.items()]
        groups = _groups((name, text.removeprefix(name)) for name, text in signed)
        if len(groups) == 1:
            return [_line(f"{what}: MEASURE{rest}") for rest in groups]
        return [_line(f"{what} of {', '.join(names)}: MEASURE{rest}") for rest, names in groups.items()]

    def __str__(self) -> str:
        rows = self.table()
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        lines = [
            "  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))).rstrip()
            for row in rows
        ]
        return "\n".join([self.heading(), "", *lines, "", *self.remarks()])

    def _seqeval_ran(self) -> bool:
        return any(r.seqeval for r in self.results.values())


def percent(fraction: float | None) -> str:
    """``57.1`` for 0.5714, a dash for None."""
    return DASH if fraction is None else f"{100 * fraction:.1f}"


def _name(measure: str | Measure) -> str:
    return str(known(str(measure)) or measure)


def _line(text: str) -> str:
    r"""The text as one printable line: a name may hold a line break (``\n``) or a terminal's escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _groups(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Measures by what is said of them."""
    groups: dict[str, list[str]] = {}
    for name, text in pairs:
        groups.setdefault(text, []).append(name)
    return groups


def few(names: Sequence[str]) -> str:
    """The first ten, and how many more there are."""
    return ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")


def _sentences(tallies: Tallies) -> dict[str, list[list[int | None]]]:
    labels: dict[str, list[list[int | None]]] = {}
    for (sentence, label), t in tallies.items():
        labels.setdefault(label, []).append([sentence, t.hits_predicted, t.hits_gold, t.predicted, t.gold])
    return labels
