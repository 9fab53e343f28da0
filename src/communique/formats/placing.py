"""Rows with quotes, to rows with offsets: every quote is looked for, none is refused.

A quote is ``{"text", "sentence", "occurrence", "context"}`` in place of ``start`` and ``end``, all but the text optional. In
our own format fillers, heads, tails and members of clusters are ids of mentions; here they may be quotes too. Such a quote
means the mention of its words that is nearest to the trigger, or to the other end; if none is listed, the words themselves
that are nearest, which are one more mention.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final, TypeAlias

from communique.align.alignment import Aligned, Quoted, align
from communique.align.quotes import occurrences
from communique.incident import shown
from communique.model import LAYERS, STATUSES, UNTYPED, Document

_QUOTE: Final = ("text", "sentence", "occurrence", "context")
_UNSURE: Final = {
    "unaligned": "is nowhere in the text; it is kept without offsets, and counts as spurious",
    "ambiguous": "is placed by guess: nothing says which of several places is meant, or it is not where it was said to be",
}
_PLACES: Final = 200  # of one end, of which the closest to the other are looked for
_Item: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Placed:
    """A quote: its path in the row, its words, and where it is in the text."""

    path: str
    words: str
    aligned: Aligned


def place_quotes(row: Mapping[str, Any], document: Document) -> tuple[dict[str, Any], tuple[Placed, ...]]:
    """A decoded row with offsets for quotes, and what became of each quote.

    What is of the wrong shape stays as it is, for `communique.io.jsonl.parse_row` to refuse. A mention that has to be added and
    says no type is `UNTYPED`. Where the row lists no mentions, it does not claim them.
    """
    placing = _Placing(document, deepcopy(dict(row)))
    placing.identify()
    # Each list by itself, for the order of its items tells which occurrence is meant.
    for layer in ("mentions", "events"):
        placing.find([(path, item, None) for path, item in placing.items(layer)])
    for path, mention in placing.items("mentions"):
        placing.find([(f"{path}.extent", x, _start(mention)) for x in [mention.get("extent")] if isinstance(x, dict)])
    for path, relation in placing.items("event_relations"):
        near = _start(placing.named("events", relation.get("head")))
        placing.find([(at, e, near) for at, e in _objects(f"{path}.evidence", relation.get("evidence"))])
    for path, entity in placing.items("entities"):
        placing.members(path, entity)
    for path, event in placing.items("events"):
        for at, argument in _objects(f"{path}.arguments", event.get("arguments")):
            placing.refer(at, argument, "mention", _start(event))
    for path, relation in placing.items("relations"):
        placing.ends(path, relation)
    return placing.whole(), tuple(placing.placed)


def offsets(words: str, aligned: Aligned) -> _Item:
    """What stands in a row in place of a quote: offsets, null if there are none, and how the words were found."""
    span = aligned.span
    quote = {"text": words, "status": aligned.status} | ({} if aligned.score is None else {"score": aligned.score})
    return {"start": span and span.start, "end": span and span.end, "quote": quote}


def statuses(given: Iterable[str]) -> str:
    """How many quotes have each status: ``3 exact, 1 fuzzy``."""
    counts = Counter(given)
    return ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])


def placed_notes(what: str, placed: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """How quotes, each with its place, words and status, were found, and each that was not, or not for certain."""
    held = list(placed)
    if held:
        yield f"{what}: {statuses(status for *_, status in held)}"
    for status, why in _UNSURE.items():
        yield from (f"{place}: {shown(words)} {why}" for place, words, of in held if of == status)


@dataclass
class _Placing:
    """The work on one row.

    ``added`` are the mentions that no list had; ``guessed`` the ids of those that are but a filler or an end, and whose words
    may stand elsewhere; ``said`` the ends of relations of each type; ``closest`` where words that are ends were taken to be.
    """

    document: Document
    row: _Item
    placed: list[Placed] = field(default_factory=list)
    added: list[_Item] = field(default_factory=list)
    guessed: set[str] = field(default_factory=set)
    said: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    closest: dict[tuple[str, str, str], set[tuple[int, int]]] = field(default_factory=dict)

    def items(self, layer: str) -> Iterator[tuple[str, _Item]]:
        return _objects(f"$.{layer}", self.row.get(layer))

    def named(self, layer: str, id_: Any) -> _Item | None:
        """The item of this id."""
        return next((item for _, item in self.items(layer) if isinstance(id_, str) and item.get("id") == id_), None)

    def identify(self) -> None:
        """Give an id to each mention that has none, so that it can be meant."""
        named = {item.get("id") for _, item in self.items("mentions")}
        free = (id_ for n in count(1) if (id_ := f"m{n}") not in named)
        for _, mention in self.items("mentions"):
            if mention.get("id") is None:
                mention["id"] = next(free)

    def find(self, standing: Sequence[tuple[str, _Item, int | None]]) -> None:
        """Give offsets to the objects of one list that are quotes; each comes with its path and a position to be near."""
        quoted = [(path, item, quote) for path, item, near in standing if (quote := _quote(item, near))]
        found = align(self.document.text, self.document.sentences, [quote for *_, quote in quoted])
        for (path, item, quote), aligned in zip(quoted, found, strict=True):
            self.placed.append(Placed(path, quote.text, aligned))
            for key in _QUOTE:
                item.pop(key, None)
            item |= offsets(quote.text, aligned)

    def refer(self, path: str, holder: _Item, key: str, near: int | None) -> None:
        """Put the id of a mention in the place of a quote; what is no quote stays."""
        if not isinstance(quote := holder.get(key), dict):
            return
        if like := self._like(quote):
            holder[key] = min(like, key=lambda m: abs((_start(m) or 0) - (near or 0)))["id"]
        else:
            self.find([(f"{path}.{key}", quote, near)])
            before = len(self.added)
            holder[key] = self._id(quote)
            if len(self.added) > before and len(occurrences(self.document.text, self._words(quote))) != 1:
                self.guessed.add(holder[key])

    def ends(self, path: str, relation: _Item) -> None:
        """The head and the tail of a relation: of mentions with the words of both, those that are nearest to each other. What
        is said again is said of the next nearest.
        """
        head, tail = relation.get("head"), relation.get("tail")
        pairs = [(h, t) for h in self._meant(head) for t in self._meant(tail) if h is not t]
        if pairs and (isinstance(head, dict) or isinstance(tail, dict)):
            said = self.said.setdefault(str(relation.get("type")), set())
            pair = min(pairs, key=lambda p: ((p[0]["id"], p[1]["id"]) in said, abs((_start(p[0]) or 0) - (_start(p[1]) or 0))))
            relation["head"], relation["tail"] = pair[0]["id"], pair[1]["id"]
            said.add((relation["head"], relation["tail"]))
            return
        near_head, near_tail = self._closest(str(relation.get("type")), head, tail)
        self.refer(path, relation, "head", near_head)
        self.refer(path, relation, "tail", near_tail)

    def _closest(self, type_: str, head: Any, tail: Any) -> tuple[int | None, int | None]:
        """Where the two ends are closest to each other, of which one or both are words that no list has; what is said again
        is where they are next closest.
        """
        heads, tails = self._places(head), self._places(tail)
        if not (heads and tails):
            return next(iter(tails), (None, 0))[0], next(iter(heads), (None, 0))[0]
        said = self.closest.setdefault((type_, shown(head), shown(tail)), set())
        pairs = [(h, t) for h in heads for t in tails if h != t and (h[0], t[0]) not in said] or [(heads[0], tails[0])]
        (near_head, _), (near_tail, _) = min(pairs, key=lambda p: (max(p[0][0] - p[1][1], p[1][0] - p[0][1], 0), p))
        said.add((near_head, near_tail))
        return near_head, near_tail

    def _places(self, end: Any) -> list[tuple[int, int]]:
        """Where an end may be: the mentions that it may mean, or, of bare words that no list has, where they stand."""
        if listed := self._meant(end):
            return [(start, start + len(self._words(m))) for m in listed if (start := _start(m)) is not None]
        if isinstance(end, dict) and isinstance(end.get("text"), str) and not any(key in end for key in _QUOTE[1:]):
            return [(s.start, s.end) for s in occurrences(self.document.text, end["text"])[:_PLACES]]
        return []

    def members(self, path: str, entity: _Item) -> None:
        """The members of a cluster: quotes of the same words are successive occurrences of them."""
        if not isinstance(held := entity.get("mentions"), list):
            return
        self.find([(at, quote, None) for at, quote in _objects(f"{path}.mentions", held)])
        for n, member in enumerate(held):
            if isinstance(member, dict):
                member.setdefault("type", entity.get("type"))
                held[n] = self._id(member)

    def whole(self) -> _Item:
        """The row with all its mentions. Where it listed none, it does not claim those that were added."""
        if self.added and "mentions" not in self.row:
            bare = not any("arguments" in event for _, event in self.items("events"))
            claimed = {*self.row, *(() if bare else ("arguments",))}
            self.row.setdefault("layers", [layer for layer in LAYERS if layer in claimed])
        if self.added and isinstance(listed := self.row.get("mentions", []), list):
            self.row["mentions"] = [*listed, *self.added]
        return self.row

    def _mentions(self) -> Iterator[_Item]:
        yield from (mention for _, mention in self.items("mentions"))
        yield from self.added

    def _meant(self, end: Any) -> list[_Item]:
        """The mentions that an end of a relation may mean."""
        return self._like(end) if isinstance(end, dict) else [m for m in self._mentions() if m.get("id") == end]

    def _like(self, quote: _Item) -> list[_Item]:
        """The mentions with the words of a quote that does not say where it stands: those that a list or a cluster has, and
        those that are nowhere. What another filler or end added says nothing of where this one is.
        """
        if not isinstance(words := quote.get("text"), str) or any(key in quote for key in _QUOTE[1:]):
            return []
        said = (m for m in self._mentions() if m.get("id") not in self.guessed or _start(m) is None)
        return [m for m in said if isinstance(m.get("id"), str) and self._words(m).casefold() == words.casefold()]

    def _words(self, mention: _Item) -> str:
        match mention:
            case {"quote": {"text": str(words)}}:
                return words
            case {"start": int(start), "end": int(end)}:
                return self.document.text[max(0, start) : max(0, end)]
        return ""

    def _id(self, quote: _Item) -> str:
        """The id of the mention of the span that was found, which is added if there is none."""
        where = (quote.get("start"), quote.get("end"))
        for mention in self._mentions() if where != (None, None) else ():
            if (mention.get("start"), mention.get("end")) == where and isinstance(mention.get("id"), str):
                return str(mention["id"])
        if not quote.get("type"):
            quote["type"] = UNTYPED
        taken = {m.get("id") for m in self._mentions()}
        quote["id"] = next(id_ for n in count(1) if (id_ := f"q{n}") not in taken)
        self.added.append(quote)
        return str(quote["id"])


def _objects(path: str, held: Any) -> Iterator[tuple[str, _Item]]:
    """The objects of a list, each with its path; nothing of what is no list."""
    return ((f"{path}[{n}]", item) for n, item in enumerate(held if isinstance(held, list) else []) if isinstance(item, dict))


def _quote(item: _Item, near: int | None) -> Quoted | None:
    """The quote that an object is; None if it has offsets, or a quote of the wrong shape, which stays to be refused.

    Offsets beside a quote are not trusted, for language models cannot count: they say where it should be near.
    """
    words, sentence, occurrence, context = (item.get(key) for key in _QUOTE)
    numbers = all(n is None or type(n) is int for n in (sentence, occurrence))
    if not isinstance(words, str) or not numbers or not isinstance(context, str | None) or "quote" in item:
        return None
    start = _start(item)
    return Quoted(words, sentence, occurrence, context, near if start is None else start)


def _start(item: _Item | None) -> int | None:
    start = item.get("start") if item else None
    return start if type(start) is int else None
