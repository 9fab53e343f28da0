"""Extractors: built-in, a function of one's own, a command; and every way in which they can fail."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from communique.extractors.actual import all_actual
from communique.extractors.protocol import BUILT_IN, DEFAULT, load
from communique.extractors.run import Output, predictions_of, run_command, run_function
from communique.incident import DataError
from communique.model import LAYERS, Annotation, Gold
from communique.predictions import document_of

DOCUMENTS = (
    document_of("d1", "Ann Lee met Bob.\nThey — “friends” — will meet in Port Vale on Monday."),
    document_of("d2", "Nobody came."),
)
CORPUS = Gold(DOCUMENTS, tuple(Annotation(d.doc_id) for d in DOCUMENTS), "test", "0.0.0#00000000")


def found(name: str) -> tuple[Annotation, ...]:
    return predictions_of(run_function(name, load(name), DOCUMENTS), CORPUS)


def faults(name: str, extract) -> list[str]:
    with pytest.raises(DataError) as caught:
        predictions_of(run_function(name, extract, DOCUMENTS), CORPUS)
    return [str(i) for i in caught.value.incidents]


def python(code: str) -> str:
    return shlex.join([sys.executable, "-c", textwrap.dedent(code)])


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_extractor_gives_sound_predictions_and_the_same_ones_again(name):
    once, again = found(name), found(name)
    assert [a.doc_id for a in once] == ["d1", "d2"]
    assert once == again


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_extractor_reads_any_text(name):
    for text in ("", " ", "\n\n", "🎉", "met " * 3, "U.S.–China", "a\r\nb"):
        row = {"doc_id": "d", **load(name)(text)}
        document = document_of("d", text)
        gold = Gold((document,), (Annotation("d"),), "test", "0")
        assert len(predictions_of(Output(name, json.dumps(row), 0.0), gold)) == 1


def test_the_default_is_built_in():
    assert DEFAULT in BUILT_IN


def test_nothing_claims_every_layer_and_finds_nothing():
    assert found("nothing") == tuple(Annotation(d.doc_id, LAYERS) for d in DOCUMENTS)


def test_actual_keeps_triggers_alone_and_calls_them_all_actual():
    event = {"id": "v1", "start": 8, "end": 11, "type": "CONSULT", "realis": "POSSIBLE", "polarity": "NEG", "arguments": []}
    kept = {"id": "v1", "start": 8, "end": 11, "type": "CONSULT", "realis": "ACTUAL"}
    assert all_actual({"mentions": [], "events": [event, event]}) == {"layers": ["events"], "events": [kept, kept]}


def test_actual_has_the_triggers_of_the_lexicon():
    for lexicon, actual in zip(found("lexicon"), found("actual"), strict=True):
        assert [(e.span, e.type) for e in actual.events] == [(e.span, e.type) for e in lexicon.events]
        assert {e.realis for e in actual.events} <= {"ACTUAL"}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("rulez", "'rulez' is no built-in extractor; did you mean rules?; else give module:function"),
        ("nowhere:extract", "there is no module 'nowhere'"),
        ("json.nowhere:extract", "there is no module 'json.nowhere'"),
        ("json:dump_", "the module json has no 'dump_'; did you mean dump?"),
        ("json:__name__", "json:__name__ is a str; an extractor is a function of one text"),
        (":extract", "':extract' is no built-in extractor"),
    ],
)
def test_a_name_that_leads_nowhere_says_so(name, message):
    with pytest.raises(ValueError, match=r"extractor|module") as caught:
        load(name)
    assert message in str(caught.value)


def test_a_module_whose_own_import_is_missing_raises_that(tmp_path, monkeypatch):
    (tmp_path / "broken_extractor.py").write_text("import a_module_that_nobody_has\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="a_module_that_nobody_has"):
        load("broken_extractor:extract")


def test_a_module_that_ends_the_program_is_misuse(tmp_path, monkeypatch):
    (tmp_path / "ending_extractor.py").write_text("import sys; sys.exit(3)\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ValueError, match=r"ending_extractor ends the program when it is imported \(SystemExit: 3\)"):
        load("ending_extractor:extract")


def test_a_function_that_ends_the_program_is_named_with_every_document():
    said = faults("mine:extract", lambda text: sys.exit(3))
    assert [line.split(" (")[0] for line in said] == [f"mine:extract on {d}: SystemExit: 3" for d in ("d1", "d2")]


def nested(depth: int) -> list[object]:
    inner: list[object] = []
    for _ in range(depth):
        inner = [inner]
    return inner


def test_a_result_that_is_nested_too_deeply_is_refused():
    [first, _] = faults("mine", lambda text: {"mentions": nested(100_000)})
    assert first.startswith("mine on d1: maximum recursion depth exceeded")
    deep = "[" * 100_000 + "]" * 100_000
    with pytest.raises(DataError, match="nested too deeply"):
        predictions_of(Output("mine", f'{{"doc_id": "d1", "mentions": {deep}}}', 0.0), CORPUS)


def test_an_extractor_that_claims_no_layer_is_refused():
    said, *_ = faults("mine", lambda text: {})
    assert "no layer is claimed, so there is nothing to score; give one of the keys mentions, " in said
    assert said.endswith("[no-layer]")
    with pytest.raises(DataError, match="no layer is claimed"):
        predictions_of(run_command("cat", DOCUMENTS), CORPUS)


def test_a_command_that_leaves_something_holding_its_stdout_is_ended_in_time():
    with pytest.raises(DataError, match=r"let go of its stdout within 0\.5 s; give it more time"):
        run_command("sh -c 'sleep 5 & echo {}'", DOCUMENTS, timeout=0.5)


def test_a_function_that_raises_is_named_with_every_document_and_the_line():
    def extract(text):
        return {"mentions": [text[1000]]}

    said = faults("mine:extract", extract)
    assert len(said) == 2
    assert said[0].startswith("mine:extract on d1: IndexError: string index out of range (")
    assert f"{Path(__file__).name}:" in said[0]
    assert said[0].endswith("[extractor-failed]")


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (None, "mine on d1: it returned a NoneType, not a dict; return a predictions row"),
        ([], "it returned a list, not a dict"),
        ({"doc_id": "d9"}, "it returned a row of 'd9'; leave doc_id out: the benchmark knows it [extractor-result]"),
        ({"mentions": [{"start": object()}]}, "is not JSON serializable"),
        ({"mentions": [{"start": float("nan")}]}, "Out of range float values"),
        ({"mentions": [{"start": 5, "end": 3, "type": "PER"}]}, "mine:1 (d1): $.mentions[0]: start 5 is not before end 3"),
        ({"mention": []}, "mine:1 (d1): $: unknown key 'mention'; did you mean mentions?"),
        ({"mentions": [{"start": 0, "end": 3.0, "type": "PER"}]}, "mine:1 (d1): $.mentions[0].end"),
        ({"mentions": [{"start": 0, "end": 900, "type": "PER"}]}, "which has"),
    ],
)
def test_a_function_that_gives_something_else_is_told_what_and_where(result, message):
    assert message in "\n".join(faults("mine", lambda text: result))


def test_a_command_reads_texts_and_prints_predictions():
    command = python("""
        import json, sys
        for line in sys.stdin:
            row = json.loads(line)
            at = row["text"].find("“friends”")
            mentions = [{"start": at, "end": at + 9, "type": "PER", "kind": "NOM"}] if at >= 0 else []
            print(json.dumps({"doc_id": row["doc_id"], "mentions": mentions}))
        print("done", file=sys.stderr)
    """)
    output = run_command(command, DOCUMENTS)
    first, second = predictions_of(output, CORPUS)
    assert (first.mentions[0].span.of(DOCUMENTS[0].text), second.mentions) == ("“friends”", ())
    assert output.seconds > 0


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("raise SystemExit(3)", "exit status 3; see its messages above"),
        ("import os; os.kill(os.getpid(), 9)", "ended by signal 9"),
        ("pass", "it printed nothing; print one predictions row per document to stdout and nothing else"),
        ("print('Loading model …')", "'Loading model …' is no JSON object"),
        ("import sys; sys.stdout.buffer.write(b'{\\n\\xff}')", "byte 0xff is not UTF-8"),
        ("print('{')", "the JSON may be cut off"),
        ("""print('{"doc_id": "d7", "mentions": []}')""", "d7"),
        ("""print('{"doc_id": "d1", "mentions": [{"start": 2, "end": 1, "type": "PER"}]}')""", "(d1): $.mentions[0]"),
    ],
)
def test_a_command_that_fails_is_named_with_what_to_do(code, message):
    command = python(code)
    with pytest.raises(DataError) as caught:
        predictions_of(run_command(command, DOCUMENTS), CORPUS)
    assert message in str(caught.value)
    assert all(i.hint and i.place.startswith(command) for i in caught.value.incidents)


def test_a_command_that_does_not_exist_is_misuse():
    with pytest.raises(ValueError, match=r"cannot run 'no-such-command': .*; check its name"):
        run_command("no-such-command --fast", DOCUMENTS)
    with pytest.raises(ValueError, match="--run needs a command"):
        run_command(" ", DOCUMENTS)


def test_a_command_need_not_read_its_input():
    rows = "\\n".join(json.dumps({"doc_id": d.doc_id, "mentions": []}) for d in DOCUMENTS)
    big = tuple(document_of(d.doc_id, d.text * 10_000) for d in DOCUMENTS)
    assert len(run_command(python(f"print('''{rows}''')"), big).lines.splitlines()) == 2


SPACY = Path(__file__).parents[1] / "scripts" / "extract_spacy.py"


def test_the_spacy_wrapper_finds_names_with_a_real_pipeline():
    text = (
        "Secretary of State Antony Blinken's plane landed in Paris on Monday.\n"
        "He met French officials of the United Nations’ office, and “Emmanuel Macron” flew to the Alps."
    )
    document = document_of("d1", text)
    output = run_command(shlex.join([sys.executable, str(SPACY)]), [document])
    (row,) = predictions_of(output, Gold((document,), (Annotation("d1"),), "test", "0"))
    words = {(m.span.of(text), m.type, m.kind) for m in row.mentions}
    assert {
        ("Antony Blinken", "PER", "NAM"),
        ("Paris", "GPE", "NAM"),
        ("Monday", "TIME", None),
        ("French", "GPE", "ADJ"),
    } <= words
    assert {m.span.of(text)[:4] for m in row.mentions}.isdisjoint({"the ", "The "})
    assert row.layers == ("mentions",)


def test_the_spacy_wrapper_says_which_pipeline_it_misses():
    words = [sys.executable, str(SPACY), "--model", "no_such_pipeline"]
    done = subprocess.run(words, input="", capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("extract_spacy.py: ")
    assert "no_such_pipeline" in done.stderr
