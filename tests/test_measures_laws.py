"""Laws that every measure obeys. Each example is held against all measures at once; drawing it is what takes the time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import ALL_MEASURES, Pair, corpora, corpus, pairs

from communique.measures.measure import MEASURES, Measure, definition, parse
from communique.measures.tally import Tally, total
from communique.model import (
    LAYERS,
    Annotation,
    Argument,
    Document,
    Entity,
    Event,
    Instance,
    Mention,
    Relation,
    Span,
)
from communique.ontology import default_ontology
from communique.scorer import Result, Scores, score

laws = settings(max_examples=60)

AVERAGED = frozenset(str(m) for m in ALL_MEASURES if definition(m).averaged)
"""Their tallies add up the links, mentions and clusters of several metrics."""

BY_THE_GOLDS_CLUSTERS = frozenset({"Arg-C+(match=coref)", "Rel(level=entity)"})


def scored(triples: Sequence[Pair]) -> Scores:
    return plain(*corpus(triples))


def plain(gold: Any, preds: Iterable[Annotation], **options: Any) -> Scores:
    """Every measure there is a name for, without what is worked out from its tallies."""
    return score(gold, preds, measures=ALL_MEASURES, seqeval=False, intervals=False, errors=False, **options)


def selves(triples: Sequence[Pair]) -> list[Pair]:
    return [(document, gold, gold) for document, gold, _ in triples]


def figures(result: Result) -> tuple[float | None, float | None, float | None]:
    return result.precision, result.recall, result.f1


def swapped(tally: Tally) -> Tally:
    return Tally(tally.hits_gold, tally.hits_predicted, tally.gold, tally.predicted)


def links(gold: Annotation, layer: str) -> bool:
    """Whether a cluster of that layer holds two spans of a type that is clustered, so that MUC has a link to count."""
    ontology = default_ontology()
    if layer == "entities":
        of = {m.id: m.span for m in gold.mentions if m.type != "TITLE"}
        return any(len({of[i] for i in e.mentions if i in of}) > 1 for e in gold.entities)
    of = {e.id: e.span for e in gold.events if e.type not in ontology.events or ontology.events[e.type].instance}
    return any(len({of[i] for i in one.events if i in of}) > 1 for one in gold.instances)


@laws
@given(triples=corpora)
def test_gold_against_itself_is_1(triples: list[Pair]) -> None:
    """Where there is nothing to count there is no figure, but a reason: of singletons alone, MUC has none, nor CoNLL."""
    for measure, own in scored(selves(triples)).results.items():
        if not own.tally.gold:
            assert (own.f1, own.tally) == (None, Tally()), measure
            assert own.reason, measure
        elif own.f1 is None:
            assert measure in AVERAGED
            assert own.reason == "MUC is undefined"
        else:
            assert figures(own) == (1, 1, 1), measure
        assert own.tally.hits_predicted == own.tally.hits_gold == own.tally.gold == own.tally.predicted, measure
        assert all(t.hits_predicted == t.predicted == t.gold for d in own.tallies.values() for t in d.values()), measure


@laws
@given(triples=corpora)
def test_gold_against_itself_has_no_muc_exactly_where_no_cluster_has_two_spans(triples: list[Pair]) -> None:
    scores = scored(selves(triples))
    for name, layer in (("Coref", "entities"), ("EvCoref", "instances")):
        muc = scores[f"{name}(MUC)"]
        linked = any(links(gold, layer) for _, gold, _ in triples)
        assert (muc.f1, muc.reason) == ((1, None) if linked else (None, "no link between two mentions on either side"))
        assert (scores[f"{name}(CoNLL)"].f1 is None) == (not linked)


@laws
@given(triples=corpora, seed=st.integers(0, 9))
def test_order_and_ids_are_irrelevant(triples: list[Pair], seed: int) -> None:
    """nervaluate's strict F1 was 0 or .667 by the order of two predictions; DocRED's evidence F1 depends on it too."""
    random = Random(seed)

    def mixed(items: Iterable[Any]) -> tuple[Any, ...]:
        held = list(items)
        return tuple(random.sample(held, len(held)))

    def other(a: Annotation) -> Annotation:
        ids = {
            layer: dict(zip(old := [x.id for x in getattr(a, layer)], (f"{seed}{i}" for i in mixed(old)), strict=True))
            for layer in ("mentions", "events")
        }
        m, v = ids["mentions"], ids["events"]
        arguments = {e.id: mixed(replace(x, mention=m[x.mention]) for x in e.arguments) for e in a.events}
        return replace(
            a,
            mentions=mixed(replace(x, id=m[x.id]) for x in a.mentions),
            entities=mixed(replace(x, id=f"of {x.id}", mentions=mixed(m[i] for i in x.mentions)) for x in a.entities),
            events=mixed(replace(x, id=v[x.id], arguments=arguments[x.id]) for x in a.events),
            instances=mixed(replace(x, id=f"of {x.id}", events=mixed(v[i] for i in x.events)) for x in a.instances),
            relations=mixed(replace(x, id=f"of {x.id}", head=m[x.head], tail=m[x.tail]) for x in a.relations),
            event_relations=mixed(
                replace(x, id=f"of {x.id}", head=v[x.head], tail=v[x.tail]) for x in a.event_relations
            ),
        )

    gold, preds = corpus(triples)
    order = mixed(range(len(triples)))
    turned = replace(
        gold,
        documents=tuple(gold.documents[n] for n in order),
        annotations=tuple(other(gold.annotations[n]) for n in order),
    )
    assert plain(turned, mixed(map(other, preds))).results == plain(gold, preds).results


def test_only_what_goes_by_the_golds_clusters_does_not_swap() -> None:
    assert {str(m) for m in ALL_MEASURES if not definition(m).swaps} == BY_THE_GOLDS_CLUSTERS


@laws
@given(triple=pairs())
def test_swapping_gold_and_prediction_swaps_every_tally(triple: Pair) -> None:
    document, gold, pred = triple
    for measure in ALL_MEASURES:
        if not definition(measure).swaps:
            continue
        there = definition(measure).tally(document, gold, pred, default_ontology())
        back = definition(measure).tally(document, pred, gold, default_ontology())
        assert dict(back) == {key: swapped(t) for key, t in there.items()}, measure


@laws
@given(triples=corpora)
def test_swapping_gold_and_prediction_swaps_precision_and_recall(triples: list[Pair]) -> None:
    here, there = scored(triples), scored([(d, pred, gold) for d, gold, pred in triples])
    for measure, one in here.results.items():
        if measure not in BY_THE_GOLDS_CLUSTERS:
            other = there[measure]
            assert figures(one) == (other.recall, other.precision, other.f1), measure
            assert replace(one.macro_over_union(), precision=None, recall=None) == replace(
                other.macro_over_union(), precision=None, recall=None
            ), measure


NAMES = (Mention("m0", Span(0, 3), "PER"), Mention("m1", Span(4, 7), "PER"), Mention("m2", Span(8, 11), "PER"))
CLUSTERED = Annotation(
    "d",
    LAYERS,
    NAMES,
    (Entity("e0", "PER", ("m0", "m1")),),
    (Event("v0", Span(12, 15), "CONSULT", arguments=(Argument("ACTOR", "m0"),)),),
    relations=(Relation("r0", "AFFILIATION", "m0", "m2"),),
)
LOOSE = replace(
    CLUSTERED,
    entities=(),
    events=(replace(CLUSTERED.events[0], arguments=(Argument("ACTOR", "m1"),)),),
    relations=(Relation("r0", "AFFILIATION", "m1", "m2"),),
)


@pytest.mark.parametrize("measure", sorted(BY_THE_GOLDS_CLUSTERS))
def test_by_the_golds_clusters_precision_and_recall_do_not_change_places(measure: str) -> None:
    """A prediction that names another mention of the entity is right by the gold's clusters, and wrong by its own."""
    tally = definition(parse(measure)).tally
    document = Document("d", "Ann Bob Cyd met", "", (Span(0, 15),))
    assert total(tally(document, CLUSTERED, LOOSE, default_ontology()).values()) == Tally(1, 1, 1, 1)
    assert total(tally(document, LOOSE, CLUSTERED, default_ontology()).values()) == Tally(0, 0, 1, 1)


