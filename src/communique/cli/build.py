"""``communique build``: the dataset from its parts, or the proof that it is what a rebuild gives."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(name="build")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".")
@click.option("--check", is_flag=True, help="Write nothing; list the derived files that a rebuild would change, with status 1.")
def command(folder: Path, check: bool) -> None:
    """Build the dataset of a project FOLDER from its seeds/, annotations/ and guidelines/, and what its card says of how the
    gold came about: the agreement of the passes (pass-1 and pass-2, pilot-1 and pilot-2), the re-judging, the audit.

    A file that already says the same is left alone. A split without gold for all its documents is left out, with a note. If a
    build is interrupted, each file is the old one or the new one, and together they may not fit: build again.

    \b
    Example:
      communique build --check
    """
    from communique.build import build, differences, unfinished
    from communique.incident import DataError, Incident
    from communique.io.files import write_bytes

    built = build(folder)
    for note in unfinished(folder):
        click.echo(note, err=True)
    changes = differences(folder, built)
    if check:
        hint = "run `communique build`, and commit what it writes"
        if changes:
            raise DataError(
                Incident("not-as-built", str(folder / name), f"it {_SAID[how]}", hint) for name, how in changes.items()
            )
        click.echo(f"{len(built)} derived files are what a rebuild gives")
        return
    for name, how in changes.items():
        if how == "left over":
            (folder / name).unlink()
        else:
            write_bytes(folder / name, built[name])
        click.echo(f"{'removed' if how == 'left over' else 'wrote'} {name}")
    if not changes:
        click.echo(f"{len(built)} derived files are up to date")


_SAID = {"differs": "differs from a rebuild", "missing": "is missing", "left over": "is left over from an earlier build"}
