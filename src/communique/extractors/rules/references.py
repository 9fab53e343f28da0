"""Which mention is which thing: string and last-name matches, demonyms, acronyms, nominals and pronouns to the nearest fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from communique.extractors.english.gazetteer import gazetteer
from communique.extractors.english.words import bag
from communique.extractors.rules.clauses import Scene
from communique.extractors.rules.names import Found
from communique.extractors.rules.nominals import PERSONAL

Key = tuple[str, str]
"""Type and identity of an entity; the identity of a name is its key in the gazetteer or its words."""

_FIRST: Final = bag("i me my myself")
_WE: Final = bag("we us our ours ourselves")
_FEMALE: Final = bag("she her hers herself")
_GROUPS: Final = bag(
    """sides countries nations leaders powers neighbours neighbors allies states parties rivals governments capitals
    superpowers two both"""
)
_SINGLE: Final = bag(
    """country nation island government minister president leader premier chancellor envoy ambassador spokesman spokeswoman
    spokesperson secretary king prince diplomat union organization organisation company group bloc alliance ministry city
    capital party republic kingdom"""
)
_MEMORY: Final = 150
"""How many mentions back an antecedent may lie."""

_WHERE: Final = bag("in at to from near into through outside across around inside")
_VISITED: Final = bag("visit visits visited visiting tour toured touring leave leaves left leaving reach reached")
_OFFICES: Final = bag(
    "president minister chancellor premier king prince secretary senator governor ambassador envoy general admiral"
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """``keys`` of all mentions that refer; ``types`` of those whose type only their antecedent tells. A mention that is in
    ``loose`` refers to nothing else in the text and stays only if a role or relation needs it; ``lost`` are pronouns without
    antecedent.
    """

    keys: dict[Found, Key]
    types: dict[Found, str]
    loose: frozenset[Found]
    lost: frozenset[Found]


def resolve(scene: Scene, mentions: Sequence[Found], holders: Sequence[tuple[Found, Found]]) -> Resolved:
    """Entities of all mentions but TITLE and TIME, which have none."""
    return _Resolver(scene, sorted(mentions), holders).all()


class _Resolver:
    def __init__(self, scene: Scene, mentions: Sequence[Found], holders: Sequence[tuple[Found, Found]]) -> None:
        self.scene, self.page, self.mentions = scene, scene.page, mentions
        self.keys: dict[Found, Key] = {}
        self.types: dict[Found, str] = {}
        self.loose: set[Found] = set()
        self.lost: set[Found] = set()
        self.titles: dict[str, set[str]] = {}
        self.states: dict[str, str] = {}
        self.gender: dict[str, str] = {}
        self.kin: dict[str, Found] = {}
        self.full = self._full_names()
        self.acronyms = self._acronyms()
        for person, title in holders:
            words = self.page.lowers[title.first : title.last]
            for form, gender in (
                ("spokeswoman", "f"),
                ("queen", "f"),
                ("chairwoman", "f"),
                ("spokesman", "m"),
                ("king", "m"),
                ("chairman", "m"),
            ):
                if form in words:
                    self.gender[self._name(person)] = gender
            self.titles.setdefault(self._name(person), set()).update(words)
            k = title.first - 1
            left = scene.at.get(k - 1 if self.page.word(k) in ("'s", "former") else k)
            if left is not None and left.type == "GPE" and left.key:
                self.states[self._name(person)] = left.key

    def all(self) -> Resolved:
        seen: list[Found] = []
        for m in self.mentions:
            if m.type in ("TITLE", "TIME"):
                continue
            key = self._key(m, seen[-_MEMORY:])
            if key is None:
                self.lost.add(m)
                continue
            self.keys[m] = key
            seen.append(m)
        return Resolved(self.keys, self.types, frozenset(self.loose), frozenset(self.lost))

    def _full_names(self) -> dict[str, str]:
        """A part of a person's name to the full name it stands for; the first that has it as last word wins."""
        named = (m.key for m in self.mentions if m.type == "PER" and m.kind == "NAM" and m.key and " " in m.key)
        people = list(dict.fromkeys(named))[:_MEMORY]
        full: dict[str, str] = {}
        for last in (True, False):
            for name in people:
                words = name.split()
                full.setdefault(words[-1] if last else words[0], name)
        for name in people:
            for other in people:
                if len(other) > len(name) and (other.endswith(" " + name) or other.startswith(name + " ")):
                    full.setdefault(name, other)
        return full

    def _acronyms(self) -> dict[str, str]:
        """ "Merrow Union (MU)": the acronym to the name."""
        found = {}
        for m in self.mentions:
            inside = self.scene.at.get(m.last + 1)
            if (
                m.type == "ORG"
                and m.key
                and inside is not None
                and inside.key
                and self.page.word(m.last) == "("
                and inside.type == "ORG"
            ):
                found[inside.key] = m.key
        return found

    def _name(self, m: Found) -> str:
        key = m.key or ""
        return self.full.get(key, key)

    def _key(self, m: Found, seen: list[Found]) -> Key | None:
        if m.kind in ("NAM", "ADJ"):
            if m.type == "GPE" and m.country and self._governs(m):
                return "GPE", m.country
            return m.type, self.acronyms.get(self._name(m), self._name(m)) if m.type in ("PER", "ORG") else m.key or ""
        after = self.scene.at.get(m.last + 1)
        if (
            (
                m.kind == "NOM"
                and m.type == "PER"
                and not m.plural
                and after is not None
                and self.page.near(m.last, m.first) == ","
            )
            and after.type == "PER"
            and after.kind == "NAM"
        ):  # his counterpart, Gao Wenbin
            return "PER", self._name(after)
        key = self._of_pronoun(m, seen) if m.kind == "PRO" else self._of_nominal(m, seen)
        if key is not None:
            self.types[m] = key[0]
            return key
        if m.kind == "PRO":
            return None
        self.loose.add(m)
        opening = self.page.lowers[(m.extent or (m.first, m.last))[0]]
        known = self.kin.get(m.key or "")
        heading = known is not None and self.page.headings[self.page.home[known.first]]
        if known is not None and (heading or opening in ("the", "this", "these", "such", "his", "her", "its", "their")):
            return self.keys[known]
        self.kin[m.key or ""] = m
        return m.type, f"#{m.first}"

    def _governs(self, m: Found) -> bool:
        """Whether a capital is its state here: it neither locates, nor is visited, nor stands in a dateline."""
        page = self.page
        before, after = page.near(m.first - 1, m.first), page.near(m.last, m.first)
        if self.scene.preposition(m) in _WHERE or before in _VISITED or after in (",", "(", "–", "—", "--"):
            return False
        noun = self.scene.triggers.get(m.last)
        if noun is not None and noun.part == "N":
            return False  # the Castel talks
        paired = self.scene.at.get(m.last + 1) if after == "-" else None
        return not self.scene.modifies(m) or (paired is not None and paired.country is not None)

    def _of_pronoun(self, m: Found, seen: list[Found]) -> Key | None:
        word = self.page.lowers[m.first]
        if word in _FIRST:
            return self._speaker(m)
        if word in _WE:
            return self._we(m)
        if word in PERSONAL:
            return self._person(m, word, seen)
        if word in ("they", "them", "their", "theirs", "themselves"):
            return self._they(m, seen)
        things = [s for s in seen if self.types.get(s, s.type) in ("GPE", "ORG") and not s.plural and s.kind != "ADJ"]
        return self._nearest(m, things)

    def _person(self, m: Found, word: str, seen: list[Found]) -> Key | None:
        """The nearest person whose gender the text has not shown to be the other; once resolved, it shows it."""
        gender = "f" if word in _FEMALE else "m"
        people = [
            s
            for s in seen
            if s.type == "PER" and not s.plural and s.kind != "PRO" and self.gender.get(self.keys[s][1], gender) == gender
        ]
        named = [s for s in people if s.kind == "NAM" or s not in self.loose]
        people = [s for s in named if self.page.home[m.first] - self.page.home[s.first] <= 2] or [
            s for s in people if s not in named and self.scene.head(s) and not self.scene.preposition(s)
        ]
        same = [
            s
            for s in seen
            if s.kind == "PRO"
            and self.page.home[s.first] == self.page.home[m.first]
            and (self.page.lowers[s.first] in _FEMALE) == (gender == "f")
            and self.page.lowers[s.first] in PERSONAL - _FIRST
        ]
        key = self.keys[same[-1]] if same else self._nearest(m, people)
        if key is not None:
            self.gender.setdefault(key[1], gender)
        return key

    def _nearest(self, m: Found, candidates: list[Found]) -> Key | None:
        """The subject of the sentence if it fits and stands before; else the nearest of this and the two before."""
        home = self.page.home
        near = [c for c in candidates if home[m.first] - home[c.first] <= 2]
        if not near:
            return None
        here = [c for c in near if home[c.first] == home[m.first]]
        pool = here or [c for c in near if home[c.first] == home[near[-1].first]]
        subjects = [c for c in pool if self.scene.head(c) and not self.scene.preposition(c)]
        return self.keys[(subjects or pool)[0 if not here else -1]]

    def _they(self, m: Found, seen: list[Found]) -> Key | None:
        home = self.page.home
        for c in reversed(seen):
            if home[m.first] - home[c.first] > 1:
                break
            if c.plural and self.scene.head(c) and c.type != "OBJ":
                return self.keys[c]
            if self.page.near(self.scene.opening(c) - 1, c.first) == "and" and (pair := self.scene.conjuncts(c, False)):
                return self._group([c, *pair], c.type)
        if self._met(m):
            named = [c for c in reversed(seen) if c.type == "PER" and c.kind == "NAM" and home[m.first] - home[c.first] <= 1]
            two = list({self.keys[c]: c for c in named}.values())[:2]
            return self._group(two, "PER") if len(two) == 2 else None
        return None

    def _group(self, members: list[Found], type_: str) -> Key:
        return type_, "&" + "&".join(sorted({self.keys[c][1] for c in members if c in self.keys}))

    def _speaker(self, m: Found) -> Key | None:
        """The person that the sentence's speech verb, else the one before, has as its subject."""
        home = self.page.home[m.first]
        for sentence in (home, home - 1):
            if sentence < 0:
                continue
            first, last = self.page.bounds[sentence]
            for k in range(first, last):
                t = self.scene.triggers.get(k)
                if t is not None and t.type == "STATEMENT":
                    after = self.scene.at.get(k + 1)
                    speakers = [after] if after is not None and after.type == "PER" else self.scene.subjects(k)
                    for s in speakers:
                        if s.type == "PER" and s.kind == "NAM":
                            return "PER", self._name(s)
                        if s in self.keys:
                            return self.keys[s] if self.keys[s][0] == "PER" else None
        return None

    def _we(self, m: Found) -> Key | None:
        speaker = self._speaker(m)
        if speaker is None or not self.page.quoted[m.first]:
            return None
        state = self.states.get(speaker[1])
        if state is not None and self.titles.get(speaker[1], set()) & _OFFICES | (
            {"spokesperson", "spokesman"} & self.titles.get(speaker[1], set())
        ):
            return "GPE", state
        return None

    def _of_nominal(self, m: Found, seen: list[Found]) -> Key | None:
        word = m.key or ""
        extent = m.extent or (m.first, m.last)
        opening = self.page.lowers[extent[0]]
        inner = [self.scene.at[k] for k in range(extent[0], m.first) if k in self.scene.at]
        if m.type == "PER" and not m.plural and inner and inner[-1].type == "GPE" and opening not in ("a", "an"):
            keys = [self.keys[x] for x in inner if x in self.keys]
            stateless = [name for name, title in self.titles.items() if word in title and name not in self.states]
            if len(stateless) == 1 and word in ("president", "premier", "king", "chancellor"):
                return "PER", stateless[0]
            return next(
                (
                    ("PER", name)
                    for name, state in self.states.items()
                    if keys and state == keys[-1][1] and word in self.titles[name]
                ),
                None,
            )
        if m.plural:
            return self._named_group(m, seen, word, opening, extent)
        if word == "side" and inner and inner[-1].type == "GPE" and inner[-1] in self.keys:
            return self.keys[inner[-1]]
        if opening not in ("the", "this", "that") or word not in _SINGLE:
            return None
        if any(self.scene.at[k].type == "GPE" for k in range(extent[0], m.first) if k in self.scene.at):
            return None
        if m.type == "PER":
            for c in reversed(seen):
                if c.type == "PER" and c.kind == "NAM" and word in self.titles.get(self._name(c), set()):
                    return self.keys[c]
            return None
        if word in ("government", "city", "capital", "party", "group", "company", "ministry", "island"):
            same = [c for c in seen if c.kind == "NAM" and c.key and word in c.key.lower().split()]
            return self.keys[same[-1]] if same else None
        nations = gazetteer().states | {c.key for c in self.mentions if c.kind == "ADJ"}
        states = [
            c for c in seen if c.type == "GPE" and self.keys[c][1] in nations and c.kind in ("NAM", "ADJ") and m.type == "GPE"
        ]
        return self._nearest(m, states)

    def _named_group(self, m: Found, seen: list[Found], word: str, opening: str, extent: tuple[int, int]) -> Key | None:
        """The two countries, both sides: the two states or persons that the text has named last."""
        inner = self.page.lowers[extent[0] : m.first]
        if word not in _GROUPS or not (
            opening in ("both", "two") or "two" in inner or (opening == "the" and m.first - extent[0] == 1)
        ):
            return None
        if any(k in self.scene.at and self.scene.at[k].kind in ("ADJ", "NAM") for k in range(extent[0], m.first)):
            return None
        home = self.page.home
        type_ = "PER" if word == "leaders" else "GPE"
        if word in ("sides", "parties") and self._met(m):
            type_ = "PER"
        members: list[Found] = []
        for c in reversed(seen):
            same = self.keys[c][0] == type_ and c.kind in ("NAM", "ADJ") and not c.plural
            if home[m.first] - home[c.first] > 6 or len(members) == 2:
                break
            if same and all(self.keys[c] != self.keys[x] for x in members):
                members.append(c)
        return self._group(members, type_) if len(members) == 2 else (type_, f"&{word}") if opening in ("both", "the") else None

    def _met(self, m: Found) -> bool:
        """Whether two persons took part in one meeting in the sentence just before."""
        home = self.page.home[m.first]
        if not home:
            return False
        first, last = self.page.bounds[home - 1]
        people = {
            self._name(self.scene.at[k]) for k in range(first, last) if k in self.scene.at and self.scene.at[k].type == "PER"
        }
        met = any(k in self.scene.triggers and self.scene.triggers[k].type == "CONSULT" for k in range(first, last))
        return met and len(people) > 1
