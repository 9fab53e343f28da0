"""A ``result`` of Label Studio, of whatever labelling configuration, as mentions and relations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from communique.formats.converted import Left
from communique.formats.fields import Fields, counted_in, fields, from_utf16
from communique.formats.records import wrong
from communique.incident import Incident, shown
from communique.model import Mention, Relation, Span
from communique.ontology import nearest

_DIRECTIONS: Final = ("right", "left", "bi")
_TEXTS: Final = "was the annotation made on another version of the text?"


def labels_of(item: Mapping[str, Any]) -> list[Any] | None:
    """The labels of a region, which stand under the name of its type; None if the item is of no type that labels."""
    type_, value = item.get("type"), item.get("value")
    if not isinstance(type_, str) or not type_.endswith("labels") or not isinstance(value, dict):
        return None
    held = value.get(type_)
    return held if isinstance(held, list) else None


def count(result: Iterable[Any]) -> int:
    """How many things a result says: the labels of regions and of arrows (of one that leads both ways, twice), and all else."""
    items = 0
    for item in result:
        if not isinstance(item, dict):
            continue
        if item.get("type") == "relation":
            held = item.get("labels")
            ways = 2 if item.get("direction") == "bi" else 1
            items += ways * max(1, len(held) if isinstance(held, list) else 0)
        else:
            items += max(1, len(labels_of(item) or ()))
    return items


@dataclass(slots=True)
class Said:
    """What a result says of one text."""

    mentions: list[Mention] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    faults: list[Incident] = field(default_factory=list)
    utf16: int = 0
    """How many regions were found to be counted in UTF-16 units."""


@dataclass(frozen=True, slots=True)
class _Region:
    """A region as it is written, before it is known how its offsets are counted."""

    given: Fields
    id: str | None
    start: int
    end: int
    words: str | None
    labels: Sequence[str]
    score: float | None
    meta: dict[str, Any] | None


def said(
    place: str, items: Iterable[tuple[str, Any]], text: str, *, of: str | None = None, inner: str = ".value"
) -> Said:
    """Read the items of a result, each of which comes with its path in the record at ``place``.

    Args:
        of: the tag of the text; regions of others are left out. None: there is but one.
        inner: where the value of an item stands in it.
    """
    reading = _Reading(text, of, inner)
    arrows: list[Fields] = []
    for path, raw in items:
        given = fields(place, path, raw, reading.said.faults)
        if given is None:
            continue
        if given.given.get("type") == "relation":
            arrows.append(given)
        else:
            reading.take(given)
    reading.place_regions()
    for given in arrows:
        reading.arrow(given)
    return reading.said


@dataclass
class _Reading:
    """The work on one result. ``known`` are the ids of regions, with those of their mentions, None where one is left out."""

    text: str
    of: str | None
    inner: str
    said: Said = field(default_factory=Said)
    regions: list[_Region] = field(default_factory=list)
    known: dict[str, str | None] = field(default_factory=dict)
    broken: bool = False

    def leave(self, given: Fields, what: str, why: str, times: int = 1) -> None:
        self.said.left += [Left(f"{given.place}: {given.path}", what, why)] * times

    def take(self, given: Fields) -> None:
        """A region, or what is said of one or of the whole."""
        faults = len(self.said.faults)
        type_, id_ = given.string("type"), given.optional("id")
        value = fields(given.place, f"{given.path}{self.inner}", given.given.get("value"), self.said.faults)
        if type_ is None or value is None or len(self.said.faults) > faults:
            self.broken = True
            return
        if not type_.endswith("labels"):
            what = shown(value.given.get(type_, value.given.get("text")))
            why = "it is an attribute of a region" if "start" in value.given else "it is of the whole text"
            self.leave(given, f"{type_} {what}", why)
            return
        labels = labels_of(given.given)
        if labels is None and type_ in value.given:
            self.said.faults.append(wrong(value.place, f"{value.path}.{type_}", value.given[type_], "a list"))
        why = self.unread(type_, given, value)
        if why or not labels:
            for label in labels or [None]:
                self.leave(given, f"{type_} {shown(label)}" if labels else "a region", why or "it has no label")
            if id_ is not None:
                self.known.setdefault(id_, None)
            return
        self.region(given, value, labels, id_)

    def unread(self, type_: str, given: Fields, value: Fields) -> str:
        """Why a region cannot be read, if it cannot."""
        if type_ != "labels":
            return f"regions of {type_} are of no plain text"
        start = value.given.get("start")
        if "startOffset" in value.given or (isinstance(start, str) and start.startswith("/")):
            return "its offsets are of the parts of a page or a dialogue, not of one text"
        if self.of is not None and given.given.get("to_name") != self.of:
            return f"it is of {shown(given.given.get('to_name'))}, not of {shown(self.of)}"
        return ""

    def region(self, given: Fields, value: Fields, labels: Sequence[Any], id_: str | None) -> None:
        faults = len(self.said.faults)
        for n, label in enumerate(labels):
            if not isinstance(label, str) or not label:
                self.said.faults.append(wrong(value.place, f"{value.path}.labels[{n}]", label, "a non-empty string"))
        start, end, words = value.offset("start"), value.offset("end"), value.optional("text")
        score = given.score() if given.given.get("score") is not None else None
        if start is None or end is None or len(self.said.faults) > faults:
            self.broken = True
            return
        noted = given.given.get("meta")
        meta = {"meta": noted} if isinstance(noted, dict) and noted else None
        self.regions.append(_Region(given, id_, start, end, words, labels, score, meta))

    def place_regions(self) -> None:
        """All regions of a result are counted alike: in code points, unless their words say that it is UTF-16 units."""
        utf16 = not all(_fits(r, self.text, (r.start, r.end)) for r in self.regions) and all(
            _fits(r, self.text, from_utf16(self.text, r.start, r.end)) for r in self.regions
        )
        taken = {r.id for r in self.regions}
        for n, r in enumerate(self.regions, 1):
            places = from_utf16(self.text, r.start, r.end) if utf16 else (r.start, r.end)
            span = None if places is None else r.given.within(*places, self.text)
            if span is None or not _fits(r, self.text, (span.start, span.end)):
                if span is not None:
                    self.differ(r, span)
                self.broken = True
                continue
            self.said.utf16 += utf16
            for label_n, label in enumerate(r.labels, 1):
                # A region is the mention of its first label; of every other it is one more.
                own = r.id if r.id and label_n == 1 and r.id not in self.known else None
                id_ = own or _free(f"m{n}" if label_n == 1 else f"m{n}-{label_n}", taken)
                taken.add(id_)
                self.said.mentions.append(Mention(id_, span, label, score=r.score, meta=r.meta))
                if r.id and label_n == 1 and self.known.get(r.id) is None:
                    self.known[r.id] = id_

    def differ(self, r: _Region, span: Span) -> None:
        message = f"{span} of the text is {shown(span.of(self.text))}, not {shown(r.words)}"
        hint = counted_in(self.text, r.start, r.end, r.words) or _TEXTS
        at = f"{r.given.place}: {r.given.path}{self.inner}"
        self.said.faults.append(Incident("text-differs", at, message, hint))

    def arrow(self, given: Fields) -> None:
        faults = len(self.said.faults)
        head, tail = given.string("from_id"), given.string("to_id")
        direction, labels = given.given.get("direction", "right"), given.given.get("labels") or []
        if direction not in _DIRECTIONS:
            self.said.faults.append(wrong(given.place, f"{given.path}.direction", direction, "right, left or bi"))
        if not isinstance(labels, list) or not all(isinstance(label, str) and label for label in labels):
            self.said.faults.append(wrong(given.place, f"{given.path}.labels", labels, "a list of non-empty strings"))
        if head is None or tail is None or len(self.said.faults) > faults:
            return
        for key, id_ in (("from_id", head), ("to_id", tail)):
            if id_ not in self.known and not self.broken:
                message, hint = f"{shown(id_)} is the id of no region", nearest(id_, list(self.known))
                self.said.faults.append(Incident("dangling-id", f"{given.place}: {given.path}.{key}", message, hint))
        if not {head, tail} <= self.known.keys():
            return
        ends = (self.known[head], self.known[tail])
        ways = {"right": [ends], "left": [ends[::-1]], "bi": [ends, ends[::-1]]}[direction]
        for label in labels or [None]:
            for one, other in ways:
                if label is None:
                    self.leave(given, "an arrow", "it has no label")
                elif one is None or other is None:
                    self.leave(given, f"the relation {label}", "it hangs on a region that is left out")
                else:
                    self.said.relations.append(Relation(f"r{len(self.said.relations) + 1}", label, one, other))


def _free(id_: str, taken: set[str | None]) -> str:
    while id_ in taken:
        id_ += "x"
    return id_


def _fits(r: _Region, text: str, places: tuple[int, int] | None) -> bool:
    """Whether the region's words are there; of one without words, any place will do."""
    return r.words is None or (places is not None and _written(text[slice(*places)]) == _written(r.words))


def _written(words: str) -> str:
    """Words as the editor writes them: it turns each line break into a backslash and an n (the offsets stay right)."""
    return words.replace("\r", "\n").replace("\n", "\\n")
