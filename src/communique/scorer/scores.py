"""All results of one system on one split, and how they are saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from communique.errors import Error, Share, confusions, summary
from communique.io.scores import write_scores
from communique.measures.measure import Measure
from communique.measures.tally import Hits, Tallies
from communique.ontology import nearest
from communique.scorer.result import Figures, Result, known
from communique.scorer.signature import mode
from communique.scorer.table import printed

EMPTY: Final = "Counted as empty"
"""How a note begins that says which documents have no prediction."""

CONFUSIONS: Final = 20
"""So many of the most frequent confusions of a measure are listed."""


@dataclass(frozen=True, slots=True)
class Scores:
    """One system's results on one split. ``scores["Arg-C+"]`` is a `Result`; iterating gives the names of the measures.

    ``versions`` are those of the tool, the data, the ontology and, where it was run, seqeval. ``notes`` say what was left out.
    ``stories`` is how many stories the documents tell, None if that is not known, and ``sentences`` how many sentences each
    document has. ``errors`` are those of each layer, under the measure that counts them. ``floors`` are the figures of other
    systems that these should be read beside, by system and measure.
    """

    system: str
    split: str
    versions: Mapping[str, str]
    results: Mapping[str, Result]
    documents: tuple[str, ...]
    notes: tuple[str, ...] = ()
    stories: int | None = None
    sentences: Mapping[str, int] = field(default_factory=dict)
    errors: Mapping[str, tuple[Error, ...]] = field(default_factory=dict)
    floors: Mapping[str, Mapping[str, Figures]] = field(default_factory=dict)

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

    def __str__(self) -> str:
        return printed(self)

    def beside(self, floor: Scores) -> Scores:
        """These scores with another system's figures beside them.

        Raises:
            ValueError: if the other's are of another split, other documents, other data or another ontology.
        """
        same_setting(self, floor, (self.system, floor.system))
        figures = {name: result.micro for name, result in floor.results.items()}
        return replace(self, floors={**self.floors, floor.system: figures})

    def save(self, path: Path | str) -> None:
        """Write ``scores.json``, completely or not at all."""
        write_scores(path, self.as_json())

    def as_json(self) -> dict[str, Any]:
        """What `save` writes, as plain lists and dicts; every figure is a fraction."""
        return {
            "system": self.system,
            "split": self.split,
            "stories": self.stories,
            "sentences": dict(self.sentences),
            "versions": dict(self.versions),
            "notes": list(self.notes),
            "measures": {name: result.as_json() for name, result in self.results.items()},
            "floors": {
                system: {name: figures.as_json() for name, figures in row.items()} for system, row in self.floors.items()
            },
            "errors": self._errors(),
            "documents": {
                doc_id: {name: _sentences(r.tallies[doc_id]) for name, r in self.results.items() if doc_id in r.tallies}
                for doc_id in self.documents
            },
        }

    def shares(self) -> Mapping[str, Mapping[str, Share]]:
        """How many errors there are of each kind, by measure, and how much F1 would rise without them."""
        tallies = {name: self.results[name].tally for name in self.errors}
        return summary((error for found in self.errors.values() for error in found), tallies)

    def _errors(self) -> dict[str, Any]:
        confused = confusions((error for found in self.errors.values() for error in found), CONFUSIONS)
        return {
            name: {
                "kinds": {kind: share.as_json() for kind, share in kinds.items()},
                "confusions": [pair.as_json() for pair in confused.get(name, ())],
                "items": [error.as_json() for error in self.errors[name]],
            }
            for name, kinds in self.shares().items()
        }


def same_setting(a: Scores, b: Scores, names: tuple[str, str]) -> None:
    """Refuse to set side by side what was not scored on the same documents of the same data, by the same version and ontology.

    Raises:
        ValueError: what differs, with both values.
    """
    for what, one, other in (
        ("the split", a.split, b.split),
        ("the data", *(s.versions.get("data", "").rpartition("#")[2] for s in (a, b))),  # whatever the file is called
        ("the tool's version", a.versions.get("communique"), b.versions.get("communique")),
        ("the ontology", a.versions.get("ontology"), b.versions.get("ontology")),
        ("the documents", ", ".join(a.documents), ", ".join(b.documents)),
        ("the occurrence that is asked for", *(_mode(s, "occ") or "given" for s in (a, b))),
        ("what the gold is restricted to", *(_mode(s, "only") or "nothing" for s in (a, b))),
    ):
        if one != other:
            where = f"{what} of the one: {one}; of the other: {other}"
            raise ValueError(f"{names[0]} and {names[1]} cannot be compared: {where}. Score both again in the same way")


def _name(measure: str | Measure) -> str:
    return str(known(str(measure)) or measure)


def _sentences(tallies: Tallies) -> dict[str, list[list[int | str | None]]]:
    labels: dict[str, list[list[int | str | None]]] = {}
    for (sentence, label), t in tallies.items():
        row = [sentence, _exact(t.hits_predicted), _exact(t.hits_gold), t.predicted, t.gold]
        labels.setdefault(label, []).append(row)
    return labels


def _exact(hits: Hits) -> int | str:
    """A whole number, or the fraction ``"7/3"``: what adds must not be rounded."""
    return int(hits) if Fraction(hits).denominator == 1 else str(hits)


def _mode(scores: Scores, key: str) -> str:
    return next((mode(result.signature, key) for result in scores.results.values()), "")
