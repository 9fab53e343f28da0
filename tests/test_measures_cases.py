"""Cases worked out by hand, with exact fractions. What other scorers get wrong is in `test_peers.py`."""

from __future__ import annotations

from fractions import Fraction

import pytest

from communique.measures.measure import definition, parse
from communique.measures.tally import Tally, sentence_at, total
from communique.model import LAYERS, Annotation, Argument, Document, Event, Mention, Relation, Span
from communique.ontology import default_ontology

TEXT = "Ann of Acme met Bob to mend ties. Cy saw Ann."
SENTENCES = (Span(0, 33), Span(34, 45))
DOCUMENT = Document("d", TEXT, "unchecked", SENTENCES, tuple(Span(i, i + 1) for i, c in enumerate(TEXT) if c != " "))
ANN, ACME, MET, BOB, MEND, CY, SAW, ANN_2 = (
    Span(*bounds) for bounds in ((0, 3), (7, 11), (12, 15), (16, 19), (23, 27), (34, 36), (37, 40), (41, 44))
)


def mentions(*rows: tuple[Span, str] | tuple[Span, str, str | None]) -> tuple[Mention, ...]:
    return tuple(Mention(f"m{i}", *row) for i, row in enumerate(rows))


def annotation(
    found: tuple[Mention, ...] = (), events: tuple[Event, ...] = (), relations: tuple[Relation, ...] = ()
) -> Annotation:
    return Annotation("d", LAYERS, found, events=events, relations=relations)


def tallies(measure: str, gold: Annotation, pred: Annotation) -> dict[tuple[int | None, str], Tally]:
    return dict(definition(parse(measure)).tally(DOCUMENT, gold, pred, default_ontology()))


def tally(measure: str, gold: Annotation, pred: Annotation) -> Tally:
    return total(tallies(measure, gold, pred).values())


def counts(measure: str, gold: Annotation, pred: Annotation) -> tuple[int, int, int]:
    t = tally(measure, gold, pred)
    assert t.hits_predicted == t.hits_gold
    return t.hits_predicted, t.predicted, t.gold


def event(name: str, span: Span, kind: str, *arguments: tuple[str, str], realis: str | None = "ACTUAL") -> Event:
    return Event(name, span, kind, realis, arguments=tuple(Argument(role, filler) for role, filler in arguments))


PEOPLE = mentions((ANN, "PER"), (BOB, "PER"), (CY, "PER"), (ANN_2, "PER"), (ACME, "ORG"))


def test_a_duplicate_counts_against_precision() -> None:
    gold, pred = annotation(mentions((ANN, "PER"), (BOB, "PER"))), annotation(mentions(*[(ANN, "PER")] * 3))
    result = tally("Ent-C", gold, pred)
    assert result == Tally(1, 1, 3, 2)
    assert (Fraction(result.hits_predicted, result.predicted), Fraction(result.hits_gold, result.gold)) == (
        Fraction(1, 3),
        Fraction(1, 2),
    )
    assert result.f1 == pytest.approx(float(Fraction(2, 5)), abs=1e-15)


def test_a_gold_duplicate_wants_two_predictions() -> None:
    gold, pred = annotation(mentions((ANN, "PER"), (ANN, "PER"))), annotation(mentions((ANN, "PER")))
    assert counts("Ent-C", gold, pred) == (1, 1, 2)


def test_a_wrong_type_costs_ent_c_a_false_positive_and_a_miss_and_ent_i_nothing() -> None:
    gold, pred = annotation(mentions((ANN, "PER"))), annotation(mentions((ANN, "PERSON")))
    assert tallies("Ent-C", gold, pred) == {(0, "PER"): Tally(0, 0, 0, 1), (0, "PERSON"): Tally(0, 0, 1, 0)}
    assert counts("Ent-I", gold, pred) == (1, 1, 1)


def test_ner_leaves_nominals_and_pronouns_out_on_both_sides() -> None:
    rows = [(ANN, "PER", "NAM"), (ACME, "GPE", "ADJ"), (BOB, "PER", "NOM"), (CY, "PER", "PRO")]
    gold = annotation(mentions(*rows))
    assert counts("NER", gold, gold) == (2, 2, 2)
    assert counts("Ent-C", gold, gold) == (4, 4, 4)


def test_ner_counts_a_mention_without_kind_as_named() -> None:
    gold, pred = annotation(mentions((BOB, "PER", "NOM"))), annotation(mentions((BOB, "PER")))
    assert counts("NER", gold, pred) == (0, 1, 0)


def test_ner_counts_titles_and_times_whatever_their_kind() -> None:
    gold = annotation(mentions((BOB, "TITLE"), (CY, "TIME", "NOM")))
    assert counts("NER", gold, gold) == (2, 2, 2)


