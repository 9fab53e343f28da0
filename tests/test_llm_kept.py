"""The responses that ``benchmark llm`` keeps, read as format llm: as a replay reads them, or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from chat_server import Chat, Turn, answers, chat_server, error, gold_answers, says

from communique.extractors.llm import Asking, ask, to_predictions
from communique.formats import Converted, Source, Texts, read, source_of
from communique.formats.detect import detect
from communique.incident import DataError
from communique.model import Annotation, Argument, Event, Gold, Mention, Span
from communique.predictions import document_of, parse_predictions

TEXTS = {"d1": "Ann met Bob.", "d2": "Cy met Di."}
LAYERS = ("mentions", "events", "arguments")
NOTHING = '{"mentions": [], "events": []}'


def annotation(doc_id: str, text: str) -> Annotation:
    first, last = text.split()[0], text.split()[2].rstrip(".")
    at = text.index(last)
    mentions = (Mention("m1", Span(0, len(first)), "PER", "NAM"), Mention("m2", Span(at, at + len(last)), "PER", "NAM"))
    arguments = (Argument("PARTICIPANT", "m1"), Argument("PARTICIPANT", "m2"))
    event = Event("v1", Span(len(first) + 1, len(first) + 4), "CONSULT", "ACTUAL", "POS", arguments)
    return Annotation(doc_id, LAYERS, mentions, events=(event,))


GOLD = Gold(
    tuple(document_of(doc_id, text) for doc_id, text in TEXTS.items()),
    tuple(annotation(doc_id, text) for doc_id, text in TEXTS.items()),
    "test",
    "1",
)
KNOWN = gold_answers(GOLD)
DOCUMENTS = {d.doc_id: d for d in GOLD.documents}

Run = Callable[..., None]


def quiet(text: str) -> None:
    """Notes that a test does not look at."""


def asking(chat: Chat | None, path: Path, **how: Any) -> Asking:
    where = {"base_url": chat.url, "responses": path} if chat else {"replay": path}
    usual = {"model": "m", "layers": LAYERS, "backoff": 0.001, "concurrency": 1, "examples": False}
    return Asking(**(usual | where | how))


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "kept.jsonl"


@pytest.fixture
def run(kept: Path) -> Run:
    """Ask of both texts, first with these turns of the server's."""

    def asked(*turns: Turn, **how: Any) -> None:
        with chat_server(KNOWN, *turns) as chat:
            ask(GOLD.documents, asking(chat, kept, **how), note=quiet)

    return asked


def converted(kept: Path) -> Converted:
    assert detect(source_of(kept))[0] == "llm"
    return read("llm", source_of(kept), Texts(DOCUMENTS))


def replayed(kept: Path, **how: Any) -> tuple[Annotation, ...]:
    return to_predictions(ask(GOLD.documents, asking(None, kept, **how), note=quiet).rows, GOLD.documents, note=quiet)


def annotations(found: Converted) -> tuple[Annotation, ...]:
    return tuple(row.annotation for row in found.rows)


@pytest.mark.parametrize(
    ("turns", "passed"),
    [
        ((), 0),
        ((answers([{"type": "text", "text": "Here: "}, {"type": "text", "text": NOTHING}]),), 0),
        ((answers(f"<think>{{}}?</think>Sure:\n```json\n{NOTHING}\n```"),), 0),
        ((answers("Sure, here you are."),), 1),
        ((answers(None),), 1),
        ((says(200, {"error": {"message": "no room"}}),), 1),
        ((answers('{"mentions": [{"id": "m1", "te'),), 1),
        ((error(400, "json_schema is not supported"),), 1),
        ((error(400, "json_schema is not supported"), answers("Well, …")), 2),
    ],
    ids=["whole", "parts", "fence", "prose", "null", "error-with-200", "broken", "way-refused", "refused-and-asked-again"],
)
def test_the_rows_are_those_of_a_replay(run: Run, kept: Path, turns: Iterable[Turn], passed: int) -> None:
    run(*turns)
    found = converted(kept)
    assert annotations(found) == replayed(kept)
    assert [row.annotation.doc_id for row in found.rows] == list(TEXTS)
    assert len(kept.read_text().splitlines()) == len(TEXTS) + passed
    assert any("not read: the server refused the request, or it was" in note for note in found.notes) == bool(passed)


def test_of_what_a_later_run_asked_again_the_later_answer_is_taken(run: Run, kept: Path) -> None:
    run(answers(None), says(200, {"choices": []}))
    run()
    assert len(kept.read_text().splitlines()) == 4
    assert annotations(converted(kept)) == replayed(kept)
    assert len(converted(kept).rows) == 2


def test_a_second_try_is_not_taken_for_a_first_that_a_later_run_could_read(run: Run, kept: Path) -> None:
    run(answers(None), answers('{"mentions": [{"id": "m1"'))
    run()
    first, second = (json.loads(line)["asked"]["try"] for line in kept.read_text().splitlines()[:2])
    assert (first, second) == (1, 2)
    assert annotations(converted(kept)) == replayed(kept)


def faults(kept: Path) -> list[tuple[str, str, str, str]]:
    with pytest.raises(DataError) as fault:
        converted(kept)
    return [(i.id, i.place.removeprefix(f"{kept}:"), i.message, i.hint) for i in fault.value.incidents]


