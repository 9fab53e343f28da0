"""``communique check``: everything that is wrong with annotations and predictions."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from communique.cli.documents import documents, texts_option
from communique.incident import DataError


@click.command(name="check")
@click.argument("files", nargs=-1, type=click.Path(allow_dash=True))
@click.option(
    "--as", "standard", type=click.Choice(["annotation", "prediction"]),
    help="What to hold FILE to: an annotation (default for Label Studio exports and quotes) must keep to the whole schema, "
    "a prediction (default for offsets) only be scorable.",
)
@texts_option
def command(
    files: tuple[str, ...], standard: Literal["annotation", "prediction"] | None, texts: str | None
) -> None:
    """Check FILES ("-" is stdin): predictions.jsonl, the format quotes, or Label Studio exports; a folder stands for its .json
    files. Without FILES, check every export under annotations/ of the current folder.

    Each finding has a place, what clashes, a hint and an id. The exit status is 1 if there are any.

    \b
    Example:
      communique check predictions.jsonl
    """
    paths = [p for f in files or _exports() for p in _expand(f)]
    if not paths:
        raise click.UsageError("there is nothing to check here; name a file, or go to a folder with annotations/")
    from communique.findings import findings

    known = documents(texts)
    found = [incident for path in paths for incident in findings(path, known, standard=standard)]
    if found:
        raise DataError(found)
    click.echo(f"{len(paths)} file{'s' if len(paths) > 1 else ''} checked, no findings")


def _exports() -> list[str]:
    return [str(p) for p in sorted(Path("annotations").glob("*/")) if any(p.glob("*.json"))]


def _expand(path: str) -> list[str]:
    return [str(p) for p in sorted(Path(path).glob("*.json"))] if path != "-" and Path(path).is_dir() else [path]
