"""Attributes of events that were found: `Realis`."""

from __future__ import annotations

from collections import Counter, defaultdict

from communique.measures.side import Place, Side, place
from communique.measures.tally import Key, Tallies, Tally


def tally_realis(gold: Side, pred: Side) -> Tallies:
    """The accuracy of realis over triggers equal in span and type, labelled by event type; precision, recall and F1 are equal.

    With k gold and n predicted events at one (span, type), min(k, n) of them are compared, as many with equal realis as
    possible. A gold event without realis has no answer to compare with, and is left out; a predicted one is never right.
    Whether a system that gives none at all is scored is decided over the corpus.
    """
    golds, preds = _realis(gold), _realis(pred)
    tallies: dict[Key, Tally] = {}
    for (span, kind), values in sorted(golds.items()):
        del values[None]
        others = preds.get((span, kind))
        if others is None or not values:
            continue
        compared = min(values.total(), others.total())
        hits = (values & others).total()
        key = (gold.sentences[span[0]], kind)
        tallies[key] = tallies.get(key, Tally()) + Tally(hits, hits, compared, compared)
    return tallies


def _realis(side: Side) -> dict[tuple[Place, str], Counter[str | None]]:
    groups: defaultdict[tuple[Place, str], Counter[str | None]] = defaultdict(Counter)
    for event in side.annotation.events:
        groups[place(event.span), event.type][event.realis] += 1
    return groups
