"""Lists of items, one for each text: the form in which pipelines give their findings, saved in one of several ways."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from communique.formats.records import records, wrong
from communique.formats.source import Source, Texts
from communique.incident import DataError, Incident, shown
from communique.model import Document
from communique.wording import counted

_PRINTED: Final = re.compile(r"\b(?:np\.)?float(?:16|32|64)\(|\b(?:array|tensor)\(|[\[{,]\s*'\w+'\s*:")
"""What Python prints and JSON has not."""

_DUMPS: Final = "this is what Python prints, no JSON: save json.dumps(result, default=float), one text a line"


@dataclass(frozen=True, slots=True)
class Listed:
    """What a file says of one text. ``path`` is where ``items`` stand in the record at ``place``."""

    place: str
    path: str
    items: Sequence[Any]
    record: Mapping[str, Any]


def read_records(source: Source, faults: list[Incident]) -> list[tuple[str, Any]]:
    """As `communique.formats.records.records`; of a file that Python printed, the fault says so."""
    found: list[Incident] = []
    held = list(records(source, found))
    if any(f.id == "invalid-json" for f in found) and _PRINTED.search(source.text):
        found = [replace(f, hint=_DUMPS) if f.id == "invalid-json" else f for f in found]
    faults += found
    return held


def listed(source: Source, faults: list[Incident], *keys: str) -> list[Listed]:
    """The lists of a file: a list for each text, on a line of its own or in one list; or one list, of the one text.

    A text's record may also be an object that has lists under ``keys``, the first of which is ``items`` here, beside
    ``doc_id`` or ``text``.
    """
    held = read_records(source, faults)
    if source.text.lstrip().startswith("[") and not any(isinstance(r, list) or _wraps(r, keys) for _, r in held):
        return [Listed(source.name, "$", [r for _, r in held], {})] if not faults else []
    found = []
    for place, record in held:
        if isinstance(record, list):
            found.append(Listed(place, "$", record, {}))
        elif not _wraps(record, keys):
            hint = f'a text\'s record is a list of items, or {{"doc_id": …, "{keys[0]}": […]}}'
            faults.append(wrong(place, "$", record, "a list", hint))
        elif other := [key for key in keys if not isinstance(record.get(key, []), list)]:
            faults += [wrong(place, f"$.{key}", record[key], "a list") for key in other]
        else:
            found.append(Listed(place, f"$.{keys[0]}", record.get(keys[0], []), record))
    return found


def document_of(texts: Texts, source: Source, place: str, record: Mapping[str, Any], faults: list[Incident]) -> Document | None:
    """The document that a record is of, by its ``doc_id`` or ``text``; None if it cannot be told, which is a fault."""
    named = {}
    for key in ("doc_id", "text"):
        if isinstance(value := record.get(key), str):
            named[key] = value
        elif key in record:
            faults.append(wrong(place, f"$.{key}", value, "a string"))
            return None
    try:
        return texts.of(place, **named, name=Path(source.name).stem)
    except DataError as fault:
        faults += fault.incidents
        return None


def unread(records: Iterable[Listed], *known: str) -> tuple[str, ...]:
    """A note for each other key of the records."""
    others = Counter(key for one in records for key in one.record if key not in known)
    return tuple(f"the key {shown(key)} of {counted(n, 'record')} is not read" for key, n in sorted(others.items()))


def _wraps(record: Any, keys: Sequence[str]) -> bool:
    return isinstance(record, dict) and any(key in record for key in keys)
