"""From the articles as received to the texts that are annotated: verbatim slices, as ``seeds/seeds.toml`` lists them."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from communique.incident import DataError, Incident
from communique.io.files import read_text
from communique.model import ZONES, Document, Span, Zone
from communique.ontology import nearest
from communique.tokens import sentences, tokenize

SPLITS: Final = ("train", "validation", "test")

_REQUIRED: Final[dict[str, type]] = {
    "doc_id": str,
    "file": str,
    "sha256": str,
    "split": str,
    "story": str,
    "rights": str,
    "zones": dict,
    "text": dict,
}
_KNOWN: Final = _REQUIRED | {"url": str, "publisher": str, "date": str, "date_source": str, "dropped": list, "cut": dict}
_TYPE_NAMES: Final = {str: "a string", int: "an integer", dict: "a table", list: "a list"}
_NAME: Final = re.compile(r"\w[\w.-]*", re.ASCII)  # of a file, on any file system
_STATED: Final = ("story", "rights", "publisher", "date_source")
_DATE: Final = re.compile(r"\d{4}-\d\d(-\d\d)?", re.ASCII)
_URL: Final = re.compile(r"https?://[^\s/?#<>\"]+[^\s<>\"]*")
_LINE: Final = re.compile(r"[1-9]\d{0,8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Slice:
    """A stretch of one line of a seed file that is article text; offsets are in code points of the file.

    ``line_end`` is the place of the line feed (or the end of the file), which differs from the span's end if the line is cut.
    """

    span: Span
    line_end: int
    zone: str


@dataclass(frozen=True, slots=True)
class Source:
    """A document with where it came from. ``slices``, joined by line feeds, are its text, and match its zones one to one."""

    document: Document
    file: str
    split: str
    rights: str
    slices: tuple[Slice, ...]


@dataclass(frozen=True, slots=True)
class Seeds:
    """What ``seeds.toml`` says; ``version`` is the dataset's."""

    version: str
    sources: tuple[Source, ...]

    @property
    def documents(self) -> dict[str, Document]:
        """By doc_id, in the order of the file."""
        return {source.document.doc_id: source.document for source in self.sources}


def ingest(folder: Path | str) -> tuple[Document, ...]:
    """The documents of a project folder, in the order of its ``seeds/seeds.toml``; raises as `read_seeds` does."""
    return tuple(source.document for source in read_seeds(folder).sources)


def origin(source: Source, offset: int) -> tuple[str, int]:
    """Where the character at a text offset stands in the seeds: the file, and the offset in code points of the file.

    The line feed that joins two slices is the one that ends the first one's line.

    Raises:
        ValueError: unless ``0 <= offset < len(text)``.
    """
    document = source.document
    if not 0 <= offset < len(document.text):
        raise ValueError(f"{document.doc_id} has no character {offset}; its text has {len(document.text)} code points")
    number = bisect_right(document.zones, offset, key=lambda zone: zone.span.start) - 1
    zone, piece = document.zones[number], source.slices[number]
    within = offset < zone.span.end
    return source.file, piece.span.start + offset - zone.span.start if within else piece.line_end


def read_seeds(folder: Path | str) -> Seeds:
    """Read ``seeds/seeds.toml`` of a project folder and cut the texts out of the seed files.

    Raises:
        DataError: every fault that was found: a seed file that changed, a line that is in no list or in two, a text that is not
            the one described, a key that is unknown, missing or of the wrong type.
    """
    path = Path(folder) / "seeds" / "seeds.toml"
    name, toml = read_text(path)
    try:
        table = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as fault:
        raise DataError([Incident("not-toml", name, str(fault), "mend the syntax at this place")]) from fault
    faults = list(_top(table, name))
    entries: list[dict[str, Any]] = [] if faults else table["document"]
    sources = []
    for number, entry in enumerate(entries, start=1):
        place = f"{name}: {entry.get('doc_id', f'document {number}')}"
        try:
            sources.append(_source(entry, path.parent, place))
        except DataError as fault:
            faults += fault.incidents
    for key in ("doc_id", "file"):
        faults += _twice([value for entry in entries if isinstance(value := entry.get(key), str)], key, name)
    if faults:
        raise DataError(faults)
    return Seeds(table["dataset"]["version"], tuple(sources))


