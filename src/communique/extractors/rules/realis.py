"""Realis and polarity by the lists of markers, with a window in place of syntax for what a marker governs."""

from __future__ import annotations

from functools import cache
from typing import Final

from communique.extractors.english.lemmas import forms
from communique.extractors.english.page import Page
from communique.extractors.english.words import (
    ADVERBS,
    AUXILIARIES,
    BE,
    DEFINITE,
    DETERMINERS,
    DO,
    FINITE,
    HAVE,
    MODALS,
    PREPOSITIONS,
    SUBJECTS,
    bag,
    inflect,
)
from communique.extractors.rules.polarity import noun_negated, verb_polarity
from communique.extractors.rules.trigger import Trigger

_PLANNED_MODALS: Final = bag("will shall won't 'll")
_ADJECTIVES: Final = {
    **dict.fromkeys(("planned", "scheduled", "upcoming", "future", "next", "forthcoming"), "PLANNED"),
    **dict.fromkeys(("possible", "potential", "proposed"), "POSSIBLE"),
}
_CLAUSE: Final = bag("; : that which who whom while when where because although though but")


_SOFT: Final = bag(
    """call calls called calling push pushed ability able plea proposal offer offered offers invitation allow allowed help
    likely unlikely refuse refused refuses decline declined avoid prevent fail failed way chance efforts attempts hopes
    steps pledge pledged vow vowed promised promise commitment eager keen favour favor"""
)


@cache
def _marker_forms() -> dict[str, str]:
    """Forms of verbs and nouns that put their complement into PLANNED or POSSIBLE."""
    found = {}
    for lemma in ("plan", "agree", "decide", "schedule", "set", "expect", "due", "prepare"):
        found.update({form: "PLANNED" for form, _ in inflect(lemma)})
    for phrase in forms("realis_possible"):
        if len(phrase) == 1 and phrase[0] not in MODALS | {"if", "unless", "whether", "possible", "potential"}:
            found[phrase[0]] = "POSSIBLE"
    for word in _SOFT:
        found.setdefault(word, "POSSIBLE")
    found.update(dict.fromkeys(("pledge", "pledged", "pledges", "vow", "vowed", "promised", "promise"), "POSSIBLE"))
    return found


@cache
def _causes() -> frozenset[str]:
    words = {"lead", "cause", "prompt", "spark", "trigger", "result", "bring", "pave", "yield", "produce"}
    return frozenset(form for word in words for form, _ in inflect(word))


_ENDING: Final = ("end", "halt", "stop", "conclu", "complet", "finish")
_WEAK: Final = ("POSSIBLE", "PLANNED", "ACTUAL")


def weakest(*values: str | None) -> str:
    """The weakest of some realis values; None is no marker."""
    return min((v for v in values if v is not None), key=_WEAK.index, default="ACTUAL")


def realis_of(page: Page, trigger: Trigger, all_: dict[int, Trigger]) -> tuple[str, str]:
    """Realis and polarity of a trigger."""
    i = trigger.at
    if trigger.lemma == "according":
        return "ACTUAL", "POS"
    if trigger.part != "N":
        return verb_realis(page, i, trigger.tag, all_), verb_polarity(page, i)
    negative = noun_negated(page, i)
    marked = _noun_adjective(page, i)
    if trigger.carrier is not None:
        k = trigger.carrier
        tag = "ing" if page.lowers[k].endswith("ing") else "ed" if page.lowers[k].endswith(("ed", "ld", "de", "pt")) else "base"
        value = verb_realis(page, k, tag, all_)
        verb_negative = verb_polarity(page, k) == "NEG"
        if trigger.carried == "cancel_verbs":
            if verb_negative:
                return "PLANNED", "POS"
            begun = page.lowers[k].startswith(("halt", "suspend", "broke", "break", "abandon", "abort", "terminat"))
            in_force = begun or trigger.type == "AGREE" or trigger.lemma in ("cooperation", "partnership")
            return ("ACTUAL", "POS") if in_force else ("PLANNED", "NEG")
        if trigger.carried == "lift_verbs":
            return ("ACTUAL", "POS") if verb_negative else (value, "NEG")
        if page.lowers[k].startswith(_ENDING) and not (page.lowers[k].startswith("conclu") and trigger.type == "AGREE"):
            return "ACTUAL", "POS"
        scheduled = page.lowers[k].startswith(("plan", "schedul", "prepar", "reschedul"))
        return weakest(marked, value, "PLANNED" if scheduled else None), "NEG" if negative or verb_negative else "POS"
    value = weakest(marked, _governor_of_noun(page, i, all_), _indefinite_subject(page, i, all_))
    return value, "NEG" if negative else "POS"