@laws
@given(triples=corpora)
def test_scoring_a_corpus_twice_over_changes_nothing(triples: list[Pair]) -> None:
    """nervaluate 1.1.0 scored one document 0.5 and the same document twice 0."""
    twice = scored(triples + triples)
    for measure, once in scored(triples).results.items():
        both = twice[measure]
        assert (figures(once), once.reason) == (figures(both), both.reason), measure
        assert (once.macro(), once.macro_over_union()) == (both.macro(), both.macro_over_union()), measure
        assert once.weighted() == both.weighted(), measure


@laws
@given(triples=corpora)
def test_precision_and_recall_never_exceed_1(triples: list[Pair]) -> None:
    """DyGIE++ has reached a recall of 2 and an F1 of 1.333."""
    for measure, whole in scored(triples).results.items():
        for part in (whole, *whole.by("type").values(), *whole.documents().values()):
            t = part.tally
            assert 0 <= t.hits_predicted <= t.predicted, measure
            assert 0 <= t.hits_gold <= t.gold, measure
            assert all(figure is None or 0 <= figure <= 1 for figure in figures(part)), measure


@laws
@given(triples=corpora)
def test_items_hit_as_often_as_they_are_hit(triples: list[Pair]) -> None:
    """Of coreference this holds for MUC and CEAFe, whose hits are links and clusters that both sides share."""
    for measure, whole in scored(triples).results.items():
        for part in (whole, *whole.documents().values()):
            for label, t in part.labels.items():
                if label not in ("B3", "LEA") and not measure.endswith(("(B3)", "(LEA)")):
                    assert t.hits_predicted == t.hits_gold, (measure, label)


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
    for measure, whole in plain(gold, preds).results.items():
        for doc_id, tallies in whole.tallies.items():
            for (sentence, _), t in tallies.items():
                assert 0 <= t.hits_predicted <= t.predicted, measure
                assert 0 <= t.hits_gold <= t.gold, measure
                if definition(parse(measure)).by_sentence:
                    assert sentence in range(sizes[doc_id]), measure
                else:
                    assert sentence is None, measure


