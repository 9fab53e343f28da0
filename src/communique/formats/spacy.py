"""spaCy: documents as ``Doc.to_json`` writes them, or in a DocBin file (``.spacy``); its entities and span groups.

Reading. Seen: spaCy 3.8; DocBin needs it (the extra ``spacy``), JSON does not. A document is known by
``doc_id`` (a key beside ``text``, under ``_``, or in ``user_data``), else by its text.

- Entities (``ents``) and the spans of all groups (``spans``) are mentions; those of a group called ``events`` are events,
  without arguments. ``--group NAME`` reads that group alone, ``--group ents`` the entities alone.
- What stands in ``ents`` and in a group too, in the same place with the same label (as a SpanRuler with ``annotate_ents``
  leaves it), is one mention, with a note. What several groups hold are several, which count as duplicates: name one.
- ``kb_id``, ``id``, the group's name, and whatever else a span has are kept as ``meta``; the scores that a SpanCategorizer
  leaves with its group (DocBin), or a key ``score``, as ``score``.
- ``cats`` say something of the whole text: they are listed and left out. Tokens, tags, dependencies, sentences and underscore
  attributes say nothing of mentions, and are not read.

Writing. One document a line, as ``Doc.from_json`` reads it, with ``doc_id`` beside, which spaCy does not read. Mentions are the
span group ``mentions``, triggers the group ``events``; ``ents`` are those mentions that can stand there, for entities do not
overlap: the longest first, as ``spacy.util.filter_spans`` chooses. Tokens are ours, cut wherever a span begins or ends.
Arguments, relations, clusters and attributes have no place in Doc JSON, and are listed; so is a span that begins or ends
inside white space.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from communique.formats.converted import Converted, Left, Written
from communique.formats.documents import Texts, told_document
from communique.formats.fields import Fields, fields
from communique.formats.records import missing, records, unread, wrong
from communique.formats.source import Options, Source
from communique.formats.spacy_docbin import docbin, is_docbin
from communique.formats.spacy_write import EVENTS, MENTIONS, line
from communique.incident import Incident, shown
from communique.io.jsonl import Row
from communique.model import Document, Event, Mention, Span
from communique.ontology import nearest
from communique.wording import counted

ENTS: Final = "ents"
_READ: Final = ("start", "end", "label", "score")
_KNOWN: Final = ("text", "ents", "spans", "cats", "doc_id")
_SILENT: Final = ("tokens", "sents", "_", "underscore_token", "underscore_span", "user_data")


@dataclass(frozen=True, slots=True)
class _Mark:
    """An entity or a span of a group; ``group`` is `ENTS` for entities."""

    group: str
    span: Span
    label: str
    score: float | None
    meta: dict[str, Any]


def read(source: Source, texts: Texts, options: Options) -> Converted:
    """Read a file.

    Raises:
        ValueError: if it is a DocBin, and spaCy is not installed.
    """
    faults: list[Incident] = []
    held = list((docbin if is_docbin(source) else records)(source, faults))
    read_: list[tuple[str, Document, list[_Mark]]] = []
    left: list[Left] = []
    items = 0
    for place, record in held:
        known = len(faults)
        document = _document(place, record, source, texts, faults)
        marks = list(_marks(place, record, document, options.group, faults)) if isinstance(record, dict) else []
        if document is None or len(faults) > known:
            continue
        items += _count(record, options.group)
        if record.get("cats") and options.group is None:
            why = "it is a classification of the text, not of words in it"
            left.append(Left(f"{place}: $.cats", shown(record["cats"]), why))
        read_.append((place, document, marks))
    groups = Counter(g for _, record in held for g in _groups(record, options.group))
    if options.group is not None and not groups and not faults:
        faults.append(_no_group(source.name, options.group, {g for _, record in held for g in _groups(record, None)}))
    if options.group is None and not groups and held and not faults:
        hint = "Doc.to_json gives them if a component of the pipeline looked for them"
        faults.append(Incident("missing-key", source.name, "no document has ents or spans: nothing says what was found", hint))
    layers = [layer for layer, is_there in (("mentions", groups.keys() != {EVENTS}), ("events", EVENTS in groups)) if is_there]
    rows, merged = [], 0
    for place, document, marks in read_:
        apart, same = _merged(marks)
        merged += same
        rows.append(_row(texts, place, document, apart, layers))
    notes = _notes([record for _, record in held], groups, merged)
    return Converted(tuple(rows), items, tuple(left), tuple(faults), tuple(notes))


def write(rows: Sequence[Row], documents: Mapping[str, Document], options: Options) -> Written:
    left: list[Left] = []
    lines = [line(row.annotation, documents[row.annotation.doc_id], left) for row in rows]
    return Written({"": "".join(lines).encode()}, tuple(left))


def _document(place: str, record: Any, source: Source, texts: Texts, faults: list[Incident]) -> Document | None:
    if not isinstance(record, dict):
        faults.append(wrong(place, "$", record, "an object", "a document is what Doc.to_json gives"))
        return None
    if "text" not in record:
        faults.append(missing(place, "$", "text", "a document is what Doc.to_json gives"))
        return None
    named = {key: record[key] for key in ("doc_id", "text") if key in record}
    for inner in (record.get("_"), record.get("user_data")):
        if "doc_id" not in named and isinstance(inner, dict) and isinstance(inner.get("doc_id"), str):
            named["doc_id"] = inner["doc_id"]
    return told_document(source, texts, place, named, faults)


def _lists(record: Any, group: str | None) -> Iterator[tuple[str, str, Any]]:
    """The lists of spans that are to be read: path, group, and the list, which may be none."""
    if not isinstance(record, dict):
        return
    if group in (None, ENTS) and ENTS in record:
        yield "$.ents", ENTS, record[ENTS]
    spans = record.get("spans")
    if group != ENTS and isinstance(spans, dict):
        yield from ((f"$.spans.{name}", name, given) for name, given in spans.items() if group in (None, name))


def _groups(record: Any, group: str | None) -> set[str]:
    return {name for _, name, _ in _lists(record, group)}


def _marks(
    place: str, record: Mapping[str, Any], document: Document | None, group: str | None, faults: list[Incident]
) -> Iterator[_Mark]:
    for key, wanted in (("spans", dict), ("cats", dict)):
        if key in record and not isinstance(record[key], wanted):
            faults.append(wrong(place, f"$.{key}", record[key], "an object"))
    for path, name, given in _lists(record, group):
        if not isinstance(given, list):
            faults.append(wrong(place, path, given, "a list"))
            continue
        for n, item in enumerate(given):
            if (found := fields(place, f"{path}[{n}]", item, faults)) and document:
                yield from _mark(found, name, document)


def _mark(item: Fields, group: str, document: Document) -> Iterator[_Mark]:
    span, label, score = item.span(document.text), item.string("label"), item.score()
    meta = {key: value for key, value in (item.rest(*_READ) or {}).items() if value not in ("", 0)}
    if group not in (ENTS, MENTIONS, EVENTS):
        meta["group"] = group
    if span is not None and label is not None:
        yield _Mark(group, span, label, score, meta)


def _count(record: Mapping[str, Any], group: str | None) -> int:
    """How many items a record holds: of entities and the spans of groups, what is equal on both sides is one."""
    ents: Counter[tuple[Any, ...]] = Counter()
    spans: Counter[tuple[Any, ...]] = Counter()
    events = 0
    for _, name, given in _lists(record, group):
        if name == EVENTS:
            events += len(given)
        else:
            (ents if name == ENTS else spans).update((s["start"], s["end"], s["label"]) for s in given)
    return (ents | spans).total() + events + bool(record.get("cats") and group is None)


def _merged(marks: Iterable[_Mark]) -> tuple[list[_Mark], int]:
    """The marks without entities that stand in a group too; and how many these are."""
    held = list(marks)
    waiting: dict[tuple[Span, str], list[int]] = {}
    for n, mark in enumerate(held):
        if mark.group not in (ENTS, EVENTS):
            waiting.setdefault((mark.span, mark.label), []).append(n)
    out: set[int] = set()
    for n, mark in enumerate(held):
        if mark.group == ENTS and (same := waiting.get((mark.span, mark.label))):
            at = same.pop(0)
            other = held[at]
            score = mark.score if other.score is None else other.score
            held[at] = _Mark(other.group, other.span, other.label, score, {**mark.meta, **other.meta})
            out.add(n)
    return [mark for n, mark in enumerate(held) if n not in out], len(out)


def _row(texts: Texts, place: str, document: Document, marks: Iterable[_Mark], layers: Sequence[str]) -> Row:
    mentions: list[Mention] = []
    events: list[Event] = []
    for mark in marks:
        given: dict[str, Any] = {"score": mark.score, "meta": mark.meta or None}
        if mark.group == EVENTS:
            events.append(Event(f"v{len(events) + 1}", mark.span, mark.label, **given))
        else:
            mentions.append(Mention(f"m{len(mentions) + 1}", mark.span, mark.label, **given))
    return texts.row(place, document, layers, mentions=mentions, events=events)


def _notes(held: Sequence[Any], groups: Counter[str], merged: int) -> Iterator[str]:
    if merged:
        both = "stands in a span group too" if merged == 1 else "stand in a span group too, each"
        yield f"{counted(merged, 'entity', 'entities')} {both} with the same label, and counts once"
    of_mentions = sorted(groups.keys() - {EVENTS, ENTS})
    if len(of_mentions) > 1 or (of_mentions not in ([], [MENTIONS]) and ENTS in groups):
        named = ", ".join([*(["ents"] if ENTS in groups else []), *of_mentions])
        yield f"mentions are read from {named}: name one with --group"
    yield from unread((record for record in held if isinstance(record, dict)), *_KNOWN, *_SILENT)


def _no_group(name: str, group: str, there: Iterable[str]) -> Incident:
    known = sorted(there)
    hint = nearest(group, known) if known else "the file has none"
    return Incident("unknown-group", name, f"no document has a span group {shown(group)}", hint)