def verb_realis(page: Page, i: int, tag: str, all_: dict[int, Trigger]) -> str:
    """The realis of the verb at ``i`` with its auxiliaries, its governing verb and its condition."""
    k = i - 1
    values: list[str | None] = [_condition(page, i), _wished(page, i)]
    participle_ing = tag == "ing"
    while page.near(k, i):
        word = page.lowers[k]
        if word in ("to",):
            values.append(_infinitive(page, k, i, all_))
            return weakest(*values)
        if word in MODALS:
            values.append("PLANNED" if word in _PLANNED_MODALS else "POSSIBLE")
            return weakest(*values)
        if word in BE | HAVE | DO or word in ADVERBS or word == "not":
            participle_ing = participle_ing and word not in BE
            k -= 1
            continue
        break
    if participle_ing:
        values.append(_gerund(page, i, all_))
    elif (shared := _conjunct(page, i, k, tag)) is not None:
        values.append(verb_realis(page, shared, "base", all_))
    elif tag == "base" and k == i - 1 and page.near(k, i) in ("", '"', "“", "and", "or", ","):
        values.append("POSSIBLE" if page.near(k, i) in ("", '"', "“") and not page.headings[page.home[i]] else None)
    return weakest(*values)


def _conjunct(page: Page, i: int, k: int, tag: str) -> int | None:
    """The word after "to" or a modal that a bare verb at ``i`` is coordinated with."""
    if tag != "base" or page.near(k, i) not in ("and", "or", ","):
        return None
    for m in range(k - 1, max(k - 16, -1), -1):
        word = page.near(m, i)
        if not word or word in _CLAUSE:
            return None
        if word in MODALS or (
            word == "to" and page.near(m + 1, i) not in DETERMINERS and page.near(m + 1, i) not in ("", "and")
        ):
            return m + 1 if m + 1 < i else None
    return None


def _condition(page: Page, i: int) -> str | None:
    """POSSIBLE in a clause of if, unless or whether."""
    for k in range(i - 1, i - 14, -1):
        word = page.near(k, i)
        if not word or word in (",", ";", ":", '"'):
            return None
        if word in ("if", "unless", "whether"):
            return "POSSIBLE"
    return None


def _wished(page: Page, i: int) -> str | None:
    """The marker whose that-clause, with or without "that", the verb at ``i`` heads."""
    for k in range(i - 1, i - 9, -1):
        word = page.near(k, i)
        if not word or word in _CLAUSE - {"that"} or word in (",", '"', "to", "and", "but"):
            return None
        if word in _WISHES:
            return "POSSIBLE"
        if word == "expected" and page.near(k + 1, i) == "that":
            return "PLANNED"
    return None


_WISHES: Final = frozenset(
    form for word in ("hope", "demand", "propose", "wish", "request", "insist", "recommend") for form, _ in inflect(word)
)


def _infinitive(page: Page, to: int, i: int, all_: dict[int, Trigger]) -> str:
    """What governs "to" + verb: the nearest marker to the left, else be, have or a purpose."""
    before = page.near(to - 1, i)
    if before in ("going",) or (before in BE and before not in ("be", "been")):
        return "PLANNED"
    if before in HAVE or before in ("order", "as", "so", "ought"):
        return "POSSIBLE"
    if page.headings[page.home[i]] and not any(page.near(k, i) in _marker_forms() for k in range(to - 4, to)):
        return "PLANNED" if page.near(to - 1, i) and page.words[to - 1][:1].isupper() else "POSSIBLE"
    for k in range(to - 1, to - 9, -1):
        word = page.near(k, i)
        if not word or word in _CLAUSE or word in (",", '"'):
            break
        if word in _causes() or word in (
            "managed",
            "succeeded",
            "manages",
            "continued",
            "continues",
            "began",
            "begun",
            "started",
        ):
            return "ACTUAL"
        if word in _marker_forms():
            marked = _marker_forms()[word]
            if (
                marked == "PLANNED"
                and k < to - 1
                and not (word in ("plan", "plans", "agreement") or page.near(to - 1, i) in ("also",))
            ):
                return "POSSIBLE"  # agreed to resume talks to ease: the nearer "to" is a purpose
            own = verb_realis(page, k, "base", all_) if page.near(k - 1, i) in MODALS | {"to"} else "ACTUAL"
            return weakest(marked, own)
        if k in all_ and all_[k].part == "V":
            break
    return "POSSIBLE"


