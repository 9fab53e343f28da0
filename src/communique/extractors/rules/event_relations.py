"""Relations between triggers that a marker right between them shows, and what speech is of."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from typing import Final

from communique.extractors.english.words import PREPOSITIONS, bag
from communique.extractors.rules.clauses import Scene
from communique.extractors.rules.realis import realis_of
from communique.extractors.rules.trigger import Trigger
from communique.ontology import default_ontology

EventLink = tuple[str, int, int, tuple[int, int]]
"""Type, head and tail as trigger tokens, and the tokens of the evidence."""

_SPEECH: Final = bag("STATEMENT ACCUSE REQUEST REJECT THREATEN AGREE")
_PARTS: Final = bag("CONSULT STATEMENT AGREE REQUEST THREATEN ACCUSE REJECT SUPPORT IMPROVE")
# Marker words to type, and whether the event behind the marker is the relation's head.
_MARKERS: Final[dict[tuple[str, ...], tuple[str, bool]]] = {
    ("after",): ("BEFORE", True), ("following",): ("BEFORE", True), ("since",): ("BEFORE", True),
    ("in", "the", "wake", "of"): ("BEFORE", True), ("before",): ("BEFORE", False), ("ahead", "of"): ("BEFORE", False),
    ("prior", "to"): ("BEFORE", False), ("until",): ("BEFORE", False),
    ("during",): ("SUBEVENT", True), ("in", "the", "course", "of"): ("SUBEVENT", True),
    ("as", "part", "of"): ("SUBEVENT", True),
    ("because", "of"): ("CAUSE", True), ("because",): ("CAUSE", True), ("due", "to"): ("CAUSE", True),
    ("in", "response", "to"): ("CAUSE", True), ("as", "a", "result", "of"): ("CAUSE", True), ("driven", "by"): ("CAUSE", True),
    ("lead", "to"): ("CAUSE", False), ("leads", "to"): ("CAUSE", False), ("led", "to"): ("CAUSE", False),
    ("leading", "to"): ("CAUSE", False), ("result", "in"): ("CAUSE", False), ("resulted", "in"): ("CAUSE", False),
    ("prompted",): ("CAUSE", False), ("prompting",): ("CAUSE", False), ("triggered",): ("CAUSE", False),
    ("sparked",): ("CAUSE", False), ("sparking",): ("CAUSE", False), ("stem", "from"): ("CAUSE", True),
    ("aimed", "at"): ("PURPOSE", False), ("in", "order", "to"): ("PURPOSE", False), ("so", "as", "to"): ("PURPOSE", False),
    ("in", "a", "bid", "to"): ("PURPOSE", False),
}  # fmt: skip
_OPENERS: Final = {
    first: [(words, rule) for words, rule in _MARKERS.items() if words[0] == first]
    for first in {words[0] for words in _MARKERS}
}
_REACH: Final = 7


def event_relations(scene: Scene) -> list[EventLink]:
    """All relations, each pair of events once, CONTENT first."""
    found: dict[tuple[int, int], EventLink] = {}
    rules = default_ontology().event_relations
    links = (*_contents(scene), *_marked(scene), *_on_a_visit(scene), *_purposes(scene))
    for type_, head, tail, evidence in links:
        rule = rules[type_]
        if scene.triggers[head].type not in rule.head or scene.triggers[tail].type not in rule.tail or head == tail:
            continue
        if (tail, head) not in found:
            found.setdefault((head, tail), (type_, head, tail, evidence))
    return list(found.values())


def _here(scene: Scene, i: int) -> list[int]:
    first, last = scene.page.bounds[scene.page.home[i]]
    return [k for k in range(first, last) if k in scene.triggers]


def _topmost(scene: Scene, among: list[int]) -> list[int]:
    """The first finite verb, or else the first trigger, and the verbs coordinated with it."""
    if not among:
        return []
    finite = [k for k in among if scene.triggers[k].part == "V" and not _infinitive(scene, k)]
    carried = [k for k in among if (c := scene.triggers[k].carrier) is not None and scene.page.near(c - 1, c) != "to"]
    first = min([*finite[:1], *carried[:1]], default=among[0])
    top = [first]
    for k in among:
        if (
            k > first
            and scene.page.near(k - 1, k) in ("and", "or", "but")
            and scene.triggers[k].part == scene.triggers[first].part
        ):
            top.append(k)
    return top


def _infinitive(scene: Scene, i: int) -> bool:
    return scene.page.near(i - 1, i) == "to"


def _contents(scene: Scene) -> Iterator[EventLink]:
    page = scene.page
    for i, t in sorted(scene.triggers.items()):
        if t.type not in _SPEECH:
            continue
        here = _here(scene, i)
        right = list(takewhile(lambda k, t=t: not _separate(scene, t, k), (k for k in here if k > i)))  # type: ignore[misc]
        left = [k for k in here if k < i]
        pool = left or right if t.lemma == "according" or (t.type == "STATEMENT" and _parenthetic(scene, t) and left) else right
        if t.part == "N":
            pool = [k for k in pool[:1] if k - i <= 6 and "," not in page.lowers[i:k]]
        for tail in _topmost(scene, pool):
            if page.home[tail] == page.home[i]:
                yield "CONTENT", i, tail, (tail, tail + 1)


def _parenthetic(scene: Scene, t: Trigger) -> bool:
    """ "…," Varga said: no complement follows, and a comma or quotation mark stands between what is said and the verb."""
    page = scene.page
    after = page.near(t.at + 1, t.at)
    if after == "that":
        return False
    first = page.bounds[page.home[t.at]][0]
    mark = next((k for k in range(t.at - 1, max(first, t.at - 12), -1) if page.lowers[k] in ('"', "”", ",")), None)
    if mark is None or any(k in scene.triggers for k in range(mark, t.at)):
        return False
    quoted = page.lowers[mark] != "," or page.lowers[mark - 1] in ('"', "”")
    return (
        quoted or mark == t.at - 1 or after in ("", ".", ",", "in", "on", "after", "at", "during") or _is_time(scene, t.at + 1)
    )


def _is_time(scene: Scene, i: int) -> bool:
    return i in scene.at and scene.at[i].type == "TIME" and scene.page.near(i + 1, i) in (".", "", ",")


def _separate(scene: Scene, t: Trigger, k: int) -> bool:
    """Whether the trigger at ``k`` is outside the complement: behind "and/but" + a finite verb, or in an adjunct."""
    page = scene.page
    other = scene.triggers[k]
    place = other.carrier if other.carrier is not None and t.at < other.carrier < k else k
    words = page.lowers[t.at + 1 : place]
    adjunct = other.part == "G" and page.near(k - 1, k) == ","
    if adjunct or (other.type == "STATEMENT" and other.part == "V" and _parenthetic(scene, other)):
        return True
    if t.part == "N" and (not words or words[0] not in ("that", "of", "to", "for", "against")):
        return True
    if "that" in words and not {"but", ";"} & set(words[: words.index("that")]):
        return False
    if t.type == "STATEMENT":
        return "but" in words
    if set(words) & _OUTSIDE:
        return True
    finite = other.part == "V" or place != k
    return (
        finite
        and page.lowers[place].endswith(("ed", "d", "t"))
        and any(page.near(m, k) in ("and", ",") for m in (place - 1, place - 2))
    )


_OUTSIDE: Final = bag("but ; after before during following while amid when")


def _marked(scene: Scene) -> Iterator[EventLink]:
    page = scene.page
    for i, word in enumerate(page.lowers):
        for words, (type_, behind) in _OPENERS.get(word, ()):
            end = i + len(words)
            if page.lowers[i:end] != words or page.home[i] != page.home[end - 1]:
                continue
            inner = _behind(scene, end)
            outer = _clause_of(scene, i, inner)
            if inner is None or outer is None:
                continue
            # "led to" joins the subject's event with the object's; other markers the main clause's with the adjunct's.
            pair = (inner, outer) if behind else (outer, inner)
            yield type_, pair[0], pair[1], (i, end)
            break


def _behind(scene: Scene, i: int) -> int | None:
    """The first trigger of the phrase that begins at ``i``."""
    for k in range(i, i + _REACH):
        if not scene.page.near(k, i - 1) or (scene.page.lowers[k] == "," and k > i):
            return None
        if k in scene.triggers:
            return k
        if k in scene.at and scene.at[k].type == "EVT":
            return None
    return None


def _clause_of(scene: Scene, i: int, inner: int | None) -> int | None:
    """The main trigger of the clause that a marker at ``i`` hangs on: the nearest verb left, else the next behind."""
    here = _here(scene, i)
    left = [k for k in here if k < i]
    if left:
        finite = [k for k in left if scene.triggers[k].part == "V" or scene.triggers[k].carrier is not None]
        acts = [k for k in finite if scene.triggers[k].type != "STATEMENT" or i - k <= 2]
        return (acts or finite or left)[-1]
    right = [k for k in here if inner is not None and k > inner]
    top = _topmost(scene, right)
    return top[0] if top else None


def _on_a_visit(scene: Scene) -> Iterator[EventLink]:
    for i, t in sorted(scene.triggers.items()):
        if not t.visit or t.part != "N":
            continue
        on = next((k for k in range(i - 1, i - 6, -1) if scene.page.near(k, i) == "on"), None)
        if on is None or any(k in scene.triggers for k in range(on, i)):
            continue
        opens = on == scene.page.bounds[scene.page.home[i]][0]
        pool = [k for k in _here(scene, i) if (k > i if opens else k < on)]
        parts = _topmost(scene, pool)[:1] if opens else pool[-1:]
        for part_ in parts:
            if scene.triggers[part_].type in _PARTS:
                yield "SUBEVENT", i, part_, (on, on + 1)


def _purposes(scene: Scene) -> Iterator[EventLink]:
    """Purpose "to" + verb behind another event, and "by" + gerund."""
    page = scene.page
    for i, t in sorted(scene.triggers.items()):
        place = t.carrier if t.carrier is not None and t.carrier < i else i
        before = page.near(place - 1, i)
        left = [k for k in _here(scene, i) if k < place - 1]
        if not left:
            continue
        if before == "to" and t.part != "G" and realis_of(page, t, scene.triggers)[0] == "POSSIBLE":
            head = left[-1]
            gap = page.lowers[head + 1 : place - 1]
            if len(gap) <= 8 and scene.triggers[head].type not in ("REQUEST", "THREATEN", "REJECT") and not set(gap) & _ASKING:
                yield "PURPOSE", head, i, (place - 1, place)
        if before == "by" and page.lowers[place].endswith("ing"):
            yield "PURPOSE", i, left[-1], (place - 1, place)


_ASKING: Final = bag(
    """want wants wanted hope hopes hoped seek seeks sought need needs needed ready willing able effort efforts try tried
    trying attempt"""
) | (PREPOSITIONS & {"after", "before"})
