"""doccano's JSON Lines: sequence labelling, relations (seen: 1.8.4; the keys of older exports too).

Read are spans, under ``label``, ``labels`` or ``entities``, as ``[start, end, label]`` or as ``{"id", "label", "start_offset",
"end_offset"}``, and ``relations``, as ``{"from_id", "to_id", "type"}``. Left are labels of whole texts (``cats``, strings) and
``Comments``; other keys are told, and not read. A ``doc_id`` that was imported with the text comes back with it, and names the
document.

Offsets: doccano's editor counts UTF-16 units; in a project that counts grapheme clusters it counts those; what a program
imported is as the program counted, most likely code points; and no export says which (measured with 1.8.4). All three agree up
to the first emoji of a text. Where they do not, a row may say ``"offsets": "UTF-16"`` or ``"code points"``, a key that survives
doccano, and rows written here do. For rows that do not, the file decides between those two: the count is taken in which more
spans are of whole words; if they draw, the one that puts no span outside its text or into half a character; else UTF-16. A note
says so. Offsets in grapheme clusters are not read: the fault ``offsets-in-doubt`` is for files that may have them.

Written are mentions and relations, with offsets in UTF-16 units; overlapping spans need a project that allows them. All else is
left: events and their arguments would come back as mere entities and relations.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from communique.formats.converted import Converted, Left, Written
from communique.formats.doccano_offsets import CODE_POINTS, UTF16, convention, placed_span
from communique.formats.documents import Texts, record_document
from communique.formats.fields import Fields, fields
from communique.formats.records import listed_under, missing, records, unread, wrong
from communique.formats.source import Options, Source
from communique.formats.unwritten import attributes_left, layers_left, placed
from communique.incident import Incident, shown
from communique.io.jsonl import Row
from communique.model import Document, Mention, Relation
from communique.offsets import utf16_units
from communique.ontology import nearest

_SPANS: Final = ("label", "labels", "entities", "annotations")
_KEPT: Final = ("mentions", "relations")
_WHOLE: Final = ("label", "labels", "cats")  # they may hold labels of the whole text
_KNOWN: Final = ("id", "text", "doc_id", "offsets", "meta", "annotation_approver")
_BY_NUMBER: Final = "export with the names of labels, not their numbers"


@dataclass(slots=True)
class _Record:
    """A record, as far as it can be read before it is known how offsets are counted. ``offsets`` is what it says of that."""

    place: str
    document: Document
    offsets: str | None
    spans: list[tuple[Fields, str, int, int]] = field(default_factory=list)
    relations: list[tuple[Fields, str, int | str, int | str]] = field(default_factory=list)


def read(source: Source, texts: Texts, options: Options) -> Converted:
    faults: list[Incident] = []
    left: list[Left] = []
    held: list[_Record] = []
    items = 0
    related = False
    told: list[dict[str, Any]] = []
    for place, record in records(source, faults):
        if not isinstance(record, dict):
            faults.append(wrong(place, "$", record, "an object"))
            continue
        doc_id = record.get("doc_id")  # exports of 2018 have a number of doccano's own here
        named = doc_id if isinstance(doc_id, str) else None
        if (document := record_document(source, texts, place, record, faults, doc_id=named)) is None:
            continue
        if not record.keys() & {*_SPANS, *_WHOLE}:
            faults.append(missing(place, "$", "label", "a record of doccano has label, or entities, if only an empty list"))
        items += _count(record)
        told.append(record)
        related |= "relations" in record
        held.append(_record(place, document, record, faults, left))
    unsaid = [(one.document.text, start, end) for one in held if one.offsets is None for _, _, start, end in one.spans]
    offsets, notes = convention(source.name, unsaid, faults)
    rows = tuple(_row(texts, one, one.offsets or offsets, related, faults) for one in held)
    others = unread(told, *_KNOWN, *_SPANS, *_WHOLE, "relations", "Comments")
    return Converted(rows, items, tuple(left), tuple(faults), (*notes, *others))


def _count(record: Mapping[str, Any]) -> int:
    """How many things a record says of its text."""
    held = [record.get(key) for key in (*dict.fromkeys((*_SPANS, *_WHOLE)), "relations", "Comments")]
    return sum(len(one) if isinstance(one, list) else isinstance(one, str) for one in held)


def _record(
    place: str, document: Document, record: Mapping[str, Any], faults: list[Incident], left: list[Left]
) -> _Record:
    offsets = record.get("offsets")
    if offsets not in (None, UTF16, CODE_POINTS):
        faults.append(wrong(place, "$.offsets", offsets, f"{UTF16!r} or {CODE_POINTS!r}"))
        offsets = None
    read = _Record(place, document, offsets)
    for key in dict.fromkeys((*_SPANS, *_WHOLE)):
        given = record.get(key)
        if isinstance(given, str) and key in _WHOLE:
            left.append(Left(f"{place}: $.{key}", shown(given), "it is of the whole text"))
            continue
        for n, raw in enumerate(listed_under(key, place, record, faults)):
            path = f"$.{key}[{n}]"
            if isinstance(raw, str) and key in _WHOLE:
                left.append(Left(f"{place}: {path}", shown(raw), "it is of the whole text"))
            elif (span := _span(place, path, raw, faults)) is not None:
                read.spans.append(span)
    for n, raw in enumerate(listed_under("relations", place, record, faults)):
        if (relation := _relation(place, f"$.relations[{n}]", raw, faults)) is not None:
            read.relations.append(relation)
    for n, raw in enumerate(listed_under("Comments", place, record, faults)):
        words = raw.get("comment") if isinstance(raw, dict) else raw
        left.append(Left(f"{place}: $.Comments[{n}]", f"the comment {shown(words)}", "annotations have no comments"))
    return read


def _span(place: str, path: str, raw: Any, faults: list[Incident]) -> tuple[Fields, str, int, int] | None:
    if isinstance(raw, list):
        if len(raw) != 3:
            faults.append(wrong(place, path, raw, "[start, end, label]"))
            return None
        raw = dict(zip(("start_offset", "end_offset", "label"), raw, strict=True))
    if (given := fields(place, path, raw, faults)) is None:
        return None
    if type(given.given.get("label")) is int:
        faults.append(wrong(place, f"{path}.label", given.given["label"], "a string", _BY_NUMBER))
        return None
    label, start, end = given.string("label"), given.offset("start_offset"), given.offset("end_offset")
    return None if label is None or start is None or end is None else (given, label, start, end)


def _relation(
    place: str, path: str, raw: Any, faults: list[Incident]
) -> tuple[Fields, str, int | str, int | str] | None:
    if (given := fields(place, path, raw, faults)) is None:
        return None
    ends = [_id(given, key) for key in ("from_id", "to_id")]
    type_ = given.string("type")
    return None if type_ is None or ends[0] is None or ends[1] is None else (given, type_, ends[0], ends[1])


def _id(given: Fields, key: str) -> int | str | None:
    """An id, which doccano writes as a number, and programs as a string too."""
    value = given.given.get(key)
    return value if isinstance(value, str) else given.offset(key)


def _row(texts: Texts, one: _Record, offsets: str, related: bool, faults: list[Incident]) -> Row:
    text = one.document.text
    mentions: list[Mention] = []
    known: dict[int | str, str] = {}  # doccano's id, to ours
    broken: set[int | str] = set()
    for n, (given, label, start, end) in enumerate(one.spans, 1):
        own = given.given.get("id")
        given_id = own if type(own) in (int, str) else None
        if given_id is not None and given_id in known:
            message, hint = f"{shown(given_id)} is the id of two entities", "give each item an id of its own"
            faults.append(Incident("duplicate-id", f"{given.place}: {given.path}.id", message, hint))
        span = placed_span(given, text, start, end, offsets)
        if span is not None:
            mentions.append(Mention(f"m{n}", span, label))
        if given_id is not None:
            (broken.add(given_id) if span is None else known.setdefault(given_id, f"m{n}"))
    relations = []
    for n, (given, type_, head, tail) in enumerate(one.relations, 1):
        for key, end_id in (("from_id", head), ("to_id", tail)):
            if end_id not in known and end_id not in broken:
                hint = nearest(str(end_id), [str(i) for i in known]) if known else "give each entity its id"
                message = f"{shown(end_id)} is the id of no entity of this text"
                faults.append(Incident("dangling-id", f"{given.place}: {given.path}.{key}", message, hint))
        if head in known and tail in known:
            relations.append(Relation(f"r{n}", type_, known[head], known[tail]))
    layers = ("mentions", "relations") if related else ("mentions",)
    return texts.row(one.place, one.document, layers, mentions=mentions, relations=relations)


def write(rows: Sequence[Row], documents: Mapping[str, Document], options: Options) -> Written:
    left: list[Left] = []
    lines: list[str] = []
    related = any("relations" in row.annotation.layers or row.annotation.relations for row in rows)
    for row in rows:
        a, nowhere = placed(row.annotation)
        left += [*nowhere, *layers_left(a, "doccano", kept=_KEPT), *attributes_left(a, "doccano", layers=_KEPT)]
        text = documents[a.doc_id].text
        numbers = {m.id: n for n, m in enumerate(a.mentions, 1)}
        entities = [
            {"id": numbers[m.id], "label": m.type, "start_offset": utf16_units(text, m.span.start),
             "end_offset": utf16_units(text, m.span.end)}
            for m in a.mentions
        ]  # fmt: skip
        out = {"doc_id": a.doc_id, "text": text, "offsets": UTF16, "entities": entities}
        if related:
            out["relations"] = [
                {"id": n, "from_id": numbers[r.head], "to_id": numbers[r.tail], "type": r.type}
                for n, r in enumerate(a.relations, 1)
            ]
        # In ASCII: doccano guesses the encoding of what it imports, and took an emoji in UTF-8 for Turkish.
        lines.append(json.dumps(out) + "\n")
    return Written({"": "".join(lines).encode()}, tuple(left))
