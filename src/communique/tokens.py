"""Tokens and sentences with their offsets: one small tokenizer whose output is stored in the dataset.

It splits where annotators need a border: at hyphens, at 's, before and after punctuation; and nowhere inside "U.S.", "Mr.",
"1,000" or "2.5". It is made for English: of combining marks, the general diacritics (U+0300), the Cyrillic ones (U+0483), those
for symbols (U+20D0), with supplements, half marks and variation selectors, belong to the character before them; vowel signs and
points of other scripts are tokens of their own. From the first release on, any change to what it returns is a new `TOKENIZER`
version, for it changes the dataset.
"""

from __future__ import annotations

import re
from typing import Final

from communique.model import Span

TOKENIZER: Final = "1"
"""Version of the rules below; the dataset states it."""

_each = re.compile(r"\S+").findall

# A title, an initial or "No." never ends a sentence; a company's suffix or an acronym may.
_NEVER_FINAL: Final = frozenset(
    _each("""Mr. Mrs. Ms. Messrs. Dr. Prof. Sen. Sens. Rep. Reps. Gov. Gen. Col. Lt. Maj. Capt. Cmdr. Adm. Sgt. Hon. Rev. Amb.
    Pres. St. Mt. Ft. vs. cf. e.g. i.e.""")
)
_MAYBE_FINAL: Final = frozenset(_each("Jr. Sr. Inc. Corp. Co. Ltd. Bros. etc. Ph.D."))
_BEFORE_NUMBER: Final = _each("No Nos Fig Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec")

# After "U.S." a capital usually goes on with the sentence ("U.S. Secretary"); these words hardly ever do.
_STARTERS: Final = frozenset(
    _each("""A After All Also Although An And As At Because Before Both But By During For From He Her His However I If In It Its
    Meanwhile Moreover Nevertheless No On Our She Since So Some That The Their Then There These They This Those Though To
    Under Until We What When Where While Who Why With You""")
)

_LINE_BREAK: Final = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_ON_LINE: Final = r"[^\S\n\r\v\f\x1c-\x1e\x85\u2028\u2029]"  # white space that ends no line
_FINAL: Final = re.compile(r"[.?!…]+")
_CLOSING: Final = frozenset("\"'”’»)]}")
_OPENING: Final = frozenset("\"'“‘«([{")

# Python's \w knows letters and digits, no marks.
_MARK: Final = r"\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
_WORD: Final = rf"[\w{_MARK}]"
_SYMBOL: Final = rf"[^\w\s][{_MARK}\U0001f3fb-\U0001f3ff]*"
_TOKEN: Final = re.compile(
    "|".join(
        (
            rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(_NEVER_FINAL | _MAYBE_FINAL)))})(?!\w)",
            rf"(?<!\w)(?:{'|'.join(_BEFORE_NUMBER)})\.(?={_ON_LINE}*\d)",
            r"(?<!\w)(?:[^\W\d_]\.){2,}(?!\w)",  # U.S., p.m.
            rf"(?<!\w)[A-Z]\.(?={_ON_LINE}+[A-Z])",  # Antony J. Blinken
            rf"(?<=[^\s'“‘«(\[{{])['’][sS](?!{_WORD})",  # not after what opens a quote or a bracket
            rf"\d+(?:[.,:]\d+)*{_WORD}*",  # 2.5, 1,000, 2:49, 20th
            rf"{_WORD}+(?:['’](?![sS](?!{_WORD})){_WORD}+)*",  # don't and O'Brien are whole
            r"\.{2,}",
            r"-{2,}",
            r"[\U0001f1e6-\U0001f1ff]{2}",  # a flag
            rf"{_SYMBOL}(?:\u200d{_SYMBOL})*",  # an emoji may be a sequence
        )
    )
)


def tokenize(text: str) -> tuple[Span, ...]:
    """The tokens of any text, in order. Every character but white space is in exactly one.

    >>> [t.of("U.S.-China ties") for t in tokenize("U.S.-China ties")]
    ['U.S.', '-', 'China', 'ties']
    >>> [t.of("Mr. Xi’s 2.5 hours") for t in tokenize("Mr. Xi’s 2.5 hours")]
    ['Mr.', 'Xi', '’s', '2.5', 'hours']
    """
    return tuple(Span(*match.span()) for match in _TOKEN.finditer(text))


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of any text, in order, without white space at their edges. Every other character is in exactly one.

    A line break ends a sentence. So do ``.``, ``?``, ``!`` and ``…``, with the quotes and brackets that close after them,
    before white space and a capital, a digit, a quote or a bracket; but not the full stop of an abbreviation, unless it may
    end a sentence (``U.S.``, ``Inc.``) and a word such as "The" follows.

    >>> text = "The U.S. Senate met Mr. Li in the U.S. He left."
    >>> [s.of(text) for s in sentences(text)]
    ['The U.S. Senate met Mr. Li in the U.S.', 'He left.']
    """
    tokens = tokenize(text)
    found: list[Span] = []
    first = 0
    for number, token in enumerate(tokens):
        if number + 1 == len(tokens) or _ends(text, tokens, number):
            found.append(Span(tokens[first].start, token.end))
            first = number + 1
    return tuple(found)


def _ends(text: str, tokens: tuple[Span, ...], number: int) -> bool:
    """Whether a sentence ends with this token, which is not the last."""
    here, after = tokens[number], tokens[number + 1]
    gap = text[here.end : after.start]
    if not gap or _LINE_BREAK.search(gap):
        return bool(gap)
    following = after.of(text)
    if not (following[0].isupper() or following[0].isdigit() or following[0] in _OPENING):
        return False
    while here.of(text) in _CLOSING and number and tokens[number - 1].end == here.start:
        number -= 1
        here = tokens[number]
    word = here.of(text)
    if _FINAL.fullmatch(word):
        return True
    return word.endswith(".") and word not in _NEVER_FINAL and following in _STARTERS
