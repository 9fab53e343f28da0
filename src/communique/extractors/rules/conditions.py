"""When a listed word is a trigger of its type (guidelines 5.3 and 5.4), as far as the words round it show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from communique.extractors.english.lemmas import single
from communique.extractors.english.page import QUOTES
from communique.extractors.english.senses import FEELINGS, FORCES, NEEDED, NEVER, PROPOSALS
from communique.extractors.english.words import ADVERBS, BE, DETERMINERS, POSSESSIVES, bag
from communique.extractors.rules.company import Company
from communique.extractors.rules.speech_parts import in_perfect_or_passive
from communique.extractors.rules.trigger import Trigger

_STATIVE: Final = bag(
    """maintain conclude note observe post point state signal recall recognise recognize detail repeat write report underline
    reveal indicate predict imply hint tout respond answer cite estimate outline convey brief highlight suggest claim
    reaffirm acknowledge admit argue specify inform characterise characterize describe mention forecast echo"""
)
_SPEECH_NOUNS: Final = bag(
    """hope concern concerns worry unease alarm opinion view views doubt regret sorrow fear frustration anger dismay
    satisfaction interest confidence optimism willingness readiness commitment support"""
)
_MOVES: Final = bag("travel arrive fly head go come land stop tour journey voyage trip")
_HARD: Final = bag("confront occupy violate attack patrol ram shoot spy clash raid collide shell bomb intercept deploy")
_PRESS: Final = bag("reporters journalists media press public nation audience crowd")
_COMPOUND: Final = bag(
    "programme program process mechanism mechanisms table room team agenda schedule format platform channel station"
)


@cache
def _consult_nouns() -> frozenset[str]:
    return frozenset(lemma for name in ("consult_nouns", "consult_visit") for lemma, _ in single(name).values())


def admitted(company: Company, t: Trigger, phrase: int) -> bool:
    """Whether the manual's conditions let the word be a trigger of the type; ``phrase`` counts the other words of its entry."""
    if t.type == "REJECT" and t.lemma == "shoot" and not company.window(t.at, 0, 6) & PROPOSALS:
        return False
    wanted = NEEDED.get((t.type, t.lemma))
    if (t.type, t.lemma) in NEVER and not phrase:
        return False
    if wanted is not None and not phrase:
        words, left, right = wanted
        objects = t.type in ("SECURITY", "COOPERATE") and any(
            company.at[k].type == "OBJ"
            for k in range(t.at - left, t.at + right + 1)
            if k in company.at and company.page.home[k] == company.page.home[t.at]
        )
        if not (objects or company.window(t.at, left, right) & words):
            return False
    check = _CHECKS.get(t.type)
    return phrase > 0 or check is None or check(company, t)


def _consult(company: Company, t: Trigger) -> bool:
    page, i, lemma = company.page, t.at, t.lemma
    before, after = page.near(i - 1, i), page.near(i + 1, i)
    if t.part == "N":
        if lemma not in _consult_nouns() or lemma in ("go", "come", "fly", "head", "land", "arrive"):
            return False
        if after in _COMPOUND or (lemma == "stop" and t.tag == "base") or before in ("press", "news") or after == "-":
            return False
        if lemma in ("call", "debate") and not (before in ("phone", "video", "telephone") or after in ("with", "between")):
            return False
        if lemma == "session":
            return after in ("with", "between") or before in ("negotiating", "working")
        if page.lowers[i] in single("generic_nouns"):
            marked = before in ("this", "that", "these", "those", "its", "their", "his", "her", "our", "'s", "ongoing")
            return marked or company.named_after(i, ("between", "with"), ("GPE", "PER", "ORG"), 3)
        if lemma in ("stop", "conference", "reception", "workshop", "forum", "gathering", "breakfast"):
            return before in DETERMINERS | POSSESSIVES or company.named_after(i, ("with", "between"), ("GPE", "PER", "ORG"), 3)
        return lemma != "audience" or after == "with"
    if lemma in _MOVES:
        goal = ("to", "in", "at", "for") if lemma not in ("go", "come", "head", "fly") else ("to", "for")
        return company.subject(i) and company.named_after(i, goal, ("GPE", "LOC"), 5) and after != "on"
    if lemma in ("visit", "revisit"):
        return True
    if lemma in ("host", "receive", "welcome", "greet"):
        return company.object_of(i, ("PER",)) is not None
    if lemma == "call":
        return after not in ("for", "on", "upon", "off", "it") and (
            after == "with" or (company.object_of(i, ("PER",), 2) is not None and page.near(i + 2, i) not in DETERMINERS)
        )
    if lemma in (
        "talk",
        "speak",
        "confer",
        "converse",
        "consult",
        "engage",
        "liaise",
        "dine",
        "lunch",
        "negotiate",
        "mediate",
        "deliberate",
    ):
        listeners = {page.near(k, i) for k in range(i + 1, i + 4)} & _PRESS
        party = company.named_after(i, ("with", "to", "between"), ("PER", "ORG", "GPE"), 5)
        return not listeners and (party or company.plural_subject(i))
    if lemma == "meet":
        wanted = company.object_of(i, ("PER", "ORG", "GPE")) is not None or company.named_after(
            i, ("with",), ("PER", "ORG", "GPE", "TITLE"), 8
        )
        return wanted or company.plural_subject(i)
    return (
        lemma in ("phone", "telephone", "convene")
        or company.plural_subject(i)
        or company.named_after(i, ("with",), ("PER", "GPE", "ORG"))
    )


