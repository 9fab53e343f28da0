"""Two systems on the same documents, and several runs of one: laws, cases by hand, and what cannot be compared."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from statistics import mean, stdev
from typing import Any

import pytest
from hypothesis import given, settings
from strategies import Pair, corpora, corpus

from communique import __version__
from communique.comparison import Comparison, System, compare, repeated
from communique.comparison.table import of_comparison, of_runs, points, remarks, runs_remarks
from communique.comparison.words import words
from communique.measures.measure import MEASURES
from communique.model import Annotation, Document, Gold, Mention, Span
from communique.ontology import default_ontology
from communique.scorer import Scores, score
from communique.scorer.table import block

WORDS = 12
TEXT = " ".join(["word"] * WORDS) + "."
PLACES = tuple(Span(5 * n, 5 * n + 4) for n in range(WORDS))
SENTENCES = (Span(0, 19), Span(20, 39), Span(40, 60))
SETTING = f"split:test|docs:4|missing:error|data:1#ab|onto:{default_ontology().identity}|v:{__version__}"


def annotation(doc_id: str, *places: int, type_: str = "PER", **changes: Any) -> Annotation:
    return Annotation(doc_id, mentions=tuple(Mention(f"m{n}", PLACES[n], type_, "NAM") for n in places), **changes)


def gold(documents: int) -> Gold:
    ids = [f"d{n:02}" for n in range(documents)]
    held = tuple(Document(d, TEXT, "0", SENTENCES, PLACES, story="s") for d in ids)
    return Gold(held, tuple(annotation(d, 0, 2, 4, 6, 8) for d in ids), "test", "1#ab")


def scores(found: Sequence[Sequence[int]], *, system: str = "x", measures: Sequence[str] | None = ("Ent-C",)) -> Scores:
    """Of a system that finds these of the five mentions in each document; odd places are wrong."""
    of = gold(len(found))
    pred = [annotation(d.doc_id, *places) for d, places in zip(of.documents, found, strict=True)]
    return score(of, pred, system=system, measures=measures, seqeval=False, intervals=False)


def worse(documents: int) -> Scores:
    return scores([(0, 2, 1 + 2 * (n % 3)) for n in range(documents)], system="worse")


def better(documents: int) -> Scores:
    return scores([(0, 2, 4, 6, 8)[: 4 + n % 2] for n in range(documents)], system="better")


@settings(max_examples=15)
@given(corpora)
def test_a_system_differs_from_itself_by_nothing(triples: list[Pair]) -> None:
    one = score(*corpus(triples), seqeval=False, intervals=False, errors=False)
    found = compare(one, replace(one, system="again"))
    assert set(found.differences) == set(map(str, MEASURES))
    for name, d in found.differences.items():
        assert d.a == d.b == one[name].f1
        if d.a is None:
            assert (d.value, d.documents.p, d.sentences.p, d.interval.low) == (None, None, None, None)
            assert one[name].reason
            assert d.reason == f"both: {one[name].reason}"
        else:
            assert (d.value, d.documents.p, d.adjusted) == (0, 1, 1)
            assert d.sentences.p == 1 or d.sentences.reason
            assert d.interval.reason


@settings(max_examples=15)
@given(corpora)
def test_exchanging_the_systems_turns_the_sign_and_leaves_p(triples: list[Pair]) -> None:
    of, pred = corpus([*triples, *triples])
    one = score(of, pred, system="one", seqeval=False, intervals=False, errors=False)
    other = score(of, of.annotations, system="other", seqeval=False, intervals=False, errors=False)
    there, back = compare(one, other), compare(other, one)
    for name, d in there.differences.items():
        e = back[name]
        assert (d.a, d.b, d.adjusted) == (e.b, e.a, e.adjusted)
        assert d.value == (None if e.value is None else -e.value)
        for test, turned in ((d.documents, e.documents), (d.sentences, e.sentences)):
            assert replace(test, reason=None) == replace(turned, reason=None)
            assert (test.reason is None) == (turned.reason is None)
        if d.interval.low is not None and d.interval.high is not None and e.interval.low is not None:
            assert (d.interval.low, d.interval.high) == pytest.approx((-(e.interval.high or 0), -e.interval.low), abs=1e-9)


def test_the_difference_is_that_of_b_from_a() -> None:
    found = compare(worse(4), better(4))["Ent-C"]
    assert found.a == pytest.approx(2 * 8 / (12 + 20))
    assert found.b == pytest.approx(2 * 18 / (18 + 20))
    assert found.value == pytest.approx((found.b or 0) - (found.a or 0))
    assert found.interval.low is not None
    assert 0 < found.interval.low < (found.value or 0)


def test_on_four_documents_p_is_an_eighth_at_least_and_the_words_say_so() -> None:
    """All four differ in one direction, so that only to swap none or all of them gives as much: 2 of 16."""
    found = compare(worse(4), better(4))
    assert (found["Ent-C"].documents.p, found["Ent-C"].documents.least) == (0.125, 0.125)
    assert found["Ent-C"].documents.method == "paired randomisation, all 16 swaps"
    assert "On 4 documents p cannot fall below 0.125" in found.words[1]
    assert "this corpus is too small" in found.words[1]
    assert "a large p is no sign that they are alike" in found.words[1]


def test_p_counts_the_swaps_that_give_as_much() -> None:
    """The second is better in three documents by one mention each, and worse in the fourth by one.

    Each of 16 swaps gives a difference of -4, -2, 0, 2 or 4 hits, 1, 4, 6, 4 and 1 times; so of 2 or more 10 times.
    """
    a = scores([(0, 2), (0, 2), (0, 2), (0, 2, 4)], system="a")
    b = scores([(0, 2, 4), (0, 2, 4), (0, 2, 4), (0, 2)], system="b")
    assert compare(a, b)["Ent-C"].documents.p == 10 / 16


def test_from_eight_documents_on_the_words_change() -> None:
    few = compare(worse(8), better(8))
    assert few["Ent-C"].documents.p == 2 / 2**8
    assert few.words[1] == (
        "At 0.05 or below, the difference would be rare if neither were better; above, these 8 documents do not tell which is."
    )
    names = [f"Ent-C{bracket}" for bracket in ("", "(match=overlap)", "(match=extent)")] + ["Ent-I", "Ent-I(match=partial)"]
    names += ["NER", "Ent-I(match=overlap)", "NER(match=overlap)"]
    both = [
        score(gold(8), [annotation(d.doc_id, *found) for d in gold(8).documents], measures=names, seqeval=False)
        for found in ((0, 2, 4), (0, 2))
    ]
    many = compare(*both)
    assert len(many.differences) == 8
    assert "p cannot fall below 0.0078, nor Holm's for 8 measures below 0.062" in many.words[1]
    assert "name the few measures that matter (-m) beforehand" in many.words[1]
    assert "adjusted for the 8 measures compared here" in many.words[0]


def test_where_few_of_many_documents_differ_the_words_say_how_many() -> None:
    same = [(0, 2)] * 7
    found = compare(scores([*same, (0, 2, 4), (0, 2, 4)], system="a"), scores([*same, (0, 2), (0, 2)], system="b"))
    assert found["Ent-C"].documents.least == 0.5
    assert "On 9 documents, of which 2 at most differ, p cannot fall below 0.5" in found.words[1]
    assert "they differ in too few documents for the test" in found.words[1]


def test_where_none_differs_there_is_nothing_to_test_and_the_words_say_so() -> None:
    found = compare(better(9), replace(better(9), system="again"))
    assert found.words[1] == "Both systems add the same in each of 9 documents, so there is no difference to test."


def test_above_twenty_documents_swaps_are_drawn() -> None:
    found = compare(worse(21), better(21))["Ent-C"].documents
    assert found.method == "paired randomisation, 10,000 sampled swaps"
    assert found.p == found.least == 1 / 10_001
    twenty = compare(worse(20), better(20))["Ent-C"].documents
    assert (twenty.method, twenty.p) == (f"paired randomisation, all {2**20:,} swaps", 2 / 2**20)


def test_holm_is_over_the_measures_of_the_comparison() -> None:
    names = ["Ent-C", "Ent-I", "Rel"]
    a, b = (
        score(gold(6), [annotation(d.doc_id, *found) for d in gold(6).documents], system=system, measures=names, seqeval=False)
        for system, found in (("a", (0, 2)), ("b", (0, 2, 4)))
    )
    both = compare(a, b)
    assert both["Ent-C"].documents.p == both["Ent-I"].documents.p == 2 / 2**6
    assert [d.adjusted for d in both.differences.values()] == [4 / 2**6, 4 / 2**6, None]  # Rel is not defined, nor counted
    assert compare(a, b, measures=["Ent-C"])["Ent-C"].adjusted == 2 / 2**6
    assert list(compare(a, b, measures=["Ent-I", "Ent-C"]).differences) == ["Ent-I", "Ent-C"]


def test_what_is_undefined_on_one_side_has_a_reason_in_table_and_json() -> None:
    without = score(
        gold(4),
        [Annotation(d.doc_id, ("events",)) for d in gold(4).documents],
        system="b",
        measures=["Ent-C", "Tri-C"],
        seqeval=False,
    )
    found = compare(replace(worse(4), results={**worse(4).results, "Tri-C": without["Tri-C"]}), without)
    reason = "b: the prediction does not claim the layer mentions"
    assert found["Ent-C"].reason == reason
    assert of_comparison(found)[1][2:] == ("–",) * 7
    assert f"– difference of Ent-C: {reason}" in remarks(found)
    row = json.loads(json.dumps(found.as_json()))["measures"]["Ent-C"]
    assert (row["b"], row["difference"], row["reason"]) == (None, None, reason)
    assert (row["randomisation"]["p"], row["randomisation"]["holm"], row["randomisation"]["reason"]) == (None, None, reason)
    assert (row["interval"]["low"], row["interval"]["reason"]) == (None, reason)
    assert (row["sentence_randomisation"]["p"], row["sentence_randomisation"]["reason"]) == (None, reason)
    assert found.words[1] == "No test could be made on 4 documents, for the reasons below."


def test_a_measure_that_one_side_lacks_is_left_out_with_a_note_and_misuse_by_name() -> None:
    a = scores([(0,)] * 3, system="a", measures=["Ent-C", "NER"])
    b = scores([(2,)] * 3, system="b", measures=["Ent-I", "Ent-C"])
    found = compare(a, b)
    assert list(found.differences) == ["Ent-C"]
    assert found.notes == ("Not compared, for only one of them has it: NER, Ent-I.",)
    assert found.notes[0] in remarks(found)
    with pytest.raises(ValueError, match="NER was not scored for b; score again with it"):
        compare(a, b, measures=["NER"])
    with pytest.raises(ValueError, match="Tri-C was not scored for a and b"):
        compare(a, b, measures=["Tri-C"])


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"split": "validation"}, "a and b cannot be compared: the split of the one: test; of the other: validation"),
        ({"versions": {"data": "1#cd"}}, "the data of the one: ab; of the other: cd"),
        ({"versions": {"communique": "9.0"}}, "the tool's version of the one: .*; of the other: 9.0"),
        ({"versions": {"ontology": "9"}}, "the ontology of the one: .*; of the other: 9"),
        ({"documents": ("d00", "d02")}, "the documents of the one: d00, d01, d02; of the other: d00, d02"),
        ({"documents": ("d00", "d02", "d01")}, "the documents of the one: d00, d01, d02; of the other: d00, d02, d01"),
    ],
)
def test_what_was_not_scored_alike_is_refused_with_both_values(change: dict[str, Any], problem: str) -> None:
    a = scores([(0,)] * 3, system="a")
    if "versions" in change:
        change = {"versions": {**a.versions, **change["versions"]}}
    b = replace(a, system="b", **change)
    with pytest.raises(ValueError, match=problem):
        compare(a, b)
    with pytest.raises(ValueError, match="x, first run and x, another run cannot be compared"):
        System("x", (a, b))


@pytest.mark.parametrize("versions", [{"seqeval": "1.2.2"}, {"data": "renamed#ab"}])
def test_seqeval_on_one_side_only_and_the_name_of_the_gold_do_not_matter(versions: dict[str, str]) -> None:
    a = scores([(0,)] * 3, system="a")
    assert compare(a, replace(a, versions={**a.versions, **versions}))["Ent-C"].value == 0


def lenient(documents: int, *, predicted: int, system: str = "lenient") -> Scores:
    """Scored with what is not there counted as empty."""
    of = gold(documents)
    pred = [annotation(d.doc_id, 0, 2) for d in of.documents[:predicted]]
    return score(of, pred, system=system, measures=["Ent-C"], missing="empty", seqeval=False, intervals=False)


def test_figures_say_on_what_they_were_scored_and_where_that_differs_of_which_system() -> None:
    found = compare(worse(4), better(4))
    assert remarks(found)[-1] == f"Scored on: {SETTING}"
    other = compare(worse(4), lenient(4, predicted=4))
    assert remarks(other)[-2:] == [
        f"worse was scored on: {SETTING}",
        f"lenient was scored on: {SETTING.replace('missing:error', 'missing:empty')}",
    ]
    assert other.as_json()["b"]["setting"] == SETTING.replace("missing:error", "missing:empty")
    runs = repeated(System("x", (worse(4), better(4))))
    assert runs_remarks(runs)[-1] == f"Scored on: {SETTING}"
    assert runs.as_json()["setting"] == SETTING


def test_documents_that_were_counted_as_empty_are_named_with_the_system() -> None:
    found = compare(lenient(4, predicted=3), lenient(4, predicted=4, system="all"))
    (note,) = found.notes
    assert note == "lenient: Counted as empty, for they have no prediction: d03."
    assert note in remarks(found)
    assert note in found.as_json()["notes"]


def test_runs_that_were_scored_in_different_ways_are_no_one_system() -> None:
    with pytest.raises(ValueError, match=r"x: runs were scored in two ways: .*missing:error.*, .*missing:empty"):
        System("x", (worse(4), lenient(4, predicted=4)))


def test_averages_and_intervals_of_their_own_are_no_other_way_of_scoring() -> None:
    one, other = worse(4), score(gold(4), gold(4).annotations, measures=["Ent-C"], macro="union", seqeval=False)
    assert System("x", (one, other)).setting == SETTING


def test_a_comparison_prints_itself() -> None:
    found = compare(worse(4), better(4))
    title = "better against worse on test (4 documents, 1 story)"
    assert str(found) == block(title, of_comparison(found), remarks(found))
    assert str(found).splitlines()[0] == title
    assert str(found).splitlines()[3].startswith("Ent-C  ")
    runs = repeated(System("x", (worse(4), better(4))))
    assert str(runs) == block("x: 2 runs", of_runs(runs), runs_remarks(runs))


def test_a_measure_that_was_not_compared_is_a_key_error_that_names_the_nearest() -> None:
    found = compare(worse(4), better(4))
    assert found[" Ent-C "] == found["Ent-C"]
    with pytest.raises(KeyError, match=r"Ent-I was not compared; did you mean Ent-C\?"):
        found["Ent-I"]


def test_measures_are_a_list_and_no_string() -> None:
    with pytest.raises(ValueError, match=r"measures is a list: pass \['Ent-C'\]"):
        compare(worse(4), better(4), measures="Ent-C")
    with pytest.raises(ValueError, match=r"measures is a list: pass \['Ent-C'\]"):
        repeated(System("x", (worse(4), better(4))), measures="Ent-C")


def test_without_a_measure_in_common_there_is_nothing_to_compare() -> None:
    a, b = scores([(0,)] * 3, system="a", measures=["NER"]), scores([(0,)] * 3, system="b", measures=["Ent-I"])
    with pytest.raises(ValueError, match="no measure was scored for both a and b; score them again with the same measures"):
        compare(a, b)


def test_no_bound_of_p_is_above_1() -> None:
    """Holm's of 40 measures, on six documents: 40 · 2/2^6."""
    one = compare(worse(6), better(6))["Ent-C"]
    assert one.documents.least == 2 / 2**6
    assert "On 6 documents p cannot fall below 0.031, nor Holm's for 40 measures below 1:" in words([one] * 40, 6)[1]


