"""What other scorers get wrong, and this one does not: each test names the tool, its version and the defect.

The tools that are installed are run, to show the defect. More of their cases: labels in `test_projection.py`, arguments and
relations in `test_published_regimes.py`, coreference in `test_measures_coref.py` and `test_published_coreference.py`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
import spacy
from nervaluate import Evaluator
from seqeval.metrics import classification_report, f1_score
from seqeval.scheme import IOB2
from spacy.scorer import Scorer
from spacy.tokens import Doc
from spacy.tokens import Span as Tokens
from spacy.training import Example
from test_measures_cases import (
    ACME,
    ANN,
    ANN_2,
    BOB,
    DOCUMENT,
    MET,
    PEOPLE,
    SAW,
    annotation,
    counts,
    event,
    mentions,
    tallies,
    tally,
)

from communique.incident import DataError
from communique.measures.measure import MEASURES, Measure, definition
from communique.measures.tally import Tally, total
from communique.model import Annotation, Entity, EventRelation, Gold, Instance, Mention, Relation, Span
from communique.ontology import default_ontology
from communique.scorer import Figures, Scores, score

STRICT: dict[str, Any] = {"mode": "strict", "scheme": IOB2, "zero_division": 0}
ONTOLOGY = default_ontology()
NOTHING = annotation()
FULL = replace(
    annotation(
        PEOPLE,
        (
            replace(event("v", MET, "CONSULT", ("ACTOR", "m0")), polarity="POS"),
            replace(event("w", SAW, "CONSULT", ("ACTOR", "m2")), polarity="NEG"),
        ),
        (Relation("r", "AFFILIATION", "m0", "m4"),),
    ),
    entities=(Entity("e", "PER", ("m0", "m3"), wikidata="Q1"),),
    instances=(Instance("i", ("v", "w")),),
    event_relations=(EventRelation("x", "CAUSE", "v", "w"),),
)
"""Every measure has something to count in it."""


def corpus(*golds: Annotation) -> Gold:
    named = tuple(replace(a, doc_id=f"d{n}") for n, a in enumerate(golds))
    return Gold(tuple(replace(DOCUMENT, doc_id=a.doc_id) for a in named), named, "test", "1.0.0#9f3c2e1a")


def scores(golds: Sequence[Annotation], preds: Sequence[Annotation], **options: Any) -> Scores:
    return score(corpus(*golds), [replace(a, doc_id=f"d{n}") for n, a in enumerate(preds)], **options)


def spans(*rows: tuple[int, int, str]) -> Annotation:
    return annotation(mentions(*((Span(start, end), label) for start, end, label in rows)))


# seqeval


@pytest.mark.parametrize("forgotten", ["scheme", "mode"])
def test_no_option_makes_the_score_lenient(forgotten: str) -> None:
    """seqeval 1.2.2: ``f1_score(mode="strict")`` without ``scheme``, or the reverse, scores leniently and says nothing. So does
    `evaluate.load("seqeval")` of Hugging Face by default."""
    golds, preds = [["B-PER", "I-PER"]], [["I-PER", "I-PER"]]
    assert f1_score(golds, preds, **STRICT) == 0
    assert f1_score(golds, preds, **{key: value for key, value in STRICT.items() if key != forgotten}) == 1
    result = scores([spans((0, 3, "PER"))], [spans((0, 2, "PER"))])["Ent-C"]
    assert result.f1 == result.seqeval.f1 == 0
    assert "mode" not in score.__kwdefaults__
    assert "scheme" not in score.__kwdefaults__


def test_a_corpus_without_entities_prints() -> None:
    """seqeval 1.2.2: the text report raises ValueError."""
    with pytest.raises(ValueError, match="empty sequence"):
        classification_report([["O"]], [["O"]], **STRICT)
    none = scores([NOTHING], [NOTHING])
    assert [line.split()[:4] for line in str(none).splitlines() if line.startswith("Ent-C ")] == [["Ent-C", "–", "–", "–"]]
    assert none["Ent-C"].reason == "no gold and no predicted items"


def test_a_corpus_without_documents_has_no_figures_but_reasons() -> None:
    """seqeval 1.2.2: every function raises TypeError."""
    with pytest.raises(TypeError):
        f1_score([], [], **STRICT)
    none = scores([], [])
    assert "Ent-C" in str(none)
    assert all((r.f1, bool(r.reason)) == (None, True) for r in none.results.values())


def test_a_mean_over_no_labels_is_undefined_and_no_nan() -> None:
    """seqeval 1.2.2: the macro average is NaN, which in JSON is no number."""
    with pytest.warns(RuntimeWarning):
        report = classification_report([["O"]], [["O"]], output_dict=True, **STRICT)
    assert math.isnan(report["macro avg"]["f1-score"])
    result = scores([NOTHING], [NOTHING])["Ent-C"]
    assert result.macro() == result.macro_over_union() == result.weighted() == Figures(None, None, None)


@pytest.mark.parametrize("one", ["foo-", "-foo", "foo--"])
def test_labels_that_differ_by_hyphens_at_their_ends_are_not_one(one: str) -> None:
    """seqeval 1.2.2 strips hyphens from labels in strict mode, so that B-foo- and B-foo are one."""
    assert f1_score([[f"B-{one}"]], [["B-foo"]], **STRICT) == 1
    result = scores([spans((0, 3, one))], [spans((0, 3, "foo"))])["Ent-C"]
    assert result.labels == {one: Tally(0, 0, 0, 1), "foo": Tally(0, 0, 1, 0)}
    assert result.seqeval == Figures(0.0, 0.0, 0.0)


def test_an_invented_label_does_not_move_the_macro_average_unless_the_signature_says_so() -> None:
    """seqeval 1.2.2 averages over gold and predicted types, so one prediction of a type of its own halves the mean."""
    golds, preds = [["B-PER", "O"]], [["B-PER", "B-foo"]]
    assert f1_score(golds, preds, average="macro", **STRICT) == 0.5
    gold, pred = spans((0, 3, "PER")), spans((0, 3, "PER"), (7, 11, "foo"))
    usual, union = scores([gold], [pred])["Ent-C"], scores([gold], [pred], macro="union")["Ent-C"]
    assert (usual.macro().f1, union.macro().f1) == (1, 0.5)
    assert "|macro:ontology|" in usual.signature
    assert "|macro:union|" in union.signature
    assert "|macro:union|" in union.short_signature
    assert usual.macro_over_union() == union.macro()


def test_an_option_that_would_be_ignored_is_refused() -> None:
    """seqeval 1.2.2 takes ``sample_weight``, in strict mode and without, and ignores it."""
    golds, preds = [["B-PER"], ["B-PER"]], [["B-PER"], ["O"]]
    assert f1_score(golds, preds, sample_weight=[1, 0], **STRICT) == f1_score(golds, preds, **STRICT) == pytest.approx(2 / 3)
    with pytest.raises(TypeError, match="sample_weight"):
        scores([NOTHING], [NOTHING], sample_weight=[1])


# nervaluate, conlleval, spaCy


def nervaluate(gold: Sequence[tuple[int, int, str]], pred: Sequence[tuple[int, int, str]], regime: str) -> float:
    sides = [[{"start": s, "end": e, "label": label} for s, e, label in side] for side in (gold, pred)]
    return float(Evaluator([sides[0]], [sides[1]], tags=["PER"]).evaluate()["overall"][regime].f1)


def test_the_order_of_two_predictions_is_irrelevant() -> None:
    """nervaluate 1.2.1: strict F1 is 0 or .667, for the first prediction that overlaps takes the gold entity."""
    gold, preds = [(0, 8, "PER")], [(0, 3, "PER"), (0, 8, "PER")]
    assert [nervaluate(gold, order, "strict") for order in permutations(preds)] == [0, pytest.approx(2 / 3)]
    for measure in MEASURES:
        results = [scores([spans(*gold)], [spans(*order)])[str(measure)].tally for order in permutations(preds)]
        assert results[0] == results[1], measure
    assert scores([spans(*gold)], [spans(*preds)])["Ent-C"].f1 == pytest.approx(2 / 3)


@pytest.mark.parametrize("measure", ["Ent-C", "Ent-C(match=overlap)", "Ent-I(match=partial)", "Ent-I(match=overlap)"])
def test_touching_spans_do_not_match(measure: str) -> None:
    """nervaluate 1.2.1 takes ends as inclusive, so that it sees [0, 5) and [5, 9) overlap."""
    assert nervaluate([(0, 5, "PER")], [(5, 9, "PER")], "ent_type") == 1
    assert counts(measure, spans((0, 5, "PER")), spans((5, 9, "PER"))) == (0, 1, 1)


def test_a_type_outside_the_ontology_is_a_false_positive() -> None:
    """nervaluate 1.2.1: predictions of types that are not listed vanish."""
    gold, pred = [(0, 3, "PER")], [(0, 3, "PER"), (16, 19, "PERSON")]
    assert nervaluate(gold, pred, "strict") == 1
    assert tallies("Ent-C", spans(*gold), spans(*pred)) == {(0, "PER"): Tally(1, 1, 1, 1), (0, "PERSON"): Tally(0, 0, 1, 0)}
    assert scores([spans(*gold)], [spans(*pred)])["Ent-C"].foreign == ("PERSON",)


def test_entities_that_touch_are_two() -> None:
    """conlleval.pl (CoNLL-2003): a B after an E does not end the chunk before it, so with half of the tags right F is 100."""
    two, one = spans((0, 3, "PER"), (3, 6, "PER")), spans((0, 6, "PER"))
    assert counts("Ent-C", two, one) == (0, 1, 2)
    assert counts("Ent-C", two, two) == (2, 2, 2)
    assert scores([two], [one])["Ent-C"].seqeval == Figures(0.0, 0.0, 0.0)


def test_a_prediction_that_cuts_a_token_is_a_false_positive() -> None:
    """spaCy 3.8's Scorer drops predicted spans that it cannot align with the gold's tokens: precision 100."""
    vocab = spacy.blank("en").vocab
    gold = Doc(vocab, words=["Ann", "met", "Bob"])
    pred = Doc(vocab, words=["Ann", "m", "et", "Bob"], spaces=[True, False, True, False])
    gold.ents = [Tokens(gold, 0, 1, "PER")]
    pred.ents = [Tokens(pred, 0, 1, "PER"), Tokens(pred, 1, 2, "PER")]
    assert Scorer.score_spans([Example(pred, gold)], "ents")["ents_p"] == 1
    assert counts("Ent-C", spans((0, 3, "PER")), spans((0, 3, "PER"), (4, 5, "PER"))) == (1, 2, 1)
    assert scores([spans((0, 3, "PER"))], [spans((0, 3, "PER"), (4, 5, "PER"))])["Ent-C"].seqeval.precision == 0.5


# TextEE, OmniEvent, DyGIE++


def test_arguments_of_two_events_of_one_type_do_not_merge_when_attached() -> None:
    """Two meetings, of Ann and Bob and of Cy; the system hangs all on the first and finds the second without arguments.

    TextEE (commit 25d5dca), which keeps (type, filler) in sets per document, gives such a system Arg-I F1 100, attached 33.3.
    """
    gold = annotation(
        PEOPLE,
        (
            event("v1", MET, "CONSULT", ("PARTICIPANT", "m0")),
            event("v2", SAW, "CONSULT", ("PARTICIPANT", "m1"), ("PARTICIPANT", "m2")),
        ),
    )
    pred = annotation(
        PEOPLE,
        (event("v1", MET, "CONSULT", *(("PARTICIPANT", f"m{i}") for i in range(3))), event("v2", SAW, "CONSULT")),
    )
    assert counts("Arg-I", gold, pred) == counts("Arg-C", gold, pred) == (3, 3, 3)
    assert counts("Arg-I+", gold, pred) == counts("Arg-C+", gold, pred) == (1, 3, 3)
    assert tally("Arg-C+", gold, pred).f1 == float(Fraction(1, 3))
    assert counts("Arg-C(level=instance)", gold, pred) == (1, 3, 3)


def test_one_filler_of_two_events_of_one_type_is_two_items() -> None:
    """TextEE (commit 25d5dca) keeps it once."""
    gold = annotation(PEOPLE, (event("v1", MET, "CONSULT", ("ACTOR", "m0")), event("v2", SAW, "CONSULT", ("ACTOR", "m0"))))
    pred = annotation(PEOPLE, (event("v1", MET, "CONSULT", ("ACTOR", "m0")),))
    assert counts("Arg-I", gold, pred) == (1, 1, 2)


def test_a_trigger_that_is_too_long_is_a_false_positive_and_a_miss() -> None:
    """OmniEvent gives credit for triggers that are too long."""
    gold, pred = annotation(events=(event("v", MET, "CONSULT"),)), annotation(events=(event("v", Span(12, 19), "CONSULT"),))
    assert counts("Tri-I", gold, pred) == counts("Tri-C", gold, pred) == (0, 1, 1)
    assert counts("Tri-C(match=overlap)", gold, pred) == (1, 1, 1)
    assert counts("Tri-I(match=partial)", gold, pred) == (Fraction(1, 2), 1, 1)


def test_two_predictions_at_one_trigger_are_two_whichever_is_right() -> None:
    """OmniEvent takes, of several predictions for a candidate, the one that has the gold's label."""
    gold = annotation(events=(event("v", MET, "CONSULT"),))
    pred = annotation(events=(event("v", MET, "ACCUSE"), event("w", MET, "CONSULT")))
    assert counts("Tri-C", gold, pred) == (1, 2, 1)


