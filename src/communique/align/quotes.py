"""Quoted strings to spans, exactly: what is not found where it is said to be is refused, never guessed."""

from __future__ import annotations

from collections.abc import Sequence

from communique.align.borders import cuts
from communique.model import Span


def occurrences(text: str, words: str, within: Span | None = None) -> list[Span]:
    """Every place where ``words`` stand in ``text`` (or in one span of it) without cutting a word.

    >>> occurrences("The theory of the he", "he")
    [Span(start=18, end=20)]
    """
    low, high = (within.start, within.end) if within else (0, len(text))
    found = []
    at = text.find(words, low, high) if words else -1
    while at >= 0:
        end = at + len(words)
        if not (cuts(text, at) or cuts(text, end)):
            found.append(Span(at, end))
        at = text.find(words, at + 1, high)
    return found


def resolve(
    text: str, sentences: Sequence[Span], words: str, *, sentence: int | None = None, occurrence: int | None = None
) -> Span:
    """The span that a quote means.

    Args:
        sentences: the text's sentences; ``sentence`` is a number among them, from 1, None for the whole text.
        occurrence: from 1, within the sentence if one is given, else within the text; it may be left out if there is only one.

    Raises:
        ValueError: if the words are empty, are not there, are there more than once with no ``occurrence``, or fewer times.
    """
    if not words:
        raise ValueError("the quote is empty; quote the words as they stand in the text")
    if sentence is not None and not 1 <= sentence <= len(sentences):
        raise ValueError(f"there is no sentence {sentence}; the text has sentences 1 to {len(sentences)}")
    if occurrence is not None and occurrence < 1:
        raise ValueError(f"occurrence {occurrence}: occurrences count from 1")
    within = sentences[sentence - 1] if sentence is not None else None
    where = f"sentence {sentence}" if sentence is not None else "the text"
    found = occurrences(text, words, within)
    if not found:
        raise ValueError(f"{words!r} does not occur in {where}{_elsewhere(text, sentences, words, within)}")
    if occurrence is None:
        if len(found) > 1:
            raise ValueError(f"{words!r} occurs {len(found)} times in {where}; say which with occurrence, from 1")
        return found[0]
    if occurrence > len(found):
        raise ValueError(f"{words!r} occurs {len(found)} times in {where}, so there is no occurrence {occurrence}")
    return found[occurrence - 1]


def quote(text: str, sentences: Sequence[Span], span: Span) -> dict[str, str | int]:
    """The quote that `resolve` turns back into ``span``, with ``occurrence`` only where it is needed.

    Raises:
        ValueError: if the span cuts a word, so that no quote means it.
    """
    words = span.of(text)
    number = next((n for n, s in enumerate(sentences, 1) if s.contains(span)), None)
    found = occurrences(text, words, sentences[number - 1] if number else None)
    if span not in found:
        raise ValueError(f"{span} {words!r} begins or ends inside a word, so it cannot be quoted")
    out: dict[str, str | int] = {"text": words}
    if number:
        out["sentence"] = number
    if len(found) > 1:
        out["occurrence"] = found.index(span) + 1
    return out


def _elsewhere(text: str, sentences: Sequence[Span], words: str, within: Span | None) -> str:
    """A hint: where the words do stand, or that they stand only inside a longer word."""
    low, high = (within.start, within.end) if within else (0, len(text))
    if text.find(words, low, high) >= 0:
        return " except inside a longer word; quote whole words"
    numbers = sorted({n for n, s in enumerate(sentences, 1) if occurrences(text, words, s)})
    if numbers:
        return f"; it does in sentence {', '.join(map(str, numbers[:5]))}"
    return "; quote the words exactly as they stand, with the same quotation marks and spaces"