def test_measures_of_which_too_few_documents_differ_are_named() -> None:
    """Of boundaries one of eight documents differs, of types all."""
    of, names = gold(8), ["Ent-C", "Ent-I"]
    ids = [d.doc_id for d in of.documents]
    wrong = [annotation(d, 0, 2, type_="ORG") for d in ids[:-1]] + [annotation(ids[-1], 0)]
    a, b = (
        score(of, pred, system=system, measures=names, seqeval=False, intervals=False)
        for system, pred in (("a", wrong), ("b", [annotation(d, 0, 2) for d in ids]))
    )
    found = compare(a, b)
    assert [d.documents.differing for d in found.differences.values()] == [8, 1]
    assert found.words[1] == (
        "At 0.05 or below, the difference would be rare if neither were better; above, these 8 documents do not tell which is; "
        "in Ent-I they differ in too few documents to fall so low."
    )


def test_a_measure_that_not_every_run_has_is_left_out_of_their_mean() -> None:
    both = scores([(0,)] * 4, measures=["Ent-C", "NER"])
    assert list(repeated(System("x", (both, worse(4)))).runs) == ["Ent-C"]


def test_a_system_has_one_run_at_least() -> None:
    with pytest.raises(ValueError, match="x: there is no run"):
        System("x", ())


