"""The shapes of ``predictions.jsonl`` items and of ``links.toml``, and their strict structuring: no extra key, no coercion,
every fault listed.

cattrs walks the shapes and gathers the errors; by itself it would turn ``"5"`` into 5 and 5.9 into 5, so the hooks for plain
values are ours.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import cache, partial
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar, get_origin

from communique.incident import Incident, shown
from communique.ontology import nearest

if TYPE_CHECKING:
    from cattrs import Converter


@dataclass(slots=True, kw_only=True)
class WireQuote:
    """What offsets were found by; without offsets, the words that are not in the text."""

    text: str
    status: str
    score: float | None = None


@dataclass(slots=True, kw_only=True)
class WireSpan:
    """Offsets, or the quote that stands in for them."""

    start: int | None = None
    end: int | None = None
    quote: WireQuote | None = None
    text: str | None = None
    sentence: int | None = None
    occurrence: int | None = None
    context: str | None = None


@dataclass(slots=True, kw_only=True)
class WireArgument:
    role: str
    mention: str
    score: float | None = None
    meta: dict[str, Any] | None = None


@dataclass(slots=True, kw_only=True)
class WireMention(WireSpan):
    layer: ClassVar = "mentions"
    type: str
    id: str | None = None
    kind: str | None = None
    extent: WireSpan | None = None
    value: str | None = None
    score: float | None = None
    meta: dict[str, Any] | None = None


@dataclass(slots=True, kw_only=True)
class WireEntity:
    layer: ClassVar = "entities"
    type: str
    mentions: list[str]
    id: str | None = None
    name: str | None = None
    wikidata: str | None = None
    members: list[str] = field(default_factory=list)
    score: float | None = None
    meta: dict[str, Any] | None = None


@dataclass(slots=True, kw_only=True)
class WireEvent(WireSpan):
    layer: ClassVar = "events"
    type: str
    id: str | None = None
    realis: str | None = None
    polarity: str | None = None
    arguments: list[WireArgument] = field(default_factory=list)
    score: float | None = None
    meta: dict[str, Any] | None = None


@dataclass(slots=True, kw_only=True)
class WireInstance:
    layer: ClassVar = "instances"
    events: list[str]
    id: str | None = None
    score: float | None = None
    meta: dict[str, Any] | None = None


@dataclass(slots=True, kw_only=True)
class WireRelation:
    layer: ClassVar = "relations"
    type: str
    head: str
    tail: str
    id: str | None = None
    score: float | None = None
    meta: dict[str, Any] | None = None


@dataclass(slots=True, kw_only=True)
class WireEventRelation:
    layer: ClassVar = "event_relations"
    type: str
    head: str
    tail: str
    id: str | None = None
    evidence: list[WireSpan] = field(default_factory=list)
    score: float | None = None
    meta: dict[str, Any] | None = None


@dataclass(slots=True, kw_only=True)
class WirePlace:
    """A quote. It has no offsets, which a corrected text would move unseen."""

    doc_id: str
    text: str
    sentence: int | None = None
    occurrence: int | None = None


@dataclass(slots=True, kw_only=True)
class WireSource:
    source: str
    says: str
    looked_up: str


@dataclass(slots=True, kw_only=True)
class WireCorpusEntity:
    id: str
    type: str
    name: str
    places: list[WirePlace]
    wikidata: str | None = None
    sources: list[WireSource] = field(default_factory=list)
    note: str | None = None


@dataclass(slots=True, kw_only=True)
class WireCorpusEvent:
    id: str
    type: str
    name: str
    places: list[WirePlace]
    reason: str


WireItem = Any
"""Any of the shapes above that has a ``layer``."""

ITEMS: Final = {
    shape.layer: shape
    for shape in (WireMention, WireEntity, WireEvent, WireInstance, WireRelation, WireEventRelation)
}
"""Layer to the shape of its items, in file order (arguments live inside events)."""


Shape = TypeVar("Shape")


def structure(shape: type[Shape], raw: Any, place: str) -> tuple[Shape | None, list[Incident]]:
    """A JSON value to one of the shapes above, or None with every fault in it; ``place`` is where the value stands."""
    try:
        return _converter().structure(raw, shape), []
    except Exception as fault:  # cattrs raises an exception group with one member per fault
        return None, list(_faults(fault, place, raw))


@cache
def _converter() -> Converter:
    from cattrs import Converter
    from cattrs.cols import list_structure_factory

    converter = Converter(forbid_extra_keys=True, detailed_validation=True)
    for exact in (int, str):
        converter.register_structure_hook(exact, _exactly(exact))
    converter.register_structure_hook(float, _score)
    converter.register_structure_hook_func(lambda t: _made_of(t, dict), _exactly(dict))
    converter.register_structure_hook_factory(
        lambda t: _made_of(t, list), lambda t: _only(list, list_structure_factory(t, converter))
    )
    for shape in (WireQuote, WireSpan, WireArgument, *ITEMS.values(), WirePlace, WireSource, WireCorpusEntity, WireCorpusEvent):
        # By identity: a hook registered for a class would serve its subclasses too.
        hook = _only(dict, converter.get_structure_hook(shape))
        converter.register_structure_hook_func(partial(operator.is_, shape), hook)
    return converter


def _made_of(annotation: Any, container: type) -> bool:
    return get_origin(annotation) is container


_NAMES: Final = {int: "an integer", str: "a string", list: "a list", dict: "an object"}


class _WrongTypeError(TypeError):
    pass


def _exactly(wanted: type) -> Any:
    return _only(wanted, lambda value, _: value)


def _only(wanted: type, hook: Any) -> Any:
    """``hook``, for values of just this type: a bool is no integer, a string no list."""

    def checked(value: Any, of: Any) -> Any:
        if type(value) is not wanted:
            raise _WrongTypeError(f"expected {_NAMES[wanted]}, got {shown(value)}")
        return hook(value, of)

    return checked


def _score(value: Any, _: Any) -> float:
    if type(value) not in (int, float) or not 0 <= value <= 1:
        raise _WrongTypeError(f"expected a number from 0 to 1, got {shown(value)}")
    return float(value)


def _faults(fault: BaseException, place: str, raw: Any) -> Iterator[Incident]:
    from cattrs.errors import ClassValidationError, ForbiddenExtraKeysError, IterableValidationError

    if isinstance(fault, ClassValidationError):
        named, rest = fault.group_exceptions()
        for inner, note in named:
            below = raw.get(note.name) if isinstance(raw, dict) else None
            if isinstance(inner, KeyError):
                yield Incident("missing-key", place, f"the key {note.name} is missing", "add it")
            else:
                yield from _faults(inner, f"{place}.{note.name}", below)
        for inner in rest:
            yield from _faults(inner, place, raw)
    elif isinstance(fault, IterableValidationError):
        for inner, at in fault.group_exceptions()[0]:
            yield from _faults(inner, f"{place}[{at.index}]", raw[at.index])
    elif isinstance(fault, ForbiddenExtraKeysError):
        known = [f.name for f in fields(fault.cl)]
        for key in sorted(fault.extra_fields):
            yield Incident("unknown-key", place, f"unknown key {shown(key)}", nearest(key, known))
    elif isinstance(fault, _WrongTypeError):
        yield Incident("wrong-type", place, str(fault), "nothing is converted; write the value in its own type")
    else:
        raise fault
