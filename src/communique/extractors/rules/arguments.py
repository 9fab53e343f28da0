"""Fillers of roles by position: subject left, object right, prepositions, possessors, times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from communique.extractors.english.gazetteer import gazetteer
from communique.extractors.english.senses import FEELINGS
from communique.extractors.english.words import ADVERBS, BE, HAVE, PREPOSITIONS, bag
from communique.extractors.rules.clauses import PARTIES, Scene
from communique.extractors.rules.moments import give_times
from communique.extractors.rules.names import Found
from communique.extractors.rules.trigger import Trigger
from communique.ontology import default_ontology

Filled = tuple[tuple[str, Found], ...]

_WHERE: Final = bag("in at over near inside off across through around outside above along")
_GOALS: Final = bag("into to toward towards from")
_CROSSED: Final = bag("patrol transit cross enter")
_VICTIMS: Final = bag(
    """attack intercept shoot down strike target track shadow chase ram seize bomb raid fight invade bombard encircle confront
    ambush occupy shell surveil spy collide"""
)
# Verb classes: the role of the object, and of what follows a preposition.
_RIGHT: Final[dict[str, dict[str, str]]] = {
    "CONSULT": {"": "PARTICIPANT", "with": "PARTICIPANT", "to": "PARTICIPANT", "between": "PARTICIPANT", "among": "PARTICIPANT",
                "by": "PARTICIPANT", "on": "TOPIC", "about": "TOPIC", "over": "TOPIC"},
    "STATEMENT": {"to": "RECIPIENT", "about": "TOPIC", "on": "TOPIC", "of": "TOPIC", "regarding": "TOPIC"},
    "ACCUSE": {"": "RECIPIENT", "with": "RECIPIENT", "at": "RECIPIENT", "against": "RECIPIENT", "over": "TOPIC",
               "about": "TOPIC", "for": "TOPIC"},
    "REQUEST": {"": "RECIPIENT", "on": "RECIPIENT", "from": "RECIPIENT", "for": "TOPIC", "to": "RECIPIENT"},
    "REJECT": {"": "RECIPIENT", "to": "RECIPIENT"},
    "THREATEN": {"": "RECIPIENT", "against": "RECIPIENT", "to": "RECIPIENT", "over": "TOPIC", "about": "TOPIC"},
    "AGREE": {"with": "RECIPIENT", "to": "RECIPIENT", "on": "TOPIC", "about": "TOPIC", "between": "ACTOR", "": "TOPIC"},
    "SUPPORT": {"": "RECIPIENT", "to": "RECIPIENT", "for": "RECIPIENT", "with": "RECIPIENT"},
    "SECURITY": {"": "OBJECT", "against": "RECIPIENT", "on": "RECIPIENT", "at": "RECIPIENT"},
    "SANCTION": {"": "RECIPIENT", "on": "RECIPIENT", "against": "RECIPIENT"},
    "COOPERATE": {"": "RECIPIENT", "to": "RECIPIENT", "for": "RECIPIENT", "with": "ACTOR", "between": "ACTOR",
                  "among": "ACTOR"},
}  # fmt: skip


def arguments(scene: Scene, keys: Mapping[Found, tuple[str, str]]) -> dict[int, Filled]:
    """The admitted role fillers of every trigger, by its token. ``keys`` tell which mentions are one thing."""
    found: dict[int, list[tuple[str, Found]]] = {}
    for i, trigger in scene.triggers.items():
        if trigger.type in ("IMPROVE", "WORSEN"):
            found[i] = list(_change(scene, trigger))
        elif trigger.visit:
            found[i] = list(_visit(scene, trigger))
        else:
            found[i] = list(_general(scene, trigger))
    give_times(scene, found)
    _leading_places(scene, found)
    idle = _datelines(scene)
    return {i: _admitted(scene.triggers[i], pairs, keys, idle) for i, pairs in found.items()}


def _admitted(
    t: Trigger, pairs: Iterable[tuple[str, Found]], keys: Mapping[Found, tuple[str, str]], idle: set[Found]
) -> Filled:
    """Each mention once, in a role that takes its type; of two mentions of one entity the name, then the nearer one."""
    fillers = default_ontology().events[t.type].fillers
    kept: dict[Found, str] = {}
    for role, mention in pairs:
        if mention.type in fillers.get(role, ()) and mention not in idle:
            kept.setdefault(mention, role)
    best: dict[object, Found] = {}
    for mention in kept:
        same = keys.get(mention, mention)
        if same not in best or _rank(t, mention) < _rank(t, best[same]):
            best[same] = mention
    return tuple((role, mention) for mention, role in kept.items() if best[keys.get(mention, mention)] == mention)


def _rank(t: Trigger, m: Found) -> tuple[int, int]:
    return ("NAM", "ADJ", "NOM", "PRO").index(m.kind or "NAM"), abs(m.first - t.at)


def _datelines(scene: Scene) -> set[Found]:
    """Places and dates before the dash or bracket of a dateline; they fill nothing."""
    page = scene.page
    found: set[Found] = set()
    for first, last in page.bounds:
        if not page.words[first].isupper() or len(page.words[first]) < 3:
            continue
        dash = next((k for k in range(first, min(first + 12, last)) if page.words[k] in ("--", "–", "—", "-", ")")), None)
        if dash is not None:
            found |= {scene.at[k] for k in range(first, dash) if k in scene.at}
    return found


def passive(scene: Scene, i: int) -> bool:
    """Whether the past participle at ``i`` stands behind a form of be."""
    if not scene.page.lowers[i].endswith(("ed", "n", "t", "d", "ld")):
        return False
    k = i - 1
    while scene.page.near(k, i) in ADVERBS | HAVE:
        k -= 1
    return scene.page.near(k, i) in BE


def _general(scene: Scene, t: Trigger) -> Iterable[tuple[str, Found]]:
    own = "PARTICIPANT" if t.type == "CONSULT" else "ACTOR"
    right = scene.right(t.at)
    if t.lemma == "according":
        yield from (("ACTOR", m) for prep, m in right if prep == "to")
        return
    if t.part == "N":
        yield from _of_noun(scene, t, own, right)
    else:
        yield from _of_verb(scene, t, own, right)


def _of_verb(scene: Scene, t: Trigger, own: str, right: list[tuple[str, Found]]) -> Iterable[tuple[str, Found]]:
    i = t.at
    types = (*PARTIES, "OBJ") if t.type == "SECURITY" else PARTIES
    is_passive = t.part == "V" and t.tag == "ed" and passive(scene, i)
    inverted = t.type == "STATEMENT" and _inverted(scene, i, right)
    if inverted:
        yield from (("ACTOR", m) for prep, m in right if prep == "")
    elif is_passive:
        object_role = _right_role(t, "", "PER")
        for m in scene.subjects(i, (*PARTIES, "OBJ", "LOC")):
            yield (_right_role(t, "", m.type) or object_role or "RECIPIENT"), m
        yield from (("OBJECT" if m.type == "OBJ" else own, m) for prep, m in right if prep == "by")
    else:
        for m in scene.subjects(i, types):
            yield ("OBJECT" if m.type == "OBJ" else own), m
    told = t.lemma in ("tell", "inform", "assure", "remind", "brief", "notify", "reassure", "quote")
    placed, last = False, ""
    for prep, m in right:
        last, role = _last_preposition(scene, t.at, m), _right_role(t, prep, m.type)
        moved = t.type == "SECURITY" and prep in _GOALS and m.type in ("GPE", "LOC")
        crossed = t.type == "SECURITY" and prep == "" and t.lemma in _CROSSED and m.type in ("GPE", "LOC")
        where = prep in _WHERE and m.type in ("GPE", "LOC", "EVT") and not (t.type == "SECURITY" and prep == "at")
        if where or moved or crossed:
            if not placed and not (where and (_of_object(scene, t, m) or last in ("about", "on", "of", "over"))):
                placed = True
                yield "PLACE", m
        elif prep == "" and t.type == "STATEMENT":
            if not inverted and (told or t.lemma in ("describe", "mention")):
                yield ("RECIPIENT" if told else "TOPIC"), m
        elif prep == "" and t.lemma == "discuss":
            yield "TOPIC", m
        elif role is not None and not (is_passive and prep == ""):
            yield role, m
    if t.type in ("REJECT", "SUPPORT", "ACCUSE") and not is_passive:
        yield from (("RECIPIENT", m) for m in _owners(scene, i))


def _of_object(scene: Scene, t: Trigger, m: Found) -> bool:
    """Whether the place hangs on the object noun of a verb of speech: praised its role in the Pacific."""
    k = scene.opening(m) - 2
    verbal = t.type in ("SUPPORT", "ACCUSE", "REJECT", "STATEMENT", "REQUEST", "AGREE", "THREATEN")
    return verbal and k > t.at and k not in scene.at and scene.page.lowers[k].isalpha() and scene.page.lowers[k] not in ADVERBS


def _last_preposition(scene: Scene, i: int, m: Found) -> str:
    """The preposition before the one of the mention's own phrase, between it and ``i``; empty if none."""
    words = [w for w in scene.page.lowers[i + 1 : max(i + 1, scene.opening(m) - 1)] if w in PREPOSITIONS]
    return words[-1] if words else ""


