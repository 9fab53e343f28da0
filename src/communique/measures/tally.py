"""Tallies: the counts that add. Every figure is arithmetic on sums of them."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
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
    """The sentence that holds the span's first character.

    Between two sentences it is the one before, ahead of the first it is the first; None if the document has no sentences.
    """
    if not document.sentences:
        return None
    return max(0, bisect_right(document.sentences, span.start, key=lambda s: s.start) - 1)


def match(gold: Iterable[Item], pred: Iterable[Item]) -> dict[Key, Tally]:
    """Match equal items one to one, as multisets: a duplicate is one more item, and a hit only if the gold has it twice too.

    The sentence takes no part in the match. Among equal items those of one sentence pair first, then the earliest left on
    either side, so that the result does not depend on the order of the inputs.
    """
    golds, preds = Counter(gold), Counter(pred)
    same = golds & preds
    hits_gold, hits_pred = Counter(same), Counter(same)
    waiting: defaultdict[tuple[str, Hashable], list[Item]] = defaultdict(list)
    for item in sorted((preds - same).elements(), key=_place, reverse=True):
        waiting[item.label, item.what].append(item)
    for item in sorted((golds - same).elements(), key=_place):
        if others := waiting.get((item.label, item.what)):
            hits_gold[item] += 1
            hits_pred[others.pop()] += 1
    columns = [_count(c) for c in (hits_pred, hits_gold, preds, golds)]
    keys = dict.fromkeys(chain(columns[3], columns[2]))
    return {key: Tally(*(column[key] for column in columns)) for key in sorted(keys, key=_place)}


def _place(key: Item | Key) -> tuple[int, str]:
    return (-1 if key[0] is None else key[0], key[1])


def _count(items: Counter[Item]) -> Counter[Key]:
    counts: Counter[Key] = Counter()
    for item, n in items.items():
        counts[item.sentence, item.label] += n
    return counts
