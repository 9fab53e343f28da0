"""Arguments of events: `Arg-I`, `Arg-C`, and attached `Arg-I+`, `Arg-C+`, `Arg-C+(match=coref)`.

A filler is the span of its mention. Without the plus, the event is its type (Li et al. 2013); with it, its trigger too, so that
the arguments of two events of one type cannot stand in for each other (as in TextEE; Huang et al. 2024).
"""

from __future__ import annotations

from collections.abc import Hashable

from communique.measures.side import Filled, Side
from communique.measures.tally import Item, Tallies, match


def fillers(side: Side, *, attached: bool) -> list[Item]:
    """`Arg-I`, `Arg-I+`: (event type, filler), labelled by event type.

    A filler counts once per event, however many roles it has there.
    """
    return [
        Item(event.sentence, event.type, (_event(event, attached), filler))
        for event in side.filled
        for filler in {filler for filler, _ in event.arguments}
    ]


def arguments(side: Side, *, attached: bool) -> list[Item]:
    """`Arg-C`, `Arg-C+`: (event type, filler, role), labelled by role; one item per argument, duplicates included."""
    return [
        Item(event.sentence, role, (_event(event, attached), filler))
        for event in side.filled
        for filler, role in event.arguments
    ]


def tally_coreferent(gold: Side, pred: Side) -> Tallies:
    """`Arg-C+(match=coref)`: fillers are equal if they are mentions of one gold entity.

    The entity is the gold's on both sides, so a system is not judged by its own clusters. A filler that is no gold mention is
    itself. Two gold fillers of one entity in one role want two predicted ones.
    """
    return match(*(_coreferent(side, gold) for side in (gold, pred)))


def _coreferent(side: Side, gold: Side) -> list[Item]:
    return [
        Item(event.sentence, role, (_event(event, attached=True), gold.entity_of.get(filler, filler)))
        for event in side.filled
        for filler, role in event.arguments
    ]


def _event(event: Filled, attached: bool) -> Hashable:
    return (event.type, event.trigger) if attached else event.type
