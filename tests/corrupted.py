"""Quotes as language models corrupt them, with where they were taken from, for the test and the benchmark.

Half of them are as they were or differ in typography only, a quarter have typing errors, a quarter have lost or gained a word,
their case or what ends them. The text is made of articles of this repository, curly quotation marks and straight ones.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path

from communique.model import Span

SEEDS = Path(__file__).parents[1] / "seeds"
ARTICLES = {"004_03502430fe98f94b.txt": 5000, "002_3eb125dc665451ef.txt": 4200, "003_1afbb3b63b1bfa60.txt": 1000}
"""Which articles, and how many characters of each."""

WORD = re.compile(r"\w[\w.’'\-]*\w|\w")
LENGTHS = {1: 20, 2: 25, 3: 20, 4: 12, 6: 10, 9: 8, 14: 5}
"""How many words a quote has, and how often, of 100."""

KINDS = ("clean", "typography", "typing", "wording")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
PLAIN = str.maketrans("’‘“”–—\u00a0", "''\"\"-- ")


@dataclass(frozen=True, slots=True)
class Corrupted:
    """``text`` is what became of the words at ``gold``, ``context`` of the sixty characters or so round them."""

    gold: Span
    kind: str
    text: str
    context: str


def article() -> str:
    """10,000 characters."""
    parts = [(SEEDS / name).read_text(encoding="utf-8")[:length] for name, length in ARTICLES.items()]
    return "\n\n".join(parts)[:10_000]


def corrupted(text: str, count: int, seed: int) -> list[Corrupted]:
    """That many quotes of a text, in text order: stretches of words, of four characters or more, rarely across a line break."""
    chance = random.Random(seed)
    words = [match.span() for match in WORD.finditer(text)]
    found: list[Corrupted] = []
    while len(found) < count:
        [length] = chance.choices(list(LENGTHS), list(LENGTHS.values()))
        first = chance.randrange(len(words) - length)
        gold = Span(words[first][0], words[first + length - 1][1])
        crosses = "\n" in gold.of(text)
        if gold.end - gold.start < 4 or (crosses and chance.random() < 0.8):
            continue
        kind = chance.choice(KINDS)
        found.append(Corrupted(gold, kind, _corrupt(gold.of(text), kind, chance), _context(text, gold)))
    return sorted(found, key=lambda quote: quote.gold)


def _corrupt(words: str, kind: str, chance: random.Random) -> str:
    if kind == "clean":
        return words
    plain = words.translate(PLAIN)
    if kind == "typing":
        return _mistyped(plain, 1 if len(plain) < 12 else 2, chance)
    plain = re.sub(r"\s+", " ", plain)
    if kind == "typography":
        return plain if chance.random() < 0.7 else plain.replace(" ", "  ", 1)
    return _reworded(plain, chance)


def _mistyped(words: str, errors: int, chance: random.Random) -> str:
    """With letters replaced, left out, put in or swapped."""
    chars = list(words)
    for _ in range(errors):
        at, what = chance.randrange(len(chars)), chance.choice(("replace", "leave out", "put in", "swap"))
        if what == "replace":
            chars[at] = chance.choice(LETTERS)
        elif what == "leave out" and len(chars) > 3:
            del chars[at]
        elif what == "put in":
            chars.insert(at, chance.choice(LETTERS))
        elif what == "swap" and at + 1 < len(chars):
            chars[at], chars[at + 1] = chars[at + 1], chars[at]
    return "".join(chars)


def _reworded(words: str, chance: random.Random) -> str:
    """With "the" before it, without an inner word, in another case, or with a possessive or punctuation behind it."""
    each, what = words.split(), chance.random()
    if what < 0.3:
        return f"the {words}"
    if what < 0.6 and len(each) > 2:
        del each[chance.randrange(1, len(each) - 1)]
        return " ".join(each)
    if what < 0.8:
        return words.upper() if chance.random() < 0.3 else words.lower()
    return words + chance.choice(["'s", ".", ","])


def _context(text: str, gold: Span) -> str:
    """The words round a span in plain typography: from the word that begins some thirty characters before it."""
    start = text.rfind(" ", 0, max(0, gold.start - 25)) + 1
    end = text.find(" ", gold.end + 25)
    return re.sub(r"\s+", " ", text[start : end if end >= 0 else len(text)].translate(PLAIN)).strip()


def overlap(gold: Span, pred: Span | None) -> float:
    """Intersection over union."""
    if pred is None:
        return 0.0
    shared = gold.overlap(pred)
    return shared / ((gold.end - gold.start) + (pred.end - pred.start) - shared)
