"""Servers that misbehave: what is tried again, what is not, and what is said in the end. The pauses are of milliseconds."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from chat_server import (
    answers,
    as_ever,
    chat_server,
    closed_port,
    completion,
    error,
    gold_answers,
    half_a_body,
    hang_up,
    says,
    silent_until,
)

from communique.extractors.llm import Asking, ask, extract, to_predictions
from communique.extractors.llm.client import Client
from communique.incident import DataError
from communique.model import Annotation, Event, Gold, Mention, Span
from communique.predictions import document_of

TEXTS = {"d1": "Ann met Bob.", "d2": "Cy met Di.", "d3": "Ed met Flo."}


def annotation(doc_id: str, text: str) -> Annotation:
    ann, bob = text.split()[0], text.split()[2].rstrip(".")
    mentions = [Mention("m1", Span(0, len(ann)), "PER", "NAM")]
    mentions.append(Mention("m2", Span(text.index(bob), text.index(bob) + len(bob)), "PER", "NAM"))
    event = Event("v1", Span(len(ann) + 1, len(ann) + 4), "CONSULT", "ACTUAL", "POS")
    return Annotation(doc_id, ("mentions", "events"), tuple(mentions), events=(event,))


GOLD = Gold(
    tuple(document_of(doc_id, text) for doc_id, text in TEXTS.items()),
    tuple(annotation(doc_id, text) for doc_id, text in TEXTS.items()),
    "test",
    "1",
)
KNOWN = gold_answers(GOLD)
D1 = GOLD.documents[:1]


@pytest.fixture
def asking(tmp_path):
    """Ask for mentions and events, with pauses of a millisecond."""

    def made(chat, **how):
        usual = {"layers": ("mentions", "events"), "backoff": 0.001, "timeout": 10.0, "concurrency": 1, "examples": False}
        return Asking(model="m", base_url=chat.url, responses=tmp_path / "kept.jsonl", **(usual | how))

    return made


def quiet(text: str) -> None:
    """Notes that a test does not look at."""


def kept(tmp_path) -> list[dict]:
    return [json.loads(line) for line in (tmp_path / "kept.jsonl").read_text().splitlines()]


@pytest.mark.parametrize(
    ("turns", "failed"),
    [
        ([error(429, "slow down")], ["status 429: slow down"]),
        ([error(500, "oops"), error(500, "oops")], ["status 500: oops"] * 2),
        ([error(status, "wait") for status in (408, 409, 425, 503)], [f"status {s}: wait" for s in (408, 409, 425, 503)]),
        ([says(502, "<html>Bad Gateway</html>", Content_Type="text/html")], ["status 502: <html>Bad Gateway</html>"]),
        ([hang_up], ["no connection: "]),
        ([half_a_body], ["no connection: "]),
        ([says(200, '{"choices": [')], ["a body that is no whole JSON object: "]),
        ([says(200, "plain", Content_Encoding="gzip")], ["a body that is not encoded as it says: "]),
    ],
    ids=["429", "500-twice", "others", "gateway", "reset", "half-a-body", "half-a-json", "no-gzip"],
)
def test_a_fault_that_passes_is_overcome_and_recorded(asking, tmp_path, turns, failed):
    with chat_server(KNOWN, *turns) as chat:
        [row] = extract(D1, asking(chat), note=quiet)
    assert to_predictions([row], D1, note=quiet) == (replace(GOLD.annotations[0], text_sha256=D1[0].text_sha256),)
    [record] = kept(tmp_path)
    assert record["attempts"] == len(turns) + 1
    assert all(said.startswith(words) for said, words in zip(record["failed"], failed, strict=True)), record["failed"]


def test_a_time_out_is_tried_again(asking, tmp_path):
    released = threading.Event()
    with chat_server(KNOWN, silent_until(released)) as chat:
        assert len(extract(D1, asking(chat, timeout=0.2), note=quiet)) == 1
        released.set()
    assert kept(tmp_path)[0]["failed"][0].startswith("time-out: ")


def test_an_answer_that_drips_is_given_up_after_the_time_for_all_of_it(asking):
    def dripping(handler, body):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.02)
        return True

    with chat_server(KNOWN, dripping) as chat:
        begun = time.monotonic()
        assert len(extract(D1, asking(chat, timeout=0.3), note=quiet)) == 1
        assert time.monotonic() - begun < 1.9


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_waited_for(asking, form):
    # A date has whole seconds, so one that is two seconds off is at least one second off.
    when = "0.3" if form == "seconds" else format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    with chat_server(KNOWN, error(429, "slow down", Retry_After=when)) as chat:
        begun = time.monotonic()
        extract(D1, asking(chat), note=quiet)
        assert time.monotonic() - begun > (0.3 if form == "seconds" else 0.9)


def test_what_fails_for_good_is_told_by_document_and_the_rest_is_kept(asking):
    def down_for_d2(handler, body):
        return "Cy met" in body["messages"][-1]["content"] and error(500, "overloaded")(handler, body)

    with chat_server(KNOWN, *[down_for_d2] * 4) as chat:
        with pytest.raises(DataError) as fault:
            extract(GOLD.documents, asking(chat, attempts=2), note=quiet)
        [incident] = fault.value.incidents
        assert (incident.id, incident.place) == ("llm-failed", "d2")
        assert incident.message == "2 attempts failed, the last with status 500: overloaded"
        chat.turns.clear()
        chat.requests.clear()
        assert len(extract(GOLD.documents, asking(chat), note=quiet)) == 3
        assert len(chat.requests) == 1


@pytest.mark.parametrize(
    ("turn", "message"),
    [
        (error(401, "no key"), "wants a key (status 401): set NO_SUCH_KEY, or name another variable with --key-env"),
        (error(403, "not you"), "wants a key (status 403)"),
        (error(404, "no model m"), "(status 404): check the base URL, which mostly ends in /v1, and the model 'm'"),
        (error(429, "pay", code="insufficient_quota"), "gives no more (status 429): see to the account's quota"),
        (says(200, "<html>Welcome</html>", Content_Type="text/html"), "answers with text/html, not JSON: check the base URL"),
        (says(307, "", Location="http://127.0.0.1/else"), "sends elsewhere (status 307)"),
        (says(418, {"error": "a teapot"}), "refuses with status 418; it said: a teapot"),
    ],
    ids=["401", "403", "404", "quota", "html", "redirect", "teapot"],
)
def test_what_no_request_can_overcome_ends_the_run_at_once(asking, turn, message):
    with chat_server(KNOWN, turn) as chat:
        with pytest.raises(ConnectionError) as fault:
            extract(GOLD.documents, asking(chat, key_env="NO_SUCH_KEY"), note=quiet)
        assert message in str(fault.value)
        assert len(chat.requests) == 1


def test_a_server_that_is_not_there_is_told_so(asking):
    with chat_server(KNOWN) as chat:
        elsewhere = replace(asking(chat, attempts=2), base_url=f"http://127.0.0.1:{closed_port()}/v1")
    with pytest.raises(ConnectionError, match="the server running"):
        extract(D1, elsewhere, note=quiet)


def test_a_request_that_is_refused_says_why_and_what_to_do(asking):
    with chat_server(KNOWN, *[error(400, "maximum context length is 4096 tokens")] * 9) as chat:
        with pytest.raises(DataError) as fault:
            extract(D1, asking(chat), note=quiet)
        [incident] = fault.value.incidents
    assert (incident.id, incident.place) == ("llm-refused", "d1")
    assert incident.message == "the server refuses the request (status 400): maximum context length is 4096 tokens"
    assert "--steps" in incident.hint


def refusing(*forms: str):
    """A turn that refuses these forms of the answer, as a server does that has not got them."""

    def turn(handler, body):
        form = body.get("response_format", {}).get("type", "none")
        return form in forms and error(400, f"response_format {form} is not supported", param="response_format")(handler, body)

    return turn


@pytest.mark.parametrize(
    ("refused", "asked"),
    [
        (("json_schema",), ["json_schema", "json_object", "json_object", "json_object"]),
        (("json_schema", "json_object"), ["json_schema", "json_object", None, None, None]),
    ],
)
def test_the_form_that_the_server_takes_is_found_once_in_a_run_and_told(asking, refused, asked):
    notes: list[str] = []
    with chat_server(KNOWN, *[refusing(*refused)] * 9) as chat:
        assert len(extract(GOLD.documents, asking(chat), note=notes.append)) == 3
        assert [r.get("response_format", {}).get("type") for r in chat.requests] == asked
        told = [note for note in notes if "refuses a way of asking" in note]
        assert len(told) == 1
        assert "it takes no json_schema" in told[0]
        # What was found out is known to a run that goes on, and to one that replays.
        chat.requests.clear()
        replayed = replace(asking(chat), responses=None, replay=asking(chat).responses, base_url=None)
        assert extract(GOLD.documents, replayed, note=quiet) == extract(GOLD.documents, asking(chat), note=quiet)
        assert not chat.requests


@pytest.mark.parametrize(
    ("message", "gone", "instead"),
    [
        ("'max_tokens' is not supported. Use 'max_completion_tokens' instead.", "max_tokens", "max_completion_tokens"),
        ("Unsupported value: 'temperature' does not support 0 with this model.", "temperature", None),
        ("seed: Extra inputs are not permitted", "seed", None),
    ],
)
def test_a_parameter_that_the_server_refuses_is_sent_no_more_and_told(asking, message, gone, instead):
    def turn(handler, body):
        return gone in body and error(400, message)(handler, body)

    notes: list[str] = []
    with chat_server(KNOWN, *[turn] * 9) as chat:
        assert len(extract(GOLD.documents, asking(chat, max_tokens=500), note=notes.append)) == 3
        assert [gone in request for request in chat.requests] == [True, False, False, False]
        assert instead is None or chat.requests[-1][instead] == 500
    assert any(f"it takes no {gone}" in note for note in notes)


def test_what_a_server_repeats_of_the_request_is_not_taken_for_its_reason(asking):
    """FastAPI sends the whole body back; the word temperature in it is no complaint about the temperature."""
    detail = [{"loc": ["body", "response_format"], "msg": "json_schema unknown", "input": {"temperature": 0, "seed": 0}}]
    with chat_server(KNOWN, says(422, {"detail": detail})) as chat:
        extract(D1, asking(chat), note=quiet)
        assert chat.requests[1]["temperature"] == 0
        assert chat.requests[1]["response_format"] == {"type": "json_object"}


@pytest.mark.parametrize(
    ("turn", "incident", "message"),
    [
        (says(200, {"choices": [], "created": 1}), "llm-no-answer", "the server's answer has no choices"),
        (says(200, {"error": {"message": "no room"}}), "llm-no-answer", "no choices; it says {\"message\": \"no room\"}"),
        (answers(None), "llm-no-answer", "the answer has no content (finish_reason 'stop')"),
        (answers(None, refusal="I will not."), "llm-refusal", "the model refuses: I will not."),
        (answers(None, reason="content_filter"), "llm-refusal", "the server's filter took the answer away"),
        (answers("Sure, here you are."), "llm-no-answer", "it holds no JSON object with mentions or events"),
        (answers('{"mentions": [{"id" "m1"}], "events": []}'), "llm-broken-json", "after 0 whole items"),
    ],
    ids=["no-choices", "error-with-200", "null", "refusal", "filter", "prose", "broken"],
)
def test_an_answer_of_no_use_is_asked_for_once_more_and_then_told(asking, turn, incident, message):
    with chat_server(KNOWN, turn) as chat:
        once = ask(D1, asking(chat), note=quiet)
        overcome = incident != "llm-refusal"
        assert (len(once.rows), len(chat.requests)) == ((1, 2) if overcome else (0, 1))
    with chat_server(KNOWN, turn, turn) as chat:
        twice = ask(D1, asking(chat, seed=100), note=quiet)
        [unanswered] = twice.unanswered
        assert unanswered.fault.id == incident
        assert message in unanswered.fault.message
        assert len(chat.requests) == (2 if overcome else 1)


def test_what_said_nothing_is_asked_for_again_by_the_next_run_and_a_replay_reads_the_later_answer(asking):
    with chat_server(KNOWN, answers(None), says(200, {"choices": []})) as chat:
        assert ask(D1, asking(chat), note=quiet).unanswered
        assert len(ask(D1, asking(chat), note=quiet).rows) == 1
        assert len(chat.requests) == 3
        replayed = replace(asking(chat), responses=None, replay=asking(chat).responses)
        assert len(ask(D1, replayed, note=quiet).rows) == 1


def test_a_date_that_is_none_is_left_out(asking):
    body = completion('{"mentions": [], "events": []}') | {"created": 10**18}
    with chat_server(KNOWN, says(200, body)) as chat:
        assert ask(D1, asking(chat), note=quiet).date is None


def test_json_that_is_called_plain_text_is_read(asking):
    body = completion('{"mentions": [], "events": []}')
    with chat_server(KNOWN, says(200, body, Content_Type="text/plain")) as chat:
        assert extract(D1, asking(chat), note=quiet)[0]["mentions"] == []
        assert len(chat.requests) == 1


def test_content_in_parts_and_in_a_fence_is_read(asking):
    parts = [{"type": "text", "text": "Here:\n```json\n"}, {"type": "text", "text": '{"mentions": [], "events": []}\n```'}]
    with chat_server(KNOWN, answers(parts)) as chat:
        [row] = extract(D1, asking(chat), note=quiet)
    assert (row["mentions"], row["events"]) == ([], [])


LONG = '{"mentions": [{"id": "m1", "text": "Ann", "sentence": 1, "type": "PER", "kind": "NAM"}, {"id": "m2", "te'
CUT_OFF = answers(LONG, reason="length")


def test_an_answer_that_is_cut_off_is_asked_for_with_twice_the_room(asking):
    with chat_server(KNOWN, CUT_OFF) as chat:
        extracted = ask(D1, asking(chat, max_tokens=300), note=quiet)
        assert [request["max_tokens"] for request in chat.requests] == [300, 600]
    assert (len(extracted.rows[0]["mentions"]), extracted.salvaged, extracted.usage.completion) == (2, (), 400)


def test_an_answer_that_stays_cut_off_is_an_error_that_names_the_option(asking):
    with chat_server(KNOWN, CUT_OFF, CUT_OFF) as chat:
        [unanswered] = ask(D1, asking(chat, max_tokens=300), note=quiet).unanswered
    assert unanswered.fault.id == "llm-cut-off"
    assert unanswered.fault.message == "the answer was cut off after 200 tokens, after 1 whole item"
    assert "--max-tokens" in unanswered.fault.hint
    with chat_server(KNOWN, CUT_OFF) as chat:
        assert ask(D1, asking(chat), note=quiet).unanswered
        assert len(chat.requests) == 1  # without a limit of ours there is nothing to double


def test_what_is_whole_of_a_cut_answer_is_kept_if_that_is_asked_for_and_the_system_says_so(asking):
    notes: list[str] = []
    with chat_server(KNOWN, CUT_OFF) as chat:
        extracted = ask(GOLD.documents, asking(chat, salvage=True), note=notes.append)
    [first, *_] = extracted.rows
    assert [m["text"] for m in first["mentions"]] == ["Ann"]
    assert first["events"] == []
    assert extracted.salvaged == ("d1",)
    assert extracted.system.endswith(", 1 document salvaged)")
    assert "d1: the answer was cut off after 200 tokens; 1 whole item of it kept, lists that it lacks are empty" in notes


FAULTY = {
    "mentions": [
        {"id": "m1", "text": "Ann", "sentence": 1, "occurrence": None, "type": "PER", "kind": "NAM"},
        {"id": "m1", "text": "Bob", "sentence": 1, "occurrence": None, "type": "PER", "kind": "NAM"},
        {"id": "m3", "text": "Bob", "sentence": 1, "occurrence": None, "type": "PERSON", "kind": "NAM"},
        {"id": "m4", "text": "Bob", "sentence": "1", "occurrence": None, "type": "PER", "kind": "NAM", "why": "a name"},
        {"id": "m5", "sentence": 1, "occurrence": None, "type": "PER", "kind": "NAM"},
        "Bob",
    ],
    "entities": [{"type": "PER", "mentions": ["m1", "m9"]}, {"type": "PER", "mentions": ["m1"]}],
    "events": [
        {"id": "v1", "text": "met", "sentence": 1, "occurrence": None, "type": "CONSULT", "realis": "ACTUAL", "polarity": "POS",
         "arguments": [{"role": "PARTICIPANT", "mention": "m1"}, {"role": "PARTICIPANT", "mention": "m3"}]},
    ],
    "relations": [{"type": "TIES", "head": "m1", "tail": "m8"}],
}  # fmt: skip
FAULTS = [
    "mentions[2].type: unknown label 'PERSON'",
    "mentions[3].sentence: expected an integer, got '1'",
    "mentions[4]: it quotes no words",
    "mentions[5]: expected an object, got 'Bob'",
    "mentions 'm1': the id is that of an item before it",
    "events 'v1', PARTICIPANT: it names 'm3', which is not there",
    "relations TIES, tail: it names 'm8', which is not there",
    "entities 0: it names 'm9', which is not there",
    "entities 1: it holds 'm1', which is in entities 0 already",
]
LAYERS = ("mentions", "entities", "events", "arguments", "relations")


def test_every_faulty_item_is_told_at_once(asking):
    with chat_server(KNOWN, answers(json.dumps(FAULTY))) as chat, pytest.raises(DataError) as fault:
        extract(D1, asking(chat, layers=LAYERS), note=quiet)
    assert {i.id for i in fault.value.incidents} == {"llm-answer", "wrong-type"}
    assert sum("--salvage leaves out what is faulty" in i.hint for i in fault.value.incidents) == 7
    assert [f"{i.place.removeprefix('d1: ')}: {i.message}" for i in fault.value.incidents] == FAULTS


def test_what_is_sound_of_a_faulty_answer_is_kept_and_the_rest_is_listed(asking):
    notes: list[str] = []
    with chat_server(KNOWN, answers(json.dumps(FAULTY))) as chat:
        extracted = ask(D1, asking(chat, layers=LAYERS, salvage=True), note=notes.append)
    [row] = extracted.rows
    assert [m["text"] for m in row["mentions"]] == ["Ann"]
    assert row["entities"] == [{"type": "PER", "mentions": ["m1"]}]
    assert row["events"][0]["arguments"] == [{"role": "PARTICIPANT", "mention": "m1"}]
    assert row["relations"] == []
    assert [note.removeprefix("left out: d1: ") for note in notes if note.startswith("left out")] == FAULTS
    assert "d1: keys that nobody asked for are left out: why (1×)" in notes
    assert extracted.salvaged == ("d1",)


def test_half_a_character_in_a_cut_off_answer_is_left_out_and_listed(asking):
    notes: list[str] = []
    mentions = [{"id": id_, "text": text, "sentence": 1, "type": "PER"} for id_, text in (("m1", "Ann"), ("m2", "B\ud83d"))]
    with chat_server(KNOWN, *[answers(json.dumps({"mentions": mentions})[:-2] + ', {"id')] * 2) as chat:
        [row] = extract(D1, asking(chat, layers=("mentions",), salvage=True), note=notes.append)
    [found] = to_predictions([row], D1, salvage=True, note=quiet)
    assert [m.span.of(TEXTS["d1"]) for m in found.mentions] == ["Ann"]
    assert "left out: d1: mentions[1].text: half a character stands in 'B\\ud83d'" in notes


def test_quotes_that_are_not_in_the_text_are_kept_without_a_place_and_told(asking):
    wrong = {"mentions": [{"text": "Zachariah", "sentence": 1, "type": "PER", "kind": "NAM"}], "events": []}
    notes: list[str] = []
    with chat_server(KNOWN, answers(json.dumps(wrong))) as chat:
        [found] = to_predictions(extract(D1, asking(chat), note=quiet), D1, note=notes.append)
    [mention] = found.mentions
    assert not mention.span.placed
    assert any(note.startswith("d1: $.mentions[0]: 'Zachariah' is nowhere in the text") for note in notes)


def test_rows_come_in_the_order_of_the_documents_whatever_that_of_the_answers(asking):
    answered = {doc_id: threading.Event() for doc_id in TEXTS}
    order: list[str] = []

    def after_the_next(request):
        doc_id = next(d for d, text in TEXTS.items() if text in request["messages"][-1]["content"])
        later = {"d1": "d2", "d2": "d3"}.get(doc_id)
        assert later is None or answered[later].wait(20)
        order.append(doc_id)
        answered[doc_id].set()
        return KNOWN(request)

    with chat_server(after_the_next) as chat:
        rows = extract(GOLD.documents, asking(chat, concurrency=3), note=quiet)
    assert order == ["d3", "d2", "d1"]
    assert [row["doc_id"] for row in rows] == ["d1", "d2", "d3"]
    assert [row["mentions"][0]["text"] for row in rows] == ["Ann", "Cy", "Ed"]


def test_no_more_requests_are_made_at_a_time_than_is_allowed(asking):
    both = threading.Barrier(2, timeout=20)

    def together(request):
        if "Ed met" not in request["messages"][-1]["content"]:
            both.wait()
        return KNOWN(request)

    with chat_server(together) as chat:
        extract(GOLD.documents, asking(chat, concurrency=2), note=quiet)
        assert chat.busiest == 2


def test_tokens_that_the_server_does_not_say_are_unknown_and_not_zero(asking):
    body = completion('{"mentions": [], "events": []}')
    del body["usage"]
    with chat_server(KNOWN, says(200, body), as_ever) as chat:
        usage = ask(GOLD.documents[:2], asking(chat), note=quiet).usage
        assert (usage.prompt, usage.completion, usage.silent, usage.cost((1.0, 1.0))) == (1000, 200, 1, None)
    with chat_server(KNOWN, says(200, body)) as chat:
        usage = ask(D1, asking(chat, seed=5), note=quiet).usage
        assert (usage.prompt, usage.completion) == (None, None)


def test_a_record_says_what_was_asked_of_whom_and_when(asking, tmp_path):
    with chat_server(KNOWN) as chat:
        extracted = ask(D1, asking(chat, max_tokens=50), note=quiet)
        [record] = kept(tmp_path)
        assert record["server"] == chat.url
    assert (record["doc_id"], record["text_sha256"]) == ("d1", D1[0].text_sha256)
    assert record["prompt"] == extracted.prompt
    asked = record["asked"]
    assert (asked["model"], asked["temperature"], asked["seed"], asked["max_tokens"]) == ("m", 0, 0, 50)
    assert asked["messages"][-1]["content"] == "1\tAnn met Bob."
    assert record["response"]["usage"]["prompt_tokens"] == 1000
    assert datetime.fromisoformat(record["at"]).tzinfo is not None
    assert record["seconds"] >= 0


@pytest.mark.parametrize("key", ["sk-very-secret-0123456789", "short"])
def test_the_client_does_not_show_its_key(monkeypatch, key):
    monkeypatch.setenv("SOME_KEY", f" {key}\n")
    asking = Asking(model="m", base_url="http://127.0.0.1:9/v1", key_env="SOME_KEY")
    with Client(asking) as client:
        assert key not in f"{client!r} {client._http!r} {client._http.headers!r} {asking!r}"


def test_a_key_that_cannot_stand_in_a_header_is_refused_without_being_shown(monkeypatch):
    monkeypatch.setenv("SOME_KEY", "sécret")
    with pytest.raises(ValueError, match="SOME_KEY holds what cannot stand in a header") as fault:
        Client(Asking(model="m", base_url="http://127.0.0.1:9/v1", key_env="SOME_KEY"))
    assert "cret" not in str(fault.value)
