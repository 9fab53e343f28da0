"""Annotations to the JSON that ``Doc.from_json`` of spaCy reads."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Final, TypeVar

from communique.formats.converted import Left
from communique.model import Annotation, Document, Event, Mention
from communique.wording import counted

MENTIONS: Final = "mentions"
EVENTS: Final = "events"
_Item = TypeVar("_Item", Mention, Event)
_RUN: Final = re.compile(r"\S+")
_META: Final = ("kb_id", "group")
_NO_PLACE: Final = "Doc JSON has no place for it"
_BETWEEN: Final = "it begins or ends where spaCy cannot have the border of a token: beside white space"


def line(annotation: Annotation, document: Document, left: list[Left]) -> str:
    """The line of a document; what has no place in it goes to ``left``."""
    layers = annotation.layers
    mentions = annotation.mentions if "mentions" in layers else ()
    events = annotation.events if "events" in layers else ()
    marked: list[Mention | Event] = [*mentions, *events]
    cuts = {edge for item in marked for edge in (item.span.start, item.span.end)}
    cuts |= {edge for token in document.tokens for edge in (token.start, token.end)}
    tokens = list(_tokens(document.text, cuts))
    kept = _fitting(annotation.doc_id, mentions, tokens, left)
    triggers = _fitting(annotation.doc_id, events, tokens, left)
    spans: dict[str, Any] = {}
    record: dict[str, Any] = {"doc_id": annotation.doc_id, "text": document.text}
    if "mentions" in layers:
        record["ents"] = [{"start": m.span.start, "end": m.span.end, "label": m.type} for m in _flat(kept)]
        spans[MENTIONS] = [_span(m) for m in kept]
    if "events" in layers:
        spans[EVENTS] = [_span(e) for e in triggers]
    # spaCy fails on a key "_" unless the program has declared the attributes that it names: doc_id stands beside.
    record["tokens"] = [{"id": n, "start": start, "end": end} for n, (start, end) in enumerate(tokens)]
    record["spans"] = spans
    left += _left(annotation)
    left += _attributes(annotation.doc_id, kept, triggers)
    return json.dumps(record, ensure_ascii=False) + "\n"


def _tokens(text: str, cuts: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Tokens with a border at every cut that is not in white space.

    spaCy joins a blank to the token before it; all other white space before the next word is one token (`get_words_and_spaces`
    in spacy.util), and `Doc.from_json` refuses any other tokens.
    """
    borders = sorted(set(cuts))
    at = next_border = 0
    for run in _RUN.finditer(text):
        start, end = run.span()
        if start > at:
            yield at, start
        edges = [start]
        while next_border < len(borders) and borders[next_border] < end:
            if borders[next_border] > start:
                edges.append(borders[next_border])
            next_border += 1
        yield from pairwise([*edges, end])
        at = end + (text[end : end + 1] == " ")
    if at < len(text):
        yield at, len(text)


def _fitting(
    doc_id: str, items: Sequence[_Item], tokens: Sequence[tuple[int, int]], left: list[Left]
) -> list[_Item]:
    """The items whose spans begin and end with a token."""
    starts, ends = {start for start, _ in tokens}, {end for _, end in tokens}
    fitting = []
    for item in items:
        if item.span.start in starts and item.span.end in ends:
            fitting.append(item)
        else:
            why = _BETWEEN if item.span.placed else "it is nowhere in the text"
            left.append(Left(f"{doc_id}#{item.id}", f"{item.type} {item.span}", why))
            if isinstance(item, Event):
                left += _arguments(doc_id, item)
    return fitting


def _flat(mentions: Iterable[Mention]) -> list[Mention]:
    """Of mentions that overlap the longest, and of those the first. spaCy drops entities without a label."""
    flat: list[Mention] = []
    taken: set[int] = set()
    for mention in sorted(mentions, key=lambda m: (m.span.start - m.span.end, m.span.start)):
        covered = range(mention.span.start, mention.span.end)
        if mention.type and taken.isdisjoint((covered[0], covered[-1])):
            flat.append(mention)
            taken.update(covered)
    return sorted(flat, key=lambda m: m.span)


def _span(item: Mention | Event) -> dict[str, Any]:
    kb_id = (item.meta or {}).get("kb_id")
    known = kb_id if isinstance(kb_id, str) else ""
    return {"start": item.span.start, "end": item.span.end, "label": item.type, "kb_id": known}


def _left(annotation: Annotation) -> Iterator[Left]:
    """The items that have no place at all."""
    a, doc_id = annotation, annotation.doc_id
    if "mentions" not in a.layers:
        why = "mentions are not claimed: it only fills a role or ends a relation"
        yield from (Left(f"{doc_id}#{m.id}", f"mention {m.type} {m.span}", why) for m in a.mentions)
    if "events" not in a.layers:
        for event in a.events:
            yield Left(f"{doc_id}#{event.id}", f"event {event.type} {event.span}", "events are not claimed")
            yield from _arguments(doc_id, event)
    for what, items in (("cluster", a.entities), ("cluster of events", a.instances), ("relation", a.relations),
                        ("relation of events", a.event_relations)):  # fmt: skip
        for item in items:
            kind = getattr(item, "type", "")
            yield Left(f"{doc_id}#{item.id}", f"{what} {kind}".strip(), _NO_PLACE)


def _arguments(doc_id: str, event: Event) -> Iterator[Left]:
    for argument in event.arguments:
        yield Left(f"{doc_id}#{event.id}", f"argument {argument.role} {argument.mention}", _NO_PLACE)


def _attributes(doc_id: str, mentions: Iterable[Mention], events: Iterable[Event]) -> Iterator[Left]:
    """Arguments of the events that were written; and of their attributes and the mentions', how many of each kind are lost."""
    lost: Counter[str] = Counter()
    held: list[Mention | Event] = [*mentions, *events]
    for item in held:
        for name in ("kind", "extent", "value", "realis", "polarity", "score"):
            lost[name] += getattr(item, name, None) is not None
        lost["meta"] += any(key not in _META for key in item.meta or ())
        lost["quote"] += item.span.quote is not None
    for item in held:
        if isinstance(item, Event):
            yield from _arguments(doc_id, item)
    yield from (Left(doc_id, f"{name} of {counted(n, 'item')}", _NO_PLACE) for name, n in lost.items() if n)
