"""Published cases of coreference, held exactly; see tests/published/README.md."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from communique.measures.coref import METRICS, Clusters
from communique.measures.tally import Hits

PUBLISHED = Path(__file__).parent / "published"
CASES: dict[str, dict[str, Any]] = {
    name: case
    for path in sorted(PUBLISHED.glob("coreference-*.json"))
    for name, case in json.loads(path.read_text(encoding="utf-8"))["cases"].items()
}
FIGURES = [(name, metric) for name, case in CASES.items() for metric in METRICS if metric in case]


def clusters(written: str) -> Clusters:
    """"ab c" is two clusters of three mentions; a letter twice in a cluster counts once."""
    return [frozenset(cluster) for cluster in written.split()]


def figure(written: str) -> Fraction | None:
    """"0/0" is undefined; the scorer prints 0."""
    return None if written.endswith("/0") else Fraction(written)


def share(hits: Hits, count: int) -> Fraction | None:
    return Fraction(hits) / count if count else None


def sides(name: str) -> tuple[Clusters, Clusters]:
    case = CASES[name]
    return clusters(case["gold"]), clusters(case.get("deduplicated", case["pred"]))


def test_every_case_of_the_reference_scorer_is_there() -> None:
    names = {f"A{n}" for n in range(1, 14)} | {f"{c}1" for c in "BCDEFGHIJKL"} | {f"{c}{n}" for c in "MN" for n in range(1, 7)}
    assert names <= CASES.keys()


@pytest.mark.parametrize(("name", "metric"), FIGURES)
def test_figures_are_exactly_those_published(name: str, metric: str) -> None:
    tally = METRICS[metric](*sides(name))
    p, r, f1 = map(figure, CASES[name][metric].split())
    assert (share(tally.hits_predicted, tally.predicted), share(tally.hits_gold, tally.gold)) == (p, r)
    assert tally.f1 == (None if f1 is None else pytest.approx(float(f1), abs=1e-15))


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if "printed" in case])
def test_fractions_round_to_what_is_printed(name: str) -> None:
    for metric, printed in CASES[name]["printed"].items():
        for exact, rounded in zip(CASES[name][metric].split(), printed.split(), strict=False):
            assert rounded == "–" or f"{float(Fraction(exact)):.{len(rounded) - 1}f}"[1:] == rounded


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if "deduplicated" in case])
def test_a_mention_in_two_clusters_is_refused_and_named(name: str, metric: str) -> None:
    """The reference scorer takes all but one away, and scores the rest; a span in two entities is an incident here."""
    gold, pred = (clusters(CASES[name][side]) for side in ("gold", "pred"))
    for two in ((gold, pred), (pred, gold)):
        with pytest.raises(ValueError, match=r"^b stands in two clusters"):
            METRICS[metric](*two)
