"""``communique gold``: the gold in the predictions format."""

from __future__ import annotations

import click

from communique.cli.documents import splits


@click.command(name="gold")
@click.option("--split", metavar="SPLIT", help="validation, test or all (default: test; validation while there is no test).")
@click.option("--no-text", is_flag=True, help="Leave the texts out of the rows.")
def command(split: str | None, no_text: bool) -> None:
    """Print the gold of the installed corpus, one JSON object per document and line.

    \b
    Example:
      communique gold --split validation > gold.jsonl
    """
    from communique import corpus
    from communique.io.jsonl_writer import dumps

    for name in splits(split):
        gold = corpus.load(name)
        texts = None if no_text else {d.doc_id: d.text for d in gold.documents}
        click.echo(dumps(gold.annotations, texts), nl=False)
