"""``communique score``: predictions against the gold."""

from __future__ import annotations

import click

from communique.cli.options import (
    Saying,
    Scoring,
    gold_of,
    gold_options,
    named_after,
    note,
    one_gold,
    ontology_of,
    put_out,
    saying_options,
    scored,
    scoring_options,
)
from communique.cli.paths import not_onto_input, stdin_once


@click.command(name="score")
@click.argument("predictions", metavar="PRED", type=click.Path(allow_dash=True))
@gold_options
@saying_options
@scoring_options(missing="What a document without a prediction is.", system="that of the file")
def command(
    predictions: str, gold_file: str | None, split: str | None, ontology_file: str | None, saying: Saying, how: Scoring
) -> None:
    """Score the predictions in PRED ("-" is stdin) against the gold of the installed corpus, or against gold of your own.

    PRED holds rows of predictions.jsonl. Against a BIO file it is a BIO file of the same tokens: on each line a token and its
    IOB2 tag, and a blank line after each sentence. Against gold of your own, labels are taken as they occur unless you give an
    ontology; no relation is symmetric then, and there are no classes.

    \b
    Example:
      communique score predictions.jsonl -o scores.json
      communique score predictions.jsonl --gold mine.parquet --ontology mine.toml
      communique score predictions.bio --gold gold.bio
      communique score answers.jsonl --align
      communique score spacy.jsonl --labels ontonotes --only-mapped
    """
    one_gold(gold_file, split)
    stdin_once(PRED=predictions, gold=gold_file)
    not_onto_input(how.output, PRED=predictions, gold=gold_file, ontology=ontology_file)
    from communique.predictions import read_predictions

    ontology = ontology_of(ontology_file)
    labels = saying.map(ontology)
    gold = gold_of(gold_file, split, ontology)
    pred = read_predictions(predictions, gold, ontology=ontology, align=saying.align, labels=labels, note=note)
    gold, pred = saying.within(gold, pred, labels)
    put_out(scored(gold, pred, how, system=named_after(predictions), ontology=ontology, labels=labels), how)
