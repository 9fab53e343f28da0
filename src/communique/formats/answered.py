"""The rows that language models answered: bare, or in text, in chat completions, in the responses that ``benchmark llm`` keeps.

A record is a row, or holds one, mostly as text, under ``answer``, ``content``, ``response`` or ``output``, there or itself as a
chat completion (``choices``). A row in a fence (```` ```json ````), behind a model's thoughts or with words round it is found;
an answer with several that differ is refused.

Of kept responses (`communique.extractors.llm.transcript`) a document has as many as it took to get one that can be read. That
one is taken, as ``--replay`` takes it. What only the options of the run can tell, which are not in the file, is a fault.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeAlias

from communique.formats.records import records, wrong
from communique.formats.source import Source
from communique.incident import Incident, cut, shown
from communique.io.answers import is_completion, pieces, said, without_thoughts
from communique.io.jsonl_decode import decode
from communique.io.wire import ITEMS
from communique.wording import counted, first_ten

_ANSWERS: Final = ("answer", "content", "response", "output")
_CONTENT: Final = "choices[0].message.content"
_BEGINNING: Final = re.compile(r'\{(?=\s*["}])|\[(?=\s*[{\]])')  # of JSON, and not of words in brackets
_KEPT: Final = {"key": str, "doc_id": str, "asked": dict, "status": int}
_SHOWN: Final = 200

_CUT: Final = "an answer is one JSON object with mentions, events, …; if it is cut off, ask again, with more tokens"
_SILENT: Final = "ask again, or take the record out; to a score, --missing empty then counts the document as empty"
_REPLAY: Final = "with the model and options that it was asked with, communique benchmark llm --replay reads this file"

_Record: TypeAlias = Mapping[str, Any]
_Row: TypeAlias = tuple[dict[str, Any] | None, Incident | None]
"""The row, or what keeps it from being read."""


def answered(source: Source, faults: list[Incident], notes: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row, with its place, taken out of the answer that holds it. ``notes`` say which responses are passed over."""
    bare = source.text.lstrip()[:1] not in ("{", "[")
    given = [(source.name, {_ANSWERS[0]: source.text})] if bare else list(records(source, faults))
    kept: dict[str, list[tuple[str, _Record]]] = {}
    passed = 0
    for place, record in given:
        if is_kept(record):
            kept.setdefault(record["doc_id"], []).append((place, record))
    for place, record in given:
        if not isinstance(record, dict):
            faults.append(wrong(place, "$", record, "an object", 'a row is {"doc_id": …, "mentions": […], …}'))
            continue
        if is_kept(record):
            # All of a document are read where its first one stands.
            if (responses := kept.pop(record["doc_id"], None)) is None:
                continue
            passed += len(responses) - 1
            place, (row, fault) = _of_responses(responses)
        else:
            row, fault = _of_record(place, record)
        if fault:
            faults.append(fault)
        elif row is not None:
            yield place, row
    if passed:
        notes.append(f"{counted(passed, 'response')} not read: the server refused the request, or it was asked again")


def is_kept(record: Any) -> bool:
    """Whether it is a response as ``benchmark llm`` keeps them, with what was asked."""
    return (
        isinstance(record, dict)
        and "response" in record
        and all(isinstance(record.get(key), kind) for key, kind in _KEPT.items())
    )


def has_completion(record: Any) -> bool:
    """Whether it is a chat completion, or has one where answers stand."""
    return isinstance(record, dict) and any(map(is_completion, (record, *(record.get(key) for key in _ANSWERS))))


def _of_record(place: str, record: _Record) -> _Row:
    """The row that a record is, or holds."""
    if _speaks(record):
        return _of_completion(place, "$.", record, record)
    if _is_row(record):
        return dict(record), None
    for key in _ANSWERS:
        if isinstance(value := record.get(key), str):
            return _headed(place, f"$.{key}", record, *_inside(f"{place}: $.{key}", value))
        if _speaks(value):
            return _of_completion(place, f"$.{key}.", record, value)
        if isinstance(value, dict):
            return _headed(place, f"$.{key}", record, value)
    return dict(record), None


def _speaks(held: Any) -> bool:
    """Whether it is to be read as a completion, and not as a row that has choices besides."""
    return is_completion(held) and (bool(said(held).text) or not _is_row(held))


