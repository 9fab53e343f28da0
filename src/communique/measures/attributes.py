"""Attributes of events that were found: `Realis`, `Polarity`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from communique.measures.side import Place, Side, place
from communique.measures.tally import Key, Tallies, Tally
from communique.model import Annotation


def values(annotation: Annotation, attribute: str) -> Iterable[str | None]:
    """What each event says; ``attribute`` is ``realis`` or ``polarity``."""
    return (getattr(event, attribute) for event in annotation.events)


def tally_attribute(gold: Side, pred: Side, *, attribute: str) -> Tallies:
    """The accuracy of an attribute over triggers equal in span and type, labelled by event type; precision, recall and F1 are
    equal.

    With k gold and n predicted events at one (span, type), min(k, n) pairs are compared, as many with equal values as possible.
    A pair in which one event has no value is wrong, whichever it is; one in which neither has says nothing, and is left out.
    Whether a system that gives none at all is scored is decided over the corpus.
    """
    golds, preds = _values(gold, attribute), _values(pred, attribute)
    tallies: dict[Key, Tally] = {}
    for (span, kind), wanted in sorted(golds.items()):
        given = preds.get((span, kind), Counter[str | None]())
        equal = wanted & given
        silent = equal.pop(None, 0)
        if compared := min(wanted.total(), given.total()) - silent:
            key = (gold.sentences[span[0]], kind)
            tallies[key] = tallies.get(key, Tally()) + Tally(equal.total(), equal.total(), compared, compared)
    return tallies


def _values(side: Side, attribute: str) -> dict[tuple[Place, str], Counter[str | None]]:
    groups: defaultdict[tuple[Place, str], Counter[str | None]] = defaultdict(Counter)
    for event, value in zip(side.annotation.events, values(side.annotation, attribute), strict=True):
        groups[place(event.span), event.type][value] += 1
    return groups
