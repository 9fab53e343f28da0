"""The prompt: definitions from the ontology, rules from ``rules.toml``, a worked example, a document's numbered sentences."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

from communique.extractors.llm.asking import refers_to
from communique.extractors.llm.examples import Example
from communique.extractors.llm.schema import Schema, answer_schema, fitted, outline
from communique.model import LAYERS, Document
from communique.ontology import Ontology, default_ontology, nearest

Message = Mapping[str, str]

_LABEL: Final = re.compile(r"[A-Z][A-Z_-]*[A-Z]")


@dataclass(frozen=True, slots=True)
class Rule:
    """``sections`` are those of the guidelines that it sums up."""

    layer: str
    sections: tuple[str, ...]
    text: str

    def labels(self) -> set[str]:
        """The labels of the package's ontology that it names."""
        return set(_LABEL.findall(self.text)) & _own_labels()


@dataclass(frozen=True, slots=True)
class Rules:
    """The words of the prompt that do not come from the ontology; ``rules.toml`` says what each is for."""

    task: str
    quoting: str
    found: str
    rules: tuple[Rule, ...]

    def fitting(self, ontology: Ontology) -> tuple[Rule, ...]:
        """The rules that name no label which the ontology has not."""
        foreign = _own_labels() - _labels(ontology)
        return tuple(rule for rule in self.rules if not rule.labels() & foreign)


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is said in one request about any document: ``system``, and the ``example`` as a question and its answer."""

    layers: tuple[str, ...]
    schema: Schema
    system: str
    found: str
    example: tuple[Message, ...] = ()

    @property
    def lists(self) -> tuple[str, ...]:
        """The lists of the answer."""
        return tuple(self.schema["properties"])

    def idle(self, document: Document, row: Mapping[str, Any]) -> bool:
        """Whether there is nothing to ask: no sentence, or nothing that these layers could refer to."""
        before = refers_to(self.layers)
        needless = before and "events" not in self.layers and not any(row[layer] for layer in before)
        return not document.sentences or bool(needless)

    def messages(self, document: Document, row: Mapping[str, Any]) -> tuple[Message, ...]:
        """The messages that ask about a document; ``row`` holds what earlier requests found in it."""
        sentences = [sentence.of(document.text) for sentence in document.sentences]
        asked = {"role": "user", "content": question(sentences, self.found, row, self.layers)}
        return ({"role": "system", "content": self.system}, *self.example, asked)


def prompts(requests: Iterable[Sequence[str]], ontology: Ontology, rules: Rules, example: Example | None) -> tuple[Prompt, ...]:
    """The prompt of each request; see `Asking.requests`."""
    return tuple(_prompt(tuple(layers), ontology, rules, example) for layers in requests)


def version(of: Iterable[Prompt]) -> str:
    """Eight hexadecimal digits that differ if anything differs that is said or demanded, whatever the document."""
    said = [[p.system, p.found, list(map(dict, p.example)), p.schema] for p in of]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:8]


def numbered(sentences: Iterable[str]) -> str:
    """Sentences under the numbers that ``communique sentences`` prints."""
    return "\n".join(f"{number}\t{sentence}" for number, sentence in enumerate(sentences, 1))


def question(sentences: Iterable[str], found: str, row: Mapping[str, Any], layers: Sequence[str]) -> str:
    """The sentences, and what was found in them that these layers refer to, an item a line."""
    lines = [numbered(sentences)]
    if before := refers_to(layers):
        lines += ["", found]
        for layer in before:
            lines += [f"{layer}:", *(json.dumps(item, ensure_ascii=False) for item in row[layer])]
    return "\n".join(lines)


def read_rules(path: Path | None = None) -> Rules:
    """The rules of a file of the form of ``rules.toml``; None: those of the package.

    Raises:
        ValueError: if it is not of that form.
        OSError: if it cannot be read.
    """
    file = resources.files(__package__) / "rules.toml" if path is None else path
    try:
        given = tomllib.loads(file.read_bytes().decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise ValueError(f"{file}: {fault}; compare it with the rules.toml of the package") from fault
    texts = ("task", "quoting", "found")
    _only(str(file), given, {**dict.fromkeys(texts, str), "rule": list})
    rules = []
    for number, rule in enumerate(given["rule"], 1):
        where = f"{file}: rule {number}"
        _only(where, rule, {"layer": str, "sections": list, "text": str})
        if rule["layer"] not in LAYERS:
            raise ValueError(f"{where}: {rule['layer']!r} is no layer; {nearest(rule['layer'], LAYERS)}")
        rules.append(Rule(rule["layer"], tuple(map(str, rule["sections"])), rule["text"].strip()))
    return Rules(given["task"].strip(), given["quoting"].strip(), given["found"].strip(), tuple(rules))


def _only(where: str, given: Any, keys: Mapping[str, type]) -> None:
    if not isinstance(given, dict):
        raise ValueError(f"{where} is no table; compare it with the rules.toml of the package")
    for key in given:
        if key not in keys:
            raise ValueError(f"{where}: {key!r} is no key of it; {nearest(key, keys)}")
    for key, kind in keys.items():
        if not isinstance(given.get(key), kind):
            what = "a string" if kind is str else "a list"
            raise ValueError(f"{where}: {key} is not {what}; compare it with the rules.toml of the package")


def _prompt(layers: tuple[str, ...], ontology: Ontology, rules: Rules, example: Example | None) -> Prompt:
    schema = answer_schema(layers, ontology)
    parts = [rules.task]
    for layer in layers:
        said = [f"- {rule.text}" for rule in rules.fitting(ontology) if rule.layer == layer]
        parts.append("\n".join([f"# {layer}", *_DEFINED[layer](ontology), *(["Rules:"] if said else []), *said]))
    parts.append(
        f"# The answer\n{rules.quoting}\nAnswer with one JSON object of this form and nothing else; every list is there, if "
        f"only empty, and holds as many items as there are:\n{outline(schema)}"
    )
    turns: tuple[Message, ...] = ()
    if example:
        # What earlier requests found is told as they told it.
        before = fitted(example.row, answer_schema(LAYERS, ontology))
        answer = json.dumps(fitted(example.row, schema), ensure_ascii=False)
        asked = question(example.sentences, rules.found, before, layers)
        turns = ({"role": "user", "content": asked}, {"role": "assistant", "content": answer})
    return Prompt(layers, schema, "\n\n".join(parts), rules.found, turns)


def _mentions(o: Ontology) -> Iterator[str]:
    yield "Types, each with the kinds that it has:"
    for m in o.mentions.values():
        yield f"- {m.name} ({', '.join(m.kinds) or 'no kind'}): {m.definition}"
    yield from _defined("Kinds:", o.kinds)


def _entities(o: Ontology) -> Iterator[str]:
    yield f"Of mentions of {_names(m.name for m in o.mentions.values() if m.entity)}; no others."


def _events(o: Ontology) -> Iterator[str]:
    yield from _defined("Types:", {e.name: e.definition for e in o.events.values()})
    yield from _defined("Realis:", o.realis)
    yield from _defined("Polarity:", o.polarity)


def _arguments(o: Ontology) -> Iterator[str]:
    usual: dict[str, tuple[str, ...]] = {}
    for e in o.events.values():
        for role, types in e.fillers.items():
            usual.setdefault(role, types)
    yield "Roles, each with the types of mention that fill it:"
    for role, definition in o.roles.items():
        if role in usual:
            yield f"- {role} ({_names(usual[role])}): {definition}"
    yield "Events and their roles:"
    for e in o.events.values():
        roles = (role if types == usual[role] else f"{role} ({_names(types)})" for role, types in e.fillers.items())
        yield f"- {e.name}: {_names(roles) or 'none'}"


def _instances(o: Ontology) -> Iterator[str]:
    yield f"Of events of {_names(e.name for e in o.events.values() if e.instance)}; no others."


def _relations(o: Ontology) -> Iterator[str]:
    yield "Types, each with what may be head and tail:"
    for r in o.relations.values():
        either = ", in either order" if r.symmetric else ""
        yield f"- {r.name} ({_names(r.head)} to {_names(r.tail)}{either}): {r.definition}"


def _event_relations(o: Ontology) -> Iterator[str]:
    yield "Types:"
    for r in o.event_relations.values():
        ends = ((end, types) for end, types in (("head", r.head), ("tail", r.tail)) if types != tuple(o.events))
        only = "; ".join(f"{end} {_names(types)}" for end, types in ends)
        yield f"- {r.name}{f' ({only})' if only else ''}: {r.definition}"


_DEFINED: Final = {
    "mentions": _mentions,
    "entities": _entities,
    "events": _events,
    "arguments": _arguments,
    "instances": _instances,
    "relations": _relations,
    "event_relations": _event_relations,
}


def _defined(heading: str, definitions: Mapping[str, str]) -> Iterator[str]:
    if definitions:
        yield heading
    for name, definition in definitions.items():
        yield f"- {name}: {definition}"


def _names(names: Iterable[str]) -> str:
    return ", ".join(names)


def _labels(o: Ontology) -> set[str]:
    tables = (o.mentions, o.kinds, o.classes, o.events, o.roles, o.realis, o.polarity, o.relations, o.event_relations)
    return {name for table in tables for name in table}


@cache
def _own_labels() -> set[str]:
    return _labels(default_ontology())
