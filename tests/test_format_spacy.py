"""spaCy's Doc JSON and DocBin: spaCy itself reads what is written, and gives back what was there."""

from __future__ import annotations

import json
import sys
import zlib
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc, DocBin, SpanGroup
from spacy.tokens import Span as Tokens
from spacy.vocab import Vocab
from strategies import pairs

from communique.checks import prediction_incidents
from communique.formats import Converted, Options, Source, Texts, Written, read, source_of, write
from communique.formats.detect import detect
from communique.formats.spacy_write import _tokens
from communique.incident import DataError, Incident
from communique.io.documents import document_of
from communique.io.jsonl import Row
from communique.model import Annotation, Argument, Document, Event, Mention, Quote, Relation, Span

SAMPLES = Path(__file__).parent / "formats" / "spacy"
TEXT = "🎉 Ann Lee of Acme met Bob in Oslo."
VOCAB = Vocab()
LETTERS = st.text(st.sampled_from("aB1.'🎉𝒜é \n\t\u00a0\u2028-"), min_size=1, max_size=14)


def texts() -> dict[str, Document]:
    rows = map(json.loads, (SAMPLES / "texts.jsonl").read_text().splitlines())
    return {row["doc_id"]: document_of(row["doc_id"], row["text"]) for row in rows}


def converted(value: Any, group: str | None = None, known: dict[str, Document] | None = None) -> Converted:
    """One document, read."""
    given = value if isinstance(value, bytes) else json.dumps(value).encode()
    name = "d.spacy" if isinstance(value, bytes) else "d.json"
    return read("spacy", Source(name, None, given), Texts(known or {}), Options(group=group))


def refused(value: Any, group: str | None = None) -> tuple[Incident, ...]:
    with pytest.raises(DataError) as caught:
        converted(value, group)
    return caught.value.incidents


def doc_json(**more: Any) -> dict[str, Any]:
    return {"text": TEXT, "ents": [{"start": 2, "end": 9, "label": "PER"}], "tokens": [], **more}


def found(converted_: Converted) -> list[list[tuple[int, int, str]]]:
    return [[(m.span.start, m.span.end, m.type) for m in row.annotation.mentions] for row in converted_.rows]


def written(annotation: Annotation, document: Document) -> Written:
    return write("spacy", [Row("p", annotation)], {document.doc_id: document})


@pytest.mark.parametrize("name", ["docs.jsonl", "docs.spacy"])
def test_a_sample_is_recognised(name: str) -> None:
    assert detect(source_of(SAMPLES / name))[0] == "spacy"


def test_docbin_and_json_say_the_same() -> None:
    as_json, as_bin = (read("spacy", source_of(SAMPLES / name), Texts(texts())) for name in ("docs.jsonl", "docs.spacy"))
    assert [row.annotation for row in as_json.rows] == [row.annotation for row in as_bin.rows]
    assert as_json.items == as_bin.items == 16
    known = [m.meta for m in as_bin.rows[0].annotation.mentions if m.type == "GPE"]
    assert known == [{"kb_id": "Q585"}], "which to_json leaves out of entities"


def test_offsets_behind_an_emoji_are_those_of_the_words() -> None:
    for row in read("spacy", source_of(SAMPLES / "docs.jsonl"), Texts(texts())).rows:
        words = {m.span.of(texts()[row.annotation.doc_id].text) for m in row.annotation.mentions}
        assert {"Ann Lee", "Acme", "met", "Bob", "Oslo"} <= words


def test_one_group_can_be_read_alone_or_the_entities() -> None:
    source = source_of(SAMPLES / "docs.jsonl")
    assert [len(m) for m in found(read("spacy", source, Texts(texts()), Options(group="triggers")))] == [1, 1]
    assert [len(m) for m in found(read("spacy", source, Texts(texts()), Options(group="ents")))] == [4, 6]
    both = read("spacy", source, Texts(texts()))
    assert [len(m) for m in found(both)] == [7, 9]
    assert both.notes[0] == "2 entities stand in a span group too, each with the same label, and counts once"
    assert both.notes[1] == "mentions are read from ents, sc, triggers: name one with --group"


def test_an_unknown_group_is_told_with_those_there_are() -> None:
    (fault,) = refused(doc_json(spans={"sc": []}), group="cs")
    assert (fault.id, fault.place) == ("unknown-group", "d.json")
    assert "sc" in fault.hint


def test_a_group_called_events_holds_events() -> None:
    trigger = {"start": 18, "end": 21, "label": "CONSULT", "kb_id": ""}
    (row,) = converted(doc_json(spans={"events": [trigger]})).rows
    assert row.annotation.layers == ("mentions", "events")
    assert row.annotation.events == (Event("v1", Span(18, 21), "CONSULT"),)
    assert converted(doc_json(spans={"events": [trigger]}), group="events").rows[0].annotation.layers == ("events",)


