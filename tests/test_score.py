"""`score` and `Scores`: which documents are scored, what is left unscored, seqeval beside the counts, and ``scores.json``."""

from __future__ import annotations

import ast
import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Pair, corpora, corpus

import communique.scorer
from communique import __version__
from communique.incident import DataError
from communique.measures.measure import MEASURES, parse
from communique.measures.tally import Tally
from communique.model import LAYERS, Annotation, Argument, Document, Entity, Event, Gold, Mention, Relation, Span
from communique.ontology import default_ontology
from communique.scorer import Figures, Result, Scores, read_scores, score
from communique.scorer.official import verify
from communique.scorer.table import aligned, by_document, by_type, errors, heading, remarks, rows

TEXT = "Ann of Acme met Bob to mend ties."
WORDS = tuple(Span(*b) for b in ((0, 3), (4, 6), (7, 11), (12, 15), (16, 19), (20, 22), (23, 27), (28, 32)))
MENTIONS = (
    Mention("m1", Span(0, 3), "PER", "NAM"),
    Mention("m2", Span(7, 11), "ORG", "NAM"),
    Mention("m3", Span(16, 19), "PER", "NAM"),
)
EVENTS = (
    Event("v1", Span(12, 15), "CONSULT", "ACTUAL", "POS", (Argument("PARTICIPANT", "m1"), Argument("PARTICIPANT", "m3"))),
    Event("v2", Span(23, 27), "IMPROVE", "POSSIBLE", "POS"),
)


def annotation(doc_id: str = "d1", **changes: Any) -> Annotation:
    full = Annotation(doc_id, LAYERS, MENTIONS, events=EVENTS, relations=(Relation("r1", "AFFILIATION", "m1", "m2"),))
    return replace(full, **changes)


def gold(*doc_ids: str, elsewhere: tuple[str, ...] = ()) -> Gold:
    documents = tuple(Document(d, TEXT, "ab" * 32, (Span(0, 33),), WORDS) for d in doc_ids)
    return Gold(documents, tuple(annotation(d) for d in doc_ids), "test", "1.0.0#9f3c2e1a", elsewhere)


CLUSTERS = tuple(Entity(f"e{n}", "PER", (f"m{n}",)) for n in (1, 2, 3))
PRED = annotation(
    mentions=(*MENTIONS[:2], Mention("m3", Span(16, 20), "PERSON")), events=(EVENTS[0], replace(EVENTS[1], realis="ACTUAL"))
)


def scores(**options: Any) -> Scores:
    return score(gold("d1"), [PRED], system="toy", **options)


def test_figures_come_with_counts_types_and_documents() -> None:
    result = scores(seqeval=False)["Ent-C"]
    assert (result.precision, result.recall, result.f1) == (2 / 3, 2 / 3, 2 / 3)
    assert (result.tally.hits_predicted, result.tally.predicted, result.tally.gold) == (2, 3, 3)
    assert result.by("type")["ORG"].recall == 1
    assert result.by("type")["PER"].recall == 0.5
    assert result.documents()["d1"].by("type")["PERSON"].precision == 0
    with pytest.raises(ValueError, match='by "type", not by'):
        result.by("sentence")


def test_macro_is_over_the_ontologys_labels_and_the_union_over_all() -> None:
    result = scores(seqeval=False)["Ent-C"]
    assert result.foreign == ("PERSON",)
    assert result.macro() == Figures((1 + 1) / 2, (1 + 1 / 2) / 2, (1 + 2 / 3) / 2)
    union = Figures((1 + 1 + 0) / 3, (1 + 1 / 2 + 0) / 3, (1 + 2 / 3 + 0) / 3)
    assert result.macro_over_union() == union
    assert scores(seqeval=False, macro="union")["Ent-C"].macro() == union


def test_weighted_means_count_each_label_as_often_as_the_gold_has_it() -> None:
    weighted = scores(seqeval=False)["Ent-C"].weighted()
    assert weighted == Figures((1 * 1 + 2 * 1) / 3, (1 * 1 + 2 * 0.5) / 3, (1 * 1 + 2 * (2 / 3)) / 3)


def test_macro_of_gold_of_ones_own_is_over_the_golds_labels() -> None:
    mine = replace(gold("d1"), own=True)
    result = score(mine, [PRED], measures=["Ent-C"], seqeval=False)
    assert result["Ent-C"].foreign == ("PERSON",)
    assert "|macro:gold|" in result["Ent-C"].signature
    assert "Ent-C: the gold does not have the labels PERSON." in remarks(result)
    assert "|macro:ontology|" in score(mine, [PRED], measures=["Ent-C"], ontology=default_ontology())["Ent-C"].signature


def test_of_conlls_average_no_mean_is_taken_by_gold_items() -> None:
    """They are links, mentions and clusters. The macro average is the figure itself, undefined where it is."""
    alike = score(gold("d1"), [annotation(entities=CLUSTERS)], measures=["Coref(CoNLL)"], seqeval=False)["Coref(CoNLL)"]
    assert alike.f1 is None
    assert set(alike.labels) == {"B3", "CEAFe", "MUC"}
    assert alike.macro() == alike.weighted() == Figures(None, None, None)
    assert alike.reason == "MUC is undefined"


def test_signatures_are_long_and_short() -> None:
    result = scores(seqeval=False, missing="empty")["Arg-C+"]
    rest = f"data:1.0.0#9f3c2e1a|onto:{default_ontology().identity}|v:{__version__}"
    assert result.signature == f"Arg-C+|match:exact|split:test|docs:1|missing:empty|macro:ontology|ci:jackknife-t|{rest}"
    assert result.short_signature == f"Arg-C+|split:test|docs:1|missing:empty|{rest}"


@pytest.mark.parametrize(
    ("measure", "options", "field"),
    [
        ("Ent-C(match=overlap)", {}, "match:overlap"),
        ("Arg-C+(match=coref)", {}, "match:coref"),
        ("Coref(LEA)", {}, "match:exact"),
        ("Ent-C", {"macro": "union"}, "macro:union"),
        ("Ent-C", {"intervals": False}, "ci:none"),
    ],
)
def test_what_a_figure_depends_on_is_in_its_signature(measure: str, options: dict[str, Any], field: str) -> None:
    result = scores(measures=[measure], seqeval=False, **options)[measure]
    fields = result.signature.split("|")
    assert fields[0] == measure
    assert [part.partition(":")[0] for part in fields[1:]] == [
        *("match", "split", "docs", "missing", "macro", "ci", "data", "onto", "v")
    ]
    assert field in fields
    assert (field in result.short_signature.split("|")) == (field != "match:exact")


