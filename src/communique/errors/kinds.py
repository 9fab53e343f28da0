"""The kinds of error that each measure has, and which kind a pair of items is.

A kind with two sides says what keeps a prediction from being the gold item beside it. A pair is of one kind at most. The
kinds are listed from the nearest explanation to the farthest. One part wrong comes before two, for each wrong part is one more
coincidence to believe in. Of one wrong part, a label comes before a span: a prediction whose spans are right was made at this
very place, one that overlaps may have meant its neighbour.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeAlias

from communique.errors.items import Stated
from communique.measures.side import Place

DUPLICATE: Final = "duplicate"
SPURIOUS: Final = "spurious"
MISSED: Final = "missed"
ONE_SIDED: Final = (DUPLICATE, SPURIOUS, MISSED)
"""A prediction equal to one that hits; any other that has no gold item to itself; a gold item that has no prediction."""

VALUE: Final = "value"

_SPANS: Final = ("type", "boundary", "type+boundary")
_ARGUMENTS: Final = ("role", "event type", "boundary", "trigger", "role+boundary")
_RELATIONS: Final = ("direction", "type", "boundary", "type+boundary")


class Near(NamedTuple):
    """How a pair differs, and how many characters its spans share."""

    kind: str
    shared: int


Judge: TypeAlias = Callable[[Stated, Stated], Near | None]
"""The kind of a pair that is not equal, None if nothing links the two. Either way round it says the same."""


def span_kind(gold: Stated, pred: Stated) -> Near | None:
    """``type``: the span is right; ``boundary``: the spans overlap and the label is right; ``type+boundary``: they overlap."""
    (g,), (p,) = gold.places, pred.places
    shared = _shared(g, p)
    if not shared:
        return None
    if g == p:
        return Near("type", shared)
    return Near("boundary" if (gold.label, gold.type) == (pred.label, pred.type) else "type+boundary", shared)


def argument_kind(gold: Stated, pred: Stated) -> Near | None:
    """At one trigger, ``role`` and ``event type``: that alone is wrong; ``boundary``: the fillers overlap; ``role+boundary``:
    they overlap in another role. ``trigger``: filler and role are right, and hang on another trigger, whatever its type.

    ``trigger`` has one part wrong and so stands before ``role+boundary``, and behind those in which the event was found. A
    prediction with neither the role nor the event type of the gold is of no kind.
    """
    (g_trigger, g_filler), (p_trigger, p_filler) = gold.places, pred.places
    shared = _shared(g_filler, p_filler)
    if not shared:
        return None
    role, event, filler = gold.label == pred.label, gold.type == pred.type, g_filler == p_filler
    if g_trigger != p_trigger:
        return Near("trigger", shared + _shared(g_trigger, p_trigger)) if role and filler else None
    if filler and (role or event):
        return Near("event type" if role else "role", shared)
    if event:
        return Near("boundary" if role else "role+boundary", shared)
    return None


def relation_kind(gold: Stated, pred: Stated) -> Near | None:
    """``direction``: nothing is wrong but that the ends are exchanged; ``type``: both ends are right; ``boundary``,
    ``type+boundary``: both are right or overlap.

    Beside a relation that has no direction, ends may stand either way.
    """
    same = gold.label == pred.label
    if same and gold.places == pred.places[::-1]:
        return Near("direction", sum(end - start for start, end in gold.places))
    ways = (pred.places, pred.places[::-1]) if gold.symmetric or pred.symmetric else (pred.places,)
    if not same and gold.places in ways:
        return Near("type", sum(end - start for start, end in gold.places))
    shared = max(_both(gold.places, way) for way in ways)
    return Near("boundary" if same else "type+boundary", shared) if shared else None


def value_kind(gold: Stated, pred: Stated) -> Near | None:
    """``value``: another one, or none, on an event equal in span and type. One that is given goes before none."""
    return Near(VALUE, int(bool(gold.label and pred.label))) if (gold.places, gold.type) == (pred.places, pred.type) else None


def _both(gold: tuple[Place, ...], pred: tuple[Place, ...]) -> int:
    """The characters that both ends share, 0 if one end shares none."""
    shared = [_shared(g, p) for g, p in zip(gold, pred, strict=True)]
    return sum(shared) if all(shared) else 0


def _shared(a: Place, b: Place) -> int:
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


TWO_SIDED: Final[Mapping[str, tuple[str, ...]]] = {
    "Ent-C": _SPANS,
    "Tri-C": _SPANS,
    "Arg-C+": _ARGUMENTS,
    "Rel": _RELATIONS,
    "EvRel": _RELATIONS,
    "Link": _SPANS,
    "Realis": (VALUE,),
    "Polarity": (VALUE,),
}
"""The kinds that pair a gold item with a predicted one, the nearest explanation first."""

KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    measure: kinds if kinds == (VALUE,) else (*kinds, *ONE_SIDED) for measure, kinds in TWO_SIDED.items()
}
"""Every kind of error of every measure that has kinds, in the order in which tables list them. An attribute is compared on
events that both sides have, so nothing but its value can be wrong."""

JUDGES: Final[Mapping[str, Judge]] = {
    "Ent-C": span_kind,
    "Tri-C": span_kind,
    "Arg-C+": argument_kind,
    "Rel": relation_kind,
    "EvRel": relation_kind,
    "Link": span_kind,
    "Realis": value_kind,
    "Polarity": value_kind,
}
"""By measure."""
