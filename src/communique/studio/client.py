"""Documents and annotations to a Label Studio and back, by its SDK.

Every annotator has a project of their own, with the same configuration and texts: the Community edition has no roles, so one
shared project would show each pass to the other annotator. Projects keep passes apart, not locked away; who must not be able to
look at all gets a server of their own (another ``--data-dir``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from communique.checks import incidents
from communique.incident import DataError, Incident, cut
from communique.io.labelstudio import (
    Exported,
    export_bytes,
    from_result,
    normalised,
    read_export,
    refuse_other_document,
    to_result,
)
from communique.model import Annotation, Document
from communique.ontology import Ontology, default_ontology, nearest
from communique.predictions import document_of
from communique.studio.projects import guidelines, id_of, tasks_of
from communique.studio.state import Account

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

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
            body = fault.body
            if isinstance(body, dict | list):
                said = cut(json.dumps(body, ensure_ascii=False), 500)
            else:  # a page of HTML, as a rule
                said = cut(" ".join(str(body).split()), 100)
            raise ConnectionError(f"Label Studio at {url} refused with status {fault.status_code}: {said}") from fault
        except httpx.TransportError as fault:
            raise ConnectionError(f"Label Studio at {url} does not answer ({fault}); is it up?") from fault


def documents_of(client: LabelStudio, account: Account) -> dict[str, Document]:
    """The documents of the account's project, by doc_id, with our tokens and sentences."""
    return {doc_id: _document(task) for doc_id, task in tasks_of(client, account).items()}


def push(
    client: LabelStudio,
    account: Account,
    annotations: Sequence[Annotation | Exported],
    *,
    prediction: str | None = None,
    ground_truth: bool = False,
    replace_own: bool = False,
    ontology: Ontology | None = None,
) -> None:
    """Store annotations as the account's own, or as pre-annotation. All are checked before the first is sent.

    An annotation must be sound by `communique.checks.incidents`; a pre-annotation need only be one that Label Studio can hold.
    What was exported is stored as the export has it, with its ``ground_truth`` and its ``meta``.

    Args:
        prediction: store pre-annotations of this name instead of annotations.
        ground_truth: mark them as gold, which the editor cannot.
        replace_own: overwrite the account's annotation of a document if there is one.

    Raises:
        DataError: with every fault of every annotation; ``unknown-document``; ``already-annotated``; and ``changed-by-server``
            if what is read back is not what was sent.
    """
    ontology = ontology or default_ontology()
    tasks = tasks_of(client, account)
    me = client.users.whoami().id
    stored_before = client.predictions.list(project=id_of(account)) if prediction else []
    held = {p.task for p in stored_before if p.model_version == prediction}
    faults: list[Incident] = []
    sound: list[Exported] = []
    for given in annotations:
        annotation = given.annotation if isinstance(given, Exported) else given
        if annotation.doc_id not in tasks:
            hint = nearest(annotation.doc_id, tasks)
            faults.append(Incident("unknown-document", annotation.doc_id, "the project has no such document", hint))
            continue
        task = tasks[annotation.doc_id]
        if task["id"] in held or (not prediction and not replace_own and _own(task, me)):
            message = f"there is {f'a pre-annotation {prediction!r}' if prediction else 'an annotation by the account'} already"
            hint = "give the file another name" if prediction else "overwrite it with --replace"
            faults.append(Incident("already-annotated", annotation.doc_id, message, hint))
        try:
            sound.append(_sound(_document(task), given, ontology, whole_schema=prediction is None))
        except DataError as fault:
            faults += fault.incidents
    if faults:
        raise DataError(faults)
    for item in sound:
        task = tasks[item.annotation.doc_id]
        gold, result = ground_truth or item.ground_truth, list(item.result)
        if prediction:
            stored = client.predictions.create(task=task["id"], result=result, model_version=prediction).result
        elif own := _own(task, me):
            stored = client.annotations.update(own[0]["id"], result=result, ground_truth=gold, was_cancelled=False).result
        else:
            stored = client.annotations.create(
                task["id"], result=result, ground_truth=gold, was_cancelled=False, completed_by=me
            ).result
        if not prediction and (task.get("meta") or {}) != item.meta:
            client.tasks.update(str(task["id"]), meta=dict(item.meta))
        document = _document(task)
        sent = replace(normalised(item.annotation), text_sha256=document.text_sha256)
        back = from_result(document, stored or [], layers=item.annotation.layers, ontology=ontology)
        if back != sent:
            message = f"Label Studio stored {back} in place of {sent}"
            raise DataError([Incident("changed-by-server", document.doc_id, message, "please report this")])
    if prediction and sound:
        client.projects.update(id_of(account), model_version=prediction)  # it must exist before it can be shown


