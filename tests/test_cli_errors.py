"""``communique errors`` as a process: the place, the words and the section of every error, and what is picked from them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from strategies import Pair, corpora, corpus

from communique.errors import KINDS
from communique.measures.tally import Tally
from communique.scorer import Scores, read_scores, score

TEXT = "Ann of Acme met “Bob”\nin Dun. Later they met again.\nEve said so."
COMMAND = (sys.executable, "-c", "import sys; from communique.cli import main; sys.argv[0] = 'communique'; main()")
FIRST = Path(__file__).parent / "saved" / "scores-0.1.0-first.json"


def at(words: str) -> dict[str, int]:
    start = TEXT.index(words)
    return {"start": start, "end": start + len(words)}


GOLD: dict[str, Any] = {
    "text": TEXT,
    "mentions": [
        {"id": "m1", **at("Ann"), "type": "PER", "kind": "NAM"},
        {"id": "m2", **at("Acme"), "type": "ORG", "kind": "NAM"},
        {"id": "m3", **at("Bob"), "type": "PER", "kind": "NAM"},
        {"id": "m4", **at("they"), "type": "PER", "kind": "PRO"},
    ],
    "events": [
        {
            "id": "v1",
            **at("met"),
            "type": "CONSULT",
            "realis": "ACTUAL",
            "polarity": "POS",
            "arguments": [{"role": "PARTICIPANT", "mention": "m1"}, {"role": "PARTICIPANT", "mention": "m3"}],
        },
        {"id": "v2", **at("said"), "type": "STATEMENT", "realis": "ACTUAL", "polarity": "POS", "arguments": []},
    ],
    "relations": [{"id": "r1", "type": "AFFILIATION", "head": "m1", "tail": "m2"}],
}
PRED: dict[str, Any] = {
    "mentions": [
        {"id": "m1", **at("Ann"), "type": "ORG"},
        {"id": "m2", **at("Acme"), "type": "ORG"},
        {"id": "m3", **at("“Bob”\nin"), "type": "PER"},
        {"id": "m4", **at("Acme"), "type": "ORG"},
        {"id": "m5", **at("Dun"), "type": "GPE"},
    ],
    "events": [
        {
            "id": "v1",
            **at("met"),
            "type": "CONSULT",
            "realis": "PLANNED",
            "polarity": "POS",
            "arguments": [{"role": "ACTOR", "mention": "m1"}],
        }
    ],
    "relations": [{"id": "r1", "type": "AFFILIATION", "head": "m2", "tail": "m1"}],
}


def run(folder: Path, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *arguments]
    return subprocess.run(command, cwd=folder, input=stdin, capture_output=True, text=True, encoding="utf-8", check=False)


def write(path: Path, row: dict[str, Any], *doc_ids: str) -> None:
    path.write_text("".join(json.dumps({"doc_id": d, **row}) + "\n" for d in doc_ids), encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("errors")
    write(folder / "gold.jsonl", GOLD, "d1", "d2")
    write(folder / "pred.jsonl", PRED, "d1", "d2")
    measures = [word for name in KINDS for word in ("-m", name)]
    done = run(folder, "score", "pred.jsonl", *AGAINST, *measures, "--no-seqeval", "--no-intervals", "-o", "scores.json")
    assert done.returncode == 0, done.stderr
    return folder


AGAINST = ("--gold", "gold.jsonl", "--ontology", "installed")


def test_every_error_is_listed_with_place_words_and_section(folder: Path) -> None:
    done = run(folder, "errors", "pred.jsonl", *AGAINST, "--doc", "d1")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "pred on file (2 documents)"
    assert "Ent-C: 5 errors" in lines
    assert "most confused, gold as predicted: PER as ORG 1" in lines
    listed = [line for line in lines if line.startswith("d1:")]
    assert listed == [
        "d1:s1 type: gold PER “Ann” [0, 3), predicted ORG (guidelines 3.1)",
        "d1:s1 duplicate: predicted ORG “Acme” [7, 11) (guidelines 3.3)",
        r"d1:s1 boundary: gold PER “Bob” [17, 20), predicted PER ““Bob”\nin” [16, 24) (guidelines 3.5)",
        "d1:s2 spurious: predicted GPE “Dun” [25, 28) (guidelines 3.3)",
        "d1:s3 missed: gold PER “they” [36, 40) (guidelines 3.3)",
        "d1:s4 missed: gold STATEMENT “said” [56, 60) (guidelines 5.3)",
        "d1:s1 role: gold CONSULT PARTICIPANT “met” [12, 15) → “Ann” [0, 3), predicted CONSULT ACTOR (guidelines 7.2)",
        "d1:s1 missed: gold CONSULT PARTICIPANT “met” [12, 15) → “Bob” [17, 20) (guidelines 7.1)",
        "d1:s1 direction: gold AFFILIATION “Ann” [0, 3) → “Acme” [7, 11), predicted AFFILIATION “Acme” [7, 11) → “Ann” [0, 3) "
        "(guidelines 9)",
        "d1:s1 value: gold CONSULT ACTUAL “met” [12, 15), predicted CONSULT PLANNED (guidelines 6.3)",
    ]


def test_the_list_of_a_file_is_that_of_its_predictions(folder: Path) -> None:
    options = ("-m", "Ent-C", "-m", "Rel", *AGAINST)
    of_scores = run(folder, "errors", "scores.json", *options).stdout
    assert of_scores == run(folder, "errors", "pred.jsonl", *options).stdout
    piped = run(folder, "errors", "-", *options, stdin=(folder / "pred.jsonl").read_text(encoding="utf-8")).stdout
    assert piped.splitlines()[1:] == of_scores.splitlines()[1:]
    assert run(folder, "errors", "-", *options, stdin=(folder / "scores.json").read_text(encoding="utf-8")).stdout == of_scores


def test_a_damaged_file_of_scores_on_stdin_is_told_as_one(folder: Path) -> None:
    text = (folder / "scores.json").read_text(encoding="utf-8")
    done = run(folder, "errors", "-", *AGAINST, stdin=text[:-10])
    assert (done.returncode, done.stdout) == (1, "")
    assert "not-json" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_table_is_of_all_documents_whichever_are_listed(folder: Path) -> None:
    one = run(folder, "errors", "scores.json", *AGAINST, "-m", "Ent-C", "--doc", "d1").stdout.splitlines()
    head = "Errors: how many of each kind, and how many points F1 would rise without them, in all documents."
    assert head in one
    both = run(folder, "errors", "scores.json", *AGAINST, "-m", "Ent-C").stdout.splitlines()
    assert one[: one.index(head)] == both[: both.index(head)]
    assert "Ent-C: 5 errors" in one
    assert "Ent-C: 10 errors" in both


def test_missing_documents_count_as_empty_on_request(folder: Path) -> None:
    write(folder / "part.jsonl", PRED, "d1")
    refused = run(folder, "errors", "part.jsonl", *AGAINST)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "1 of 2 gold documents has no prediction: d2" in refused.stderr
    done = run(folder, "errors", "part.jsonl", *AGAINST, "-m", "Ent-C", "--doc", "d2", "--missing", "empty")
    assert (done.returncode, done.stderr) == (0, "")
    listed = [line for line in done.stdout.splitlines() if line.startswith("d2:")]
    assert len(listed) == 4
    assert all(" missed: gold " in line for line in listed)


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ((), lambda measure, e: True),
        (("-m", "Ent-C"), lambda measure, e: measure == "Ent-C"),
        (("-m", "Rel", "-m", "Tri-C"), lambda measure, e: measure in ("Rel", "Tri-C")),
        (("--kind", "missed"), lambda measure, e: e["kind"] == "missed"),
        (("--kind", "role", "--kind", "value"), lambda measure, e: e["kind"] in ("role", "value")),
        (("--doc", "d2"), lambda measure, e: e["doc_id"] == "d2"),
        (("--doc", "d2", "--kind", "type", "-m", "Ent-C"), lambda m, e: (m, e["doc_id"], e["kind"]) == ("Ent-C", "d2", "type")),
    ],
)
def test_what_is_picked_is_a_part_of_what_the_file_holds(folder: Path, options: tuple[str, ...], kept: Any) -> None:
    held = json.loads((folder / "scores.json").read_text(encoding="utf-8"))["errors"]
    expected = {name: [e for e in of["items"] if kept(name, e)] for name, of in held.items()}
    done = run(folder, "errors", "scores.json", *AGAINST, *options, "--format", "json")
    found = json.loads(done.stdout)
    assert {name: items for name, items in found.items() if items} == {n: items for n, items in expected.items() if items}
    text = run(folder, "errors", "scores.json", *AGAINST, *options).stdout
    assert len([line for line in text.splitlines() if line.startswith(("d1:", "d2:"))]) == sum(map(len, expected.values()))


def test_a_measure_without_errors_to_tell_has_its_reason(folder: Path) -> None:
    lines = run(folder, "errors", "scores.json", *AGAINST).stdout.splitlines()
    assert "– EvRel: the gold does not claim the layer event_relations" in lines
    assert "– Link: the gold does not claim the layer entities" in lines
    only = run(folder, "errors", "scores.json", *AGAINST, "-m", "EvRel").stdout.splitlines()
    assert only == ["pred on file (2 documents)", "", "– EvRel: the gold does not claim the layer event_relations"]
    done = run(folder, "score", "pred.jsonl", *AGAINST, "--no-seqeval", "--no-intervals", "-o", "usual.json")
    assert done.returncode == 0
    assert "– EvRel: it was not scored" in run(folder, "errors", "usual.json", *AGAINST).stdout.splitlines()


@pytest.mark.parametrize(
    ("arguments", "status", "problem"),
    [
        (("scores.json", *AGAINST, "-m", "NER"), 2, "errors are told apart for Ent-C, Tri-C"),
        (("scores.json", *AGAINST, "-m", "Ent"), 2, "there is no measure 'Ent'; did you mean Ent-I?"),
        (("scores.json", *AGAINST, "--kind", "typo"), 2, "there is no kind of error 'typo'; did you mean type?"),
        (("scores.json", *AGAINST, "--doc", "d3"), 2, "there is no document 'd3'; known: d1, d2"),
        (("scores.json", "--gold", "gold.jsonl", "--split", "test"), 2, "give --gold or --split"),
        (("-", "--gold", "-"), 2, "stdin can be read once"),
        (("scores.json",), 2, "scores.json was scored on d1, d2, which the gold here does not have; name it with --gold"),
        (("scores.json", "--gold", "moved.jsonl"), 2, "and the gold here is moved.jsonl#"),
        (("first.json", "--gold", "first.jsonl"), 2, "first.json holds no errors, which earlier versions did not save"),
        (("none.json", *AGAINST), 1, "none.json: No such file"),
        (("cut.json", *AGAINST), 1, "cut.json"),
        (("less.json", *AGAINST), 1, "less.json: $.errors['Rel']: d1: the file says 0 wrong predictions"),
    ],
)
def test_misuse_ends_with_2_and_damage_with_1(folder: Path, arguments: tuple[str, ...], status: int, problem: str) -> None:
    if not (folder / "less.json").exists():
        write(folder / "moved.jsonl", {**GOLD, "text": "Hm, " + TEXT}, "d1", "d2")
        first = json.loads(FIRST.read_text(encoding="utf-8"))
        write(folder / "first.jsonl", {**GOLD, "text": TEXT}, *first["documents"])
        options = ("--no-seqeval", "--no-intervals", "--format", "json")
        done = run(folder, "score", "first.jsonl", "--gold", "first.jsonl", *options)
        data = json.loads(done.stdout)["versions"]["data"]
        text = FIRST.read_text(encoding="utf-8").replace(first["versions"]["data"], data)
        (folder / "first.json").write_text(text, encoding="utf-8")
        (folder / "cut.json").write_text('{"measures": ', encoding="utf-8")
        table = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
        table["errors"]["Rel"]["items"] = []
        (folder / "less.json").write_text(json.dumps(table), encoding="utf-8")
    done = run(folder, "errors", *arguments)
    assert (done.returncode, done.stdout) == (status, ""), done.stderr
    assert problem in done.stderr
    assert "Traceback" not in done.stderr


def test_strange_labels_and_names_stay_on_their_line(tmp_path: Path) -> None:
    named = "a|b\n[red]\x1b[2J"
    write(tmp_path / "gold.jsonl", {"text": TEXT, "mentions": [{**at("Ann"), "type": "P\nER"}]}, named)
    write(tmp_path / "pred.jsonl", {"mentions": [{**at("Ann"), "type": "O\x1b[2JRG"}]}, named)
    done = run(tmp_path, "errors", "pred.jsonl", "--gold", "gold.jsonl")
    assert done.returncode == 0, done.stderr
    shown = r"a|b\n[red]\x1b[2J:s1 type: gold P\nER “Ann” [0, 3), predicted O\x1b[2JRG"
    assert shown in done.stdout.splitlines()
    assert r"most confused, gold as predicted: P\nER as O\x1b[2JRG 1" in done.stdout.splitlines()


def test_a_document_without_sentences_has_no_number_of_one(folder: Path) -> None:
    """Its errors stand under the document alone."""
    from communique.cli.errors import _error
    from communique.errors import Error, Reading
    from communique.model import Span

    lone = Error("Ent-C", "missed", "d1", None, Reading("PER", {"span": Span(0, 3)}, ("m1",)), None, None)
    assert _error(lone, TEXT) == "d1 missed: gold PER “Ann” [0, 3)"


@settings(max_examples=25)
@given(corpora)
def test_errors_read_back_equal_and_sum_to_the_tallies(tmp_path_factory: pytest.TempPathFactory, triples: list[Pair]) -> None:
    path = tmp_path_factory.mktemp("scores") / "scores.json"
    before = score(*corpus(triples), measures=tuple(KINDS), seqeval=False, intervals=False)
    before.save(path)
    after = read_scores(path)
    assert after.errors == before.errors
    assert after.shares() == before.shares()
    assert set(before.errors) == {name for name, r in before.results.items() if not r.unscored}
    for name, held in before.errors.items():
        tally = before[name].tally
        assert len([e for e in held if e.pred]) == tally.predicted - tally.hits_predicted
        assert len([e for e in held if e.gold]) == tally.gold - tally.hits_gold
        assert sum(share.count for share in before.shares()[name].values()) == len(held)


def test_a_gain_is_what_mending_the_kind_would_bring(folder: Path) -> None:
    scores: Scores = read_scores(folder / "scores.json")
    t = scores["Ent-C"].tally
    assert t == Tally(2, 2, 10, 8)
    share = scores.shares()["Ent-C"]["type"]
    assert share.count == 2
    assert share.gain == pytest.approx(2 * 4 / 18 - 2 * 2 / 18)
    assert "2 (+22.2)" in run(folder, "errors", "scores.json", *AGAINST, "-m", "Ent-C").stdout


def test_help_has_an_example(folder: Path) -> None:
    assert "communique errors predictions.jsonl -m Arg-C+ --kind role" in run(folder, "errors", "--help").stdout
