"""JSON text to values, strictly: what JSON leaves open, and what cannot be written again, is refused with its place."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import Any, Final

from communique.incident import Incident, cut

_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


def decode(name: str, content: str, *, line: int | None = None) -> tuple[Any, Incident | None]:
    """A JSON text to its value, or the fault that keeps it from being read.

    A key given twice, NaN, a number too large for a float, half a surrogate pair and nesting without end are faults too.

    Args:
        line: the number of the line of the file that ``content`` is; None: ``content`` is the whole file.
    """
    place = name if line is None else f"{name}:{line}"
    try:
        value = json.loads(content, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite)
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
    except ValueError as fault:
        return None, Incident("invalid-json", place, cut(str(fault), 200), "mend it")
    except RecursionError:
        return None, Incident("invalid-json", place, "lists and objects are nested too deeply to be read", "flatten it")
    return value, None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) < len(pairs):
        twice = [cut(key) for key, n in Counter(k for k, _ in pairs).items() if n > 1]
        raise ValueError(f"an object has the key {', '.join(sorted(twice))} more than once")
    return out


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"{cut(digits)} is too large a number")
    return number
