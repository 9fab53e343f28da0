"""Do the corpus-wide links fit the gold? Each place hits, everything named is linked, and no id is without its sources."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from communique.incident import Incident
from communique.io.links import CorpusEntity, CorpusEvent, Links, entity_at, instance_at
from communique.model import Annotation

_WIKIDATA: Final = re.compile(r"Q[1-9]\d*", re.ASCII)
_SOURCES: Final = 2


def link_incidents(name: str, links: Links, annotations: Mapping[str, Annotation]) -> Iterator[Incident]:
    """Everything that is wrong with the links of a corpus; ``name`` is their file's."""
    entities: dict[tuple[str, str], str] = {}
    for linked in links.entities:
        where = f"{name}: entity {linked.id}"
        yield from _sources(linked, where)
        for place in linked.places:
            if place.doc_id not in annotations:
                continue  # its document has no gold yet
            found = entity_at(annotations[place.doc_id], place)
            if found is None:
                hint = "quote a mention of the entity as the gold has it"
                yield Incident("link-misses", where, f"{place.doc_id} has no mention in an entity at {place.span}", hint)
                continue
            yield from _once(entities, (place.doc_id, found.id), linked.id, where)
            if found.type != linked.type:
                message = f"{place.doc_id}#{found.id} is {found.type}, not {linked.type}"
                yield Incident("link-type", where, message, "link what is of one type")
            if found.wikidata not in (None, linked.wikidata):
                message = f"{place.doc_id}#{found.id} has the Wikidata id {found.wikidata}, the link {linked.wikidata}"
                yield Incident("link-wikidata", where, message, "state the id in the links alone")
    for doc_id, annotation in annotations.items():
        named = {m.id for m in annotation.mentions if m.kind == "NAM"}
        for e in annotation.entities:
            if named.intersection(e.mentions) and (doc_id, e.id) not in entities:
                hint = f"list it in {name}, alone or with the same thing in other documents"
                yield Incident("not-linked", f"{doc_id}#{e.id}", f"the named entity {e.name or ''} has no corpus-wide id", hint)
    yield from _events(name, links.events, annotations)


def _events(name: str, events: tuple[CorpusEvent, ...], annotations: Mapping[str, Annotation]) -> Iterator[Incident]:
    instances: dict[tuple[str, str], str] = {}
    for linked in events:
        where = f"{name}: event {linked.id}"
        if len(linked.places) < _SOURCES:
            hint = "an instance that stands alone needs no link"
            yield Incident("link-alone", where, "it links fewer than two instances", hint)
        for place in linked.places:
            if place.doc_id not in annotations:
                continue
            annotation = annotations[place.doc_id]
            found = instance_at(annotation, place)
            if found is None:
                message = f"{place.doc_id} has no trigger in an instance at {place.span}"
                yield Incident("link-misses", where, message, "quote a trigger of the instance as the gold has it")
                continue
            yield from _once(instances, (place.doc_id, found.id), linked.id, where)
            types = {e.type for e in annotation.events if e.id in found.events}
            if types != {linked.type}:
                message = f"{place.doc_id}#{found.id} is {' and '.join(sorted(types))}, not {linked.type}"
                yield Incident("link-type", where, message, "link what is of one type")


def _once(held: dict[tuple[str, str], str], key: tuple[str, str], id_: str, where: str) -> Iterator[Incident]:
    if key in held:
        yield Incident("linked-twice", where, f"{key[0]}#{key[1]} is linked to {held[key]} already", "link it once")
    held[key] = id_


def _sources(linked: CorpusEntity, where: str) -> Iterator[Incident]:
    if linked.wikidata is None:
        return
    if not _WIKIDATA.fullmatch(linked.wikidata):
        yield Incident("not-a-wikidata-id", where, f"{linked.wikidata!r}", "write it as Q42")
    if len({s.source for s in linked.sources}) < _SOURCES:
        message = f"the id {linked.wikidata} has {len(linked.sources)} sources"
        yield Incident("link-unsourced", where, message, "look it up in two sources that agree, or leave it out")
