"""One record of Prodigy's: what it says of its text, by characters and by tokens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from communique.formats.converted import Left
from communique.formats.fields import Fields, fields
from communique.formats.records import listed_under, missing, wrong
from communique.incident import Incident, shown
from communique.model import Document, Mention, Span

ANSWERS: Final = ("accept", "reject", "ignore")
_WHOLE: Final = ("label", "user_input")
_OF_SPAN: Final = ("start", "end", "token_start", "token_end", "label", "text", "score", "answer", "type", "id", "color")
_WHY: Final = {
    "reject": "it was rejected, which does not say what is right",
    "ignore": "it was ignored",
    "whole": "it is of the whole text",
    "label": "it has no label",
    "end": "one of its ends is no labelled span",
    "hangs": "it hangs on a span that is left out",
}


@dataclass(slots=True)
class Accepted:
    """An accepted record. ``by`` is its annotator, None if it does not say; ``binary``: it asks for yes or no."""

    place: str
    document: Document
    by: str | None
    binary: bool
    mentions: list[Mention] = field(default_factory=list)
    relations: list[tuple[str, int, int]] = field(default_factory=list)  # label, head, tail: numbers of mentions


def count(record: Mapping[str, Any]) -> int:
    """How many things a record says of its text."""
    lists = sum(len(record[key]) for key in ("spans", "relations", "accept") if isinstance(record.get(key), list))
    return lists + sum(bool(isinstance(record.get(key), str) and record[key]) for key in _WHOLE)


def rejected(place: str, record: Mapping[str, Any], answer: str) -> Iterator[Left]:
    """Every item of a record with another answer than accept, of whatever shape: it is not read."""
    why = _WHY[answer]
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
class Reading:
    """The work on one accepted record; ``known`` are its spans with their labels, None where one is left out."""

    one: Accepted
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
        return listed_under(key, self.one.place, self.record, self.faults)

    def leave(self, given: Fields, what: str, why: str) -> None:
        label = given.given.get("label")
        self.left.append(Left(f"{given.place}: {given.path}", f"{what} {shown(label)}" if label else what, _WHY[why]))

    def mention(self, given: Fields) -> None:
        before = len(self.faults)
        label = given.given.get("label")
        if label is not None and not isinstance(label, str):
            self.faults.append(wrong(given.place, f"{given.path}.label", label, "a string"))
        answer = given.given.get("answer", "accept")
        if answer not in ANSWERS:
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