def test_the_ontology_that_was_scored_with_is_in_signature_and_versions() -> None:
    """By its digest: one may be edited and keep its version. A gold of one's own has none."""
    usual = default_ontology()
    edited = replace(usual, events={name: of for name, of in usual.events.items() if name != "CONSULT"})
    assert edited.version == usual.version
    own = replace(gold("d1"), own=True)
    for of, ontology, identity in (
        (gold("d1"), None, usual.identity),
        (gold("d1"), edited, edited.identity),
        (own, usual, usual.identity),
        (own, None, "none"),
    ):
        found = score(of, [PRED], measures=["Tri-C"], ontology=ontology, seqeval=False)
        assert found.versions["ontology"] == identity
        assert f"onto:{identity}" in found["Tri-C"].signature.split("|")
        assert f"onto:{identity}" in found["Tri-C"].short_signature.split("|")
    assert len({usual.identity, edited.identity, "none"}) == 3
    assert usual.identity.startswith(f"{usual.version}#")


def test_a_measure_that_was_not_scored_is_a_key_error_that_names_the_nearest() -> None:
    few = scores(measures=["Ent-C", "Tri-C( level=class )"], seqeval=False)
    assert list(few) == ["Ent-C", "Tri-C(level=class)"]
    assert few["Tri-C(level = class)"].f1 == 1
    with pytest.raises(KeyError, match=r"Ent-I was not scored; did you mean Ent-C\?"):
        few["Ent-I"]


def test_scores_hold_a_measure_under_every_name_that_gives_it() -> None:
    few = scores(measures=["Tri-C(level=class)"], seqeval=False)
    for name in ("Tri-C(level=class)", " Tri-C( level = class ) ", parse("Tri-C(level=class)")):
        assert name in few
        assert few[name].f1 == 1
    assert "Tri-C" not in few
    assert "no measure" not in few
    assert 3 not in few


@pytest.mark.parametrize(
    ("pred", "problem"),
    [
        ([], 'predictions: 2 of 2 gold documents have no prediction: d1, d2; pass missing="empty"'),
        ([annotation()], 'predictions: 1 of 2 gold documents has no prediction: d2; pass missing="empty"'),
        ([annotation(), annotation("d2"), annotation("d7")], "d7: unknown doc_id 'd7'"),
        ([annotation(), annotation(), annotation("d2")], "d1: there are 2 predictions of this document"),
        ([annotation(), annotation("d2", text_sha256="cd" * 32)], "d2: was made for the text with SHA-256 cdcdcdcdcdcd"),
        ([annotation(), annotation("d2", layers=("mentions",))], "predictions: documents claim different layers"),
    ],
)
def test_predictions_that_do_not_fit_the_gold_are_refused(pred: list[Annotation], problem: str) -> None:
    with pytest.raises(DataError) as caught:
        score(gold("d1", "d2"), pred)
    assert str(caught.value).startswith(problem)


def test_predictions_may_come_one_by_one() -> None:
    both = score(gold("d1", "d2"), (annotation(d) for d in ("d1", "d2")), seqeval=False)
    assert both["Ent-C"].f1 == 1
    with pytest.raises(DataError, match="there are 2 predictions"):
        score(gold("d1"), (annotation("d1") for _ in range(2)))


BEYOND = replace(MENTIONS[2], span=Span(30, 99))
DANGLING = replace(EVENTS[0], arguments=(Argument("PARTICIPANT", "m9"),))


@pytest.mark.parametrize(
    ("damage", "incident", "place"),
    [
        ({"mentions": (*MENTIONS[:2], BEYOND)}, "span-outside-text", "d1#m3"),
        ({"mentions": (*MENTIONS, MENTIONS[0])}, "duplicate-id", "d1#m1"),
        ({"events": (DANGLING,)}, "dangling-id", "d1#v1"),
        ({"relations": (Relation("r1", "AFFILIATION", "m1", "m9"),)}, "dangling-id", "d1#r1"),
        ({"text_sha256": "cd" * 32}, "text-differs", "d1"),
    ],
)
def test_what_a_program_made_is_checked_as_a_file_is(damage: dict[str, Any], incident: str, place: str) -> None:
    with pytest.raises(DataError) as caught:
        score(gold("d1"), [annotation(**damage)])
    assert [(i.id, i.place) for i in caught.value.incidents] == [(incident, place)]
    with pytest.raises(DataError) as caught:
        score(replace(gold("d1"), annotations=(annotation(**damage),)), [annotation()])
    assert [(i.id, i.place) for i in caught.value.incidents] == [(incident, f"gold: {place}")]


def test_labels_that_the_ontology_does_not_know_are_no_damage() -> None:
    own = annotation(mentions=tuple(replace(m, type="Thing") for m in MENTIONS))
    alike = score(replace(gold("d1"), annotations=(own,)), [own], seqeval=False)
    assert alike["Ent-C"].f1 == 1
    names = "NER, Ent-C, Ent-C(match=overlap), Ent-C(match=extent)"
    assert f"– macro F1 of {names}: the ontology knows none of the labels" in remarks(alike)


def test_many_missing_documents_are_counted_and_some_named() -> None:
    with pytest.raises(DataError, match=r"12 of 12 gold documents have no prediction: (d\d, ){9}d9 and 2 more"):
        score(gold(*(f"d{i}" for i in range(12))), [])