def _of_completion(place: str, path: str, record: _Record, body: Any) -> _Row:
    """The row in the body of a completion, which stands at ``path``."""
    answer = said(body)
    if answer.refusal is not None:
        message = f"the model refuses: {cut(answer.refusal, _SHOWN)}"
        return None, Incident("llm-refusal", f"{place}: {path.rstrip('.')}", message, _SILENT)
    if not answer.text:
        return None, Incident("llm-no-answer", f"{place}: {path.rstrip('.')}", answer.lacking, _SILENT)
    path += _CONTENT
    return _headed(place, path, record, *_inside(f"{place}: {path}", answer.text))


def _headed(place: str, path: str, record: _Record, inner: Any, fault: Incident | None = None) -> _Row:
    """The row that an answer holds, with what the record round it says of its document."""
    if fault is None and not isinstance(inner, dict):
        fault = wrong(place, path, inner, "an object", _CUT)
    if fault:
        return None, fault
    return {**{key: record[key] for key in ("doc_id", "text_sha256") if key in record}, **inner}, None


def _of_responses(responses: Sequence[tuple[str, _Record]]) -> tuple[str, _Row]:
    """The row of a document, and where it stands, in one of the responses to what was asked of it."""
    # Of the same request, the last answer counts.
    answers = {record["key"]: (place, record) for place, record in responses if record["status"] == 200}
    if not answers:
        place, record = responses[-1]
        message = f"the server refused the request (status {record['status']}): {cut(shown(record['response']), _SHOWN)}"
        return place, (None, Incident("llm-refused", f"{place}: $.response", message, _SILENT))
    tries = sorted(answers.values(), key=lambda held: _try(held[1]))
    if several := _several([record for _, record in tries]):
        place, record = responses[0]
        message = f"{shown(record['doc_id'])} has {len(answers)} answers: {several}"
        return place, (None, Incident("several-answers", place, message, _REPLAY))
    for place, record in tries:
        row, fault = _of_completion(place, "$.response.", record, record["response"])
        # What was refused, or said in several ways, was not asked again for that.
        if fault is None or fault.id in ("llm-refusal", "several-rows"):
            break
    return place, (row, fault)


def _several(asked: Iterable[_Record]) -> str:
    """Why answers are not tries of one request, in words; "" if they are."""
    held = list(asked)
    ways = (
        ("they are of the models {}", [r["asked"].get("model") for r in held]),
        ("they are to the prompts {}", [r.get("prompt") for r in held]),
        ("they are of texts that differ, {}", [r.get("text_sha256") for r in held]),
    )
    for words, values in ways:
        if len(told := sorted({str(value) for value in values})) > 1:
            return words.format(first_ten(told))
    if len({json.dumps(r["asked"].get("messages"), sort_keys=True) for r in held}) > 1:
        return "it was asked in steps (--steps), and each answer holds some of its layers"
    if len({_try(r) for r in held}) < len(held):
        return "it was asked several times, with other parameters"
    return ""


def _try(record: _Record) -> int:
    return number if isinstance(number := record["asked"].get("try"), int) else 1


def _inside(place: str, answer: str) -> tuple[Any, Incident | None]:
    """The row in an answer, wherever it stands there; one in which nothing is listed gives way to another."""
    answer = without_thoughts(answer)
    found: list[tuple[Any, Incident | None]] = []
    broken = False
    for piece in pieces(answer, _BEGINNING, nested=False):
        if broken := piece.fault is not None:
            break  # what stands inside of something broken is no answer
        if (row := _row(piece.value)) is not None:
            _, fault = decode(place, answer[piece.start : piece.end])  # a key given twice, NaN, half a character
            found.append((None if fault else row, fault))
    full = [(row, fault) for row, fault in found if fault or any(row.get(layer) for layer in ITEMS)] or found[-1:]
    if broken or not full:
        begin, end = answer.find("{"), answer.rfind("}")
        value, fault = decode(place, answer[begin : end + 1] if 0 <= begin < end else answer)
        return value, replace(fault, hint=_CUT) if fault else None
    if any(row != full[0][0] for row, _ in full):
        hint = "which one is meant? leave that one, or make one object of them"
        return None, Incident("several-rows", place, f"the answer holds {len(full)} objects that differ", hint)
    return full[0]


def _row(value: Any) -> dict[str, Any] | None:
    """What a piece of JSON in an answer is as a row: itself, the one that it lists, or its mentions; None if it is no row."""
    match value:
        case dict():
            return value if _is_row(value) else None
        case [dict(only)] if _is_row(only):
            return only
        case list() if all(isinstance(item, dict) and not _is_row(item) for item in value):
            return {"mentions": value}
    return None


def _is_row(value: Mapping[str, Any]) -> bool:
    return any(layer in value for layer in ITEMS)