def test_a_class_is_right_where_the_type_is_wrong() -> None:
    gold, pred = annotation(events=(event("v", MET, "ACCUSE"),)), annotation(events=(event("v", MET, "REJECT"),))
    assert counts("Tri-C", gold, pred) == (0, 1, 1)
    assert tallies("Tri-C(level=class)", gold, pred) == {(0, "V-CONF"): Tally(1, 1, 1, 1)}


def test_an_unknown_event_type_is_a_class_of_its_own() -> None:
    gold, pred = annotation(events=(event("v", MET, "CONSULT"),)), annotation(events=(event("v", MET, "Meet"),))
    assert tallies("Tri-C(level=class)", gold, pred) == {(0, "CONSULT"): Tally(0, 0, 0, 1), (0, "Meet"): Tally(0, 0, 1, 0)}


def test_a_filler_in_two_roles_is_one_item_of_arg_i_and_two_of_arg_c() -> None:
    gold = annotation(PEOPLE, (event("v", MET, "ACCUSE", ("ACTOR", "m0"), ("RECIPIENT", "m1")),))
    pred = annotation(PEOPLE, (event("v", MET, "ACCUSE", ("ACTOR", "m0"), ("TOPIC", "m0")),))
    assert counts("Arg-I", gold, pred) == counts("Arg-I+", gold, pred) == (1, 1, 2)
    assert counts("Arg-C", gold, pred) == counts("Arg-C+", gold, pred) == (1, 2, 2)
    assert tallies("Arg-C", gold, pred) == {
        (0, "ACTOR"): Tally(1, 1, 1, 1),
        (0, "RECIPIENT"): Tally(0, 0, 0, 1),
        (0, "TOPIC"): Tally(0, 0, 1, 0),
    }


def test_a_filler_is_its_span_and_not_its_mention() -> None:
    gold = annotation(PEOPLE, (event("v", MET, "CONSULT", ("ACTOR", "m0")),))
    pred = annotation((Mention("other", ANN, "ORG"),), (event("w", MET, "CONSULT", ("ACTOR", "other")),))
    assert counts("Arg-C+", gold, pred) == (1, 1, 1)


def test_an_argument_on_a_wrong_event_type_misses() -> None:
    gold = annotation(PEOPLE, (event("v", MET, "CONSULT", ("ACTOR", "m0")),))
    pred = annotation(PEOPLE, (event("v", MET, "ACCUSE", ("ACTOR", "m0")),))
    for measure in ("Arg-I", "Arg-C", "Arg-I+", "Arg-C+"):
        assert counts(measure, gold, pred) == (0, 1, 1)


def test_an_argument_hits_in_its_own_triggers_sentence() -> None:
    """Unattached, the trigger may stand elsewhere: the prediction hits in its sentence, the gold is hit in its own."""
    gold = annotation(PEOPLE, (event("v", MET, "CONSULT", ("ACTOR", "m0")),))
    pred = annotation(PEOPLE, (event("v", SAW, "CONSULT", ("ACTOR", "m0")),))
    assert tallies("Arg-C", gold, pred) == {(0, "ACTOR"): Tally(0, 1, 0, 1), (1, "ACTOR"): Tally(1, 0, 1, 0)}


def test_equal_arguments_pair_within_their_sentence_first() -> None:
    twice = (event("v", MET, "CONSULT", ("ACTOR", "m0")), event("w", SAW, "CONSULT", ("ACTOR", "m0")))
    gold, pred = annotation(PEOPLE, twice), annotation(PEOPLE, twice[1:])
    assert tallies("Arg-C", gold, pred) == {(0, "ACTOR"): Tally(0, 0, 0, 1), (1, "ACTOR"): Tally(1, 1, 1, 1)}


def test_the_two_directions_of_a_symmetric_relation_are_told_by_spans_and_not_by_mention_types() -> None:
    """Two mentions stand on one span. Told apart by types, the directions would be two hits of Rel+ for one of Rel."""
    doubled = mentions((ANN, "GPE"), (BOB, "PER"), (ANN, "PER"))
    both = annotation(doubled, relations=(Relation("r", "TIES", "m0", "m1"), Relation("s", "TIES", "m1", "m2")))
    assert counts("Rel", both, both) == (1, 1, 1)
    assert counts("Rel+", both, both) == (1, 1, 1)
    forward = annotation(doubled, relations=both.relations[:1])
    assert counts("Rel+", both, forward) == (1, 1, 1)


def test_a_symmetric_relation_counts_as_often_as_in_its_more_frequent_direction() -> None:
    states = mentions((ANN, "GPE"), (BOB, "GPE"))
    three = tuple(Relation(f"r{i}", "TIES", *ends) for i, ends in enumerate((("m0", "m1"), ("m0", "m1"), ("m1", "m0"))))
    assert counts("Rel", annotation(states, relations=three[:1]), annotation(states, relations=three)) == (1, 2, 1)


