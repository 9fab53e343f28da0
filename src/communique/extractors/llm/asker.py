"""A document's requests in turn: each looked up before it is made, and made once more where that may help."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

from communique.extractors.llm.answer import Lists, Object, find_object, read_answer
from communique.extractors.llm.asking import Asking
from communique.extractors.llm.client import Client, GaveUpError, Reply
from communique.extractors.llm.completion import Completion, completion_of
from communique.extractors.llm.predictions import Note, Row
from communique.extractors.llm.prompt import Prompt
from communique.extractors.llm.transcript import Transcript, key_of
from communique.extractors.llm.way import Way, way_of
from communique.incident import Incident, cut
from communique.io.wire import ITEMS
from communique.model import Document
from communique.wording import counted, first_ten

_TRIES: Final = 2
"""An answer that cannot be read is asked for once more, with another seed, or with room for twice as much."""

_SHOWN: Final = 200

_EMPTY: Final = "--missing empty counts the document as empty"
_MORE: Final = f"allow more with --max-tokens, ask for less at a time with --steps, keep its items with --salvage, or {_EMPTY}"
_KEEP: Final = f"keep its items with --salvage, or {_EMPTY}"
_MEND: Final = "--salvage leaves out what is faulty and keeps the rest; the answers are kept, and --replay reads them again"


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A document of which there is no row, because the model gave no answer that can be used."""

    doc_id: str
    fault: Incident


@dataclass(slots=True)
class Outcome:
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


class Asker:
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

    def document(self, document: Document) -> Outcome:
        """Ask all that is to be asked of a document, until something goes wrong."""
        outcome = Outcome()
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

    def _layers(self, document: Document, prompt: Prompt, found: Lists, place: str, outcome: Outcome) -> Lists:
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

    def _object(self, document: Document, prompt: Prompt, found: Lists, outcome: Outcome) -> tuple[Object, Completion]:
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
            held = self._transcript.get(key_of(request(way), attempt))
            # What said nothing the last time may say something now; a replay has nothing else.
            if held and (self._client is None or completion_of(held.body).usable):
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


def _words(body: Any) -> Any:
    error = body.get("error", body) if isinstance(body, dict) else body
    return error.get("message", error) if isinstance(error, dict) else error
