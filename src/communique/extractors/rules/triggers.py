"""Triggers: the readings of the lexicons that pass the manual's conditions, one for each token."""

from __future__ import annotations

from functools import cache
from typing import Final

from communique.extractors.english.lemmas import matching, single
from communique.extractors.english.page import Page
from communique.extractors.english.senses import FEELINGS
from communique.extractors.english.words import DETERMINERS, POSSESSIVES, bag
from communique.extractors.rules.carriers import carried
from communique.extractors.rules.changes import change_at
from communique.extractors.rules.company import Company
from communique.extractors.rules.conditions import admitted
from communique.extractors.rules.names import Found
from communique.extractors.rules.speech_parts import ONLY_NOUNS, part
from communique.extractors.rules.trigger import Trigger

_MILITARY: Final = bag("military defence defense security arms")


def find_triggers(page: Page, mention_at: dict[int, Found]) -> list[Trigger]:
    """All triggers of a page, in order, one per token."""
    company = Company(page, mention_at)
    names = {k for k, m in mention_at.items() if m.kind != "NOM"}
    found: dict[int, Trigger] = {}
    for first, last in page.bounds:
        if page.lowers[first] in ("photo", "image", "credit"):
            continue
        for i in range(first, last):
            if i in names or not page.lowers[i][0].isalpha():
                continue
            trigger = _trigger(company, i, last)
            if trigger is not None:
                found[i] = trigger
    return carried(page, found)


def _trigger(company: Company, i: int, last: int) -> Trigger | None:
    page = company.page
    if page.near(i + 1, i) == "-" and page.glued(i + 1) and page.lowers[i] not in ("stand",):
        return None
    change = change_at(page, i)
    options: list[Trigger] = []
    for reading in matching(page.lowers, i, last):
        if reading.type in ("IMPROVE", "WORSEN"):
            continue
        role = part(page, i, reading.lemma, reading.tag, company.at)
        if role == "A" or (i in company.at and role != "V"):
            continue
        after = company.at.get(i + 1)
        if role == "N" and after is not None and after.kind == "NOM" and company.at.get(i - 1) is None:
            continue  # a noun before a noun: surveillance plane
        visit = reading.type == "CONSULT" and reading.lemma in _visits()
        trigger = Trigger(i, reading.lemma, reading.type, role, reading.tag, visit=visit)
        if admitted(company, trigger, len(reading.after) + len(reading.before)):
            options.append(trigger)
    if special := _special(company, i):
        options.append(special)
    if change is not None and not any(o.type in ("CONSULT",) for o in options):
        type_, lemma, tag, at = change
        role = "N" if lemma in ONLY_NOUNS else part(page, i, lemma, tag, company.at)
        return Trigger(i, lemma, type_, "V" if role == "A" else role, tag, changed=at)
    options = [o for o in options if o.lemma not in FEELINGS or o.type != "ACCUSE" or company.blamed(i)]
    return _precedent(options)


@cache
def _visits() -> frozenset[str]:
    return frozenset(lemma for lemma, _ in single("consult_visit").values())


_VERBAL: Final = ("THREATEN", "ACCUSE", "REQUEST", "REJECT", "AGREE", "STATEMENT")
_ROWS: Final = ("CONSULT", "STATEMENT", *_VERBAL[:4], "SECURITY", "SANCTION", "AGREE", "SUPPORT", "COOPERATE")


def _precedent(options: list[Trigger]) -> Trigger | None:
    verbal = [o for o in options if o.type in _VERBAL]
    first = min(verbal, key=lambda o: _VERBAL.index(o.type)) if verbal else None
    rest = [o for o in options if o.type not in _VERBAL] + ([first] if first else [])
    return min(rest, key=lambda o: _ROWS.index(o.type)) if rest else None


def _special(company: Company, i: int) -> Trigger | None:
    """Words that the lists lack or hold in a phrase: flying drones, military ties, joint exercises."""
    page, word = company.page, company.page.lowers[i]
    if word in ("flying", "flew", "flown", "sent", "sending", "scrambled", "sailed", "fired"):
        target = company.object_of(i, ("OBJ",), 5)
        if target is not None:
            lemma = {"flying": "fly", "flew": "fly", "flown": "fly"}.get(word, "send")
            return Trigger(i, lemma, "SECURITY", "G" if word.endswith("ing") else "V", "ing" if word.endswith("ing") else "ed")
    if word in ("exercise", "exercises", "drill", "drills", "patrols", "maneuvers", "manoeuvres") and company.joint(i):
        return Trigger(i, word.removesuffix("s"), "COOPERATE", "N", "s")
    if (
        word in ("call", "calls")
        and page.near(i + 1, i) in ("for", "to")
        and page.near(i - 1, i) in DETERMINERS | POSSESSIVES | {"'s"}
    ):
        return Trigger(i, "call", "REQUEST", "N", "s")
    if word in ("ties", "relations", "links") and page.near(i - 1, i) in _MILITARY:
        return Trigger(i, word, "COOPERATE", "N", "s")
    return None
