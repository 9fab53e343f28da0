"""Relations between mentions by the manual's patterns of a few words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from communique.extractors.english.gazetteer import gazetteer
from communique.extractors.english.lemmas import single
from communique.extractors.english.words import DETERMINERS, bag
from communique.extractors.rules.changes import relation_object
from communique.extractors.rules.clauses import Scene
from communique.extractors.rules.names import Found
from communique.ontology import default_ontology

Link = tuple[str, Found, Found]
"""Type, head and tail."""

_OF: Final = bag("of from at with for")
_GROUPING: Final = bag("including like namely among")


def relations(scene: Scene, mentions: Sequence[Found], holders: Sequence[tuple[Found, Found]]) -> list[Link]:
    """All relations that the ontology admits, each once."""
    admitted = default_ontology().relations
    found: dict[Link, None] = {}
    for type_, head, tail in (*_positions(scene, holders), *_pairs(scene, mentions), *_ties(scene), *_members(scene, mentions)):
        rule = admitted[type_]
        if head.type in rule.head and tail.type in rule.tail and head != tail:
            found.setdefault((type_, head, tail))
    return list(found)


def _positions(scene: Scene, holders: Sequence[tuple[Found, Found]]) -> Iterator[Link]:
    """Titles with their holders, and what the title phrase says of the holder's state or body."""
    page = scene.page
    for person, title in holders:
        yield "POSITION", person, title
        k = title.first - 1
        while page.near(k, title.first) in (
            "'s",
            "'",
            "former",
            "top",
            "current",
            "then",
            "-",
            "ex",
            "visiting",
            "outgoing",
            "new",
        ):
            k -= 1
        left = scene.at.get(k)
        if left is not None and left.type in ("GPE", "ORG"):
            yield "AFFILIATION", person, left
        right = _next_name(scene, title.last + 1) if page.near(title.last, title.first) in _OF | {"in"} else None
        if right is not None:
            yield "AFFILIATION", person, right
            for other in scene.conjuncts(right, True):
                yield "AFFILIATION", person, other


def _next_name(scene: Scene, i: int) -> Found | None:
    for k in range(i, i + 4):
        m = scene.at.get(k)
        if m is not None:
            return m if m.type in ("GPE", "ORG") and not scene.modifies(m) else None
        if scene.page.near(k, i) not in DETERMINERS and scene.page.near(k, i) not in ("its", "their"):
            return None
    return None


def _pairs(scene: Scene, mentions: Sequence[Found]) -> Iterator[Link]:
    page = scene.page
    for m in mentions:
        if m.type in ("PER", "ORG", "OBJ", "LOC", "EVT"):
            yield from _before(scene, m)
        after = page.near(m.last, m.first)
        end = m.extent[1] if m.extent else m.last
        if m.kind == "NOM" and end > m.last and after in ("of", "from", "at", "in", "with", "for"):
            right = _next_name(scene, m.last + 1)
            if right is not None and m.type in ("PER", "ORG", "OBJ"):
                if after == "in":
                    if m.type == "ORG":
                        yield "LOCATED_IN", m, right
                else:
                    yield "AFFILIATION", m, right
        elif m.kind == "NAM" and m.type in ("ORG", "EVT", "LOC") and after == "in":
            right = _next_name(scene, m.last + 1)
            if right is not None and right.type in ("GPE", "LOC"):
                yield "LOCATED_IN", m, right
        elif m.kind == "NAM" and m.type == "PER" and after == "of" and (right := _next_name(scene, m.last + 1)) is not None:
            yield "AFFILIATION", m, right
        if m.type == "GPE" and m.kind == "NAM" and after == ",":
            right = scene.at.get(m.last + 1)
            if (
                right is not None
                and right.type == "GPE"
                and right.kind == "NAM"
                and m.key not in gazetteer().states
                and m.key != right.key
                and not scene.modifies(right)
            ):
                listed = page.near(right.last, m.first) in (",", "and") and page.near(right.last + 1, m.first) in ("and", "or")
                if not listed and page.near(m.first - 1, m.first) != ",":
                    yield "LOCATED_IN", m, right
        if after == "-" and page.near(m.last + 1, m.first) == "based":
            based = next((scene.at[k] for k in range(m.last + 2, m.last + 5) if k in scene.at), None)
            if based is not None:
                yield ("LOCATED_IN" if based.type == "ORG" else "AFFILIATION"), based, m


def _before(scene: Scene, m: Found) -> Iterator[Link]:
    """Adjectives of nationality, names and possessors in front of the mention's head."""
    page = scene.page
    k = m.first - 1
    limit = m.first - 7
    while k >= limit and page.near(k, m.first):
        left = scene.at.get(k)
        if left is not None:
            if left.type == "TITLE":
                k = left.first - 1
                continue
            if left.type in ("GPE", "ORG") and left.first != m.first:
                possessive = scene.possesses(left)
                if m.type in ("LOC", "EVT"):
                    if left.type == "GPE":
                        yield "LOCATED_IN", m, left
                elif possessive or left.kind == "ADJ" or left.kind == "NAM":
                    yield "AFFILIATION", m, left
            return
        word = page.lowers[k]
        if word == "'s" or (word.isalpha() and word not in _BLOCK and k not in scene.triggers and m.kind == "NOM"):
            k -= 1
            continue
        return


_BLOCK: Final = DETERMINERS | bag(
    """of in at on to from with by for about over between and or but that which who is was are were has have had said as its
    their his her"""
)


def _ties(scene: Scene) -> Iterator[Link]:
    page = scene.page
    nouns = single("ties_nouns")
    for i, word in enumerate(page.lowers):
        if word not in nouns or (
            word not in ("war", "conflict", "trade", "competition", "dispute", "feud") and relation_object(word) is None
        ):
            continue
        owners = sorted(m for m in scene.possessors(i) if m.type == "GPE")
        states = owners[:2]
        after = page.near(i + 1, i)
        if after == "between":
            between = [m for prep, m in scene.right(i, 10) if prep == "between" and m.type == "GPE"]
            states = between[:2] if len(between) > 1 else states
        elif after in ("with", "to") and len(owners) == 1:
            right = [m for prep, m in scene.right(i, 10) if prep == "with" and m.type == "GPE"]
            yield from (("TIES", owners[0], m) for m in right)
            continue
        if len(states) == 2 and (after == "between" or page.near(states[0].last, i) in ("-", "/", "–", "and")):
            yield ("TIES", *sorted(states))  # type: ignore[misc]


def _members(scene: Scene, mentions: Sequence[Found]) -> Iterator[Link]:
    """States such as Norvania; its shipyards, including Almy Marine."""
    page = scene.page
    for group in mentions:
        if group.kind != "NOM" or not group.plural:
            continue
        end = group.extent[1] if group.extent else group.last
        k = end + (page.near(end, group.first) in (",", "-", "–", "—"))
        word = page.near(k, group.first)
        if word in _GROUPING or (word == "such" and page.near(k + 1, group.first) == "as"):
            start = k + (2 if word == "such" else 1)
            first = next(
                (scene.at[j] for j in range(start, start + 5) if j in scene.at and scene.at[j].type not in ("TITLE", "TIME")),
                None,
            )
            if first is not None and page.near(start, group.first):
                for member in (first, *scene.conjuncts(first, True)):
                    yield "MEMBER_OF", member, group
