"""The columns of every configuration of the dataset, described once, and written as Arrow types, as the ``huggingface``
metadata of a Parquet file, and as the YAML of the dataset card.

Lists are spelled as datasets 3 spells them and as later versions still read (their own spelling makes datasets 3 fail): of
structs as ``[...]`` and ``list:``, of anything else as ``Sequence`` and ``sequence:``, so that ``features[column].feature``
is there in every version. What is written does not depend on which version is installed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from communique.model import ZONES
from communique.ontology import Ontology

if TYPE_CHECKING:
    import pyarrow as pa

CONFIGURATIONS: Final = (
    "documents",
    "tokens",
    "mentions",
    "entities",
    "events",
    "arguments",
    "relations",
    "event_relations",
    "stories",
)
"""In the order of the card; the first is the default."""


@dataclass(frozen=True, slots=True)
class Label:
    """A column whose values are the indices of ``names`` (a ``ClassLabel``), or null."""

    names: tuple[str, ...]


Feature: TypeAlias = "str | Label | list[Feature] | dict[str, Feature]"
"""``string`` or ``int32``, a label, a list of one feature, or a struct. Every value but a list may be null."""


def columns(configuration: str, ontology: Ontology) -> dict[str, Feature]:
    """The columns of a configuration; labels are the ontology's, in its order.

    Raises:
        KeyError: if there is no such configuration.
    """
    return _tables(ontology)[configuration]


def _tables(o: Ontology) -> dict[str, dict[str, Feature]]:
    span: dict[str, Feature] = {"start": "int32", "end": "int32"}
    item: dict[str, Feature] = {"id": "string"}
    mention: dict[str, Feature] = {
        **item,
        **span,
        "type": Label(tuple(o.mentions)),
        "kind": Label(tuple(o.kinds)),
        "extent": dict(span),
        "value": "string",
    }
    entity: dict[str, Feature] = {
        **item,
        "type": Label(tuple(t.name for t in o.mentions.values() if t.entity)),
        "name": "string",
        "wikidata": "string",
        "mentions": ["string"],
        "members": ["string"],
    }
    argument: dict[str, Feature] = {"role": Label(tuple(o.roles)), "mention": "string"}
    event: dict[str, Feature] = {
        **item,
        **span,
        "type": Label(tuple(o.events)),
        "realis": Label(tuple(o.realis)),
        "polarity": Label(tuple(o.polarity)),
    }
    ends: dict[str, Feature] = {"head": "string", "tail": "string"}
    relation: dict[str, Feature] = {**item, "type": Label(tuple(o.relations)), **ends}
    event_relation: dict[str, Feature] = {**item, "type": Label(tuple(o.event_relations)), **ends, "evidence": [span]}
    place: dict[str, Feature] = {"doc_id": "string"}
    words: dict[str, Feature] = {"surface": "string"}
    names = ("doc_id", "story", "title", "url", "publisher", "date", "date_source", "guidelines", "text", "text_sha256")
    return {
        "documents": {
            **dict.fromkeys(names, "string"),
            "zones": [{**span, "kind": Label(ZONES)}],
            "sentences": [span],
            "tokens": [span],
            "mentions": [mention],
            "entities": [entity],
            "events": [{**event, "arguments": [argument]}],
            "instances": [{**item, "events": ["string"]}],
            "relations": [relation],
            "event_relations": [event_relation],
        },
        "tokens": {
            **place,
            "sentence": "int32",
            "zone": Label(ZONES),
            **span,
            "tokens": ["string"],
            "token_starts": ["int32"],
            "ner_tags": [Label(_iob2(o.mentions))],
            "trigger_tags": [Label(_iob2(o.events))],
        },
        "mentions": {**place, **mention, **words, "entity": "string"},
        "entities": {**place, **entity, **words, "corpus_id": "string"},
        "events": {**place, **event, **words, "instance": "string"},
        "arguments": {**place, **item, "event": "string", **argument, **words},
        "relations": {**place, **relation, **words},
        "event_relations": {**place, **event_relation, **words},
        "stories": {
            "story": "string",
            **item,
            "type": Label(tuple(o.events)),
            "name": "string",
            **place,
            "instance": "string",
            "events": ["string"],
            "realis": [Label(tuple(o.realis))],
            "surfaces": ["string"],
        },
    }


def _iob2(types: Mapping[str, Any]) -> tuple[str, ...]:
    return ("O", *(f"{prefix}-{name}" for name in types for prefix in "BI"))


def arrow_schema(features: Mapping[str, Feature]) -> pa.Schema:
    """The Arrow schema of these columns, with the metadata by which ``datasets`` knows the labels."""
    import pyarrow as pa

    metadata = {"info": {"features": {name: _metadata(feature) for name, feature in features.items()}}}
    fields = [pa.field(name, _arrow(feature)) for name, feature in features.items()]
    return pa.schema(fields, metadata={"huggingface": json.dumps(metadata)})


def _arrow(feature: Feature) -> pa.DataType:
    import pyarrow as pa

    match feature:
        case Label():
            return pa.int64()
        case list():
            return pa.list_(_arrow(feature[0]))
        case dict():
            return pa.struct([pa.field(name, _arrow(inner)) for name, inner in feature.items()])
        case _:
            return pa.type_for_alias(feature)


def _metadata(feature: Feature) -> Any:
    match feature:
        case Label(names):
            return {"names": list(names), "_type": "ClassLabel"}
        case [dict() as struct]:
            return [_metadata(struct)]
        case list():
            return {"feature": _metadata(feature[0]), "_type": "Sequence"}
        case dict():
            return {name: _metadata(inner) for name, inner in feature.items()}
        case _:
            return {"dtype": feature, "_type": "Value"}


def from_metadata(schema: pa.Schema) -> dict[str, Feature]:
    """The columns that a file's ``huggingface`` metadata describes: what `arrow_schema` wrote.

    Raises:
        ValueError: if there is no such metadata.
    """
    if not schema.metadata or b"huggingface" not in schema.metadata:
        raise ValueError("the file has no huggingface metadata, so it is none of this dataset")
    described = json.loads(schema.metadata[b"huggingface"])["info"]["features"]
    return {name: _from_metadata(inner) for name, inner in described.items()}


def _from_metadata(raw: Any) -> Feature:
    if isinstance(raw, list):
        return [_from_metadata(raw[0])]
    if raw.get("_type") == "Sequence":
        return [_from_metadata(raw["feature"])]
    if raw.get("_type") == "ClassLabel":
        return Label(tuple(raw["names"]))
    if raw.get("_type") == "Value":
        return str(raw["dtype"])
    return {name: _from_metadata(inner) for name, inner in raw.items()}


def yaml(features: Mapping[str, Feature], indent: str = "") -> Iterator[str]:
    """The ``features:`` list of these columns in the YAML of a dataset card, line by line."""
    for name, feature in features.items():
        yield f"{indent}- name: {name}"
        yield from _yaml(feature, f"{indent}  ")


def _yaml(feature: Feature, indent: str) -> Iterator[str]:
    match feature:
        case Label():
            yield f"{indent}dtype:"
            yield from _yaml_label(feature, f"{indent}  ")
        case [Label() as label]:
            yield f"{indent}sequence:"
            yield from _yaml_label(label, f"{indent}  ")
        case [str() as plain]:
            yield f"{indent}sequence: {plain}"
        case [dict() as struct]:
            yield f"{indent}list:"
            yield from yaml(struct, indent)
        case dict():
            yield f"{indent}struct:"
            yield from yaml(feature, indent)
        case _:
            yield f"{indent}dtype: {feature}"


def _yaml_label(label: Label, indent: str) -> Iterator[str]:
    yield f"{indent}class_label:"
    yield f"{indent}  names:"
    for index, name in enumerate(label.names):
        yield f"{indent}    '{index}': {json.dumps(name)}"


def encode(value: Any, feature: Feature) -> Any:
    """A value with label names to one with indices. A key that is missing is null, a list that is missing is empty.

    Raises:
        ValueError: if a label is not among the names.
    """
    match feature:
        case list():
            return [encode(each, feature[0]) for each in value or ()]
        case _ if value is None:
            return None
        case Label(names):
            return names.index(value)
        case dict():
            return {name: encode(value.get(name), inner) for name, inner in feature.items()}
        case _:
            return value


def decode(value: Any, feature: Feature) -> Any:
    """A value with label indices to one with names; the inverse of `encode`."""
    match feature:
        case list():
            return [decode(each, feature[0]) for each in value]
        case _ if value is None:
            return None
        case Label(names):
            return names[value]
        case dict():
            return {name: decode(value[name], inner) for name, inner in feature.items()}
        case _:
            return value
