"""What token-classification pipelines of Hugging Face transformers give, with ``aggregation_strategy`` or without it.

A text's record is the pipeline's list, on a line of its own or in one list of lists, or ``{"doc_id": …, "entities": […]}``;
the pipeline says nothing of the text, so give ``doc_id``, or say ``--in-order`` or ``--doc``. Forms seen: those of transformers
5.16 and 5.23, which have not changed since 4.

- Aggregated items have ``entity_group``. Each is a mention of this type.
- Items as they are without aggregation have ``entity``, a tag, for each piece of a word. Pieces are joined as the pipeline's
  own ``simple`` aggregation does it: B- begins an entity; I- goes on with one of the same type that ends with the piece
  before, and else begins one; a tag without B- or I- is as I-, and a whole label (of which the pipeline would keep what
  stands behind its first hyphen). A piece is the next if its ``index`` is, or, without ``index``, if only white space lies
  between. The score is the mean over the pieces. With ``--scheme BIOES`` or ``BILOU``, E-, L-, S- and U- are known too. A
  piece that is tagged O inside a word cuts the word, there as here.
- The words are those of the text: ``word`` is what a tokenizer made of them. But if none of a record's fits the text where it
  says, the record is of another text, and that is a fault.
- White space at the edges of an item, which some tokenizers count to the piece behind it, is cut off, with a note.

Items that are ``O`` (``ignore_labels=[]``) say nothing. What else an aggregated item has is kept as ``meta``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final

from communique.formats.converted import Converted, Left
from communique.formats.documents import Texts, told_document
from communique.formats.fields import Fields, fields
from communique.formats.listed import listed
from communique.formats.records import unread, wrong
from communique.formats.source import Options, Source
from communique.incident import Incident, shown
from communique.io.bio import PREFIXES
from communique.io.jsonl import Row
from communique.model import Document, Mention, Span
from communique.wording import counted

_KNOWN: Final = ("entity", "entity_group", "score", "index", "word", "start", "end")
_MARKS: Final = re.compile(r"^(?:##|[▁ĠĊ\s])+|@@$|</w>$")
_UNKNOWN: Final = re.compile(r"[\[<]unk[\]>]", re.IGNORECASE)
_SLOW: Final = (
    "its tokenizer counts no characters: load a fast one (AutoTokenizer.from_pretrained(…, use_fast=True)), or give the "
    "pipeline an offset_mapping"
)


@dataclass(frozen=True, slots=True)
class _Piece:
    """An item: a piece of a word, with its tag, or with ``prefix`` None an entity."""

    start: int
    end: int
    prefix: str | None
    label: str
    index: int | None
    score: float | None
    fields: Fields


def read(source: Source, texts: Texts, options: Options) -> Converted:
    """Read a file; raises as `communique.formats.read` says."""
    faults: list[Incident] = []
    rows: list[Row] = []
    left: list[Left] = []
    items = trimmed = strays = 0
    records = listed(source, faults, "entities")
    for record in records:
        document = told_document(source, texts, record.place, record.record, faults)
        known = len(faults)
        pieces = list(_pieces(record.place, record.path, record.items, options.scheme, faults))
        if document is None or len(faults) > known:
            continue
        entities = _entities(pieces, document.text)
        # Every item but O is in an entity: what only goes on with one is no item of its own.
        items += _said(record.items) - sum(len(entity) - 1 for entity in entities)
        mentions: list[Mention] = []
        for entity in entities:
            strays += entity[0].prefix in ("I", "E", "L") and options.scheme != "IOB1"
            span = entity[0].fields.within(entity[0].start, entity[-1].end, document.text)
            if span is None:
                continue
            inner = _trimmed(span, document.text)
            trimmed += inner != span
            if inner is None:
                what, why = f"{entity[0].label} of white space alone", "it holds no words"
                left.append(Left(f"{record.place}: {entity[0].fields.path}", what, why))
                continue
            scores = [p.score for p in entity if p.score is not None]
            meta = entity[0].fields.rest(*_KNOWN) if len(entity) == 1 else None
            score = fmean(scores) if scores else None
            mentions.append(Mention(f"m{len(mentions) + 1}", inner, entity[0].label, score=score, meta=meta))
        if len(faults) == known:
            faults += _another_text(record.place, pieces, document)
        rows.append(texts.row(record.place, document, ("mentions",), mentions=mentions))
    notes = (*unread((r.record for r in records), "doc_id", "text", "entities"), *_notes(trimmed, strays))
    return Converted(tuple(rows), items, tuple(left), tuple(faults), notes)


def _pieces(
    place: str, path: str, items: Iterable[Any], scheme: str | None, faults: list[Incident]
) -> Iterator[_Piece]:
    """The items of a record that are not O. Those without offsets are one fault, for then all are."""
    without: list[str] = []
    found = []
    for n, item in enumerate(items):
        if (given := fields(place, f"{path}[{n}]", item, faults)) is None:
            continue
        key = "entity_group" if "entity_group" in item else "entity"
        label, score = given.string(key), given.score()
        if label == "O":
            continue
        if "start" in item and "end" in item and item["start"] is None and item["end"] is None:
            without.append(given.path)
            continue
        start, end, index = given.offset("start"), given.offset("end"), item.get("index")
        if index is not None and type(index) is not int:
            faults.append(wrong(place, f"{given.path}.index", index, "a whole number"))
        elif label is not None and start is not None and end is not None:
            prefix, label = (None, label) if key == "entity_group" else _split(label, scheme)
            found.append(_Piece(start, end, prefix, label, index, score, given))
    if without:
        message = f"{counted(len(without), 'item')} of the record have no offsets: start and end are null"
        faults.append(Incident("wrong-type", f"{place}: {without[0]}.start", message, _SLOW))
    if scheme is None and (fault := _of_a_scheme(place, found)):
        faults.append(fault)
    yield from found


def _said(items: Iterable[Any]) -> int:
    """How many items of a record say something of its text."""
    return sum(item.get("entity_group", item.get("entity")) != "O" for item in items)


def _split(tag: str, scheme: str | None) -> tuple[str, str]:
    """Prefix and label. A tag without a prefix is as I-, which the prefix "" says here."""
    prefix, hyphen, label = tag.partition("-")
    if hyphen and label and prefix in tuple(PREFIXES[scheme or "IOB2"]):
        return prefix, label
    return "", tag


def _of_a_scheme(place: str, pieces: Sequence[_Piece]) -> Incident | None:
    """The fault that tags are of a scheme that nobody has named."""
    tagged = [p for p in pieces if p.prefix is not None]
    other = [p for p in tagged if p.prefix == "" and re.match(r"[ESLU]-.", p.label)]
    if not other or not any(p.prefix for p in tagged):
        return None
    scheme = "BIOES" if {p.label[0] for p in other} <= {"E", "S"} else "BILOU"
    message = f"{shown(other[0].label)} is not IOB2 (B-label, I-label), which other tags are"
    hint = f"say --scheme {scheme}, or --scheme IOB2 if it is a whole label"
    return Incident("not-iob2", f"{place}: {other[0].fields.path}.entity", message, hint)


def _pairs(pieces: Sequence[_Piece]) -> Iterator[tuple[_Piece | None, _Piece]]:
    yield from zip([None, *pieces], pieces, strict=False)


def _begins(before: _Piece | None, piece: _Piece, text: str) -> bool:
    """Whether an entity begins with this piece; ``before`` is the item before it."""
    if before is None or None in (piece.prefix, before.prefix) or piece.prefix in ("B", "S", "U"):
        return True
    if before.label != piece.label or before.prefix in ("E", "L", "S", "U"):
        return True
    if piece.index is not None and before.index is not None:
        return piece.index != before.index + 1
    between = text[max(0, before.end) : max(0, piece.start)]
    return piece.start < before.end or bool(between.strip())


def _entities(pieces: Sequence[_Piece], text: str) -> list[list[_Piece]]:
    found: list[list[_Piece]] = []
    for before, piece in _pairs(pieces):
        if _begins(before, piece, text):
            found.append([])
        found[-1].append(piece)
    return found


def _trimmed(span: Span, text: str) -> Span | None:
    """The span without white space at its edges; None if there is nothing else."""
    words = span.of(text)
    bare = words.strip()
    at = span.start + len(words) - len(words.lstrip())
    return Span(at, at + len(bare)) if bare else None


def _another_text(place: str, pieces: Iterable[_Piece], document: Document) -> Iterator[Incident]:
    """The fault that no item has its words where it says, so that the record is of another text.

    Only words in ASCII are compared: of others tokenizers give bytes.
    """
    first = None
    for piece in pieces:
        word = piece.fields.given.get("word")
        if not isinstance(word, str) or not word.lstrip("▁Ġ").isascii() or _UNKNOWN.search(word):
            continue
        wanted, there = _letters(_MARKS.sub("", word)), _letters(document.text[piece.start : piece.end])
        if wanted == there or not wanted:
            return
        first = first or piece
    if first is not None:
        word, words = first.fields.given["word"], document.text[first.start : first.end]
        message = f"no item has its words in the text of {document.doc_id}: {shown(word)} is {shown(words)} there"
        yield Incident("text-differs", f"{place}: {first.fields.path}", message, "are the records in the order of the texts?")


def _letters(words: str) -> str:
    """Letters and digits alone, without case and accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", words).casefold() if c.isalnum())


def _notes(trimmed: int, strays: int) -> Iterator[str]:
    if strays:
        yield f"I-, E- or L- begins {counted(strays, 'entity', 'entities')}, as in the pipeline's own simple aggregation"
    if trimmed:
        yield f"white space at the edges of {counted(trimmed, 'entity', 'entities')} was cut off"
