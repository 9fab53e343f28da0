#!/usr/bin/env python3
"""Adjudicate two passes over one document, blind (a maintainer's chore).

    python scripts/adjudicate.py worksheet 002-great-hall annotations/pass-1 annotations/pass-2 --seed 102 -o adjudication/
    python scripts/adjudicate.py assemble 002-great-hall annotations/pass-1 annotations/pass-2 decisions.jsonl -o adjudication/

`worksheet` writes DOC.worksheet.md, which the adjudicator sees, and DOC.key.json, which says what X and Y are and which the
adjudicator does not see. `assemble` reads the decisions and writes DOC.gold.jsonl and DOC.log.jsonl; it prints what was
dropped, and which mentions and events became clusters of their own. Texts come from the project's seeds, or from --texts.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from communique.adjudication import agreed, assemble, differences, digest, draw, log_lines, parse_decisions
from communique.adjudication import worksheet as sheet
from communique.cli.documents import of_file, ontology
from communique.incident import DataError, Incident
from communique.ingest import ingest
from communique.io.files import read_text, write_text
from communique.io.jsonl_writer import write_annotations
from communique.model import Annotation, Document
from communique.ontology import Ontology
from communique.passes import read_pass

Passes = tuple[Document, Annotation, Annotation, Ontology]

shared = [
    click.argument("doc"),
    click.argument("pass_1", type=click.Path(exists=True, path_type=Path)),
    click.argument("pass_2", type=click.Path(exists=True, path_type=Path)),
    click.option(
        "--texts", type=click.Path(exists=True, path_type=Path), help='Rows {"doc_id", "text"}, instead of the seeds.'
    ),
    click.option("--folder", type=click.Path(exists=True, path_type=Path), default=Path(), help="The project; default: here."),
    click.option("-o", "--out", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Where files go."),
]


def with_shared(command):  # type: ignore[no-untyped-def]
    for decorate in reversed(shared):
        command = decorate(command)
    return command


@click.group()
def main() -> None:
    """Adjudicate two passes over one document, blind."""


@main.command()
@with_shared
@click.option("--seed", type=int, required=True, help="For which pass is X, per difference.")
def worksheet(doc: str, pass_1: Path, pass_2: Path, texts: Path | None, folder: Path, out: Path, seed: int) -> None:
    """Write DOC's worksheet and, apart from it, its key."""
    document, a, b, admitted = read(doc, pass_1, pass_2, texts, folder)
    found = differences(document, a, b, ontology=admitted)
    x_is = draw(found, seed)
    write_text(out / f"{doc}.worksheet.md", sheet(document, found, x_is, agreed(document, a, b, ontology=admitted)))
    key = {"doc_id": doc, "seed": seed, "differences": digest(found), "x_is": {str(n): p for n, p in x_is.items()}}
    write_text(out / f"{doc}.key.json", json.dumps(key, indent=1) + "\n")
    click.echo(f"{doc}: {len(found)} differences; {out / doc}.worksheet.md for the adjudicator, {out / doc}.key.json not")


@main.command(name="assemble")
@with_shared
@click.argument("decisions", type=click.Path(exists=True, path_type=Path))
def assemble_(doc: str, pass_1: Path, pass_2: Path, decisions: Path, texts: Path | None, folder: Path, out: Path) -> None:
    """Put DOC's adjudicated annotation together and log how. The key is read from the folder that -o names."""
    document, a, b, admitted = read(doc, pass_1, pass_2, texts, folder)
    found = differences(document, a, b, ontology=admitted)
    name, text = read_text(out / f"{doc}.key.json")
    key = json.loads(text)
    if key["differences"] != digest(found):
        hint = "the passes, the text or the ontology have changed since; make the worksheet anew"
        raise DataError([Incident("stale-worksheet", name, "the worksheet shows other differences than there are", hint)])
    x_is = {int(n): p for n, p in key["x_is"].items()}
    # Where the passes say the same and nothing is to be edited, there is nothing to write.
    decided = read_text(decisions) if decisions.stat().st_size else (str(decisions), "")
    made = parse_decisions(*decided, document, found, x_is, ontology=admitted)
    result = assemble(document, a, b, made, ontology=admitted)
    write_annotations(out / f"{doc}.gold.jsonl", [result.annotation])
    rows = log_lines(document, found, made)
    write_text(out / f"{doc}.log.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    choices = [d.choice for d in made.of.values()]
    counts = ", ".join(f"{choices.count(c)} {c}" for c in ("pass-1", "pass-2", "other"))
    click.echo(
        f"{doc}: {len(found)} differences ({counts}), {len(made.edits)} edits; {out / doc}.gold.jsonl, {out / doc}.log.jsonl"
    )
    for title, lines in (("dropped", result.dropped), ("a cluster of its own", result.singletons)):
        for line in lines:
            click.echo(f"{title}: {line}")


def read(doc: str, pass_1: Path, pass_2: Path, texts: Path | None, folder: Path) -> Passes:
    documents = of_file(str(texts)) if texts else {d.doc_id: d for d in ingest(folder)}
    admitted = ontology(folder)
    passes = []
    for path in (pass_1, pass_2):
        held = {a.doc_id: a for a in read_pass(path, documents, ontology=admitted).annotations}
        for where, ids in ((texts or folder, documents), (path, held)):
            if doc not in ids:
                raise click.UsageError(f"{where} has no document {doc}; it has {', '.join(ids)}")
        passes.append(held[doc])
    return documents[doc], passes[0], passes[1], admitted


if __name__ == "__main__":
    try:
        main()
    except DataError as fault:
        raise SystemExit(str(fault)) from None
