"""``communique sentences``: a document's sentences under the numbers by which quotes name them."""

from __future__ import annotations

import click

from communique.cli.documents import documents, texts_option


@click.command(name="sentences")
@click.argument("doc_id", metavar="DOC")
@texts_option
def command(doc_id: str, texts: str | None) -> None:
    """Print the sentences of a document, one per line: number (from 1), zone, sentence, parted by tabs.

    \b
    Example:
      communique sentences 003-washington
    """
    from communique.ontology import nearest

    known = documents(texts)
    if doc_id not in known:
        where = texts or "the installed corpus, with seeds/ of this folder if there,"
        raise click.UsageError(f"{where} has no document {doc_id!r}; {nearest(doc_id, known)}")
    document = known[doc_id]
    for number, sentence in enumerate(document.sentences, start=1):
        zone = next((zone.kind for zone in document.zones if zone.span.contains(sentence)), "")
        click.echo(f"{number}\t{zone}\t{sentence.of(document.text)}")
