"""doccano's JSON Lines: the samples are its own, and what is written is what its importer takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from damage import damaged
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import pairs

from communique.formats import Converted, Options, Source, Texts, Written, read, size, source_of, write
from communique.formats.detect import detect
from communique.incident import DataError, Incident
from communique.io.documents import document_of
from communique.io.jsonl import Row
from communique.model import Annotation, Document, Entity, Event, Mention, Quote, Relation, Span

SAMPLES = Path(__file__).parent / "formats" / "doccano"
TEXT = "🎉 Ann Lee of Acme met Bob in Oslo."
D2 = "👩‍🚒 Eve Roe left Oslo.\nNobody knew."


def sample(name: str) -> list[Any]:
    return [json.loads(line) for line in (SAMPLES / name).read_text(encoding="utf-8").splitlines()]


def converted(*records: Any, known: dict[str, Document] | None = None) -> Converted:
    content = "\n".join(map(json.dumps, records)).encode()
    return read("doccano", Source("x.jsonl", None, content), Texts(known or {}), Options())


def refused(*records: Any) -> tuple[Incident, ...]:
    with pytest.raises(DataError) as caught:
        converted(*records)
    return caught.value.incidents


def found(result: Converted) -> list[list[tuple[str, str]]]:
    return [[(m.span.of(row.text or ""), m.type) for m in row.annotation.mentions] for row in result.rows]


def written(*annotations: Annotation, text: str = TEXT) -> Written:
    rows = [Row(a.doc_id, a) for a in annotations]
    return write("doccano", rows, {a.doc_id: document_of(a.doc_id, text) for a in annotations})


@pytest.mark.parametrize("name", ["spans.jsonl", "relations.jsonl"])
def test_the_samples_are_recognised_and_what_was_marked_in_the_editor_is_what_is_read(name: str) -> None:
    source = source_of(SAMPLES / name)
    assert detect(source)[0] == "doccano"
    result = read("doccano", source, Texts({}))
    assert found(result) == [[("Ann Lee", "PER"), ("Acme", "ORG"), ("Oslo", "GPE")], [("Eve Roe", "PER"), ("Oslo", "GPE")]]
    assert [row.annotation.doc_id for row in result.rows] == ["d1", "d2"]
    assert [item.what for item in result.left] == ["the comment 'Is Acme meant?'"]
    assert "is read in UTF-16, for 5 spans" in result.notes[0]


def test_relations_are_read_and_claimed_in_every_row_where_the_project_has_them() -> None:
    first, second = read("doccano", source_of(SAMPLES / "relations.jsonl"), Texts({})).rows
    assert [(r.type, r.head, r.tail) for r in first.annotation.relations] == [("AFFILIATION", "m1", "m2")]
    assert first.annotation.layers == second.annotation.layers == ("mentions", "relations")
    rows = read("doccano", source_of(SAMPLES / "spans.jsonl"), Texts({})).rows
    assert {row.annotation.layers for row in rows} == {("mentions",)}
    (none_found,) = converted({"text": "Ann", "entities": [], "relations": []}).rows
    assert none_found.annotation.layers == ("mentions", "relations")


def test_offsets_in_grapheme_clusters_are_not_taken_for_others() -> None:
    """The second text of the sample has a cluster of five UTF-16 units; the file does not say that it counts it as one."""
    source = source_of(SAMPLES / "clusters.jsonl")
    assert detect(source)[0] == "doccano"
    with pytest.raises(DataError) as caught:
        read("doccano", source, Texts({}))
    assert [i.id for i in caught.value.incidents] == ["offsets-in-doubt"]
    # One emoji is one cluster and one code point, so here nothing is in doubt.
    result = converted(sample("clusters.jsonl")[0])
    assert found(result) == [[("Ann Lee", "PER"), ("Acme", "ORG"), ("Oslo", "GPE")]]
    assert "is read in code points" in result.notes[0]


def test_a_row_may_say_how_it_counts() -> None:
    spans = {"entities": [{"id": 1, "label": "PER", "start_offset": 3, "end_offset": 10}]}
    assert found(converted({"text": TEXT, "offsets": "UTF-16", **spans})) == [[("Ann Lee", "PER")]]
    assert found(converted({"text": TEXT, "offsets": "code points", **spans})) == [[("nn Lee ", "PER")]]
    assert converted({"text": TEXT, "offsets": "UTF-16", **spans}).notes == ()
    (fault,) = refused({"text": TEXT, "offsets": "bytes", **spans})
    assert (fault.id, fault.place) == ("wrong-type", "x.jsonl:1: $.offsets")


def test_a_count_that_is_impossible_is_not_taken() -> None:
    text = "Ann 🎉"
    assert found(converted({"text": text, "label": [[0, 5, "X"]]})) == [[(text, "X")]]  # half an emoji in UTF-16 units
    assert found(converted({"text": text, "label": [[0, 6, "X"]]})) == [[(text, "X")]]  # past the end in code points


    part = converted({"text": "🎉Anna", "label": [[2, 4, "X"], [1, 4, "X"]]})  # no whole words in any; 1 is half an emoji
    assert found(part) == [[("nn", "X"), ("Ann", "X")]]


def test_a_file_in_which_the_counts_are_mixed_is_refused_rather_than_misread() -> None:
    (fault,) = refused({"text": "🎉 Ann Bob", "label": [[0, 1, "X"], [3, 6, "PER"], [7, 10, "PER"]]})
    assert (fault.id, fault.place) == ("span-outside-text", "x.jsonl:1: $.label[0]")


def test_texts_without_an_emoji_before_a_span_need_no_guess() -> None:
    result = converted({"text": "Ann met Bob 🎉", "label": [[8, 11, "PER"]]})
    assert (found(result), result.notes) == ([[("Bob", "PER")]], ())


@pytest.mark.parametrize("key", ["label", "labels", "entities"])
def test_spans_of_older_exports_are_read_under_their_keys(key: str) -> None:
    assert found(converted({"doc_id": 20, "text": "Ann met Bob", key: [[8, 11, "PER"]], "username": "admin"})) == [
        [("Bob", "PER")]
    ]


def test_what_is_said_of_the_whole_text_is_listed_as_left() -> None:
    record = {"text": "Ann", "label": ["good", [0, 3, "PER"]], "cats": ["x"], "Comments": ["why?"], "labels": "summary"}
    result = converted(record)
    assert found(result) == [[("Ann", "PER")]]
    assert [(item.place, item.what) for item in result.left] == [
        ("x.jsonl:1: $.label[0]", "'good'"), ("x.jsonl:1: $.labels", "'summary'"), ("x.jsonl:1: $.cats[0]", "'x'"),
        ("x.jsonl:1: $.Comments[0]", "the comment 'why?'"),
    ]  # fmt: skip
    assert result.items == 5


def test_every_fault_is_told_at_once_with_line_and_path() -> None:
    faults = refused(
        [],
        {"label": []},
        {"text": 5},
        {"text": "Ann", "label": {}},
        {"text": "Ann.", "label": [[0, 3], [0, 9, "PER"], [3, 0, "PER"], ["0", 3, "PER"], [0, 3, None], 7]},
        {"text": "Ann..", "annotations": [{"label": 3, "start_offset": 0, "end_offset": 3, "user": 1}]},
        {"text": "Ann...", "entities": [{"id": 1, "label": "PER", "start_offset": 0, "end_offset": 3}] * 2},
        {"text": "Ann....", "entities": [], "relations": [{"from_id": 1, "to_id": "2", "type": "x"}, {"from_id": 1.5}]},
    )
    assert [(i.id, i.place.removeprefix("x.jsonl:")) for i in faults] == [
        ("wrong-type", "1: $"),
        ("missing-key", "2: $"),
        ("wrong-type", "3: $.text"),
        ("wrong-type", "4: $.label"),
        ("wrong-type", "5: $.label[0]"),
        ("wrong-type", "5: $.label[3].start_offset"),
        ("wrong-type", "5: $.label[4].label"),
        ("wrong-type", "5: $.label[5]"),
        ("wrong-type", "6: $.annotations[0].label"),
        ("wrong-type", "8: $.relations[1].from_id"),
        ("missing-key", "8: $.relations[1]"),
        ("missing-key", "8: $.relations[1]"),
        ("span-outside-text", "5: $.label[1]"),
        ("empty-span", "5: $.label[2]"),
        ("duplicate-id", "7: $.entities[1].id"),
        ("dangling-id", "8: $.relations[0].from_id"),
        ("dangling-id", "8: $.relations[0].to_id"),
    ]


def test_half_a_character_is_a_fault_that_says_what_to_do() -> None:
    (fault,) = refused({"text": TEXT, "offsets": "UTF-16", "label": [[1, 10, "PER"]]})
    assert (fault.id, fault.place) == ("span-outside-text", "x.jsonl:1: $.label[0]")
    assert '"offsets": "code points"' in fault.hint
    (fault,) = refused({"text": TEXT, "offsets": "UTF-16", "label": [[1, 99, "PER"]]})
    assert "35 UTF-16 units" in fault.message


def test_what_is_written_is_ascii_in_the_units_of_the_editor() -> None:
    """doccano's importer guesses the encoding, and took UTF-8 with an emoji for Turkish."""
    mentions = (Mention("a", Span(2, 9), "PER"), Mention("b", Span(13, 17), "ORG"))
    relations = (Relation("r", "AFFILIATION", "a", "b"),)
    annotation = Annotation("d1", ("mentions", "relations"), mentions, relations=relations)
    content = written(annotation).files[""]
    assert content.isascii()
    assert json.loads(content) == {
        "doc_id": "d1",
        "text": TEXT,
        "offsets": "UTF-16",
        "entities": sample("relations.jsonl")[0]["entities"][:2],
        "relations": sample("relations.jsonl")[0]["relations"],
    }


