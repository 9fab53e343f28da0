"""Which format a file is of, told by what it holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from communique.formats.answered import has_completion, is_kept
from communique.formats.records import records
from communique.formats.source import Source, source_of
from communique.formats.spacy_docbin import is_docbin
from communique.incident import DataError, Incident
from communique.io.bio import looks_like_bio
from communique.io.files import files_of
from communique.io.wire import ITEMS

_TEXT_BOUND: Final = re.compile(r"^T[0-9]+\t\S+ [0-9]+ [0-9]+(?:;[0-9]+ [0-9]+)*[\t\r\n]", re.MULTILINE)
"""What a file of brat's holds, whatever its name."""

def detect(source: Source) -> tuple[str, str]:
    """The name of the format, and what tells it, in words.

    Raises:
        DataError: ``unknown-form``, or that the file cannot be read.
    """
    if source.path and source.is_folder:
        if any(source.path.rglob("*.ann")):
            return "brat", "it is a folder that holds .ann files"
        name, words = detect(source_of(first := files_of(source.path)[0]))
        return name, f"of its {first.name}, {words}"
    if is_docbin(source):
        return "spacy", "it is a DocBin"
    if source.name.endswith(".ann"):
        return "brat", "its name ends in .ann"
    if _TEXT_BOUND.search(source.text[:20_000]):
        return "brat", "it has lines such as T1<tab>PER 0 3"
    if looks_like_bio(source.text):
        return "bio", "most of its lines are a token and a tag"
    if source.text.lstrip().startswith("```"):
        return "llm", "it holds fenced JSON"
    if source.text.lstrip()[:1] not in ("{", "["):
        raise DataError([_unknown(source, "it is neither JSON nor tokens with tags")])
    faults: list[Incident] = []
    held = [record for _, record in records(source, faults)]
    if not held:
        raise DataError(faults or [_unknown(source, "it holds no record")])
    for name, words, is_it in _TOLD:
        if any(map(is_it, held)):
            return name, words
    raise DataError([_unknown(source, "its records are of no form that is known")])


def _unknown(source: Source, message: str) -> Incident:
    return Incident("unknown-form", source.name, message, "say what it is with --from")


def _items(record: Any, *keys: str) -> list[Mapping[str, Any]]:
    """The objects in the lists of a record that stand under these keys."""
    if not isinstance(record, dict):
        return []
    return [item for key in keys if isinstance(record.get(key), list) for item in record[key] if isinstance(item, dict)]


def _has(*keys: str) -> Callable[[Any], bool]:
    return lambda record: isinstance(record, dict) and all(key in record for key in keys)


def _any_item(record: Any, *keys: str) -> bool:
    """Whether the record is an item, or a list of items, or holds one in a list of its own, that has all these keys."""
    inner = record if isinstance(record, list) else list(record.values()) if isinstance(record, dict) else []
    flat = [record, *inner, *(i for one in inner if isinstance(one, list) for i in one)]
    return any(isinstance(item, dict) and all(key in item for key in keys) for item in flat)


def _row(record: Any) -> bool:
    return isinstance(record, dict) and "doc_id" in record and any(layer in record for layer in ITEMS)


def _quoted(record: Any) -> bool:
    """Whether a row has words in place of offsets or of ids."""
    return _row(record) and (
        any("start" not in item for item in _items(record, "mentions", "events"))
        or any("mentions" not in entity for entity in _items(record, "entities"))
        or any(isinstance(item, str) for item in record.get("mentions") or ())
    )


def _strictly_quoted(record: Any) -> bool:
    """Whether it does so as annotators do, who say in which sentence."""
    items = _items(record, "mentions", "events")
    spans = all("start" in item or {"text", "sentence", "type"} <= item.keys() for item in items)
    return _quoted(record) and spans and all("mentions" in entity for entity in _items(record, "entities"))


def _short_export(record: Any) -> bool:
    """Whether it is a record of Label Studio's JSON_MIN: its regions stand under the name of a tag, which may be any."""
    return _has("text")(record) and any("start" in i and isinstance(i.get("labels"), list) for i in _items(record, *record))


