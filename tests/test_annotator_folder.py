"""An annotator's folder holds the text and the rules, and its command judges what is written there."""

import json
import subprocess
import sys
from pathlib import Path

import communique
from communique.io.quotes import dump_quotes

ROOT = Path(__file__).parents[1]
VERB = "import sys; from communique.cli import main; sys.argv[0] = 'communique'; main()"


def made(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    script = [sys.executable, str(ROOT / "scripts" / "annotator_folder.py"), "003-washington", "--folder", str(ROOT)]
    return subprocess.run([*script, "-o", str(folder), *more], capture_output=True, text=True, check=False)


def test_it_holds_the_rules_and_one_text_and_no_annotation(tmp_path: Path) -> None:
    assert made(tmp_path / "a").returncode == 0
    there = {p.relative_to(tmp_path / "a").as_posix() for p in (tmp_path / "a").rglob("*") if p.is_file()}
    rules = {"guidelines/guidelines.md", "guidelines/ontology.toml"}
    assert there == {"003-washington.txt", "README.txt", "texts.jsonl", *rules}


def test_its_command_finds_nothing_wrong_with_the_gold_and_names_what_is(tmp_path: Path) -> None:
    made(tmp_path / "a")
    gold = communique.load("validation")
    known = {d.doc_id: d for d in gold.documents}
    answer = tmp_path / "a" / "003-washington.json"
    answer.write_text(dump_quotes(gold.annotations, known), encoding="utf-8")
    command = (tmp_path / "a" / "README.txt").read_text(encoding="utf-8").split("    communique ")[1].split()
    run = [sys.executable, "-c", VERB, *command]
    done = subprocess.run(run, cwd=tmp_path / "a", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    row = json.loads(answer.read_text(encoding="utf-8"))
    row["mentions"][0]["text"] = "Blinkin"
    answer.write_text(json.dumps(row), encoding="utf-8")
    done = subprocess.run(run, cwd=tmp_path / "a", capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "'Blinkin' does not occur in sentence 1" in done.stderr


def test_a_folder_that_exists_is_left_alone(tmp_path: Path) -> None:
    done = made(tmp_path)
    assert done.returncode == 2
    assert "exists" in done.stderr
