"""Bootstraps of documents and of sentences: against enumeration and SciPy, their laws, their streams, and what they refuse."""

from __future__ import annotations

import inspect
import itertools
import json
import subprocess
import sys
import tracemalloc
from collections import Counter

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from communique.resample import bootstrap, difference, document_intervals, jackknife, randomisation, sentence_bootstrap
from communique.resample.bootstraps import resampled
from communique.resample.draws import affordable, collapsed, drawn, kept, swapped, together
from communique.resample.sums import distinct, weighted

SEEDED = {"rng" if "rng" in inspect.signature(scipy.stats.bootstrap).parameters else "random_state": 1}
"""A seed, by what SciPy calls it before 1.15 and after."""


def f1(sums):
    return 2 * sums[..., 0] / (sums[..., 1] + sums[..., 2])


def recall(sums):
    return sums[..., 0] / sums[..., 2]


FIGURES = {"f1": f1, "recall": recall}


def corpus(documents, sentences, seed=1):
    """(documents, sentences, 3): hits, predicted, gold; the documents differ in how hard they are."""
    noise = np.random.RandomState(seed)
    gold = noise.poisson(2, size=(documents, sentences))
    hits = noise.binomial(gold, noise.beta(6, 2, size=(documents, 1)))
    return np.stack((hits, hits + noise.poisson(0.5, size=hits.shape), gold), axis=-1).astype(float)


# The draws


def test_the_streams_are_what_they_were():
    """Published intervals depend on them. A change of any of these numbers is a change of scores."""
    assert kept((3, 2, 5), 4, 1).tolist() == [
        [2, 1, 0, 1, 1, 0, 0, 2, 0, 3],
        [1, 2, 0, 2, 0, 1, 4, 0, 0, 0],
        [2, 1, 0, 1, 1, 1, 3, 0, 0, 1],
        [1, 1, 1, 1, 1, 2, 1, 1, 1, 0],
    ]
    assert np.concatenate(list(collapsed(np.array([40, 12, 3, 2, 1]), 3, 1))).tolist() == [
        [41, 10, 2, 4, 1],
        [52, 5, 0, 0, 1],
        [44, 12, 1, 1, 0],
    ]
    assert np.concatenate(list(swapped(np.array([100, 70, 1, 1, 1, 1, 1]), 3, 1))).tolist() == [
        [52, 33, 1, 0, 0, 0, 0],
        [52, 36, 1, 1, 0, 1, 0],
        [53, 33, 0, 1, 1, 1, 1],
    ]


def test_draws_sum_to_the_units_of_each_group():
    weights = kept((3, 0, 300, 1), 500, 1).astype(int)
    assert (weights[:, :3].sum(axis=1) == 3).all()
    assert (weights[:, 3:303].sum(axis=1) == 300).all()
    assert (weights[:, 303] == 1).all()


TIMES = [np.array(times) for times in ([1] * 40, [500, 30], [500, 30, 9, 4, 1, 1], [70, 64, 63, 2, 1])]


@pytest.mark.parametrize("times", TIMES, ids=str)
def test_draws_of_kinds_sum_to_the_units_and_swap_no_more_than_there_are(times):
    assert (np.concatenate(list(collapsed(times, 500, 1))).sum(axis=1) == times.sum()).all()
    rows, each = together(np.arange(len(times), dtype=float)[:, None], times)
    assert each.sum() == times.sum()
    assert Counter(np.repeat(rows[:, 0], each)) == dict(enumerate(times))
    swaps = np.concatenate(list(swapped(each, 500, 1)))
    assert swaps.shape == (500, len(each))
    assert (swaps <= each).all()


@pytest.mark.parametrize("times", TIMES, ids=str)
@pytest.mark.parametrize("tile", [1, 1000, 10**6])
def test_tiles_change_nothing(times, tile):
    def all_of(tiles):
        return np.concatenate(list(tiles)).tolist()

    each = together(times[:, None].astype(float), times)[1]
    assert all_of(collapsed(times, 50, 3, tile=tile)) == all_of(collapsed(times, 50, 3))
    assert all_of(swapped(each, 50, 3, tile=tile)) == all_of(swapped(each, 50, 3))
    units = len(times)
    streams = np.random.RandomState(3), np.random.RandomState(3)
    assert all_of(drawn(streams[0], units, 50, tile=tile)) == all_of(drawn(streams[1], units, 50))


