"""Tables of scores: for a terminal, for a pipe, for a page."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click

from communique.io.scores import print_scores
from communique.scorer import table
from communique.wording import DASH, line

if TYPE_CHECKING:
    from communique.scorer import Scores


def print_text(scores: Scores, by: Sequence[str] = ()) -> None:
    """A table in colour on a terminal, plain text elsewhere; ``by`` adds the tables by ``type`` and by ``document``."""
    if not sys.stdout.isatty():
        click.echo("\n\n".join([str(scores), *("\n".join(table.aligned(rows)) for rows in _more(scores, by))]))
        return
    _print_title(table.heading(scores))
    _print_rows(table.rows(scores), ends={group[-1] for group in table.layers(scores)})
    if scores.errors:
        _print_rows(table.errors(scores), sparse=True)
        _print_remarks([table.LISTED])
    _print_remarks(table.remarks(scores))
    for rows in _more(scores, by):
        _print_rows(rows)


def print_block(title: str, rows: Sequence[tuple[str, ...]], remarks: Sequence[str]) -> None:
    """One table with what belongs over and under it: in colour on a terminal, plain text elsewhere."""
    if not sys.stdout.isatty():
        click.echo(table.block(title, rows, remarks))
        return
    _print_title(title)
    _print_rows(rows)
    _print_remarks(remarks)


def print_markdown_block(title: str, rows: Sequence[tuple[str, ...]], remarks: Sequence[str]) -> None:
    """The same for a page."""
    under = [f"- {table.escaped(line(remark))}" for remark in remarks]
    click.echo("\n".join([f"**{table.escaped(line(title))}**", "", *table.markdown_rows(rows), "", *under]))


def print_markdown(scores: Scores, by: Sequence[str] = ()) -> None:
    """A GitHub-flavoured table with its remarks."""
    click.echo("\n\n".join([markdown(scores), *("\n".join(table.markdown_rows(rows)) for rows in _more(scores, by))]))


def print_json(scores: Scores, by: Sequence[str] = ()) -> None:
    """What ``scores.json`` holds, which has every type and document anyway."""
    click.echo(print_scores(scores.as_json()), nl=False)


def markdown(scores: Scores) -> str:
    """The tables in Markdown, with the short signature too, for a caption.

    >>> from communique.scorer import Scores
    >>> markdown(Scores("a|b", "test", {}, {}, ())).splitlines()[0]
    '**a\\\\|b on test (0 documents)**'
    """
    errors = [*table.markdown_rows(table.errors(scores)), "", table.LISTED, ""] if scores.errors else []
    remarks = [f"- {table.escaped(line)}" for line in (*table.remarks(scores), *table.signatures(scores, short=True))]
    heading = f"**{table.escaped(table.heading(scores))}**"
    return "\n".join([heading, "", *table.markdown_rows(table.rows(scores)), "", *errors, *remarks])


def _more(scores: Scores, by: Sequence[str]) -> list[list[tuple[str, ...]]]:
    return [{"type": table.by_type, "document": table.by_document}[what](scores) for what in by]


def _print_title(title: str) -> None:
    from rich.console import Console
    from rich.text import Text

    Console().print(Text(line(title), style="bold"), soft_wrap=True)
    click.echo()


def _print_rows(
    rows: Sequence[tuple[str, ...]], ends: frozenset[int] | set[int] = frozenset(), *, sparse: bool = False
) -> None:
    """On a terminal, a blank line below the rows ``ends``. A table that is too wide is folded: nothing is cut off.

    ``sparse``: rows that are all dashes in a piece are left out there.
    """
    from rich.console import Console
    from rich.text import Text

    console = Console()
    for piece in _folded(rows, console.width):
        if sparse:
            piece = [row for row in piece if set(row[1:]) != {DASH}]
        widths, left = _widths(piece), table.of_words(piece)
        header, *rest = [[_padded(row[n], width, left=n in left) for n, width in enumerate(widths)] for row in piece]
        main = [name.strip() == "F1" for name in header]
        console.print(Text(_GAP.join(header).rstrip(), style="bold"), soft_wrap=True)
        for n, row in enumerate(rest):
            cells = [Text(cell, style="bold" if of_main else "") for cell, of_main in zip(row, main, strict=True)]
            line = Text(_GAP).join(cells)
            line.rstrip()
            console.print(line, soft_wrap=True)
            if n in ends and n < len(rest) - 1:
                console.print()
        console.print()


def _print_remarks(remarks: Sequence[str]) -> None:
    """On a terminal, wrapped between words, further lines indented; a signature stays whole, to be copied."""
    from rich.console import Console
    from rich.text import Text

    console = Console()
    for remark in remarks:
        text = Text(line(remark), style="dim")
        if "|" in remark:
            console.print(text, soft_wrap=True)
            continue
        for n, part in enumerate(text.wrap(console, max(20, console.width - 2))):
            part.rstrip()
            console.print(Text("  " if n else "").append_text(part), soft_wrap=True)
    console.print()


_GAP: Final = "  "

_TOGETHER: Final = ("R", "F1", "pred", "gold")
"""Columns that stay with the one before."""


def _folded(rows: Sequence[tuple[str, ...]], width: int) -> list[list[tuple[str, ...]]]:
    """The table in pieces no wider than that, each with the first column; what is wider by itself stands alone."""
    widths = _widths(rows)
    units: list[list[int]] = []
    for n, name in enumerate(rows[0][1:], 1):
        if units and name in _TOGETHER:
            units[-1].append(n)
        else:
            units.append([n])
    groups: list[list[int]] = [[]]
    for unit in units:
        wanted = sum(len(_GAP) + widths[n] for n in (*groups[-1], *unit))
        if groups[-1] and widths[0] + wanted > width:
            groups.append([])
        groups[-1] += unit
    return [[(row[0], *(row[n] for n in group)) for row in rows] for group in groups]


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    from rich.cells import cell_len

    return [max(map(cell_len, column)) for column in zip(*rows, strict=True)]


def _padded(cell: str, width: int, *, left: bool) -> str:
    from rich.cells import cell_len

    space = " " * (width - cell_len(cell))
    return cell + space if left else space + cell
