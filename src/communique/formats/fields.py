"""An item of another tool's record, asked for what it must have: offsets, words, label, score. Each fault has its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from communique.formats.records import missing, wrong
from communique.incident import Incident, shown
from communique.model import Span
from communique.offsets import code_points

NUMPY: Final = "a score is a number from 0 to 1; json.dumps(…, default=float) writes NumPy's as such"
_TEXTS: Final = "run the extractor on the texts of: communique texts"


@dataclass(frozen=True, slots=True)
class Fields:
    """An object of a record. ``place`` and ``path`` say where it stands; what is wrong with it goes to ``faults``."""

    place: str
    path: str
    given: Mapping[str, Any]
    faults: list[Incident]

    def string(self, key: str) -> str | None:
        """A string that has to be there, but may be empty; None if it is not there, which is a fault."""
        if key not in self.given:
            self.faults.append(missing(self.place, self.path, key))
            return None
        return self.optional(key)

    def optional(self, key: str) -> str | None:
        """A string that may be missing."""
        value = self.given.get(key)
        if key in self.given and not isinstance(value, str):
            self.faults.append(wrong(self.place, f"{self.path}.{key}", value, "a string"))
            return None
        return value

    def score(self, key: str = "score") -> float | None:
        """A number from 0 to 1 that may be missing."""
        if key not in self.given:
            return None
        value = self.given[key]
        if type(value) in (int, float) and 0 <= value <= 1:
            return float(value)
        self.faults.append(wrong(self.place, f"{self.path}.{key}", value, "a number from 0 to 1", NUMPY))
        return None

    def offset(self, key: str) -> int | None:
        """A whole number that has to be there."""
        if key not in self.given:
            self.faults.append(missing(self.place, self.path, key))
            return None
        value = self.given[key]
        if type(value) is not int:
            self.faults.append(wrong(self.place, f"{self.path}.{key}", value, "a whole number"))
            return None
        return value

    def span(self, text: str, words: str | None = None) -> Span | None:
        """The span from ``start`` to ``end``, exclusive, in code points; ``words``, if given, have to be those of the text."""
        start, end = self.offset("start"), self.offset("end")
        if start is None or end is None:
            return None
        return self.within(start, end, text, words)

    def within(self, start: int, end: int, text: str, words: str | None = None) -> Span | None:
        """The span of these offsets, if the text has it and the words are there."""
        fault: Incident | None = None
        at = f"{self.place}: {self.path}"
        if start < 0 or end > len(text):
            message = f"[{start}, {end}) runs past the text, which has {len(text)} code points"
            hint = counted_in(text, start, end, words) or "were offsets counted in bytes or UTF-16 units?"
            fault = Incident("span-outside-text", at, message, hint)
        elif start >= end:
            fault = Incident("empty-span", at, f"start {start} is not before end {end}", "end is exclusive")
        elif words is not None and text[start:end] != words:
            message = f"[{start}, {end}) of the text is {shown(text[start:end])}, not {shown(words)}"
            fault = Incident("text-differs", at, message, counted_in(text, start, end, words) or _TEXTS)
        if fault:
            self.faults.append(fault)
            return None
        return Span(start, end)

    def rest(self, *known: str) -> dict[str, Any] | None:
        """What else it has, to be kept as ``meta``; None if there is nothing."""
        return {key: value for key, value in self.given.items() if key not in known} or None


def fields(place: str, path: str, given: Any, faults: list[Incident]) -> Fields | None:
    """An item that has to be an object; None if it is not, which is a fault."""
    if isinstance(given, dict):
        return Fields(place, path, given, faults)
    faults.append(wrong(place, path, given, "an object"))
    return None


def from_utf16(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Offsets in UTF-16 units, in code points; None if they cannot be that."""
    try:
        return code_points(text, start), code_points(text, end)
    except ValueError:
        return None


def counted_in(text: str, start: int, end: int, words: str | None) -> str:
    """How offsets have been counted, if they give these words when they are counted so; else nothing.

    >>> counted_in("🎉 Ann met Bob", 3, 6, "Ann")
    'they fit in UTF-16 units: give offsets in code points'
    """
    for advice, (at, to) in _conventions(text, start, end):
        if words and 0 <= at < to and text[at:to] == words:
            return advice
    return ""


def _conventions(text: str, start: int, end: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """Ways of counting, in words, with the code points that they mean."""
    if not 0 <= start <= end:
        return
    raw = text.encode()
    at, to = (len(raw[:n].decode(errors="ignore")) for n in (start, end))
    yield "they fit in UTF-8 bytes: give offsets in code points", (at, to)
    if utf16 := from_utf16(text, start, end):
        yield "they fit in UTF-16 units: give offsets in code points", utf16
    yield "they fit if the end is inclusive: give the end exclusive", (start, end + 1)
    yield "they fit if they count from 1, the end inclusive: count from 0, the end exclusive", (start - 1, end)
    yield "they fit if they count from 1: count from 0", (start - 1, end - 1)
