"""What a reader of another tool's format gets: the file, and what the user said of it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from communique.io.files import as_text, read_bytes


@dataclass(frozen=True)
class Source:
    """A file, a folder, or stdin; it is read once, and when it is needed.

    ``name`` stands for it in messages. ``path`` is None for stdin, whose bytes are ``given``.
    """

    name: str
    path: Path | None
    given: bytes | None = None

    @property
    def is_folder(self) -> bool:
        return self.path is not None and self.path.is_dir()

    @cached_property
    def content(self) -> bytes:
        """Its bytes.

        Raises:
            DataError: ``unreadable-file``.
        """
        return (self.given or b"") if self.path is None else read_bytes(self.path)

    @cached_property
    def text(self) -> str:
        """Its content as UTF-8, line ends untouched.

        Raises:
            DataError: as `communique.io.files.as_text` does.
        """
        return as_text(self.name, self.content)


def source_of(path: Path | str) -> Source:
    """The source of this path; ``-`` is stdin."""
    if str(path) == "-":
        return Source("<stdin>", None, sys.stdin.buffer.read())
    return Source(str(path), Path(path))


@dataclass(frozen=True, slots=True)
class Options:
    """What the user said of a file.

    ``scheme`` is that of its tags (BIO files). ``group`` names the one set to read where a file has several: of spans
    (spaCy), or of what one annotator or model said (Label Studio, Prodigy).
    """

    scheme: str | None = None
    group: str | None = None