def _statement(company: Company, t: Trigger) -> bool:
    page, i, lemma = company.page, t.at, t.lemma
    after = page.near(i + 1, i)
    if lemma == "according":
        return after == "to"
    if lemma in ("call", "brand", "label", "term"):
        named = company.object_of(i, ("PER", "ORG", "GPE", "LOC", "OBJ"), 4) is not None or after in (
            "it",
            "the",
            "this",
            "that",
        )
        return (
            t.part in ("V", "G")
            and named
            and bool(company.window(i, 0, 7) & {"a", "an", "as", '"', "“"})
            and after not in ("for", "on", "off")
        )
    if t.part == "N" or (t.tag == "base" and page.near(i - 1, i) in DETERMINERS | POSSESSIVES):
        return False
    if not company.subject(i) or (
        t.tag in ("base", "s") and lemma in ("voice", "brief", "state", "post", "point", "note", "detail")
    ):
        return False
    if t.tag == "ed" and in_perfect_or_passive(page, i):
        k = i - 1
        while page.near(k, i) in ADVERBS:
            k -= 1
        if page.near(k, i) in BE and "by" not in company.window(i, 0, 3):
            return False
    if lemma in ("express", "voice", "convey", "register"):
        return bool(company.window(i, 0, 4) & _SPEECH_NOUNS) or after in ("that", "his", "her")
    if lemma == "conclude" or lemma in _STATIVE:
        follows = {page.near(k, i) for k in (i + 1, i + 2)}
        quoted = bool(follows & QUOTES) or page.near(i - 1, i) in QUOTES or page.near(i - 2, i) in QUOTES
        return (
            "that" in follows
            or quoted
            or after in ("about", "how", "why", "out")
            or lemma in ("describe", "mention", "inform", "brief")
        )
    return True


def _accuse(company: Company, t: Trigger) -> bool:
    page, i = company.page, t.at
    after = page.near(i + 1, i)
    if t.lemma == "charge":
        return (
            t.part == "N"
            and page.near(i + 1, i) not in ("of",)
            and page.near(i + 1, i) != "charge"
            and page.near(i - 1, i) != "in"
        )
    if t.lemma == "object":
        return t.part in ("V", "G") and after == "to"
    if t.lemma == "lash":
        return after == "out"
    if t.lemma in FEELINGS:
        return t.part == "N"
    if t.lemma in ("fault", "slam"):
        return t.part in ("V", "G")
    return True


def _request(company: Company, t: Trigger) -> bool:
    page, i, lemma = company.page, t.at, t.lemma
    after, before = page.near(i + 1, i), page.near(i - 1, i)
    ahead = company.window(i, 0, 8)
    if t.part == "N":
        if lemma in ("order", "press", "push", "lobby", "direct", "pressure", "ask"):
            return False
        return after != "-"
    if lemma in ("tell", "press", "push", "require", "prod"):
        to = next((k for k in range(i + 1, i + 7) if page.near(k, i) == "to"), None)
        told = to is not None and page.near(to + 1, to) not in DETERMINERS and (to + 1) not in company.at
        return (
            told and company.object_of(i, ("PER", "ORG", "GPE"), 5) is not None and "that" not in ahead and not ahead & QUOTES
        )
    if lemma == "ask":
        return (
            bool({"to", "for"} & ahead)
            and after not in ("about", "if", "whether", "how")
            and before not in ("when", "if")
            and "about" not in ahead
        )
    if lemma in ("direct", "order", "encourage", "lobby", "instruct"):
        return bool({"to", "for"} & ahead) and company.object_of(i, ("PER", "ORG", "GPE"), 5) is not None
    return lemma not in ("insist",)


