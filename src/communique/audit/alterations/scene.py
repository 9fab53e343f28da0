"""What alterations work on: an annotation to spoil, and what was altered."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from communique.model import Annotation, Document, Span
from communique.ontology import Ontology

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Change:
    """``spans`` are where to look: the item, or both ends of a pair; ``was`` and ``now`` say in words what was altered."""

    kind: str
    spans: tuple[Span, ...]
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Scene:
    """An annotation to spoil, its document, and the nouns and verbs of its text, which may be marked wrongly."""

    document: Document
    annotation: Annotation
    nouns: Sequence[Span]
    verbs: Sequence[Span]
    ontology: Ontology
    stream: random.Random

    def pick(self, given: Sequence[T]) -> T:
        # random() is the one method whose stream Python promises to keep between versions.
        return given[int(self.stream.random() * len(given))]

    def sentence(self, span: Span) -> int:
        return next((n for n, s in enumerate(self.document.sentences) if s.contains(span)), -1)

    def say(self, span: Span) -> str:
        return f"“{span.of(self.document.text)}”"

    def new_id(self, prefix: str) -> str:
        a = self.annotation
        held: list[Any] = [*a.mentions, *a.entities, *a.events, *a.instances]
        used = {x.id for x in held}
        return next(f"{prefix}{n}" for n in range(1, len(used) + 2) if f"{prefix}{n}" not in used)


Altered = tuple[Annotation, Change]
Alteration = Callable[[Scene, Any], Altered | None]


def swap(items: Sequence[T], old: T, new: T | None) -> tuple[T, ...]:
    return tuple(new if x is old else x for x in items if not (x is old and new is None))  # type: ignore[misc]


def free(s: Scene, words: Sequence[Span], near: Span) -> Span | None:
    """A word of the same sentence that is neither in a mention nor in a trigger."""
    marked = [m.span for m in s.annotation.mentions] + [e.span for e in s.annotation.events]
    tokens = set(s.document.tokens)
    here = [w for w in words if w in tokens and s.sentence(w) == s.sentence(near)]
    free = [w for w in here if not any(w.overlap(x) for x in marked)]
    return s.pick(free) if free else None


def span_of(s: Scene, id_: str) -> Span:
    return next(m.span for m in s.annotation.mentions if m.id == id_)


def trigger_of(s: Scene, id_: str) -> Span:
    return next(e.span for e in s.annotation.events if e.id == id_)
