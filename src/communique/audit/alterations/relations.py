"""Spoilt relations, between mentions and between events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from communique.audit.alterations.scene import Altered, Change, Scene, span_of, swap, trigger_of
from communique.model import Annotation, EventRelation, Relation, Span
from communique.ontology import RelationType


def relation_missing(s: Scene, r: Relation | EventRelation) -> Altered | None:
    return _with(s, r, None), Change("missing", _ends(s, r), _related(s, r), "no relation")


def relation_type(s: Scene, r: Relation | EventRelation) -> Altered | None:
    type_ = s.pick([t for t in _types(s, r) if t != r.type])
    return _with(s, r, replace(r, type=type_)), Change("type", _ends(s, r), _related(s, r), type_)


def relation_reversed(s: Scene, r: Relation | EventRelation) -> Altered | None:
    if _types(s, r)[r.type].symmetric:
        return None
    a = _with(s, r, replace(r, head=r.tail, tail=r.head))
    return a, Change("reversed", _ends(s, r), _related(s, r), "the other way round")


def _types(s: Scene, r: Relation | EventRelation) -> Mapping[str, RelationType]:
    return s.ontology.relations if isinstance(r, Relation) else s.ontology.event_relations


def _with(s: Scene, old: Relation | EventRelation, new: Relation | EventRelation | None) -> Annotation:
    layer = "relations" if isinstance(old, Relation) else "event_relations"
    changed: dict[str, Any] = {layer: swap(getattr(s.annotation, layer), old, new)}
    return replace(s.annotation, **changed)


def _ends(s: Scene, r: Relation | EventRelation) -> tuple[Span, Span]:
    find = span_of if isinstance(r, Relation) else trigger_of
    return find(s, r.head), find(s, r.tail)


def _related(s: Scene, r: Relation | EventRelation) -> str:
    head, tail = _ends(s, r)
    return f"{s.say(head)} {r.type} {s.say(tail)}"
