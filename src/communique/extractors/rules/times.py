"""TIME expressions and their ISO values, from the words and, where the text prints its date, from that date."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from communique.extractors.english.page import Page
from communique.extractors.english.words import NUMBERS
from communique.extractors.rules.names import Found

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        [
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ],
        start=1,
    )
    for name in names.split()
}
_DAYS: Final = {
    d: n for n, d in enumerate(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], start=1)
}
_SEASONS: Final = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
_UNITS: Final = {
    "second": ("T", "S", 1), "minute": ("T", "M", 1), "hour": ("T", "H", 1), "day": ("", "D", 1), "night": ("", "D", 1),
    "week": ("", "W", 1), "weekend": ("", "W", 1), "month": ("", "M", 1), "quarter": ("", "M", 3), "year": ("", "Y", 1),
    "decade": ("", "Y", 10), "century": ("", "Y", 100), "centurie": ("", "Y", 100),
}  # fmt: skip

_MONTH: Final = r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"  # noqa: E501
_DAY: Final = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_NUM: Final = (
    rf"(?:\d+(?:[.,]\d+)*|{'|'.join(NUMBERS)}|a|an|several|some|many|few|a few|couple of|a couple of|dozens of|half an|half a)"
)
_UNIT: Final = r"(?:second|minute|hour|day|night|week|weekend|month|quarter|year|decade|centur(?:y|ie))"
_CLOCK: Final = r"(?:\d{1,2}(?::\d\d)?\s?(?:a\.m\.|p\.m\.|am|pm|AM|PM)(?!\w)|\d{1,2}:\d\d(?:\s?(?:GMT|UTC))?|noon|midnight)"
_YEAR: Final = r"(?:1[5-9]\d\d|20\d\d)"
_PARTS: Final = r"(?:morning|afternoon|evening|night)"
_ABOUT: Final = r"(?:more than|less than|about|around|nearly|almost|over|just|at least|up to)"
_EDGE: Final = r"(?:early|late|mid|earlier|later)"

_EXPRESSION: Final = re.compile(
    "|".join(
        rf"(?P<{name}>{pattern})"
        for name, pattern in (
            ("iso", r"\d{4}-\d\d-\d\d"),
            (
                "full",
                rf"(?:{_DAY},?\s)?{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,\s{_YEAR}|(?:{_DAY},?\s)?\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH},?\s{_YEAR}",
            ),
            (
                "partial",
                rf"(?:{_DAY},?\s)?{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?(?![\d,]*\d)|(?:{_DAY},?\s)?\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}",
            ),
            ("monthyear", rf"(?:(?:{_EDGE}|mid-)\s?)?{_MONTH},?\s(?:of\s)?{_YEAR}"),
            ("seasonyear", rf"(?:spring|summer|autumn|fall|winter)\s(?:of\s)?{_YEAR}"),
            ("range", rf"{_YEAR}\s?[-–]\s?{_YEAR}"),
            ("years", rf"(?:(?:early|late|mid)[-\s])?{_YEAR}s"),
            (
                "edgeyear",
                rf"(?:(?:(?:early|late|mid)[-\s])|(?:(?:beginning|start|middle|end|first\shalf|second\shalf)\sof\s))(?:the\s)?{_YEAR}",
            ),
            ("nthcentury", r"(?:\d{1,2}(?:st|nd|rd|th)|twentieth|nineteenth|twenty-first)[\s-]century"),
            ("weekday", rf"(?:(?:last|next|early|late)\s)?{_DAY}(?:\s{_PARTS})?(?:\sat\s{_CLOCK})?"),
            ("clock", rf"{_CLOCK}(?:\son\s{_DAY})?"),
            (
                "ago",
                rf"(?:{_ABOUT}\s)?{_NUM}\s{_UNIT}s?\s(?:ago|earlier|later)(?=\W|$)",
            ),
            ("edge", rf"(?:earlier|later|early|late)\s(?:this|last|next)\s(?:{_UNIT}|{_MONTH})\b"),
            ("edgeof", r"(?:end|beginning|start|middle)\sof\s(?:the|this|last|next)\s(?:day|week|month|year|decade|century)\b"),
            ("span", rf"(?:past|last|coming|next|previous|following)\s(?:{_NUM}\s)?{_UNIT}s\b"),
            ("near", rf"(?:last|next|past|previous|following|coming)\s(?:{_UNIT}|{_MONTH}|spring|summer|autumn|fall|winter)\b"),
            ("hyphen", rf"(?:\d+|{'|'.join(NUMBERS)})-{_UNIT}s?\b"),
            (
                "duration",
                rf"(?:{_ABOUT}\s)?{_NUM}(?:\s|-)?(?:and\sa\shalf\s)?{_UNIT}s?\b",
            ),
            ("recent", rf"recent\s{_UNIT}s\b|modern\stimes|that\stime"),
            ("bareunits", r"(?:days|weeks|months|years|decades|centuries|hours)\b"),
            ("day", r"(?:yesterday|today|tonight|tomorrow)\b"),
            ("this", rf"(?<=[Tt]his\s)(?:{_UNIT}|{_MONTH}|morning|afternoon|evening|spring|summer|autumn|fall|winter)\b"),
            ("year", rf"{_YEAR}\b"),
            ("month", rf"{_MONTH}\b"),
        )
    ),
    re.IGNORECASE,
)
_PRECEDED: Final = re.compile(
    r"(?:in|on|since|until|till|from|by|of|during|last|next|late|early|this|and|to|through|before|after|between|mid|the|,)\W$",
    re.IGNORECASE,
)
_FREQUENT: Final = re.compile(r"(?:every|each|once|twice|times|per)\s(?:a\s)?$", re.IGNORECASE)
_FUTURE: Final = re.compile(r"\b(?:will|'ll|’ll|to|upcoming|scheduled|expected|due|next|plans?|set|may|could|would|should)\b")


def printed_date(page: Page) -> date | None:
    """The full date that stands in a heading line or a dateline at the top, or alone on a line; None if there is none."""
    for number, (first, last) in enumerate(page.bounds[:8]):
        start, end = page.span(first, last)
        for match in _EXPRESSION.finditer(page.text, start, min(end, start + 160)):
            if match.lastgroup not in ("iso", "full"):
                continue
            alone = page.headings[number] and last - first <= 16
            dateline = page.words[first].isupper() and match.start() - start < 60
            if (alone or dateline) and (value := _full(match[0])):
                return value
    return None


def find_times(page: Page) -> list[Found]:
    """All TIME mentions of a page, in order, with values."""
    anchor = printed_date(page)
    found: list[Found] = []
    last_full: date | None = None
    for first, last in page.bounds:
        start, end = page.span(first, last)
        token = first
        for match in _EXPRESSION.finditer(page.text, start, end):
            kind = match.lastgroup or ""
            if not _is_time(page.text, match, kind, start):
                continue
            while token < last and page.ends[token] <= match.start():
                token += 1
            stop = token
            while stop < last and page.starts[stop] < match.end():
                stop += 1
            if token == stop or page.starts[token] != match.start() or page.ends[stop - 1] != match.end():
                continue
            if found and found[-1].last > token:
                continue
            future = bool(_FUTURE.search(page.text, start, end)) and not _past(page, first, last)
            value = value_of(match[0], kind, anchor, future, last_full)
            if value and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
                last_full = _full(value)
            found.append(Found(token, stop, "TIME", value=value))
            token = stop
    return found


def _is_time(text: str, match: re.Match[str], kind: str, start: int) -> bool:
    before = text[max(start, match.start() - 24) : match.start()]
    if match.start() and (text[match.start() - 1].isalnum() or text[match.end() : match.end() + 1].isalnum()):
        return False
    if _FREQUENT.search(before):
        return False
    words = match[0]
    if any(c.isalpha() for c in words) and kind in ("month", "partial", "monthyear", "full"):
        name = re.search(_MONTH, words, re.IGNORECASE)
        if name is None or not name[0][0].isupper():
            return False
        if kind == "month" and words in ("May", "March") and not _PRECEDED.search(before):
            return False
        if (
            kind == "month"
            and words.rstrip(".") in ("Mar", "Jan", "Dec", "Jun", "Sep", "Nov", "Oct", "Feb", "Apr", "Aug")
            and not words.endswith(".")
        ):
            return False
    if kind == "weekday" and not re.search(_DAY, words):
        return False
    return kind != "year" or bool(_PRECEDED.search(before)) or before.rstrip().endswith(("the", "(", "'s", "’s"))


def _past(page: Page, first: int, last: int) -> bool:
    return any(word in ("said", "met", "was", "were", "had", "told", "held", "added") for word in page.lowers[first:last])


def _full(words: str) -> date | None:
    numbers = [int(n) for n in re.findall(r"\d+", words)]
    month = _month(words)
    try:
        if month is None:
            return date(*numbers[:3]) if len(numbers) >= 3 else None
        day, year = (numbers[0], numbers[1]) if len(numbers) >= 2 else (0, 0)
        return date(year, month, day)
    except (ValueError, TypeError, OverflowError):
        return None


def _month(words: str) -> int | None:
    for word in re.findall(r"[A-Za-z]+", words):
        if word.lower() in _MONTHS:
            return _MONTHS[word.lower()]
    return None


def _number(words: str) -> int | None:
    """The number in a phrase; None if it names none."""
    if found := re.search(r"\d+(?:,\d{3})*", words):
        return int(found[0].replace(",", ""))
    for word in re.split(r"[\s-]+", words.lower()):
        if word in NUMBERS:
            return NUMBERS[word]
    return 1 if re.match(r"(?:an?|(?:over|nearly|about|almost|around) an?)\s(?!few|couple)", words, re.IGNORECASE) else None


def _duration(words: str) -> str | None:
    unit = re.search(
        r"(second|minute|hour|day|night|week|weekend|month|quarter|year|decade|centur(?:y|ie))s?$", words, re.IGNORECASE
    )
    if unit is None:
        return None
    time, letter, factor = _UNITS[unit[1].lower()]
    if words.lower().startswith("half"):
        return {"H": "PT30M", "Y": "P6M" if factor == 1 else "P5Y"}.get(letter)
    number = _number(words)
    return f"P{time}{'X' if number is None else number * factor}{letter}"


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def _unit_value(unit: str, back: int, anchor: date | None) -> str | None:
    """The value of the calendar unit that lies ``back`` units before the anchor's own."""
    blank = {"day": "XXXX-XX-XX", "night": "XXXX-XX-XX", "week": "XXXX-WXX", "weekend": "XXXX-WXX", "month": "XXXX-XX"}
    if anchor is None:
        return blank.get(unit, "XXXX" if unit in ("year", "quarter", "decade", "century") else None)
    try:
        if unit in ("day", "night"):
            return (anchor - timedelta(days=back)).isoformat()
        if unit in ("week", "weekend"):
            return _week(anchor - timedelta(weeks=back))
    except OverflowError:
        return None
    if unit == "month":
        months = anchor.year * 12 + anchor.month - 1 - back
        return f"{months // 12:04}-{months % 12 + 1:02}"
    if unit == "year":
        return f"{anchor.year - back:04}"
    decade = anchor.year // 10 * 10 - 10 * back
    return f"{decade:04}/{decade + 9:04}" if unit == "decade" else None


