"""Reading and writing whole files: UTF-8 or a clear error, and a write that is there completely or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from communique.incident import DataError, Incident


def read_text(path: Path | str) -> tuple[str, str]:
    """Read a file, or stdin for ``-``, as UTF-8. Returns its name for messages, and its text with line ends untouched.

    Raises:
        DataError: ``unreadable-file``, ``empty-file`` or ``wrong-encoding``.
    """
    name = "<stdin>" if str(path) == "-" else str(path)
    return name, as_text(name, sys.stdin.buffer.read() if str(path) == "-" else read_bytes(path))


def read_bytes(path: Path | str) -> bytes:
    """Read a file.

    Raises:
        DataError: ``unreadable-file``.
    """
    try:
        return Path(path).read_bytes()
    except OSError as fault:
        hint = "check the path and its permissions"
        raise DataError([Incident("unreadable-file", str(path), fault.strerror or str(fault), hint)]) from fault


def as_text(name: str, raw: bytes) -> str:
    """The bytes of a file as UTF-8; ``name`` stands for it in messages.

    Raises:
        DataError: ``empty-file`` or ``wrong-encoding``.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = raw[: fault.start].count(b"\n") + 1
        message = f"byte {fault.start} (0x{raw[fault.start]:02x}) is not UTF-8"
        raise DataError([Incident("wrong-encoding", f"{name}:{line}", message, "save the file as UTF-8")]) from fault
    if text.startswith("\ufeff"):
        raise DataError([Incident("wrong-encoding", f"{name}:1", "a byte order mark", "save the file as UTF-8 without BOM")])
    if not text.strip():
        raise DataError([Incident("empty-file", name, "the file is empty", "name a file that holds something")])
    return text


def files_of(path: Path | str) -> list[Path]:
    """The annotation files of a folder, which are its .json and .jsonl files, in order; of anything else, itself.

    Raises:
        DataError: ``empty-folder``.
    """
    path = Path(path)
    if not path.is_dir():
        return [path]
    if not (held := sorted(file for file in path.iterdir() if file.suffix in (".json", ".jsonl"))):
        hint = "name a folder that holds annotations or predictions"
        raise DataError([Incident("empty-folder", str(path), "the folder holds no .json or .jsonl file", hint)])
    return held


def write_bytes(path: Path | str, content: bytes) -> None:
    """Write a file so that an interruption leaves either the old one or the new one (a rename on the same file system).

    Of a link, the file that it points to is written. What is no regular file, such as a device or a pipe, is written through.
    """
    path = Path(path)
    if path.exists() and not path.is_file():
        with path.open("wb") as through:
            through.write(content)
        return
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes the file private; an ordinary write would honour the umask or keep the mode that stood.
        os.chmod(temporary, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_text(path: Path | str, content: str) -> None:
    """`write_bytes` of the UTF-8 encoding; no line end is translated."""
    write_bytes(path, content.encode("utf-8"))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
