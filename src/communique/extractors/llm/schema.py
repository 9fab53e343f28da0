"""The form of the answer: a row of predictions with quotes in place of offsets, as a JSON schema in its strict form."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from communique.ontology import Ontology

Schema = Mapping[str, Any]

_TEXT: Final = {"type": "string"}
_QUOTE: Final = {"text": _TEXT, "sentence": {"type": "integer"}, "occurrence": {"type": ["integer", "null"]}}


def answer_schema(layers: Iterable[str], ontology: Ontology) -> Schema:
    """The schema of an answer with these layers: every key required, none besides, labels as enumerations.

    That is the form that OpenAI takes with ``"strict": true``; what may be left out is null. Ids stand only where another item
    can name them. ``arguments`` are part of ``events``.
    """
    asked = set(layers)
    lists: dict[str, Schema] = {}
    if "mentions" in asked:
        kinds = {"kind": _one_of(ontology.kinds, null=True)} if ontology.kinds else {}
        lists["mentions"] = _object({"id": _TEXT, **_QUOTE, "type": _one_of(ontology.mentions), **kinds})
    if "entities" in asked:
        types = [m.name for m in ontology.mentions.values() if m.entity]
        lists["entities"] = _object({"type": _one_of(types), "mentions": _list(_TEXT)})
    if "events" in asked:
        event: dict[str, Any] = {"id": _TEXT, **_QUOTE, "type": _one_of(ontology.events)}
        for key, values in (("realis", ontology.realis), ("polarity", ontology.polarity)):
            if values:
                event[key] = _one_of(values)
        if "arguments" in asked:
            event["arguments"] = _list(_object({"role": _one_of(ontology.roles), "mention": _TEXT}))
        lists["events"] = _object(event)
    if "instances" in asked:
        lists["instances"] = _object({"events": _list(_TEXT)})
    if "relations" in asked:
        lists["relations"] = _object({"type": _one_of(ontology.relations), "head": _TEXT, "tail": _TEXT})
    if "event_relations" in asked:
        ends = {"type": _one_of(ontology.event_relations), "head": _TEXT, "tail": _TEXT}
        lists["event_relations"] = _object({**ends, "evidence": _list(_object(_QUOTE))})
    return _object({name: _list(items) for name, items in lists.items()})


def items_of(schema: Schema) -> dict[str, Schema]:
    """The schema of the items of each list of an answer."""
    return {name: listed["items"] for name, listed in schema["properties"].items()}


def fitted(value: Any, schema: Schema) -> Any:
    """A value with just the keys of the schema, null where it has none."""
    if "properties" in schema:
        return {key: fitted(value.get(key), inner) for key, inner in schema["properties"].items()}
    return [fitted(v, schema["items"]) for v in value or []] if "items" in schema else value


def outline(schema: Schema) -> str:
    """The schema as an example of itself, for a model that is not bound to it; one list a line."""
    lists = [f"{json.dumps(name)}: {_sketch(listed)}" for name, listed in schema["properties"].items()]
    return "{" + ",\n ".join(lists) + "}"


def _sketch(schema: Schema) -> str:
    if "properties" in schema:
        return "{" + ", ".join(f"{json.dumps(key)}: {_sketch(inner)}" for key, inner in schema["properties"].items()) + "}"
    if "items" in schema:
        return f"[{_sketch(schema['items'])}, …]"
    if "enum" in schema:
        return " | ".join(json.dumps(name, ensure_ascii=False) for name in schema["enum"])
    return {"string": '"…"', "integer": "1"}.get(schema["type"], "null") if isinstance(schema["type"], str) else "1 | null"


def _object(properties: Mapping[str, Any]) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _one_of(names: Iterable[str], *, null: bool = False) -> Schema:
    return {"type": ["string", "null"], "enum": [*names, None]} if null else {"type": "string", "enum": list(names)}
