"""Relations between mentions (`Rel`, boundaries; `Rel+`, strict; `Rel(level=entity)`) and between events (`EvRel`).

The terms are those of Taillé et al. 2020, "Let's Stop Incorrect Comparisons in End-to-end Relation Extraction!". A relation
that the ontology calls symmetric has no direction, and a pair given both ways is one item (MAVEN-ERE's scorer punishes it): see
`Side.related`. It belongs to the sentence of its earlier end, any other relation to that of its head.
"""

from __future__ import annotations

from collections.abc import Hashable

from communique.measures.side import Place, Side
from communique.measures.tally import Item, Tallies, match


def relations(side: Side, *, strict: bool) -> list[Item]:
    """Relations are equal in type and in the spans at both ends; if ``strict``, in the mention types too. Labelled by type."""
    return [Item(r.sentence, r.type, (r.ends, r.types) if strict else r.ends) for r in side.related]


def event_relations(side: Side) -> list[Item]:
    """Relations between events are equal in type and in both triggers, whatever their event types and evidence."""
    return [Item(r.sentence, r.type, r.ends) for r in side.linked]


def tally_entity_relations(gold: Side, pred: Side) -> Tallies:
    """Sets of (type, head entity, tail entity): every end is replaced by the gold entity that it is a mention of.

    An end that is no gold mention stays what it is, so it is wrong. Of several mentions of one relation the first is counted
    (as DocRED does with entities; Yao et al. 2019).
    """
    return match(*(_entity_relations(side, gold) for side in (gold, pred)))


def _entity_relations(side: Side, gold: Side) -> list[Item]:
    first: dict[tuple[str, Hashable], tuple[Place, Item]] = {}
    for r in side.related:
        head, tail = (gold.entity_of.get(end, end) for end in r.ends)
        pair: Hashable = frozenset((head, tail)) if r.symmetric else (head, tail)
        item = Item(r.sentence, r.type, pair)
        found = first.get((r.type, pair))
        if found is None or r.ends[0] < found[0]:
            first[r.type, pair] = r.ends[0], item
    return [item for _, item in first.values()]
