"""Laws that every measure obeys. Each example is held against all measures at once; drawing it is what takes the time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Pair, corpora, corpus, pairs

from communique.measures.measure import MEASURES
from communique.measures.tally import Tally, total
from communique.model import Annotation
from communique.ontology import default_ontology
from communique.scorer import Scores, score

laws = settings(max_examples=60)


def scored(triples: list[Pair]) -> Scores:
    return score(*corpus(triples), seqeval=False)


def selves(triples: list[Pair]) -> list[Pair]:
    return [(document, gold, gold) for document, gold, _ in triples]


def with_realis(annotation: Annotation) -> Annotation:
    """Gold without realis is not compared, a prediction without is wrong, so the sides do not swap there."""
    return replace(annotation, events=tuple(replace(e, realis=e.realis or "ACTUAL") for e in annotation.events))


def swapped(tally: Tally) -> Tally:
    return Tally(tally.hits_gold, tally.hits_predicted, tally.gold, tally.predicted)


@laws
@given(triples=corpora)
def test_gold_against_itself_is_1(triples: list[Pair]) -> None:
    for measure, own in scored(selves(triples)).results.items():
        assert own.f1 == (1 if own.tally.gold else None), measure
        assert own.tally.hits_predicted == own.tally.hits_gold == own.tally.gold == own.tally.predicted, measure
        assert all(t.hits_predicted == t.predicted == t.gold for d in own.tallies.values() for t in d.values()), measure


@laws
@given(triples=corpora, seed=st.integers(0, 9))
def test_the_order_of_items_and_documents_is_irrelevant(triples: list[Pair], seed: int) -> None:
    """nervaluate's strict F1 was 0 or .667 by the order of two predictions; DocRED's evidence F1 depends on it too."""
    random = Random(seed)

    def shuffled(a: Annotation) -> Annotation:
        events = [replace(e, arguments=tuple(random.sample(e.arguments, len(e.arguments)))) for e in a.events]
        return replace(
            a,
            mentions=tuple(random.sample(a.mentions, len(a.mentions))),
            events=tuple(random.sample(events, len(events))),
            relations=tuple(random.sample(a.relations, len(a.relations))),
        )

    gold, preds = corpus(triples)
    mixed = replace(gold, annotations=tuple(shuffled(a) for a in gold.annotations))
    others = random.sample([shuffled(p) for p in preds], len(preds))
    assert score(mixed, others, seqeval=False) == score(gold, preds, seqeval=False)


@laws
@given(triple=pairs())
def test_swapping_gold_and_prediction_swaps_every_tally(triple: Pair) -> None:
    document, gold, pred = triple[0], *map(with_realis, triple[1:])
    for measure, definition in MEASURES.items():
        there = definition.tally(document, gold, pred, default_ontology())
        back = definition.tally(document, pred, gold, default_ontology())
        assert dict(back) == {key: swapped(t) for key, t in there.items()}, measure


@laws
@given(triples=corpora)
def test_swapping_gold_and_prediction_swaps_precision_and_recall(triples: list[Pair]) -> None:
    whole = [(d, with_realis(gold), with_realis(pred)) for d, gold, pred in triples]
    here, there = scored(whole), scored([(d, pred, gold) for d, gold, pred in whole])
    for measure, one in here.results.items():
        assert (one.precision, one.recall, one.f1) == (there[measure].recall, there[measure].precision, there[measure].f1)


@laws
@given(triples=corpora)
def test_scoring_a_corpus_twice_over_changes_nothing(triples: list[Pair]) -> None:
    """nervaluate 1.1.0 scored one document 0.5 and the same document twice 0."""
    twice = scored(triples + triples)
    for measure, once in scored(triples).results.items():
        both = twice[measure]
        assert (once.precision, once.recall, once.f1) == (both.precision, both.recall, both.f1), measure
        assert (once.macro(), once.macro_over_union()) == (both.macro(), both.macro_over_union()), measure


@laws
@given(triples=corpora)
def test_precision_and_recall_never_exceed_1(triples: list[Pair]) -> None:
    """DyGIE++ has reached a recall of 2 and an F1 of 1.333."""
    for measure, whole in scored(triples).results.items():
        for part in (whole, *whole.by("type").values(), *whole.documents().values()):
            t = part.tally
            assert t.hits_predicted == t.hits_gold <= min(t.predicted, t.gold), measure
            assert all(figure is None or 0 <= figure <= 1 for figure in (part.precision, part.recall, part.f1)), measure


@laws
@given(triples=corpora)
def test_types_documents_and_sentences_sum_to_the_whole(triples: list[Pair]) -> None:
    for measure, whole in scored(triples).results.items():
        assert total(part.tally for part in whole.by("type").values()) == whole.tally, measure
        assert total(part.tally for part in whole.documents().values()) == whole.tally, measure
        assert total(t for document in whole.tallies.values() for t in document.values()) == whole.tally, measure


@laws
@given(triples=corpora)
def test_no_sentence_hits_more_than_it_has(triples: list[Pair]) -> None:
    gold, preds = corpus(triples)
    sizes = {d.doc_id: len(d.sentences) for d in gold.documents}
    for measure, whole in score(gold, preds, seqeval=False).results.items():
        for doc_id, tallies in whole.tallies.items():
            for (sentence, _), t in tallies.items():
                assert sentence in range(sizes[doc_id]), measure
                assert t.hits_predicted <= t.predicted, measure
                assert t.hits_gold <= t.gold, measure


@laws
@given(triples=corpora)
def test_an_empty_prediction_has_recall_0_and_no_precision(triples: list[Pair]) -> None:
    empty = scored([(document, gold, Annotation("d")) for document, gold, _ in triples])
    realis = [e.realis for _, gold, _ in triples for e in gold.events]
    for measure, own in scored(selves(triples)).results.items():
        none = empty[measure]
        if measure == "Realis":
            assert (none.precision, none.recall, none.f1) == (None, None, None)
            assert none.reason == (
                "no predicted trigger equals, in span and type, a gold trigger that has a realis"
                if any(realis) or not realis
                else "no event of the gold has a realis"
            )
        elif own.tally.gold:
            assert (none.precision, none.recall, none.f1) == (None, 0, 0), measure
            assert none.reason == "nothing was predicted, so precision is undefined", measure
        else:
            assert (none.precision, none.recall, none.f1) == (None, None, None), measure
            assert none.reason == "no gold and no predicted items", measure


@laws
@given(triples=corpora)
def test_a_figure_is_undefined_exactly_if_there_is_a_reason(triples: list[Pair]) -> None:
    for measure, whole in scored(triples).results.items():
        assert (whole.reason is None) == (None not in (whole.precision, whole.recall, whole.f1)), measure


@laws
@given(triples=corpora)
def test_a_stricter_measure_never_hits_more(triples: list[Pair]) -> None:
    scores = scored(triples)
    for strict, loose in (
        ("Ent-C", "Ent-I"),
        ("Tri-C", "Tri-C(level=class)"),
        ("Tri-C(level=class)", "Tri-I"),
        ("Arg-I+", "Arg-I"),
        ("Arg-C+", "Arg-C"),
        ("Rel+", "Rel"),
    ):
        assert scores[strict].tally.hits_gold <= scores[loose].tally.hits_gold


@laws
@given(triple=pairs())
def test_span_measures_equal_a_plain_multiset_intersection(triple: Pair) -> None:
    document, gold, pred = triple
    for measure, definition in MEASURES.items():
        if definition.spans is None:
            continue
        golds, preds = (Counter(definition.spans(side, default_ontology())) for side in (gold, pred))
        hits = (golds & preds).total()
        expected = Tally(hits, hits, preds.total(), golds.total())
        assert total(definition.tally(document, gold, pred, default_ontology()).values()) == expected, measure
