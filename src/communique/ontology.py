"""The ontology: every type, role and relation, and what each admits, read from ``ontology.toml``."""

from __future__ import annotations

import difflib
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

_LONGEST: Final = 100
_COMPARED: Final = 200
_NAMED: Final = 10


@dataclass(frozen=True, slots=True)
class MentionType:
    """``entity``: belongs to a coreference cluster. ``kinds``: what its mentions may be. ``value``: carries an ISO value."""

    name: str
    definition: str
    entity: bool
    kinds: tuple[str, ...]
    value: bool


@dataclass(frozen=True, slots=True)
class EventType:
    """``coarse`` is its class, the headline level; ``instance``: takes part in event coreference; ``fillers``: role to the
    mention types that may fill it."""

    name: str
    definition: str
    coarse: str
    plover: str
    instance: bool
    fillers: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class RelationType:
    """``head`` and ``tail`` are the mention types (or, between events, the event types) that it admits."""

    name: str
    definition: str
    head: tuple[str, ...]
    tail: tuple[str, ...]
    symmetric: bool


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A list of lemmas of the guidelines. ``decides``: what is not listed is out; otherwise it illustrates. ``senses`` narrow a
    word to one of its meanings, as in ``withdraw: forces``."""

    name: str
    definition: str
    decides: bool
    words: tuple[str, ...]
    senses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ontology:
    """The whole schema. Every mapping is in the order of the file."""

    version: str
    mentions: Mapping[str, MentionType]
    kinds: Mapping[str, str]
    classes: Mapping[str, str]
    events: Mapping[str, EventType]
    roles: Mapping[str, str]
    realis: Mapping[str, str]
    polarity: Mapping[str, str]
    relations: Mapping[str, RelationType]
    event_relations: Mapping[str, RelationType]
    lexicons: Mapping[str, Lexicon]


def parse_ontology(toml: str) -> Ontology:
    """Parse the text of an ``ontology.toml``.

    Raises:
        ValueError: if it is not TOML, lacks a table, or names a type, role or class that it does not define.
    """
    try:
        table = tomllib.loads(toml)
        ontology = _ontology(table)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as fault:
        what = f"the key {fault} is missing" if isinstance(fault, KeyError) else str(fault)
        raise ValueError(f"ontology.toml: {what}; compare it with the one that this package ships") from fault
    _refer(ontology)
    return ontology


def read_ontology(path: Path) -> Ontology:
    """Read an ``ontology.toml``; raises as `parse_ontology` does, and if the file is not UTF-8."""
    raw = path.read_bytes()
    try:
        toml = raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = raw[: fault.start].count(b"\n") + 1
        raise ValueError(f"{path}:{line}: byte 0x{raw[fault.start]:02x} is not UTF-8; save the file as UTF-8") from fault
    return parse_ontology(toml)


def folder_ontology(folder: Path) -> Ontology:
    """The ontology of a project folder, ``guidelines/ontology.toml``, or the installed one if the folder has none.

    Raises:
        ValueError: as `read_ontology` does.
    """
    own = folder / "guidelines" / "ontology.toml"
    return read_ontology(own) if own.is_file() else default_ontology()


@cache
def default_ontology() -> Ontology:
    """The ontology that this version of the package was made with."""
    packaged = resources.files("communique") / "ontology.toml"
    if packaged.is_file():
        return parse_ontology(packaged.read_text(encoding="utf-8"))
    return read_ontology(Path(__file__).parents[2] / "guidelines" / "ontology.toml")  # a checkout, installed in place


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint that names what ``name`` was probably meant to be, and otherwise what there is, ten names at most.

    Of many known names only those near it in the alphabet are compared, so that a file full of strange names is judged soon.

    >>> nearest("CONSULTS", ["CONSULT", "AGREE"])
    'did you mean CONSULT?'
    """
    known = list(known)
    if not known:
        return "none is known"
    upper = {k.upper(): k for k in known}
    sought = name[:_LONGEST].upper()
    candidates = list(upper)
    if len(candidates) > _COMPARED:
        candidates.sort()
        at = bisect_left(candidates, sought)
        candidates = candidates[max(0, at - _COMPARED // 2) : at + _COMPARED // 2]
    if close := difflib.get_close_matches(sought, candidates, n=1, cutoff=0.6):
        return f"did you mean {upper[close[0]]}?"
    rest = f" and {len(known) - _NAMED} more" if len(known) > _NAMED else ""
    return f"known: {', '.join(known[:_NAMED])}{rest}"


def _ontology(table: Mapping[str, Any]) -> Ontology:
    mentions = {
        name: MentionType(name, t["definition"], t["entity"], tuple(t["kinds"]), t.get("value", False))
        for name, t in table["mention"].items()
    }
    events = {}
    for name, t in table["event"].items():
        own = t.get("fillers", {})
        if stray := own.keys() - set(t["roles"]):
            raise TypeError(f"event.{name}.fillers names a role that event.{name}.roles does not: {sorted(stray)}")
        fillers = {role: tuple(own.get(role, table["role"][role]["fillers"])) for role in t["roles"]}
        events[name] = EventType(name, t["definition"], t["class"], t["plover"], t["instance"], fillers)
    return Ontology(
        version=table["version"],
        mentions=mentions,
        kinds=_definitions(table["kind"]),
        classes=_definitions(table["class"]),
        events=events,
        roles=_definitions(table["role"]),
        realis=_definitions(table["realis"]),
        polarity=_definitions(table["polarity"]),
        relations=_relations(table["relation"], mentions),
        event_relations=_relations(table["event_relation"], events),
        lexicons={
            name: Lexicon(name, t["definition"], t["decides"], tuple(t["words"]), tuple(t.get("senses", ())))
            for name, t in table.get("lexicon", {}).items()
        },
    )


def _definitions(table: Mapping[str, Any]) -> dict[str, str]:
    return {name: t["definition"] for name, t in table.items()}


def _relations(table: Mapping[str, Any], ends: Iterable[str]) -> dict[str, RelationType]:
    every = tuple(ends)
    return {
        name: RelationType(
            name, t["definition"], tuple(t.get("head", every)), tuple(t.get("tail", every)), t.get("symmetric", False)
        )
        for name, t in table.items()
    }


def _refer(o: Ontology) -> None:
    """Raise if a name stands for nothing, or for two things that share a file key or a label set."""
    named: list[tuple[str, Iterable[str], Iterable[str]]] = []
    named += [(f"mention.{m.name}.kinds", m.kinds, o.kinds) for m in o.mentions.values()]
    for e in o.events.values():
        named += [(f"event.{e.name}.class", [e.coarse], o.classes), (f"event.{e.name}.roles", e.fillers, o.roles)]
        named += [(f"event.{e.name}.{role}", types, o.mentions) for role, types in e.fillers.items()]
    for relations, ends in ((o.relations, list(o.mentions)), (o.event_relations, list(o.events))):
        for r in relations.values():
            named += [(f"{r.name}.head", r.head, ends), (f"{r.name}.tail", r.tail, ends)]
    for where, names, known in named:
        for name in names:
            if name not in known:
                raise ValueError(f"ontology.toml: {where} names {name}, which is not defined; {nearest(name, known)}")
    # One Label Studio label set holds roles, relations and event relations, so that an arrow's label says which it is.
    arrows = [*o.roles, *o.relations, *o.event_relations]
    if twice := sorted({a for a in arrows if arrows.count(a) > 1}):
        raise ValueError(f"ontology.toml: {', '.join(twice)} names more than one role or relation; rename one")
