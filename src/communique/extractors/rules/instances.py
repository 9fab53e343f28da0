"""Which event mentions report one event: the same type and word family, no conflict, and a definite or repeated mention."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from communique.extractors.english.words import DEFINITE
from communique.extractors.rules.arguments import Filled
from communique.extractors.rules.clauses import Scene
from communique.extractors.rules.names import Found
from communique.extractors.rules.references import Key
from communique.extractors.rules.trigger import Trigger
from communique.ontology import default_ontology

_MEMORY: Final = 100
"""How many instances back the first mention of an event may lie."""

_FAMILIES: Final = {
    word: family[0]
    for family in (
        line.split()
        for line in (
            "meet meeting summit audience encounter",
            "talk talks discussion negotiation negotiate discuss dialogue consultation consult conversation speak",
            "visit trip tour travel arrive arrival fly journey go head",
            "accuse accusation charge allegation allege",
            "condemn condemnation criticise criticize criticism denounce denunciation",
            "invite invitation",
            "agree agreement deal accord pact sign",
            "reject rejection refuse refusal",
            "drill exercise manoeuvre maneuver",
            "deploy deployment",
            "attack strike airstrike raid",
            "intercept interception",
            "expel expulsion",
            "assist assistance aid",
            "warn warning",
            "threaten threat",
        )
    )
    for word in family
}


def instances(
    scene: Scene, filled: Mapping[int, Filled], realis: Mapping[int, tuple[str, str]], keys: Mapping[Found, Key]
) -> list[list[int]]:
    """Clusters of trigger tokens, in order of their first."""
    clusters: list[list[int]] = []
    types = default_ontology().events
    for i, trigger in sorted(scene.triggers.items()):
        if not types[trigger.type].instance:
            continue
        joined = None
        if _may_join(scene, trigger):
            fitting = (c for c in reversed(clusters[-_MEMORY:]) if _fits(scene, c, trigger, filled, realis, keys))
            joined = next(fitting, None)
        if joined is None:
            clusters.append([i])
        else:
            joined.append(i)
    return clusters


def _may_join(scene: Scene, t: Trigger) -> bool:
    """Definite nouns; verbs whose facts must then be the same."""
    if t.part != "N":
        return True
    for k in range(t.at - 1, t.at - 6, -1):
        word = scene.page.near(k, t.at)
        if word in DEFINITE or word == "'s":
            return True
        if word in ("a", "an") or not word:
            break
    return False


def _fits(
    scene: Scene,
    cluster: list[int],
    t: Trigger,
    filled: Mapping[int, Filled],
    realis: Mapping[int, tuple[str, str]],
    keys: Mapping[Found, Key],
) -> bool:
    other = scene.triggers[cluster[-1]]
    if other.type != t.type or _FAMILIES.get(other.lemma, other.lemma) != _FAMILIES.get(t.lemma, t.lemma):
        return False
    if "POSSIBLE" in {realis[t.at][0]} ^ {realis[other.at][0]} or realis[t.at][1] != realis[other.at][1]:
        return False
    parties, others = _of(filled[t.at], keys, False), _of(filled[other.at], keys, False)
    places, where = _of(filled[t.at], keys, True), _of(filled[other.at], keys, True)
    if places and where and not places & where:
        return False
    if t.part == "N" and not parties:
        return True
    return bool(parties & others) and (parties <= others or others <= parties)


def _of(filled: Filled, keys: Mapping[Found, Key], place: bool) -> set[Key]:
    return {keys[m] for role, m in filled if m in keys and (role == "PLACE") is place}