def test_all_faults_are_reported_at_once() -> None:
    with pytest.raises(DataError) as caught:
        score(gold("d1", "d2", "d3"), [annotation(), annotation(), annotation("d7")])
    assert [i.id for i in caught.value.incidents] == ["duplicate-document", "unknown-document", "missing-document"]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"missing": "skip"}, "missing is"),
        ({"macro": "gold"}, "macro is"),
        ({"measures": ["Tri-C(types=CONSULTS)"]}, "no event type 'CONSULTS'; did you mean CONSULT"),
        ({"measures": "Ent-C"}, "measures is a list"),
        ({"measures": ["Ent"]}, "there is no measure 'Ent'"),
    ],
)
def test_misuse_is_a_value_error(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        scores(**options)


def test_a_missing_document_counted_as_empty_costs_recall_and_shows() -> None:
    half = score(gold("d1", "d2"), [annotation()], missing="empty")
    assert (half["Ent-C"].precision, half["Ent-C"].recall) == (1, 0.5)
    assert "|missing:empty|" in half["Ent-C"].signature
    assert half.notes == ("Counted as empty, for they have no prediction: d2.",)


def test_no_prediction_at_all_counted_as_empty_claims_every_layer() -> None:
    none = score(gold("d1"), [], missing="empty")
    assert (none["Ent-C"].precision, none["Ent-C"].recall, none["Ent-C"].f1) == (None, 0, 0)
    assert none["Realis"].f1 is None
    assert none.notes == ("Counted as empty, for they have no prediction: d1.",)


@pytest.mark.parametrize("layers", [("mentions",), ("events", "arguments"), ("entities", "instances"), ("event_relations",)])
def test_a_prediction_of_which_nothing_can_be_scored_is_told_so(layers: tuple[str, ...]) -> None:
    bare = score(gold("d1"), [annotation(layers=layers)], measures=["Rel", "Rel+"])
    assert bare.notes == ("Nothing could be scored: every measure lacks what it needs, as its reason says.",)
    every = score(gold("d1"), [annotation(layers=layers)], seqeval=False)
    assert every.notes == ()
    assert [name for name, r in every.results.items() if not r.unscored]


def test_a_document_of_another_split_is_left_out_with_a_note() -> None:
    both = score(gold("d1", elsewhere=("d9",)), [annotation(), annotation("d9", layers=("mentions",))])
    assert both.documents == ("d1",)
    assert both.notes == ("Left out, for they are of another split than test: d9.",)
    assert both["Ent-C"].f1 == 1


def test_predictions_of_another_split_alone_are_told_so() -> None:
    with pytest.raises(DataError, match=r"the predictions are of another split than test: load that one \(--split\)"):
        score(gold("d1", elsewhere=("d9",)), [annotation("d9")])


def test_a_layer_that_is_not_claimed_is_not_scored() -> None:
    part = score(gold("d1"), [annotation(layers=("mentions",))])
    assert part["Ent-C"].f1 == 1
    for measure in ("Tri-C", "Arg-I", "Rel+", "Realis"):
        assert (part[measure].precision, part[measure].recall, part[measure].f1) == (None, None, None)
    assert part["Tri-C"].reason == part["Realis"].reason == "the prediction does not claim the layer events"
    assert part["Arg-C"].reason == "the prediction does not claim the layer arguments"
    mentions_only = replace(gold("d1"), annotations=(annotation(layers=("mentions",)),))
    lacking = score(mentions_only, [annotation()], measures=["Rel"])["Rel"]
    assert (lacking.f1, lacking.reason) == (None, "the gold does not claim the layer relations")


def test_by_default_the_measures_are_those_whose_layers_the_gold_claims_and_a_note_says_what_it_lacks() -> None:
    for layers in (LAYERS, ("mentions",), ("mentions", "events", "arguments"), ("entities",)):
        of = replace(gold("d1"), annotations=(annotation(layers=layers),))
        found = score(of, [annotation()], seqeval=False)
        assert list(found) == [str(m) for m, d in MEASURES.items() if {*d.layers, *d.gold_layers} <= {*layers}]
        lacks = ", ".join(layer for layer in LAYERS if layer not in layers)
        note = f"Measures that need more layers than the gold claims are left out; it lacks {lacks}."
        assert found.notes == ((note,) if lacks else ())
        assert score(of, [annotation()], measures=list(MEASURES), seqeval=False).notes == ()


def test_a_measure_whose_layer_one_gold_document_lacks_is_left_out_too() -> None:
    of = replace(gold("d1", "d2"), annotations=(annotation(), annotation("d2", layers=("mentions", "events"))))
    pred = [annotation(), annotation("d2")]
    found = score(of, pred, seqeval=False)
    assert "Tri-C" in found
    assert "Rel" not in found
    assert "it lacks entities, arguments, instances, relations, event_relations." in found.notes[0]
    assert score(of, pred, measures=["Rel"], seqeval=False)["Rel"].reason == "the gold does not claim the layer relations"


def test_a_claimed_layer_that_is_empty_found_nothing() -> None:
    result = score(gold("d1"), [annotation(relations=())])["Rel"]
    assert (result.precision, result.recall, result.f1) == (None, 0, 0)


def test_realis_that_no_event_has_is_not_scored() -> None:
    without = tuple(replace(e, realis=None) for e in EVENTS)
    result = score(gold("d1"), [annotation(events=without)])["Realis"]
    assert (result.f1, result.reason) == (None, "no event of the prediction has a realis")
    assert score(gold("d1"), [annotation(events=(EVENTS[0], without[1]))])["Realis"].f1 == 0.5


def test_realis_without_a_right_trigger_is_undefined() -> None:
    wrong = tuple(replace(e, type="ACCUSE") for e in EVENTS)
    result = score(gold("d1"), [annotation(events=wrong)])["Realis"]
    assert (result.precision, result.recall, result.f1) == (None, None, None)
    assert result.reason == "no predicted trigger equals, in span and type, a gold trigger where either has a realis"


SPANS = ("NER", "Ent-I", "Ent-C", "Tri-I", "Tri-C", "Tri-C(types=instances)", "Tri-C(level=class)")


@settings(max_examples=60)
@given(corpora)
def test_seqeval_agrees_on_every_corpus(triples: list[Pair]) -> None:
    """`score` raises if a count, or any of P, R and F1, differs by as much as a bit."""
    both = score(*corpus(triples), measures=[*SPANS, "Arg-C"], intervals=False)
    for measure in SPANS:
        result = both[measure]
        assert (result.seqeval is None) == (result.f1 is None)
        assert result.seqeval is None or result.seqeval.f1 == result.f1
    assert both["Arg-C"].seqeval is None


@pytest.mark.parametrize(
    ("tally", "labels", "where"),
    [
        (Tally(1, 1, 1, 1), {"PER": Tally(1, 1, 1, 2)}, "PER: seqeval gives .* of 1 gold spans, communique .* of 2"),
        (Tally(1, 1, 1, 1), {"PER": Tally(0, 0, 1, 1)}, r"PER: seqeval gives Figures\(precision=1.0, .* communique Figures\("),
        (Tally(1, 1, 2, 1), {"PER": Tally(1, 1, 1, 1)}, "all labels: seqeval gives"),
        (Tally(1, 1, 1, 1), {"PER": Tally(1, 1, 1, 1), "ORG": Tally(0, 0, 1, 0)}, "the macro means over the labels: "),
    ],
)
def test_a_figure_that_seqeval_does_not_share_is_an_error(tally: Tally, labels: dict[str, Tally], where: str) -> None:
    spans = [[(Span(0, 3), "PER")]]
    verify(gold("d1").documents, spans, spans, Result("Ent-C", "", Tally(1, 1, 1, 1), {"PER": Tally(1, 1, 1, 1)}))
    with pytest.raises(RuntimeError, match=f"Ent-C, {where}"):
        verify(gold("d1").documents, spans, spans, Result("Ent-C", "", tally, labels))


def test_seqeval_is_skipped_with_a_note_above_a_million_tokens() -> None:
    """The tokens are what counts, so the text may be short here."""
    large = gold("d1")
    large = replace(large, documents=(replace(large.documents[0], tokens=WORDS[:1] * 1_000_001),))
    result = score(large, [annotation()])
    assert result["Ent-C"].seqeval is None
    assert result.notes == ("seqeval was not run: 1,000,001 tokens are more than 1,000,000.",)
    assert "seqeval" not in result.versions


def test_without_a_single_entity_seqeval_is_not_asked() -> None:
    """It raises TypeError or ValueError on such a corpus."""
    nothing = annotation(mentions=(), events=(), relations=())
    empty = score(replace(gold("d1"), annotations=(nothing,)), [nothing])
    assert all(r.f1 is None and r.seqeval is None and r.reason for r in empty.results.values())


def test_the_printed_table_shows_seqevals_figures_beside_ours() -> None:
    printed = str(scores()).splitlines()
    assert printed[0] == "toy on test (1 document)"
    words = ["measure", "P", "R", "F1", "new", "docs", "these", "docs", "macro", "F1", "hits", "pred", "gold", "seqeval", "F1"]
    assert printed[2].split() == words
    rows = {row[0]: row[1:] for row in map(str.split, printed) if row}
    assert rows["Ent-C"] == ["66.7", "66.7", "66.7", "–", "–", "83.3", "2", "3", "3", "66.7"]
    assert any(line.startswith("seqeval 1.") and "the same P, R, F1 and gold counts" in line for line in printed)
    assert "NER, Ent-C, Ent-C(match=overlap), Ent-C(match=extent): the ontology does not know the labels PERSON." in printed
    assert "seqeval" not in str(scores(seqeval=False))
    assert "docs  " not in str(scores(intervals=False)).splitlines()[2]


def test_the_table_fits_a_page() -> None:
    """Below it stand remarks, which wrap."""
    both = scores().beside(scores(seqeval=False))
    assert max(map(len, aligned(rows(both)))) <= 120
    assert max(map(len, aligned(errors(both)))) <= 120


def test_layers_stand_apart_in_the_table() -> None:
    printed = str(scores(measures=["Ent-C", "Coref(B3)", "Link", "Tri-C", "Rel"], seqeval=False)).splitlines()
    assert [line.partition(" ")[0] for line in printed[3:11]] == ["Ent-C", "", "Coref(B3)", "Link", "", "Tri-C", "", "Rel"]


def test_errors_stand_below_the_table_a_column_a_measure() -> None:
    printed = [line.split() for line in str(scores(seqeval=False)).splitlines()]
    at = next(n for n, row in enumerate(printed) if row[:1] == ["errors"])
    assert printed[at] == ["errors", "Ent-C", "Tri-C", "Arg-C+", "Rel", "EvRel", "Link", "Realis", "Polarity"]
    shares = {row[0]: row[1:] for row in printed[at + 1 : at + 13]}
    assert shares["type+boundary"] == ["1", "(+33.3)", "0", "–", "0", "0", "0", "–", "–"]
    assert shares["value"] == ["–", "–", "–", "–", "–", "–", "1", "(+50.0)", "0"]


def test_other_figures_stand_beside_where_they_are_of_the_same_documents() -> None:
    floor = score(gold("d1"), [annotation(events=EVENTS[:1])], system="floor", seqeval=False)
    both = scores(seqeval=False).beside(floor)
    assert both.floors["floor"]["Tri-C"].f1 == 2 / 3
    row = next(row for row in rows(both) if row[0] == "Tri-C")
    assert dict(zip(rows(both)[0], row, strict=True))["floor"] == "66.7"
    assert any(line.startswith("floor: F1 of a floor") for line in remarks(both))
    with pytest.raises(ValueError, match="toy and floor cannot be compared: the data of the one: 77; of the other: 9f3c2e1a"):
        score(replace(gold("d1"), version="2#77"), [PRED], system="toy", measures=["Ent-C"]).beside(floor)
    assert replace(both, versions={**both.versions, "data": "renamed.jsonl#9f3c2e1a"}).beside(floor).floors


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"split": "validation"}, "the split of the one: validation; of the other: test"),
        ({"documents": ("d1", "d2")}, "the documents of the one: d1, d2; of the other: d1"),
        ({"versions": {"ontology": "1.0#ab"}}, "the ontology of the one: 1.0#ab; of the other: "),
        ({"versions": {"communique": "9.0"}}, "the tool's version of the one: 9.0; of the other: "),
    ],
)
def test_other_figures_do_not_stand_beside_what_was_scored_otherwise(change: dict[str, Any], problem: str) -> None:
    floor = scores(measures=["Ent-C"], seqeval=False)
    if "versions" in change:
        change = {"versions": {**floor.versions, **change["versions"]}}
    with pytest.raises(ValueError, match=f"toy and toy cannot be compared: {problem}.*Score both again in the same way"):
        replace(floor, **change).beside(floor)


