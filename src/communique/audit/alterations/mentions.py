"""Spoilt mentions."""

from __future__ import annotations

from dataclasses import replace

from communique.audit.alterations.scene import Altered, Change, Scene, free, swap
from communique.model import Annotation, Entity, Mention, Span


def without_mention(a: Annotation, id_: str) -> Annotation:
    entities = tuple(replace(e, mentions=tuple(m for m in e.mentions if m != id_)) for e in a.entities)
    empty = {e.id for e in entities if not e.mentions}
    return replace(
        a,
        mentions=tuple(m for m in a.mentions if m.id != id_),
        entities=tuple(
            replace(e, members=tuple(m for m in e.members if m not in empty)) for e in entities if e.id not in empty
        ),
        events=tuple(replace(e, arguments=tuple(x for x in e.arguments if x.mention != id_)) for e in a.events),
        relations=tuple(r for r in a.relations if id_ not in (r.head, r.tail)),
    )


def mention_missing(s: Scene, m: Mention) -> Altered | None:
    return without_mention(s.annotation, m.id), Change("missing", (m.span,), f"{s.say(m.span)} {m.type}", "no mention")


def mention_type(s: Scene, m: Mention) -> Altered | None:
    own = [e for e in s.annotation.entities if e.mentions == (m.id,)]
    types = [t.name for t in s.ontology.mentions.values() if t.entity and t.name not in (m.type, "EVT")]
    if not own:
        return None
    type_ = s.pick(types)
    a = replace(s.annotation, mentions=swap(s.annotation.mentions, m, replace(m, type=type_)))
    a = replace(a, entities=swap(a.entities, own[0], replace(own[0], type=type_)))
    return a, Change("type", (m.span,), f"{s.say(m.span)} {m.type}", type_)


def mention_kind(s: Scene, m: Mention) -> Altered | None:
    other = {"NAM": "ADJ", "ADJ": "NAM"}.get(m.kind or "")
    if m.type != "GPE" or other is None:
        return None
    a = replace(s.annotation, mentions=swap(s.annotation.mentions, m, replace(m, kind=other)))
    return a, Change("kind", (m.span,), f"{s.say(m.span)} {m.kind}", other)


def mention_extent(s: Scene, m: Mention) -> Altered | None:
    if m.extent is None or m.extent == m.span:
        return None
    inside = [t for t in s.document.tokens if m.extent.contains(t) and (t.end <= m.span.start or t.start >= m.span.end)]
    token = s.pick(inside)
    extent = Span(token.end, m.extent.end) if token.start < m.span.start else Span(m.extent.start, token.start)
    while extent.of(s.document.text)[0].isspace():
        extent = Span(extent.start + 1, extent.end)
    while extent.of(s.document.text)[-1].isspace():
        extent = Span(extent.start, extent.end - 1)
    a = replace(s.annotation, mentions=swap(s.annotation.mentions, m, replace(m, extent=extent)))
    return a, Change("extent", (m.span,), f"extent {s.say(m.extent)}", f"extent {s.say(extent)}")


def mention_boundary(s: Scene, m: Mention) -> Altered | None:
    inside = [t for t in s.document.tokens if m.span.contains(t)]
    if len(inside) < 2 or m.extent is not None:
        return None
    span = Span(inside[1].start, m.span.end) if s.stream.random() < 0.5 else Span(m.span.start, inside[-2].end)
    a = replace(s.annotation, mentions=swap(s.annotation.mentions, m, replace(m, span=span)))
    return a, Change("boundary", (m.span,), s.say(m.span), s.say(span))


def mention_value(s: Scene, m: Mention) -> Altered | None:
    digits = [n for n, c in enumerate(m.value or "") if c.isdigit()]
    if not digits:
        return None
    at, value = s.pick(digits), m.value or ""
    other = value[:at] + str((int(value[at]) + 1) % 10) + value[at + 1 :]
    a = replace(s.annotation, mentions=swap(s.annotation.mentions, m, replace(m, value=other)))
    return a, Change("value", (m.span,), f"{s.say(m.span)} {value}", other)


def mention_spurious(s: Scene, near: Mention) -> Altered | None:
    word = free(s, s.nouns, near.span)
    if word is None:
        return None
    type_ = s.pick(["PER", "ORG", "GPE", "LOC", "OBJ"])
    m = Mention(s.new_id("m"), word, type_, "NOM", extent=word)
    entity = Entity(s.new_id("e"), type_, (m.id,))
    a = replace(s.annotation, mentions=(*s.annotation.mentions, m), entities=(*s.annotation.entities, entity))
    return a, Change("spurious", (word,), "no mention", f"{s.say(word)} {type_}")
