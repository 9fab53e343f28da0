"""Tables of scores: for a terminal, for a pipe, for a page."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from communique.io.scores import print_scores
from communique.scorer import table

if TYPE_CHECKING:
    from communique.scorer import Scores


def print_text(scores: Scores, by: Sequence[str] = ()) -> None:
    """A table in colour on a terminal, plain text elsewhere; ``by`` adds the tables by ``type`` and by ``document``."""
    if not sys.stdout.isatty():
        click.echo("\n\n".join([str(scores), *("\n".join(table.aligned(rows)) for rows in _more(scores, by))]))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console()
    console.print(Text(table.heading(scores), style="bold"), soft_wrap=True)
    console.print()
    _print_rows(table.rows(scores), ends={group[-1] for group in table.layers(scores)})
    console.print()
    if scores.errors:
        _print_rows(table.errors(scores))
        console.print(Text(table.ERRORS, style="dim"), soft_wrap=True)
        console.print()
    for line in table.remarks(scores):
        console.print(Text(line, style="dim"), soft_wrap=True)
    for rows in _more(scores, by):
        console.print()
        _print_rows(rows)


def print_markdown(scores: Scores, by: Sequence[str] = ()) -> None:
    """A GitHub-flavoured table with its remarks."""
    click.echo("\n\n".join([markdown(scores), *("\n".join(markdown_rows(rows)) for rows in _more(scores, by))]))


def print_json(scores: Scores, by: Sequence[str] = ()) -> None:
    """What ``scores.json`` holds, which has every type and document anyway."""
    click.echo(print_scores(scores.as_json()), nl=False)


def markdown(scores: Scores) -> str:
    """The tables in Markdown, with the short signature too, for a caption.

    >>> from communique.scorer import Scores
    >>> markdown(Scores("a|b", "test", {}, {}, ())).splitlines()[0]
    '**a\\\\|b on test (0 documents)**'
    """
    errors = [*markdown_rows(table.errors(scores)), "", table.ERRORS, ""] if scores.errors else []
    remarks = [f"- {escaped(line)}" for line in (*table.remarks(scores), *table.signatures(scores, short=True))]
    heading = f"**{escaped(table.heading(scores))}**"
    return "\n".join([heading, "", *markdown_rows(table.rows(scores)), "", *errors, *remarks])


def escaped(text: str) -> str:
    """The text as a cell of a Markdown table shows it."""
    return "".join("\\" + c if c in "\\|*_<`" else c for c in text)


def _more(scores: Scores, by: Sequence[str]) -> list[list[tuple[str, ...]]]:
    return [{"type": table.by_type, "document": table.by_document}[what](scores) for what in by]


def markdown_rows(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """The lines of a Markdown table."""
    header, *rest = ([escaped(cell) for cell in row] for row in rows)
    lines = [header, [":--", *["--:"] * (len(header) - 1)], *rest]
    return ["| " + " | ".join(line) + " |" for line in lines]


def _print_rows(rows: Sequence[tuple[str, ...]], ends: frozenset[int] | set[int] = frozenset()) -> None:
    """On a terminal; a line stands below the rows ``ends``."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    header, *rest = rows
    drawn = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for i, name in enumerate(header):
        width = max(len(row[i]) for row in rows)
        drawn.add_column(name, justify="right" if i else "left", style="bold" if name == "F1" else "", min_width=width)
    for n, row in enumerate(rest):
        drawn.add_row(*map(Text, row), end_section=n in ends)
    Console().print(drawn, crop=False)
