"""Which texts and which ontology a verb works with: those of a file, of a project folder, or of the installed corpus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from communique.model import Document

if TYPE_CHECKING:
    from communique.ontology import Ontology


def texts_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--texts``: a file of {"doc_id", "text"} rows in place of the installed corpus."""
    return click.option(
        "--texts",
        type=click.Path(dir_okay=False, allow_dash=True),
        metavar="FILE",
        help='Texts as JSON Lines of {"doc_id", "text"} (default: the installed corpus, and seeds/ of this folder if there).',
    )(command)


def documents(texts: str | None) -> dict[str, Document]:
    """The documents at hand, by doc_id.

    Raises:
        DataError: if the file cannot be read as rows with doc_id and text.
    """
    if texts is not None:
        return of_file(texts)
    from communique import corpus

    known = {d.doc_id: d for split in corpus.splits() for d in corpus.load(split).documents}
    if Path("seeds/seeds.toml").is_file():
        from communique.ingest import ingest

        known |= {d.doc_id: d for d in ingest(Path())}
    return known


def splits(named: str | None) -> tuple[str, ...]:
    """The splits of the installed corpus that ``--split`` names: one, or ``all``; None is the default one.

    Raises:
        ValueError: if it has none of them. Whether it has one that is named is seen when it is loaded.
    """
    from communique import corpus

    if named != "all":
        return (named or corpus.default_split(),)
    if not (there := corpus.splits()):
        raise ValueError("the installed corpus is empty: it has no split yet")
    return there


def ontology(folder: Path | None = None) -> Ontology:
    """The ontology at hand: that of the project folder (None: the current one) if it has one, else the installed one.

    Raises:
        ValueError: if the folder's cannot be read.
    """
    from communique.ontology import folder_ontology

    return folder_ontology(folder or Path())


def of_file(path: str) -> dict[str, Document]:
    """The texts of a file of {"doc_id", "text"} rows, by doc_id; raises as `documents` does."""
    from communique.incident import DataError, Incident
    from communique.io.files import read_text
    from communique.io.jsonl import parse_rows
    from communique.predictions import document_of

    rows, faults = parse_rows(*read_text(path))
    lacking = [
        Incident("text-missing", f"{row.place}: $", "the row has no text", 'write {"doc_id": …, "text": …}')
        for row in rows
        if row.text is None
    ]
    if faults or lacking:
        raise DataError([*faults, *lacking])
    return {row.annotation.doc_id: document_of(row.annotation.doc_id, row.text or "") for row in rows}
