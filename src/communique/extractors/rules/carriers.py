"""Light, aspectual, cancelling and lifting verbs: which of them carries a noun trigger, and whether it stays one itself."""

from __future__ import annotations

from typing import Final

from communique.extractors.english.lemmas import single
from communique.extractors.english.page import Page
from communique.extractors.english.words import BE, BOUNDARIES, DETERMINERS, POSSESSIVES, PREPOSITIONS, bag
from communique.extractors.rules.trigger import Trigger

_LEXICONS: Final = ("light_verbs", "aspectual_verbs", "cancel_verbs", "lift_verbs")


def _verbs_at(page: Page, i: int) -> dict[str, str]:
    """Carrying lexicons in which the verb form at ``i`` stands, with its lemma; a phrase needs its particle near."""
    found = {}
    word = page.lowers[i]
    particles = {page.near(k, i) for k in range(i + 1, i + 4)}
    phrases = {
        ("call", "off"),
        ("break", "off"),
        ("put", "off"),
        ("pull", "out"),
        ("walk", "out"),
        ("carry", "out"),
        ("cut", "short"),
        ("kick", "off"),
        ("wrap", "up"),
    }
    for name in _LEXICONS:
        if (entry := single(name).get(word)) and entry[1] != "":
            found[name] = entry[0]
    for verb, particle in phrases:
        if particle in particles and word in _PHRASAL.get(verb, ()):
            found["cancel_verbs" if verb in ("call", "break", "put", "pull", "walk", "cut") else "light_verbs"] = verb
    return found


_PHRASAL: Final = {
    "call": ("call", "calls", "called", "calling"), "break": ("break", "breaks", "broke", "broken", "breaking"),
    "put": ("put", "puts", "putting"), "pull": ("pull", "pulls", "pulled", "pulling"), "cut": ("cut", "cuts", "cutting"),
    "walk": ("walk", "walks", "walked", "walking"), "carry": ("carry", "carries", "carried", "carrying"),
    "kick": ("kick", "kicks", "kicked", "kicking"), "wrap": ("wrap", "wraps", "wrapped", "wrapping"),
}  # fmt: skip


def carried(page: Page, found: dict[int, Trigger]) -> list[Trigger]:
    """Join nouns to the verbs that carry them; drop those verbs unless they cancel."""
    result = dict(found)
    for i, trigger in found.items():
        if trigger.part != "N" or (trigger.type in ("IMPROVE", "WORSEN") and trigger.changed != i):
            continue
        carrier, name, lemma = _carrier(page, i, found, trigger)
        if carrier is None:
            continue
        result[i] = Trigger(i, trigger.lemma, trigger.type, "N", trigger.tag, carrier, name, trigger.changed, trigger.visit)
        if name == "cancel_verbs":
            tag = "ed" if page.lowers[carrier].endswith("ed") else "base"
            result[carrier] = Trigger(carrier, lemma, "REJECT", "V", tag)
        elif (carrier in result and result[carrier].changed is None) or (carrier in result and trigger.type == "CONSULT"):
            del result[carrier]
    return sorted(result.values())


def _carrier(page: Page, i: int, found: dict[int, Trigger], trigger: Trigger) -> tuple[int | None, str, str]:
    for k in range(i - 1, i - 10, -1):  # held talks
        word = page.near(k, i)
        if not word or word in BOUNDARIES or word in ("to", '"'):
            break
        if k in found and found[k].part in ("V", "G") and not _verbs_at(page, k):
            break
        if (name := _fitting(page, k, trigger.type)) and not _noun_form(page, k):
            return k, name, _verbs_at(page, k)[name]
        if word in PREPOSITIONS and not (word == "in" and page.near(k - 1, i) in _PARTAKE):
            if word in ("of",) and k >= i - 4:
                continue
            break
    auxiliary = False
    for k in range(i + 1, i + 20):  # the visit was cancelled
        word = page.near(k, i)
        if not word or word in BOUNDARIES or word in (",", '"') or (k in found and not _verbs_at(page, k)):
            break
        auxiliary = auxiliary or word in BE or word in ("be", "been", "began", "resumed")
        past = single("light_verbs").get(word, single("cancel_verbs").get(word, ("", "")))[1]
        if auxiliary and (name := _fitting(page, k, trigger.type)) and (past == "ed" or name != "light_verbs"):
            return k, name, _verbs_at(page, k)[name]
    return None, "", ""


_PARTAKE: Final = bag("participate participated participating participates engage engaged engaging")


def _fitting(page: Page, k: int, type_: str) -> str | None:
    names = _verbs_at(page, k)
    if type_ == "SANCTION" and "lift_verbs" in names:
        return "lift_verbs"
    cancelling = type_ in ("CONSULT", "AGREE", "COOPERATE")
    order = ("cancel_verbs", "aspectual_verbs", "light_verbs") if cancelling else ("aspectual_verbs", "light_verbs")
    return next((n for n in order if n in names), None)


def _noun_form(page: Page, k: int) -> bool:
    return page.near(k - 1, k) in DETERMINERS | POSSESSIVES | {"'s", "of"}
