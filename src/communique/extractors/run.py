"""Running an extractor over documents, and reading what it says as strictly as any file of predictions."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import time
import traceback
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from communique.extractors.protocol import Extract
from communique.incident import DataError, Incident, shown
from communique.model import Annotation, Document, Gold
from communique.ontology import Ontology
from communique.predictions import Note, parse_predictions

if TYPE_CHECKING:
    from communique.labels import LabelMap


@dataclass(frozen=True, slots=True)
class Output:
    """What an extractor said: the lines of a predictions file, and how many seconds it took."""

    extractor: str
    lines: str
    seconds: float


def run_function(name: str, extract: Extract, documents: Iterable[Document]) -> Output:
    """Call an extractor for each document. ``name`` is for messages; the seconds do not count what happens between the calls.

    Raises:
        DataError: every document on which it raised, or gave something that is no predictions row.
    """
    faults: list[Incident] = []
    rows: list[str] = []
    seconds = 0.0
    for document in documents:
        begun = time.perf_counter()
        try:
            row = extract(document.text)
        except (Exception, SystemExit) as fault:
            faults.append(_raised(name, document, fault))
            continue
        finally:
            seconds += time.perf_counter() - begun
        try:
            rows.append(json.dumps(_row(document, row), ensure_ascii=False, allow_nan=False))
        except _OtherDocumentError as fault:
            hint = "leave doc_id out: the benchmark knows it"
            faults.append(Incident("extractor-result", f"{name} on {document.doc_id}", str(fault), hint))
        except (TypeError, ValueError, RecursionError) as fault:
            hint = "return a predictions row of plain dicts, lists, strings and numbers (int(x), float(x))"
            faults.append(Incident("extractor-result", f"{name} on {document.doc_id}", str(fault), hint))
    if faults:
        raise DataError(faults)
    return Output(name, "".join(f"{row}\n" for row in rows), seconds)


def run_command(command: str, documents: Sequence[Document], *, timeout: float | None = None) -> Output:
    """Give a command the rows ``{"doc_id", "text"}`` on its stdin; what it prints to stdout are the predictions.

    The command is split as a shell would split it, but no shell runs it. Its stderr goes to ours. After ``timeout`` seconds it
    is ended (what it started itself is not); None: never.

    Raises:
        ValueError: if there is no such command.
        DataError: if it fails, does not end in time, prints nothing, or prints something that is no JSON.
    """
    words = shlex.split(command)
    if not words:
        raise ValueError("--run needs a command, such as: python my_extractor.py")
    texts = [json.dumps({"doc_id": d.doc_id, "text": d.text}, ensure_ascii=False) for d in documents]
    begun = time.perf_counter()
    try:
        # A Python child would otherwise read and write in the locale's encoding.
        environment = {"PYTHONUTF8": "1", **os.environ}
        given = "".join(f"{text}\n" for text in texts).encode()
        done = subprocess.run(words, input=given, stdout=subprocess.PIPE, env=environment, timeout=timeout, check=False)
    except (FileNotFoundError, PermissionError) as fault:
        hint = "check its name and that it can be executed; for a pipeline: --run \"sh -c '…'\""
        raise ValueError(f"cannot run {words[0]!r}: {fault.strerror}; {hint}") from fault
    except subprocess.TimeoutExpired as fault:
        message = f"neither it nor what it started let go of its stdout within {fault.timeout:g} s"
        hint = "give it more time, or let it end, and redirect the output of what it leaves running"
        raise DataError([Incident("extractor-failed", command, message, hint)]) from fault
    seconds = time.perf_counter() - begun
    if done.returncode:
        what = f"exit status {done.returncode}" if done.returncode > 0 else f"ended by signal {-done.returncode}"
        hint = f"see its messages above; to repeat: communique texts | {command}"
        raise DataError([Incident("extractor-failed", command, what, hint)])
    return Output(command, _printed(command, done.stdout), seconds)


def predictions_of(
    output: Output,
    gold: Gold,
    *,
    ontology: Ontology | None = None,
    align: bool = False,
    labels: LabelMap | None = None,
    note: Note = warnings.warn,
) -> tuple[Annotation, ...]:
    """What an extractor said, checked against the gold's texts and the ontology; see `communique.predictions.read_predictions`.

    Raises:
        DataError: every fault, with extractor, line, document and path.
    """
    try:
        return parse_predictions(
            output.extractor, output.lines, gold, ontology=ontology, align=align, labels=labels, note=note
        )
    except DataError as fault:
        of = _documents(output.lines)
        raise DataError(_placed(i, output.extractor, of) for i in fault.incidents) from None


class _OtherDocumentError(ValueError):
    pass


def _row(document: Document, row: Any) -> Mapping[str, Any]:
    if not isinstance(row, Mapping):
        raise TypeError(f"it returned a {type(row).__name__}, not a dict")
    if row.get("doc_id", document.doc_id) != document.doc_id:
        raise _OtherDocumentError(f"it returned a row of {shown(row['doc_id'])}")
    return {"doc_id": document.doc_id, **row}


def _raised(name: str, document: Document, fault: BaseException) -> Incident:
    last = traceback.extract_tb(fault.__traceback__)[-1]
    said = "".join(traceback.format_exception_only(fault)).strip()
    hint = f"mend the extractor, or try it alone on the text that `communique texts` prints for {document.doc_id}"
    return Incident("extractor-failed", f"{name} on {document.doc_id}", f"{said} ({last.filename}:{last.lineno})", hint)


def _printed(command: str, stdout: bytes) -> str:
    only = "print one predictions row per document to stdout and nothing else; progress belongs on stderr"
    if not stdout.strip():
        raise DataError([Incident("extractor-result", command, "it printed nothing", only)])
    try:
        lines = stdout.decode("utf-8")
    except UnicodeDecodeError as fault:
        before = stdout[: fault.start].count(b"\n")
        message = f"byte 0x{stdout[fault.start]:02x} is not UTF-8"
        raise DataError([Incident("wrong-encoding", f"{command}:{before + 1}", message, "print UTF-8")]) from fault
    for number, line in enumerate(lines.split("\n"), 1):
        if line.strip() and not line.lstrip().startswith("{"):
            raise DataError([Incident("extractor-result", f"{command}:{number}", f"{shown(line)} is no JSON object", only)])
    return lines


def _documents(lines: str) -> dict[int, str]:
    """The document of each line, as far as it can be told."""
    found = {}
    for number, line in enumerate(lines.split("\n"), 1):
        try:
            found[number] = str(json.loads(line)["doc_id"])
        except (ValueError, TypeError, KeyError, RecursionError):
            continue
    return found


def _placed(incident: Incident, extractor: str, of: Mapping[int, str]) -> Incident:
    number, colon, rest = incident.place.removeprefix(f"{extractor}:").partition(":")
    if not number.isdecimal() or int(number) not in of:
        return incident
    place = f"{extractor}:{number} ({of[int(number)]}){colon}{rest}"
    return Incident(incident.id, place, incident.message, incident.hint)
