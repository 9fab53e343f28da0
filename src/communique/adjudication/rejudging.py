"""Re-judging: a fresh reader answers questions about single items without seeing what the passes said of them.

Some are items that both passes agree on, some are words that neither marks. A question does not tell which, so that the
reader's answer is a judgement of its own. A pair (filler and trigger, two mentions, two triggers) would tell by being asked
after, so pairs that neither pass relates are mixed in.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from communique.adjudication.compare import Comparison, Side, compare, content_of
from communique.adjudication.differences import Words
from communique.adjudication.worksheet import numbered
from communique.model import Annotation, Document, Event, Mention, Span
from communique.ontology import Ontology

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
    """An item of several words is asked after by its last word, as an unmarked word would be. The rest of its cluster is what
    the first pass says it is."""
    one, two = c.sides
    doc_id = document.doc_id
    last = {token.end: token for token in document.tokens}
    for mentions in (g for g in c.mentions if g.agreed):
        for slot, m in mentions.sides[0].items():
            if one.entity_of.get(slot) == two.entity_of.get(slot):
                others = _others(one.entity_of, slot, one.mentions)
                text = say.mention(m) + _together(others, say)
                word, answer = last.get(m.span.end, m.span), ("mention", *content_of(m), others)
                yield Question(doc_id, "agreed", WORD, (word,), text, answer)
    for events in (g for g in c.events if g.agreed):
        for slot, e in events.sides[0].items():
            if one.instance_of.get(slot) == two.instance_of.get(slot):
                others = _others(one.instance_of, slot, one.events)
                text = say.event(e) + _together(others, say)
                word, answer = last.get(e.span.end, e.span), ("event", *content_of(e), others)
                yield Question(doc_id, "agreed", WORD, (word,), text, answer)
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
    lines = [f"# Questions about {document.doc_id}", "", _HOW, "## Text", "", *numbered(document), "", "## Questions", ""]
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
