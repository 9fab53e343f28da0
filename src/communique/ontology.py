"""The ontology: every type, role and relation, and what each admits, read from ``ontology.toml``."""

from __future__ import annotations

import difflib
import hashlib
import json
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

_LONGEST: Final = 100
_COMPARED: Final = 200
_NAMED: Final = 10
_COMPARE: Final = "compare it with the one that this package ships"


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

    @property
    def identity(self) -> str:
        """The version, and a digest of all that is defined: two ontologies of one version may differ."""
        if not (self.mentions or self.events or self.relations or self.event_relations):
            return self.version
        defined = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return f"{self.version}#{hashlib.sha256(defined.encode()).hexdigest()[:8]}"

    def clusters_mentions(self, mention_type: str) -> bool:
        """Whether mentions of this type are clustered into entities; those of a type that is not known are."""
        return mention_type not in self.mentions or self.mentions[mention_type].entity

    def clusters_events(self, event_type: str) -> bool:
        """Whether events of this type are clustered into instances; those of a type that is not known are."""
        return event_type not in self.events or self.events[event_type].instance


def parse_ontology(toml: str, name: str = "ontology.toml") -> Ontology:
    """Parse the text of an ``ontology.toml``; ``name`` stands for the file in messages. A table that is left out is empty.

    Raises:
        ValueError: if it is not TOML, holds a key that means nothing here, lacks one or has one of another type, or names a
            type, role or class that it does not define.
    """
    try:
        ontology = _ontology(_Table("", tomllib.loads(toml)))
        _refer(ontology)
    except tomllib.TOMLDecodeError as fault:
        raise ValueError(f"{name}: {fault}; {_COMPARE}") from fault
    except RecursionError as fault:
        raise ValueError(f"{name}: tables and lists are nested too deeply to be read; {_COMPARE}") from fault
    except _FaultError as fault:
        raise ValueError(f"{name}: {fault}") from fault
    return ontology


def read_ontology(path: Path) -> Ontology:
    """Read an ``ontology.toml``; raises as `parse_ontology` does, and if the file is not UTF-8."""
    raw = path.read_bytes()
    try:
        toml = raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = raw[: fault.start].count(b"\n") + 1
        raise ValueError(f"{path}:{line}: byte 0x{raw[fault.start]:02x} is not UTF-8; save the file as UTF-8") from fault
    return parse_ontology(toml, str(path))


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
        return parse_ontology(packaged.read_text(encoding="utf-8"), str(packaged))
    return read_ontology(Path(__file__).parents[2] / "guidelines" / "ontology.toml")  # a checkout, installed in place


@cache
def empty_ontology() -> Ontology:
    """The ontology that says nothing, for gold of one's own: labels are taken as they occur.

    No relation is symmetric, every type of mention is one of entities, every type of event takes part in instances, and there
    are no classes.
    """
    return parse_ontology('version = "none"')


def scoring_ontology(given: Ontology | None, *, own: bool) -> Ontology:
    """What scoring works with: the ontology that is given, else the empty one for gold of one's own, else the default."""
    if given is not None:
        return given
    return empty_ontology() if own else default_ontology()


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


class _FaultError(ValueError):
    """What is wrong with an ontology, without the file's name."""


