"""Token-classification pipelines: what is read is what the pipeline's own aggregation gives, at the places of the text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from communique.formats import Converted, Options, Source, Texts, read, source_of
from communique.formats.detect import detect
from communique.incident import DataError, Incident
from communique.io.documents import document_of
from communique.model import Document

SAMPLES = Path(__file__).parent / "formats" / "huggingface"
TEXT = "🎉 Ann Lee of Acme met Bob in Oslo."
ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 40) | st.floats(0, 2) | st.sampled_from(("B-PER", "O", "", "Ann")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("entity", "start", "x")), inner, max_size=3),
    max_leaves=4,
)


def texts() -> dict[str, Document]:
    rows = map(json.loads, (SAMPLES / "texts.jsonl").read_text().splitlines())
    return {row["doc_id"]: document_of(row["doc_id"], row["text"]) for row in rows}


def converted(value: Any, *, text: str = TEXT, scheme: str | None = None) -> Converted:
    """One text's record, read."""
    source = Source("h.json", None, json.dumps(value).encode())
    return read("huggingface", source, Texts({"d1": document_of("d1", text)}, only="d1"), Options(scheme=scheme))


def refused(value: Any, *, text: str = TEXT, scheme: str | None = None) -> tuple[Incident, ...]:
    with pytest.raises(DataError) as caught:
        converted(value, text=text, scheme=scheme)
    return caught.value.incidents


def spans(found: Converted) -> list[tuple[int, int, str]]:
    return [(m.span.start, m.span.end, m.type) for row in found.rows for m in row.annotation.mentions]


def piece(tag: str, start: int, end: int, index: int | None = None, **more: Any) -> dict[str, Any]:
    held = {"entity": tag, "score": 0.5, "index": index, "start": start, "end": end, **more}
    return {key: value for key, value in held.items() if value is not None}


@pytest.mark.parametrize("name", ["none.jsonl", "simple.jsonl"])
def test_a_sample_is_recognised(name: str) -> None:
    assert detect(source_of(SAMPLES / name))[0] == "huggingface"


def test_pieces_are_joined_as_the_pipeline_joins_them() -> None:
    """The same model's output, not aggregated and aggregated by the pipeline itself."""
    none, simple = (
        read("huggingface", source_of(SAMPLES / name), Texts(texts(), in_order=True)) for name in ("none.jsonl", "simple.jsonl")
    )
    assert [row.annotation for row in none.rows] == [row.annotation for row in simple.rows]
    assert none.items == simple.items == 10
    scores = [[m.score for row in found.rows for m in row.annotation.mentions] for found in (none, simple)]
    assert scores[0] == pytest.approx(scores[1], abs=1e-6)


def test_the_words_are_those_of_the_text_behind_an_emoji() -> None:
    found = read("huggingface", source_of(SAMPLES / "simple.jsonl"), Texts(texts(), in_order=True))
    words = [m.span.of(texts()[row.annotation.doc_id].text) for row in found.rows for m in row.annotation.mentions]
    assert words == ["Ann Lee", "Acme", "Bob", "Oslo", "Acme", "Zoë Ng", "Bob", "Oslo", "Ann Lee", "Osloville"]


def grouped(tags: list[str]) -> list[tuple[int, int, str]]:
    """What ``group_entities`` of transformers 5.16 makes of the tags of successive tokens, said again in a few lines."""
    groups: list[list[int]] = []
    for n, tag in enumerate(tags):
        label = tag[2:] if tag[:2] in ("B-", "I-") else tag
        before = tags[n - 1][2:] if n and tags[n - 1][:2] in ("B-", "I-") else tags[n - 1] if n else None
        if n and label == before and tag[:2] != "B-":
            groups[-1].append(n)
        else:
            groups.append([n])
    labels = [tags[g[0]].split("-", 1)[-1] for g in groups]
    return [(2 * g[0], 2 * g[-1] + 1, label) for g, label in zip(groups, labels, strict=True) if label != "O"]


@given(st.lists(st.sampled_from(("O", "B-A", "I-A", "B-B", "I-B")), min_size=1, max_size=12), st.booleans())
def test_joining_is_that_of_the_pipelines_simple_aggregation(tags: list[str], with_o: bool) -> None:
    text = " ".join("x" * len(tags))
    items = [piece(tag, 2 * n, 2 * n + 1, n + 1) for n, tag in enumerate(tags) if with_o or tag != "O"]
    found = converted(items, text=text)
    assert spans(found) == grouped(tags)
    assert found.items == len(grouped(tags))


