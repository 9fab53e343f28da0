"""Label Studio's JSON and JSON_MIN (seen: 1.23.2), of whatever labelling configuration; ours is read and written in full.

Read are ``labels`` of a plain text as mentions, one for each label of a region, and arrows (``relation``) as relations, one for
each label: from right to left the other way round, and two of one that leads both ways. An arrow at a region with several
labels is of the first. Scores of regions are kept, and notes that were made on them go to ``meta``. Left are ``choices``,
``textarea``, ``rating`` and whatever else says something of a region or of the whole text; regions of HTML and of dialogues,
whose offsets are of parts of a page; regions and arrows without a label. JSON_MIN has no arrows, and does not tell a choice
from the data.

Exports of our own configuration (`communique.io.labelconfig`) are known by their tags, and have all that annotations have.

Of each task one set is read: its annotation, else its prediction. Where there are several, ``--group`` says which:
``annotations``, ``predictions``, an annotator (e-mail or number), or the version of a model. Skipped annotations and drafts are
never read. An export that lists predictions by number alone has those that annotations were made from.

Offsets count code points (measured with 1.23.2); exports in UTF-16 units are about (HumanSignal/label-studio#1347). The words
of the regions tell: if those of a result are right in UTF-16 units only, it is read so.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from communique.formats.converted import Converted, Left, Written
from communique.formats.documents import record_document
from communique.formats.labelstudio_result import Said, count, said
from communique.formats.records import missing, records, wrong
from communique.formats.source import Options, Source, Texts
from communique.formats.unwritten import attributes_left, placed
from communique.incident import DataError, Incident, shown
from communique.io.jsonl import Row
from communique.io.labelconfig import HEAD, TAIL
from communique.io.labelstudio import from_result, strip_export, to_task
from communique.model import LAYERS, Document
from communique.wording import counted, first_ten

_OURS: Final = {
    **dict.fromkeys(("mention", "trigger", "link"), "labels"),
    **dict.fromkeys(("kind", "realis", "polarity"), "choices"),
    **dict.fromkeys(("entity", "extent", "value", "instance", "entities"), "textarea"),
}
"""The tags of our configuration, with the type of their items."""

_KINDS: Final = ("annotations", "predictions")


@dataclass(frozen=True, slots=True)
class _Set:
    """Something that was said of a task: by whom, and the ``result``, with the path of each of its items."""

    kind: str
    by: str
    place: str
    result: list[Any]
    paths: list[str]
    short: bool = False


@dataclass(slots=True)
class _Task:
    """A text, with the sets there are of it. ``of``: the tag of the text, where there are several texts."""

    place: str
    document: Document
    data: Mapping[str, Any]
    meta: Mapping[str, Any]
    of: str | None = None
    sets: list[_Set] = field(default_factory=list)


def read(source: Source, texts: Texts, options: Options) -> Converted:
    faults: list[Incident] = []
    unread: Counter[str] = Counter()
    tasks = list(_tasks(source, texts, faults, unread))
    chosen = [(task, one) for task in tasks if (one := _chosen(task, options.group, faults, unread)) is not None]
    names = sorted({name for task in tasks for one in task.sets for name in (one.kind, one.by)})
    if options.group is not None and tasks and options.group not in names:
        raise ValueError(f"{source.name} has nothing by {options.group!r}; there is: {first_ten(names) or 'nothing'}")
    notes = list(_notes(unread))
    if _is_ours(chosen):
        rows = tuple(row for task, one in chosen if (row := _our_row(texts, task, one, faults)) is not None)
        items = 0 if faults else sum(_our_count(one.result) for _, one in chosen)
        return Converted(rows, items, (), tuple(faults), tuple(notes))
    read = [(task, one, _said(task, one)) for task, one in chosen]
    related = any(isinstance(i, dict) and i.get("type") == "relation" for _, one in chosen for i in one.result)
    faults += (fault for *_, says in read for fault in says.faults)
    left = tuple(item for *_, says in read for item in says.left)
    layers = ("mentions", "relations") if related else ("mentions",)
    rows = tuple(_row(texts, task, one, says, layers) for task, one, says in read)
    if n := sum(says.utf16 for *_, says in read):
        notes.append(f"{counted(n, 'region')} of {source.name} counted in UTF-16 units, as the words show, and read so")
    return Converted(rows, sum(count(one.result) for _, one in chosen), left, tuple(faults), tuple(notes))


def _said(task: _Task, one: _Set) -> Said:
    items = list(zip(one.paths, one.result, strict=True))
    return said(one.place, items, task.document.text, of=task.of, inner="" if one.short else ".value")


def _row(texts: Texts, task: _Task, one: _Set, says: Said, layers: Sequence[str]) -> Row:
    return texts.row(one.place, task.document, layers, mentions=says.mentions, relations=says.relations)


def _tasks(source: Source, texts: Texts, faults: list[Incident], unread: Counter[str]) -> Iterator[_Task]:
    short: dict[str, _Task] = {}  # of JSON_MIN, which has a record for each annotation
    made: dict[str, Document] = {}
    for place, record in records(source, faults):
        if not isinstance(record, dict):
            faults.append(wrong(place, "$", record, "an object", "a task has data, and annotations or predictions"))
        elif "data" in record:
            task = _task(source, texts, place, record, faults)
            if task is not None:
                task.sets += _sets(place, record, faults, unread)
                yield task
        else:
            document = record_document(source, texts, place, record, faults, doc_id=_string(record, "doc_id"), made=made)
            if document is not None:
                task = short.setdefault(document.doc_id, _Task(place, document, record, {}))
                paths, result = _short_result(record)
                task.sets.append(_Set("annotations", _account(record.get("annotator")), place, result, paths, short=True))
    yield from short.values()


def _task(source: Source, texts: Texts, place: str, record: Mapping[str, Any], faults: list[Incident]) -> _Task | None:
    data, meta = record["data"], record.get("meta") or {}
    if not isinstance(data, dict) or not isinstance(meta, dict):
        key = "meta" if isinstance(data, dict) else "data"
        faults.append(wrong(place, f"$.{key}", record[key], "an object"))
        return None
    named = sorted({str(i.get("to_name")) for i in _items(record) if "to_name" in i} & data.keys())
    strings = [key for key, value in data.items() if isinstance(value, str) and key not in ("doc_id", "title", "text_sha256")]
    preferred = ("text",) if "text" in named or not named else ()
    key = next((k for k in (*preferred, *named, *strings) if k in data), "text")
    if key not in data:
        faults.append(missing(place, "$.data", "text", "only annotations of texts are read"))
        return None
    doc_id = _string(data, "doc_id")
    document = record_document(source, texts, place, data, faults, doc_id=doc_id, text=key, path="$.data")
    if document is None:
        return None
    # A tag has the name of its data only where somebody gave it that name; it matters where two texts have.
    return _Task(place, document, data, meta, key if len(named) > 1 and key in named else None)


def _items(record: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every item of every result of a task."""
    for kind in _KINDS:
        for held in record[kind] if isinstance(record.get(kind), list) else ():
            result = held.get("result") if isinstance(held, dict) else None
            yield from (item for item in (result if isinstance(result, list) else ()) if isinstance(item, dict))