ONCE = {"Coref", "EvCoref", "Link", "Realis", "Polarity"}


@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_what_is_predicted_twice_is_found_once(measure: Measure) -> None:
    """DyGIE++ counts hits in lists, and has reached a recall of 2 and an F1 of 1.333.

    Of clusters and of sets the second is no other; of any other measure it costs precision.
    """
    twice = replace(
        FULL,
        mentions=(*FULL.mentions, *(replace(m, id=f"{m.id}b") for m in FULL.mentions)),
        events=(*FULL.events, *(replace(e, id=f"{e.id}b") for e in FULL.events)),
        relations=(*FULL.relations, replace(FULL.relations[0], id="s")),
        event_relations=(*FULL.event_relations, replace(FULL.event_relations[0], id="y")),
    )
    alone, doubled = (total(definition(measure).tally(DOCUMENT, FULL, pred, ONTOLOGY).values()) for pred in (FULL, twice))
    once = measure.name in ONCE or dict(measure.params).get("level") in ("instance", "entity")
    assert alone.hits_gold == alone.gold > 0
    assert doubled == (alone if once else replace(alone, predicted=2 * alone.predicted))


# DocRED, MAVEN-ERE

STATES = mentions((ANN, "GPE"), (BOB, "GPE"))


def test_an_empty_submission_has_recall_0() -> None:
    """DocRED's official scorer divides by the number of predictions, and so crashes."""
    gold = annotation(STATES, relations=(Relation("r", "TIES", "m0", "m1"),))
    for measure in ("Rel", "Rel+", "Rel(level=entity)"):
        result = scores([gold], [NOTHING])[measure]
        assert (result.precision, result.recall, result.f1) == (None, 0, 0)
        assert result.reason == "nothing was predicted, so precision is undefined"


