"""The flat tables of the dataset: one row per mention, entity, event, argument, relation and event relation, and one per event
instance under its corpus-wide id.

They join by ``(doc_id, id)``. ``surface`` is what the text says there: of an entity its first mention, of a relation everything
from the beginning of its first end to the end of its last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from communique.io.jsonl_writer import to_row
from communique.io.links import CorpusEvent, DocumentLinks
from communique.model import Annotation, Document, Instance, Span


def flat_rows(document: Document, annotation: Annotation, links: DocumentLinks) -> dict[str, list[dict[str, Any]]]:
    """Configuration to its rows of one document, in the order of the annotation.

    An instance that is linked to none of another document is an event of its own, whose id is ``DOC_ID.INSTANCE``.
    """
    a = annotation
    items = {key: value for key, value in to_row(a).items() if isinstance(value, list)}
    mentions = {m.id: m.span for m in a.mentions}
    events = {e.id: e.span for e in a.events}
    entity = {mention: e.id for e in a.entities for mention in e.mentions}
    instance = {event: i.id for i in a.instances for event in i.events}

    def rows(layer: str, places: Iterable[Iterable[Span]]) -> Iterator[dict[str, Any]]:
        for item, spans in zip(items[layer], places, strict=True):
            yield {"doc_id": a.doc_id, **item, "surface": _hull(spans).of(document.text)}

    return {
        "mentions": [{**row, "entity": entity.get(row["id"])} for row in rows("mentions", ([m.span] for m in a.mentions))],
        "entities": [
            {**row, "corpus_id": links.entities[row["id"]].id if row["id"] in links.entities else None}
            for row in rows("entities", ([min(mentions[m] for m in e.mentions)] for e in a.entities))
        ],
        "events": [{**row, "instance": instance.get(row["id"])} for row in rows("events", ([e.span] for e in a.events))],
        "arguments": [
            {
                "doc_id": a.doc_id,
                "id": f"{e.id}.{number}",
                "event": e.id,
                "role": x.role,
                "mention": x.mention,
                "surface": mentions[x.mention].of(document.text),
            }
            for e in a.events
            for number, x in enumerate(e.arguments, start=1)
        ],
        "relations": list(rows("relations", ([mentions[r.head], mentions[r.tail]] for r in a.relations))),
        "event_relations": list(
            rows("event_relations", ([events[r.head], events[r.tail], *r.evidence] for r in a.event_relations))
        ),
        "stories": [_told(document, a, i, links.events.get(i.id)) for i in a.instances],
    }


def _told(document: Document, annotation: Annotation, instance: Instance, event: CorpusEvent | None) -> dict[str, Any]:
    """One event as one document tells it: the instance, its triggers in text order with their realis and their words."""
    held = sorted((e for e in annotation.events if e.id in instance.events), key=lambda e: e.span)
    return {
        "story": document.story,
        "id": event.id if event else f"{document.doc_id}.{instance.id}",
        "type": held[0].type,
        "name": event.name if event else None,
        "doc_id": document.doc_id,
        "instance": instance.id,
        "events": [e.id for e in held],
        "realis": [e.realis for e in held],
        "surfaces": [e.span.of(document.text) for e in held],
    }


def _hull(spans: Iterable[Span]) -> Span:
    edges = [edge for span in spans for edge in (span.start, span.end)]
    return Span(min(edges), max(edges))