def test_what_is_in_ents_and_twice_in_groups_is_two_mentions() -> None:
    span = {"start": 2, "end": 9, "label": "PER", "kb_id": ""}
    both = converted(doc_json(spans={"a": [span], "b": [span]}))
    assert found(both) == [[(2, 9, "PER")] * 2]
    other = converted(doc_json(spans={"a": [span | {"label": "PERSON"}]}))
    assert found(other) == [[(2, 9, "PER"), (2, 9, "PERSON")]]


def test_what_the_entity_and_its_span_say_is_kept_together() -> None:
    doc = spacy.blank("en")(TEXT)
    doc.set_ents([Tokens(doc, 1, 3, "PER", kb_id="Q1")])
    doc.spans["sc"] = SpanGroup(doc, attrs={"scores": [0.25]}, spans=[Tokens(doc, 1, 3, "PER", span_id="s1")])
    (row,) = converted(DocBin(docs=[doc]).to_bytes()).rows
    (mention,) = row.annotation.mentions
    assert (mention.score, mention.meta) == (0.25, {"kb_id": "Q1", "id": "s1", "group": "sc"})


def test_classifications_of_the_text_are_listed() -> None:
    whole = converted(doc_json(cats={"POLITICS": 0.9}))
    assert (whole.items, [left.place for left in whole.left]) == (2, ["d.json:1: $.cats"])


def test_a_document_is_known_by_its_id_or_its_text() -> None:
    known = {"d1": document_of("d1", TEXT), "d2": document_of("d2", TEXT)}
    assert converted(doc_json(), known=known).rows[0].annotation.doc_id == "d1"
    assert converted(doc_json(doc_id="d2"), known=known).rows[0].annotation.doc_id == "d2"
    assert converted(doc_json(_={"doc_id": "d2"}), known=known).rows[0].annotation.doc_id == "d2"
    other = converted(doc_json()).rows[0]
    assert (other.annotation.doc_id, other.text) == ("d", TEXT)


@pytest.mark.parametrize("beside", ["user_data", "underscore"])
def test_a_docbin_keeps_ids_in_user_data_or_underscore_attributes(beside: str) -> None:
    doc = spacy.blank("en")(TEXT)
    doc.ents = ()  # somebody looked, and found nothing
    key = "doc_id" if beside == "user_data" else ("._.", "doc_id", None, None)
    doc.user_data[key] = "d7"
    stored, bare = (converted(DocBin(docs=[doc], store_user_data=store).to_bytes()).rows[0] for store in (True, False))
    assert (stored.annotation.doc_id, bare.annotation.doc_id) == ("d7", "d")


def test_a_docbin_without_spacy_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy.tokens", None)
    with pytest.raises(ValueError, match=r"pip install '\.\[spacy\]' in a clone"):
        read("spacy", source_of(SAMPLES / "docs.spacy"), Texts(texts()))
    assert read("spacy", source_of(SAMPLES / "docs.jsonl"), Texts(texts())).items == 16


@pytest.mark.parametrize("content", [b"x\x9cnothing", zlib.compress(b"nothing"), zlib.compress(b"\x81\xa5attrs\x90")])
def test_a_damaged_docbin_is_told(content: bytes) -> None:
    assert [i.id for i in refused(content)] == ["not-a-docbin"]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_docbin_damaged_inside_is_read_or_refused_but_never_fails(data: st.DataObject) -> None:
    raw = bytearray(zlib.decompress((SAMPLES / "docs.spacy").read_bytes()))
    # Not in the tokens themselves, whose bytes spaCy takes on trust.
    at = data.draw(st.integers(raw.index(b"strings"), len(raw) - 1))
    raw[at] = data.draw(st.integers(0, 255))
    try:
        converted(zlib.compress(bytes(raw)))
    except DataError as refusal:
        assert refusal.incidents  # noqa: PT017  # whether it is refused is not the question


@pytest.mark.parametrize(
    ("change", "id_", "path"),
    [
        ({"start": "2"}, "wrong-type", "$.ents[0].start"),
        ({"label": None}, "wrong-type", "$.ents[0].label"),
        ({"score": 3}, "wrong-type", "$.ents[0].score"),
        ({"end": 99}, "span-outside-text", "$.ents[0]"),
        ({"end": 2}, "empty-span", "$.ents[0]"),
    ],
)
def test_a_fault_names_its_place(change: dict[str, Any], id_: str, path: str) -> None:
    entity = {"start": 2, "end": 9, "label": "PER"} | change
    assert [(i.id, i.place) for i in refused(doc_json(ents=[entity]))] == [(id_, f"d.json:1: {path}")]


