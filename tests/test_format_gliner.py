"""GLiNER's entities and relations, in each form in which its calls give them."""

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
from communique.model import UNTYPED, Document, Relation

SAMPLES = Path(__file__).parent / "formats" / "gliner"
TEXT = "🎉 Ann Lee of Acme met Bob in Oslo."
ANN = {"start": 2, "end": 9, "text": "Ann Lee", "label": "person", "score": 0.5}
ACME = {"start": 13, "end": 17, "text": "Acme", "label": "organisation", "score": 0.5}


def end(entity: dict[str, Any], index: int = 0) -> dict[str, Any]:
    """An entity as the end of a relation."""
    return {**{key: entity[key] for key in ("start", "end", "text")}, "type": entity["label"], "entity_idx": index}


OF = {"head": end(ANN), "tail": end(ACME, 1), "relation": "member of", "score": 0.75}


def sample(name: str) -> list[Any]:
    return [json.loads(line) for line in (SAMPLES / name).read_text().splitlines()]


def texts() -> dict[str, Document]:
    return {row["doc_id"]: document_of(row["doc_id"], row["text"]) for row in sample("texts.jsonl")}


def converted(value: Any, text: str = TEXT) -> Converted:
    """What a file says of one text."""
    source = Source("g.json", None, json.dumps(value).encode())
    return read("gliner", source, Texts({"d1": document_of("d1", text)}, only="d1"))


def refused(value: Any, text: str = TEXT) -> tuple[Incident, ...]:
    with pytest.raises(DataError) as caught:
        converted(value, text)
    return caught.value.incidents


def in_order(content: str) -> Converted:
    return read("gliner", Source("g.json", None, content.encode()), Texts(texts(), in_order=True))


def words(found: Converted) -> list[list[str]]:
    known = texts()
    return [[m.span.of(known[row.annotation.doc_id].text) for m in row.annotation.mentions] for row in found.rows]


@pytest.mark.parametrize("name", ["entities.jsonl", "relations.jsonl"])
def test_a_sample_is_recognised(name: str) -> None:
    assert detect(source_of(SAMPLES / name))[0] == "gliner"


def test_entities_are_mentions_at_the_places_of_their_words() -> None:
    found = in_order((SAMPLES / "entities.jsonl").read_text())
    assert words(found) == [[e["text"] for e in entities] for entities in sample("entities.jsonl")]
    assert [row.annotation.layers for row in found.rows] == [("mentions",)] * 2
    assert found.rows[0].annotation.mentions[0].score == sample("entities.jsonl")[0][0]["score"]


def test_relations_alone_claim_no_mentions() -> None:
    found = in_order((SAMPLES / "relations.jsonl").read_text())
    first, second = (row.annotation for row in found.rows)
    assert first.layers == second.layers == ("relations",)
    assert [(m.type, m.span.of(TEXT)) for m in first.mentions] == [("person", "Ann Lee"), ("organisation", "Acme")]
    assert first.relations == (Relation("r1", "member of", "m1", "m2"),)
    assert not prediction_incidents(texts()["d1"], first, None)


def together() -> tuple[list[Any], list[Any]]:
    return sample("entities.jsonl"), sample("relations.jsonl")


@pytest.mark.parametrize(
    "form",
    [
        lambda e, r: json.dumps([e, r]),
        lambda e, r: "\n".join(json.dumps(pair) for pair in zip(e, r, strict=True)),
        lambda e, r: json.dumps(list(zip(e, r, strict=True)), indent=1),
        lambda e, r: "\n".join(json.dumps({"entities": x, "relations": y}) for x, y in zip(e, r, strict=True)),
    ],
    ids=["two lists of lists, as inference gives them", "a pair on each line", "a list of pairs", "objects"],
)
def test_entities_and_relations_of_one_call_belong_together(form: Any) -> None:
    found = in_order(form(*together()))
    assert [row.annotation.layers for row in found.rows] == [("mentions", "relations")] * 2
    assert [len(row.annotation.mentions) for row in found.rows] == [4, 6], "the ends of the relation are among them"
    assert found.rows[0].annotation.relations == (Relation("r1", "member of", "m1", "m2"),)
    assert (found.items, found.left) == (11, ())


def test_the_two_lists_of_one_text_belong_together() -> None:
    found = converted([[ANN, ACME], [OF]])
    (row,) = found.rows
    assert row.annotation.relations == (Relation("r1", "member of", "m1", "m2"),)
    assert row.annotation.relations[0].score == 0.75


def test_a_relation_of_what_is_no_entity_is_listed() -> None:
    found = converted({"entities": [ANN], "relations": [OF]})
    assert (found.items, len(found.rows[0].annotation.mentions)) == (2, 1)
    (left,) = found.left
    assert left.place.endswith("$.relations[0]")
    assert left.what == "member of (Ann Lee, Acme)"
    assert left.why.startswith("its tail is none of the entities")


def test_an_entity_of_two_labels_is_told_by_the_type_of_the_end() -> None:
    twice = {**ANN, "label": "envoy"}
    (row,) = converted({"entities": [ANN, twice, ACME], "relations": [OF, OF | {"head": end(twice)}]}).rows
    assert [r.head for r in row.annotation.relations] == ["m1", "m2"]


