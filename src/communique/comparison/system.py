"""A system with all its runs, and whether two of them can be compared at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from communique.measures.measure import definition
from communique.resample.sums import Figure
from communique.scorer import Result, Scores
from communique.scorer.intervals import document_counts, figure, sentence_counts
from communique.scorer.result import known

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class System:
    """One system: one or more runs, with other seeds, scored on the same documents. Its figures are means over the runs.

    Raises:
        ValueError: if there is no run, or if the runs were not scored alike.
    """

    name: str
    runs: tuple[Scores, ...]

    def __post_init__(self) -> None:
        if not self.runs:
            raise ValueError(f"{self.name}: there is no run; give the scores of one or more")
        for run in self.runs[1:]:
            alike(self.runs[0], run, (f"{self.name}, first run", f"{self.name}, another run"))

    @property
    def documents(self) -> tuple[str, ...]:
        return self.runs[0].documents

    def results(self, measure: str) -> list[Result]:
        """The measure's result of every run."""
        return [run[measure] for run in self.runs]

    def figure(self, measure: str) -> float | None:
        """The mean F1; None if that of a run is undefined."""
        values = [result.f1 for result in self.results(measure)]
        return None if None in values else sum(filter(None, values)) / len(values)

    def reason(self, measure: str) -> str | None:
        """Why there is no figure; None if there is."""
        return next((result.reason for result in self.results(measure) if result.f1 is None), None)

    def counts(self, measure: str) -> NDArray[Any]:
        """What each document adds in each run: (documents, runs, k)."""
        import numpy as np

        return np.stack([document_counts(result) for result in self.results(measure)], axis=1)

    def sentence_counts(self, measure: str, sizes: Sequence[int]) -> NDArray[Any]:
        """What each sentence adds in each run, document by document: (sentences, runs, 4)."""
        import numpy as np

        return np.stack([sentence_counts(result, sizes) for result in self.results(measure)], axis=1)


def alike(a: Scores, b: Scores, names: tuple[str, str]) -> None:
    """
    Raises:
        ValueError: unless both were scored on the same documents of the same data, by the same version.
    """
    for what, one, other in (
        ("the split", a.split, b.split),
        ("the data", a.versions.get("data"), b.versions.get("data")),
        ("the tool's version", a.versions.get("communique"), b.versions.get("communique")),
        ("the ontology", a.versions.get("ontology"), b.versions.get("ontology")),
        ("the documents", a.documents, b.documents),
    ):
        if one != other:
            shown = [", ".join(value) if isinstance(value, tuple) else str(value) for value in (one, other)]
            raise ValueError(
                f"{names[0]} and {names[1]} cannot be compared: {what} of the one: {shown[0]}; of the other: {shown[1]}. "
                "Score both again in the same way"
            )


def f1_of(measure: str) -> Figure:
    """F1 from sums of what documents or sentences add."""
    parsed = known(measure)
    return partial(figure, name="f1", averaged=parsed is not None and definition(parsed).averaged)
