"""Asking a model about documents: each one's requests in turn, several documents at a time, rows in the documents' order."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Final

from communique.extractors.llm.answer import Lists, Object, find_object, read_answer
from communique.extractors.llm.asking import Asking
from communique.extractors.llm.client import Client, GaveUpError, Reply
from communique.extractors.llm.completion import Completion, Usage, completion_of
from communique.extractors.llm.examples import Example, example
from communique.extractors.llm.prompt import Prompt, prompts, read_rules, version
from communique.extractors.llm.transcript import Transcript, key_of
from communique.extractors.llm.way import Way, way_of
from communique.extractors.llm.work import each
from communique.incident import DataError, Incident, cut
from communique.io.jsonl_writer import line
from communique.io.quotes import parse_quotes
from communique.io.wire import ITEMS
from communique.model import Annotation, Document
from communique.ontology import Ontology, default_ontology
from communique.wording import counted, first_ten

Row = dict[str, Any]
Note = Callable[[str], object]

_TRIES: Final = 2
"""An answer that cannot be read is asked for once more, with another seed, or with room for twice as much."""

_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A document of which there is no row, because the model gave no answer that can be used."""

    doc_id: str
    fault: Incident


@dataclass(frozen=True, slots=True)
class Extracted:
    """What came of it.

    ``rows`` are in the documents' order, with quotes in place of offsets; ``unanswered`` are the documents without one.
    ``salvaged`` are the ids of those whose answer is not all there. ``asked`` is how many of the ``answers`` were asked for
    now, and not found in a file. ``date`` is the day on which the first answer was made, as the server says it.
    """

    model: str
    prompt: str
    rows: tuple[Row, ...]
    unanswered: tuple[Unanswered, ...]
    salvaged: tuple[str, ...]
    usage: Usage
    answers: int
    asked: int
    date: str | None

    @property
    def system(self) -> str:
        """A name for tables: the model, the version of the prompt, the date, and how many answers are not whole."""
        whole = f", {counted(len(self.salvaged), 'document')} salvaged" if self.salvaged else ""
        return f"{self.model} (prompt {self.prompt}{f', {self.date}' if self.date else ''}{whole})"


def extract(
    documents: Sequence[Document], asking: Asking, *, ontology: Ontology | None = None, note: Note = warnings.warn
) -> tuple[Row, ...]:
    """Rows of predictions with quotes in place of offsets, one for each document, in their order.

    Raises:
        DataError: as `ask` does, and for every document that was not answered.
        ValueError, ConnectionError: as `ask` does.
    """
    extracted = ask(documents, asking, ontology=ontology, note=note)
    if extracted.unanswered:
        raise DataError(u.fault for u in extracted.unanswered)
    return extracted.rows


def ask(
    documents: Sequence[Document],
    asking: Asking,
    *,
    ontology: Ontology | None = None,
    note: Note = warnings.warn,
    progress: Callable[[], object] = lambda: None,
) -> Extracted:
    """Ask about each document. ``note`` is told what is no fault; ``progress`` is called for each request that is done with.

    Raises:
        DataError: every document whose requests failed (``llm-failed``), were refused (``llm-refused``) or, with a replay, are
            not in the file (``llm-not-recorded``); and every faulty item (``llm-answer``), unless they are salvaged.
        ValueError: if the options, the ontology or the rules do not go together, or a library is not installed.
        ConnectionError: if the server cannot be reached, or refuses whatever it is asked.
    """
    ontology = ontology or default_ontology()
    written = written_prompts(documents, asking, ontology, note)
    path = asking.replay or asking.responses
    transcript = Transcript(path, note=note, must_exist=asking.replay is not None)
    with nullcontext() if asking.replay else Client(asking) as client:
        run = _Run(asking, written, version(written), asking.claimed(ontology), transcript, client, note, progress)
        outcomes = each(run.document, documents, asking.concurrency)
    faults = [fault for outcome in outcomes for fault in outcome.faults]
    if faults:
        raise DataError(faults)
    replies = [reply for outcome in outcomes for reply in outcome.replies]
    asked = sum(outcome.asked for outcome in outcomes)
    if transcript.held and not asking.replay and (found := len(replies) - asked):
        by = f" by {first_ten(transcript.servers)}" if transcript.servers != [asking.base_url] else ""
        note(f"{counted(found, 'answer')} stood in {transcript.name} already{by}, and {_were(found)} not asked for again")
    completions = [completion_of(reply.body) for reply in replies]
    if others := sorted({c.model for c in completions if c.model} - {asking.model}):
        note(f"the server calls the model {first_ten(others)}")
    days = [c.created for c in completions if c.created is not None]
    return Extracted(
        model=asking.model,
        prompt=run.version,
        rows=tuple(outcome.row for outcome in outcomes if outcome.row is not None),
        unanswered=tuple(outcome.unanswered for outcome in outcomes if outcome.unanswered),
        salvaged=tuple(d.doc_id for d, outcome in zip(documents, outcomes, strict=True) if outcome.salvaged),
        usage=Usage.of(completions),
        answers=len(replies),
        asked=asked,
        date=datetime.fromtimestamp(min(days), UTC).date().isoformat() if days else None,
    )


