"""Entity linking: `Link`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from communique.measures.side import Side, place
from communique.measures.tally import Item
from communique.model import Annotation

LINK: Final = "LINK"


def identifiers(annotation: Annotation) -> Iterable[str | None]:
    """The Wikidata id of each entity."""
    return (entity.wikidata for entity in annotation.entities)


def links(side: Side) -> list[Item]:
    """(mention span, Wikidata id) for every mention of an entity that has an id, whatever the types.

    A span that is linked twice to one id counts once. An entity without an id says nothing: that it is in no knowledge base is
    not scored. This is the strong annotation match of Cornolti et al. 2013, "A Framework for Benchmarking Entity-Annotation
    Systems".
    """
    mentions = {m.id: m for m in side.annotation.mentions}
    found = {
        (place(m.span), entity.wikidata)
        for entity in side.annotation.entities
        if entity.wikidata
        for m in (mentions[i] for i in entity.mentions if i in mentions)
    }
    return [Item(side.sentences[where[0]], LINK, (where, wikidata)) for where, wikidata in sorted(found)]
