"""Which negators reach a verb or a noun."""

from __future__ import annotations

from typing import Final

from communique.extractors.english.page import Page
from communique.extractors.english.words import ADVERBS, AUXILIARIES, PREPOSITIONS, bag

_NEGATIVE: Final = bag(
    """not never no neither nor n't without cannot won't wouldn't can't couldn't shouldn't don't doesn't didn't isn't aren't
    wasn't weren't hasn't haven't hadn't"""
)
_CLAUSE: Final = bag("; : that which who whom while when where because although though but")


def verb_polarity(page: Page, i: int) -> str:
    """NEG if a negator stands in the verb group at ``i`` or governs its infinitive; else POS."""
    k = i - 1
    while page.near(k, i):
        word = page.lowers[k]
        if word in _NEGATIVE:
            return "NEG"
        if word == "longer" and page.near(k - 1, i) == "no":
            return "NEG"
        if word == "to" and page.near(k - 1, i) in _FAILING:
            return "NEG"
        if word in ("avoid", "avoiding", "avoided", "prevent", "preventing", "prevented", "without"):
            return "NEG"
        if word not in AUXILIARIES | ADVERBS | {"to", "be", "or", "from"}:
            break
        k -= 1
    first = page.bounds[page.home[i]][0]
    if page.lowers[first] in ("no", "neither") and i - first < 7 and page.near(k, i) != ",":
        return "NEG"
    return "NEG" if page.near(k - 1, i) in ("no", "neither") and page.near(k, i).isalpha() else "POS"


_FAILING: Final = bag("fail fails failed failing refuse refuses refused refusing decline declines declined declining")


def noun_negated(page: Page, i: int) -> bool:
    """Whether no, without, avoid, prevent or rule out stands in front of the noun at ``i``."""
    for k in range(i - 1, i - 5, -1):
        word = page.near(k, i)
        if word in ("no", "without", "avoid", "avoiding", "prevent", "prevented", "preventing", "avoided"):
            return True
        if word == "out" and page.near(k - 1, i) in ("rule", "ruled", "rules", "ruling"):
            return True
        if not word or word in PREPOSITIONS | AUXILIARIES | _CLAUSE | {",", "and"}:
            return False
    return False
