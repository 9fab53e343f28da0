"""``communique measures``: what each measure counts."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from communique.measures.definition import Text

_WIDTH = 100
_ABOUT = """\
A measure has a name and, in brackets, parameters in any order: Tri-C(level=class,match=overlap). It turns the gold and the
prediction of a document into counts that add up over documents: hits, predicted items, gold items (coreference has a count
of hits for each side). Precision is hits / predicted, recall hits / gold, F1 = 2PR/(P+R). What is undefined has no figure
but a reason. Precision and recall change places when gold and prediction do, but for the measures marked "one way", which
use the gold's clusters. Needs: the layers that both sides must claim, and those that the gold alone must."""


@click.command(name="measures")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="What to print.")
def command(form: str) -> None:
    """Print what every measure counts, which way is taken on edge cases, and after whom.

    \b
    Example:
      communique measures
    """
    if form == "json":
        import json

        click.echo(json.dumps(list(_rows()), ensure_ascii=False, indent=2))
        return
    click.echo(textwrap.fill(_ABOUT, _WIDTH))
    for row in _rows():
        one_way = "" if row["swaps"] else " (one way)"
        click.echo(f"\n{row['measure']}{one_way}")
        needs = ", ".join([*row["layers"], *(f"{layer} (gold)" for layer in row["gold_layers"])])
        for key, text in (*((key, row[key]) for key in ("counts", "edges", "source")), ("needs", needs)):
            click.echo(textwrap.fill(text, _WIDTH, initial_indent=f"  {key:7} ", subsequent_indent=" " * 10))


def _rows() -> Iterator[dict[str, Any]]:
    """Every name, and every parameter that it admits, with what it says and whether it is in the table."""
    from communique.measures.definition import Text
    from communique.measures.families import FAMILIES

    for name, family in FAMILIES.items():
        if not family.positional:
            yield _row(name, family.text, name)
        for key, values in family.options.items():
            for value, text in values.items():
                shown = f"{name}({value})" if key == family.positional else f"{name}({key}={'…' if value == '*' else value})"
                asked = f"{name}({key}=instances)" if value == "*" else shown
                if key == family.positional:
                    text = Text(f"{family.text.counts}: {text.counts}", f"{text.edges}; {family.text.edges}", text.source)
                yield _row(shown, text, asked)


def _row(name: str, text: Text, asked: str) -> dict[str, Any]:
    from communique.measures.measure import MEASURES, definition, parse

    measure = parse(asked)
    row = {"measure": name, "counts": text.counts, "edges": text.edges, "source": text.source}
    defined = definition(measure)
    needs = {"layers": list(defined.layers), "gold_layers": list(defined.gold_layers)}
    return {**row, **needs, "printed": measure in MEASURES, "swaps": defined.swaps}
