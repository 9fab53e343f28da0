"""Scoring words wherever they stand: which of several occurrences was meant is left out of account.

A system that names things without saying where (“Blinken”, and not which of nine) cannot be held to places. Here each span, of
gold and prediction alike, is taken for the first occurrence of its words in the text, so that items are equal if their words
are. Items stay as many as they were: a word that the gold marks nine times and the system three times gives three hits. (Of
what counts once in one place, a filler of an event or a symmetric pair given both ways, equal words now count once.)
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from communique.measures.measure import Measure, definition
from communique.model import Annotation, Document, Gold, Span

_CLUSTERS: Final = {"entities", "instances"}
OVERLAP: Final = "how spans overlap depends on their places, which occurrence=any leaves out of account"
UNSCORED: Final = "clusters are of mentions in their places, which occurrence=any leaves out of account"


def unscorable(measure: Measure) -> str | None:
    """Why a measure cannot be taken wherever words stand; None if it can.

    Spans that are each taken for the first of their words overlap where theirs did not, and no longer where they did.
    """
    if "match" in dict(measure.params):
        return OVERLAP
    defined = definition(measure)
    return UNSCORED if _CLUSTERS.intersection(defined.layers + defined.gold_layers) else None


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

    mentions = (replace(m, span=at(m.span), extent=None) for m in annotation.mentions)
    events = (replace(e, span=at(e.span)) for e in annotation.events)
    return replace(annotation, mentions=tuple(mentions), events=tuple(events))
