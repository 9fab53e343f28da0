"""Re-judging: a fresh reader answers questions about single items without seeing what the passes said of them.

Some are items that both passes agree on, some are words that neither marks. A question does not tell which, so that the
reader's answer is a judgement of its own. A pair (filler and trigger, two mentions, two triggers) would tell by being asked
after, so pairs that neither pass relates are mixed in.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from communique.adjudication.compare import Comparison, Side, compare
from communique.adjudication.differences import Words
from communique.adjudication.records import Record, RecordReader
from communique.incident import DataError, Incident, shown
from communique.io.jsonl_decode import lines
from communique.model import Annotation, Document, Event, Mention, Span
from communique.ontology import Ontology, nearest

WORD: Final = "word"
PAIRS: Final = ("arguments", "relations", "event_relations")
SAMPLES: Final = ("agreed", "unmarked")


@dataclass(frozen=True, slots=True)
class Question:
    """``spans`` is the word, or the two ends: trigger and filler, or the first and the second of two.

    ``sample`` is ``agreed`` or ``unmarked``; ``layer`` what is asked: `WORD` or one of `PAIRS`. ``passes`` is what both
    passes say, in words, and ``answer`` the same to compare with: the content of a mention or event and the rest of its
    cluster, or the labels of a pair.
    """

    doc_id: str
    sample: str
    layer: str
    spans: tuple[Span, ...]
    passes: str
    answer: tuple[Any, ...]


def questions(
    twos: Sequence[tuple[Document, Annotation, Annotation]],
    words: Mapping[str, Sequence[Span]],
    ontology: Ontology,
    *,
    agreed: int,
    unmarked: int,
    seed: int,
) -> dict[str, tuple[Question, ...]]:
    """Draw the questions, by document, each document's in text order.

    ``words`` are the nouns and verbs of each document. Of those that lie in no mention and no trigger of either pass,
    ``unmarked`` are drawn; of all items that both passes agree on, ``agreed``; and for each pair among these, one that neither
    pass relates.

    Raises:
        ValueError: if there are fewer than are to be drawn.
    """
    stream = random.Random(seed)
    held: list[Question] = []
    free: list[Question] = []
    apart: dict[str, list[Question]] = {layer: [] for layer in PAIRS}
    for document, a, b in twos:
        c, say = compare(a, b, ontology), Words(document)
        held += _agreed(document, c, say)
        marked = [m.span for side in c.sides for m in side.mentions.values()]
        marked += [e.span for side in c.sides for e in side.events.values()]
        for word in words[document.doc_id]:
            if not any(word.overlap(span) for span in marked):
                free.append(Question(document.doc_id, "unmarked", WORD, (word,), "neither marks it", ()))
        for question in _apart(document.doc_id, c, say):
            apart[question.layer].append(question)
    drawn = _draw(held, agreed, stream, "items that both passes agree on") + _draw(free, unmarked, stream, "unmarked words")
    for layer, wanted in Counter(q.layer for q in drawn if q.layer != WORD).items():
        drawn += _draw(apart[layer], min(wanted, len(apart[layer])), stream, f"unrelated pairs of {layer}")
    order = {document.doc_id: n for n, (document, _, _) in enumerate(twos)}
    drawn.sort(key=lambda q: (order[q.doc_id], q.spans, q.layer))
    return {doc_id: tuple(q for q in drawn if q.doc_id == doc_id) for doc_id in order}


def _draw(given: Sequence[Question], wanted: int, stream: random.Random, what: str) -> list[Question]:
    if wanted > len(given):
        raise ValueError(f"{wanted} {what} are wanted, and there are {len(given)}")
    # random() is the one method whose stream Python promises to keep between versions.
    keys = [stream.random() for _ in given]
    return [given[n] for n in sorted(range(len(given)), key=keys.__getitem__)[:wanted]]


def _agreed(document: Document, c: Comparison, say: Words) -> Iterable[Question]:
    """An item of several words is asked after by its last word, as an unmarked word would be."""
    one, two = c.sides
    doc_id = document.doc_id
    last = {token.end: token for token in document.tokens}
    for mentions in (g for g in c.mentions if g.agreed):
        for slot, m in mentions.sides[0].items():
            if one.entity_of.get(slot) == two.entity_of.get(slot):
                others = _others(one.entity_of, slot, one.mentions)
                text = say.mention(m) + _together(others, say)
                yield Question(doc_id, "agreed", WORD, (last.get(m.span.end, m.span),), text, ("mention", *_mention(m), others))
    for events in (g for g in c.events if g.agreed):
        for slot, e in events.sides[0].items():
            if one.instance_of.get(slot) == two.instance_of.get(slot):
                others = _others(one.instance_of, slot, one.events)
                text = say.event(e) + _together(others, say)
                yield Question(doc_id, "agreed", WORD, (last.get(e.span.end, e.span),), text, ("event", *_event(e), others))
    for layer, (first, second), labels in _pairs(c):
        if labels[0] == labels[1]:
            yield Question(doc_id, "agreed", layer, (first, second), " and ".join(labels[0]), labels[0])


def _pairs(c: Comparison) -> Iterable[tuple[str, tuple[Span, Span], tuple[tuple[str, ...], ...]]]:
    """Every pair between agreed ends that either pass relates: its layer, its ends, and each pass's labels."""
    one, two = c.sides
    mentions = {s: m.span for g in c.mentions if g.agreed for s, m in g.sides[0].items()}
    events = {s: e.span for g in c.events if g.agreed for s, e in g.sides[0].items()}
    for e, m in sorted({(e, m) for side in c.sides for e, _, m in side.arguments}):
        if e in events and m in mentions:
            yield "arguments", (events[e], mentions[m]), (tuple(c.roles(0, e, m)), tuple(c.roles(1, e, m)))
    for layer, ends in (("relations", mentions), ("event_relations", events)):
        for h, t in sorted({(h, t) for side in c.sides for _, h, t in _links(side, layer)}):
            if h in ends and t in ends:
                labels = tuple(tuple(sorted(x for x, *pair in _links(side, layer) if pair == [h, t])) for side in (one, two))
                yield layer, (ends[h], ends[t]), labels


