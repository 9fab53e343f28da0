"""``communique score``: predictions against the gold."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from communique.cli.paths import not_onto_input, stdin_once
from communique.cli.tables import print_json, print_markdown, print_text


def _measure(ctx: click.Context, option: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    from communique.measures.measure import parse

    try:
        return tuple(str(parse(name)) for name in names)
    except ValueError as fault:
        raise click.BadParameter(str(fault)) from fault


@click.command(name="score")
@click.argument("predictions", metavar="PRED", type=click.Path(allow_dash=True))
@click.option("--gold", "gold_file", metavar="FILE", type=click.Path(), help="Score against this: rows as in PRED, with texts.")
@click.option("--split", metavar="SPLIT", help="validation or test (default: test; validation while there is no test).")
@click.option("-m", "--measure", "measures", metavar="MEASURE", multiple=True, callback=_measure, help="Only this; repeatable.")
@click.option(
    "--missing",
    type=click.Choice(["error", "empty"]),
    default="error",
    show_default=True,
    help="What a document without a prediction is.",
)
@click.option("--no-seqeval", is_flag=True, help="Do not run seqeval beside the counts; saves a second.")
@click.option("--system", metavar="NAME", help="The system's name in the table (default: that of the file).")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="What to print.",
)
@click.option("-o", "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Save scores.json too.")
def command(
    predictions: str,
    gold_file: str | None,
    split: str | None,
    measures: tuple[str, ...],
    missing: Literal["error", "empty"],
    no_seqeval: bool,
    system: str | None,
    form: str,
    output: Path | None,
) -> None:
    """Score the predictions in PRED ("-" is stdin) against the gold of the installed corpus.

    \b
    Example:
      communique score predictions.jsonl -o scores.json
    """
    if gold_file and split:
        raise click.UsageError("give --gold or --split: a file of your own is one split")
    stdin_once(PRED=predictions, gold=gold_file)
    not_onto_input(output, PRED=predictions, gold=gold_file)
    from communique.predictions import read_gold, read_predictions
    from communique.scorer import score

    if gold_file:
        gold = read_gold(gold_file)
    else:
        from communique import corpus

        gold = corpus.load(split or corpus.default_split())
    scores = score(
        gold,
        read_predictions(predictions, gold),
        system=system or ("stdin" if predictions == "-" else Path(predictions).stem),
        measures=measures or None,
        missing=missing,
        seqeval=not no_seqeval,
    )
    if output:
        scores.save(output)
    {"text": print_text, "json": print_json, "markdown": print_markdown}[form](scores)
