"""Which gold item each wrong prediction was meant for: one to one, the nearest kinds first, as many pairs as possible."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import TypeAlias

from communique.errors.items import Stated
from communique.errors.kinds import Judge, Near
from communique.measures.matching import EXACT, Edge, matching, parts

Nearness: TypeAlias = tuple[int, int, int]
"""The rank of the kind (0 is the nearest), whether the sentence is the same, and how many characters are shared."""


def pair(
    gold: Sequence[Stated], pred: Sequence[Stated], judge: Judge, kinds: Sequence[str]
) -> list[tuple[Stated, Stated, str]]:
    """Pair items that differ.

    There are as many pairs of the first kind as there can be; of such pairings, as many of the second kind as there can be; and
    so on: successive maximum matchings, each chosen in favour of those that follow. (Were one chosen at will, that would
    decide how many pairs the next finds.) Then as many pairs as possible are of one sentence, and then they share as many
    characters as possible. So the numbers of pairs are facts of the two sides. Which pairs they are does not depend on the
    order of the items, and is the same the other way round.
    """
    nodes = sorted([*gold, *pred], key=_order)
    index = {id(item): n for n, item in enumerate(nodes)}
    near: dict[Edge, Near] = {}
    for g, p in _candidates(gold, pred):
        edge = index[id(g)], index[id(p)]
        if edge not in near and (found := judge(g, p)):
            near[edge] = found
    rank = {kind: n for n, kind in enumerate(kinds)}
    nearness = {
        (g, p): (rank[found.kind], int(nodes[g].sentence == nodes[p].sentence), found.shared) for (g, p), found in near.items()
    }
    chosen = [edge for part in parts(nearness) for edge in matching(_weights({edge: nearness[edge] for edge in part}))]
    return [(nodes[g], nodes[p], near[g, p].kind) for g, p in sorted(chosen)]


def _order(item: Stated) -> tuple[object, ...]:
    return item[:4]


def _candidates(gold: Sequence[Stated], pred: Sequence[Stated]) -> Iterator[tuple[Stated, Stated]]:
    """All pairs that can be of some kind, some of them twice: those where the gold's last place overlaps any predicted one.

    In every kind the fillers of arguments overlap, and the tail of a relation overlaps either end of the other.
    """
    places = sorted((*where, n) for n, p in enumerate(pred) for where in p.places)
    reach = list(accumulate((end for _, end, _ in places), max))
    for g in gold:
        start, end = g.places[-1]
        # The first that can overlap is the first up to which some place ends later than this one starts.
        for n in range(bisect_left(reach, start + 1), len(places)):
            if places[n][0] >= end:
                break
            if places[n][1] > start:
                yield g, pred[places[n][2]]


def _weights(part: Mapping[Edge, Nearness]) -> dict[Edge, int]:
    """Weights of which the total is greatest for the pairing that `pair` describes.

    They are digits of one number, of which none can overflow, as there are only so many pairs. Where the number is more than
    `matching` takes exactly, sentences and characters are left out of it.
    """
    sides = [len({edge[n] for edge in part}) for n in (0, 1)]
    pairs = min(sides)
    kinds = sorted({rank for rank, _, _ in part.values()}, reverse=True)
    worth = {rank: (pairs + 1) ** n for n, rank in enumerate(kinds)}
    sentence = pairs * max(shared for _, _, shared in part.values()) + 1
    kind = pairs * 2 * sentence
    if 2 * (max(sides) + 1) * (max(worth.values()) + 1) * kind >= EXACT:
        return {edge: worth[rank] for edge, (rank, _, _) in part.items()}
    return {edge: worth[rank] * kind + same * sentence + shared for edge, (rank, same, shared) in part.items()}
