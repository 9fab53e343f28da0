"""Everything that is wrong with a file of annotations or predictions, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from communique.checks import incidents, prediction_incidents, textless_incidents, unknown_document
from communique.checks.links import link_incidents
from communique.incident import DataError, Incident
from communique.io.files import read_text
from communique.io.jsonl import Row, parse_rows
from communique.io.labelstudio import is_export, read_export
from communique.io.links import parse_links
from communique.io.quotes import parse_quotes
from communique.model import Annotation, Document
from communique.ontology import Ontology, default_ontology


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
        standard: what to hold it to. An ``annotation`` must keep to the whole schema, and may quote words in place of offsets;
            a ``prediction`` must be what `communique.predictions.read_predictions` accepts. None: an annotation if it is a
            Label Studio export or any of its spans is a quote, else a prediction.
    """
    known = ontology or default_ontology()
    try:
        name, content = read_text(path)
        if is_export(content):
            rows = tuple(Row(name, a) for a in read_export(content, documents, name=name, ontology=known))
            faults: tuple[Incident, ...] = ()
            standard = standard or "annotation"
        else:
            rows, faults, standard = _lines(name, content, documents, standard)
    except DataError as fault:
        yield from fault.incidents
        return
    yield from faults
    told = {i.place for i in faults if i.id == "unknown-document"}
    judge = incidents if standard == "annotation" else prediction_incidents
    for row in rows:
        doc_id = row.annotation.doc_id
        if doc_id in documents:
            found = judge(documents[doc_id], row.annotation, known, broken=row.broken)
        else:
            if doc_id and (at := f"{row.place}: $.doc_id") not in told:
                unknown = unknown_document(at, doc_id, documents)
                yield replace(unknown, hint=f"{unknown.hint}; or give the text with --texts")
            found = textless_incidents(row.annotation, known, broken=row.broken)
        for i in found:
            yield replace(i, place=f"{row.place}: {i.place}")


def link_findings(folder: Path, documents: Mapping[str, Document], *, ontology: Ontology | None = None) -> Iterator[Incident]:
    """All that is wrong with ``annotations/links.toml`` of a project folder, which links what its gold holds; nothing if there
    is no such file, or if the gold itself cannot be read.
    """
    path = folder / "annotations" / "links.toml"
    if not path.is_file():
        return
    gold: dict[str, Annotation] = {}
    try:
        name, toml = read_text(path)
        links = parse_links(name, toml, documents)
    except DataError as fault:
        yield from fault.incidents
        return
    try:
        for export in sorted((folder / "annotations" / "gold").glob("*.json")):
            file, content = read_text(export)
            gold |= {a.doc_id: a for a in read_export(content, documents, name=file, ontology=ontology)}
    except DataError:  # `findings` has said so
        return
    yield from link_incidents(name, links, gold, ontology=ontology)


def _lines(
    name: str, content: str, documents: Mapping[str, Document], standard: Literal["annotation", "prediction"] | None
) -> tuple[tuple[Row, ...], tuple[Incident, ...], Literal["annotation", "prediction"]]:
    """The rows and their faults, read as the standard asks; the standard is found out if it is None."""
    if standard != "annotation":
        rows, faults = parse_rows(name, content)
        if standard or not faults:  # a quote is a fault in predictions
            return rows, faults, "prediction"
    quoted, of_quotes = parse_quotes(name, content, documents)
    if standard or any(row.quoted for row in quoted):
        return quoted, of_quotes, "annotation"
    return rows, faults, "prediction"
