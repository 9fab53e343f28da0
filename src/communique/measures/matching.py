"""One-to-one pairs of maximum total weight between two sides.

A greedy pairing depends on the order of its inputs (MantisAI/nervaluate#40); the total of the best one does not. Which of
several best ones it is matters too, where a hit is counted under the sentence or label of its item. So that this does not
depend on which side is the gold one, `matching` turns every connected part of the graph the same way round before it is solved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import lcm
from typing import Any, Final, TypeAlias

from communique.measures.tally import Hits

Edge: TypeAlias = tuple[int, int]
Weights: TypeAlias = Mapping[Edge, Hits]

EXACT: Final = 2**53
"""Up to here a float holds every integer."""

TRIALS: Final = 20_000
"""Up to so many trials a part is solved by hand, which takes some milliseconds; SciPy takes a fifth of a second to import."""


def matching(weights: Weights) -> list[Edge]:
    """Pairs (left, right), in order, of maximum total weight; nothing stands in two, and only an edge can be a pair.

    Equal edges give equal pairs, in whatever order they come. With the sides swapped, the pairs are swapped: a part of the
    graph is always solved from the same side, the one from which its sorted edges come first. (A part that looks the same from
    both sides may give other pairs of the same total; callers for whom that matters pass the sides in one order.) Of equally
    good partners the only neighbour of several takes the one with the lowest index.

    The total is the greatest there is, exactly, in small parts, and in others if the weights times their common denominator are
    whole numbers that a float holds, as with 1 and ½; beyond, up to the rounding of floats.

    Raises:
        ValueError: if a weight is not above 0.

    >>> matching({(0, 0): 1, (0, 1): 2, (1, 1): 2, (2, 5): 2})
    [(0, 0), (1, 1), (2, 5)]
    """
    for edge, weight in weights.items():
        if weight <= 0:
            raise ValueError(f"the weight of {edge} is {weight}; leave out what cannot be paired")
    found: list[Edge] = []
    for part in parts(weights):
        mirrored = sorted((right, left) for left, right in part)
        if len({left for left, _ in part}) == 1 or len({right for _, right in part}) == 1:
            found.append(max(part, key=lambda edge: weights[edge]))
        elif _seen(part, weights) <= [(a, b, weights[b, a]) for a, b in mirrored]:
            found += _best(part, [weights[edge] for edge in part])
        else:
            found += [(left, right) for right, left in _best(mirrored, [weights[b, a] for a, b in mirrored])]
    return sorted(found)


def parts(edges: Iterable[Edge]) -> Iterator[list[Edge]]:
    """The edges of each connected part of a graph between two sides, sorted. Without recursion: a part may be a long chain."""
    neighbours: defaultdict[tuple[bool, int], list[tuple[bool, int]]] = defaultdict(list)
    for left, right in sorted(edges):
        neighbours[False, left].append((True, right))
        neighbours[True, right].append((False, left))
    done: set[tuple[bool, int]] = set()
    for start in neighbours:
        if start in done:
            continue
        done.add(start)
        waiting, part = [start], []
        while waiting:
            node = waiting.pop()
            for other in neighbours[node]:
                if not node[0]:
                    part.append((node[1], other[1]))
                if other not in done:
                    done.add(other)
                    waiting.append(other)
        yield sorted(part)


def _seen(part: Iterable[Edge], weights: Weights) -> list[tuple[int, int, Hits]]:
    return [(*edge, weights[edge]) for edge in part]


def _best(edges: Sequence[Edge], weights: Sequence[Hits]) -> list[Edge]:
    """The pairs of one connected part, whose edges are sorted."""
    lefts, rights = (sorted({edge[side] for edge in edges}) for side in (0, 1))
    if len(edges) << min(len(lefts), len(rights), 20) > TRIALS:
        return _by_library(edges, weights, lefts, rights)
    if len(rights) <= len(lefts):
        return _by_trial(dict(zip(edges, weights, strict=True)), lefts, rights)
    turned = {(right, left): weight for (left, right), weight in zip(edges, weights, strict=True)}
    return [(left, right) for right, left in _by_trial(turned, rights, lefts)]


def _by_trial(weights: Weights, rows: Sequence[int], columns: Sequence[int]) -> list[Edge]:
    """For each set of columns, the best that the rows so far can make of it. There are fewer columns than rows, or as many."""
    options: dict[int, list[tuple[int, int, Hits]]] = {row: [] for row in rows}
    bit = {column: 1 << n for n, column in enumerate(columns)}
    for (row, column), weight in sorted(weights.items()):
        options[row].append((column, bit[column], weight))
    best: dict[int, tuple[Hits, tuple[Edge, ...]]] = {0: (0, ())}
    for row in rows:
        for taken, (total, pairs) in list(best.items()):
            for column, one, weight in options[row]:
                if not taken & one and best.get(taken | one, (0, ()))[0] < total + weight:
                    best[taken | one] = total + weight, (*pairs, (row, column))
    return list(max(best.values(), key=lambda found: found[0])[1])


def _by_library(
    edges: Sequence[Edge], weights: Sequence[Hits], lefts: Sequence[int], rights: Sequence[int]
) -> list[Edge]:
    import numpy as np
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching, min_weight_full_bipartite_matching

    def narrow(graph: Any) -> Any:
        """SciPy 1.11 makes indices of 64 bits, and matches those of 32."""
        graph.indices, graph.indptr = graph.indices.astype(np.int32), graph.indptr.astype(np.int32)
        return graph

    row, column = ({index: n for n, index in enumerate(side)} for side in (lefts, rights))
    rows, columns = [row[left] for left, _ in edges], [column[right] for _, right in edges]
    if all(weight == weights[0] for weight in weights):
        graph = narrow(csr_array((np.ones(len(edges)), (rows, columns)), shape=(len(lefts), len(rights))))
        partner = maximum_bipartite_matching(graph, perm_type="column").tolist()
        return [(lefts[n], rights[other]) for n, other in enumerate(partner) if other >= 0]
    # Everything on the left is to have a partner, so each gets one of its own that is worth nothing. Costs must not be 0.
    most = max(weights) + 1
    scale = lcm(*{weight.denominator for weight in weights})
    if most * scale * 2 * (len(lefts) + 1) < EXACT:
        costs = np.array([weight.numerator * (scale // weight.denominator) for weight in weights], dtype=float)
    else:
        scale = 1
        costs = np.array([weight.numerator / weight.denominator for weight in weights])
    nobody = float(most * scale)
    costs = np.concatenate([nobody - costs, np.full(len(lefts), nobody)])
    rows += range(len(lefts))
    columns += range(len(rights), len(rights) + len(lefts))
    graph = narrow(csr_array((costs, (rows, columns)), shape=(len(lefts), len(rights) + len(lefts))))
    pairs = zip(*(side.tolist() for side in min_weight_full_bipartite_matching(graph)), strict=True)
    return [(lefts[n], rights[other]) for n, other in pairs if other < len(rights)]
