"""Tables of scores: for a terminal, for a pipe, for a page."""

from __future__ import annotations

import sys

import click

from communique.io.scores import print_scores
from communique.scorer import Scores


def print_text(scores: Scores) -> None:
    """A table in colour on a terminal, plain text elsewhere."""
    if not sys.stdout.isatty():
        click.echo(str(scores))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    header, *rows = scores.table()
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for i, name in enumerate(header):
        width = max(len(row[i]) for row in (header, *rows))
        table.add_column(name, justify="right" if i else "left", style="bold" if name == "F1" else "", min_width=width)
    for row in rows:
        table.add_row(*map(Text, row))
    console = Console()
    console.print(Text(scores.heading(), style="bold"), soft_wrap=True)
    console.print()
    console.print(table, crop=False)
    console.print()
    for line in scores.remarks():
        console.print(Text(line, style="dim"), soft_wrap=True)


def print_markdown(scores: Scores) -> None:
    """A GitHub-flavoured table with its remarks."""
    click.echo(markdown(scores))


def print_json(scores: Scores) -> None:
    """What ``scores.json`` holds."""
    click.echo(print_scores(scores.as_json()), nl=False)


def markdown(scores: Scores) -> str:
    """The table in Markdown, with the short signature too, for a caption.

    >>> markdown(Scores("a|b", "test", {}, {}, ())).splitlines()[0]
    '**a\\\\|b on test (0 documents)**'
    """
    header, *rows = ([_escaped(cell) for cell in row] for row in scores.table())
    lines = [header, [":--", *["--:"] * (len(header) - 1)], *rows]
    table = ["| " + " | ".join(line) + " |" for line in lines]
    remarks = [f"- {_escaped(line)}" for line in (*scores.remarks(), *scores.signatures(short=True))]
    return "\n".join([f"**{_escaped(scores.heading())}**", "", *table, "", *remarks])


def _escaped(text: str) -> str:
    return "".join("\\" + c if c in "\\|*_<`" else c for c in text)