@laws
@given(triples=corpora)
def test_sentences_take_no_part_in_a_match(triples: list[Pair]) -> None:
    gold, preds = corpus(triples)
    whole = replace(gold, documents=tuple(replace(d, sentences=()) for d in gold.documents))
    there = plain(whole, preds).results
    for measure, one in plain(gold, preds).results.items():
        assert one.labels == there[measure].labels, measure


@laws
@given(triples=corpora)
def test_an_empty_prediction_has_recall_0_and_no_precision(triples: list[Pair]) -> None:
    """Of attributes there is then nothing to compare. Where the gold has no links, CoNLL has no figure at all."""
    empty = scored([(document, gold, Annotation("d")) for document, gold, _ in triples])
    for measure, own in scored(selves(triples)).results.items():
        none = empty[measure]
        if measure in ("Realis", "Polarity") or not own.tally.gold:
            assert figures(none) == (None, None, None), measure
            assert none.reason, measure
        elif own.f1 is None:
            assert (measure in AVERAGED, figures(none)) == (True, (None, None, None)), measure
        else:
            assert figures(none) == (None, 0, 0), measure
            assert (none.reason or "").startswith(("nothing was predicted", "no link was predicted")), measure
            assert (none.reason or "").endswith(", so precision is undefined"), measure


@laws
@given(triples=corpora)
def test_a_prediction_where_there_is_no_gold_has_precision_0_and_no_recall(triples: list[Pair]) -> None:
    bare = scored([(document, Annotation("d"), gold) for document, gold, _ in triples])
    for measure, own in scored(selves(triples)).results.items():
        if own.f1 is not None and measure not in ("Realis", "Polarity"):
            assert figures(bare[measure]) == (0, None, 0), measure
            assert (bare[measure].reason or "").startswith("there is no gold"), measure
            assert (bare[measure].reason or "").endswith(", so recall is undefined"), measure


@laws
@given(triples=corpora)
def test_a_missing_document_counts_as_an_empty_one(triples: list[Pair]) -> None:
    gold, preds = corpus(triples)
    absent = plain(gold, preds[1:], missing="empty").results
    for measure, one in plain(gold, [Annotation(preds[0].doc_id), *preds[1:]]).results.items():
        assert (one.labels, one.tallies, one.unscored) == (
            absent[measure].labels,
            absent[measure].tallies,
            absent[measure].unscored,
        ), measure


@laws
@given(triples=corpora)
def test_a_figure_is_undefined_exactly_if_there_is_a_reason(triples: list[Pair]) -> None:
    for measure, whole in scored(triples).results.items():
        for part in (whole, *whole.by("type").values(), *whole.documents().values()):
            assert (part.reason is None) == (None not in figures(part)), measure


