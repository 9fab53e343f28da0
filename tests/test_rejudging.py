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

from communique.adjudication.rejudging import WORD, Question, judged, questions, sheet
from communique.incident import DataError
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
    lines = 'nonsense\n{"question": 1, "answer": "perhaps", "rule": "§3", "reason": "so"}\n{"question": 9}\n'
    with pytest.raises(DataError) as caught:
        judged("a.jsonl", lines, INVENTED, drawn, ONTOLOGY)
    assert [(i.id, i.place) for i in caught.value.incidents] == [
        ("not-json", "a.jsonl:1: $"),
        ("bad-decision", "a.jsonl:2: $.answer"),
        ("bad-decision", "a.jsonl:3: $.question"),
        *[("unanswered", f"a.jsonl: question {n}") for n in range(2, len(drawn) + 1)],
    ]


def test_the_script_asks_and_compares(tmp_path: Path) -> None:
    def rejudge(verb: str, *words: object) -> str:
        passes = ["annotations/pilot-1", "annotations/pilot-2"]
        options = ["--agreed", "9", "--unmarked", "5", "--seed", "2", "-o", str(tmp_path)]
        command = [sys.executable, "scripts/rejudge.py", verb, *passes, *options, *map(str, words)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    asked = int(rejudge("ask").split()[-2])
    assert asked >= 14
    answers = tmp_path / "answers"
    answers.mkdir()
    (answers / "003-washington.jsonl").write_text(answered(*["none"] * asked), encoding="utf-8")
    printed = rejudge("compare", answers)
    assert "agreed words: the reader says the same of 0 of " in printed
    assert "unmarked words: the reader says the same of 5 of 5" in printed
    rows = [json.loads(line) for line in (tmp_path / "rejudged.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == asked
