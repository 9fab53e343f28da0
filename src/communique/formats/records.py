"""JSON records: what most tools write, one on each line, or all in one list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from communique.formats.source import Source
from communique.incident import Incident, shown
from communique.io.jsonl_decode import decode, lines


def records(source: Source, faults: list[Incident]) -> Iterator[tuple[str, Any]]:
    """Every record with its place, ``file:line`` or, in a file that is one JSON value, ``file: $[n]``.

    A file is one record on each line, or one JSON list of records, or one record over several lines. That a line cannot be
    decoded goes to ``faults``.

    Raises:
        DataError: if the file cannot be read.
    """
    content = source.text
    first = next(line for line in content.split("\n") if line.strip())
    if content.lstrip().startswith("[") or ("\n" in content.strip() and decode(source.name, first)[1]):
        whole, fault = decode(source.name, content)
        if fault:
            # Lines are what most tools write; a list that is broken is better told as the list that it is.
            if content.lstrip().startswith("[") and decode(source.name, first)[1]:
                faults.append(fault)
                return
        elif isinstance(whole, list):
            yield from ((f"{source.name}: $[{n}]", record) for n, record in enumerate(whole))
            return
        else:
            yield f"{source.name}: $", whole
            return
    for number, value in lines(source.name, content, faults):
        yield f"{source.name}:{number}", value


def wrong(place: str, path: str, value: Any, wanted: str, hint: str = "") -> Incident:
    """The fault that a value of a record is not what it should be."""
    message = f"expected {wanted}, got {shown(value)}"
    return Incident("wrong-type", f"{place}: {path}" if path else place, message, hint or "nothing is converted; mend the file")


def missing(place: str, path: str, key: str, hint: str = "add it") -> Incident:
    """The fault that a key of a record is not there."""
    return Incident("missing-key", f"{place}: {path}", f"the key {key} is missing", hint)