def _right_role(t: Trigger, preposition: str, type_: str) -> str | None:
    if t.type == "SECURITY" and preposition == "":
        return "RECIPIENT" if t.lemma in _VICTIMS else "OBJECT"
    if t.type == "REJECT" and preposition == "" and type_ in ("LOC", "OBJ", "EVT"):
        return "TOPIC"
    if t.type == "STATEMENT" and preposition == "of" and t.lemma not in ("inform", "assure", "remind", "notify"):
        return None
    if t.type == "COOPERATE" and type_ == "OBJ":
        return "OBJECT" if preposition in ("", "of") else None
    if t.type == "SANCTION" and type_ == "OBJ" and preposition in ("", "of", "on"):
        return "OBJECT"
    if t.type == "SUPPORT" and preposition == "for" and t.part != "N":
        return "TOPIC"
    if preposition == "to" and (t.lemma == "agree" or (t.type == "REQUEST" and t.part != "N")):
        return None
    return _RIGHT.get(t.type, {}).get(preposition)


def _inverted(scene: Scene, i: int, right: list[tuple[str, Found]]) -> bool:
    """Whether the speaker follows the verb: "…," said Varga."""
    before = scene.page.near(i - 1, i)
    if scene.triggers[i].part == "G":
        return False
    close = any(prep == "" and scene.opening(m) <= i + 1 for prep, m in right)
    quoted = before in ('"', "”") or (before == "," and not any(m.type == "PER" for m in scene.subjects(i)[:1]))
    return (
        close
        and (quoted or (before == "," and scene.page.near(i - 2, i) in ('"', "”")))
        and "that" not in scene.page.lowers[i + 1 : i + 3]
    )


