"""Two systems on the same units: the interval of a difference, paired randomisation, Holm's correction; several runs of one."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
import scipy.stats
from hypothesis import assume, example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from communique.resample import bootstrap, difference, holm, randomisation, runs


def f1(sums):
    return 2 * sums[..., 0] / (sums[..., 1] + sums[..., 2])


def share(sums):
    """Of (hits, items)."""
    return sums[..., 0] / sums[..., 1]


def systems(units, runs=1, better=0.0, seed=1):
    """Two systems, each (units, runs, 3): hits, predicted, gold; the second is better by so much."""
    noise = np.random.RandomState(seed)
    gold = np.broadcast_to(noise.poisson(6, size=(units, 1)) + 1, (units, runs))
    hits = [noise.binomial(gold, 0.6 + plus) for plus in (0, better)]
    return tuple(np.stack((h, h + noise.poisson(2, size=h.shape), gold), axis=-1).astype(float) for h in hits)


def of_shares(*units):
    """(units, 1, 2) from (hits, items)."""
    return np.array(units, dtype=float)[:, None]


# The difference


def test_the_interval_of_a_difference_is_what_the_formula_gives():
    a, b = of_shares((2, 4), (3, 4), (1, 4)), of_shares((1, 4), (1, 4), (2, 4))
    replicates = [math.atanh(x) for x in (4 / 8 - 3 / 8, 3 / 8 - 3 / 8, 5 / 8 - 2 / 8)]
    mean = sum(replicates) / 3
    error = math.sqrt(2 / 3 * sum((x - mean) ** 2 for x in replicates))
    reach = 4.302653 * error
    found = difference(a, b, share)
    middle = math.atanh(6 / 12 - 4 / 12)
    assert (found.low, found.high) == pytest.approx((math.tanh(middle - reach), math.tanh(middle + reach)), abs=1e-6)
    assert (found.unit, found.method) == ("document", "delete-one jackknife with Student's t, atanh scale")


counts = arrays(np.int64, st.tuples(st.integers(3, 7), st.just(2), st.just(1), st.just(2)), elements=st.integers(0, 5))


def sides(both):
    """Two systems with equally many items in each unit, at least one, and no more hits than items."""
    items = np.maximum(1, both[:, :1, :, 1:])
    hits = np.minimum(both[..., :1], items)
    full = np.concatenate((hits, np.broadcast_to(items, hits.shape)), axis=-1).astype(float)
    return full[:, 0], full[:, 1]


@given(counts)
def test_a_difference_lies_in_its_interval_and_the_interval_between_its_bounds(both):
    a, b = sides(both)
    found, value = difference(a, b, share), share(a.sum(axis=(0, 1))) - share(b.sum(axis=(0, 1)))
    assume(found.low is not None)
    assert -1 <= found.low <= value + 1e-9
    assert value - 1e-9 <= found.high <= 1


@given(counts)
def test_to_exchange_the_systems_turns_the_interval_round(both):
    a, b = sides(both)
    one, other = difference(a, b, share), difference(b, a, share)
    assert (one.reason is None) == (other.reason is None)
    if one.reason is None:
        assert (one.low, one.high) == pytest.approx((-other.high, -other.low), abs=1e-9)


@pytest.mark.parametrize("units", [4, 60])
def test_runs_that_are_copies_change_nothing(units):
    a, b = systems(units)
    one, other = difference(a, b, f1), difference(np.repeat(a, 3, axis=1), np.repeat(b, 2, axis=1), f1)
    assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=1e-9)


def test_the_figure_of_several_runs_is_their_mean_and_not_that_of_their_sum():
    a = np.array([[[1.0, 1], [0, 9]]] * 3) + [[[0, 1], [0, 0]]] * np.arange(3)[:, None, None]
    b = of_shares((0, 1), (0, 1), (0, 2))
    middle = 3 / (1 + 2 + 3) / 2
    found = difference(a, b, share)
    assert math.tanh((math.atanh(found.low) + math.atanh(found.high)) / 2) == pytest.approx(middle)


def test_from_fifty_documents_on_the_difference_is_bootstrapped():
    a, b = systems(60, better=0.2)
    found = difference(b, a, f1)
    assert found.method == "document bootstrap of the difference, percentile, 10,000 resamples"
    assert found.low > 0
    both = np.concatenate((b[:, 0], a[:, 0]), axis=1)
    alone = bootstrap(both, {"": lambda sums: f1(sums[..., :3]) - f1(sums[..., 3:])})[""]
    assert (found.low, found.high) == (alone.low, alone.high)


@pytest.mark.parametrize("units", [4, 60])
def test_a_difference_of_0_between_systems_that_differ_has_an_interval(units):
    one, other = systems(units // 2, better=0.2)
    found = difference(np.concatenate((one, other)), np.concatenate((other, one)), f1)
    assert found.low < 0 < found.high


SAME = "both add the same in every document: the difference is 0, and there is nothing to estimate from"


@pytest.mark.parametrize("units", [3, 60])
def test_identical_systems_differ_by_0_with_p_1_and_no_interval(units):
    a, _ = systems(units, runs=2)
    assert difference(a, a, f1).reason == SAME
    assert difference(a[:, :1], a[:, :1].repeat(3, axis=1), f1).reason == SAME
    found = randomisation(a, a, f1)
    assert (found.p, found.least, found.differing, found.units) == (1, 1, 0, units)


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        (of_shares((1, 2), (1, 2)), of_shares((0, 2), (1, 2)), "an interval needs three documents, and there are 2"),
        (of_shares((1, 2)), of_shares((1, 2)), "an interval needs three documents, and there is 1"),
        (of_shares(*[(1, 1)] * 3), of_shares(*[(0, 1)] * 3), "the difference is 1"),
        (of_shares(*[(0, 1)] * 60), of_shares(*[(1, 1)] * 60), "the difference is -1"),
        (of_shares(*[(0, 0)] * 3), of_shares(*[(1, 1)] * 3), "the difference is undefined"),
        (of_shares(*[(0, 0)] * 60), of_shares(*[(1, 1)] * 60), "the difference is undefined"),
        (
            of_shares((1, 2), (0, 0), (0, 0)), of_shares((1, 4), (0, 1), (1, 1)),
            "without document 1 the difference is undefined",
        ),
        (
            of_shares(*[(1, 2)] * 3), of_shares(*[(2, 4)] * 3),
            "the difference is 0 in every replicate: there is nothing to estimate from",
        ),
        (
            of_shares(*[(1, 2)] * 60), of_shares(*[(2, 4)] * 60),
            "the difference is 0 in every replicate: there is nothing to estimate from",
        ),
    ],
)  # fmt: skip
def test_an_interval_of_a_difference_that_cannot_be_had_is_null_with_its_reason(a, b, reason):
    found = difference(a, b, share)
    assert (found.low, found.high, found.reason) == (None, None, reason)


@pytest.mark.parametrize("shape", [(3, 2), (4, 1, 2), (3, 1, 4), (3, 0, 2)])
def test_systems_that_cannot_be_paired_are_refused(shape):
    for compare in (difference, randomisation):
        with pytest.raises(ValueError, match="pass \\(units, runs, k\\), with the same units and k"):
            compare(np.ones((3, 1, 2)), np.ones(shape), share)


# Randomisation


def exact(a, b, hits=0, items=1):
    """By enumeration in fractions: every unit, also those without a difference, swaps or not."""

    def gap(swaps):
        sums = [[0, 0], [0, 0]]
        for swap, unit in zip(swaps, zip(a[:, 0], b[:, 0], strict=True), strict=True):
            for side in (0, 1):
                row = unit[side ^ swap]
                sums[side][0] += Fraction(int(row[hits]))
                sums[side][1] += Fraction(int(row[items]))
        return abs(sums[0][0] / sums[0][1] - sums[1][0] / sums[1][1])

    every = list(itertools.product((0, 1), repeat=len(a)))
    observed = gap(every[0])
    return Fraction(sum(gap(swaps) >= observed for swaps in every), len(every))


@given(counts)
@example(np.array([[[[1, 3]], [[0, 3]]], [[[0, 3]], [[1, 3]]], [[[2, 3]], [[1, 3]]]]))
def test_p_is_what_enumeration_in_fractions_gives(both):
    """With ties, which rounding must not decide."""
    a, b = sides(both)
    found = randomisation(a, b, share)
    assert found.p == exact(a, b)
    assert found.differing == (a != b).any(axis=(1, 2)).sum()
    assert found.least == min(1, 2.0 ** (1 - found.differing)) <= found.p


def test_rounding_does_not_decide_a_tie():
    """.1 + .2 + .3 over three runs is more than .3 + .2 + .1 in floating point. To swap the first unit brings the one for the
    other, and to swap the second the same with the systems exchanged.
    """
    a = np.array([[[0.0, 5], [1, 5], [2, 5]], [[1, 5], [1, 5], [1, 5]]])
    b = np.array([[[2.0, 5], [1, 5], [0, 5]], [[0, 5], [0, 5], [0, 5]]])
    assert randomisation(a, b, share).p == 1


@given(counts, st.randoms(use_true_random=False))
def test_neither_the_order_of_units_nor_that_of_the_systems_matters(both, order):
    a, b = sides(both)
    other = order.sample(range(len(a)), len(a))
    for exact_up_to in (20, 0):
        tests = [randomisation(x, y, share, exact_up_to=exact_up_to, samples=200) for x, y in ((a, b), (a[other], b[other]))]
        assert tests[0] == tests[1]
    assert randomisation(a, b, share) == randomisation(b, a, share)


@pytest.mark.parametrize("units", [4, 9, 12])
def test_it_agrees_with_scipy(units):
    a, b = systems(units, better=0.15)
    both = np.concatenate((a, b))[:, 0]

    def statistic(x, y, axis):
        assert axis == -1
        return f1(both[x.astype(int)].sum(axis=-2)) - f1(both[y.astype(int)].sum(axis=-2))

    first, second = np.arange(units), np.arange(units) + units
    oracle = scipy.stats.permutation_test((first, second), statistic, permutation_type="samples", vectorized=True)
    assert randomisation(a, b, f1).p == pytest.approx(oracle.pvalue, abs=1e-12)


def test_four_documents_cannot_get_below_an_eighth():
    a, b = of_shares(*[(9, 9)] * 4), of_shares(*[(0, 9)] * 4)
    found = randomisation(a, b, share)
    assert (found.p, found.least, found.method) == (0.125, 0.125, "paired randomisation, all 16 swaps")
    assert found.as_json() == {
        "unit": "document", "method": "paired randomisation, all 16 swaps", "p": 0.125, "least": 0.125,
        "differing": 4, "units": 4, "reason": None,
    }  # fmt: skip


def test_units_without_a_difference_do_not_count_towards_what_is_enumerated():
    a, b = systems(30)
    b[12:] = a[12:]
    found, fewer = randomisation(a, b, f1), randomisation(a[:12], b[:12], f1)
    assert found.differing <= 12
    assert found.units == 30
    assert found.method.endswith("swaps")
    assert "sampled" not in found.method
    assert 0 < fewer.p <= 1


@pytest.mark.parametrize("better", [0.0, 0.1])
@pytest.mark.parametrize("runs", [1, 3])
def test_a_sampled_p_is_near_the_exact_one(better, runs):
    a, b = systems(16, runs=runs, better=better)
    known, sampled = randomisation(a, b, f1), randomisation(a, b, f1, exact_up_to=15)
    assert sampled.method == "paired randomisation, 10,000 sampled swaps"
    assert sampled.least == 1 / 10_001
    assert sampled.p == pytest.approx(known.p, abs=4 * math.sqrt(known.p * (1 - known.p) / 10_000) + 1e-4)


def test_equal_units_that_are_swapped_together_give_the_same_p():
    """Of 300 units there are only two kinds, so the number of swaps of each is drawn at once; its distribution is binomial."""
    a = of_shares(*[(1, 1)] * 160, *[(0, 1)] * 140)
    b = of_shares(*[(0, 1)] * 160, *[(1, 1)] * 140)
    expected = scipy.stats.binomtest(160, 300).pvalue
    assert randomisation(a, b, share).p == pytest.approx(expected, abs=4 * math.sqrt(expected / 10_000))


def test_twenty_differing_units_are_enumerated_in_pieces():
    """Three runs of 40 counts are more than are held at once; with equal signs p is that of the sign test."""
    a, b = np.zeros((20, 3, 40)), np.zeros((20, 3, 40))
    a[:13, :, 0], b[13:, :, 0] = 1, 1
    found = randomisation(a, b, lambda sums: sums[..., 0] / 20)
    assert found.differing == 20
    assert found.p == pytest.approx(scipy.stats.binomtest(13, 20).pvalue, abs=1e-12)


def test_many_units_are_sampled_less_often_and_the_method_says_so():
    a, b = systems(8000, seed=3)
    found = randomisation(a, b, f1, unit="sentence")
    samples = round(1 / found.least) - 1
    assert found.unit == "sentence"
    assert found.method == f"paired randomisation, {samples:,} sampled swaps"
    assert 2000 < samples < 10_000


def test_up_to_exact_up_to_all_swaps_are_tried_and_above_they_are_drawn():
    a, b = systems(21, better=0.3)
    b[..., 0] = a[..., 0] + 1
    b[..., 1:] = a[..., 1:]
    drawn = randomisation(a, b, share)
    assert (drawn.method, drawn.p) == ("paired randomisation, 10,000 sampled swaps", 1 / 10_001)
    tried = randomisation(a, b, share, exact_up_to=21)
    assert (tried.method, tried.p) == (f"paired randomisation, all {2**21:,} swaps", 2 / 2**21)


def test_more_swaps_than_can_be_tried_and_no_samples_are_refused():
    a, b = systems(30, better=0.3)
    with pytest.raises(ValueError, match=r"exact_up_to is 26: 2\^26 swaps take too long; 25 is the most"):
        randomisation(a, b, f1, exact_up_to=26)
    for wanted in (0, -1):
        with pytest.raises(ValueError, match=f"{wanted} resamples or samples tell nothing; ask for 1 or more"):
            randomisation(a, b, f1, samples=wanted)


@pytest.mark.parametrize("units", [5, 60])
@pytest.mark.parametrize("level", [0, 1, 95])
def test_the_level_of_a_difference_is_a_probability(units, level):
    with pytest.raises(ValueError, match=f"0 < level < 1.*{level}"):
        difference(*systems(units, better=0.3), f1, level=level)


def test_the_sampled_p_is_what_it_was():
    """A change of these numbers is a change of the stream."""
    found = [randomisation(*systems(40, better=0.06, seed=seed), f1).p for seed in (1, 2)]
    assert found == pytest.approx([374 / 10_001, 74 / 10_001], abs=1e-12)


def test_all_runs_of_a_unit_swap_together():
    """Two units, two runs: apart they could be swapped in sixteen ways, together in four."""
    a, b = np.array([[[2.0, 2], [2, 2]]] * 2), np.array([[[0.0, 2], [0, 2]]] * 2)
    assert randomisation(a, b, share).p == 0.5


def test_systems_with_different_numbers_of_runs_are_not_swapped():
    a, b = systems(5, runs=2)
    found = randomisation(a, b[:, :1], f1)
    assert (found.p, found.least, found.differing) == (None, None, None)
    assert found.reason == "runs are swapped one for one, and there are 2 and 1"


def test_a_swap_that_leaves_the_difference_undefined_counts_as_one_as_large():
    """To swap the first unit alone leaves one system without items."""
    a, b = of_shares((2, 2), (0, 0)), of_shares((0, 0), (1, 4))
    assert randomisation(a, b, share).p == 1


def test_of_an_undefined_difference_there_is_no_p():
    found = randomisation(of_shares((0, 0), (0, 0)), of_shares((1, 2), (1, 2)), share)
    assert (found.p, found.least, found.reason) == (None, 0.5, "the difference is undefined")


# Several tests, several runs


def test_holm_multiplies_the_least_by_all_the_next_by_one_less():
    found = holm({"a": 0.01, "b": 0.04, "c": 0.03, "none": None})
    assert found == {"a": 0.03, "b": 0.06, "c": 0.06, "none": None}
    assert holm({}) == {}
    assert holm({"a": 0.6, "b": 0.7}) == {"a": 1.0, "b": 1.0}


@given(st.dictionaries(st.text(max_size=2), st.none() | st.floats(0, 1), max_size=6))
def test_adjusted_p_values_keep_their_order_and_are_never_smaller(ps):
    found = holm(ps)
    made = {name: p for name, p in ps.items() if p is not None}
    assert list(found) == list(ps)
    assert {name for name, p in found.items() if p is not None} == set(made)
    assert all(p <= found[name] <= 1 for name, p in made.items())
    assert all(found[x] <= found[y] for x, y in itertools.product(made, repeat=2) if made[x] <= made[y])


@given(st.permutations(["a", "b", "c", "d"]))
def test_adjusted_p_values_do_not_depend_on_the_order_of_the_tests(order):
    ps = {"a": 0.02, "b": 0.02, "c": 0.5, "d": 0.001}
    assert holm({name: ps[name] for name in order}) == holm(ps)


def test_the_interval_of_runs_is_what_the_formula_gives():
    """.7, .8, .9: mean .8, standard deviation .1; on the logit scale the error is .1 / (.8 · .2 · √3)."""
    found = runs([0.7, 0.8, 0.9])
    assert (found.n, found.mean, found.deviation) == (3, pytest.approx(0.8), pytest.approx(0.1))
    reach = 4.302653 * 0.1 / 0.16 / math.sqrt(3)
    ends = [1 / (1 + math.exp(-(math.log(4) + sign * reach))) for sign in (-1, 1)]
    assert [found.interval.low, found.interval.high] == pytest.approx(ends, abs=1e-6)
    assert found.interval.unit == "run"


@given(st.lists(st.floats(0, 1, width=16), min_size=3, max_size=8))
def test_the_interval_of_runs_holds_their_mean_and_stays_between_0_and_1(values):
    found = runs(values)
    if found.interval.low is None:
        assert found.interval.reason == f"all {len(values)} runs give the same figure"
    else:
        assert 0 <= found.interval.low <= found.mean * (1 + 1e-9)
        assert found.mean * (1 - 1e-9) <= found.interval.high <= 1


def test_the_interval_of_runs_covers_what_it_should():
    """Five runs with normal noise, 4,000 times: within four Monte Carlo standard errors of 95 %."""
    noise = np.random.RandomState(1)
    intervals = [runs(list(values)).interval for values in noise.normal(0.8, 0.02, size=(4000, 5))]
    covered = sum(i.low <= 0.8 <= i.high for i in intervals) / 4000
    assert covered == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / 4000))


@pytest.mark.parametrize(
    ("values", "mean", "deviation", "reason"),
    [
        ([0.5], 0.5, None, "an interval needs three runs, and there is 1"),
        ([0.5, 0.7], 0.6, pytest.approx(0.02**0.5), "an interval needs three runs, and there are 2"),
        ([0.5, 0.5, 0.5], 0.5, 0, "all 3 runs give the same figure"),
        ([1.0, 1.0, 1.0], 1, 0, "all 3 runs give the same figure"),
        ([0.5, None, 0.7], None, None, "the figure is undefined in 1 of 3 runs"),
    ],
)
def test_runs_without_an_interval_say_why(values, mean, deviation, reason):
    found = runs(values)
    assert (found.mean, found.deviation) == (mean, deviation)
    assert (found.interval.low, found.interval.high, found.interval.reason) == (None, None, reason)
    assert found.as_json()["interval"]["reason"] == reason


@pytest.mark.parametrize("values", [[], [0.5, 1.1], [-0.1], [math.nan]])
def test_what_is_no_figure_of_a_run_is_refused(values):
    with pytest.raises(ValueError, match="pass the figures of one run or more, from 0 to 1"):
        runs(values)
