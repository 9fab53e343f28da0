"""Cases worked out by hand, with exact fractions. What other scorers get wrong is in `test_peers.py`."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from communique.measures.measure import definition, parse
from communique.measures.tally import Tally, sentence_at, total
from communique.model import (
    LAYERS,
    Annotation,
    Argument,
    Document,
    Entity,
    Event,
    EventRelation,
    Instance,
    Mention,
    Relation,
    Span,
)
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


def test_realis_on_one_side_only_is_wrong_and_on_neither_is_left_out() -> None:
    gold = annotation(events=(event("a", MET, "CONSULT"), event("b", SAW, "CONSULT", realis=None)))
    pred = annotation(events=(event("b", SAW, "CONSULT"),))
    assert counts("Realis", gold, gold) == (1, 1, 1)
    assert counts("Realis", gold, pred) == counts("Realis", pred, gold) == (0, 1, 1)


def test_of_events_on_one_trigger_as_many_are_compared_as_one_side_has() -> None:
    gold = annotation(events=tuple(event(str(r), MET, "CONSULT", realis=r) for r in ("ACTUAL", None, None)))
    pred = annotation(events=tuple(event(r, MET, "CONSULT", realis=r) for r in ("PLANNED", "ACTUAL")))
    assert counts("Realis", gold, pred) == counts("Realis", pred, gold) == (1, 2, 2)
    silent = annotation(events=tuple(event(str(n), MET, "CONSULT", realis=None) for n in range(2)))
    assert counts("Realis", gold, silent) == counts("Realis", silent, gold) == (0, 0, 0)


def test_an_item_belongs_to_the_sentence_of_its_first_character() -> None:
    starts = {0: 0, 2: 0, 4: 0, 5: 0, 6: 1, 8: 1, 9: 1}
    assert {position: sentence_at([2, 6], position) for position in starts} == starts
    assert sentence_at([], 0) is None


def test_an_argument_without_its_mention_is_an_error_that_names_it() -> None:
    broken = annotation(events=(event("v", MET, "CONSULT", ("ACTOR", "m9")),))
    with pytest.raises(ValueError, match="d#v: there is no mention 'm9'"):
        tally("Arg-C", broken, broken)


@pytest.mark.parametrize(
    ("gold", "pred", "hits"),
    [
        (Mention("g", MET, "PER", "NOM", Span(7, 19)), Mention("p", Span(12, 19), "PER", "NOM"), 1),
        (Mention("g", MET, "PER", "NOM", Span(7, 19)), Mention("p", Span(7, 19), "PER"), 1),
        (Mention("g", MET, "PER", "NOM", Span(7, 19)), Mention("p", Span(7, 22), "PER", "NOM"), 0),
        (Mention("g", MET, "PER", "NOM", Span(7, 19)), Mention("p", Span(4, 15), "PER", "NOM"), 0),
        (Mention("g", MET, "PER", "NOM", Span(7, 19)), Mention("p", Span(16, 19), "PER", "NOM"), 0),
        (Mention("g", MET, "PER", "NOM", Span(7, 19)), Mention("p", Span(12, 14), "PER", "NOM"), 0),
        (Mention("g", MET, "PER", "NOM", Span(7, 19)), Mention("p", Span(12, 19), "PER", "NAM"), 0),
        (Mention("g", MET, "PER", "NOM", Span(7, 19)), Mention("p", Span(12, 19), "ORG", "NOM"), 0),
        (Mention("g", MET, "PER", "NOM"), Mention("p", Span(12, 19), "PER", "NOM"), 0),
        (Mention("g", MET, "PER", "NAM", Span(7, 19)), Mention("p", Span(12, 19), "PER", "NOM"), 0),
        (Mention("g", MET, "PER", "NAM", Span(7, 19)), Mention("p", MET, "PER", "NAM"), 1),
    ],
    ids=["to the end", "extent", "beyond", "before", "no head", "half", "name", "type", "no extent", "of a name", "exact"],
)
def test_a_nominal_may_be_anything_from_its_head_to_its_extent(gold: Mention, pred: Mention, hits: int) -> None:
    for two in ((gold, pred), (pred, gold)):
        assert counts("Ent-C(match=extent)", *(annotation((m,)) for m in two)) == (hits, 1, 1)


def test_of_overlapping_spans_as_many_pair_as_can() -> None:
    """The first that overlaps would take the only partner of the other."""
    gold = annotation(mentions((Span(0, 7), "PER"), (Span(4, 11), "PER")))
    pred = annotation(mentions((Span(5, 6), "PER"), (Span(2, 3), "PER"), (Span(0, 11), "PER")))
    assert counts("Ent-C(match=overlap)", gold, pred) == (2, 3, 2)
    assert counts("Ent-I(match=partial)", gold, pred) == (1, 3, 2)


def test_an_exact_span_is_not_given_away_for_two_halves() -> None:
    gold = annotation(mentions((Span(0, 6), "PER"), (Span(0, 11), "ORG")))
    pred = annotation(mentions((Span(0, 11), "PER"),))
    assert counts("Ent-I(match=partial)", gold, pred) == (1, 1, 2)


def test_events_of_other_types_are_no_part_of_a_subset_on_either_side() -> None:
    gold = annotation(events=(event("a", MET, "CONSULT"), event("b", SAW, "ACCUSE"), event("c", MEND, "IMPROVE")))
    pred = annotation(events=(event("a", MET, "CONSULT"), event("b", SAW, "REJECT"), event("c", MEND, "AGREE")))
    assert counts("Tri-C(types=CONSULT+ACCUSE)", gold, pred) == (1, 1, 2)
    assert counts("Tri-C(types=instances)", gold, pred) == (1, 3, 2)
    assert counts("Tri-I(types=IMPROVE)", gold, pred) == (0, 0, 1)


def test_polarity_is_the_accuracy_on_triggers_that_are_right() -> None:
    gold = annotation(events=tuple(Event(str(n), span, "CONSULT", polarity="NEG") for n, span in enumerate((MET, SAW, MEND))))
    pred = annotation(events=(Event("a", MET, "CONSULT", polarity="POS"), Event("b", SAW, "CONSULT", polarity="NEG")))
    assert counts("Polarity", gold, pred) == (1, 2, 2)


def clustered(*entities: tuple[tuple[str, ...], str | None], **more: Any) -> Annotation:
    named = tuple(Entity(f"e{n}", "PER", ids, None, wikidata) for n, (ids, wikidata) in enumerate(entities))
    return replace(annotation(PEOPLE), entities=named, **more)


def test_a_link_is_a_span_with_an_id_and_an_entity_without_one_says_nothing() -> None:
    gold = clustered((("m0", "m3"), "Q1"), (("m1",), "Q2"), (("m2",), None))
    pred = clustered((("m0",), "Q1"), (("m1",), "Q9"), (("m2",), "Q3"), (("m3",), None))
    assert counts("Link", gold, pred) == (1, 3, 3)
    assert counts("Link", gold, clustered((("m0", "m3", "m0"), "Q1"))) == (2, 2, 3)


def test_mentions_that_are_in_no_entity_are_entities_of_their_own_and_titles_are_none() -> None:
    gold = replace(clustered((("m0", "m3"), None)), mentions=(*PEOPLE, Mention("m9", MEND, "TITLE")))
    pred = replace(clustered((("m0", "m3", "m9"), None)), mentions=(*PEOPLE, Mention("m9", MEND, "TITLE")))
    assert tally("Coref(B3)", gold, pred) == Tally(5, 5, 5, 5)
    assert tally("Coref(CEAFe)", gold, annotation(PEOPLE[:1])) == Tally(Fraction(2, 3), Fraction(2, 3), 1, 4)


def test_events_that_take_no_part_in_instances_are_in_none() -> None:
    two = (event("v", MET, "CONSULT"), event("w", SAW, "STATEMENT"))
    gold = replace(annotation(events=two), instances=(Instance("i", ("v", "w")),))
    assert tally("EvCoref(B3)", gold, annotation(events=two[:1])) == Tally(1, 1, 1, 1)


def test_two_fillers_of_one_entity_want_two_mentions_of_it() -> None:
    gold = clustered((("m0", "m3"), None), events=(event("v", MET, "CONSULT", ("ACTOR", "m0"), ("ACTOR", "m3")),))
    one = annotation(PEOPLE, (event("v", MET, "CONSULT", ("ACTOR", "m3")),))
    thrice = annotation(PEOPLE, (event("v", MET, "CONSULT", *[("ACTOR", "m3")] * 3),))
    assert counts("Arg-C+(match=coref)", gold, one) == (1, 1, 2)
    assert counts("Arg-C+(match=coref)", gold, thrice) == (2, 3, 2)


TWO = (event("v", MET, "CONSULT", ("ACTOR", "m0")), event("w", SAW, "CONSULT", ("PARTICIPANT", "m1"), ("ACTOR", "m3")))
ONE_MEETING = clustered((("m0", "m3"), None), events=TWO, instances=(Instance("i", ("v", "w")),))


def test_an_instance_has_what_any_of_its_mentions_says_once_for_each_entity() -> None:
    assert counts("Arg-C(level=instance)", ONE_MEETING, ONE_MEETING) == (2, 2, 2)
    said_elsewhere = replace(ONE_MEETING, events=(TWO[0], event("w", SAW, "CONSULT", ("ACTOR", "m1"))))
    assert counts("Arg-C(level=instance)", ONE_MEETING, said_elsewhere) == (2, 2, 2)


def test_an_instance_that_is_split_costs_recall_and_one_that_is_merged_precision() -> None:
    split = replace(ONE_MEETING, instances=())
    assert counts("Arg-C(level=instance)", ONE_MEETING, split) == (2, 3, 2)
    assert counts("Arg-C(level=instance)", split, ONE_MEETING) == (2, 2, 3)


@pytest.mark.parametrize(("more", "role"), [(0, "ACTOR"), (1, "RECIPIENT")])
def test_of_instances_with_as_many_fillers_right_the_one_that_shares_more_triggers_is_aligned(more: int, role: str) -> None:
    triggers = [event("v", MET, "ACCUSE", ("ACTOR", "m0")), event("w", SAW, "ACCUSE", ("RECIPIENT", "m1"))]
    third = event("x", MEND, "ACCUSE")
    gold = replace(annotation(PEOPLE, (*triggers, third)), instances=(Instance("i", ("v", "w", "x")),))
    pred = replace(gold, instances=(Instance("i", (triggers[more].id, "x")),))
    for one, other in ((gold, pred), (pred, gold)):
        found = tallies("Arg-C(level=instance)", one, other)
        assert {label: t.hits_gold for (_, label), t in found.items()} == {"ACTOR": 0, "RECIPIENT": 0} | {role: 1}


def test_instances_that_share_no_trigger_are_not_aligned() -> None:
    gold = annotation(PEOPLE, (event("v", MET, "CONSULT", ("ACTOR", "m0")),))
    for span, kind in ((SAW, "CONSULT"), (MET, "ACCUSE")):
        pred = annotation(PEOPLE, (event("v", span, kind, ("ACTOR", "m0")),))
        assert tally("Arg-C(level=instance)", gold, pred).hits_gold == 0


def test_actor_and_participant_are_one_role_of_consult_alone() -> None:
    for kind, hits in (("CONSULT", 1), ("ACCUSE", 0)):
        gold, pred = (annotation(PEOPLE, (event("v", MET, kind, (role, "m0")),)) for role in ("ACTOR", "PARTICIPANT"))
        assert counts("Arg-C(level=instance)", gold, pred) == (hits, 1, 1)


def test_a_relation_of_two_entities_counts_once_whatever_the_mentions() -> None:
    both = (Relation("r", "AFFILIATION", "m0", "m4"), Relation("s", "AFFILIATION", "m3", "m4"))
    gold = clustered((("m0", "m3"), None), relations=both)
    assert counts("Rel", gold, gold) == (2, 2, 2)
    assert counts("Rel(level=entity)", gold, gold) == (1, 1, 1)
    assert counts("Rel(level=entity)", gold, annotation(PEOPLE, relations=both[1:])) == (1, 1, 1)
    another = (Relation("t", "AFFILIATION", "m1", "m4"),)
    assert counts("Rel(level=entity)", gold, annotation(PEOPLE, relations=both[:1] + another)) == (1, 2, 1)


def test_a_symmetric_relation_of_two_entities_has_no_order_whichever_mention_comes_first() -> None:
    gold = clustered((("m0", "m3"), None), relations=(Relation("r", "TIES", "m0", "m1"),))
    for ends in (("m1", "m3"), ("m3", "m1")):
        pred = annotation(PEOPLE, relations=(Relation("r", "TIES", *ends),))
        assert counts("Rel", gold, pred) == (0, 1, 1)
        assert counts("Rel(level=entity)", gold, pred) == (1, 1, 1)


def test_an_event_relation_is_its_type_and_triggers_whatever_the_events_are() -> None:
    two, others = ((event("v", MET, kind), event("w", SAW, kind)) for kind in ("CONSULT", "ACCUSE"))
    gold = replace(annotation(events=two), event_relations=(EventRelation("x", "CAUSE", "v", "w", (MEND,)),))
    assert counts("EvRel", gold, replace(annotation(events=others), event_relations=gold.event_relations)) == (1, 1, 1)
    assert counts("EvRel", gold, replace(gold, event_relations=(EventRelation("x", "CAUSE", "w", "v"),))) == (0, 1, 1)
    assert counts("EvRel", gold, replace(gold, event_relations=(EventRelation("x", "BEFORE", "v", "w"),))) == (0, 1, 1)
