"""Every response, in a file: JSON Lines, one object for each, to which lines are only ever added.

A line's ``key`` is a digest of the request: of its body (model, messages, parameters, form of the answer) and of which try it
is. No key of the server's and no address is in the digest, so an answer is found again wherever the server has moved.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from communique.extractors.llm.client import Reply
from communique.io.files import read_text
from communique.wording import counted

_KEYS: Final = {"key": str, "asked": dict, "status": int}


def key_of(request: Mapping[str, Any], attempt: int) -> str:
    """The SHA-256 of a request's body, and of which try it is (from 1): the second asks the same again."""
    canonical = json.dumps([request, attempt], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8", errors="surrogatepass")).hexdigest()


class Transcript:
    """The responses of a file, and those that are added to it; without a file they are only remembered.

    Attributes:
        name: the file's, for messages.
        held: how many answers were there before.
        servers: those that gave them.
        ways: how they were asked for, as `Way.state` says it.
    """

    def __init__(self, path: Path | None, *, note: Callable[[str], object], must_exist: bool = False) -> None:
        """
        Raises:
            DataError: if the file cannot be read, or, with ``must_exist``, is not there.
            ValueError: if it holds something else.
        """
        self.name = str(path)
        self._path = path
        self._lock = threading.Lock()
        self._answers: dict[str, Reply] = {}
        self.servers: list[str] = []
        self.ways: list[Mapping[str, Any]] = []
        self._broken_end = False
        if path is not None and (must_exist or (path.exists() and path.stat().st_size)):
            self._read(path, note)
        self.held = len(self._answers)

    def get(self, key: str) -> Reply | None:
        """The answer to a request; None if it has not been asked, or was refused."""
        return self._answers.get(key)

    def add(self, key: str, reply: Reply, about: Mapping[str, Any]) -> None:
        """Add a response, on a line that is there as soon as this returns. ``about`` says what was asked, and of which text."""
        line = json.dumps(
            {
                "key": key,
                **about,
                "status": reply.status,
                "at": reply.at,
                "seconds": round(reply.seconds, 3),
                "attempts": len(reply.failed) + 1,
                "failed": list(reply.failed),
                "response": reply.body,
            },
        )
        with self._lock:
            if reply.status == 200:
                self._answers[key] = reply
            if self._path is None:
                return
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"\n{line}\n" if self._broken_end else f"{line}\n")
                file.flush()
            self._broken_end = False

    def _read(self, path: Path, note: Callable[[str], object]) -> None:
        name, content = read_text(path)
        records = 0
        broken: list[int] = []
        lines = content.split("\n")
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            record = _record(line)
            if record is None:
                broken.append(number)
                continue
            records += 1
            if record["status"] == 200:
                self._answers[record["key"]] = Reply(200, record["response"])
                way = record["asked"].get("way")
                if isinstance(way, dict) and way not in self.ways:
                    self.ways.append(way)
                if (server := record.get("server")) and server not in self.servers:
                    self.servers.append(str(server))
        if not records:
            raise ValueError(f"{name} holds no responses of a language model; name another file")
        self._broken_end = not content.endswith("\n")
        if broken:
            what = "a line that cannot be read" if len(broken) == 1 else f"{counted(len(broken), 'line')} that cannot be read"
            last = ", the last, which an interruption may have cut" if broken[-1] == len(lines) else ""
            note(f"{name}:{broken[0]}: {what}{last}; skipped")


def _record(line: str) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict) or not all(isinstance(record.get(key), kind) for key, kind in _KEYS.items()):
        return None
    return record if "response" in record else None
