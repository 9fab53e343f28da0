"""``communique compare`` as a process: files, folders, predictions, misuse, damage, and names of every kind."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from communique.comparison import compare
from communique.scorer import read_scores

TEXT = "Ann met Bob. Cy saw Dun. Eve left Fay."
NAMES = ((0, 3), (8, 11), (13, 15), (20, 23), (25, 28), (34, 37))
COMMAND = (sys.executable, "-c", "import sys; from communique.cli import main; sys.argv[0] = 'communique'; main()")


def row(doc_id: str, found: int, **more: Any) -> dict[str, Any]:
    """So many of the names of the text."""
    mentions = [{"start": start, "end": end, "type": "PER", "kind": "NAM"} for start, end in NAMES[:found]]
    return {"doc_id": doc_id, "mentions": mentions, **more}


def write(path: Path, *found: int, **more: Any) -> None:
    rows = [row(f"d{n}", k, **more) for n, k in enumerate(found)]
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)


def scored(folder: Path, name: str, *found: int, options: tuple[str, ...] = ()) -> None:
    write(folder / f"{name}.jsonl", *found)
    options = ("--gold", "gold.jsonl", "--no-seqeval", "--no-intervals", "-o", f"{name}.json", *options)
    assert run(folder, "score", f"{name}.jsonl", *options).returncode == 0


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two systems on four documents, the second better in each, and runs of each in folders."""
    folder = tmp_path_factory.mktemp("compare")
    write(folder / "gold.jsonl", 6, 6, 6, 6, text=TEXT)
    for name, found in (("a", (3, 3, 2, 3)), ("b", (5, 4, 4, 6))):
        scored(folder, name, *found, options=("-m", "Ent-C", "-m", "Tri-C", "-m", "Rel"))
    for name, runs in (("as", ((3, 3, 2, 3), (2, 3, 3, 3), (4, 3, 2, 3))), ("bs", ((5, 4, 4, 6), (5, 5, 5, 5)))):
        (folder / name).mkdir()
        for n, found in enumerate(runs):
            write(folder / name / f"run{n}.jsonl", *found)
    return folder


GOLD = ("--gold", "gold.jsonl")


def test_two_files_are_compared(saved: Path) -> None:
    done = run(saved, "compare", "a.json", "b.json", "-m", "Ent-C")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "b against a on file (4 documents)"
    assert lines[2].split() == [
        *("measure", "a", "b", "difference", "95", "%", "new", "docs", "p", "least", "p", "Holm", "p", "these", "docs")
    ]
    found = compare(read_scores(saved / "a.json"), read_scores(saved / "b.json"), measures=["Ent-C"])["Ent-C"]
    assert lines[3].split()[:4] == ["Ent-C", "62.9", "88.4", f"+{100 * (found.value or 0):.1f}"]
    assert lines[3].split()[7:10] == [".125", ".125", ".125"]
    assert any("On 4 documents p cannot fall below 0.125" in line for line in lines)
    assert "\x1b" not in done.stdout


def test_it_prints_markdown_and_json_and_saves_json(saved: Path, tmp_path: Path) -> None:
    done = run(saved, "compare", "a.json", "b.json", "-m", "Ent-C", "-m", "Rel", "--format", "markdown")
    lines = done.stdout.splitlines()
    assert lines[0] == "**b against a on file (4 documents)**"
    assert lines[3] == "| :-- |" + " --: |" * 8
    assert lines[5] == "| Rel |" + " – |" * 8
    assert lines[-2] == "- – difference of Rel: both: the gold does not claim the layer relations"
    setting = read_scores(saved / "a.json")["Ent-C"].signature.partition("|macro:")[0].removeprefix("Ent-C|match:exact|")
    assert lines[-1].startswith(rf"- Scored on: {setting}|data:gold.jsonl#".replace("|", r"\|"))
    out = tmp_path / "out.json"
    done = run(saved, "compare", "a.json", "b.json", "-m", "Ent-C", "--format", "json", "-o", str(out))
    assert out.read_text(encoding="utf-8") == done.stdout
    table = json.loads(done.stdout)
    found = compare(read_scores(saved / "a.json"), read_scores(saved / "b.json"), measures=["Ent-C"])
    assert table == {"comparisons": [found.as_json()], "runs": []}


