"""Asking a model about documents, several at a time, with rows in the documents' order."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime

from communique.extractors.llm.asker import Asker, Unanswered
from communique.extractors.llm.asking import Asking
from communique.extractors.llm.client import Client
from communique.extractors.llm.completion import Usage, completion_of
from communique.extractors.llm.examples import Example, example
from communique.extractors.llm.predictions import Note, Row
from communique.extractors.llm.prompt import Prompt, prompts, read_rules, version
from communique.extractors.llm.transcript import Transcript
from communique.extractors.llm.work import each
from communique.incident import DataError
from communique.model import Document
from communique.ontology import Ontology, default_ontology
from communique.wording import counted, first_ten


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
        asker = Asker(asking, written, version(written), asking.claimed(ontology), transcript, client, note, progress)
        outcomes = each(asker.document, documents, asking.concurrency)
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
        prompt=asker.version,
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