def _sets(place: str, record: Mapping[str, Any], faults: list[Incident], unread: Counter[str]) -> Iterator[_Set]:
    """The annotations and predictions of a task that can be read."""
    known: dict[Any, Any] = {}
    for kind in _KINDS:
        given = record.get(kind)
        if given is not None and not isinstance(given, list):
            faults.append(wrong(place, f"$.{kind}", given, "a list"))
            continue
        for n, held in enumerate(given or ()):
            path = f"$.{kind}[{n}]"
            if kind == "predictions" and type(held) is int:
                if held not in known:
                    unread["prediction that is but a number"] += 1
                    continue
                path, held = known[held]
            if not isinstance(held, dict) or not isinstance(held.get("result"), list):
                at, value = (path, held) if not isinstance(held, dict) else (f"{path}.result", held.get("result"))
                faults.append(wrong(place, at, value, "a list" if isinstance(held, dict) else "an object"))
            elif held.get("was_cancelled") is True:
                unread["skipped annotation"] += 1
            else:
                by = _account(held.get("completed_by")) if kind == "annotations" else str(held.get("model_version") or "")
                result = held["result"]
                yield _Set(kind, by, place, result, [f"{path}.result[{i}]" for i in range(len(result))])
            made_from = held.get("prediction") if isinstance(held, dict) else None
            if isinstance(made_from, dict) and type(made_from.get("id")) is int:
                known.setdefault(made_from["id"], (f"{path}.prediction", made_from))
    if isinstance(drafts := record.get("drafts"), list):
        unread["draft"] += len(drafts)


def _chosen(task: _Task, group: str | None, faults: list[Incident], unread: Counter[str]) -> _Set | None:
    """The set of a task that is read; None if there is none, or if there are several, which is a fault."""
    if group is not None:
        fit = [one for one in task.sets if group in (one.kind, one.by)]
    else:
        fit = [one for one in task.sets if one.kind == _KINDS[0]] or task.sets
    unread.update(one.kind[:-1] for one in task.sets if one not in fit)
    if not fit:
        unread["task of which there is nothing to read"] += 1
        return None
    if len(fit) > 1:
        names = [one.by for one in fit]
        hint = "say which with --group" if len(set(names)) == len(names) else "leave one of each"
        message = f"{shown(task.document.doc_id)} has {len(fit)} {fit[0].kind}: {first_ten(names)}"
        faults.append(Incident("several-annotations", task.place, message, hint))
        return None
    return fit[0]