def _owners(scene: Scene, i: int) -> list[Found]:
    """The owner of an object that is neither trigger nor mention: criticised Ruthia's policy."""
    for k in range(i + 1, i + 5):
        m = scene.at.get(k)
        if (
            m is not None
            and m.type in PARTIES
            and scene.page.home[k] == scene.page.home[i]
            and (scene.possesses(m) or m.kind == "ADJ")
        ):
            after = range(m.last, m.last + 4)
            other = any(j in scene.triggers or (j in scene.at and scene.at[j].type != "TIME") for j in after)
            return [] if other else [m]
        if k in scene.triggers or scene.page.near(k, i) in PREPOSITIONS:
            break
    return []


def _of_noun(scene: Scene, t: Trigger, own: str, right: list[tuple[str, Found]]) -> Iterable[tuple[str, Found]]:
    i = t.at
    possessors = scene.possessors(i)
    for m in possessors:
        if own == "PARTICIPANT" and m.type == "GPE" and m.kind == "NAM" and not scene.possesses(m) and len(possessors) == 1:
            hyphenated = scene.page.near(m.last, i) == "-" or scene.page.near(m.first - 1, i) == "-"
            city = m.key is not None and m.key not in gazetteer().states and not hyphenated
            yield ("PLACE" if city else "PARTICIPANT"), m
        else:
            yield own, m
    if t.carrier is not None and t.carrier < i:
        if t.carried != "cancel_verbs":
            yield from ((own, m) for m in scene.subjects(t.carrier))
    elif t.carrier is None and (infinitive := _attached(scene, i)) is not None:
        yield from ((own, m) for m in scene.subjects(infinitive))
    if t.carrier is not None and t.carrier > i:
        right = [*right, *((prep, m) for prep, m in scene.right(t.carrier) if prep)]
    placed = False
    for prep, m in right:
        if prep in _WHERE and m.type in ("GPE", "LOC", "EVT"):
            if not placed:
                placed = True
                yield "PLACE", m
        elif prep == "by" or (prep == "of" and t.type == "CONSULT"):
            yield own, m
        elif prep == "of" and t.type in ("SECURITY", "SANCTION", "COOPERATE", "ACCUSE"):
            yield ("OBJECT" if m.type == "OBJ" else "RECIPIENT"), m
        elif prep and (role := _right_role(t, prep, m.type)) is not None and not (t.type == "CONSULT" and prep == "to"):
            yield role, m
        elif prep in ("before", "after") and m.type == "EVT":
            yield "TIME", m
    if t.type == "ACCUSE":
        for k in range(i + 1, i + 8):
            m2 = scene.at.get(k)
            if (
                m2 is not None
                and scene.page.home[k] == scene.page.home[i]
                and m2.type in PARTIES
                and t.lemma in FEELINGS
                and (scene.possesses(m2) or m2.kind == "ADJ")
            ):
                yield "RECIPIENT", m2
                break
    if t.carrier is not None and t.carrier < i and t.type in ("SANCTION", "THREATEN", "COOPERATE", "SUPPORT"):
        yield from (("RECIPIENT", m) for prep, m in scene.right(t.carrier, i - t.carrier) if prep == "" and m.last <= i)


