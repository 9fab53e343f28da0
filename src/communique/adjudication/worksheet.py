"""The adjudicator's worksheet: the text, both readings of every difference as X and Y, nothing that tells whose they are."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from communique.adjudication.compare import PASSES
from communique.adjudication.differences import Difference
from communique.model import Document

_HOW = """\
Decide each difference by the guidelines alone: X, Y, or other (both may be wrong). Which pass is X changes from item to
item. What stands in [square brackets] goes with a mention or event and is decided with it. Write one JSON object per
line, each with a rule and a reason:

    {"difference": 1, "decision": "X", "rule": "§5.3", "reason": "…"}
    {"difference": 2, "decision": "other", "reading": [RECORD, …], "rule": "§2", "reason": "…"}
    {"edit": {"layer": "events", "remove": RECORD, "add": RECORD}, "rule": "§3", "reason": "…"}

A reading is a list of records (empty: nothing there). An edit changes what both passes agree on, after the decisions; its
remove or add may be null; only mentions, events, arguments, relations and event_relations can be removed. Q is a quote
{"text": "…", "sentence": 4, "occurrence": 2}; occurrence counts whole words from 1 within the sentence and may be left out
where there is one. Records, by layer:

    mentions         Q's keys, "type", "kind", "value", "extent": Q, "entity": Q of another mention of its entity, or null
    events           Q's keys, "type", "realis", "polarity", "instance": Q of another trigger of its instance, or null
    arguments        "event": Q, "role", "mention": Q        (in a decision the role is enough)
    relations        "type", "head": Q, "tail": Q            event_relations: the same and "evidence": [Q, …]
    entities         "mentions": [Q, …], "with": Q of a mention of the entity they belong to, or null for one of their own
    entity           "mention": Q, and any of "type", "name", "wikidata", "members": [Q of each member entity, …]
    instances        "events": [Q, …], "with": Q or null
"""


def draw(found: Sequence[Difference], seed: int) -> dict[int, str]:
    """For each difference, the pass that the worksheet calls X; drawn anew for every difference."""
    # random() is the one method whose stream Python promises to keep between versions.
    stream = random.Random(seed)
    return {d.number: PASSES[int(stream.random() < 0.5)] for d in found}


def worksheet(
    document: Document, found: Sequence[Difference], x_is: Mapping[int, str], both: Mapping[int, Sequence[str]] | None = None
) -> str:
    """The worksheet as Markdown: instructions, numbered sentences, the differences of each sentence in order.

    ``both`` is what `agreed` gives; it is shown at the end.
    """
    lines = [f"# Adjudication of {document.doc_id}", "", f"{len(found)} differences.", "", _HOW, "## Text", ""]
    lines += [*numbered(document), "", "## Differences"]
    last = None
    for d in found:
        if d.sentence != last and d.sentence:
            last, sentence = d.sentence, document.sentences[d.sentence - 1].of(document.text)
            lines += ["", f"### s{d.sentence}", "", "```text", sentence, "```"]
        x, y = d.readings if x_is[d.number] == PASSES[0] else d.readings[::-1]
        kind = "entity" if d.key[0] == "entity" else d.layer
        lines += ["", f"**{d.number}. {kind}**: “{d.words}”", "", f"- X: {x.text}", f"- Y: {y.text}"]
    if both:
        lines += ["", "## What both passes say", "", *told(both)]
    return "\n".join(lines) + "\n"


def numbered(document: Document) -> list[str]:
    """The sentences with their numbers, in a code block, in which a text stands as it is: Markdown would read its asterisks and
    brackets."""
    return ["```text", *(f"s{n}  {s.of(document.text)}" for n, s in enumerate(document.sentences, 1)), "```"]


def told(said: Mapping[int, Sequence[str]], clusters: str = "clusters") -> list[str]:
    """What `agreed` gives, sentence by sentence, in a code block; ``clusters`` is the heading of those, which come last."""
    lines = ["```text"]
    for number, these in sorted(said.items(), key=lambda item: (not item[0], item[0])):
        lines += [f"s{number}" if number else clusters, *(f"    {line}" for line in these)]
    return [*lines, "```"]
