"""Gold of one's own, whose form is seen from what the file or folder holds."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from communique.checks import gold_incidents
from communique.incident import DataError, Incident
from communique.io.documents import document_of
from communique.io.files import read_text
from communique.io.jsonl import Row, parse_rows
from communique.model import Document, Gold
from communique.ontology import Ontology
from communique.predictions.reading import SPLIT, Note, head_of, is_parquet, placed, version_of

_ROWS: Final = (".jsonl", ".json", ".ndjson")
_FORMS: Final = (
    "give rows of predictions.jsonl with texts, Parquet with one row per document, a BIO file (a token and its tag on each "
    "line), or a folder: of Parquet files, or one that communique build or save_to_disk of datasets wrote"
)


def read_gold(
    path: Path | str, *, split: str | None = None, ontology: Ontology | None = None, note: Note = warnings.warn
) -> Gold:
    """Read a corpus of one's own to score against.

    It is rows as in ``predictions.jsonl``, each with its ``text`` (``-`` is stdin); Parquet with one row per document and the
    same lists; a BIO file; or a folder of Parquet files or one that ``datasets`` saved, which may have splits (by default
    ``test`` is read). A dataset that `communique.build` wrote is read by `communique.corpus.load`.

    Without an ontology, labels are taken as they occur. Sentences and tokens are made by our tokenizer, unless the file states
    them. ``note`` is told which columns are not read, and which tags are no part of an entity.

    Raises:
        DataError: every fault of the file.
        ValueError: a split that there is not, or a folder that `communique.corpus.load` reads.
    """
    folder = Path(path)
    if str(path) != "-" and folder.is_dir():
        if (folder / "dataset.json").is_file():
            raise ValueError(f"{path} is a dataset of communique build; read it with communique.load({split!r}, folder=…)")
        from communique.predictions.tables import read_folder

        return read_folder(folder, split, ontology, note)
    if split is not None:
        raise ValueError(f"{path} has no split {split!r}: it is one file")
    head = head_of(path)
    if is_parquet(head) or (folder.suffix == ".parquet" and folder.is_file()):
        from communique.predictions.tables import read_file

        return read_file(folder, ontology, note)
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError([_unknown_form(str(path), "it is no text, and no Parquet")])
    name, content = read_text(path)
    if not (starts := content.lstrip()[:1] == "{"):
        from communique.predictions.bio import bio_gold, is_bio

        if is_bio(name, content):
            return bio_gold(name, content, ontology, note)
    if not starts and content.lstrip()[:1] != "[" and Path(path).suffix not in _ROWS:
        raise DataError([_unknown_form(name, "what form it has cannot be told")])
    rows, faults = parse_rows(name, content)
    return gold_of(rows, faults, Path(name).name, SPLIT, ontology)


def gold_of(rows: Sequence[Row], faults: Sequence[Incident], name: str, split: str, ontology: Ontology | None) -> Gold:
    """Rows as gold, with the documents that their texts are; ``name`` is that of the file.

    Raises:
        DataError: ``faults``, if there are any, and what else is wrong with the rows.
    """
    found = list(faults)
    documents: list[Document] = []
    for row in rows:
        if row.text is None:
            found.append(Incident("text-missing", f"{row.place}: $", "a gold row has no text", "add the document's text"))
            continue
        document = document_of(row.annotation.doc_id, row.text)
        documents.append(document)
        found += placed(row, gold_incidents(document, row.annotation, ontology, broken=row.broken))
    if found:
        raise DataError(found)
    annotations = tuple(row.annotation for row in rows)
    return Gold(tuple(documents), annotations, split=split, version=version_of(name, documents, annotations), own=True)


def _unknown_form(name: str, message: str) -> Incident:
    return Incident("unknown-form", name, message, _FORMS)