def _of_doccano(record: Any) -> bool:
    """Whether it is of doccano, where it has a doc_id and lists as rows of ours have: a key that is imported comes back."""
    if not _has("text", "entities")(record) or not isinstance(record["entities"], list):
        return False
    listed = any(isinstance(e, list) or (isinstance(e, dict) and "start_offset" in e) for e in record["entities"])
    return listed or "offsets" in record or "Comments" in record


def _of_gliner(record: Any) -> bool:
    """Whether it is an item of GLiNER's, or a list of them, or two, or has one under entities or relations."""
    held = record if isinstance(record, list) else [record, *_items(record, "entities", "relations")]
    flat = [x for item in held for x in (item if isinstance(item, list) else [item]) if isinstance(x, dict)]
    entity, related = {"start", "end", "text", "label", "score"}, {"source", "target", "relation", "score"}
    return any(
        entity <= x.keys()
        or ("relation" in x and isinstance(x.get("head"), dict) and "entity_idx" in x["head"])
        or ((x is record or isinstance(record, list)) and related <= x.keys())
        for x in flat
    )


def _of_fields(record: Any) -> bool:
    """Whether it has a list of records under a name that is none of our lists', and one of them has a trigger."""
    held = [value for key, value in record.items() if key not in ITEMS] if isinstance(record, dict) else []
    return any(isinstance(x, dict) and "trigger" in x for value in held if isinstance(value, list) for x in value)


_TOLD: Final[tuple[tuple[str, str, Callable[[Any], bool]], ...]] = (
    ("labelstudio", "its records have data with annotations or predictions, or regions with labels",
     lambda r: (_has("data")(r) and ("annotations" in r or "predictions" in r)) or _short_export(r)),
    ("doccano", "its entities have start_offset, or are [start, end, label]", _of_doccano),
    ("langextract", "its records have extractions", _has("extractions")),
    ("huggingface", "its items have entity or entity_group, and word",
     lambda r: _any_item(r, "entity_group", "word") or _any_item(r, "entity", "word")),
    ("gliner2", "entities or relations are listed by their labels",
     lambda r: isinstance(r, dict) and any(isinstance(r.get(key), dict) for key in ("entities", "relation_extraction"))),
    ("gliner", "its items have start, end, text, label and score, or are relations with theirs", _of_gliner),
    ("llm", "its rows quote words in place of offsets", lambda r: _quoted(r) and not _strictly_quoted(r)),
    ("quotes", "its rows quote words, with sentences", _strictly_quoted),
    ("predictions", "its records are rows of predictions.jsonl", _row),
    ("prodigy", "its records have an input hash, or spans with token_start",
     lambda r: _has("_input_hash")(r) or any("token_start" in s for s in _items(r, "spans"))),
    ("spacy", "its records have tokens and ents, as Doc.to_json writes them",
     lambda r: _has("text", "tokens")(r) and ("ents" in r or isinstance(r.get("spans"), dict))),
    ("doccano", "its records have a text with label, labels or entities by start_offset",
     lambda r: _has("text")(r) and "start" not in r and not isinstance(r.get("spans"), list)
     and ("label" in r or "labels" in r or any("start_offset" in e for e in _items(r, "entities")))),
    ("prodigy", "its records have a text and spans", lambda r: _has("text")(r) and isinstance(r.get("spans"), list)),
    ("gliner", "its items have start, end, text and label", lambda r: _any_item(r, "start", "end", "text", "label")),
    ("gliner2", "its records are of fields, one of which is a trigger", _of_fields),
    ("llm", "its records list quoted words",
     lambda r: isinstance(r, dict) and any(k in r for k in (*ITEMS, "content", "choices"))),
    ("llm", "its records hold what a language model answered", lambda r: is_kept(r) or has_completion(r)),
)  # fmt: skip
"""Format, what tells it, and whether a record is of it; the first that fits."""
