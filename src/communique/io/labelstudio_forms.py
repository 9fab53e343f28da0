"""What an annotator types in Label Studio's text fields: the row of an entity, and the phrase round a nominal head.

An entity's row is ``id | type | name | Wikidata id | members``; what is empty at the end may be left out, members are
parted by spaces or commas. An extent is typed as the phrase itself, in the text's words, because an annotator has the words
before the eyes and not the offsets. The head's own offsets say which occurrence is meant, so the phrase must hold the head
exactly once; runs of white space count as one space, because a field has one line and a text may break it anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from communique.model import Entity, Span

_ID = re.compile(r"[^\s|,#]+")  # the editor itself writes region ids as "id#number"
_BREAK = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


def is_id(text: str) -> bool:
    """Whether an id survives the editor and the entity table: not empty, no white space, no comma, ``|`` or ``#``."""
    return _ID.fullmatch(text) is not None


def is_line(text: str) -> bool:
    """Whether a text survives a one-line field: not empty, no line break or control character, no space at either edge."""
    return text != "" and text == text.strip() and not _BREAK.search(text)


def entity_row(entity: Entity) -> str:
    """The row of an entity; its mentions are not in it, since each names its entity itself.

    Raises:
        ValueError: if the name or the Wikidata id cannot stand in a row.

    >>> entity_row(Entity("e1", "PER", ("m1",), name="Ann", members=("e2", "e3")))
    'e1 | PER | Ann |  | e2 e3'
    """
    for field in (entity.name, entity.wikidata):
        if field is not None and (not is_line(field) or "|" in field):
            raise ValueError(f"{field!r} is empty, has white space at an edge, or holds a line break or a |")
    cells = [entity.id, entity.type, entity.name or "", entity.wikidata or "", " ".join(entity.members)]
    return " | ".join(cells).rstrip(" |")


def parse_entity_row(row: str) -> Entity:
    """Read a row; the entity has no mentions yet.

    Raises:
        ValueError: if it has fewer than two or more than five cells, or an id that is none.

    >>> parse_entity_row("e1|PER| Ann")
    Entity(id='e1', type='PER', mentions=(), name='Ann', wikidata=None, members=(), score=None, meta=None)
    """
    cells = [cell.strip() for cell in row.split("|")]
    if not 2 <= len(cells) <= 5:
        raise ValueError(f"{row!r} has {len(cells)} cells; write: id | type | name | Wikidata id | member ids")
    name, type_, title, wikidata, members = cells + [""] * (5 - len(cells))
    ids = tuple(members.replace(",", " ").split())
    if bad := [i for i in (name, *ids) if not is_id(i)]:
        raise ValueError(f"{row!r}: {bad[0]!r} is no id; an id has no white space, comma, | or #")
    return Entity(name, type_, (), name=title or None, wikidata=wikidata or None, members=ids)


def extent_phrase(text: str, head: Span, extent: Span) -> str:
    """The phrase to type for an extent.

    Raises:
        ValueError: if the extent does not hold the head, begins or ends with white space, or its words can be laid round the
            head in more than one way ("X and X and X" round the second X).

    >>> extent_phrase("the two superpowers met", Span(8, 19), Span(0, 19))
    'the two superpowers'
    """
    words = extent.of(text)
    if not extent.contains(head):
        raise ValueError(f"the extent {extent} does not hold the head {head}")
    if words != words.strip():
        raise ValueError(f"the extent {extent} begins or ends with white space")
    phrase = " ".join(words.split())
    if not is_line(phrase):
        raise ValueError(f"the extent {phrase!r} holds a control character")
    parse_extent(text, head, phrase)
    return phrase


def parse_extent(text: str, head: Span, phrase: str) -> Span:
    """The span of the phrase that holds the head.

    Raises:
        ValueError: if the phrase does not stand round the head, or in more than one way.

    >>> parse_extent("the two superpowers met", Span(8, 19), "the two  superpowers")
    Span(start=0, end=19)
    """
    found = _round_head(text, head, phrase.split())
    if not found:
        raise ValueError(
            f"{phrase!r} does not stand in the text round {head.of(text)!r} at {head}; copy the words from the text"
        )
    if len(found) > 1:
        places = " and ".join(map(str, found))
        raise ValueError(f"{phrase!r} stands round {head.of(text)!r} in {len(found)} ways: {places}")
    return found[0]


def _round_head(text: str, head: Span, words: Sequence[str]) -> list[Span]:
    if not words:
        return []
    # A look-ahead consumes nothing, so occurrences that overlap are all found.
    pattern = re.compile("(?=(" + r"\s+".join(map(re.escape, words)) + "))")
    spans = (Span(*match.span(1)) for match in pattern.finditer(text))
    return [span for span in spans if span.contains(head)]