def test_words_of_the_relation_extractor_are_looked_for() -> None:
    """The form of ``gliner.multitask.GLiNERRelationExtractor`` 0.2.29, with ``return_index`` and without."""
    relations = [
        {"source": "Ann Lee", "relation": "of", "target": "acme", "score": 0.5},
        {"source": "Ann Lee", "relation": "in", "target": "Oslo", "score": 0.5, "start": 29, "end": 33},
        {"source": "Zed", "relation": "in", "target": "Oslo", "score": 0.5},
    ]
    assert detect(Source("g.json", None, json.dumps(relations).encode()))[0] == "gliner"
    found = converted(relations)
    (row,) = found.rows
    mentions = {m.id: m for m in row.annotation.mentions}
    assert {m.type for m in mentions.values()} == {UNTYPED}
    ends = [[mentions[i].span.of(TEXT) for i in (r.head, r.tail)] for r in row.annotation.relations]
    assert ends == [["Ann Lee", "Acme"], ["Ann Lee", "Oslo"], ["Zed", "Oslo"]]
    assert len(mentions) == 4, "what is named twice is one mention"
    assert [m.span.quote.status for m in mentions.values() if m.span.quote] == ["exact", "normalised", "unaligned"]
    assert found.notes[0] == "words without offsets: 1 exact, 1 normalised, 1 unaligned"
    assert "'Zed' is nowhere in the text" in found.notes[1]


def test_what_else_an_entity_has_is_kept_but_for_vectors() -> None:
    (row,) = converted([{**ANN, "class_probs": {"person": 0.5}, "vector": [0.5] * 3, "label_vector": [1]}]).rows
    assert row.annotation.mentions[0].meta == {"class_probs": {"person": 0.5}}


@pytest.mark.parametrize(
    ("start", "end", "advice"),
    [(3, 10, "in UTF-16 units"), (5, 12, "in UTF-8 bytes"), (2, 8, "if the end is inclusive"), (3, 9, "count from 1, the end")],
)
def test_offsets_counted_otherwise_are_recognised(start: int, end: int, advice: str) -> None:
    (fault,) = refused([{**ANN, "start": start, "end": end}])
    assert (fault.id, fault.place) == ("text-differs", "g.json: $[0]")
    assert advice in fault.hint


def test_offsets_past_the_end_are_recognised_too() -> None:
    (fault,) = refused([{"start": 3, "end": 6, "text": "Ann", "label": "person", "score": 1}], "🎉 Ann")
    assert fault.id == "span-outside-text"
    assert "in UTF-16 units" in fault.hint


@pytest.mark.parametrize(
    ("change", "id_", "path"),
    [
        ({"start": "2"}, "wrong-type", "$[0].start"),
        ({"text": 5}, "wrong-type", "$[0].text"),
        ({"label": None}, "wrong-type", "$[0].label"),
        ({"score": "0.9"}, "wrong-type", "$[0].score"),
        ({"end": 99}, "span-outside-text", "$[0]"),
        ({"end": 2}, "empty-span", "$[0]"),
        ({"text": "Bob"}, "text-differs", "$[0]"),
    ],
)
def test_a_fault_names_its_place(change: dict[str, Any], id_: str, path: str) -> None:
    assert [(i.id, i.place) for i in refused([ANN | change])] == [(id_, f"g.json: {path}")]


def test_what_stands_under_a_key_has_to_be_a_list() -> None:
    faults = refused({"entities": 5, "relations": None})
    assert [(i.id, i.place) for i in faults] == [("wrong-type", f"g.json:1: $.{key}") for key in ("entities", "relations")]


def test_every_fault_of_a_file_is_told_at_once() -> None:
    faults = refused([{}, 5, OF | {"head": {}}, {"relation": 1, "source": 2}, OF | {"tail": 3}])
    assert [(i.id, i.place.removeprefix("g.json: ")) for i in faults] == [
        ("missing-key", "$[0]"),
        ("missing-key", "$[0]"),
        ("wrong-type", "$[1]"),
        ("missing-key", "$[2].head"),
        ("wrong-type", "$[3].relation"),
        ("wrong-type", "$[3].source"),
        ("missing-key", "$[3]"),
        ("wrong-type", "$[4].tail"),
    ]


ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 40) | st.floats(0, 2) | st.sampled_from(("Ann Lee", "person", "")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("start", "relation", "x")), inner, max_size=3),
    max_leaves=4,
)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_sample_is_read_or_refused_but_never_fails(data: st.DataObject) -> None:
    forms = [[[ANN, ACME], [OF]], {"entities": [ANN], "relations": [OF]}, [OF]]
    value = json.loads(json.dumps(data.draw(st.sampled_from(forms))))
    for _ in range(data.draw(st.integers(1, 3))):
        held = value
        for _ in range(data.draw(st.integers(0, 3))):
            inner = list(held.values()) if isinstance(held, dict) else held if isinstance(held, list) else []
            held = data.draw(st.sampled_from(inner)) if inner else held
        if isinstance(held, dict):
            held[data.draw(st.sampled_from([*held, "source"]))] = data.draw(ANY)
        elif isinstance(held, list):
            held.append(data.draw(ANY))
    try:
        found = converted(value)
    except DataError:
        return
    assert all(not m.span.placed or m.span.end <= len(TEXT) for row in found.rows for m in row.annotation.mentions)


def test_an_object_without_entities_gives_relations_alone() -> None:
    found = converted({"relations": [OF]})
    assert found.left == ()
    (row,) = found.rows
    assert row.annotation.layers == ("relations",)
    assert row.annotation.relations == (Relation("r1", "member of", "m1", "m2"),)