def test_a_dash_of_the_seqeval_column_has_its_reason() -> None:
    assert "– seqeval F1: seqeval scores labelled spans only" in remarks(scores())
    only = score(gold("d1"), [PRED], measures=["Ent-C"], intervals=False)
    assert not [line for line in remarks(only) if line.startswith("–")]


def test_the_measures_of_one_name_are_named_together_where_all_share_a_reason() -> None:
    part = score(gold("d1"), [annotation(layers=("mentions",))], seqeval=False, intervals=False)
    assert "– Coref(…), Link: the prediction does not claim the layer entities" in remarks(part)
    one = score(gold("d1"), [annotation(layers=("mentions",))], seqeval=False, measures=["Coref(B3)", "Coref(MUC)"])
    assert "– Coref(B3), Coref(MUC): the prediction does not claim the layer entities" in remarks(one)


def test_labels_with_few_gold_items_are_marked(tmp_path: Path) -> None:
    many = replace(annotation(), mentions=tuple(Mention(f"m{n}", WORDS[n % 8], "PER" if n < 15 else "ORG") for n in range(29)))
    both = score(replace(gold("d1"), annotations=(many,)), [many], seqeval=False, measures=["Ent-C"])
    assert both["Ent-C"].few == ("ORG",)
    by = both.as_json()["measures"]["Ent-C"]["by"]["type"]
    assert {label: row["few"] for label, row in by.items()} == {"ORG": True, "PER": False}
    assert "Fewer than 15 gold items, so hardly measured (--by type marks them): Ent-C ORG 14." in remarks(both)
    assert [row[1] for row in by_type(both)] == ["label", "ORG*", "PER"]