@pytest.mark.parametrize("times", TIMES, ids=str)
def test_draws_of_kinds_have_the_moments_of_the_multinomial(times):
    """Means n p and covariances n (diag p - p pᵀ), within five standard errors (.012 of the variance of a count of mean 1); and
    half of the units swap, with variance n / 4."""
    n, p = times.sum(), times / times.sum()
    draws = np.concatenate(list(collapsed(times, 20_000, 1))).astype(float)
    error = np.sqrt(n * p * (1 - p) / 20_000)
    assert (np.abs(draws.mean(axis=0) - n * p) < 5 * error).all()
    spread, expected = np.cov(draws.T), n * (np.diag(p) - np.outer(p, p))
    deviation = np.sqrt(np.diag(expected))
    assert (np.abs(spread - expected) < 0.06 * np.outer(deviation, deviation)).all()
    each = together(times[:, None].astype(float), times)[1]
    swaps = np.concatenate(list(swapped(each, 20_000, 1))).astype(float)
    assert (np.abs(swaps.mean(axis=0) - each / 2) < 5 * np.sqrt(each / 4 / 20_000)).all()
    assert swaps.sum(axis=1).var() == pytest.approx(n / 4, rel=0.05)


@given(arrays(np.int64, (9, 2), elements=st.integers(0, 2)))
def test_distinct_rows_come_with_how_often_they_occur_the_most_frequent_first(rows):
    kinds, times = distinct(rows.astype(float))
    assert dict(zip(map(tuple, kinds.astype(int).tolist()), times.tolist(), strict=True)) == Counter(map(tuple, rows.tolist()))
    assert times.tolist() == sorted(times, reverse=True)


def test_sums_in_pieces_are_the_product():
    noise = np.random.RandomState(1)
    weights, counts = noise.randint(9, size=(1001, 3000)).astype(np.uint8), noise.randint(9, size=(3000, 4)).astype(float)
    assert np.array_equal(weighted(weights, counts), weights.astype(np.int64) @ counts.astype(np.int64))


# The bootstrap of documents


def test_resamples_are_as_frequent_as_enumeration_says():
    """Three documents, one with a hit: of 27 draws 8, 12, 6, 1 have 0, 1, 2, 3 hits. As 26/27 < .975, the high end is 1."""
    counts = np.array([[1.0, 1, 1], [0, 1, 1], [0, 1, 1]])
    hits = Counter(resampled(counts, 10_000, 1)[:, 0])
    for number, of_27 in enumerate([8, 12, 6, 1]):
        assert hits[number] / 10_000 == pytest.approx(of_27 / 27, abs=0.015)
    found = bootstrap(counts, FIGURES, least=3)["f1"]
    assert (found.low, found.high, found.unit, found.level) == (0, 1, "document", 0.95)
    assert found.method == "document bootstrap, percentile, 10,000 resamples"


def test_it_agrees_with_enumeration_of_all_draws():
    counts = corpus(5, 10).sum(axis=1)
    every = np.array([counts[list(draw)].sum(axis=0) for draw in itertools.product(range(5), repeat=5)])
    found = bootstrap(counts, FIGURES, least=5)
    for name, figure in FIGURES.items():
        assert (found[name].low, found[name].high) == pytest.approx(np.quantile(figure(every), [0.025, 0.975]), abs=0.004)


@pytest.mark.parametrize("documents", [50, 400])
def test_it_agrees_with_scipy(documents):
    counts = corpus(documents, 10).sum(axis=1)

    def statistic(index, axis):
        assert axis == -1
        return f1(counts[index.astype(int)].sum(axis=-2))

    oracle = scipy.stats.bootstrap(
        (np.arange(documents),), statistic, method="percentile", n_resamples=9999, vectorized=True, **SEEDED
    )
    found = bootstrap(counts, {"f1": f1})["f1"]
    expected = oracle.confidence_interval
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.15 * oracle.standard_error)


