"""What GLiNER and GLiNER2 say of a text, on the way to a row: entities and relations, with offsets or as bare words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from communique.align import Quoted, align
from communique.formats.converted import Converted, Left
from communique.formats.documents import Texts
from communique.formats.fields import Fields
from communique.formats.placing import offsets, place_quotes, placed_notes
from communique.formats.records import wrong
from communique.incident import Incident, cut, shown
from communique.io.jsonl import parse_values
from communique.model import LAYERS, UNTYPED, Document

_END_UNKNOWN: Final = "{} is none of the entities, and has no type; convert the relations by themselves to keep it"


@dataclass
class Spotted:
    """What a record says of its document.

    Mentions and events are objects of our own format, with offsets or the ``text`` of a quote. So are heads, tails and
    fillers, which are references as well where they are strings; `rows_of` turns them into references. ``items`` counts what
    the record holds.
    """

    place: str
    document: Document
    faults: list[Incident]
    mentions: list[dict[str, Any]] = field(default_factory=list)
    relations: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    items: int = 0

    def spot(self, path: str, given: Any, score: str, *known: str) -> dict[str, Any] | None:
        """An object with the offsets, or else the words, of a finding, with its score, and with what else it has as ``meta``.

        A finding is a string, or an object with ``text``, and with ``start`` and ``end`` if they are known.
        """
        if not isinstance(given, str | dict):
            self.faults.append(wrong(self.place, path, given, "words, or an object with text"))
            return None
        item = Fields(self.place, path, given if isinstance(given, dict) else {"text": given}, self.faults)
        found: dict[str, Any] = {}
        words = item.string("text") if "text" in item.given or not {"start", "end"} & item.given.keys() else None
        if {"start", "end"} & item.given.keys():
            if (span := item.span(self.document.text, words)) is None:
                return None
            found |= {"start": span.start, "end": span.end}
        elif words:
            found["text"] = words
        else:
            if words == "":
                self.faults.append(Incident("empty-span", f"{self.place}: {path}", "the words are empty", "leave it out"))
            return None
        if (value := item.score(score)) is not None:
            found["score"] = value
        if meta := item.rest("text", "start", "end", score, *known):
            found["meta"] = meta
        return found

    def leave(self, path: str, what: str, why: str) -> None:
        self.left.append(Left(f"{self.place}: {path}", what, why))

    def words(self, found: Mapping[str, Any]) -> str:
        """The words of a finding, which may have been looked for and be nowhere."""
        if "text" in found or "quote" in found:
            return str(found.get("text") or found["quote"]["text"])
        return self.document.text[found["start"] : found["end"]]


def rows_of(held: Sequence[Spotted], layers: set[str], faults: list[Incident], texts: Texts, notes: Sequence[str]) -> Converted:
    """The rows of a file that claims these layers, which are mentions if it claims none."""
    claimed = [layer for layer in LAYERS if layer in (layers or {"mentions"})]
    if faults:
        return Converted((), 0, faults=tuple(faults))
    values, left, said, items = [], [], [], 0
    for one in held:
        statuses = _align(one, [*one.mentions, *(event for _, event in one.events)])
        row = _row(one, claimed)
        row, placed = place_quotes(row, one.document)
        said += [*statuses, *((one.place, p.words, p.aligned.status) for p in placed)]
        # What is added is an end or a filler that the record does not list.
        items += one.items + len(row["mentions"]) - len(one.mentions)
        left += one.left
        if one.document.doc_id not in texts.known:
            row["text"] = one.document.text
        values.append((one.place, row))
    rows, found = parse_values(values)
    return Converted(rows, items, tuple(left), (*faults, *found), (*notes, *placed_notes("words without offsets", said)))


def _row(one: Spotted, claimed: Sequence[str]) -> dict[str, Any]:
    """The row with offsets or references for all that has them."""
    row: dict[str, Any] = {"doc_id": one.document.doc_id, "text_sha256": one.document.text_sha256, "layers": claimed}
    mentions = [*one.mentions]
    for n, mention in enumerate(mentions, 1):
        mention.setdefault("id", f"m{n}")
    row["mentions"] = mentions
    by_place = {}
    for mention in reversed(mentions):
        by_place[mention.get("start"), mention.get("end"), mention["type"]] = mention["id"]
        by_place[mention.get("start"), mention.get("end"), None] = mention["id"]
    words = {one.words(m).casefold() for m in mentions}

    def end(given: Any) -> Any:
        """The id of the mention that an end is, or else the end, which is to be looked up; None if there is no such mention."""
        if isinstance(given, str):
            return given
        if "text" in given:
            known = "mentions" not in claimed or given["text"].casefold() in words
            return {"text": given["text"], "type": UNTYPED} if known else None
        place = (given["start"], given["end"], given.get("type"))
        if place not in by_place and "mentions" not in claimed:
            by_place[place] = f"m{len(mentions) + 1}"
            mentions.append({"type": UNTYPED, **given, "id": by_place[place]})
        return by_place.get(place)

    if "relations" in claimed:
        row["relations"] = []
    for path, relation in one.relations:
        ends = {key: end(relation[key]) for key in ("head", "tail")}
        if lost := [key for key, value in ends.items() if value is None]:
            named = [k if isinstance(k, str) else one.words(k) for k in (relation["head"], relation["tail"])]
            what = f"{relation['type']} ({cut(named[0])}, {cut(named[1])})"
            one.leave(path, what, _END_UNKNOWN.format(f"its {' and its '.join(lost)}"))
        else:
            row["relations"].append({**relation, **ends})
    if "events" in claimed:
        row["events"] = []
    for path, event in one.events:
        arguments = []
        for argument in event["arguments"]:
            if (mention := end(argument["mention"])) is None:
                what = f"{argument['role']} {shown(one.words(argument['mention']))}"
                one.leave(path, what, _END_UNKNOWN.format("the filler"))
            else:
                arguments.append({**argument, "mention": mention})
        row["events"].append({**event, "arguments": arguments})
    return row


def _align(one: Spotted, items: Sequence[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Give offsets to the items that are quotes; place, words and status of each.

    The same words are looked for once: these tools give them once for a label, however often they occur, and findings by their
    confidence. Two labels of the same words mean the same place.
    """
    quoted = [item for item in items if "text" in item]
    distinct = list(dict.fromkeys(item["text"] for item in quoted))
    found = align(one.document.text, one.document.sentences, [Quoted(words) for words in distinct])
    places = dict(zip(distinct, found, strict=True))
    for item in quoted:
        item |= offsets(words := item.pop("text"), places[words])
    return [(one.place, words, aligned.status) for words, aligned in places.items()]