def test_a_label_that_is_ours_and_no_schemas_is_never_one_with_few_items() -> None:
    names = ["Ent-I", "Tri-I", "Link", "Coref(B3)", "EvCoref(CoNLL)"]
    linked = annotation(entities=tuple(replace(e, wikidata="Q1") for e in CLUSTERS))
    of = score(replace(gold("d1"), annotations=(linked,)), [linked], measures=[*names, "Ent-C"], seqeval=False)
    assert {name: of[name].few for name in names} == dict.fromkeys(names, ())
    assert of["Ent-C"].few == ("ORG", "PER")
    assert "Fewer than 15 gold items, so hardly measured (--by type marks them): Ent-C ORG 1, PER 2." in remarks(of)


def test_where_hits_of_predicted_and_gold_items_differ_the_table_and_the_file_have_both() -> None:
    together = annotation(entities=(Entity("e1", "PER", ("m1", "m2", "m3")),))
    apart = annotation(entities=(Entity("e1", "PER", ("m1", "m2")), Entity("e2", "PER", ("m3",))))
    of = score(replace(gold("d1"), annotations=(together,)), [apart], measures=["Ent-C", "Coref(B3)"], seqeval=False)
    header, *table = rows(of)
    assert [dict(zip(header, row, strict=True))["hits"] for row in table] == ["3", "3/1.7"]
    b3 = of.as_json()["measures"]["Coref(B3)"]
    assert (b3["hits"], b3["hits_gold"]) == (3, 5 / 3)
    assert (b3["precision"], b3["recall"]) == (b3["hits"] / b3["predicted"], pytest.approx(b3["hits_gold"] / b3["gold"]))


def test_a_gold_without_documents_has_every_measure_and_reasons_for_figures() -> None:
    none = score(gold(), [], seqeval=False)
    assert list(none) == [str(m) for m in MEASURES]
    assert (none.documents, none.sentences) == ((), {})
    assert all(r.f1 is None and r.reason for r in none.results.values())
    assert json.loads(json.dumps(none.as_json(), allow_nan=False))["sentences"] == {}


def test_documents_are_counted_with_the_stories_they_tell() -> None:
    told = gold("d1", "d2", "d3")
    documents = tuple(replace(d, story=story) for d, story in zip(told.documents, ("a", "b", "a"), strict=True))
    annotations = [annotation(d) for d in ("d1", "d2", "d3")]
    three = score(replace(told, documents=documents), annotations, measures=["Ent-C"], system="x", seqeval=False)
    assert (three.stories, heading(three)) == (2, "x on test (3 documents, 2 stories)")
    assert score(told, annotations, measures=["Ent-C"], seqeval=False).stories is None


def test_what_is_undefined_is_not_said_to_be_the_same_in_seqeval() -> None:
    nothing = score(gold("d1"), [annotation(mentions=(), events=(), relations=())], measures=["Ent-C"])
    assert nothing["Ent-C"].precision is None
    assert nothing["Ent-C"].seqeval == Figures(0.0, 0.0, 0.0)
    (said,) = (line for line in remarks(nothing) if line.startswith("seqeval "))
    assert said.endswith("for Ent-C; where a figure is undefined it says 0.")


def test_names_with_line_breaks_and_escapes_print_on_one_line() -> None:
    named = score(gold("a\nb"), [], system="x\n# y\x1b[2J", missing="empty", seqeval=False)
    named = named.beside(replace(named, system="f\nl\x1b[2J"))
    assert heading(named) == "x\\n# y\\x1b[2J on test (1 document)"
    assert "Counted as empty, for they have no prediction: a\\nb." in remarks(named)
    assert all(c.isprintable() for table in (rows, by_type, by_document) for row in table(named) for c in row)
    assert named.system == "x\n# y\x1b[2J"


def test_many_unknown_labels_are_cut_in_print() -> None:
    many = annotation(mentions=tuple(Mention(f"m{i}", Span(i, i + 1), f"L{i:02}") for i in range(12)), events=(), relations=())
    printed = score(gold("d1"), [many], measures=["Ent-C"], seqeval=False)
    names = ", ".join(f"L{i:02}" for i in range(10))
    assert f"Ent-C: the ontology does not know the labels {names} and 2 more." in remarks(printed)


def test_a_signature_keeps_its_fields_whatever_the_data_is_called(tmp_path: Path) -> None:
    ontology = replace(default_ontology(), version="c|d%\u2028")
    odd = score(replace(gold("d1"), version="a|b%\n.jsonl#9f3c2e1a"), [annotation()], ontology=ontology, seqeval=False)
    fields = odd["Ent-C"].signature.split("|")
    onto = f"onto:c%7Cd%25%E2%80%A8#{ontology.identity.rpartition('#')[2]}"
    assert fields[-3:] == ["data:a%7Cb%25%0A.jsonl#9f3c2e1a", onto, f"v:{__version__}"]
    odd.save(tmp_path / "s.json")
    assert read_scores(tmp_path / "s.json") == odd


def test_the_table_gives_the_reason_for_every_dash() -> None:
    printed = str(score(gold("d1"), [annotation(layers=("mentions",))], seqeval=False))
    names = "Tri-I, Tri-C, Tri-C(match=overlap), Tri-C(types=instances), Tri-C(level=class), Realis, Polarity"
    assert f"– {names}: the prediction does not claim the layer events" in printed
    shown = [line for line in printed.splitlines() if line.startswith("– ")]
    dashed = {name for name, r in score(gold("d1"), [annotation(layers=("mentions",))]).results.items() if r.f1 is None}
    for name in dashed:
        assert any(name in line or f"{name.partition('(')[0]}(…)" in line for line in shown), name


@settings(max_examples=30)
@given(corpora)
def test_saved_scores_read_back_equal(tmp_path_factory: pytest.TempPathFactory, triples: list[Pair]) -> None:
    path = tmp_path_factory.mktemp("scores") / "scores.json"
    before = score(*corpus(triples), system="“x”", seqeval=False, intervals=False)
    before.save(path)
    after = read_scores(path)
    assert after == before
    assert str(after) == str(before)
    assert after.as_json() == before.as_json() == json.loads(path.read_text(encoding="utf-8"))


