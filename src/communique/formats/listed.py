"""Lists of items, one for each text: the form in which pipelines give their findings, saved in one of several ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from communique.formats.records import records, wrong
from communique.formats.source import Source
from communique.incident import Incident


@dataclass(frozen=True, slots=True)
class Listed:
    """What a file says of one text. ``path`` is where ``items`` stand in the record at ``place``."""

    place: str
    path: str
    items: Sequence[Any]
    record: Mapping[str, Any]


def listed(source: Source, faults: list[Incident], *keys: str) -> list[Listed]:
    """The lists of a file: a list for each text, on a line of its own or in one list; or one list, of the one text.

    A text's record may also be an object that has lists under ``keys``, the first of which is ``items`` here, beside
    ``doc_id`` or ``text``.
    """
    held = list(records(source, faults))
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


def _wraps(record: Any, keys: Sequence[str]) -> bool:
    return isinstance(record, dict) and any(key in record for key in keys)
