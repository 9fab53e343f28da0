"""Labelled spans: mentions (`NER`, `Ent-I`, `Ent-C`) and triggers (`Tri-I`, `Tri-C`, `Tri-C(level=class)`).

An item is a span with a label, so a prediction hits if both are equal: the CoNLL-2003 definition (Tjong Kim Sang and De Meulder
2003), which seqeval computes in strict mode.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeAlias

from communique.measures.side import Side
from communique.measures.tally import Item
from communique.model import Annotation, Mention, Span
from communique.ontology import Ontology

LabelledSpan: TypeAlias = tuple[Span, str]
SpanItems: TypeAlias = Callable[[Annotation, Ontology], list[LabelledSpan]]

MENTION: Final = "MENTION"
TRIGGER: Final = "TRIGGER"
INSTANCES: Final = "instances"


def is_named(mention: Mention, ontology: Ontology) -> bool:
    """Whether `NER` counts it: kind NAM or ADJ, no kind given, or a type that has no kinds (TITLE, TIME)."""
    known = ontology.mentions.get(mention.type)
    return mention.kind in (None, "NAM", "ADJ") or (known is not None and not known.kinds)


def named_mentions(annotation: Annotation, ontology: Ontology) -> list[LabelledSpan]:
    return [(m.span, m.type) for m in annotation.mentions if is_named(m, ontology)]


def mention_spans(annotation: Annotation, ontology: Ontology) -> list[LabelledSpan]:
    return [(m.span, MENTION) for m in annotation.mentions]


def typed_mentions(annotation: Annotation, ontology: Ontology) -> list[LabelledSpan]:
    return [(m.span, m.type) for m in annotation.mentions]


def trigger_spans(annotation: Annotation, ontology: Ontology) -> list[LabelledSpan]:
    return [(e.span, TRIGGER) for e in annotation.events]


def typed_triggers(annotation: Annotation, ontology: Ontology) -> list[LabelledSpan]:
    return [(e.span, e.type) for e in annotation.events]


def classed_triggers(annotation: Annotation, ontology: Ontology) -> list[LabelledSpan]:
    """Triggers with their coarse class. A type that the ontology does not know is a class of its own."""
    return [(e.span, ontology.events[e.type].coarse if e.type in ontology.events else e.type) for e in annotation.events]


def of_types(spans: SpanItems, wanted: str) -> SpanItems:
    """The same of some event types only: ``A+B``, or ``instances`` for those that take part in event coreference (a type that
    the ontology does not know does).
    """
    if wanted == INSTANCES:
        return lambda a, o: spans(replace(a, events=tuple(e for e in a.events if o.clusters_events(e.type))), o)
    types = frozenset(wanted.split("+"))
    return lambda a, o: spans(replace(a, events=tuple(e for e in a.events if e.type in types)), o)


def plain(side: Side, spans: SpanItems) -> list[tuple[int, int, str]]:
    """The spans as start, end and label."""
    return [(span.start, span.end, label) for span, label in spans(side.annotation, side.ontology)]


def span_items(side: Side, spans: SpanItems) -> list[Item]:
    """Spans with labels as items. Overlapping, nested and duplicate spans are items like any other."""
    found = spans(side.annotation, side.ontology)
    return [Item(side.sentences[span.start], label, (span.start, span.end)) for span, label in found]
