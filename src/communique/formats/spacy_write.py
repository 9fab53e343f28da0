"""Annotations to the JSON that ``Doc.from_json`` of spaCy reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, Final, TypeVar

from communique.formats.converted import Left
from communique.formats.unwritten import attributes_left, layers_left, placed, unclaimed
from communique.model import Annotation, Document, Event, Mention

MENTIONS: Final = "mentions"
EVENTS: Final = "events"
_Item = TypeVar("_Item", Mention, Event)
_RUN: Final = re.compile(r"\S+")
_META: Final = ("kb_id", "group")
_TOOL: Final = "Doc JSON"
_BETWEEN: Final = "it begins or ends where spaCy cannot have the border of a token: beside white space"


def line(annotation: Annotation, document: Document, left: list[Left]) -> str:
    """The line of a document; what has no place in it goes to ``left``."""
    a, nowhere = placed(annotation)
    left += [*nowhere, *layers_left(a, _TOOL, kept=(MENTIONS, EVENTS)), *unclaimed(a, (MENTIONS, EVENTS))]
    mentions = a.mentions if MENTIONS in a.layers else ()
    events = a.events if EVENTS in a.layers else ()
    marked: list[Mention | Event] = [*mentions, *events]
    cuts = {edge for item in marked for edge in (item.span.start, item.span.end)}
    cuts |= {edge for token in document.tokens for edge in (token.start, token.end)}
    tokens = list(_tokens(document.text, cuts))
    kept = _fitting(a.doc_id, mentions, tokens, left)
    triggers = _fitting(a.doc_id, events, tokens, left)
    spans: dict[str, Any] = {}
    record: dict[str, Any] = {"doc_id": a.doc_id, "text": document.text}
    if MENTIONS in a.layers:
        record["ents"] = [{"start": m.span.start, "end": m.span.end, "label": m.type} for m in _flat(kept)]
        spans[MENTIONS] = [_span(m) for m in kept]
    if EVENTS in a.layers:
        spans[EVENTS] = [_span(e) for e in triggers]
    # spaCy fails on a key "_" unless the program has declared the attributes that it names: doc_id stands beside.
    record["tokens"] = [{"id": n, "start": start, "end": end} for n, (start, end) in enumerate(tokens)]
    record["spans"] = spans
    bare = (replace(e, arguments=()) for e in triggers)  # which are left out whole
    said = replace(a, mentions=tuple(map(_unsaid, kept)), events=tuple(map(_unsaid, bare)))
    left += attributes_left(said, _TOOL, layers=(MENTIONS, EVENTS))
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
            left.append(Left(f"{doc_id}#{item.id}", f"{item.type} {item.span}", _BETWEEN))
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


def _unsaid(item: _Item) -> _Item:
    """The item without the meta that `_span` says, and the name of a group, which is that of the reader."""
    return replace(item, meta={key: value for key, value in (item.meta or {}).items() if key not in _META} or None)
