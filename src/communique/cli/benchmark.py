"""``communique benchmark``: extract, score and print in one go."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import click

from communique.cli.llm import NAME, Llm, WithLlm, ask_model, llm_options
from communique.cli.options import (
    Saying,
    Scoring,
    gold_of,
    gold_options,
    note,
    one_gold,
    ontology_of,
    put_out,
    saying_options,
    scored,
    scoring_options,
)
from communique.cli.paths import not_onto_input
from communique.extractors.protocol import BUILT_IN, DEFAULT
from communique.wording import counted

if TYPE_CHECKING:
    from communique.extractors.run import Output
    from communique.model import Document


@click.command(name="benchmark", cls=WithLlm)
@click.argument("extractor", required=False)
@click.option("--run", "run", metavar="COMMAND", help="A command that reads texts on stdin and prints predictions.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="End the command of --run after so long (default: never), or give up an attempt of llm (default: 600).",
)
@click.option("--all", "every", is_flag=True, help="Score every entry of the leaderboard of this clone again.")
@click.option("--write", is_flag=True, help="With --all: bring the scores and tables of the leaderboard up to date.")
@gold_options
@saying_options
@scoring_options(
    missing="What a document is for which the command of --run prints nothing, or a language model gives no answer.",
    system="the extractor's",
)
@click.option(
    "--save-predictions", "saved", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Keep what it found."
)
@llm_options
def command(
    extractor: str | None,
    run: str | None,
    timeout: float | None,
    every: bool,
    write: bool,
    gold_file: str | None,
    split: str | None,
    ontology_file: str | None,
    saying: Saying,
    saved: Path | None,
    how: Scoring,
    llm: Llm,
) -> None:
    """Run an extractor on the gold's texts, score what it finds, print the table.

    EXTRACTOR is a built-in one (nothing, lexicon, actual or rules; default: rules, which needs no model and no network), or
    module:function, a function from a text to a dict: a row of predictions.jsonl without doc_id. What it prints goes to stderr.

    The extractor llm asks a language model, at any server with OpenAI's chat completions:

    \b
      communique benchmark llm --base-url http://127.0.0.1:8000/v1 --model M

    Every response is kept: run again, it asks only for what it has not got, and --replay scores without a network.

    With --gold FILE, labels are taken as they occur unless you give an ontology; no relation is symmetric then, and there
    are no classes.

    With --all, the predictions in leaderboard/ of a clone are scored again, and their tables printed; if that is not what its
    scores.json and pages say, the exit status is 1.

    \b
    Example:
      communique benchmark
      communique benchmark my_module:extract -o scores.json
      communique benchmark --run "python scripts/extract_spacy.py" --save-predictions predictions.jsonl
      communique benchmark llm --model M --show-prompt
    """
    if every or write:
        _every(write)
        return
    if extractor and run:
        raise click.UsageError(f"give an extractor ({extractor}) or --run, not both")
    if timeout and run is None and extractor != NAME:
        raise click.UsageError("--timeout goes with --run: a function cannot be ended from outside")
    asking = None
    if extractor == NAME:
        asking = llm.asking(timeout)
    else:
        llm.none_for("--run" if run is not None else extractor or DEFAULT)
    one_gold(gold_file, split)
    read = {"gold": gold_file, "ontology": ontology_file, **llm.files}
    not_onto_input(how.output, **read)
    not_onto_input(saved, "--save-predictions", **read)
    not_onto_input(llm.values["responses"], "--responses", gold=gold_file, ontology=ontology_file)
    from communique.extractors.run import predictions_of

    ontology = ontology_of(ontology_file)
    labels = saying.map(ontology)
    gold = gold_of(gold_file, split, ontology)
    if asking is not None:
        answered = ask_model(llm, asking, gold, ontology, how.missing)
        if answered is None:
            return
        done = answered
    elif run is not None:
        done = _by_command(run, gold.documents, timeout)
    else:
        done = _by_function(extractor or DEFAULT, gold.documents)
    found = predictions_of(done, gold, ontology=ontology, align=saying.align, labels=labels, note=note)
    texts = f"{counted(len(gold.documents), 'document')}, {sum(len(d.text) for d in gold.documents):,} characters"
    click.echo(f"{done.extractor}: {texts}, {done.seconds:.2f} s", err=True)
    if saved:
        from communique.io.jsonl_writer import write_annotations

        write_annotations(saved, found)
    gold, found = saying.within(gold, found, labels)
    put_out(scored(gold, found, how, system=done.extractor, ontology=ontology, labels=labels), how)


def _every(write: bool) -> None:
    from communique.cli.leaderboard import rescore_all

    ctx = click.get_current_context()
    given = {str(p.name): p.opts[0] for p in ctx.command.params if _on_line(ctx, p)}
    if others := [option for name, option in given.items() if name not in ("every", "write")]:
        raise click.UsageError(f"--all takes every entry as it is: leave {', '.join(others)} out")
    if "every" not in given:
        raise click.UsageError("--write goes with --all")
    rescore_all(write=write)


def _on_line(ctx: click.Context, param: click.Parameter) -> bool:
    return ctx.get_parameter_source(str(param.name)) is click.core.ParameterSource.COMMANDLINE


def _by_command(words: str, documents: tuple[Document, ...], timeout: float | None) -> Output:
    from communique.extractors.run import run_command

    click.echo(f"running: {words}", err=True)
    return run_command(words, documents, timeout=timeout)


def _by_function(name: str, documents: tuple[Document, ...]) -> Output:
    from communique.extractors.protocol import load
    from communique.extractors.run import run_function

    if name not in BUILT_IN:
        # As `python -m` does: a module beside the user is found although the command is installed elsewhere.
        sys.path.insert(0, "")
    with redirect_stdout(sys.stderr):  # stdout is for the table
        extract = load(name)
        if not sys.stderr.isatty():
            return run_function(name, extract, documents)
        from rich.console import Console
        from rich.progress import track

        shown = track(documents, description=name, console=Console(stderr=True), transient=True)
        return run_function(name, extract, shown)