def _attached(scene: Scene, i: int) -> int | None:
    """A verb of wanting whose object the noun at ``i`` is: seek talks, proposed a meeting."""
    for k in range(i - 1, i - 5, -1):
        word = scene.page.near(k, i)
        if word in ("seek", "seeks", "sought", "seeking", "wants", "want", "wanted", "hosted", "proposed", "attended"):
            return k
        if not word or k in scene.triggers or k in scene.at:
            return None
    return None


def _visit(scene: Scene, t: Trigger) -> Iterable[tuple[str, Found]]:
    i = t.at
    placed = False
    right = scene.right(i)
    if t.part == "N":
        yield from (("ACTOR", m) for m in scene.possessors(i) if not _place_before(scene, m))
        if t.carrier is not None and t.carrier < i:
            own = t.carried != "cancel_verbs" or not scene.possessors(i)
            yield from (("ACTOR", m) for m in scene.subjects(t.carrier) if own and m.type == "PER")
        elif (visitor := _traveller(scene, i)) is not None:
            yield "ACTOR", visitor
        yield from (("ACTOR", m) for prep, m in right if prep in ("by", "of") and m.type in ("PER", "ORG"))
    elif t.tag == "ed" and passive(scene, i):
        yield from (("ACTOR", m) for prep, m in right if prep == "by")
    else:
        yield from (("ACTOR", m) for m in scene.subjects(i, PARTIES))
    for prep, m in right:
        if (
            m.type in ("GPE", "LOC", "EVT")
            and prep in ("", "to", "in", "at", "for", "into", "near")
            and (prep or t.part != "N")
        ):
            if not placed or prep in ("", "to"):
                yield "PLACE", m
            placed = True
        elif m.type == "PER" and prep in ("", "to", "with") and (prep or t.part != "N"):
            yield "PARTICIPANT", m
        elif m.type == "EVT" and prep in ("before", "after"):
            yield "TIME", m


