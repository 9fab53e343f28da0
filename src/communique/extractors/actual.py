"""The floor for realis: the lexicon's triggers, every one of them ACTUAL.

Realis is scored on triggers that are right, so a floor for it needs triggers; these come from the lexicon floor unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from communique.extractors.protocol import load


def extract(text: str) -> dict[str, Any]:
    return all_actual(load("lexicon")(text))


def all_actual(row: Mapping[str, Any]) -> dict[str, Any]:
    """The triggers of a row and nothing else, with realis ACTUAL.

    >>> all_actual({"events": [{"start": 0, "end": 3, "type": "CONSULT", "realis": "PLANNED"}]})["events"]
    [{'start': 0, 'end': 3, 'type': 'CONSULT', 'realis': 'ACTUAL'}]
    """
    kept = ("id", "start", "end", "type")
    triggers = [{key: event[key] for key in kept if key in event} | {"realis": "ACTUAL"} for event in row["events"]]
    return {"layers": ["events"], "events": triggers}
