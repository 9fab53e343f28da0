"""``communique agree``: how far two annotators agree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from communique.cli.documents import documents, ontology, texts_option

if TYPE_CHECKING:
    from communique.agreement import Agreement, Layer
    from communique.resample import Interval


@click.command(name="agree")
@click.argument("first", metavar="A", type=click.Path(exists=True))
@click.argument("second", metavar="B", type=click.Path(exists=True))
@texts_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="What to print.")
def command(first: str, second: str, texts: str | None, form: str) -> None:
    """Compare the passes A and B over the same documents, layer by layer.

    A and B are files in the predictions format or with quotes, or Label Studio exports, without findings of communique check; a
    folder stands for its .json and .jsonl files. A layer that only one of them claims is left out, with a note.

    \b
    Example:
      communique agree annotations/pass-1 annotations/pass-2 --format json
    """
    import json

    from communique.agreement import agreement
    from communique.incident import DataError, Incident
    from communique.passes import Pass, followed, read_pass, unclaimed

    known, admitted = documents(texts), ontology()
    passes: list[Pass] = []
    faults: list[Incident] = []
    for path in (first, second):
        try:
            passes.append(read_pass(Path(path), known, ontology=admitted))
        except DataError as fault:
            faults += fault.incidents
    if faults:
        raise DataError(faults)
    a, b = passes
    names = (a.name, b.name)
    found = agreement(a.annotations, b.annotations, passes=names, guidelines=followed(a, b), ontology=admitted)
    for note in unclaimed(a.annotations, b.annotations, names):
        click.echo(note, err=True)
    if form == "json":
        click.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_table(found)))


def _table(found: Agreement) -> list[str]:
    from communique.agreement import TARGETS

    header = ("layer", "figure", "all", "95 % interval", "n", "target", *found.documents)
    rows = [header]
    for name, layer in found.layers.items():
        for figure, value in layer.figures.items():
            target = TARGETS.get(name, ("", 0.0))
            wanted = f"{target[1]:.2f}" if target[0] == figure else ""
            each = [_figure(layer.documents[doc_id].figures[figure]) for doc_id in found.documents]
            rows.append((layer.what, figure, _figure(value), _interval(layer.intervals[figure]), str(layer.n), wanted, *each))
    widths = [max(len(row[i]) for row in rows) for i in range(len(header))]
    lines = [
        "  ".join(c.ljust(w) if i < 2 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in rows
    ]
    counts = [_counts(layer) for layer in found.layers.values() if layer.counts]
    title = f"{found.passes[0]} and {found.passes[1]}, guidelines {found.guidelines}"
    return [
        title,
        "",
        *lines,
        "",
        *counts,
        "n: items that one pass or the other has; of realis and polarity, triggers both have. Interval: for new documents like",
        "these (delete-one-document jackknife, Student's t); –: there is none, and --format json says why.",
    ]


def _counts(layer: Layer) -> str:
    return f"{layer.what}: " + ", ".join(f"{values} {n}" for values, n in layer.counts.items())


def _interval(interval: Interval) -> str:
    return "–" if interval.low is None else f"{interval.low:.3f}–{interval.high:.3f}"


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
