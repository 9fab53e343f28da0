"""The cross-validated sequence labeller: no gold of a story reaches the models that tag it, and it gives the same again."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import communique
from communique.model import Annotation, Event, Mention, Span
from communique.predictions import document_of

SCRIPT = Path(__file__).parents[1] / "scripts" / "crossvalidate_crf.py"
VERB = "import sys; from communique.cli import main; sys.argv[0] = 'communique'; main()"
BOTH = ("mentions", "events")


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("crf_script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def article(doc_id, story, *sentences):
    """A document of sentences "WHO DID …", in which who is a person and what was done a CONSULT."""
    document = replace(document_of(doc_id, "\n".join(sentences)), story=story)
    mentions, events = [], []
    for number, sentence in enumerate(document.sentences):
        who, did, *_ = (token for token in document.tokens if sentence.contains(token))
        mentions.append(Mention(f"m{number}", who, "PER", "NAM"))
        events.append(Event(f"v{number}", did, "CONSULT"))
    return document, Annotation(doc_id, BOTH, mentions=tuple(mentions), events=tuple(events))


CORPUS = (
    article("d1", "one", "Ann met the others on the quay.", "Eve met nobody.", "Max met the crowd there."),
    article("d2", "two", "Bob met a crowd.", "Ida met the minister in the hall.", "Zoe met no others."),
    article("d3", "three", "Kim met the minister.", "Lou met her crowd on Monday.", "Pia met them at home."),
    article("d4", "one", "Una met the crowd.", "Ray met no minister."),
)


def otherwise(annotation):
    """The same spans, and every label another one."""
    mentions = tuple(replace(m, type="TITLE", kind=None) for m in annotation.mentions)
    return replace(annotation, mentions=mentions, events=tuple(replace(e, type="REJECT") for e in annotation.events))


def run(script, gold):
    return {a.doc_id: a for _, found, _ in script.crossvalidate(gold) for a in found}


def test_what_other_stories_teach_is_found(script):
    found = run(script, CORPUS)
    assert sorted(found) == ["d1", "d2", "d3", "d4"]
    for _, gold in CORPUS:
        assert {(m.span, m.type, m.kind) for m in found[gold.doc_id].mentions} == {
            (m.span, m.type, m.kind) for m in gold.mentions
        }
        assert {(e.span, e.type) for e in found[gold.doc_id].events} == {(e.span, e.type) for e in gold.events}


@pytest.mark.parametrize("story", ["one", "two", "three"])
def test_the_gold_of_a_story_moves_no_prediction_for_it(script, story):
    before = run(script, CORPUS)
    after = run(script, [(d, otherwise(a) if d.story == story else a) for d, a in CORPUS])
    own = {d.doc_id for d, _ in CORPUS if d.story == story}
    assert {i: before[i] for i in own} == {i: after[i] for i in own}
    assert before != after  # the models of other stories have learnt from it


def test_a_story_is_given_the_labels_of_the_others_and_never_its_own(script):
    found = run(script, [(d, a if d.story == "two" else otherwise(a)) for d, a in CORPUS])["d2"]
    assert {(m.type, m.kind) for m in found.mentions} == {("TITLE", None)}
    assert {e.type for e in found.events} == {"REJECT"}


def test_a_corpus_of_one_story_is_refused(script):
    with pytest.raises(ValueError, match="none to learn from"):
        run(script, [CORPUS[0], CORPUS[3]])


def test_touching_items_of_one_label_stay_two(script):
    document = document_of("d", "Ann Lee met.")
    ann, lee, met, _ = document.tokens
    items = [(ann, "PER.NAM"), (lee, "PER.NAM"), (Span(met.start, met.end + 1), "X")]
    assert [script.iob2(token, items) for token in document.tokens] == ["B-PER.NAM", "B-PER.NAM", "B-X", "I-X"]


def test_a_word_is_seen_with_two_neighbours_on_either_side_and_no_more(script):
    words = ["Ann", "and", "Bob", "met", "Eve"]
    seen = script.attributes(words)
    assert {a.partition("=")[2] for a in seen[1] if ":word=" in a} == {"Ann", "and", "Bob", "met"}
    assert [a for a in seen[0] if a.endswith("outside")] == ["-2:outside", "-1:outside"]
    assert {"prefix=b", "prefix=bob", "suffix=ob"} <= set(seen[2])
    assert len(seen[2]) == len(set(seen[2]))


@pytest.mark.parametrize(("word", "shape"), [("Ann", "Xx"), ("U.S.", "X.X."), ("2023", "d"), ("’s", "’x"), ("ASEAN", "X")])
def test_a_shape_keeps_the_kinds_of_signs(script, word, shape):
    assert script.shape(word) == shape


@pytest.fixture(scope="module")
def runs():
    """Two runs on the installed corpus, of a few iterations each."""
    command = [sys.executable, str(SCRIPT), "--iterations", "20"]
    return [subprocess.run(command, capture_output=True, check=True) for _ in range(2)]


def test_every_document_is_tagged_once_by_models_of_all_other_stories(runs):
    story = {d.doc_id: d.story for split in communique.splits() for d in communique.load(split).documents}
    tagged = []
    for line in runs[0].stderr.decode().splitlines():
        own, _, rest = line.partition(" by models of ")
        own, learnt = own.split(), rest.partition(" (")[0].split()
        stories = {story[i] for i in own}
        assert len(stories) == 1
        assert sorted(learnt) == sorted(i for i in story if story[i] not in stories)
        tagged += own
    assert sorted(tagged) == sorted(story)


def test_the_same_bytes_come_out_again(runs):
    first, second = runs
    assert first.stdout == second.stdout
    assert first.stderr == second.stderr


def test_its_rows_are_sound_predictions_of_mentions_with_kinds_and_of_triggers(runs, tmp_path):
    file = tmp_path / "predictions.jsonl"
    file.write_bytes(runs[0].stdout)
    check = [sys.executable, "-c", VERB, "check", str(file)]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "1 file checked, no findings\n"), done.stderr
    for split in communique.splits():
        gold = communique.load(split)
        pred = {a.doc_id: a for a in communique.read_predictions(file, gold)}
        for document in gold.documents:
            found = pred[document.doc_id]
            assert (found.layers, found.text_sha256) == (BOTH, document.text_sha256)
            assert found.mentions
            assert found.events
            assert all((m.kind is None) == (m.type in ("TITLE", "TIME")) for m in found.mentions)
            assert not any(e.arguments or e.realis for e in found.events)


def test_no_iterations_are_misuse():
    done = subprocess.run([sys.executable, str(SCRIPT), "--iterations", "0"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--iterations is at least 1, not 0" in done.stderr
