"""Documents and annotations to a Label Studio and back, by its SDK.

Every annotator has a project of their own, with the same configuration and texts: the Community edition has no roles, so one
shared project would show each pass to the other annotator. Projects keep passes apart, not locked away; who must not be able to
look at all gets a server of their own (another ``--data-dir``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from communique.incident import DataError, Incident
from communique.io.jsonl import text_sha256
from communique.io.labelconfig import label_config
from communique.io.labelstudio import (
    export_bytes,
    from_result,
    normalised,
    read_export,
    refuse_other_document,
    to_result,
    to_task,
)
from communique.model import LAYERS, Annotation, Document
from communique.ontology import Ontology, nearest
from communique.studio.state import Account

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

TITLE: Final = "communique"
_SECONDS: Final = 120.0  # an export of 5,000 documents takes 16


@dataclass(frozen=True, slots=True)
class Pulled:
    """``files`` are stripped exports by doc_id; ``open`` are the documents that have no annotation to export yet."""

    files: Mapping[str, bytes]
    open: tuple[str, ...]


@contextmanager
def connect(url: str, token: str) -> Iterator[LabelStudio]:
    """The SDK's client for one account; its errors become `ConnectionError` with what the server said.

    It talks to this address alone and reads no proxy from the environment.
    """
    import httpx
    from label_studio_sdk import LabelStudio
    from label_studio_sdk.core.api_error import ApiError

    with httpx.Client(timeout=_SECONDS, follow_redirects=True, trust_env=False) as http:
        try:
            yield LabelStudio(base_url=url, api_key=token, httpx_client=http)
        except ApiError as fault:
            said = json.dumps(fault.body, ensure_ascii=False) if isinstance(fault.body, dict | list) else str(fault.body)
            raise ConnectionError(f"Label Studio at {url} refused with status {fault.status_code}: {said[:500]}") from fault
        except httpx.TransportError as fault:
            raise ConnectionError(f"Label Studio at {url} does not answer ({fault}); is it up?") from fault


def prepare(
    client: LabelStudio, account: Account, documents: Iterable[Document], name: str, ontology: Ontology
) -> tuple[Account, int]:
    """Make the annotator's project if there is none, give it today's configuration, and import the documents it lacks.

    Returns:
        The account with its project, and the number of documents imported.

    Raises:
        DataError: ``text-differs`` if the project holds another text of a document: annotations of it would shift.
    """
    config = label_config(ontology)
    if account.project is None:
        project = client.projects.create(
            title=f"{TITLE} {name}",
            label_config=config,
            expert_instruction=f"Guidelines {ontology.version}. Label words, set attributes beside the text, draw arrows.",
            show_collab_predictions=True,
        )
        account = replace(account, project=project.id)
    elif client.projects.get(account.project).label_config != config:
        client.projects.update(account.project, label_config=config)
    tasks = _tasks(client, account)
    new: list[dict[str, Any]] = []
    faults: list[Incident] = []
    for document in documents:
        if document.doc_id not in tasks:
            new.append(to_task(document))
        elif (held := tasks[document.doc_id]["data"]["text"]) != document.text:
            message = f"the project {TITLE} {name} holds another text ({len(held)} code points, not {len(document.text)})"
            hint = "delete the task there, or start on another --data-dir"
            faults.append(Incident("text-differs", document.doc_id, message, hint))
    if faults:
        raise DataError(faults)
    if new:
        client.projects.import_tasks(_project(account), request=new)
    return account, len(new)


def push(
    client: LabelStudio,
    account: Account,
    annotations: Sequence[Annotation],
    *,
    prediction: str | None = None,
    ground_truth: bool = False,
    replace_own: bool = False,
    ontology: Ontology | None = None,
) -> None:
    """Store annotations as the account's own, or as pre-annotation. All are checked before the first is sent.

    Args:
        prediction: store pre-annotations of this name instead of annotations.
        ground_truth: mark them as gold, which the editor cannot.
        replace_own: overwrite the account's annotation of a document if there is one.

    Raises:
        DataError: with every fault of every annotation, as `to_result` does; ``unknown-document``; ``already-annotated``; and
            ``changed-by-server`` if what is read back is not what was sent.
    """
    tasks = _tasks(client, account)
    me = client.users.whoami().id
    stored_before = client.predictions.list(project=_project(account)) if prediction else []
    held = {p.task for p in stored_before if p.model_version == prediction}
    faults: list[Incident] = []
    results: list[tuple[Annotation, Document, list[dict[str, Any]]]] = []
    for annotation in annotations:
        try:
            if annotation.doc_id not in tasks:
                hint = nearest(annotation.doc_id, tasks)
                raise DataError([Incident("unknown-document", annotation.doc_id, "the project has no such document", hint)])
            task = tasks[annotation.doc_id]
            document = _document(task)
            refuse_other_document(document, annotation)
            if task["id"] in held or (not prediction and not replace_own and _own(task, me)):
                message = (
                    f"there is {f'a pre-annotation {prediction!r}' if prediction else 'an annotation by the account'} already"
                )
                hint = "give the file another name" if prediction else "overwrite it with --replace"
                raise DataError([Incident("already-annotated", annotation.doc_id, message, hint)])
            results.append((annotation, document, to_result(document.text, annotation, ontology=ontology)))
        except DataError as fault:
            faults += fault.incidents
    if faults:
        raise DataError(faults)
    for annotation, document, result in results:
        task = tasks[annotation.doc_id]
        if prediction:
            stored = client.predictions.create(task=task["id"], result=result, model_version=prediction).result
        elif own := _own(task, me):
            stored = client.annotations.update(
                own[0]["id"], result=result, ground_truth=ground_truth, was_cancelled=False
            ).result
        else:
            stored = client.annotations.create(
                task["id"], result=result, ground_truth=ground_truth, was_cancelled=False, completed_by=me
            ).result
        if not prediction:
            _claim(client, task, annotation.layers)
        sent = replace(normalised(annotation), text_sha256=document.text_sha256)
        back = from_result(document, stored or [], layers=annotation.layers, ontology=ontology)
        if back != sent:
            message = f"Label Studio stored {back} in place of {sent}"
            raise DataError([Incident("changed-by-server", annotation.doc_id, message, "please report this")])
    if prediction and results:
        client.projects.update(_project(account), model_version=prediction)  # it must exist before it can be shown


def pull(
    client: LabelStudio,
    account: Account,
    *,
    meta: Mapping[str, str],
    ground_truth: bool = False,
    ontology: Ontology | None = None,
) -> Pulled:
    """The account's own annotations as stripped exports, each checked as `read_export` does.

    Args:
        meta: provenance that goes into every file.
        ground_truth: only annotations that are marked as gold.

    Raises:
        DataError: with every fault of every annotation; ``edited-by-another`` if another account saved it last;
            ``unsaved-draft`` if the account has changes that were not submitted.
    """
    me = client.users.whoami()
    files: dict[str, bytes] = {}
    open_: list[str] = []
    faults: list[Incident] = []
    for doc_id, task in _tasks(client, account).items():
        own = [a for a in _own(task, me.id) if not ground_truth or a.get("ground_truth")]
        drafts = [d for d in task.get("drafts") or [] if str(d.get("user", "")).startswith(me.email)]
        if not own and not drafts:
            open_.append(doc_id)
            continue
        for annotation in own:
            if (last := annotation.get("updated_by")) not in (None, me.id):
                message = f"{me.email}'s annotation was last saved by another account, {last}"
                hint = "look at it in Label Studio, and save it as its owner"
                faults.append(Incident("edited-by-another", doc_id, message, hint))
        single = {**task, "annotations": own, "drafts": drafts, "meta": {**meta, **(task.get("meta") or {})}}
        try:
            read_export(json.dumps(single), {doc_id: _document(task)}, ontology=ontology)
        except DataError as fault:
            faults += fault.incidents
            continue
        files[doc_id] = export_bytes(single)
    if faults:
        raise DataError(faults)
    return Pulled(files, tuple(open_))


def _project(account: Account) -> int:
    if account.project is None:
        raise ValueError(f"{account.email} has no project yet; end Label Studio and start it again")
    return account.project


def _tasks(client: LabelStudio, account: Account) -> dict[str, dict[str, Any]]:
    """Every task of the account's project with its annotations, by doc_id, in the order of import."""
    chunks = client.projects.exports.download_sync(_project(account), export_type="JSON", download_all_tasks=True)
    tasks: dict[str, dict[str, Any]] = {}
    for task in sorted(json.loads(b"".join(chunks)), key=lambda t: int(t["id"])):
        doc_id = task["data"].get("doc_id")
        if not isinstance(doc_id, str) or doc_id in tasks:
            what = "duplicate-document" if doc_id in tasks else "missing-key"
            message = f"the project has a second task of {doc_id!r}" if doc_id in tasks else "the task's data has no doc_id"
            hint = "delete the task in Label Studio; documents are imported by communique studio up"
            raise DataError([Incident(what, f"task {task['id']}", message, hint)])
        tasks[doc_id] = task
    return tasks


def _document(task: Mapping[str, Any]) -> Document:
    text = task["data"]["text"]
    return Document(task["data"]["doc_id"], text, text_sha256(text))


def _own(task: Mapping[str, Any], me: int) -> list[dict[str, Any]]:
    """The account's annotations of a task; an export names accounts by number or, expanded, by an object."""
    by = [(a.get("completed_by"), a) for a in task["annotations"]]
    return [a for who, a in by if (who.get("id") if isinstance(who, dict) else who) == me]


def _claim(client: LabelStudio, task: Mapping[str, Any], layers: Iterable[str]) -> None:
    """Say on the task which layers its annotation claims, unless it is all."""
    meta = {key: value for key, value in (task.get("meta") or {}).items() if key != "layers"}
    if set(layers) != set(LAYERS):
        meta["layers"] = " ".join(layer for layer in LAYERS if layer in layers)
    if meta != (task.get("meta") or {}):
        client.tasks.update(str(task["id"]), meta=meta)
