"""What each measure counts of one side, with the ids under which it stands in the annotation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final, NamedTuple, TypeAlias

from communique.measures.side import Place, Related, Side, place
from communique.model import EventRelation, Relation

Key: TypeAlias = tuple[tuple[Place, ...], str, str]


class Stated(NamedTuple):
    """One item. The measure takes two for equal if places, label and type are: see `key`.

    ``type`` is that of the event of an argument or a value; else empty. ``form`` is the kind of
    the mention whose boundaries are in question. ``symmetric``: a relation without direction.
    """

    places: tuple[Place, ...]
    label: str
    type: str
    ids: tuple[str, ...]
    sentence: int | None
    form: str | None = None
    symmetric: bool = False

    @property
    def key(self) -> Key:
        return self[:3]


def mentions(side: Side) -> list[Stated]:
    at = side.sentences
    return [Stated((place(m.span),), m.type, "", (m.id,), at[m.span.start], m.kind) for m in side.annotation.mentions]


def triggers(side: Side) -> list[Stated]:
    at = side.sentences
    return [Stated((place(e.span),), e.type, "", (e.id,), at[e.span.start]) for e in side.annotation.events]


def arguments(side: Side) -> list[Stated]:
    kinds = {m.id: m.kind for m in side.annotation.mentions}
    return [
        Stated((filled.trigger, filler), role, filled.type, (event.id, x.mention), filled.sentence, kinds[x.mention])
        for filled, event in zip(side.filled, side.annotation.events, strict=True)
        for (filler, role), x in zip(filled.arguments, event.arguments, strict=True)
    ]


def relations(side: Side) -> list[Stated]:
    a = side.annotation
    return _related(side.related, a.relations, {m.id: place(m.span) for m in a.mentions})


def event_relations(side: Side) -> list[Stated]:
    a = side.annotation
    return _related(side.linked, a.event_relations, {e.id: place(e.span) for e in a.events})


def linked_mentions(side: Side) -> list[Stated]:
    """Every link once, as `links` counts them; of several items that state it the first in alphabetical order gives the ids."""
    by_id = {m.id: m for m in side.annotation.mentions}
    at = side.sentences
    found: dict[Key, Stated] = {}
    for entity in side.annotation.entities:
        if entity.wikidata:
            for m in (by_id[i] for i in entity.mentions if i in by_id):
                key = (place(m.span),), entity.wikidata, ""
                ids = m.id, entity.id
                if key not in found or ids < found[key].ids:
                    found[key] = Stated(*key, ids, at[m.span.start], m.kind)
    return list(found.values())


def values(side: Side, *, attribute: str) -> list[Stated]:
    """What each event says of itself: ``realis`` or ``polarity``, empty if it says nothing."""
    at = side.sentences
    return [
        Stated((place(e.span),), getattr(e, attribute) or "", e.type, (e.id,), at[e.span.start]) for e in side.annotation.events
    ]


def _related(
    related: Iterable[Related], relations: Iterable[Relation | EventRelation], where: Mapping[str, Place]
) -> list[Stated]:
    """A pair of a symmetric relation that is given both ways is one item, and has the id that comes first in the alphabet."""
    ids: defaultdict[tuple[str, tuple[Place, ...]], list[str]] = defaultdict(list)
    for r in sorted(relations, key=lambda r: r.id, reverse=True):
        ends = where[r.head], where[r.tail]
        ids[r.type, ends].append(r.id)
    found = []
    for item in related:
        held = ids[item.type, item.ends]
        if item.symmetric and item.ends[0] != item.ends[1]:
            back = ids[item.type, item.ends[::-1]]
            held = back if not held or (back and back[-1] < held[-1]) else held
        found.append(Stated(item.ends, item.type, "", (held.pop(),), item.sentence, symmetric=item.symmetric))
    return found


ITEMS: Final[Mapping[str, Callable[[Side], list[Stated]]]] = {
    "Ent-C": mentions,
    "Tri-C": triggers,
    "Arg-C+": arguments,
    "Rel": relations,
    "EvRel": event_relations,
    "Link": linked_mentions,
    "Realis": partial(values, attribute="realis"),
    "Polarity": partial(values, attribute="polarity"),
}
"""By measure."""

PLACES: Final[Mapping[str, tuple[str, ...]]] = {
    "Ent-C": ("span",),
    "Tri-C": ("span",),
    "Arg-C+": ("trigger", "filler"),
    "Rel": ("head", "tail"),
    "EvRel": ("head", "tail"),
    "Link": ("span",),
    "Realis": ("span",),
    "Polarity": ("span",),
}
"""The names of an item's places."""
