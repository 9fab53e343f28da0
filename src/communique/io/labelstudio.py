"""Label Studio tasks and JSON exports, to annotations and back; ``annotations/**/*.json`` is in this format.

A task is ``{"data": {"doc_id", "title", "text", "text_sha256"}, "meta": {...}, "annotations": [{"ground_truth",
"result"}]}``. ``meta`` is provenance in free words (who annotated, by which guidelines, how), strings only; its key
``layers`` names the layers that are claimed, parted by spaces, where they are not all. The mapping itself is in `to_result`
and `from_result`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from communique.incident import DataError, Incident
from communique.io.jsonl_decode import decode
from communique.io.labelstudio_read import from_result
from communique.io.labelstudio_write import normalised, to_result
from communique.model import LAYERS, Annotation, Document
from communique.ontology import Ontology, nearest

__all__ = [
    "Exported",
    "export_bytes",
    "from_result",
    "is_export",
    "normalised",
    "read_export",
    "read_exported",
    "read_meta",
    "strip_export",
    "to_result",
    "to_task",
]

DATA_KEYS: Final = ("doc_id", "title", "text", "text_sha256")
_ITEM_KEYS: Final = ("id", "type", "from_name", "to_name", "origin", "value", "from_id", "to_id", "direction", "labels")
_VALUE_KEYS: Final = ("start", "end", "text", "labels", "choices")
# The order of one region's items in a file, so that a correction in the editor is a small difference there.
_TAGS: Final = (
    "mention", "trigger", "link", "kind", "realis", "polarity", "entity", "instance", "extent", "value", "entities"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exported:
    """A task's annotation, and what its file says besides: the ``result`` as it stands there, and whether it is gold."""

    annotation: Annotation
    result: Sequence[Mapping[str, Any]]
    ground_truth: bool
    meta: Mapping[str, str]


def is_export(content: str) -> bool:
    """Whether a file's text is a Label Studio task, or a list of them, rather than lines of JSON."""
    try:
        whole = json.loads(content)
    except (ValueError, RecursionError):
        return False
    first = whole[0] if isinstance(whole, list) and whole else whole
    return isinstance(first, dict) and "data" in first


def to_task(
    document: Document,
    annotation: Annotation | None = None,
    *,
    meta: Mapping[str, str] | None = None,
    ground_truth: bool = False,
    ontology: Ontology | None = None,
) -> dict[str, Any]:
    """The document as a task, with the annotation in it if one is given.

    Raises:
        DataError: as `to_result` does, or ``other-document`` if the annotation is of another document or text version.
    """
    values = (document.doc_id, document.title or document.doc_id, document.text, document.text_sha256)
    task: dict[str, Any] = {"data": dict(zip(DATA_KEYS, values, strict=True)), "meta": dict(meta or {})}
    if annotation is not None:
        refuse_other_document(document, annotation)
        if set(annotation.layers) != set(LAYERS):
            task["meta"]["layers"] = " ".join(layer for layer in LAYERS if layer in annotation.layers)
        result = to_result(document.text, annotation, ontology=ontology)
        task["annotations"] = [{"ground_truth": ground_truth, "result": result}]
    return task


def refuse_other_document(document: Document, annotation: Annotation) -> None:
    """Raise ``other-document`` unless the annotation is of this document and, if it says so, of this version of its text."""
    ours, theirs = (document.doc_id, document.text_sha256), (annotation.doc_id, annotation.text_sha256)
    if ours[0] != theirs[0] or theirs[1] not in (None, ours[1]):
        message = f"an annotation of {theirs[0]}, text {theirs[1]}, is given for {ours[0]}, text {ours[1]}"
        raise DataError([Incident("other-document", annotation.doc_id, message, "annotate the text as it is now")])


def strip_export(task: Mapping[str, Any]) -> dict[str, Any]:
    """What is published of an exported task: data, meta and, of each annotation, ``ground_truth`` and the ordered result.

    Left out are accounts, e-mail addresses, ids and times of the server, durations, drafts, predictions, and the notes that the
    editor lets one attach to a region. The task must be one that `read_export` accepts. Stripping twice changes nothing.
    """
    annotations = [
        {"ground_truth": bool(a.get("ground_truth")), "result": sorted(map(_stripped, a["result"]), key=_place)}
        for a in task["annotations"]
    ]
    return {"data": dict(task["data"]), "meta": dict(task.get("meta") or {}), "annotations": annotations}


