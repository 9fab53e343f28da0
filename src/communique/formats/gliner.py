"""What GLiNER gives: entities, and the relations of its two kinds of models that have them.

Seen: 0.2.29. A text's record is the list of ``predict_entities``, on a line of its own or in the list of ``inference``; the
list of its relations; or both, ``[entities, relations]``, as ``predict_relations`` gives them for a text and ``inference``
for several. It may also be ``{"doc_id": …, "entities": […], "relations": […]}``. GLiNER says nothing of the text, so give
``doc_id``, or say ``--in-order`` or ``--doc``.

- An entity is ``{"start", "end", "text", "label", "score"}``. Offsets count code points, the end exclusive; the words are
  compared with the text. What else it has (``class_probs``, ``generated_labels``) is kept as ``meta``, but for vectors.
- A relation is ``{"head", "tail", "relation", "score"}``, whose ends have offsets, text and type (models with relations), or
  ``{"source", "relation", "target", "score"}`` (``gliner.multitask.GLiNERRelationExtractor``), whose ends are words, which are
  looked for in the text, and among the entities if there are any.
- Relations without entities claim relations alone; their ends are mentions that are not scored. Where entities are given, a
  relation of something that is none of them is listed and left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from communique.formats.converted import Converted
from communique.formats.documents import Texts, told_document
from communique.formats.fields import Fields, fields
from communique.formats.gliner_record import Spotted, rows_of
from communique.formats.listed import Listed, listed
from communique.formats.records import unread
from communique.formats.source import Options, Source
from communique.incident import Incident

_VECTORS: Final = ("vector", "label_vector", "head_relation_vector", "tail_relation_vector")


def read(source: Source, texts: Texts, options: Options) -> Converted:
    """Read a file; raises as `communique.formats.read` says."""
    faults: list[Incident] = []
    held: list[Spotted] = []
    layers: set[str] = set()
    records = listed(source, faults, "entities", "relations")
    for record, parts in _paired(records):
        document = told_document(source, texts, record.place, record.record, faults)
        layers |= {"mentions"} if "entities" in record.record or len(parts) > 1 else set()
        layers |= {"relations"} if "relations" in record.record or len(parts) > 1 else set()
        one = Spotted(record.place, document, faults) if document else None
        for path, items in parts:
            for n, item in enumerate(items):
                if (given := fields(record.place, f"{path}[{n}]", item, faults)) is None:
                    continue
                layers.add("relations" if "relation" in item else "mentions")
                if one:
                    _relation(one, given) if "relation" in item else _entity(one, given)
        if one:
            held.append(one)
    notes = unread((r.record for r in records), "doc_id", "text", "entities", "relations")
    return rows_of(held, layers, faults, texts, notes)


def _paired(records: Sequence[Listed]) -> Iterator[tuple[Listed, list[tuple[str, Any]]]]:
    """Each text's record with its lists of items, each with its path."""
    if len(records) == 2 and all(r.path == "$" and r.place.endswith(f"$[{n}]") for n, r in enumerate(records)):
        entities, relations = records
        if _only_relations(relations.items) and not _only_relations(entities.items):
            # One call's two lists: of a text, or of several texts.
            whole = Listed(entities.place.removesuffix(": $[0]"), "$", [], {})
            if not any(isinstance(item, list) for item in entities.items):
                yield whole, [("$[0]", entities.items), ("$[1]", relations.items)]
                return
            if len(entities.items) == len(relations.items):
                for n, pair in enumerate(zip(entities.items, relations.items, strict=True)):
                    yield whole, [(f"$[{k}][{n}]", part) for k, part in enumerate(pair)]
                return
    for record in records:
        if len(record.items) == 2 and all(isinstance(part, list) for part in record.items):
            yield record, [(f"{record.path}[{n}]", part) for n, part in enumerate(record.items)]
        else:
            # An object that has no entities gives relations by themselves.
            wrapped = [(f"$.{key}", record.record[key]) for key in ("entities", "relations") if key in record.record]
            yield record, wrapped or [(record.path, record.items)]


def _only_relations(items: Sequence[Any]) -> bool:
    """Whether there are items in a list or in its lists, and all are relations."""
    flat = [x for item in items for x in (item if isinstance(item, list) else [item])]
    return bool(flat) and all(isinstance(item, dict) and "relation" in item for item in flat)


def _entity(one: Spotted, item: Fields) -> None:
    one.items += 1
    label = item.string("label")
    found = one.spot(item.path, {**item.given}, "score", "label", *_VECTORS)
    if label is not None and found is not None:
        one.mentions.append({"type": label, **found})


def _relation(one: Spotted, item: Fields) -> None:
    one.items += 1
    relation, score = item.string("relation"), item.score()
    keys = ("head", "tail") if {"head", "tail"} & item.given.keys() else ("source", "target")
    ends = [_end(one, item, key) for key in keys]
    if relation is None or None in ends:
        return
    meta = item.rest("head", "tail", "source", "target", "start", "end", "relation", "score", *_VECTORS)
    found = {"type": relation, "head": ends[0], "tail": ends[1], "score": score, "meta": meta}
    one.relations.append((item.path, {key: value for key, value in found.items() if value is not None}))


def _end(one: Spotted, item: Fields, key: str) -> dict[str, Any] | None:
    if key in ("source", "target"):
        if (words := item.string(key)) is None:
            return None
        # Of the target there may be offsets (return_index=True).
        where = {k: item.given[k] for k in ("start", "end") if k in item.given and key == "target"}
        return one.spot(item.path if where else f"{item.path}.{key}", {"text": words, **where}, "score")
    if key not in item.given:
        item.string(key)
        return None
    if (given := fields(item.place, f"{item.path}.{key}", item.given[key], item.faults)) is None:
        return None
    found, kind = one.spot(given.path, dict(given.given), "score", "type", "entity_idx"), given.optional("type")
    return found if found is None or kind is None else {**found, "type": kind}
