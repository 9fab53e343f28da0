"""The flat tables of the dataset: one row per mention, entity, event, argument, relation and event relation.

They join by ``(doc_id, id)``. ``surface`` is what the text says there: of an entity its first mention, of a relation everything
from the beginning of its first end to the end of its last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from communique.io.jsonl_writer import to_row
from communique.model import Annotation, Document, Span


def flat_rows(document: Document, annotation: Annotation) -> dict[str, list[dict[str, Any]]]:
    """Configuration to its rows of one document, in the order of the annotation."""
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
        "entities": list(rows("entities", ([min(mentions[m] for m in e.mentions)] for e in a.entities))),
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
    }


def _hull(spans: Iterable[Span]) -> Span:
    edges = [edge for span in spans for edge in (span.start, span.end)]
    return Span(min(edges), max(edges))
