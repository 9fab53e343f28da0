"""What stands on the leaderboard: ``leaderboard/board.toml``, and a folder of predictions and scores for each entry."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from communique.incident import DataError, Incident, shown
from communique.io.files import read_text
from communique.ontology import nearest

FOLDER: Final = "leaderboard"

TABLES: Final = {
    "system": "Systems that saw none of the gold",
    "agreement": "Agreement: one of the two passes that the gold was made from, scored as if it were a system",
    "cross-validated": "Trained on the gold of the other stories, each left out in turn: not to be set beside the systems",
}
"""The tables of the board, with their headings. What is in one was not made as what is in another."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. ``name`` is that of its folder, ``table`` one of `TABLES`.

    ``what`` says what it is, ``command`` makes its predictions, from the top of a clone, with ``needs`` installed; ``versions``
    are those it was made with. ``note`` is what a reader of its figures has to know.
    """

    name: str
    table: str
    what: str
    command: str
    needs: str
    versions: str
    note: str = ""

    def predictions(self, folder: Path) -> Path:
        return folder / FOLDER / self.name / "predictions.jsonl"

    def scores(self, folder: Path) -> Path:
        return folder / FOLDER / self.name / "scores.json"


def read_entries(folder: Path) -> tuple[Entry, ...]:
    """The entries of a project folder, in the order of its ``board.toml``.

    Raises:
        DataError: every fault of the file, with its entry and key.
    """
    name, content = read_text(folder / FOLDER / "board.toml")
    try:
        held = tomllib.loads(content)
    except tomllib.TOMLDecodeError as fault:
        raise DataError([Incident("invalid-toml", name, str(fault), "mend the TOML")]) from fault
    if faults := list(_faults(name, held)):
        raise DataError(faults)
    return tuple(Entry(**table) for table in held.get("entry", []))


def _faults(name: str, held: Mapping[str, Any]) -> Iterator[Incident]:
    known = [f.name for f in fields(Entry)]
    for key in held.keys() - {"entry"}:
        yield Incident("unknown-key", name, f"unknown key {shown(key)}", "write [[entry]] tables")
    entries = held.get("entry", [])
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        yield Incident("wrong-type", name, "entry is no list of tables", "write [[entry]] tables")
        return
    seen: list[Any] = []
    for n, entry in enumerate(entries):
        place = f"{name}: entry[{n}]"
        for key, value in entry.items():
            if key not in known:
                yield Incident("unknown-key", place, f"unknown key {shown(key)}", nearest(key, known))
            elif not isinstance(value, str):
                yield Incident("wrong-type", f"{place}.{key}", f"expected a string, got {shown(value)}", "write it in quotes")
        for key in known:
            if key not in entry and key != "note":
                yield Incident("missing-key", place, f"the key {key} is missing", "add it")
        if entry.get("table") not in (None, *TABLES):
            hint = nearest(str(entry["table"]), TABLES)
            yield Incident("unknown-table", f"{place}.table", f"there is no table {shown(entry['table'])}", hint)
        if entry.get("name") in seen:
            yield Incident("duplicate-id", place, f"{shown(entry['name'])} is named twice", "give each entry a name of its own")
        seen.append(entry.get("name", object()))
