"""GLiNER2: the same findings as words alone, with offsets, as relations and as records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from communique.checks import prediction_incidents
from communique.formats import Converted, Source, Texts, read, source_of
from communique.formats.detect import detect
from communique.incident import DataError, Incident
from communique.io.documents import document_of
from communique.model import UNTYPED, Annotation, Argument, Document, Relation, Span

SAMPLES = Path(__file__).parent / "formats" / "gliner2"
TEXT = "🎉 Ann Lee of Acme met Bob in Oslo."
ANN = {"text": "Ann Lee", "confidence": 0.5, "start": 2, "end": 9}
BOB = {"text": "Bob", "confidence": 0.25, "start": 22, "end": 25}
PEOPLE = {"entities": {"person": ["Ann Lee", "Bob"]}}


def texts() -> dict[str, Document]:
    rows = map(json.loads, (SAMPLES / "texts.jsonl").read_text().splitlines())
    return {row["doc_id"]: document_of(row["doc_id"], row["text"]) for row in rows}


def of_sample(name: str) -> Converted:
    return read("gliner2", source_of(SAMPLES / name), Texts(texts(), in_order=True))


def converted(value: Any, text: str = TEXT) -> Converted:
    """What a record says of its text."""
    source = Source("g.json", None, json.dumps(value).encode())
    return read("gliner2", source, Texts({"d1": document_of("d1", text)}, only="d1"))


def refused(value: Any) -> tuple[Incident, ...]:
    with pytest.raises(DataError) as caught:
        converted(value)
    return caught.value.incidents


def found(value: Any, text: str = TEXT) -> list[tuple[str, str]]:
    (row,) = converted(value, text).rows
    return [(m.type, m.span.of(text)) for m in row.annotation.mentions]


@pytest.mark.parametrize("name", ["plain.jsonl", "entities.jsonl", "relations.jsonl", "pairs.jsonl"])
def test_a_sample_is_recognised_with_doc_ids_and_without(name: str) -> None:
    assert detect(source_of(SAMPLES / name))[0] == "gliner2"
    lines = [json.dumps({"doc_id": "d1", **json.loads(line)}) for line in (SAMPLES / name).read_text().splitlines()]
    assert detect(Source("g.jsonl", None, "\n".join(lines).encode()))[0] == "gliner2"


def test_words_alone_are_found_where_the_tool_itself_says_they_are() -> None:
    plain, placed = of_sample("plain.jsonl"), of_sample("entities.jsonl")
    assert [row.annotation for row in plain.rows] == [row.annotation for row in placed.rows]
    assert plain.notes == ("words without offsets: 10 exact",)
    assert plain.items == placed.items == 10
    assert {m.span.quote.status for row in plain.rows for m in row.annotation.mentions if m.span.quote} == {"exact"}


def test_relations_alone_claim_no_mentions() -> None:
    result = of_sample("relations.jsonl")
    first = result.rows[0].annotation
    assert first.layers == ("relations",)
    assert [(m.type, m.span.of(TEXT)) for m in first.mentions] == [(UNTYPED, "Bob"), (UNTYPED, "Oslo")]
    assert first.relations == (Relation("r1", "located_in", "m1", "m2"),)
    assert (first.relations[0].meta or {})["confidence"].keys() == {"head", "tail"}
    assert not prediction_incidents(texts()["d1"], first, None)


def test_pairs_of_words_are_the_relations_that_the_tool_itself_places() -> None:
    def ends(name: str) -> list[list[tuple[Span, Span]]]:
        rows = of_sample(name).rows
        mentions = [{m.id: m.span for m in row.annotation.mentions} for row in rows]
        return [[(m[r.head], m[r.tail]) for r in row.annotation.relations] for m, row in zip(mentions, rows, strict=True)]

    assert ends("pairs.jsonl") == ends("relations.jsonl")


def test_records_of_words_are_the_events_that_the_tool_itself_places() -> None:
    for name in ("records.jsonl", "records-plain.jsonl"):
        first, second = (row.annotation for row in of_sample(name).rows)
        assert detect(source_of(SAMPLES / name))[0] == "gliner2"
        assert (first.events[0].span, second.events[0].span) == (Span(18, 21), Span(38, 41))
        assert fillers(first) == [("participant", Span(2, 9)), ("participant", Span(22, 25)), ("place", Span(29, 33))]
        assert fillers(second) == [("participant", Span(42, 45)), ("place", Span(49, 53))]


def fillers(annotation: Annotation) -> list[tuple[str, Span]]:
    spans = {m.id: m.span for m in annotation.mentions}
    return [(argument.role, spans[argument.mention]) for argument in annotation.events[0].arguments]


@pytest.mark.parametrize(
    "people",
    [
        ["Ann Lee", "Bob"],
        [{"text": "Ann Lee"}, {"text": "Bob", "confidence": 0.5}],
        [{"text": "Ann Lee", "start": 2, "end": 9}, {"text": "Bob", "start": 22, "end": 25}],
        [ANN, BOB],
    ],
    ids=["words", "confidence", "spans", "both"],
)
def test_entities_are_read_in_each_form(people: list[Any]) -> None:
    assert found({"entities": {"person": people, "city": []}}) == [("person", "Ann Lee"), ("person", "Bob")]


def test_a_label_that_admits_one_gives_one_or_none() -> None:
    assert found({"entities": {"person": "Bob", "host": BOB, "city": "", "org": None}}) == [("person", "Bob"), ("host", "Bob")]


def test_two_labels_of_the_same_words_mean_the_same_place() -> None:
    text = "Bob met Ann. Bob left."
    (row,) = converted({"entities": {"person": ["Bob"], "envoy": ["Bob"]}}, text).rows
    assert [m.span for m in row.annotation.mentions] == [Span(0, 3)] * 2


@pytest.mark.parametrize(
    "pair",
    [["Ann Lee", "Bob"], {"head": "Ann Lee", "tail": "Bob"}, {"head": {"text": "Ann Lee"}, "tail": {"text": "Bob"}},
     {"head": ANN, "tail": BOB}],
    ids=["pair", "words", "confidence", "both"],
)  # fmt: skip
@pytest.mark.parametrize("people", [["Ann Lee", "Bob"], [ANN, BOB]], ids=["words", "spans"])
def test_the_ends_of_a_relation_are_among_the_entities(pair: Any, people: list[Any]) -> None:
    result = converted({"entities": {"person": people}, "relation_extraction": {"met": [pair], "knows": []}})
    (row,) = result.rows
    assert row.annotation.layers == ("mentions", "relations")
    assert row.annotation.relations == (Relation("r1", "met", "m1", "m2"),)
    assert (len(row.annotation.mentions), result.items) == (2, 3)


def test_a_relation_of_what_is_no_entity_is_listed() -> None:
    result = converted({**PEOPLE, "relation_extraction": {"in": [["Bob", "Oslo"], ["Oslo", "Acme"]]}})
    assert [(left.place, left.what) for left in result.left] == [
        ("g.json:1: $.relation_extraction.in[0]", "in (Bob, Oslo)"),
        ("g.json:1: $.relation_extraction.in[1]", "in (Oslo, Acme)"),
    ]
    assert [left.why.partition(",")[0] for left in result.left] == [
        "its tail is none of the entities", "its head and its tail is none of the entities"
    ]  # fmt: skip


def test_relations_of_words_alone_are_between_the_mentions_of_these_words() -> None:
    (row,) = converted({"relation_extraction": {"met": [["Ann Lee", "Bob"], ["bob", "Zed"]]}}).rows
    mentions = {m.id: m for m in row.annotation.mentions}
    ends = [[mentions[i].span.of(TEXT) for i in (r.head, r.tail)] for r in row.annotation.relations]
    assert ends == [["Ann Lee", "Bob"], ["Bob", "Zed"]]
    assert len(mentions) == 3


def test_attributes_of_spans_are_kept() -> None:
    (row,) = converted({"entities": {"person": [{**ANN, "country": ["US"]}]}}).rows
    assert row.annotation.mentions[0].meta == {"country": ["US"]}


def test_a_joint_result_has_its_relations_by_ids() -> None:
    """``JointResult.to_dict`` of 2.1.0."""
    entities = [{"id": "e0", "type": "person", **ANN}, {"id": "e1", "type": "person", **BOB, "sentence_id": 0}]
    relation = {"type": "met", "head": "e0", "tail": "e1", "confidence": 0.5, "derived": True}
    (row,) = converted({"entities": entities, "relations": [relation]}).rows
    assert row.annotation.relations == (Relation("r1", "met", "e0", "e1"),)
    assert (row.annotation.relations[0].score, row.annotation.relations[0].meta) == (0.5, {"derived": True})
    assert row.annotation.mentions[1].meta == {"sentence_id": 0}


@pytest.mark.parametrize(
    "trigger", ["met", ["met"], {"text": "met", "start": 18, "end": 21}, [{"text": "met", "confidence": 0.5}]]
)
def test_a_record_with_a_trigger_is_an_event(trigger: Any) -> None:
    result = converted({**PEOPLE, "CONSULT": [{"trigger": trigger, "actor": ["Ann Lee", "Bob"], "place": None}]})
    (row,) = result.rows
    (event,) = row.annotation.events
    assert row.annotation.layers == ("mentions", "events", "arguments")
    assert (event.type, event.span) == ("CONSULT", Span(18, 21))
    assert event.arguments == (Argument("actor", "m1"), Argument("actor", "m2"))
    assert (result.items, result.left) == (5, ())


def test_fillers_without_entities_are_mentions_that_are_not_claimed() -> None:
    (row,) = converted({"CONSULT": [{"trigger": "met", "actor": "Bob"}]}).rows
    assert row.annotation.layers == ("events", "arguments")
    assert [(m.type, m.span) for m in row.annotation.mentions] == [(UNTYPED, Span(22, 25))]


def test_what_is_no_event_and_no_part_of_the_text_is_listed() -> None:
    record = {
        **PEOPLE,
        "tone": "friendly",
        "topic": {"label": "talks", "confidence": 0.5},
        "topics": [{"label": "talks", "confidence": 0.5}],
        "visit": [{"who": ["Bob"]}, {"trigger": ["met", "left"]}, {"trigger": None}],
        "nothing": [],
        "CONSULT": [{"trigger": {"text": "met", "start": 18, "end": 21}, "mode": {"text": "in person"}, "at": ["Oslo"]}],
    }
    result = converted(record)
    assert [left.place.removeprefix("g.json:1: ") for left in result.left] == [
        "$.tone", "$.topic", "$.topics", "$.visit[0]", "$.visit[1]", "$.visit[2]", "$.CONSULT[0].mode", "$.CONSULT[0]"
    ]  # fmt: skip
    assert result.items == 2 + 8 + 1
    assert result.left[-1].what == "at 'Oslo'"


def test_words_that_are_nowhere_are_kept_and_told() -> None:
    result = converted({"entities": {"person": ["Zebulon", "Bob"]}})
    first, second = result.rows[0].annotation.mentions
    assert (first.span.placed, second.span) == (False, Span(22, 25))
    assert result.notes == (
        "words without offsets: 1 exact, 1 unaligned",
        "g.json:1: 'Zebulon' is nowhere in the text; it is kept without offsets, and counts as spurious",
    )


@pytest.mark.parametrize(
    ("record", "id_", "path"),
    [
        ([5], "wrong-type", "$"),
        ({"entities": 5}, "wrong-type", "$.entities"),
        ({"entities": {"person": 5}}, "wrong-type", "$.entities.person"),
        ({"entities": {"person": ["Bob", 5]}}, "wrong-type", "$.entities.person[1]"),
        ({"entities": {"person": [{}]}}, "missing-key", "$.entities.person[0]"),
        ({"entities": {"person": [""]}}, "empty-span", "$.entities.person[0]"),
        ({"entities": {"person": [BOB | {"confidence": "1"}]}}, "wrong-type", "$.entities.person[0].confidence"),
        ({"entities": {"person": [BOB | {"end": 26}]}}, "text-differs", "$.entities.person[0]"),
        ({"relation_extraction": []}, "wrong-type", "$.relation_extraction"),
        ({"relation_extraction": {"met": [["Bob"]]}}, "wrong-type", "$.relation_extraction.met[0]"),
        ({"relation_extraction": {"met": [["Bob", None]]}}, "wrong-type", "$.relation_extraction.met[0][1]"),
        ({"CONSULT": [{"trigger": 5}]}, "wrong-type", "$.CONSULT[0].trigger"),
        ({"entities": [{"id": "e0"}]}, "missing-key", "$.entities[0]"),
        ({"doc_id": 5, "entities": {}}, "wrong-type", "$.doc_id"),
    ],
)
def test_a_fault_names_its_place(record: Any, id_: str, path: str) -> None:
    faults = refused(record)
    assert {(i.id, i.place.rpartition(" ")[2]) for i in faults} == {(id_, path)}


def test_a_printed_result_is_no_json_and_the_fault_says_what_to_save() -> None:
    with pytest.raises(DataError, match=r"json\.dumps\(result, default=float\)"):
        read("gliner2", Source("g.txt", None, b"{'entities': {'person': ['Bob']}}"), Texts(texts()))


ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 40) | st.floats(0, 2) | st.sampled_from(("Ann Lee", "met", "")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("text", "trigger", "x")), inner, max_size=3),
    max_leaves=4,
)
WHOLE = {
    "entities": {"person": ["Ann Lee", BOB]},
    "relation_extraction": {"met": [["Ann Lee", "Bob"], {"head": ANN, "tail": BOB}]},
    "CONSULT": [{"trigger": "met", "actor": [ANN]}],
    "tone": "x",
}


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_record_is_read_or_refused_but_never_fails(data: st.DataObject) -> None:
    value = json.loads(json.dumps(WHOLE))
    for _ in range(data.draw(st.integers(1, 3))):
        held = value
        for _ in range(data.draw(st.integers(0, 4))):
            inner = list(held.values()) if isinstance(held, dict) else held if isinstance(held, list) else []
            held = data.draw(st.sampled_from(inner)) if inner else held
        if isinstance(held, dict):
            held[data.draw(st.sampled_from([*held, "relations"]))] = data.draw(ANY)
        elif isinstance(held, list):
            held.append(data.draw(ANY))
    try:
        result = converted(value)
    except DataError:
        return
    assert all(not m.span.placed or m.span.end <= len(TEXT) for row in result.rows for m in row.annotation.mentions)