def test_predictions_stand_for_their_scores(saved: Path) -> None:
    of_scores = run(saved, "compare", "a.json", "b.json", "-m", "Ent-C")
    of_predictions = run(saved, "compare", "a.jsonl", "b.json", "-m", "Ent-C", *GOLD)
    assert of_predictions.stdout == of_scores.stdout


def test_a_third_is_compared_with_the_first_too(saved: Path) -> None:
    done = run(saved, "compare", "a.json", "b.json", "a.jsonl", "-m", "Ent-C", *GOLD)
    titles = [line for line in done.stdout.splitlines() if " against " in line]
    assert titles == [
        "b against a (a.json) on file (4 documents)",
        "a (a.jsonl) against a (a.json) on file (4 documents)",
    ]
    assert "Both systems add the same in each of 4 documents" in done.stdout


def test_a_folder_is_one_system_with_several_runs(saved: Path) -> None:
    done = run(saved, "compare", "as", "bs", "-m", "Ent-C", *GOLD)
    lines = done.stdout.splitlines()
    assert lines[0] == "as: 3 runs"
    assert lines[2].split() == ["F1", "mean", "sd", "95", "%", "new", "runs", "95", "%", "new", "docs"]
    assert "bs: 2 runs" in lines
    assert "bs against as on file (4 documents)" in lines
    assert "– p of Ent-C: runs are swapped one for one, and there are 3 and 2" in lines
    alone = run(saved, "compare", "as/", "-m", "Ent-C", *GOLD)
    assert alone.stdout.splitlines()[0] == "as: 3 runs"
    assert " against " not in alone.stdout
    table = json.loads(run(saved, "compare", "as", "bs", "-m", "Ent-C", "--format", "json", *GOLD).stdout)
    assert [(r["system"], r["measures"]["Ent-C"]["n"]) for r in table["runs"]] == [("as", 3), ("bs", 2)]
    of_as = table["comparisons"][0]["a"]
    assert (of_as["system"], of_as["runs"], of_as["setting"]) == ("as", 3, table["runs"][0]["setting"])
    assert f"Scored on: {of_as['setting']}" in lines
    assert table["comparisons"][0]["measures"]["Ent-C"]["randomisation"]["p"] is None


def test_missing_documents_count_as_empty_on_request_and_are_named(saved: Path, tmp_path: Path) -> None:
    write(tmp_path / "part.jsonl", 3, 3, 2)
    arguments = ("compare", "a.jsonl", str(tmp_path / "part.jsonl"), "-m", "Ent-C", *GOLD)
    refused = run(saved, *arguments)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "1 of 4 gold documents has no prediction: d3" in refused.stderr
    done = run(saved, *arguments, "--missing", "empty")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert "part: Counted as empty, for they have no prediction: d3." in lines
    assert any(line.startswith("Scored on: split:file|docs:4|missing:empty|") for line in lines)


