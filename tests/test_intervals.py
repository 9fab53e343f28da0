"""Intervals of scores: what documents and sentences add, figures of sums, and the reason wherever there is no interval."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique.measures.tally import Tallies, Tally, total
from communique.model import Annotation, Document, Entity, Gold, Mention, Span
from communique.resample import Interval
from communique.scorer import Result, score
from communique.scorer.intervals import FIGURES, document_counts, figure, sentence_counts, with_intervals
from communique.scorer.result import summed

ENT = (
    {(0, "PER"): Tally(1, 1, 2, 1), (0, "ORG"): Tally(0, 0, 0, 1), (2, "PER"): Tally(1, 1, 1, 3)},
    {},
    {(1, "ORG"): Tally(1, 1, 1, 2)},
)


def result(measure: str, *documents: Tallies) -> Result:
    return summed(measure, "", {f"d{n}": tallies for n, tallies in enumerate(documents)})


def intervals(of: Result, *sentences: int) -> dict[str, tuple[Interval, ...]]:
    return dict(with_intervals({of.measure: of}, sentences)[of.measure].intervals)


def spread(documents: int, *, sentences: int = 2) -> list[Tallies]:
    """Documents with some hits, that differ in precision and in recall, as do sentences of one document."""
    return [{(s, "PER"): Tally(1, 1, 1 + n * (s + 1) % 2, 1 + (n + s) % 3) for s in range(sentences)} for n in range(documents)]


def test_a_document_adds_all_its_labels_and_sentences() -> None:
    assert document_counts(result("Ent-C", *ENT)).tolist() == [[2, 2, 3, 5], [0, 0, 0, 0], [1, 1, 1, 2]]


def test_a_sentence_adds_what_belongs_to_it_and_one_without_items_adds_nothing() -> None:
    counts = sentence_counts(result("Ent-C", *ENT), [3, 1, 2])
    assert counts.tolist() == [[1, 1, 2, 2], [0, 0, 0, 0], [1, 1, 1, 3], [0, 0, 0, 0], [0, 0, 0, 0], [1, 1, 1, 2]]
    assert counts.sum(axis=0).tolist() == document_counts(result("Ent-C", *ENT)).sum(axis=0).tolist()


def test_what_belongs_to_no_sentence_stands_with_its_documents_first() -> None:
    counts = sentence_counts(result("Ent-C", ENT[0], {(None, "PER"): Tally(0, 0, 1, 1)}), [3, 1])
    assert counts.tolist()[3] == [0, 0, 1, 1]


PART = Fraction(4, 5)
CONLL = (
    {(None, "MUC"): Tally(1, 1, 2, 3), (None, "B3"): Tally(3, Fraction(5, 3), 4, 5), (None, "CEAFe"): Tally(1, 1, 2, 2)},
    {(None, "MUC"): Tally(2, 2, 2, 2), (None, "B3"): Tally(4, 4, 4, 4), (None, "CEAFe"): Tally(2, 2, 2, 3)},
    {(None, "MUC"): Tally(0, 0, 1, 1), (None, "B3"): Tally(2, 2, 3, 4), (None, "CEAFe"): Tally(PART, PART, 2, 1)},
)


def test_conlls_document_adds_four_counts_for_each_metric() -> None:
    rows = document_counts(result("Coref(CoNLL)", *CONLL))
    assert rows.shape == (3, 12)
    assert rows[0].tolist() == [3, 5 / 3, 4, 5, 1, 1, 2, 2, 1, 1, 2, 3]  # in alphabetical order: B3, CEAFe, MUC


def test_conlls_figures_are_the_means_of_the_metrics() -> None:
    def f1(hits_predicted: Fraction, hits_gold: Fraction, predicted: int, gold: int) -> Fraction:
        p, r = Fraction(hits_predicted, predicted), Fraction(hits_gold, gold)
        return 2 * p * r / (p + r)

    nine, twenty = Fraction(9), Fraction(23, 3)
    each = [f1(Fraction(3), Fraction(3), 5, 6), f1(nine, twenty, 11, 13), f1(Fraction(19, 5), Fraction(19, 5), 6, 6)]
    expected = sum(each, Fraction()) / 3
    of = result("Coref(CoNLL)", *CONLL)
    sums = document_counts(of).sum(axis=0)
    assert figure(sums, name="f1", averaged=True).item() == pytest.approx(float(expected), abs=1e-12)
    assert of.f1 == pytest.approx(float(expected), abs=1e-12)
    precision = (Fraction(3, 5) + Fraction(9, 11) + Fraction(19, 30)) / 3
    assert figure(sums, name="precision", averaged=True).item() == pytest.approx(float(precision), abs=1e-12)


@given(st.lists(st.tuples(*[st.integers(0, 4)] * 3), min_size=1, max_size=5))
def test_figures_of_arrays_are_those_of_tallies(rows: list[tuple[int, int, int]]) -> None:
    """NaN there where None is here."""
    tallies = [Tally(min(h, p, g), min(h, p, g), p, g) for h, p, g in rows]
    for t in [*tallies, total(tallies)]:
        counts = np.array([float(t.hits_predicted), float(t.hits_gold), t.predicted, t.gold])
        for name in FIGURES:
            ours, theirs = getattr(t, name), figure(counts, name=name).item()
            assert np.isnan(theirs) if ours is None else theirs == pytest.approx(ours, abs=1e-15)


def test_the_jackknife_is_checked_by_hand() -> None:
    """Three documents, 1, 2 and 3 of 4 items found and nothing wrong: recall of two is 3/8, 4/8, 5/8, of three 1/2.

    On the logit scale the replicates are ∓ln(5/3) and 0; error² = 2/3 · 2 ln²(5/3); t of two degrees is 4.30265.
    """
    of = result("Ent-C", *({(0, "PER"): Tally(n, n, n, 4)} for n in (1, 2, 3)))
    new, _ = intervals(of, 1, 1, 1)["recall"]
    reach = 4.302653 * (4 / 3) ** 0.5 * np.log(5 / 3)
    assert (new.unit, new.level, new.reason) == ("document", 0.95, None)
    assert new.low == pytest.approx(1 / (1 + np.exp(reach)), abs=1e-5)
    assert new.high == pytest.approx(1 / (1 + np.exp(-reach)), abs=1e-5)


def test_every_figure_has_one_interval_for_new_documents_and_one_for_these() -> None:
    held = intervals(result("Ent-C", *spread(6)), *[2] * 6)
    assert list(held) == ["f1", "precision", "recall"]
    assert [[i.unit for i in pair] for pair in held.values()] == [["document", "sentence"]] * 3
    for new, these in held.values():
        assert new.method == "delete-one jackknife with Student's t, logit scale"
        assert these.method == "sentence bootstrap within documents, percentile, 10,000 resamples"
        assert new.low is not None
        assert these.low is not None


def test_two_documents_are_too_few() -> None:
    new, these = intervals(result("Ent-C", *spread(2)), 2, 2)["f1"]
    assert (new.low, new.high, new.reason) == (None, None, "an interval needs three documents, and there are 2")
    assert these.reason is None


@pytest.mark.parametrize(("hits", "reason"), [(0, "the figure is 0"), (1, "the figure is 1")])
def test_a_figure_at_an_end_has_no_interval(hits: int, reason: str) -> None:
    of = result("Ent-C", *[{(s, "PER"): Tally(hits, hits, 1, 1) for s in range(3)}] * 4)
    assert [i.reason for i in intervals(of, 3, 3, 3, 3)["f1"]] == [reason, reason]


def test_a_figure_that_one_document_makes_has_no_interval_and_the_document_is_named() -> None:
    found = intervals(result("Ent-C", *[{(0, "PER"): Tally(1, 1, 1, 1)}] * 3, {(0, "PER"): Tally(0, 0, 1, 1)}), 1, 1, 1, 1)
    assert found["f1"][0].reason == "without d3 the figure is 1"


def test_muc_without_links_is_undefined_and_conll_with_it() -> None:
    documents = [{key: Tally() if key[1] == "MUC" else t for key, t in tallies.items()} for tallies in CONLL]
    muc = result("Coref(MUC)", *({key: t for key, t in tallies.items() if key[1] == "MUC"} for tallies in documents))
    for of in (muc, result("Coref(CoNLL)", *documents)):
        assert of.f1 is None
        assert intervals(of, 3, 3, 3)["f1"][0].reason == "the figure is undefined"
    one = [documents[0], documents[1], CONLL[2]]
    assert intervals(result("Coref(CoNLL)", *one), 3, 3, 3)["f1"][0].reason == "without d2 the figure is undefined"


@pytest.mark.parametrize("measure", ["Coref(B3)", "EvCoref(LEA)", "Arg-C(level=instance)"])
def test_what_belongs_to_documents_has_no_interval_by_sentence(measure: str) -> None:
    label = measure.partition("(")[2].removesuffix(")")
    of = result(measure, *({(None, label): Tally(n, n, 4, 5)} for n in (1, 2, 3)))
    new, these = intervals(of, 4, 4, 4)["f1"]
    assert new.reason is None
    assert these.reason == "what it counts belongs to documents, not to sentences"


def test_documents_without_sentences_have_no_interval_by_sentence() -> None:
    of = result("Ent-C", *({(None, "PER"): Tally(n, n, 4, 5)} for n in (1, 2, 3)))
    assert intervals(of, 0, 0, 0)["f1"][1].reason == "no document is split into sentences"


def test_a_document_without_sentences_is_drawn_whole() -> None:
    """It adds the same to every resample; it is not left out."""
    several = {(s, "PER"): Tally(s % 2, s % 2, 1, 1) for s in range(8)}
    whole = result("Ent-C", several, {(None, "PER"): Tally(100, 100, 100, 100)})
    low = intervals(whole, 8, 0)["f1"][1].low
    assert low is not None
    assert low > 100 / 108
    assert low == intervals(result("Ent-C", several, {(0, "PER"): Tally(100, 100, 100, 100)}), 8, 1)["f1"][1].low


def test_one_sentence_each_leaves_nothing_to_draw_from() -> None:
    of = result("Ent-C", *spread(3, sentences=1))
    assert intervals(of, 1, 1, 1)["f1"][1].reason == "no document has two sentences to draw from"


@pytest.mark.parametrize(("documents", "method"), [(49, "jackknife-t"), (50, "bootstrap")])
def test_from_fifty_documents_on_the_signature_says_bootstrap(documents: int, method: str) -> None:
    text = "Ann met Bob."
    ids = [f"d{n:02}" for n in range(documents)]
    held = tuple(Document(d, text, "0", (Span(0, 12),), (Span(0, 3), Span(4, 7), Span(8, 11))) for d in ids)
    both = (Mention("m1", Span(0, 3), "PER"), Mention("m2", Span(8, 11), "PER"))
    gold = Gold(held, tuple(Annotation(d, mentions=both) for d in ids), "test", "1")
    pred = [Annotation(d, mentions=both[: 1 + n % 2]) for n, d in enumerate(ids)]
    found = score(gold, pred, measures=["Ent-C"], seqeval=False)["Ent-C"]
    assert f"|ci:{method}|" in found.signature
    assert f"ci:{method}" not in found.short_signature
    new = found.intervals["f1"][0]
    assert new.method.startswith("document bootstrap, percentile" if method == "bootstrap" else "delete-one jackknife")
    assert new.low is not None
    assert new.high is not None
    assert found.f1 is not None
    assert 0 < new.low < found.f1 < new.high < 1


def test_a_measure_that_was_not_scored_has_no_intervals() -> None:
    gold = Gold((Document("d", "Ann", "0"),), (Annotation("d"),), "test", "1")
    found = score(gold, [Annotation("d", ("entities",))], measures=["Ent-C", "Coref(B3)"], seqeval=False)
    assert found["Ent-C"].intervals == {}
    assert found["Coref(B3)"].intervals["f1"][0].reason == "an interval needs three documents, and there is 1"


def test_intervals_do_not_depend_on_the_order_of_documents() -> None:
    """They are read from sums, and draws are of sorted rows."""
    documents = spread(60)
    one, other = result("Ent-C", *documents), result("Ent-C", *documents[::-1])
    assert intervals(one, *[2] * 60)["f1"][0] == intervals(other, *[2] * 60)["f1"][0]


@pytest.mark.parametrize("documents", [5, 60])
def test_intervals_do_not_depend_on_the_order_of_the_gold(documents: int) -> None:
    """The same documents, under their names, with other numbers of sentences each."""
    one = result("Ent-C", *spread(documents, sentences=3))
    sizes = [3 + n % 2 for n in range(documents)]
    other = summed("Ent-C", "", dict(reversed(one.tallies.items())))
    assert intervals(one, *sizes) == intervals(other, *sizes[::-1])


def test_entities_of_one_document_count_in_conlls_interval() -> None:
    """Through `score`: three documents with clusters, and one F1 from three metrics."""
    text = "Ann saw Ann and Bob and Bob."
    spans = [Span(0, 3), Span(8, 11), Span(16, 19), Span(24, 27)]
    mentions = tuple(Mention(f"m{n}", span, "PER") for n, span in enumerate(spans))
    right = (Entity("e1", "PER", ("m0", "m1")), Entity("e2", "PER", ("m2", "m3")))
    others = [right, (right[0],), (Entity("e1", "PER", ("m0", "m1", "m2")), Entity("e2", "PER", ("m3",))), right]
    ids = [f"d{n}" for n in range(4)]
    gold = Gold(
        tuple(Document(d, text, "0", (Span(0, 28),)) for d in ids),
        tuple(Annotation(d, mentions=mentions, entities=right) for d in ids),
        "test",
        "1",
    )
    pred = [Annotation(d, mentions=mentions, entities=held) for d, held in zip(ids, others, strict=True)]
    found = score(gold, pred, measures=["Coref(CoNLL)", "Coref(MUC)", "Coref(B3)", "Coref(CEAFe)"], seqeval=False)
    figures = [found[f"Coref({metric})"].f1 or 0 for metric in ("MUC", "B3", "CEAFe")]
    assert found["Coref(CoNLL)"].f1 == pytest.approx(sum(figures) / 3, abs=1e-12)
    interval = found["Coref(CoNLL)"].intervals["f1"][0]
    assert interval.reason is None
    assert interval.low is not None
    assert interval.high is not None
    assert interval.low < sum(figures) / 3 < interval.high
