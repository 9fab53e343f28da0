"""``communique score``: predictions against the gold."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from communique.cli.options import gold_of, gold_options, note, one_gold, ontology_of, put_out, scoring_options
from communique.cli.paths import not_onto_input, stdin_once


def _measure(ctx: click.Context, option: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    from communique.measures.measure import parse

    try:
        return tuple(str(parse(name)) for name in names)
    except ValueError as fault:
        raise click.BadParameter(str(fault)) from fault


@click.command(name="score")
@click.argument("predictions", metavar="PRED", type=click.Path(allow_dash=True))
@gold_options
@click.option("-m", "--measure", "measures", metavar="MEASURE", multiple=True, callback=_measure, help="Only this; repeatable.")
@scoring_options(missing="What a document without a prediction is.", system="that of the file")
def command(
    predictions: str,
    gold_file: str | None,
    split: str | None,
    ontology_file: str | None,
    measures: tuple[str, ...],
    missing: Literal["error", "empty"],
    no_seqeval: bool,
    system: str | None,
    form: str,
    output: Path | None,
) -> None:
    """Score the predictions in PRED ("-" is stdin) against the gold of the installed corpus, or against gold of your own.

    PRED holds rows of predictions.jsonl. Against a BIO file it is a BIO file of the same tokens: on each line a token and its
    IOB2 tag, and a blank line after each sentence. Against gold of your own, labels are taken as they occur unless you give an
    ontology; no relation is symmetric then, and an event type is its own class.

    \b
    Example:
      communique score predictions.jsonl -o scores.json
      communique score predictions.jsonl --gold mine.parquet --ontology mine.toml
      communique score predictions.bio --gold gold.bio
    """
    one_gold(gold_file, split)
    stdin_once(PRED=predictions, gold=gold_file)
    not_onto_input(output, PRED=predictions, gold=gold_file, ontology=ontology_file)
    from communique.predictions import read_predictions
    from communique.scorer import score

    ontology = ontology_of(ontology_file)
    gold = gold_of(gold_file, split, ontology)
    scores = score(
        gold,
        read_predictions(predictions, gold, ontology=ontology, note=note),
        system=system or ("stdin" if predictions == "-" else Path(predictions).stem),
        measures=measures or None,
        missing=missing,
        seqeval=not no_seqeval,
        ontology=ontology,
    )
    put_out(scores, form, output)
