"""Predictions against the gold that they are to be scored on."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from communique.checks import prediction_incidents, textless_incidents, unknown_document
from communique.incident import DataError, Incident
from communique.io.files import read_text
from communique.io.jsonl import Row, parse_rows
from communique.io.jsonl_writer import to_rows
from communique.model import Annotation, Document, Gold
from communique.ontology import Ontology, default_ontology, empty_ontology

if TYPE_CHECKING:
    from communique.labels import LabelMap

_SNIFFED: Final = 4096

SPLIT: Final = "file"
"""What the split of a gold is called that has none."""

Note: TypeAlias = Callable[[str], object]
"""Told what a reader has to say that is no fault."""


def read_predictions(
    path: Path | str,
    gold: Gold,
    *,
    ontology: Ontology | None = None,
    align: bool = False,
    labels: LabelMap | None = None,
    note: Note = warnings.warn,
) -> tuple[Annotation, ...]:
    """Read a ``predictions.jsonl`` (``-`` is stdin) and check it against the gold's texts and the ontology.

    Against gold of one's own (`Gold.own`, which `read_gold` sets), labels are taken as they occur unless an ontology is given.
    Against gold that was read from a BIO file, the predictions may be a BIO file too.

    ``align``: words are quoted in place of offsets, in any form that `communique.formats.llm` reads, and are found as far as
    they can be. ``labels`` turns labels into ours before they are checked; what it leaves out goes to ``note``.

    Raises:
        DataError: every fault of the file, each with file, line, path and what to do.
    """
    try:
        name, content = read_text(path)
    except DataError:
        if not is_parquet(head_of(path)):
            raise
        hint = "write one JSON object per document and line: in pandas, to_json(orient=\"records\", lines=True)"
        raise DataError([Incident("unknown-form", str(path), "predictions are not read from Parquet", hint)]) from None
    return parse_predictions(name, content, gold, ontology=ontology, align=align, labels=labels, note=note)


def parse_predictions(
    name: str,
    content: str,
    gold: Gold,
    *,
    ontology: Ontology | None = None,
    align: bool = False,
    labels: LabelMap | None = None,
    note: Note = warnings.warn,
) -> tuple[Annotation, ...]:
    """The content of a predictions file; ``name`` stands for the file in messages. See `read_predictions`."""
    if ontology is None and not gold.own:
        ontology = default_ontology()
    if content.lstrip()[:1] != "{" and not align:
        from communique.predictions.bio import is_bio, parse_bio_predictions

        if is_bio(name, content):
            return parse_bio_predictions(name, content, gold, ontology=ontology, note=note)
    rows, faults = (_aligned(name, content, gold, note), ()) if align else parse_rows(name, content)
    if labels:
        rows = mapped_rows(labels, rows, ontology, {d.doc_id: d.text for d in gold.documents}, note)
    found = [*faults, *_against(rows, gold, ontology)]
    if found:
        raise DataError(found)
    return tuple(row.annotation for row in rows)


def mapped_rows(
    labels: LabelMap, rows: Iterable[Row], ontology: Ontology | None, texts: Mapping[str, str], note: Note
) -> tuple[Row, ...]:
    """Rows with our labels; what has none goes to ``note``. ``texts`` are by doc_id."""
    from communique.labels import mapped

    held = tuple(rows)
    annotations, listing = mapped(labels, [row.annotation for row in held], ontology or empty_ontology(), texts=texts)
    for line in listing.lines():
        note(line)
    return tuple(replace(row, annotation=a) for row, a in zip(held, annotations, strict=True))


def _aligned(name: str, content: str, gold: Gold, note: Note) -> tuple[Row, ...]:
    from communique.formats import Source, Texts, read

    converted = read("llm", Source(name, None, content.encode()), Texts({d.doc_id: d for d in gold.documents}))
    for line in converted.notes:
        note(line)
    return converted.rows


def version_of(name: str, documents: Iterable[Document], annotations: Iterable[Annotation]) -> str:
    """The version of gold of one's own: the file's name, and a digest of what it says in whatever form and order."""
    rows = to_rows(annotations, {d.doc_id: d.text for d in documents})
    lines = sorted(json.dumps(row, sort_keys=True, ensure_ascii=False, default=str) for row in rows)
    return f"{name}#{hashlib.sha256(chr(10).join(lines).encode()).hexdigest()[:8]}"


def head_of(path: Path | str) -> bytes:
    """How a file begins; nothing of stdin, or of what cannot be read, which `read_text` will say."""
    if str(path) == "-":
        return b""
    try:
        with Path(path).open("rb") as file:
            return file.read(_SNIFFED)
    except OSError:
        return b""


def is_parquet(head: bytes) -> bool:
    return head.startswith(b"PAR1")


def placed(row: Row, found: Iterable[Incident]) -> Iterator[Incident]:
    """Findings of the checks, with the line that they are in."""
    return (Incident(i.id, f"{row.place}: {i.place}", i.message, i.hint) for i in found)


def _against(rows: Sequence[Row], gold: Gold, ontology: Ontology | None) -> Iterator[Incident]:
    documents = {d.doc_id: d for d in gold.documents}
    here = {*documents, *gold.elsewhere}
    for row in rows:
        a = row.annotation
        if a.doc_id in documents:
            yield from placed(row, prediction_incidents(documents[a.doc_id], a, ontology, broken=row.broken))
            continue
        if a.doc_id and a.doc_id not in here:
            yield unknown_document(f"{row.place}: $.doc_id", a.doc_id, [*documents, *gold.elsewhere])
        # The text of a document of another split is not at hand; scoring leaves it out with a note.
        yield from placed(row, textless_incidents(a, ontology, broken=row.broken))
