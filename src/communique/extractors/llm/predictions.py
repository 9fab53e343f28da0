"""Rows of quotes to annotations with offsets."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from communique.formats import Source, Texts, llm
from communique.incident import DataError, shown
from communique.model import Annotation, Document, Entity, Instance, Span

Row = dict[str, Any]
Note = Callable[[str], object]

Cluster = TypeVar("Cluster", Entity, Instance)


def to_predictions(
    rows: Iterable[Row], documents: Iterable[Document], *, salvage: bool = False, note: Note = warnings.warn
) -> tuple[Annotation, ...]:
    """The rows with offsets; a quote that is not found keeps none, and counts as predicted. How quotes were found is noted.

    ``salvage``: mentions that turn out to be of one place and are in two entities stay in the first, which is noted; and events
    in instances likewise.

    Raises:
        DataError: whatever else is wrong with a row.
    """
    texts = Texts({d.doc_id: d for d in documents})
    converted = llm.rows(((row["doc_id"], row) for row in rows), Source("answers", None), texts)
    if converted.faults:
        raise DataError(converted.faults)
    for text in converted.notes:
        note(text)
    annotations = (row.annotation for row in converted.rows)
    return tuple(disjoint(a, note) for a in annotations) if salvage else tuple(annotations)


def disjoint(annotation: Annotation, note: Note) -> Annotation:
    """The annotation with each span in one entity, and one instance, the first that holds it; what is taken out is noted."""
    spans = {m.id: m.span for m in annotation.mentions}
    entities = [(e, e.mentions) for e in annotation.entities]
    triggers = {e.id: e.span for e in annotation.events}
    instances = [(i, i.events) for i in annotation.instances]
    kept = _first_only(annotation.doc_id, spans, entities, note)
    kept_instances = _first_only(annotation.doc_id, triggers, instances, note)
    return replace(
        annotation,
        entities=tuple(replace(e, mentions=ids) for e, ids in kept if ids),
        instances=tuple(replace(i, events=ids) for i, ids in kept_instances if ids),
    )


def _first_only(
    doc_id: str, spans: Mapping[str, Span], clusters: Sequence[tuple[Cluster, tuple[str, ...]]], note: Note
) -> list[tuple[Cluster, tuple[str, ...]]]:
    first: dict[Span, int] = {}
    out = []
    for n, (cluster, ids) in enumerate(clusters):
        kept = tuple(id_ for id_ in ids if first.setdefault(spans[id_], n) == n)
        for id_ in ids:
            if id_ not in kept:
                note(f"left out: {doc_id}: {shown(id_)} of a cluster, for {spans[id_]} is in another before")
        out.append((cluster, kept))
    return out