@settings(max_examples=5)
@given(corpora)
def test_intervals_read_back_equal(tmp_path_factory: pytest.TempPathFactory, triples: list[Pair]) -> None:
    path = tmp_path_factory.mktemp("scores") / "scores.json"
    before = score(*corpus([*triples, *triples]), measures=["Ent-C", "Coref(CoNLL)", "Arg-C+"], seqeval=False)
    before.save(path)
    assert read_scores(path) == before


def test_hits_in_parts_read_back_to_the_last_digit(tmp_path: Path) -> None:
    """Thirds and sixths, which no float holds."""
    clusters = (Entity("e1", "PER", ("m1", "m2", "m3")),)
    before = score(
        replace(gold("d1"), annotations=(annotation(entities=clusters),)),
        [annotation(entities=(Entity("e1", "PER", ("m1", "m2")), Entity("e2", "PER", ("m3",))))],
        measures=["Coref(B3)", "Coref(CEAFe)"],
        seqeval=False,
    )
    assert before["Coref(B3)"].tally == Tally(3, Fraction(5, 3), 3, 3)
    before.save(tmp_path / "s.json")
    assert json.loads((tmp_path / "s.json").read_text())["documents"]["d1"]["Coref(B3)"] == {"B3": [[None, 3, "5/3", 3, 3]]}
    after = read_scores(tmp_path / "s.json")
    assert after == before
    assert isinstance(after["Coref(B3)"].tally.hits_gold, Fraction)


def test_unscored_measures_and_seqevals_figures_read_back_too(tmp_path: Path) -> None:
    before = score(gold("d1", elsewhere=("d9",)), [annotation("d9"), annotation(layers=("mentions",))])
    before.save(tmp_path / "scores.json")
    assert read_scores(tmp_path / "scores.json") == before
    assert read_scores(tmp_path / "scores.json")["Ent-C"].seqeval == Figures(1.0, 1.0, 1.0)


def test_the_file_has_the_documented_shape() -> None:
    table = scores().as_json()
    keys = ["system", "split", "stories", "sentences", "versions", "notes", "measures", "floors", "errors", "documents"]
    assert list(table) == keys
    assert (table["stories"], table["sentences"], table["floors"]) == (None, {"d1": 1}, {})
    versions = {"communique": __version__, "data": "1.0.0#9f3c2e1a", "ontology": default_ontology().identity}
    assert table["versions"] == {**versions, "seqeval": version("seqeval")}
    row = table["measures"]["Arg-C+"]
    figures = ["precision", "recall", "f1"]
    counts = ["hits", "hits_gold", "predicted", "gold", "reason"]
    assert list(row) == ["signature", *figures, *counts, "intervals", "macro", "weighted", "by"]
    assert list(table["measures"]["Ent-C"]) == [*list(row)[:-1], "seqeval", "foreign", "by"]
    half = dict.fromkeys(figures, 0.5)
    assert row["macro"] == row["weighted"] == half
    assert row["by"]["type"]["PARTICIPANT"] == {
        **half,
        "hits": 1,
        "hits_gold": 1,
        "predicted": 2,
        "gold": 2,
        "reason": None,
        "few": True,
    }
    assert [(i["figure"], i["unit"]) for i in row["intervals"]] == [
        (figure, unit) for figure in ("f1", "precision", "recall") for unit in ("document", "sentence")
    ]
    assert list(row["intervals"][0]) == ["figure", "unit", "method", "low", "high", "level", "reason"]
    assert list(table["errors"]) == ["Ent-C", "Tri-C", "Arg-C+", "Rel", "EvRel", "Link", "Realis", "Polarity"]
    assert table["errors"]["Ent-C"]["kinds"]["type+boundary"] == {"count": 1, "gain": 1 - 2 / 3}
    assert table["errors"]["Ent-C"]["confusions"] == [{"gold": "PER", "pred": "PERSON", "count": 1}]
    assert table["errors"]["Ent-C"]["items"] == [
        {
            "kind": "type+boundary",
            "doc_id": "d1",
            "sentence": 0,
            "gold": {"label": "PER", "span": [16, 19], "ids": ["m3"]},
            "pred": {"label": "PERSON", "span": [16, 20], "ids": ["m3"]},
        }
    ]
    assert table["documents"]["d1"]["Ent-C"] == {
        "ORG": [[0, 1, 1, 1, 1]],
        "PER": [[0, 1, 1, 1, 2]],
        "PERSON": [[0, 0, 0, 1, 0]],
    }


SMALL = json.dumps(
    score(
        gold("d1", "d2", "d3"),
        [replace(PRED, doc_id=d, entities=CLUSTERS) for d in ("d1", "d2", "d3")],
        measures=["Ent-C", "Arg-C+", "Coref(CoNLL)", "Realis", "Link"],
        system="toy",
    ).as_json()
)
"""The table of a score file with something of everything that there can be."""


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[Callable[[dict[str, Any]], object]], Path]:
    """Writes a score file after a change to its table."""

    def write(change: Callable[[dict[str, Any]], object]) -> Path:
        table = json.loads(json.dumps(scores().as_json()))
        change(table)
        (tmp_path / "s.json").write_text(json.dumps(table), encoding="utf-8")
        return tmp_path / "s.json"

    return write