def test_what_doccano_has_no_place_for_is_listed() -> None:
    annotation = Annotation(
        "d1",
        mentions=(
            Mention("a", Span(2, 9), "PER", "NAM", score=0.5), Mention("b", Span.nowhere(0, Quote("Eve", "unaligned")), "PER"),
        ),
        entities=(Entity("e", "PER", ("a",)),),
        events=(Event("v", Span(18, 21), "CONSULT"),),
        relations=(Relation("r", "AFFILIATION", "a", "b"),),
    )  # fmt: skip
    assert [(item.place, item.what) for item in written(annotation).left] == [
        ("d1#b", "the mention PER"), ("d1#r", "the relation AFFILIATION"), ("d1#e", "the entity PER"),
        ("d1#v", "the event CONSULT"), ("d1", "kind of 1 mention"), ("d1", "score of 1 mention"),
    ]  # fmt: skip


@given(pairs(), st.lists(st.sampled_from("🎉𝒜e\u0301 \n"), max_size=4).map("".join))
def test_mentions_and_relations_come_back_and_all_else_is_listed(pair: Any, before: str) -> None:
    """The text of the strategy behind characters of one and two units; its spans stand, since they count from the start."""
    document, annotation, _ = pair
    text = before + document.text
    out = written(annotation, text=text)
    result = converted(*map(json.loads, out.files[""].splitlines()), known={"d": document_of("d", text)})
    (row,) = result.rows
    back = row.annotation
    names = {m.id: n for m, n in zip(annotation.mentions, back.mentions, strict=True)}
    assert [(m.span, m.type) for m in back.mentions] == [(m.span, m.type) for m in annotation.mentions]
    assert [(r.type, r.head, r.tail) for r in back.relations] == [
        (r.type, names[r.head].id, names[r.tail].id) for r in annotation.relations
    ]
    assert size([annotation]) == size([back]) + sum("#" in item.place for item in out.left)


