"""``communique convert``: an extractor's output into predictions, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from communique.cli.documents import documents, texts_option
from communique.cli.options import labels_option, map_of, note
from communique.cli.paths import not_onto_input, stdin_once
from communique.formats import FORMATS
from communique.incident import DataError
from communique.io.bio import SCHEMES
from communique.wording import counted

if TYPE_CHECKING:
    from communique.formats import Left, Written
    from communique.incident import Incident
    from communique.io.jsonl import Row
    from communique.model import Document

_FORMATS = "\n".join(["\b", "Formats:", *(f"  {f.name:13}{f.about}" for f in FORMATS.values())])


@click.command(name="convert", epilog=_FORMATS)
@click.argument("file", type=click.Path(allow_dash=True))
@click.option(
    "--from",
    "source",
    type=click.Choice(list(FORMATS)),
    help="The format of FILE (default: it is seen from what FILE holds, and told).",
)
@click.option(
    "--to",
    "target",
    type=click.Choice([f.name for f in FORMATS.values() if f.writes]),
    default="predictions",
    show_default=True,
    help="The format to write.",
)
@texts_option
@click.option("--doc", "doc_id", metavar="DOC", help="FILE is of this document.")
@click.option("--in-order", is_flag=True, help="The records of FILE are of the texts of --texts, one after another.")
@labels_option
@click.option(
    "--scheme", type=click.Choice(SCHEMES), help="The scheme of the tags in FILE (bio, huggingface; default: IOB2)."
)
@click.option("--to-scheme", type=click.Choice(SCHEMES), help="The scheme to write with --to bio (default: IOB2).")
@click.option("--group", metavar="NAME", help="Read this one set, where FILE has several (spacy, labelstudio, prodigy).")
@click.option("--with-text", is_flag=True, help="Write each text into its row, as gold needs it (predictions, quotes).")
@click.option("-o", "--output", type=click.Path(), help="Write to this file (of brat: into this folder) instead of stdout.")
def command(
    file: str,
    source: str | None,
    target: str,
    texts: str | None,
    doc_id: str | None,
    in_order: bool,
    labels: tuple[str, ...],
    scheme: str | None,
    to_scheme: str | None,
    group: str | None,
    with_text: bool,
    output: str | None,
) -> None:
    """Turn FILE ("-" is stdin) into the predictions format, or into another.

    A record of FILE is of the document whose doc_id it gives, or whose text it has, or which --doc or --in-order say. What the
    other side cannot hold, such as a span of several pieces, is listed on stderr and left out; nothing else is. Of the format
    "quotes" only exact quotes are taken, and if one is not found, nothing is written; of "llm", quotes are found as far as
    they can be.

    \b
    Example:
      communique convert answers.json --from quotes -o predictions.jsonl
      communique convert answers.jsonl --from llm --labels ontonotes -o predictions.jsonl
      communique convert predictions.jsonl --from predictions --to brat -o brat
    """
    from communique.checks import unknown_document
    from communique.formats import Options, Texts, read, source_of, write
    from communique.formats.detect import detect
    from communique.io.documents import document_of
    from communique.ontology import default_ontology
    from communique.predictions.reading import mapped_rows

    stdin_once(FILE=file, texts=texts)
    not_onto_input(output, FILE=file, texts=texts)
    if with_text and target not in ("predictions", "quotes"):
        raise click.UsageError(f"--with-text is for predictions and quotes; {target} has the texts, or has no place for them")
    if doc_id and in_order:
        raise click.UsageError("give --doc or --in-order: the records are of one document, or of one after another")
    given = source_of(file)
    if source is None:
        source, reason = detect(given)
        note(f"{given.name} is read as {source}: {reason} (--from says otherwise)")
    known = documents(texts) if texts or with_text or not source == target == "predictions" else {}
    converted = read(source, given, Texts(known, only=doc_id, in_order=in_order), Options(scheme=scheme, group=group))
    for told in converted.notes:
        note(told)
    _listed(f"no place in predictions for {{}} of {given.name}", converted.left)
    rows = converted.rows
    known |= {row.annotation.doc_id: document_of(row.annotation.doc_id, row.text) for row in rows if row.text is not None}
    if found := list(_faults(rows, known)):
        raise DataError(found)
    if label_map := map_of(labels, None):
        texts_of = {doc_id: document.text for doc_id, document in known.items()}
        rows = mapped_rows(label_map, rows, default_ontology(), texts_of, note)
    if with_text:
        if textless := [row for row in rows if row.annotation.doc_id not in known]:
            raise DataError(unknown_document(row.place, row.annotation.doc_id, known) for row in textless)
        rows = tuple(replace(row, text=known[row.annotation.doc_id].text) for row in rows)
    written = write(target, rows, known, Options(scheme=to_scheme))
    _listed(f"no place in {target} for {{}}", written.left)
    _put(written, output)


def _listed(heading: str, left: Sequence[Left]) -> None:
    """Say on stderr what is left out, and how much."""
    if left:
        note(f"{heading.format(counted(len(left), 'item'))}:")
        for item in left:
            click.echo(f"  {item}", err=True)


def _put(written: Written, output: str | None) -> None:
    """Write to a file, or to a folder where there are several, or to stdout."""
    from communique.io.files import write_bytes

    if list(written.files) == [""]:
        if output:
            write_bytes(output, written.files[""])
        else:
            click.echo(written.files[""], nl=False)
        return
    if not output:
        raise click.UsageError(f"{counted(len(written.files), 'file')} would be written: name a folder with -o")
    for name, content in written.files.items():
        write_bytes(Path(output) / name, content)


def _faults(rows: Iterable[Row], known: Mapping[str, Document]) -> Iterator[Incident]:
    from communique.checks import prediction_incidents

    for row in rows:
        if document := known.get(row.annotation.doc_id):
            for i in prediction_incidents(document, row.annotation, None, broken=row.broken):
                yield replace(i, place=f"{row.place}: {i.place}")