def test_a_directed_relation_given_both_ways_is_one_hit_and_one_error() -> None:
    both = (Relation("r", "AFFILIATION", "m0", "m4"), Relation("s", "AFFILIATION", "m4", "m0"))
    assert counts("Rel", annotation(PEOPLE, relations=both[:1]), annotation(PEOPLE, relations=both)) == (1, 2, 1)


def test_a_wrong_mention_type_costs_the_strict_relation_only() -> None:
    """Boundaries and strict, as Taillé et al. 2020 tell them apart."""
    gold = annotation(mentions((ANN, "PER"), (ACME, "ORG")), relations=(Relation("r", "AFFILIATION", "m0", "m1"),))
    pred = annotation(mentions((ANN, "PER"), (ACME, "GPE")), relations=(Relation("r", "AFFILIATION", "m0", "m1"),))
    assert counts("Ent-C", gold, pred) == (1, 2, 2)
    assert counts("Rel", gold, pred) == (1, 1, 1)
    assert counts("Rel+", gold, pred) == (0, 1, 1)


def test_a_relation_belongs_to_the_sentence_of_its_head() -> None:
    gold = annotation(PEOPLE, relations=(Relation("r", "AFFILIATION", "m2", "m4"),))
    assert tallies("Rel", gold, gold) == {(1, "AFFILIATION"): Tally(1, 1, 1, 1)}


def test_a_symmetric_relation_belongs_to_the_sentence_of_its_earlier_end() -> None:
    gold, pred = (annotation(PEOPLE, relations=(Relation("r", "TIES", *ends),)) for ends in (("m2", "m0"), ("m0", "m2")))
    assert tallies("Rel", gold, pred) == {(0, "TIES"): Tally(1, 1, 1, 1)}


def test_realis_is_the_accuracy_on_triggers_that_are_right() -> None:
    gold = annotation(
        events=(event("a", MET, "CONSULT"), event("b", MEND, "IMPROVE", realis="POSSIBLE"), event("c", SAW, "CONSULT"))
    )
    pred = annotation(events=(event("a", MET, "CONSULT"), event("b", MEND, "IMPROVE"), event("c", SAW, "ACCUSE")))
    result = tally("Realis", gold, pred)
    assert result == Tally(1, 1, 2, 2)
    assert result.precision == result.recall == result.f1 == float(Fraction(1, 2))


def test_realis_compares_duplicates_as_multisets() -> None:
    gold = annotation(events=tuple(event(r, MET, "CONSULT", realis=r) for r in ("ACTUAL", "ACTUAL", "POSSIBLE")))
    pred = annotation(events=tuple(event(r, MET, "CONSULT", realis=r) for r in ("POSSIBLE", "PLANNED")))
    assert counts("Realis", gold, pred) == (1, 2, 2)


def test_a_predicted_event_without_realis_is_wrong() -> None:
    gold = annotation(events=(event("a", MET, "CONSULT"), event("b", SAW, "CONSULT")))
    pred = annotation(events=(event("a", MET, "CONSULT", realis=None), event("b", SAW, "CONSULT")))
    assert counts("Realis", gold, pred) == (1, 2, 2)


def test_a_gold_event_without_realis_is_not_compared() -> None:
    gold = annotation(events=(event("a", MET, "CONSULT"), event("b", SAW, "CONSULT", realis=None)))
    assert counts("Realis", gold, gold) == (1, 1, 1)
    assert counts("Realis", gold, annotation(events=(event("b", SAW, "CONSULT"),))) == (0, 0, 0)


def test_of_gold_events_on_one_trigger_only_those_with_realis_are_compared() -> None:
    gold = annotation(events=tuple(event(str(r), MET, "CONSULT", realis=r) for r in ("ACTUAL", None, None)))
    pred = annotation(events=tuple(event(r, MET, "CONSULT", realis=r) for r in ("PLANNED", "ACTUAL")))
    assert counts("Realis", gold, pred) == (1, 1, 1)


def test_an_item_belongs_to_the_sentence_of_its_first_character() -> None:
    starts = {0: 0, 2: 0, 4: 0, 5: 0, 6: 1, 8: 1, 9: 1}
    assert {position: sentence_at([2, 6], position) for position in starts} == starts
    assert sentence_at([], 0) is None


def test_an_argument_without_its_mention_is_an_error_that_names_it() -> None:
    broken = annotation(events=(event("v", MET, "CONSULT", ("ACTOR", "m9")),))
    with pytest.raises(ValueError, match="d#v: there is no mention 'm9'"):
        tally("Arg-C", broken, broken)
