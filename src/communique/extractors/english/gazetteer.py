"""The word knowledge of the baselines: names, and nouns by the mention type that they head, read from ``gazetteer.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from communique.extractors.english.words import bag
from communique.tokens import tokenize


@dataclass(frozen=True, slots=True)
class Entry:
    """What a listed name is. ``key`` is the same for all names of one thing; ``country`` is the key of a capital's country."""

    type: str
    kind: str
    key: str
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """``names`` maps a first token to the names that it begins, longest first; ``nominals`` a noun form to type and number.

    ``states`` are the keys of countries, ``seats`` those of buildings that stand for governments.
    """

    names: Mapping[str, tuple[tuple[tuple[str, ...], Entry], ...]]
    states: frozenset[str]
    seats: frozenset[str]
    heads: Mapping[str, frozenset[str]]
    first_names: frozenset[str]
    title_heads: frozenset[str]
    title_modifiers: frozenset[str]
    title_tails: tuple[tuple[str, ...], ...]
    nominals: Mapping[str, tuple[str, bool]]

    def find(self, words: tuple[str, ...], first: int) -> tuple[int, Entry] | None:
        """The end of the longest name that begins at token ``first``, and what it is."""
        for name, entry in self.names.get(words[first], ()):
            if words[first : first + len(name)] == name:
                return first + len(name), entry
        return None


_IRREGULAR_PLURALS: Final = {
    "man": "men", "woman": "women", "wife": "wives", "country": "countries", "spokesman": "spokesmen", "aircraft": "aircraft",
    "spokeswoman": "spokeswomen", "spokesperson": "spokespeople", "fisherman": "fishermen", "gunman": "gunmen",
    "businessman": "businessmen", "chairman": "chairmen", "headquarters": "headquarters", "artillery": "artillery",
    "equipment": "equipment", "personnel": "personnel", "military": "militaries", "chief": "chiefs",
}  # fmt: skip
_UNCOUNTED: Final = bag("ammunition hardware weaponry leadership crew police media arms waters artillery equipment")


def plural(noun: str) -> str:
    """The regular plural of a noun, or the irregular one of the few that are listed."""
    if noun in _IRREGULAR_PLURALS:
        return _IRREGULAR_PLURALS[noun]
    if noun.endswith(("s", "x", "z", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2:-1] not in set("aeiou"):
        return noun[:-1] + "ies"
    return noun + "s"


@cache
def gazetteer() -> Gazetteer:
    """The gazetteer that is shipped beside this module."""
    table = tomllib.loads((resources.files(__package__) / "gazetteer.toml").read_text(encoding="utf-8"))
    found: dict[tuple[str, ...], Entry] = {}
    for name, entry in (*_countries(table), *_others(table)):
        found.setdefault(_words(name), entry)
        if len(name) > 3 and name.isascii():
            found.setdefault(_words(name.upper()), entry)
    names: dict[str, list[tuple[tuple[str, ...], Entry]]] = {}
    for words, entry in sorted(found.items(), key=lambda item: -len(item[0])):
        names.setdefault(words[0], []).append((words, entry))
    return Gazetteer(
        names={first: tuple(rest) for first, rest in names.items()},
        states=frozenset(line.split("|")[0] for line in table["countries"].splitlines() if line),
        seats=frozenset(_items(table["seats"])),
        heads={kind: frozenset(_items(table[f"{kind}_heads"])) for kind in ("org", "loc", "gpe", "evt", "policy")},
        first_names=frozenset(_items(table["first_names"])),
        title_heads=frozenset(_items(table["title_heads"])),
        title_modifiers=frozenset(_items(table["title_modifiers"])),
        title_tails=tuple(sorted(map(_words, _items(table["title_tails"])), key=len, reverse=True)),
        nominals=_nominals(table["nominals"]),
    )


def _items(listed: str) -> Iterator[str]:
    return (item for line in listed.splitlines() for item in line.split(";") if item)


def _words(name: str) -> tuple[str, ...]:
    return tuple(token.of(name) for token in tokenize(name))


def _countries(table: Mapping[str, Any]) -> Iterator[tuple[str, Entry]]:
    for line in filter(None, table["countries"].splitlines()):
        country, others, adjectives, people, cities = (list(filter(None, part.split(";"))) for part in line.split("|"))
        key = country[0]
        for name in country + others:
            yield name, Entry("GPE", "NAM", key)
        for adjective in adjectives:
            yield adjective, Entry("GPE", "ADJ", key)
            if adjective[-1] in "nikbh" and not adjective.endswith(("ish", "sh", "ch")):
                yield adjective + "s", Entry("GPE", "NAM", key)
        for name in people:
            yield name, Entry("GPE", "NAM", key)
        for number, name in enumerate(cities):
            yield name, Entry("GPE", "NAM", name, None if number else key)


def _others(table: Mapping[str, Any]) -> Iterator[tuple[str, Entry]]:
    for kind, mention in (
        ("places", "LOC"),
        ("organisations", "ORG"),
        ("gatherings", "EVT"),
        ("seats", "ORG"),
        ("craft", "OBJ"),
    ):
        for name in _items(table[kind]):
            yield name, Entry(mention, "NAM", name)


def _nominals(table: Mapping[str, str]) -> dict[str, tuple[str, bool]]:
    found: dict[str, tuple[str, bool]] = {}
    for kind, listed in table.items():
        for noun in _items(listed):
            found.setdefault(plural(noun), (kind, True))
            if noun not in _UNCOUNTED:
                found.setdefault(noun, (kind, False))
    return found
