"""How doccano counts offsets, which its exports do not say: in the units of its editor, or as a program counted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, TypeAlias

from communique.align.borders import cuts
from communique.formats.fields import Fields, from_utf16
from communique.incident import Incident
from communique.model import Span
from communique.offsets import utf16_units
from communique.wording import counted

UTF16: Final = "UTF-16"
CODE_POINTS: Final = "code points"

Marked: TypeAlias = tuple[str, int, int]
"""A text, with the start and the end of a span of it, however they are counted."""

_JOINED: Final = re.compile("[\u0300-\u036f\u200d\ufe0f\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff]")
"""Characters that make one cluster of several: accents, joiners, how an emoji is to look, flags, colours of skin."""


def convention(name: str, marked: Sequence[Marked], faults: list[Incident]) -> tuple[str, list[str]]:
    """How the file of this name counts; and a note, if that makes a difference to a span."""
    told = [one for one in marked if not _plain(one[0]) and from_utf16(*one) != one[1:]]
    if not told:
        return UTF16, []
    units = [_whole(text, from_utf16(text, start, end)) for text, start, end in told]
    points = [_whole(text, (start, end)) for text, start, end in told]
    fit, unfit = (UTF16, units), (CODE_POINTS, points)
    if (points.count(True), None not in points) > (units.count(True), None not in units):
        fit, unfit = unfit, fit
    words = (
        f"{counted(len(told), 'span')} after an emoji or the like: in {fit[0]} {fit[1].count(True)} of them are whole words, "
        f"in {unfit[0]} {unfit[1].count(True)}"
    )
    if not all(fit[1]) and any(_JOINED.search(text) for text, _, _ in told):
        hint = 'say in each row "offsets": "UTF-16" or "code points"; offsets in grapheme clusters are not read'
        message = f"it does not say how it counts offsets, and nothing tells, for {words}"
        faults.append(Incident("offsets-in-doubt", name, message, hint))
    return fit[0], [f"{name} does not say how it counts offsets, and is read in {fit[0]}, for {words}"]


def _plain(text: str) -> bool:
    """Whether UTF-16 units and code points are the same."""
    return not text or max(text) <= "\uffff"


def _whole(text: str, places: tuple[int, int] | None) -> bool | None:
    """Whether a span begins and ends where words do; None if it is none."""
    if places is None or not 0 <= places[0] < places[1] <= len(text):
        return None
    start, end = places
    return not (cuts(text, start) or cuts(text, end) or text[start].isspace() or text[end - 1].isspace())


def placed_span(given: Fields, text: str, start: int, end: int, offsets: str) -> Span | None:
    """The span of these offsets; in whatever way they are counted, it has to be of the text."""
    if offsets == UTF16 and not _plain(text):
        size = utf16_units(text, len(text))
        if 0 <= start < end <= size:
            if (places := from_utf16(text, start, end)) is not None:
                return Span(*places)
            message = f"[{start}, {end}) cuts a character that takes two UTF-16 units"
            hint = 'if offsets are in code points, say so in the row: "offsets": "code points"'
            given.faults.append(Incident("span-outside-text", f"{given.place}: {given.path}", message, hint))
            return None
        if 0 <= start < end:
            message = f"[{start}, {end}) runs past the text, which has {size} UTF-16 units"
            hint = "the annotation was made on another text, or offsets were counted in bytes"
            given.faults.append(Incident("span-outside-text", f"{given.place}: {given.path}", message, hint))
            return None
    return given.within(start, end, text)
