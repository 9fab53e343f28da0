"""``communique benchmark``: the whole job in one command."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

TEXT = "Ann Lee met Bob.\nThey will meet in Port Vale."
GOLD = {
    "doc_id": "d1",
    "text": TEXT,
    "mentions": [
        {"id": "m1", "start": 0, "end": 7, "type": "PER", "kind": "NAM"},
        {"id": "m2", "start": 12, "end": 15, "type": "PER", "kind": "NAM"},
    ],
    "events": [{"id": "v1", "start": 8, "end": 11, "type": "CONSULT", "realis": "ACTUAL", "polarity": "POS", "arguments": []}],
}
MINE = """
def extract(text):
    at = text.find("Ann Lee")
    return {"mentions": [{"start": at, "end": at + 7, "type": "PER", "kind": "NAM"}] if at >= 0 else []}
"""

FIRST = """sed -n '1s/"text".*/"mentions": []}/p'"""
"""A command that finds nothing in the first document, and leaves the others out."""


@pytest.fixture
def folder(tmp_path):
    rows = [GOLD, {"doc_id": "d2", "text": "Nobody came.", "mentions": [], "events": []}]
    (tmp_path / "gold.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (tmp_path / "mine.py").write_text(MINE, encoding="utf-8")
    return tmp_path


@pytest.fixture
def benchmark(folder):
    def run(*words):
        command = [sys.executable, "-c", "from communique.cli import main; main()", "benchmark", *words]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, cwd=folder)

    return run


def test_a_function_of_the_current_folder_is_run_scored_and_printed(benchmark, folder):
    done = benchmark("mine:extract", "--gold", "gold.jsonl", "-o", "scores.json", "--save-predictions", "found.jsonl")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("mine:extract on file (2 documents)\n")
    row = next(line for line in done.stdout.splitlines() if line.startswith("Ent-C "))
    assert row.split()[1:4] == ["100.0", "50.0", "66.7"]
    assert done.stderr.startswith("mine:extract: 2 documents, 57 characters, ")
    saved = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
    assert saved["measures"]["Ent-C"]["recall"] == 0.5
    again = [sys.executable, "-c", "from communique.cli import main; main()", "score", "found.jsonl", "--gold", "gold.jsonl"]
    scored = subprocess.run(again, capture_output=True, text=True, encoding="utf-8", check=False, cwd=folder)
    assert scored.stdout.splitlines()[1:] == done.stdout.splitlines()[1:]


def test_a_command_is_run_scored_and_printed_as_json(benchmark, folder):
    code = """import json, sys, mine
for row in map(json.loads, sys.stdin):
    print(json.dumps({"doc_id": row["doc_id"], **mine.extract(row["text"])}))"""
    command = shlex.join([sys.executable, "-c", code])
    done = benchmark("--run", command, "--gold", "gold.jsonl", "--format", "json", "--system", "mine", "--no-seqeval")
    scores = json.loads(done.stdout)
    assert (scores["system"], scores["measures"]["Ent-C"]["precision"]) == ("mine", 1.0)


def test_what_a_function_or_its_module_prints_goes_to_stderr(benchmark, folder):
    loud = 'print("loading")\n' + MINE.replace("return", 'print("reading"); return')
    (folder / "mine.py").write_text(loud, encoding="utf-8")
    done = benchmark("mine:extract", "--gold", "gold.jsonl", "--format", "json", "--no-seqeval")
    assert json.loads(done.stdout)["system"] == "mine:extract"
    assert done.stderr.splitlines()[:3] == ["loading", "reading", "reading"]


def test_a_command_may_leave_documents_out(benchmark):
    done = benchmark("--run", FIRST, "--gold", "gold.jsonl", "--missing", "empty", "--no-seqeval")
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith(f"running: {FIRST}\n")


def test_nothing_is_a_floor_with_figures(benchmark):
    done = benchmark("nothing", "--gold", "gold.jsonl", "--format", "markdown", "--no-seqeval")
    assert done.stdout.startswith("**nothing on file (2 documents)**")


def test_without_an_extractor_the_rules_run(benchmark):
    done = benchmark("--gold", "gold.jsonl")
    assert done.stdout.startswith("rules on file (2 documents)\n"), done.stderr


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("nothing", "--run", "cat"), 2, "give an extractor (nothing) or --run, not both"),
        (("nothing", "--gold", "gold.jsonl", "--split", "test"), 2, "give --gold or --split"),
        (("nothing", "--split", "moon"), 2, "has no split 'moon'"),
        (("nothing", "--timeout", "3"), 2, "--timeout goes with --run"),
        (("--run", "sleep 5", "--timeout", "0.5", "--gold", "gold.jsonl"), 1, "within 0.5 s"),
        (("--run", "cat", "--gold", "gold.jsonl"), 1, "d1: no layer is claimed"),
        (("noting", "--gold", "gold.jsonl"), 2, "did you mean nothing?"),
        (("mine:extrakt", "--gold", "gold.jsonl"), 2, "did you mean extract?"),
        (("json:loads", "--gold", "gold.jsonl"), 1, "json:loads on d2: json.decoder.JSONDecodeError"),
        (("--run", "false", "--gold", "gold.jsonl"), 1, "false: exit status 1"),
        (("--run", FIRST, "--gold", "gold.jsonl"), 1, "1 of 2 gold documents has no prediction: d2"),
    ],
)
def test_misuse_and_failure_are_told_apart_and_nothing_is_printed(benchmark, words, status, message):
    done = benchmark(*words)
    assert (done.returncode, done.stdout) == (status, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_the_table_in_the_readme_is_what_is_printed(benchmark):
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    _, _, shown = readme.partition("<!-- benchmark output -->\n```text\n")
    assert shown.startswith(benchmark().stdout + "```\n")
