"""Arguments of event instances: `Arg-C(level=instance)`, who did what to whom whatever the mention that says so.

Of an instance counts the set of (role, entity) over all its event mentions, by each side's own clusters. Instances are aligned
one to one among those that share a trigger (span and type), such that the most fillers agree and, of such alignments, the most
triggers are shared. Of two aligned ones a filler agrees with one of the same role if their entities share a mention, one to one
again. Splitting or merging events or entities so costs recall or precision, and precision and recall change places with the
sides. It is the alignment of templates (MUC-4; Chinchor 1992), with entities after CEAF-REE (Du et al. 2021), which takes a
predicted one for right if its mentions are a subset of the gold's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from communique.measures.matching import matching
from communique.measures.side import Place, Side, place
from communique.measures.tally import Tallies, Tally

ONE_ROLE: Final[Mapping[str, Mapping[str, str]]] = {"CONSULT": {"ACTOR": "PARTICIPANT"}}
"""Whoever meets is a participant of the event, though one mention of it has visitors (ACTOR) and another only parties."""

Entity: TypeAlias = tuple[Place, ...]


class Filler(NamedTuple):
    """A role and the mentions of the entity in it, sorted."""

    role: str
    entity: Entity


class Record(NamedTuple):
    """An event instance: its triggers with their types, and its fillers, all sorted."""

    triggers: tuple[tuple[Place, str], ...]
    fillers: tuple[Filler, ...]


def tally_instances(gold: Side, pred: Side) -> Tallies:
    """The fillers that agree, by role; an instance belongs to no sentence."""
    golds, preds = records(gold), records(pred)
    # Of several best alignments one is taken; that it is the same when the sides change places, the smaller side goes first.
    hits = _agreeing(preds, golds) if preds < golds else _agreeing(golds, preds)
    wanted, given = (Counter(filler.role for record in side for filler in record.fillers) for side in (golds, preds))
    return {(None, role): Tally(hits[role], hits[role], given[role], wanted[role]) for role in sorted(wanted | given)}


def records(side: Side) -> list[Record]:
    """One side's instances, sorted. Event types that take no part in instances are left out."""
    entities: dict[Place, Entity] = {}
    for cluster in side.entities:
        members = tuple(sorted(place(span) for span in cluster))
        entities |= dict.fromkeys(members, members)
    number = {place(span): n for n, cluster in enumerate(side.instances) for span in cluster}
    triggers: defaultdict[int, set[tuple[Place, str]]] = defaultdict(set)
    fillers: defaultdict[int, set[Filler]] = defaultdict(set)
    for event in side.filled:
        if not side.ontology.clusters_events(event.type):
            continue
        n = number[event.trigger]
        triggers[n].add((event.trigger, event.type))
        one_role = ONE_ROLE.get(event.type, {})
        fillers[n] |= {Filler(one_role.get(role, role), entities.get(of, (of,))) for of, role in event.arguments}
    return sorted(Record(tuple(sorted(held)), tuple(sorted(fillers[n]))) for n, held in triggers.items())


def _agreeing(a: Sequence[Record], b: Sequence[Record]) -> Counter[str]:
    """How many fillers of each role agree in the best alignment of the instances."""
    holding: defaultdict[tuple[Place, str], set[int]] = defaultdict(set)
    for j, record in enumerate(b):
        for trigger in record.triggers:
            holding[trigger].add(j)
    agreed: dict[tuple[int, int], list[str]] = {}
    shared: dict[tuple[int, int], int] = {}
    for i, record in enumerate(a):
        for j, triggers in sorted(Counter(j for trigger in record.triggers for j in holding.get(trigger, ())).items()):
            if roles := _same(record.fillers, b[j].fillers):
                agreed[i, j], shared[i, j] = roles, triggers
    more = 1 + sum(len(record.triggers) for record in a)  # one filler outweighs all triggers
    weights = {pair: more * len(roles) + shared[pair] for pair, roles in agreed.items()}
    return Counter(role for pair in matching(weights) for role in agreed[pair])


def _same(a: Sequence[Filler], b: Sequence[Filler]) -> list[str]:
    """The roles of the fillers of two instances that agree, as many as possible."""
    pairs = {
        (i, j): 1
        for i, one in enumerate(a)
        for j, other in enumerate(b)
        if one.role == other.role and not set(one.entity).isdisjoint(other.entity)
    }
    return [a[i].role for i, _ in matching(pairs)]
