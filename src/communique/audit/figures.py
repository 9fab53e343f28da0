"""The audit's ``figures.json``: whether it holds all that the dataset card shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from communique.audit.rows import VERDICTS
from communique.incident import DataError, Incident, shown
from communique.io.jsonl_decode import decode

_ANY: Final = "*"
_GROUP: Final = {"planted": "count", "caught": "count"}
_ENDS: Final = ("rate_low", "rate_high", "left", "low", "high")
_FORM: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("seed", "planted", "suspects"), "count"),
    "reader": {"caught": "count", "by": {_ANY: {_ANY: _GROUP}}, "verdicts": dict.fromkeys(VERDICTS, "count")},
    "checks": {"caught": "count", "false_alarms": "count"},
    "estimate": {_ANY: {"real": "count", **dict.fromkeys(_ENDS, "number or null")}},
}
"""An object's keys with what they hold; under ``*`` what each of its values is, whatever its key. Other keys may be there."""
_TOGETHER: Final = (("rate_low", "rate_high"), ("left", "low", "high"))
"""What is known of an estimate is known of all of these; ``high`` may also be known alone."""


def parse_figures(name: str, content: str) -> dict[str, Any]:
    """The figures as ``scripts/audit.py`` wrote them; ``name`` is the file's, for messages.

    Raises:
        DataError: every key that the card needs and that is missing, or holds something else.
    """
    found, fault = decode(name, content)
    if fault is not None:
        raise DataError([fault])
    hint = "have scripts/audit.py write the file again"
    wrong = [*_faults(found, _FORM, "$"), *_halves(found)]
    if wrong:
        raise DataError([Incident("not-figures", f"{name}: {path}", message, hint) for path, message in wrong])
    figures: dict[str, Any] = found
    return figures


def _faults(value: Any, form: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(form, str):
        count = type(value) is int and value >= 0
        if not count and (form == "count" or not (value is None or (type(value) is float and value >= 0))):
            yield path, f"expected a {form}, got {shown(value)}"
    elif not isinstance(value, dict):
        yield path, f"expected an object, got {shown(value)}"
    else:
        for key in value if _ANY in form else form:
            if key in value:
                yield from _faults(value[key], form.get(_ANY, form.get(key)), f"{path}.{key}")
            else:
                yield path, f"the key {key} is missing"


def _halves(found: Any) -> Iterator[tuple[str, str]]:
    """Estimates of which one end is given and another is null."""
    estimates = found.get("estimate") if isinstance(found, dict) else None
    for name, row in estimates.items() if isinstance(estimates, dict) else ():
        for first, *others in _TOGETHER:
            if isinstance(row, dict) and row.get(first) is not None:
                for key in (key for key in others if key in row and row[key] is None):
                    yield f"$.estimate.{name}.{key}", f"it is null, and {first} is {shown(row[first])}"
