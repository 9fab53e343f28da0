"""Tallies: the counts that add. Every figure is arithmetic on sums of them."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from communique.model import NOWHERE

Hits: TypeAlias = int | Fraction
"""Whole for items; parts of one where a measure gives partial credit. Exact, so sums do not depend on their order."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many predicted items hit, how many gold items are hit, and how many there are of each.

    Item measures have as many hits on one side as on the other in a document, but not in each sentence of it: an argument that
    is right but hangs on a trigger of another sentence hits here and is hit there. Coreference measures have two kinds of hit.

    >>> Tally(1, 1, 2, 3) + Tally(1, 1, 1, 1)
    Tally(hits_predicted=2, hits_gold=2, predicted=3, gold=4)
    """

    hits_predicted: Hits = 0
    hits_gold: Hits = 0
    predicted: int = 0
    gold: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.hits_predicted + other.hits_predicted,
            self.hits_gold + other.hits_gold,
            self.predicted + other.predicted,
            self.gold + other.gold,
        )

    @property
    def precision(self) -> float | None:
        """None if nothing was predicted."""
        return float(self.hits_predicted / self.predicted) if self.predicted else None

    @property
    def recall(self) -> float | None:
        """None if there is no gold."""
        return float(self.hits_gold / self.gold) if self.gold else None

    @property
    def f1(self) -> float | None:
        """See `f_measure`."""
        return f_measure(self.precision, self.recall)


def f_measure(p: float | None, r: float | None) -> float | None:
    """2PR/(P+R), bit for bit as seqeval computes it; 0 if P + R = 0 or one of them is undefined; None if both are."""
    if p is None and r is None:
        return None
    if p is None or r is None or p + r == 0:
        return 0.0
    return 2 * p * r / (p + r)


# Most tallies of a sentence and label are alike, and a large corpus has millions.
_tally: Final = lru_cache(maxsize=4096)(Tally)

Key: TypeAlias = tuple[int | None, str]
"""A sentence's index in its document (None if the document has no sentences), and a label."""

Tallies: TypeAlias = Mapping[Key, Tally]


class Item(NamedTuple):
    """One thing to find: the sentence it belongs to, the label it is counted under, and all that must be equal for a hit."""

    sentence: int | None
    label: str
    what: Hashable


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum; nothing sums to the empty tally."""
    hp: Hits = 0
    hg: Hits = 0
    p = g = 0
    for t in tallies:
        hp += t.hits_predicted
        hg += t.hits_gold
        p += t.predicted
        g += t.gold
    return Tally(hp, hg, p, g)


def by_label(tallies: Iterable[tuple[Key, Tally]]) -> dict[str, Tally]:
    """Sums over sentences, labels in alphabetical order."""
    groups: defaultdict[str, list[Tally]] = defaultdict(list)
    for (_, label), tally in tallies:
        groups[label].append(tally)
    return {label: total(groups[label]) for label in sorted(groups)}


def sentence_at(starts: Sequence[int], position: int) -> int | None:
    """The index of the sentence that holds this character; ``starts`` are where the sentences begin.

    Between two sentences it is the one before, ahead of the first it is the first; None if there are no sentences, and of what
    is nowhere in the text.
    """
    return max(0, bisect_right(starts, position) - 1) if starts and position < NOWHERE else None


def match(gold: Iterable[Item], pred: Iterable[Item]) -> dict[Key, Tally]:
    """Match equal items one to one, as multisets: a duplicate is one more item, and a hit only if the gold has it twice too.

    The sentence takes no part in the match. Among equal items those of one sentence pair first, then the earliest left on
    either side, so that the result does not depend on the order of the inputs.
    """
    rows: dict[Key, list[int]] = {}
    missed: list[tuple[Item, int]] = []
    spare: list[tuple[Item, int]] = []
    found = Counter(pred)
    for item, wanted in Counter(gold).items():
        given = found.pop(item, 0)
        hits = wanted if wanted < given else given
        row = rows.setdefault(item[:2], [0, 0, 0, 0])
        row[0] += hits
        row[1] += hits
        row[2] += given
        row[3] += wanted
        if wanted > given:
            missed.append((item, wanted - given))
        elif given > wanted:
            spare.append((item, given - wanted))
    for item, given in found.items():
        rows.setdefault(item[:2], [0, 0, 0, 0])[2] += given
        spare.append((item, given))
    if missed and spare:
        _pair(rows, missed, spare)
    return {key: _tally(*rows[key]) for key in sorted(rows, key=_place)}


def _pair(rows: dict[Key, list[int]], missed: Iterable[tuple[Item, int]], spare: Iterable[tuple[Item, int]]) -> None:
    """Hit gold items with equal predicted ones of other sentences, the earliest first on either side."""
    waiting: defaultdict[tuple[str, Hashable], list[tuple[Item, int]]] = defaultdict(list)
    for item, n in sorted(spare, key=lambda one: _place(one[0]), reverse=True):
        waiting[item.label, item.what].append((item, n))
    for item, left in sorted(missed, key=lambda one: _place(one[0])):
        others = waiting.get((item.label, item.what))
        while left and others:
            other, n = others.pop()
            hits = min(left, n)
            rows[other[:2]][0] += hits
            rows[item[:2]][1] += hits
            left -= hits
            if hits < n:
                others.append((other, n - hits))


def _place(key: Item | Key) -> tuple[int, str]:
    return (-1 if key[0] is None else key[0], key[1])