Saved = Callable[[Callable[[dict[str, Any]], object]], Path]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda t: t["measures"]["Ent-C"].update(hits=3), "$.measures['Ent-C'].hits: the file says 3, its documents give 2"),
        (lambda t: t["measures"]["Rel"].update(f1=0.5), "$.measures['Rel'].f1: the file says 0.5, its documents give 1.0"),
        (
            lambda t: t["measures"]["Ent-C"]["by"]["type"]["ORG"].update(gold=2),
            "$.measures['Ent-C'].by.type['ORG'].gold: the file says 2, its documents give 1",
        ),
        (
            lambda t: t["documents"]["d1"]["Rel"].clear(),
            "$.measures['Rel'].precision: the file says 1.0, its documents give None",
        ),
        (
            lambda t: t["measures"]["Ent-C"]["seqeval"].update(f1=1.0),
            "$.measures['Ent-C'].seqeval.f1: the file says 1.0, its documents give 0.66",
        ),
        (
            lambda t: t["measures"]["Rel"].update(dict.fromkeys(("precision", "recall", "f1", "hits", "predicted", "gold"))),
            "$.measures['Rel'].hits: the file says None, its documents give 1",
        ),
        (
            lambda t: t["measures"]["Ent-C"]["macro"].update(recall=0.7),
            "$.measures['Ent-C'].macro.recall: the file says 0.7, its documents give 0.75",
        ),
        (
            lambda t: t["measures"]["Ent-C"]["weighted"].update(f1=0.7),
            "$.measures['Ent-C'].weighted.f1: the file says 0.7, its documents give 0.77",
        ),
        (
            lambda t: t["errors"]["Ent-C"]["items"].clear(),
            "d1: the file says 0 wrong predictions and 0 gold items without a hit, its documents give 1 and 1",
        ),
        (
            lambda t: t["errors"]["Ent-C"]["items"][0].update(doc_id="d7"),
            "d7: the file says 1 wrong predictions and 1 gold items without a hit, its documents give 0 and 0",
        ),
        (lambda t: t["measures"]["Rel"].update(signature="x"), "['Rel'].signature: the signature is of the measure 'x'"),
        (lambda t: t.update(split="validation"), "signature says split:test, the file validation"),
        (lambda t: t["versions"].update(data="2.0.0"), "signature says data:1.0.0#9f3c2e1a, the file 2.0.0"),
        (
            lambda t: t["versions"].update(ontology="1.0#ab"),
            f"signature says onto:{default_ontology().identity}, the file 1.0#ab",
        ),
        (
            lambda t: t["measures"]["Ent-C"].update(hits_gold=3),
            "$.measures['Ent-C'].hits_gold: the file says 3, its documents give 2",
        ),
        (
            lambda t: t["measures"]["Rel"].update(signature=t["measures"]["Rel"]["signature"].replace("docs:1", "docs:4")),
            "$.measures['Rel'].signature: the signature says docs:4, the file 1",
        ),
        (
            lambda t: t["measures"]["Rel"].update(signature=t["measures"]["Rel"]["signature"].split("|v:")[0]),
            f"$.measures['Rel'].signature: the signature says v:(nothing), the file {__version__}",
        ),
    ],
)
def test_a_figure_that_its_documents_do_not_give_is_an_error(
    saved: Saved, change: Callable[[dict[str, Any]], object], problem: str
) -> None:
    with pytest.raises(DataError) as caught:
        read_scores(saved(change))
    assert problem in str(caught.value)
    assert {i.id for i in caught.value.incidents} == {"figures-disagree"}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda t: t.pop("system"), "$.system: is missing"),
        (lambda t: t.update(measures=[]), "$.measures: a JSON object is wanted, not []"),
        (lambda t: t["measures"]["Rel"].pop("f1"), "$.measures['Rel'].f1: is missing"),
        (lambda t: t["measures"]["Rel"].update(hits="1"), "$.measures['Rel'].hits: a number or null is wanted, not '1'"),
        (lambda t: t["measures"]["Rel"].update(by={"type": 1}), "$.measures['Rel'].by: an object"),
        (lambda t: t["documents"]["d1"]["Rel"].update(AFFILIATION=[[0, 1, 1]]), "$.documents['d1']['Rel']: lists ["),
        *(
            (lambda t, row=row: t["documents"]["d1"]["Rel"].update(AFFILIATION=[row]), "$.documents['d1']['Rel']: lists [")
            for row in (
                [0.5, 1, 1, 1, 1],
                [-1, 1, 1, 1, 1],
                [True, 1, 1, 1, 1],
                [2**60, 1, 1, 1, 1],
                [0, 2, 1, 1, 1],
                [0, 1, "3/2", 1, 1],
                [0, "1/0", 1, 1, 1],
                [0, "-1/2", 1, 1, 1],
                [0, "1/1 ", 1, 1, 1],
                [0, "9" * 5000 + "/1", 1, 1, 1],
                [0, 1, 1, "1/1", 1],
                [0, 1, 1, 1.5, 1],
                [0, 1, 1, 10**400, 1],
            )
        ),
        (lambda t: t["measures"]["Rel"].update(precision=1.5), "['Rel'].precision: a fraction from 0 to 1 is wanted, not 1.5"),
        (lambda t: t["measures"]["Rel"].update(macro=[]), "$.measures['Rel'].macro: an object is wanted"),
        (lambda t: t["measures"]["Rel"].update(foreign="x"), "$.measures['Rel'].foreign: a list of strings is wanted"),
        *(
            (lambda t, change=change: t["measures"]["Rel"]["intervals"][0].update(change), "['Rel'].intervals: a list of")
            for change in (
                {"figure": None},
                {"low": 0.5},
                {"low": 0.5, "high": 0.4, "reason": None},
                {"low": 0.5, "high": 1.1, "reason": None},
                {"low": True, "high": True, "reason": None},
                {"reason": None},
                {"level": "95"},
                {"level": 95},
            )
        ),
        (lambda t: t.update(stories="2"), "$.stories: a number or null is wanted, not '2'"),
        (lambda t: t.update(stories=True), "$.stories: a number or null is wanted"),
        *(
            (lambda t, sentences=sentences: t.update(sentences=sentences), "$.sentences: an object of numbers is wanted")
            for sentences in ([], {"d1": "1"}, {"d1": True}, {"d1": 1.5}, {"d1": None})
        ),
        (lambda t: t.update(floors=[]), "$.floors: an object of objects is wanted"),
        (lambda t: t.update(floors={"x": {"Rel": {"f1": 1}}}), "$.floors['x']['Rel'].precision: is missing"),
        (lambda t: t.update(errors=[]), "$.errors: an object is wanted"),
        (lambda t: t["errors"].update({"Rel": {}}), "$.errors['Rel']: an object with the list items is wanted"),
        *(
            (lambda t, change=change: t["errors"]["Ent-C"]["items"][0].update(change), "$.errors['Ent-C'].items[0]: an error {")
            for change in (
                {"kind": 1},
                {"doc_id": None},
                {"sentence": "1"},
                {"sentence": True},
                {"section": 3.1},
                {"gold": None, "pred": None},
                {"gold": {"label": "PER", "ids": ["m1"]}},
                {"gold": {"ids": ["m1"], "span": [0, 3]}},
                {"gold": {"label": "PER", "ids": ["m1"], "span": [3, 3]}},
                {"gold": {"label": "PER", "ids": ["m1"], "span": [-1, 3]}},
                {"gold": {"label": "PER", "ids": "m1", "span": [0, 3]}},
                {"gold": {"label": 1, "ids": ["m1"], "span": [0, 3]}},
            )
        ),
        (
            lambda t: t["errors"]["Ent-C"]["items"][0].update(kind="typo"),
            "$.errors['Ent-C']: there is no kind of error 'typo'; did you mean type?",
        ),
        (lambda t: t["errors"].update({"NER": {"items": []}}), "$.errors['NER']: NER has no kinds of error"),
        (lambda t: t["errors"].update({"X": {"items": []}}), "$.errors['X']: errors of X, which was not scored"),
        (lambda t: t["versions"].update(data=[1]), "$.versions.data: a string is wanted, not [1]"),
        (lambda t: t["versions"].pop("seqeval"), "$.versions.seqeval: is missing"),
        (lambda t: t["measures"]["Rel"].update(reason=["x"]), "$.measures['Rel'].reason: a string or null is wanted"),
        (lambda t: t.update(notes="x"), "$.notes: a list of strings is wanted"),
    ],
)
def test_a_file_of_another_form_is_an_error_that_says_where(
    saved: Saved, change: Callable[[dict[str, Any]], object], problem: str
) -> None:
    with pytest.raises(DataError) as caught:
        read_scores(saved(change))
    assert problem in str(caught.value)


