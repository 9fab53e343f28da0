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
from collections.abc import Sequence
from pathlib import Path

import click

from communique.adjudication import (
    PASSES,
    Difference,
    agreed,
    assemble,
    differences,
    digest,
    draw,
    log_lines,
    parse_decisions,
)
from communique.adjudication import worksheet as sheet
from communique.cli.documents import of_file, ontology
from communique.cli.options import folder_option, out_option, with_options
from communique.incident import DataError, Incident, shown
from communique.ingest import read_seeds
from communique.io.files import read_text, write_text
from communique.io.jsonl_decode import decode
from communique.io.jsonl_writer import write_annotations
from communique.model import Annotation, Document
from communique.ontology import Ontology
from communique.passes import read_pass

Passes = tuple[Document, Annotation, Annotation, Ontology]

with_shared = with_options(
    click.argument("doc"),
    click.argument("pass_1", type=click.Path(exists=True, path_type=Path)),
    click.argument("pass_2", type=click.Path(exists=True, path_type=Path)),
    click.option(
        "--texts",
        type=click.Path(exists=True, path_type=Path),
        help='Read the texts from this file of rows {"doc_id", "text"}, not from the seeds.',
    ),
    folder_option,
    out_option,
)


@click.group()
def main() -> None:
    """Adjudicate two passes over one document, blind."""


@main.command()
@with_shared
@click.option(
    "--seed",
    type=int,
    required=True,
    help="Give any whole number; by it the pass that is called X is drawn for each difference. The same number draws the same "
    "again: note it, and do not tell the adjudicator.",
)
def worksheet(doc: str, pass_1: Path, pass_2: Path, texts: Path | None, folder: Path, out: Path, seed: int) -> None:
    """Write DOC.worksheet.md, which the adjudicator sees, and DOC.key.json, which the adjudicator does not see.

    PASS_1 and PASS_2 are files or folders with a pass each.
    """
    document, a, b, admitted = read(doc, pass_1, pass_2, texts, folder)
    found = differences(document, a, b, ontology=admitted)
    x_is = draw(found, seed)
    write_text(out / f"{doc}.worksheet.md", sheet(document, found, x_is, agreed(document, a, b, ontology=admitted)))
    key = {"doc_id": doc, "seed": seed, "differences": digest(found), "x_is": {str(n): p for n, p in x_is.items()}}
    write_text(out / f"{doc}.key.json", json.dumps(key, indent=1) + "\n")
    click.echo(f"{doc}: {len(found)} differences; {out / doc}.worksheet.md for the adjudicator, {out / doc}.key.json not")


@main.command(name="assemble")
@with_shared
@click.argument("decisions", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def assemble_(doc: str, pass_1: Path, pass_2: Path, decisions: Path, texts: Path | None, folder: Path, out: Path) -> None:
    """Put DOC's adjudicated annotation together, DOC.gold.jsonl, and log how, DOC.log.jsonl.

    DECISIONS is the file that the adjudicator wrote, a JSON object per line: one for each difference of the worksheet, and one
    for each edit of what both passes say. An empty file decides nothing. DOC.key.json is read from the folder that -o names.

    \b
    {"difference": 3, "decision": "X", "rule": "§5.3", "reason": "…"}
    {"difference": 4, "decision": "other", "reading": […], "rule": …, "reason": …}
    {"edit": {"layer": "events", "remove": …, "add": …}, "rule": …, "reason": …}
    """
    document, a, b, admitted = read(doc, pass_1, pass_2, texts, folder)
    found = differences(document, a, b, ontology=admitted)
    x_is = drawn(*read_text(out / f"{doc}.key.json"), doc, found)
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


def drawn(name: str, content: str, doc: str, found: Sequence[Difference]) -> dict[int, str]:
    """Which pass X is, by difference, as the key says that `worksheet` wrote."""
    key, fault = decode(name, content)
    if fault is not None:
        raise DataError([fault])
    if not isinstance(key, dict) or key.get("doc_id") != doc or not {"differences", "x_is"} <= key.keys():
        hint = f"make the worksheet of {doc} and its key anew, into this folder, with the seed that was noted"
        raise DataError([Incident("not-a-key", name, f"it is no key of a worksheet of {doc}: {shown(key)}", hint)])
    if key["differences"] != digest(found):
        hint = "the passes, the text or the ontology have changed since; make the worksheet anew"
        raise DataError([Incident("stale-worksheet", name, "the worksheet shows other differences than there are", hint)])
    x_is = key["x_is"]
    numbers = {str(d.number) for d in found}
    if not isinstance(x_is, dict) or x_is.keys() != numbers or not all(x in PASSES for x in x_is.values()):
        message = f"x_is names no pass, {' or '.join(PASSES)}, for each difference: {shown(x_is)}"
        hint = "make the worksheet and its key anew, with the seed that was noted"
        raise DataError([Incident("not-a-key", name, message, hint)])
    return {int(number): choice for number, choice in x_is.items()}


def read(doc: str, pass_1: Path, pass_2: Path, texts: Path | None, folder: Path) -> Passes:
    documents = of_file(str(texts)) if texts else read_seeds(folder).documents
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
    except (DataError, ValueError) as fault:
        raise SystemExit(str(fault)) from None
