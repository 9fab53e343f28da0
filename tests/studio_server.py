"""A real Label Studio for the tests, driven by the command line as a user would."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from communique.io.jsonl_writer import dumps
from communique.model import Annotation
from communique.studio.client import connect
from communique.studio.state import Account, State, read_state

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

ANNOTATORS = ("pass-1", "pass-2")


def communique(*arguments: object, before: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own; ``before`` is Python to run first in it."""
    command = line(*arguments, before=before)
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, cwd=cwd)


def line(*arguments: object, before: str = "") -> list[str]:
    return [sys.executable, "-c", f"{before}\nfrom communique.cli import main; main()", *map(str, arguments)]


def passwords(printed: str) -> dict[str, str]:
    """The passwords that `up` printed, by annotator's name."""
    told = [row.partition(": ") for row in printed.splitlines() if " password " in row]
    return {name: rest.rsplit(" password ", 1)[1] for name, _, rest in told}


@dataclass(frozen=True)
class Studio:
    """The data folder of a running server, and what `up` printed."""

    folder: Path
    printed: str

    def copied(self, folder: Path) -> Path:
        """A copy of the data folder as it is now, for a server of one's own."""
        shutil.copytree(self.folder, folder)
        name = "label_studio.sqlite3"
        with closing(sqlite3.connect(self.folder / name)) as running, closing(sqlite3.connect(folder / name)) as copy:
            running.backup(copy)
        return folder

    @property
    def state(self) -> State:
        state = read_state(self.folder)
        if state is None:
            raise LookupError(f"no state in {self.folder}")
        return state

    def account(self, name: str) -> Account:
        return self.state.accounts[name]

    def password(self, name: str) -> str:
        return passwords(self.printed)[name]

    @contextmanager
    def client(self, name: str) -> Iterator[LabelStudio]:
        with connect(self.state.url, self.account(name).token) as client:
            yield client

    def push(
        self, path: Path, annotations: Annotation | list[Annotation], name: str, *options: str, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        rows = annotations if isinstance(annotations, list) else [annotations]
        path.write_text(dumps(rows), encoding="utf-8")
        return communique("studio", "push", path, "--as", name, "--data-dir", self.folder, *options, cwd=cwd)

    def pull(self, folder: Path, name: str, *options: str) -> subprocess.CompletedProcess[str]:
        return communique("studio", "pull", "--from", name, "-o", folder, "--data-dir", self.folder, *options)

    @contextmanager
    def project(self, name: str) -> Iterator[tuple[LabelStudio, Account]]:
        """A client of the account, and the account as it is before it has a project; one that is made is deleted."""
        with self.client(name) as client:
            before = {project.id for project in client.projects.list()}
            try:
                yield client, replace(self.account(name), project=None)
            finally:
                for project in list(client.projects.list()):
                    if project.id not in before:
                        client.projects.delete(project.id)

    def task(self, client: LabelStudio, name: str, doc_id: str) -> dict[str, Any]:
        project = self.account(name).project
        chunks = client.projects.exports.download_sync(project or 0, export_type="JSON", download_all_tasks=True)
        return next(task for task in json.loads(b"".join(chunks)) if task["data"]["doc_id"] == doc_id)
