"""Do the corpus-wide links fit the gold? Each place hits, everything named is linked, and no id is without its sources.

All this a project promises by having a links file. One that has none has promised nothing: its gold may state Wikidata ids of
its own, and nobody asks for their sources.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Final, TypeAlias

from communique.incident import Incident, shown
from communique.io.links import CorpusEntity, CorpusEvent, Links, Source, entity_at, instance_at, links_of, table_place
from communique.model import Annotation
from communique.ontology import Ontology, default_ontology, nearest

_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""No full stop: the tables give an event without a link the id DOC_ID.INSTANCE, and no link can be mistaken for one."""

_WIKIDATA: Final = re.compile(r"Q[1-9]\d*", re.ASCII)
_SOURCES: Final = 2
_DOCUMENTS: Final = 2

_Held: TypeAlias = dict[tuple[str, str], str]
"""Document and entity, or instance, to the id that it is linked to."""


def link_incidents(
    name: str, links: Links, annotations: Mapping[str, Annotation], *, ontology: Ontology | None = None
) -> Iterator[Incident]:
    """Everything that is wrong with the links of a corpus; ``name`` is their file's. Without an ontology, the installed one
    says what types there are."""
    known = ontology or default_ontology()
    yield from _entities(name, links.entities, annotations, known)
    yield from _unlinked(name, links, annotations)
    yield from _events(name, links.events, annotations, known)


def _entities(
    name: str, entities: tuple[CorpusEntity, ...], annotations: Mapping[str, Annotation], ontology: Ontology
) -> Iterator[Incident]:
    admitted = [t.name for t in ontology.mentions.values() if t.entity]
    held: _Held = {}
    owners: dict[str, str] = {}
    for number, linked in enumerate(entities, 1):
        where = table_place(name, "entity", linked.id, number)
        yield from _stated(linked, where)
        yield from _type(linked.type, where, ontology.mentions, admitted, "an entity")
        yield from _sources(linked, where)
        if linked.wikidata in owners:
            message = f"{linked.wikidata} is the id of {owners[linked.wikidata]} already"
            yield Incident("wikidata-twice", where, message, "make one entity of both, or find out whose id it is")
        elif linked.wikidata is not None:
            owners[linked.wikidata] = linked.id
        if not linked.places:
            yield Incident("link-nowhere", where, "it has no places", "quote a mention in each document that names it")
        for place in linked.places:
            if place.doc_id not in annotations:
                continue  # its document has no gold yet
            found = entity_at(annotations[place.doc_id], place)
            if found is None:
                hint = "quote a mention of the entity as the gold has it"
                yield Incident("link-misses", where, f"{place.doc_id} has no mention in an entity at {place.span}", hint)
                continue
            yield from _once(held, (place.doc_id, found.id), linked.id, where)
            if linked.type in admitted and found.type != linked.type:
                message = f"{place.doc_id}#{found.id} is {found.type}, not {linked.type}"
                yield Incident("link-type", where, message, "link what is of one type")
            if found.wikidata not in (None, linked.wikidata):
                message = f"{place.doc_id}#{found.id} has the Wikidata id {found.wikidata}, the link {linked.wikidata}"
                yield Incident("link-wikidata", where, message, "state the id in the links alone")


def _unlinked(name: str, links: Links, annotations: Mapping[str, Annotation]) -> Iterator[Incident]:
    """Entities of the gold that should stand in the links: for their name, or for an id whose sources nothing else states."""
    for doc_id, annotation in annotations.items():
        linked = links_of(annotation, links).entities
        named = {m.id for m in annotation.mentions if m.kind == "NAM"}
        for e in annotation.entities:
            if e.id in linked:
                continue
            where = f"{doc_id}#{e.id}"
            if named.intersection(e.mentions):
                hint = f"list it in {name}, alone or with the same thing in other documents"
                yield Incident("not-linked", where, f"the named entity {e.name or ''} has no corpus-wide id", hint)
            if e.wikidata is not None:
                message = f"the gold states the id {e.wikidata}, and no link its sources"
                yield Incident("link-unsourced", where, message, f"state it in {name} with two sources, or leave it out")


