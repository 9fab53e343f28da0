#!/usr/bin/env python3
"""Have samples of what two passes agree on, and of what neither marks, judged anew and blind (a maintainer's chore).

    python scripts/rejudge.py ask pass-1/ pass-2/ --agreed 100 --unmarked 100 --seed 11 -o asked/
    python scripts/rejudge.py compare pass-1/ pass-2/ --agreed 100 --unmarked 100 --seed 11 asked/answers/ -o asked/

`ask` writes DOC.md, the questions that a reader who has seen no annotation answers into DOC.jsonl, for each document. `compare`
reads the answers, DOC.jsonl in a folder, and writes rejudged.jsonl, one row per question. The same passes and the same seed ask
the same questions. Nouns and verbs are those of spaCy's pipeline (the extra `spacy`).

Decisions are written into rejudged.jsonl by hand. A last reader decides each row whose "same" is false; it gets one key more,

    "decision": {"for": "passes", "rule": "§5.4", "reason": "…"}

for "passes", "reader" or "other" (neither is right). `communique build` wants one on each such row and on no other. `compare`
keeps the decisions of the rejudged.jsonl that it writes over, as far as a question and its answer are still the same.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from communique.adjudication.rejudged import judged, parse_rejudged, with_decisions
from communique.adjudication.rejudging import SAMPLES, WORD, Question, questions, sheet
from communique.cli.documents import ontology
from communique.cli.options import folder_option, out_option, with_options
from communique.incident import DataError
from communique.ingest import read_seeds
from communique.io.files import read_text, write_text
from communique.model import Document
from communique.parts_of_speech import NOUNS, VERBS, words
from communique.passes import paired, read_pass

with_shared = with_options(
    click.argument("pass_1", type=click.Path(exists=True, path_type=Path)),
    click.argument("pass_2", type=click.Path(exists=True, path_type=Path)),
    click.option(
        "--agreed", type=click.IntRange(1), required=True, help="Ask about this many items on which both passes agree."
    ),
    click.option(
        "--unmarked", type=click.IntRange(1), required=True, help="Ask about this many nouns and verbs that neither pass marks."
    ),
    click.option(
        "--seed",
        type=int,
        required=True,
        help="Give any whole number; by it items and words are drawn. The same number draws the same again: note it, and give "
        "`compare` what `ask` was given.",
    ),
    folder_option,
    out_option,
)


@click.group()
def main() -> None:
    """Have samples of what two passes agree on, and of what neither marks, judged anew and blind."""


@main.command()
@with_shared
def ask(out: Path, **drawn: object) -> None:
    """Write the questions about each document, DOC.md, with what a reader needs to answer them.

    PASS_1 and PASS_2 are files or folders with a pass each.
    """
    documents, asked = draw(**drawn)
    for doc_id, of_document in asked.items():
        write_text(out / f"{doc_id}.md", sheet(documents[doc_id], of_document))
        click.echo(f"{out / doc_id}.md: {len(of_document)} questions")


@main.command()
@with_shared
@click.argument("answers", type=click.Path(exists=True, file_okay=False, path_type=Path))
def compare(answers: Path, out: Path, **drawn: object) -> None:
    """Compare the answers with what the passes say, and write rejudged.jsonl.

    ANSWERS is the folder into which a reader wrote the answers to the questions that `ask` wrote: DOC.jsonl for each DOC.md, a
    JSON object per line and question. DOC.md says what an answer may be.

    \b
    {"question": 1, "answer": "none", "rule": "§5.3", "reason": "…"}
    {"question": 2, "answer": ["ACTOR"], "rule": "§7", "reason": "…"}

    rejudged.jsonl has a row per question: what was asked, what the passes say, the answer, and whether it says the same. If the
    folder that -o names has one already, it is written over; the decisions in it are kept where question and answer are still
    the same, and printed where they are not. Passes and options must be those that `ask` was given.
    """
    documents, asked = draw(**drawn)
    admitted = ontology(drawn["folder"])  # type: ignore[arg-type]
    file = out / "rejudged.jsonl"
    before = parse_rejudged(*read_text(file), documents, undecided=True) if file.is_file() else ()
    judgements, faults = [], []
    for doc_id, of_document in asked.items():
        try:
            judgements += judged(*read_text(answers / f"{doc_id}.jsonl"), documents[doc_id], of_document, admitted)
        except DataError as fault:
            faults += fault.incidents
    if faults:
        raise DataError(faults)
    rows, dropped = with_decisions(judgements, before)
    write_text(file, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    for sample in SAMPLES:
        for word in (True, False):
            these = [row["same"] for row in rows if row["sample"] == sample and (row["layer"] == WORD) is word]
            click.echo(f"{sample} {'words' if word else 'pairs'}: the reader says the same of {sum(these)} of {len(these)}")
    kept = sum("decision" in row for row in rows)
    click.echo(f"{kept} decisions kept, {sum(not row['same'] for row in rows) - kept} still to be made; {file}")
    for row in dropped:
        decision = json.dumps(row["decision"], ensure_ascii=False)
        click.echo(f"dropped: {row['doc_id']}, question {row['question']}, which or whose answer is another now: {decision}")


def draw(
    pass_1: Path, pass_2: Path, agreed: int, unmarked: int, seed: int, folder: Path
) -> tuple[dict[str, Document], dict[str, tuple[Question, ...]]]:
    documents = read_seeds(folder).documents
    admitted = ontology(folder)
    a, b = (read_pass(path, documents, ontology=admitted) for path in (pass_1, pass_2))
    twos = [(documents[x.doc_id], x, y) for x, y in paired(a.annotations, b.annotations, (a.name, b.name))]
    asked_after = {document.doc_id: words(document, NOUNS + VERBS) for document, _, _ in twos}
    asked = questions(twos, asked_after, admitted, agreed=agreed, unmarked=unmarked, seed=seed)
    return documents, {doc_id: of_document for doc_id, of_document in asked.items() if of_document}


if __name__ == "__main__":
    try:
        main()
    except (DataError, ValueError) as fault:
        raise SystemExit(str(fault)) from None
