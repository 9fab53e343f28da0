"""Text as it is compared when typography must not matter, with the way back to the original offsets."""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

Place = tuple[int, int]
"""Start and end in a text: a span that has not been made yet, for there may be very many."""

_PLAIN: Final = str.maketrans(
    dict.fromkeys("‘’‚‛′ʼ´`", "'")
    | dict.fromkeys("“”„‟″«»", '"')
    | dict.fromkeys("‐‑‒–—―−﹘", "-")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", "")  # soft hyphen, zero-width characters
    | {chr(selector): "" for selector in range(0xFE00, 0xFE10)}  # how an emoji is to look
)
_PIECE: Final = re.compile(r"[!-~]+|\s+|.", re.DOTALL)  # printable ASCII, white space, any other character
_TO_FOLD: Final = re.compile(r"[^ -~]|`|  ")
_MOST_MARKS: Final = 16  # on one character; sorting thousands of them takes quadratic time


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text. Character ``n`` of ``text`` comes from the original's ``[starts[n], ends[n])``.

    Several characters may come from one (``…``, ``ﬁ``), and one from several (a run of white space, a letter with its marks).
    """

    text: str
    starts: array[int]
    ends: array[int]

    def original(self, start: int, end: int) -> Place:
        """Where ``text[start:end]`` stands in the original: every character that has a part in it, whole."""
        return self.starts[start], self.ends[end - 1]

    def lower(self) -> Folded:
        """The same in Unicode's folded case, which makes two letters of some (``ß``)."""
        lower = self.text.casefold()
        if lower.isascii() and len(lower) == len(self.text):
            return Folded(lower, self.starts, self.ends)
        each = [unicodedata.normalize("NFKC", char.casefold()) for char in self.text]
        starts = array("L", [start for start, chars in zip(self.starts, each, strict=True) for _ in chars])
        ends = array("L", [end for end, chars in zip(self.ends, each, strict=True) for _ in chars])
        return Folded("".join(each), starts, ends)

    def position(self, offset: int) -> int:
        """The first place in ``text`` that comes from ``offset`` in the original, or from behind it."""
        return bisect_left(self.starts, offset)


def fold(text: str) -> Folded:
    """Quotation marks, dashes and runs of white space made plain, and NFKC.

    A letter and its combining marks are folded together. Soft hyphens and characters of no width are left out.

    >>> fold("“Fußball”\u00a0\\n– ﬁne…").text
    '"Fußball" - fine...'
    >>> fold("Fußball").lower().text
    'fussball'
    >>> fold("🎉  Ann").original(2, 5)
    (3, 6)
    """
    if not _TO_FOLD.search(text):
        return Folded(text, array("L", range(len(text))), array("L", range(1, len(text) + 1)))
    pieces: list[str] = []
    starts, ends = array("L"), array("L")
    known: dict[str, str] = {}
    done = 0
    for match in _PIECE.finditer(text):
        at, to = match.span()
        if at < done:
            continue
        piece = match[0]
        if "!" <= piece[0] <= "~":
            pieces.append(piece)
            starts.extend(range(at, to))
            ends.extend(range(at + 1, to + 1))
            continue
        if not piece.isspace():
            to = _after_marks(text, at)
            if to > at + 1 or _is_mark(piece):
                at = _take_back(pieces, starts, ends, at) if _is_mark(piece) else at
                piece = text[at:to]
            done = to
        if piece not in known:
            known[piece] = _plain(piece)
        for char in known[piece]:
            if char == " " and pieces and pieces[-1][-1] == " ":
                ends[-1] = to
                continue
            pieces.append(char)
            starts.append(at)
            ends.append(to)
    return Folded("".join(pieces).replace("`", "'"), starts, ends)


def _plain(piece: str) -> str:
    plain = unicodedata.normalize("NFKC", piece.translate(_PLAIN)).translate(_PLAIN)
    return re.sub(r"\s+", " ", plain)


def _is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == "M"


def _after_marks(text: str, at: int) -> int:
    """The end of the character at ``at`` with the combining marks behind it."""
    to = at + 1
    while to < len(text) and to - at <= _MOST_MARKS and text[to] > "\u02ff" and _is_mark(text[to]):
        to += 1
    return to


def _take_back(pieces: list[str], starts: array[int], ends: array[int], at: int) -> int:
    """Undo the character that the mark at ``at`` belongs to, if there is one; where the two begin."""
    if not pieces or pieces[-1][-1] == " " or ends[-1] != at or ends[-1] - starts[-1] > _MOST_MARKS:
        return at
    begin = starts[-1]
    while starts and starts[-1] == begin:
        starts.pop()
        ends.pop()
        last = pieces.pop()
        if len(last) > 1:
            pieces.append(last[:-1])
    return begin
