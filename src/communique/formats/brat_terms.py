"""What brat's files and ours name alike: attributes that are fields, notes that carry the rest, numbered roles, line breaks."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

ITEM_NOTE: Final = "communique"
ENTITY_NOTE: Final = "communique-entity"
INSTANCE_NOTE: Final = "communique-instance"
OWN_NOTES: Final = (ITEM_NOTE, ENTITY_NOTE, INSTANCE_NOTE)
KNOWN: Final = {"mentions": {"Kind": "kind", "Value": "value"}, "events": {"Realis": "realis", "Polarity": "polarity"}}
"""Attributes that are fields of ours, by the layer of what they are of."""

WIKIDATA: Final = "Wikidata"
ENDS: Final = ("Arg1", "Arg2")

LINE_BREAK: Final = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
"""What ends a line to Python, and so to brat."""

_NUMBER: Final = re.compile(r"[1-9][0-9]*")


def bare_role(role: str, roles: Collection[str]) -> str:
    """The role that brat numbered, if there is one among the roles; else the role itself.

    >>> bare_role("Participant2", {"Participant", "Participant2"}), bare_role("Arg2", {"Arg1", "Arg2"})
    ('Participant', 'Arg2')
    """
    for cut in range(1, len(role)):
        number = role[cut:]
        if role[:cut] in roles and _NUMBER.fullmatch(number) and number != "1":
            return role[:cut]
    return role