def _place_before(scene: Scene, m: Found) -> bool:
    """A name right before a visit word is where it leads: the Castel visit."""
    return m.type == "GPE" and m.kind == "NAM" and not scene.possesses(m)


def _traveller(scene: Scene, i: int) -> Found | None:
    """The subject of the clause that "on a visit" is an adjunct of."""
    for k in range(i - 1, i - 8, -1):
        word = scene.page.near(k, i)
        if word in ("on", "in"):
            break
        if not word or word in ("the", "during", "after", "before", "of", "for", "since") or k in scene.triggers:
            return None
    else:
        return None
    verb = next(
        (
            j
            for j in sorted(scene.triggers)
            if j > i and scene.triggers[j].part == "V" and scene.page.home[j] == scene.page.home[i]
        ),
        None,
    )
    opens = k == scene.page.bounds[scene.page.home[i]][0]
    if opens:
        subjects = scene.subjects(verb) if verb is not None else []
        return subjects[0] if subjects else None
    before = scene.subjects(k)
    return before[0] if before else None


def _change(scene: Scene, t: Trigger) -> Iterable[tuple[str, Found]]:
    at = t.changed if t.changed is not None else t.at
    parties = [m for prep, m in scene.right(at) if prep in ("with", "between", "among")]
    with_one = any(prep == "with" for prep, _ in scene.right(at))
    before = [m for m in scene.possessors(at) if m.type == "GPE"]
    if t.part == "N" and at != t.at:
        before += [m for m in scene.possessors(t.at) if m.type in PARTIES and m not in before]
    states = [m for m in (*parties, *before) if m.type == "GPE" and m.kind != "PRO"]
    if at >= t.at and t.part != "N" and scene.subjects(t.at):
        before = [m for m in before if m.kind != "PRO"]  # its ties: the subject's own
    yield from (("PARTICIPANT", m) for m in (*parties, *before))
    if at >= t.at and t.part != "N" and not passive(scene, t.at):
        given = len(states) > 1 or (any(m.plural and m.kind != "PRO" for m in states) and not with_one)
        for m in scene.subjects(t.at):
            yield ("PARTICIPANT" if m.type == "GPE" and not given else "ACTOR"), m
    elif t.carrier is not None:
        yield from (("PARTICIPANT", m) for m in scene.subjects(t.carrier))
    for prep, m in scene.right(max(at, t.at)):
        if prep in ("in", "at") and m.type in ("GPE", "LOC", "EVT"):
            yield "PLACE", m
            break


def _leading_places(scene: Scene, found: dict[int, list[tuple[str, Found]]]) -> None:
    """In Castel, Varga met Brand: the place belongs to the first finite verb."""
    page = scene.page
    for first, last in page.bounds:
        if page.lowers[first] not in ("in", "at"):
            continue
        m = next((scene.at[k] for k in range(first + 1, min(first + 6, last)) if k in scene.at), None)
        verb = next((k for k in range(first, last) if k in scene.triggers and scene.triggers[k].part == "V"), None)
        if (
            m is not None
            and verb is not None
            and m.type in ("GPE", "LOC", "EVT")
            and scene.head(m)
            and "," in page.lowers[m.last : verb]
        ) and not any(k in scene.triggers for k in range(first, m.first)):
            found[verb].append(("PLACE", m))
