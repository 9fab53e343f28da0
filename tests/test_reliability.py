"""What is published of how the gold came about."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from invented import GOLD, write_project

from communique.adjudication import parse_log
from communique.adjudication.rejudged import parse_rejudged
from communique.build import build
from communique.incident import DataError
from communique.ingest import ingest
from communique.io.files import read_text
from communique.ontology import default_ontology
from communique.passes import Pass
from communique.reliability import decisions, reliability

ROOT = Path(__file__).parents[1]
ANNOTATIONS = ROOT / "annotations"


def row(layer: str, decision: str | None) -> dict[str, object]:
    return {"doc_id": "d", "difference": None if decision is None else 1, "layer": layer, "decision": decision}


def test_decisions_are_counted_by_layer_and_edits_apart() -> None:
    rows = [row("events", "pass-1"), row("events", "other"), row("events", None), row("relations", "pass-2")]
    assert decisions(rows) == {
        "differences": 3,
        "pass-1": 1,
        "pass-2": 1,
        "other": 1,
        "edits": 1,
        "layers": {
            "events": {"differences": 2, "pass-1": 1, "pass-2": 0, "other": 1, "edits": 1},
            "relations": {"differences": 1, "pass-1": 0, "pass-2": 1, "other": 0, "edits": 0},
        },
    }


def test_passes_stand_beside_each_other_the_floor_and_the_gold(tmp_path: Path) -> None:
    documents = {d.doc_id: d for d in ingest(write_project(tmp_path))}
    gold = list(GOLD.values())
    fewer = [replace(a, events=a.events[:2], instances=(), event_relations=()) for a in gold]
    a, b = Pass("a", tuple(gold), ("1.0",)), Pass("b", tuple(fewer), ("1.0",))
    found = reliability(a, b, gold, [], documents, default_ontology())
    assert found["rounds"][0]["layers"]["triggers"]["f1"] == 2 * 2 / (4 + 2)
    assert (found["gold"]["a"]["triggers"]["f1"], found["gold"]["b"]["triggers"]["f1"]) == (1, 2 * 2 / (4 + 2))
    floor = found["rounds"][0]["floors"]["lexicon"]
    assert set(floor) == {"a", "b"}
    assert floor["a"]["triggers"]["n"] >= 4
    assert "arguments" not in floor["a"]
    assert found["decisions"]["differences"] == 0


def test_without_gold_for_all_documents_passes_are_not_held_against_it(tmp_path: Path) -> None:
    documents = {d.doc_id: d for d in ingest(write_project(tmp_path))}
    passes = Pass("a", tuple(GOLD.values())), Pass("b", tuple(GOLD.values()))
    assert reliability(*passes, [GOLD["valley"]], [], documents, default_ontology())["gold"] is None


EDIT = {"layer": "mentions", "remove": {"text": "Bob", "sentence": 1}}
LOGGED = {"doc_id": "valley", "difference": None, "stage": "x", "layer": "mentions", "edit": EDIT, "rule": "§1", "reason": "so"}
REJUDGED = {
    "doc_id": "valley", "question": 1, "sample": "unmarked", "layer": "word", "place": "s1 “Nothing”",
    "passes": "neither marks it", "answer": "none", "same": True, "rule": "§1", "reason": "so",
}  # fmt: skip


@pytest.mark.parametrize(
    ("file", "sound", "faulty", "fault"),
    [
        ("adjudication.jsonl", LOGGED, LOGGED | {"doc_id": "alley"}, "$.doc_id: unknown doc_id 'alley'; did you mean valley?"),
        ("adjudication.jsonl", LOGGED, LOGGED | {"layer": "names"}, "$.layer: 'names' is no layer of an edit"),
        ("rejudged.jsonl", REJUDGED, REJUDGED | {"doc_id": "alley"}, "$.doc_id: unknown doc_id 'alley'; did you mean valley?"),
        ("rejudged.jsonl", REJUDGED, {}, "$: it lacks doc_id, question, "),
        ("rejudged.jsonl", REJUDGED, [], "$: expected an object, got []"),
        ("rejudged.jsonl", REJUDGED, REJUDGED | {"same": "maybe"}, "$.same: expected true or false, got 'maybe'"),
        ("rejudged.jsonl", REJUDGED, REJUDGED | {"same": False, "decision": "x"}, "$.decision: expected an object, got 'x'"),
    ],
)
def test_the_build_holds_what_was_decided_to_its_form_and_to_the_seeds(
    tmp_path: Path, file: str, sound: object, faulty: object, fault: str
) -> None:
    path = write_project(tmp_path) / "annotations" / file
    path.write_text(json.dumps(sound) + "\n\n", encoding="utf-8")
    build(tmp_path)
    path.write_text(json.dumps(sound) + "\n\n" + json.dumps(faulty) + "\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        build(tmp_path)
    assert f"{path}:3: {fault}" in str(caught.value)


def test_a_line_separator_in_a_reason_ends_no_line(tmp_path: Path) -> None:
    path = write_project(tmp_path) / "annotations" / "rejudged.jsonl"
    path.write_text(json.dumps(REJUDGED | {"reason": "so\u2028it\u0085is"}, ensure_ascii=False) + "\n", encoding="utf-8")
    assert "| words that neither pass marks | 1 | 1 |" in build(tmp_path)["corpus/README.md"].decode("utf-8")


def test_the_committed_log_and_the_committed_counts_fit() -> None:
    log = parse_log(*read_text(ANNOTATIONS / "adjudication.jsonl"))
    for name in ("agreement", "pilot-agreement"):
        stated = json.loads((ANNOTATIONS / f"{name}.json").read_text(encoding="utf-8"))
        documents = stated["rounds"][0]["layers"]["mentions"]["documents"]
        assert stated["decisions"] == decisions(r for r in log if r["doc_id"] in documents)


def test_the_committed_re_judging_can_be_compared_again(tmp_path: Path) -> None:
    """The rows hold the answers; asked anew with the seed that annotations/README.md names, they fit the questions."""
    rows = parse_rejudged(*read_text(ANNOTATIONS / "rejudged.jsonl"))
    (tmp_path / "rejudged.jsonl").write_bytes((ANNOTATIONS / "rejudged.jsonl").read_bytes())
    answers = tmp_path / "answers"
    answers.mkdir()
    for doc_id in dict.fromkeys(r["doc_id"] for r in rows):
        lines = [{key: r[key] for key in ("question", "answer", "rule", "reason")} for r in rows if r["doc_id"] == doc_id]
        (answers / f"{doc_id}.jsonl").write_text("".join(json.dumps(x) + "\n" for x in lines), encoding="utf-8")
    drawn = ["--agreed", "100", "--unmarked", "100", "--seed", "2023", "-o", str(tmp_path), str(answers)]
    command = [sys.executable, "scripts/rejudge.py", "compare", "annotations/pass-1", "annotations/pass-2", *drawn]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert (tmp_path / "rejudged.jsonl").read_bytes() == (ANNOTATIONS / "rejudged.jsonl").read_bytes()
    assert f"{sum(not r['same'] for r in rows)} decisions kept, 0 still to be made" in done.stdout
