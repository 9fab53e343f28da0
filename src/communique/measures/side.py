"""One side of a document, gold or predicted, as the measures see it: what several of them ask for is worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Final, NamedTuple, TypeAlias

from communique.measures.tally import sentence_at
from communique.model import Annotation, Document, Mention, Span
from communique.ontology import Ontology

Place: TypeAlias = tuple[int, int]
"""A span as a plain tuple: it is hashed often, and a tuple several times faster."""


class Filled(NamedTuple):
    """An event with its arguments: (filler, role)."""

    sentence: int | None
    type: str
    trigger: Place
    arguments: list[tuple[Place, str]]


class Related(NamedTuple):
    """A relation: its ends and the types of their mentions. It belongs to the sentence of its first end."""

    sentence: int | None
    type: str
    ends: tuple[Place, Place]
    types: tuple[str, str]


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
        """Every relation; a pair in a symmetric one stands with the earlier span first, and once if it is given both ways.

        Such a pair counts as often as it stands in the direction in which it stands more often (forward, if there is a tie).
        Directions are told apart by the spans, whatever the types of the mentions.

        Raises:
            ValueError: if a relation names no mention.
        """
        a = self.annotation
        found: list[Related] = []
        forward: dict[tuple[str, Place, Place], list[Related]] = {}
        backward: dict[tuple[str, Place, Place], list[Related]] = {}
        for r in a.relations:
            head, tail = (mention(a, self._mentions, end, r.id) for end in (r.head, r.tail))
            known = self.ontology.relations.get(r.type)
            if known is None or not known.symmetric:
                found.append(self._related(r.type, head, tail))
                continue
            first, second = sorted((head, tail), key=lambda m: (m.span, m.type))
            pairs = forward if head.span <= tail.span else backward
            pairs.setdefault((r.type, place(first.span), place(second.span)), []).append(self._related(r.type, first, second))
        for key in forward | backward:
            there, back = forward.get(key, []), backward.get(key, [])
            found += back if len(back) > len(there) else there
        return found

    @cached_property
    def _mentions(self) -> Mapping[str, Mention]:
        return {m.id: m for m in self.annotation.mentions}

    def _related(self, kind: str, head: Mention, tail: Mention) -> Related:
        ends, types = (place(head.span), place(tail.span)), (head.type, tail.type)
        return Related(self.sentences[head.span.start], kind, ends, types)


def place(span: Span) -> Place:
    return span.start, span.end


def mention(annotation: Annotation, by_id: Mapping[str, Mention], identifier: str, where: str) -> Mention:
    """The mention that an argument or a relation names.

    Raises:
        ValueError: if the annotation has none of that id (readers refuse such a file; an annotation made by hand can have it).
    """
    if identifier not in by_id:
        raise ValueError(f"{annotation.doc_id}#{where}: there is no mention {identifier!r}; add it or correct the id")
    return by_id[identifier]
