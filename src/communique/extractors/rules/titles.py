"""TITLE: an office before a name, behind it between commas, or predicated of it."""

from __future__ import annotations

from typing import Final

from communique.extractors.english.gazetteer import gazetteer
from communique.extractors.english.page import Page
from communique.extractors.english.words import DETERMINERS, POSSESSIVES, bag
from communique.extractors.rules.names import Found

_COPULAS: Final = bag("is was became becomes remains remained as")
_SKIPPED: Final = (
    DETERMINERS
    | POSSESSIVES
    | {"former", "ex", "current", "then", "outgoing", "visiting", "top", "longtime", "late", "'s", "'", "-"}
)


def find_titles(page: Page, names: list[Found]) -> tuple[list[Found], list[tuple[Found, Found]]]:
    """All TITLEs, and pairs of the person and the title that the person holds."""
    at = {k: name for name in names for k in range(name.first, name.last)}
    titles: dict[int, Found] = {}
    holders: list[tuple[Found, Found]] = []

    def add(person: Found, first: int, last: int) -> None:
        if any(k in at for k in range(first, last)):
            return
        if not any(k in titles for k in range(first, last)):
            title = Found(first, last, "TITLE")
            titles.update(dict.fromkeys(range(first, last), title))
        if (person, titles[first]) not in holders:
            holders.append((person, titles[first]))

    people = [name for name in names if name.type == "PER"]
    for person in people:
        if before := _before(page, person.first, person.first, at):
            add(person, *before)
        elif (
            page.near(person.first - 1, person.first) == "and" and person.first - 2 in at and at[person.first - 2].type == "PER"
        ):
            first = at[person.first - 2].first
            if (before := _before(page, first, first, at)) and page.lowers[before[1] - 1].endswith("s"):
                add(person, *before)
        after = page.near(person.last, person.first)
        if after in (",", "(") or after in _COPULAS:
            start = _start(page, person.last + 1, person.first, at)
            if (found := _at(page, start, person.first)) and (after == "," or start > person.last + 1 or after == "as"):
                add(person, *found)
        apposed = _apposed(page, person.first - 1, at) if page.near(person.first - 1, person.first) == "," else None
        if apposed is not None and _introduced(page, apposed[0], at):
            add(person, *apposed)
    return sorted(set(titles.values())), holders


def _apposed(page: Page, comma: int, at: dict[int, Found]) -> tuple[int, int] | None:
    """The title of a phrase that ends at a comma: Ruthia's minister, or its ambassador to the Merrow Union."""
    if found := _before(page, comma, comma, at):
        return found
    if comma - 1 not in at:
        return None
    k = at[comma - 1].first
    while page.near(k - 1, comma) in DETERMINERS:
        k -= 1
    return _before(page, k - 1, comma, at) if page.near(k - 1, comma) in ("to", "of", "at", "for", "in") else None


def _is_head(word: str) -> bool:
    heads = gazetteer().title_heads
    return word in heads or (word.endswith("s") and word[:-1] in heads) or word in ("spokesmen", "secretaries")


def _before(page: Page, end: int, home: int, at: dict[int, Found]) -> tuple[int, int] | None:
    """The title that ends right before token ``end``."""
    last = end
    for tail in gazetteer().title_tails:
        k = end - len(tail)
        if (
            k > 1
            and page.lowers[k:end] == tail
            and page.near(k - 1, home) in ("of", "for")
            and _is_head(page.near(k - 2, home))
        ):
            last = k - 1
            break
    if not _is_head(page.near(last - 1, home)):
        return None
    return _modified(page, last - 1, home, at), end


def _modified(page: Page, head: int, home: int, at: dict[int, Found]) -> int:
    """The first token of a title with its head at ``head``."""
    known = gazetteer()
    first = head
    while True:
        word = page.near(first - 1, home)
        if first - 1 in at:
            return first
        if word in known.title_modifiers or (word in known.title_heads and word not in ("king", "queen")):
            first -= 1
        elif (
            word == "-" and page.glued(first) and page.near(first - 2, home) in known.title_modifiers | known.title_heads
        ) or (word in ("and", "&") and page.near(first - 2, home) in known.title_modifiers and first < head):
            first -= 2
        else:
            return first


def _start(page: Page, i: int, home: int, at: dict[int, Found]) -> int:
    """Past determiners, former and state or body modifiers."""
    limit = i + 8
    while i < limit:
        if i in at and at[i].type in ("GPE", "ORG"):
            i = at[i].last
        elif page.near(i, home) in _SKIPPED:
            i += 1
        else:
            break
    return i


def _at(page: Page, i: int, home: int) -> tuple[int, int] | None:
    """The title that begins at ``i``."""
    known = gazetteer()
    k, end = i, i
    while page.near(k, home):
        word = page.near(k, home)
        if _is_head(word):
            end = k + 1
        elif word not in known.title_modifiers and word != "-" and not (word == "and" and k > i):
            break
        k += 1
    if end == i:
        return None
    for tail in known.title_tails:
        if page.near(end, home) in ("of", "for") and page.lowers[end + 1 : end + 1 + len(tail)] == tail:
            return i, end + 1 + len(tail)
    return i, end


def _introduced(page: Page, first: int, at: dict[int, Found]) -> bool:
    """Whether "X's minister, Name" or "the minister, Name" stands here rather than the end of another phrase."""
    before = page.near(first - 1, first)
    return before in ("the", "a", "an", "former", "top", "'s", "'") or (
        first - 1 in at and at[first - 1].type in ("GPE", "ORG")
    )