@pytest.mark.parametrize(
    ("arguments", "status", "problem"),
    [
        ((), 2, "Missing argument"),
        (("a.json",), 2, "give two systems, or a folder with several runs of one"),
        (("a.json", "none.json"), 2, "'none.json' does not exist"),
        (("a.json", "b.json", "-m", "Ent"), 2, "there is no measure 'Ent'; did you mean Ent-I?"),
        (("a.json", "b.json", "-m", "Ent-C(match=extent,match=extent)"), 2, "is given twice"),
        (("a.json", "b.json", "-o", "b.json"), 2, "-o would write over b.json, which is A"),
        (("as", "bs", *GOLD, "-o", "as/run1.jsonl"), 2, "-o would write over as/run1.jsonl, which is A"),
        (("a.jsonl", "b.json", *GOLD, "-o", "gold.jsonl"), 2, "-o would write over gold.jsonl, which is --gold"),
        (("a.jsonl", "b.json", *GOLD, "--split", "test"), 2, "give --gold or --split"),
        (("a.json", "few.json", "-m", "Tri-C"), 2, "Tri-C was not scored for few"),
        (("a.json", "short.json"), 2, "the documents of the one: d0, d1, d2, d3; of the other: d0, d1, d2"),
        (("a.json", "cut.json"), 1, "cut.json:"),
        (("a.json", "wrong.json"), 1, "wrong.json: $.measures['Ent-C'].f1: the file says 0.99"),
        (("a.json", "two.jsonl", *GOLD), 1, "unknown doc_id 'd7'"),
        (("a.json", "empty"), 1, "the folder holds no .json or .jsonl file"),
    ],
)
def test_misuse_ends_with_2_and_damage_with_1(saved: Path, arguments: tuple[str, ...], status: int, problem: str) -> None:
    if not (saved / "few.json").exists():
        scored(saved, "few", 1, 1, 1, 1, options=("-m", "Ent-C"))
        table = json.loads((saved / "a.json").read_text(encoding="utf-8"))
        (saved / "cut.json").write_text('{"measures": {', encoding="utf-8")
        table["measures"]["Ent-C"]["f1"] = 0.99
        (saved / "wrong.json").write_text(json.dumps(table), encoding="utf-8")
        (saved / "two.jsonl").write_text(json.dumps(row("d7", 1)) + "\n", encoding="utf-8")
        (saved / "empty").mkdir()
        (saved / "three").mkdir()
        write(saved / "three" / "gold.jsonl", 6, 6, 6, text=TEXT)
        write(saved / "three" / "short.jsonl", 1, 2, 3)
        done = run(saved / "three", "score", "short.jsonl", *GOLD, "--no-seqeval", "--no-intervals", "-o", "short.json")
        table = json.loads((saved / "three" / "short.json").read_text(encoding="utf-8"))
        data = json.loads((saved / "a.json").read_text(encoding="utf-8"))["versions"]["data"]
        text = json.dumps(table, ensure_ascii=False).replace(table["versions"]["data"], data)
        (saved / "short.json").write_text(text, encoding="utf-8")
        assert done.returncode == 0
    before = {path: path.read_bytes() for path in saved.rglob("*") if path.is_file()}
    done = run(saved, "compare", *arguments)
    assert (done.returncode, done.stdout) == (status, ""), done.stderr
    assert problem in done.stderr
    assert "Traceback" not in done.stderr
    assert {path: path.read_bytes() for path in saved.rglob("*") if path.is_file()} == before


STRANGE = "a|b\n# [red]*x*[/red] <b>\x1b[2J"


def test_strange_names_of_systems_and_files_stay_text(tmp_path: Path) -> None:
    write(tmp_path / "gold.jsonl", 6, 6, 6, text=TEXT)
    for name, found in (("one|\ntwo.json", (1, 2, 3)), ("[b] & <i>.json", (3, 3, 3))):
        write(tmp_path / "pred.jsonl", *found)
        options = ("--no-seqeval", "--no-intervals", "--system", STRANGE, "-m", "Ent-C", "-o", name)
        assert run(tmp_path, "score", "pred.jsonl", *GOLD, *options).returncode == 0
    files = ("one|\ntwo.json", "[b] & <i>.json")
    lines = run(tmp_path, "compare", *files).stdout.splitlines()
    named = r"a|b\n# [red]*x*[/red] <b>\x1b[2J"
    assert lines[0] == rf"{named} ([b] & <i>.json) against {named} (one|\ntwo.json) on file (3 documents)"
    assert len(lines[2]) >= len(lines[3])
    page = run(tmp_path, "compare", *files, "--format", "markdown").stdout.splitlines()
    assert page[0].startswith(r"**a\|b\\n# \[red\]\*x\*\[/red\] \<b>\\x1b\[2J (\[b\] \& \<i>.json) against a\|b")
    assert page[2].replace(r"\|", "").count("|") == page[4].count("|") == 10
    assert json.loads(run(tmp_path, "compare", *files, "--format", "json").stdout)["comparisons"][0]["a"]["system"] == (
        f"{STRANGE} (one|\ntwo.json)"
    )


def test_help_has_an_example(tmp_path: Path) -> None:
    assert "communique compare lexicon.json rules.json -m Ent-C" in run(tmp_path, "compare", "--help").stdout
