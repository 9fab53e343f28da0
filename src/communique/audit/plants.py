"""Errors planted in a copy of the gold, so that it can be measured how many a reader, and the checks, would find.

One part are readings that were once given and lost: a difference or an edit of the adjudication's log, decided the other way.
The rest are alterations of items that nobody doubted.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, Final

from communique.adjudication import PASSES, Decisions, assemble, differences
from communique.adjudication.differences import LAYER_ORDER, Words
from communique.audit.alterations import ALTERATIONS, Change, Scene, altered, items
from communique.incident import DataError
from communique.model import Annotation, Document, Span
from communique.ontology import Ontology

ORIGINS: Final = ("altered", "reinstated")
"""An alteration of what nobody doubted; a reading that was once given and lost."""

SHARE: Final = 0.15
"""No more of a layer is spoilt, so that a reader still sees how the corpus is annotated."""


@dataclass(frozen=True, slots=True)
class Adjudicated:
    """A document with the two passes over it, the decisions between them, and the gold that came of it; and the nouns and verbs
    of its text, which may be marked wrongly."""

    document: Document
    a: Annotation
    b: Annotation
    decisions: Decisions
    gold: Annotation
    nouns: Sequence[Span] = ()
    verbs: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class Plant:
    """A planted error. ``origin`` is ``reinstated`` or ``altered``; ``change`` says where it is and what was done."""

    doc_id: str
    layer: str
    origin: str
    change: Change

    def as_json(self, document: Document) -> dict[str, Any]:
        say = Words(document)
        spans = self.change.spans
        row: dict[str, Any] = {"doc_id": self.doc_id, "layer": self.layer, "origin": self.origin, "kind": self.change.kind}
        row |= {"places": [say.span(span) for span in spans], "spans": [[span.start, span.end] for span in spans]}
        return row | {"was": self.change.was, "now": self.change.now}


@dataclass(frozen=True, slots=True)
class Step:
    """One error planted, and its document's copy with it."""

    plant: Plant
    after: Annotation


@dataclass(frozen=True, slots=True)
class Spoilt:
    """The gold by doc_id, in the corpus's order, and what spoils it, step after step."""

    gold: Mapping[str, Annotation]
    steps: tuple[Step, ...]

    @property
    def copies(self) -> dict[str, Annotation]:
        """The gold with every error in it."""
        return {**self.gold, **{s.plant.doc_id: s.after for s in self.steps}}

    @property
    def plants(self) -> tuple[Plant, ...]:
        """In text order."""
        order = {doc_id: k for k, doc_id in enumerate(self.gold)}
        return tuple(sorted((s.plant for s in self.steps), key=lambda p: (order[p.doc_id], p.change.spans, p.layer)))


