"""Signatures: what a figure depends on, in one line: ``Ent-C|match:exact|split:test|docs:4|…``"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from communique.measures.measure import Measure

_DEFAULTS: Final = ("match:exact", "missing:error", "macro:ontology", "ci:jackknife-t", "ci:bootstrap")
_BREAKING: Final = re.compile(r"[%|\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""What would end a field or the line, and the sign that escapes it."""


def signature(
    measure: Measure,
    *,
    split: str,
    documents: int,
    missing: str,
    macro: str,
    intervals: str,
    versions: Mapping[str, str],
    modes: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """``versions`` are those of ``data``, ``ontology`` and ``communique``; ``intervals`` is how they are made. ``modes`` are
    what is out of the ordinary: that quotes were aligned (``align``), that any occurrence of the words will do (``occ``), what
    the gold is restricted to (``only``).
    """
    match = dict(measure.params).get("match", "exact")
    fields = {"match": match, "missing": missing, "macro": macro, "ci": intervals, **_stated(split, documents, versions)}
    fields |= {key: _escaped(value) for key, value in modes.items()}
    order = ("match", "split", "docs", "missing", *modes, "macro", "ci", "data", "onto", "v")
    return "|".join([_escaped(str(measure)), *(f"{key}:{fields[key]}" for key in order)])


def shortened(text: str) -> str:
    """The signature without what has its usual value."""
    return "|".join(part for part in text.split("|") if part not in _DEFAULTS)


def mismatch(text: str, measure: str, *, split: str, documents: int, versions: Mapping[str, str]) -> str | None:
    """What a signature says otherwise than it should; None if it is right. Fields of later versions may say anything."""
    name, *parts = text.split("|")
    if name != _escaped(measure):
        return f"is of the measure {name!r}"
    fields = [part.partition(":")[::2] for part in parts]
    for key, value in _stated(split, documents, versions).items():
        given = [v for k, v in fields if k == key]
        if given != [value] and (given or key != "onto"):  # which 0.1.0 did not say
            return f"says {key}:{', '.join(given) or '(nothing)'}, the file {value}"
    return None


def _stated(split: str, documents: int, versions: Mapping[str, str]) -> dict[str, str]:
    named = {"data": "data", "onto": "ontology", "v": "communique"}
    stated = {key: _escaped(versions.get(name, "")) for key, name in named.items()}
    return {"split": _escaped(split), "docs": str(documents), **stated}


def setting(text: str) -> str:
    """On what a figure was scored: the signature without what is of the measure, of averages and of intervals, and without how
    the system said where things are.
    """
    return "|".join(part for part in text.split("|")[1:] if not part.startswith(("match:", "macro:", "ci:", "align:")))


def mode(text: str, key: str) -> str:
    """What a signature says of what is out of the ordinary, such as ``occ``; nothing if it is in order."""
    return next((part.partition(":")[2] for part in text.split("|")[1:] if part.startswith(f"{key}:")), "")


def same(setting: str) -> str:
    """A setting without the name of the data, which is that of a file; its digest stays."""
    return re.sub(r"\|data:[^|]*#", "|data:#", setting)


def _escaped(text: str) -> str:
    return _BREAKING.sub(lambda found: quote(found[0], safe=""), text)
