"""Scoring words wherever they stand, and gold that is cut to what a label map can say."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import Pair, corpus, pairs

from communique.comparison import compare
from communique.floors import floor
from communique.io.jsonl_writer import dumps
from communique.measures.measure import MEASURES
from communique.model import Annotation, Argument, Event, Gold, Mention, Quote, Span
from communique.predictions import document_of
from communique.scorer import score

TEXT = "Ann met Bob. Ann left. Bob met Ann."
HERE = document_of("d", TEXT)
VERB = "import sys; from communique.cli import main; sys.argv[0] = 'communique'; main()"
PLACES = {"Ann": (0, 13, 31), "Bob": (8, 23), "met": (4, 27)}
ITEMS = [str(m) for m in MEASURES if str(m).startswith(("NER", "Ent", "Tri"))]


def mention(words: str, nth: int, kind: str = "PER") -> Mention:
    start = PLACES[words][nth]
    return Mention(f"{words}{nth}", Span(start, start + len(words)), kind, "NAM")


def gold(*mentions: Mention, events: tuple[Event, ...] = ()) -> Gold:
    return Gold((HERE,), (Annotation("d", mentions=mentions, events=events),), "test", "1")


def test_words_hit_wherever_they_stand_and_as_often_as_both_have_them() -> None:
    there = gold(mention("Ann", 0), mention("Ann", 1), mention("Bob", 0))
    pred = Annotation("d", mentions=(mention("Ann", 2), mention("Bob", 1), mention("Bob", 0)))
    exact, anywhere = (score(there, [pred], measures=["Ent-C"], occurrence=o)["Ent-C"].tally for o in ("given", "any"))
    assert (exact.hits_predicted, exact.predicted, exact.gold) == (1, 3, 3)
    assert (anywhere.hits_predicted, anywhere.predicted, anywhere.gold) == (2, 3, 3)


def test_the_type_still_counts() -> None:
    pred = Annotation("d", mentions=(mention("Ann", 2, "GPE"),))
    assert score(gold(mention("Ann", 0)), [pred], measures=["Ent-C"], occurrence="any")["Ent-C"].f1 == 0


def test_an_argument_is_the_words_of_trigger_and_filler() -> None:
    def event(nth: int) -> Event:
        start = PLACES["met"][nth]
        return Event(f"v{nth}", Span(start, start + 3), "CONSULT", arguments=(Argument("PARTICIPANT", f"Ann{nth}"),))

    there = gold(mention("Ann", 0), events=(event(0),))
    pred = Annotation("d", mentions=(mention("Ann", 1),), events=(event(1),))
    assert score(there, [pred], measures=["Arg-C+"], occurrence="any")["Arg-C+"].f1 == 1
    assert score(there, [pred], measures=["Arg-C+"])["Arg-C+"].f1 == 0


def test_what_needs_clusters_is_not_scored_and_says_why() -> None:
    scores = score(gold(mention("Ann", 0)), [Annotation("d")], occurrence="any")
    assert {name for name, r in scores.results.items() if r.unscored and "occurrence=any" in r.unscored} == {
        name for name in map(str, MEASURES) if "Coref" in name or "coref" in name or name in (
            "Link", "Arg-C(level=instance)", "Rel(level=entity)"
        ) or "match=" in name
    }  # fmt: skip


@given(pairs(), st.sampled_from(ITEMS))
def test_never_fewer_hits_than_in_the_given_places_and_as_many_items(pair: Pair, name: str) -> None:
    there, preds = corpus([pair])
    exact, anywhere = (
        score(there, preds, measures=[name], occurrence=o, intervals=False, seqeval=o == "any", errors=False)[name]
        for o in ("given", "any")
    )
    if exact.unscored or anywhere.unscored:
        return
    assert (anywhere.tally.predicted, anywhere.tally.gold) == (exact.tally.predicted, exact.tally.gold)
    assert anywhere.tally.hits_predicted >= exact.tally.hits_predicted


@pytest.mark.parametrize("occurrence", ["given", "any"])
def test_what_is_nowhere_is_predicted_and_hits_nothing_however_often_its_words_are_quoted(occurrence: str) -> None:
    lost = tuple(Mention(f"m{n}", Span.nowhere(n, Quote(words, "unaligned")), "PER") for n, words in enumerate(["Ann", "Zed"]))
    found = score(gold(mention("Ann", 0)), [Annotation("d", mentions=lost)], occurrence=occurrence)  # type: ignore[arg-type]
    assert (found["Ent-C"].tally.hits_predicted, found["Ent-C"].tally.predicted) == (0, 2)


def test_words_wherever_they_stand_are_of_no_sentence() -> None:
    there = gold(mention("Ann", 0), mention("Ann", 1), mention("Bob", 1))
    pred = Annotation("d", mentions=(mention("Ann", 2),))
    given_places, anywhere = (score(there, [pred], measures=["Ent-C"], occurrence=o)["Ent-C"] for o in ("given", "any"))
    assert {sentence for sentence, _ in given_places.tallies["d"]} == {0, 1, 2}
    assert {sentence for sentence, _ in anywhere.tallies["d"]} == {None}


def test_quotes_that_were_placed_compare_with_offsets() -> None:
    there = gold(mention("Ann", 0))
    quoted = Annotation("d", mentions=(Mention("m1", Span(0, 3, Quote("Ann", "exact")), "PER", "NAM"),))
    one, other = (score(there, [pred], measures=["Ent-C"]) for pred in (quoted, there.annotations[0]))
    compared = compare(one, other)
    assert compared["Ent-C"].value == 0
    assert "align" not in str(compared)


def test_it_stands_in_the_signature_and_keeps_such_scores_apart() -> None:
    there, pred = gold(mention("Ann", 0)), Annotation("d", mentions=(mention("Ann", 1),))
    one, other = (score(there, [pred], measures=["Ent-C"], occurrence=o) for o in ("given", "any"))
    assert "|occ:any|" in other["Ent-C"].signature
    assert "occ" not in one["Ent-C"].signature
    with pytest.raises(ValueError, match="the occurrence that is asked for of the one: given; of the other: any"):
        compare(one, other)


def test_gold_that_was_cut_says_so_and_compares_with_no_other() -> None:
    there = gold(mention("Ann", 0))
    whole, cut = (score(g, there.annotations, measures=["Ent-C"]) for g in (there, replace(there, only="ontonotes#12345678")))
    assert "|only:ontonotes#12345678|" in cut["Ent-C"].signature
    with pytest.raises(ValueError, match="what the gold is restricted to of the one: nothing"):
        compare(whole, cut)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", VERB, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def test_the_floor_beside_is_scored_in_the_same_way(tmp_path: Path) -> None:
    import communique as cq

    there = cq.load("test")
    (tmp_path / "p.jsonl").write_text(dumps(there.annotations))
    words = ("score", "p.jsonl", "--split", "test", "--no-seqeval", "--no-intervals", "--occurrence", "any", "--format")
    done = run(tmp_path, *words, "json", "-m", "Tri-C")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    expected = floor(there, measures=["Tri-C"], occurrence="any")
    assert said["floors"]["lexicon"]["Tri-C"]["f1"] == pytest.approx(expected["Tri-C"].f1)
    assert "|occ:any|" in expected["Tri-C"].signature


def test_only_mapped_leaves_gold_prediction_and_floor_what_the_map_can_say(tmp_path: Path) -> None:
    import communique as cq

    there = cq.load("validation")
    (tmp_path / "p.jsonl").write_text(dumps(there.annotations))
    words = ("score", "p.jsonl", "--split", "validation", "--no-seqeval", "--no-intervals", "-m", "Ent-C", "--format", "json")
    done = run(tmp_path, *words, "--labels", "ontonotes", "--only-mapped")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    found = said["measures"]["Ent-C"]
    assert found["f1"] == 1
    assert said["floors"]["lexicon"]["Ent-C"]["f1"] > floor(there, measures=["Ent-C"])["Ent-C"].f1  # which knows names alone
    assert found["gold"] < sum(len(a.mentions) for a in there.annotations)
    assert "|only:ontonotes#" in found["signature"]
    assert "note: gold: mentions outside what ontonotes can say:" in done.stderr


def only_people(annotation: Annotation) -> Annotation:
    people = tuple(m for m in annotation.mentions if m.type == "PER")
    return Annotation(annotation.doc_id, ("mentions",), people)


def test_labels_are_turned_into_ours_before_they_are_scored_and_what_has_none_is_told(tmp_path: Path) -> None:
    import communique as cq

    there = cq.load("validation")
    theirs = {"PER": "PERSON", "GPE": "GPE"}
    named = [
        Annotation(
            a.doc_id,
            ("mentions",),
            tuple(replace(m, type=theirs.get(m.type, "MONEY")) for m in a.mentions if m.kind == "NAM"),
        )
        for a in there.annotations
    ]
    (tmp_path / "p.jsonl").write_text(dumps(named))
    (tmp_path / "people.toml").write_text(
        'name = "people"\nabout = "x"\nsource = "x"\n[mentions]\nPERSON = "PER"\nGPE = false\n'
    )
    words = ("score", "p.jsonl", "--split", "validation", "--no-seqeval", "--no-intervals", "-m", "NER", "--format", "json")
    done = run(tmp_path, *words, "--labels", "people.toml", "--only-mapped")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    count = sum(m.type == "PER" and m.kind == "NAM" for a in there.annotations for m in a.mentions)
    assert [said["measures"]["NER"][key] for key in ("hits", "predicted", "gold")] == [count] * 3
    assert "labels of mentions without a counterpart in people:" in done.stderr
    restricted = replace(there, annotations=tuple(only_people(a) for a in there.annotations))
    whole = floor(restricted, measures=["NER"])["NER"]
    assert whole.tally.predicted
    assert not whole.tally.hits_predicted  # it names states, of which this map says nothing
    assert said["floors"]["lexicon"]["NER"]["precision"] is None


def test_only_mapped_without_a_map_is_misuse(tmp_path: Path) -> None:
    done = run(tmp_path, "score", "-", "--only-mapped")
    assert done.returncode == 2
    assert "--only-mapped goes with --labels MAP" in done.stderr
