"""What becomes of a file of another tool's format: rows of annotations, and all that they cannot hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from communique.incident import Incident, cut
from communique.io.jsonl import Row
from communique.model import Annotation


@dataclass(frozen=True, slots=True)
class Left:
    """An item that the other side cannot hold, and that is not in what was written.

    ``place`` says where it stands (``file:line``, or ``document#item``), ``what`` what it is, ``why`` why it is left out.
    """

    place: str
    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.place}: {cut(self.what, 120)} left out: {self.why}"


@dataclass(frozen=True, slots=True)
class Converted:
    """A file, read.

    ``rows`` has one row per document, each with its place and its text. ``items`` is how many items the file holds: the spans,
    arguments, relations, clusters and whatever else of it says something of a text. Each is in a row or in ``left``: that is
    checked where the file is converted, see `size`. ``faults`` are what keeps the file from being converted. ``notes`` say what
    the reader took for granted.
    """

    rows: tuple[Row, ...]
    items: int
    left: tuple[Left, ...] = ()
    faults: tuple[Incident, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """Annotations in another tool's format: the bytes of each file by its name; one file called "" where there is but one."""

    files: dict[str, bytes]
    left: tuple[Left, ...] = ()


def size(annotations: Iterable[Annotation]) -> int:
    """How many items annotations hold: mentions, entities, events, their arguments, instances, relations, event relations."""
    return sum(
        len(a.mentions) + len(a.entities) + len(a.events) + sum(len(e.arguments) for e in a.events)
        + len(a.instances) + len(a.relations) + len(a.event_relations)
        for a in annotations
    )
