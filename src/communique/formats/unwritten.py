"""What of an annotation another tool's format has no place for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any, Final

from communique.formats.converted import Left
from communique.model import Annotation, Event
from communique.wording import counted

_ITEMS: Final = {
    "mentions": "mention", "entities": "entity", "events": "event", "instances": "instance", "relations": "relation",
    "event_relations": "event relation",
}  # fmt: skip
_MORE: Final = {"entity": "entities"}  # where the plural does not end in s
_ATTRIBUTES: Final = ("kind", "extent", "value", "realis", "polarity", "score", "meta")
_NOWHERE: Final = "it is nowhere in the text"
_HANGS: Final = "what it is about is nowhere in the text"


def placed(annotation: Annotation) -> tuple[Annotation, list[Left]]:
    """The annotation without what is nowhere in the text, and without what hangs on that; and each of these items."""
    a = annotation
    left: list[Left] = []
    gone = {m.id for m in a.mentions if not m.span.placed}, {v.id for v in a.events if not v.span.placed}
    for what, items in (("mention", a.mentions), ("event", a.events)):
        left += [Left(f"{a.doc_id}#{x.id}", f"the {what} {x.type}", _NOWHERE) for x in items if not x.span.placed]
    for v in a.events:
        hanging = [x for x in v.arguments if v.id in gone[1] or x.mention in gone[0]]
        left += [Left(f"{a.doc_id}#{v.id}", f"the argument {x.role}", _HANGS) for x in hanging]
    for what, relations, ends in (("relation", a.relations, gone[0]), ("event relation", a.event_relations, gone[1])):
        left += [Left(f"{a.doc_id}#{r.id}", f"the {what} {r.type}", _HANGS) for r in relations if {r.head, r.tail} & ends]
    instances = [replace(i, events=tuple(v for v in i.events if v not in gone[1])) for i in a.instances]
    left += [Left(f"{a.doc_id}#{i.id}", "the instance", _HANGS) for i in instances if not i.events]
    kept = replace(
        a,
        mentions=tuple(
            replace(m, extent=m.extent if m.extent and m.extent.placed else None) for m in a.mentions if m.span.placed
        ),
        entities=tuple(replace(e, mentions=tuple(m for m in e.mentions if m not in gone[0])) for e in a.entities),
        events=tuple(_filled(v, gone[0]) for v in a.events if v.span.placed),
        instances=tuple(i for i in instances if i.events),
        relations=tuple(r for r in a.relations if not {r.head, r.tail} & gone[0]),
        event_relations=tuple(
            replace(r, evidence=tuple(span for span in r.evidence if span.placed))
            for r in a.event_relations if not {r.head, r.tail} & gone[1]
        ),
    )
    return kept, left


def layers_left(annotation: Annotation, tool: str, *, kept: Collection[str]) -> Iterator[Left]:
    """Every item of a layer that is not ``kept``; arguments are a layer too."""
    a, why = annotation, f"{tool} has no such thing"
    for layer, name in _ITEMS.items():
        for item in getattr(a, layer) if layer not in kept else ():
            yield Left(f"{a.doc_id}#{item.id}", f"the {name} {getattr(item, 'type', item.id)}", why)
    for v in a.events if "arguments" not in kept else ():
        yield from (Left(f"{a.doc_id}#{v.id}", f"the argument {x.role} of {v.type}", why) for x in v.arguments)


def unclaimed(annotation: Annotation, layers: Collection[str]) -> Iterator[Left]:
    """The items of these layers that are there only for what names them."""
    for layer in layers:
        for item in getattr(annotation, layer) if layer not in annotation.layers else ():
            what = f"the {_ITEMS[layer]} {getattr(item, 'type', item.id)}"
            yield Left(f"{annotation.doc_id}#{item.id}", what, f"{layer} are not claimed")


def attributes_left(
    annotation: Annotation, tool: str, *, layers: Collection[str] = tuple(_ITEMS), kept: Collection[str] = ()
) -> Iterator[Left]:
    """What items of these layers have besides what is ``kept``: once for each attribute, with how many items have it."""
    why = f"{tool} has no place for it"
    for layer, name in _ITEMS.items():
        items: tuple[Any, ...] = getattr(annotation, layer) if layer in layers else ()
        for attribute in _ATTRIBUTES:
            if attribute not in kept and (n := sum(getattr(x, attribute, None) is not None for x in items)):
                yield Left(annotation.doc_id, f"{attribute} of {counted(n, name, _MORE.get(name))}", why)
        if n := sum(getattr(x, "span", None) is not None and x.span.quote is not None for x in items):
            yield Left(annotation.doc_id, f"the quoted words of {counted(n, name, _MORE.get(name))}", why)
    arguments = [x for v in annotation.events if "events" in layers for x in v.arguments]
    if n := sum(x.score is not None or x.meta is not None for x in arguments):
        yield Left(annotation.doc_id, f"score or meta of {counted(n, 'argument')}", why)


def _filled(event: Event, gone: Collection[str]) -> Event:
    return replace(event, arguments=tuple(x for x in event.arguments if x.mention not in gone))