def test_every_fault_of_a_file_is_told_at_once() -> None:
    lines = [{"ents": []}, 5, doc_json(ents=[{}], spans=[], cats=3), doc_json(ents=3, spans={"x": 3}), doc_json(text=3)]
    source = Source("d.jsonl", None, "\n".join(map(json.dumps, lines)).encode())
    with pytest.raises(DataError) as caught:
        read("spacy", source, Texts({}))
    assert [(i.id, i.place.removeprefix("d.jsonl:")) for i in caught.value.incidents] == [
        ("missing-key", "1: $"),
        ("wrong-type", "2: $"),
        ("wrong-type", "3: $.spans"),
        ("wrong-type", "3: $.cats"),
        *[("missing-key", "3: $.ents[0]")] * 3,
        ("wrong-type", "4: $.ents"),
        ("wrong-type", "4: $.spans.x"),
        ("wrong-type", "5: $.text"),
    ]


ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 90) | st.floats(0, 2) | st.sampled_from(("PER", "", TEXT)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("ents", "start", "x")), inner, max_size=3),
    max_leaves=4,
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_sample_is_read_or_refused_but_never_fails(data: st.DataObject) -> None:
    record = json.loads((SAMPLES / "docs.jsonl").read_text().splitlines()[0])
    for _ in range(data.draw(st.integers(1, 3))):
        held: Any = data.draw(st.sampled_from([record, record.get("spans"), record.get("ents")]))
        if isinstance(held, list) and held:
            held = data.draw(st.sampled_from(held))
        if isinstance(held, dict):
            held[data.draw(st.sampled_from([*held, "doc_id"]))] = data.draw(ANY)
    try:
        rows = converted(record, data.draw(st.sampled_from((None, "ents", "sc"))), texts()).rows
    except DataError:
        return
    assert all(m.span.end <= len(record["text"]) for row in rows for m in row.annotation.mentions)


def through_spacy(line: bytes) -> bytes:
    """The line as spaCy has it again when it has read it, with the id, which spaCy does not keep."""
    record = json.loads(line)
    again = Doc(VOCAB).from_json(record, validate=True).to_json()
    assert again["text"] == record["text"]
    assert again["tokens"] == record["tokens"]
    assert again.get("ents", []) == record.get("ents", [])
    return json.dumps({"doc_id": record["doc_id"], **again}).encode()


def bare(items: Any) -> list[tuple[Span, str]]:
    return [(item.span, item.type) for item in items]


@settings(max_examples=120, deadline=None)
@given(pairs())
def test_mentions_and_events_come_back_through_spacy_and_all_else_is_listed(pair: Any) -> None:
    document, annotation, _ = pair
    made = written(annotation, document)
    result = read("spacy", Source("d.json", None, through_spacy(made.files[""])), Texts({"d": document}))
    (row,) = result.rows
    lost = {left.place.partition("#")[2] for left in made.left if left.why.startswith("it begins or ends")}
    assert bare(row.annotation.mentions) == bare(m for m in annotation.mentions if m.id not in lost)
    assert bare(row.annotation.events) == bare(e for e in annotation.events if e.id not in lost)
    assert row.annotation.layers == ("mentions", "events")
    listed = Counter(left.place for left in made.left if "#" in left.place)
    others = (*annotation.entities, *annotation.instances, *annotation.relations, *annotation.event_relations)
    arguments = [e.id for e in annotation.events for _ in e.arguments]
    assert listed == Counter(f"d#{i}" for i in (*lost, *arguments, *(o.id for o in others)))


@settings(max_examples=150, deadline=None)
@given(LETTERS, st.data())
def test_spans_of_any_text_come_back_through_spacy_unless_they_are_listed(text: str, data: st.DataObject) -> None:
    document = document_of("d", text)
    places = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).filter(lambda p: p[0] < p[1])
    drawn = data.draw(st.lists(st.tuples(places, st.sampled_from(("A", "B", ""))), max_size=6))
    mentions = tuple(Mention(f"m{n}", Span(*place), label) for n, (place, label) in enumerate(drawn, 1))
    made = written(Annotation("d", ("mentions",), mentions), document)
    (row,) = read("spacy", Source("d.json", None, through_spacy(made.files[""])), Texts({"d": document})).rows
    lost = {left.place.removeprefix("d#") for left in made.left}
    assert bare(row.annotation.mentions) == bare(m for m in mentions if m.id not in lost)
    inside = [m for m in mentions if not (m.span.of(text)[0].isspace() or m.span.of(text)[-1].isspace())]
    assert not lost & {m.id for m in inside}, "what begins and ends with no white space is written"