RUNS = ((0, 2), (0, 2, 4), (0, 2, 4, 6))


def seeds(name: str, *of: tuple[int, ...], documents: int = 4) -> System:
    return System(name, tuple(scores([found] * (documents - 1) + [(0, 1)]) for found in of))


def test_several_runs_have_a_mean_and_a_deviation() -> None:
    system = seeds("x", *RUNS)
    figures = [run["Ent-C"].f1 or 0 for run in system.runs]
    found = repeated(system).runs["Ent-C"]
    assert (found.n, found.mean, found.deviation) == (3, pytest.approx(mean(figures)), pytest.approx(stdev(figures)))
    assert figures[0] == pytest.approx(2 * 7 / (8 + 20))
    assert found.interval.unit == "run"
    assert found.interval.low is not None
    table = of_runs(repeated(system))
    assert table[1][:3] == ("Ent-C", f"{100 * mean(figures):.1f}", f"{100 * stdev(figures):.2f}")
    assert runs_remarks(repeated(system))[0].startswith("sd: standard deviation over the runs (n - 1).")


def test_the_figure_of_runs_is_their_mean_and_they_swap_one_for_one() -> None:
    a, b = seeds("a", (0, 2), (0,)), seeds("b", (0, 2, 4), (0, 2, 4, 6))
    found = compare(a, b)["Ent-C"]
    assert found.a == pytest.approx(mean(run["Ent-C"].f1 or 0 for run in a.runs))
    assert found.value == pytest.approx((found.b or 0) - (found.a or 0))
    assert found.documents.p == 2 / 2**3  # the fourth document is the same in both
    assert compare(a, b).as_json()["a"] == {"system": "a", "runs": 2, "setting": SETTING}