LOOSER = [
    ("NER", "Ent-C"),
    ("Ent-C", "Ent-I"),
    *((name, f"{name}(match=overlap)") for name in ("NER", "Ent-I", "Ent-C", "Tri-I", "Tri-C")),
    ("Tri-C(level=class)", "Tri-C(level=class,match=overlap)"),
    *((name, f"{name}(match=partial)") for name in ("Ent-I", "Tri-I")),
    *((f"{name}(match=partial)", f"{name}(match=overlap)") for name in ("Ent-I", "Tri-I")),
    ("Ent-C", "Ent-C(match=extent)"),
    ("Ent-C(match=extent)", "Ent-C(match=overlap)"),
    ("Ent-C(match=overlap)", "Ent-I(match=overlap)"),
    ("Tri-C", "Tri-C(level=class)"),
    ("Tri-C(level=class)", "Tri-I"),
    ("Tri-C(match=overlap)", "Tri-C(level=class,match=overlap)"),
    *((f"{name}(types={types})", name) for name in ("Tri-I", "Tri-C") for types in ("instances", "STATEMENT")),
    *((f"Tri-{x}(match=overlap,types=instances)", f"Tri-{x}(match=overlap)") for x in "IC"),
    ("Tri-C(types=ACCUSE+CONSULT)", "Tri-C(types=instances)"),
    ("Realis", "Tri-C"),
    ("Polarity", "Tri-C"),
    ("Arg-I+", "Arg-I"),
    ("Arg-C+", "Arg-C"),
    ("Arg-C+", "Arg-C+(match=coref)"),
    ("Rel+", "Rel"),
    ("Link", "Ent-I"),
]


@laws
@given(triples=corpora)
def test_a_stricter_measure_never_hits_more(triples: list[Pair]) -> None:
    """Overlap is at least exact, partial between the two, extent between them too, coreferent fillers at least exact ones."""
    scores = scored(triples)
    for strict, loose in LOOSER:
        assert scores[strict].tally.hits_gold <= scores[loose].tally.hits_gold, (strict, loose)


@laws
@given(triples=corpora)
def test_where_a_measure_differs_by_the_match_alone_the_items_are_the_same(triples: list[Pair]) -> None:
    scores = scored(triples)
    for measure in ALL_MEASURES:
        if "match" in dict(measure.params):
            exact = Measure(measure.name, tuple(p for p in measure.params if p[0] != "match"))
            one, other = scores[measure].labels, scores[exact].labels
            assert {k: (t.predicted, t.gold) for k, t in one.items()} == {
                k: (t.predicted, t.gold) for k, t in other.items()
            }, measure


@laws
@given(triples=corpora)
def test_the_conll_score_is_the_mean_of_three(triples: list[Pair]) -> None:
    scores = scored(triples)
    for name in ("Coref", "EvCoref"):
        mean, parts = scores[f"{name}(CoNLL)"], [scores[f"{name}({metric})"] for metric in ("MUC", "B3", "CEAFe")]
        if mean.unscored or not all(p.f1 is not None for p in parts):
            assert mean.f1 is None
            continue
        assert mean.f1 == pytest.approx(sum(p.f1 or 0 for p in parts) / 3, abs=1e-15)
        assert {label: part.tally for label, part in mean.by("type").items()} == {
            metric: part.tally for metric, part in zip(("MUC", "B3", "CEAFe"), parts, strict=True)
        }


@laws
@given(triple=pairs())
def test_span_measures_equal_a_plain_multiset_intersection(triple: Pair) -> None:
    document, gold, pred = triple
    for measure in ALL_MEASURES:
        found = definition(measure).spans
        if found is None:
            continue
        golds, preds = (Counter(found(side, default_ontology())) for side in (gold, pred))
        hits = (golds & preds).total()
        expected = Tally(hits, hits, preds.total(), golds.total())
        assert total(definition(measure).tally(document, gold, pred, default_ontology()).values()) == expected, measure


@laws
@given(triple=pairs())
def test_a_measure_alone_counts_what_it_counts_beside_others(triple: Pair) -> None:
    """What several measures ask of a side is worked out once for all of them."""
    document, gold, pred = triple
    together = plain(*corpus([triple])).results
    for measure in ALL_MEASURES:
        result = together[str(measure)]
        if not result.unscored:
            alone = definition(measure).tally(document, gold, pred, default_ontology())
            assert dict(alone) == dict(result.tallies["d0"]), measure


def test_every_printed_measure_is_among_those_the_laws_hold_for() -> None:
    assert set(MEASURES) <= set(ALL_MEASURES)
    assert len(set(ALL_MEASURES)) == len(ALL_MEASURES)


@pytest.mark.parametrize(
    ("measure", "again"),
    [
        ("Coref(B3)", {"entities": (*CLUSTERED.entities, Entity("e1", "PER", ("m1",)))}),
        ("EvCoref(B3)", {"instances": (Instance("i0", ("v0",)), Instance("i1", ("v0",)))}),
    ],
)
def test_a_span_in_two_clusters_is_no_partition(measure: str, again: dict[str, Any]) -> None:
    broken, document = replace(CLUSTERED, **again), Document("d", "Ann Bob Cyd met", "")
    for two in ((broken, CLUSTERED), (CLUSTERED, broken)):
        with pytest.raises(ValueError, match="stands in two clusters"):
            definition(parse(measure)).tally(document, *two, default_ontology())
