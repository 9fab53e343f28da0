"""JSON records: what most tools write, one on each line, or all in one list."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from communique.formats.source import Source
from communique.incident import Incident, shown
from communique.io.jsonl_decode import decode, lines
from communique.wording import counted

_PRINTED: Final = re.compile(r"\b(?:np\.)?float(?:16|32|64)\(|\b(?:array|tensor)\(|[\[{,]\s*'\w+'\s*:")
"""What Python prints and JSON has not."""

_DUMPS: Final = "this is what Python prints, no JSON: save json.dumps(result, default=float), one text a line"


def records(source: Source, faults: list[Incident]) -> Iterator[tuple[str, Any]]:
    """Every record with its place, ``file:line`` or, in a file that is one JSON value, ``file: $[n]``.

    A file is one record on each line, or one JSON list of records, or one record over several lines. That a line cannot be
    decoded goes to ``faults``; of a file that Python printed, the fault says so.

    Raises:
        DataError: if the file cannot be read.
    """
    yield from _records(source, faults)
    if any(f.id == "invalid-json" for f in faults) and _PRINTED.search(source.text):
        faults[:] = [replace(f, hint=_DUMPS) if f.id == "invalid-json" else f for f in faults]


def _records(source: Source, faults: list[Incident]) -> Iterator[tuple[str, Any]]:
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


def listed_under(key: str, place: str, record: Mapping[str, Any], faults: list[Incident]) -> list[Any]:
    """The list that a record has under a key, which may be null or missing where it is empty; anything else is a fault."""
    given = record.get(key)
    if given is None or isinstance(given, list):
        return given or []
    faults.append(wrong(place, f"$.{key}", given, "a list"))
    return []


def unread(records: Iterable[Mapping[str, Any]], *known: str) -> tuple[str, ...]:
    """A note for each other key of the records."""
    others = Counter(key for record in records for key in record if key not in known)
    return tuple(f"the key {shown(key)} of {counted(n, 'record')} is not read" for key, n in sorted(others.items()))


def wrong(place: str, path: str, value: Any, wanted: str, hint: str = "") -> Incident:
    """The fault that a value of a record is not what it should be."""
    message = f"expected {wanted}, got {shown(value)}"
    return Incident("wrong-type", f"{place}: {path}" if path else place, message, hint or "nothing is converted; mend the file")


def missing(place: str, path: str, key: str, hint: str = "add it") -> Incident:
    """The fault that a key of a record is not there."""
    return Incident("missing-key", f"{place}: {path}", f"the key {key} is missing", hint)