def value_of(words: str, kind: str, anchor: date | None, future: bool, last_full: date | None = None) -> str | None:
    """The ISO value of an expression of one of the kinds above; None where the manual gives null or the rules know none."""
    lower = words.lower()
    year = re.search(_YEAR, words)
    clock = _clock(words) if kind in ("clock", "weekday") else None
    if kind in ("iso", "full"):
        return day.isoformat() if (day := _full(words)) else None
    month = _month(words)
    if kind == "partial":
        number = int(re.findall(r"\d+", words)[-1])
        return f"{anchor.year if anchor else 'XXXX'}-{month:02}-{number:02}" if month and number < 32 else None
    if kind == "monthyear" and year and month:
        return f"{year[0]}-{month:02}"
    if kind in ("seasonyear", "edgeyear", "year") and year:
        season = next((n for name, n in _SEASONS.items() if lower.startswith(name)), None)
        return f"{year[0]}-{season}" if season else year[0]
    if kind == "range":
        return "/".join(re.findall(_YEAR, words))
    if kind == "years" and year:
        start = int(year[0])
        return f"{start}/{start + 9}"
    if kind == "nthcentury":
        nth = _number(words) or {"twentieth": 20, "nineteenth": 19}.get(lower.split()[0], 21)
        return f"{nth * 100 - 99:04}/{nth * 100:04}" if 0 < nth < 100 else None
    if kind == "month" and month:
        return f"{anchor.year if anchor else 'XXXX'}-{month:02}"
    if kind in ("weekday", "clock"):
        weekday = _weekday(lower, anchor, future)
        return f"{weekday}{clock}" if weekday and clock else weekday or clock
    if kind == "day":
        back = {"yesterday": 1, "tomorrow": -1}.get(lower, 0)
        return _unit_value("day", back, anchor)
    if kind in ("ago", "edge", "edgeof", "near", "this"):
        return _relative(lower, kind, anchor, last_full)
    return _duration(words) if kind in ("hyphen", "duration", "span", "bareunits") else None