def _gerund(page: Page, i: int, all_: dict[int, Trigger]) -> str | None:
    before = page.near(i - 1, i)
    if before in ("not", "without"):
        before = page.near(i - 2, i) if before == "not" else before
    if before in ("by",):
        main = _main_before(page, i - 1, all_)
        return verb_realis(page, main.at, main.tag, all_) if main is not None and main.part == "V" else None
    if before in ("of", "for", "to", "towards", "in", "on", "from", "at", "about"):
        governor = page.near(i - 2, i)
        return _marker_forms().get(governor, "PLANNED" if governor == "plans" else None)
    if before in _marker_forms() or before in ("consider", "considering", "considered"):
        return "POSSIBLE"
    first = page.bounds[page.home[i]][0]
    return "POSSIBLE" if i == first and page.near(i + 1, i) in DETERMINERS and "," not in page.lowers[i : i + 12] else None


def _main_before(page: Page, k: int, all_: dict[int, Trigger]) -> Trigger | None:
    first = page.bounds[page.home[k]][0]
    return next((all_[m] for m in range(k - 1, first - 1, -1) if m in all_), None)


def _noun_adjective(page: Page, i: int) -> str | None:
    for k in range(i - 1, i - 5, -1):
        word = page.near(k, i)
        if word in _ADJECTIVES:
            return _ADJECTIVES[word]
        if not word or word in PREPOSITIONS | AUXILIARIES | DETERMINERS:
            return None
    return None


def _definite(page: Page, i: int) -> bool:
    for k in range(i - 1, i - 7, -1):
        word = page.near(k, i)
        if not word or word in PREPOSITIONS | AUXILIARIES | _CLAUSE | {",", "and", "a", "an", "any", "some"}:
            return False
        if word in DEFINITE or word in ("'s", "'"):
            return True
    return False


def _governor_of_noun(page: Page, i: int, all_: dict[int, Trigger]) -> str | None:
    """The marker whose object, or whose of/for/to-complement, the noun at ``i`` is."""
    after = page.near(i + 1, i)
    if _definite(page, i) and (after in AUXILIARIES or after in FINITE or (i + 1 in all_ and all_[i + 1].part == "V")):
        return None  # the subject of what the marker governs
    crossed = False
    for k in range(i - 1, i - 9, -1):
        word = page.near(k, i)
        if (
            not word
            or word in _CLAUSE
            or word in (",", '"', "after", "before", "during", "following", "since", "with", "in", "on", "at")
        ):
            return None
        if word in ("of", "for", "to", "towards", "on", "against"):
            if crossed:
                return None
            crossed = True
            continue
        if k in all_ and all_[k].part in ("V", "G"):
            against = all_[k].type == "THREATEN" and "against" in page.lowers[k:i]
            return "POSSIBLE" if against or all_[k].type == "REQUEST" or all_[k].lemma in ("threaten", "offer") else None
        if word in _causes():
            tag = "ed" if word.endswith(("ed", "t")) and word != "result" else "base"
            own = verb_realis(page, k, tag, all_)
            hoped = any(page.near(m, i) in ("hope", "hopes", "hoped", "hoping") for m in range(k - 8, k))
            return weakest(own, "POSSIBLE" if hoped else None)
        if word in _marker_forms() and word not in ("agreed", "agree", "agrees", "set", "way", "help", "allowed", "expected"):
            return _marker_forms()[word] if not (word in ("plan", "plans") and crossed) else "PLANNED"
        if word in ("expected", "expects", "expect", "due"):
            return "PLANNED"
    return None


def _indefinite_subject(page: Page, i: int, all_: dict[int, Trigger]) -> str | None:
    """An indefinite noun that is subject of a governed verb shares its realis; "if" and "whether" govern it anyway."""
    condition = _condition(page, i)
    if condition is not None and page.near(i + 1, i) in AUXILIARIES and not _definite(page, i):
        return condition
    if _definite(page, i):
        return None
    left = page.near(i - 1, i)
    if any(page.near(k, i) in PREPOSITIONS for k in range(i - 4, i)) or left in SUBJECTS:
        return None
    for k in range(i + 1, i + 7):
        word = page.near(k, i)
        if not word or word in _CLAUSE or word in (",", '"', "and") or k in all_:
            return None
        if word in MODALS:
            return "PLANNED" if word in _PLANNED_MODALS else "POSSIBLE"
        if word in BE | HAVE:
            after = page.near(k + 1, i)
            return "PLANNED" if after in ("scheduled", "planned", "expected", "due", "set") else None
    return None
