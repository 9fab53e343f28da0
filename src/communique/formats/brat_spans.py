"""The places of a T line on its text: one span, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from communique.formats.brat_lines import TextBound
from communique.formats.brat_terms import LINE_BREAK
from communique.formats.fields import counted_in
from communique.incident import Incident, shown
from communique.model import Span


def span_of(line: TextBound, text: str, place: str) -> Span | str | Incident:
    """The span of the line at ``place``, or why it has none that annotations can hold, or what is wrong with it."""
    pieces, words = line.fragments, line.words
    start, end = pieces[0][0], pieces[-1][1]
    where = places(pieces)
    if any(a > b for a, b in pieces) or any(b >= a for (_, b), (a, _) in pairwise(pieces)):
        hint = "each start is before its end, and the pieces stand in order and do not touch"
        return Incident("malformed-line", place, f"{line.id} has the places {where}", hint)
    if end > len(text):
        message = f"{line.id} {where} runs past the text, which has {len(text)} code points"
        return Incident("span-outside-text", place, message, _counted(text, start, end, words))
    there = " ".join(text[a:b] for a, b in pieces)
    # Other tools write a space for each line break, and drop white space at the end of a line.
    if words is not None and _flat(words) != _flat(there):
        message = f"the words of {line.id} are {shown(words)}, but {shown(there)} stands at {where}"
        return Incident("text-differs", place, message, _counted(text, start, end, words))
    if start == end:
        return "it covers no character"
    gaps = [text[b:a] for (_, b), (a, _) in pairwise(pieces)]
    if not all(gap.isspace() and LINE_BREAK.search(gap) for gap in gaps):
        return f"its {len(pieces)} pieces are not one stretch of text"
    return Span(start, end)


def places(pieces: Iterable[tuple[int, int]]) -> str:
    return ";".join(f"{start} {end}" for start, end in pieces)


def _flat(words: str) -> str:
    return LINE_BREAK.sub(" ", words).rstrip()


def _counted(text: str, start: int, end: int, words: str | None) -> str:
    """How else the offsets may have been counted, or what else may be wrong."""
    if words and "\r\n" in text and text.replace("\r\n", "\n")[start:end] == words:
        return "they fit if each line ends with \\n alone: save the .txt so"
    return counted_in(text, start, end, words) or "is this the text that was annotated?"
