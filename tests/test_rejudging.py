"""Re-judging: a sample asked blind, answers read strictly, and compared with what both passes say."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flat import INVENTED, passes
from hypothesis import given
from hypothesis import strategies as st

from communique.adjudication.rejudged import judged, parse_rejudged, with_decisions
from communique.adjudication.rejudging import WORD, Question, questions, sheet
from communique.incident import DataError
from communique.io import card
from communique.io.files import read_text
from communique.model import Annotation, Argument, Entity, Event, Instance, Mention, Relation, Span
from communique.ontology import default_ontology

ROOT = Path(__file__).parents[1]
ONTOLOGY = default_ontology()


def at(words: str) -> Span:
    start = INVENTED.text.index(words)
    return Span(start, start + len(words))


BOTH = Annotation(
    "d",
    mentions=(
        Mention("m1", at("Ann"), "PER", "NAM"),
        Mention("m2", at("Bob"), "PER", "NAM"),
        Mention("m3", at("Cy"), "PER", "NAM"),
        Mention("m4", at("Dun"), "GPE", "NAM"),
    ),
    entities=(Entity("e1", "PER", ("m1", "m2")), Entity("e2", "PER", ("m3",)), Entity("e3", "GPE", ("m4",))),
    events=(Event("v1", at("met"), "CONSULT", "ACTUAL", "POS", (Argument("PARTICIPANT", "m1"),)),),
    instances=(Instance("i1", ("v1",)),),
    relations=(Relation("r1", "AFFILIATION", "m3", "m4"),),
)
WORDS = {"d": [at("end"), at("war"), at("met"), at("saw")]}


def asked(a: Annotation = BOTH, b: Annotation = BOTH, *, agreed: int, unmarked: int = 1, seed: int = 1) -> tuple[Question, ...]:
    return questions([(INVENTED, a, b)], WORDS, ONTOLOGY, agreed=agreed, unmarked=unmarked, seed=seed)["d"]


def quote(span: Span) -> dict[str, int]:
    return {"start": span.start, "end": span.end}


def as_the_passes(q: Question) -> Any:
    """The answer of a reader who judges as both passes do."""
    if not q.answer:
        return "none"
    if q.layer != WORD:
        return list(q.answer)
    what, span, type_, *rest, others = q.answer
    other = quote(others[0]) if others else None
    if what == "event":
        return {"event": {**quote(span), "type": type_, "realis": rest[0], "polarity": rest[1], "instance": other}}
    record = {**quote(span), "type": type_, "extent": quote(rest[1]), "entity": other}
    return {"mention": record | ({"kind": rest[0]} if rest[0] else {}) | ({"value": rest[2]} if rest[2] else {})}


def answered(*answers: Any) -> str:
    rows = [{"question": n, "answer": answer, "rule": "§3", "reason": "so"} for n, answer in enumerate(answers, 1)]
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_agreed_items_unmarked_words_and_unrelated_pairs_are_drawn() -> None:
    found = asked(agreed=7, unmarked=3)
    assert sorted((q.sample, q.layer) for q in found) == [
        *[("agreed", "arguments"), ("agreed", "relations")],
        *[("agreed", WORD)] * 5,
        *[("unmarked", "arguments"), ("unmarked", "relations")],
        *[("unmarked", WORD)] * 3,
    ]
    assert [q.spans for q in found] == sorted(q.spans for q in found)
    assert {q.spans for q in found if q.sample == "unmarked" and q.layer == WORD} == {(at(w),) for w in ("end", "war", "saw")}


def test_what_the_passes_differ_on_is_not_asked() -> None:
    other = replace(
        BOTH,
        mentions=(replace(BOTH.mentions[0], type="ORG"), *BOTH.mentions[1:]),
        entities=(Entity("e1", "ORG", ("m1",)), Entity("e4", "PER", ("m2",)), *BOTH.entities[1:]),
    )
    places = {q.passes.split(",")[0] for q in asked(BOTH, other, agreed=4) if q.sample == "agreed"}
    assert places == {"s1 “Cy” PER NAM", "s1 “Dun” GPE NAM", "s1 “met” CONSULT ACTUAL POS", "AFFILIATION"}


def test_an_event_that_the_passes_put_into_different_instances_is_not_asked_after() -> None:
    told = tuple(Event(f"v{n}", at(word), "CONSULT") for n, word in enumerate(("met", "saw", "go"), 1))
    together = replace(BOTH, events=told, instances=(Instance("i1", ("v1", "v2", "v3")),))
    apart = replace(BOTH, events=told, instances=(Instance("i1", ("v1", "v2")), Instance("i2", ("v3",))))

    def triggers(a: Annotation, b: Annotation, agreed: int) -> set[str]:
        drawn = [q for q in asked(a, b, agreed=agreed) if q.answer and q.answer[0] == "event"]
        return {q.spans[0].of(INVENTED.text) for q in drawn}

    assert triggers(together, together, 8) == {"met", "saw", "go"}
    assert triggers(together, apart, 7) == {"met", "saw"}
    with pytest.raises(ValueError, match="there are 7"):
        triggers(together, apart, 8)


def test_more_than_there_is_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="8 items that both passes agree on are wanted, and there are 7"):
        asked(agreed=8)


@given(passes(), passes(), st.integers(0, 9))
def test_a_reader_who_judges_as_both_passes_do_says_the_same_of_everything(a: Annotation, b: Annotation, seed: int) -> None:
    words = {"d": list(INVENTED.tokens)}
    try:
        [drawn] = questions([(INVENTED, a, b)], words, ONTOLOGY, agreed=3, unmarked=2, seed=seed).values()
    except ValueError:  # too few
        return
    rows = judged("x", answered(*map(as_the_passes, drawn)), INVENTED, drawn, ONTOLOGY)
    assert [row["same"] for row in rows] == [True] * len(drawn)


@pytest.mark.parametrize(
    ("place", "answer"),
    [
        ("Ann", "none"),
        ("Ann", {"mention": {**quote(at("Ann")), "type": "ORG", "kind": "NAM", "entity": quote(at("Bob"))}}),
        ("Ann", {"mention": {**quote(at("Ann")), "type": "PER", "kind": "NAM", "entity": None}}),
        ("Cy", {"mention": {**quote(at("Cy")), "type": "PER", "kind": "NAM", "entity": quote(at("Bob"))}}),
        ("met", {"event": {**quote(at("met")), "type": "CONSULT", "realis": "PLANNED", "polarity": "POS"}}),
        ("met", {"mention": {**quote(at("met")), "type": "PER", "kind": "NOM"}}),
    ],
)
def test_another_judgement_is_not_the_same(place: str, answer: Any) -> None:
    drawn = asked(agreed=7)
    given = [answer if q.spans == (at(place),) else as_the_passes(q) for q in drawn]
    rows = judged("x", answered(*given), INVENTED, drawn, ONTOLOGY)
    assert [row["place"] for row in rows if not row["same"]] == [f"s1 “{place}”"]


def test_the_sheet_asks_without_saying_what_the_passes_said() -> None:
    text = sheet(INVENTED, asked(agreed=7))
    questions_only = text[text.index("## Questions") :]
    assert "s1 “met”: what is it?" in questions_only
    assert "Which roles does s1 “Ann” fill of the event s1 “met”?" in questions_only
    assert not {"CONSULT", "PARTICIPANT", "AFFILIATION", "agreed", "unmarked"} & set(questions_only.replace("”", " ").split())


def test_faulty_answers_are_all_reported_with_their_lines() -> None:
    drawn = asked(agreed=2)
    lines = '{"question": 1, "answer": "perhaps", "rule": "§3", "reason": "so"}\nnonsense\n{"question": 9}\n'
    with pytest.raises(DataError) as caught:
        judged("a.jsonl", lines, INVENTED, drawn, ONTOLOGY)
    assert [(i.id, i.place) for i in caught.value.incidents] == [
        ("bad-answer", "a.jsonl:1: $.answer"),
        ("invalid-json", "a.jsonl:2:1"),
        ("bad-answer", "a.jsonl:3: $.question"),
        *[("unanswered", f"a.jsonl: question {n}") for n in range(2, len(drawn) + 1)],
    ]


NONE_OF_IT = {"question": 1, "answer": "none", "rule": "§3", "reason": "so"}
PAIR = Question("d", "agreed", "arguments", (at("met"), at("Ann")), "PARTICIPANT", ("PARTICIPANT",))
BARE = Question("d", "unmarked", WORD, (at("end"),), "neither marks it", ())
ANSWER_FAULTS: list[tuple[Any, str]] = [
    ([], "$: expected an object, got []"),
    (NONE_OF_IT | {"question": True}, "$.question: true; answer each of the questions 1 to 1 once"),
    (NONE_OF_IT | {"rule": " "}, "$.rule: ' ' is no rule; name the guideline's section"),
    (NONE_OF_IT | {"reason": 7}, "$.reason: 7 is no reason; say why in a few words"),
    (NONE_OF_IT | {"sure": True}, "$: unknown key 'sure'"),
    ({"question": 1, "rule": "§3", "reason": "so"}, "$: it lacks answer"),
    (NONE_OF_IT | {"answer": [[]]}, '$.answer: [[]]; "none", or a list of '),
    (NONE_OF_IT | {"answer": [{}]}, "$.answer: [{}]; "),
    (NONE_OF_IT | {"answer": []}, "$.answer: []; "),
    (NONE_OF_IT | {"answer": ["PARTICIPANT", "PARTICIPANT"]}, '$.answer: ["PARTICIPANT", "PARTICIPANT"]; '),
    (NONE_OF_IT | {"answer": ["PARTAKER"]}, '$.answer: ["PARTAKER"]; '),
]


@pytest.mark.parametrize(("row", "message"), ANSWER_FAULTS, ids=[m for _, m in ANSWER_FAULTS])
def test_a_faulty_answer_is_reported_as_an_answer(row: Any, message: str) -> None:
    with pytest.raises(DataError) as caught:
        judged("a.jsonl", json.dumps(row), INVENTED, [PAIR], ONTOLOGY)
    fault = caught.value.incidents[0]
    assert fault.id == "bad-answer"
    assert str(fault).startswith(f"a.jsonl:1: {message}")
    assert [i.id for i in caught.value.incidents[1:]] == ["unanswered"] * (not isinstance(row, dict) or row["question"] is True)


@pytest.mark.parametrize("answer", [7, [], {}, {"mention": []}, {"event": {}, "mention": {}}, {"event": {"type": []}}])
def test_a_faulty_answer_about_a_word_is_reported_as_an_answer(answer: Any) -> None:
    with pytest.raises(DataError) as caught:
        judged("a.jsonl", json.dumps(NONE_OF_IT | {"answer": answer}), INVENTED, [BARE], ONTOLOGY)
    assert {i.id for i in caught.value.incidents} <= {"bad-answer", "bad-quote"}
    assert caught.value.incidents[0].place.startswith("a.jsonl:1: $.answer")


SAME: dict[str, Any] = {
    "doc_id": "d",
    "question": 1,
    "sample": "agreed",
    "layer": "word",
    "place": "s1 “Ann”",
    "passes": "s1 “Ann” PER NAM",
    "answer": {"mention": {"text": "Ann", "type": "PER"}},
    "same": True,
    "rule": "§3",
    "reason": "so",
}
DECISION = {"for": "reader", "rule": "§4", "reason": "for"}
OTHERWISE = SAME | {"question": 2, "answer": "none", "same": False, "decision": DECISION}
A_PAIR = SAME | {"question": 3, "layer": "relations", "answer": ["TIES"]}


def as_lines(*rows: Any) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def rejudged_faults(content: str, documents: list[str] | None = None) -> list[str]:
    with pytest.raises(DataError) as caught:
        parse_rejudged("r.jsonl", content, documents)
    return [str(i) for i in caught.value.incidents]


def test_rows_of_the_re_judging_are_read_as_they_are_and_counted_in_the_card() -> None:
    rows = parse_rejudged("r.jsonl", "\n" + as_lines(SAME, OTHERWISE, A_PAIR), ["d"])
    assert rows == (SAME, OTHERWISE, A_PAIR)
    upheld = OTHERWISE | {"question": 4, "decision": DECISION | {"for": "passes"}}
    told = card.rejudged([*rows, upheld])
    assert told[2] == "| words that both passes mark alike | 3 | 1 |"
    assert told[-1] == "Of the 2 other answers the last reader upheld the passes in 1."


def test_what_is_judged_can_be_read_again_once_it_is_decided() -> None:
    drawn = asked(agreed=7, unmarked=3)
    rows = judged("x", answered(*["none"] * len(drawn)), INVENTED, drawn, ONTOLOGY)
    assert parse_rejudged("r.jsonl", as_lines(*rows), ["d"], undecided=True) == rows
    assert len(rejudged_faults(as_lines(*rows))) == 7
    assert parse_rejudged("r.jsonl", as_lines(*(row if row["same"] else row | {"decision": DECISION} for row in rows)))


REJUDGED_FAULTS: list[tuple[Any, str]] = [
    ([], "$: expected an object, got []"),
    (SAME | {"same": "maybe"}, "$.same: expected true or false, got 'maybe'"),
    (SAME | {"same": 1}, "$.same: expected true or false, got 1"),
    (SAME | {"question": 0}, "$.question: 0 is no number of a question"),
    (SAME | {"question": True}, "$.question: true is no number of a question"),
    (SAME | {"sample": "drawn"}, "$.sample: 'drawn' is no sample; one of agreed, unmarked"),
    (SAME | {"layer": "words"}, "$.layer: 'words' is no layer; one of word, arguments, "),
    (SAME | {"layer": []}, "$.layer: [] is no layer"),
    (SAME | {"place": ""}, "$.place: expected a non-empty string, got ''"),
    (SAME | {"passes": ["PARTICIPANT"]}, '$.passes: expected a non-empty string, got ["PARTICIPANT"]'),
    (SAME | {"doc_id": None}, "$.doc_id: expected a non-empty string, got null"),
    (SAME | {"rule": " "}, "$.rule: ' ' is no rule"),
    (SAME | {"reason": 7}, "$.reason: 7 is no reason"),
    (SAME | {"sure": True}, "$: unknown key 'sure'"),
    (SAME | {"answer": ["TIES"]}, '$.answer: ["TIES"] is no answer about a word'),
    (SAME | {"answer": {"mention": []}}, '$.answer: {"mention": []} is no answer about a word'),
    (SAME | {"answer": {}}, "$.answer: {} is no answer about a word"),
    (A_PAIR | {"answer": [[]]}, "$.answer: [[]] is no answer about a pair"),
    (A_PAIR | {"answer": {"mention": {}}}, '$.answer: {"mention": {}} is no answer about a pair'),
    (SAME | {"decision": DECISION}, "$.decision: a decision where the reader says the same as the passes; take it out"),
    (OTHERWISE | {"decision": "x"}, "$.decision: expected an object, got 'x'"),
    (OTHERWISE | {"decision": DECISION | {"for": "both"}}, "$.decision.for: 'both'; decide for one of passes, reader, other"),
    (OTHERWISE | {"decision": DECISION | {"for": []}}, "$.decision.for: []"),
    (OTHERWISE | {"decision": DECISION | {"rule": ""}}, "$.decision.rule: '' is no rule"),
    (OTHERWISE | {"decision": DECISION | {"when": 1}}, "$.decision: unknown key 'when'"),
    (OTHERWISE | {"decision": {"for": "reader", "rule": "§4"}}, "$.decision: it lacks reason"),
]


@pytest.mark.parametrize(("row", "message"), REJUDGED_FAULTS, ids=[m for _, m in REJUDGED_FAULTS])
def test_a_faulty_row_of_the_re_judging_is_reported_with_its_line(row: Any, message: str) -> None:
    [fault] = rejudged_faults(as_lines(row))
    assert fault.startswith(f"r.jsonl:1: {message}")


@pytest.mark.parametrize("key", list(SAME))
def test_a_row_of_the_re_judging_needs_every_key(key: str) -> None:
    [fault] = rejudged_faults(as_lines({k: v for k, v in SAME.items() if k != key}))
    assert fault.startswith(f"r.jsonl:1: $: it lacks {key};")


def test_an_answer_that_is_not_the_same_needs_a_decision_unless_it_may_wait() -> None:
    row = {k: v for k, v in OTHERWISE.items() if k != "decision"}
    [fault] = rejudged_faults(as_lines(row))
    assert "$: the reader says something else than the passes, and nothing is decided" in fault
    assert parse_rejudged("r.jsonl", as_lines(row), undecided=True) == (row,)


def test_each_question_stands_once_and_every_fault_is_reported_in_reading_order() -> None:
    assert len(parse_rejudged("r.jsonl", as_lines(SAME, SAME | {"doc_id": "e"}))) == 2
    faults = rejudged_faults(as_lines({}) + "{\n" + as_lines(SAME, SAME | {"doc_id": "e"}, SAME | {"same": None}), ["d"])
    assert [fault.split(";")[0] for fault in faults] == [
        f"r.jsonl:1: $: it lacks {', '.join(SAME)}",
        "r.jsonl:2:2: Expecting property name enclosed in double quotes",
        "r.jsonl:4: $.doc_id: unknown doc_id 'e'",
        "r.jsonl:5: $.same: expected true or false, got null",
        "r.jsonl:5: $: question 1 of d stands in line 3 already",
    ]


def test_a_decision_stays_with_its_question_and_its_answer() -> None:
    fresh = {k: v for k, v in OTHERWISE.items() if k != "decision"}
    made, dropped = with_decisions([SAME, fresh, fresh | {"question": 5}], [SAME, OTHERWISE])
    assert (made, dropped) == ((SAME, OTHERWISE, fresh | {"question": 5}), ())
    for change in ({"answer": {"mention": {}}}, {"question": 4}, {"place": "s2 “Ann”"}, {"passes": "?"}, {"doc_id": "e"}):
        assert with_decisions([fresh | change], [OTHERWISE]) == ((fresh | change,), (OTHERWISE,))
    assert with_decisions([fresh | {"same": True}], [OTHERWISE]) == ((fresh | {"same": True},), (OTHERWISE,))
    reworded = fresh | {"rule": "§5", "reason": "because"}
    assert with_decisions([reworded], [OTHERWISE]) == ((reworded | {"decision": DECISION},), ())


def rejudge(verb: str, out: Path, *words: object) -> subprocess.CompletedProcess[str]:
    options = ["--agreed", "9", "--unmarked", "5", "--seed", "2", "-o", str(out)]
    command = [sys.executable, "scripts/rejudge.py", verb, "annotations/pilot-1", "annotations/pilot-2", *options]
    return subprocess.run([*command, *map(str, words)], cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_script_asks_and_compares_and_keeps_decisions(tmp_path: Path) -> None:
    asked = int(rejudge("ask", tmp_path).stdout.split()[-2])
    assert asked >= 14
    answers, file = tmp_path / "answers", tmp_path / "rejudged.jsonl"
    answers.mkdir()
    (answers / "003-washington.jsonl").write_text(answered(*["none"] * asked), encoding="utf-8")
    printed = rejudge("compare", tmp_path, answers).stdout
    assert "agreed words: the reader says the same of 0 of " in printed
    assert "unmarked words: the reader says the same of 5 of 5" in printed
    assert f"0 decisions kept, 9 still to be made; {file}" in printed
    rows = parse_rejudged(*read_text(file), undecided=True)
    assert len(rows) == asked

    first, second = [row for row in rows if not row["same"] and row["layer"] == WORD][:2]
    decided = [row | {"decision": DECISION} if row in (first, second) else row for row in rows]
    file.write_text(as_lines(*decided, OTHERWISE | {"doc_id": "003-washington", "question": 999}), encoding="utf-8")
    lines = (answers / "003-washington.jsonl").read_text(encoding="utf-8").splitlines()
    other = NONE_OF_IT | {"question": first["question"], "answer": {"event": {"start": 0, "end": 1, "type": "AGREE"}}}
    lines[first["question"] - 1] = json.dumps(other)
    (answers / "003-washington.jsonl").write_text("\n".join(lines), encoding="utf-8")
    printed = rejudge("compare", tmp_path, answers).stdout
    assert "1 decisions kept, 8 still to be made" in printed
    assert f"dropped: 003-washington, question {first['question']}, which or whose answer is another now: {{" in printed
    assert "dropped: 003-washington, question 999, " in printed
    again = parse_rejudged(*read_text(file), undecided=True)
    assert [row for row in again if "decision" in row] == [second | {"decision": DECISION}]


def test_the_script_writes_over_no_re_judging_that_it_cannot_read(tmp_path: Path) -> None:
    (tmp_path / "rejudged.jsonl").write_text("{}\n", encoding="utf-8")
    done = rejudge("compare", tmp_path, tmp_path)
    assert done.returncode == 1
    assert f"{tmp_path / 'rejudged.jsonl'}:1: $: it lacks doc_id, question, sample, layer, " in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "rejudged.jsonl").read_text(encoding="utf-8") == "{}\n"
