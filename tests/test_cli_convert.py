"""communique convert, check, gold: run as a user runs them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from communique.cli import VERBS

VERB = "import sys; from communique.cli import main; sys.argv[0] = 'communique'; main()"
TEXT = "Ann met Bob. Ann left."


def run(folder: Path, *arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", VERB, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, input=given, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "texts.jsonl").write_text(json.dumps({"doc_id": "d1", "text": TEXT}) + "\n")
    return tmp_path


def answer(**quote: object) -> str:
    return json.dumps({"doc_id": "d1", "mentions": [{"type": "PER", "kind": "NAM", **quote}]})


def test_quotes_become_offsets(folder: Path) -> None:
    done = run(folder, "convert", "-", "--from", "quotes", "--texts", "texts.jsonl", given=answer(text="Ann", sentence=2))
    assert done.returncode == 0, done.stderr
    (mention,) = json.loads(done.stdout)["mentions"]
    assert (mention["start"], mention["end"]) == (13, 16)


def test_a_quote_that_does_not_align_is_listed_and_nothing_is_written(folder: Path) -> None:
    (folder / "a.json").write_text(answer(text="Anne"))
    done = run(folder, "convert", "a.json", "--from", "quotes", "--texts", "texts.jsonl", "-o", "out.jsonl")
    assert done.returncode == 1
    assert "a.json:1: $.mentions[0]: 'Anne' does not occur in the text" in done.stderr
    assert not (folder / "out.jsonl").exists()


def test_predictions_become_quotes_and_offsets_again(folder: Path) -> None:
    row = json.dumps({"doc_id": "d1", "mentions": [{"id": "m1", "start": 13, "end": 16, "type": "PER"}]})
    quotes = run(folder, "convert", "-", "--from", "predictions", "--to", "quotes", "--texts", "texts.jsonl", given=row)
    assert json.loads(quotes.stdout)["mentions"] == [{"id": "m1", "type": "PER", "text": "Ann", "sentence": 2}]
    back = run(folder, "convert", "-", "--from", "quotes", "--texts", "texts.jsonl", given=quotes.stdout)
    assert json.loads(back.stdout)["mentions"] == json.loads(row)["mentions"]


def test_a_quote_in_predictions_says_how_to_convert_it(folder: Path) -> None:
    done = run(folder, "convert", "-", "--from", "predictions", given=answer(text="Ann", sentence=1))
    assert done.returncode == 1
    assert "communique convert --from quotes [quote-not-aligned]" in done.stderr


def test_check_says_that_there_is_nothing_wrong(folder: Path) -> None:
    done = run(folder, "check", "-", "--texts", "texts.jsonl", given=answer(start=8, end=11))
    assert (done.returncode, done.stdout) == (0, "1 file checked, no findings\n")


def test_check_lists_every_fault_of_every_file_and_ends_with_1(folder: Path) -> None:
    (folder / "a.jsonl").write_text(answer(start=0, end=900))
    (folder / "b.jsonl").write_text('{"doc_id": "d1", "eventz": []}')
    done = run(folder, "check", "a.jsonl", "b.jsonl", "nothing.jsonl", "--texts", "texts.jsonl")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "a.jsonl:1: d1#m1: mention [0, 900) runs past the text, which has 22 code points" in done.stderr
    assert "b.jsonl:1: $: unknown key 'eventz'; did you mean events?" in done.stderr
    assert "nothing.jsonl: No such file" in done.stderr


def test_check_where_nothing_is_says_so(folder: Path) -> None:
    done = run(folder, "check", "--texts", "texts.jsonl")
    assert done.returncode == 2
    assert "there is nothing to check here" in done.stderr


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example(folder: Path, verb: str) -> None:
    done = run(folder, verb, "--help")
    assert done.returncode == 0
    assert f"Example:\n    communique {verb}" in done.stdout
