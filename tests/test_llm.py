"""``communique benchmark llm``, from the command line, against a server on the loopback interface."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading

import pytest
from chat_server import Chat, answers, as_ever, chat_server, error, gold_answers, says, silent_until

import communique as cq

KEY = "sk-very-secret-0123456789"
MAIN = "from communique.cli import main; main()"
TEXTS = {"d1": "Ann met Bob.", "d2": "Cy met Di.", "d3": "Ed met Flo."}


def row(doc_id: str, text: str) -> dict:
    """Two persons who met: the gold of an invented document."""
    first, last = text.split()[0], text.split()[2].rstrip(".")
    at = text.index(last)
    return {
        "doc_id": doc_id,
        "text": text,
        "mentions": [
            {"id": "m1", "start": 0, "end": len(first), "type": "PER", "kind": "NAM"},
            {"id": "m2", "start": at, "end": at + len(last), "type": "PER", "kind": "NAM"},
        ],
        "entities": [{"type": "PER", "mentions": ["m1"]}, {"type": "PER", "mentions": ["m2"]}],
        "events": [{
            "id": "v1", "start": len(first) + 1, "end": len(first) + 4,
            "type": "CONSULT", "realis": "ACTUAL", "polarity": "POS",
            "arguments": [{"role": "PARTICIPANT", "mention": m} for m in ("m1", "m2")],
        }],
        "instances": [{"events": ["v1"]}],
        "relations": [],
        "event_relations": [],
    }  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    lines = (json.dumps(row(doc_id, text)) + "\n" for doc_id, text in TEXTS.items())
    (tmp_path / "gold.jsonl").write_text("".join(lines), encoding="utf-8")
    return tmp_path


@pytest.fixture
def own_gold(folder):
    return cq.read_gold(folder / "gold.jsonl")


def words(*options: object, code: str = MAIN) -> list[str]:
    return [sys.executable, "-c", code, "benchmark", *map(str, options)]


@pytest.fixture
def benchmark(folder):
    def run(*options, key="", code=MAIN):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENAI_")} | {"OPENAI_API_KEY": key}
        how = {"capture_output": True, "text": True, "encoding": "utf-8", "cwd": folder, "env": environment}
        return subprocess.run(words(*options, code=code), check=False, **how)

    return run


def ask(chat: Chat, *options: object) -> tuple[object, ...]:
    """The words that ask this server about our own gold, quickly."""
    gold = () if "--split" in options else ("--gold", "gold.jsonl", "--ontology", "installed")
    return ("llm", "--model", "org/model-1", "--base-url", chat.url, "--no-seqeval", "--no-intervals", *gold, *options)


def f1(printed: str) -> dict[str, float | None]:
    return {name: measure["f1"] for name, measure in json.loads(printed)["measures"].items()}


@pytest.mark.parametrize("steps", [(), ("--steps",)], ids=["all-at-once", "in-steps"])
def test_a_model_that_knows_the_gold_scores_100_on_the_validation_split(benchmark, steps):
    with chat_server(gold_answers(cq.load("validation"))) as chat:
        done = benchmark(*ask(chat, "--split", "validation", "--format", "json", *steps))
        assert done.returncode == 0, done.stderr
        scored = f1(done.stdout)
        assert scored.pop("Link") is None
        assert set(scored.values()) == {1.0}
        assert len(chat.requests) == (5 if steps else 1)


def test_what_is_replayed_without_a_server_is_the_same_to_the_byte(benchmark, folder, own_gold):
    saved = ("--save-predictions", "asked.jsonl", "--responses", "kept.jsonl")
    with chat_server(gold_answers(own_gold)) as chat:
        asked = benchmark(*ask(chat, "--steps", *saved))
    assert asked.returncode == 0, asked.stderr
    replay = ("llm", "--model", "org/model-1", "--gold", "gold.jsonl", "--ontology", "installed", "--no-seqeval")
    again = ("--no-intervals", "--steps", "--replay", "kept.jsonl", "--save-predictions", "replayed.jsonl")
    replayed = benchmark(*replay, *again)
    assert replayed.returncode == 0, replayed.stderr
    assert replayed.stdout == asked.stdout
    assert (folder / "replayed.jsonl").read_bytes() == (folder / "asked.jsonl").read_bytes()
    assert "org/model-1 (prompt " in replayed.stdout
    assert ", 2026-01-05)" in replayed.stdout


def test_a_request_that_is_not_in_the_file_is_an_error_that_names_its_document(benchmark, own_gold):
    with chat_server(gold_answers(own_gold)) as chat:
        assert benchmark(*ask(chat, "--responses", "kept.jsonl")).returncode == 0
    replay = ("llm", "--model", "org/model-1", "--gold", "gold.jsonl", "--ontology", "installed", "--replay", "kept.jsonl")
    other = benchmark(*replay, "--seed", "7")
    assert (other.returncode, other.stdout) == (1, "")
    assert "d1: kept.jsonl holds no answer to this request" in other.stderr
    assert other.stderr.count("[llm-not-recorded]") == 3


# Tests that run in the background inherit that interruptions are ignored.
HEEDING = f"import signal; signal.signal(signal.SIGINT, signal.default_int_handler); {MAIN}"


def test_an_interrupted_run_goes_on_where_it_was(folder, benchmark, own_gold):
    released, arrived = threading.Event(), threading.Event()

    def silent(handler, body):
        arrived.set()
        return silent_until(released)(handler, body)

    with chat_server(gold_answers(own_gold), as_ever, silent) as chat:
        options = ask(chat, "--concurrency", 1, "--responses", "kept.jsonl")
        with subprocess.Popen(words(*options, code=HEEDING), stderr=subprocess.PIPE, text=True, cwd=folder) as process:
            assert arrived.wait(30)
            process.send_signal(signal.SIGINT)
            _, told = process.communicate(timeout=120)
        released.set()
        assert process.returncode == 130
        assert "interrupted" in told
        kept = folder / "kept.jsonl"
        assert len(kept.read_text().splitlines()) == 1
        with kept.open("a") as file:
            file.write('{"key": "half a li')
        chat.requests.clear()
        done = benchmark(*options, "--format", "json")
        assert done.returncode == 0, done.stderr
        assert len(chat.requests) == 2
        assert f1(done.stdout)["Arg-C+"] == 1.0
        assert "note: kept.jsonl:2: a line that cannot be read, the last" in done.stderr
        assert "note: 1 answer stood in kept.jsonl already, and was not asked for again" in done.stderr
        assert "3 answers, 1 of them from kept.jsonl" in done.stderr
        third = benchmark(*options)
        assert third.returncode == 0, third.stderr
        assert len(chat.requests) == 2


LOUD = f"import logging; logging.basicConfig(level=logging.DEBUG); {MAIN}"


def test_the_key_is_sent_and_stands_in_no_file_and_no_message(benchmark, folder, own_gold):
    """Not even if the server repeats it, and all that libraries log is printed."""
    gold = gold_answers(own_gold)

    def telling(handler, body):
        return answers(gold(body), echoed=handler.headers["Authorization"])(handler, body)

    with chat_server(gold, error(503, f"busy, {KEY}"), telling) as chat:
        done = benchmark(*ask(chat, "-o", "scores.json", "--save-predictions", "found.jsonl"), key=KEY, code=LOUD)
        assert done.returncode == 0, done.stderr
        assert {headers["Authorization"] for headers in chat.headers} == {f"Bearer {KEY}"}
    with chat_server(gold, says(401, {"error": {"message": f"Incorrect API key: {KEY}"}})) as chat:
        refused = benchmark(*ask(chat, "--responses", "other.jsonl"), key=KEY, code=LOUD)
    assert refused.returncode == 2
    assert "refuses the key of OPENAI_API_KEY (status 401)" in refused.stderr
    assert "Incorrect API key: [key]" in refused.stderr
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert folder / "responses" / "org-model-1.jsonl" in files
    assert "[key]" in (folder / "responses" / "org-model-1.jsonl").read_text()
    for said in (done.stdout, done.stderr, refused.stdout, refused.stderr, *(file.read_text() for file in files)):
        assert KEY not in said


def test_a_server_without_a_key_gets_none(benchmark, own_gold):
    with chat_server(gold_answers(own_gold)) as chat:
        assert benchmark(*ask(chat)).returncode == 0
        assert not any("Authorization" in headers for headers in chat.headers)


def test_tokens_and_cost_are_summed_from_what_the_server_says(benchmark, own_gold):
    with chat_server(gold_answers(own_gold)) as chat:
        done = benchmark(*ask(chat, "--price", "2.5,10"))
    # 3 × (1000 × 2.5 + 200 × 10) / 1,000,000
    assert "tokens: 3,000 in prompts, 600 in completions; cost 0.0135 at 2.5 and 10 a million; 3 answers" in done.stderr


def test_a_document_without_an_answer_is_an_error_or_counts_as_empty(benchmark, own_gold):
    gold = gold_answers(own_gold)

    def mute_on_d2(request):
        return "I cannot." if "Cy met" in request["messages"][-1]["content"] else gold(request)

    with chat_server(mute_on_d2) as chat:
        done = benchmark(*ask(chat))
        assert (done.returncode, done.stdout) == (1, "")
        assert "d2: the answer is of no use: it holds no JSON object" in done.stderr
        assert "'I cannot.'" in done.stderr
        seeds = [r["seed"] for r in chat.requests if "Cy met" in r["messages"][-1]["content"]]
        assert seeds == [0, 1]
        counted = benchmark(*ask(chat, "--missing", "empty", "--format", "json"))
        assert counted.returncode == 0, counted.stderr
        assert "note: counted as empty: d2: " in counted.stderr
        assert json.loads(counted.stdout)["measures"]["Tri-C"]["recall"] == pytest.approx(2 / 3)


def test_layers_that_are_not_asked_for_are_not_scored(benchmark, own_gold):
    with chat_server(gold_answers(own_gold)) as chat:
        done = benchmark(*ask(chat, "--layers", "events,arguments", "--format", "json"))
        assert done.returncode == 0, done.stderr
        scored = f1(done.stdout)
        assert (scored["Tri-C"], scored["Arg-C+"], scored.get("Ent-C"), scored.get("Rel")) == (1.0, 1.0, None, None)
        [schema] = {json.dumps(r["response_format"]["json_schema"]["schema"]["required"]) for r in chat.requests}
        assert json.loads(schema) == ["mentions", "events"]


def test_the_prompt_is_shown_without_a_server(benchmark):
    done = benchmark("llm", "--model", "m", "--show-prompt", "--steps")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("--- system (mentions)\nYou annotate news texts")
    assert "20 requests for 4 documents" in done.stderr


def test_the_help_lists_the_options_of_a_model_by_themselves(benchmark):
    done = benchmark("llm", "--help")
    options, _, models = done.stdout.partition("Options of llm, a language model:\n")
    assert "--split" in options
    assert "--base-url" in models
    assert "--base-url U" not in options
    assert "--key-env" in models


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("llm",), "llm needs --model"),
        (("llm", "--model", "m"), "llm needs --base-url"),
        (("rules", "--model", "m"), "--model goes with the extractor llm, not with rules"),
        (("--seed", "0"), "--seed goes with the extractor llm, not with rules"),
        (("--run", "cat", "--replay", "x"), "--replay goes with the extractor llm, not with --run"),
        (("llm", "--run", "cat"), "give an extractor (llm) or --run, not both"),
        (("llm", "--model", "m", "--replay", "a", "--responses", "b"), "give --replay or --responses, not both"),
        (("llm", "--model", "m", "--base-url", "http://u:pw@host/v1"), "the base URL holds a user name or a password"),
        (("llm", "--model", "m", "--base-url", "http://host/v1?key=pw"), "the base URL has a query"),
        (("llm", "--model", "m", "--base-url", "host:80"), "the base URL is no address"),
        (("llm", "--model", "m", "--replay", "x", "--layers", "mention"), "did you mean mentions?"),
        (("llm", "--model", "m", "--replay", "x", "--price", "1"), "'1' is no pair of prices"),
        (("llm", "--model", "m", "--replay", "gold.jsonl", "--gold", "gold.jsonl"), "give --ontology FILE"),
        (("llm", "--model", "m", "--base-url", "http://h", "--responses", "gold.jsonl", "--gold", "gold.jsonl"), "write over"),
        (("llm", "--model", "m", "--replay", "gold.jsonl"), "holds no responses of a language model"),
        (("llm", "--model", "m", "--replay", "kept.jsonl", "-o", "no/s.json"), "there is no folder no"),
    ],
)
def test_misuse_is_refused_before_anything_is_asked(benchmark, options, message):
    done = benchmark(*options)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in " ".join(done.stderr.split())
    assert ":pw" not in done.stderr
    assert "=pw" not in done.stderr


def test_without_the_libraries_the_extra_is_named_and_a_replay_needs_none(benchmark, folder, own_gold):
    without = f"import sys; sys.modules['tenacity'] = sys.modules['httpx'] = None; {MAIN}"
    with chat_server(gold_answers(own_gold)) as chat:
        assert benchmark(*ask(chat, "--responses", "kept.jsonl")).returncode == 0
        lacking = benchmark(*ask(chat), code=without)
    assert (lacking.returncode, lacking.stdout) == (2, "")
    assert "httpx is not installed; run: pip install '.[llm]'" in lacking.stderr
    replay = ("llm", "--model", "org/model-1", "--gold", "gold.jsonl", "--ontology", "installed", "--replay", "kept.jsonl")
    assert benchmark(*replay, "--no-seqeval", code=without).returncode == 0


def test_the_package_does_not_import_the_client_unless_a_model_is_asked():
    code = "import sys, communique.cli.benchmark; print([m for m in ('httpx', 'tenacity') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