def test_different_numbers_of_runs_have_a_difference_but_no_p() -> None:
    found = compare(seeds("a", (0, 2)), seeds("b", *RUNS))
    assert found["Ent-C"].value is not None
    reason = "runs are swapped one for one, and there are 1 and 3"
    assert (found["Ent-C"].documents.p, found["Ent-C"].documents.reason) == (None, reason)
    assert (found["Ent-C"].sentences.p, found["Ent-C"].sentences.reason, found["Ent-C"].adjusted) == (None, reason, None)
    assert found["Ent-C"].interval.reason is None
    assert f"– p of Ent-C: {reason}" in remarks(found)
    assert of_comparison(found)[1][5:] == ("–", "–", "–", "–")


def test_two_runs_and_equal_runs_have_no_interval_for_new_ones() -> None:
    two = repeated(seeds("x", *RUNS[:2]))
    assert two.runs["Ent-C"].interval.reason == "an interval needs three runs, and there are 2"
    assert two.runs["Ent-C"].deviation is not None
    assert two.documents["Ent-C"].reason is None
    same = repeated(seeds("x", *RUNS[:1] * 3))
    assert same.runs["Ent-C"].interval.reason == "all 3 runs give the same figure"
    assert f"– 95 % new runs of Ent-C: {same.runs['Ent-C'].interval.reason}" in runs_remarks(same)