def _events(
    name: str, events: tuple[CorpusEvent, ...], annotations: Mapping[str, Annotation], ontology: Ontology
) -> Iterator[Incident]:
    admitted = [t.name for t in ontology.events.values() if t.instance]
    held: _Held = {}
    for number, linked in enumerate(events, 1):
        where = table_place(name, "event", linked.id, number)
        yield from _stated(linked, where)
        yield from _type(linked.type, where, ontology.events, admitted, "an event instance")
        yield from _blank(where, reason=linked.reason)
        if len({place.doc_id for place in linked.places}) < _DOCUMENTS:
            hint = "an instance that stands alone needs no link"
            yield Incident("link-alone", where, "it links instances of fewer than two documents", hint)
        for place in linked.places:
            if place.doc_id not in annotations:
                continue
            annotation = annotations[place.doc_id]
            found = instance_at(annotation, place)
            if found is None:
                message = f"{place.doc_id} has no trigger in an instance at {place.span}"
                yield Incident("link-misses", where, message, "quote a trigger of the instance as the gold has it")
                continue
            yield from _once(held, (place.doc_id, found.id), linked.id, where)
            types = {e.type for e in annotation.events if e.id in found.events}
            if linked.type in admitted and types != {linked.type}:
                message = f"{place.doc_id}#{found.id} is {' and '.join(sorted(types))}, not {linked.type}"
                yield Incident("link-type", where, message, "link what is of one type")


def _stated(linked: CorpusEntity | CorpusEvent, where: str) -> Iterator[Incident]:
    """What can be said of a link without the gold."""
    if not _SLUG.fullmatch(linked.id):
        hint = "use lower-case letters and digits, with single hyphens between them"
        yield Incident("bad-corpus-id", where, f"the id is {shown(linked.id)}", hint)
    yield from _blank(where, name=linked.name)
    for doc_id, times in Counter(place.doc_id for place in linked.places).items():
        if times > 1:
            hint = "keep one: a link holds one entity or instance of a document (linking.md 3.3)"
            yield Incident("link-within-document", where, f"it has {times} places in {doc_id}", hint)


def _type(type_: str, where: str, known: Collection[str], admitted: Collection[str], what: str) -> Iterator[Incident]:
    if type_ not in known:
        yield Incident("unknown-label", where, f"unknown type {shown(type_)}", nearest(type_, admitted))
    elif type_ not in admitted:
        yield Incident("link-type", where, f"{type_} is not the type of {what}", f"link one of {', '.join(admitted)}")


def _blank(where: str, **values: str) -> Iterator[Incident]:
    for key, value in values.items():
        if not value.strip():
            yield Incident("empty-value", where, f"{key} is {shown(value)}", "say it")


def _once(held: _Held, key: tuple[str, str], id_: str, where: str) -> Iterator[Incident]:
    """One thing in one link. Two places of one link, also where they hit the same thing, are `_stated`'s."""
    if held.get(key, id_) != id_:
        yield Incident("linked-twice", where, f"{key[0]}#{key[1]} is linked to {held[key]} already", "link it once")
    held[key] = id_


def _sources(linked: CorpusEntity, where: str) -> Iterator[Incident]:
    for number, source in enumerate(linked.sources, 1):
        at = f"{where}: source {number}"
        yield from _blank(at, source=source.source, says=source.says)
        if not _is_date(source.looked_up):
            yield Incident("bad-date", at, f"looked_up is {shown(source.looked_up)}", "write the day as 2026-01-02")
    if linked.wikidata is None:
        return
    if len({s.source.strip() for s in linked.sources}) < _SOURCES:
        message = f"the id {linked.wikidata} has {len(linked.sources)} sources"
        yield Incident("link-unsourced", where, message, "look it up in two sources that agree, or leave it out")
    if not _WIKIDATA.fullmatch(linked.wikidata):
        yield Incident("not-a-wikidata-id", where, f"{linked.wikidata!r}", "write it as Q42")
        return
    for number, source in enumerate(linked.sources, 1):
        if source.says.strip() and not _states(source, linked.wikidata):
            message = f"{shown(source.says)} does not state the id {linked.wikidata}"
            yield Incident("source-without-id", f"{where}: source {number}", message, "quote the place that states it")


def _states(source: Source, wikidata: str) -> bool:
    """The id as a word. Its number alone counts only as the first after "Wikidata", as links of a vault of notes have it:
    ``WikiData/WD~Acme,17``."""
    return bool(re.search(rf"\b{wikidata}\b|(?i:wikidata)\D*\b{wikidata[1:]}\b", source.says, re.ASCII))


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
