"""The project of an annotator: made, kept up to date, and read.

The version of the guidelines that its annotations are made by stands in its instruction, where the annotator sees it too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from communique.incident import DataError, Incident
from communique.io.labelconfig import label_config
from communique.io.labelstudio import to_task
from communique.model import Document
from communique.ontology import Ontology
from communique.studio.state import Account

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

TITLE: Final = "communique"
_INSTRUCTION: Final = "Guidelines {}. Label words, set attributes beside the text, draw arrows."
_VERSION: Final = re.compile(r"Guidelines (\S+)\. ")
_NOT_FOUND: Final = 404


def prepare(
    client: LabelStudio, account: Account, documents: Iterable[Document], name: str, ontology: Ontology
) -> tuple[Account, int]:
    """Make the annotator's project if there is none, give it today's configuration, and import the documents it lacks.

    A project that was deleted in the browser is made anew. If the project was made for another version of the guidelines, the
    annotations it holds are marked with that version before it takes today's.

    Returns:
        The account with its project, and the number of documents imported.

    Raises:
        DataError: ``text-differs`` if the project holds another text of a document: annotations of it would shift.
    """
    config, instruction = label_config(ontology), _INSTRUCTION.format(ontology.version)
    project = _project(client, account)
    if project is None:
        made = client.projects.create(
            title=f"{TITLE} {name}",
            label_config=config,
            expert_instruction=instruction,
            show_collab_predictions=True,
        )
        account = replace(account, project=made.id)
    tasks = tasks_of(client, account)
    if project is not None:
        version = _version(project.expert_instruction)
        if version is None:
            instruction = project.expert_instruction  # what is there already was made by who knows which
        elif version != ontology.version:
            _mark(client, tasks.values(), {"annotator": name, "guidelines": version})
        if (project.label_config, project.expert_instruction) != (config, instruction):
            client.projects.update(project.id, label_config=config, expert_instruction=instruction)
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
        client.projects.import_tasks(id_of(account), request=new)
    return account, len(new)


def guidelines(client: LabelStudio, account: Account) -> str:
    """The version of the guidelines that the project was made for.

    Raises:
        ValueError: if its instruction does not say so any more.
    """
    instruction = client.projects.get(id_of(account)).expert_instruction
    version = _version(instruction)
    if version is None:
        message = f"the instruction of {account.email}'s project names no version of the guidelines ({instruction!r})"
        raise ValueError(f"{message}; say by which it was labelled: --meta guidelines=VERSION")
    return version


def id_of(account: Account) -> int:
    """The id of the account's project.

    Raises:
        ValueError: if it has none yet.
    """
    if account.project is None:
        raise ValueError(f"{account.email} has no project yet; end Label Studio and start it again")
    return account.project


def tasks_of(client: LabelStudio, account: Account) -> dict[str, dict[str, Any]]:
    """Every task of the account's project with its annotations, by doc_id, in the order of import."""
    chunks = client.projects.exports.download_sync(id_of(account), export_type="JSON", download_all_tasks=True)
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


def _project(client: LabelStudio, account: Account) -> Any:
    """None if it was not made yet, or deleted since."""
    from label_studio_sdk.core.api_error import ApiError

    if account.project is None:
        return None
    try:
        return client.projects.get(account.project)
    except ApiError as fault:
        if fault.status_code == _NOT_FOUND:
            return None
        raise


def _version(instruction: str | None) -> str | None:
    found = _VERSION.search(instruction or "")
    return found[1] if found else None


def _mark(client: LabelStudio, tasks: Iterable[Mapping[str, Any]], provenance: Mapping[str, str]) -> None:
    """Say on every annotated task that does not say so itself where its annotation comes from."""
    for task in tasks:
        meta = task.get("meta") or {}
        if task["annotations"] and "guidelines" not in meta:
            client.tasks.update(str(task["id"]), meta={**provenance, **meta})
