"""Errors of each kind worked out by hand, and the laws that hold for all."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Pair, pairs

from communique.errors import KINDS, Confusion, Error, Reading, Share, confusions, errors, summary
from communique.errors.items import ITEMS, Stated
from communique.errors.kinds import JUDGES, ONE_SIDED, TWO_SIDED, Near
from communique.errors.pairing import pair
from communique.errors.sections import RULES, section
from communique.measures.measure import definition, parse
from communique.measures.side import Sentences, Side
from communique.measures.tally import Tally, total
from communique.model import Annotation, Argument, Document, Entity, Event, EventRelation, Mention, Relation, Span
from communique.ontology import default_ontology, empty_ontology

ONTOLOGY = default_ontology()
MANUAL = (Path(__file__).parents[1] / "guidelines" / "guidelines.md").read_text(encoding="utf-8")
WORDS = 40
"""Words of four characters in sentences of ten; a test names them by number."""
DOCUMENT = Document(
    "d",
    "word " * WORDS,
    "unchecked",
    tuple(Span(50 * n, 50 * n + 49) for n in range(WORDS // 10)),
    tuple(Span(5 * n, 5 * n + 4) for n in range(WORDS)),
)
SENTENCES = Sentences(DOCUMENT)


def words(first: int, last: int | None = None) -> Span:
    return Span(5 * first, 5 * (first if last is None else last) + 4)


def side(annotation: Annotation, document: Document = DOCUMENT) -> Side:
    return Side(SENTENCES if document is DOCUMENT else Sentences(document), annotation, ONTOLOGY)


def found(measure: str, gold: Annotation, pred: Annotation, document: Document = DOCUMENT) -> list[Error]:
    return errors(measure, side(gold, document), side(pred, document))


def kinds(measure: str, gold: Annotation, pred: Annotation) -> list[str]:
    return [error.kind for error in found(measure, gold, pred)]


def tally(measure: str, gold: Annotation, pred: Annotation, document: Document = DOCUMENT) -> Tally:
    return total(definition(parse(measure)).tally(document, gold, pred, ONTOLOGY).values())


def mentions(*rows: tuple[Span, str] | tuple[Span, str, str]) -> Annotation:
    return Annotation("d", mentions=tuple(Mention(f"m{n}", *row) for n, row in enumerate(rows)))


def triggers(*rows: tuple[Span, str]) -> Annotation:
    return Annotation("d", events=tuple(Event(f"v{n}", *row) for n, row in enumerate(rows)))


def arguments(*rows: tuple[str, Span, Span, str]) -> Annotation:
    """Events of one argument each, of rows (event type, trigger, filler, role)."""
    return Annotation(
        "d",
        mentions=tuple(Mention(f"m{n}", filler, "PER", "NAM") for n, (_, _, filler, _) in enumerate(rows)),
        events=tuple(
            Event(f"v{n}", trigger, kind, arguments=(Argument(role, f"m{n}"),))
            for n, (kind, trigger, _, role) in enumerate(rows)
        ),
    )


def relations(*rows: tuple[str, Span, Span]) -> Annotation:
    """The same rows as relations between mentions and as relations between events."""
    ends = [(f"{what}{n}", span) for n, (_, head, tail) in enumerate(rows) for what, span in (("h", head), ("t", tail))]
    return Annotation(
        "d",
        mentions=tuple(Mention(name, span, "GPE", "NAM") for name, span in ends),
        events=tuple(Event(name, span, "CONSULT") for name, span in ends),
        relations=tuple(Relation(f"r{n}", kind, f"h{n}", f"t{n}") for n, (kind, _, _) in enumerate(rows)),
        event_relations=tuple(EventRelation(f"x{n}", kind, f"h{n}", f"t{n}") for n, (kind, _, _) in enumerate(rows)),
    )


def links(*rows: tuple[Span, str]) -> Annotation:
    return Annotation(
        "d",
        mentions=tuple(Mention(f"m{n}", span, "GPE", "NAM") for n, (span, _) in enumerate(rows)),
        entities=tuple(Entity(f"e{n}", "GPE", (f"m{n}",), wikidata=wikidata) for n, (_, wikidata) in enumerate(rows)),
    )


# Spans


@pytest.mark.parametrize(
    ("pred", "kind"),
    [
        ((words(3, 4), "ORG"), "type"),
        ((words(4, 5), "PER"), "boundary"),
        ((words(4), "ORG"), "type+boundary"),
        ((words(7), "PER"), "spurious"),
        ((words(5), "PER"), "spurious"),  # it only touches
    ],
)
def test_a_wrong_span_is_a_mention_of_another_type_or_with_another_boundary_or_spurious(
    pred: tuple[Span, str], kind: str
) -> None:
    gold, other = mentions((words(3, 4), "PER")), mentions(pred)
    assert sorted(kinds("Ent-C", gold, other)) == sorted([kind, "missed"] if kind == "spurious" else [kind])
    assert sorted(kinds("Tri-C", triggers((words(3, 4), "PER")), triggers(pred))) == sorted(kinds("Ent-C", gold, other))


def test_a_second_copy_of_a_hit_is_a_duplicate() -> None:
    gold, pred = mentions((words(0), "PER")), mentions((words(0), "PER"), (words(0), "PER"))
    assert kinds("Ent-C", gold, pred) == ["duplicate"]
    assert found("Ent-C", gold, pred)[0].pred == Reading("PER", {"span": words(0)}, ("m1",))


def test_a_second_copy_of_what_is_wrong_is_spurious() -> None:
    gold, pred = mentions((words(0), "PER")), mentions((words(0), "ORG"), (words(0), "ORG"))
    assert kinds("Ent-C", gold, pred) == ["type", "spurious"]


def test_a_copy_in_the_gold_that_is_not_predicted_twice_is_missed() -> None:
    assert kinds("Ent-C", mentions((words(0), "PER"), (words(0), "PER")), mentions((words(0), "PER"))) == ["missed"]


def test_a_hit_is_never_taken_apart_to_explain_something_else() -> None:
    gold, pred = mentions((words(0, 3), "PER")), mentions((words(0, 3), "PER"), (words(1), "PER"))
    assert kinds("Ent-C", gold, pred) == ["spurious"]


def test_the_right_span_with_a_wrong_type_is_nearer_than_an_overlap_with_the_right_type() -> None:
    gold = mentions((words(0, 1), "PER"))
    pred = mentions((words(0, 1), "ORG"), (words(1), "PER"))
    assert [(e.kind, e.gold and e.gold.ids, e.pred and e.pred.ids) for e in found("Ent-C", gold, pred)] == [
        ("type", ("m0",), ("m0",)),
        ("spurious", None, ("m1",)),
    ]


def test_what_the_first_overlap_would_leave_without_a_partner_has_one() -> None:
    """A greedy match gives the long prediction to the first gold mention, and the short one to nothing (nervaluate#40)."""
    gold = mentions((words(0, 1), "PER"), (words(2, 3), "PER"))
    pred = mentions((words(1, 2), "PER"), (words(0), "PER"))
    assert [(e.kind, e.gold and e.gold.ids, e.pred and e.pred.ids) for e in found("Ent-C", gold, pred)] == [
        ("boundary", ("m0",), ("m1",)),
        ("boundary", ("m1",), ("m0",)),
    ]


def test_of_equal_matchings_the_one_is_taken_that_leaves_the_next_kind_more() -> None:
    """Of the two mentions of one span, PER or ORG can be the one that was mistyped; if it is ORG, PER has a boundary error."""
    gold = mentions((words(0, 1), "PER"), (words(0, 1), "ORG"))
    pred = mentions((words(0, 1), "LOC"), (words(1, 2), "PER"))
    swapped = mentions((words(0, 1), "ORG"), (words(0, 1), "PER"))
    assert kinds("Ent-C", gold, pred) == kinds("Ent-C", swapped, pred) == ["type", "boundary"]


def test_one_pair_of_a_nearer_kind_goes_before_two_of_a_farther() -> None:
    gold = mentions((words(0, 1), "PER"), (words(1, 2), "ORG"))
    pred = mentions((words(0, 1), "ORG"), (words(0), "PER"))
    assert sorted(kinds("Ent-C", gold, pred)) == ["missed", "spurious", "type"]


def test_the_larger_overlap_decides_between_equals() -> None:
    gold, pred = mentions((words(0, 4), "PER")), mentions((words(0), "PER"), (words(2, 4), "PER"))
    assert {(e.kind, e.pred and e.pred.ids) for e in found("Ent-C", gold, pred)} == {
        ("boundary", ("m1",)),
        ("spurious", ("m0",)),
    }


def test_the_same_sentence_goes_before_the_larger_overlap() -> None:
    gold = mentions((words(9, 12), "PER"))
    pred = mentions((words(9), "PER"), (words(10, 14), "PER"))
    assert [(e.kind, e.pred and e.pred.ids) for e in found("Ent-C", gold, pred)] == [
        ("boundary", ("m0",)),
        ("spurious", ("m1",)),
    ]


def test_more_pairs_go_before_the_larger_overlap() -> None:
    gold = mentions((words(0, 5), "PER"), (words(5, 6), "PER"))
    pred = mentions((words(2, 5), "PER"), (words(0), "PER"))
    assert kinds("Ent-C", gold, pred) == ["boundary", "boundary"]


# Links


def test_a_link_to_another_entity_is_of_kind_type() -> None:
    assert kinds("Link", links((words(0), "Q1")), links((words(0), "Q2"))) == ["type"]
    assert kinds("Link", links((words(0, 1), "Q1")), links((words(1), "Q1"))) == ["boundary"]
    assert kinds("Link", links((words(0, 1), "Q1")), links((words(1), "Q2"))) == ["type+boundary"]
    assert kinds("Link", links((words(0), "Q1")), links((words(1), "Q1"))) == ["missed", "spurious"]


def test_a_link_names_the_mention_and_the_entity() -> None:
    (error,) = found("Link", links((words(0), "Q1")), Annotation("d"))
    assert error.gold == Reading("Q1", {"span": words(0)}, ("m0", "e0"))


# Arguments

ARGUMENT = ("CONSULT", words(5), words(0, 1), "ACTOR")


@pytest.mark.parametrize(
    ("pred", "kind"),
    [
        (("CONSULT", words(5), words(0, 1), "PARTICIPANT"), "role"),
        (("ACCUSE", words(5), words(0, 1), "ACTOR"), "event type"),
        (("CONSULT", words(5), words(1), "ACTOR"), "boundary"),
        (("CONSULT", words(6), words(0, 1), "ACTOR"), "trigger"),
        (("ACCUSE", words(6), words(0, 1), "ACTOR"), "trigger"),
        (("CONSULT", words(5), words(1, 2), "PARTICIPANT"), "role+boundary"),
        (("CONSULT", words(5), words(2), "ACTOR"), "spurious"),
        (("ACCUSE", words(5), words(0, 1), "PARTICIPANT"), "spurious"),
        (("CONSULT", words(6), words(1), "ACTOR"), "spurious"),
        (("CONSULT", words(6), words(0, 1), "PARTICIPANT"), "spurious"),
        (("ACCUSE", words(5), words(1), "ACTOR"), "spurious"),
    ],
)
def test_a_wrong_argument_is_of_the_kind_of_its_wrong_part(pred: tuple[str, Span, Span, str], kind: str) -> None:
    result = kinds("Arg-C+", arguments(ARGUMENT), arguments(pred))
    assert sorted(result) == sorted([kind, "missed"] if kind == "spurious" else [kind])


@pytest.mark.parametrize(("nearer", "farther"), list(pairwise(["role", "event type", "boundary", "trigger", "role+boundary"])))
def test_the_nearer_kind_of_two_explains_an_argument(nearer: str, farther: str) -> None:
    preds = {
        "role": ("CONSULT", words(5), words(0, 1), "PARTICIPANT"),
        "event type": ("ACCUSE", words(5), words(0, 1), "ACTOR"),
        "boundary": ("CONSULT", words(5), words(1), "ACTOR"),
        "trigger": ("CONSULT", words(6), words(0, 1), "ACTOR"),
        "role+boundary": ("CONSULT", words(5), words(1, 2), "PARTICIPANT"),
    }
    result = kinds("Arg-C+", arguments(ARGUMENT), arguments(preds[farther], preds[nearer]))
    assert sorted(result) == sorted([nearer, "spurious"])


def test_the_first_trigger_at_hand_does_not_take_the_argument_that_another_wants() -> None:
    """A greedy match pairs both fillers with the first event, and finds one error of boundary where there are two."""
    gold = arguments(("CONSULT", words(5), words(0, 1), "ACTOR"), ("CONSULT", words(5), words(2, 3), "ACTOR"))
    pred = arguments(("CONSULT", words(5), words(1, 2), "ACTOR"), ("CONSULT", words(5), words(0), "ACTOR"))
    assert kinds("Arg-C+", gold, pred) == ["boundary", "boundary"]


def test_an_argument_reads_as_its_role_with_event_and_filler() -> None:
    (error,) = found("Arg-C+", arguments(ARGUMENT), Annotation("d"))
    gold = Reading("ACTOR", {"trigger": words(5), "filler": words(0, 1)}, ("v0", "m0"), "CONSULT")
    assert error == Error("Arg-C+", "missed", "d", 0, gold, None, "7.1")


# Relations


@pytest.mark.parametrize("measure", ["Rel", "EvRel"])
@pytest.mark.parametrize(
    ("pred", "kind"),
    [
        ((words(5), words(0, 1)), "direction"),
        ((words(0), words(5)), "boundary"),
        ((words(0), words(6)), "spurious"),
        ((words(5), words(0)), "spurious"),  # both exchanged and cut
    ],
)
def test_a_wrong_relation_of_the_right_type_is_of_the_kind_of_what_is_wrong_with_its_ends(
    measure: str, pred: tuple[Span, Span], kind: str
) -> None:
    name = "AFFILIATION" if measure == "Rel" else "CAUSE"
    result = kinds(measure, relations((name, words(0, 1), words(5))), relations((name, *pred)))
    assert sorted(result) == sorted([kind, "missed"] if kind == "spurious" else [kind])


@pytest.mark.parametrize(("measure", "names"), [("Rel", ("AFFILIATION", "MEMBER_OF")), ("EvRel", ("CAUSE", "BEFORE"))])
def test_a_relation_of_another_type_keeps_its_direction(measure: str, names: tuple[str, str]) -> None:
    gold = relations((names[0], words(0, 1), words(5)))
    assert kinds(measure, gold, relations((names[1], words(0, 1), words(5)))) == ["type"]
    assert kinds(measure, gold, relations((names[1], words(0), words(5)))) == ["type+boundary"]
    assert sorted(kinds(measure, gold, relations((names[1], words(5), words(0, 1))))) == ["missed", "spurious"]


def test_ends_exchanged_are_nearer_than_another_type_and_that_is_nearer_than_an_overlap() -> None:
    gold = relations(("AFFILIATION", words(0, 1), words(5)))
    turned, other = ("AFFILIATION", words(5), words(0, 1)), ("MEMBER_OF", words(0, 1), words(5))
    short, both = ("AFFILIATION", words(0), words(5)), ("MEMBER_OF", words(0), words(5))
    assert sorted(kinds("Rel", gold, relations(other, turned))) == ["direction", "spurious"]
    assert sorted(kinds("Rel", gold, relations(short, other))) == ["spurious", "type"]
    assert sorted(kinds("Rel", gold, relations(both, short))) == ["boundary", "spurious"]


def test_a_relation_without_direction_has_no_error_of_direction() -> None:
    gold = relations(("TIES", words(0, 1), words(5)))
    assert kinds("Rel", gold, relations(("TIES", words(5), words(0, 1)))) == []
    assert kinds("Rel", gold, relations(("TIES", words(5), words(0)))) == ["boundary"]
    assert kinds("Rel", gold, relations(("AFFILIATION", words(5), words(0, 1)))) == ["type"]
    assert kinds("Rel", relations(("AFFILIATION", words(5), words(0))), gold) == ["type+boundary"]


def test_ends_of_a_symmetric_pair_that_change_places_by_their_boundaries_still_overlap() -> None:
    """The earlier span stands first: here it is one end in the gold, the other in the prediction."""
    gold, pred = relations(("TIES", words(0, 3), words(1))), relations(("TIES", words(1), words(2, 4)))
    assert kinds("Rel", gold, pred) == ["boundary"]


def test_a_symmetric_pair_given_both_ways_is_one_error_with_an_id_of_its_own() -> None:
    pred = relations(("TIES", words(5), words(0)), ("TIES", words(0), words(5)), ("TIES", words(0), words(5)))
    assert [(e.kind, e.pred and e.pred.ids) for e in found("Rel", Annotation("d"), pred)] == [
        ("spurious", ("r0",)),
        ("spurious", ("r1",)),
    ]


def test_no_relation_takes_the_end_that_another_wants() -> None:
    gold = relations(("AFFILIATION", words(0, 1), words(9)), ("AFFILIATION", words(2, 3), words(9)))
    pred = relations(("AFFILIATION", words(1, 2), words(9)), ("AFFILIATION", words(0), words(9)))
    assert kinds("Rel", gold, pred) == ["boundary", "boundary"]


# Attributes


def realis(*rows: tuple[Span, str, str | None]) -> Annotation:
    """Events with a realis, or none; the polarity is POS on ACTUAL ones, NEG on others."""
    polarity = {None: None, "ACTUAL": "POS"}
    events = tuple(Event(f"v{n}", span, kind, value, polarity.get(value, "NEG")) for n, (span, kind, value) in enumerate(rows))
    return Annotation("d", events=events)


@pytest.mark.parametrize("measure", ["Realis", "Polarity"])
def test_a_value_is_wrong_only_on_a_trigger_that_both_sides_have(measure: str) -> None:
    gold = realis((words(0), "CONSULT", "ACTUAL"), (words(1), "CONSULT", "ACTUAL"), (words(2), "CONSULT", "ACTUAL"))
    pred = realis((words(0), "CONSULT", "PLANNED"), (words(1), "ACCUSE", "PLANNED"), (words(3), "CONSULT", "ACTUAL"))
    (error,) = found(measure, gold, pred)
    values = ("ACTUAL", "PLANNED") if measure == "Realis" else ("POS", "NEG")
    assert error.kind == "value"
    assert (error.gold and error.gold.label, error.pred and error.pred.label) == values
    assert error.gold
    assert error.gold.type == "CONSULT"


def test_realis_on_one_side_only_is_an_error_and_on_neither_is_none() -> None:
    none, one = realis((words(0), "CONSULT", None)), realis((words(0), "CONSULT", "ACTUAL"))
    assert kinds("Realis", none, none) == []
    assert kinds("Realis", none, one) == kinds("Realis", one, none) == ["value"]
    (error,) = found("Realis", one, none)
    assert error.pred
    assert error.pred.label is None


def test_a_value_that_was_given_is_compared_before_one_that_was_not() -> None:
    gold = realis((words(0), "CONSULT", "ACTUAL"))
    pred = realis((words(0), "CONSULT", None), (words(0), "CONSULT", "PLANNED"))
    assert [e.pred and e.pred.ids for e in found("Realis", gold, pred)] == [("v1",)]


# Laws


@st.composite
def sides(draw: st.DrawFn) -> Pair:
    """Documents as the other laws have them, with entities, event relations and polarity."""
    document, *annotations = draw(pairs())
    full = []
    for a in annotations:
        ids = [m.id for m in a.mentions]
        held = st.lists(st.sampled_from(ids), max_size=3, unique=True).map(tuple) if ids else st.just(())
        qids = st.sampled_from(["Q1", "Q2", None])
        rows = draw(st.lists(st.tuples(held, qids), max_size=3))
        events = tuple(replace(e, polarity=draw(st.sampled_from(["POS", "NEG", None]))) for e in a.events)
        end = st.sampled_from([e.id for e in events]) if events else st.nothing()
        ends = st.tuples(st.sampled_from(["CAUSE", "BEFORE", "FOREIGN"]), end, end)
        linked = draw(st.lists(ends, max_size=5 if events else 0))
        full.append(
            replace(
                a,
                events=events,
                entities=tuple(Entity(f"e{n}", "GPE", ids, wikidata=q) for n, (ids, q) in enumerate(rows)),
                event_relations=tuple(EventRelation(f"x{n}", *row) for n, row in enumerate(linked)),
            )
        )
    return document, full[0], full[1]


def counted(found: Sequence[Error]) -> Counter[str]:
    return Counter(error.kind for error in found)


@settings(max_examples=150)
@given(triple=sides())
def test_wrong_predictions_and_unhit_gold_items_are_each_in_one_error(triple: Pair) -> None:
    document, gold, pred = triple
    for measure in KINDS:
        t = tally(measure, gold, pred, document)
        count = counted(found(measure, gold, pred, document))
        two_sided = sum(count[kind] for kind in TWO_SIDED[measure])
        assert count.keys() <= set(KINDS[measure]), measure
        assert two_sided + count["duplicate"] + count["spurious"] == t.predicted - t.hits_predicted, measure
        assert two_sided + count["missed"] == t.gold - t.hits_gold, measure


@settings(max_examples=50)
@given(triple=sides())
def test_no_item_is_in_two_errors(triple: Pair) -> None:
    document, gold, pred = triple
    for measure in KINDS:
        found_ = found(measure, gold, pred, document)
        for readings in ([e.gold for e in found_ if e.gold], [e.pred for e in found_ if e.pred]):
            distinct = Counter(r.ids for r in readings)
            # One event may bear one mention in one role twice.
            assert measure == "Arg-C+" or set(distinct.values()) <= {1}, measure


@settings(max_examples=60)
@given(triple=sides(), seed=st.integers(0, 9))
def test_the_order_of_items_is_irrelevant(triple: Pair, seed: int) -> None:
    random = Random(seed)

    def shuffled(a: Annotation) -> Annotation:
        events = [replace(e, arguments=tuple(random.sample(e.arguments, len(e.arguments)))) for e in a.events]
        layers = {name: getattr(a, name) for name in ("mentions", "entities", "relations", "event_relations")}
        mixed = {name: tuple(random.sample(items, len(items))) for name, items in layers.items()}
        return replace(a, events=tuple(random.sample(events, len(events))), **mixed)

    document, gold, pred = triple
    for measure in KINDS:
        assert found(measure, gold, pred, document) == found(measure, shuffled(gold), shuffled(pred), document), measure


def both_ways(found: Sequence[Error]) -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
    """Errors as (kind, gold, pred), and with the sides exchanged. What has one side only has no kind."""
    rows = [(e.kind if e.gold and e.pred else "", repr(e.gold), repr(e.pred)) for e in found]
    return sorted(rows), sorted((kind, pred, gold) for kind, gold, pred in rows)


@settings(max_examples=100)
@given(triple=sides())
def test_swapped_sides_make_the_same_errors_and_of_what_was_missed_spurious_or_duplicate_predictions(triple: Pair) -> None:
    document = triple[0]
    gold, pred = (
        replace(a, events=tuple(replace(e, realis=e.realis or "ACTUAL", polarity=e.polarity or "POS") for e in a.events))
        for a in triple[1:]
    )
    for measure in KINDS:
        there, back = found(measure, gold, pred, document), found(measure, pred, gold, document)
        one, other = counted(there), counted(back)
        assert all(one[kind] == other[kind] for kind in TWO_SIDED[measure]), measure
        assert one["missed"] == other["spurious"] + other["duplicate"], measure
        assert other["missed"] == one["spurious"] + one["duplicate"], measure
        assert both_ways(there)[0] == both_ways(back)[1], measure


def best(gold: Sequence[Stated], pred: Sequence[Stated], measure: str) -> tuple[int, ...]:
    """The most pairs of the first kind, of such pairings the most of the second, and so on, of all that there are."""
    order = TWO_SIDED[measure]

    def tried(n: int, taken: frozenset[int]) -> Iterator[tuple[int, ...]]:
        if n == len(gold):
            yield (0,) * len(order)
            return
        yield from tried(n + 1, taken)
        for m, other in enumerate(pred):
            if m not in taken and (near := JUDGES[measure](gold[n], other)):
                for counts in tried(n + 1, taken | {m}):
                    at = order.index(near.kind)
                    yield (*counts[:at], counts[at] + 1, *counts[at + 1 :])

    return max(tried(0, frozenset()))


@settings(max_examples=100)
@given(triple=sides())
def test_no_pairing_has_more_of_the_nearest_kind_nor_then_of_the_next(triple: Pair) -> None:
    document, gold, pred = triple
    for measure, order in TWO_SIDED.items():
        found_ = found(measure, gold, pred, document)
        sides_ = []
        for annotation, name in ((gold, "gold"), (pred, "pred")):
            wanted = Counter((r.ids, r.label or "") for e in found_ if (r := getattr(e, name)))
            items = []
            for item in ITEMS[measure](side(annotation, document)):
                if wanted[item.ids, item.label] > 0:
                    wanted[item.ids, item.label] -= 1
                    items.append(item)
            sides_.append(items)
        if all(len(items) <= 6 for items in sides_):
            count = counted(found_)
            assert tuple(count[kind] for kind in order) == best(*sides_, measure), measure


@settings(max_examples=30)
@given(triple=sides())
def test_gold_against_itself_has_no_error(triple: Pair) -> None:
    document, gold, _ = triple
    for measure in set(KINDS) - {"Realis", "Polarity"}:
        assert found(measure, gold, gold, document) == [], measure


@settings(max_examples=30)
@given(triple=sides())
def test_errors_stand_in_text_order(triple: Pair) -> None:
    document, gold, pred = triple
    for measure in KINDS:
        readings = [e.gold or e.pred for e in found(measure, gold, pred, document)]
        first = [next(iter(reading.spans.values())) for reading in readings if reading]
        assert first == sorted(first), measure


@settings(max_examples=30)
@given(triple=sides())
def test_errors_are_read_back_as_they_were_written(triple: Pair) -> None:
    document, gold, pred = triple
    for measure in KINDS:
        for error in found(measure, gold, pred, document):
            assert Error.from_json(measure, json.loads(json.dumps(error.as_json()))) == error


def test_a_measure_without_kinds_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"Arg-C has no kinds of error; did you mean Arg-C\+\?"):
        found("Arg-C", Annotation("d"), Annotation("d"))


