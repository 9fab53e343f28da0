"""Offsets in UTF-16 units, which browsers, Java and .NET count, and in code points, which everything here counts."""

from __future__ import annotations

from functools import lru_cache


def code_points(text: str, units: int) -> int:
    """Turn an offset in UTF-16 units, which browsers count, into code points.

    Label Studio has exported both (HumanSignal/label-studio#1347, #1559).

    Raises:
        ValueError: if ``units`` splits a surrogate pair or lies outside the text.

    >>> code_points("🎉 Ann", 3)
    2
    """
    encoded = _utf16(text)
    if not 0 <= units <= len(encoded) // 2:
        raise ValueError(f"offset {units} lies outside the text, which has {len(encoded) // 2} UTF-16 units")
    try:
        return len(encoded[: 2 * units].decode("utf-16-le"))
    except UnicodeDecodeError as fault:
        raise ValueError(f"offset {units} splits a character that takes two UTF-16 units") from fault


def utf16_units(text: str, points: int) -> int:
    """Turn an offset in code points into UTF-16 units.

    Raises:
        ValueError: if ``points`` lies outside the text.

    >>> utf16_units("🎉 Ann", 2)
    3
    """
    if not 0 <= points <= len(text):
        raise ValueError(f"offset {points} lies outside the text, which has {len(text)} code points")
    return len(text[:points].encode("utf-16-le", "surrogatepass")) // 2


@lru_cache(maxsize=1)
def _utf16(text: str) -> bytes:
    """Kept, for a document's offsets come one after another."""
    return text.encode("utf-16-le", "surrogatepass")
