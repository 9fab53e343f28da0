"""A real Label Studio for the tests, driven by the command line as a user would."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from communique.io.jsonl import dumps
from communique.model import Annotation
from communique.studio.client import connect
from communique.studio.state import Account, State, read_state

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

ANNOTATORS = ("pass-1", "pass-2")


def communique(*arguments: object, before: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own; ``before`` is Python to run first in it."""
    code = f"{before}\nfrom communique.cli import main; main()"
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


@dataclass(frozen=True)
class Studio:
    """The data folder of a running server, what `up` printed, and a copy of the folder made while it was down."""

    folder: Path
    printed: str
    template: Path

    @property
    def state(self) -> State:
        state = read_state(self.folder)
        if state is None:
            raise LookupError(f"no state in {self.folder}")
        return state

    def account(self, name: str) -> Account:
        return self.state.accounts[name]

    def password(self, name: str) -> str:
        line = next(line for line in self.printed.splitlines() if line.startswith(f"{name}:"))
        return line.rsplit(" password ", 1)[1]

    @contextmanager
    def client(self, name: str) -> Iterator[LabelStudio]:
        with connect(self.state.url, self.account(name).token) as client:
            yield client

    def push(
        self, path: Path, annotations: Annotation | list[Annotation], name: str, *options: str
    ) -> subprocess.CompletedProcess[str]:
        rows = annotations if isinstance(annotations, list) else [annotations]
        path.write_text(dumps(rows), encoding="utf-8")
        return communique("studio", "push", path, "--as", name, "--data-dir", self.folder, *options)

    def pull(self, folder: Path, name: str, *options: str) -> subprocess.CompletedProcess[str]:
        return communique("studio", "pull", "--from", name, "-o", folder, "--data-dir", self.folder, *options)

    def task(self, client: LabelStudio, name: str, doc_id: str) -> dict[str, Any]:
        project = self.account(name).project
        chunks = client.projects.exports.download_sync(project or 0, export_type="JSON", download_all_tasks=True)
        return next(task for task in json.loads(b"".join(chunks)) if task["data"]["doc_id"] == doc_id)
