"""Scoring words wherever they stand: which of several occurrences was meant is left out of account.

A system that names things without saying where (“Blinken”, and not which of nine) cannot be held to places. Here each span, of
gold and prediction alike, is taken for the first occurrence of its words in the text, so that items are equal if their words
are. Items stay as many as they were: a word that the gold marks nine times and the system three times gives three hits. (Of
what counts once in one place, a filler of an event or a symmetric pair given both ways, equal words now count once.)
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from communique.measures.definition import Definition
from communique.model import Annotation, Document, Gold, Span

_CLUSTERS: Final = {"entities", "instances"}
UNSCORED: Final = "clusters are of mentions in their places, which occurrence=any leaves out of account"


def unscorable(measure: Definition) -> str | None:
    """Why a measure cannot be taken wherever words stand; None if it can."""
    return UNSCORED if _CLUSTERS.intersection(measure.layers + measure.gold_layers) else None


def anywhere(gold: Gold, preds: list[Annotation]) -> tuple[Gold, list[Annotation]]:
    """Gold and predictions, one for each document and in its order, with every mention and trigger at the first occurrence of
    its words. The documents are no longer split into sentences, for no item belongs to one.
    """
    documents = tuple(replace(d, sentences=()) for d in gold.documents)
    golds = tuple(_first(d, a) for d, a in zip(gold.documents, gold.annotations, strict=True))
    return replace(gold, documents=documents, annotations=golds), [
        _first(d, a) for d, a in zip(gold.documents, preds, strict=True)
    ]


def _first(document: Document, annotation: Annotation) -> Annotation:
    def at(span: Span) -> Span:
        if not span.placed:
            return span
        start = document.text.find(span.of(document.text))
        return Span(start, start + span.end - span.start, span.quote)

    # An extent lies round its own head, so it goes with it.
    mentions = (
        replace(m, span=(to := at(m.span)), extent=m.extent and _moved(m.extent, to.start - m.span.start))
        for m in annotation.mentions
    )
    events = (replace(e, span=at(e.span)) for e in annotation.events)
    return replace(annotation, mentions=tuple(mentions), events=tuple(events))


def _moved(extent: Span, by: int) -> Span | None:
    return Span(extent.start + by, extent.end + by) if extent.start + by >= 0 else None
