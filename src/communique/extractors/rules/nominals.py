"""Common nouns and pronouns that may become mentions, with the extent of their phrases."""

from __future__ import annotations

from typing import Final

from communique.extractors.english.gazetteer import gazetteer
from communique.extractors.english.lemmas import readings
from communique.extractors.english.page import Page
from communique.extractors.english.words import (
    ADVERBS,
    AUXILIARIES,
    BOUNDARIES,
    CONJUNCTIONS,
    DETERMINERS,
    NUMBERS,
    POSSESSIVES,
    PREPOSITIONS,
    PRONOUNS,
    bag,
)
from communique.extractors.rules.names import Found

PERSONAL: Final = bag("he him his himself she her hers herself i me my myself")
_THINGS: Final = bag("it its itself")
_GROUP: Final = bag("they them their theirs themselves we us our ours ourselves")
_NOUN_AFTER: Final = bag(
    """policy policies talks relations ties sales visit visits deal deals programme program test tests system systems building
    buildings crisis process security statement media sources level affairs issues issue interests technology exports trade
    launch launches strike strikes attack attacks activity activities operations operation capability capabilities defense
    defence development spokesman agencies leaders officials house property control controls exercises exercise drill drills
    action actions aid cooperation presence support response buildup spending equipment assistance intervention chief chiefs
    ministers minister officials official diplomats flights flight missions supplies industry industries makers maker zone
    zones line lines patrol patrols sanctions capacity threat threats"""
)
_VERBS_TOO: Final = bag("visit visits launches strikes attacks controls patrols exports tests deals talks meets")
_STOPS: Final = PREPOSITIONS | CONJUNCTIONS | AUXILIARIES | PRONOUNS | BOUNDARIES | (ADVERBS - {"first", "also", "long"})
_ADJECTIVE: Final = ("ic", "al", "ary", "ive", "ous", "ful", "ent", "ant", "or", "an", "ish", "ese", "ian", "ed", "ing", "ern")
_GROUP_NUMERALS: Final = bag("both two")
_VERBS_BEFORE: Final = bag("said told met accused urged sent says")


def find_nominals(page: Page, taken: dict[int, Found]) -> list[Found]:
    """All candidates outside the mentions of ``taken``, in order. What no rule uses is dropped later."""
    found: list[Found] = []
    listed = gazetteer().nominals
    for i, word in enumerate(page.lowers):
        if i in taken:
            continue
        if word in PRONOUNS:
            if pronoun := _pronoun(page, i):
                found.append(pronoun)
        elif word in listed and _heads(page, i, taken):
            type_, plural = listed[word]
            found.append(Found(i, i + 1, type_, "NOM", word, plural=plural, extent=_extent(page, i, taken)))
    return found


def _pronoun(page: Page, i: int) -> Found | None:
    word = page.lowers[i]
    if page.words[i] == "US" or (word == "i" and page.words[i] != "I"):
        return None
    if word in PERSONAL:
        return Found(i, i + 1, "PER", "PRO", word)
    if word in _THINGS:
        return None if word == "it" and _expletive(page, i) else Found(i, i + 1, "GPE", "PRO", word)
    return Found(i, i + 1, "GPE", "PRO", word, plural=True) if word in _GROUP else None


def _expletive(page: Page, i: int) -> bool:
    after = [page.near(k, i) for k in range(i + 1, i + 9)]
    return after[0] in ("is", "was", "'s", "would", "seems", "remains", "comes", "came") and bool(
        {"that", "to", "whether", "as"} & set(after)
    )


def _heads(page: Page, i: int, taken: dict[int, Found]) -> bool:
    after, word = page.near(i + 1, i), page.lowers[i]
    if (
        page.words[i][0].isupper()
        and not page.capitals[page.home[i]]
        and page.near(i - 1, i)
        and page.words[i - 1][0].isupper()
    ):
        return False
    if after == "-" and page.glued(i + 1):
        return False
    if page.near(i - 1, i) == "-" and page.glued(i) and page.near(i - 2, i) in ("vice", "co", "ex"):
        return True
    following = gazetteer().nominals.get(after)
    verb = after in _VERBS_TOO and (i + 2 in taken or page.near(i + 2, i) in DETERMINERS | POSSESSIVES | PREPOSITIONS)
    if (following and i + 1 not in taken and after not in ("leaders", "party")) or (after in _NOUN_AFTER and not verb):
        return following is not None and gazetteer().nominals.get(word, ("", False))[1] and word.endswith("s")
    if word in readings() and word in (
        "head",
        "heads",
        "arm",
        "arms",
        "shell",
        "chair",
        "host",
        "guard",
        "power",
        "mine",
        "test",
        "mines",
    ):
        before = page.near(i - 1, i)
        return (
            before in DETERMINERS | POSSESSIVES
            or before in ("'s", "nuclear", "of", "and")
            or (word == "arms" and before != "to")
        )
    return True


def _extent(page: Page, i: int, taken: dict[int, Found]) -> tuple[int, int]:
    return _left(page, i, taken), _right(page, i, taken)


def _left(page: Page, i: int, taken: dict[int, Found]) -> int:
    """The first token of the noun phrase with head ``i``; unknown words are taken in only up to a determiner."""
    sure = k = i
    while page.near(k - 1, i) and i - k < 8:
        k -= 1
        word = page.lowers[k]
        if (
            k not in taken
            and any(r.tag in ("ed", "s") and r.type != "AGREE" for r in readings().get(word, ()))
            and page.near(k - 1, i) not in DETERMINERS
        ):
            break
        if word == "that" and page.near(k + 1, i) != page.lowers[i]:
            break
        if word in DETERMINERS | POSSESSIVES:
            if word == "all" or page.near(k - 1, i) not in ("all", "both"):
                return k
            return k - 1
        if k in taken and taken[k].type != "TIME":
            if k + 1 != sure and k + 1 != i and not (page.lowers[k + 1].endswith(_ADJECTIVE) and k + 2 == sure):
                break  # unknown words between may be a verb
            k = taken[k].first
            sure = k
            if taken[k].kind != "ADJ" and page.near(k - 1, i) == "the":
                return k - 1
        elif (
            word in gazetteer().nominals
            or word in ("'s", "'")
            or word in NUMBERS
            or word.isdigit()
            or (word == "-" and page.glued(k))
        ):
            sure = k
        elif word in _STOPS or not word[0].isalpha() or word in _VERBS_BEFORE:
            break
        elif word.endswith(_ADJECTIVE) or word in gazetteer().title_modifiers:
            if word in readings() and not word.endswith(("al", "ic", "ary")) and k != i - 1:
                break
            if word not in readings():
                sure = k
    return sure


def _right(page: Page, i: int, taken: dict[int, Found]) -> int:
    """Past the head: of, in, from and to phrases that end in a name or a listed noun."""
    end = i + 1
    while page.near(end, i) in ("of", "from", "in") or (page.near(end, i) == "to" and page.lowers[i].startswith("ambassador")):
        k = end + 1
        while page.near(k, i) in DETERMINERS | POSSESSIVES | NUMBERS.keys() or (
            page.near(k, i).endswith(_ADJECTIVE) and k not in taken
        ):
            k += 1
        if k in taken and taken[k].type not in ("TIME",):
            k = taken[k].last
            while page.near(k, i) == "and" and k + 1 in taken:
                k = taken[k + 1].last
            end = k
        elif page.near(end, i) == "of" and page.near(k, i).isalpha() and page.near(k, i) not in _STOPS:
            end = k + 1
        else:
            break
    return end
