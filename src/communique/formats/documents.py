"""Which document a record of another tool's file is of, with what is wrong with its naming it as faults."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from communique.formats.records import missing, wrong
from communique.formats.source import Source, Texts
from communique.incident import DataError, Incident
from communique.model import Document


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
