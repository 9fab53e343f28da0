"""What of an annotation another tool's format has no place for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from communique.formats.converted import Left
from communique.model import Annotation
from communique.wording import counted

_ITEMS: Final = {
    "mentions": "mention", "entities": "entity", "events": "event", "instances": "instance", "relations": "relation",
    "event_relations": "event relation",
}  # fmt: skip
_ATTRIBUTES: Final = {
    "mentions": ("kind", "extent", "value", "score", "meta"),
    "relations": ("score", "meta"),
}


def layers_left(annotation: Annotation, tool: str, *, kept: Collection[str]) -> Iterator[Left]:
    """Every item of a layer that is not ``kept``; and of those that are, mentions without a place and what hangs on them."""
    a, why = annotation, f"{tool} has no such thing"
    nowhere = {m.id for m in a.mentions if not m.span.placed}
    for layer, name in _ITEMS.items():
        for item in getattr(a, layer):
            place, what = f"{a.doc_id}#{item.id}", f"the {name} {getattr(item, 'type', item.id)}"
            if layer not in kept:
                yield Left(place, what, why)
            elif layer == "mentions" and item.id in nowhere:
                yield Left(place, what, "it is nowhere in the text")
            elif layer == "relations" and {item.head, item.tail} & nowhere:
                yield Left(place, what, "its head or its tail is nowhere in the text")
            if layer == "events" and layer not in kept:
                yield from (Left(place, f"the argument {x.role} of {item.type}", why) for x in item.arguments)


def attributes_left(annotation: Annotation, tool: str, *, kept: Collection[str] = ()) -> Iterator[Left]:
    """What mentions and relations have besides their places and types: once for each attribute, with how many have it."""
    for layer, names in _ATTRIBUTES.items():
        for name in names:
            held = [item for item in _placed(annotation, layer) if getattr(item, name) is not None]
            if held and name not in kept:
                what = f"{name} of {counted(len(held), _ITEMS[layer])}"
                yield Left(annotation.doc_id, what, f"{tool} has no place for it")


def _placed(annotation: Annotation, layer: str) -> Sequence[Any]:
    items = getattr(annotation, layer)
    return [item for item in items if item.span.placed] if layer == "mentions" else items


