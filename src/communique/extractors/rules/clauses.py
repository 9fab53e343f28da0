"""Who stands where round a verb: subjects to the left, objects and prepositional objects to the right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from communique.extractors.english.page import QUOTES, Page
from communique.extractors.english.words import ADVERBS, AUXILIARIES, DETERMINERS, FINITE, POSSESSIVES, PREPOSITIONS, bag
from communique.extractors.rules.names import Found
from communique.extractors.rules.trigger import Trigger

PARTIES: Final = ("PER", "ORG", "GPE")
_COORDINATE: Final = bag("and or &")
_RELATIVES: Final = bag("who which that whom")
_MARKERS: Final = bag(
    """effort efforts plan plans attempt attempts decision desire proposal offer willingness bid commitment intention pledge
    promise refusal failure threat ability readiness"""
)
_BREAK: Final = bag("; : that which who whom whose while when where because although though but if unless whether")


@dataclass(frozen=True, slots=True)
class Scene:
    """A page with its mentions by token and its triggers by token."""

    page: Page
    at: dict[int, Found]
    triggers: dict[int, Trigger]

    def possesses(self, m: Found) -> bool:
        """Whether the mention is a possessor: Varga's, its."""
        word = self.page.lowers[m.first]
        if m.kind == "PRO":
            following = self.page.near(m.last, m.first)
            own = word in POSSESSIVES - {"her"}
            return own or (word == "her" and following.isalpha() and following not in PREPOSITIONS | {"and", "that", "to"})
        return self.page.near(m.last, m.first) in ("'s", "'")

    def modifies(self, m: Found) -> bool:
        """Whether the mention stands before another noun: Norvanian ships, the Castel meeting."""
        if m.kind == "ADJ":
            return True
        after = self.page.near(m.last, m.first)
        if after == "-" and self.page.glued(m.last):
            return True
        following = self.at.get(m.last)
        return following is not None and following.type not in ("TIME",) and m.type in ("GPE", "ORG")

    def head(self, m: Found) -> bool:
        return not self.possesses(m) and not self.modifies(m)

    def opening(self, m: Found) -> int:
        """The first token of the mention's noun phrase."""
        k = m.extent[0] if m.extent else m.first
        limit = k - 8
        while k > limit:
            before = self.page.near(k - 1, m.first)
            left = self.at.get(k - 1)
            if before in (DETERMINERS - {"that"}) | {
                "'s",
                "'",
                "former",
                "top",
                "mr.",
                "mr",
                "ms.",
                "mrs.",
                "dr.",
                "then",
                "new",
                "visiting",
            }:
                k -= 1
            elif left is not None and (
                left.type == "TITLE" or left.kind == "ADJ" or self.possesses(left) or self.modifies(left)
            ):
                k = left.first
            else:
                break
        return k

    def preposition(self, m: Found) -> str:
        """The preposition before the mention's noun phrase; of a coordination the one before its first part; else empty."""
        first = self.opening(m)
        before = self.page.near(first - 1, m.first)
        limit = 4
        while before in _COORDINATE | {","} and limit:
            left = self.at.get(first - 2) if before in _COORDINATE or before == "," else None
            if left is None or left.type != m.type:
                return ""
            first = self.opening(left)
            before = self.page.near(first - 1, m.first)
            limit -= 1
        return before if before in PREPOSITIONS | {"to"} else ""

    def conjuncts(self, m: Found, forward: bool) -> list[Found]:
        """Mentions of parties coordinated with ``m``, which is not in the list."""
        found: list[Found] = []
        here = m
        while len(found) < 6:
            if forward:
                if (
                    self.page.near(here.last, m.first) == ","
                    and found == []
                    and self.page.near(here.last + 1, m.first) not in _COORDINATE
                ):
                    break
                skip = here.last + (self.page.near(here.last, m.first) == ",")
                if self.page.near(skip, m.first) not in _COORDINATE:
                    break
                other = self._phrase(skip + 1)
            else:
                first = self.opening(here)
                if self.page.near(first - 1, m.first) in _COORDINATE or (found and self.page.near(first - 1, m.first) == ","):
                    k = first - 2
                    if self.page.near(k, m.first) == ",":
                        k -= 1
                    other = self.at.get(k) if k >= 0 and self.page.home[k] == self.page.home[m.first] else None
                else:
                    break
            if other is None or other in found or other.type not in PARTIES or not self.head(other):
                break
            found.append(other)
            here = other
        return found

    def _phrase(self, i: int) -> Found | None:
        """The mention that heads the noun phrase that begins at ``i``."""
        for k in range(i, i + 8):
            if not self.page.near(k, i):
                return None
            m = self.at.get(k)
            if m is not None and m.type not in ("TITLE", "TIME") and self.head(m):
                return m
            word = self.page.lowers[k]
            if m is None and (
                word in PREPOSITIONS or word in AUXILIARIES or k in self.triggers or word in _BREAK or word == ","
            ):
                return None
        return None

    def subjects(self, i: int, types: tuple[str, ...] = PARTIES) -> list[Found]:
        """The parties left of the verb at ``i`` that it is about, last one first; through "to", "and" and relative pronouns."""
        first = self.page.bounds[self.page.home[i]][0]
        k = i - 1
        bound = i in self.triggers and self.triggers[i].part == "G"  # not finite: another verb's party does it
        while k >= first and self.page.lowers[k] in AUXILIARIES | ADVERBS | {"to", "not"}:
            bound = bound or self.page.lowers[k] == "to"
            k -= 1
        if bound and k >= first and self.page.lowers[k] in _MARKERS and (owners := self.possessors(k)):
            return owners  # Varga's effort to mediate
        if k >= first and self.page.lowers[k] in _COORDINATE and (verb := self._verb_before(k, first)) is not None:
            return self.subjects(verb, types)
        while k >= first:
            m = self.at.get(k)
            word = self.page.lowers[k]
            if word in QUOTES and self.page.quoted[i] and not self.page.quoted[k - 1] and k > first:
                return []
            if m is not None:
                near = m.last == k + 1 and all(
                    self.page.lowers[j] in AUXILIARIES | ADVERBS | {"to", "not"} for j in range(m.last, i)
                )
                if m.type in types and self.head(m) and not self._inside(m, bound, near):
                    return [m, *self.conjuncts(m, False)]
                k = m.first - 1
                continue
            if not bound and self._event_subject(k, i):
                return []
            if word == "that" and self._clause(k):
                return []
            k -= 1
        return []

    def _clause(self, k: int) -> bool:
        """Whether "that" opens a clause of its own, with a subject, rather than a relative clause."""
        return self.page.near(k - 1, k) in ("said", "say", "says", "told", "agreed", "warned", "added", "stressed")

    def _verb_before(self, k: int, first: int) -> int | None:
        for m in range(k - 1, first - 1, -1):
            t = self.triggers.get(m)
            if t is not None:
                if t.part == "V" or (t.part == "G" and self.page.lowers[k + 1].endswith("ing")):
                    return m
                if t.carrier is not None and t.carrier < m:
                    return t.carrier
            if self.page.lowers[m] in ("that", ";"):
                return None
        return None

    def _event_subject(self, k: int, i: int) -> bool:
        """Whether a noun trigger at ``k`` is the subject of the verb at ``i``: not itself carried or a preposition's object."""
        t = self.triggers.get(k)
        if t is None or t.part != "N" or t.carrier is not None:
            return False
        close = all(self.page.lowers[j] in AUXILIARIES | ADVERBS | {"not", "to"} for j in range(k + 1, i))
        for m in range(k - 1, k - 8, -1):
            word = self.page.near(m, k)
            if not word or word in _BREAK or word == ",":
                return True
            if word in PREPOSITIONS | {"to"}:
                return False
            verb = self.triggers.get(m)
            if verb is not None and verb.part in ("V", "G"):
                return close
        return False

    def _inside(self, m: Found, bound: bool, near: bool) -> bool:
        """Whether the mention belongs to another phrase: a prepositional object, an apposition, the object of a trigger.

        ``near``: it stands right before the verb, where only a conjunction could stand before it.
        """
        first = self.opening(m)
        preposition = self.preposition(m)
        if preposition:
            return not (near and preposition in ("after", "before", "since", "as", "until", "than"))
        before = self.page.near(first - 1, m.first)
        verb = self.triggers.get(first - 1)
        if verb is not None and verb.part in ("V", "G") and verb.type != "STATEMENT":
            return not (bound and verb.type in ("REQUEST", "ACCUSE", "SUPPORT"))
        return before == "," and m.kind == "NOM" and not near

    def right(self, i: int, reach: int = 24) -> list[tuple[str, Found]]:
        """Mentions after ``i`` in its clause, each with the preposition that opens its phrase ("" for an object).

        The walk ends at the next trigger or finite verb: what follows belongs to that. An apposition is stepped over.
        """
        found: list[tuple[str, Found]] = []
        preposition, fresh = "", True
        k = i + 1
        while k <= i + reach and self.page.near(k, i):
            word, m = self.page.lowers[k], self.at.get(k)
            if m is not None:
                if m.type == "TIME":
                    found.append(("time", m))
                elif m.type != "TITLE" and self.head(m):
                    if fresh:
                        found.append((preposition, m))
                        found += [(preposition, other) for other in self.conjuncts(m, True)]
                        apposed = self.at.get(m.last + 1)
                        if (
                            m.kind == "NOM"
                            and self.page.near(m.last, i) == ","
                            and apposed is not None
                            and apposed.kind == "NAM"
                        ):
                            found.append((preposition, apposed) if apposed.type == m.type == "PER" else ("own", apposed))
                    fresh = False
                k = m.last
                continue
            if word in _BREAK or word in QUOTES or k in self.triggers or (word in FINITE and k > i + 1):
                break
            if word in ("including", "like") or (word == "as" and self.page.near(k - 1, i) == "such"):
                fresh = bool(found)
            elif word == "to" and self._infinitive(k):
                break
            elif word in PREPOSITIONS | {"to"}:
                left = self.at.get(k - 1)
                # "the Forum in Castel", "officials from Ruthia": a phrase of the mention's own
                own = left is not None and (
                    (word in ("in", "of", "from") and left.kind == "NOM" and left.extent is not None and left.extent[1] > k)
                    or (word in ("in", "of") and left.type in ("EVT", "ORG") and left.kind == "NAM")
                )
                preposition, fresh = ("own" if own else word), not own
            elif word in AUXILIARIES and k > i + 1:
                break
            elif word == "," and not self._goes_on(k):
                closing = self._after_apposition(k) if found else None
                if closing is None:
                    break
                k, fresh = closing, False
                continue
            elif word == "and" and not (k + 1 in self.at or self.page.near(k + 1, i) in DETERMINERS) and not fresh:
                break
            k += 1
        return found

    def _infinitive(self, k: int) -> bool:
        """Whether "to" at ``k`` opens an infinitive: a plain word follows that does not begin a noun phrase."""
        after = self.page.near(k + 1, k)
        if k + 1 in self.at or after in DETERMINERS | POSSESSIVES or not after.isalpha():
            return False
        return k + 2 not in self.at or after in ("help", "visit", "meet", "stop", "allow", "let", "make", "give")

    def _goes_on(self, k: int) -> bool:
        """Whether the comma at ``k`` stands in a list or before including, a time or a preposition."""
        after = self.page.near(k + 1, k)
        timed = k + 1 in self.at and self.at[k + 1].type == "TIME"
        return (
            timed
            or after in ("including", "and", "such")
            or (after in PREPOSITIONS and after not in ("with", "after", "before", "as"))
        )

    def _after_apposition(self, k: int) -> int | None:
        """The token behind the comma that closes the apposition opened at ``k``, if a preposition stands there."""
        for j in range(k + 1, k + 14):
            if not self.page.near(j, k) or j in self.triggers or self.page.lowers[j] in _BREAK:
                return None
            if self.page.lowers[j] == ",":
                return j + 1 if self.page.near(j + 1, k) in PREPOSITIONS else None
        return None

    def possessors(self, i: int) -> list[Found]:
        """Possessors and premodifying names of the noun at ``i``: Varga's visit, Norvania-Ruthia talks."""
        found: list[Found] = []
        k = i - 1
        while k > i - 9 and self.page.near(k, i):
            m, word = self.at.get(k), self.page.lowers[k]
            if m is not None:
                if m.type in PARTIES and (
                    self.possesses(m) or m.kind == "ADJ" or m.type == "GPE" or self.page.near(m.last, i) == "-"
                ):
                    found.append(m)
                    if self.possesses(m):
                        found += self.conjuncts_possessing(m)
                        break
                elif m.type not in ("TIME", "LOC", "EVT"):
                    break
                k = m.first - 1
                continue
            verb = k in self.triggers and self.triggers[k].part == "V"
            if word == "and" and (found or k - 1 in self.triggers):  # a possessor scopes over coordinated nouns
                k -= 1
                continue
            if word != "'s" and (verb or word in PREPOSITIONS | AUXILIARIES | _BREAK | DETERMINERS | {",", '"', "to", "and"}):
                break
            k -= 1
        return found

    def conjuncts_possessing(self, m: Found) -> list[Found]:
        before = self.page.near(self.opening(m) - 1, m.first)
        other = self.at.get(self.opening(m) - 2) if before == "and" else None
        return [other] if other is not None and other.type == m.type else []
