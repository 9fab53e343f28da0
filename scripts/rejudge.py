#!/usr/bin/env python3
"""Have samples of what two passes agree on, and of what neither marks, judged anew and blind (a maintainer's chore).

    python scripts/rejudge.py ask pass-1/ pass-2/ --agreed 100 --unmarked 100 --seed 11 -o asked/
    python scripts/rejudge.py compare pass-1/ pass-2/ --agreed 100 --unmarked 100 --seed 11 asked/answers/ -o asked/

`ask` writes DOC.md, the questions that a reader who has seen no annotation answers into DOC.jsonl, for each document. `compare`
reads the answers, DOC.jsonl in a folder, and writes rejudged.jsonl, one row per question. The same passes and the same seed ask
the same questions. Nouns and verbs are those of spaCy's pipeline (the extra `spacy`).
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from communique.adjudication.rejudging import WORD, Question, judged, questions, sheet
from communique.cli.documents import ontology
from communique.incident import DataError
from communique.ingest import ingest
from communique.io.files import read_text, write_text
from communique.model import Document
from communique.parts_of_speech import NOUNS, VERBS, words
from communique.passes import paired, read_pass

shared = [
    click.argument("pass_1", type=click.Path(exists=True, path_type=Path)),
    click.argument("pass_2", type=click.Path(exists=True, path_type=Path)),
    click.option("--agreed", type=click.IntRange(1), required=True, help="How many items that both passes agree on."),
    click.option("--unmarked", type=click.IntRange(1), required=True, help="How many nouns and verbs that neither marks."),
    click.option("--seed", type=int, required=True, help="Which they are."),
    click.option("--folder", type=click.Path(exists=True, path_type=Path), default=Path(), help="The project; default: here."),
    click.option("-o", "--out", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Where files go."),
]


def with_shared(command):  # type: ignore[no-untyped-def]
    for decorate in reversed(shared):
        command = decorate(command)
    return command


@click.group()
def main() -> None:
    """Have samples of what two passes agree on, and of what neither marks, judged anew and blind."""


@main.command()
@with_shared
def ask(out: Path, **drawn: object) -> None:
    """Write each document's questions."""
    documents, asked = draw(**drawn)
    for doc_id, of_document in asked.items():
        write_text(out / f"{doc_id}.md", sheet(documents[doc_id], of_document))
        click.echo(f"{out / doc_id}.md: {len(of_document)} questions")


@main.command()
@with_shared
@click.argument("answers", type=click.Path(exists=True, file_okay=False, path_type=Path))
def compare(answers: Path, out: Path, **drawn: object) -> None:
    """Compare the answers with what the passes say, and write rejudged.jsonl."""
    documents, asked = draw(**drawn)
    admitted = ontology(drawn["folder"])  # type: ignore[arg-type]
    rows = []
    for doc_id, of_document in asked.items():
        rows += judged(*read_text(answers / f"{doc_id}.jsonl"), documents[doc_id], of_document, admitted)
    write_text(out / "rejudged.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    for sample in ("agreed", "unmarked"):
        for word in (True, False):
            these = [row["same"] for row in rows if row["sample"] == sample and (row["layer"] == WORD) is word]
            click.echo(f"{sample} {'words' if word else 'pairs'}: the reader says the same of {sum(these)} of {len(these)}")


def draw(
    pass_1: Path, pass_2: Path, agreed: int, unmarked: int, seed: int, folder: Path
) -> tuple[dict[str, Document], dict[str, tuple[Question, ...]]]:
    documents = {d.doc_id: d for d in ingest(folder)}
    admitted = ontology(folder)
    a, b = (read_pass(path, documents, ontology=admitted) for path in (pass_1, pass_2))
    twos = [(documents[x.doc_id], x, y) for x, y in paired(a.annotations, b.annotations, (a.name, b.name))]
    asked_after = {document.doc_id: words(document, NOUNS + VERBS) for document, _, _ in twos}
    return documents, questions(twos, asked_after, admitted, agreed=agreed, unmarked=unmarked, seed=seed)


if __name__ == "__main__":
    try:
        main()
    except (DataError, ValueError) as fault:
        raise SystemExit(str(fault)) from None