def written_prompts(documents: Iterable[Document], asking: Asking, ontology: Ontology, note: Note) -> tuple[Prompt, ...]:
    """The prompts of the requests that each document takes; what is left out of them is noted."""
    rules = read_rules(asking.rules)
    fitting = rules.fitting(ontology)
    if len(fitting) < len(rules.rules):
        left = counted(len(rules.rules) - len(fitting), "rule")
        note(f"{left} of {len(rules.rules)} left out of the prompt: they name labels that the ontology has not")
    shown = _example(documents, ontology, note) if asking.examples else None
    return prompts(asking.requests(ontology), ontology, rules, shown)


def to_predictions(rows: Iterable[Row], documents: Iterable[Document]) -> tuple[Annotation, ...]:
    """The rows with offsets.

    Raises:
        DataError: every quote that is not where it is said to be, and every other fault of a row.
    """
    known = {d.doc_id: d for d in documents}
    read = [parse_quotes(row["doc_id"], line(row), known) for row in rows]
    if faults := [fault for _, found in read for fault in found]:
        raise DataError(faults)
    return tuple(row.annotation for held, _ in read for row in held)


def _example(documents: Iterable[Document], ontology: Ontology, note: Note) -> Example | None:
    found = example(ontology)
    if found is None:
        note("the prompt has no worked example: there is no validation document, or its labels are not those of the ontology")
    elif shown := found.shown_in(documents):
        note(f"the prompt has no worked example, for it would be of {first_ten(shown)}, which is to be scored")
        return None
    return found


def _were(n: int) -> str:
    return "was" if n == 1 else "were"


@dataclass(slots=True)
class _Outcome:
    """Of one document."""

    row: Row | None = None
    unanswered: Unanswered | None = None
    faults: list[Incident] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    asked: int = 0
    salvaged: bool = False


