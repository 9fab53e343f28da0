"""Attributes of events that were found: `Realis`."""

from __future__ import annotations

from collections import Counter, defaultdict

from communique.measures.tally import Key, Tallies, Tally, sentence_of
from communique.model import Annotation, Document, Span


def tally_realis(document: Document, gold: Annotation, pred: Annotation) -> Tallies:
    """The accuracy of realis over triggers equal in span and type, labelled by event type; precision, recall and F1 are equal.

    With k gold and n predicted events at one (span, type), min(k, n) of them are compared, as many with equal realis as
    possible. A realis of None is never right. Whether a system that gives none at all is scored is decided over the corpus.
    """
    golds, preds = _realis(gold), _realis(pred)
    tallies: dict[Key, Tally] = {}
    for (span, kind), values in sorted(golds.items()):
        others = preds.get((span, kind))
        if others is None:
            continue
        compared = min(values.total(), others.total())
        hits = sum(n for value, n in (values & others).items() if value is not None)
        key = (sentence_of(document, span), kind)
        tallies[key] = tallies.get(key, Tally()) + Tally(hits, hits, compared, compared)
    return tallies


def _realis(annotation: Annotation) -> dict[tuple[Span, str], Counter[str | None]]:
    groups: defaultdict[tuple[Span, str], Counter[str | None]] = defaultdict(Counter)
    for event in annotation.events:
        groups[event.span, event.type][event.realis] += 1
    return groups
