"""Is an annotation complete and in the form the dataset needs? For gold and annotators only."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from communique.checks.places import place, spans
from communique.incident import Incident
from communique.model import LAYERS, Annotation, Document, Span
from communique.ontology import Ontology


def corpus(document: Document, annotation: Annotation, ontology: Ontology) -> Iterator[Incident]:
    """Sentence-internal arguments and relations, spans of whole tokens, flat layers, and every item where it has to be."""
    if missing := [layer for layer in LAYERS if layer not in annotation.layers]:
        hint = "give an empty list where nothing was found"
        yield Incident("layer-missing", place(annotation), f"does not claim {', '.join(missing)}", hint)
    yield from _tokens(document, annotation)
    yield from _flat(annotation)
    yield from _sentences(document, annotation)
    yield from _clusters(annotation, ontology)
    yield from _repeated(annotation, ontology)
    yield from _evidence(annotation)


def sentence_of(document: Document, span: Span) -> int | None:
    """The index of the sentence that holds the whole span, or None."""
    at = bisect_right(document.sentences, span.start, key=lambda s: s.start) - 1
    return at if at >= 0 and document.sentences[at].contains(span) else None


def _tokens(document: Document, annotation: Annotation) -> Iterator[Incident]:
    starts, ends = ({getattr(t, edge) for t in document.tokens} for edge in ("start", "end"))
    for what, item, span in spans(annotation):
        if span.end > len(document.text):
            continue  # `text` says so
        if span.start not in starts or span.end not in ends:
            message = f"{what} {span} {span.of(document.text)!r} does not begin and end with a token"
            hint = "no edge white space, no half words; if the word itself should be split, the tokenizer is at fault"
            yield Incident("span-cuts-token", place(annotation, item), message, hint)
        elif sentence_of(document, span) is None:
            message = f"{what} {span} {span.of(document.text)!r} runs over a sentence boundary"
            yield Incident("span-across-sentences", place(annotation, item), message, "a span stays within a sentence")


def _flat(annotation: Annotation) -> Iterator[Incident]:
    layers = {
        "mentions-overlap": [(m.span, m.id) for m in annotation.mentions],
        "triggers-overlap": [(e.span, e.id) for e in annotation.events],
    }
    for incident, placed in layers.items():
        placed.sort()
        for (a, first), (b, second) in pairwise(placed):
            if a.overlap(b):
                message = f"{first} {a} and {second} {b} overlap"
                yield Incident(incident, place(annotation, second), message, "keep one of them")


def _sentences(document: Document, annotation: Annotation) -> Iterator[Incident]:
    at = {m.id: sentence_of(document, m.span) for m in annotation.mentions}
    at |= {e.id: sentence_of(document, e.span) for e in annotation.events}
    hint = "an argument and a relation stay within a sentence"
    for e in annotation.events:
        for a in e.arguments:
            if a.mention in at and at[a.mention] != at[e.id]:
                message = f"{a.role} {a.mention} is in another sentence than the trigger"
                yield Incident("argument-across-sentences", place(annotation, e.id), message, hint)
    for r in annotation.relations:
        if r.head in at and r.tail in at and at[r.head] != at[r.tail]:
            message = f"{r.head} and {r.tail} are in different sentences"
            yield Incident("relation-across-sentences", place(annotation, r.id), message, hint)
    for x in annotation.event_relations:
        head, tail = at.get(x.head), at.get(x.tail)
        if head is not None and tail is not None and abs(head - tail) > 1:
            message = f"{x.head} and {x.tail} are more than one sentence boundary apart"
            yield Incident("event-relation-too-far", place(annotation, x.id), message, "no inferred order")


def _clusters(annotation: Annotation, ontology: Ontology) -> Iterator[Incident]:
    entities, instances = ontology.mentions, ontology.events
    need_entity = [m for m in annotation.mentions if m.type in entities and entities[m.type].entity]
    need_instance = [e for e in annotation.events if e.type in instances and instances[e.type].instance]
    for incident, items, clusters, what in (
        ("mention-without-entity", need_entity, [e.mentions for e in annotation.entities], "entity"),
        ("event-without-instance", need_instance, [i.events for i in annotation.instances], "instance"),
    ):
        held = {i for cluster in clusters for i in cluster}
        for item in items:
            if item.id not in held:
                message = f"{item.type} {item.span} is in no {what}"
                yield Incident(incident, place(annotation, item.id), message, f"one that stands alone is an {what} of its own")
    for clusters_, what in ((annotation.entities, "mentions"), (annotation.instances, "events")):
        for c in clusters_:
            if not getattr(c, what):
                yield Incident("empty-cluster", place(annotation, c.id), f"holds no {what}", "take it out")


def _repeated(annotation: Annotation, ontology: Ontology) -> Iterator[Incident]:
    for e in annotation.events:
        for (role, mention), n in Counter((a.role, a.mention) for a in e.arguments).items():
            if n > 1:
                message = f"{mention} fills {role} {n} times"
                yield Incident("duplicate-argument", place(annotation, e.id), message, "once is enough")
    for relations, known in (
        (annotation.relations, ontology.relations),
        (annotation.event_relations, ontology.event_relations),
    ):
        first: dict[tuple[str, Sequence[str]], str] = {}
        for r in relations:
            symmetric = r.type in known and known[r.type].symmetric
            pair = tuple(sorted((r.head, r.tail))) if symmetric else (r.head, r.tail)
            other = first.setdefault((r.type, pair), r.id)
            if other != r.id:
                message = f"{r.type} between {r.head} and {r.tail} stands in {other} already"
                yield Incident("duplicate-relation", place(annotation, r.id), message, "once is enough")
            if r.head == r.tail:
                message = f"{r.type} from {r.head} to itself"
                yield Incident("relation-to-itself", place(annotation, r.id), message, "head and tail differ")


def _evidence(annotation: Annotation) -> Iterator[Incident]:
    triggers = {e.id: e.span for e in annotation.events}
    for x in annotation.event_relations:
        if not x.evidence:
            hint = "quote the marker; CONTENT quotes its tail's trigger"
            yield Incident("evidence-missing", place(annotation, x.id), f"{x.type} has no evidence", hint)
        elif x.type == "CONTENT" and x.tail in triggers and x.evidence != (triggers[x.tail],):
            message = f"the evidence of CONTENT is not the trigger of {x.tail}"
            yield Incident("content-evidence", place(annotation, x.id), message, "quote the tail's trigger and nothing else")
