"""Noun, verb, gerund or participle: guessed from a form and the two words round it, without a tagger."""

from __future__ import annotations

from typing import Final

from communique.extractors.english.page import QUOTES, Page
from communique.extractors.english.words import (
    ADVERBS,
    AUXILIARIES,
    BE,
    DETERMINERS,
    DO,
    HAVE,
    MODALS,
    NUMBERS,
    POSSESSIVES,
    PREPOSITIONS,
    PRONOUNS,
    SUBJECTS,
    bag,
)
from communique.extractors.rules.names import Found

ONLY_NOUNS: Final = bag(
    """audience chat consultation conversation debriefing deliberation dialogue diplomacy discussion encounter engagement
    get-together huddle mediation meeting negotiation reception session sit-down summit talks tête-à-tête videoconference
    banquet dinner luncheon breakfast conference forum gathering roundtable workshop trip stopover journey pilgrimage voyage
    arrival accusation allegation complaint condemnation criticism denunciation unease threat ultimatum invitation plea
    proposal refusal rejection opposition acceptance accord agreement commitment deal pact apology condolence endorsement
    solidarity tribute airstrike buildup conflict confrontation deployment downing incursion interception intrusion invasion
    overflight shootdown standoff stand-off surveillance war expulsion penalty tariff restriction embargo assistance
    collaboration cooperation delivery partnership relief shipment détente de-escalation improvement normalisation
    normalization rapprochement reconciliation restoration stabilisation stabilization breakdown deterioration downturn
    erosion escalation rift rupture severance control sale strain warning exercise drill maneuver manoeuvre easing warming
    worsening ice-breaking control"""
)
EITHER: Final = bag(
    """visit tour stop call lunch parley debate charge protest rebuke reprimand demand request appeal petition veto snub offer
    pledge promise vow compromise support honour attack ambush blockade bomb clash fight patrol probe raid strike test
    transit ban boycott curb fine freeze sanction aid help transfer supply boost cut damage thaw reset chill collapse strain
    spike spiral break rise increase harm worry alarm concern exchange contact talk blame order transit launch fire alert
    bombard chase rescue menace upgrade bid travel return block shadow"""
)
_ADJECTIVE: Final = ("ic", "al", "ary", "ive", "ous", "ful", "less", "able", "ible", "ant", "ent", "ory")
_ADJECTIVES: Final = bag(
    """new first second third last next major joint high top new possible planned upcoming future further fresh early late
    strong sharp brief short long rare recent scheduled more such latest good old live key same direct surprise state trade
    official close full open final ongoing previous potential face-to-face high-level bilateral trilateral several closed
    warm frank secret private economic travel phone video peace nuclear missile drone air naval military security defence
    defense arms climate weapons food aid export import sweeping tough harsh tighter large-scale fire live-fire two-day"""
)


def part(page: Page, i: int, lemma: str, tag: str, mention_at: dict[int, Found]) -> str:
    """One of ``N`` noun, ``V`` verb, ``G`` gerund or participle that heads a clause, ``A`` participle that stands on a noun."""
    before, after = page.near(i - 1, i), page.near(i + 1, i)
    if tag == "ed":
        return _of_past(page, i, before, after, mention_at)
    if tag == "ing":
        if page.lowers[i] in ONLY_NOUNS or _nominal_left(page, i, before, mention_at, False):
            return "N" if before not in BE else "V"
        return "V" if before in BE or (before in ADVERBS and page.near(i - 2, i) in BE) else "G"
    if lemma in ONLY_NOUNS:
        return "N"
    if lemma not in EITHER:
        # A plain verb form behind an article is some other word's noun ("the say", "an answer").
        noun = before in DETERMINERS - {"all", "both", "this", "that"} or before in ("'s", "'")
        return "N" if noun or (tag == "base" and before in ("by", "of", "in", "on", "with", "from", "for", "at")) else "V"
    if tag == "s" and lemma == "talk":
        return "V" if before in SUBJECTS else "N"
    return _of_either(page, i, lemma, tag, before, after, mention_at)


def _of_past(page: Page, i: int, before: str, after: str, mention_at: dict[int, Found]) -> str:
    if before == "-" and page.glued(i):
        return "A"
    nouny = bool(after) and after[0].isalpha() and after not in PREPOSITIONS | DETERMINERS | PRONOUNS | AUXILIARIES | ADVERBS
    if before in DETERMINERS | POSSESSIVES | {"'s", "'"} and nouny and after not in ("and", "that", "or"):
        return "A"
    if before in ("of", "for", "with", "new", "no") and nouny and i + 1 not in mention_at:
        return "A"
    held = before in AUXILIARIES or (before in ADVERBS and page.near(i - 2, i) in AUXILIARIES)
    reduced = after in ("by", "in", "at", "on", "last") and not held and i - 1 not in mention_at
    noun = before.isalpha() and before not in ADVERBS | SUBJECTS | {"and", "or", "but", "that", "to", "not"}
    return "A" if reduced and noun and after == "by" else "V"


def _of_either(page: Page, i: int, lemma: str, tag: str, before: str, after: str, mention_at: dict[int, Found]) -> str:
    if before == "to":
        return "V" if tag == "base" and not (after in ("of", "by", ".", ",") and page.near(i - 2, i) in ("thanks",)) else "N"
    if before in MODALS | DO | SUBJECTS or (before in ("not", "n't") and tag == "base"):
        return "V"
    if before in ADVERBS and page.near(i - 2, i) in MODALS | DO | SUBJECTS | {"to"}:
        return "V"
    if _nominal_left(page, i, before, mention_at, True):
        return "N"
    opens = after in DETERMINERS | PRONOUNS | {"that", "to", "with"} or after in QUOTES or (i + 1 in mention_at)
    left = mention_at.get(i - 1)
    if left is not None and left.kind != "ADJ":
        plural = left.plural or page.near(left.first - 1, i) == "and"
        if plural and tag == "base" and page.headings[page.home[i]] and lemma not in ("talk", "call"):
            return "V"
        if opens and ((tag == "s" and not left.plural) or (tag == "base" and plural)):
            return "V"
        return "N"
    if tag == "base" and before in ("and", "or", "but", ",") and opens:
        return "V"
    if tag == "base" and before.endswith("s") and opens and after != "with":
        return "V"
    return "N"


def _nominal_left(page: Page, i: int, before: str, mention_at: dict[int, Found], prepositions: bool) -> bool:
    if before in DETERMINERS | POSSESSIVES | NUMBERS.keys() | {"'s", "'"} or before in _ADJECTIVES or before.isdigit():
        return True
    if prepositions and before in PREPOSITIONS - {"to", "like", "as"}:
        return True
    left = mention_at.get(i - 1)
    if left is not None and left.kind == "ADJ":
        return True
    if before == "-" and page.glued(i):
        return True
    return len(before) > 5 and before.endswith(_ADJECTIVE) and before not in PREPOSITIONS and left is None


def in_perfect_or_passive(page: Page, i: int) -> bool:
    """Whether a form of be or have stands before the form at ``i``, adverbs between."""
    k = i - 1
    while page.near(k, i) in ADVERBS:
        k -= 1
    return page.near(k, i) in BE | HAVE