def export_bytes(task: Mapping[str, Any]) -> bytes:
    """The file of a task, stripped: UTF-8 JSON, indented by one, with a final line break."""
    return (json.dumps(strip_export(task), ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def read_export(
    text: str, documents: Mapping[str, Document], *, name: str = "", ontology: Ontology | None = None
) -> tuple[Annotation, ...]:
    """The annotations of a JSON export, one task or a list, stripped or as Label Studio wrote it.

    Args:
        documents: the texts, by doc_id; each task must hold its document's text unchanged.
        name: the file's name, for messages.

    Raises:
        DataError: every fault of every task. A task needs exactly one annotation, submitted, not skipped.
    """
    return tuple(e.annotation for e in read_exported(text, documents, name=name, ontology=ontology))


def read_exported(
    text: str, documents: Mapping[str, Document], *, name: str = "", ontology: Ontology | None = None
) -> tuple[Exported, ...]:
    """The annotations of a JSON export with what it says besides; arguments and errors as of `read_export`."""
    whole, broken = decode(name or "export", text)
    if broken:
        raise DataError([broken])
    exported: list[Exported] = []
    faults: list[Incident] = []
    tasks = whole if isinstance(whole, list) else [whole]
    for n, task in enumerate(tasks):
        try:
            found = _exported(task, f"task[{n}]", documents, ontology)
            doc_id = found.annotation.doc_id
            if doc_id in {e.annotation.doc_id for e in exported}:
                message = f"{doc_id!r} is the document of two tasks"
                raise DataError([Incident("duplicate-document", f"task[{n}]", message, "leave one task for each document")])
            exported.append(found)
        except DataError as fault:
            faults += [Incident(i.id, f"{name}: {i.place}" if name else i.place, i.message, i.hint) for i in fault.incidents]
    if faults:
        raise DataError(faults)
    return tuple(exported)


def read_meta(text: str) -> dict[str, str]:
    """The provenance that an export states; of several tasks, what all of them state alike.

    Raises:
        DataError: if it is no JSON.
    """
    whole, broken = decode("export", text)
    if broken:
        raise DataError([broken])
    metas = [task.get("meta") or {} for task in (whole if isinstance(whole, list) else [whole])]
    return {key: value for key, value in metas[0].items() if all(meta.get(key) == value for meta in metas)} if metas else {}


def _stripped(item: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: item[key] for key in _ITEM_KEYS if key in item}
    if item["type"] == "relation":
        kept.pop("id", None)  # the editor forgets the ids of arrows
    else:
        kept["value"] = {key: item["value"][key] for key in _VALUE_KEYS if key in item["value"]}
    return kept


def _place(item: Mapping[str, Any]) -> tuple[int, int, int, str, int]:
    """Regions in text order, then the entities, then arrows by their ends."""
    if item["type"] == "relation":
        return (2, 0, 0, f"{item['from_id']} {item['to_id']} {item.get('direction')}", 0)
    value = item["value"]
    if "start" not in value:
        return (1, 0, 0, item["from_name"], 0)
    return (0, value["start"], value["end"], item["id"], _TAGS.index(item["from_name"]))


def _exported(task: Any, place: str, documents: Mapping[str, Document], ontology: Ontology | None) -> Exported:
    if faults := list(_shape_faults(task, place)):
        raise DataError(faults)
    data, meta = task["data"], task.get("meta") or {}
    doc_id = data["doc_id"]
    if doc_id not in documents:
        raise DataError([Incident("unknown-document", place, f"unknown doc_id {doc_id!r}", nearest(doc_id, documents))])
    faults = [*_text_faults(data, documents[doc_id]), *_meta_faults(meta, doc_id), *_state_faults(task, doc_id)]
    if faults:
        raise DataError(faults)
    layers = meta["layers"].split() if "layers" in meta else LAYERS
    stored = task["annotations"][0]
    annotation = from_result(documents[doc_id], stored["result"], layers=layers, ontology=ontology)
    return Exported(annotation, stored["result"], bool(stored.get("ground_truth")), meta)


def _shape_faults(task: Any, place: str) -> Iterator[Incident]:
    hint = "export the project from Label Studio as JSON (not JSON_MIN, CSV or CoNLL, which lose relations)"
    shapes = {"data": dict, "annotations": list}
    if not isinstance(task, dict):
        yield Incident("wrong-type", place, f"a task must be an object, not {type(task).__name__}", hint)
        return
    for key, shape in shapes.items():
        if key not in task:
            yield Incident("missing-key", place, f"the key {key!r} is missing", hint)
        elif not isinstance(task[key], shape):
            yield Incident("wrong-type", place, f"{key} must be a JSON {shape.__name__}, not {type(task[key]).__name__}", hint)
    data, annotations = task.get("data"), task.get("annotations")
    if isinstance(data, dict):
        for key in DATA_KEYS:
            if key not in data and key in ("doc_id", "text"):
                yield Incident(
                    "missing-key", place, f"the key {key!r} is missing in data", "import documents by `communique studio up`"
                )
            elif not isinstance(data.get(key, ""), str):
                yield Incident("wrong-type", place, f"data.{key} must be a string, not {data[key]!r}", hint)
        for key in data.keys() - set(DATA_KEYS):
            yield Incident(
                "unknown-key", place, f"data has the key {key!r}", f"{nearest(key, DATA_KEYS)}; provenance goes to meta"
            )
    for n, annotation in enumerate(annotations if isinstance(annotations, list) else []):
        result = annotation.get("result") if isinstance(annotation, dict) else None
        if not isinstance(result, list):
            yield Incident("wrong-type", place, f"annotations[{n}].result must be a list, not {result!r}", hint)


def _text_faults(data: Mapping[str, Any], document: Document) -> Iterator[Incident]:
    hint = "the annotation was made on another version of the text; annotate the text as it is now"
    if data["text"] != document.text:
        pairs = zip(data["text"], document.text, strict=False)
        same = next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(data["text"]), len(document.text)))
        message = f"the text differs from code point {same}: {data['text'][same : same + 20]!r}, but the document has "
        yield Incident("text-differs", document.doc_id, f"{message}{document.text[same : same + 20]!r}", hint)
    elif data.get("text_sha256", document.text_sha256) != document.text_sha256:
        message = f"text_sha256 is {data['text_sha256']}, but the text's is {document.text_sha256}"
        yield Incident("text-differs", document.doc_id, message, hint)


