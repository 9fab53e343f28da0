"""Prodigy's JSON Lines, as ``prodigy db-out`` prints them: spans, relations (documented form; Prodigy is not free to run).

Read are the records whose ``answer`` is ``accept``, or that have none: ``spans`` are mentions, ``relations`` lead from the span
at ``head`` to that at ``child``. Listed as left: every item of a record, and every span, whose ``answer`` is ``reject`` or
``ignore``; spans and relations without a label; relations whose end is no labelled span; choices (``accept``), a ``label`` of
the whole text, ``user_input``. Not items are hashes, times, names of sessions, ``tokens``. Of a span, ``source``, ``pattern``
and the like go to ``meta``.

Offsets: ``start`` and ``end`` count code points, half-open; ``token_start`` and ``token_end`` count ``tokens``, and the end is
inclusive. Where a record has both, they have to agree; where a span has tokens alone, they are what is read.

A text that was asked about in several records, as the interfaces with yes and no do, has one row with the spans of all. Where
several annotators did the same text, ``--group`` says whose is read (``_annotator_id``, or ``_session_id``). The document is
that of ``doc_id``, of ``meta.doc_id``, or of the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from communique.formats.converted import Converted, Left
from communique.formats.documents import record_document
from communique.formats.fields import Fields, fields
from communique.formats.records import missing, records, wrong
from communique.formats.source import Options, Source, Texts
from communique.incident import Incident, shown
from communique.io.jsonl import Row
from communique.model import Document, Mention, Relation, Span
from communique.wording import counted, first_ten

_ANSWERS: Final = ("accept", "reject", "ignore")
_WHOLE: Final = ("label", "user_input")
_OF_SPAN: Final = ("start", "end", "token_start", "token_end", "label", "text", "score", "answer", "type", "id", "color")
_BINARY: Final = ("ner", "spans", "classification", "dep", "relations_binary")
_WHY: Final = {
    "reject": "it was rejected, which does not say what is right",
    "ignore": "it was ignored",
    "whole": "it is of the whole text",
    "label": "it has no label",
    "end": "one of its ends is no labelled span",
    "hangs": "it hangs on a span that is left out",
}


@dataclass(slots=True)
class _Record:
    """An accepted record. ``by`` is its annotator, None if it does not say; ``binary``: it asks for yes or no."""

    place: str
    document: Document
    by: str | None
    binary: bool
    mentions: list[Mention] = field(default_factory=list)
    relations: list[tuple[str, int, int]] = field(default_factory=list)  # label, head, tail: numbers of mentions


def read(source: Source, texts: Texts, options: Options) -> Converted:
    faults: list[Incident] = []
    left: list[Left] = []
    held: list[_Record] = []
    items = related = others = 0
    answers = dict.fromkeys(_ANSWERS, 0)
    seen: set[str] = set()
    made: dict[str, Document] = {}
    for place, record in records(source, faults):
        if not isinstance(record, dict):
            faults.append(wrong(place, "$", record, "an object"))
            continue
        # Of every record, read or not: they may be in the order of the texts.
        document = record_document(source, texts, place, record, faults, doc_id=_doc_id(record), made=made)
        by = _by(place, record, faults)
        seen.add(by or "")
        if options.group is not None and by != options.group:
            others += 1
            continue
        items += _count(record)
        answer = record.get("answer", "accept")
        if answer not in _ANSWERS:
            faults.append(wrong(place, "$.answer", answer, "accept, reject or ignore"))
            continue
        answers[answer] += 1
        if answer != "accept":
            left += _rejected(place, record, _WHY[answer])
            continue
        if document is None:
            continue
        related |= "relations" in record
        binary = record.get("_is_binary") is True or record.get("_view_id") in _BINARY
        one = _Record(place, document, by, binary)
        _Reading(one, record, faults, left).read()
        held.append(one)
    if options.group is not None and options.group not in seen:
        names = first_ten(sorted(seen - {""})) or "nobody named"
        raise ValueError(f"{source.name} has no record by {options.group!r}, but by {names}")
    layers = ("mentions", "relations") if related else ("mentions",)
    rows = [_row(texts, group, layers) for group in _grouped(held, faults)]
    return Converted(tuple(rows), items, tuple(left), tuple(faults), tuple(_notes(answers, others, options.group)))


def _by(place: str, record: Mapping[str, Any], faults: list[Incident]) -> str | None:
    for key in ("_annotator_id", "_session_id"):
        value = record.get(key)
        if isinstance(value, str):
            return value
        if value is not None:
            faults.append(wrong(place, f"$.{key}", value, "a string"))
    return None


def _doc_id(record: Mapping[str, Any]) -> str | None:
    meta = record.get("meta")
    found = record.get("doc_id", meta.get("doc_id") if isinstance(meta, dict) else None)
    return found if isinstance(found, str) else None


def _count(record: Mapping[str, Any]) -> int:
    """How many things a record says of its text."""
    lists = sum(len(record[key]) for key in ("spans", "relations", "accept") if isinstance(record.get(key), list))
    return lists + sum(bool(isinstance(record.get(key), str) and record[key]) for key in _WHOLE)


def _rejected(place: str, record: Mapping[str, Any], why: str) -> Iterator[Left]:
    """Every item of a record, of whatever shape: it is not read."""
    for key in ("spans", "relations", "accept"):
        for n, raw in enumerate(record[key] if isinstance(record.get(key), list) else []):
            what = raw.get("label") if isinstance(raw, dict) else raw
            yield Left(f"{place}: $.{key}[{n}]", f"{key[:-1]} {shown(what)}" if key != "accept" else shown(what), why)
    yield from _of_whole(place, record, why)


def _of_whole(place: str, record: Mapping[str, Any], why: str) -> Iterator[Left]:
    for key in _WHOLE:
        if isinstance(record.get(key), str) and record[key]:
            yield Left(f"{place}: $.{key}", shown(record[key]), why)


@dataclass
class _Reading:
    """The work on one accepted record; ``known`` are its spans with their labels, None where one is left out."""

    one: _Record
    record: Mapping[str, Any]
    faults: list[Incident]
    left: list[Left]
    known: list[tuple[Span, str | None, int | None]] = field(default_factory=list)

    def read(self) -> None:
        for n, raw in enumerate(self.listed("spans")):
            if (given := fields(self.one.place, f"$.spans[{n}]", raw, self.faults)) is not None:
                self.mention(given)
        for n, raw in enumerate(self.listed("relations")):
            if (given := fields(self.one.place, f"$.relations[{n}]", raw, self.faults)) is not None:
                self.relation(given)
        for n, raw in enumerate(self.listed("accept")):
            self.left.append(Left(f"{self.one.place}: $.accept[{n}]", shown(raw), _WHY["whole"]))
        self.left += _of_whole(self.one.place, self.record, _WHY["whole"])

    def listed(self, key: str) -> list[Any]:
        given = self.record.get(key)
        if given is None or isinstance(given, list):
            return given or []
        self.faults.append(wrong(self.one.place, f"$.{key}", given, "a list"))
        return []

    def leave(self, given: Fields, what: str, why: str) -> None:
        label = given.given.get("label")
        self.left.append(Left(f"{given.place}: {given.path}", f"{what} {shown(label)}" if label else what, _WHY[why]))

    def mention(self, given: Fields) -> None:
        before = len(self.faults)
        label = given.given.get("label")
        if label is not None and not isinstance(label, str):
            self.faults.append(wrong(given.place, f"{given.path}.label", label, "a string"))
        answer = given.given.get("answer", "accept")
        if answer not in _ANSWERS:
            self.faults.append(wrong(given.place, f"{given.path}.answer", answer, "accept, reject or ignore"))
        score = given.score() if given.given.get("score") is not None else None
        span = self.span(given, given.optional("text"))
        if span is None or len(self.faults) > before:
            return
        number = None
        if answer != "accept" or not label:
            self.leave(given, "span", "label" if answer == "accept" else answer)
        else:
            number = len(self.one.mentions)
            meta = given.rest(*_OF_SPAN)
            self.one.mentions.append(Mention("", span, label, score=score, meta=meta))
        self.known.append((span, label, number))

    def span(self, given: Fields, words: str | None = None) -> Span | None:
        """The span of characters and tokens, which have to agree."""
        text = self.one.document.text
        tokens = self.tokens(given) if "token_start" in given.given or "token_end" in given.given else None
        if "start" not in given.given and "end" not in given.given and tokens is not None:
            return given.within(*tokens, text, words)
        span = given.span(text, words)
        if span is not None and tokens is not None and (span.start, span.end) != tokens:
            start, end = given.given["token_start"], given.given["token_end"]
            message = (
                f"start and end say {span}, {shown(span.of(text))}, but token_start {start} and token_end {end} (inclusive) "
                f"say [{tokens[0]}, {tokens[1]}), {shown(text[tokens[0] : tokens[1]])}"
            )
            self.faults.append(Incident("offsets-differ", f"{given.place}: {given.path}", message, "leave out what is wrong"))
            return None
        return span

    def tokens(self, given: Fields) -> tuple[int, int] | None:
        """The characters of the tokens of a span; None if the record lists no tokens."""
        held = self.record.get("tokens")
        if held is None:
            if "start" not in given.given:
                self.faults.append(missing(given.place, "$", "tokens", "give the tokens, or start and end of each span"))
            return None
        first, last = given.offset("token_start"), given.offset("token_end")
        if first is None or last is None:
            return None
        ends = [self.token(given, n, key) for n, key in ((first, "start"), (last, "end"))]
        return None if ends[0] is None or ends[1] is None else (ends[0], ends[1])

    def token(self, given: Fields, n: int, key: str) -> int | None:
        held = self.record.get("tokens")
        if not isinstance(held, list):
            self.faults.append(wrong(given.place, "$.tokens", held, "a list"))
            return None
        if not 0 <= n < len(held):
            message = f"there is no token {n}: the record has {len(held)}"
            hint = "tokens are counted from 0, and token_end is inclusive"
            self.faults.append(Incident("span-outside-text", f"{given.place}: {given.path}", message, hint))
            return None
        token = fields(given.place, f"$.tokens[{n}]", held[n], self.faults)
        return None if token is None else token.offset(key)

    def relation(self, given: Fields) -> None:
        label = given.given.get("label")
        if label is not None and not isinstance(label, str):
            self.faults.append(wrong(given.place, f"{given.path}.label", label, "a string"))
            return
        before = len(self.faults)
        ends = [self.end(given, key) for key in ("head", "child")]
        if len(self.faults) > before:
            return
        if not label:
            self.leave(given, "relation", "label")
        elif None in ends:
            self.leave(given, "relation", "end")
        else:
            head, tail = (number for end in ends if end is not None for number in end)
            if head is None or tail is None:
                self.leave(given, "relation", "hangs")
            else:
                self.one.relations.append((label, head, tail))

    def end(self, given: Fields, key: str) -> tuple[int | None] | None:
        """The number of the mention at an end; ``(None,)`` if it is left out, None if there is no such span.

        ``head_span`` and ``child_span`` are the spans themselves, ``head`` and ``child`` a token of each.
        """
        token = given.offset(key)
        if token is None:
            return None
        raw = given.given.get(f"{key}_span")
        if raw is None:
            at = self.token(given, token, "start") if "tokens" in self.record else token
            around = [one for one in self.known if at is not None and one[0].start <= at < one[0].end]
            if "tokens" not in self.record:
                self.faults.append(missing(given.place, "$", "tokens", f"give the tokens, or {key}_span"))
            # Of spans that nest, the smallest: the token is the last of the span that was clicked.
            return (min(around, key=lambda one: one[0].end - one[0].start)[2],) if around else None
        inner = fields(given.place, f"{given.path}.{key}_span", raw, self.faults)
        span = None if inner is None else self.span(inner)
        if inner is None or span is None:
            return None
        first, last = (inner.given.get(k) for k in ("token_start", "token_end"))
        if type(first) is int and type(last) is int and not first <= token <= last:
            message = f"{key} is token {token}, but {key}_span has the tokens {first} to {last}"
            self.faults.append(Incident("offsets-differ", f"{given.place}: {given.path}", message, "leave out what is wrong"))
            return None
        same = [one for one in self.known if one[0] == span]
        labelled = [one for one in same if one[1] == inner.given.get("label")] or same
        return (labelled[0][2],) if labelled else None


def _grouped(held: Iterable[_Record], faults: list[Incident]) -> list[list[_Record]]:
    """The records of each row: those of one document, if they ask for yes or no, else every one."""
    by_document: dict[str, list[_Record]] = {}
    for one in held:
        by_document.setdefault(one.document.doc_id, []).append(one)
    groups: list[list[_Record]] = []
    for doc_id, ones in by_document.items():
        names = sorted({one.by or "nobody" for one in ones})
        if len(names) > 1:
            message = f"{shown(doc_id)} was annotated by {first_ten(names)}"
            faults.append(Incident("several-annotations", ones[-1].place, message, "say whose is meant with --group"))
        elif all(one.binary for one in ones):
            groups.append(ones)
        else:
            groups += [[one] for one in ones]
    return groups


def _row(texts: Texts, group: Sequence[_Record], layers: Sequence[str]) -> Row:
    mentions: list[Mention] = []
    relations: list[Relation] = []
    for one in group:
        ids = [f"m{len(mentions) + n}" for n in range(1, len(one.mentions) + 1)]
        mentions += (Mention(i, m.span, m.type, score=m.score, meta=m.meta) for i, m in zip(ids, one.mentions, strict=True))
        first = len(relations) + 1
        relations += (Relation(f"r{n}", label, ids[h], ids[t]) for n, (label, h, t) in enumerate(one.relations, first))
    return texts.row(group[0].place, group[0].document, layers, mentions=mentions, relations=relations)


def _notes(answers: Mapping[str, int], others: int, group: str | None) -> Iterator[str]:
    for answer in ("reject", "ignore"):
        if answers[answer]:
            yield f"{counted(answers[answer], 'record')} with the answer {answer} {_were(answers[answer])} not read"
    if others:
        yield f"{counted(others, 'record')} not by {group} {_were(others)} not read"


def _were(n: int) -> str:
    return "was" if n == 1 else "were"