def test_drawing_equal_documents_together_gives_the_same_interval():
    """From 20,001 documents on equal ones are drawn together; here both ways are taken for the same documents."""
    counts = corpus(2000, 1).sum(axis=1)
    rows, times = distinct(counts)
    assert len(rows) < 200
    collapsed_sums = np.concatenate([weighted(tile, rows) for tile in collapsed(times, 10_000, 1)])
    assert (collapsed_sums[:, 2].mean(), collapsed_sums[:, 2].std()) == pytest.approx(
        (resampled(counts, 10_000, 1)[:, 2].mean(), resampled(counts, 10_000, 1)[:, 2].std()), rel=0.02
    )
    ends = [np.quantile(f1(sums), [0.025, 0.975]) for sums in (collapsed_sums, resampled(counts, 10_000, 1))]
    assert ends[0] == pytest.approx(ends[1], abs=0.1 * np.ptp(ends[1]))


@pytest.mark.parametrize("documents", [60, 20_100])
def test_the_order_of_documents_is_irrelevant(documents):
    counts = corpus(documents, 2).sum(axis=1)
    other = counts[np.random.RandomState(2).permutation(documents)]
    assert bootstrap(counts, FIGURES) == bootstrap(other, FIGURES)


def test_a_figure_has_the_same_interval_alone_and_beside_others():
    counts = corpus(60, 5)
    documents, sentences = counts.sum(axis=1), counts.reshape(-1, 3)
    alone = bootstrap(documents, {"f1": f1})["f1"], sentence_bootstrap(sentences, [5] * 60, {"f1": f1})["f1"]
    assert alone == (bootstrap(documents, FIGURES)["f1"], sentence_bootstrap(sentences, [5] * 60, FIGURES)["f1"])


def test_another_seed_gives_another_interval_that_is_nearly_the_same():
    counts = corpus(60, 5).sum(axis=1)
    one, other = (bootstrap(counts, {"f1": f1}, seed=seed)["f1"] for seed in (1, 2))
    assert one != other
    assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=0.05 * (one.high - one.low))


def test_many_documents_are_drawn_less_often_and_the_method_says_so():
    methods = {n: bootstrap(corpus(n, 2).sum(axis=1), {"f1": f1})["f1"].method for n in (2000, 4000, 20_000)}
    assert [method.split(", ")[-1] for method in methods.values()] == ["10,000 resamples", "5,000 resamples", "1,000 resamples"]


@pytest.mark.parametrize(("wanted", "units", "resamples"), [(10_000, 10**9, 1000), (500, 10**9, 500), (10_000, 1, 10_000)])
def test_not_fewer_than_a_thousand_are_drawn_unless_fewer_are_wanted(wanted, units, resamples):
    assert affordable(wanted, units) == resamples


def test_a_million_documents_take_little_memory_and_give_the_interval_of_the_normal_distribution():
    """Besides the counts themselves, 24 MB, and their sorted copy."""
    noise = np.random.RandomState(1)
    counts = np.stack([noise.binomial(9, 0.8, 10**6), np.full(10**6, 9), np.full(10**6, 9)], axis=-1).astype(float)
    tracemalloc.start()
    found = bootstrap(counts, {"f1": f1})["f1"]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100e6
    middle, reach = f1(counts.sum(axis=0)), 1.96 * np.sqrt(0.8 * 0.2 / 9e6)
    assert (found.low, found.high) == pytest.approx((middle - reach, middle + reach), abs=reach / 8)


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        (np.ones((49, 3)), "the document bootstrap is for 50 documents or more, and there are 49"),
        (np.ones((50, 3)), "the figure is 1"),
        (np.tile([0.0, 1, 1], (50, 1)), "the figure is 0"),
        (np.zeros((50, 3)), "the figure is undefined"),
        (np.concatenate((np.zeros((49, 3)), [[1.0, 2, 1]])), "the figure is undefined in 3,690 of 10,000 resamples"),
    ],
)
def test_a_bootstrap_that_cannot_be_had_is_null_with_its_reason(counts, reason):
    """One document of fifty is in no resample with a chance of (49/50)^50 = .364."""
    found = bootstrap(counts, {"f1": f1})["f1"]
    assert (found.low, found.high, found.reason) == (None, None, reason)


