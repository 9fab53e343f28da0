"""MUC, B³, CEAFe and LEA against their definitions, counted the slow way."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique.measures.coref import METRICS, Clusters, b_cubed, ceafe, lea, muc
from communique.measures.tally import Tally, total

every_metric = pytest.mark.parametrize("metric", METRICS)


@st.composite
def partitions(draw: st.DrawFn) -> Clusters:
    """Some of nine mentions in up to five clusters."""
    mentions = draw(st.lists(st.integers(0, 8), unique=True))
    places = draw(st.lists(st.integers(0, 4), min_size=len(mentions), max_size=len(mentions)))
    groups: dict[int, set[int]] = {}
    for mention, place in zip(mentions, places, strict=True):
        groups.setdefault(place, set()).add(mention)
    return [frozenset(group) for group in groups.values()]


def resolved_muc(own: Clusters, other: Clusters) -> Fraction:
    """Vilain et al. 1995: |k| less the number of parts into which the other side breaks it."""
    hits = 0
    for k in own:
        parts = [k & r for r in other if k & r]
        hits += len(k) - len(parts) - len(k.difference(*parts))
    return Fraction(hits)


def resolved_b_cubed(own: Clusters, other: Clusters) -> Fraction:
    """Bagga and Baldwin 1998: of every mention, the share of its cluster that is with it on the other side too."""
    hits = Fraction(0)
    for k in own:
        for mention in k:
            hits += sum((Fraction(len(k & r), len(k)) for r in other if mention in r), start=Fraction(0))
    return hits


def resolved_ceafe(own: Clusters, other: Clusters) -> Fraction:
    """Luo 2005, φ4: every alignment tried."""
    few, many = sorted((list(own), list(other)), key=len)
    return max(
        sum((Fraction(2 * len(k & r), len(k) + len(r)) for k, r in zip(few, order, strict=False)), start=Fraction(0))
        for order in permutations(many)
    )


def resolved_lea(own: Clusters, other: Clusters) -> Fraction:
    """Moosavi and Strube 2016: the links listed, that of a singleton being to itself."""

    def links(cluster: Iterable[object]) -> set[frozenset[object]]:
        mentions = list(cluster)
        return {frozenset(two) for two in combinations(mentions, 2)} or {frozenset(mentions)}

    given = {link for r in other for link in links(r)}
    return sum((Fraction(len(k) * len(links(k) & given), len(links(k))) for k in own), start=Fraction(0))


RESOLVED = {"MUC": resolved_muc, "B3": resolved_b_cubed, "CEAFe": resolved_ceafe, "LEA": resolved_lea}
COUNT = {
    "MUC": lambda side: sum(len(k) - 1 for k in side),
    "B3": lambda side: sum(map(len, side)),
    "CEAFe": len,
    "LEA": lambda side: sum(map(len, side)),
}


@every_metric
@given(gold=partitions(), pred=partitions())
def test_a_metric_is_what_its_paper_defines(metric: str, gold: Clusters, pred: Clusters) -> None:
    resolved, count = RESOLVED[metric], COUNT[metric]
    assert METRICS[metric](gold, pred) == Tally(resolved(pred, gold), resolved(gold, pred), count(pred), count(gold))


@every_metric
@given(gold=partitions(), pred=partitions(), random=st.randoms())
def test_neither_the_order_of_clusters_nor_the_side_matters(
    metric: str, gold: Clusters, pred: Clusters, random: object
) -> None:
    one, other = list(gold), list(pred)
    for side in (one, other):
        random.shuffle(side)  # type: ignore[attr-defined]
    there, back = METRICS[metric](gold, pred), METRICS[metric](other, one)
    assert (back.hits_gold, back.hits_predicted, back.gold, back.predicted) == (
        there.hits_predicted,
        there.hits_gold,
        there.predicted,
        there.gold,
    )


@every_metric
@given(side=partitions())
def test_gold_against_itself_is_1_where_there_is_anything_to_count(metric: str, side: Clusters) -> None:
    tally = METRICS[metric](side, side)
    assert tally.f1 == (1.0 if COUNT[metric](side) else None)


def test_of_singletons_alone_muc_is_undefined_and_the_others_are_not() -> None:
    """The reference scorer and coval give MUC 0 to a perfect answer."""
    alone = [frozenset({mention}) for mention in "abc"]
    tally = muc(alone, alone)
    assert (tally.precision, tally.recall, tally.f1) == (None, None, None)
    assert b_cubed(alone, alone).f1 == ceafe(alone, alone).f1 == lea(alone, alone).f1 == 1.0


def test_a_document_of_singletons_does_not_dilute_the_muc_of_a_corpus() -> None:
    alone, pair = [frozenset("a"), frozenset("b")], [frozenset("ab")]
    assert total([muc(alone, alone), muc(pair, pair)]) == muc(pair, pair)


@every_metric
def test_a_side_without_clusters_scores_0_and_two_such_are_undefined(metric: str) -> None:
    pair = [frozenset("ab")]
    assert (METRICS[metric](pair, []).f1, METRICS[metric]([], pair).f1, METRICS[metric]([], []).f1) == (0.0, 0.0, None)


@every_metric
def test_a_cluster_without_mentions_is_refused(metric: str) -> None:
    with pytest.raises(ValueError, match="no mentions"):
        METRICS[metric]([frozenset("ab")], [frozenset("ab"), frozenset()])


@every_metric
def test_thousands_of_clusters_that_hang_together_are_no_recursion_and_exact(metric: str) -> None:
    """A chain in which each predicted cluster takes one mention from the next gold cluster."""
    n = 3_000
    gold = [frozenset({2 * i, 2 * i + 1}) for i in range(n)]
    pred = [frozenset({0}), *(frozenset({2 * i - 1, 2 * i}) for i in range(1, n)), frozenset({2 * n - 1})]
    expected = {"MUC": 0, "B3": n, "CEAFe": 2 * Fraction(2, 3) + Fraction(n - 2, 2), "LEA": 0}
    assert METRICS[metric](gold, pred).hits_gold == expected[metric]
