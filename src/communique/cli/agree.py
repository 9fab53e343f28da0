"""``communique agree``: how far two annotators agree."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from communique.cli.documents import documents, texts_option

if TYPE_CHECKING:
    from communique.agreement import Agreement, Layer
    from communique.model import Annotation, Document


@click.command(name="agree")
@click.argument("first", metavar="A", type=click.Path(exists=True))
@click.argument("second", metavar="B", type=click.Path(exists=True))
@texts_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="What to print.")
def command(first: str, second: str, texts: str | None, form: str) -> None:
    """Compare the passes A and B over the same documents, layer by layer.

    A and B are files in the predictions format or with quotes, Label Studio exports, or folders of such exports. Needs the
    extra communique[agreement].

    \b
    Example:
      communique agree annotations/pass-1 annotations/pass-2 --format json
    """
    import json

    from communique.agreement import agreement

    known = documents(texts)
    try:
        (a, by_a), (b, by_b) = _read(first, known), _read(second, known)
        followed = ", ".join(sorted(by_a | by_b)) or "not stated"
        found = agreement(a, b, passes=(Path(first).stem, Path(second).stem), guidelines=followed)
    except ModuleNotFoundError as missing:
        hint = "install the extra: pip install 'communique[agreement]'"
        raise click.UsageError(f"agreement needs the library {missing.name}; {hint}") from missing
    if form == "json":
        click.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_table(found)))


def _read(path: str, known: Mapping[str, Document]) -> tuple[tuple[Annotation, ...], set[str]]:
    """The annotations, and the versions of the guidelines that exports say they followed."""
    from communique.incident import DataError, Incident
    from communique.io.files import read_text
    from communique.io.labelstudio import is_export, read_export, read_meta
    from communique.io.quotes import parse_quotes

    files = sorted(Path(path).glob("*.json")) if Path(path).is_dir() else [Path(path)]
    if not files:
        hint = "name a folder of Label Studio exports, or a file"
        raise DataError([Incident("empty-folder", path, "the folder holds no .json file", hint)])
    faults: list[Incident] = []
    annotations: list[Annotation] = []
    guidelines: set[str] = set()
    for file in files:
        try:
            name, content = read_text(file)
            if is_export(content):
                annotations += read_export(content, known, name=name)
                guidelines |= {version for key, version in read_meta(content).items() if key == "guidelines"}
                continue
            rows, found = parse_quotes(name, content, known)
            faults += found
            annotations += [row.annotation for row in rows]
        except DataError as fault:
            faults += fault.incidents
    if faults:
        raise DataError(faults)
    return tuple(annotations), guidelines


def _table(found: Agreement) -> list[str]:
    from communique.agreement import TARGETS

    header = ("layer", "figure", "all", "n", "target", *found.documents)
    rows = [header]
    for name, layer in found.layers.items():
        for figure, value in layer.figures.items():
            target = TARGETS.get(name, ("", 0.0))
            wanted = f"{target[1]:.2f}" if target[0] == figure else ""
            each = [_figure(layer.documents[doc_id].figures[figure]) for doc_id in found.documents]
            rows.append((layer.what, figure, _figure(value), str(layer.n), wanted, *each))
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
        "n: items that one pass or the other has; of realis and polarity, triggers both have.",
    ]


def _counts(layer: Layer) -> str:
    return f"{layer.what}: " + ", ".join(f"{values} {n}" for values, n in layer.counts.items())


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
