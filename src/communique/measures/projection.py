"""Spans to tag sequences that seqeval reads, such that it counts what multiset matching counts.

Tags stand on the common refinement of the gold tokens and of all gold and predicted boundaries, so a span may be anything:
part of a token, or edged with white space. A tag sequence has no room for overlap, so an item that overlaps another of its side
is written apart: a sequence of one tag, opposite its equal or an O. What gold and prediction share must stand opposite each
other, so the multiset intersection is placed first, and what is left of each side after it. (Placed in file order or sorted
order, hits are lost.) There are thus never more tags than tokens and three for each item.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

from communique.measures.spans import LabelledSpan
from communique.model import Document, Span

Sequences: TypeAlias = list[list[str]]
_Apart: TypeAlias = list[tuple[str | None, str | None]]


def project(
    document: Document, gold: Sequence[LabelledSpan], pred: Sequence[LabelledSpan], codes: Mapping[str, str]
) -> tuple[Sequences, Sequences]:
    """Write one document's gold and predicted spans as IOB2 sequences: equally many, of equal lengths.

    ``codes`` maps every label to what stands in the tags; seqeval merges labels such as ``foo-`` and ``foo``, so use codes that
    have no hyphen. With flat gold, the gold side is the ordinary tag sequences, one per sentence (or for several, where a span
    crosses their border), and Os opposite the predictions that are written apart.
    """
    golds, preds, apart = _placed(gold, pred)
    spans = [span for span, _ in (*golds, *preds)]
    cuts = sorted({x for span in (*document.tokens, *document.sentences, *spans) for x in (span.start, span.end)})
    first, last = _positions(cuts, document.tokens, spans)
    # A sequence per sentence keeps seqeval, which copies the rest of the sequence at every entity, near linear.
    pieces = sorted({*cuts[:1], *(s.start for s in document.sentences)})
    limits = [*pieces, *cuts[-1:]]
    written: tuple[Sequences, Sequences] = ([], [])
    for begin, end in _stretches(spans, pieces):
        offset, size = first[limits[begin]], first[limits[end]] - first[limits[begin]]
        if not size:
            continue
        for side, sequences in zip((golds, preds), written, strict=True):
            tags = ["O"] * size
            for span, label in _within(side, limits[begin], limits[end]):
                start, stop = first[span.start] - offset, last[span.end] - offset
                tags[start : stop + 1] = ["I-" + codes[label]] * (stop + 1 - start)
                tags[start] = "B-" + codes[label]
            sequences.append(tags)
    for one, other in apart:
        written[0].append(["O" if one is None else "B-" + codes[one]])
        written[1].append(["O" if other is None else "B-" + codes[other]])
    return written


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


def _placed(
    gold: Iterable[LabelledSpan], pred: Iterable[LabelledSpan]
) -> tuple[list[LabelledSpan], list[LabelledSpan], _Apart]:
    """Each side's items that overlap nothing on their side, sorted; and the labels of all others, which stand apart."""
    golds, preds = Counter(gold), Counter(pred)
    shared = golds & preds
    pairs, crowded = _flat(shared, [])
    apart: _Apart = [(label, label) for _, label in crowded]
    own_gold, crowded = _flat(golds - shared, pairs)
    apart += [(label, None) for _, label in crowded]
    own_pred, crowded = _flat(preds - shared, pairs)
    apart += [(None, label) for _, label in crowded]
    return sorted(pairs + own_gold), sorted(pairs + own_pred), apart


def _flat(items: Counter[LabelledSpan], pairs: Sequence[LabelledSpan]) -> tuple[list[LabelledSpan], list[LabelledSpan]]:
    """The items that overlap neither a pair nor an earlier one of them, sorted, and those that do."""
    flat: list[LabelledSpan] = []
    crowded: list[LabelledSpan] = []
    position = 0
    for item in sorted(items.elements()):
        span = item[0]
        index = bisect_left(pairs, span.end, key=lambda pair: pair[0].start) - 1
        if position <= span.start and (index < 0 or pairs[index][0].end <= span.start):
            flat.append(item)
            position = span.end
        else:
            crowded.append(item)
    return flat, crowded


def _stretches(spans: Iterable[Span], pieces: Sequence[int]) -> list[tuple[int, int]]:
    """Ranges of pieces, together all of them, such that no span crosses the border of one."""
    ranges: list[tuple[int, int]] = []
    position = 0
    for span in sorted(spans):
        first, last = bisect_right(pieces, span.start) - 1, bisect_left(pieces, span.end)
        if ranges and first < position:
            ranges[-1] = (ranges[-1][0], max(last, position))
        else:
            ranges += [(i, i + 1) for i in range(position, first)]
            ranges.append((first, last))
        position = ranges[-1][1]
    return ranges + [(i, i + 1) for i in range(position, len(pieces))]


def _within(items: Sequence[LabelledSpan], start: int, end: int) -> Sequence[LabelledSpan]:
    low, high = (bisect_left(items, limit, key=lambda item: item[0].start) for limit in (start, end))
    return items[low:high]
