"""Prodigy's JSON Lines, in their documented form: characters and tokens agree, and what was not accepted is listed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from damage import damaged
from hypothesis import given, settings
from hypothesis import strategies as st

from communique.formats import Converted, Options, Source, Texts, read, source_of
from communique.formats.detect import detect
from communique.incident import DataError, Incident
from communique.io.documents import document_of

SAMPLES = Path(__file__).parent / "formats" / "prodigy"
TEXT = "🎉 Ann met Bob."
TOKENS = [
    {"text": TEXT[start:end], "start": start, "end": end, "id": n}
    for n, (start, end) in enumerate(((0, 1), (2, 5), (6, 9), (10, 13), (13, 14)))
]
ANN = {"start": 2, "end": 5, "token_start": 1, "token_end": 1, "label": "PER"}
BOB = {"start": 10, "end": 13, "token_start": 3, "token_end": 3, "label": "PER"}


def sample(name: str) -> list[Any]:
    return [json.loads(line) for line in (SAMPLES / name).read_text(encoding="utf-8").splitlines()]


def converted(*records: Any, group: str | None = None, known: dict[str, str] | None = None) -> Converted:
    content = "\n".join(map(json.dumps, records)).encode()
    documents = {doc_id: document_of(doc_id, text) for doc_id, text in (known or {}).items()}
    return read("prodigy", Source("x.jsonl", None, content), Texts(documents), Options(group=group))


def refused(*records: Any) -> tuple[Incident, ...]:
    with pytest.raises(DataError) as caught:
        converted(*records)
    return caught.value.incidents


def record(*spans: Any, **more: Any) -> dict[str, Any]:
    return {"text": TEXT, "tokens": TOKENS, "spans": list(spans), "answer": "accept", **more}


def found(result: Converted) -> list[list[tuple[str, str]]]:
    return [[(m.span.of(row.text or ""), m.type) for m in row.annotation.mentions] for row in result.rows]


def relation(head: int, child: int, label: str | None = "SEES", **more: Any) -> dict[str, Any]:
    return {"head": head, "child": child, "label": label, **more}


def test_the_sample_of_spans_is_recognised_and_read() -> None:
    source = source_of(SAMPLES / "spans.jsonl")
    assert detect(source)[0] == "prodigy"
    result = read("prodigy", source, Texts({}))
    assert found(result) == [
        [("Ann Lee", "PER"), ("Acme", "ORG"), ("Oslo", "GPE")], [("Eve Roe", "PER"), ("Roe", "NAME"), ("Bob", "PER")],
    ]  # fmt: skip
    assert [row.annotation.doc_id for row in result.rows] == ["d1", "d2"]
    assert {row.annotation.layers for row in result.rows} == {("mentions",)}
    first = result.rows[0].annotation.mentions[0]
    assert (first.score, first.meta) == (0.75, {"source": "en_core_web_sm"})


def test_rejected_and_ignored_records_are_listed_and_give_no_row() -> None:
    result = read("prodigy", source_of(SAMPLES / "spans.jsonl"), Texts({}))
    assert [(item.what, item.why) for item in result.left] == [
        ("span 'PER'", "it was rejected, which does not say what is right")
    ]
    assert result.items == 7
    assert result.notes == ("1 record with the answer reject was not read", "1 record with the answer ignore was not read")


def test_the_sample_of_relations_leads_from_head_to_child() -> None:
    source = source_of(SAMPLES / "relations.jsonl")
    assert detect(source)[0] == "prodigy"
    result = read("prodigy", source, Texts({}))
    first, second = (row.annotation for row in result.rows)
    assert [(r.type, r.head, r.tail) for r in first.relations] == [("AFFILIATION", "m1", "m2")]
    assert first.layers == second.layers == ("mentions", "relations")
    assert [(item.what, item.why) for item in result.left] == [("relation 'WHO'", "one of its ends is no labelled span")]


def test_characters_and_tokens_that_disagree_are_a_fault_that_shows_both() -> None:
    (fault,) = refused(record(ANN | {"token_end": 2}))
    assert (fault.id, fault.place) == ("offsets-differ", "x.jsonl:1: $.spans[0]")
    assert fault.message == (
        "start and end say [2, 5), 'Ann', but token_start 1 and token_end 2 (inclusive) say [2, 9), 'Ann met'"
    )


def test_tokens_alone_are_read_and_their_end_is_inclusive() -> None:
    assert found(converted(record({"token_start": 1, "token_end": 2, "label": "X"}))) == [[("Ann met", "X")]]


def test_offsets_count_code_points_and_words_in_other_units_say_which_fit() -> None:
    (fault,) = refused(record({"start": 3, "end": 6, "label": "PER", "text": "Ann"}))
    assert (fault.id, fault.place) == ("text-differs", "x.jsonl:1: $.spans[0]")
    assert "UTF-16" in fault.hint


def test_spans_that_were_rejected_or_have_no_label_are_listed_with_what_hangs_on_them() -> None:
    result = converted(
        record(ANN | {"answer": "reject"}, BOB, {"start": 6, "end": 9, "label": None},
               relations=[relation(1, 3), relation(3, 3, None), relation(3, 0), relation(2, 3)]),
    )  # fmt: skip
    assert found(result) == [[("Bob", "PER")]]
    assert [(item.place, item.why) for item in result.left] == [
        ("x.jsonl:1: $.spans[0]", "it was rejected, which does not say what is right"),
        ("x.jsonl:1: $.spans[2]", "it has no label"),
        ("x.jsonl:1: $.relations[0]", "it hangs on a span that is left out"),
        ("x.jsonl:1: $.relations[1]", "it has no label"),
        ("x.jsonl:1: $.relations[2]", "one of its ends is no labelled span"),
        ("x.jsonl:1: $.relations[3]", "it hangs on a span that is left out"),
    ]
    assert result.items == 7


def test_the_label_of_an_end_tells_spans_of_one_place_apart() -> None:
    twice = [ANN | {"label": "X"}, ANN, BOB]
    arrow = relation(1, 3, head_span=ANN, child_span=BOB)
    (row,) = converted(record(*twice, relations=[arrow])).rows
    assert [(r.head, r.tail) for r in row.annotation.relations] == [("m2", "m3")]


def test_a_token_without_a_span_means_the_smallest_span_round_it() -> None:
    whole = {"start": 2, "end": 13, "token_start": 1, "token_end": 3, "label": "X"}
    (row,) = converted(record(whole, ANN, BOB, relations=[relation(1, 3)])).rows
    assert [(r.head, r.tail) for r in row.annotation.relations] == [("m2", "m3")]


def test_choices_labels_of_the_text_and_what_was_typed_are_listed_as_left() -> None:
    result = converted(record(ANN, label="GOOD", accept=["a", "b"], user_input="why?", options=[{"id": "a"}]))
    assert [(item.what, item.why) for item in result.left] == [
        ("'a'", "it is of the whole text"), ("'b'", "it is of the whole text"), ("'GOOD'", "it is of the whole text"),
        ("'why?'", "it is of the whole text"),
    ]  # fmt: skip
    assert result.items == 5


def test_questions_for_yes_and_no_about_one_text_are_one_row() -> None:
    asked = [record(span, _view_id="ner", _is_binary=True) for span in (ANN, BOB)]
    result = converted(*asked, record(ANN | {"label": "ORG"}, _view_id="ner", answer="reject"))
    assert found(result) == [[("Ann", "PER"), ("Bob", "PER")]]
    assert [m.id for m in result.rows[0].annotation.mentions] == ["m1", "m2"]
    assert len(result.left) == 1


def test_two_records_of_one_text_that_are_no_such_questions_are_refused() -> None:
    assert [i.id for i in refused(record(ANN), record(BOB))] == ["duplicate-document"]


def test_several_annotators_of_one_text_are_told_apart_by_group() -> None:
    both = [record(span, _annotator_id=name) for span, name in ((ANN, "names-ann"), (BOB, "names-bob"))]
    (fault,) = refused(*both)
    assert (fault.id, fault.place) == ("several-annotations", "x.jsonl:2")
    assert "names-ann, names-bob" in fault.message
    result = converted(*both, group="names-bob")
    assert found(result) == [[("Bob", "PER")]]
    assert result.notes == ("1 record not by names-bob was not read",)
    with pytest.raises(ValueError, match="by 'eve', but by names-ann, names-bob"):
        converted(*both, group="eve")


def test_a_document_is_that_of_the_id_or_of_the_text() -> None:
    for more in ({"doc_id": "d9"}, {"meta": {"doc_id": "d9"}}):
        assert [row.annotation.doc_id for row in converted(record(**more)).rows] == ["d9"]
    assert [row.annotation.doc_id for row in converted(record(), known={"k": TEXT}).rows] == ["k"]
    assert [i.id for i in _known_other()] == ["text-differs"]


def _known_other() -> tuple[Incident, ...]:
    with pytest.raises(DataError) as caught:
        converted(record(doc_id="k"), known={"k": "Another text."})
    return caught.value.incidents


def test_every_fault_is_told_at_once_with_line_and_path() -> None:
    faults = refused(
        "x",
        {"spans": []},
        record(answer="yes"),
        record(5, {"start": 2, "end": 99, "label": "PER"}, {"start": 5, "end": 2, "label": "PER"}, {"label": "PER"}),
        record(ANN | {"label": 3}, ANN | {"score": "0.5"}, ANN | {"answer": "maybe"}, ANN | {"token_end": 9}),
        record(ANN, relations=[relation(1, 9), relation("1", 3), relation(1, 3, head_span=BOB)]),
        {"text": TEXT, "spans": [{"token_start": 1, "token_end": 1, "label": "X"}], "relations": {}},
        record(_annotator_id=7),
    )
    assert [(i.id, i.place.removeprefix("x.jsonl:")) for i in faults] == [
        ("wrong-type", "1: $"),
        ("missing-key", "2: $"),
        ("wrong-type", "3: $.answer"),
        ("wrong-type", "4: $.spans[0]"),
        ("span-outside-text", "4: $.spans[1]"),
        ("empty-span", "4: $.spans[2]"),
        ("missing-key", "4: $.spans[3]"),
        ("missing-key", "4: $.spans[3]"),
        ("wrong-type", "5: $.spans[0].label"),
        ("wrong-type", "5: $.spans[1].score"),
        ("wrong-type", "5: $.spans[2].answer"),
        ("span-outside-text", "5: $.spans[3]"),
        ("span-outside-text", "6: $.relations[0]"),
        ("wrong-type", "6: $.relations[1].head"),
        ("offsets-differ", "6: $.relations[2]"),
        ("missing-key", "7: $"),
        ("missing-key", "7: $.spans[0]"),
        ("missing-key", "7: $.spans[0]"),
        ("wrong-type", "7: $.relations"),
        ("wrong-type", "8: $._annotator_id"),
    ]


@settings(max_examples=120)
@given(st.sampled_from(("spans.jsonl", "relations.jsonl")).flatmap(lambda name: damaged(sample(name))))
def test_a_damaged_sample_is_read_or_refused_but_never_fails(records: Any) -> None:
    try:
        result = converted(*records)
    except DataError:
        return
    assert all(m.span.end <= len(row.text or "") for row in result.rows for m in row.annotation.mentions)


WORDS = [t for t in TOKENS if t["text"].isalpha()]


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS), st.sampled_from(("PER", "ORG"))), max_size=5))
def test_spans_of_tokens_and_of_characters_are_the_same_spans(ends: list[tuple[Any, Any, str]]) -> None:
    ordered = [(*sorted((a, b), key=lambda t: t["id"]), label) for a, b, label in ends]
    spans = [(first, last, label) for first, last, label in ordered]
    tokens = record(*({"token_start": a["id"], "token_end": b["id"], "label": label} for a, b, label in spans))
    chars = record(*({"start": a["start"], "end": b["end"], "label": label} for a, b, label in spans))
    assert found(converted(tokens)) == found(converted(chars))


def test_keys_that_may_say_something_of_the_text_are_told() -> None:
    result = converted(record(ANN, reason="a guess", versions=[{"spans": [BOB]}], _session_id="x", options=[]))
    assert result.notes == ("the key 'reason' of 1 record is not read", "the key 'versions' of 1 record is not read")
