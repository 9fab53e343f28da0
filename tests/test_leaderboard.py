"""The leaderboard: its numbers are those of its predictions, its predictions those of its commands, its pages say the same."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import communique as cq
from communique.incident import DataError
from communique.io.files import read_text
from communique.leaderboard import Entry, differences, read_entries, rescore, tables
from communique.leaderboard.pages import PAGES, pages
from communique.scorer import Scores, read_scores

ROOT = Path(__file__).parents[1]
ENTRIES = read_entries(ROOT)
VERB = "import sys; from communique.cli import main; sys.argv[0] = 'communique'; main()"
SOUND = '[[entry]]\nname = "a"\ntable = "system"\nwhat = "w"\ncommand = "c"\nneeds = "n"\nversions = "v"\n'


def run(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", VERB, *arguments], cwd=folder, capture_output=True, text=True, check=False)


@cache
def scored(entry: Entry) -> Scores:
    return rescore(entry, cq.load("test"), ROOT)


def named(entry: Entry) -> str:
    return entry.name


@pytest.mark.parametrize("entry", ENTRIES, ids=named)
def test_the_saved_scores_are_those_of_the_predictions(entry: Entry) -> None:
    saved, now = read_scores(entry.scores(ROOT)), scored(entry)
    assert list(differences({entry.name: saved}, [now])) == []
    assert saved.documents == now.documents
    for name in now:
        assert saved[name] == replace(now[name], seqeval=saved[name].seqeval), name


def test_the_pages_show_these_scores() -> None:
    for path, text in pages(ROOT, [(entry, scored(entry)) for entry in ENTRIES]):
        assert path.read_text(encoding="utf-8") == text, f"{path}: communique benchmark --all --write"


def test_every_folder_is_an_entry() -> None:
    assert {p.name for p in (ROOT / "leaderboard").iterdir() if p.is_dir()} == {entry.name for entry in ENTRIES}


@pytest.mark.parametrize("name", ["lexicon", "actual", "rules"])
def test_a_built_in_extractor_finds_what_is_kept_of_it(name: str, tmp_path: Path) -> None:
    saved = tmp_path / "p.jsonl"
    done = run("benchmark", name, "--save-predictions", str(saved), "--no-seqeval", "--no-intervals", "-m", "NER")
    assert done.returncode == 0, done.stderr
    assert saved.read_bytes() == (ROOT / "leaderboard" / name / "predictions.jsonl").read_bytes()


def test_the_agreement_line_is_the_second_pass_as_it_was_exported(tmp_path: Path) -> None:
    done = run("convert", "annotations/pass-2", "--from", "labelstudio", "-o", str(tmp_path / "p.jsonl"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "p.jsonl").read_bytes() == (ROOT / "leaderboard" / "pass-2" / "predictions.jsonl").read_bytes()


def test_what_saw_gold_and_what_is_no_system_stand_in_tables_of_their_own() -> None:
    assert {e.name: e.table for e in ENTRIES if e.table != "system"} == {"pass-2": "agreement", "crf": "cross-validated"}
    shown = [rows[0][1:] for _, rows in tables([(entry, scored(entry)) for entry in ENTRIES])]
    assert [len(columns) for columns in shown] == [len(ENTRIES) - 2, 1, 1]


def test_every_command_names_a_script_that_is_there_and_the_folder_of_its_entry() -> None:
    for entry in ENTRIES:
        assert f"leaderboard/{entry.name}/predictions.jsonl" in entry.command
        scripts = [word for word in entry.command.replace('"', " ").split() if word.startswith("scripts/")]
        assert all((ROOT / script).is_file() for script in scripts)


def clone(folder: Path) -> Path:
    """As much of a clone as the leaderboard is made from, with one entry."""
    (folder / "leaderboard" / "lexicon").mkdir(parents=True)
    toml, _, _ = (ROOT / "leaderboard" / "board.toml").read_text().partition('[[entry]]\nname = "actual"')
    (folder / "leaderboard" / "board.toml").write_text(toml)
    for page in (*PAGES, "leaderboard/lexicon/predictions.jsonl"):
        shutil.copy(ROOT / page, folder / page)
    return folder


def test_all_says_what_differs_and_write_brings_it_up_to_date(tmp_path: Path) -> None:
    folder = clone(tmp_path)
    first = run("benchmark", "--all", folder=folder)
    assert first.returncode == 1
    assert "note: lexicon: no scores were saved" in first.stderr
    assert "note: README.md shows something else" in first.stderr
    written = run("benchmark", "--all", "--write", folder=folder)
    assert (written.returncode, written.stdout) == (0, first.stdout)
    again = run("benchmark", "--all", folder=folder)
    assert (again.returncode, again.stdout) == (0, first.stdout)
    assert "note" not in again.stderr
    predictions = folder / "leaderboard" / "lexicon" / "predictions.jsonl"
    predictions.write_text(predictions.read_text().replace('"type": "GPE"', '"type": "LOC"', 1))
    changed = run("benchmark", "--all", folder=folder)
    assert changed.returncode == 1
    assert "note: lexicon: NER was 72.7, and is 72.3, from other counts" in changed.stderr


def test_a_measure_that_was_saved_and_is_scored_no_more_is_told() -> None:
    gold = cq.load("validation")
    before, now = (
        cq.score(gold, gold.annotations, measures=names, system="s", seqeval=False, intervals=False, errors=False)
        for names in (["Ent-C", "Rel"], ["Ent-C"])
    )
    assert list(differences({"s": before}, [now])) == ["s: Rel was saved, and is scored no more"]
    assert list(differences({"s": now}, [before])) == ["s: no Rel was saved"]


def test_all_works_in_a_clone_alone(tmp_path: Path) -> None:
    done = run("benchmark", "--all", folder=tmp_path)
    assert done.returncode == 2
    assert "--all works in a clone of the project" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--write",), "--write goes with --all"),
        (("--all", "rules"), "leave extractor out"),
        (("--all", "-m", "NER", "--no-seqeval"), "leave -m, --no-seqeval out"),
    ],
)
def test_all_with_anything_else_is_misuse(words: tuple[str, ...], said: str) -> None:
    done = run("benchmark", *words)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (SOUND + SOUND, r"entry\[1\]: 'a' is named twice"),
        (SOUND.replace("system", "sistem"), r"entry\[0\].table: there is no table 'sistem'; did you mean system\?"),
        (SOUND.replace("needs", "need"), r"unknown key 'need'; did you mean needs\?(.|\n)*the key needs is missing"),
        (SOUND.replace('"v"', "1"), r"entry\[0\].versions: expected a string, got 1"),
        (SOUND.replace('"a"', '["a"]'), r"entry\[0\].name: expected a string, got"),
        (SOUND.replace('"system"', "{}"), r"entry\[0\].table: expected a string, got"),
        ("entry = 1", "entry is no list of tables"),
        ("other = 1", "unknown key 'other'"),
        ("[[entry]", "mend the TOML"),
    ],
)
def test_a_faulty_board_says_where(toml: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "leaderboard").mkdir()
    (tmp_path / "leaderboard" / "board.toml").write_text(toml)
    with pytest.raises(DataError, match=said):
        read_entries(tmp_path)


def test_predictions_hold_no_texts() -> None:
    for entry in ENTRIES:
        assert '"text": ' not in read_text(entry.predictions(ROOT))[1]
