"""LangExtract's JSON Lines, as ``langextract.io.save_annotated_documents`` writes them (seen: 1.7.1).

Each extraction is a mention: its class is the type, even where it means an event, for nothing tells the two apart. What else it
has (``attributes``, ``alignment_status``, ``group_index``, ``description``) goes to ``meta``: attributes are words, no
references, so no argument and no relation is made of them.

``char_interval`` counts code points, half-open. It is kept as it stands. Where the words there are not those of
``extraction_text``, the span has them as its quote, and says how like they are: LangExtract matches whatever the case
(``match_exact``), only the beginning (``match_lesser``), or most of the words (``match_fuzzy``). Where LangExtract found no
place, the quote is aligned here (`communique.align.align`); if it is nowhere in the text, it is kept without offsets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Final, cast

from communique.align import Quoted, align
from communique.align.editing import distances
from communique.align.folding import fold
from communique.formats.converted import Converted
from communique.formats.documents import Texts, told_document
from communique.formats.fields import Fields, counted_in, fields
from communique.formats.placing import statuses
from communique.formats.records import missing, records, unread, wrong
from communique.formats.source import Options, Source
from communique.incident import Incident, shown
from communique.io.jsonl import Row
from communique.model import Document, Mention, Quote, Span, Status

_KEPT: Final = ("attributes", "alignment_status", "group_index", "description")
_TEXTS: Final = "run LangExtract on the texts of: communique texts"


@dataclass(frozen=True, slots=True)
class _Extraction:
    """An extraction, with the interval that LangExtract gave it."""

    type: str
    words: str
    span: Span | None
    meta: dict[str, Any] | None


def read(source: Source, texts: Texts, options: Options) -> Converted:
    faults: list[Incident] = []
    rows: list[Row] = []
    items = 0
    told: Counter[Status] = Counter()
    given_records: list[dict[str, Any]] = []
    for place, record in records(source, faults):
        if not isinstance(record, dict):
            faults.append(wrong(place, "$", record, "an object"))
            continue
        given_records.append(record)
        document = told_document(source, texts, place, record, faults, doc_id="document_id")
        given = record.get("extractions")
        if "extractions" not in record:
            faults.append(missing(place, "$", "extractions"))
        elif given is not None and not isinstance(given, list):
            faults.append(wrong(place, "$.extractions", given, "a list"))
        elif document is not None:
            items += len(given or ())
            held = [_extraction(document, place, n, raw, faults) for n, raw in enumerate(given or ())]
            mentions = _mentions(document, [one for one in held if one is not None])
            told.update(m.span.quote.status for m in mentions if m.span.quote)
            row = texts.row(place, document, ("mentions",), mentions=mentions)
            rows.append(replace(row, quoted=any(m.span.quote for m in mentions)))
    notes = (*_notes(told), *unread(given_records, "document_id", "text", "extractions"))
    return Converted(tuple(rows), items, faults=tuple(faults), notes=notes)


def _extraction(document: Document, place: str, n: int, raw: Any, faults: list[Incident]) -> _Extraction | None:
    given = fields(place, f"$.extractions[{n}]", raw, faults)
    if given is None:
        return None
    before = len(faults)
    type_, words = given.string("extraction_class"), given.string("extraction_text")
    status = given.given.get("alignment_status")
    if status is not None and not isinstance(status, str):
        faults.append(wrong(place, f"{given.path}.alignment_status", status, "a string, or null"))
    span = _interval(given, document.text, words, exact=status == "match_exact")
    meta = {key: value for key in _KEPT if (value := given.given.get(key)) is not None}
    if type_ is None or words is None or len(faults) > before:
        return None
    return _Extraction(type_, words, span, meta or None)


def _interval(given: Fields, text: str, words: str | None, *, exact: bool) -> Span | None:
    """The span of ``char_interval``; None where LangExtract found none. An ``exact`` one has to have the words."""
    raw = given.given.get("char_interval")
    if raw is None or raw == {"start_pos": None, "end_pos": None}:
        return None
    inner = fields(given.place, f"{given.path}.char_interval", raw, given.faults)
    if inner is None:
        return None
    start, end = inner.offset("start_pos"), inner.offset("end_pos")
    if start is None or end is None:
        return None
    span = inner.within(start, end, text)
    if span is not None and exact and words is not None and _letters(span.of(text)) != _letters(words):
        message = f"{span} of the text is {shown(span.of(text))}, but LangExtract matched {shown(words)} exactly"
        at = f"{inner.place}: {inner.path}"
        given.faults.append(Incident("text-differs", at, message, counted_in(text, start, end, words) or _TEXTS))
    return span


def _letters(words: str) -> str:
    """What has to be the same where LangExtract says it is: its tokens in lower case, whatever stands between them."""
    return "".join(char for char in words.casefold() if char.isalnum())


def _mentions(document: Document, held: Sequence[_Extraction]) -> list[Mention]:
    """A mention for each; quotes without an interval are aligned in the order of the list, round those that have one."""
    quoted = [Quoted(one.words, near=one.span.start if one.span else None) for one in held]
    lost = any(one.span is None for one in held)
    found = align(document.text, document.sentences, quoted) if lost else [None] * len(held)
    nowhere = count()
    mentions = []
    for n, (one, aligned) in enumerate(zip(held, found, strict=True), 1):
        if one.span is not None:
            span = _compared(one.span, one.words, document.text)
        elif aligned is not None and aligned.span is not None:
            span = replace(aligned.span, quote=Quote(one.words, cast(Status, aligned.status), aligned.score))
        else:
            span = Span.nowhere(next(nowhere), Quote(one.words, "unaligned"))
        mentions.append(Mention(f"m{n}", span, one.type, meta=one.meta))
    return mentions


def _compared(span: Span, words: str, text: str) -> Span:
    """The span, with the words as its quote if the text has others there."""
    if span.of(text) == words:
        return span
    ours, theirs = (fold(part).lower().text.strip() for part in (span.of(text), words))
    if ours == theirs:
        return replace(span, quote=Quote(words, "normalised"))
    score = 1 - distances(ours, theirs, anchored=True)[-1] / max(len(ours), len(theirs))
    return replace(span, quote=Quote(words, "fuzzy", round(score, 4)))


def _notes(told: Counter[Status]) -> list[str]:
    if not told:
        return []
    words = statuses(told.elements())
    return [f"extractions whose words are not those of the text where LangExtract puts them, or that it puts nowhere: {words}"]