_KEYS: Final = {str: "a string", bool: "true or false", list: "a list of strings", dict: "a table"}


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of the file, which is read strictly; ``where`` is its dotted name, empty for the whole file."""

    where: str
    held: Mapping[str, Any]

    def text(self, key: str, default: str | None = None) -> str:
        return str(self._value(key, str, default))

    def flag(self, key: str, default: bool | None = None) -> bool:
        return bool(self._value(key, bool, default))

    def names(self, key: str, default: Iterable[str] | None = None) -> tuple[str, ...]:
        found = tuple(self._value(key, list, None if default is None else list(default)))
        if not all(isinstance(name, str) for name in found):
            raise _FaultError(f"{self._at(key)} is a list, but not of strings alone; {_COMPARE}")
        return found

    def table(self, key: str) -> _Table:
        """The table of that name, which is empty if it is left out."""
        return _Table(self._at(key), self._value(key, dict, {}))

    def tables(self, key: str, *required: str, optional: tuple[str, ...] = ()) -> dict[str, _Table]:
        """The tables of a table, each with these keys and no other."""
        outer = self.table(key)
        found = {name: outer.table(name) for name in outer.held}
        for inner in found.values():
            inner.only(*required, *optional, required=required)
        return found

    def only(self, *keys: str, required: tuple[str, ...] = ()) -> None:
        if missing := [key for key in required if key not in self.held]:
            raise _FaultError(f"{self.where or 'the file'}: the key {missing[0]!r} is missing; {_COMPARE}")
        for key in self.held:
            if key not in keys:
                raise _FaultError(f"{self._at(key)} is no key of an ontology; {nearest(key, keys)}")

    def _value(self, key: str, kind: type, default: Any) -> Any:
        value = default if default is not None and key not in self.held else self.held[key]
        if not isinstance(value, kind):
            raise _FaultError(f"{self._at(key)} is not {_KEYS[kind]}; {_COMPARE}")
        return value

    def _at(self, key: str) -> str:
        return f"{self.where}.{key}" if self.where else key


_OF_RELATIONS: Final = ("head", "tail", "symmetric")
_TABLES: Final = (
    "version", "mention", "kind", "class", "event", "role", "realis", "polarity", "relation", "event_relation", "lexicon"
)  # fmt: skip


def _ontology(table: _Table) -> Ontology:
    table.only(*_TABLES, required=("version",))
    mentions = {
        name: MentionType(name, t.text("definition"), t.flag("entity"), t.names("kinds"), t.flag("value", False))
        for name, t in table.tables("mention", "definition", "entity", "kinds", optional=("value",)).items()
    }
    roles = table.tables("role", "definition", "fillers")
    events = {}
    typed = table.tables("event", "definition", "class", "instance", "roles", optional=("plover", "fillers"))
    for name, t in typed.items():
        named = t.names("roles")
        if unknown := [role for role in named if role not in roles]:
            raise _FaultError(f"{t.where}.roles names {unknown[0]}, which is not defined; {nearest(unknown[0], roles)}")
        own = t.table("fillers")
        own.only(*named)
        fillers = {role: own.names(role, roles[role].names("fillers")) for role in named}
        of = (t.text("definition"), t.text("class"), t.text("plover", ""), t.flag("instance"))
        events[name] = EventType(name, *of, fillers)
    return Ontology(
        version=table.text("version"),
        mentions=mentions,
        kinds=_definitions(table.tables("kind", "definition")),
        classes=_definitions(table.tables("class", "definition")),
        events=events,
        roles=_definitions(roles),
        realis=_definitions(table.tables("realis", "definition")),
        polarity=_definitions(table.tables("polarity", "definition")),
        relations=_relations(table.tables("relation", "definition", optional=_OF_RELATIONS), mentions),
        event_relations=_relations(table.tables("event_relation", "definition", optional=_OF_RELATIONS), events),
        lexicons={
            name: Lexicon(name, t.text("definition"), t.flag("decides"), t.names("words"), t.names("senses", ()))
            for name, t in table.tables("lexicon", "definition", "decides", "words", optional=("senses",)).items()
        },
    )


def _definitions(tables: Mapping[str, _Table]) -> dict[str, str]:
    return {name: t.text("definition") for name, t in tables.items()}


def _relations(tables: Mapping[str, _Table], ends: Iterable[str]) -> dict[str, RelationType]:
    every = tuple(ends)
    return {
        name: RelationType(
            name, t.text("definition"), t.names("head", every), t.names("tail", every), t.flag("symmetric", False)
        )
        for name, t in tables.items()
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
                raise _FaultError(f"{where} names {name}, which is not defined; {nearest(name, known)}")
    # One Label Studio label set holds roles, relations and event relations, so that an arrow's label says which it is.
    arrows = [*o.roles, *o.relations, *o.event_relations]
    if twice := sorted({a for a in arrows if arrows.count(a) > 1}):
        raise _FaultError(f"{', '.join(twice)} names more than one role or relation; rename one")
