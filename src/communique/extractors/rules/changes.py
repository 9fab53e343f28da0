"""IMPROVE and WORSEN: a word of change, its direction, and a relation object near it."""

from __future__ import annotations

from functools import cache
from typing import Final

from communique.extractors.english.lemmas import single
from communique.extractors.english.page import Page
from communique.extractors.english.words import AUXILIARIES, BOUNDARIES, DETERMINERS, PREPOSITIONS, bag, inflect

_TENSE: Final = bag(
    """tension animosity antagonism discord distrust estrangement friction hostility mistrust misunderstanding rift rivalry
    strain tensions"""
)
_UP: Final = bag(
    "increase raise heighten rise mount intensify boost grow escalate spike flare fuel stoke inflame deepen ratchet expand"
)
_DOWN: Final = bag("reduce lower cool decrease calm relax weaken erode diminish lessen soften ease defuse chill cut tighten")
_EITHER_GOOD: Final = bag("ease easing calm defuse relax")
_ALWAYS: Final = {
    "thaw": "IMPROVE", "rapprochement": "IMPROVE", "détente": "IMPROVE", "detente": "IMPROVE", "de-escalation": "IMPROVE",
    "normalisation": "IMPROVE", "normalization": "IMPROVE", "reconciliation": "IMPROVE", "ice-breaking": "IMPROVE",
}  # fmt: skip
_EXTRA: Final = dict.fromkeys(
    ["grow", "soften", "lessen", "renew", "reinvigorate", "consolidate", "promote", "further", "rekindle"], "IMPROVE"
) | dict.fromkeys(["fuel", "decrease", "ratchet", "diminish"], "WORSEN")
_BARE: Final = bag("break build develop advance cut rise increase raise harm hurt boost tighten further")


@cache
def _change_words() -> dict[str, tuple[str, str, str]]:
    """Form to lemma, tag and the type that the lists give it."""
    found: dict[str, tuple[str, str, str]] = {}
    for lexicon, type_ in (("worsen", "WORSEN"), ("improve", "IMPROVE")):
        for form, (lemma, tag) in single(lexicon).items():
            found[form] = (lemma, tag, type_)
    for lemma, type_ in _EXTRA.items():
        for form, tag in inflect(lemma):
            found.setdefault(form, (lemma, tag, type_))
    return found


@cache
def _objects() -> dict[str, str]:
    return {form: lemma for form, (lemma, tag) in single("relation_objects").items() if tag in ("base", "s")}


def relation_object(word: str) -> str | None:
    """The relation noun that a form is of, None if of none."""
    return _objects().get(word)


def change_at(page: Page, i: int) -> tuple[str, str, str, int] | None:
    """Type, lemma and tag of a change at token ``i``, and the place of what changes (``i`` if the word holds it)."""
    word, end = page.lowers[i], i
    if word == "de" and page.near(i + 1, i) == "-" and page.glued(i + 1):
        return None
    if word.startswith("escalat") and page.near(i - 1, i) == "-" and page.near(i - 2, i) == "de":
        return ("IMPROVE", "de-escalate", "ed" if word.endswith("ed") else "base", end)
    if word.startswith(("establish",)) and page.near(i - 1, i) == "-" and page.near(i - 2, i) == "re":
        found: tuple[str, str, str] | None = ("restore", "ed" if word.endswith("ed") else "base", "IMPROVE")
    else:
        found = _change_words().get(word)
    if word in _ALWAYS and page.near(i - 1, i) != "to":
        return _ALWAYS[word], word, "base", i
    if found is None:
        return None
    lemma, tag, listed = found
    at = _object_right(page, i, tag, lemma)
    if at is None and lemma not in ("resume", "restart", "build", "cut", "break"):
        at = _object_left(page, i, tag)
    if at is None:
        return None
    if tag == "ed" and lemma in ("strain", "freeze") and at == i + 1:
        return None  # "strained ties" tells a state
    return _direction(lemma, _objects()[page.lowers[at]], listed), lemma, tag, at


def _direction(lemma: str, changed: str, listed: str) -> str:
    tense = changed in _TENSE
    if lemma in _EITHER_GOOD and tense:
        return "IMPROVE"
    if lemma in _UP:
        return "WORSEN" if tense else "WORSEN" if lemma in ("flare", "stoke", "inflame") else "IMPROVE"
    if lemma in _DOWN and lemma != "tighten":
        return "IMPROVE" if tense else "IMPROVE" if lemma in ("ease", "relax") else "WORSEN"
    return listed


def _object_right(page: Page, i: int, tag: str, lemma: str) -> int | None:
    preposition = 0
    for k in range(i + 1, i + 8):
        word = page.near(k, i)
        if not word or word in BOUNDARIES or word in ('"', ".") or word in AUXILIARIES:
            return None
        if word == "," and k > i + 1 and lemma not in _BARE:
            continue
        if word in PREPOSITIONS | {"to"}:
            # Of the prepositions only the first, and only those that a change word takes.
            preposition += 1
            if preposition > 1 or word not in ("of", "in", "on", "to") or (k > i + 1 and tag != "base"):
                return None
        if word in _objects() and not _modifies(page, k):
            return None if lemma in _BARE and k > i + 5 else k
    return None


def _modifies(page: Page, k: int) -> bool:
    """Whether the relation noun only stands before another noun ("trust fund")."""
    after = page.near(k + 1, k)
    return (
        after in ("mechanism", "agreement", "fund", "building", "forum", "office", "leaders", "partners", "partner")
        or after == "-"
    )


def _object_left(page: Page, i: int, tag: str) -> int | None:
    """The subject of an intransitive or passive change."""
    crossed = 0
    for k in range(i - 1, i - 12, -1):
        word = page.near(k, i)
        joined = word == "and" and "between" in page.lowers[max(0, k - 5) : k]
        if not word or word in BOUNDARIES or word in ('"', ",") or (word == "and" and not joined):
            return None
        if word in _objects():
            between = {page.near(m, i) for m in range(k + 1, i)}
            bare = k == i - 1 and tag == "base" and page.near(i - 2, i) in DETERMINERS
            return None if bare or (between & {"to"} and not between & AUXILIARIES) else k
        crossed += word in PREPOSITIONS
        if crossed > 1:
            return None
    return None
