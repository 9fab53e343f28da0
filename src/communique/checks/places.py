"""How checks name the place of a finding."""

from __future__ import annotations

from collections.abc import Iterator

from communique.incident import cut
from communique.model import Annotation, Span


def place(annotation: Annotation, item: str | None = None) -> str:
    """``document#item``, or the document alone.

    >>> place(Annotation("d1"), "m1")
    'd1#m1'
    """
    doc_id = cut(annotation.doc_id)
    return f"{doc_id}#{cut(item)}" if item else doc_id


def spans(annotation: Annotation) -> Iterator[tuple[str, str, Span]]:
    """Every span of an annotation with what it is (``mention``, ``extent``, ``trigger``, ``evidence``) and its item's id."""
    for m in annotation.mentions:
        yield "mention", m.id, m.span
        if m.extent:
            yield "extent", m.id, m.extent
    for e in annotation.events:
        yield "trigger", e.id, e.span
    for r in annotation.event_relations:
        for span in r.evidence:
            yield "evidence", r.id, span
