"""The tasks of a Label Studio export, with what was said of each and by whom, and which of that is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from communique.formats.documents import Texts, record_document
from communique.formats.records import missing, records, wrong
from communique.formats.source import Source
from communique.incident import Incident, shown
from communique.model import Document
from communique.wording import counted, first_ten

_KINDS: Final = ("annotations", "predictions")

_MORE: Final = {
    "task of which there is nothing to read": "tasks of which there is nothing to read",
    "prediction that is but a number": "predictions that are but numbers (export a snapshot with predictions)",
}
"""Where the plural does not end in s."""

_OF_SHORT: Final = (
    "id", "doc_id", "title", "text", "text_sha256", "annotator", "annotation_id", "created_at", "updated_at", "lead_time",
)  # fmt: skip
_VALUES: Final = ("choices", "rating", "number", "datetime", "taxonomy", "ranker", "selected")
"""What is said under the name of its type, but for labels."""


@dataclass(frozen=True, slots=True)
class Results:
    """Something that was said of a task: by whom, and the ``result``, with the path of each of its items."""

    kind: str
    by: str
    place: str
    result: list[Any]
    paths: list[str]
    short: bool = False


@dataclass(slots=True)
class Task:
    """A text, with the sets there are of it. ``of``: the tag of the text, where there are several texts."""

    place: str
    document: Document
    data: Mapping[str, Any]
    meta: Mapping[str, Any]
    of: str | None = None
    sets: list[Results] = field(default_factory=list)


def tasks_of(source: Source, texts: Texts, faults: list[Incident], unread: Counter[str]) -> Iterator[Task]:
    short: dict[str, Task] = {}  # of JSON_MIN, which has a record for each annotation
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
                task = short.setdefault(document.doc_id, Task(place, document, record, {}))
                paths, result = _short_result(record, unread)
                task.sets.append(Results("annotations", _account(record.get("annotator")), place, result, paths, short=True))
    yield from short.values()


def _task(source: Source, texts: Texts, place: str, record: Mapping[str, Any], faults: list[Incident]) -> Task | None:
    data, meta = record["data"], record.get("meta") or {}
    if not isinstance(data, dict) or not isinstance(meta, dict):
        key = "meta" if isinstance(data, dict) else "data"
        faults.append(wrong(place, f"$.{key}", record[key], "an object"))
        return None
    named = sorted({str(i.get("to_name")) for i in _items(record) if "to_name" in i} & data.keys())
    strings = {key: value for key, value in data.items() if isinstance(value, str) and key not in ("doc_id", "text_sha256")}
    preferred = ("text",) if "text" in named or not named else ()
    # What stands beside a text is shorter: its source, its address, its title.
    longest = sorted(strings, key=lambda key: len(strings[key]), reverse=True)
    key = next((k for k in (*preferred, *named, *longest) if k in data), "text")
    if key not in data:
        faults.append(missing(place, "$.data", "text", "only annotations of texts are read"))
        return None
    doc_id = _string(data, "doc_id")
    document = record_document(source, texts, place, data, faults, doc_id=doc_id, text=key, path="$.data")
    if document is None:
        return None
    # A tag has the name of its data only where somebody gave it that name; it matters where two texts have.
    return Task(place, document, data, meta, key if len(named) > 1 and key in named else None)


def _items(record: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every item of every result of a task."""
    for kind in _KINDS:
        for held in record[kind] if isinstance(record.get(kind), list) else ():
            result = held.get("result") if isinstance(held, dict) else None
            yield from (item for item in (result if isinstance(result, list) else ()) if isinstance(item, dict))


def _sets(place: str, record: Mapping[str, Any], faults: list[Incident], unread: Counter[str]) -> Iterator[Results]:
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
                yield Results(kind, by, place, result, [f"{path}.result[{i}]" for i in range(len(result))])
            made_from = held.get("prediction") if isinstance(held, dict) else None
            if isinstance(made_from, dict) and type(made_from.get("id")) is int:
                known.setdefault(made_from["id"], (f"{path}.prediction", made_from))
    if isinstance(drafts := record.get("drafts"), list):
        unread["draft"] += len(drafts)


def chosen(task: Task, group: str | None, faults: list[Incident], unread: Counter[str]) -> Results | None:
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


def unread_notes(unread: Mapping[str, int]) -> Iterator[str]:
    of_group = {"annotation", "prediction"}
    more = {what: what.replace("value", "values", 1) for what in unread if what.startswith("value under")} | _MORE
    held = [counted(n, what, more.get(what)) for what, n in unread.items() if n]
    if held:
        yield f"not read: {', '.join(held)}" + ("; see --group" if of_group & unread.keys() else "")


def _account(by: Any) -> str:
    """The name of an annotator, whom an export names by number, or with the e-mail address."""
    if isinstance(by, dict):
        by = by.get("email", by.get("id"))
    return "unknown" if by is None else str(by)


def _string(held: Mapping[str, Any], key: str) -> str | None:
    value = held.get(key)
    return value if isinstance(value, str) else None


def _short_result(record: Mapping[str, Any], unread: Counter[str]) -> tuple[list[str], list[Any]]:
    """A record of JSON_MIN as a result, with the paths of its items.

    A single choice or a single text is a mere string there, like the data; what may be such a one is counted as unread.
    """
    paths: list[str] = []
    result: list[Any] = []
    for name, held in record.items():
        others = False
        for n, value in enumerate(held if isinstance(held, list) else [held]):
            if (type_ := _type(value)) is not None:
                paths.append(f"$.{name}[{n}]" if isinstance(held, list) else f"$.{name}")
                result.append({"type": type_, "value": value})
            else:
                others |= value not in (None, "", {})
        if others and name not in _OF_SHORT:
            unread[f"value under {shown(name)}"] += 1
    return paths, result


def _type(value: Any) -> str | None:
    """The type of an item, which JSON_MIN does not give; None if it is none."""
    if not isinstance(value, dict):
        return None
    labelled = [key for key in value if key.endswith("labels")]
    said = [key for key in _VALUES if key in value]
    return next(iter(labelled + said), "textarea" if isinstance(value.get("text"), list) else None)
