"""Spans that match without being equal: `match=overlap`, `match=partial`, `match=extent`.

Pairs are one to one, of the greatest total credit, so a score does not depend on the order of items; the first that overlaps,
which several scorers take, can leave a partner without one (MantisAI/nervaluate#40).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import accumulate
from typing import Final, NamedTuple, TypeAlias

from communique.measures.matching import matching
from communique.measures.side import Side
from communique.measures.tally import Hits, Key, Tallies, Tally
from communique.model import Mention

HALF: Final = Fraction(1, 2)
_NOWHERE: Final = (0, 0)


class Candidate(NamedTuple):
    """A labelled span. ``extent`` is that of a nominal, (0, 0) if it has none; ``nominal``: it may be a noun phrase's span."""

    start: int
    end: int
    label: str
    sentence: int
    extent: tuple[int, int] = _NOWHERE
    nominal: bool = False


Credit: TypeAlias = Callable[[Candidate, Candidate], Hits]
"""What a pair of one label that overlaps is worth, 0 to 1; the same either way round."""


def overlapping(a: Candidate, b: Candidate) -> Hits:
    """SemEval-2013 task 9.1, "type": any overlap is a hit."""
    return 1


def partial(a: Candidate, b: Candidate) -> Hits:
    """SemEval-2013 task 9.1, "partial": 1 for equal spans, ½ for others that overlap."""
    return 1 if a[:2] == b[:2] else HALF


def within_extent(a: Candidate, b: Candidate) -> Hits:
    """1 for equal spans, and for a nominal that holds the other's head and lies within the other's extent."""
    return 1 if a[:2] == b[:2] or _covers(a, b) or _covers(b, a) else 0


def candidates(side: Side, spans: Sequence[tuple[int, int, str]]) -> list[Candidate]:
    """Plain labelled spans."""
    return [Candidate(start, end, label, _number(side.sentences[start])) for start, end, label in spans]


def mention_candidates(side: Side) -> list[Candidate]:
    """Mentions with their extents. A mention that does not say what kind it is may be a nominal."""
    return [_candidate(side, m) for m in side.annotation.mentions]


def tally_overlap(gold: Sequence[Candidate], pred: Sequence[Candidate], credit: Credit) -> Tallies:
    """Pair overlapping spans of one label, one to one, for the greatest total credit."""
    golds, preds = sorted(gold), sorted(pred)
    # Of several best matchings one is taken; that it is the same when the sides change places, the smaller side goes first.
    turned = preds < golds
    first, second = (preds, golds) if turned else (golds, preds)
    weights = {(i, j): worth for i, j in _pairs(first, second) if (worth := credit(first[i], second[j]))}
    rows: defaultdict[Key, list[Hits]] = defaultdict(lambda: [0, 0, 0, 0])
    for n, side in ((2, preds), (3, golds)):
        for candidate in side:
            rows[_key(candidate)][n] += 1
    for i, j in matching(weights):
        worth = weights[i, j]
        one, other = (second[j], first[i]) if turned else (first[i], second[j])
        rows[_key(one)][1] += worth
        rows[_key(other)][0] += worth
    return {key: Tally(hp, hg, int(p), int(g)) for key, (hp, hg, p, g) in sorted(rows.items(), key=_order)}


def _pairs(a: Sequence[Candidate], b: Sequence[Candidate]) -> Iterator[tuple[int, int]]:
    """Indices of all pairs of one label that overlap; both sides are sorted."""
    labels: defaultdict[str, list[int]] = defaultdict(list)
    for j, candidate in enumerate(b):
        labels[candidate.label].append(j)
    reach = {label: list(accumulate((b[j].end for j in held), max)) for label, held in labels.items()}
    for i, candidate in enumerate(a):
        held = labels.get(candidate.label, [])
        # The first that can overlap is the first up to which some span ends later than this one starts.
        for n in range(bisect_left(reach.get(candidate.label, []), candidate.start + 1), len(held)):
            j = held[n]
            if b[j].start >= candidate.end:
                break
            if b[j].end > candidate.start:
                yield i, j


def _covers(outer: Candidate, inner: Candidate) -> bool:
    within = inner.extent[0] <= outer.start <= inner.start and inner.end <= outer.end <= inner.extent[1]
    return inner.extent != _NOWHERE and outer.nominal and within


def _candidate(side: Side, m: Mention) -> Candidate:
    extent = (m.extent.start, m.extent.end) if m.extent and m.kind in (None, "NOM") else _NOWHERE
    return Candidate(
        m.span.start, m.span.end, m.type, _number(side.sentences[m.span.start]), extent, nominal=m.kind in (None, "NOM")
    )


def _number(sentence: int | None) -> int:
    return -1 if sentence is None else sentence


def _key(candidate: Candidate) -> Key:
    return (None if candidate.sentence < 0 else candidate.sentence, candidate.label)


def _order(row: tuple[Key, object]) -> tuple[int, str]:
    (sentence, label), _ = row
    return _number(sentence), label