def test_what_a_run_does_not_define_is_null_with_its_reason_and_not_left_out() -> None:
    full = scores([RUNS[0]] * 4, measures=["Ent-C", "Tri-C", "Rel"])
    bare = score(
        gold(4),
        [annotation(d.doc_id, 0, layers=("mentions",)) for d in gold(4).documents],
        measures=["Ent-C", "Tri-C", "Rel"],
        seqeval=False,
    )
    found = repeated(System("x", (full, bare, full)))
    assert list(found.runs) == ["Ent-C", "Tri-C", "Rel"]
    assert found.runs["Tri-C"].mean is None
    reason = "the figure is undefined in 3 of 3 runs: no gold and no predicted items"
    assert found.runs["Tri-C"].interval.reason == reason
    assert of_runs(found)[2] == ("Tri-C", "–", "–", "–", "–")
    assert f"– 95 % new runs of Tri-C, Rel: {reason}" in runs_remarks(found)
    assert found.as_json()["measures"]["Rel"]["documents"]["reason"] == "no gold and no predicted items"
    with pytest.raises(ValueError, match="NER was not scored in every run of x"):
        repeated(System("x", (full, bare)), measures=["NER"])


def test_the_interval_of_runs_for_new_documents_is_that_of_their_mean() -> None:
    one = repeated(seeds("x", (0, 2), (0, 2))).documents["Ent-C"]
    alone = repeated(System("x", seeds("x", (0, 2)).runs)).documents["Ent-C"]
    assert (one.low, one.high) == pytest.approx((alone.low, alone.high))