def test_a_document_without_sentences_has_errors_without() -> None:
    bare = replace(DOCUMENT, sentences=())
    assert [e.sentence for e in found("Ent-C", mentions((words(0), "PER")), mentions((words(20), "PER")), bare)] == [None, None]


# Summary


def test_the_oracle_mends_one_kind_and_nothing_else() -> None:
    """Ten gold items: 5 hit, 1 mistyped, 1 overlapped, 3 missed; of 10 predictions, 1 duplicate, 2 spurious. F1 = 10/20."""
    gold = mentions(*[(words(n, n + 1), "PER") for n in range(0, 20, 2)])
    pred = mentions(
        *[(words(n, n + 1), "PER") for n in range(0, 10, 2)],
        (words(10, 11), "ORG"),
        (words(13), "PER"),
        (words(0, 1), "PER"),
        (words(30), "PER"),
        (words(31), "PER"),
    )
    result = summary(found("Ent-C", gold, pred), {"Ent-C": tally("Ent-C", gold, pred), "NER": Tally(1, 1, 1, 1)})
    assert {kind: share.count for kind, share in result["Ent-C"].items()} == {
        "type": 1, "boundary": 1, "type+boundary": 0, "duplicate": 1, "spurious": 2, "missed": 3,
    }  # fmt: skip
    gains = {
        "type": 12 / 20,
        "boundary": 12 / 20,
        "type+boundary": 10 / 20,
        "duplicate": 10 / 19,
        "spurious": 10 / 18,
        "missed": 16 / 23,
    }
    assert {kind: share.gain for kind, share in result["Ent-C"].items()} == pytest.approx(
        {kind: f1 - 0.5 for kind, f1 in gains.items()}
    )
    assert list(result) == ["Ent-C"]


