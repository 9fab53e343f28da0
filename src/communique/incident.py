"""Findings about data: what is wrong, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Incident:
    """One fault in a file or an annotation.

    ``id`` is a stable kebab-case name with a test case of the same name; ``place`` says where (``file:line: path`` or
    ``document#item``); ``message`` shows what clashes; ``hint`` says what to do.

    >>> print(Incident("empty-file", "p.jsonl", "the file is empty", "write one JSON object per document and line"))
    p.jsonl: the file is empty; write one JSON object per document and line [empty-file]
    """

    id: str
    place: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.place}: {self.message}{hint} [{self.id}]"


class DataError(ValueError):
    """Faulty data. ``incidents`` holds every fault that was found, in reading order; the message lists them, one a line."""

    def __init__(self, incidents: Iterable[Incident]) -> None:
        self.incidents = tuple(incidents)
        super().__init__("\n".join(map(str, self.incidents)))
