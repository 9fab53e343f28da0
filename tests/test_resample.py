"""The jackknife: checked against its formula by hand, what it refuses, and sums of all parts but one."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit

from communique.resample import ATANH, LOG_DISAGREEMENT, LOGIT, Interval, Scale, all_but_one, jackknife
from communique.resample.interval import TINY
from communique.resample.student import reach


def jackknifed(figure: float | None, without: Mapping[str, float | None], *, scale: Scale = LOGIT) -> Interval:
    """The interval of a figure that is known of all documents and with each left out: a part is the document's name."""

    def known(names: tuple[str, ...]) -> float | None:
        left_out = set(without) - set(names)
        return without[left_out.pop()] if left_out else figure

    return jackknife({name: (name,) for name in without}, known, scale=scale)


def logit(p: float) -> float:
    return math.log(p / (1 - p))


def test_an_interval_is_what_the_formula_gives():
    """Replicates of logit -1, 0 and 1: their squared deviations sum to 2, the error is (2/3 · 2)^½. t(2) at .975: 4.302653."""
    without = {"a": 1 / (1 + math.e), "b": 0.5, "c": 1 / (1 + 1 / math.e)}
    found = jackknifed(0.6, without)
    reach = 4.302653 * math.sqrt(4 / 3)
    assert logit(found.low) == pytest.approx(logit(0.6) - reach, abs=1e-5)
    assert logit(found.high) == pytest.approx(logit(0.6) + reach, abs=1e-5)
    assert (found.unit, found.level, found.reason) == ("document", 0.95, None)


@pytest.mark.parametrize(
    ("figure", "without", "reason"),
    [
        (0.5, {"a": 0.4, "b": 0.6}, "an interval needs three documents, and there are 2"),
        (0.5, {"a": 0.4}, "an interval needs three documents, and there is 1"),
        (1.0, {"a": 1.0, "b": 1.0, "c": 1.0}, "the figure is 1"),
        (0.0, {"a": 0.0, "b": 0.0, "c": 0.0}, "the figure is 0"),
        (None, {"a": None, "b": None, "c": None}, "the figure is undefined"),
        (0.5, {str(n): 0.4 + n / 250 for n in range(50)}, "the jackknife is for fewer than 50 documents, and there are 50"),
        (0.9, {"a": 1.0, "b": 0.8, "c": 0.9}, "without a the figure is 1"),
        (0.9, {"a": 0.9, "b": None, "c": 0.9}, "without b the figure is undefined"),
    ],
)
def test_an_interval_that_cannot_be_had_is_null_with_its_reason(figure, without, reason):
    found = jackknifed(figure, without)
    assert (found.low, found.high, found.reason) == (None, None, reason)


def test_of_49_documents_there_is_an_interval():
    assert jackknifed(0.5, {str(n): 0.4 + n / 250 for n in range(49)}).reason is None


fractions = st.floats(0.01, 0.99)


@given(fractions, st.lists(fractions, min_size=3, max_size=9).filter(lambda values: max(values) - min(values) >= TINY))
def test_the_figure_lies_in_its_interval_and_the_interval_in_the_scale(figure, replicates):
    without = {str(n): x for n, x in enumerate(replicates)}
    found = jackknifed(figure, without)
    assert 0 <= found.low <= figure * (1 + 1e-9)
    assert figure * (1 - 1e-9) <= found.high <= 1
    alpha = jackknifed(figure, without, scale=LOG_DISAGREEMENT)
    assert alpha.low <= figure + 1e-9
    assert figure - 1e-9 <= alpha.high <= 1


@pytest.mark.parametrize("scale", [LOGIT, LOG_DISAGREEMENT, ATANH])
@pytest.mark.parametrize("rounding", [0, 1e-12])
def test_of_equal_replicates_there_is_no_interval_for_there_is_nothing_to_estimate_from(scale, rounding):
    """An interval without width would claim that any new document gives the same."""
    found = jackknifed(0.7, {"a": 0.7, "b": 0.7 + rounding, "c": 0.7, "d": 0.7 - rounding}, scale=scale)
    reason = "the figure is the same without any one document: there is nothing to estimate from"
    assert (found.low, found.high, found.reason) == (None, None, reason)


@pytest.mark.parametrize("level", [0, 1, -0.5, 95])
def test_a_level_is_a_probability(level):
    with pytest.raises(ValueError, match=f"0 < level < 1, got 2 and {level}"):
        jackknife({"a": 1, "b": 2, "c": 3}, lambda total: total / 10, level=level)


@pytest.mark.parametrize("scale", [LOGIT, LOG_DISAGREEMENT, ATANH])
def test_a_scale_goes_there_and_back(scale):
    assert scale.back(scale.to(0.3)) == pytest.approx(0.3)


@pytest.mark.parametrize(("x", "p"), [(-1000, 0), (0, 0.5), (1000, 1)])
def test_the_logit_scale_has_no_end(x, p):
    assert LOGIT.back(x) == p


@pytest.mark.parametrize(("scale", "name"), [(LOGIT, "logit scale"), (LOG_DISAGREEMENT, "log(1 - α) scale")])
@pytest.mark.parametrize("n", [2, 4])
def test_an_interval_says_how_it_was_made_even_where_there_is_none(scale, name, n):
    found = jackknifed(0.7, dict.fromkeys("abcd"[:n], 0.7), scale=scale)
    assert found.as_json()["method"] == f"delete-one jackknife with Student's t, {name}"


@given(st.lists(st.integers(), min_size=2, max_size=9))
def test_all_but_one_is_the_sum_of_the_others(numbers):
    parts = {str(n): x for n, x in enumerate(numbers)}
    assert all_but_one(parts) == {name: sum(numbers) - x for name, x in parts.items()}


@pytest.mark.parametrize("degrees", [*range(1, 60), 99, 100, 1000])
def test_students_t_is_scipys(degrees: int) -> None:
    for level in (0.5, 0.9, 0.95, 0.999):
        # SciPy 1.11 is off by 5e-9; 1.17 differs by 2e-13.
        assert reach(degrees, level) == pytest.approx(float(stdtrit(degrees, (1 + level) / 2)), rel=1e-8)


def test_students_t_needs_a_degree_of_freedom() -> None:
    with pytest.raises(ValueError, match="one degree of freedom"):
        reach(0, 0.95)