@given(LETTERS, st.sets(st.integers(0, 14)))
def test_tokens_have_a_border_at_every_cut_that_touches_no_white_space(text: str, cuts: set[int]) -> None:
    tokens = list(_tokens(text, cuts))
    borders = {edge for token in tokens for edge in token}
    assert all(start < end for start, end in tokens)
    for cut in cuts:
        if 0 < cut < len(text) and not text[cut - 1].isspace() and not text[cut].isspace():
            assert cut in borders


def test_a_sample_read_written_and_read_by_spacy_is_the_same() -> None:
    once = read("spacy", source_of(SAMPLES / "docs.jsonl"), Texts(texts()))
    made = write("spacy", once.rows, texts())
    lines = b"\n".join(map(through_spacy, made.files[""].splitlines()))
    again = read("spacy", Source("d.jsonl", None, lines), Texts(texts()))
    assert [row.annotation for row in again.rows] == [row.annotation for row in once.rows]
    linked = [[m.span for m in row.annotation.mentions if (m.meta or {}).get("kb_id") == "Q1"] for row in again.rows]
    assert linked == [[Span(2, 9)], [Span(55, 62)]]


def test_entities_are_the_longest_that_do_not_overlap() -> None:
    document = document_of("d", "Ann Lee of Acme met")
    spans = [Span(0, 3), Span(0, 15), Span(11, 15), Span(16, 19)]
    mentions = tuple(Mention(f"m{n}", span, "X") for n, span in enumerate(spans))
    record = json.loads(written(Annotation("d", ("mentions",), mentions), document).files[""])
    doc = Doc(VOCAB).from_json(record)
    assert [(e.start_char, e.end_char) for e in spacy.util.filter_spans(doc.spans["mentions"])] == [(0, 15), (16, 19)]
    assert [(e["start"], e["end"]) for e in record["ents"]] == [(0, 15), (16, 19)]


def test_layers_that_are_not_claimed_are_not_written() -> None:
    document = document_of("d", TEXT)
    event = Event("v1", Span(18, 21), "CONSULT", arguments=(Argument("ACTOR", "m1"),))
    mention = Mention("m1", Span(2, 9), "PER")
    made = written(Annotation("d", ("events",), (mention,), events=(event,)), document)
    record = json.loads(made.files[""])
    assert "ents" not in record
    assert list(record["spans"]) == ["events"]
    assert sorted(left.place for left in made.left) == ["d#m1", "d#v1"]
    (row,) = converted(record).rows
    assert row.annotation.layers == ("events",)
    only = written(Annotation("d", ("relations",), (mention,), relations=(Relation("r1", "X", "m1", "m1"),)), document)
    assert sorted(left.place for left in only.left) == ["d#m1", "d#r1"]


def test_attributes_are_listed_by_their_number() -> None:
    mention = Mention("m1", Span(2, 9, Quote("Ann Lee", "exact")), "PER", "NAM", score=0.5, meta={"kb_id": "Q1", "x": 1})
    made = written(Annotation("d", ("mentions",), (mention, replace(mention, id="m2"))), document_of("d", TEXT))
    assert sorted(left.what for left in made.left) == [
        "kind of 2 mentions", "meta of 2 mentions", "score of 2 mentions", "the quoted words of 2 mentions"
    ]  # fmt: skip


def test_a_mention_that_is_nowhere_is_listed() -> None:
    mention = Mention("m1", Span.nowhere(0, Quote("Anna", "unaligned")), "PER")
    made = written(Annotation("d", ("mentions",), (mention,)), document_of("d", TEXT))
    assert [(left.place, left.why) for left in made.left] == [("d#m1", "it is nowhere in the text")]


def test_what_is_read_can_be_scored() -> None:
    for row in read("spacy", source_of(SAMPLES / "docs.spacy"), Texts(texts())).rows:
        assert not prediction_incidents(texts()[row.annotation.doc_id], row.annotation, None)


def test_documents_in_which_nobody_looked_are_a_fault_not_an_empty_finding() -> None:
    made = spacy.blank("en")("Ann met Bob.").to_json()
    with pytest.raises(DataError, match=r"no document has ents or spans: nothing says what was found.* \[missing-key\]"):
        read("spacy", Source("s.json", None, json.dumps(made).encode()), Texts({}))
    (row,) = read("spacy", Source("s.json", None, json.dumps(made | {"ents": []}).encode()), Texts({})).rows
    assert row.annotation.layers == ("mentions",)
