"""JSON as language models write it: the rows of ``predictions.jsonl`` with quotes in place of offsets, in whatever words.

A record is a row, ``{"doc_id", "mentions": […], "events": […], …}``, or holds one as text, under ``answer``, ``content``,
``response``, ``output`` or as a chat completion (``choices``). A row in a fence (```` ```json ````), or with words round it, is
found. Beside the names of our format those in `_NAMES` are read, and

- ``entities`` that have no ``mentions`` are mentions;
- the trigger of an event may stand under ``trigger``; ``arguments`` may be an object from role to filler, or fillers;
- fillers, heads, tails and members of clusters may be quotes, and a quote may be a string: see `communique.formats.placing`.

A key of an item that means nothing goes to its ``meta``, a number for an id becomes a string. All else is as strict as in our
own format.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final, get_args

from communique.formats.converted import Converted, size
from communique.formats.placing import Placed, place_quotes
from communique.formats.records import records, wrong
from communique.formats.source import Options, Source, Texts
from communique.incident import DataError, Incident, shown
from communique.io.jsonl import ROW_KEYS, parse_values
from communique.io.jsonl_decode import decode
from communique.io.wire import ITEMS, WireArgument, WireMention
from communique.model import Status
from communique.wording import counted

_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("words", "surface", "span"),
    "type": ("label", "category", "entity_type", "event_type", "relation", "relation_type", "predicate"),
    "head": ("subject", "source", "from", "arg1"),
    "tail": ("object", "target", "to", "arg2"),
    "mention": ("filler", "entity", "argument"),
    "score": ("confidence", "probability"),
    "arguments": ("args", "participants"),
}
"""Other names of our keys, which are read where ours is not there."""

_ANSWERS: Final = ("answer", "content", "response", "output")
_FENCE: Final = re.compile(r"```[\w-]*[ \t]*\n(.*?)(?:\n[ \t]*```|\Z)", re.DOTALL)
_IDS: Final = ("id", "mention", "head", "tail")


def read(source: Source, texts: Texts, options: Options) -> Converted:
    """Read a file. How each quote was found stands in its span (`communique.model.Quote`), and what was not, in the notes."""
    faults: list[Incident] = []
    values: list[tuple[str, Any]] = []
    placed: list[tuple[str, Placed]] = []
    ignored: Counter[str] = Counter()
    for place, record in _rows(source, faults):
        heading = {key: value for key in ("doc_id", "text") if isinstance(value := record.get(key), str)}
        try:
            document = texts.of(place, **heading, name=Path(source.name).stem)
        except DataError as fault:
            faults += fault.incidents
            continue
        ignored.update(key for key in record if key not in ROW_KEYS)
        row, found, wrongs = place_quotes(place, _renamed(record), document)
        row |= {"doc_id": document.doc_id, "text_sha256": record.get("text_sha256", document.text_sha256)}
        if document.doc_id not in texts.known:
            row["text"] = document.text
        values.append((place, row))
        placed += ((place, p) for p in found)
        faults += wrongs
    rows, found_faults = parse_values(values)
    notes = [f"the key {shown(key)} of {counted(n, 'record')} is not read" for key, n in sorted(ignored.items())]
    kept = size(row.annotation for row in rows)
    return Converted(rows, kept, faults=(*faults, *found_faults), notes=(*notes, *_notes(placed)))


def _notes(placed: Iterable[tuple[str, Placed]]) -> Iterator[str]:
    """How the quotes were found, and each that was not, or not for certain."""
    held = list(placed)
    counts = Counter(p.aligned.status for _, p in held)
    if held:
        yield "quotes: " + ", ".join(f"{counts[status]} {status}" for status in get_args(Status) if counts[status])
    told = {
        "unaligned": "is nowhere in the text; it is kept without offsets, and counts as spurious",
        "ambiguous": "stands in several places, and nothing says which is meant",
    }
    for status, words in told.items():
        yield from (f"{place}: {p.path}: {shown(p.words)} {words}" for place, p in held if p.aligned.status == status)


def _rows(source: Source, faults: list[Incident]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row, with its place, taken out of the answer that holds it."""
    bare = source.text.lstrip()[:1] not in ("{", "[")
    given = [(source.name, {_ANSWERS[0]: source.text})] if bare else records(source, faults)
    for place, record in given:
        if not isinstance(record, dict):
            faults.append(wrong(place, "$", record, "an object", 'a row is {"doc_id": …, "mentions": […], …}'))
        elif (held := _answer(record)) is None:
            yield place, record
        else:
            path, answer = held
            inner, fault = _inside(f"{place}: $.{path}", answer)
            if isinstance(inner, dict):
                yield place, {**{key: record[key] for key in ("doc_id", "text_sha256") if key in record}, **inner}
            else:
                hint = "it may be cut off: ask again, with more tokens"
                faults.append(replace(fault, hint=hint) if fault else wrong(place, f"$.{path}", inner, "an object", hint))


