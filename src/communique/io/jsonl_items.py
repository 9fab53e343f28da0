"""Items of ``predictions.jsonl`` in their JSON shapes to the types of the model, quotes to spans."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from communique.incident import Incident, cut, shown
from communique.io.wire import WireEvent, WireItem, WireQuote, WireSpan
from communique.model import STATUSES, Argument, Entity, Event, EventRelation, Instance, Mention, Quote, Relation, Span
from communique.ontology import nearest

Locate = Callable[[str, WireSpan], Span]
"""Turns a quote in the document of the given id into a span, or raises ValueError; NoSpanError if there is no such document."""


class NoSpanError(Exception):
    """The item has no usable span; the fault is listed, or it is that the document is not named, or not known."""


def model(
    wire: WireItem, id_: str, doc_id: str, locate: Locate | None, at: str, found: list[Incident], free: Iterator[int]
) -> Any:
    """A wire item to its model type. Faults go to ``found``; without a span there is no item.

    ``free`` are numbers for spans that are nowhere, which no other item of the row has.
    """

    def span(given: WireSpan, where: str, required: bool = True) -> Span | None:
        try:
            return _span(given, doc_id, locate, free)
        except _SpanError as fault:
            found.append(Incident(fault.incident, where, str(fault), fault.hint))
            if required:
                raise NoSpanError from fault
            return None

    common = {"score": wire.score, "meta": wire.meta}
    match wire.layer:
        case "mentions":
            extent = span(wire.extent, f"{at}.extent", required=False) if wire.extent else None
            place = span(wire, at)
            return Mention(id_, place, wire.type, wire.kind, extent, wire.value, **common)  # type: ignore[arg-type]
        case "events":
            event: WireEvent = wire
            arguments = tuple(Argument(a.role, a.mention, a.score, a.meta) for a in event.arguments)
            return Event(id_, span(wire, at), wire.type, wire.realis, wire.polarity, arguments, **common)  # type: ignore[arg-type]
        case "entities":
            return Entity(id_, wire.type, tuple(wire.mentions), wire.name, wire.wikidata, tuple(wire.members), **common)
        case "instances":
            return Instance(id_, tuple(wire.events), **common)
        case "relations":
            return Relation(id_, wire.type, wire.head, wire.tail, **common)
        case _:
            evidence = (span(e, f"{at}.evidence[{n}]", required=False) for n, e in enumerate(wire.evidence))
            return EventRelation(id_, wire.type, wire.head, wire.tail, tuple(e for e in evidence if e), **common)


class _SpanError(ValueError):
    def __init__(self, incident: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.incident, self.hint = incident, hint


def _span(given: WireSpan, doc_id: str, locate: Locate | None, free: Iterator[int]) -> Span:
    offsets = (given.start, given.end)
    if given.text is not None:
        if offsets != (None, None) or given.quote:
            hint = "give start and end, or text, not both; what a span was found by is its quote"
            raise _SpanError("two-spans", "has offsets and a quote", hint)
        if locate is None:
            hint = "find it in the text: score --align, convert --from llm, or strictly communique convert --from quotes"
            raise _SpanError("quote-not-aligned", f"has the quote {shown(given.text)} in place of offsets", hint)
        if not doc_id:
            raise NoSpanError
        try:
            return locate(doc_id, given)
        except ValueError as fault:
            raise _SpanError("quote-not-found", cut(str(fault), 300), "") from fault
    if (given.sentence, given.occurrence, given.context) != (None, None, None):
        message = "has sentence, occurrence or context without the text of a quote"
        raise _SpanError("two-spans", message, "add text, or drop them")
    quote = _quote(given.quote) if given.quote else None
    if offsets == (None, None) and quote and quote.status == "unaligned":
        return Span.nowhere(next(free), quote)
    if given.start is None or given.end is None:
        missing = " and ".join(k for k, v in zip(("start", "end"), offsets, strict=True) if v is None)
        raise _SpanError("missing-key", f"the key {missing} is missing", "give start and end in code points, or a quote")
    if given.start < 0:
        raise _SpanError("span-outside-text", f"start {given.start} is negative", "offsets count from 0")
    if given.start >= given.end:
        raise _SpanError("empty-span", f"start {given.start} is not before end {given.end}", "end is exclusive")
    if quote and quote.status == "unaligned":
        raise _SpanError("two-spans", "has offsets and a quote that was not found", "give null offsets, or another status")
    return Span(given.start, given.end, quote)


def _quote(given: WireQuote) -> Quote:
    if given.status not in STATUSES:
        raise _SpanError("unknown-status", f"the quote has the status {shown(given.status)}", nearest(given.status, STATUSES))
    return Quote(given.text, given.status, given.score)
