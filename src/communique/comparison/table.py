"""How comparisons print."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from communique.resample import Interval, PValue
from communique.scorer.signature import same
from communique.scorer.table import extent
from communique.wording import DASH, between, counted, grouped, line, percent

if TYPE_CHECKING:
    from communique.comparison.pairs import Comparison
    from communique.comparison.several import Repeated


def heading(found: Comparison) -> str:
    """Both systems and what they were scored on."""
    return f"{found.b.name} against {found.a.name} on {extent(found.a.runs[0])}"


def heading_of_runs(found: Repeated) -> str:
    return f"{found.system.name}: {counted(len(found.system.runs), 'run')}"


def of_comparison(found: Comparison) -> list[tuple[str, ...]]:
    """The header and a row for each measure; F1 and differences in points."""
    columns = ("difference", "95 % new docs", "p", "least p", "Holm", "p these docs")
    table: list[tuple[str, ...]] = [("measure", line(found.a.name), line(found.b.name), *columns)]
    for name, d in found.differences.items():
        tests = (_p(d.documents.p), _p(d.documents.least), _p(d.adjusted), _p(d.sentences.p))
        table.append((line(name), percent(d.a), percent(d.b), points(d.value), _between(d.interval), *tests))
    return table


def of_runs(found: Repeated) -> list[tuple[str, ...]]:
    """The header and a row for each measure; F1 in points."""
    table: list[tuple[str, ...]] = [("F1", "mean", "sd", "95 % new runs", "95 % new docs")]
    for name, held in found.runs.items():
        row = (percent(held.mean), DASH if held.deviation is None else f"{100 * held.deviation:.2f}")
        table.append((line(name), *row, *(between(i.low, i.high) for i in (held.interval, found.documents[name]))))
    return table


def remarks(found: Comparison) -> list[str]:
    """The words on p, what each column is, and the reason of every dash."""
    rows = found.differences.values()
    lines = [*found.words]
    lines += [f"95 % new docs: {method}." for method in _methods((d.measure, d.interval) for d in rows)]
    lines += [f"p: {method}." for method in _methods((d.measure, d.documents) for d in rows)]
    if methods := _methods((d.measure, d.sentences) for d in rows):
        lines.append(
            f"p these docs ({'; '.join(methods)}, by sentence): conditional on these documents; it finds differences between "
            "systems that differ from document to document but not on the whole far too often, so it is no evidence for others."
        )
    lines += _reasons("difference", ((d.measure, d.reason) for d in rows))
    for column, held in (
        ("95 % new docs", [(d.measure, d.interval) for d in rows if not d.reason]),
        ("p", [(d.measure, d.documents) for d in rows if not d.reason]),
        ("p these docs", [(d.measure, d.sentences) for d in rows if not d.reason]),
    ):
        lines += _reasons(column, ((name, x.reason) for name, x in held))
    return [*lines, *found.notes, *_settings(found)]


def runs_remarks(found: Repeated) -> list[str]:
    """What each column is, and the reason of every dash."""
    lines = [
        "sd: standard deviation over the runs (n - 1). The intervals are of the mean: for new runs on these documents, and for "
        "new documents like these."
    ]
    for column, held in (("new runs", {n: r.interval for n, r in found.runs.items()}), ("new docs", found.documents)):
        lines += [f"95 % {column}: {method}." for method in _methods(held.items())]
        lines += _reasons(f"95 % {column}", ((name, interval.reason) for name, interval in held.items()))
    return [*lines, f"Scored on: {found.system.setting}"]


def _settings(found: Comparison) -> list[str]:
    a, b = found.a, found.b
    if same(a.setting) == same(b.setting):
        return [f"Scored on: {a.setting}"]
    return [f"{system.name} was scored on: {system.setting}" for system in (a, b)]


def points(difference: float | None) -> str:
    """``+1.2`` for .012, a dash for None."""
    return DASH if difference is None else f"{round(100 * difference, 1) + 0.0:+.1f}"  # -0.0 + 0.0 is 0.0


def _between(interval: Interval) -> str:
    return DASH if interval.low is None else f"{points(interval.low)} to {points(interval.high)}"


def _p(p: float | None) -> str:
    if p is None:
        return DASH
    return "<.001" if p < 0.001 else f"{p:.3f}".removeprefix("0")


def _methods(held: Iterable[tuple[str, Interval | PValue]]) -> list[str]:
    """How they were made; of which measures, where there are several ways."""
    ways = grouped((name, x.method if x.reason is None else None) for name, x in held)
    return [method if len(ways) == 1 else f"{method} ({', '.join(names)})" for method, names in ways.items()]


def _reasons(column: str, held: Iterable[tuple[str, str | None]]) -> list[str]:
    return [f"{DASH} {column} of {', '.join(names)}: {reason}" for reason, names in grouped(held).items()]