def plant(corpus: Sequence[Adjudicated], ontology: Ontology, *, n: int, seed: int) -> Spoilt:
    """Spoil a copy of the gold in ``n`` places, no item twice.

    Up to half of the errors are reinstated losing readings, each difference and each edit once, as far as there are that many;
    the others are altered. Layers get their shares in the proportions of the log, at most `SHARE` of each; what is over goes to
    the other layers of the log until those are full, and only then to the layers on which the log has nothing. What hangs on a
    removed item goes with it, so that slightly more than `SHARE` of a layer may be gone.

    Raises:
        ValueError: if there is no room for so many.
    """
    stream = random.Random(seed)
    sizes = Counter({layer: sum(len(items(x.gold, layer)) for x in corpus) for layer in ALTERATIONS})
    room = Counter({layer: int(SHARE * size) for layer, size in sizes.items()})
    if n > room.total():
        raise ValueError(f"{n} errors are wanted, and {SHARE:.0%} of each layer are {room.total()}")
    copies, steps = _reinstated(corpus, room, n // 2, ontology, stream)
    log = Counter(_layer(d.layer) for x in corpus for d in _differences(x, ontology))
    log += Counter(_layer(e.layer) for x in corpus for e in x.decisions.edits)
    left = room - Counter(s.plant.layer for s in steps)
    quota = quotas(log, left, n - len(steps))
    of = {x.document.doc_id: x for x in corpus}
    for layer, wanted in quota.items():
        for _ in range(wanted):
            weights = {doc_id: len(items(a, layer)) for doc_id, a in copies.items()}
            doc_id = _draw(weights, stream)
            while (made := _altered(of[doc_id], copies[doc_id], layer, steps, ontology, stream)) is None:
                weights[doc_id] = 0
                doc_id = _draw(weights, stream)
            steps.append(Step(Plant(doc_id, layer, "altered", made[1]), made[0]))
            copies[doc_id] = made[0]
    return Spoilt({x.document.doc_id: x.gold for x in corpus}, tuple(steps))


def quotas(log: Mapping[str, int], room: Mapping[str, int], n: int) -> dict[str, int]:
    """Share ``n`` among the layers of ``log`` in its proportions, none above its room; what they have no room for goes to the
    other layers, in proportion to their room.

    Largest remainders; ties go to the layer that comes first.
    """
    shares = dict.fromkeys(room, 0)
    for weights in (log, room):
        free = {layer: room[layer] - shares[layer] for layer in shares}
        wanted = min(n - sum(shares.values()), sum(free[layer] for layer in shares if weights.get(layer)))
        while wanted > 0:
            total = sum(weights[layer] for layer in shares if weights.get(layer) and free[layer] > 0)
            exact = {layer: wanted * weights[layer] / total for layer in shares if weights.get(layer) and free[layer] > 0}
            given = {layer: min(int(x), free[layer]) for layer, x in exact.items()}
            if not any(given.values()):
                top = max(exact, key=lambda layer: exact[layer])
                given = {top: 1}
            for layer, x in given.items():
                shares[layer] += x
                free[layer] -= x
                wanted -= x
    return shares


def _altered(
    x: Adjudicated, copy: Annotation, layer: str, steps: Sequence[Step], ontology: Ontology, stream: random.Random
) -> tuple[Annotation, Change] | None:
    """One more error in a copy, away from those that are there; None if there is no place for it."""
    taken = _taken(steps, x.document.doc_id)
    ways = altered(Scene(x.document, copy, x.nouns, x.verbs, ontology, stream), layer)
    return next((made for made in ways if not any(s.overlap(t) for s in made[1].spans for t in taken)), None)


def _taken(steps: Sequence[Step], doc_id: str) -> list[Span]:
    return [span for s in steps if s.plant.doc_id == doc_id for span in s.plant.change.spans]


def _draw(weights: Mapping[str, int], stream: random.Random) -> str:
    ends = list(accumulate(weights.values()))
    if not ends[-1]:
        raise ValueError("there is no place left for another error; plant fewer")
    return list(weights)[bisect_right(ends, stream.random() * ends[-1])]


def _layer(name: str) -> str:
    """Descriptions of entities are a kind of edit of their own, and belong to the entities."""
    return "entities" if name == "entity" else name


def _differences(x: Adjudicated, ontology: Ontology) -> Sequence[Any]:
    return differences(x.document, x.a, x.b, ontology=ontology)


def _reinstated(
    corpus: Sequence[Adjudicated], room: Mapping[str, int], n: int, ontology: Ontology, stream: random.Random
) -> tuple[dict[str, Annotation], list[Step]]:
    """The gold with up to ``n`` decisions reversed; one that others build on, so that it cannot be reversed alone, stays."""
    copies = {x.document.doc_id: x.gold for x in corpus}
    made = {x.document.doc_id: x.decisions for x in corpus}
    steps: list[Step] = []
    candidates = [(x, reversal) for x in corpus for reversal in _reversals(x, ontology, stream)]
    keys = [stream.random() for _ in candidates]
    for k in sorted(range(len(candidates)), key=keys.__getitem__):
        x, (layer, reverse) = candidates[k]
        doc_id = x.document.doc_id
        if len(steps) == n or sum(s.plant.layer == layer for s in steps) >= room[layer]:
            continue
        try:
            decisions = reverse(made[doc_id])
            spoilt = assemble(x.document, x.a, x.b, decisions, ontology=ontology).annotation
        except DataError:
            continue
        before = differences(x.document, copies[doc_id], spoilt, ontology=ontology)
        taken = _taken(steps, doc_id)
        change = _change(before)
        if change is None or any(s.overlap(t) for s in change.spans for t in taken):
            continue
        steps.append(Step(Plant(doc_id, layer, "reinstated", change), spoilt))
        made[doc_id], copies[doc_id] = decisions, spoilt
    return copies, steps


def _reversals(x: Adjudicated, ontology: Ontology, stream: random.Random) -> Iterator[tuple[str, Any]]:
    """Each decision the other way round, and the decisions without each edit, as functions of the decisions so far."""
    for d in _differences(x, ontology):
        was = x.decisions.of[d.number].choice
        losing = PASSES[int(stream.random() < 0.5)] if was == "other" else PASSES[1 - PASSES.index(was)]

        def decided(so_far: Decisions, number: int = d.number, choice: str = losing) -> Decisions:
            other = replace(so_far.of[number], choice=choice, reading=())
            return replace(so_far, of={**so_far.of, number: other})

        yield _layer(d.layer), decided
    for e in x.decisions.edits:

        def undone(so_far: Decisions, gone: Any = e) -> Decisions:
            return replace(so_far, edits=tuple(y for y in so_far.edits if y is not gone))

        yield _layer(e.layer), undone


def _change(found: Sequence[Any]) -> Change | None:
    """What reversing one decision changed: the first of the differences, in the order of the layers."""
    if not found:
        return None
    first = min(found, key=lambda d: (LAYER_ORDER.index(d.layer), d.number))
    spans = _spans(first)
    return Change("reinstated", spans, first.readings[0].text, first.readings[1].text) if spans else None


def _spans(difference: Any) -> tuple[Span, ...]:
    """The places that either reading names: the item, or the ends of a pair."""
    places: list[Span] = []
    for reading in difference.readings:
        for form in reading.form:
            held = [form, *(form.get(key) for key in ("event", "mention", "head", "tail"))]
            held += [*form.get("mentions", ()), *form.get("events", ())]
            places += [Span(x["start"], x["end"]) for x in held if isinstance(x, Mapping) and "start" in x]
    return tuple(dict.fromkeys(places))
