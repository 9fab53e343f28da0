#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["communique", "langextract>=1.7.1,<2", "rapidfuzz>=3.9,<4"]
# [tool.uv.sources]
# communique = { path = ".." }
# ///
"""Time and score the alignment of quotes, ours and others': 1,000 corrupted quotes in a text of 10,000 characters.

    pip install . rapidfuzz langextract
    python scripts/benchmark_align.py --rounds 5

A maintainer's benchmark, from a checkout: the quotes are those of tests/corrupted.py, others in every round. First they come in
text order, then shuffled, each with sixty characters or so round it, which ours alone can use. The others are `str.find`;
rapidfuzz's best window, in plain typography and lower case, grown to whole words; and LangExtract's aligner. "Rightly" is an
intersection over union of .5 or more with the words that the quote was made of, "exactly" is the same span; both are means in
per cent. Time is the median of the process's own, in milliseconds, so that other work of the machine hardly counts; imports are
not in it. Tried with rapidfuzz 3.14.6 and langextract 1.7.1.
"""

from __future__ import annotations

import argparse
import logging
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from communique.align import Quoted, align
from communique.model import Span
from communique.tokens import sentences
from communique.wording import percent

Aligner = Callable[[str, list[str], list[str | None]], list[Span | None]]


def ours(text: str, quotes: list[str], contexts: list[str | None]) -> list[Span | None]:
    said = [Quoted(quote, context=context) for quote, context in zip(quotes, contexts, strict=True)]
    return [aligned.span for aligned in align(text, sentences(text), said)]


def find(text: str, quotes: list[str], contexts: list[str | None]) -> list[Span | None]:
    starts = [text.find(quote) for quote in quotes]
    return [Span(at, at + len(quote)) if at >= 0 else None for quote, at in zip(quotes, starts, strict=True)]


def best_window(text: str, quotes: list[str], contexts: list[str | None]) -> list[Span | None]:
    from corrupted import PLAIN
    from rapidfuzz.fuzz import partial_ratio_alignment

    plain = text.translate(PLAIN).lower()
    found: list[Span | None] = []
    for quote in quotes:
        window = partial_ratio_alignment(quote.translate(PLAIN).lower(), plain, score_cutoff=70)
        found.append(whole_words(text, window.dest_start, window.dest_end) if window else None)
    return found


def whole_words(text: str, start: int, end: int) -> Span | None:
    while start < end and not text[start].isalnum():
        start += 1
    while start < end and not text[end - 1].isalnum():
        end -= 1
    while start < end and start and text[start - 1].isalnum():
        start -= 1
    while start < end < len(text) and text[end].isalnum():
        end += 1
    return Span(start, end) if start < end else None


def langextract(text: str, quotes: list[str], contexts: list[str | None]) -> list[Span | None]:
    from langextract.core.data import Extraction
    from langextract.resolver import WordAligner

    asked = [Extraction(extraction_class="quote", extraction_text=quote) for quote in quotes]
    intervals = [extraction.char_interval for extraction in WordAligner().align_extractions([asked], text)[0]]
    return [Span(at.start_pos, at.end_pos) if at else None for at in intervals]


ALIGNERS: dict[str, Aligner] = {
    "communique": ours, "str.find": find, "rapidfuzz, whole words": best_window, "LangExtract": langextract
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="each with quotes of its own (default: %(default)s)")
    parser.add_argument("--without", action="append", default=[], choices=ALIGNERS, help="leave this one out; repeatable")
    given = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from corrupted import article, corrupted, overlap

    logging.disable(logging.CRITICAL)
    text = article()
    print("| quotes | aligner | rightly | exactly | ms |\n|---|---|---|---|---|")
    for shuffled in (False, True):
        for name, aligner in ALIGNERS.items():
            if name in given.without:
                continue
            aligner(text, ["Beijing", "Biejing"], [None, None])
            rightly, exactly, milliseconds = [], [], []
            for seed in range(given.rounds):
                quotes = corrupted(text, 1000, seed)
                if shuffled:
                    random.Random(seed).shuffle(quotes)
                begin = time.process_time()
                spans = aligner(text, [q.text for q in quotes], [q.context if shuffled else None for q in quotes])
                milliseconds.append(1000 * (time.process_time() - begin))
                pairs = list(zip(quotes, spans, strict=True))
                rightly.append(sum(overlap(quote.gold, span) >= 0.5 for quote, span in pairs) / len(pairs))
                exactly.append(sum(quote.gold == span for quote, span in pairs) / len(pairs))
            order = "shuffled, with context" if shuffled else "in text order"
            figures = f"{percent(statistics.mean(rightly))} | {percent(statistics.mean(exactly))}"
            print(f"| {order} | {name} | {figures} | {statistics.median(milliseconds):,.0f} |", flush=True)


if __name__ == "__main__":
    main()
