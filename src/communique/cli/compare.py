"""``communique compare``: two systems or more on the same documents, and several runs of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from communique.cli.options import (
    Missing,
    format_option,
    gold_of,
    gold_options,
    measures_option,
    missing_option,
    one_gold,
    ontology_of,
    scores_of,
)
from communique.cli.paths import not_onto_input
from communique.cli.tables import print_block, print_markdown_block

if TYPE_CHECKING:
    from communique.comparison import Comparison, Repeated, System
    from communique.scorer import Scores

    Block = tuple[str, list[tuple[str, ...]], list[str]]


@click.command(name="compare")
@click.argument("files", metavar="A B [C ...]", nargs=-1, required=True, type=click.Path(exists=True))
@gold_options
@measures_option("Only this; repeatable.")
@missing_option()
@format_option
@click.option("-o", "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Save it as JSON too.")
def command(
    files: tuple[str, ...],
    gold_file: str | None,
    split: str | None,
    ontology_file: str | None,
    measures: tuple[str, ...],
    missing: Missing,
    form: str,
    output: Path | None,
) -> None:
    """Compare systems on the same documents: B with A, C with A, and so on.

    Each is a scores.json, or predictions, which are scored on the gold. A folder is one system with several runs, such as other
    seeds: a scores.json or predictions for each; its figures are means over them. A folder alone shows what its runs come to.

    The difference in F1 stands with its interval for new documents like these; p is of paired randomisation that swaps whole
    documents. Name the measures that matter beforehand: Holm's correction grows with their number.

    \b
    Example:
      communique compare lexicon.json rules.json -m Ent-C -m Arg-C+
      communique compare baseline/ mine/ --format markdown
    """
    import json

    from communique.comparison import compare, repeated
    from communique.io.files import files_of, write_text

    one_gold(gold_file, split)
    not_onto_input(output, gold=gold_file, ontology=ontology_file)
    for file in (held for path in files for held in files_of(path)):
        not_onto_input(output, A=str(file))
    ontology = ontology_of(ontology_file)
    gold = cache(lambda: gold_of(gold_file, split, ontology))
    read = partial(scores_of, gold=gold, ontology=ontology, measures=measures, missing=missing, errors=False)
    systems = _named([_system(file, read) for file in files], files)
    runs = [repeated(system, measures=measures or None) for system in systems if len(system.runs) > 1]
    if len(systems) == 1 and not runs:
        raise click.UsageError("give two systems, or a folder with several runs of one")
    found = [compare(systems[0], other, measures=measures or None) for other in systems[1:]]
    table = {"comparisons": [c.as_json() for c in found], "runs": [r.as_json() for r in runs]}
    text = json.dumps(table, ensure_ascii=False, indent=2)
    if output:
        write_text(output, text + "\n")
    if form == "json":
        click.echo(text)
        return
    for n, block in enumerate(_blocks(runs, found)):
        if n:
            click.echo()
        (print_block if form == "text" else print_markdown_block)(*block)


def _system(path: str, read: Callable[[str], Scores]) -> System:
    from communique.comparison import System
    from communique.io.files import files_of

    runs = tuple(read(str(file)) for file in files_of(path))
    return System(Path(path).resolve().name if Path(path).is_dir() else runs[0].system, runs)


def _named(systems: list[System], files: tuple[str, ...]) -> list[System]:
    """With names that tell them apart: that of the file, where two systems have one name."""
    names = [system.name for system in systems]
    return [
        replace(system, name=f"{system.name} ({file})") if names.count(system.name) > 1 else system
        for system, file in zip(systems, files, strict=True)
    ]


def _blocks(runs: list[Repeated], found: list[Comparison]) -> Iterator[Block]:
    """Title, table and remarks of each."""
    from communique.comparison.table import heading, heading_of_runs, of_comparison, of_runs, remarks, runs_remarks

    for held in runs:
        yield heading_of_runs(held), of_runs(held), runs_remarks(held)
    for c in found:
        yield heading(c), of_comparison(c), remarks(c)
