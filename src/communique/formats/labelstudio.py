"""Label Studio's JSON and JSON_MIN (seen: 1.23.2), of whatever labelling configuration; ours is read and written in full.

Read are ``labels`` of a plain text as mentions, one for each label of a region, and arrows (``relation``) as relations, one for
each label: from right to left the other way round, and two of one that leads both ways. An arrow at a region with several
labels is of the first. Scores of regions are kept, and notes that were made on them go to ``meta``. Left are ``choices``,
``textarea``, ``rating`` and whatever else says something of a region or of the whole text; regions of HTML and of dialogues,
whose offsets are of parts of a page; regions and arrows without a label. JSON_MIN has no arrows, and does not tell a choice
from the data: how many values may be either is told.

The text is what stands in the data under ``text`` or under the name that the tags give it, else its longest string.

Exports of our own configuration (`communique.io.labelconfig`) are known by their tags and by the hash of the text, and have all
that annotations have.

Of each task one set is read: its annotation, else its prediction. Where there are several, ``--group`` says which:
``annotations``, ``predictions``, an annotator (e-mail or number), or the version of a model. Skipped annotations and drafts are
never read. An export that lists predictions by number alone has those that annotations were made from.

Offsets count code points (measured with 1.23.2); exports in UTF-16 units are about (HumanSignal/label-studio#1347). The words
of the regions tell: if those of a result are right in UTF-16 units only, it is read so.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from communique.formats.converted import Converted, Left, Written
from communique.formats.documents import Texts
from communique.formats.labelstudio_result import Said, count, said
from communique.formats.labelstudio_tasks import Results, Task, chosen, tasks_of, unread_notes
from communique.formats.source import Options, Source
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


def read(source: Source, texts: Texts, options: Options) -> Converted:
    faults: list[Incident] = []
    unread: Counter[str] = Counter()
    tasks = list(tasks_of(source, texts, faults, unread))
    held = [(task, one) for task in tasks if (one := chosen(task, options.group, faults, unread)) is not None]
    names = sorted({name for task in tasks for one in task.sets for name in (one.kind, one.by)})
    if options.group is not None and tasks and options.group not in names:
        raise ValueError(f"{source.name} has nothing by {options.group!r}; there is: {first_ten(names) or 'nothing'}")
    notes = list(unread_notes(unread))
    if _is_ours(held):
        rows = tuple(row for task, one in held if (row := _our_row(texts, task, one, faults)) is not None)
        items = 0 if faults else sum(_our_count(one.result) for _, one in held)
        return Converted(rows, items, (), tuple(faults), tuple(notes))
    read = [(task, one, _said(task, one)) for task, one in held]
    related = any(isinstance(i, dict) and i.get("type") == "relation" for _, one in held for i in one.result)
    faults += (fault for *_, says in read for fault in says.faults)
    left = tuple(item for *_, says in read for item in says.left)
    layers = ("mentions", "relations") if related else ("mentions",)
    rows = tuple(_row(texts, task, one, says, layers) for task, one, says in read)
    if n := sum(says.utf16 for *_, says in read):
        notes.append(f"{counted(n, 'region')} of {source.name} counted in UTF-16 units, as the words show, and read so")
    return Converted(rows, sum(count(one.result) for _, one in held), left, tuple(faults), tuple(notes))


def _said(task: Task, one: Results) -> Said:
    items = list(zip(one.paths, one.result, strict=True))
    return said(one.place, items, task.document.text, of=task.of, inner="" if one.short else ".value")


def _row(texts: Texts, task: Task, one: Results, says: Said, layers: Sequence[str]) -> Row:
    return texts.row(one.place, task.document, layers, mentions=says.mentions, relations=says.relations)


def _is_ours(chosen: Iterable[tuple[Task, Results]]) -> bool:
    """Whether results are of our labelling configuration: all their tags are, and the data has a hash, as ours has, or tags
    are not just ``mention``, which is a name that others give too."""
    held = list(chosen)
    tags = [(i.get("from_name"), i.get("type")) for _, one in held for i in one.result if _tagged(i)]
    known = all(isinstance(name, str) and _OURS.get(name) == type_ for name, type_ in tags)
    return known and (any(name != "mention" for name, _ in tags) or any("text_sha256" in task.data for task, _ in held))


def _tagged(item: Any) -> bool:
    return isinstance(item, dict) and item.get("type") != "relation"


def _our_row(texts: Texts, task: Task, one: Results, faults: list[Incident]) -> Row | None:
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


def write(rows: Sequence[Row], documents: Mapping[str, Document], options: Options) -> Written:
    """Tasks of our own labelling configuration, in one list.

    Raises:
        DataError: what Label Studio's editor would lose or choke on, see `communique.io.labelstudio.to_result`.
    """
    left: list[Left] = []
    faults: list[Incident] = []
    tasks = []
    for row in rows:
        annotation, nowhere = placed(row.annotation)
        left += [*nowhere, *attributes_left(annotation, "Label Studio", kept=("kind", "extent", "value", "realis", "polarity"))]
        try:
            tasks.append(strip_export(to_task(documents[annotation.doc_id], annotation)))
        except DataError as fault:
            faults += fault.incidents
    if faults:
        raise DataError(faults)
    return Written({"": (json.dumps(tasks, ensure_ascii=False, indent=1) + "\n").encode()}, tuple(left))