def test_a_document_without_sentences_takes_part_by_sentence_too() -> None:
    """It swaps whole; were it left out, the difference that is tested would not be the one that is shown."""
    of = gold(3)
    documents = (*of.documents[:2], replace(of.documents[2], sentences=()))
    a, b = (
        score(
            replace(of, documents=documents),
            [annotation(d.doc_id, *found) for d in documents],
            system=system,
            measures=["Ent-C"],
            seqeval=False,
        )
        for system, found in (("a", (0,)), ("b", (0, 2)))
    )
    assert compare(a, b)["Ent-C"].sentences.differing == 3
    unsplit = replace(of, documents=tuple(replace(d, sentences=()) for d in documents))
    one = score(unsplit, [annotation(d.doc_id, 0) for d in documents], measures=["Ent-C"], seqeval=False)
    assert compare(one, one)["Ent-C"].sentences.reason == "no document is split into sentences"


def test_what_is_compared_by_document_alone_says_so() -> None:
    found = compare(*[scores([(0,)] * 3, system=s, measures=["Coref(B3)", "Arg-C(level=instance)"]) for s in "ab"])
    for d in found.differences.values():
        assert d.sentences.p is None
        assert d.sentences.reason
    assert found["Coref(B3)"].sentences.reason == "what it counts belongs to documents, not to sentences"


