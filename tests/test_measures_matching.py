"""The best one-to-one pairs, against all there are."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import permutations
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique.measures import matching as module
from communique.measures.matching import Edge, matching
from communique.measures.tally import Hits

HALF = Fraction(1, 2)
WEIGHTS = (st.just(1), st.sampled_from([HALF, 1]), st.fractions(Fraction(1, 90), 2, max_denominator=90))
edges = st.tuples(st.integers(0, 4), st.integers(0, 4))
graphs = st.one_of(st.dictionaries(edges, weight, max_size=14) for weight in WEIGHTS)


def total(weights: Mapping[Edge, Hits], pairs: Sequence[Edge]) -> Hits:
    return sum((weights[edge] for edge in pairs), start=Fraction(0))


def best(weights: Mapping[Edge, Hits]) -> Hits:
    """By trying everything: each of five on the left with each of five on the right."""
    return max(
        sum((weights.get(edge, 0) for edge in enumerate(order)), start=Fraction(0)) for order in permutations(range(5))
    )


def transposed(weights: Mapping[Edge, Hits]) -> dict[Edge, Hits]:
    return {(right, left): weight for (left, right), weight in weights.items()}


@given(graphs)
def test_the_library_finds_no_more_than_trial(weights: dict[Edge, Hits]) -> None:
    by_trial = matching(weights)
    with patch.object(module, "TRIALS", 0):
        by_library = matching(weights)
    assert total(weights, by_library) == total(weights, by_trial) == best(weights)


@given(graphs)
def test_the_pairs_are_one_to_one_and_no_others_weigh_more(weights: dict[Edge, Hits]) -> None:
    pairs = matching(weights)
    assert set(pairs) <= weights.keys()
    for side in (0, 1):
        assert len({edge[side] for edge in pairs}) == len(pairs)
    assert total(weights, pairs) == best(weights)


@given(graphs, st.randoms())
def test_the_pairs_do_not_depend_on_the_order_of_the_edges(weights: dict[Edge, Hits], random: object) -> None:
    shuffled = list(weights.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert matching(dict(shuffled)) == matching(weights)


@given(graphs)
def test_swapped_sides_give_swapped_pairs(weights: dict[Edge, Hits]) -> None:
    """Indices of two sides that have none in common, so that no part looks the same from both."""
    apart = {(left, right + 5): weight for (left, right), weight in weights.items()}
    assert sorted((left, right) for right, left in matching(transposed(apart))) == matching(apart)


spans = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 4)).map(lambda s: (s[0], s[0] + s[1])), max_size=7)


def test_the_only_neighbour_of_several_takes_the_first_of_the_best() -> None:
    assert matching({(7, 3): 1, (7, 1): HALF, (7, 2): 1}) == [(7, 2)]
    assert matching({(3, 7): 1, (1, 7): HALF, (2, 7): 1}) == [(2, 7)]


def test_nothing_gives_nothing() -> None:
    assert matching({}) == []


@pytest.mark.parametrize("weight", [0, Fraction(-1, 2)])
def test_a_weight_that_is_not_above_0_is_refused(weight: Hits) -> None:
    with pytest.raises(ValueError, match=r"weight of \(1, 2\)"):
        matching({(1, 2): weight})


def test_a_gain_in_the_sixth_digit_is_taken() -> None:
    little = Fraction(1, 29 * 30 * 31 * 32)
    a, b, c = Fraction(1, 30), Fraction(1, 31), Fraction(1, 29)
    weights = {(0, 0): a, (1, 1): b, (0, 1): c, (1, 0): a + b - c - little}
    assert matching(weights) == [(0, 0), (1, 1)]
    assert matching({**weights, (1, 0): a + b - c + little}) == [(0, 1), (1, 0)]


@pytest.mark.parametrize("odd", [1, HALF], ids=["equal", "unequal"])
def test_a_chain_of_thousands_is_no_recursion(odd: Hits) -> None:
    n = 5_000
    chain: dict[Edge, Hits] = {(i, i): 1 for i in range(n)} | {(i + 1, i): odd for i in range(n)}
    assert total(chain, matching(chain)) == n


def test_what_needs_no_library_imports_none() -> None:
    code = "import sys; from communique.measures.matching import matching as m; m({(0, 0): 1, (1, 1): 1, (1, 0): 2, (2, 1): 1})"
    code += "; print([x for x in ('numpy', 'scipy') if x in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