def test_neither_evidence_nor_its_order_moves_a_score() -> None:
    """DocRED's evidence F1 depends on the order of the submission."""
    found = (event("v", MET, "CONSULT"), event("w", SAW, "CONSULT"))
    ordered = [
        EventRelation("x", "CAUSE", "v", "w", (ANN, BOB)),
        EventRelation("y", "BEFORE", "v", "w", (ACME,)),
        EventRelation("z", "BEFORE", "w", "v"),
    ]
    gold = replace(annotation(events=found), event_relations=tuple(ordered[:2]))
    for order in permutations(ordered):
        turned = tuple(replace(x, evidence=x.evidence[::-1]) for x in order)
        assert counts("EvRel", gold, replace(gold, event_relations=turned)) == (2, 3, 2)


@pytest.mark.parametrize("measure", ["Rel", "Rel+", "Rel(level=entity)"])
def test_a_symmetric_relation_given_both_ways_is_one_item(measure: str) -> None:
    """MAVEN-ERE's scorer punishes it."""
    one, both = (Relation("r", "TIES", "m0", "m1"),), (Relation("r", "TIES", "m1", "m0"), Relation("s", "TIES", "m0", "m1"))
    assert counts(measure, annotation(STATES, relations=one), annotation(STATES, relations=both)) == (1, 1, 1)
    assert counts(measure, annotation(STATES, relations=one), annotation(STATES, relations=both[:1])) == (1, 1, 1)