def _twice(values: Sequence[str], key: str, place: str) -> Iterator[Incident]:
    """Values that name the same file; some file systems do not tell apart what differs only in case."""
    spellings: dict[str, list[str]] = {}
    for value in values:
        spellings.setdefault(value.casefold(), []).append(value)
    for alike in spellings.values():
        if len(set(alike)) > 1:
            message = f"{key} {' and '.join(map(repr, alike))} differ only in case"
            yield Incident("duplicate-document", place, message, "rename one: they name files")
        elif len(alike) > 1:
            yield Incident("duplicate-document", place, f"{key} {alike[0]!r} stands {len(alike)} times", "keep one")


def _top(table: Mapping[str, Any], place: str) -> Iterator[Incident]:
    yield from _keys(table, {"dataset": dict, "document": list}, {"dataset": dict, "document": list}, place)
    if isinstance(dataset := table.get("dataset"), dict):
        yield from _keys(dataset, {"version": str}, {"version": str}, f"{place}: dataset")
        yield from _blank(dataset, ("version",), f"{place}: dataset")
    if isinstance(documents := table.get("document"), list) and not all(isinstance(d, dict) for d in documents):
        yield Incident("wrong-type", place, "document is not a list of tables", "write [[document]] before each document")


def _keys(table: Mapping[str, Any], known: Mapping[str, type], required: Mapping[str, type], place: str) -> Iterator[Incident]:
    for key, value in table.items():
        if key not in known:
            yield Incident("unknown-key", place, f"unknown key {key!r}", nearest(key, known))
        elif type(value) is not known[key]:
            message = f"{key} is {value!r}, which is not {_TYPE_NAMES[known[key]]}"
            yield Incident("wrong-type", place, message, "nothing is converted; write the value in its own type")
    for key in required:
        if key not in table:
            yield Incident("missing-key", place, f"the key {key} is missing", "add it")


def _blank(table: Mapping[str, Any], keys: Iterable[str], place: str) -> Iterator[Incident]:
    for key in keys:
        if isinstance(value := table.get(key), str) and not value.strip():
            yield Incident("empty-value", place, f"{key} is {value!r}", "say it, or leave the key out if it may be")


def _source(entry: Mapping[str, Any], seeds: Path, place: str) -> Source:
    """One ``[[document]]`` to its `Source`; raises DataError with all that is wrong with it, as far as one can see."""
    _refuse(_keys(entry, _KNOWN, _REQUIRED, place))
    _refuse(_values(entry, place))
    file = entry["file"]
    name, text = read_text(seeds / file)
    if (found := _sha256(text)) != entry["sha256"]:
        message = f"the file is not the one described: expected SHA-256 {entry['sha256'] or 'none'}, found {found}"
        raise DataError([Incident("changed-seed", name, message, "restore the file, or review the slices and state its hash")])
    slices = _slices(entry, text, place)
    document = _document(entry, text, slices)
    _refuse(_described(entry["text"], document.text, place))
    return Source(document, file, entry["split"], entry["rights"], slices)


def _refuse(faults: Iterable[Incident]) -> None:
    if found := tuple(faults):
        raise DataError(found)


def _values(entry: Mapping[str, Any], place: str) -> Iterator[Incident]:
    plain = "use letters, digits, full stops and hyphens"
    if not _NAME.fullmatch(entry["doc_id"]):
        yield Incident("bad-doc-id", place, f"the doc_id {entry['doc_id']!r} cannot name a file", plain)
    if not _NAME.fullmatch(entry["file"]):
        message = f"{entry['file']!r} is not the bare name of a file"
        yield Incident("bad-file", place, message, f"put the file into seeds/, and {plain} in its name")
    yield from _blank(entry, _STATED, place)
    if "url" in entry and not _URL.fullmatch(entry["url"]):
        yield Incident("bad-url", place, f"url is {entry['url']!r}", "give the address of a page, https://… or http://…")
    if "date" in entry and not _is_date(entry["date"]):
        yield Incident("bad-date", place, f"date is {entry['date']!r}", "write a day, as 2023-06-19, or a month, as 2023-06")
    if entry["split"] not in SPLITS:
        yield Incident("unknown-split", place, f"unknown split {entry['split']!r}", nearest(entry["split"], SPLITS))
    for zone in entry["zones"]:
        if zone not in ZONES:
            yield Incident("unknown-zone", place, f"unknown zone {zone!r}", nearest(zone, ZONES))
    for key, numbers in (*entry["zones"].items(), ("dropped", entry.get("dropped", []))):
        if type(numbers) is not list or not all(type(n) is int for n in numbers):
            yield Incident("wrong-type", place, f"{key} is {numbers!r}", "give a list of line numbers")
    for line, ends in entry.get("cut", {}).items():
        where = f"{place}: cut.{line}"
        if not _LINE.fullmatch(line):
            yield Incident("no-such-line", where, f"{line!r} is no line number", "write it as cut.4, in plain digits")
        elif type(ends) is not dict:
            yield Incident("wrong-type", where, f"{ends!r} is no table", 'write cut.4.end = "…"')
        else:
            yield from _keys(ends, {"start": str, "end": str}, {}, where)
    text = {"length": int, "words": int, "sha256": str}
    yield from _keys(entry["text"], text, text, f"{place}: text")


