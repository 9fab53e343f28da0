"""Answers to the questions of `communique.adjudication.rejudging`, compared with what the passes say; and ``rejudged.jsonl``,
which holds them, read again."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from communique.adjudication.compare import content_of
from communique.adjudication.differences import Words
from communique.adjudication.records import Record, RecordReader
from communique.adjudication.rejudging import PAIRS, SAMPLES, WORD, Question
from communique.incident import DataError, Incident, shown
from communique.io.jsonl_decode import lines
from communique.model import Document, Event, Mention, Span
from communique.ontology import Ontology, nearest


def judged(
    name: str, content: str, document: Document, asked: Sequence[Question], ontology: Ontology
) -> tuple[dict[str, Any], ...]:
    """The rows of ``rejudged.jsonl``: what was asked, what the passes say, what the reader says, and whether that is the same.

    Raises:
        DataError: every answer that is missing, given twice, or cannot be read.
    """
    reader = RecordReader(name, document, ontology, bad="bad-answer")
    answers: dict[int, tuple[tuple[Any, ...], dict[str, Any]]] = {}
    for line, row in lines(name, content, reader.faults):
        reader.line = line
        if not isinstance(row, dict):
            reader.fault("$", f"expected an object, got {shown(row)}", f"give {', '.join(_ANSWER)}")
            continue
        number = row.get("question")
        if type(number) is not int or not 1 <= number <= len(asked) or number in answers:
            reader.fault("$.question", shown(number), f"answer each of the questions 1 to {len(asked)} once")
            continue
        for path, message, hint in _row_faults(row, _ANSWER):
            reader.fault(path, message, hint)
        answers[number] = (_answer(reader, asked[number - 1], row["answer"]) if "answer" in row else (), row)
    for number in range(1, len(asked) + 1):
        if number not in answers:
            reader.faults.append(Incident("unanswered", f"{name}: question {number}", "is not answered", "answer each once"))
    if reader.faults:
        raise DataError(reader.faults)
    say = Words(document)
    return tuple(_row(say, number, asked[number - 1], *answers[number]) for number in sorted(answers))


_ANSWER: Final = ("question", "answer", "rule", "reason")
_REASONED: Final = {"rule": "name the guideline's section", "reason": "say why in a few words"}


_Fault = tuple[str, str, str]
"""Where, what and what to do."""


def _row_faults(row: Mapping[str, Any], keys: Sequence[str]) -> Iterator[_Fault]:
    """Keys that are missing or not known, and a rule or reason that says nothing."""
    if lacking := [key for key in keys if key not in row]:
        yield "$", f"it lacks {', '.join(lacking)}", f"give {', '.join(keys)}"
    for key, value in row.items():
        if key not in keys:
            yield "$", f"unknown key {shown(key)}", nearest(key, keys)
        elif key in _REASONED and (not isinstance(value, str) or not value.strip()):
            yield f"$.{key}", f"{shown(value)} is no {key}", _REASONED[key]


def _answer(reader: RecordReader, q: Question, raw: Any) -> tuple[Any, ...]:
    if raw == "none":
        return ()
    if q.layer != WORD:
        names = reader.names[{"arguments": "role", "relations": "relation", "event_relations": "event relation"}[q.layer]]
        if not _labels(raw) or any(x not in names for x in raw):
            reader.fault("$.answer", shown(raw), f'"none", or a list of {", ".join(names)}, each once')
            return ()
        return tuple(sorted(raw))
    if not _marked(raw):
        reader.fault("$.answer", shown(raw), '"none", {"mention": …} or {"event": …}')
        return ()
    [(what, record)] = raw.items()
    read: Record = reader.record(record, f"{what}s", f"$.answer.{what}", ())
    if not isinstance(read.get("span"), Span) or "type" not in read:
        return ()
    if what == "mention":
        m = Mention("", read["span"], read["type"], read.get("kind"), read.get("extent"), read.get("value"))
        return ("mention", *content_of(m), read.get("entity"))
    e = Event("", read["span"], read["type"], read.get("realis"), read.get("polarity"))
    return ("event", *content_of(e), read.get("instance"))


def _marked(raw: Any) -> bool:
    """Whether it is an object that says either of a mention or of an event."""
    return isinstance(raw, dict) and list(raw) in (["mention"], ["event"])


def _labels(raw: Any) -> bool:
    """Whether it is a list of strings, each once, at least one."""
    return isinstance(raw, list) and bool(raw) and all(isinstance(x, str) for x in raw) and len(set(raw)) == len(raw)


def _same(q: Question, answer: tuple[Any, ...]) -> bool:
    if q.layer != WORD or not q.answer or not answer:
        return answer == q.answer
    *content, others = q.answer
    *said, other = answer
    return content == said and (other in others if others else other is None)


def _row(say: Words, number: int, q: Question, answer: tuple[Any, ...], raw: dict[str, Any]) -> dict[str, Any]:
    place = " / ".join(say.span(span) for span in q.spans)
    row = {"doc_id": q.doc_id, "question": number, "sample": q.sample, "layer": q.layer, "place": place, "passes": q.passes}
    return row | {"answer": raw["answer"], "same": _same(q, answer), "rule": raw["rule"], "reason": raw["reason"]}


_ASKED_AND_ANSWERED: Final = ("doc_id", "question", "sample", "layer", "place", "passes", "answer", "same", "rule", "reason")
_DECISION: Final = ("for", "rule", "reason")
_FOR: Final = ("passes", "reader", "other")
_NAMES: Final = {"sample": SAMPLES, "layer": (WORD, *PAIRS)}


def parse_rejudged(
    name: str, content: str, documents: Collection[str] | None = None, *, undecided: bool = False
) -> tuple[dict[str, Any], ...]:
    """The rows of ``rejudged.jsonl``: those of `judged`, and in each that is not the same the last reader's ``decision``,
    ``{"for": "passes", "reader" or "other", "rule", "reason"}``.

    Args:
        name: the file's name, for messages.
        documents: the ids of documents there may be; None: any.
        undecided: whether a row that is not the same may do without a decision, which it still waits for.

    Raises:
        DataError: every fault of every row, and every question that is there twice.
    """
    rows: list[dict[str, Any]] = []
    faults: list[Incident] = []
    seen: dict[tuple[str, int], int] = {}
    for number, row in lines(name, content, faults):
        at = f"{name}:{number}"
        if not isinstance(row, dict):
            hint = f"give {', '.join(_ASKED_AND_ANSWERED)}"
            faults.append(Incident("not-rejudged", f"{at}: $", f"expected an object, got {shown(row)}", hint))
            continue
        wrong = [*_faults_of_row(row), *_faults_of_decision(row, undecided=undecided)]
        faults += [Incident("not-rejudged", f"{at}: {path}", message, hint) for path, message, hint in wrong]
        doc_id, question = row.get("doc_id"), row.get("question")
        if isinstance(doc_id, str) and documents is not None and doc_id not in documents:
            message, hint = f"unknown doc_id {shown(doc_id)}", nearest(doc_id, documents)
            faults.append(Incident("unknown-document", f"{at}: $.doc_id", message, hint))
        if isinstance(doc_id, str) and type(question) is int and seen.setdefault((doc_id, question), number) != number:
            message = f"question {question} of {doc_id} stands in line {seen[doc_id, question]} already"
            faults.append(Incident("duplicate-question", f"{at}: $", message, "keep one of the two"))
        rows.append(row)
    if faults:
        raise DataError(faults)
    return tuple(rows)


def _faults_of_row(row: Mapping[str, Any]) -> Iterator[_Fault]:
    yield from _row_faults({key: value for key, value in row.items() if key != "decision"}, _ASKED_AND_ANSWERED)
    for key in ("doc_id", "place", "passes"):
        if key in row and (not isinstance(row[key], str) or not row[key].strip()):
            yield f"$.{key}", f"expected a non-empty string, got {shown(row[key])}", "restore what `scripts/rejudge.py` wrote"
    for key, known in _NAMES.items():
        if key in row and row[key] not in known:
            yield f"$.{key}", f"{shown(row[key])} is no {key}", f"one of {', '.join(known)}"
    if "question" in row and (type(row["question"]) is not int or row["question"] < 1):
        yield "$.question", f"{shown(row['question'])} is no number of a question", "questions are numbered from 1"
    if "same" in row and type(row["same"]) is not bool:
        yield "$.same", f"expected true or false, got {shown(row['same'])}", "restore what `scripts/rejudge.py` wrote"
    if "answer" in row and row["answer"] != "none":
        answer = row["answer"]
        if row.get("layer") == WORD and not (_marked(answer) and all(isinstance(x, dict) for x in answer.values())):
            yield "$.answer", f"{shown(answer)} is no answer about a word", '"none", {"mention": {…}} or {"event": {…}}'
        if row.get("layer") in PAIRS and not _labels(answer):
            yield "$.answer", f"{shown(answer)} is no answer about a pair", '"none", or a list of labels, each once'


def _faults_of_decision(row: Mapping[str, Any], *, undecided: bool) -> Iterator[_Fault]:
    if "decision" not in row:
        if row.get("same") is False and not undecided:
            hint = f"write the last reader's decision into the row: {', '.join(_DECISION)}"
            yield "$", "the reader says something else than the passes, and nothing is decided", hint
        return
    decision = row["decision"]
    if row.get("same") is True:
        yield "$.decision", "a decision where the reader says the same as the passes", "take it out"
    if not isinstance(decision, dict):
        yield "$.decision", f"expected an object, got {shown(decision)}", f"give {', '.join(_DECISION)}"
        return
    yield from ((path.replace("$", "$.decision", 1), message, hint) for path, message, hint in _row_faults(decision, _DECISION))
    if "for" in decision and decision["for"] not in _FOR:
        yield "$.decision.for", f"{shown(decision['for'])}", f"decide for one of {', '.join(_FOR)}"


def with_decisions(
    rows: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]]
) -> tuple[tuple[dict[str, Any], ...], tuple[Mapping[str, Any], ...]]:
    """The rows of `judged` with the decisions of the rows ``before`` that ask and answer the same; and those of the rows before
    whose decision fits none of them."""
    decided = {_key(row): row for row in before if "decision" in row}
    made: list[dict[str, Any]] = []
    for row in rows:
        old = None if row["same"] else decided.pop(_key(row), None)
        made.append({**row} if old is None else {**row, "decision": old["decision"]})
    return tuple(made), tuple(decided.values())


def _key(row: Mapping[str, Any]) -> str:
    """A question and its answer; the order of an object's keys says nothing."""
    asked = [row[key] for key in ("doc_id", "question", "sample", "layer", "place", "passes", "answer")]
    return json.dumps(asked, sort_keys=True)
