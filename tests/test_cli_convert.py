"""communique convert, check, gold: run as a user runs them."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import click
import pytest

from communique import cli
from communique.incident import DataError
from communique.model import Annotation, Gold
from communique.predictions import document_of, read_predictions

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


def test_texts_stay_in_the_rows_that_have_them(folder: Path) -> None:
    row = {"doc_id": "d1", "text": TEXT, "mentions": []}
    done = run(folder, "convert", "-", "--from", "predictions", given=json.dumps(row))
    assert json.loads(done.stdout)["text"] == TEXT
    quotes = run(folder, "convert", "-", "--from", "predictions", "--to", "quotes", "--texts", "texts.jsonl", given=done.stdout)
    assert json.loads(quotes.stdout)["text"] == TEXT


def test_what_is_converted_can_be_converted_again(folder: Path) -> None:
    event = {"id": "v1", "start": 4, "end": 7, "type": "CONSULT", "arguments": [{"role": "ACTOR", "mention": "m1"}]}
    mention = {"id": "m1", "start": 0, "end": 3, "type": "PER"}
    rows = [
        {"doc_id": "d1", "layers": ["events"], "mentions": [mention], "events": [event]},
        {"doc_id": "d2", "layers": ["events"], "mentions": [], "events": [{**event, "arguments": []}]},
    ]
    once = run(folder, "convert", "-", "--from", "predictions", given="\n".join(map(json.dumps, rows)))
    again = run(folder, "convert", "-", "--from", "predictions", given=once.stdout)
    assert (again.returncode, again.stdout) == (0, once.stdout)


def test_spans_inside_words_are_all_listed_and_nothing_is_written(folder: Path) -> None:
    row = {"doc_id": "d1", "mentions": [{"start": n, "end": n + 2, "type": "PER"} for n in (0, 8, 13)]}
    words = ("convert", "-", "--from", "predictions", "--to", "quotes", "--texts", "texts.jsonl", "-o", "out.jsonl")
    done = run(folder, *words, given=json.dumps(row))
    assert done.returncode == 1
    assert done.stderr.count("[unquotable-span]") == 3
    assert not (folder / "out.jsonl").exists()


def test_a_document_whose_text_is_not_at_hand_cannot_be_quoted(folder: Path) -> None:
    words = ("convert", "-", "--from", "predictions", "--to", "quotes", "--texts", "texts.jsonl")
    done = run(folder, *words, given='{"doc_id": "d9", "mentions": []}')
    assert done.returncode == 1
    assert "[unknown-document]" in done.stderr


def test_quotes_are_held_to_the_whole_schema_and_are_no_predictions(folder: Path) -> None:
    row = answer(text="Bob")
    as_annotation = run(folder, "check", "-", "--texts", "texts.jsonl", given=row)
    assert "does not claim entities" in as_annotation.stderr
    assert "communique check --as prediction" in as_annotation.stderr
    as_prediction = run(folder, "check", "-", "--as", "prediction", "--texts", "texts.jsonl", given=row)
    (folder / "gold.jsonl").write_text(json.dumps({"doc_id": "d1", "text": TEXT, "mentions": []}))
    scored = run(folder, "score", "-", "--gold", "gold.jsonl", "--no-seqeval", given=row)
    assert as_prediction.stderr == scored.stderr
    assert as_prediction.stderr.endswith("[quote-not-aligned]\n")


def test_check_reads_json_and_jsonl_of_a_folder_and_says_if_there_are_none(folder: Path) -> None:
    (folder / "some").mkdir()
    none = run(folder, "check", "some", "--texts", "texts.jsonl")
    assert (none.returncode, none.stderr.count("[empty-folder]")) == (1, 1)
    for name in ("a.json", "b.jsonl"):
        (folder / "some" / name).write_text(answer(start=0, end=900))
    done = run(folder, "check", "some", "--texts", "texts.jsonl")
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == ["some/a.json", "some/b.jsonl"]


def test_of_an_unknown_document_labels_and_references_are_checked_too(folder: Path) -> None:
    mention, entity = {"start": 0, "end": 3, "type": "PERS"}, {"type": "PER", "mentions": ["x"]}
    row = {"doc_id": "d8", "mentions": [mention], "entities": [entity]}
    done = run(folder, "check", "-", "--texts", "texts.jsonl", given=json.dumps(row))
    assert [line.rpartition("[")[2] for line in done.stderr.splitlines()] == [
        "unknown-document]", "dangling-id]", "unknown-label]",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        ("convert", "-", "--from", "quotes", "--texts", "-"),
        ("check", "-", "--texts", "-"),
        ("check", "-", "-", "--texts", "texts.jsonl"),
        ("score", "-", "--gold", "-"),
    ],
)
def test_stdin_is_read_once(folder: Path, words: tuple[str, ...]) -> None:
    done = run(folder, *words, given=answer(start=0, end=3))
    assert done.returncode == 2
    assert "stdin can be read once" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("convert", "p.jsonl", "--from", "predictions", "-o", "p.jsonl"),
        ("convert", "p.jsonl", "--from", "predictions", "--texts", "texts.jsonl", "-o", "./texts.jsonl"),
        ("score", "p.jsonl", "--gold", "gold.jsonl", "--no-seqeval", "-o", "p.jsonl"),
        ("score", "p.jsonl", "--gold", "gold.jsonl", "--no-seqeval", "-o", "link"),
        ("benchmark", "nothing", "--gold", "gold.jsonl", "--no-seqeval", "-o", "gold.jsonl"),
        ("benchmark", "nothing", "--gold", "gold.jsonl", "--no-seqeval", "--save-predictions", "gold.jsonl"),
    ],
)
def test_no_input_is_written_over(folder: Path, words: tuple[str, ...]) -> None:
    (folder / "p.jsonl").write_text(answer(start=0, end=3))
    (folder / "gold.jsonl").write_text(json.dumps({"doc_id": "d1", "text": TEXT, "mentions": []}))
    (folder / "link").symlink_to("gold.jsonl")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    done = run(folder, *words)
    assert done.returncode == 2
    assert "-o would write over" in done.stderr or "--save-predictions would write over" in done.stderr
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_scores_go_through_a_device(folder: Path) -> None:
    (folder / "p.jsonl").write_text(answer(start=0, end=3))
    (folder / "gold.jsonl").write_text(json.dumps({"doc_id": "d1", "text": TEXT, "mentions": []}))
    (folder / "out").symlink_to("/dev/stdout")  # a link, so that a fault here cannot replace the device itself
    done = run(folder, "score", "p.jsonl", "--gold", "gold.jsonl", "--no-seqeval", "-o", "out")
    assert done.returncode == 0, done.stderr
    assert '"measures"' in done.stdout


def test_labels_of_ones_own_gold_are_taken_as_they_occur(folder: Path) -> None:
    own = {"doc_id": "d1", "text": TEXT, "mentions": [{"start": 0, "end": 3, "type": "DRUG"}]}
    (folder / "own.jsonl").write_text(json.dumps(own))
    done = run(folder, "score", "own.jsonl", "--gold", "own.jsonl", "--no-seqeval", "-m", "Ent-C")
    assert done.returncode == 0, done.stderr
    assert "DRUG" in done.stdout


def test_labels_of_a_gold_made_by_a_program_are_taken_as_they_occur_if_it_says_so(folder: Path) -> None:
    (folder / "p.jsonl").write_text(json.dumps({"doc_id": "d1", "mentions": [{"start": 0, "end": 3, "type": "DRUG"}]}))
    gold = Gold((document_of("d1", TEXT),), (Annotation("d1"),), split="dev", version="1", own=True)
    assert read_predictions(folder / "p.jsonl", gold)[0].mentions[0].type == "DRUG"
    with pytest.raises(DataError, match="unknown-label"):
        read_predictions(folder / "p.jsonl", replace(gold, split="file", own=False))


def test_a_text_that_is_not_known_is_one_finding_however_many_quotes_it_has(folder: Path) -> None:
    quotes = [{"id": f"m{n}", "text": "Ann", "type": "PER", "kind": "NAM"} for n in range(5)]
    row = {"doc_id": "d7", "mentions": quotes, "entities": [{"id": "e1", "type": "PER", "mentions": ["m0", "m1"]}]}
    for written in (json.dumps(row), json.dumps(row, indent=1)):
        (folder / "q.json").write_text(written)
        for words in (("check", "q.json"), ("convert", "q.json", "--from", "quotes")):
            done = run(folder, *words, "--texts", "texts.jsonl")
            assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
            assert "$.doc_id: unknown doc_id 'd7'; known: d1; or give the text with --texts" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("convert", "p.jsonl", "--from", "predictions", "-o", "none/out"),
        ("score", "own.jsonl", "--gold", "own.jsonl", "-o", "none/out"),
        ("benchmark", "nothing", "--gold", "own.jsonl", "-o", "none/out"),
        ("benchmark", "nothing", "--gold", "own.jsonl", "--save-predictions", "none/out"),
    ],
)
def test_no_folder_is_made_for_an_output(folder: Path, words: tuple[str, ...]) -> None:
    row = {"doc_id": "d1", "text": TEXT, "mentions": []}
    for name in ("p.jsonl", "own.jsonl"):
        (folder / name).write_text(json.dumps(row))
    done = run(folder, *words)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert f"{words[-2]} none/out: there is no folder none; make it, or name another file" in done.stderr
    assert not (folder / "none").exists()


def test_agree_and_check_take_the_same_files_of_a_folder(folder: Path) -> None:
    for name, held in (("empty", ()), ("a", ("1.jsonl",)), ("b", ("1.json",))):
        (folder / name).mkdir()
        for file in held:
            (folder / name / file).write_text('{"doc_id": "d1", "layers": ["mentions"], "mentions": []}')
    checked = run(folder, "check", "a", "b", "--texts", "texts.jsonl")
    assert checked.stdout == "2 files checked, no findings\n", checked.stderr
    agreed = run(folder, "agree", "a", "b", "--texts", "texts.jsonl")
    assert agreed.returncode == 0, agreed.stderr
    said = {run(folder, *words, "--texts", "texts.jsonl").stderr for words in (("check", "empty"), ("agree", "empty", "empty"))}
    assert {line for text in said for line in text.splitlines()} == {
        "empty: the folder holds no .json or .jsonl file; name a folder that holds annotations or predictions [empty-folder]"
    }


def test_an_error_of_the_system_names_its_file(folder: Path) -> None:
    (folder / "file").write_text("")
    words = ("convert", "-", "--from", "predictions", "-o", "file/out.jsonl")
    done = run(folder, *words, given=answer(start=0, end=3))
    assert done.returncode == 2
    assert done.stderr.startswith(f"communique: {folder / 'file'}") or done.stderr.startswith("communique: file")


@pytest.mark.parametrize(
    ("raised", "status", "said"),
    [
        (ValueError("there is no such split"), 2, "communique: there is no such split\n"),
        (ConnectionError("Label Studio does not answer"), 2, "communique: Label Studio does not answer\n"),
        (click.Abort(), 130, "interrupted; each file is as it was, or complete\n"),
    ],
)
def test_misuse_ends_with_2(
    raised: Exception, status: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        ending_with(raised, monkeypatch)
    assert (ended.value.code, capsys.readouterr().err) == (status, said)


def test_a_bug_does_not_pass_for_misuse(monkeypatch: pytest.MonkeyPatch) -> None:
    bug = UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")
    with pytest.raises(UnicodeEncodeError):
        ending_with(bug, monkeypatch)


def ending_with(raised: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line, of which a verb raises this."""

    def verb(**_: object) -> None:
        raise raised

    monkeypatch.setattr(cli, "_communique", SimpleNamespace(main=verb))
    cli.main()