class _NoAnswerError(Exception):
    """The model gave nothing that can be used."""

    def __init__(self, incident: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.incident, self.hint = incident, hint


class _FailedError(Exception):
    """There is no answer, for reasons that are not the model's."""

    def __init__(self, incident: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.incident, self.hint = incident, hint


class _Run:
    """One run: what all documents share. Its methods are called from several threads."""

    def __init__(
        self,
        asking: Asking,
        written: Sequence[Prompt],
        version: str,
        claimed: tuple[str, ...],
        transcript: Transcript,
        client: Client | None,
        note: Note,
        progress: Callable[[], object],
    ) -> None:
        self.version = version
        self._asking, self._prompts, self._claimed = asking, written, claimed
        self._transcript, self._client, self._note, self._progress = transcript, client, note, progress
        known = [way for stated in transcript.ways if (way := way_of(stated))]
        self._way = known[-1] if known else Way()
        self._known = tuple(dict.fromkeys([*known, Way()]))
        self._answered = bool(known)
        self._lock = Lock()

    def document(self, document: Document) -> _Outcome:
        """Ask all that is to be asked of a document, until something goes wrong."""
        outcome = _Outcome()
        lists: Lists = {}
        for number, prompt in enumerate(self._prompts, 1):
            place = f"{document.doc_id}, {'+'.join(prompt.layers)}" if len(self._prompts) > 1 else document.doc_id
            try:
                lists |= self._layers(document, prompt, lists, place, outcome)
            except _NoAnswerError as fault:
                outcome.unanswered = Unanswered(document.doc_id, Incident(fault.incident, place, str(fault), fault.hint))
            except _FailedError as fault:
                outcome.faults.append(Incident(fault.incident, place, str(fault), fault.hint))
            self._progress()
            if outcome.faults or outcome.unanswered:
                for _ in self._prompts[number:]:
                    self._progress()
                return outcome
        asked = {layer: lists[layer] for layer in ITEMS if layer in lists}
        outcome.row = {"doc_id": document.doc_id, "layers": list(self._claimed), **asked}
        return outcome

    def _layers(self, document: Document, prompt: Prompt, found: Lists, place: str, outcome: _Outcome) -> Lists:
        """What one request finds; the faults of its items go to ``outcome``."""
        if prompt.idle(document, found):
            return {name: [] for name in prompt.lists}
        object_, completion = self._object(document, prompt, found, outcome)
        if not object_.whole:
            outcome.salvaged = True
            whole = counted(object_.items, "whole item")
            self._note(f"{place}: {completion.cut_words(object_.fault)}; {whole} of it kept, lists that it lacks are empty")
        answer = read_answer(object_.value, prompt.schema, found, place)
        if answer.foreign:
            keys = first_ten([f"{key} ({n}×)" for key, n in sorted(answer.foreign.items())])
            self._note(f"{place}: keys that nobody asked for are left out: {keys}")
        faults = [f for f in answer.faults if object_.whole or not f.message.endswith("is missing")]
        if not self._asking.salvage:
            outcome.faults += [Incident(f.id, f.place, f.message, f.hint or _MEND) for f in faults]
        elif faults:
            outcome.salvaged = True
            for fault in faults:
                self._note(f"left out: {fault.place}: {fault.message}")
        return answer.lists

    def _object(self, document: Document, prompt: Prompt, found: Lists, outcome: _Outcome) -> tuple[Object, Completion]:
        """The object of the answer, after a second try if the first holds none, and the completion that it is of."""
        limit = self._asking.max_tokens
        messages = prompt.messages(document, found)
        for attempt in range(1, _TRIES + 1):
            reply, asked = self._reply(document, prompt, messages, attempt, limit)
            outcome.replies.append(reply)
            outcome.asked += asked
            said = completion_of(reply.body)
            if said.refusal is not None:
                raise _NoAnswerError("llm-refusal", f"the model refuses: {cut(said.refusal, _SHOWN)}", _EMPTY)
            object_ = find_object(said.text, prompt.lists)
            if object_.whole or attempt == _TRIES:
                break
            if said.cut_off:
                if limit is None:
                    break
                limit *= 2
        if object_.whole or (self._asking.salvage and object_.value):
            return object_, said
        if said.cut_off:
            raise _NoAnswerError("llm-cut-off", f"{said.cut_words('')}, after {counted(object_.items, 'whole item')}", _MORE)
        if object_.value:
            message = f"{said.cut_words(object_.fault)}, after {counted(object_.items, 'whole item')}"
            raise _NoAnswerError("llm-broken-json", message, _KEEP)
        message = f"the answer is of no use: {object_.fault}: {cut(repr(said.text), _SHOWN)}" if said.text else said.lacking
        raise _NoAnswerError("llm-no-answer", message, _EMPTY)

    def _reply(
        self, document: Document, prompt: Prompt, messages: Sequence[Mapping[str, str]], attempt: int, limit: int | None
    ) -> tuple[Reply, int]:
        """The reply to a request, and how many (0 or 1) had to be asked for."""

        def request(way: Way) -> dict[str, Any]:
            # Another seed, for the same one may well bring the same answer.
            seed = self._asking.seed + attempt - 1
            return way.request(self._asking.model, messages, prompt.schema, seed=seed, max_tokens=limit)

        for way in dict.fromkeys([*self._known, self._way]):
            if held := self._transcript.get(key_of(request(way), attempt)):
                return held, 0
        if self._client is None:
            hint = "give the model and the options that it was asked with; the file says them"
            raise _FailedError("llm-not-recorded", f"{self._transcript.name} holds no answer to this request", hint)
        way, refusal = self._way, None
        while True:
            body = request(way)
            try:
                reply = self._client.post(body)
            except GaveUpError as fault:
                hint = "the answers until now are kept: run it again" if self._asking.responses else "run it again"
                raise _FailedError("llm-failed", str(fault), hint) from fault
            about = {
                "doc_id": document.doc_id,
                "text_sha256": document.text_sha256,
                "server": self._asking.base_url,
                "prompt": self.version,
                "asked": {**{k: v for k, v in body.items() if k != "response_format"}, "way": way.state(), "try": attempt},
            }
            self._transcript.add(key_of(body, attempt), reply, about)
            if reply.status == 200:
                self._settle(way)
                return reply, 1
            refusal = refusal or reply
            other = way.after(reply, tried=self._answered and way == self._way)
            if other is None:
                message = f"the server refuses the request (status {refusal.status}): {cut(str(_words(refusal.body)), _SHOWN)}"
                hint = "if it is too long for the model: --steps, --no-examples, or a model with a larger context"
                raise _FailedError("llm-refused", message, hint)
            way = other

    def _settle(self, way: Way) -> None:
        """This way has been answered; from now on it is gone first."""
        with self._lock:
            if way != self._way:
                old = self._way
                self._way = way
                self._known = tuple(dict.fromkeys([*self._known, old, way]))
                self._note(f"the server refuses a way of asking: {old.words(way)}")
            self._answered = True


_EMPTY: Final = "--missing empty counts the document as empty"
_MORE: Final = f"allow more with --max-tokens, ask for less at a time with --steps, keep its items with --salvage, or {_EMPTY}"
_KEEP: Final = f"keep its items with --salvage, or {_EMPTY}"
_MEND: Final = "--salvage leaves out what is faulty and keeps the rest; the answers are kept, and --replay reads them again"


def _words(body: Any) -> Any:
    error = body.get("error", body) if isinstance(body, dict) else body
    return error.get("message", error) if isinstance(error, dict) else error
