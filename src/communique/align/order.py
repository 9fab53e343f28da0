"""Which of its places each quote means, if quotes were written in text order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_GRAIN: Final = 4  # a quote's weight is counted in quarters, so that the cost below stays under one
_SAME_START: Final = 1
_START_AGAIN: Final = 60 * _GRAIN

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reading:
    """The best reading of a list of quotes.

    ``picks`` has the number of the chosen place of each quote, None for one that the reading leaves out. ``told``: every
    reading as good as this one puts the quote there. ``breaks`` is how often the list goes back in the text.
    """

    picks: tuple[int | None, ...]
    told: tuple[bool, ...]
    breaks: int


def in_order(places: Sequence[Sequence[Place]], names: Sequence[int]) -> Reading:
    """The heaviest chain of places whose starts never fall, with one place of each quote at most.

    A long quote weighs more than a short one, up to 40 characters. Equal starts are allowed (nested spans), but not for two
    quotes of one name that follow each other: a quote that is repeated means the next place. The chain may go back in the text
    and begin anew, at the cost of a quote and a half: lists are often written type by type, or entity by entity.
    Time is n log n in the number of places.

    Args:
        places: of each quote, in the order in which the quotes were written.
        names: equal for quotes that are the same.
    """
    weights = [[(min(end - start, 40) + 5) * _GRAIN for start, end in of_one] for of_one in places]
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
    heavy: list[tuple[int, Place]] = []
    here: dict[int, list[tuple[int, int, Place]]] = {}  # start: heaviest chains, the second of another name than the first
    top: tuple[int, Place] | None = None
    best, parents = [], []
    for quote, of_one in enumerate(starts):
        row: list[int] = []
        parent: list[Place | None] = []
        for start, weight in zip(of_one, weights[quote], strict=True):
            base: tuple[int, Place | None] = (0, None)
            if step := bisect_left(stairs, start):
                base = heavy[step - 1]
            for chain, name, at in here.get(start, ()):
                if name != names[quote]:
                    if chain - _SAME_START > base[0]:
                        base = (chain - _SAME_START, at)
                    break
            if top and top[0] - _START_AGAIN > base[0]:
                base = (top[0] - _START_AGAIN, top[1])
            row.append(base[0] + weight)
            parent.append(base[1])
        best.append(row)
        parents.append(parent)
        for number, (start, chain) in enumerate(zip(of_one, row, strict=True)):
            at = (quote, number)
            if top is None or chain > top[0]:
                top = (chain, at)
            two = sorted([*here.get(start, ()), (chain, names[quote], at)], key=lambda entry: -entry[0])
            here[start] = [two[0], *[entry for entry in two[1:] if entry[1] != two[0][1]][:1]]
            step = bisect_left(stairs, start)
            if step < len(stairs) and stairs[step] == start:
                if heavy[step][0] >= chain:
                    continue
            elif step and heavy[step - 1][0] >= chain:
                continue
            until = step
            while until < len(stairs) and heavy[until][0] <= chain:
                until += 1
            stairs[step:until] = [start]
            heavy[step:until] = [(chain, at)]
    return best, parents
