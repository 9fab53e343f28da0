"""A spoilt copy without one of its errors: that error alone is undone, the others stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, pairwise
from typing import Any

from communique.audit.plants import Step
from communique.model import Annotation, Argument, Entity, Event, EventRelation, Instance, Mention, Relation, Span

Facts = dict[tuple[Any, ...], Any]
"""What an annotation says, by what it says it of: mentions and events by their spans, clusters by labels that they keep."""


def without_each(gold: Annotation, steps: Sequence[Step]) -> tuple[Annotation, Annotation, tuple[Annotation, ...]]:
    """The gold of a document, its spoilt copy, and the copy without each of the steps that led to it, in their order.

    What a step changed becomes what it was before; what hangs on something that a later step took away stays away. All have
    ids made from what they are of (`m20-25`), so that findings about two of them can be compared.
    """
    labels = count(1)
    states = [_facts(gold, {}, labels)]
    for step in steps:
        states.append(_facts(step.after, states[-1], labels))
    each = tuple(_built(gold, _undone(states[-1], *two)) for two in pairwise(states))
    return _built(gold, states[0]), _built(gold, states[-1]), each


def _undone(last: Facts, before: Facts, after: Facts) -> Facts:
    """``last`` without what made ``after`` of ``before``."""
    out = dict(last)
    for key in before.keys() | after.keys():
        if key in before and before[key] != after.get(key):
            out[key] = before[key]
        elif key not in before and key[0] != "entity":  # another step may have put something into a new entity
            out.pop(key, None)
    return out


def _facts(a: Annotation, known: Facts, labels: Iterator[int]) -> Facts:
    """``known`` are those of the step before, whose labels go to the clusters that have most in common with theirs."""
    m, v = {x.id: x.span for x in a.mentions}, {e.id: e.span for e in a.events}
    facts: Facts = {("mention", x.span): (x.type, x.kind, x.extent, x.value) for x in a.mentions}
    facts |= {("event", e.span): (e.type, e.realis, e.polarity) for e in a.events}
    # An alteration may give a relation that is there already, so pairs are counted.
    facts |= Counter(("argument", e.span, x.role, m[x.mention]) for e in a.events for x in e.arguments)
    facts |= Counter(("relation", r.type, m[r.head], m[r.tail]) for r in a.relations)
    facts |= Counter(("event relation", x.type, v[x.head], v[x.tail], x.evidence) for x in a.event_relations)
    held = {e.id: [("in entity", m[id_]) for id_ in e.mentions] for e in a.entities}
    held |= {i.id: [("in instance", v[id_]) for id_ in i.events] for i in a.instances}
    label_of = _labels(held, known, labels)
    facts |= {key: label_of[id_] for id_, keys in held.items() for key in keys}
    for e in a.entities:
        facts["entity", label_of[e.id]] = (e.type, e.name, e.wikidata)
        facts |= {("member", label_of[e.id], label_of[id_]): True for id_ in e.members}
    return facts


def _labels(held: Mapping[str, Sequence[tuple[Any, ...]]], known: Facts, labels: Iterator[int]) -> dict[str, int]:
    shared = [
        (-n, k, label, id_)
        for k, (id_, keys) in enumerate(held.items())
        for label, n in Counter(known[key] for key in keys if key in known).items()
    ]
    given: dict[str, int] = {}
    for _, _, label, id_ in sorted(shared):
        if id_ not in given and label not in given.values():
            given[id_] = label
    return given | {id_: next(labels) for id_ in held if id_ not in given}


def _built(of: Annotation, facts: Facts) -> Annotation:
    """Ends that are not there, and clusters with nothing in them, are left out."""
    by: dict[str, dict[tuple[Any, ...], Any]] = {}
    for (kind, *key), value in sorted(facts.items(), key=lambda item: item[0]):
        by.setdefault(kind, {})[tuple(key)] = value
    mentions = {span: Mention(_id("m", span), span, *said) for (span,), said in by.get("mention", {}).items()}
    arguments: dict[Span, list[Argument]] = {}
    for (trigger, role, filler), n in by.get("argument", {}).items():
        if filler in mentions:
            arguments.setdefault(trigger, []).extend([Argument(role, mentions[filler].id)] * n)
    events = {
        span: Event(_id("v", span), span, type_, realis, polarity, tuple(arguments.get(span, ())))
        for (span,), (type_, realis, polarity) in by.get("event", {}).items()
    }
    inside: dict[tuple[str, int], list[str]] = {}
    for kind, items in (("entity", mentions), ("instance", events)):
        for (span,), label in by.get(f"in {kind}", {}).items():
            if span in items:
                inside.setdefault((kind, label), []).append(items[span].id)
    entities = []
    for (label,), (type_, name, wikidata) in by.get("entity", {}).items():
        members = tuple(f"e{x}" for one, x in by.get("member", {}) if one == label and ("entity", x) in inside)
        if ids := inside.get(("entity", label)):
            entities.append(Entity(f"e{label}", type_, tuple(ids), name, wikidata, members))
    return Annotation(
        of.doc_id,
        of.layers,
        tuple(mentions.values()),
        tuple(entities),
        tuple(events.values()),
        tuple(Instance(f"i{label}", tuple(ids)) for (kind, label), ids in inside.items() if kind == "instance"),
        tuple(
            Relation(f"r-{type_}-{mentions[h].id}-{mentions[t].id}-{n}", type_, mentions[h].id, mentions[t].id)
            for (type_, h, t), times in by.get("relation", {}).items()
            for n in range(times)
            if h in mentions and t in mentions
        ),
        tuple(
            EventRelation(f"x-{type_}-{events[h].id}-{events[t].id}-{n}", type_, events[h].id, events[t].id, evidence)
            for (type_, h, t, evidence), times in by.get("event relation", {}).items()
            for n in range(times)
            if h in events and t in events
        ),
    )


def _id(prefix: str, span: Span) -> str:
    return f"{prefix}{span.start}-{span.end}"
