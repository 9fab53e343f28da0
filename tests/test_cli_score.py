"""``communique score`` as a process: what it prints, writes, imports, and how it ends."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from communique.scorer import read_scores

ROOT = Path(__file__).parents[1]
GOLD = {
    "doc_id": "d1",
    "text": "Ann of Acme met Bob to mend ties.",
    "mentions": [
        {"id": "m1", "start": 0, "end": 3, "type": "PER", "kind": "NAM"},
        {"id": "m2", "start": 7, "end": 11, "type": "ORG", "kind": "NAM"},
        {"id": "m3", "start": 16, "end": 19, "type": "PER", "kind": "NAM"},
    ],
    "events": [
        {
            "id": "v1",
            "start": 12,
            "end": 15,
            "type": "CONSULT",
            "realis": "ACTUAL",
            "arguments": [{"role": "PARTICIPANT", "mention": "m1"}, {"role": "PARTICIPANT", "mention": "m3"}],
        }
    ],
    "relations": [{"id": "r1", "type": "AFFILIATION", "head": "m1", "tail": "m2"}],
}
PRED = {
    "doc_id": "d1",
    "mentions": [
        {"start": 0, "end": 3, "type": "PER"},
        {"start": 7, "end": 11, "type": "ORG"},
        {"start": 16, "end": 19, "type": "GPE"},
    ],
}
HEAVY = ("datasets", "pandas", "scipy", "sklearn", "seqeval", "spacy", "label_studio", "label_studio_sdk", "rich", "numpy")

COMMAND = (sys.executable, "-c", "import sys; from communique.cli import main; sys.argv[0] = 'communique'; main()")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "gold.jsonl").write_text(json.dumps(GOLD) + "\n", encoding="utf-8")
    (tmp_path / "toy.jsonl").write_text(json.dumps(PRED) + "\n", encoding="utf-8")
    return tmp_path


def run(folder: Path, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, "score", *arguments]
    return subprocess.run(command, cwd=folder, input=stdin, capture_output=True, text=True, encoding="utf-8", check=False)


def test_it_prints_a_table_with_seqevals_figures(folder: Path) -> None:
    done = run(folder, "toy.jsonl", "--gold", "gold.jsonl")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "toy on file (1 document)"
    words = ["measure", "P", "R", "F1", "new", "docs", "these", "docs", "macro", "F1", "hits", "pred", "gold", "seqeval", "F1"]
    assert lines[2].split() == words
    assert ["Ent-C", "66.7", "66.7", "66.7", "–", "–", "83.3", "2", "3", "3", "66.7"] in [line.split() for line in lines]
    assert any(line.startswith("seqeval 1.") for line in lines)
    assert "\x1b" not in done.stdout


def test_it_prints_markdown(folder: Path) -> None:
    options = ("-m", "Ent-C", "-m", "Rel", "--no-seqeval", "--no-intervals", "--format", "markdown")
    done = run(folder, "toy.jsonl", "--gold", "gold.jsonl", *options)
    lines = done.stdout.splitlines()
    assert lines[2:6] == [
        "| measure | P | R | F1 | macro F1 | hits | pred | gold |",
        "| :-- | --: | --: | --: | --: | --: | --: | --: |",
        "| Ent-C | 66.7 | 66.7 | 66.7 | 83.3 | 2 | 3 | 3 |",
        "| Rel | – | – | – | – | – | – | – |",
    ]
    assert lines[7:11] == ["| errors | Ent-C |", "| :-- | --: |", "| type | 1 (+33.3) |", "| boundary | 0 |"]
    assert lines[-2].startswith(r"- Signature: MEASURE\|match:exact\|split:file\|docs:1\|missing:error\|macro:gold\|ci:none\|")
    assert lines[-1].startswith(r"- Short signature: MEASURE\|split:file\|docs:1\|macro:gold\|ci:none\|data:")


def test_a_name_with_a_line_break_leaves_the_markdown_whole(folder: Path) -> None:
    options = ("-m", "Ent-C", "--no-seqeval", "--format", "markdown", "--system", "x\n\n# [y](z) <b>*|&amp;")
    lines = run(folder, "toy.jsonl", "--gold", "gold.jsonl", *options).stdout.splitlines()
    assert lines[0] == r"**x\\n\\n# \[y\](z) \<b>\*\|\&amp; on file (1 document)**"
    assert lines[2].startswith("| measure |")


def test_what_it_prints_as_json_is_what_it_saves(folder: Path) -> None:
    done = run(folder, "toy.jsonl", "--gold", "gold.jsonl", "--format", "json", "-o", "scores.json")
    assert done.stdout == (folder / "scores.json").read_text(encoding="utf-8")
    assert read_scores(folder / "scores.json")["NER"].seqeval is not None


def test_it_reads_predictions_from_stdin(folder: Path) -> None:
    done = run(folder, "-", "--gold", "gold.jsonl", "--no-seqeval", "--system", "piped", stdin=json.dumps(PRED))
    assert done.stdout.splitlines()[0] == "piped on file (1 document)"


@pytest.mark.parametrize(
    ("arguments", "status", "problem"),
    [
        (("toy.jsonl", "--gold", "gold.jsonl", "-m", "Ent"), 2, "there is no measure 'Ent'; did you mean Ent-I?"),
        (("toy.jsonl", "--gold", "gold.jsonl", "--split", "test"), 2, "give --gold or --split"),
        (("none.jsonl", "--gold", "gold.jsonl"), 1, "none.jsonl: No such file"),
        (("two.jsonl", "--gold", "gold.jsonl"), 1, "d2"),
        (("toy.jsonl", "--gold", "golds.jsonl"), 1, '1 of 2 gold documents has no prediction: d2; pass missing="empty"'),
        (("toy.jsonl", "--split", "nowhere"), 2, "no split 'nowhere'; it has"),
    ],
)
def test_it_ends_with_1_for_faulty_data_and_2_for_misuse(
    folder: Path, arguments: tuple[str, ...], status: int, problem: str
) -> None:
    (folder / "golds.jsonl").write_text("\n".join(json.dumps({**GOLD, "doc_id": d}) for d in ("d1", "d2")), encoding="utf-8")
    (folder / "two.jsonl").write_text("\n".join(json.dumps({**PRED, "doc_id": d}) for d in ("d1", "d2")), encoding="utf-8")
    done = run(folder, *arguments, "-o", "scores.json")
    assert done.returncode == status, done.stderr
    assert problem in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not (folder / "scores.json").exists()


def test_missing_documents_count_as_empty_on_request(folder: Path) -> None:
    (folder / "golds.jsonl").write_text("\n".join(json.dumps({**GOLD, "doc_id": d}) for d in ("d1", "d2")), encoding="utf-8")
    done = run(folder, "toy.jsonl", "--gold", "golds.jsonl", "--missing", "empty", "--no-seqeval")
    assert done.returncode == 0
    assert "|missing:empty|" in done.stdout


def test_the_ontology_and_the_labels_of_the_mean_are_chosen(folder: Path) -> None:
    both = ("toy.jsonl", "--gold", "gold.jsonl", "--no-seqeval", "--no-intervals", "-m", "Ent-C")
    assert "|macro:gold|" in run(folder, *both).stdout
    assert "|macro:ontology|" in run(folder, *both, "--ontology", "installed").stdout
    union = run(folder, *both, "--macro", "union").stdout
    assert "|macro:union|" in union
    assert ["Ent-C", "66.7", "66.7", "66.7", "55.6", "2", "3", "3"] in [line.split() for line in union.splitlines()]


def test_labels_with_few_gold_items_have_a_star(folder: Path) -> None:
    done = run(folder, "toy.jsonl", "--gold", "gold.jsonl", "--no-seqeval", "--by", "type", "--by", "document", "-m", "Ent-C")
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["Ent-C", "PER*", "100.0", "50.0", "66.7", "1", "1", "2"] in rows
    assert ["Ent-C", "GPE", "0.0", "–", "0.0", "0", "1", "0"] in rows
    assert rows[-2:] == [["F1", "d1"], ["Ent-C", "66.7"]]


def test_the_installed_corpus_has_a_floor_beside_it_and_another_gold_or_ontology_has_none(folder: Path) -> None:
    """The floor's lists are of the installed schema."""
    texts = subprocess.run([*COMMAND, "texts"], capture_output=True, text=True, encoding="utf-8", check=True).stdout
    rows = [{"doc_id": json.loads(line)["doc_id"], "mentions": []} for line in texts.splitlines()]
    (folder / "none.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    options = ("--no-seqeval", "--no-intervals", "-m", "Ent-C", "--format", "json")
    floors = json.loads(run(folder, "none.jsonl", *options).stdout)["floors"]
    assert list(floors) == ["lexicon"]
    assert 0 < floors["lexicon"]["Ent-C"]["f1"] < 1
    assert json.loads(run(folder, "toy.jsonl", "--gold", "gold.jsonl", *options).stdout)["floors"] == {}
    packaged = (ROOT / "guidelines" / "ontology.toml").read_text(encoding="utf-8")
    assert "CONSULT" in packaged
    (folder / "mine.toml").write_text(packaged.replace("CONSULT", "CONVERSE"), encoding="utf-8")
    mine = ("--ontology", "mine.toml", "-m", "Tri-C(types=CONVERSE)", *options)
    scored = json.loads(run(folder, "none.jsonl", *mine).stdout)
    assert (list(scored["measures"]), scored["floors"]) == (["Tri-C(types=CONVERSE)", "Ent-C"], {})
    (folder / "same.toml").write_text(packaged, encoding="utf-8")
    for same in ("same.toml", "installed"):
        assert json.loads(run(folder, "none.jsonl", "--ontology", same, *options).stdout)["floors"] == floors


def test_without_seqeval_and_intervals_nothing_heavy_is_imported_but_numpy(folder: Path) -> None:
    """Means over labels are NumPy's, which are seqeval's to the last bit."""
    code = (
        "import sys; from communique.cli import main; sys.argv[0] = 'communique'; main(); "
        f"print(*sorted({set(HEAVY)!r} & set(sys.modules)), file=sys.stderr)"
    )
    options = ["--gold", "gold.jsonl", "--no-seqeval", "--no-intervals"]
    command = [sys.executable, "-c", code, "score", "toy.jsonl", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "numpy"


def test_the_script_is_a_shim_of_the_verb(folder: Path) -> None:
    script = ROOT / "scripts" / "score.py"
    command = [sys.executable, str(script), "toy.jsonl", "--gold", "gold.jsonl", "--no-seqeval"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout == run(folder, "toy.jsonl", "--gold", "gold.jsonl", "--no-seqeval").stdout
    lines = script.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 10
    assert not any(line.lstrip().startswith("def ") for line in lines)


def test_help_has_an_example(folder: Path) -> None:
    assert "communique score predictions.jsonl -o scores.json" in run(folder, "--help").stdout


def shown(folder: Path, columns: int, *arguments: str) -> str:
    """What a terminal of so many columns gets, without colours."""
    main, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    command = subprocess.Popen([*COMMAND, *arguments], cwd=folder, stdout=end, env=environment | {"TERM": "xterm"})
    os.close(end)
    printed = b""
    with contextlib.suppress(OSError):  # how Linux says that the other end is closed
        while part := os.read(main, 65536):
            printed += part
    os.close(main)
    assert command.wait() == 0
    return re.sub(r"\x1b\[[0-9;]*m", "", printed.decode().replace("\r\n", "\n"))


@pytest.mark.parametrize("columns", [50, 80, 140])
def test_a_terminal_of_any_width_shows_every_cell(folder: Path, columns: int) -> None:
    """What is too wide is folded between columns and words; only a signature runs over the edge, to be copied whole."""
    piped = run(folder, "toy.jsonl", "--gold", "gold.jsonl", "--system", "[red]x[/y]").stdout
    lines = shown(folder, columns, "score", "toy.jsonl", "--gold", "gold.jsonl", "--system", "[red]x[/y]").splitlines()
    assert lines[0] == "[red]x[/y] on file (1 document)"
    assert not [line for line in lines if len(line) > columns and "|match:" not in line]
    assert set(" ".join(lines).split()) == set(piped.split())


def test_a_wide_terminal_shows_the_table_that_a_pipe_gets(folder: Path) -> None:
    piped = run(folder, "toy.jsonl", "--gold", "gold.jsonl").stdout.splitlines()
    table = piped[: piped.index(next(line for line in piped if line.startswith("errors")))]
    assert [line.rstrip() for line in shown(folder, 140, "score", "toy.jsonl", "--gold", "gold.jsonl").splitlines()][
        : len(table)
    ] == table
