"""Other scorers than seqeval, held against ours: seqscore on random tags, scikit-learn's accuracy on attributes of triggers."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from seqscore.scoring import score_label_sequences
from sklearn.metrics import accuracy_score, precision_recall_fscore_support
from strategies import Pair, corpora, corpus
from test_oracles_seqeval import drawn, scored

from communique.model import Event, Gold
from communique.scorer import score


def flat(seed: int) -> tuple[list[list[str]], list[list[str]]]:
    golds, preds = drawn(seed)
    sides = ([sequence for d in side for sequence in d if sequence] for side in (golds, preds))
    return next(sides), next(sides)


@pytest.mark.parametrize("first", range(0, 500, 100))
def test_labelled_spans_are_those_that_seqscore_counts_if_it_discards_what_iob2_does_not_allow(first: int) -> None:
    """seqscore 0.9.0 leaves such tags to no rule of its own: ``discard`` is the repair that strict IOB2 asks for."""
    for seed in range(first, first + 100):
        ours, (golds, preds) = scored(*drawn(seed)), flat(seed)
        theirs, _ = score_label_sequences(preds, golds, "BIO", repair="discard")
        assert {label: (t.hits_gold, t.predicted, t.gold) for label, t in ours.labels.items()} == {
            label: (row.true_pos, row.total_pos, row.total_ref) for label, row in theirs.type_scores.items()
        }, seed
        assert (theirs.true_pos, theirs.total_pos, theirs.total_ref) == (
            ours.tally.hits_gold,
            ours.tally.predicted,
            ours.tally.gold,
        ), seed
        assert (theirs.precision, theirs.recall) == (ours.precision or 0.0, ours.recall or 0.0), seed
        assert theirs.f1 == pytest.approx(ours.f1 or 0.0, abs=1e-15), seed


def alone(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """The first event at each place, so that each trigger has one partner at most, with its values given."""
    first = {e.span: e for e in reversed(events)}
    return tuple(replace(e, realis=e.realis or "ACTUAL", polarity=e.polarity or "POS") for e in first.values())


@settings(max_examples=150)
@given(triples=corpora)
def test_attributes_score_as_the_accuracy_on_triggers_that_both_sides_have(triples: list[Pair]) -> None:
    gold, preds = corpus(triples)
    golds = tuple(replace(a, events=alone(a.events), instances=(), event_relations=()) for a in gold.annotations)
    preds = [replace(a, events=alone(a.events), instances=(), event_relations=()) for a in preds]
    scores = score(
        Gold(gold.documents, golds, "test", "0"), preds, measures=["Realis", "Polarity"], intervals=False, errors=False
    )
    for name in ("realis", "polarity"):
        pairs = [
            (e.type, getattr(e, name), getattr(other, name))
            for a, b in zip(golds, preds, strict=True)
            for e in a.events
            for other in b.events
            if (e.span, e.type) == (other.span, other.type)
        ]
        result = scores[name.capitalize()]
        if not pairs:
            assert (result.f1, bool(result.reason)) == (None, True)
            continue
        kinds, wanted, given_ = zip(*pairs, strict=True)
        accuracy = accuracy_score(wanted, given_)
        assert (result.precision, result.recall) == (accuracy, accuracy)
        assert result.f1 == pytest.approx(accuracy, abs=1e-15)
        for kind, part in result.by("type").items():
            of = [n for n, own in enumerate(kinds) if own == kind]
            assert part.recall == accuracy_score([wanted[n] for n in of], [given_[n] for n in of])


def test_figures_of_counts_are_scikit_learns() -> None:
    """One item per token, so that its per-class figures are those of labelled spans."""
    random = Random(0)
    for _ in range(200):
        labels = random.sample(("A", "B", "C", "D"), random.randint(1, 4))
        golds = [f"B-{random.choice(labels)}" for _ in range(random.randint(1, 12))]
        preds = [f"B-{random.choice(labels)}" for _ in golds]
        ours, names = scored([[golds]], [[preds]]), sorted({tag[2:] for tag in (*golds, *preds)})
        each = precision_recall_fscore_support(golds, preds, labels=[f"B-{name}" for name in names], zero_division=0)
        for name, p, r, f, support in zip(names, *each, strict=True):
            t = ours.labels[name]
            assert (t.precision or 0.0, t.recall or 0.0, t.gold) == (p, r, support)
            assert t.f1 == pytest.approx(f, abs=1e-15)
        for average, means in (("macro", ours.macro_over_union()), ("weighted", ours.weighted())):
            theirs = precision_recall_fscore_support(golds, preds, average=average, zero_division=0)
            assert (means.precision, means.recall, means.f1) == pytest.approx(theirs[:3], abs=1e-15)
