"""Quoted strings, as language models write them without offsets, to spans of a text: the best guess, and how sure it is.

`communique.align.quotes` is the strict sibling: annotators quote exactly, or are refused.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from communique.align.folding import Place, fold
from communique.align.order import Reading, in_order
from communique.align.places import NOWHERE, Finder, Found
from communique.model import STATUSES, Span

_PLACES: Final = 250_000  # that all quotes of a text together are weighed at
_MOST: Final = 1000  # of one quote
_FEWEST: Final = 16
_CONTEXTS: Final = 50  # places of one context


@dataclass(frozen=True, slots=True)
class Quoted:
    """What was said of a stretch of text.

    Numbers that do not fit the text are data, not misuse: nothing here raises, see `align`.

    Args:
        text: the words, more or less as they stand in the text.
        sentence: the number of the sentence they are in, from 1.
        occurrence: which of the places with these words, from 1, within the sentence if one is given, else within the text.
        context: a longer quote that contains this one; it may itself be corrupted. An empty one says nothing.
        near: a position, in code points, that it should be close to, such as its trigger's. A quote that has it may share its
            place with an equal one.
    """

    text: str
    sentence: int | None = None
    occurrence: int | None = None
    context: str | None = None
    near: int | None = None


@dataclass(frozen=True, slots=True)
class Aligned:
    """Where a quote stands.

    ``status`` is one of `STATUSES`:

    - ``exact``: these words, verbatim.
    - ``normalised``: these words but for quotation marks, dashes, white space, case or Unicode form; without a leading
      determiner, or a possessive or punctuation at the edges, that the quote has and the text has not; or initials with or
      without full stops.
    - ``fuzzy``: nearly these words. ``score`` is then 1 − edit distance / length of the longer, both in folded typography and
      case: above .7 if letters differ, less if whole words were left out.
    - ``ambiguous``: the place is a guess. Either there are several and neither number, context, sentence nor order told which,
      or what was said of the place is not so: there is no such sentence or occurrence, the context is not in the text, the
      words are not in that sentence or context but elsewhere. ``score`` is there if the words were only nearly found.
    - ``unaligned``: the words are nowhere, nor anything like them. ``span`` is None then, and only then.
    """

    span: Span | None
    status: str
    score: float | None = None


def align(text: str, sentences: Sequence[Span], quotes: Sequence[Quoted]) -> list[Aligned]:
    """The span of each quote.

    How words are found is said at `communique.align.places.Finder.find`. If they are in several places, the quote means

    1. the one with the number given, whatever else is said of it;
    2. one inside its context, which is found first, in the same ways;
    3. one in the sentence given;
    4. of those that are left, the one nearest to ``near``;
    5. the one that the order tells (`communique.align.order.in_order`): quotes are taken to come in the order of the text,
       though they may nest and overlap and the list may begin anew now and then; an equal quote means the next place;
    6. the one nearest to the quotes that stand before and after it in the list, if possible none that an equal quote has;
       equal quotes take such places in the order of the text.

    A list that is in no order (more breaks and misfits than a third of its quotes) is not read by its order. Words that are not
    in the sentence given are looked for everywhere, near that sentence.

    Time grows with the length of the text times the number of different quotes (a search each), and no faster, for a quote's
    places are weighed up to a number that falls as the quotes are more. The same arguments give the same result.

    Args:
        sentences: the text's sentences, in order, as `communique.tokens.sentences` finds them.

    Returns:
        One for each quote, in the same order.

    >>> for aligned in align("Ann J. Lee met Bob. Ann left.", (), [Quoted("Ann Lee"), Quoted("ann")]):
    ...     print(aligned.span, aligned.status, aligned.score)
    [0, 10) fuzzy 0.7
    [20, 23) normalised None
    """
    looking = _Looking(text, sentences, most=min(_MOST, max(_FEWEST, _PLACES // max(1, len(quotes)))))
    seen = [looking.look(quote) for quote in quotes]
    spoken = [fold(quote.text).text.strip() for quote in quotes]
    numbers: dict[str, int] = {}
    # A quote with a position to be near to may repeat another (an argument of two events); a name of its own lets it.
    names = [
        numbers.setdefault(words, len(numbers)) if one.near is None else -n
        for n, (words, one) in enumerate(zip(spoken, seen, strict=True), 1)
    ]
    lengths = [len(words) for words in spoken]
    choices = [looking.choices(quote, one) for quote, one in zip(quotes, seen, strict=True)]
    reading = in_order(choices, names, lengths)
    if any(one.found.more and not some for one, some in zip(seen, choices, strict=True)):
        choices = _between(looking, quotes, seen, choices, names, reading)
        reading = in_order(choices, names, lengths)
    return _decide(looking, quotes, seen, choices, names, reading)


@dataclass(frozen=True, slots=True)
class _Seen:
    """Places that a quote may mean. ``doubt``: what it says of its place is not so."""

    found: Found
    doubt: bool = False
    near: int | None = None

    @property
    def several(self) -> bool:
        return len(self.found.places) > 1 or self.found.more


class _Looking:
    def __init__(self, text: str, sentences: Sequence[Span], most: int) -> None:
        self.finder = Finder(text)
        self.sentences = sentences
        self.most = most
        self.size = len(text)
        self.known: dict[tuple[str, Place | None], tuple[int, Found]] = {}

    def find(self, words: str, within: Place | None = None, most: int | None = None) -> Found:
        most = self.most if most is None else most
        asked, found = self.known.get((words, within), (0, NOWHERE))
        if not asked or (asked < most and found.more):
            asked = max(most, 2 * asked)
            found = self.finder.find(words, within, most=asked)
            self.known[words, within] = asked, found
        return found

    def look(self, quote: Quoted) -> _Seen:
        sentence = None
        doubt = False
        if quote.sentence is not None:
            if 1 <= quote.sentence <= len(self.sentences):
                span = self.sentences[quote.sentence - 1]
                sentence = (span.start, span.end)
            else:
                doubt = True
        inside = self._in_context(quote) if quote.context else None
        doubt |= inside is not None and not inside.places
        if quote.occurrence is not None and not (doubt and quote.sentence is not None and sentence is None):
            numbered = self._numbered(quote.text, sentence, quote.occurrence)
            if numbered.places:
                clash = inside is not None and numbered.places[0] not in inside.places
                return _Seen(numbered, doubt or clash)
        doubt |= quote.occurrence is not None
        found = inside if inside and inside.places else None
        if sentence:
            here = _starting_in(found, sentence) if found else self.find(quote.text, sentence)
            doubt |= not here.places
            found = here if here.places else found
        near = quote.near
        if found is None:
            found = self.find(quote.text)
            near = sentence[0] if near is None and sentence else near
        return _Seen(found, doubt, near)

    def _numbered(self, words: str, sentence: Place | None, occurrence: int) -> Found:
        found = self.find(words, sentence, most=min(max(self.most, occurrence), self.size + 1))
        if 1 <= occurrence <= len(found.places):
            return Found(found.places[occurrence - 1 : occurrence], found.status, found.score)
        return NOWHERE

    def _in_context(self, quote: Quoted) -> Found:
        """The places inside the context's, by the best way that finds any in one of them."""
        inside = [self.find(quote.text, place) for place in self.find(quote.context or "").places[:_CONTEXTS]]
        best = min((STATUSES.index(found.status) for found in inside), default=len(STATUSES) - 1)
        inside = [found for found in inside if STATUSES.index(found.status) == best]
        score = max((found.score for found in inside if found.score is not None), default=None)
        places = sorted({place for found in inside if found.score == score for place in found.places})
        return Found(tuple(places), STATUSES[best], score)

    def choices(self, quote: Quoted, seen: _Seen) -> tuple[Place, ...]:
        """The places to weigh against those of other quotes; none of a quote that has more than can be."""
        if seen.several and seen.near is not None:
            return (self.nearest(quote.text, seen, seen.near),)
        return () if seen.found.more else seen.found.places

    def nearest(self, words: str, seen: _Seen, position: int, but: frozenset[Place] | set[Place] = frozenset()) -> Place:
        """The place nearest to a position, if possible none of ``but``; the width of white space does not count."""
        places = seen.found.places
        reach = 1000
        while seen.found.more and reach < self.size:
            around = self.find(words, (max(0, position - reach), max(0, position + reach)))
            if around.places and around.status == seen.found.status:
                places = around.places
                break
            reach *= 8
        free = [place for place in places if place not in but] or places
        folded = self.finder.folded.position
        here = folded(position)
        return min(free, key=lambda place: (max(folded(place[0]) - here, here - folded(place[1]), 0), place))


