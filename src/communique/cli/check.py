"""``communique check``: everything that is wrong with annotations and predictions."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from communique.cli.documents import documents, ontology, texts_option
from communique.cli.options import ontology_of
from communique.cli.paths import stdin_once
from communique.incident import DataError, Incident


@click.command(name="check")
@click.argument("files", nargs=-1, type=click.Path(allow_dash=True))
@click.option(
    "--as", "standard", type=click.Choice(["annotation", "prediction"]),
    help="What to hold FILES to: an annotation (default for Label Studio exports and quotes) must keep to the whole schema, "
    "a prediction (default for offsets) be what communique score accepts.",
)
@texts_option
@click.option(
    "--ontology", "ontology_file", metavar="FILE", type=click.Path(),
    help='The schema to hold FILES to; "installed" is that of the installed corpus.',
)
def command(
    files: tuple[str, ...],
    standard: Literal["annotation", "prediction"] | None,
    texts: str | None,
    ontology_file: str | None,
) -> None:
    """Check FILES ("-" is stdin): predictions.jsonl, the format quotes, or Label Studio exports; a folder stands for its .json
    and .jsonl files. Without FILES, check every export under annotations/ of the current folder, and annotations/links.toml.

    Without --ontology, the schema is that of the current folder, guidelines/ontology.toml, or the installed one if the folder
    has none.

    Each finding has a place, what clashes, a hint and an id. The exit status is 1 if there are any.

    \b
    Example:
      communique check predictions.jsonl
    """
    stdin_once(**{f"FILES[{n}]": file for n, file in enumerate(files)}, texts=texts)
    if not (named := files or _exports()):
        raise click.UsageError("there is nothing to check here; name a file, or go to a folder with annotations/")
    from communique.findings import findings, link_findings
    from communique.io.files import files_of

    found: list[Incident] = []
    paths: list[str] = []
    for path in named:
        try:
            paths += map(str, files_of(path) if path != "-" else [path])
        except DataError as fault:
            found += fault.incidents
    known, admitted = documents(texts), ontology_of(ontology_file) or ontology()
    found += (incident for path in paths for incident in findings(path, known, standard=standard, ontology=admitted))
    if not files:
        found += link_findings(Path(), known, ontology=admitted)
    if found:
        raise DataError(found)
    click.echo(f"{len(paths)} file{'s' if len(paths) > 1 else ''} checked, no findings")


def _exports() -> list[str]:
    """The exports under annotations/; what lies in its audit/ are figures."""
    return [str(path) for path in sorted(Path("annotations").glob("*/*.json")) if path.parent.name != "audit"]