def pull(
    client: LabelStudio,
    account: Account,
    annotator: str,
    *,
    doc_ids: Sequence[str] = (),
    meta: Mapping[str, str] | None = None,
    ground_truth: bool = False,
    ontology: Ontology | None = None,
) -> Pulled:
    """The account's own annotations as stripped exports, each checked by `read_export` and `communique.checks.incidents`.

    Every file states the annotator and the version of the guidelines that the project was made for, unless the annotation was
    pushed from an export, whose own statements stay.

    Args:
        doc_ids: only these documents; none: all.
        meta: what to state in every file, whatever else would be.
        ground_truth: only annotations that are marked as gold.

    Raises:
        DataError: with every fault of every annotation; ``unknown-document``; ``edited-by-another`` if another account saved it
            last; ``unsaved-draft`` if the account has changes that were not submitted.
        ValueError: if neither project nor ``meta`` says by which guidelines it was labelled.
    """
    ontology, meta = ontology or default_ontology(), meta or {}
    me = client.users.whoami()
    project_says = {"annotator": annotator}
    if "guidelines" not in meta:
        project_says["guidelines"] = guidelines(client, account)
    tasks = tasks_of(client, account)
    files: dict[str, bytes] = {}
    open_: list[str] = []
    faults = [
        Incident("unknown-document", doc_id, "the project has no such document", nearest(doc_id, tasks))
        for doc_id in doc_ids
        if doc_id not in tasks
    ]
    for doc_id, task in tasks.items():
        if doc_ids and doc_id not in doc_ids:
            continue
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
        says = task.get("meta") or {}
        if says.keys().isdisjoint(("annotator", "guidelines")):
            says = {**project_says, **says}
        single = {**task, "annotations": own, "drafts": drafts, "meta": {**says, **meta}}
        document = _document(task)
        try:
            (read,) = read_export(json.dumps(single), {doc_id: document}, ontology=ontology)
        except DataError as fault:
            faults += fault.incidents
            continue
        faults += incidents(document, read, ontology)
        files[doc_id] = export_bytes(single)
    if faults:
        raise DataError(faults)
    return Pulled(files, tuple(open_))


def _sound(document: Document, given: Annotation | Exported, ontology: Ontology, *, whole_schema: bool) -> Exported:
    """The annotation as it is to be stored; raises DataError with all that is wrong with it."""
    annotation = given.annotation if isinstance(given, Exported) else given
    refuse_other_document(document, annotation)
    faults: list[Incident] = []
    if not isinstance(given, Exported):
        try:
            given = Exported(annotation, to_result(document.text, annotation, ontology=ontology), False, {})
        except DataError as fault:
            faults += fault.incidents
    if whole_schema:
        told = {(fault.id, fault.place) for fault in faults}
        faults += [i for i in incidents(document, annotation, ontology) if (i.id, i.place) not in told]
    if faults or not isinstance(given, Exported):
        raise DataError(faults)
    return given


def _document(task: Mapping[str, Any]) -> Document:
    return document_of(task["data"]["doc_id"], task["data"]["text"])


def _own(task: Mapping[str, Any], me: int) -> list[dict[str, Any]]:
    """The account's annotations of a task; an export names accounts by number or, expanded, by an object."""
    by = [(a.get("completed_by"), a) for a in task["annotations"]]
    return [a for who, a in by if (who.get("id") if isinstance(who, dict) else who) == me]
