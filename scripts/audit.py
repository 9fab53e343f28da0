#!/usr/bin/env python3
"""Plant errors in a copy of the gold, and count what a reader and the checks find of them (a maintainer's chore).

    python scripts/audit.py plant --errors 120 --seed 5 -o audit/
    python scripts/audit.py count --errors 120 --seed 5 audit/suspects.jsonl -o audit/
    python scripts/audit.py count --errors 120 --seed 5 audit/suspects.jsonl --verdicts audit/verdicts.jsonl -o audit/

`plant` writes DOC.md for the reader, who does not know how many errors there are or of what kinds, and planted.jsonl, which
the reader does not see. `count` compares the reader's list with it: it writes figures.json, and unmatched.md, the suspects
that name no planted error. Somebody who has not read before judges these on the gold, one {"suspect": N, "verdict": "error" |
"no error" | "planted", "rule", "reason"} per line, and `count` takes the verdicts in. The gold that is spoilt is that of the
passes and the log, without the edits of the stage "audit". Nouns and verbs are those of spaCy's pipeline (the extra `spacy`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from communique.adjudication import agreed, assemble, decisions_of, differences, parse_log
from communique.audit.catches import caught, estimate, found_by_checks, parse_suspects
from communique.audit.plants import Adjudicated, Plant, plant
from communique.cli.documents import ontology
from communique.incident import DataError
from communique.ingest import ingest
from communique.io.files import read_text, write_text
from communique.io.labelstudio import normalised
from communique.model import Annotation, Document
from communique.ontology import Ontology
from communique.parts_of_speech import NOUNS, VERBS, words
from communique.passes import paired, read_pass

PASSES = (("pilot-1", "pilot-2"), ("pass-1", "pass-2"))

shared = [
    click.option("--errors", type=click.IntRange(1), required=True, help="How many to plant."),
    click.option("--seed", type=int, required=True, help="Which, and where."),
    click.option("--folder", type=click.Path(exists=True, path_type=Path), default=Path(), help="The project; default: here."),
    click.option("-o", "--out", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Where files go."),
]


def with_shared(command):  # type: ignore[no-untyped-def]
    for decorate in reversed(shared):
        command = decorate(command)
    return command


@click.group()
def main() -> None:
    """Plant errors in a copy of the gold, and count what is found of them."""


@main.command(name="plant")
@with_shared
def plant_(errors: int, seed: int, folder: Path, out: Path) -> None:
    """Write the spoilt copies for the reader and, apart from them, the planted errors."""
    documents, copies, plants = spoilt(errors, seed, folder)
    admitted = ontology(folder)
    for doc_id, copy in copies.items():
        write_text(out / f"{doc_id}.md", shown(documents[doc_id], copy, admitted))
    rows = [p.as_json(documents[p.doc_id]) for p in plants]
    write_text(out / "planted.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    click.echo(f"{len(plants)} errors in {len(copies)} documents; planted.jsonl is not for the reader")


@main.command()
@with_shared
@click.argument("suspects", type=click.Path(exists=True, path_type=Path))
@click.option("--verdicts", type=click.Path(exists=True, path_type=Path), help="What the unmatched suspects are.")
def count(errors: int, seed: int, folder: Path, out: Path, suspects: Path, verdicts: Path | None) -> None:
    """Compare the reader's list with what was planted."""
    documents, copies, plants = spoilt(errors, seed, folder)
    listed = parse_suspects(*read_text(suspects), documents)
    found = caught(plants, listed)
    judged = {row["suspect"]: row for row in map(json.loads, read_text(verdicts)[1].splitlines())} if verdicts else {}
    unmatched = [n for n in range(len(listed)) if n not in found]
    lines = [f"{n + 1}. {json.dumps(listed[n].raw, ensure_ascii=False)}" for n in unmatched]
    write_text(out / "unmatched.md", "\n".join(lines) + "\n")
    if verdicts and (lacking := [n + 1 for n in unmatched if n + 1 not in judged]):
        raise click.UsageError(f"no verdict on the suspects {', '.join(map(str, lacking))}")
    said = Counter(row["verdict"] for row in judged.values())
    figures: dict[str, Any] = {"seed": seed, "planted": len(plants), "suspects": len(listed)}
    hits = set(found.values())
    figures["reader"] = {
        "caught": len(hits),
        "by": {key: by(plants, hits, key) for key in ("layer", "origin")},
        "verdicts": dict(sorted(said.items())) if verdicts else None,
    }
    figures["checks"] = checked(documents, copies, plants, ontology(folder))
    if verdicts:
        figures["estimate"] = {"pooled": asdict(estimate(plants=len(plants), hits=len(hits), real=said["error"]))}
        for origin, n in figures["reader"]["by"]["origin"].items():
            figures["estimate"][origin] = asdict(estimate(plants=n["planted"], hits=n["caught"], real=said["error"]))
    write_text(out / "figures.json", json.dumps(figures, ensure_ascii=False, indent=2) + "\n")
    click.echo(f"{len(hits)} of {len(plants)} planted errors caught; {len(unmatched)} suspects name none of them")


