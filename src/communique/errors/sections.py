"""Which section of the guidelines decides a case."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Final, NamedTuple

from communique.errors.items import Stated
from communique.errors.kinds import KINDS
from communique.ontology import Ontology


class Rule(NamedTuple):
    """``kinds`` of error and what they are ``of``: any of the one with any of the other; where there are none, all.

    They may be of a label or a type (of the event of an argument), on either side, and of a form (the kind of a mention), which
    is the gold's if there is a gold item.
    """

    measure: str
    kinds: frozenset[str]
    of: frozenset[str]
    section: str


def _rule(measure: str, kinds: str, of: str, section: str) -> Rule:
    return Rule(measure, _words(kinds), _words(of), section)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split(", ") if text else ())


_ANY: Final = ""
_NONE: Final = ("",)
_TYPE: Final = "type, type+boundary"
_NOMINAL: Final = "NOM, PRO"
_CHANGE: Final = "IMPROVE, WORSEN"

RULES: Final = (
    _rule("Ent-C", _ANY, "TIME", "3.7"),
    _rule("Ent-C", _ANY, "TITLE", "3.6"),
    _rule("Ent-C", _ANY, "EVT", "3.8"),
    _rule("Ent-C", "boundary", _NOMINAL, "3.4"),
    _rule("Ent-C", "boundary", _ANY, "3.5"),
    _rule("Ent-C", _TYPE, _ANY, "3.1"),
    _rule("Ent-C", _ANY, _ANY, "3.3"),
    _rule("Tri-C", "boundary, duplicate", _ANY, "5.2"),  # one token, one event per trigger
    _rule("Tri-C", _ANY, _CHANGE, "5.5"),
    _rule("Tri-C", _TYPE, _ANY, "5.4"),
    _rule("Tri-C", _ANY, _ANY, "5.3"),
    _rule("Arg-C+", "event type", _CHANGE, "5.5"),
    _rule("Arg-C+", "event type", _ANY, "5.4"),
    _rule("Arg-C+", "boundary", "TIME", "3.7"),
    _rule("Arg-C+", "boundary", _NOMINAL, "3.4"),
    _rule("Arg-C+", "boundary", _ANY, "3.5"),
    _rule("Arg-C+", "role, role+boundary", _ANY, "7.2"),
    _rule("Arg-C+", _ANY, "PLACE, TIME", "7.2"),  # to which trigger they go stands with the roles
    _rule("Arg-C+", _ANY, _ANY, "7.1"),
    _rule("Rel", _ANY, _ANY, "9"),
    _rule("EvRel", "boundary", _ANY, "5.2"),
    _rule("EvRel", _ANY, _ANY, "10"),
    _rule("Link", "boundary", _NOMINAL, "3.4"),
    _rule("Link", "boundary", _ANY, "3.5"),
    _rule("Link", _ANY, _ANY, "4"),  # what a mention refers to
    _rule("Realis", _ANY, "ACTUAL", "6.3"),  # whether a marker governs the trigger
    _rule("Realis", _ANY, _ANY, "6.2"),  # which marker it is
    _rule("Polarity", _ANY, _ANY, "6.4"),
)
"""The first that fits decides."""


def section(measure: str, kind: str, gold: Stated | None, pred: Stated | None, ontology: Ontology) -> str | None:
    """The number of the section, such as ``3.1``; None if a label or a type is none of the ontology's."""
    items = [item for item in (gold, pred) if item]
    labels, types = _KNOWN[measure](ontology)
    if any((item.label and labels is not None and item.label not in labels) or item.type not in types for item in items):
        return None
    words = {items[0].form, *(item.label for item in items), *(item.type for item in items)}
    for rule in _OF_MEASURE[measure]:
        if (not rule.kinds or kind in rule.kinds) and not (rule.of and rule.of.isdisjoint(words)):
            return rule.section
    return None


_OF_MEASURE: Final = {measure: [rule for rule in RULES if rule.measure == measure] for measure in KINDS}

_KNOWN: Final[Mapping[str, Callable[[Ontology], tuple[Container[str] | None, Container[str]]]]] = {
    "Ent-C": lambda o: (o.mentions, _NONE),
    "Tri-C": lambda o: (o.events, _NONE),
    "Arg-C+": lambda o: (o.roles, o.events),
    "Rel": lambda o: (o.relations, _NONE),
    "EvRel": lambda o: (o.event_relations, _NONE),
    "Link": lambda o: (None, _NONE if o.mentions else ()),
    "Realis": lambda o: (o.realis, o.events),
    "Polarity": lambda o: (o.polarity, o.events),
}
"""The labels and the types that there are; any label is fit for a link."""