def _relative(lower: str, kind: str, anchor: date | None, last_full: date | None) -> str | None:
    month = _month(lower)
    shift = 1 if "last" in lower or "previous" in lower else -1 if "next" in lower or "coming" in lower else 0
    if lower.startswith("past"):
        return _duration("one " + lower.split()[-1])
    if month:
        return f"{anchor.year - shift if anchor else 'XXXX'}-{month:02}"
    season = next((n for name, n in _SEASONS.items() if lower.endswith(name)), None)
    if season:
        return f"{anchor.year - shift if anchor else 'XXXX'}-{season}"
    if lower in ("morning", "afternoon", "evening"):
        return _unit_value("day", 0, anchor)
    unit = re.search(rf"({_UNIT})s?(?:\s(?:ago|earlier|later|before|after))?$", lower)
    if unit is None:
        return None
    name = {"centurie": "century"}.get(unit[1], unit[1])
    if kind == "ago":
        number = _number(lower)
        if not lower.endswith("ago"):
            later = -1 if lower.endswith(("later", "after")) else 1
            return _unit_value(name, later * (number or 0), last_full) if number else _unit_value(name, 0, None)
        return _unit_value(name, number, anchor) if number is not None and number < 3000 else _unit_value(name, 0, None)
    return _unit_value(name, -1, last_full) if "following" in lower else _unit_value(name, shift, anchor)


def _weekday(lower: str, anchor: date | None, future: bool) -> str | None:
    number = next((n for name, n in _DAYS.items() if name in lower), None)
    if number is None:
        return None
    if anchor is None:
        return f"XXXX-WXX-{number}"
    back = (anchor.isoweekday() - number) % 7
    try:
        return (anchor + timedelta(days=(7 - back) if future and "last" not in lower else -back)).isoformat()
    except OverflowError:
        return None


def _clock(words: str) -> str | None:
    if "noon" in words.lower().split() or "midnight" in words.lower():
        return "T12:00" if "noon" in words.lower() else "T00:00"
    found = re.search(r"(\d{1,2})(?::(\d\d))?\s?(a\.?m|p\.?m)?", words, re.IGNORECASE)
    if found is None:
        return None
    hour = int(found[1]) % 12 + (12 if (found[3] or "").lower().startswith("p") else 0) if found[3] else int(found[1])
    return f"T{hour:02}:{int(found[2] or 0):02}" if hour < 24 else None