def _is_date(value: str) -> bool:
    if not _DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value if len(value) > len("2023-06") else f"{value}-01")
    except ValueError:
        return False
    return True


def _slices(entry: Mapping[str, Any], text: str, place: str) -> tuple[Slice, ...]:
    lines = text.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    zone_of = {n: zone for zone, numbers in entry["zones"].items() for n in numbers}
    listed = Counter(n for numbers in (*entry["zones"].values(), entry.get("dropped", [])) for n in numbers)
    cut = {int(n): ends for n, ends in entry.get("cut", {}).items()}
    faults = [
        Incident("line-listed-twice", place, f"line {n} is listed {times} times", "a line is in one zone, or dropped")
        for n, times in listed.items()
        if times > 1
    ]
    for n in listed:
        if not 1 <= n <= len(lines) or not lines[n - 1].strip():
            message = f"line {n} is blank" if 1 <= n <= len(lines) else f"there is no line {n}; the file has {len(lines)}"
            faults.append(Incident("no-such-line", place, message, "lines count from 1"))
    for n, line in enumerate(lines, start=1):
        if line.strip() and n not in listed:
            faults.append(
                Incident("line-not-listed", place, f"line {n} is in no list: {line[:60]!r}", "give its zone, or drop it")
            )
    if not zone_of:
        faults.append(Incident("no-article-text", place, "no line is in a zone", "list the lines that are article text"))
    for n in cut:
        if n not in zone_of:
            faults.append(Incident("no-such-line", place, f"cut names line {n}, which is in no zone", "mend the number"))
    _refuse(faults)
    slices = []
    for n in sorted(zone_of):
        line, ends = lines[n - 1], cut.get(n, {})
        head, tail = ends.get("start", ""), ends.get("end", "")
        if line.startswith(head) and line.endswith(tail) and len(head) + len(tail) < len(line):
            span = Span(starts[n - 1] + len(head), starts[n - 1] + len(line) - len(tail))
            slices.append(Slice(span, starts[n - 1] + len(line), zone_of[n]))
        else:
            message = f"cut.{n} does not fit the line, which begins {line[:40]!r} and ends {line[-40:]!r}"
            faults.append(Incident("cut-not-found", place, message, "quote exactly what is to go, and leave something"))
    _refuse(faults)
    return tuple(slices)


def _document(entry: Mapping[str, Any], seed: str, slices: Sequence[Slice]) -> Document:
    pieces = [piece.span.of(seed) for piece in slices]
    text = "\n".join(pieces)
    starts = accumulate((len(piece) + 1 for piece in pieces), initial=0)
    headlines = [p for p, piece in zip(pieces, slices, strict=True) if piece.zone == "headline"]
    return Document(
        doc_id=entry["doc_id"],
        text=text,
        text_sha256=_sha256(text),
        sentences=sentences(text),
        tokens=tokenize(text),
        zones=tuple(
            Zone(Span(start, start + len(p)), piece.zone) for start, p, piece in zip(starts, pieces, slices, strict=False)
        ),
        story=entry["story"],
        title=" ".join(headlines) or None,
        url=entry.get("url"),
        publisher=entry.get("publisher"),
        date=entry.get("date"),
        date_source=entry.get("date_source"),
    )


def _described(expected: Mapping[str, Any], text: str, place: str) -> Iterator[Incident]:
    found = {"length": len(text), "words": len(text.split()), "sha256": _sha256(text)}
    if expected != found:
        stated = ", ".join(f"{key} = {json.dumps(value)}" for key, value in found.items())
        message = f"the slices give another text than the one described, {dict(expected)}"
        yield Incident("text-differs", place, message, f"mend the slices, or write text = {{ {stated} }}")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
