"""``LABELS.toml`` to a `LabelMap`, strictly: every fault of a file is told, each with the file and the key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, Final

from communique.incident import shown
from communique.io.files import read_text
from communique.labels.labelmap import EDGES, TABLES, EventTarget, LabelMap, Link, MentionTarget
from communique.ontology import Ontology, default_ontology, nearest

_HEADING: Final = ("name", "about", "source")
_KEYS: Final = (*_HEADING, "trim", *TABLES)
_FOLDER: Final = resources.files("communique.labels") / "maps"


def built_in() -> tuple[str, ...]:
    """The names of the maps that come with the package, in alphabetical order."""
    return tuple(sorted(file.name.removesuffix(".toml") for file in _FOLDER.iterdir() if file.name.endswith(".toml")))


def read_map(name_or_path: str | Path, *, ontology: Ontology | None = None) -> LabelMap:
    """A built-in map by its name, or one from a TOML file.

    What ends in ``.toml``, has a slash or is a ``Path`` is a file. ``ontology``: what targets have to be of; by default the
    packaged one. One that defines nothing takes labels as they occur, and so targets of any name.

    Raises:
        ValueError: an unknown name; or as `parse_map` does.
        DataError: if the file cannot be read, is empty or not UTF-8.
    """
    ontology = default_ontology() if ontology is None else ontology
    named = str(name_or_path)
    if isinstance(name_or_path, Path) or named.endswith(".toml") or "/" in named or "\\" in named:
        return parse_map(read_text(name_or_path)[1], named, ontology)
    if named not in built_in():
        known = nearest(named, built_in())
        raise ValueError(f"{shown(named)} is no built-in label map; {known} (a map of your own: name its .toml file)")
    return parse_map((_FOLDER / f"{named}.toml").read_text(encoding="utf-8"), f"{named}.toml", ontology)


def parse_map(toml: str, name: str, ontology: Ontology) -> LabelMap:
    """Parse the text of a label map; ``name`` stands for the file in messages.

    Raises:
        ValueError: every fault, one a line: no TOML, a key that means nothing here, a value of another form, a label that is
            given twice, a target that ``ontology`` does not define.
    """
    try:
        raw = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as fault:
        raise ValueError(f"{name}: {fault}") from fault
    except RecursionError as fault:
        raise ValueError(f"{name}: tables and lists are nested too deeply to be read") from fault
    reader = _Reader(ontology)
    found = reader.map(raw)
    if reader.faults:
        raise ValueError("\n".join(f"{name}: {fault}" for fault in reader.faults))
    return found


@dataclass(slots=True)
class _Reader:
    """Reads the tables and gathers what is wrong with them; a value that is faulty is left out of what is read."""

    ontology: Ontology
    faults: list[str] = field(default_factory=list)

    def map(self, raw: Mapping[str, Any]) -> LabelMap:
        for key in raw:
            if key not in _KEYS:
                self.faults.append(f"{key} is no key of a label map; {nearest(key, _KEYS)}")
        texts = {key: self._text(raw, key) for key in _HEADING}
        tables = {key: self._table(raw, key) for key in TABLES}
        if not any(tables.values()):
            self.faults.append(f"no table has an entry; the tables are {', '.join(TABLES)}")
        for label in tables["triggers"].keys() & tables["mentions"].keys():
            self.faults.append(f"triggers.{label} is in mentions too; a mention either stays one or becomes an event")
        roles = {key: value for key, value in tables["roles"].items() if not isinstance(value, dict)}
        roles_of = {key: value for key, value in tables["roles"].items() if isinstance(value, dict)}
        of_type = {key: self._labels(f"roles.{key}", value, "role", self.ontology.roles) for key, value in roles_of.items()}
        events = self._events("events", tables["events"])
        triggers = self._events("triggers", tables["triggers"])
        self._event_types(roles_of, {**events, **triggers})
        return LabelMap(
            **texts,
            mentions=self._mentions(tables["mentions"]),
            kinds=self._kinds(tables["kinds"]),
            triggers={label: target for label, target in triggers.items() if target is not None},
            events=events,
            roles=self._labels("roles", roles, "role", self.ontology.roles),
            roles_of=of_type,
            realis=self._labels("realis", tables["realis"], "realis", self.ontology.realis),
            polarity=self._labels("polarity", tables["polarity"], "polarity", self.ontology.polarity),
            relations=self._links("relations", tables["relations"], self.ontology.relations, self.ontology.mentions),
            event_relations=self._links(
                "event_relations", tables["event_relations"], self.ontology.event_relations, self.ontology.events
            ),
            trim=self._names("trim", raw.get("trim", []), "edge", EDGES, "of a map"),
        )

    def _text(self, raw: Mapping[str, Any], key: str) -> str:
        if key not in raw:
            self.faults.append(f"the key {key!r} is missing; a map says its name, what it is about and its source")
        elif not isinstance(raw[key], str) or not raw[key].strip():
            self.faults.append(f"{key} is {shown(raw[key])}, not a string that says something")
        else:
            return str(raw[key])
        return ""

    def _table(self, raw: Mapping[str, Any], key: str) -> dict[str, Any]:
        if isinstance(value := raw.get(key, {}), dict):
            return value
        self.faults.append(f'{key} is {shown(value)}, not a table; write [{key}] and under it "label" = "TARGET"')
        return {}

    def _mentions(self, table: Mapping[str, Any]) -> dict[str, MentionTarget | None]:
        found: dict[str, MentionTarget | None] = {}
        for label, value in table.items():
            at = f"mentions.{label}"
            if value is False:
                found[label] = None
            elif (given := self._target(at, value, ("kind",))) is not None:
                type_ = self._known(at, "mention type", given["type"], self.ontology.mentions)
                kinds = self._names(f"{at}.kind", given.get("kind", []), "kind", self.ontology.kinds)
                if type_ and (of := self.ontology.mentions.get(type_)):
                    for kind in (k for k in kinds if k not in of.kinds):
                        self.faults.append(f"{at}.kind is {kind}; {type_} admits: {', '.join(of.kinds) or 'none'}")
                found[label] = MentionTarget(type_, kinds)
        return found

    def _kinds(self, table: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
        return {
            label: () if value is False else self._names(f"kinds.{label}", value, "kind", self.ontology.kinds, empty=False)
            for label, value in table.items()
        }

    def _events(self, name: str, table: Mapping[str, Any]) -> dict[str, EventTarget | None]:
        found: dict[str, EventTarget | None] = {}
        for label, value in table.items():
            at = f"{name}.{label}"
            if value is False and name == "events":
                found[label] = None
            elif value is False:
                self.faults.append(f"{at} is false; a mention that is no trigger has no place here, write it under [mentions]")
            elif (given := self._target(at, value, ("realis", "polarity"))) is not None:
                type_ = self._known(at, "event type", given["type"], self.ontology.events)
                realis = self._optional(at, "realis", given, self.ontology.realis)
                found[label] = EventTarget(type_, realis, self._optional(at, "polarity", given, self.ontology.polarity))
        return found

    def _event_types(self, roles_of: Iterable[str], events: Mapping[str, EventTarget | None]) -> None:
        """A table of roles is of a type of event, there or here; without a table of events, of any."""
        here = self.ontology.events
        for label in roles_of if events or here else ():
            if label not in events and label not in here:
                known = nearest(label, [*events, *here])
                self.faults.append(f"roles.{label} is a table, but {label} is no type of event, there or here; {known}")

    def _labels(self, at: str, table: Mapping[str, Any], what: str, known: Iterable[str]) -> dict[str, str | None]:
        found: dict[str, str | None] = {}
        for label, value in table.items():
            if value is False:
                found[label] = None
            elif isinstance(value, str):
                found[label] = self._known(f"{at}.{label}", what, value, known)
            else:
                self._form(f"{at}.{label}", value, f"a {what} or false")
        return found

    def _links(
        self, name: str, table: Mapping[str, Any], known: Iterable[str], ends: Iterable[str]
    ) -> dict[str, tuple[Link, ...]]:
        found: dict[str, tuple[Link, ...]] = {}
        for label, value in table.items():
            at = f"{name}.{label}"
            several = value if isinstance(value, list) else [value]
            if value is False:
                several = []
            elif not several:
                self._form(at, value, "a list of targets, first that fits first; false for none")
            links: list[Link] = []
            for n, one in enumerate(several):
                here = f"{at}[{n}]" if isinstance(value, list) else at
                if (given := self._target(here, one, ("reverse", "head", "tail"))) is None:
                    continue
                type_ = self._known(here, "relation type", given["type"], known)
                if not isinstance(reverse := given.get("reverse", False), bool):
                    self._form(f"{here}.reverse", reverse, "true or false")
                head, tail = (self._names(f"{here}.{end}", given.get(end, []), "type", ends) for end in ("head", "tail"))
                links.append(Link(type_, reverse is True, head, tail))
            for n, link in enumerate(links[:-1]):
                if not link.head and not link.tail:
                    self.faults.append(f"{at}[{n}] is for ends of every type, so what follows it is never taken; put it last")
            found[label] = tuple(links)
        return found

    def _target(self, at: str, value: Any, optional: tuple[str, ...]) -> dict[str, Any] | None:
        """A target as a table: ``"X"`` is ``{ type = "X" }``. None if it is none."""
        if isinstance(value, str):
            return {"type": value}
        form = f"a name, {{ type = …, {', '.join(optional)} }} or false"
        if not isinstance(value, dict):
            self._form(at, value, form)
            return None
        if not isinstance(value.get("type"), str):
            hint = 'a label with a dot goes in quotes: "A.B" = …'
            self.faults.append(f"{at} is a table without a type that is a string; write {form} ({hint})")
            return None
        for key in value:
            if key not in ("type", *optional):
                self.faults.append(f"{at}.{key} is no key of a target; {nearest(key, ('type', *optional))}")
        return value

    def _form(self, at: str, value: Any, form: str) -> None:
        """A value that has another form."""
        self.faults.append(f"{at} is {shown(value)}; write {form}")

    def _optional(self, at: str, key: str, given: Mapping[str, Any], known: Iterable[str]) -> str | None:
        if key not in given:
            return None
        if isinstance(given[key], str):
            return self._known(f"{at}.{key}", key, given[key], known)
        self._form(f"{at}.{key}", given[key], f"a {key}")
        return None

    def _names(
        self, at: str, value: Any, what: str, known: Iterable[str], of: str = "of the ontology", *, empty: bool = True
    ) -> tuple[str, ...]:
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, list) or not all(isinstance(n, str) for n in names) or not (names or empty):
            self._form(at, value, f"a {what} or a list of them")
            return ()
        for name in dict.fromkeys(n for n in names if names.count(n) > 1):
            self.faults.append(f"{at} names {name} more than once")
        return tuple(self._known(at, what, n, known, of) for n in names)

    def _known(self, at: str, what: str, name: str, known: Iterable[str], of: str = "of the ontology") -> str:
        known = tuple(known)
        if known and name not in known:
            self.faults.append(f"{at} is {shown(name)}, no {what} {of}; {nearest(name, known)}")
        return name
