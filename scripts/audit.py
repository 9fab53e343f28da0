#!/usr/bin/env python3
"""Plant errors in a copy of the gold, and count what a reader and the checks find of them (a maintainer's chore).

    python scripts/audit.py plant --errors 120 --seed 5 -o audit/
    python scripts/audit.py count --seed 5 audit/suspects.jsonl -o audit/
    python scripts/audit.py count --seed 5 audit/suspects.jsonl --verdicts audit/verdicts.jsonl -o audit/

`plant` writes DOC.md for the reader, who does not know how many errors there are or of what kinds, and planted.jsonl, which
the reader does not see. `count` compares the reader's list with planted.jsonl as it was written then, and lists the suspects
that name no planted error. Somebody who has not read before judges these on the gold, and `count` takes the verdicts in. The
gold that is spoilt is that of the passes and the log as it stood before the audit: an edit of a later stage changes nothing of
what is planted. Nouns and verbs are those of spaCy's pipeline (the extra `spacy`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from communique.adjudication import agreed, assemble, decisions_of, differences, parse_log
from communique.adjudication.worksheet import numbered, told
from communique.audit.catches import caught, found_by_checks
from communique.audit.estimates import estimate
from communique.audit.plants import ORIGINS, Adjudicated, Plant, Spoilt, plant
from communique.audit.rows import VERDICTS, parse_planted, parse_suspects, parse_verdicts
from communique.cli.documents import ontology
from communique.cli.options import folder_option, out_option, with_options
from communique.incident import DataError
from communique.ingest import SPLITS, read_seeds
from communique.io.files import read_text, write_text
from communique.io.labelstudio import normalised
from communique.model import LAYERS, Annotation, Document
from communique.ontology import Ontology
from communique.parts_of_speech import NOUNS, VERBS, words
from communique.passes import paired, read_pass

PASSES = (("pilot-1", "pilot-2"), ("pass-1", "pass-2"))
ALONE = "clusters (a mention or event that stands in none is alone)"
BEFORE = ("adjudication", "final reading")
"""The stages of the log that came before the audit. What is corrected after it must not change what a seed plants."""

with_shared = with_options(
    click.option(
        "--seed",
        type=click.IntRange(0),
        required=True,
        help="Draw the errors by this number: on the same passes and log, it plants the same. Keep it, `count` needs it again.",
    ),
    folder_option,
    out_option,
)


@click.group()
def main() -> None:
    """Plant errors in a copy of the gold, and count what is found of them."""


@main.command(name="plant")
@click.option(
    "--errors",
    type=click.IntRange(1),
    required=True,
    help="Plant so many errors. More say more exactly how many a reader catches; 15 % of each layer is the most.",
)
@with_shared
def plant_(errors: int, seed: int, folder: Path, out: Path) -> None:
    """Write the spoilt copies for the reader and, apart from them, the planted errors.

    Give the reader DOC.md of each document and the guidelines; keep planted.jsonl (one JSON object per line, with "doc_id",
    "layer", "origin", "kind", "places", "spans", "was" and "now") to yourself.
    """
    documents = read_seeds(folder).documents
    admitted = ontology(folder)
    spoilt = plant(adjudicated(folder, documents, admitted), admitted, n=errors, seed=seed)
    for doc_id, copy in spoilt.copies.items():
        write_text(out / f"{doc_id}.md", shown(documents[doc_id], copy, admitted))
    rows = [p.as_json(documents[p.doc_id]) for p in spoilt.plants]
    write_text(out / "planted.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    click.echo(f"{errors} errors in {len(documents)} documents; planted.jsonl is not for the reader")


@main.command()
@with_shared
@click.option(
    "--planted",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take what was planted from this file that `plant` wrote (default: planted.jsonl in the folder of --out).",
)
@click.option(
    "--verdicts",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take what the suspects in unmatched.md are from this file, and write figures.json. Leave it out the first time.",
)
@click.argument("suspects", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def count(seed: int, folder: Path, out: Path, planted: Path | None, verdicts: Path | None, suspects: Path) -> None:
    """Compare the reader's list, SUSPECTS, with what was planted.

    SUSPECTS has one JSON object per line, {"doc_id", "layer", "places", "wrong", "right", "rule"}: "layer" is one of mentions,
    entities, events, arguments, instances, relations and event_relations, "places" a list of quotes {"text", "sentence",
    "occurrence"} of the item, or of both ends of a pair, and the rest is in words. "occurrence" is needed only where the
    words occur more than once in the sentence.

    Without --verdicts it writes unmatched.md: the suspects that name no planted error, with their numbers. Somebody judges each
    on the gold, in a file of one JSON object per line, {"suspect", "verdict", "rule", "reason"}: "suspect" is the number,
    "verdict" is "error" (of the gold), "no error", or "planted" (part of a planted one that another suspect names), "rule" and
    "reason" say why.

    With --verdicts, or if there is nothing to judge, it writes figures.json, which `communique build` puts into the dataset
    card. What the checks catch is counted in copies that are spoilt anew, so the passes, the log up to the audit and the
    tagger must still be those of planted.jsonl.
    """
    seeds = read_seeds(folder)
    documents, split = seeds.documents, {x.document.doc_id: x.split for x in seeds.sources}
    path = planted or out / "planted.jsonl"
    plants = parse_planted(*read_text(path), documents)
    listed = parse_suspects(*read_text(suspects), documents)
    found = caught(plants, listed, documents)
    by = counted(plants, set(found.values()), split)
    unmatched = {n: x for n, x in enumerate(listed, 1) if n - 1 not in found}
    click.echo(f"{len(found)} of {len(plants)} planted errors caught; suspects that name none of them: {len(unmatched)}")
    for name, n in (item for groups in by.values() for item in groups.items()):
        click.echo(f"  {name}: {n['caught']} of {n['planted']}")
    if unmatched and verdicts is None:
        lines = [f"{n}. {json.dumps(x.raw, ensure_ascii=False)}\n" for n, x in unmatched.items()]
        write_text(out / "unmatched.md", "".join(lines))
        click.echo(f"judge those in {out / 'unmatched.md'}, and count again with --verdicts")
        return
    judged = parse_verdicts(*read_text(verdicts), list(unmatched)) if verdicts else {}
    real = Counter(split[unmatched[n].doc_id] for n, verdict in judged.items() if verdict == "error")
    said = Counter(judged.values())
    figures = {
        "seed": seed,
        "planted": len(plants),
        "suspects": len(listed),
        "reader": {"caught": len(found), "by": by, "verdicts": {verdict: said[verdict] for verdict in VERDICTS}},
        "checks": checked(documents, replanted(path, plants, seed, folder, documents), ontology(folder)),
        "estimate": estimates(len(plants), len(found), by, real),
    }
    write_text(out / "figures.json", json.dumps(figures, ensure_ascii=False, indent=2) + "\n")


def counted(plants: Sequence[Plant], hits: set[int], split: Mapping[str, str]) -> dict[str, dict[str, dict[str, int]]]:
    """How many were planted and caught by origin, split, both and layer; a layer with none is there too."""
    there = [name for name in SPLITS if name in split.values()]

    def grouped(names: Iterable[str], of: Callable[[Plant], str]) -> dict[str, dict[str, int]]:
        groups = {name: {"planted": 0, "caught": 0} for name in names}
        for n, p in enumerate(plants):
            groups[of(p)]["planted"] += 1
            groups[of(p)]["caught"] += n in hits
        return groups

    return {
        "origin": grouped(ORIGINS, lambda p: p.origin),
        "split": grouped(there, lambda p: split[p.doc_id]),
        "origin_and_split": grouped(
            (f"{origin}, {name}" for origin in ORIGINS for name in there), lambda p: f"{p.origin}, {split[p.doc_id]}"
        ),
        "layer": grouped(LAYERS, lambda p: p.layer),
    }


def estimates(
    planted: int, hits: int, by: Mapping[str, Mapping[str, Mapping[str, int]]], real: Counter[str]
) -> dict[str, dict[str, float | None]]:
    """By the rate at which all, either origin, and either origin in a split were caught: how many errors are left in the
    documents in question. ``real`` are the errors of the gold that the reader found, by split."""
    rates = {"all": (planted, hits, real.total())}
    rates |= {name: (n["planted"], n["caught"], real.total()) for name, n in by["origin"].items()}
    rates |= {name: (n["planted"], n["caught"], real[name.rpartition(", ")[2]]) for name, n in by["origin_and_split"].items()}
    found = {name: asdict(estimate(plants=n, hits=k, real=errors)) for name, (n, k, errors) in rates.items()}
    # Further digits are those of a platform's logarithm.
    return {name: {key: round(x, 6) if x else x for key, x in of.items()} for name, of in found.items()}


def checked(documents: Mapping[str, Document], spoilt: Spoilt, admitted: Ontology) -> dict[str, int]:
    hits, alarms = 0, 0
    for doc_id, gold in spoilt.gold.items():
        steps = [s for s in spoilt.steps if s.plant.doc_id == doc_id]
        hit, false = found_by_checks(documents[doc_id], gold, steps, admitted)
        hits, alarms = hits + len(hit), alarms + len(false)
    return {"caught": hits, "false_alarms": alarms}


def replanted(path: Path, plants: Sequence[Plant], seed: int, folder: Path, documents: Mapping[str, Document]) -> Spoilt:
    """The spoilt copies, made anew.

    Raises:
        ValueError: unless what is planted is what ``path`` says.
    """
    admitted = ontology(folder)
    message = f"what the checks catch cannot be counted: planting {len(plants)} errors by seed {seed} does not give {path}"
    hint = "give the seed of then, and the passes, the log up to the audit and the tagger of then"
    try:
        spoilt = plant(adjudicated(folder, documents, admitted), admitted, n=len(plants), seed=seed)
    except ValueError as fault:
        raise ValueError(f"{message}; {hint}: {fault}") from fault
    if spoilt.plants != tuple(plants):
        raise ValueError(f"{message}; {hint}")
    return spoilt


def adjudicated(folder: Path, documents: Mapping[str, Document], admitted: Ontology) -> list[Adjudicated]:
    """Every document with its passes, and the decisions as they stood before the audit."""
    name, text = read_text(folder / "annotations" / "adjudication.jsonl")
    log = [row for row in parse_log(name, text) if row["difference"] is not None or row.get("stage", BEFORE[0]) in BEFORE]
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
    said = told(agreed(document, annotation, annotation, ontology=admitted), ALONE)
    lines = [f"# {document.doc_id}", "", "## Text", "", *numbered(document), "", "## The annotation", "", *said]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    try:
        main()
    except (DataError, ValueError) as fault:
        raise SystemExit(str(fault)) from None