def test_counts_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"counts have shape \(50, 1, 3\); pass \(units, k\)"):
        bootstrap(np.ones((50, 1, 3)), FIGURES)
    with pytest.raises(ValueError, match="the documents have 5 sentences, but counts have 4 rows"):
        sentence_bootstrap(np.ones((4, 3)), [2, 3], FIGURES)


# The bootstrap of sentences


def test_sentences_are_drawn_within_their_document():
    """Two sentences of which one has a hit, and another document of one: 1, 2, 3 hits of 3 with chances 1/4, 1/2, 1/4."""
    found = sentence_bootstrap(np.array([[1.0, 1, 1], [0, 1, 1], [1, 1, 1]]), [2, 1], FIGURES)["f1"]
    assert (found.low, found.high) == (1 / 3, 1)
    assert (found.unit, found.method) == ("sentence", "sentence bootstrap within documents, percentile, 10,000 resamples")


def test_it_agrees_with_a_bootstrap_of_each_document_by_scipy():
    counts, sizes = corpus(3, 20).reshape(-1, 3), [30, 10, 20]
    parts = np.split(counts, np.cumsum(sizes)[:-1])

    def statistic(*indices, axis):
        assert axis == -1
        return f1(sum(part[index.astype(int)].sum(axis=-2) for part, index in zip(parts, indices, strict=True)))

    oracle = scipy.stats.bootstrap(
        [np.arange(size) for size in sizes], statistic, method="percentile", vectorized=True, **SEEDED
    )
    found = sentence_bootstrap(counts, sizes, {"f1": f1})["f1"]
    expected = oracle.confidence_interval
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.15 * oracle.standard_error)


def test_differences_between_documents_do_not_widen_the_interval_for_these_documents():
    """Each document's sentences are alike, so drawing them again changes nothing."""
    counts = np.repeat([[1.0, 2, 2], [2, 2, 2], [0, 2, 2]], 10, axis=0)
    found = sentence_bootstrap(counts, [10, 10, 10], {"f1": f1})["f1"]
    reason = "the figure is the same in every resample: there is nothing to estimate from"
    assert (found.low, found.high, found.reason) == (None, None, reason)
    of_one = sentence_bootstrap(counts, [30], {"f1": f1})["f1"]
    assert of_one.low < 0.5 < of_one.high


def test_documents_of_the_same_figure_leave_nothing_to_estimate_from():
    counts = np.repeat([[1.0, 2, 2], [2, 4, 4]], 30, axis=0)
    found = bootstrap(counts, {"f1": f1})["f1"]
    reason = "the figure is the same in every resample: there is nothing to estimate from"
    assert (found.low, found.high, found.reason) == (None, None, reason)


# What is refused


@pytest.mark.parametrize("wanted", [0, -1])
def test_no_resamples_are_no_estimate(wanted):
    counts = corpus(60, 5)
    message = f"{wanted} resamples or samples tell nothing; ask for 1 or more"
    with pytest.raises(ValueError, match=message):
        bootstrap(counts.sum(axis=1), FIGURES, resamples=wanted)
    with pytest.raises(ValueError, match=message):
        sentence_bootstrap(counts.reshape(-1, 3), [5] * 60, FIGURES, resamples=wanted)


@pytest.mark.parametrize("level", [0, 1, -0.5, 95])
def test_a_level_is_a_probability(level):
    counts = corpus(60, 5)
    for of in (counts, counts[:5]):
        with pytest.raises(ValueError, match=f"0 < level < 1.*{level}"):
            document_intervals(of.sum(axis=1), FIGURES, level=level)
    with pytest.raises(ValueError, match=f"0 < level < 1, such as .95, not {level}"):
        sentence_bootstrap(counts.reshape(-1, 3), [5] * 60, FIGURES, level=level)


