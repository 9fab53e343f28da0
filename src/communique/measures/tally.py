"""Tallies: the counts that add. Every figure is arithmetic on sums of them."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from communique.model import Document, Span


@dataclass(frozen=True, slots=True)
class Tally:
    """How many predicted items hit, how many gold items are hit, and how many there are of each.

    Item measures have as many hits on one side as on the other in a document, but not in each sentence of it: an argument that
    is right but hangs on a trigger of another sentence hits here and is hit there.

    >>> Tally(1, 1, 2, 3) + Tally(1, 1, 1, 1)
    Tally(hits_predicted=2, hits_gold=2, predicted=3, gold=4)
    """

    hits_predicted: int = 0
    hits_gold: int = 0
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
        return self.hits_predicted / self.predicted if self.predicted else None

    @property
    def recall(self) -> float | None:
        """None if there is no gold."""
        return self.hits_gold / self.gold if self.gold else None

    @property
    def f1(self) -> float | None:
        """2PR/(P+R), bit for bit as seqeval computes it; 0 if P + R = 0 or one of them is undefined; None if both are."""
        p, r = self.precision, self.recall
        if p is None and r is None:
            return None
        if p is None or r is None or p + r == 0:
            return 0.0
        return 2 * p * r / (p + r)


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
    hp = hg = p = g = 0
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


def sentence_of(document: Document, span: Span) -> int | None:
    """The sentence that holds the span's first character. See `sentence_at`."""
    return sentence_at([s.start for s in document.sentences], span.start)


def sentence_at(starts: Sequence[int], position: int) -> int | None:
    """The index of the sentence that holds this character; ``starts`` are where the sentences begin.

    Between two sentences it is the one before, ahead of the first it is the first; None if there are no sentences.
    """
    return max(0, bisect_right(starts, position) - 1) if starts else None


def match(gold: Iterable[Item], pred: Iterable[Item]) -> dict[Key, Tally]:
    """Match equal items one to one, as multisets: a duplicate is one more item, and a hit only if the gold has it twice too.

    The sentence takes no part in the match. Among equal items those of one sentence pair first, then the earliest left on
    either side, so that the result does not depend on the order of the inputs.
    """
    golds, preds = Counter(gold), Counter(pred)
    rows: dict[Key, list[int]] = {}
    missed: list[tuple[Item, int]] = []
    spare: dict[tuple[str, Hashable], list[tuple[Key, int]]] = {}
    for item, n in preds.items():
        row = rows.setdefault(item[:2], [0, 0, 0, 0])
        row[2] += n
        wanted = golds.get(item, 0)
        hits = n if n < wanted else wanted
        row[0] += hits
        row[1] += hits
        if hits < n:
            spare.setdefault((item.label, item.what), []).append((item[:2], n - hits))
    for item, n in golds.items():
        rows.setdefault(item[:2], [0, 0, 0, 0])[3] += n
        left = n - preds.get(item, 0)
        if left > 0 and (item.label, item.what) in spare:
            missed.append((item, left))
    for item, n in sorted(missed, key=lambda one: _place(one[0])):
        _pair(rows, item, n, spare[item.label, item.what])
    return {key: Tally(*rows[key]) for key in sorted(rows, key=_place)}


def _pair(rows: dict[Key, list[int]], item: Item, count: int, spare: list[tuple[Key, int]]) -> None:
    """Hit up to ``count`` gold items with equal ones left over in other sentences, the earliest first."""
    spare.sort(key=lambda one: _place(one[0]), reverse=True)
    while count and spare:
        key, n = spare.pop()
        hits = min(n, count)
        rows[key][0] += hits
        rows[item[:2]][1] += hits
        count -= hits
        if hits < n:
            spare.append((key, n - hits))


def _place(key: Item | Key) -> tuple[int, str]:
    return (-1 if key[0] is None else key[0], key[1])
