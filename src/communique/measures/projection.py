"""Spans to tag sequences that seqeval reads, such that it counts what multiset matching counts.

Tags stand on the common refinement of the gold tokens and of all gold and predicted boundaries, so a span may be anything:
part of a token, or edged with white space. A tag sequence has no room for overlap, so overlapping items go to lanes: further
sequences of the same stretch. An item that gold and prediction share must stand in the same lane on both sides, so the multiset
intersection is placed first, and what is left of each side after it. (Lanes filled in file order or sorted order lose hits.)
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

from communique.measures.spans import LabelledSpan
from communique.model import Document, Span

Sequences: TypeAlias = list[list[str]]


def project(
    document: Document, gold: Sequence[LabelledSpan], pred: Sequence[LabelledSpan], codes: Mapping[str, str]
) -> tuple[Sequences, Sequences]:
    """Write one document's gold and predicted spans as IOB2 sequences: equally many, of equal lengths.

    ``codes`` maps every label to what stands in the tags; seqeval merges labels such as ``foo-`` and ``foo``, so use codes that
    have no hyphen. Lane 0 is the whole document, so with flat gold its gold side is the ordinary tag sequences, one per
    sentence (or for several, where a span crosses their border). Of the other lanes only the sentences that hold an item are
    written.
    """
    lanes = _lanes(gold, pred)
    items = [span for span, _ in (*gold, *pred)]
    cuts = sorted({x for span in (*document.tokens, *document.sentences, *items) for x in (span.start, span.end)})
    first, last = _positions(cuts, document.tokens, items)
    # A sequence per sentence keeps seqeval, which copies the rest of the sequence at every entity, near linear.
    pieces = sorted({*cuts[:1], *(s.start for s in document.sentences)})
    limits = [*pieces, *cuts[-1:]]
    golds: Sequences = []
    preds: Sequences = []
    for number, lane in enumerate(lanes):
        for begin, end in _stretches(lane, pieces, whole=number == 0):
            offset, size = first[limits[begin]], first[limits[end]] - first[limits[begin]]
            if not size:
                continue
            for side, sequences in ((lane.gold, golds), (lane.pred, preds)):
                tags = ["O"] * size
                for span, label in _within(side, limits[begin], limits[end]):
                    start, stop = first[span.start] - offset, last[span.end] - offset
                    tags[start : stop + 1] = ["I-" + codes[label]] * (stop + 1 - start)
                    tags[start] = "B-" + codes[label]
                sequences.append(tags)
    return golds, preds


def _positions(cuts: Sequence[int], tokens: Iterable[Span], items: Iterable[Span]) -> tuple[dict[int, int], dict[int, int]]:
    """Number the cells between the cuts: the cell that starts at a cut (or the next one kept), and the cell that ends at it.

    A cell between tokens is left out unless an item starts or ends with it: other items are told apart without it, and spans
    that keep to the tokens get one tag per token.
    """
    starts, ends = {span.start for span in items}, {span.end for span in items}
    ordered = sorted(tokens)
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    count = token = 0
    for start, end in pairwise(cuts):
        first[start] = count
        while token < len(ordered) and ordered[token].end <= start:
            token += 1
        inside = token < len(ordered) and ordered[token].start <= start
        if inside or start in starts or end in ends:
            last[end] = count
            count += 1
    first.update((cut, count) for cut in cuts[-1:])
    return first, last


@dataclass(slots=True)
class _Lane:
    """Items that overlap nothing on their own side, each side sorted by start; ``pairs`` stand on both sides."""

    pairs: list[LabelledSpan] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    gold: list[LabelledSpan] = field(default_factory=list)
    pred: list[LabelledSpan] = field(default_factory=list)

    def is_free(self, span: Span, after: int) -> bool:
        """Whether the span overlaps no pair and starts where the side's own items, which end at ``after``, are over."""
        index = bisect_left(self.starts, span.end) - 1
        return after <= span.start and (index < 0 or self.pairs[index][0].end <= span.start)


def _lanes(gold: Iterable[LabelledSpan], pred: Iterable[LabelledSpan]) -> list[_Lane]:
    golds, preds = Counter(gold), Counter(pred)
    shared = golds & preds
    lanes = [_Lane()]
    for lane, item in _first_fit(lanes, shared):
        lane.pairs.append(item)
        lane.starts.append(item[0].start)
    for lane, item in _first_fit(lanes, golds - shared):
        lane.gold.append(item)
    for lane, item in _first_fit(lanes, preds - shared):
        lane.pred.append(item)
    for lane in lanes:
        lane.gold = sorted(lane.gold + lane.pairs)
        lane.pred = sorted(lane.pred + lane.pairs)
    return lanes


def _first_fit(lanes: list[_Lane], items: Counter[LabelledSpan]) -> Iterable[tuple[_Lane, LabelledSpan]]:
    """Place each item in the first lane that is free for it, opening lanes at need; yields before the next item is placed."""
    ends = [0] * len(lanes)
    for item, copies in sorted(items.items()):
        number = 0
        for _ in range(copies):
            while number < len(lanes) and not lanes[number].is_free(item[0], ends[number]):
                number += 1
            if number == len(lanes):
                lanes.append(_Lane())
                ends.append(0)
            ends[number] = item[0].end
            yield lanes[number], item
            number += 1  # a copy overlaps this one


def _stretches(lane: _Lane, pieces: Sequence[int], *, whole: bool) -> list[tuple[int, int]]:
    """Ranges of pieces that no item of the lane crosses the border of; only those with an item, unless ``whole``."""
    ranges: list[tuple[int, int]] = []
    for span, _ in sorted({*lane.gold, *lane.pred}):
        first, last = bisect_right(pieces, span.start) - 1, bisect_left(pieces, span.end)
        if ranges and first < ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], max(last, ranges[-1][1]))
        else:
            ranges.append((first, last))
    if not whole:
        return ranges
    filled: list[tuple[int, int]] = []
    position = 0
    for first, last in ranges:
        filled += [(i, i + 1) for i in range(position, first)]
        filled.append((first, last))
        position = last
    return filled + [(i, i + 1) for i in range(position, len(pieces))]


def _within(items: Sequence[LabelledSpan], start: int, end: int) -> Sequence[LabelledSpan]:
    low, high = (bisect_left(items, limit, key=lambda item: item[0].start) for limit in (start, end))
    return items[low:high]
