"""The floor: names by the gazetteer and triggers by the lexicons, whatever stands round them."""

from __future__ import annotations

from typing import Any

from communique.extractors.english.gazetteer import gazetteer
from communique.extractors.english.lemmas import matching
from communique.extractors.english.page import Page, read_page
from communique.extractors.english.words import DETERMINERS


def extract(text: str) -> dict[str, Any]:
    """Mentions and events of any text. Every event is ACTUAL and POS and has no arguments."""
    page = read_page(text)
    return {
        "layers": ["mentions", "events"],
        "mentions": _mentions(page),
        "entities": [],
        "events": _events(page),
        "instances": [],
        "relations": [],
        "event_relations": [],
    }


def _mentions(page: Page) -> list[dict[str, Any]]:
    known = gazetteer()
    found: list[tuple[int, int, str, str | None]] = []
    i = 0
    while i < len(page.words):
        listed = known.find(page.words, i)
        end = listed[0] if listed else _title(page, i)
        if listed:
            found.append((i, end, listed[1].type, listed[1].kind))
        elif end > i:
            found.append((i, end, "TITLE", None))
        i = max(end, i + 1)
    mentions = []
    for number, (first, last, type_, kind) in enumerate(found, start=1):
        start, stop = page.span(first, last)
        mention: dict[str, Any] = {"id": f"m{number}", "start": start, "end": stop, "type": type_}
        mentions.append(mention if kind is None else mention | {"kind": kind})
    return mentions


def _title(page: Page, i: int) -> int:
    """The end of a title at ``i`` that a capital, so perhaps its holder's name, follows; ``i`` if there is none."""
    known = gazetteer()
    if page.near(i - 1, i) in known.title_modifiers:
        return i
    end = i
    while page.near(end, i) in known.title_modifiers:
        end += 1
    heads = [k for k in (end, end - 1) if k >= i and page.near(k, i) in known.title_heads]
    if not heads:
        return i
    after = heads[0] + 1
    named = page.near(after, i) and page.words[after][0].isupper() and page.lowers[after] not in DETERMINERS
    return after if named and known.find(page.words, after) is None else i


def _events(page: Page) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    for first, last in page.bounds:
        for i in range(first, last):
            reading = next(matching(page.lowers, i, last), None)
            if reading is not None:
                event = {"id": f"v{len(events) + 1}", "start": page.starts[i], "end": page.ends[i], "type": reading.type}
                events.append(event | {"realis": "ACTUAL", "polarity": "POS", "arguments": []})
    return events