def test_json_says_who_where_and_how() -> None:
    table = compare(worse(4), better(4)).as_json()
    assert json.loads(json.dumps(table)) == table
    assert table["a"] == {"system": "worse", "runs": 1, "setting": SETTING}
    assert table["b"] == {"system": "better", "runs": 1, "setting": SETTING}
    assert (table["split"], table["documents"], table["stories"]) == ("test", 4, 1)
    assert set(table["versions"]) == {"communique", "data", "ontology"}
    row = table["measures"]["Ent-C"]
    assert list(row) == ["a", "b", "difference", "reason", "interval", "randomisation", "sentence_randomisation"]
    assert list(row["interval"]) == ["unit", "method", "low", "high", "level", "reason"]
    assert row["randomisation"]["units"] == 4
    assert len(table["words"]) == 2


def test_where_p_was_worked_out_in_several_ways_each_names_its_measures() -> None:
    """Of 21 documents all differ in types, one in boundaries."""
    of = gold(21)
    ids = [d.doc_id for d in of.documents]
    wrong = [annotation(d, 0, 2, type_="ORG") for d in ids[:-1]] + [annotation(ids[-1], 0)]
    a, b = (score(of, pred, measures=["Ent-C", "Ent-I"], seqeval=False) for pred in (wrong, [annotation(d, 0, 2) for d in ids]))
    assert [line for line in remarks(compare(a, b)) if line.startswith("p: ")] == [
        "p: paired randomisation, 10,000 sampled swaps (Ent-C).",
        "p: paired randomisation, all 2 swaps (Ent-I).",
    ]
    alone = remarks(compare(a, b, measures=["Ent-C"]))
    assert "p: paired randomisation, 10,000 sampled swaps." in alone


def test_points_have_a_sign() -> None:
    assert [points(x) for x in (0.0123, -0.5, 0.0, -0.0001, None)] == ["+1.2", "-50.0", "+0.0", "+0.0", "–"]


def test_the_table_has_a_row_for_each_measure_and_a_reason_for_each_dash() -> None:
    names = list(map(str, MEASURES))
    a, b = (scores([found] * 4, system=s, measures=names) for s, found in (("a", (0, 2)), ("b", (0, 2, 4))))
    found: Comparison = compare(a, b)
    rows = of_comparison(found)
    assert [row[0] for row in rows[1:]] == names
    said = [line for line in remarks(found) if line.startswith("– ")]
    for row in rows[1:]:
        if "–" in row:
            assert any(f" {row[0]}," in line or f" {row[0]}:" in line for line in said), row


def test_strange_names_stay_on_their_line() -> None:
    strange = "a|b\n[red]\x1b[2J"
    found = compare(replace(worse(3), system=strange), replace(better(3), system=strange + "2"))
    assert all(c.isprintable() for row in of_comparison(found) for c in row)
    assert found.as_json()["a"]["system"] == strange


def test_gold_under_another_name_is_the_same_data() -> None:
    one, other = (replace(gold(4), version=f"{name}#ab") for name in ("a.jsonl", "b.jsonl"))
    runs = tuple(score(of, of.annotations, system="x", seqeval=False, measures=["Ent-C"]) for of in (one, other))
    found = compare(System("x", runs), System("y", runs[::-1]))
    assert found["Ent-C"].value == 0
    assert [line for line in remarks(found) if line.startswith("Scored on: ")]


def test_systems_of_one_name_are_told_apart() -> None:
    found = compare(worse(5), replace(better(5), system="worse"))
    assert str(found).startswith("worse (second) against worse (first) on test (5 documents, 1 story)")
