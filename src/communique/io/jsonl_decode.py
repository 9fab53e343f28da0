"""JSON text to values, strictly: what JSON leaves open, and what cannot be written again, is refused with its place."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from communique.incident import Incident, cut

_DIGITS: Final = 640
"""A whole number has no more digits. However Python is set, it reads and writes this many."""

_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


def decode(name: str, content: str, *, line: int | None = None) -> tuple[Any, Incident | None]:
    """A JSON text to its value, or the fault that keeps it from being read.

    A key given twice, NaN, a number too large for a float or of more than 640 digits, half a surrogate pair, a byte order mark
    and nesting without end are faults too.

    Args:
        line: the number of the line of the file that ``content`` is; None: ``content`` is the whole file.
    """
    place = name if line is None else f"{name}:{line}"
    if content.startswith("\ufeff"):
        hint = "take it out: save as UTF-8 without BOM what begins here"
        return None, Incident("invalid-json", place, "a byte order mark stands before the JSON", hint)
    try:
        value = json.loads(
            content, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite, parse_int=_short
        )
        if _SURROGATE.search(content):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as fault:
        at = f"{name}:{(line or 1) + fault.lineno - 1}:{fault.colno}"
        return None, Incident("invalid-json", at, fault.msg, "the JSON may be cut off; write whole objects, one per line")
    except UnicodeEncodeError as fault:
        half = f"\\u{ord(fault.object[fault.start]):04x}"
        near = fault.object[max(0, fault.start - 20) : fault.start]
        hint = "write the character itself, or both halves of its escape"
        return None, Incident("invalid-json", place, f"half a character, {half}, stands after {near!r}", hint)
    except _RefusedError as fault:
        return None, Incident("invalid-json", place, cut(str(fault), 200), fault.hint)
    except RecursionError:
        return None, Incident("invalid-json", place, "lists and objects are nested too deeply to be read", "flatten it")
    return value, None


def lines(name: str, content: str, faults: list[Incident]) -> Iterator[tuple[int, Any]]:
    """JSON Lines to their values, each with the number of its line; that a line cannot be read goes to ``faults``, in its turn.

    Only ``\\n`` ends a line: a JSON string may hold the other characters that Python takes for line ends. Blank lines count and
    hold nothing.
    """
    for number, line in enumerate(content.split("\n"), 1):
        if line.strip():
            value, fault = decode(name, line, line=number)
            if fault is None:
                yield number, value
            else:
                faults.append(fault)


class _RefusedError(ValueError):
    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) < len(pairs):
        twice = [cut(key) for key, n in Counter(k for k, _ in pairs).items() if n > 1]
        message = f"an object has the key {', '.join(sorted(twice))} more than once"
        raise _RefusedError(message, "give a key once in an object, with the value that is meant")
    return out


def _no_constant(name: str) -> Any:
    raise _RefusedError(f"{name} is not JSON", "write a number, or leave the key out where there is none")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise _RefusedError(f"{cut(digits)} is too large a number", "numbers go up to 1.7e308; write it as a string")
    return number


def _short(digits: str) -> int:
    if (n := len(digits.removeprefix("-"))) > _DIGITS:
        raise _RefusedError(f"a number has {n:,} digits, more than {_DIGITS}", "write so long a number as a string")
    return int(digits)
