"""A text cut into tokens and sentences once, in the form that every rule reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from communique.tokens import sentences, tokenize

QUOTES: Final = frozenset('"“”«»„')
LONGEST: Final = 300
"""Tokens of the longest sentence; what is longer is no prose and is cut, for rules look through whole sentences."""

_STOP: Final = frozenset(".?!…")


@dataclass(frozen=True, slots=True)
class Page:
    """Token ``i`` reads ``words[i]``, ``lowers[i]`` in lower case with straight apostrophes, and spans ``starts[i]:ends[i]``.

    ``bounds`` are the sentences as half-open ranges of tokens, ``home[i]`` is the number of the sentence of token ``i``.
    ``capitals`` tells of each sentence whether capitals prove nothing there: a heading in title case or upper case.
    ``headings`` tells whether it stands on a line of its own without a full stop. ``quoted[i]``: inside quotation marks.
    """

    text: str
    words: tuple[str, ...]
    lowers: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    bounds: tuple[tuple[int, int], ...]
    home: tuple[int, ...]
    capitals: tuple[bool, ...]
    headings: tuple[bool, ...]
    quoted: tuple[bool, ...]

    def word(self, i: int) -> str:
        """The lower-case word at ``i``; empty outside the text."""
        return self.lowers[i] if 0 <= i < len(self.lowers) else ""

    def near(self, i: int, j: int) -> str:
        """The lower-case word at ``i``; empty unless it is in the sentence of token ``j``."""
        return self.lowers[i] if 0 <= i < len(self.home) and self.home[i] == self.home[j] else ""

    def span(self, first: int, last: int) -> tuple[int, int]:
        """The code points of the tokens ``first`` to ``last``, which is not included."""
        return self.starts[first], self.ends[last - 1]

    def glued(self, i: int) -> bool:
        """Whether no white space stands between token ``i`` and the one before it."""
        return i > 0 and self.ends[i - 1] == self.starts[i]


def read_page(text: str) -> Page:
    """Cut any text."""
    tokens = tokenize(text)
    words = tuple(token.of(text) for token in tokens)
    bounds, home = _bounds([token.start for token in tokens], text)
    headings = tuple(_alone(text, words, tokens[first].start, tokens[last - 1].end, first, last) for first, last in bounds)
    return Page(
        text=text,
        words=words,
        lowers=tuple(word.lower().replace("’", "'") for word in words),
        starts=tuple(token.start for token in tokens),
        ends=tuple(token.end for token in tokens),
        bounds=bounds,
        home=home,
        capitals=tuple(alone and _capitals(words[a:b]) for alone, (a, b) in zip(headings, bounds, strict=True)),
        headings=headings,
        quoted=_quoted(words, bounds),
    )


def _bounds(starts: list[int], text: str) -> tuple[tuple[tuple[int, int], ...], tuple[int, ...]]:
    bounds: list[tuple[int, int]] = []
    home: list[int] = []
    at = 0
    for sentence in sentences(text):
        first = at
        while at < len(starts) and starts[at] < sentence.end:
            if at - first == LONGEST:
                bounds.append((first, at))
                first = at
            home.append(len(bounds))
            at += 1
        bounds.append((first, at))
    return tuple(bounds), tuple(home)


def _alone(text: str, words: tuple[str, ...], start: int, end: int, first: int, last: int) -> bool:
    before, after = text[max(0, start - 8) : start].rstrip(" \t")[-1:], text[end : end + 8].lstrip(" \t")[:1]
    lined = (not before or before in "\r\n\u2028") and (not after or after in "\r\n\u2028")
    final = words[last - 2] if words[last - 1] in QUOTES and last - 2 >= first else words[last - 1]
    return lined and final not in _STOP and last - first <= 30


def _capitals(words: tuple[str, ...]) -> bool:
    long = [word for word in words if word[0].isalpha() and len(word) > 3]
    return len(long) > 1 and sum(word[0].isupper() for word in long) > 0.6 * len(long)


def _quoted(words: tuple[str, ...], bounds: tuple[tuple[int, int], ...]) -> tuple[bool, ...]:
    """A straight quotation mark opens and closes by turns within a sentence; a curly one says what it is."""
    inside = [False] * len(words)
    for first, last in bounds:
        opened = False
        for i in range(first, last):
            if words[i] in QUOTES:
                opened = words[i] in "“«„" or (words[i] not in "”»" and not opened)
            inside[i] = opened
    return tuple(inside)
