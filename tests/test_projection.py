"""Spans written as tags, and what seqeval counts in them. seqeval itself reads the tags in every test."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seqeval.metrics import classification_report
from seqeval.scheme import IOB2, Entities
from strategies import documents, spans

from communique.measures.projection import project
from communique.measures.spans import LabelledSpan
from communique.model import Document, Span

CODES = {"PER": "T0", "foo": "T1", "foo-": "T2"}


@st.composite
def items(draw: st.DrawFn) -> tuple[Document, list[LabelledSpan], list[LabelledSpan]]:
    document = draw(documents())
    places = draw(st.lists(spans(len(document.text)), min_size=1, max_size=5))
    several = st.lists(st.tuples(st.sampled_from(places), st.sampled_from(list(CODES))), max_size=10)
    return document, draw(several), draw(several)


def seqeval_counts(golds: list[list[str]], preds: list[list[str]], code: str) -> tuple[int, int, int]:
    gold, pred = Entities(golds, IOB2).filter(code), Entities(preds, IOB2).filter(code)
    return len(gold & pred), len(pred), len(gold)


@settings(max_examples=400)
@given(items())
def test_seqeval_counts_what_multiset_matching_counts(case: tuple[Document, list[LabelledSpan], list[LabelledSpan]]) -> None:
    """Overlapping gold, overlapping, duplicate, token-breaking and white-space predictions, labels that seqeval would merge."""
    document, gold, pred = case
    golds, preds = project(document, gold, pred, CODES)
    for label, code in CODES.items():
        g, p = (Counter(span for span, own in side if own == label) for side in (gold, pred))
        assert seqeval_counts(golds, preds, code) == ((g & p).total(), p.total(), g.total())


@settings(max_examples=200)
@given(items())
def test_the_order_of_items_does_not_show_in_the_tags(case: tuple[Document, list[LabelledSpan], list[LabelledSpan]]) -> None:
    document, gold, pred = case
    assert project(document, gold, pred, CODES) == project(document, gold[::-1], pred[::-1], CODES)


@settings(max_examples=200)
@given(items())
def test_both_sides_have_sequences_of_equal_lengths(case: tuple[Document, list[LabelledSpan], list[LabelledSpan]]) -> None:
    golds, preds = project(*case, CODES)
    assert [len(s) for s in golds] == [len(s) for s in preds]
    assert all(golds)


def words(text: str, *sentences: Span) -> Document:
    tokens, position = [], 0
    for word in text.split(" "):
        tokens.append(Span(position, position + len(word)))
        position += len(word) + 1
    return Document("d", text, "unchecked", sentences, tuple(tokens))


@settings(max_examples=200)
@given(items())
def test_the_tags_are_never_more_than_the_tokens_and_three_for_each_item(
    case: tuple[Document, list[LabelledSpan], list[LabelledSpan]],
) -> None:
    document, gold, pred = case
    assert sum(map(len, project(document, gold, pred, CODES)[0])) <= len(document.tokens) + 3 * len(gold + pred)


def test_copies_of_a_span_are_written_apart_one_tag_each() -> None:
    document = words("Ann of Acme met", Span(0, 15))
    golds, preds = project(document, [(Span(0, 6), "PER")] * 2, [(Span(0, 6), "PER")] * 3, CODES)
    assert golds == [["B-T0", "I-T0", "O", "O"], ["B-T0"], ["O"]]
    assert preds == [["B-T0", "I-T0", "O", "O"], ["B-T0"], ["B-T0"]]


def test_flat_spans_on_tokens_give_the_ordinary_tags() -> None:
    document = words("Ann of Acme met. Bob left.", Span(0, 16), Span(17, 26))
    flat = [(Span(0, 3), "PER"), (Span(7, 11), "foo"), (Span(17, 20), "PER")]
    golds, preds = project(document, flat, [(Span(0, 6), "PER")], CODES)
    assert golds == [["B-T0", "O", "B-T1", "O"], ["B-T0", "O"]]
    assert preds == [["B-T0", "I-T0", "O", "O"], ["O", "O"]]


def test_a_span_that_cuts_a_token_or_holds_a_blank_gets_cells_of_its_own() -> None:
    gold, pred = [(Span(0, 3), "PER")], [(Span(0, 2), "PER"), (Span(3, 6), "foo")]
    golds, preds = project(words("Ann of Acme", Span(0, 11)), gold, pred, CODES)
    assert golds == [["B-T0", "I-T0", "O", "O", "O"]]
    assert preds == [["B-T0", "O", "B-T1", "I-T1", "O"]]


def test_a_pair_stands_opposite_itself_though_another_prediction_comes_first() -> None:
    """Placed in sorted order, the longer prediction would take the shorter one's place, and the hit would be lost."""
    document = words("Ann of Acme met", Span(0, 15))
    gold, pred = [(Span(7, 11), "PER")], [(Span(0, 11), "PER"), (Span(7, 11), "PER")]
    assert seqeval_counts(*project(document, gold, pred, CODES), "T0") == (1, 2, 1)


def test_a_span_across_sentences_joins_their_sequences() -> None:
    document = words("Ann met. Bob left.", Span(0, 8), Span(9, 18))
    across = [(Span(4, 12), "PER")]
    golds, preds = project(document, across, across, CODES)
    assert golds == preds == [["O", "B-T0", "I-T0", "O"]]


def test_spans_outside_all_tokens_and_sentences_are_counted() -> None:
    document = Document("d", "  Ann  ", "unchecked", (Span(2, 5),), (Span(2, 5),))
    edges = [(Span(0, 1), "PER"), (Span(1, 3), "PER"), (Span(6, 7), "PER")]
    assert seqeval_counts(*project(document, edges, edges, CODES), "T0") == (3, 3, 3)


@pytest.mark.parametrize("document", [Document("d", "", ""), Document("d", "ab", "")], ids=["empty", "without tokens"])
def test_a_document_without_tokens_and_spans_has_no_tags(document: Document) -> None:
    assert sum(map(len, project(document, [], [], CODES)[0])) == 0


def test_labels_that_seqeval_merges_stay_apart() -> None:
    """seqeval strips hyphens from labels in strict mode: B-foo- and B-foo are one."""
    merged = classification_report([["B-foo-"]], [["B-foo"]], mode="strict", scheme=IOB2, output_dict=True, zero_division=0)
    assert merged["micro avg"]["f1-score"] == 1
    golds, preds = project(words("Ann"), [(Span(0, 3), "foo-")], [(Span(0, 3), "foo")], CODES)
    kept = classification_report(golds, preds, mode="strict", scheme=IOB2, output_dict=True, zero_division=0)
    assert kept["micro avg"]["f1-score"] == 0