def _notes(unread: Mapping[str, int]) -> Iterator[str]:
    of_group = {"annotation", "prediction"}
    held = [counted(n, what, _MORE.get(what)) for what, n in unread.items() if n]
    if held:
        yield f"not read: {', '.join(held)}" + ("; see --group" if of_group & unread.keys() else "")


_MORE: Final = {
    "task of which there is nothing to read": "tasks of which there is nothing to read",
    "prediction that is but a number": "predictions that are but numbers (export a snapshot with predictions)",
}


def _account(by: Any) -> str:
    """The name of an annotator, whom an export names by number, or with the e-mail address."""
    if isinstance(by, dict):
        by = by.get("email", by.get("id"))
    return "unknown" if by is None else str(by)


def _string(held: Mapping[str, Any], key: str) -> str | None:
    value = held.get(key)
    return value if isinstance(value, str) else None


def _short_result(record: Mapping[str, Any]) -> tuple[list[str], list[Any]]:
    """A record of JSON_MIN as a result, with the paths of its items."""
    paths: list[str] = []
    result: list[Any] = []
    for name, held in record.items():
        for n, value in enumerate(held if isinstance(held, list) else [held]):
            if isinstance(value, dict) and ("labels" in value or "choices" in value):
                paths.append(f"$.{name}[{n}]" if isinstance(held, list) else f"$.{name}")
                result.append({"type": "labels" if "labels" in value else "choices", "value": value})
    return paths, result


def _is_ours(chosen: Iterable[tuple[_Task, _Set]]) -> bool:
    """Whether results are of our labelling configuration: all their tags are; without any, the data has a hash, as ours has."""
    tags = [(i.get("from_name"), i.get("type")) for _, one in chosen for i in one.result if _tagged(i)]
    known = all(isinstance(name, str) and _OURS.get(name) == type_ for name, type_ in tags)
    return known and (bool(tags) or any("text_sha256" in task.data for task, _ in chosen))


def _tagged(item: Any) -> bool:
    return isinstance(item, dict) and item.get("type") != "relation"


def _our_row(texts: Texts, task: _Task, one: _Set, faults: list[Incident]) -> Row | None:
    layers = task.meta.get("layers")
    claimed = layers.split() if isinstance(layers, str) else list(LAYERS)
    for layer in claimed:
        if layer not in LAYERS:
            message, hint = f"meta.layers names {shown(layer)}", f"layers are: {', '.join(LAYERS)}"
            faults.append(Incident("unknown-layer", f"{task.place}: $.meta.layers", message, hint))
    try:
        annotation = from_result(task.document, one.result, layers=claimed)
    except DataError as fault:
        faults += (Incident(i.id, f"{one.place}: {i.place}", i.message, i.hint) for i in fault.incidents)
        return None
    return Row(one.place, annotation, None if task.document.doc_id in texts.known else task.document.text)


def _our_count(result: Sequence[Any]) -> int:
    """How many things a result of our configuration says."""
    items = [item for item in result if isinstance(item, dict)]
    arrows = [
        (i["from_id"], i["to_id"], label, i.get("direction"))
        for i in items if i.get("type") == "relation" for label in i.get("labels") or ()
    ]
    regions = sum(i.get("from_name") in ("mention", "trigger") for i in items)
    rows = sum(len(i["value"]["text"]) for i in items if i.get("from_name") == "entities")
    instances = {i["value"]["text"][0].strip() for i in items if i.get("from_name") == "instance"}
    links = {i["id"]: i["value"]["labels"][0] for i in items if i.get("from_name") == "link"}
    ends: dict[str, dict[str, Any]] = {id_: {} for id_ in links}
    for head, tail, label, direction in arrows:
        head, tail = (tail, head) if direction == "left" else (head, tail)
        if label in (HEAD, TAIL) and head in ends:
            ends[head][label] = tail
    event_relations = {(label, ends[id_].get(HEAD), ends[id_].get(TAIL)) for id_, label in links.items()}
    return regions + rows + len(instances) + len(event_relations) + sum(a[2] not in (HEAD, TAIL) for a in arrows)


def write(rows: Sequence[Row], documents: Mapping[str, Document]) -> Written:
    """Tasks of our own labelling configuration, in one list.

    Raises:
        DataError: what Label Studio's editor would lose or choke on, see `communique.io.labelstudio.to_result`.
    """
    left: list[Left] = []
    faults: list[Incident] = []
    tasks = []
    for row in rows:
        annotation, nowhere = placed(row.annotation)
        left += [*nowhere, *attributes_left(annotation, "Label Studio", kept=("kind", "extent", "value"))]
        try:
            tasks.append(strip_export(to_task(documents[annotation.doc_id], annotation)))
        except DataError as fault:
            faults += fault.incidents
    if faults:
        raise DataError(faults)
    return Written({"": (json.dumps(tasks, ensure_ascii=False, indent=1) + "\n").encode()}, tuple(left))
