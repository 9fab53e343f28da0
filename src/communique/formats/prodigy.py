"""Prodigy's JSON Lines, as ``prodigy db-out`` prints them: spans, relations (documented form; Prodigy is not free to run).

Read are the records whose ``answer`` is ``accept``, or that have none: ``spans`` are mentions, ``relations`` lead from the span
at ``head`` to that at ``child``. Listed as left: every item of a record, and every span, whose ``answer`` is ``reject`` or
``ignore``; spans and relations without a label; relations whose end is no labelled span; choices (``accept``), a ``label`` of
the whole text, ``user_input``. Not items are hashes, times, names of sessions, ``tokens``. Other keys, such as the name of a
field that is not ``user_input``, or the ``versions`` of a review, are told, and not read. Of a span, ``source``, ``pattern``
and the like go to ``meta``.

Offsets: ``start`` and ``end`` count code points, half-open; ``token_start`` and ``token_end`` count ``tokens``, and the end is
inclusive. Where a record has both, they have to agree; where a span has tokens alone, they are what is read.

A text that was asked about in several records, as the interfaces with yes and no do, has one row with the spans of all. Where
several annotators did the same text, ``--group`` says whose is read (``_annotator_id``, or ``_session_id``). The document is
that of ``doc_id``, of ``meta.doc_id``, or of the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from communique.formats.converted import Converted, Left
from communique.formats.documents import Texts, record_document
from communique.formats.prodigy_record import ANSWERS, Accepted, Reading, count, rejected
from communique.formats.records import records, unread, wrong
from communique.formats.source import Options, Source
from communique.incident import Incident, shown
from communique.io.jsonl import Row
from communique.model import Document, Mention, Relation
from communique.wording import counted, first_ten

_BINARY: Final = ("ner", "spans", "pos", "dep", "classification")
"""Interfaces that ask for yes or no, one question a record."""

_KNOWN: Final = (
    "text", "spans", "relations", "accept", "label", "user_input", "answer", "tokens", "meta", "doc_id", "options",
)  # fmt: skip
"""What is read, and what says nothing of the text; so do all keys that begin with an underscore."""


def read(source: Source, texts: Texts, options: Options) -> Converted:
    faults: list[Incident] = []
    left: list[Left] = []
    held: list[Accepted] = []
    items = related = others = 0
    answers = dict.fromkeys(ANSWERS, 0)
    seen: set[str] = set()
    made: dict[str, Document] = {}
    told: list[dict[str, Any]] = []
    for place, record in records(source, faults):
        if not isinstance(record, dict):
            faults.append(wrong(place, "$", record, "an object"))
            continue
        # Of every record, read or not: they may be in the order of the texts.
        document = record_document(source, texts, place, record, faults, doc_id=_doc_id(record), made=made)
        by = _by(place, record, faults)
        seen.add(by or "")
        if options.group is not None and by != options.group:
            others += 1
            continue
        items += count(record)
        told.append({key: value for key, value in record.items() if not key.startswith("_")})
        answer = record.get("answer", "accept")
        if answer not in ANSWERS:
            faults.append(wrong(place, "$.answer", answer, "accept, reject or ignore"))
            continue
        answers[answer] += 1
        if answer != "accept":
            left += rejected(place, record, answer)
            continue
        if document is None:
            continue
        related |= "relations" in record
        binary = record.get("_is_binary") is True or record.get("_view_id") in _BINARY
        one = Accepted(place, document, by, binary)
        Reading(one, record, faults, left).read()
        held.append(one)
    if options.group is not None and options.group not in seen:
        names = first_ten(sorted(seen - {""})) or "nobody named"
        raise ValueError(f"{source.name} has no record by {options.group!r}, but by {names}")
    layers = ("mentions", "relations") if related else ("mentions",)
    rows = [_row(texts, group, layers) for group in _grouped(held, faults)]
    notes = (*_notes(answers, others, options.group), *unread(told, *_KNOWN))
    return Converted(tuple(rows), items, tuple(left), tuple(faults), notes)


def _by(place: str, record: Mapping[str, Any], faults: list[Incident]) -> str | None:
    for key in ("_annotator_id", "_session_id"):
        value = record.get(key)
        if isinstance(value, str):
            return value
        if value is not None:
            faults.append(wrong(place, f"$.{key}", value, "a string"))
    return None


def _doc_id(record: Mapping[str, Any]) -> str | None:
    meta = record.get("meta")
    found = record.get("doc_id", meta.get("doc_id") if isinstance(meta, dict) else None)
    return found if isinstance(found, str) else None


def _grouped(held: Iterable[Accepted], faults: list[Incident]) -> list[list[Accepted]]:
    """The records of each row: those of one document, if they ask for yes or no, else every one."""
    by_document: dict[str, list[Accepted]] = {}
    for one in held:
        by_document.setdefault(one.document.doc_id, []).append(one)
    groups: list[list[Accepted]] = []
    for doc_id, ones in by_document.items():
        names = sorted({one.by or "nobody" for one in ones})
        if len(names) > 1:
            message = f"{shown(doc_id)} was annotated by {first_ten(names)}"
            faults.append(Incident("several-annotations", ones[-1].place, message, "say whose is meant with --group"))
        elif all(one.binary for one in ones):
            groups.append(ones)
        else:
            groups += [[one] for one in ones]
    return groups


def _row(texts: Texts, group: Sequence[Accepted], layers: Sequence[str]) -> Row:
    mentions: list[Mention] = []
    relations: list[Relation] = []
    for one in group:
        ids = [f"m{len(mentions) + n}" for n in range(1, len(one.mentions) + 1)]
        mentions += (Mention(i, m.span, m.type, score=m.score, meta=m.meta) for i, m in zip(ids, one.mentions, strict=True))
        first = len(relations) + 1
        relations += (Relation(f"r{n}", label, ids[h], ids[t]) for n, (label, h, t) in enumerate(one.relations, first))
    return texts.row(group[0].place, group[0].document, layers, mentions=mentions, relations=relations)


def _notes(answers: Mapping[str, int], others: int, group: str | None) -> Iterator[str]:
    for answer in ("reject", "ignore"):
        if answers[answer]:
            yield f"{counted(answers[answer], 'record')} with the answer {answer} {_were(answers[answer])} not read"
    if others:
        yield f"{counted(others, 'record')} not by {group} {_were(others)} not read"


def _were(n: int) -> str:
    return "was" if n == 1 else "were"
