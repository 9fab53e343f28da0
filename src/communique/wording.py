"""Figures and lists as people read them, in tables and in messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

DASH: Final = "–"
"""Stands in print for what is undefined or was not scored."""


def percent(fraction: float | None) -> str:
    """``57.1`` for 0.5714, a dash for None."""
    return DASH if fraction is None else f"{100 * fraction:.1f}"


def between(low: float | None, high: float | None) -> str:
    """``83.1–90.2``, a dash if there is no interval."""
    return DASH if low is None else f"{percent(low)}–{percent(high)}"


def counted(n: int, one: str, more: str | None = None) -> str:
    """``1 document``, ``2 documents``; ``more`` is the plural where it does not end in s.

    >>> counted(2, "story", "stories")
    '2 stories'
    """
    return f"{n} {one if n == 1 else more or one + 's'}"


def first_ten(names: Sequence[str]) -> str:
    """The first ten, and how many more there are."""
    return ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")


def line(text: str) -> str:
    r"""The text as one printable line: a name may hold a line break (``\n``) or a terminal's escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def grouped(pairs: Iterable[tuple[str, str | None]]) -> dict[str, list[str]]:
    """Names by what is said of them; those of which nothing is said (None) are left out."""
    groups: dict[str, list[str]] = {}
    for name, text in pairs:
        if text is not None:
            groups.setdefault(text, []).append(name)
    return groups
