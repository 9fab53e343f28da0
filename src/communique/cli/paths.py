"""What the files that a verb reads and writes must not be to each other."""

from __future__ import annotations

from pathlib import Path

import click


def stdin_once(**given: str | None) -> None:
    """Misuse if more than one argument is ``-``: what was read from stdin is gone. Keywords are the arguments' names."""
    if len(names := [name for name, path in given.items() if path == "-"]) > 1:
        raise click.UsageError(f"stdin can be read once: give {' or '.join(map(_flag, names))} as a file")


def not_onto_input(output: Path | str | None, option: str = "-o", /, **given: str | None) -> None:
    """Misuse if the output, of the option, is one of the files that are read, or would be in a folder that is not there.

    Keywords are the arguments' names.
    """
    if output is not None and not (folder := Path(output).parent).exists():
        raise click.UsageError(f"{option} {output}: there is no folder {folder}; make it, or name another file")
    for name, path in given.items():
        if output is not None and path not in (None, "-") and _same(Path(output), Path(path)):
            raise click.UsageError(f"{option} would write over {path}, which is {_flag(name)}; name another file")


def _same(output: Path, given: Path) -> bool:
    return output.is_file() and given.is_file() and output.samefile(given)


def _flag(name: str) -> str:
    return name if name.isupper() else f"--{name}"