def _starting_in(found: Found, sentence: Place) -> Found:
    places = tuple(place for place in found.places if sentence[0] <= place[0] < sentence[1])
    return Found(places, found.status, found.score)


def _around(reading: Reading, choices: Sequence[Sequence[Place]]) -> list[tuple[int | None, int | None]]:
    """For each quote, where the nearest chosen ones before and after it in the list begin."""
    starts = [some[pick][0] if pick is not None else None for some, pick in zip(choices, reading.picks, strict=True)]
    before: list[int | None] = []
    last = None
    for start in starts:
        before.append(last)
        last = last if start is None else start
    after: list[int | None] = []
    last = None
    for start in reversed(starts):
        after.append(last)
        last = last if start is None else start
    return list(zip(before, after[::-1], strict=True))


def _between(
    looking: _Looking,
    quotes: Sequence[Quoted],
    seen: Sequence[_Seen],
    choices: Sequence[tuple[Place, ...]],
    names: Sequence[int],
    reading: Reading,
) -> list[tuple[Place, ...]]:
    """The choices, now also of quotes with very many places: the first of those between their neighbours."""
    widened = list(choices)
    next_free: dict[tuple[int, int], int] = {}
    for n, (low, high) in enumerate(_around(reading, choices)):
        if choices[n] or not seen[n].found.more:
            continue
        low = low or 0
        high = looking.size if high is None or high < low else min(high + len(quotes[n].text), looking.size)
        begin = next_free.get((names[n], low), low)
        some = looking.find(quotes[n].text, (begin, high))
        if some.places and some.status == seen[n].found.status:
            widened[n] = some.places
            next_free[names[n], low] = some.places[0][0] + 1
    return widened


