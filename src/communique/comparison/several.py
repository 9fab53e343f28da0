"""Several runs of one system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from communique.comparison.system import System, f1_of
from communique.comparison.table import heading_of_runs, of_runs, runs_remarks
from communique.measures.measure import parse
from communique.resample import LEVEL, Interval, Runs, document_intervals, runs
from communique.scorer.table import block

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Repeated:
    """F1 over the runs of a system, by measure: mean, standard deviation and interval for new runs on these documents; and the
    interval of the mean for new documents.
    """

    system: System
    runs: Mapping[str, Runs]
    documents: Mapping[str, Interval]

    def __str__(self) -> str:
        return block(heading_of_runs(self), of_runs(self), runs_remarks(self))

    def as_json(self) -> dict[str, Any]:
        measures = {name: {**held.as_json(), "documents": self.documents[name].as_json()} for name, held in self.runs.items()}
        return {"system": self.system.name, "setting": self.system.setting, "measures": measures}


def repeated(system: System, *, measures: Sequence[str] | None = None) -> Repeated:
    """What several runs of a system come to; ``measures``: None for all that every run has.

    Raises:
        ValueError: if a measure is not scored in every run.
    """
    if isinstance(measures, str):
        raise ValueError(f"measures is a list: pass [{measures!r}]")
    common = [name for name in system.runs[0] if all(name in run for run in system.runs)]
    chosen = common if measures is None else [str(parse(name)) for name in measures]
    for name in chosen:
        if name not in common:
            raise ValueError(f"{name} was not scored in every run of {system.name}; score again with it, or leave it out")
    over = {name: _of_runs(system, name) for name in chosen}
    return Repeated(system, over, {name: _of_documents(system, name) for name in chosen})


def _of_runs(system: System, name: str) -> Runs:
    found = runs([result.f1 for result in system.results(name)])
    if found.mean is not None:
        return found
    return replace(found, interval=replace(found.interval, reason=f"{found.interval.reason}: {system.reason(name)}"))


def _of_documents(system: System, name: str) -> Interval:
    if reason := system.reason(name):
        return Interval("document", "none", None, None, LEVEL, reason)
    counts, f1 = system.counts(name), f1_of(name)
    documents, each, _ = counts.shape

    def mean(sums: NDArray[Any]) -> NDArray[Any]:
        return f1(sums.reshape(*sums.shape[:-1], each, -1)).mean(axis=-1)  # type: ignore[no-any-return]

    return document_intervals(counts.reshape(documents, -1), {"f1": mean}, names=system.documents)["f1"]
