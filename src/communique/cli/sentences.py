"""``communique sentences``: a document's sentences under the numbers by which quotes name them."""

from __future__ import annotations

from pathlib import Path

import click

from communique.cli.documents import of_file, texts_option
from communique.model import Document


@click.command(name="sentences")
@click.argument("doc_id", metavar="DOC")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Take the text of this project folder's seeds/, not of the installed corpus.",
)
@texts_option
def command(doc_id: str, folder: Path | None, texts: str | None) -> None:
    """Print the sentences of a document, one per line: number (from 1), zone, sentence, parted by tabs.

    \b
    Example:
      communique sentences 003-washington
    """
    if folder and texts:
        raise click.UsageError("give --folder or --texts, not both")
    document = _document(doc_id, folder, texts)
    for number, sentence in enumerate(document.sentences, start=1):
        zone = next((zone.kind for zone in document.zones if zone.span.contains(sentence)), "")
        click.echo(f"{number}\t{zone}\t{sentence.of(document.text)}")


def _document(doc_id: str, folder: Path | None, texts: str | None) -> Document:
    from communique.ontology import nearest

    if texts:
        known = of_file(texts)
    elif folder:
        from communique.ingest import ingest

        known = {document.doc_id: document for document in ingest(folder)}
    else:
        from communique import corpus

        known = {document.doc_id: document for split in corpus.splits() for document in corpus.load(split).documents}
    if doc_id not in known:
        where = texts or folder or "the installed corpus"
        raise click.UsageError(f"{where} has no document {doc_id!r}; {nearest(doc_id, known) if known else 'it is empty'}")
    return known[doc_id]
