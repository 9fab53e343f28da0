"""Which of its places each quote means, if quotes were written in text order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from communique.align.folding import Place

_GRAIN: Final = 4  # a quote's weight is counted in quarters, so that the cost below stays under one
_SAME_START: Final = 1
_SAME_NAME: Final = 1
_START_AGAIN: Final = 60 * _GRAIN

_Chain = tuple[int, int, Place]  # weight, name of its last quote, that quote's number with that of its place


@dataclass(frozen=True, slots=True)
class Reading:
    """The best reading of a list of quotes.

    ``picks`` has the number of the chosen place of each quote, None for one that the reading leaves out. ``told``: every
    reading as good as this one puts the quote there. ``breaks`` is how often the list goes back in the text.
    """

    picks: tuple[int | None, ...]
    told: tuple[bool, ...]
    breaks: int


def in_order(places: Sequence[Sequence[Place]], names: Sequence[int], lengths: Sequence[int]) -> Reading:
    """The heaviest chain of places whose starts never fall, with one place of each quote at most.

    A quote of 20 characters or more weighs nearly twice as much as a short one. Equal starts are allowed (nested spans), not
    for two quotes of one name that follow each other: a quote that is repeated means the next place. The chain may go back in
    the text and begin anew, at the cost of two quotes or three: lists are often written type by type, or entity by entity.
    Time is n log n in the number of places.

    Args:
        places: of each quote, in the order in which the quotes were written.
        names: equal for quotes that are the same.
        lengths: of each quote, in characters.
    """
    weights = [[(min(length, 20) + 20) * _GRAIN] * len(of_one) for of_one, length in zip(places, lengths, strict=True)]
    before, parents = _chains([[start for start, _ in of_one] for of_one in places], weights, names)
    reverse = [[-start for start, _ in of_one] for of_one in reversed(places)]
    after = _chains(reverse, weights[::-1], names[::-1])[0][::-1]
    heaviest, last = max(((w, -q, -n) for q, row in enumerate(before) for n, w in enumerate(row)), default=(0, 0, 0)), None
    if heaviest[0]:
        last = (-heaviest[1], -heaviest[2])
    told = tuple(
        sum(b + a - w == heaviest[0] for b, a, w in zip(*rows, strict=True)) == 1
        for rows in zip(before, after, weights, strict=True)
    )
    picks: list[int | None] = [None] * len(places)
    breaks, behind = 0, None
    while last is not None:
        quote, number = last
        picks[quote] = number
        start = places[quote][number][0]
        breaks += behind is not None and start > behind
        behind = start
        last = parents[quote][number]
    return Reading(tuple(picks), told, breaks)


def _chains(
    starts: Sequence[Sequence[int]], weights: Sequence[Sequence[int]], names: Sequence[int]
) -> tuple[list[list[int]], list[list[Place | None]]]:
    """The weight of the heaviest chain that ends at each place, and the place before it there (number of quote, of place)."""
    stairs: list[int] = []  # starts, rising, each with a heavier chain than all before it
    heavy: list[_Chain] = []
    here: dict[int, list[_Chain]] = {}  # start: heaviest chain, and the heaviest of another name
    tops: list[_Chain] = []  # the same for all starts
    best, parents = [], []
    for quote, of_one in enumerate(starts):
        name = names[quote]
        row: list[int] = []
        parent: list[Place | None] = []
        for start, weight in zip(of_one, weights[quote], strict=True):
            base: tuple[int, Place | None] = (0, None)
            if step := bisect_left(stairs, start):
                base = heavy[step - 1][0], heavy[step - 1][2]
            for chain, other, at in here.get(start, ()):
                if other != name and chain - _SAME_START > base[0]:
                    base = chain - _SAME_START, at
            for chain, other, at in tops:
                cost = _START_AGAIN + _SAME_NAME * (other == name)
                if chain - cost > base[0]:
                    base = chain - cost, at
            row.append(base[0] + weight)
            parent.append(base[1])
        best.append(row)
        parents.append(parent)
        for number, (start, weight) in enumerate(zip(of_one, row, strict=True)):
            new = (weight, name, (quote, number))
            tops = _two(tops, new)
            here[start] = _two(here.get(start, []), new)
            step = until = bisect_left(stairs, start)
            if step and heavy[step - 1][0] >= weight:
                continue
            if step < len(stairs) and stairs[step] == start and heavy[step][0] >= weight:
                continue
            while until < len(stairs) and heavy[until][0] <= weight:
                until += 1
            stairs[step:until] = [start]
            heavy[step:until] = [new]
    return best, parents


def _two(chains: list[_Chain], new: _Chain) -> list[_Chain]:
    """The heaviest chain and the heaviest of another name, the earlier of two that are equal."""
    if not chains:
        return [new]
    first, *others = chains
    if new[0] > first[0]:
        return [new, first] if new[1] != first[1] else [new, *others]
    if new[1] != first[1] and (not others or new[0] > others[0][0]):
        return [first, new]
    return chains
