"""The lexicons of the ontology, inflected: which event types a word form may stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from communique.extractors.english.words import bag, inflect
from communique.ontology import default_ontology


@dataclass(frozen=True, slots=True)
class Reading:
    """A form as ``tag`` of ``lemma``. ``before`` and ``after`` are the other words of a phrase entry, in their places."""

    lemma: str
    tag: str
    type: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


# In the order in which the first fitting type wins (guidelines 5.2; classes as in 5.1, verbal conflict before STATEMENT).
TYPE_OF_LEXICON: Final[Mapping[str, str]] = {
    "consult_nouns": "CONSULT", "consult_visit": "CONSULT", "consult_verbs": "CONSULT", "improve": "IMPROVE",
    "worsen": "WORSEN",
    "warn_verbs": "THREATEN", "threaten": "THREATEN", "accuse": "ACCUSE", "request_verbs": "REQUEST", "reject": "REJECT",
    "agree": "AGREE", "statement_verbs": "STATEMENT", "security": "SECURITY", "sanction": "SANCTION", "support": "SUPPORT",
    "cooperate": "COOPERATE",
}  # fmt: skip
_LAST_HEADS: Final = bag("phone video return state visa joint military arms export")


@cache
def readings() -> Mapping[str, tuple[Reading, ...]]:
    """Word form to readings; phrase entries first, then in the order of precedence."""
    lexicons = default_ontology().lexicons
    found: dict[str, list[Reading]] = {}
    for name, type_ in TYPE_OF_LEXICON.items():
        for entry in lexicons[name].words:
            before, head, after = _cut(entry)
            for form, tag in inflect(head):
                found.setdefault(form, []).append(Reading(head, tag, type_, before, after))
    return {form: tuple(sorted(all_, key=lambda r: not (r.before or r.after))) for form, all_ in found.items()}


def forms(lexicon: str) -> Mapping[tuple[str, ...], str]:
    """Inflected entries of a lexicon, as words, to the entry; a phrase is inflected in its first word."""
    return _forms(lexicon)


@cache
def _forms(lexicon: str) -> Mapping[tuple[str, ...], str]:
    found = {}
    for entry in default_ontology().lexicons[lexicon].words:
        head, *rest = entry.split()
        for form, _ in inflect(head):
            found[(form, *rest)] = entry
    return found


@cache
def single(lexicon: str) -> Mapping[str, tuple[str, str]]:
    """Inflected one-word entries of a lexicon, to lemma and tag."""
    entries = (word for word in default_ontology().lexicons[lexicon].words if " " not in word)
    return {form: (lemma, tag) for lemma in entries for form, tag in inflect(lemma)}


def matching(words: tuple[str, ...], i: int, last: int) -> Iterator[Reading]:
    """The readings of lower-case token ``i`` whose phrase, if any, stands there; ``last`` ends the sentence."""
    for reading in readings().get(words[i], ()):
        start, end = i - len(reading.before), i + 1 + len(reading.after)
        if start >= 0 and end <= last and words[start:i] == reading.before and words[i + 1 : end] == reading.after:
            yield reading


def _cut(entry: str) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    words = tuple(entry.split())
    if words[0] in _LAST_HEADS and words != ("export", "arms"):
        return words[:-1], words[-1], ()
    return (), words[0], words[1:]
