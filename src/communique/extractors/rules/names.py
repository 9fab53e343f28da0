"""Names: what the gazetteer lists, and sequences of capitals by the words in them and the company they keep."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from communique.extractors.english.gazetteer import Entry, Gazetteer, gazetteer
from communique.extractors.english.page import QUOTES, Page
from communique.extractors.english.words import AUXILIARIES, CONJUNCTIONS, DETERMINERS, NUMBERS, PREPOSITIONS, PRONOUNS, bag


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """A mention in tokens, ``last`` not included. ``key`` says what it names; ``country`` that it is the capital of it.

    ``plural`` is of the word, not of what it names; ``extent`` is in tokens too.
    """

    first: int
    last: int
    type: str
    kind: str | None = None
    key: str | None = None
    country: str | None = None
    plural: bool = False
    extent: tuple[int, int] | None = None
    value: str | None = None


HONORIFICS: Final = bag("mr mr. mrs mrs. ms ms. dr dr. sir dame lord lady messrs. hon. rev. excellency")
_NEVER: Final = (
    (PREPOSITIONS | CONJUNCTIONS | DETERMINERS | AUXILIARIES | PRONOUNS | HONORIFICS | NUMBERS.keys())
    | bag("""there here now then also however meanwhile earlier later today tomorrow yesterday monday tuesday wednesday thursday
        friday saturday sunday january february march april may june july august september october november december jan feb
        mar apr jun jul aug sep sept oct nov dec yes no not what why how photo image file share read more by updated published
        last next former ex new top according given more most other others one such analysts experts officials critics
        additionally moreover furthermore nevertheless although perhaps well still let please thank thanks asked speaking""")
) - {"may", "march", "will", "lord", "lady"}
_LINKS: Final = bag("de del da di du la le von van der den bin ibn al el ben ul")
_AFTER_HYPHEN: Final = bag(
    """based led backed made born controlled held run style era wide level day owned registered brokered sponsored supported
    mediated hosted flagged funded occupied friendly aligned built supplied ruled area bound sized related linked"""
)
_BEFORE_PLACES: Final = bag("Cape Mount Lake Gulf Strait Straits Bay Sea Camp")
_BEFORE_TOWNS: Final = bag("Port San Santa Saint St. Fort New Los Las")
_CODE: Final = re.compile(r"[A-Z]{1,4}")
_NUMBER: Final = re.compile(r"\d+[A-Z]{0,3}")


def find_names(page: Page, taken: frozenset[int]) -> list[Found]:
    """All names of a page, in order; tokens in ``taken`` belong to none."""
    return _Namer(page, gazetteer(), taken).all()


class _Namer:
    def __init__(self, page: Page, known: Gazetteer, taken: frozenset[int]) -> None:
        self.page, self.known, self.taken = page, known, taken
        self.coined = _coined_states(page, known)
        self.people: set[str] = set()
        self.shown: dict[tuple[str, ...], Found] = {}

    def all(self) -> list[Found]:
        found: list[Found] = []
        for sentences in (False, True):  # running text first, for it tells what the capitals of a heading are worth
            for number, (first, last) in enumerate(self.page.bounds):
                if self.page.capitals[number] is sentences and not _furniture(self.page, first):
                    found += self._sentence(first, last, sentences)
            if not sentences:
                found = list(self._settle(found))
                for name in found:
                    self.shown[self.page.words[name.first : name.last]] = name
        return sorted(self._government(found))

    def _sentence(self, first: int, last: int, heading: bool) -> Iterator[Found]:
        i = first
        while i < last:
            end, found = self._at(i, first, last, heading)
            yield from found
            i = max(end, i + 1)

    def _at(self, i: int, first: int, last: int, heading: bool) -> tuple[int, list[Found]]:
        words = self.page.words
        if i in self.taken or not self._capital(i, first):
            return i + 1, []
        if i + 2 < last and words[i + 1] == "-" and _CODE.fullmatch(words[i]) and _NUMBER.fullmatch(words[i + 2]):
            listed = self._listed(i)
            if listed is None and words[i] not in ("G", "COP", "COVID", "P", "U"):
                return i + 3, [Found(i, i + 3, "OBJ", "NAM", "-".join((words[i], words[i + 2])))]
        if heading:
            return self._in_heading(i, last)
        end = self._sequence(i, last)
        return end, self._split(i, end)

    def _capital(self, i: int, first: int) -> bool:
        word = self.page.words[i]
        opens = i == first or self.page.words[i - 1] in QUOTES or self.page.words[i - 1] in ":-–—("
        if (listed := self._listed(i)) is not None and listed[0] > i + 1:
            return True
        if not word[0].isupper():
            return self._listed(i) is not None
        if self.page.lowers[i] in _NEVER or (opens and self.page.lowers[i] in ("may", "will", "march")):
            return len(word) > 1 and word.isupper() and self._listed(i) is not None
        return True

    def _listed(self, i: int) -> tuple[int, Entry] | None:
        if (end := self.coined.get(self.page.words[i])) is not None:
            return i + 1, end
        return self.known.find(self.page.words, i)

    def _sequence(self, i: int, last: int) -> int:
        """The end of the capitalised sequence that begins at ``i``."""
        page, heads = self.page, self.known.heads
        listed = self._listed(i)
        j = max(i + 1, listed[0] if listed else 0)
        while j < last and j not in self.taken:
            word, lower = page.words[j], page.lowers[j]
            following = page.words[j + 1] if j + 1 < last else ""
            before = page.words[j - 1]
            if word[0].isupper() and lower not in HONORIFICS:
                if not self._joins(i, j):
                    break
                j += 1
            elif (
                (
                    word == "-"
                    and page.glued(j)
                    and following
                    and page.glued(j + 1)
                    and (
                        (
                            j - i > 1
                            and following[0].islower()
                            and following not in _AFTER_HYPHEN
                            and self._listed(j - 1) is None
                        )
                        or (before in self.known.first_names and following[0].isupper())
                        or (page.lowers[j - 1], following.lower())
                        in (("secretary", "general"), ("vice", "president"), ("attorney", "general"))
                    )
                )
                or (lower in _LINKS and following[:1].isupper() and self._listed(j - 1) is None)
                or (lower in ("of", "for", "on", "and") and following[:1].isupper() and self._continues(i, j, lower))
            ):
                j += 2
            elif lower in ("of", "for") and page.word(j + 1) == "the" and before in heads["org"] and page.word(j + 2).islower():
                upper = page.words[j + 2] if j + 2 < last else ""
                if not upper[:1].isupper():
                    break
                j += 3
            else:
                break
        return j

    def _joins(self, i: int, j: int) -> bool:
        """Whether the capital at ``j`` goes on with the sequence: not from one listed state to the next."""
        return not (self._listed(j) and self._listed(j - 1) and (self._listed(j) or (0, Entry("", "", "")))[1].kind == "ADJ")

    def _continues(self, i: int, j: int, link: str) -> bool:
        words, lowers, heads = self.page.words, self.page.lowers, self.known.heads
        before = words[j - 1]
        if link == "and":
            return any(lower in ("of", "for", "on") for lower in lowers[i:j]) and any(w in heads["org"] for w in words[i:j])
        if lowers[j - 1] in self.known.title_heads:
            tails = (lowers[j + 1 : j + 1 + len(tail)] == tail for tail in self.known.title_tails)
            return link in ("of", "for") and any(tails)
        if link == "of":
            return before in heads["org"] | heads["loc"] | heads["evt"]
        if link == "on":
            return before in heads["evt"] | {"Institute", "Council", "Commission", "Committee", "Center", "Centre"}
        return before in heads["org"] | heads["evt"]

    def _split(self, first: int, last: int) -> list[Found]:
        """The names in a capitalised sequence: states, bodies, a title's holder."""
        if first >= last:
            return []
        page, heads = self.page, self.known.heads
        words = page.words[first:last]
        holder = self._holder(first, last)
        if holder is not None:
            return [*self._split(first, self._title_start(first, holder)), self._person(holder, last)]
        listed = self._listed(first)
        if listed and listed[0] >= last:
            return [self._of_entry(first, listed[0], listed[1])]
        core = next((k for k, word in enumerate(words) if k and word.lower() in ("of", "for", "on", "and", "in")), len(words))
        key = " ".join(words)
        head = words[core - 1]
        if head in heads["policy"] and not (head in heads["evt"] and listed is None):
            return []
        for kind, type_ in (("evt", "EVT"), ("org", "ORG"), ("gpe", "GPE"), ("loc", "LOC")):
            if head in heads[kind] and (len(words) > 1 or core < len(words)):
                if kind == "loc" and listed and listed[1].type == "GPE":
                    break
                return [Found(first, last, type_, "NAM", key)]
        if len(words) > 1 and (words[0] in _BEFORE_PLACES or (words[0] in _BEFORE_TOWNS and listed is None)):
            return [Found(first, last, "LOC" if words[0] in _BEFORE_PLACES else "GPE", "NAM", key)]
        if listed and listed[0] < last:
            return [self._of_entry(first, listed[0], listed[1]), *self._split(listed[0], last)]
        for k in range(first + 1, last):
            inner = self._listed(k)
            if inner and inner[0] == last and last - k > 1:
                return [*self._split(first, k), self._of_entry(k, inner[0], inner[1])]
        if all(page.lowers[k] in self.known.title_heads | self.known.title_modifiers for k in range(first, last)):
            return []
        if len(words) == 1:
            return [self._single(first)]
        if words[0].isupper() and len(words[0]) > 2 and words[-1].isupper() and len(words[-1]) > 2:
            return [Found(first, last, "ORG", "NAM", key)]
        if len(words) > 4 or any(word[0].isdigit() for word in words):
            return [Found(first, last, "ORG", "NAM", key)]
        if (
            self.page.near(first - 1, first) in ("in", "near")
            and self.page.near(last, first) == ","
            and self._listed_at(last + 1)
        ):
            return [Found(first, last, "GPE", "NAM", key)]
        return [self._person(first, last)]

    def _holder(self, first: int, last: int) -> int | None:
        """Where the person's name begins behind a title inside the sequence."""
        titles, heads = self.known.title_heads, self.known.heads
        for k in range(last - 2, first - 1, -1):
            lower = self.page.lowers[k]
            after = k + 1
            if lower not in titles and not (lower.endswith("s") and lower[:-1] in titles):
                continue
            if self.page.lowers[after] in ("of", "for"):
                tail = next((t for t in self.known.title_tails if self.page.lowers[after + 1 : after + 1 + len(t)] == t), None)
                if tail is None:
                    return None
                after += 1 + len(tail)
            if self.page.words[after : after + 1] == ("-",):
                after += 2
            rest = self.page.words[after:last]
            if not rest or len(rest) > 5 or any(word in heads["org"] | heads["policy"] | heads["evt"] for word in rest):
                return None
            return after
        return None

    def _title_start(self, first: int, holder: int) -> int:
        listed = self.known.title_heads | self.known.title_modifiers | {"-", "of", "for", "affairs"}
        k = holder
        while k > first and (self.page.lowers[k - 1] in listed or self.page.lowers[k - 1].removesuffix("s") in listed):
            if self.page.words[k - 1] in self.known.heads["org"] and self.page.lowers[k - 1] not in self.known.title_heads:
                break
            k -= 1
        return k

    def _person(self, first: int, last: int) -> Found:
        words = self.page.words[first:last]
        self.people.update(word for word in words if len(word) > 1 and word[0].isupper())
        return Found(first, last, "PER", "NAM", " ".join(words))

    def _of_entry(self, first: int, last: int, entry: Entry) -> Found:
        if entry.key in self.known.seats and self.page.near(first - 1, first) in ("the", "in", "at"):
            near = {self.page.near(first - 1, first), self.page.near(first - 2, first)}
            if near & {"in", "at", "to", "from", "near", "outside", "inside"}:
                return Found(first, last, "LOC", "NAM", entry.key)
        return Found(first, last, entry.type, entry.kind, entry.key, entry.country)

    def _single(self, i: int) -> Found:
        return Found(i, i + 1, "?", "NAM", self.page.words[i])

    def _settle(self, found: list[Found]) -> Iterator[Found]:
        """Give a type to every single capital, now that all names of the text are known; drop what stays unsure."""
        running = {self.page.words[name.first] for name in found if name.type == "?" and not self._opens(name.first)}
        for name in found:
            if name.type != "?":
                yield name
            elif (type_ := self._type_of_single(name.first, running)) is not None:
                yield replace(name, type=type_)

    def _opens(self, i: int) -> bool:
        return i == 0 or self.page.home[i - 1] != self.page.home[i] or self.page.words[i - 1] in QUOTES

    def _type_of_single(self, i: int, running: set[str]) -> str | None:
        page, word = self.page, self.page.words[i]
        before, after = page.near(i - 1, i), page.near(i + 1, i)
        if before in HONORIFICS or word in self.people or after == "administration":
            return "PER"
        if len(word) > 1 and word.isupper() and word.isalpha():
            return "ORG" if len(word) < 7 else None
        if word in self.known.first_names and after in ("said", "told", "added", "'s"):
            return "PER"
        if self._opens(i) and word not in running and after not in ("said", "told", "added"):
            return None
        if word.lower() in self.known.nominals or word.lower() in self.known.title_modifiers or len(word) < 3:
            return None
        if before in self.known.title_heads or after in ("said", "told", "added", "says"):
            return "PER"
        if before in ("in", "at", "to", "from", "near") or (after == "," and self._listed_at(i + 2)):
            return "GPE"
        return (
            "ORG" if not word.endswith(("ism", "ist", "ians", "ian")) and before in ("the", "'s", "by", "of", "and") else None
        )

    def _listed_at(self, i: int) -> bool:
        return i < len(self.page.words) and self._listed(i) is not None

    def _in_heading(self, i: int, last: int) -> tuple[int, list[Found]]:
        """A heading in title case has only names that are listed or stand in the running text."""
        words = self.page.words
        for end in range(min(last, i + 7), i, -1):
            name = self.shown.get(words[i:end])
            if name is not None:
                return end, [replace(name, first=i, last=end)]
        listed = self._listed(i)
        common = self.page.lowers[i] in self.known.nominals or self.page.lowers[i] in self.known.title_modifiers
        if listed is not None and not (common and listed[0] == i + 1):
            end = listed[0]
            head = next((k for k in range(end, min(end + 3, last)) if words[k] in self.known.heads["org"]), None)
            if (
                head is not None
                and listed[1].type == "GPE"
                and words[head] in ("Ministry", "Navy", "Army", "Parliament", "Embassy")
            ):
                return head + 1, [Found(i, head + 1, "ORG", "NAM", " ".join(words[i : head + 1]))]
            return end, [self._of_entry(i, end, listed[1])]
        if words[i] in self.people and words[i].lower() not in self.known.title_heads:
            return i + 1, [Found(i, i + 1, "PER", "NAM", words[i])]
        first_name = words[i] in self.known.first_names and i + 1 < last and words[i + 1][0].isupper()
        return (i + 2, [self._person(i, i + 2)]) if first_name and self._listed(i + 1) is None else (i + 1, [])

    def _government(self, found: list[Found]) -> Iterator[Found]:
        """ "X administration" and "X government" are one name."""
        for name in found:
            if self._in_policy(name):
                continue
            whole = self.page.near(name.last, name.first) in ("administration", "government")
            if whole and name.type in ("GPE", "PER") and name.last not in self.taken:
                key = " ".join(self.page.words[name.first : name.last + 1])
                yield Found(name.first, name.last + 1, "ORG", "NAM", (name.key and f"{name.key} government") or key)
            else:
                yield name

    def _in_policy(self, name: Found) -> bool:
        """The state in "One Ruthia policy" is no mention."""
        after = self.page.near(name.last, name.first)
        counted = self.page.near(name.first - 1, name.first) == "one" or self.page.near(name.first - 2, name.first) == "one"
        return name.type == "GPE" and counted and (after in ("policy", "principle", "doctrine") or after in QUOTES)


def _furniture(page: Page, first: int) -> bool:
    return page.lowers[first] in ("photo", "share", "image", "credit") and page.near(first + 1, first) in (":", "", "by", "/")


def _coined_states(page: Page, known: Gazetteer) -> dict[str, Entry]:
    """States that no list has, told by a text that also uses their adjective (Norvania, Norvanian)."""
    words = {word for word in page.words if word[0].isupper() and word.isalpha()}
    coined: dict[str, Entry] = {}
    for word in words:
        stem = word[:-1] if word.endswith(("ian", "ean", "an")) else ""
        if (
            len(stem) > 3
            and stem in words
            and stem not in known.names
            and word not in known.names
            and stem not in known.first_names
        ):
            coined[stem] = Entry("GPE", "NAM", stem)
            coined[word] = Entry("GPE", "ADJ", stem)
            coined[word + "s"] = Entry("GPE", "NAM", stem)
    return coined
