"""``annotations/links.toml``: which entities, and which events, of several documents are the same.

    [[entity]]
    id = "acme"                # its own, of lower-case letters, digits and hyphens
    type = "ORG"
    name = "Acme"
    wikidata = "Q1"            # only with two sources that were looked up and agree; each quotes the id
    places = [                 # any one mention of the entity, in each document that names it
      { doc_id = "d1", sentence = 2, text = "Acme" },
      { doc_id = "d2", sentence = 1, text = "Acme", occurrence = 2 },
    ]
    sources = [
      { source = "a gazetteer", says = "Acme,Q1", looked_up = "2026-01-02" },
      { source = "an encyclopedia", says = "Acme: wikidata Q1", looked_up = "2026-01-02" },
    ]
    note = "the firm, not the town"                                                       # may be left out

    [[event]]
    id = "acme-fair"
    type = "CONSULT"
    name = "The fair of Acme"
    places = [{ doc_id = "d1", text = "fair" }, { doc_id = "d2", text = "exhibition" }]   # any one trigger of each instance
    reason = "why these are one event"

Places are quotes, not ids or offsets, so that they survive a renumbering, and one that no longer hits is a finding. What the
values say is not judged here: `communique.checks.links` does.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from communique.align.quotes import resolve
from communique.incident import DataError, Incident, cut, shown
from communique.io.wire import WireCorpusEntity, WireCorpusEvent, WirePlace, structure
from communique.model import Annotation, Document, Entity, Instance, Span
from communique.ontology import nearest

_TABLES: Final = {"entity": WireCorpusEntity, "event": WireCorpusEvent}


@dataclass(frozen=True, slots=True)
class Place:
    """A mention, or a trigger, of a document."""

    doc_id: str
    span: Span


@dataclass(frozen=True, slots=True)
class Source:
    """Where an id was looked up, what stood there, and on which day."""

    source: str
    says: str
    looked_up: str


@dataclass(frozen=True, slots=True)
class CorpusEntity:
    """One thing, in every document that names it. ``wikidata`` is None unless ``sources``, two or more, agree on it."""

    id: str
    type: str
    name: str
    places: tuple[Place, ...]
    wikidata: str | None = None
    sources: tuple[Source, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class CorpusEvent:
    """One event, in every document that tells it."""

    id: str
    type: str
    name: str
    places: tuple[Place, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Links:
    entities: tuple[CorpusEntity, ...] = ()
    events: tuple[CorpusEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentLinks:
    """The links of one document: the ids of its entities and instances, to what they are corpus-wide."""

    entities: Mapping[str, CorpusEntity] = field(default_factory=dict)
    events: Mapping[str, CorpusEvent] = field(default_factory=dict)


def links_of(annotation: Annotation, links: Links) -> DocumentLinks:
    """What the places of the links hit in one document; a place that hits nothing is left out (the checks report it)."""
    here = [(e, p) for e in links.entities for p in e.places if p.doc_id == annotation.doc_id]
    told = [(e, p) for e in links.events for p in e.places if p.doc_id == annotation.doc_id]
    return DocumentLinks(
        {entity.id: linked for linked, place in here if (entity := entity_at(annotation, place))},
        {instance.id: linked for linked, place in told if (instance := instance_at(annotation, place))},
    )


def with_wikidata(annotation: Annotation, links: Links) -> Annotation:
    """The annotation with the Wikidata ids of its linked entities."""
    linked = links_of(annotation, links).entities
    entities = (replace(e, wikidata=linked[e.id].wikidata) if e.id in linked else e for e in annotation.entities)
    return replace(annotation, entities=tuple(entities))


def entity_at(annotation: Annotation, place: Place) -> Entity | None:
    """The entity of the mention at a place."""
    ids = {m.id for m in annotation.mentions if m.span == place.span}
    return next((e for e in annotation.entities if ids.intersection(e.mentions)), None)


def instance_at(annotation: Annotation, place: Place) -> Instance | None:
    """The event instance of the trigger at a place."""
    ids = {e.id for e in annotation.events if e.span == place.span}
    return next((i for i in annotation.instances if ids.intersection(i.events)), None)


def table_place(name: str, key: str, id_: object, number: int) -> str:
    """Where a message says that a table of the file stands: by its id or, if that is no printable string, by its number.

    >>> table_place("links.toml", "event", "acme-fair", 3), table_place("links.toml", "event", "", 3)
    ('links.toml: event acme-fair', 'links.toml: event 3')
    """
    plain = isinstance(id_, str) and id_.isprintable() and id_.strip()
    return f"{name}: {key} {cut(str(id_)) if plain else number}"


def parse_links(name: str, toml: str, documents: Mapping[str, Document]) -> Links:
    """Read the text of a links file; ``name`` is for messages.

    Raises:
        DataError: every fault: the syntax, a key, a document that is unknown, a quote that is not there, an id given twice.
    """
    table = _decoded(name, toml)
    unknown = sorted(table.keys() - _TABLES.keys())
    faults = [Incident("unknown-key", name, f"unknown key {shown(key)}", nearest(key, _TABLES)) for key in unknown]
    held: dict[str, list[Any]] = {}
    for key, shape in _TABLES.items():
        given = table.get(key, [])
        if not isinstance(given, list):
            faults.append(Incident("wrong-type", name, f"{key} is no list of tables", f"write [[{key}]] before each"))
            continue
        held[key] = []
        ids = [raw.get("id") if isinstance(raw, dict) else None for raw in given]
        for number, (raw, id_) in enumerate(zip(given, ids, strict=True), 1):
            where = table_place(name, key, id_, number)
            wire, found = structure(shape, raw, where)
            faults += found
            if wire is not None:
                held[key].append((wire, _places(wire.places, documents, where, faults)))
        for id_, times in Counter(id_ for id_ in ids if isinstance(id_, str)).items():
            if times > 1:
                where = table_place(name, key, id_, ids.index(id_) + 1)
                faults.append(Incident("duplicate-id", where, f"the id stands {times} times", "give each its own"))
    if faults:
        raise DataError(faults)
    return Links(
        tuple(_entity(wire, places) for wire, places in held["entity"]),
        tuple(CorpusEvent(w.id, w.type, w.name, places, w.reason) for w, places in held["event"]),
    )


def _decoded(name: str, toml: str) -> dict[str, Any]:
    try:
        return tomllib.loads(toml)
    except ValueError as fault:  # no TOMLDecodeError if a number has too many digits for Python
        raise DataError([Incident("not-toml", name, str(fault), "mend the syntax at this place")]) from fault
    except RecursionError as fault:
        message = "lists and tables are nested too deeply to be read"
        raise DataError([Incident("not-toml", name, message, "flatten it")]) from fault


def _entity(wire: WireCorpusEntity, places: tuple[Place, ...]) -> CorpusEntity:
    sources = tuple(Source(s.source, s.says, s.looked_up) for s in wire.sources)
    return CorpusEntity(wire.id, wire.type, wire.name, places, wire.wikidata, sources, wire.note)


def _places(
    given: Sequence[WirePlace], documents: Mapping[str, Document], where: str, faults: list[Incident]
) -> tuple[Place, ...]:
    places = []
    for quote in given:
        document = documents.get(quote.doc_id)
        if document is None:
            hint = nearest(quote.doc_id, documents)
            faults.append(Incident("unknown-document", where, f"unknown doc_id {quote.doc_id!r}", hint))
            continue
        try:
            span = resolve(
                document.text, document.sentences, quote.text, sentence=quote.sentence, occurrence=quote.occurrence
            )
        except ValueError as fault:
            hint = "quote the words as they stand there"
            faults.append(Incident("quote-not-found", f"{where}: {quote.doc_id}", str(fault), hint))
        else:
            places.append(Place(quote.doc_id, span))
    return tuple(places)