@pytest.mark.parametrize("kind", ["TIES", "AFFILIATION"])
@pytest.mark.parametrize("measure", ["Rel", "Rel+", "Rel(level=entity)"])
def test_a_relation_of_a_mention_to_itself_is_an_item(measure: str, kind: str) -> None:
    """MAVEN-ERE's scorer raises KeyError."""
    own = annotation(STATES, relations=(Relation("r", kind, "m0", "m0"),))
    assert counts(measure, own, own) == (1, 1, 1)
    assert counts(measure, annotation(STATES), own) == (0, 1, 0)


def test_an_event_before_itself_is_an_item() -> None:
    """MAVEN-ERE's scorer raises KeyError."""
    own = replace(
        annotation(events=(event("v", MET, "CONSULT"),)), event_relations=(EventRelation("x", "BEFORE", "v", "v"),)
    )
    assert counts("EvRel", own, own) == (1, 1, 1)
    assert counts("EvRel", replace(own, event_relations=()), own) == (0, 1, 0)


def test_an_id_that_names_nothing_is_refused() -> None:
    """MAVEN-ERE's scorer looks at pairs of gold ids only, so a relation of an unknown id costs nothing."""
    gold = annotation(STATES, (event("v", MET, "CONSULT"),))
    for damage in (
        {"relations": (Relation("r", "TIES", "m0", "m9"),)},
        {"event_relations": (EventRelation("x", "CAUSE", "v", "v9"),)},
        {"entities": (Entity("e", "GPE", ("m9",)),)},
    ):
        with pytest.raises(DataError) as caught:
            scores([gold], [replace(gold, **damage)])
        assert [i.id for i in caught.value.incidents] == ["dangling-id"]


