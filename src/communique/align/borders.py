"""Where a word may begin and end."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_FIRST_MARK: Final = "\u0300"
_SPACELESS: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai and Lao, Burmese, Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"  # Han and kana
    "\uac00-\ud7af]"  # Hangul has spaces, but writes particles to the word
)


def cuts(text: str, at: int) -> bool:
    """Whether a border here would cut a word, which is a run of letters and digits with their marks.

    Scripts that put no spaces between words have no such runs: there, only a letter and its marks belong together.

    >>> [cuts("The 10th", at) for at in (1, 3, 4, 6)]
    [True, False, False, True]
    >>> cuts("习近平访问中国", 3), cuts("cafe\u0301", 4)
    (False, True)
    """
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if before.isalnum() and after.isalnum():
        return not (_SPACELESS.match(before) or _SPACELESS.match(after))
    if before < _FIRST_MARK and after < _FIRST_MARK:
        return False
    while at > 1 and _is_mark(before):
        at -= 1
        before = text[at - 1]
    if not before.isalnum():
        return False
    return _is_mark(after) or (after.isalnum() and not (_SPACELESS.match(before) or _SPACELESS.match(after)))


def _is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == "M"
