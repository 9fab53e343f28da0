"""Damage done to JSON, for tests that no damage makes a reader fail."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 60) | st.floats(0, 2) | st.sampled_from(("PER", "", "text", "🎉", "r1")),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(("start", "end", "label", "id", "text")), inner, max_size=3),
    max_leaves=4,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every object and list within a value, with each of its keys or indices."""
    if isinstance(value, dict):
        inner = [(value, key) for key in value]
    elif isinstance(value, list):
        inner = [(value, n) for n in range(len(value))]
    else:
        return []
    return [*inner, *(place for held, key in inner for place in places(held[key]))]


@st.composite
def damaged(draw: st.DrawFn, value: Any) -> Any:
    """The value, with one to three parts of it replaced, taken away or doubled."""
    value = copy.deepcopy(value)
    for _ in range(draw(st.integers(1, 3))):
        if not (within := places(value)):
            break
        held, key = draw(st.sampled_from(range(len(within))).map(within.__getitem__))
        match draw(st.sampled_from(("replace", "replace", "take away", "double"))):
            case "replace":
                held[key] = draw(_VALUES)
            case "take away":
                del held[key]
            case _ if isinstance(held, list):
                held.append(copy.deepcopy(held[key]))
            case _:
                held[f"{key}s"] = held[key]
    return value
