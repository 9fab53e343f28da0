"""One side of a document, gold or predicted, as the measures see it: what several of them ask for is worked out once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, partial
from typing import Final, NamedTuple, TypeAlias, TypeVar

from communique.measures.coref import SpanClusters, entity_clusters, instance_clusters
from communique.measures.tally import sentence_at
from communique.model import Annotation, Document, Event, EventRelation, Mention, Relation, Span
from communique.ontology import Ontology, RelationType

End = TypeVar("End", Mention, Event)

Place: TypeAlias = tuple[int, int]
"""A span as a plain tuple: it is hashed often, and a tuple several times faster."""


class Filled(NamedTuple):
    """An event with its arguments: (filler, role)."""

    sentence: int | None
    type: str
    trigger: Place
    arguments: list[tuple[Place, str]]


class Related(NamedTuple):
    """A relation: its ends and their types. It belongs to the sentence of its first end."""

    sentence: int | None
    type: str
    ends: tuple[Place, Place]
    types: tuple[str, str]
    symmetric: bool


class Sentences(dict[int, int | None]):
    """The sentence of a position, looked up once: see `sentence_at`."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._starts: Final = [s.start for s in document.sentences]

    def __missing__(self, position: int) -> int | None:
        self[position] = found = sentence_at(self._starts, position)
        return found


class Side:
    """An annotation of a document. Nothing is worked out before a measure asks for it."""

    def __init__(self, sentences: Sentences, annotation: Annotation, ontology: Ontology) -> None:
        self.sentences: Final = sentences
        self.annotation: Final = annotation
        self.ontology: Final = ontology

    @cached_property
    def filled(self) -> list[Filled]:
        """Every event with its arguments.

        Raises:
            ValueError: if an argument names no mention.
        """
        a = self.annotation
        return [
            Filled(
                self.sentences[e.span.start],
                e.type,
                place(e.span),
                [(place(mention(a, self._mentions, x.mention, e.id).span), x.role) for x in e.arguments],
            )
            for e in a.events
        ]

    @cached_property
    def related(self) -> list[Related]:
        """Every relation between mentions; a pair in a symmetric one stands with the earlier span first, and once if it is
        given both ways.

        Such a pair counts as often as it stands in the direction in which it stands more often (forward, if there is a tie).
        Directions are told apart by the spans, whatever the types of the mentions.

        Raises:
            ValueError: if a relation names no mention.
        """
        a = self.annotation
        of = partial(mention, a, self._mentions)
        ends = ((r, of(r.head, r.id), of(r.tail, r.id)) for r in a.relations)
        return self._related(ends, self.ontology.relations)

    @cached_property
    def linked(self) -> list[Related]:
        """Every relation between events, as `related` has those between mentions; the ends are triggers.

        Raises:
            ValueError: if a relation names no event.
        """
        a = self.annotation
        of = partial(event, a, {e.id: e for e in a.events})
        ends = ((r, of(r.head, r.id), of(r.tail, r.id)) for r in a.event_relations)
        return self._related(ends, self.ontology.event_relations)

    @cached_property
    def entities(self) -> SpanClusters:
        """See `entity_clusters`."""
        return entity_clusters(self.annotation, self.ontology)

    @cached_property
    def instances(self) -> SpanClusters:
        """See `instance_clusters`."""
        return instance_clusters(self.annotation, self.ontology)

    @cached_property
    def entity_of(self) -> Mapping[Place, int]:
        """The number of the entity that a span is a mention of."""
        return {place(span): n for n, entity in enumerate(self.entities) for span in entity}

    @cached_property
    def unplaced(self) -> Mapping[Place, Span]:
        """The spans of mentions and triggers that are nowhere in the text, which know what was quoted, by their places."""
        a = self.annotation
        spans = [*(m.span for m in a.mentions), *(e.span for e in a.events)]
        return {place(span): span for span in spans if not span.placed}

    @cached_property
    def _mentions(self) -> Mapping[str, Mention]:
        return {m.id: m for m in self.annotation.mentions}

    def _related(
        self, relations: Iterable[tuple[Relation | EventRelation, End, End]], types: Mapping[str, RelationType]
    ) -> list[Related]:
        found: list[Related] = []
        forward: dict[tuple[str, Place, Place], list[Related]] = {}
        backward: dict[tuple[str, Place, Place], list[Related]] = {}
        for r, head, tail in relations:
            if r.type not in types or not types[r.type].symmetric:
                found.append(self._one(r.type, head, tail, symmetric=False))
                continue
            first, second = sorted((head, tail), key=lambda end: (end.span, end.type))
            pairs = forward if head.span <= tail.span else backward
            pair: Related = self._one(r.type, first, second, symmetric=True)
            pairs.setdefault((r.type, *pair.ends), []).append(pair)
        for key in forward | backward:
            there, back = forward.get(key, []), backward.get(key, [])
            found += back if len(back) > len(there) else there
        return found

    def _one(self, kind: str, head: End, tail: End, *, symmetric: bool) -> Related:
        ends, types = (place(head.span), place(tail.span)), (head.type, tail.type)
        return Related(self.sentences[head.span.start], kind, ends, types, symmetric)


def place(span: Span) -> Place:
    return span.start, span.end


def mention(annotation: Annotation, by_id: Mapping[str, Mention], identifier: str, where: str) -> Mention:
    """The mention that an argument or a relation names.

    Raises:
        ValueError: if the annotation has none of that id (readers refuse such a file; an annotation made by hand can have it).
    """
    return _named(annotation, by_id, identifier, where, "mention")


def event(annotation: Annotation, by_id: Mapping[str, Event], identifier: str, where: str) -> Event:
    """The event that a relation between events names.

    Raises:
        ValueError: as `mention` does.
    """
    return _named(annotation, by_id, identifier, where, "event")


def _named(annotation: Annotation, by_id: Mapping[str, End], identifier: str, where: str, what: str) -> End:
    if identifier not in by_id:
        raise ValueError(f"{annotation.doc_id}#{where}: there is no {what} {identifier!r}; add it or correct the id")
    return by_id[identifier]
