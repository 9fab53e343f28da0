"""``communique errors``: what a system got wrong, one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from communique.cli.options import (
    Missing,
    gold_of,
    gold_options,
    measures_option,
    missing_option,
    one_gold,
    ontology_of,
    scores_of,
)
from communique.cli.paths import stdin_once

if TYPE_CHECKING:
    from communique.errors import Error, Reading
    from communique.model import Document
    from communique.scorer import Scores


@click.command(name="errors")
@click.argument("file", metavar="PRED|SCORES", type=click.Path(allow_dash=True))
@gold_options
@measures_option("Only of this; repeatable.")
@click.option("--kind", "kinds", metavar="KIND", multiple=True, help="Only of this kind; repeatable.")
@click.option("--doc", "doc_ids", metavar="DOC", multiple=True, help="Only in this document; repeatable.")
@missing_option()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="What to print.")
def command(
    file: str,
    gold_file: str | None,
    split: str | None,
    ontology_file: str | None,
    measures: tuple[str, ...],
    kinds: tuple[str, ...],
    doc_ids: tuple[str, ...],
    missing: Missing,
    form: str,
) -> None:
    """List the errors of predictions, or of a scores.json, with the words of the text and the section of the guidelines.

    Kinds that pair a gold item with a predicted one: type, role, event type, value (another one), boundary, direction, trigger
    and their combinations. Without a partner: missed, spurious, duplicate.

    \b
    Example:
      communique errors predictions.jsonl -m Arg-C+ --kind role
      communique errors scores.json --format json
    """
    from communique.errors import KINDS
    from communique.ontology import nearest

    if strange := [name for name in measures if name not in KINDS]:
        raise click.UsageError(f"errors are told apart for {', '.join(KINDS)}, not for {', '.join(strange)}")
    known = dict.fromkeys(kind for of in KINDS.values() for kind in of)
    if strange := [kind for kind in kinds if kind not in known]:
        raise click.UsageError(f"there is no kind of error {strange[0]!r}; {nearest(strange[0], known)}")
    one_gold(gold_file, split)
    stdin_once(PRED=file, gold=gold_file)
    ontology = ontology_of(ontology_file)
    gold = gold_of(gold_file, split, ontology)
    documents = {d.doc_id: d for d in gold.documents}
    wanted = measures or tuple(KINDS)
    scores = scores_of(file, gold=lambda: gold, ontology=ontology, measures=wanted, missing=missing, errors=True)
    if elsewhere := [doc_id for doc_id in scores.documents if doc_id not in documents]:
        where = "which the gold here does not have; name it with --gold or --split"
        raise click.UsageError(f"{file} was scored on {', '.join(elsewhere)}, {where}")
    if (data := scores.versions.get("data")) != gold.version:
        raise click.UsageError(f"{file} was scored on {data}, and the gold here is {gold.version}; name it with --gold")
    if not scores.errors and any(name in scores and not scores[name].unscored for name in KINDS):
        raise click.UsageError(f"{file} holds no errors, which earlier versions did not save; give the predictions")
    if strange := [doc_id for doc_id in doc_ids if doc_id not in documents]:
        raise click.UsageError(f"there is no document {strange[0]!r}; {nearest(strange[0], documents)}")
    if measures:
        scores = replace(scores, errors={name: held for name, held in scores.errors.items() if name in measures})
    found = {
        name: [e for e in held if (not kinds or e.kind in kinds) and (not doc_ids or e.doc_id in doc_ids)]
        for name, held in scores.errors.items()
    }
    if form == "json":
        import json

        rows = {name: [error.as_json() for error in held] for name, held in found.items()}
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    lacking = {name: _why_not(name, scores) for name in measures or KINDS if name not in found}
    click.echo("\n".join(_lines(scores, found, documents, lacking)))


def _why_not(measure: str, scores: Scores) -> str:
    return (scores[measure].unscored if measure in scores else None) or "it was not scored"


def _lines(
    scores: Scores, found: Mapping[str, Iterable[Error]], documents: Mapping[str, Document], lacking: Mapping[str, str]
) -> Iterator[str]:
    from communique.errors import confusions
    from communique.scorer.table import ERRORS, aligned, errors, heading
    from communique.wording import DASH, counted, line

    yield heading(scores)
    yield ""
    if scores.errors:
        yield from aligned(errors(scores))
        yield ""
        yield f"{ERRORS}, in all documents."
    yield from (line(f"{DASH} {name}: {reason}") for name, reason in lacking.items())
    for name, held in found.items():
        shown = [line(_error(e, documents[e.doc_id].text)) for e in held]
        yield f"\n{name}: {counted(len(shown), 'error')}"
        if pairs := confusions(held, 5).get(name):
            most = ", ".join(f"{pair.gold or 'none'} as {pair.pred or 'none'} {pair.count}" for pair in pairs)
            yield line(f"most confused, gold as predicted: {most}")
        yield from shown


def _error(error: Error, text: str) -> str:
    """``001-blinken:s4 type: gold PER “Ann” [0, 3), predicted ORG (guidelines 3.1)``; sentences are numbered from 1."""
    place = error.doc_id if error.sentence is None else f"{error.doc_id}:s{error.sentence + 1}"
    gold, pred = (_reading(side, text) if side else None for side in (error.gold, error.pred))
    if error.gold and error.pred and error.gold.spans == error.pred.spans:
        pred = _label(error.pred)
    said = ", ".join(f"{side} {reading}" for side, reading in (("gold", gold), ("predicted", pred)) if reading)
    return f"{place} {error.kind}: {said}" + (f" (guidelines {error.section})" if error.section else "")


def _reading(reading: Reading, text: str) -> str:
    words = (f"“{span.of(text)}” {span}" for span in reading.spans.values())
    return f"{_label(reading)} {' → '.join(words)}"


def _label(reading: Reading) -> str:
    label = reading.label or "none"
    return f"{reading.type} {label}" if reading.type else label