@given(st.lists(st.tuples(st.integers(1, 3), st.booleans()), min_size=1, max_size=6), st.sampled_from(("BIOES", "BILOU")))
def test_a_sequence_written_in_bioes_or_bilou_is_read_as_it_was(parts: list[tuple[int, bool]], scheme: str) -> None:
    last, single = ("E", "S") if scheme == "BIOES" else ("L", "U")
    tags: list[str] = []
    wanted = []
    for length, tagged in parts:
        if tagged:
            wanted.append((2 * len(tags), 2 * (len(tags) + length) - 1, "PER"))
        inside = [f"{single}-PER"] if length == 1 else ["B-PER", *["I-PER"] * (length - 2), f"{last}-PER"]
        tags += inside if tagged else ["O"] * length
    items = [piece(tag, 2 * n, 2 * n + 1, n + 1) for n, tag in enumerate(tags) if tag != "O"]
    assert spans(converted(items, text=" ".join("x" * len(tags)), scheme=scheme)) == wanted


@pytest.mark.parametrize(("scheme", "tag"), [("BIOES", "E"), ("BIOES", "S"), ("BILOU", "L"), ("BILOU", "U")])
def test_what_stands_after_the_end_of_an_entity_begins_another(scheme: str, tag: str) -> None:
    items = [piece(f"{tag}-PER", 2, 5, 2), piece("I-PER", 6, 9, 3)]
    assert spans(converted(items, scheme=scheme)) == [(2, 5, "PER"), (6, 9, "PER")]


def test_without_an_index_only_white_space_may_lie_between_two_pieces() -> None:
    assert spans(converted([piece("B-PER", 2, 5), piece("I-PER", 6, 9)])) == [(2, 9, "PER")]
    assert spans(converted([piece("B-PER", 2, 5), piece("I-PER", 22, 25)])) == [(2, 5, "PER"), (22, 25, "PER")]


def test_an_entity_that_begins_with_i_is_told() -> None:
    (note,) = converted([piece("I-PER", 2, 5, 2)]).notes
    assert note == "I-, E- or L- begins 1 entity, as in the pipeline's own simple aggregation"
    assert converted([piece("I-PER", 2, 5, 2)], scheme="IOB1").notes == ()


def test_labels_without_prefixes_go_on_as_in_the_pipeline() -> None:
    assert spans(converted([piece("PER", 2, 5, 2), piece("PER", 6, 9, 3), piece("E-MAIL", 13, 17, 5)])) == [
        (2, 9, "PER"), (13, 17, "E-MAIL")
    ]  # fmt: skip


def test_another_scheme_has_to_be_named() -> None:
    items = [piece("B-PER", 2, 5, 2), piece("E-PER", 6, 9, 3)]
    (fault,) = refused(items)
    assert (fault.id, fault.place) == ("not-iob2", "h.json: $[1].entity")
    assert "--scheme BIOES" in fault.hint
    assert spans(converted(items, scheme="BIOES")) == [(2, 9, "PER")]
    assert "--scheme BILOU" in refused([piece("B-PER", 2, 5, 2), piece("L-PER", 6, 9, 3)])[0].hint
    assert spans(converted(items, scheme="IOB2")) == [(2, 5, "PER"), (6, 9, "E-PER")]


def test_white_space_at_the_edges_is_not_of_the_entity() -> None:
    """DeBERTa's and T5's tokenizers count the blank to the piece behind it."""
    found = converted([{"entity_group": "PER", "score": 1, "word": "Ann Lee", "start": 1, "end": 9}])
    assert spans(found) == [(2, 9, "PER")]
    assert found.notes == ("white space at the edges of 1 entity was cut off",)


def test_an_entity_of_white_space_alone_is_listed() -> None:
    found = converted([piece("B-PER", 1, 2, 1, word="▁"), piece("B-PER", 2, 5, 2, word="Ann")])
    assert (spans(found), found.items) == ([(2, 5, "PER")], 2)
    assert [str(left) for left in found.left] == ["h.json: $[0]: PER of white space alone left out: it holds no words"]


def test_what_else_an_item_has_is_kept() -> None:
    (row,) = converted([{"entity_group": "PER", "score": 0.5, "word": "Ann", "start": 2, "end": 5, "source": "x"}]).rows
    assert row.annotation.mentions[0].meta == {"source": "x"}


def test_records_may_name_their_documents() -> None:
    item = {"entity_group": "PER", "score": 0.5, "word": "ann", "start": 2, "end": 5}
    lines = [{"doc_id": "d1", "entities": [item], "model": "x"}, {"doc_id": "d9", "text": "no Ann", "entities": []}]
    source = Source("h.jsonl", None, "\n".join(map(json.dumps, lines)).encode())
    assert detect(source)[0] == "huggingface"
    found = read("huggingface", source, Texts({"d1": document_of("d1", TEXT)}))
    assert [(row.annotation.doc_id, row.text) for row in found.rows] == [("d1", None), ("d9", "no Ann")]
    assert found.notes == ("the key 'model' of 1 record is not read",)