def test_steps_are_not_put_together_by_guess(run: Run, kept: Path) -> None:
    run(steps=True)
    found = faults(kept)
    assert [(id_, place) for id_, place, *_ in found] == [("several-answers", "1"), ("several-answers", "3")]
    assert "asked in steps (--steps)" in found[0][2]
    assert "--replay" in found[0][3]
    assert len(replayed(kept, steps=True)) == 2


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"model": "other"}, "'d1' has 2 answers: they are of the models m, other"),
        ({"layers": ("mentions",)}, "'d1' has 2 answers: they are to the prompts "),
        ({"seed": 7}, "'d1' has 2 answers: it was asked several times, with other parameters"),
    ],
)
def test_of_several_runs_in_one_file_none_is_chosen(run: Run, kept: Path, other: dict[str, Any], said: str) -> None:
    run()
    run(**other)
    found = faults(kept)
    assert [id_ for id_, *_ in found] == ["several-answers"] * 2
    assert found[0][2].startswith(said)
    assert "--replay" in found[0][3]


@pytest.mark.parametrize(
    ("turn", "tries", "id_", "said"),
    [
        (answers(None, refusal="I will not."), 1, "llm-refusal", "the model refuses: I will not."),
        (answers(None), 2, "llm-no-answer", "the answer has no content"),
        (answers("Well, …"), 2, "invalid-json", "Expecting value"),
        (answers('{"mentions": [], "events": [{}]} {"mentions": [{}], "events": []}'), 1, "several-rows", "2 objects that"),
    ],
)
def test_a_document_without_an_answer_is_a_fault(run: Run, kept: Path, turn: Turn, tries: int, id_: str, said: str) -> None:
    run(*[turn] * tries, salvage=True)
    [(found, place, message, _)] = faults(kept)
    assert (found, place.split(":")[0]) == (id_, str(tries))
    assert said in message


def test_a_document_whose_requests_were_all_refused_is_a_fault(run: Run, kept: Path) -> None:
    with pytest.raises(DataError):
        run(*[error(413, "too long")] * 9)
    assert [(id_, message) for id_, _, message, _ in faults(kept)] == [
        ("llm-refused", 'the server refused the request (status 413): {"error": {"message": "too long"}}')
    ] * 2


def test_a_cut_off_answer_gives_way_to_one_with_more_room(run: Run, kept: Path) -> None:
    run(answers('{"mentions": [{"id": "m1", "text": "Ann"}', reason="length"), max_tokens=50)
    assert [json.loads(line)["asked"]["max_tokens"] for line in kept.read_text().splitlines()] == [50, 100, 50]
    assert annotations(converted(kept)) == replayed(kept, max_tokens=50)


def test_what_the_strict_form_gives_as_null_is_left_out(run: Run, kept: Path) -> None:
    mention = {"id": "m1", "text": "Ann", "sentence": 1, "occurrence": None, "type": "PER", "kind": None}
    run(answers(json.dumps({"mentions": [mention], "events": []})))
    assert annotations(converted(kept)) == replayed(kept)


def test_score_finds_words_in_them_as_convert_does(run: Run, kept: Path) -> None:
    run(answers("Well, …"))
    notes: list[str] = []
    found = parse_predictions("kept.jsonl", kept.read_text(), GOLD, align=True, note=notes.append)
    assert found == replayed(kept)
    assert notes[0] == "1 response not read: the server refused the request, or it was asked again"


COMPLETION = {"choices": [{"message": {"content": '{"mentions": [{"text": "Bob", "type": "PER"}]}'}, "finish_reason": "stop"}]}
PARTS = [{"type": "text", "text": '{"mentions": [{"text": '}, {"type": "text", "text": '"Bob", "type": "PER"}]}'}]
IN_PARTS = {"choices": [{"message": {"content": PARTS}}]}


@pytest.mark.parametrize("body", [COMPLETION, IN_PARTS], ids=["text", "parts"])
@pytest.mark.parametrize("key", ["answer", "content", "response", "output", None])
def test_a_completion_is_read_where_answers_stand(body: dict[str, Any], key: str | None) -> None:
    record = {"doc_id": "d1", **({key: body} if key else body)}
    source = Source("a.jsonl", None, json.dumps(record).encode())
    assert detect(source)[0] == "llm"
    [row] = read("llm", source, Texts(DOCUMENTS)).rows
    assert [m.span.of(TEXTS["d1"]) for m in row.annotation.mentions] == ["Bob"]


@pytest.mark.parametrize(
    ("body", "id_"),
    [
        ({"choices": []}, "llm-no-answer"),
        ({"choices": [{"message": {"content": None, "refusal": "No."}}]}, "llm-refusal"),
        ({"choices": [{"message": {"content": '{"mentions": [{"te'}, "finish_reason": "length"}]}, "invalid-json"),
    ],
)
def test_a_completion_without_a_row_is_no_row_of_nothing(body: dict[str, Any], id_: str) -> None:
    source = Source("a.jsonl", None, json.dumps({"doc_id": "d1", "response": body}).encode())
    with pytest.raises(DataError) as fault:
        read("llm", source, Texts(DOCUMENTS))
    assert [(i.id, i.place.startswith("a.jsonl:1: $.response")) for i in fault.value.incidents] == [(id_, True)]


def test_what_is_kept_beside_rows_has_its_place_among_them(run: Run, kept: Path) -> None:
    run()
    first, second = kept.read_text().splitlines()
    row = json.dumps({"doc_id": "d1", "mentions": [], "events": [{"text": "met", "type": "CONSULT", "arguments": []}]})
    kept.write_text(f"{second}\n{row}\n")
    assert [row.annotation.doc_id for row in converted(kept).rows] == ["d2", "d1"]
    kept.write_text(f"{first}\n{row}\n")
    assert [id_ for id_, *_ in faults(kept)] == ["duplicate-document"]
