"""``communique convert``: an extractor's output into predictions, and back."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import click

from communique.cli.documents import documents, texts_option
from communique.cli.paths import not_onto_input, stdin_once
from communique.incident import DataError
from communique.io.files import read_text, write_text

FORMATS: Final = ("predictions", "quotes")


@click.command(name="convert")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--from", "source", type=click.Choice(FORMATS), required=True, help="The format of FILE.")
@click.option("--to", "target", type=click.Choice(FORMATS), default="predictions", show_default=True)
@texts_option
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write to this file instead of stdout.")
def command(file: str, source: str, target: str, texts: str | None, output: str | None) -> None:
    """Turn FILE ("-" is stdin) into the predictions format, or back into quotes.

    The format "quotes" has the quoted words in place of offsets: "text" with "sentence" (the number that communique sentences
    prints) and "occurrence". Only exact quotes are taken; every one that is not found is listed, and then nothing is written.

    \b
    Example:
      communique convert answers.json --from quotes -o predictions.jsonl
    """
    from communique.checks import prediction_incidents
    from communique.io.jsonl import parse_rows
    from communique.io.jsonl_writer import dumps
    from communique.io.quotes import dump_quotes, parse_quotes

    stdin_once(FILE=file, texts=texts)
    not_onto_input(output, FILE=file, texts=texts)
    known = documents(texts) if "quotes" in (source, target) or texts else {}
    name, content = read_text(file)
    rows, faults = parse_quotes(name, content, known) if source == "quotes" else parse_rows(name, content)
    found = list(faults)
    for row in rows:
        if document := known.get(row.annotation.doc_id):
            incidents = prediction_incidents(document, row.annotation, None, broken=row.broken)
            found += (replace(i, place=f"{row.place}: {i.place}") for i in incidents)
    if found:
        raise DataError(found)
    annotations = [row.annotation for row in rows]
    kept = {row.annotation.doc_id: row.text for row in rows if row.text is not None}
    out = dumps(annotations, kept) if target == "predictions" else dump_quotes(annotations, known, kept)
    if output:
        write_text(output, out)
    else:
        click.echo(out, nl=False)