@pytest.mark.parametrize(
    ("counts", "sizes", "reason"),
    [
        (np.ones((2, 3)), [2], "an interval needs three sentences, and there are 2"),
        (np.ones((1, 3)), [0, 1], "an interval needs three sentences, and there is 1"),
        (np.ones((0, 3)), [], "an interval needs three sentences, and there are 0"),
        (corpus(4, 1)[:, 0], [1, 1, 1, 1], "no document has two sentences to draw from"),
        (np.ones((4, 3)), [2, 2], "the figure is 1"),
        (np.ones((20_001, 3)), [20_001], "the sentence bootstrap is for up to 20,000 sentences, and there are 20,001"),
    ],
)
def test_a_sentence_bootstrap_that_cannot_be_had_is_null_with_its_reason(counts, sizes, reason):
    found = sentence_bootstrap(counts, sizes, {"f1": f1})["f1"]
    assert (found.low, found.high, found.reason) == (None, None, reason)


# Which of them for documents


def test_few_documents_get_the_jackknife_of_their_parts():
    counts = corpus(6, 5).sum(axis=1)
    found = document_intervals(counts, FIGURES)
    for name, figure in FIGURES.items():
        parts = {str(n): row for n, row in enumerate(counts)}
        assert found[name] == jackknife(parts, lambda row, figure=figure: float(figure(row)))


def test_fifty_documents_get_the_bootstrap():
    counts = corpus(50, 5).sum(axis=1)
    assert document_intervals(counts, FIGURES) == bootstrap(counts, FIGURES)


def test_a_reason_names_the_document():
    counts = np.array([[1.0, 2, 2], [0, 1, 1], [0, 3, 3]])
    assert document_intervals(counts, {"f1": f1})["f1"].reason == "without document 1 the figure is 0"
    assert document_intervals(counts, {"f1": f1}, names="abc")["f1"].reason == "without a the figure is 0"
    with pytest.raises(ValueError, match="3 documents have 2 different names"):
        document_intervals(counts, FIGURES, names="aba")


@pytest.mark.parametrize("documents", range(3))
def test_fewer_than_three_documents_give_no_interval(documents):
    reason = f"an interval needs three documents, and there {'is' if documents == 1 else 'are'} {documents}"
    assert document_intervals(np.ones((documents, 3)), {"f1": f1})["f1"].reason == reason


small = arrays(np.int64, st.tuples(st.integers(0, 6), st.just(2), st.just(3)), elements=st.integers(0, 2))


@given(small)
def test_no_nan_comes_out(counts):
    counts = counts.astype(float)
    a, b = counts[:, :1], counts[:, 1:]
    intervals = [*document_intervals(a[:, 0], FIGURES).values(), *bootstrap(a[:, 0], FIGURES, least=1, resamples=50).values()]
    intervals += sentence_bootstrap(a[:, 0], [len(a)], FIGURES, resamples=50).values()
    for found in (*intervals, difference(a, b, f1), randomisation(a, b, f1)):
        written = json.loads(json.dumps(found.as_json(), allow_nan=False))
        values = [written.get("low"), written.get("high")] if "low" in written else [written["p"]]
        assert all(value is None for value in values) == (written["reason"] is not None)


def test_numpy_is_imported_when_it_is_used_and_scipy_never():
    code = """
import sys, communique.resample as resample
print(sorted({"numpy", "scipy"} & set(sys.modules)))
import numpy
ones = numpy.random.RandomState(1).randint(1, 4, size=(60, 1, 2)).astype(float)
figure = lambda c: c[..., 0] / (c[..., 0] + c[..., 1])
resample.document_intervals(ones[:5, 0], {"f": figure}), resample.document_intervals(ones[:, 0], {"f": figure})
resample.sentence_bootstrap(ones[:, 0], [60], {"f": figure}), resample.difference(ones[:30], ones[30:], figure)
resample.randomisation(ones[:30], ones[30:], figure), resample.runs([.1, .2, .3])
print(sorted({"numpy", "scipy"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "['numpy']"]


def test_a_name_that_is_not_there_is_an_attribute_error():
    import communique.resample

    with pytest.raises(AttributeError, match="no attribute 'jacknife'"):
        _ = communique.resample.jacknife