@pytest.mark.parametrize("name", ["spans.jsonl", "relations.jsonl"])
def test_a_sample_that_is_written_again_says_the_same(name: str) -> None:
    rows = read("doccano", source_of(SAMPLES / name), Texts({})).rows
    documents = {r.annotation.doc_id: document_of(r.annotation.doc_id, r.text or "") for r in rows}
    again = read("doccano", Source("y", None, write("doccano", rows, documents).files[""]), Texts({}))
    assert [r.annotation for r in again.rows] == [r.annotation for r in rows]
    assert again.notes == ()


@settings(max_examples=120)
@given(st.sampled_from(("spans.jsonl", "relations.jsonl", "clusters.jsonl")).flatmap(lambda name: damaged(sample(name))))
def test_a_damaged_sample_is_read_or_refused_but_never_fails(records: Any) -> None:
    try:
        result = converted(*records)
    except DataError:
        return
    assert all(m.span.end <= len(row.text or "") for row in result.rows for m in row.annotation.mentions)


def test_keys_that_may_say_something_of_the_text_are_told() -> None:
    result = converted({"id": 1, "text": "Ann met Bob.", "label": [[0, 3, "PER"]], "summary": "A meeting.", "meta": {}})
    assert result.notes == ("the key 'summary' of 1 record is not read",)


def test_a_record_without_any_key_of_doccanos_is_a_fault_not_an_empty_finding() -> None:
    (fault,) = refused({"text": "Ann met Bob.", "spans": [[0, 3, "PER"]]})
    assert (fault.id, fault.place) == ("missing-key", "x.jsonl:1: $")
    assert found(converted({"text": "Ann met Bob.", "label": []})) == [[]]
