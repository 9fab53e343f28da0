"""From the regions, arrows and rows of a sound Label Studio result to an annotation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from communique.io.labelconfig import HEAD, TAIL
from communique.model import Annotation, Argument, Entity, Event, EventRelation, Instance, Mention, Relation, Span
from communique.ontology import Ontology

Arrow = tuple[str, str, str]
"""The ids of the regions that it leads from and to, and its label."""


@dataclass(slots=True)
class Region:
    """A marked stretch of text; ``tag`` is ``mention``, ``trigger`` or ``link``, empty until its label has come."""

    id: str
    span: Span
    tag: str = ""
    label: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


def tagged(regions: Mapping[str, Region], tag: str) -> Iterator[Region]:
    return (region for region in regions.values() if region.tag == tag)


def targets(arrows: Iterable[Arrow], start: str, label: str) -> list[str]:
    """Where the arrows of this label from this region lead."""
    return [tail for head, tail, name in arrows if head == start and name == label]


def assembled(
    doc_id: str,
    regions: Mapping[str, Region],
    arrows: Sequence[Arrow],
    entities: Mapping[str, Entity],
    extents: Mapping[str, Span],
    ontology: Ontology,
) -> Annotation:
    """The annotation that these say.

    Args:
        entities: the rows of the table, by id, without mentions.
        extents: by id of the mention.
    """
    evidence: dict[Arrow, list[Span]] = {}
    for r in tagged(regions, "link"):
        key = (r.label, targets(arrows, r.id, HEAD)[0], targets(arrows, r.id, TAIL)[0])
        evidence.setdefault(key, []).append(r.span)
    relations = [arrow for arrow in arrows if arrow[2] in ontology.relations]
    clusters = _clusters("entity", tagged(regions, "mention"))
    instances = _clusters("instance", tagged(regions, "trigger"))
    return Annotation(
        doc_id=doc_id,
        mentions=tuple(
            Mention(r.id, r.span, r.label, r.attributes.get("kind"), extents.get(r.id), r.attributes.get("value"))
            for r in tagged(regions, "mention")
        ),
        entities=tuple(replace(e, mentions=tuple(clusters.get(e.id, ()))) for e in entities.values()),
        events=tuple(
            Event(
                r.id,
                r.span,
                r.label,
                r.attributes.get("realis"),
                r.attributes.get("polarity"),
                tuple(Argument(label, tail) for head, tail, label in arrows if head == r.id and label in ontology.roles),
            )
            for r in tagged(regions, "trigger")
        ),
        instances=tuple(Instance(name, tuple(ids)) for name, ids in instances.items()),
        relations=tuple(Relation(f"r{n}", label, head, tail) for n, (head, tail, label) in enumerate(relations)),
        event_relations=tuple(EventRelation(f"x{n}", *k, tuple(spans)) for n, (k, spans) in enumerate(evidence.items())),
    )


def _clusters(name: str, regions: Iterable[Region]) -> dict[str, list[str]]:
    clusters: dict[str, list[str]] = {}
    for region in regions:
        if name in region.attributes:
            clusters.setdefault(region.attributes[name], []).append(region.id)
    return clusters
