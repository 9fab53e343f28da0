"""The texts at hand, and which of them a record of another tool's file is of; what is wrong with its saying so is a fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from communique.formats.records import missing, wrong
from communique.formats.source import Source
from communique.incident import DataError, Incident, shown
from communique.io.documents import document_of
from communique.io.jsonl import Row
from communique.model import Annotation, Document
from communique.ontology import nearest

_ONE_EACH: Final = "give one record for each text, in their order"


class Texts:
    """The texts at hand, and which of them a record is of.

    ``known`` are those of ``--texts`` or of the installed corpus, by doc_id. ``only`` is the document that the file is of, if
    the user says so; ``in_order``: its records have neither ids nor texts, and are of the known texts, one after another.
    """

    def __init__(self, known: Mapping[str, Document], *, only: str | None = None, in_order: bool = False) -> None:
        self.known: Final = known
        self._only: Final = only
        self._waiting: Final = iter(known.values()) if in_order else None
        self._by_text: Final = {d.text: d for d in reversed(list(known.values()))}
        self._named: Final[Counter[str]] = Counter()

    def of(self, place: str, *, doc_id: str | None = None, text: str | None = None, name: str | None = None) -> Document:
        """The document of the record that stands at ``place``.

        It is the one that the user named, else that of the record's ``doc_id``, else that of its ``text``, else that of
        ``name``, which is the file's without its suffix. A text that is not among the known ones is a document of its own,
        under its doc_id or else the name (and a number, from the second on).

        Raises:
            DataError: ``unknown-document``, ``no-document``, or ``text-differs`` if the record's text is not the known one.
        """
        document = self._found(place, doc_id, text, name)
        if text is not None and text != document.text:
            raise DataError([_differs(place, text, document)])
        return document

    def row(self, place: str, document: Document, layers: Sequence[str], **items: Any) -> Row:
        """The row of a document, with these layers claimed and these lists of items; with its text, if that is not known."""
        held = {layer: tuple(given) for layer, given in items.items()}
        annotation = Annotation(document.doc_id, tuple(layers), **held, text_sha256=document.text_sha256)
        return Row(place, annotation, None if document.doc_id in self.known else document.text)

    def left_over(self, place: str) -> Iterator[Incident]:
        """A finding if the records are in the order of the texts, and there are fewer; ``place`` is the file."""
        if self._waiting is not None and (rest := [d.doc_id for d in self._waiting]):
            records = len(self.known) - len(rest)
            message = f"the file ends before {shown(rest[0])}: {records} records for {len(self.known)} texts"
            yield Incident("no-document", place, message, _ONE_EACH)

    def _found(self, place: str, doc_id: str | None, text: str | None, name: str | None) -> Document:
        if self._only is not None:
            doc_id = self._only
        elif self._waiting is not None:
            for document in self._waiting:
                return document
            message = f"there are more records than the {len(self.known)} texts"
            raise DataError([Incident("no-document", place, message, _ONE_EACH)])
        if doc_id is not None and doc_id in self.known:
            return self.known[doc_id]
        if text is not None:
            if text in self._by_text:
                return self._by_text[text]
            if doc_id:
                return document_of(doc_id, text)
            if name:
                self._named[name] += 1
                return document_of(name if self._named[name] == 1 else f"{name}-{self._named[name]}", text)
        elif name is not None and doc_id is None and name in self.known:
            return self.known[name]
        if doc_id is not None:
            hint = f"{nearest(doc_id, self.known)}; or give the text with --texts"
            raise DataError([Incident("unknown-document", place, f"unknown doc_id {shown(doc_id)}", hint)])
        hint = 'give the record a "doc_id", say --doc, or --in-order if there is one record for each text, in their order'
        raise DataError([Incident("no-document", place, "nothing says which document this is of", hint)])


def record_document(
    source: Source,
    texts: Texts,
    place: str,
    record: Mapping[str, Any],
    faults: list[Incident],
    *,
    doc_id: str | None = None,
    text: str = "text",
    path: str = "$",
    made: dict[str, Document] | None = None,
) -> Document | None:
    """The document of a record that has to hold its text, under the key ``text``; None if that is not so, which is a fault.

    ``made`` remembers documents that are of no known text, for a file that has several records of one.
    """
    words = record.get(text)
    if text not in record:
        faults.append(missing(place, path, text, "only annotations of texts are read"))
        return None
    if not isinstance(words, str):
        faults.append(wrong(place, f"{path}.{text}", words, "a string"))
        return None
    if made is not None and words in made:
        return made[words]
    document = named_document(source, texts, place, faults, doc_id=doc_id, text=words)
    if made is not None and document is not None and document.doc_id not in texts.known:
        made[words] = document
    return document


def told_document(
    source: Source,
    texts: Texts,
    place: str,
    record: Mapping[str, Any],
    faults: list[Incident],
    *,
    doc_id: str = "doc_id",
) -> Document | None:
    """The document of a record that may say which it is by an id, under the key ``doc_id``, or by its ``text``, or by neither.

    None if it cannot be told, which is a fault. Null says nothing.
    """
    for key in (doc_id, "text"):
        if not isinstance(value := record.get(key), str | None):
            faults.append(wrong(place, f"$.{key}", value, "a string"))
            return None
    return named_document(source, texts, place, faults, doc_id=record.get(doc_id), text=record.get("text"))


def named_document(
    source: Source, texts: Texts, place: str, faults: list[Incident], *, doc_id: str | None = None, text: str | None = None
) -> Document | None:
    """The document of this id or text, else one that is named after the file; None if there is none, which is a fault."""
    try:
        return texts.of(place, doc_id=doc_id or None, text=text, name=Path(source.name).stem)
    except DataError as fault:
        faults += fault.incidents
        return None


def _differs(place: str, text: str, document: Document) -> Incident:
    pairs = zip(text, document.text, strict=False)
    at = next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(text), len(document.text)))
    message = f"its text is not that of {document.doc_id}: from code point {at} {shown(text[at : at + 20])}, "
    message += f"but {shown(document.text[at : at + 20])} there"
    return Incident("text-differs", place, message, "run the extractor on the texts of: communique texts")
