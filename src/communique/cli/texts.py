"""``communique texts``: what an extractor reads."""

from __future__ import annotations

from pathlib import Path

import click

from communique.cli.documents import splits
from communique.model import Document


@click.command(name="texts")
@click.option("--split", metavar="SPLIT", help="validation, test or all (default: test; validation while there is no test).")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Take the texts of this project folder's seeds/, not of the installed corpus (default split: all).",
)
def command(split: str | None, folder: Path | None) -> None:
    """Print the texts, one JSON object with doc_id and text per document and line.

    \b
    Example:
      communique texts --split validation > texts.jsonl
    """
    import json

    for document in _of_folder(folder, split) if folder else _installed(split):
        click.echo(json.dumps({"doc_id": document.doc_id, "text": document.text}, ensure_ascii=False))


def _installed(split: str | None) -> list[Document]:
    from communique import corpus

    return [document for name in splits(split) for document in corpus.load(name).documents]


def _of_folder(folder: Path, split: str | None) -> list[Document]:
    from communique.ingest import read_seeds

    sources = read_seeds(folder).sources
    if not sources:
        raise click.UsageError(f"{folder} has no texts: seeds/seeds.toml lists no document")
    there = dict.fromkeys(source.split for source in sources)
    if split not in (None, "all", *there):
        raise click.UsageError(f"{folder} has no split {split!r}; it has {', '.join(there)}")
    return [source.document for source in sources if split in (None, "all", source.split)]
