"""Findings about data: what is wrong, where, and how to mend it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Incident:
    """One fault in a file or an annotation.

    ``id`` is a stable kebab-case name; ``place`` says where (``file:line: path`` or
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


def cut(text: str, limit: int = 60) -> str:
    """A text for a message, which must not grow with what it is about.

    >>> cut("abcdef", 3)
    'abc…'
    """
    return text if len(text) <= limit else f"{text[:limit]}…"


def shown(value: Any) -> str:
    """A value out of a JSON file for a message: a string in quotes, all else as JSON writes it, cut.

    >>> shown("5"), shown(True), shown(None)
    ("'5'", 'true', 'null')
    """
    if isinstance(value, str):
        return cut(repr(value[:61]))
    try:
        return cut(json.dumps(value, ensure_ascii=False))
    except (TypeError, ValueError, RecursionError):  # made by a program, not read from a file
        return f"a value of type {type(value).__name__}"
