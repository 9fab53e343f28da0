"""Where the words of a quote stand in a text, however it was written: verbatim, in other typography, or corrupted."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Final

from communique.align.borders import cuts
from communique.align.editing import distances
from communique.align.folding import Folded, Place, fold

MOST_EDITS: Final = 0.3
"""How much of a quote may be wrong, as a share of its length; what needs more edits is not found."""

LONGEST: Final = 1000
"""A quote of more characters is found only if its words are there: comparing it letter by letter would take too long."""

_MOST_LEFT_OUT: Final = 3  # words, in a row
_COMPARED: Final = 20_000  # words, for one quote
_WINDOWS: Final = 16  # that are compared letter by letter
_HITS: Final = 1500  # of trigrams, that one quote may look up
_ENDS: Final = 16  # of words, in one window, from which beginnings are looked for
_DIRECT: Final = 400  # characters of text that are compared without asking the index first

_WORD: Final = re.compile(r"\w+")
_DETERMINER: Final = re.compile(r"^(?:the|an?)\s+(?=\S)", re.IGNORECASE)
_INITIALS: Final = re.compile(r"(?:[A-Z]\.){1,3}[A-Z]\.?")


@dataclass(frozen=True, slots=True)
class Found:
    """The places of one quote, in text order. ``more``: there are others behind these."""

    places: tuple[Place, ...] = ()
    status: str = "unaligned"
    score: float | None = None
    more: bool = False


NOWHERE: Final = Found()


class Finder:
    """One text to look in. What is derived from it is made when it is first needed."""

    def __init__(self, text: str) -> None:
        self.text = text

    def find(self, quote: str, within: Place | None = None, *, most: int) -> Found:
        """The places of a quote, by the first of these ways that finds any.

        1. ``exact``: the words as they are, whole words (`communique.align.borders`), as in `communique.align.quotes`.
        2. ``normalised``: the same in folded typography and case. Where the words stand in several places, those in the quote's
           own case go before others; capitals of up to three letters are never taken for a word in lower case ("US", "us").
        3. ``normalised`` too: without a determiner before, a possessive behind or punctuation round it that the text does not
           have; up to four initials with full stops or without ("U.S.", "US").
        4. ``fuzzy``: all the words in their order, with up to three in a row left out of the quote, fewer than the quote has;
           or one word of the quote more than the text has; punctuation is not compared.
        5. ``fuzzy``: whole words whose edit distance is least, and at most `MOST_EDITS` of the quote.

        Args:
            within: a range to look in, None for the whole text.
            most: how many places are wanted at most, from the start of the range.
        """
        low, high = within or (0, len(self.text))
        if found := list(islice(standing(self.text, quote, low, high), most + 1)):
            return _found(((at, at + len(quote)) for at in found), "exact", most)
        spoken = fold(quote).text.strip()
        if not any(map(str.isalnum, spoken)):
            plain = self._folded(spoken, low, high, most)
            return _found(plain, "normalised", most) if plain else NOWHERE
        for variant in _variants(spoken):
            if places := self._folded(variant, low, high, most):
                return _found(places, "normalised", most)
        words = fold(spoken).lower().text
        places = self._with_words_left_out(words, low, high, most, range(_MOST_LEFT_OUT + 1))
        if not places:
            # The word too many may be another one misspelt.
            places = self._with_words_left_out(words, low, high, most, [-1])
            allowed = min(int(MOST_EDITS * len(words)), self._edits(words, places[0]) - 1 if places else len(words))
            places = self._nearly(words, low, high, most, allowed) or places
        if not places:
            return NOWHERE
        longer = max(len(words), len(self._words_at(places[0])))
        return _found(places, "fuzzy", most, 1 - min(self._edits(words, places[0]) / longer, 1))

    @cached_property
    def plain(self) -> Folded:
        return fold(self.text)

    @cached_property
    def folded(self) -> Folded:
        return self.plain.lower()

    @cached_property
    def words(self) -> tuple[list[str], list[int], dict[str, list[int]]]:
        """The words of the folded text, where each begins, and the numbers under which each word stands."""
        matches = list(_WORD.finditer(self.folded.text))
        words = [match[0] for match in matches]
        numbers: dict[str, list[int]] = {}
        for number, word in enumerate(words):
            numbers.setdefault(word, []).append(number)
        return words, [match.start() for match in matches], numbers

    @cached_property
    def trigrams(self) -> dict[str, list[int]]:
        """Where in the folded text each three characters stand."""
        text, found = self.folded.text, dict[str, list[int]]()
        for at in range(len(text) - 2):
            found.setdefault(text[at : at + 3], []).append(at)
        return found

    def _words_at(self, place: Place) -> str:
        return fold(self.text[slice(*place)]).lower().text

    def _edits(self, words: str, place: Place) -> int:
        return distances(words, self._words_at(place), anchored=True)[-1]

    def _folded(self, spoken: str, low: int, high: int, most: int) -> list[Place]:
        """Places of words whose typography is of no account; only if there are none, those in another case."""
        found: dict[Place, None] = {}
        for text, words in ((self.plain, spoken), (self.folded, fold(spoken).lower().text)):
            capitals = len(spoken) <= 3 and spoken.isupper()
            for at in standing(text.text, words, text.position(low), text.position(high)):
                start, end = text.original(at, at + len(words))
                if not (capitals and self.text[start:end].islower()):
                    found[start, end] = None
                if len(found) > most:
                    break
            if found:
                break
        return list(found)

    def _with_words_left_out(self, quote: str, low: int, high: int, most: int, gaps: Iterable[int]) -> list[Place]:
        """Places with the quote's words but for one gap: the first of these numbers of words by which some place is longer."""
        mine = _WORD.findall(quote)
        count = len(mine)
        words, starts, numbers = self.words
        if count < 2 or not (firsts := numbers.get(mine[0])) or not (lasts := numbers.get(mine[-1])):
            return []
        first, last = (bisect_left(starts, self.folded.position(offset)) for offset in (low, high))
        compared = 0
        for gap in gaps:
            if gap >= count or count + gap < 2:
                continue
            reach = count - 1 + gap
            if len(firsts) <= len(lasts):
                begins = firsts[bisect_left(firsts, first) : bisect_left(firsts, last - reach)]
            else:
                begins = [end - reach for end in lasts[bisect_left(lasts, first + reach) : bisect_left(lasts, last)]]
            found = []
            for begin in begins:
                end, before = begin + reach, 0
                while before < min(count, reach + 1) and words[begin + before] == mine[before]:
                    before += 1
                behind = 0
                while before + behind < min(count, reach + 1) and words[end - behind] == mine[-1 - behind]:
                    behind += 1
                compared += before + behind + 1
                if (behind or not gap) and before + behind == min(count, reach + 1):
                    found.append(self.folded.original(starts[begin], starts[end] + len(words[end])))
                if len(found) > most or compared > _COMPARED:
                    break
            if found:
                return found
        return []

    def _nearly(self, quote: str, low: int, high: int, most: int, allowed: int) -> list[Place]:
        """Places of the whole words that are nearest to the quote in edit distance, up to ``allowed``."""
        if allowed < 1 or len(quote) > LONGEST:
            return []
        text = self.folded.text
        first, last = self.folded.position(low), self.folded.position(high)
        best: set[str] = set()
        seen: list[Place] = []
        for lost, start, end in self._windows(quote, first, last, allowed):
            if lost > 4 * allowed:  # an edit touches three trigrams at most, a swap four
                break
            if any(a < end and start < b for a, b in seen):
                continue
            distance, places = _nearest_words(quote, text, start, end, allowed)
            if not places:
                continue
            if distance < allowed:
                best, seen = set(), []
            allowed = distance
            seen += places
            best |= {text[a:b] for a, b in places}
        found = ((at, words) for words in best for at in islice(standing(text, words, first, last), most + 1))
        everywhere = {(at, at + len(words)) for at, words in found}
        return sorted({self.folded.original(*place) for place in everywhere})[: most + 1]

    def _windows(self, quote: str, low: int, high: int, allowed: int) -> Iterator[tuple[int, int, int]]:
        """Stretches of the folded text in which the quote may stand, likeliest first: trigrams missing, start, end."""
        if high - low <= max(_DIRECT, len(quote) + 2 * allowed):
            yield 0, low, high
            return
        padded = f" {quote} "
        each = [(n, self.trigrams.get(padded[n : n + 3], [])) for n in range(len(padded) - 2)]
        width = max(8, allowed)
        shared: dict[int, int] = {}
        looked_up = hits = 0
        for offset, places in sorted(each, key=lambda one: len(one[1])):  # the rarest tell the most
            if hits and hits + len(places) > _HITS:
                break
            looked_up += 1
            hits += len(places)
            for at in places[:_HITS]:
                bucket = (at - offset) // width
                shared[bucket] = shared.get(bucket, 0) + 1
        # A place near the border of two buckets has its trigrams in both.
        ranked = sorted([(-count - shared.get(bucket + 1, 0), bucket) for bucket, count in shared.items()])
        for missed, bucket in ranked[: max(2, min(_WINDOWS, 2 * LONGEST // len(quote)))]:
            start = max(low, bucket * width - allowed - width)
            end = min(high, (bucket + 2) * width + len(quote) + allowed + width)
            if start < end:
                yield looked_up + missed, start, end


def standing(text: str, words: str, low: int, high: int) -> Iterator[int]:
    """Where ``words`` begin in ``text[low:high]`` without cutting a word."""
    at = text.find(words, low, high) if words else -1
    while at >= 0:
        if not (cuts(text, at) or cuts(text, at + len(words))):
            yield at
        at = text.find(words, at + 1, high)


def _found(places: Iterator[Place] | Sequence[Place], status: str, most: int, score: float | None = None) -> Found:
    listed = tuple(places)
    return Found(listed[:most], status, score, more=len(listed) > most)


def _variants(spoken: str) -> Iterator[str]:
    """The quote, then without what the text may not have at its edges, the least change first."""
    bare = _bare(spoken)
    stems = [spoken, bare, _bare(bare[:-2]) if bare[-2:].lower() == "'s" else bare]
    stems += [_DETERMINER.sub("", stem, count=1) for stem in stems]
    stems += [".".join(stem) + "." for stem in stems if len(stem) <= 4 and stem.isalpha() and stem.isupper()]
    stems += [stem.replace(".", "") for stem in stems if _INITIALS.fullmatch(stem)]
    seen: list[str] = []
    for words in stems:
        if words not in seen and (len(words) > 1 or words == spoken):
            seen.append(words)
            yield words


def _bare(words: str) -> str:
    """Without what is neither letter nor digit at the edges."""
    start, end = 0, len(words)
    while start < end and not words[start].isalnum():
        start += 1
    while start < end and not words[end - 1].isalnum():
        end -= 1
    return words[start:end]


def _nearest_words(quote: str, text: str, low: int, high: int, allowed: int) -> tuple[int, list[Place]]:
    """The least edit distance, up to ``allowed``, of whole words in ``text[low:high]``, and where they stand."""
    window = text[low:high]
    best, found = allowed, list[tuple[int, Place]]()
    ends = distances(quote, window, anchored=False)
    candidates = sorted([(distance, end) for end, distance in enumerate(ends) if distance <= best and end])
    whole = [(least, end) for least, end in candidates if window[end - 1] != " " and not cuts(text, low + end)]
    for least, end in whole[:_ENDS]:
        if least > best:
            break
        begin = max(0, end - len(quote) - best)
        backwards = distances(quote[::-1], window[begin:end][::-1], anchored=True)
        for length in range(1, len(backwards)):
            distance, start = backwards[length], end - length
            if distance > best or window[start] == " " or cuts(text, low + start):
                continue
            if distance < best:
                best, found = distance, []
            found.append((abs(length - len(quote)), (low + start, low + end)))
    # Of places that overlap, the one whose length is nearest to the quote's.
    kept: list[Place] = []
    for _, (start, end) in sorted(found):
        if all(end <= a or b <= start for a, b in kept):
            kept.append((start, end))
    return best, sorted(kept)
