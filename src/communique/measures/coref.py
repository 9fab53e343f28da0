"""Coreference: partitions of mentions, by LEA.

LEA (Moosavi and Strube 2016, "Which Coreference Evaluation Metric Do You Trust?") weighs every entity by its size and asks
which part of its links the other side has:

    recall = Σ_k |k| · (Σ_r link(k ∩ r) / link(k)) / Σ_k |k|

over gold entities k and predicted entities r, where link(e) = |e| (|e| − 1) / 2. Precision swaps the two sides. A singleton
has one link, to itself, which the other side has if it has that singleton (as the authors' scorer counts it).
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from communique.measures.tally import f_measure
from communique.model import Annotation, Span
from communique.ontology import Ontology

Clusters: TypeAlias = Sequence[frozenset[Hashable]]
"""A partition: clusters that share nothing."""


@dataclass(frozen=True, slots=True)
class LinkTally:
    """What adds: sizes of entities times the part of their links that the other side has, exactly; and the sizes.

    >>> LinkTally(Fraction(1, 2), Fraction(1), 2, 2) + LinkTally(Fraction(1, 2), Fraction(0), 1, 0)
    LinkTally(hits_predicted=Fraction(1, 1), hits_gold=Fraction(1, 1), predicted=3, gold=2)
    """

    hits_predicted: Fraction = Fraction(0)
    hits_gold: Fraction = Fraction(0)
    predicted: int = 0
    gold: int = 0

    def __add__(self, other: LinkTally) -> LinkTally:
        return LinkTally(
            self.hits_predicted + other.hits_predicted,
            self.hits_gold + other.hits_gold,
            self.predicted + other.predicted,
            self.gold + other.gold,
        )

    @property
    def precision(self) -> float | None:
        """None if there is no predicted mention."""
        return float(self.hits_predicted / self.predicted) if self.predicted else None

    @property
    def recall(self) -> float | None:
        """None if there is no gold mention."""
        return float(self.hits_gold / self.gold) if self.gold else None

    @property
    def f1(self) -> float | None:
        """See `f_measure`."""
        return f_measure(self.precision, self.recall)


def lea(gold: Clusters, pred: Clusters) -> LinkTally:
    """LEA of one document.

    Raises:
        ValueError: if a side is no partition.
    """
    _partition(gold)
    _partition(pred)
    return LinkTally(_resolved(pred, gold), _resolved(gold, pred), sum(map(len, pred)), sum(map(len, gold)))


def restrict(clusters: Clusters, to: Collection[Hashable]) -> Clusters:
    """The same partition of fewer mentions."""
    kept = (cluster & frozenset(to) for cluster in clusters)
    return [cluster for cluster in kept if cluster]


def entity_clusters(annotation: Annotation, ontology: Ontology) -> Clusters:
    """Entities as sets of mention spans. Mentions of types that are no entities are left out, unlisted ones are singletons.

    Raises:
        ValueError: if one span stands in two entities.
    """
    spans = {m.id: m.span for m in annotation.mentions if m.type not in ontology.mentions or ontology.mentions[m.type].entity}
    return _clusters(spans, (e.mentions for e in annotation.entities), annotation.doc_id)


def instance_clusters(annotation: Annotation, ontology: Ontology) -> Clusters:
    """Event instances as sets of trigger spans; event types that take no part are left out, unlisted triggers are singletons.

    Raises:
        ValueError: if one trigger stands in two instances.
    """
    spans = {e.id: e.span for e in annotation.events if e.type not in ontology.events or ontology.events[e.type].instance}
    return _clusters(spans, (i.events for i in annotation.instances), annotation.doc_id)


def _clusters(spans: dict[str, Span], listed: Iterable[Sequence[str]], doc_id: str) -> Clusters:
    clusters = [frozenset[Hashable](spans[i] for i in ids if i in spans) for ids in listed]
    clusters = [cluster for cluster in clusters if cluster]
    taken = frozenset[Hashable]().union(*clusters)
    clusters += [frozenset([span]) for span in dict.fromkeys(spans.values()) if span not in taken]
    try:
        _partition(clusters)
    except ValueError as fault:
        raise ValueError(f"{doc_id}: {fault}") from None
    return clusters


def _partition(clusters: Clusters) -> None:
    seen: set[Hashable] = set()
    for cluster in clusters:
        if both := seen & cluster:
            raise ValueError(f"{', '.join(sorted(map(str, both)))} stands in two clusters; list it in one")
        seen |= cluster


def _resolved(entities: Clusters, others: Clusters) -> Fraction:
    where = {mention: n for n, other in enumerate(others) for mention in other}
    total = Fraction(0)
    for entity in entities:
        if len(entity) == 1:
            (mention,) = entity
            total += mention in where and len(others[where[mention]]) == 1
            continue
        parts: dict[int, int] = {}
        for mention in entity:
            if mention in where:
                parts[where[mention]] = parts.get(where[mention], 0) + 1
        total += len(entity) * Fraction(sum(map(_links, parts.values())), _links(len(entity)))
    return total


def _links(size: int) -> int:
    return size * (size - 1) // 2
