"""Everything that is wrong with a file of annotations or predictions, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from communique.checks import incidents, prediction_incidents
from communique.incident import DataError, Incident
from communique.io.files import read_text
from communique.io.jsonl import Row
from communique.io.labelstudio import is_export, read_export
from communique.io.quotes import parse_quotes
from communique.model import Document
from communique.ontology import Ontology, default_ontology, nearest


def findings(
    path: Path | str,
    documents: Mapping[str, Document],
    *,
    standard: Literal["annotation", "prediction"] | None = None,
    ontology: Ontology | None = None,
) -> Iterator[Incident]:
    """Read a file of any of our formats, seen from its content, and yield all its faults, each with its line.

    Args:
        documents: the texts, by doc_id.
        standard: what to hold it to. An ``annotation`` must keep to the whole schema, a ``prediction`` only be scorable. None:
            an annotation if it is a Label Studio export or made of quotes, else a prediction.
    """
    known = ontology or default_ontology()
    try:
        name, content = read_text(path)
        export = is_export(content)
        rows, faults = _exported(name, content, documents) if export else parse_quotes(name, content, documents)
    except DataError as fault:
        yield from fault.incidents
        return
    yield from faults
    annotation = standard == "annotation" or (standard is None and (export or '"sentence"' in content))
    judge = incidents if annotation else prediction_incidents
    for row in rows:
        doc_id = row.annotation.doc_id
        if doc_id not in documents:
            hint = f"{nearest(doc_id, documents)}; or give the text with --texts"
            yield Incident("unknown-document", f"{row.place}: $.doc_id", f"unknown doc_id {doc_id!r}", hint)
            continue
        for i in judge(documents[doc_id], row.annotation, known, broken=row.broken):
            yield Incident(i.id, f"{row.place}: {i.place}", i.message, i.hint)


def _exported(
    name: str, content: str, documents: Mapping[str, Document]
) -> tuple[tuple[Row, ...], tuple[Incident, ...]]:
    return tuple(Row(name, a) for a in read_export(content, documents, name=name)), ()
