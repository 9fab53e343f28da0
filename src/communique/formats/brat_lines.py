"""The lines of a brat ``.ann`` file, each by itself: what they say, before anything is made of it.

The form is that of brat's manual ("standoff format") and of its server's own parser: tabs between the id, what is said, and the
words or the note; single spaces within what is said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from communique.incident import Incident, shown


@dataclass(frozen=True, slots=True)
class Said:
    """What every line has. ``number`` is that of the line; ``id`` is ``*`` on what has none."""

    number: int
    id: str
    type: str


@dataclass(frozen=True, slots=True)
class TextBound(Said):
    """``T1 PER 0 3 Ann``. ``words`` are None where the line has none."""

    fragments: tuple[tuple[int, int], ...]
    words: str | None


@dataclass(frozen=True, slots=True)
class Event(Said):
    """``E1 CONSULT:T4 PARTICIPANT:T1 PARTICIPANT2:T3``."""

    trigger: str
    arguments: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Relation(Said):
    """``R1 AFFILIATION Arg1:T1 Arg2:T2``: the names of both ends, and what they are."""

    names: tuple[str, str]
    ends: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Equiv(Said):
    """``* Equiv T1 T3``."""

    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attribute(Said):
    """``A1 Realis E1 ACTUAL``, or without a value; ``M1 Negation E1`` in older files."""

    target: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Reference(Said):
    """``N1 Reference T1 Wikidata:Q42 Ann``."""

    target: str
    database: str
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Note(Said):
    """``#1 AnnotatorNotes T1 not sure``. ``target`` is None on a line that begins with # and is of no such form."""

    target: str | None
    text: str


Line = TextBound | Event | Relation | Equiv | Attribute | Reference | Note

_ID: Final = re.compile(r"[TERAMN][0-9]+[^\s:]*|#[A-Za-z]*[0-9]+\S*|\*")
# No file has a place of more than 15 digits, and int() refuses very long ones.
_FORMS: Final = {
    "T": (r"(\S+) ([0-9]{1,15} [0-9]{1,15}(?:;[0-9]{1,15} [0-9]{1,15})*) *", "T1<tab>TYPE START END<tab>words"),
    "E": (r"([^\s:]+):([^\s:]+)((?: +[^\s:]+:[^\s:]+)*) *", "E1<tab>TYPE:T1 ROLE:T2 ROLE:T3"),
    "R": (r"(\S+) +([^\s:]+):([^\s:]+) +([^\s:]+):([^\s:]+) *", "R1<tab>TYPE Arg1:T1 Arg2:T2"),
    "*": (r"(\S+)((?: +\S+)+) *", "*<tab>Equiv T1 T2"),
    "A": (r"(\S+) (\S+)(?: (.*))?", "A1<tab>NAME E1 VALUE"),
    "M": (r"(\S+) (\S+) *()", "M1<tab>NAME E1"),
    "N": (r"(\S+) (\S+) ([^\s:]+):(\S+) *", "N1<tab>Reference T1 Wikidata:Q42<tab>name"),
    "#": (r"(\S+) (\S+) *", "#1<tab>AnnotatorNotes T1<tab>note"),
}
_READ: Final = {kind: (re.compile(pattern), form) for kind, (pattern, form) in _FORMS.items()}
_WITH_MORE: Final = "TN#"
"""What may have a third column."""


def parse_lines(name: str, content: str) -> tuple[list[Line], list[Incident]]:
    """The lines of an ``.ann`` file, and every fault; ``name`` stands for it in messages. Blank lines say nothing."""
    lines: list[Line] = []
    faults: list[Incident] = []
    first: dict[str, int] = {}
    # Only \n ends a line: the words may hold the other characters that Python takes for line ends.
    for number, raw in enumerate(content.split("\n"), 1):
        bare = raw.removesuffix("\r")
        if not bare.strip():
            continue
        line = _line(number, bare)
        if isinstance(line, str):
            faults.append(Incident("malformed-line", f"{name}:{number}", f"{shown(bare)} is no line of brat's", line))
        elif line.id != "*" and (other := first.setdefault(line.id, number)) != number:
            message = f"{shown(line.id)} stands in line {other} already"
            faults.append(Incident("duplicate-id", f"{name}:{number}", message, "give each annotation an id of its own"))
        else:
            lines.append(line)
    return lines, faults


def _line(number: int, bare: str) -> Line | str:
    """A line, or what to do where it is none."""
    id_, *columns = bare.split("\t", 2)
    kind = bare[0]
    if kind not in _READ:
        return "a line begins with T, E, R, A, M, N, # or *"
    pattern, form = _READ[kind]
    found = pattern.fullmatch(columns[0]) if columns and _ID.fullmatch(id_) else None
    more = columns[1] if len(columns) > 1 else None
    if found is None and kind == "#":
        return Note(number, f"line {number}", "#", None, bare)
    if found is None or (more and more.strip() and kind not in _WITH_MORE):
        return f"write it {form}"
    type_, *said = found.groups()
    match kind:
        case "T":
            fragments = [tuple(map(int, f.split(" "))) for f in said[0].split(";")]
            return TextBound(number, id_, type_, tuple((a, b) for a, b in fragments), more or None)
        case "E":
            arguments = [a.partition(":") for a in said[1].split()]
            return Event(number, id_, type_, said[0], tuple((role, target) for role, _, target in arguments))
        case "R":
            if said[0] == said[2]:
                return f"both ends have one name; write it {form}"
            return Relation(number, id_, type_, (said[0], said[2]), (said[1], said[3]))
        case "*":
            return Equiv(number, id_, type_, tuple(said[0].split()))
        case "N":
            # brat doubles the tab each time that it saves the file.
            return Reference(number, id_, type_, said[0], said[1], said[2], (more or "").lstrip("\t"))
        case "#":
            return Note(number, id_, type_, said[0], more or "")
        case _:
            return Attribute(number, id_, type_, said[0], (said[1] or "").strip(" ") or None)
