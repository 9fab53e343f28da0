"""Coreference: partitions of mentions, by MUC, B³, CEAFe and LEA.

For gold entities k and predicted entities r, and with sums over the pairs that share a mention:

    MUC    hits Σ (|k ∩ r| − 1), of Σ (|k| − 1) gold links and Σ (|r| − 1) predicted ones
    B³     hits Σ |k ∩ r|² / |k| of Σ |k| gold mentions, and Σ |k ∩ r|² / |r| of Σ |r| predicted ones
    CEAFe  hits Σ 2 |k ∩ r| / (|k| + |r|) over the best one-to-one pairs, of so many gold and predicted entities
    LEA    hits Σ |k| link(k ∩ r) / link(k) of Σ |k|, and Σ |r| link(k ∩ r) / link(r) of Σ |r|; link(e) = |e| (|e| − 1) / 2

Recall is the gold's hits in its count, precision the predicted's. They are exact fractions, and a corpus is the sum of its
documents.

- MUC (Vilain et al. 1995, "A Model-Theoretic Coreference Scoring Scheme"): an entity needs |k| − 1 links, and misses as many as
  the pieces that the other side breaks it into, less one; a mention that the other side has not is a piece by itself. A
  singleton has no links, so where both sides have nothing else, MUC is undefined (None), and not 0 as in the reference scorer.
- B³ (Bagga and Baldwin 1998, "Algorithms for Scoring Coreference Chains"), every mention weighing the same. A mention that only
  one side has scores 0 there and is counted on that side only: the mentions are left as they are (Pradhan et al. 2014, "Scoring
  Coreference Partitions of Predicted Mentions: A Reference Implementation"), not made up or removed as in variants before it.
- CEAFe (Luo 2005, "On Coreference Resolution Performance Metrics"), with his similarity φ4; again with mentions as they are.
- LEA (Moosavi and Strube 2016, "Which Coreference Evaluation Metric Do You Trust?"). A singleton has one link, to itself, which
  the other side has if it has that singleton (as the authors' scorer counts it).

A side without entities has no precision, or no recall: see `communique.measures.tally.f_measure`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final, TypeAlias

from communique.measures.matching import matching
from communique.measures.tally import Tally
from communique.model import Annotation, Span
from communique.ontology import Ontology

Clusters: TypeAlias = Sequence[frozenset[Hashable]]
"""A partition: clusters that share nothing."""

SpanClusters: TypeAlias = Sequence[frozenset[Span]]
"""A partition of the spans of a document, sorted, so that nothing depends on the order in which an annotation lists them."""


def muc(gold: Clusters, pred: Clusters) -> Tally:
    """MUC of one document: counts are links.

    Raises:
        ValueError: if a side is no partition.

    >>> muc([frozenset("abc"), frozenset("d")], [frozenset("ab"), frozenset("cd")])
    Tally(hits_predicted=1, hits_gold=1, predicted=2, gold=2)
    """
    hits = sum(both - 1 for _, _, both in _overlaps(gold, pred))
    return Tally(hits, hits, sum(len(r) - 1 for r in pred), sum(len(k) - 1 for k in gold))


def b_cubed(gold: Clusters, pred: Clusters) -> Tally:
    """B³ of one document: counts are mentions.

    Raises:
        ValueError: if a side is no partition.
    """
    overlaps = _overlaps(gold, pred)
    return Tally(
        _sum((both**2, r) for _, r, both in overlaps),
        _sum((both**2, k) for k, _, both in overlaps),
        sum(map(len, pred)),
        sum(map(len, gold)),
    )


def ceafe(gold: Clusters, pred: Clusters) -> Tally:
    """CEAFe of one document: counts are clusters.

    Raises:
        ValueError: if a side is no partition.
    """
    shared = _shared(gold, pred)
    similarity = {pair: Fraction(2 * both, len(gold[pair[0]]) + len(pred[pair[1]])) for pair, both in shared.items()}
    hits = _sum(similarity[pair].as_integer_ratio() for pair in matching(similarity))
    return Tally(hits, hits, len(pred), len(gold))


def lea(gold: Clusters, pred: Clusters) -> Tally:
    """LEA of one document: counts are mentions.

    Raises:
        ValueError: if a side is no partition.
    """
    overlaps = _overlaps(gold, pred)
    return Tally(
        _sum(_resolved(r, k, both) for k, r, both in overlaps),
        _sum(_resolved(k, r, both) for k, r, both in overlaps),
        sum(map(len, pred)),
        sum(map(len, gold)),
    )


METRICS: Final[Mapping[str, Callable[[Clusters, Clusters], Tally]]] = {"MUC": muc, "B3": b_cubed, "CEAFe": ceafe, "LEA": lea}
"""By the names that measures are printed with."""


def restrict(clusters: Clusters, to: Collection[Hashable]) -> Clusters:
    """The same partition of fewer mentions."""
    kept = (cluster & frozenset(to) for cluster in clusters)
    return [cluster for cluster in kept if cluster]


def entity_clusters(annotation: Annotation, ontology: Ontology) -> SpanClusters:
    """Entities as sets of mention spans. Mentions of types that are no entities are left out, unlisted ones are singletons.

    Raises:
        ValueError: if one span stands in two entities.
    """
    spans = {m.id: m.span for m in annotation.mentions if ontology.clusters_mentions(m.type)}
    return _clusters(spans, (e.mentions for e in annotation.entities), annotation.doc_id)


def instance_clusters(annotation: Annotation, ontology: Ontology) -> SpanClusters:
    """Event instances as sets of trigger spans; event types that take no part are left out, unlisted triggers are singletons.

    Raises:
        ValueError: if one trigger stands in two instances.
    """
    spans = {e.id: e.span for e in annotation.events if ontology.clusters_events(e.type)}
    return _clusters(spans, (i.events for i in annotation.instances), annotation.doc_id)


def _clusters(spans: dict[str, Span], listed: Iterable[Sequence[str]], doc_id: str) -> SpanClusters:
    clusters = [frozenset(spans[i] for i in ids if i in spans) for ids in listed]
    clusters = [cluster for cluster in clusters if cluster]
    taken = frozenset[Span]().union(*clusters)
    clusters += [frozenset([span]) for span in dict.fromkeys(spans.values()) if span not in taken]
    try:
        _partition(clusters)
    except ValueError as fault:
        raise ValueError(f"{doc_id}: {fault}") from None
    return sorted(clusters, key=min)


def _partition(clusters: Clusters) -> dict[Hashable, int]:
    """The number of every mention's cluster."""
    where = {mention: n for n, cluster in enumerate(clusters) for mention in cluster}
    if len(where) < sum(map(len, clusters)):
        twice = {mention for n, cluster in enumerate(clusters) for mention in cluster if where[mention] != n}
        raise ValueError(f"{', '.join(sorted(map(str, twice)))} stands in two clusters; list it in one")
    if not all(clusters):
        raise ValueError("a cluster has no mentions; leave it out")
    return where


def _shared(gold: Clusters, pred: Clusters) -> Counter[tuple[int, int]]:
    """How many mentions a gold and a predicted cluster share, by their numbers; only of those that share one."""
    of_gold, of_pred = _partition(gold), _partition(pred)
    return Counter((n, of_pred[mention]) for mention, n in of_gold.items() if mention in of_pred)


def _overlaps(gold: Clusters, pred: Clusters) -> list[tuple[int, int, int]]:
    """The sizes |k|, |r| and |k ∩ r| of every two that share a mention."""
    return [(len(gold[k]), len(pred[r]), both) for (k, r), both in _shared(gold, pred).items()]


def _resolved(size: int, other: int, both: int) -> tuple[int, int]:
    """What of an entity's size a shared part earns by LEA: size · link(both) / link(size)."""
    return (both * (both - 1), size - 1) if size > 1 else (int(other == 1), 1)


def _sum(fractions: Iterable[tuple[int, int]]) -> Fraction:
    """Added by denominator first: there are far fewer of them, and adding fractions is slow."""
    numerators: Counter[int] = Counter()
    for numerator, denominator in fractions:
        numerators[denominator] += numerator
    return sum((Fraction(numerators[d], d) for d in numerators), start=Fraction(0))