def _reject(company: Company, t: Trigger) -> bool:
    page, i, lemma = company.page, t.at, t.lemma
    after = page.near(i + 1, i)
    if lemma in ("decline", "refuse") and after == "to" and page.near(i + 2, i) in ("comment", "say", "elaborate", "answer"):
        return False
    if lemma == "decline":
        return t.part != "N" and (after in ("to", "the", "an", "a") or i + 1 in company.at)
    return not (t.part == "N" and lemma in ("block", "shadow", "resist"))


def _agree(company: Company, t: Trigger) -> bool:
    page, i, lemma = company.page, t.at, t.lemma
    if lemma in ("deal", "accord", "pact"):
        return t.part == "N" and page.near(i - 1, i) not in ("great", "good")
    if lemma in ("undertake", "compromise"):
        return t.part in ("V", "G") and page.near(i + 1, i) in ("with", "to", "on")
    if lemma == "contract":
        return t.part == "N"
    return not (t.part == "N" and lemma in ("sign", "accept", "commit", "promise") and lemma != "promise")


def _support(company: Company, t: Trigger) -> bool:
    page, i, lemma = company.page, t.at, t.lemma
    if lemma == "welcome":
        return t.part in ("V", "G") and company.object_of(i, ("PER",)) is None
    if lemma in ("back", "hail", "champion", "honour", "side"):
        after = page.near(i + 1, i)
        return t.part in ("V", "G") and t.tag in ("ed", "s") and (i + 1 in company.at or after in DETERMINERS | POSSESSIVES)
    if lemma == "support" and t.part == "N":
        return page.near(i + 1, i) == "for" or bool(
            company.window(i, 4, 0) & {"express", "expressed", "voiced", "expresses", "reiterated"}
        )
    return True


def _security(company: Company, t: Trigger) -> bool:
    page, i, lemma = company.page, t.at, t.lemma
    before = page.near(i - 1, i)
    if lemma == "down":
        return page.lowers[i] in ("downed", "downing")
    if lemma in ("move", "aim", "alert", "board", "position", "mine", "tail", "offensive", "advance") and t.part == "N":
        return lemma == "offensive" and before not in ("an",)
    if lemma == "operation":
        return before in ("military", "naval", "air", "ground", "combat")
    if lemma == "strike" and company.window(i, 0, 5) & {"deal", "agreement", "balance", "chord", "tone"}:
        return False
    if page.lowers[i] in single("generic_nouns"):
        marked = before in ("this", "these", "its", "their", "'s", "ongoing")
        return marked or company.named_after(i, ("between", "with"), ("GPE", "PER", "ORG"), 3)
    if lemma in ("exercise", "drill", "manoeuvre", "maneuver", "patrol") and t.part == "N":
        return not company.joint(i)
    if lemma in _HARD:
        near = (company.at[k].type in ("OBJ", "ORG", "GPE", "LOC") for k in range(i - 5, i + 6) if k in company.at)
        return any(near) or bool(company.window(i, 5, 5) & FORCES)
    return True


def _sanction(company: Company, t: Trigger) -> bool:
    if t.lemma in ("fine", "bar", "block", "recall", "levy"):
        return t.part != "N"
    return t.lemma != "closure" or t.part == "N"


def _cooperate(company: Company, t: Trigger) -> bool:
    i, lemma = t.at, t.lemma
    if lemma in ("cooperation", "partnership", "collaboration"):
        return company.party(i)
    if (
        lemma in ("share", "train", "arm", "fund", "finance", "transfer", "rescue", "lend", "supply", "equip", "outfit")
        and t.part == "N"
    ):
        return False
    if lemma == "grant":
        return t.part == "N"
    if lemma == "arm":
        return company.object_of(i, ("PER", "ORG", "GPE")) is not None
    if lemma == "exchange" and t.part == "N":
        return company.page.near(i - 1, i) in ("prisoner", "intelligence") or company.page.near(i + 1, i) == "of"
    return True


_CHECKS: Final[Mapping[str, Callable[[Company, Trigger], bool]]] = {
    "CONSULT": _consult,
    "STATEMENT": _statement,
    "ACCUSE": _accuse,
    "REQUEST": _request,
    "REJECT": _reject,
    "AGREE": _agree,
    "SUPPORT": _support,
    "SECURITY": _security,
    "SANCTION": _sanction,
    "COOPERATE": _cooperate,
}