def _answer(record: Mapping[str, Any]) -> tuple[str, str] | None:
    """The text in which a record holds its row, with its path; None if the record is the row."""
    match record:
        case {"choices": [{"message": {"content": str(text)}}, *_]}:
            return "choices[0].message.content", text
    if any(layer in record for layer in ITEMS):
        return None
    return next(((key, value) for key in _ANSWERS if isinstance(value := record.get(key), str)), None)


def _inside(place: str, answer: str) -> tuple[Any, Incident | None]:
    """The JSON in an answer: what stands in a fence, or from the first brace to the last."""
    if fenced := _FENCE.search(answer):
        answer = fenced[1]
    begin, end = answer.find("{"), answer.rfind("}")
    return decode(place, answer[begin : end + 1] if 0 <= begin < end else answer)


def _renamed(record: Mapping[str, Any]) -> dict[str, Any]:
    """The row under our names."""
    row = {key: record[key] for key in ("layers", *ITEMS) if key in record}
    entities = row.get("entities")
    bare = isinstance(entities, list) and entities and all(isinstance(e, dict) and "mentions" not in e for e in entities)
    if bare and isinstance(mentions := row.get("mentions", []), list):
        row["mentions"] = [*mentions, *row.pop("entities")]
    row = {key: [_item(key, item) for item in held] if isinstance(held, list) else held for key, held in row.items()}
    mentions = row.get("mentions")
    ids = [m.get("id") for m in mentions if isinstance(m, dict)] if isinstance(mentions, list) else []
    for holder, key in _references(row):
        if isinstance(holder[key], str) and holder[key] not in ids:
            holder[key] = {"text": holder[key]}
    return row


def _item(layer: str, given: Any) -> Any:
    """An item of a list under our names."""
    if layer == "mentions":
        given = _quote(given)
    if not isinstance(given, dict):
        return given
    item = dict(given)
    if layer == "events" and "trigger" in item:
        trigger = _quote(item.pop("trigger"))
        item = {**trigger, **item} if isinstance(trigger, dict) else {**item, "text": trigger}
    item = _named(item, ITEMS[layer])
    match item.get("arguments"):
        case dict(roles):
            pairs = [(role, f) for role, held in roles.items() for f in (held if isinstance(held, list) else [held])]
            item["arguments"] = [{"role": role, "mention": _identified(filler)} for role, filler in pairs]
        case list(arguments):
            item["arguments"] = [_argument(a) for a in arguments]
    for key in ("extent", *(("head", "tail") if layer == "relations" else ())):
        if key in item:
            item[key] = _span(item[key]) if isinstance(item[key], dict) or key == "extent" else item[key]
    for key in ("mentions", "events", "evidence"):
        if isinstance(held := item.get(key), list):
            item[key] = [_span(i) if isinstance(i, dict) or key == "evidence" else _identified(i) for i in held]
    return item


def _argument(given: Any) -> Any:
    """An argument whose filler stands in it, or beside its role, or under ``mention``."""
    if not isinstance(given, dict):
        return given
    if "mention" not in given and any(key in given for key in ("text", "quote", *_NAMES["text"])):
        quote = {key: value for key, value in given.items() if key not in ("role", "score", "meta")}
        given = {**{key: value for key, value in given.items() if key not in quote}, "mention": quote}
    argument = _named(given, WireArgument)
    if isinstance(argument.get("mention"), dict):
        argument["mention"] = _span(argument["mention"])
    return argument


def _span(given: Any) -> Any:
    """A quote that is no item of its own; what a mention could be besides is kept, for it may become one."""
    given = _quote(given)
    return _named(given, WireMention) if isinstance(given, dict) else given


def _quote(given: Any) -> Any:
    return {"text": given} if isinstance(given, str) else given


def _named(item: Mapping[str, Any], shape: type) -> dict[str, Any]:
    """An object under our names; what means nothing is in its ``meta``."""
    known = [f.name for f in fields(shape)]
    out = dict(item)
    for ours, others in _NAMES.items():
        if ours in known and ours not in out and (other := next((o for o in others if o in out and o not in known), None)):
            out[ours] = out.pop(other)
    if "text" not in out and isinstance(out.get("quote"), str):  # a string is no quote of our own format
        out["text"] = out.pop("quote")
    extra = {key: out.pop(key) for key in list(out) if key not in known}
    if extra:
        out["meta"] = {**extra, **meta} if isinstance(meta := out.get("meta"), dict) else extra
    return {key: _identified(value) if key in _IDS else value for key, value in out.items()}


def _identified(value: Any) -> Any:
    """An id; a number becomes a string."""
    return str(value) if type(value) is int else value


def _references(row: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Where ids of mentions stand, as the object or list that holds each, and its key there."""
    objects = {key: [i for i in held if isinstance(i, dict)] for key, held in row.items() if isinstance(held, list)}
    for event in objects.get("events", []):
        for argument in event.get("arguments", []) if isinstance(event.get("arguments"), list) else []:
            if isinstance(argument, dict) and "mention" in argument:
                yield argument, "mention"
    for relation in objects.get("relations", []):
        yield from ((relation, end) for end in ("head", "tail") if end in relation)
    for entity in objects.get("entities", []):
        members = entity.get("mentions")
        yield from ((members, n) for n in range(len(members) if isinstance(members, list) else 0))
