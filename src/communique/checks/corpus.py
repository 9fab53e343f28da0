"""Is an annotation complete and in the form the dataset needs? For gold and annotators only."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from communique.checks.places import place, spans
from communique.incident import Incident, shown
from communique.model import LAYERS, Annotation, Document, Span
from communique.ontology import Ontology

_Placed = tuple[Span, str]


def corpus(document: Document, annotation: Annotation, ontology: Ontology) -> Iterator[Incident]:
    """Sentence-internal arguments and relations, spans of whole tokens, flat layers, and every item where it has to be."""
    if missing := [layer for layer in LAYERS if layer not in annotation.layers]:
        hint = "give an empty list where nothing was found; for a system's output: communique check --as prediction"
        yield Incident("layer-missing", place(annotation), f"does not claim {', '.join(missing)}", hint)
    yield from _tokens(document, annotation)
    yield from _flat(annotation)
    yield from _sentences(document, annotation)
    yield from _clusters(annotation, ontology)
    yield from _repeated(annotation, ontology)
    yield from _evidence(annotation)


def sentence_holding(document: Document, span: Span) -> int | None:
    """The index of the sentence that holds the whole span, or None."""
    at = bisect_right(document.sentences, span.start, key=lambda s: s.start) - 1
    return at if at >= 0 and document.sentences[at].contains(span) else None


def _tokens(document: Document, annotation: Annotation) -> Iterator[Incident]:
    starts, ends = ({getattr(t, edge) for t in document.tokens} for edge in ("start", "end"))
    for what, item, span in spans(annotation):
        if span.end > len(document.text):
            continue  # `text` says so
        if span.start not in starts or span.end not in ends:
            message = f"{what} {span} {shown(span.of(document.text))} does not begin and end with a token"
            hint = "no edge white space, no half words; if the word itself should be split, the tokenizer is at fault"
            yield Incident("span-cuts-token", place(annotation, item), message, hint)
        elif sentence_holding(document, span) is None:
            message = f"{what} {span} {shown(span.of(document.text))} runs over a sentence boundary"
            yield Incident("span-across-sentences", place(annotation, item), message, "a span stays within a sentence")


def _flat(annotation: Annotation) -> Iterator[Incident]:
    hint = "keep one of them"
    for first, second in _overlapping((m.span, m.id) for m in annotation.mentions):
        yield Incident("mentions-overlap", place(annotation, second[1]), _both(first, second), hint)
    for first, second in _overlapping((e.span, e.id) for e in annotation.events):
        yield Incident("triggers-overlap", place(annotation, second[1]), _both(first, second), hint)


def _overlapping(placed: Iterable[_Placed]) -> Iterator[tuple[_Placed, _Placed]]:
    return ((first, second) for first, second in pairwise(sorted(placed)) if first[0].overlap(second[0]))


def _both(first: _Placed, second: _Placed) -> str:
    return f"{first[1]} {first[0]} and {second[1]} {second[0]} overlap"


def _sentences(document: Document, annotation: Annotation) -> Iterator[Incident]:
    # One map for each layer: ids are unique only within their own.
    mentions = {m.id: sentence_holding(document, m.span) for m in annotation.mentions}
    events = {e.id: sentence_holding(document, e.span) for e in annotation.events}
    hint = "an argument and a relation stay within a sentence"
    for e in annotation.events:
        for a in e.arguments:
            if a.mention in mentions and mentions[a.mention] != sentence_holding(document, e.span):
                message = f"{a.role} {a.mention} is in another sentence than the trigger"
                yield Incident("argument-across-sentences", place(annotation, e.id), message, hint)
    for r in annotation.relations:
        if r.head in mentions and r.tail in mentions and mentions[r.head] != mentions[r.tail]:
            message = f"{r.head} and {r.tail} are in different sentences"
            yield Incident("relation-across-sentences", place(annotation, r.id), message, hint)
    for x in annotation.event_relations:
        head, tail = events.get(x.head), events.get(x.tail)
        if head is None or tail is None:
            continue
        # A sentence that holds the marker and no trigger ("The goal?") opens the next one (guidelines, section 10).
        marked = {sentence_holding(document, span) for span in x.evidence} - set(events.values())
        between = set(range(min(head, tail) + 1, max(head, tail))) - marked
        if between or abs(head - tail) > 2:
            message = f"{x.head} and {x.tail} are more than one sentence boundary apart"
            yield Incident("event-relation-too-far", place(annotation, x.id), message, "no inferred order")


def _clusters(annotation: Annotation, ontology: Ontology) -> Iterator[Incident]:
    a = annotation
    clustered = {i for e in a.entities for i in e.mentions}
    for m in a.mentions:
        if m.id not in clustered and m.type in ontology.mentions and ontology.mentions[m.type].entity:
            hint = "one that stands alone is an entity of its own"
            yield Incident("mention-without-entity", place(a, m.id), f"{m.type} {m.span} is in no entity", hint)
    told = {i for instance in a.instances for i in instance.events}
    for e in a.events:
        if e.id not in told and e.type in ontology.events and ontology.events[e.type].instance:
            hint = "one that stands alone is an instance of its own"
            yield Incident("event-without-instance", place(a, e.id), f"{e.type} {e.span} is in no instance", hint)
    for id_, held, what in (
        *((e.id, e.mentions, "mentions") for e in a.entities),
        *((i.id, i.events, "events") for i in a.instances),
    ):
        if not held:
            yield Incident("empty-cluster", place(a, id_), f"holds no {what}", "take it out")


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