# CoNLL reference scorer, coval


@pytest.mark.parametrize("family", ["Coref", "EvCoref"])
def test_a_perfect_answer_of_singletons_has_no_muc_and_not_0(family: str) -> None:
    """The CoNLL reference scorer (v8.01) and coval give MUC 0, and so a CoNLL score of .667, to a perfect answer."""
    alone = annotation(PEOPLE, (event("v", MET, "CONSULT"), event("w", SAW, "CONSULT")))
    perfect = scores([alone], [alone])
    assert (perfect[f"{family}(MUC)"].f1, perfect[f"{family}(B3)"].f1, perfect[f"{family}(CEAFe)"].f1) == (None, 1, 1)
    assert perfect[f"{family}(MUC)"].reason == "no link between two mentions on either side"
    assert perfect[f"{family}(CoNLL)"].f1 is None
    assert perfect[f"{family}(CoNLL)"].reason == "MUC is undefined"
    assert perfect[f"{family}(LEA)"].f1 == 1


def test_a_document_of_singletons_does_not_lower_the_muc_of_a_corpus() -> None:
    alone = annotation(PEOPLE)
    linked = replace(alone, entities=(Entity("e", "PER", ("m0", "m3")),))
    assert scores([alone, linked], [alone, linked])["Coref(MUC)"].f1 == 1


@pytest.mark.parametrize("metric", ["MUC", "B3", "CEAFe", "LEA"])
def test_a_mention_given_twice_is_one_mention(metric: str) -> None:
    """The CoNLL reference scorer and coval differ on it: one removes the second, the other counts both."""
    linked = replace(annotation(PEOPLE), entities=(Entity("e", "PER", ("m0", "m3")),))
    listed_twice = replace(linked, entities=(Entity("e", "PER", ("m0", "m3", "m0")),))
    copied = replace(
        linked, mentions=(*PEOPLE, Mention("m9", ANN, "PER")), entities=(Entity("e", "PER", ("m0", "m3", "m9")),)
    )
    expected = tallies(f"Coref({metric})", linked, linked)
    for other in (listed_twice, copied):
        assert tallies(f"Coref({metric})", linked, other) == tallies(f"Coref({metric})", other, linked) == expected


@pytest.mark.parametrize("broken", ["gold", "prediction"])
def test_a_mention_in_two_entities_is_refused(broken: str) -> None:
    """The Perl scorer stops at case A9 of its own suite, which has one, or keeps the first; its README removes the second."""
    sound = replace(annotation(PEOPLE), entities=(Entity("e", "PER", ("m0", "m3")),))
    twice = replace(sound, entities=(*sound.entities, Entity("f", "PER", ("m0", "m1"))))
    with pytest.raises(DataError) as caught:
        scores(*([twice], [sound]) if broken == "gold" else ([sound], [twice]))
    assert [i.id for i in caught.value.incidents] == ["span-in-two-entities"]


# Almost all


def test_every_figure_has_its_intervals_or_the_reason_why_not() -> None:
    """None of the tools above gives any."""
    part = replace(
        FULL, mentions=PEOPLE[:-1], relations=(), events=FULL.events[:1], instances=(), event_relations=()
    )
    both = scores([FULL] * 4, [FULL, part, FULL, part])
    for name, result in both.results.items():
        assert result.intervals.keys() == {"precision", "recall", "f1"}, name
        for figure, intervals in result.intervals.items():
            assert [i.unit for i in intervals] == ["document", "sentence"], name
            for i in intervals:
                assert (i.low is None) == (i.high is None) == (i.reason is not None), (name, figure)
                value = getattr(result, figure)
                assert i.low is None or 0 <= i.low <= value <= i.high <= 1, (name, figure)
    assert both["Ent-C"].intervals["f1"][0].low is not None


def test_a_filler_may_be_any_mention_of_its_entity() -> None:
    """None of the tools above offers it."""
    gold = replace(
        annotation(PEOPLE, (event("v", MET, "CONSULT", ("ACTOR", "m0")),)), entities=(Entity("e", "PER", ("m0", "m3")),)
    )
    pred = annotation((Mention("a", ANN_2, "PER"),), (event("v", MET, "CONSULT", ("ACTOR", "a")),))
    assert counts("Arg-C+", gold, pred) == (0, 1, 1)
    assert counts("Arg-C+(match=coref)", gold, pred) == (1, 1, 1)