def _links(side: Side, layer: str) -> Iterable[tuple[str, int, int]]:
    return side.relations if layer == "relations" else side.event_relations


def _apart(doc_id: str, c: Comparison, say: Words) -> Iterable[Question]:
    """Pairs of one sentence that neither pass relates, though both mark both ends."""
    mentions = [(s, m.span) for g in c.mentions if g.agreed for s, m in g.sides[0].items()]
    events = [(s, e.span) for g in c.events if g.agreed for s, e in g.sides[0].items()]
    filled = {(e, m) for side in c.sides for e, _, m in side.arguments}
    ends = {"arguments": (events, mentions), "relations": (mentions, mentions), "event_relations": (events, events)}
    for layer, (heads, tails) in ends.items():
        linked = filled if layer == "arguments" else {(h, t) for side in c.sides for _, h, t in _links(side, layer)}
        for h, head in heads:
            for t, tail in tails:
                one_way = layer == "arguments" or head < tail
                if one_way and say.sentence(head) == say.sentence(tail) and not {(h, t), (t, h)} & linked:
                    yield Question(doc_id, "unmarked", layer, (head, tail), "neither relates them", ())


def _others(of: Mapping[int, int], slot: int, items: Mapping[int, Mention] | Mapping[int, Event]) -> tuple[Span, ...]:
    return tuple(sorted(items[s].span for s, label in of.items() if label == of.get(slot) and s != slot))


def _together(others: Sequence[Span], say: Words) -> str:
    return f", together with {', '.join(map(say.span, others[:3]))}{' …' * (len(others) > 3)}" if others else ""


def _mention(m: Mention) -> tuple[Any, ...]:
    return (m.span, m.type, m.kind or "", m.extent or m.span, m.value or "")


def _event(e: Event) -> tuple[Any, ...]:
    return (e.span, e.type, e.realis or "", e.polarity or "")


_HOW: Final = """\
Answer each question by the guidelines alone. Some of these words and pairs are to be marked, some are not; the questions do not
say which. One JSON object per line, each with a rule and a reason:

    {"question": 1, "answer": "none", "rule": "§5.3", "reason": "…"}
    {"question": 2, "answer": {"mention": {Q's keys, "type", "kind", "value", "extent": Q, "entity": Q}}, "rule": …, …}
    {"question": 3, "answer": {"event": {Q's keys, "type", "realis", "polarity", "instance": Q}}, "rule": …, …}
    {"question": 4, "answer": ["ACTOR"], "rule": …, "reason": …}

A word: "none" if it is neither a mention nor a trigger, nor lies in one (in an extent it may lie); else the mention or the
trigger that it is or lies in. Q is a quote {"text": "…", "sentence": 4, "occurrence": 2}; occurrence counts whole words from 1
within the sentence and may be left out where there is one. "entity" quotes another mention of the same entity, or is null if
it has none in this document; "instance" likewise another trigger of the same event instance. "kind", "value" and "extent" only
where they apply.

A pair: the list of roles of the filler in the event, or of the types of relation from the first to the second; or "none".
"""


def sheet(document: Document, asked: Sequence[Question]) -> str:
    """The questions about one document, as Markdown: instructions, numbered sentences, questions."""
    say = Words(document)
    lines = [f"# Questions about {document.doc_id}", "", _HOW, "## Text", "", "```text"]
    lines += [f"s{n}  {s.of(document.text)}" for n, s in enumerate(document.sentences, 1)]
    lines += ["```", "", "## Questions", ""]
    for n, q in enumerate(asked, 1):
        ends = [say.span(span) for span in q.spans]
        lines.append(f"{n}. {_ASKED[q.layer].format(*ends)}")
    return "\n".join(lines) + "\n"


_ASKED: Final = {
    WORD: "{0}: what is it?",
    "arguments": "Which roles does {1} fill of the event {0}?",
    "relations": "Which relations are there from {0} to {1}?",
    "event_relations": "Which event relations are there from {0} to {1}?",
}


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
        return ("mention", *_mention(m), read.get("entity"))
    e = Event("", read["span"], read["type"], read.get("realis"), read.get("polarity"))
    return ("event", *_event(e), read.get("instance"))


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