@pytest.mark.parametrize("form", ["lines", "list of lists", "the list of the one text"])
def test_lists_are_read_in_each_form_in_which_they_are_saved(form: str) -> None:
    lists = [json.loads(line) for line in (SAMPLES / "simple.jsonl").read_text().splitlines()]
    known = texts()
    if form == "the list of the one text":
        lists, known = lists[:1], {"d1": known["d1"]}
    content = {"lines": "\n".join(map(json.dumps, lists)), "list of lists": json.dumps(lists, indent=1)}.get(form)
    source = Source("h.json", None, (content or json.dumps(lists[0])).encode())
    found = read("huggingface", source, Texts(known, in_order=True))
    assert len(found.rows) == len(known)
    assert found.items == sum(map(len, lists))


def test_a_record_that_names_no_text_says_what_to_do() -> None:
    with pytest.raises(DataError, match="--in-order") as caught:
        read("huggingface", source_of(SAMPLES / "simple.jsonl"), Texts(texts()))
    assert [(i.id, i.place.rpartition(":")[2]) for i in caught.value.incidents] == [("no-document", "1"), ("no-document", "2")]


def test_records_in_another_order_than_the_texts_are_told() -> None:
    lines = (SAMPLES / "simple.jsonl").read_text().splitlines()
    source = Source("h.jsonl", None, "\n".join(reversed(lines)).encode())
    with pytest.raises(DataError, match="in the order of the texts") as caught:
        read("huggingface", source, Texts(texts(), in_order=True))
    assert {i.id for i in caught.value.incidents} <= {"text-differs", "span-outside-text"}


def test_offsets_that_a_slow_tokenizer_does_not_give_are_one_fault() -> None:
    (fault,) = refused([piece("B-PER", 2, 5, 2) | {"start": None, "end": None}] * 3)
    assert (fault.id, fault.place) == ("wrong-type", "h.json: $[0].start")
    assert "3 items" in fault.message
    assert "use_fast=True" in fault.hint


@pytest.mark.parametrize("printed", ["[{'entity': 'B-PER', 'score': np.float32(0.99)}]", '[{"score": np.float32(0.99)}]'])
def test_what_python_prints_is_no_json_and_the_fault_says_what_to_save(printed: str) -> None:
    with pytest.raises(DataError) as caught:
        read("huggingface", Source("h.json", None, printed.encode()), Texts({}))
    assert [i.id for i in caught.value.incidents] == ["invalid-json"]
    assert "json.dumps(result, default=float)" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "id_", "path"),
    [
        ({"start": "2"}, "wrong-type", "$[0].start"),
        ({"end": True}, "wrong-type", "$[0].end"),
        ({"score": "0.99"}, "wrong-type", "$[0].score"),
        ({"score": 1.5}, "wrong-type", "$[0].score"),
        ({"index": "1"}, "wrong-type", "$[0].index"),
        ({"entity": 3}, "wrong-type", "$[0].entity"),
        ({"end": 99}, "span-outside-text", "$[0]"),
        ({"start": -1}, "span-outside-text", "$[0]"),
        ({"end": 2}, "empty-span", "$[0]"),
        ({"word": "Bob"}, "text-differs", "$[0]"),
    ],
)
def test_a_fault_names_its_place(change: dict[str, Any], id_: str, path: str) -> None:
    assert [(i.id, i.place) for i in refused([piece("B-PER", 2, 5, 2, word="Ann") | change])] == [(id_, f"h.json: {path}")]


def test_every_fault_of_a_file_is_told_at_once() -> None:
    place = {"start": 0, "end": 1}
    faults = refused([{"entity": "B-PER"}, 5, {"entity_group": "PER", "score": 2, **place}, place])
    assert [(i.id, i.place.removeprefix("h.json: ")) for i in faults] == [
        ("missing-key", "$[0]"), ("missing-key", "$[0]"), ("wrong-type", "$[1]"), ("wrong-type", "$[2].score"),
        ("missing-key", "$[3]"),
    ]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_sample_is_read_or_refused_but_never_fails(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(("none.jsonl", "simple.jsonl")))
    lists = [json.loads(line) for line in (SAMPLES / name).read_text().splitlines()]
    for _ in range(data.draw(st.integers(1, 3))):
        held = data.draw(st.sampled_from(lists))
        if isinstance(held, list) and held and isinstance(item := data.draw(st.sampled_from(held)), dict):
            item[data.draw(st.sampled_from([*item, "entity"]))] = data.draw(ANY)
        else:
            lists[0] = data.draw(ANY)
    source = Source("h.jsonl", None, "\n".join(map(json.dumps, lists)).encode())
    try:
        found = read("huggingface", source, Texts(texts(), in_order=True), Options())
    except DataError:
        return
    assert all(m.span.end <= len(texts()[r.annotation.doc_id].text) for r in found.rows for m in r.annotation.mentions)


def test_an_item_that_is_lost_on_the_way_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    import communique.formats.huggingface as reader

    whole = reader._pieces
    monkeypatch.setattr(reader, "_pieces", lambda *given: list(whole(*given))[1:])
    with pytest.raises(RuntimeError, match="holds 2 items of which 1 were kept"):
        converted([piece("B-PER", 0, 3, 1), piece("B-PER", 4, 7, 2)], text="Ann Bob")