def test_every_kind_of_every_measure_is_listed_even_if_there_is_none() -> None:
    result = summary([], {measure: Tally(1, 1, 1, 1) for measure in KINDS})
    assert {measure: tuple(rows) for measure, rows in result.items()} == dict(KINDS)
    assert {share for rows in result.values() for share in rows.values()} == {Share(0, 0.0)}


def test_a_gain_is_undefined_where_f1_is_with_or_without_the_errors() -> None:
    assert {s.gain for s in summary([], {"Ent-C": Tally()})["Ent-C"].values()} == {None}
    pred = mentions((words(0), "PER"))
    spurious = summary(found("Ent-C", Annotation("d"), pred), {"Ent-C": Tally(0, 0, 1, 0)})["Ent-C"]
    assert (spurious["spurious"], spurious["type"]) == (Share(1, None), Share(0, 0.0))
    missed = summary(found("Ent-C", pred, Annotation("d")), {"Ent-C": Tally(0, 0, 0, 1)})["Ent-C"]
    assert missed["missed"] == Share(1, 1.0)


@pytest.mark.parametrize(
    ("tallies", "message"),
    [
        ({}, "there are errors of Ent-C, but no tally"),
        (
            {"Ent-C": Tally(1, 1, 1, 1)},
            "the errors are of 0 wrong predictions and 1 gold items without a hit, the tally has 0 and 0",
        ),
    ],
)
def test_errors_and_tallies_that_are_not_of_one_score_are_refused(tallies: dict[str, Tally], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        summary(found("Ent-C", mentions((words(0), "PER")), Annotation("d")), tallies)


def test_an_oracle_gains_by_every_error_but_by_what_is_too_much_where_nothing_hits() -> None:
    for h, both, spurious, missed in product(range(3), repeat=4):
        gold = mentions(*[(words(n), "PER") for n in range(h + both + missed)])
        pred = mentions(
            *[(words(n), "PER") for n in range(h)],
            *[(words(n), "ORG") for n in range(h, h + both)],
            *[(words(n), "PER") for n in range(30, 30 + spurious)],
        )
        for kind, row in summary(found("Ent-C", gold, pred), {"Ent-C": tally("Ent-C", gold, pred)})["Ent-C"].items():
            gains = row.count > 0 and (h > 0 or kind not in ("duplicate", "spurious"))
            assert row.gain is None or (row.gain > 0 if gains else row.gain == 0), (kind, h, both, spurious, missed)


def test_confusions_are_counted_and_ties_stand_in_alphabetical_order() -> None:
    gold = mentions(*[(words(2 * n, 2 * n + 1), kind) for n, kind in enumerate(["PER", "PER", "ORG", "GPE", "PER"])])
    pred = mentions(
        *[(words(2 * n, 2 * n + 1), kind) for n, kind in enumerate(["ORG", "ORG", "GPE", "ORG"])], (words(9), "PER")
    )
    assert confusions(found("Ent-C", gold, pred), 10) == {
        "Ent-C": [Confusion("PER", "ORG", 2), Confusion("GPE", "ORG", 1), Confusion("ORG", "GPE", 1)]
    }
    assert confusions(found("Ent-C", gold, pred), 1) == {"Ent-C": [Confusion("PER", "ORG", 2)]}


def test_arguments_are_confused_in_role_or_in_event_type_whichever_is_wrong() -> None:
    gold = arguments(ARGUMENT, ("CONSULT", words(15), words(12), "ACTOR"), ("CONSULT", words(25), words(22), "ACTOR"))
    pred = arguments(
        (*ARGUMENT[:3], "PARTICIPANT"), ("ACCUSE", words(15), words(12), "ACTOR"), ("CONSULT", words(26), words(22), "ACTOR")
    )
    assert confusions(found("Arg-C+", gold, pred), 5) == {
        "Arg-C+": [Confusion("ACTOR", "PARTICIPANT", 1), Confusion("CONSULT", "ACCUSE", 1)]
    }


def test_values_are_confused_with_none_where_there_is_none() -> None:
    gold, pred = realis((words(0), "CONSULT", "ACTUAL")), realis((words(0), "CONSULT", None))
    assert confusions(found("Realis", gold, pred), 5) == {"Realis": [Confusion("ACTUAL", None, 1)]}


def test_an_error_is_a_compact_row_of_json() -> None:
    (error,) = found("Ent-C", mentions((words(0, 1), "PER", "NOM")), mentions((words(1), "PER", "NAM")))
    assert error.as_json() == {
        "kind": "boundary",
        "doc_id": "d",
        "sentence": 0,
        "gold": {"label": "PER", "span": [0, 9], "ids": ["m0"]},
        "pred": {"label": "PER", "span": [5, 9], "ids": ["m0"]},
        "section": "3.4",
    }


def test_what_an_error_has_not_is_not_in_its_row() -> None:
    (missed,) = found("Arg-C+", arguments(("X", words(5), words(0), "Y")), Annotation("d"))
    assert missed.as_json() == {
        "kind": "missed",
        "doc_id": "d",
        "sentence": 0,
        "gold": {"label": "Y", "type": "X", "trigger": [25, 29], "filler": [0, 4], "ids": ["v0", "m0"]},
    }


# Sections

HEADINGS = set(re.findall(r"^#+ (\d+(?:\.\d+)?) ", MANUAL, re.MULTILINE))


def test_every_section_is_a_heading_of_the_guidelines() -> None:
    assert {rule.section for rule in RULES} <= HEADINGS
    assert len(HEADINGS) > 30


def labels(measure: str) -> Sequence[tuple[str, str]]:
    """Every label of the ontology with every type of what bears it."""
    o = ONTOLOGY
    return {
        "Ent-C": [(name, "") for name in o.mentions],
        "Tri-C": [(name, "") for name in o.events],
        "Arg-C+": list(product(o.roles, o.events)),
        "Rel": [(name, "") for name in o.relations],
        "EvRel": [(name, "") for name in o.event_relations],
        "Link": [("Q1", ""), ("Q2", "")],
        "Realis": list(product(o.realis, o.events)),
        "Polarity": list(product(o.polarity, o.events)),
    }[measure]


@pytest.mark.parametrize("measure", KINDS)
def test_every_kind_and_label_has_a_section(measure: str) -> None:
    items = [Stated(((0, 1),), label, type_, ("i",), 0) for label, type_ in labels(measure)]
    for kind in KINDS[measure]:
        if kind in ONE_SIDED:
            pairs_ = [(None, item) if kind != "missed" else (item, None) for item in items]
        else:
            pairs_ = list(zip(items, items[1:] + items[:1], strict=True))
        for gold, pred in pairs_:
            assert section(measure, kind, gold, pred, ONTOLOGY) in HEADINGS, (measure, kind)


def test_every_rule_decides_something() -> None:
    """A rule behind a more general one would never be reached, and one of a label that there is not never fits."""
    reached = set()
    for measure, order in KINDS.items():
        for kind, (label, type_), form in product(order, labels(measure), [None, *ONTOLOGY.kinds]):
            item = Stated(((0, 1),), label, type_, ("i",), 0, form)
            fitting = [
                (n, rule.section)
                for n, rule in enumerate(RULES)
                if rule.measure == measure
                and (not rule.kinds or kind in rule.kinds)
                and (not rule.of or rule.of & {label, type_, form})
            ]
            assert section(measure, kind, item, item, ONTOLOGY) == fitting[0][1]
            reached.add(fitting[0][0])
    assert reached == set(range(len(RULES)))
    assert all(rule.kinds <= set(KINDS[rule.measure]) for rule in RULES)


@pytest.mark.parametrize("measure", [measure for measure in KINDS if measure != "Link"])
def test_labels_that_the_ontology_does_not_know_have_no_section(measure: str) -> None:
    known = Stated(((0, 1),), *labels(measure)[0], ("i",), 0)
    strange = known._replace(label="STRANGE")
    assert section(measure, "missed", strange, None, ONTOLOGY) is None
    assert section(measure, KINDS[measure][0], known, strange, ONTOLOGY) is None


def test_a_link_has_no_section_where_there_is_no_ontology() -> None:
    link = Stated(((0, 1),), "Q1", "", ("m", "e"), 0)
    assert section("Link", "missed", link, None, empty_ontology()) is None


@pytest.mark.parametrize(
    ("gold", "pred", "expected"),
    [
        ((words(0), "TITLE"), (words(0), "PER", "NOM"), "3.6"),
        ((words(0), "PER", "NOM"), (words(0), "TITLE"), "3.6"),
        ((words(0, 1), "TIME"), (words(1), "TIME"), "3.7"),
        ((words(0, 1), "PER", "NAM"), (words(1), "PER", "NOM"), "3.5"),
        ((words(0, 1), "PER", "NOM"), (words(1), "PER", "NAM"), "3.4"),
        ((words(0), "GPE", "NAM"), (words(0), "LOC", "NAM"), "3.1"),
    ],
)
def test_the_section_is_the_one_that_decides_a_mention(gold: tuple[Span, str], pred: tuple[Span, str], expected: str) -> None:
    assert [e.section for e in found("Ent-C", mentions(gold), mentions(pred))] == [expected]


# Pairing and speed


def test_a_pairing_of_more_than_floats_can_hold_still_has_as_many_pairs_as_there_can_be() -> None:
    """Three hundred on either side in one part, on a text of a million characters: sentence and overlap are given up."""
    far = 1_000_000
    gold = [Stated(((n, far + n),), "A" if n % 2 else "B", "", (f"g{n}",), 0) for n in range(300)]
    pred = [Stated(((n + 300, far + n),), "A" if n % 3 else "C", "", (f"p{n}",), 0) for n in range(300)]
    result = Counter(kind for _, _, kind in pair(gold, pred, JUDGES["Ent-C"], TWO_SIDED["Ent-C"]))
    assert result == {"boundary": 150, "type+boundary": 150}


def test_a_judge_says_the_same_from_both_sides() -> None:
    places = [(0, 4), (0, 9), (5, 9), (8, 12)]
    for measure, judge in JUDGES.items():
        n = 1 if measure in ("Ent-C", "Tri-C", "Link", "Realis", "Polarity") else 2
        items = [
            Stated(where, label, type_, ("i",), 0, None, symmetric)
            for where in product(places, repeat=n)
            for label, symmetric in (("A", False), ("B", True))
            for type_ in ("X", "Y")
        ]
        for a, b in product(items, repeat=2):
            if a.key != b.key:
                near = judge(a, b)
                assert near == judge(b, a), measure
                assert near is None or isinstance(near, Near)


def test_the_errors_of_plain_spans_need_no_scipy() -> None:
    program = (
        "import sys\n"
        "from communique.errors import errors\n"
        "from communique.measures.side import Sentences, Side\n"
        "from communique.model import Annotation, Document, Mention, Span\n"
        "from communique.ontology import default_ontology, empty_ontology\n"
        "def side(*spans):\n"
        "    found = tuple(Mention(f'm{n}', Span(*span), 'PER') for n, span in enumerate(spans))\n"
        "    return Side(Sentences(Document('d', 'x' * 99, '')), Annotation('d', mentions=found), default_ontology())\n"
        "found = errors('Ent-C', side((0, 5), (9, 12)), side((3, 5), (3, 9), (9, 10)))\n"
        "assert sorted(e.kind for e in found) == ['boundary', 'boundary', 'spurious'], found\n"
        "assert not {'scipy', 'numpy'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
