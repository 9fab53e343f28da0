"""A system with all its runs, and whether two of them can be compared at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from communique.resample.sums import Figure
from communique.scorer import Result, Scores
from communique.scorer.intervals import document_counts, figure, sentence_counts
from communique.scorer.result import defined
from communique.scorer.scores import same_setting
from communique.scorer.signature import same, setting

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class System:
    """One system: one or more runs, with other seeds, scored on the same documents. Its figures are means over the runs.

    Where two systems are compared, their runs are paired in this order.

    Raises:
        ValueError: if there is no run, or if the runs were not scored alike.
    """

    name: str
    runs: tuple[Scores, ...]

    def __post_init__(self) -> None:
        if not self.runs:
            raise ValueError(f"{self.name}: there is no run; give the scores of one or more")
        if len(settings := self._settings()) > 1:
            raise ValueError(f"{self.name}: runs were scored in two ways: {', '.join(settings)}. Score them in the same way")
        for run in self.runs[1:]:
            same_setting(self.runs[0], run, (f"{self.name}, first run", f"{self.name}, another run"))

    @property
    def setting(self) -> str:
        """On what the runs were scored, as their signatures have it."""
        return next(iter(self._settings()), "")

    @property
    def documents(self) -> tuple[str, ...]:
        return self.runs[0].documents

    def _settings(self) -> list[str]:
        """What the runs were scored on, each once, whatever the file of the data is called."""
        found: dict[str, str] = {}
        for text in (setting(result.signature) for run in self.runs for result in run.results.values()):
            found.setdefault(same(text), text)
        return list(found.values())

    def results(self, measure: str) -> list[Result]:
        """The measure's result of every run."""
        return [run[measure] for run in self.runs]

    def figure(self, measure: str) -> float | None:
        """The mean F1; None if that of a run is undefined."""
        values = [result.f1 for result in self.results(measure) if result.f1 is not None]
        return sum(values) / len(values) if len(values) == len(self.runs) else None

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


def f1_of(measure: str) -> Figure:
    """F1 from sums of what documents or sentences add."""
    found = defined(measure)
    return partial(figure, name="f1", averaged=found is not None and found.averaged)
