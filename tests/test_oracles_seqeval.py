"""`Ent-C` and seqeval 1.2.2, the official scorer of labelled spans, on random tags, to the last bit.

`test_projection.py` and `test_score.py` write our spans as tags for seqeval; here it is the other way round: tags are drawn, an
independent reader turns them into spans, and seqeval reads them as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from random import Random

import pytest
from seqeval.metrics import classification_report
from seqeval.scheme import IOB2

from communique.model import Annotation, Document, Gold, Mention, Span
from communique.scorer import Figures, Result, score

CORPORA = 10_000
CHUNK = 1_000
LABELS = ("PER", "ORG", "GPE", "LOC", "MISC", "foo", "food", "per", "B", "I-O", "x-y-z", "_", "Ü", "1", "O", "avg", "a b")
"""Hyphens within a label are sound; seqeval merges labels that differ by those at their ends (see `test_peers.py`)."""

Tags = list[list[str]]


def tags(random: Random, labels: Sequence[str], lengths: Sequence[int]) -> Tags:
    """Sequences of tags, runs of one label likely, with what IOB2 does not allow: I- after O, or after another label."""
    found = []
    for length in lengths:
        sequence: list[str] = []
        label = random.choice(labels)
        for _ in range(length):
            if random.random() < 0.4:
                label = random.choice(labels)
            draw = random.random()
            if draw < 0.4:
                sequence.append("O")
            else:
                sequence.append(("B-" if draw < 0.7 else "I-") + label)
        found.append(sequence)
    return found


def disturbed(random: Random, sequences: Tags, labels: Sequence[str]) -> Tags:
    """The same with some tags exchanged, so that hits are neither none nor all."""
    others = tags(random, labels, list(map(len, sequences)))
    rate = random.choice((0.0, 0.1, 0.3, 1.0))
    return [
        [other if random.random() < rate else tag for tag, other in zip(*two, strict=True)]
        for two in zip(sequences, others, strict=True)
    ]


def chunks(sequence: Sequence[str]) -> list[tuple[int, int, str]]:
    """Strict IOB2: B- begins an entity, I- of its label directly after it goes on, and any other I- is no part of one."""
    found: list[tuple[int, int, str]] = []
    inside = False
    for n, tag in enumerate(sequence):
        if tag.startswith("B-"):
            found.append((n, n + 1, tag[2:]))
            inside = True
        elif inside and tag.startswith("I-") and tag[2:] == found[-1][2]:
            found[-1] = (found[-1][0], n + 1, tag[2:])
        else:
            inside = False
    return found


def annotation(doc_id: str, sequences: Tags) -> Annotation:
    """Every token is one character."""
    first, mentions = 0, []
    for sequence in sequences:
        mentions += [Mention("", Span(first + start, first + end), label) for start, end, label in chunks(sequence)]
        first += len(sequence)
    named = (Mention(f"m{n}", m.span, m.type) for n, m in enumerate(mentions))
    return Annotation(doc_id, ("mentions",), tuple(named))


def document(doc_id: str, sequences: Tags) -> Document:
    first, sentences = 0, []
    for sequence in sequences:
        sentences += [Span(first, first + len(sequence))] if sequence else []
        first += len(sequence)
    return Document(doc_id, "x" * first, "", tuple(sentences), tuple(Span(n, n + 1) for n in range(first)))


def drawn(seed: int) -> tuple[list[Tags], list[Tags]]:
    """The gold and the predicted tags of a corpus, document by document."""
    random = Random(seed)
    labels = random.sample(LABELS, random.randint(1, 12))
    golds = [
        tags(random, labels, [random.randint(0, 12) for _ in range(random.randint(1, 6))]) for _ in range(random.randint(1, 3))
    ]
    return golds, [disturbed(random, sequences, random.sample(labels, random.randint(1, len(labels)))) for sequences in golds]


def scored(golds: Sequence[Tags], preds: Sequence[Tags]) -> Result:
    ids = [f"d{n}" for n in range(len(golds))]
    gold = Gold(tuple(map(document, ids, golds)), tuple(map(annotation, ids, golds)), "test", "0", own=True)
    options = {"seqeval": False, "intervals": False, "errors": False}
    return score(gold, map(annotation, ids, preds), measures=["Ent-C"], **options)["Ent-C"]


def same(ours: Figures | Result, row: dict[str, float]) -> bool:
    """Equal to the last bit; where ours is undefined, seqeval says 0."""
    stated = (row["precision"], row["recall"], row["f1-score"])
    return tuple(x or 0.0 for x in (ours.precision, ours.recall, ours.f1)) == tuple(map(float, stated))


@pytest.mark.parametrize("first", range(0, CORPORA, CHUNK))
def test_labelled_spans_score_as_in_seqeval_to_the_last_bit(first: int) -> None:
    compared = 0
    for seed in range(first, first + CHUNK):
        golds, preds = drawn(seed)
        ours, flat = scored(golds, preds), [[s for d in side for s in d] for side in (golds, preds)]
        if not ours.labels:
            assert (ours.f1, ours.reason) == (None, "no gold and no predicted items")
            continue
        report = classification_report(*flat, mode="strict", scheme=IOB2, output_dict=True, zero_division=0)
        averages = {name: report.pop(f"{name} avg") for name in ("micro", "macro", "weighted")}
        assert list(report) == list(ours.labels), seed
        for label, part in ours.by("type").items():
            assert same(part, report[label]), (seed, label)
            assert part.tally.gold == report[label]["support"], (seed, label)
            assert (part.precision is None, part.recall is None) == (not part.tally.predicted, not part.tally.gold)
        assert same(ours, averages["micro"]), seed
        assert same(ours.macro_over_union(), averages["macro"]), seed
        assert same(ours.weighted(), averages["weighted"]), seed
        assert {row["support"] for row in averages.values()} == {ours.tally.gold}, seed
        compared += 1
    assert compared > 0.9 * CHUNK


def test_the_drawn_corpora_are_of_all_kinds() -> None:
    """So that the comparison says something: hits and misses, many labels, undefined figures, tags that IOB2 does not allow."""
    results = [scored(*drawn(seed)) for seed in range(300)]
    assert sum(0 < (r.f1 or 0) < 1 for r in results) > 100
    assert sum(len(r.labels) > 8 for r in results) > 20
    assert any(r.f1 == 1 for r in results)
    assert any(t.predicted and not t.gold for r in results for t in r.labels.values())
    assert any(t.gold and not t.predicted for r in results for t in r.labels.values())
    sequences = [s for seed in range(300) for side in drawn(seed) for d in side for s in d]
    assert any(tag.startswith("I-") and before == "O" for s in sequences for before, tag in pairwise(s))


def test_the_reader_keeps_to_iob2() -> None:
    read = ["I-A", "B-A", "I-A", "B-A", "I-B", "I-B", "O", "I-A", "B-x-y", "I-x-y", "I-x", "B-A"]
    assert chunks(read) == [(1, 3, "A"), (3, 4, "A"), (8, 10, "x-y"), (11, 12, "A")]