def places(value: Any, *above: str | int) -> Iterator[tuple[str | int, ...]]:
    """Where anything stands in a JSON value."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield (*above, key)
        yield from places(value[key], *above, key)


DAMAGES: tuple[Any, ...] = (None, True, -1, 0, 1, 2, 0.5, 1e300, 2**70, "", "x", "1/2", "\n", [], [1], {}, {"a": 1})


@settings(max_examples=300)
@given(st.data())
def test_a_damaged_file_is_an_error_or_reads_and_prints(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Whatever one place holds, or if it is gone."""
    table = json.loads(SMALL)
    *above, key = data.draw(st.sampled_from(list(places(table))))
    holder = table
    for step in above:
        holder = holder[step]
    if data.draw(st.booleans()):
        holder[key] = data.draw(st.sampled_from(DAMAGES))
    else:
        del holder[key]
    path = tmp_path_factory.getbasetemp() / "damaged.json"
    path.write_text(json.dumps(table), encoding="utf-8")
    faults, read = [], None
    with contextlib.suppress(DataError):
        read = read_scores(path)
    if read is None:
        with pytest.raises(DataError) as caught:
            read_scores(path)
        faults = caught.value.incidents
    assert all(i.message and str(path) in i.place for i in faults)
    assert read is None or (str(read) and json.dumps(read.as_json()))


@pytest.mark.parametrize("content", ["", "{", "[]", '{"system": NaN}', "[" * 100_000])
def test_a_file_that_is_no_json_object_is_an_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "s.json").write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match="json"):
        read_scores(tmp_path / "s.json")


def test_a_key_given_twice_is_an_error(saved: Saved) -> None:
    path = saved(lambda table: None)
    path.write_text(path.read_text(encoding="utf-8").replace('"hits"', '"hits": 9, "hits"', 1), encoding="utf-8")
    with pytest.raises(DataError, match="the key hits more than once"):
        read_scores(path)


def test_a_file_of_a_later_version_is_read(saved: Saved) -> None:
    """Keys and measures that this version does not know do no harm; fractional hits, as of coreference, are kept."""

    def later(table: dict[str, Any]) -> None:
        table["new"] = table["measures"]["Ent-C"]["new"] = {"deep": [1]}
        figures = {"precision": 0.5, "recall": 0.25, "f1": 2 * 0.5 * 0.25 / 0.75, "hits": 1.5, "predicted": 3, "gold": 6}
        signature = table["measures"]["Ent-C"]["signature"].replace("Ent-C|match:exact", "Coref(B3)|mentions:gold")
        signature = signature.replace("Coref(B3)", "Coref(BLANC)")
        table["measures"]["Coref(BLANC)"] = {"signature": signature, "intervals": [], **figures}
        table["documents"]["d1"]["Coref(BLANC)"] = {"ALL": [[None, 1.5, 1.5, 3, 6]]}

    read = read_scores(saved(later))
    assert read["Coref(BLANC)"].precision == 0.5
    assert "Coref(BLANC)" in str(read)


FIRST = Path(__file__).parent / "saved" / "scores-0.1.0-first.json"
"""As version 0.1.0 wrote it at first: no stories, floors, intervals or errors, thirteen measures."""


def test_a_file_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    first = read_scores(FIRST)
    assert (first.system, first.documents, first.stories, first.floors, first.errors) == ("toy", ("d1", "d2"), None, {}, {})
    assert len(first) == 13
    assert (first["Ent-C"].tally, first["Ent-C"].intervals) == (Tally(4, 4, 7, 6), {})
    assert first["Ent-C"].seqeval == Figures(first["Ent-C"].precision, first["Ent-C"].recall, first["Ent-C"].f1)
    assert first["Rel"].reason == "the prediction does not claim the layer relations"
    assert "Claimed, but no measure here scores: entities, instances." in remarks(first)
    header = ("measure", "P", "R", "F1", "macro F1", "hits", "pred", "gold", "seqeval F1")
    assert rows(first)[0] == header
    assert rows(first)[3] == ("Ent-C", "57.1", "66.7", "61.5", "35.4", "4", "7", "6", "61.5")
    first.save(tmp_path / "again.json")
    assert read_scores(tmp_path / "again.json") == first


def test_only_what_the_first_release_wrote_is_needed(saved: Saved) -> None:
    def earlier(table: dict[str, Any]) -> None:
        for key in ("notes", "errors", "floors", "stories", "sentences"):
            del table[key]
        for row in table["measures"].values():
            for key in ("intervals", "macro", "weighted", "by", "reason", "seqeval", "foreign", "hits_gold"):
                row.pop(key, None)
            row["signature"] = "|".join(part for part in row["signature"].split("|") if not part.startswith("onto:"))

    assert read_scores(saved(earlier))["Ent-C"].f1 == 2 / 3


def test_the_modules_of_the_scorer_import_each_other_one_way() -> None:
    """An import within a function is how a cycle hides; only what is heavy may stand there."""
    within = [
        (source.name, inner.module)
        for source in Path(communique.scorer.__file__).parent.glob("*.py")
        for function in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for inner in ast.walk(function)
        if isinstance(inner, ast.ImportFrom)
    ]
    assert sorted(within) == [
        ("intervals.py", "communique.resample.bootstraps"),
        ("official.py", "seqeval.metrics"),
        ("official.py", "seqeval.scheme"),
    ]


def test_results_are_values() -> None:
    assert scores() == scores()
    assert isinstance(scores(seqeval=False)["Ent-C"], Result)
    with pytest.raises(AttributeError):
        scores().system = "other"  # type: ignore[misc]
