"""`score` and `Scores`: which documents are scored, what is left unscored, seqeval beside the counts, and ``scores.json``."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from strategies import Pair, corpora, corpus

import communique.scorer
from communique import __version__
from communique.incident import DataError
from communique.measures.measure import parse
from communique.measures.tally import Tally
from communique.model import LAYERS, Annotation, Argument, Document, Event, Gold, Mention, Relation, Span
from communique.ontology import default_ontology
from communique.scorer import Figures, Result, Scores, read_scores, score
from communique.scorer.official import verify

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


IDLE = "Claimed, but no measure here scores: entities, instances, event_relations."
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
    assert result.macro_over_union() == Figures((1 + 1 + 0) / 3, (1 + 1 / 2 + 0) / 3, (1 + 2 / 3 + 0) / 3)


def test_signatures_are_long_and_short() -> None:
    result = scores(seqeval=False, missing="empty")["Arg-C+"]
    assert result.signature == f"Arg-C+|match:exact|split:test|docs:1|missing:empty|ci:none|data:1.0.0#9f3c2e1a|v:{__version__}"
    assert result.short_signature == f"Arg-C+|split:test|docs:1|missing:empty|data:1.0.0#9f3c2e1a|v:{__version__}"


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
    assert "– macro F1 of NER, Ent-C: the ontology knows none of the labels" in alike.remarks()


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
    assert half.notes == ("Counted as empty, for they have no prediction: d2.", IDLE)


def test_no_prediction_at_all_counted_as_empty_claims_every_layer() -> None:
    none = score(gold("d1"), [], missing="empty")
    assert (none["Ent-C"].precision, none["Ent-C"].recall, none["Ent-C"].f1) == (None, 0, 0)
    assert none["Realis"].f1 is None
    assert none.notes == ("Counted as empty, for they have no prediction: d1.",)


def test_layers_that_no_measure_scores_are_named() -> None:
    assert IDLE in scores(seqeval=False).remarks()
    assert scores(seqeval=False, measures=["NER"]).notes == (IDLE,)
    assert score(gold("d1"), [annotation(layers=("mentions", "events"))], seqeval=False).notes == ()


@pytest.mark.parametrize(
    ("layers", "idle"),
    [
        (("entities", "instances", "event_relations"), [IDLE]),
        (("entities",), ["Claimed, but no measure here scores: entities."]),
    ],
)
def test_a_prediction_of_which_nothing_can_be_scored_is_told_so(layers: tuple[str, ...], idle: list[str]) -> None:
    bare = score(gold("d1"), [Annotation("d1", layers)])
    assert bare.notes == (*idle, "Nothing could be scored: every measure lacks what it needs, as its reason says.")


def test_a_document_of_another_split_is_left_out_with_a_note() -> None:
    both = score(gold("d1", elsewhere=("d9",)), [annotation(), annotation("d9", layers=("mentions",))])
    assert both.documents == ("d1",)
    assert both.notes == ("Left out, for they are of another split than test: d9.", IDLE)
    assert both["Ent-C"].f1 == 1


def test_a_layer_that_is_not_claimed_is_not_scored() -> None:
    part = score(gold("d1"), [annotation(layers=("mentions",))])
    assert part["Ent-C"].f1 == 1
    for measure in ("Tri-C", "Arg-I", "Rel+", "Realis"):
        assert (part[measure].precision, part[measure].recall, part[measure].f1) == (None, None, None)
    assert part["Tri-C"].reason == part["Realis"].reason == "the prediction does not claim the layer events"
    assert part["Arg-C"].reason == "the prediction does not claim the layer arguments"
    assert score(replace(gold("d1"), annotations=(annotation(layers=("mentions",)),)), [annotation()])["Rel"].reason == (
        "the gold does not claim the layer relations"
    )


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
    assert result.reason == "no predicted trigger equals, in span and type, a gold trigger that has a realis"


@settings(max_examples=60)
@given(corpora)
def test_seqeval_agrees_on_every_corpus(triples: list[Pair]) -> None:
    """`score` raises if a count, or any of P, R and F1, differs by as much as a bit."""
    both = score(*corpus(triples))
    for measure in ("NER", "Ent-I", "Ent-C", "Tri-I", "Tri-C", "Tri-C(level=class)"):
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
        (Tally(1, 1, 1, 1), {"PER": Tally(1, 1, 1, 1), "ORG": Tally(0, 0, 1, 0)}, "the means over the labels: seqeval gives"),
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
    assert result.notes == (IDLE, "seqeval was not run: 1,000,001 tokens are more than 1,000,000.")
    assert "seqeval" not in result.versions


def test_without_a_single_entity_seqeval_is_not_asked() -> None:
    """It raises TypeError or ValueError on such a corpus."""
    nothing = annotation(mentions=(), events=(), relations=())
    empty = score(replace(gold("d1"), annotations=(nothing,)), [nothing])
    assert all(r.f1 is None and r.seqeval is None and r.reason for r in empty.results.values())


def test_the_printed_table_shows_seqevals_figures_beside_ours() -> None:
    printed = str(scores()).splitlines()
    assert printed[0] == "toy on test (1 document)"
    assert printed[2].split() == ["measure", "P", "R", "F1", "macro", "F1", "hits", "pred", "gold", "seqeval", "F1"]
    assert printed[5].split() == ["Ent-C", "66.7", "66.7", "66.7", "83.3", "2", "3", "3", "66.7"]
    assert any(line.startswith("seqeval 1.") and "the same P, R, F1 and gold counts" in line for line in printed)
    assert "NER, Ent-C: the ontology does not know the labels PERSON." in printed
    assert max(map(len, printed[:16])) < 80
    assert "seqeval" not in str(scores(seqeval=False))


def test_a_dash_of_the_seqeval_column_has_its_reason() -> None:
    names = "Arg-I, Arg-C, Arg-I+, Arg-C+, Rel, Rel+, Realis"
    assert f"– seqeval F1 of {names}: seqeval scores labelled spans only" in scores().remarks()
    assert not [line for line in scores(measures=["Ent-C"]).remarks() if line.startswith("–")]


def test_what_is_undefined_is_not_said_to_be_the_same_in_seqeval() -> None:
    nothing = score(gold("d1"), [annotation(mentions=(), events=(), relations=())], measures=["Ent-C"])
    assert nothing["Ent-C"].precision is None
    assert nothing["Ent-C"].seqeval == Figures(0.0, 0.0, 0.0)
    (said,) = (line for line in nothing.remarks() if line.startswith("seqeval "))
    assert said.endswith("for Ent-C; where a figure is undefined it says 0.")


def test_names_with_line_breaks_and_escapes_print_on_one_line() -> None:
    named = score(gold("a\nb"), [], system="x\n# y\x1b[2J", missing="empty", seqeval=False)
    assert named.heading() == "x\\n# y\\x1b[2J on test (1 document)"
    assert "Counted as empty, for they have no prediction: a\\nb." in named.remarks()
    assert named.system == "x\n# y\x1b[2J"


def test_many_unknown_labels_are_cut_in_print() -> None:
    many = annotation(mentions=tuple(Mention(f"m{i}", Span(i, i + 1), f"L{i:02}") for i in range(12)), events=(), relations=())
    printed = score(gold("d1"), [many], measures=["Ent-C"], seqeval=False).remarks()
    names = ", ".join(f"L{i:02}" for i in range(10))
    assert f"Ent-C: the ontology does not know the labels {names} and 2 more." in printed


def test_a_signature_keeps_its_fields_whatever_the_data_is_called(tmp_path: Path) -> None:
    odd = score(replace(gold("d1"), version="a|b%\n.jsonl#9f3c2e1a"), [annotation()], seqeval=False)
    fields = odd["Ent-C"].signature.split("|")
    assert fields[-2:] == ["data:a%7Cb%25%0A.jsonl#9f3c2e1a", f"v:{__version__}"]
    odd.save(tmp_path / "s.json")
    assert read_scores(tmp_path / "s.json") == odd


def test_the_table_gives_the_reason_for_every_dash() -> None:
    printed = str(score(gold("d1"), [annotation(layers=("mentions",))], seqeval=False))
    assert "– Tri-I, Tri-C, Tri-C(level=class), Realis: the prediction does not claim the layer events" in printed


@settings(max_examples=30)
@given(corpora)
def test_saved_scores_read_back_equal(tmp_path_factory: pytest.TempPathFactory, triples: list[Pair]) -> None:
    path = tmp_path_factory.mktemp("scores") / "scores.json"
    before = score(*corpus(triples), system="“x”", seqeval=False)
    before.save(path)
    after = read_scores(path)
    assert after == before
    assert str(after) == str(before)
    assert after.as_json() == before.as_json() == json.loads(path.read_text(encoding="utf-8"))


def test_unscored_measures_and_seqevals_figures_read_back_too(tmp_path: Path) -> None:
    before = score(gold("d1", elsewhere=("d9",)), [annotation("d9"), annotation(layers=("mentions",))])
    before.save(tmp_path / "scores.json")
    assert read_scores(tmp_path / "scores.json") == before
    assert read_scores(tmp_path / "scores.json")["Ent-C"].seqeval == Figures(1.0, 1.0, 1.0)


def test_the_file_has_the_documented_shape() -> None:
    table = scores().as_json()
    assert set(table) == {"system", "split", "versions", "notes", "measures", "errors", "documents"}
    assert table["errors"] == {}
    versions = {"communique": __version__, "data": "1.0.0#9f3c2e1a", "ontology": default_ontology().version}
    assert table["versions"] == {**versions, "seqeval": version("seqeval")}
    row = table["measures"]["Arg-C+"]
    assert list(row) == ["signature", "precision", "recall", "f1", "hits", "predicted", "gold", "reason", "intervals", "by"]
    assert row["intervals"] == []
    assert row["by"]["type"]["PARTICIPANT"]["hits"] == 1
    assert table["documents"]["d1"]["Ent-C"] == {
        "ORG": [[0, 1, 1, 1, 1]],
        "PER": [[0, 1, 1, 1, 2]],
        "PERSON": [[0, 0, 0, 1, 0]],
    }


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
        (lambda t: t["measures"]["Rel"].update(signature="x"), "['Rel'].signature: the signature is of the measure 'x'"),
        (lambda t: t.update(split="validation"), "signature says split:test, the file validation"),
        (lambda t: t["versions"].update(data="2.0.0"), "signature says data:1.0.0#9f3c2e1a, the file 2.0.0"),
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
        (
            lambda t: t["documents"]["d1"]["Rel"].update(AFFILIATION=[[0.5, 1, 1, 1, 1]]),
            "$.documents['d1']['Rel']: lists [",
        ),
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
        table["measures"]["Coref(B3)"] = {"signature": signature, "intervals": [], **figures}
        table["documents"]["d1"]["Coref(B3)"] = {"ALL": [[None, 1.5, 1.5, 3, 6]]}

    read = read_scores(saved(later))
    assert read["Coref(B3)"].precision == 0.5
    assert "Coref(B3)" in str(read)


def test_a_file_of_an_earlier_version_is_read(saved: Saved) -> None:
    """Only what the first release wrote is needed."""

    def earlier(table: dict[str, Any]) -> None:
        for key in ("notes", "errors"):
            del table[key]
        for row in table["measures"].values():
            for key in ("intervals", "by", "reason", "seqeval", "foreign"):
                row.pop(key, None)

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
        ("official.py", "seqeval.metrics"),
        ("official.py", "seqeval.scheme"),
        ("scoring.py", "importlib.metadata"),
    ]


def test_results_are_values() -> None:
    assert scores() == scores()
    assert isinstance(scores(seqeval=False)["Ent-C"], Result)
    with pytest.raises(AttributeError):
        scores().system = "other"  # type: ignore[misc]