def _meta_faults(meta: Any, doc_id: str) -> Iterator[Incident]:
    if not isinstance(meta, dict) or not all(isinstance(value, str) for value in meta.values()):
        yield Incident("wrong-type", doc_id, f"meta must be an object of strings, not {meta!r}", "write its values in quotes")
        return
    for layer in meta.get("layers", "").split():
        if layer not in LAYERS:
            yield Incident("unknown-layer", doc_id, f"meta.layers names {layer!r}", nearest(layer, LAYERS))


def _state_faults(task: Mapping[str, Any], doc_id: str) -> Iterator[Incident]:
    annotations: Sequence[Mapping[str, Any]] = task["annotations"]
    if not annotations:
        yield Incident("no-annotation", doc_id, "the task has no annotation", "submit one in Label Studio, and export again")
    if len(annotations) > 1:
        accounts = ", ".join(_account(a) for a in annotations)
        message = f"the task has {len(annotations)} annotations, by {accounts}"
        yield Incident(
            "several-annotations", doc_id, message, "export one account at a time: communique studio pull --from NAME"
        )
    for annotation in annotations:
        if annotation.get("was_cancelled"):
            hint = "annotate and submit it in Label Studio"
            yield Incident("skipped-task", doc_id, f"the annotation by {_account(annotation)} was skipped, not submitted", hint)
    if drafts := task.get("drafts"):
        message = f"{len(drafts)} drafts hold changes that were not submitted"
        yield Incident(
            "unsaved-draft", doc_id, message, "open the task in Label Studio and press Submit or Update, or discard them"
        )


def _account(annotation: Mapping[str, Any]) -> str:
    by = annotation.get("completed_by")
    return str(by.get("email", by.get("id"))) if isinstance(by, dict) else f"account {by}" if by is not None else "unknown"
