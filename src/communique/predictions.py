"""Reading a system's predictions against the gold they are to be scored on, and other people's gold."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from communique.checks import prediction_incidents, textless_incidents, unknown_document
from communique.incident import DataError, Incident
from communique.io.files import read_text
from communique.io.jsonl import Row, parse_rows
from communique.io.jsonl_writer import text_sha256
from communique.model import Annotation, Document, Gold
from communique.ontology import Ontology, default_ontology
from communique.tokens import sentences, tokenize

Note: TypeAlias = Callable[[str], object]
"""Told what a reader has to say that is no fault."""


def read_predictions(
    path: Path | str, gold: Gold, *, ontology: Ontology | None = None, note: Note = warnings.warn
) -> tuple[Annotation, ...]:
    """Read a ``predictions.jsonl`` (``-`` is stdin) and check it against the gold's texts and the ontology.

    Against gold of one's own (`Gold.own`, which `read_gold` sets), labels are taken as they occur unless an ontology is given.

    Raises:
        DataError: every fault of the file, each with file, line, path and what to do.
    """
    return parse_predictions(*read_text(path), gold, ontology=ontology)


def parse_predictions(
    name: str, content: str, gold: Gold, *, ontology: Ontology | None = None
) -> tuple[Annotation, ...]:
    """The content of a predictions file; ``name`` stands for the file in messages. See `read_predictions`."""
    rows, faults = parse_rows(name, content)
    if ontology is None and not gold.own:
        ontology = default_ontology()
    found = [*faults, *_against(rows, gold, ontology)]
    if found:
        raise DataError(found)
    return tuple(row.annotation for row in rows)


def read_gold(
    path: Path | str, *, split: str | None = None, ontology: Ontology | None = None, note: Note = warnings.warn
) -> Gold:
    """Read a corpus of one's own to score against: rows as in ``predictions.jsonl``, each with its ``text``.

    Sentences and tokens are made by our tokenizer. Without an ontology, labels are taken as they occur.

    Raises:
        DataError: every fault of the file.
        ValueError: a split of a file, which has none.
    """
    if split is not None:
        raise ValueError(f"{path} has no split {split!r}: it is one file")
    name, content = read_text(path)
    rows, faults = parse_rows(name, content)
    found = list(faults)
    documents = []
    for row in rows:
        if row.text is None:
            found.append(Incident("text-missing", f"{row.place}: $", "a gold row has no text", "add the document's text"))
            continue
        document = document_of(row.annotation.doc_id, row.text)
        documents.append(document)
        found += _placed(row, prediction_incidents(document, row.annotation, ontology, broken=row.broken))
    if found:
        raise DataError(found)
    version = f"{Path(path).name}#{hashlib.sha256(content.encode()).hexdigest()[:8]}"
    return Gold(tuple(documents), tuple(row.annotation for row in rows), split="file", version=version, own=True)


def document_of(doc_id: str, text: str) -> Document:
    """A bare text as a document, with our tokens and sentences."""
    return Document(doc_id, text, text_sha256(text), sentences(text), tokenize(text))


def _against(rows: Sequence[Row], gold: Gold, ontology: Ontology | None) -> Iterator[Incident]:
    documents = {d.doc_id: d for d in gold.documents}
    here = {*documents, *gold.elsewhere}
    for row in rows:
        a = row.annotation
        if a.doc_id in documents:
            yield from _placed(row, prediction_incidents(documents[a.doc_id], a, ontology, broken=row.broken))
            continue
        if a.doc_id and a.doc_id not in here:
            yield unknown_document(f"{row.place}: $.doc_id", a.doc_id, [*documents, *gold.elsewhere])
        # The text of a document of another split is not at hand; scoring leaves it out with a note.
        yield from _placed(row, textless_incidents(a, ontology, broken=row.broken))


def _placed(row: Row, found: Sequence[Incident]) -> Iterator[Incident]:
    """Findings of the checks, with the line that they are in."""
    return (Incident(i.id, f"{row.place}: {i.place}", i.message, i.hint) for i in found)