def _decide(
    looking: _Looking,
    quotes: Sequence[Quoted],
    seen: Sequence[_Seen],
    choices: Sequence[tuple[Place, ...]],
    names: Sequence[int],
    reading: Reading,
) -> list[Aligned]:
    misfits = sum(pick is None and bool(some) for pick, some in zip(reading.picks, choices, strict=True))
    ordered = 3 * (misfits + reading.breaks) <= sum(map(bool, choices))
    around = _around(reading, choices)
    taken: dict[int, set[Place]] = {}
    places: list[Place | None] = [None] * len(quotes)
    told = [False] * len(quotes)
    for n, (one, some, pick) in enumerate(zip(seen, choices, reading.picks, strict=True)):
        if not one.several:
            places[n] = one.found.places[0] if one.found.places else None
            told[n] = True
        elif one.near is not None:
            places[n] = some[0]
            low, high = around[n]
            fits = [place for place in one.found.places if (low or 0) <= place[0] and (high is None or place[0] <= high)]
            told[n] = ordered and pick is not None and not one.found.more and fits == [some[0]]
        elif ordered and pick is not None:
            places[n] = some[pick]
            told[n] = reading.told[n]
        if (place := places[n]) is not None:
            taken.setdefault(names[n], set()).add(place)
    # Positions of neighbours in the list, for quotes that are left over.
    sure = [n for n, place in enumerate(places) if place is not None]
    left_over: dict[int, list[int]] = {}
    guesses: dict[int, list[Place]] = {}
    for n, one in enumerate(seen):
        if one.several and places[n] is None:
            others = taken.setdefault(names[n], set())
            guess = looking.nearest(quotes[n].text, one, _neighbour(n, sure, places), others)
            others.add(guess)
            left_over.setdefault(names[n], []).append(n)
            guesses.setdefault(names[n], []).append(guess)
    for name, equal in left_over.items():
        for n, guess in zip(equal, sorted(guesses[name]), strict=True):
            places[n] = guess
    return [
        Aligned(Span(*place), one.found.status if sure_of and not one.doubt else "ambiguous", one.found.score)
        if place
        else Aligned(None, "unaligned")
        for one, place, sure_of in zip(seen, places, told, strict=True)
    ]


def _neighbour(n: int, sure: Sequence[int], places: Sequence[Place | None]) -> int:
    """Where the quote nearest in the list stands, the one before it if two are equally near; 0 if there is none."""
    at = bisect_left(sure, n)
    near = min(sure[max(0, at - 1) : at + 1], key=lambda other: abs(other - n), default=None)
    place = places[near] if near is not None else None
    return place[0] if place else 0