@pytest.mark.parametrize("verb", cli.VERBS)
def test_every_verb_has_help_with_an_example(folder: Path, verb: str) -> None:
    done = run(folder, verb, "--help")
    assert done.returncode == 0
    assert f"Example:\n    communique {verb}" in done.stdout


def test_quotes_keep_what_is_nowhere_and_say_whose_words_are_the_texts(folder: Path) -> None:
    mentions = [{"text": "Zzz Qqq", "type": "PER"}, {"text": "bob", "type": "PER"}]
    row = json.dumps({"doc_id": "d1", "mentions": mentions})
    aligned = run(folder, "convert", "-", "--from", "llm", "--texts", "texts.jsonl", given=row)
    words = ("convert", "-", "--from", "predictions", "--to", "quotes", "--texts", "texts.jsonl")
    quoted = run(folder, *words, given=aligned.stdout)
    assert quoted.returncode == 0, quoted.stderr
    lost, found = json.loads(quoted.stdout)["mentions"]
    assert (lost["start"], lost["quote"]["status"]) == (None, "unaligned")
    assert (found["text"], "quote" in found) == ("Bob", False)
    assert "the quote 'bob' left out" in quoted.stderr
    again = run(folder, "convert", "-", "--from", "quotes", "--texts", "texts.jsonl", given=quoted.stdout)
    assert again.returncode == 0, again.stderr
    assert [m["start"] for m in json.loads(again.stdout)["mentions"]] == [None, 8]


def test_with_text_makes_gold_of_ones_own(folder: Path) -> None:
    row = json.dumps({"doc_id": "d1", "mentions": [{"start": 0, "end": 3, "type": "PER"}]})
    words = ("convert", "-", "--from", "predictions", "--texts", "texts.jsonl", "-o", "gold.jsonl")
    assert run(folder, *words, "--with-text", given=row).returncode == 0
    done = run(folder, "score", "gold.jsonl", "--gold", "gold.jsonl", "-m", "Ent-C", "--format", "json")
    assert json.loads(done.stdout)["measures"]["Ent-C"]["f1"] == 1
    refused = run(folder, *words, "--with-text", "--to", "brat", given=row)
    assert refused.returncode == 2
    assert "--with-text is for predictions and quotes" in refused.stderr