def by(plants: Sequence[Plant], hits: set[int], key: str) -> dict[str, dict[str, int]]:
    groups: dict[str, Counter[str]] = {}
    for n, p in enumerate(plants):
        groups.setdefault(getattr(p, key), Counter()).update(planted=1, caught=int(n in hits))
    return {name: dict(counts) for name, counts in sorted(groups.items())}


def checked(
    documents: Mapping[str, Document], copies: Mapping[str, Annotation], plants: Sequence[Plant], admitted: Ontology
) -> dict[str, int]:
    hits, stray = 0, 0
    for doc_id, copy in copies.items():
        hit, others = found_by_checks(documents[doc_id], copy, [p for p in plants if p.doc_id == doc_id], admitted)
        hits, stray = hits + len(hit), stray + len(others)
    return {"caught": hits, "false_alarms": stray}


def spoilt(
    errors: int, seed: int, folder: Path
) -> tuple[dict[str, Document], dict[str, Annotation], tuple[Plant, ...]]:
    documents = {d.doc_id: d for d in ingest(folder)}
    admitted = ontology(folder)
    copies, plants = plant(adjudicated(folder, documents, admitted), admitted, n=errors, seed=seed)
    return documents, copies, plants


def adjudicated(folder: Path, documents: Mapping[str, Document], admitted: Ontology) -> list[Adjudicated]:
    """Every document with its passes, and the decisions as they stood before the audit."""
    name, text = read_text(folder / "annotations" / "adjudication.jsonl")
    log = [row for row in parse_log(name, text) if row.get("stage") != "audit"]
    corpus = []
    for names in PASSES:
        a, b = (read_pass(folder / "annotations" / name, documents, ontology=admitted) for name in names)
        for one, other in paired(a.annotations, b.annotations, names):
            document = documents[one.doc_id]
            found = differences(document, one, other, ontology=admitted)
            made = decisions_of(name, log, document, found, admitted)
            gold = normalised(assemble(document, one, other, made, ontology=admitted).annotation)
            nouns, verbs = (words(document, tags) for tags in (NOUNS, VERBS))
            corpus.append(Adjudicated(document, one, other, made, gold, nouns, verbs))
    return sorted(corpus, key=lambda x: x.document.doc_id)


def shown(document: Document, annotation: Annotation, admitted: Ontology) -> str:
    lines = [f"# {document.doc_id}", "", "## Text", "", "```text"]
    lines += [f"s{n}  {s.of(document.text)}" for n, s in enumerate(document.sentences, 1)]
    lines += ["```", "", "## The annotation", "", "```text"]
    said = agreed(document, annotation, annotation, ontology=admitted)
    for number, these in sorted(said.items(), key=lambda item: (not item[0], item[0])):
        head = f"s{number}" if number else "clusters (a mention or event that stands in none is alone)"
        lines += [head, *(f"    {line}" for line in these)]
    return "\n".join([*lines, "```"]) + "\n"


if __name__ == "__main__":
    try:
        main()
    except (DataError, ValueError) as fault:
        raise SystemExit(str(fault)) from None
