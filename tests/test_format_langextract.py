"""LangExtract's JSON Lines: its own intervals kept, what it could not place aligned, and every difference of words told."""

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
from communique.model import Mention, Quote

SAMPLE = Path(__file__).parent / "formats" / "langextract" / "annotated.jsonl"
TEXT = "🎉 Ann Lee of Acme met Bob in Oslo."
RECORDS = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]


def converted(*records: Any, known: dict[str, str] | None = None) -> Converted:
    content = "\n".join(map(json.dumps, records)).encode()
    documents = {doc_id: document_of(doc_id, text) for doc_id, text in (known or {}).items()}
    return read("langextract", Source("x.jsonl", None, content), Texts(documents), Options())


def extraction(words: str, start: Any, end: Any, status: Any = "match_exact", **more: Any) -> dict[str, Any]:
    interval = None if start is None else {"start_pos": start, "end_pos": end}
    return {"extraction_class": "PER", "extraction_text": words, "char_interval": interval, "alignment_status": status, **more}


def record(*extractions: Any, **more: Any) -> dict[str, Any]:
    return {"document_id": "d1", "text": TEXT, "extractions": list(extractions), **more}


def mentions(*extractions: Any) -> tuple[Mention, ...]:
    (row,) = converted(record(*extractions)).rows
    return row.annotation.mentions


def refused(*records: Any) -> tuple[Incident, ...]:
    with pytest.raises(DataError) as caught:
        converted(*records)
    return caught.value.incidents


def test_the_sample_is_recognised_and_every_extraction_is_a_mention() -> None:
    source = source_of(SAMPLE)
    assert detect(source)[0] == "langextract"
    found = read("langextract", source, Texts({}))
    assert found.items == sum(len(r["extractions"]) for r in RECORDS) == 13
    assert found.left == ()
    first, second = found.rows
    assert [(m.span.of(TEXT), m.type) for m in first.annotation.mentions] == [
        ("Ann Lee", "PER"), ("Acme", "ORG"), ("met", "CONSULT"), ("Bob", "PER"), ("Oslo", "GPE"),
    ]  # fmt: skip
    assert first.annotation.layers == second.annotation.layers == ("mentions",)
    assert (first.quoted, second.quoted) == (False, True)


def test_words_that_are_not_those_of_the_interval_are_its_quote_and_say_how_like_they_are() -> None:
    annotation = read("langextract", source_of(SAMPLE), Texts({})).rows[1].annotation
    quotes = {m.span.quote.text: (m.span.of(RECORDS[1]["text"]), m.span.quote) for m in annotation.mentions if m.span.quote}
    assert quotes["ACME"] == ("Acme", Quote("ACME", "normalised"))
    assert quotes["Bob Ray Smith"] == ("Bob", Quote("Bob Ray Smith", "fuzzy", 0.2308))  # 3 of 13 characters
    assert quotes["Miss Ann Lee stayed in"][1].status == "fuzzy"
    assert quotes["Carl Friedrich"] == ("Carl Friedrich", Quote("Carl Friedrich", "unaligned"))
    assert len(quotes) == 5


def test_what_langextract_did_not_place_is_aligned_here_or_kept_without_a_place() -> None:
    bob, eve, other = mentions(extraction("Bob", None, None, None), extraction("Eve", None, None, None),
                               extraction("Carl", None, None, None))  # fmt: skip
    assert (bob.span.of(TEXT), bob.span.quote) == ("Bob", Quote("Bob", "exact"))
    assert not eve.span.placed
    assert not other.span.placed
    assert eve.span != other.span


def test_a_placed_neighbour_tells_which_occurrence_is_meant() -> None:
    text = "Bob met Eve. Bob met Ann."
    (row,) = converted(record(extraction("Bob", 13, 16), extraction("met", None, None, None), text=text)).rows
    assert row.annotation.mentions[1].span.start == 17


def test_an_interval_of_nulls_is_none() -> None:
    (mention,) = mentions(extraction("Bob", None, None) | {"char_interval": {"start_pos": None, "end_pos": None}})
    assert mention.span.of(TEXT) == "Bob"


def test_offsets_count_code_points_and_an_exact_match_in_other_units_says_which_fit() -> None:
    (mention,) = mentions(extraction("Ann Lee", 2, 9))
    assert (mention.span.start, mention.span.end, mention.span.quote) == (2, 9, None)
    (fault,) = refused(record(extraction("Ann Lee", 3, 10)))
    assert (fault.id, fault.place) == ("text-differs", "x.jsonl:1: $.extractions[0].char_interval")
    assert "UTF-16" in fault.hint


def test_what_langextract_takes_for_the_same_is_no_fault() -> None:
    text = "Ann\n Lee met ANN-LEE."
    (row,) = converted(record(extraction("Ann Lee", 0, 8), extraction("ann - lee", 13, 20), text=text)).rows
    first, second = (m.span.quote for m in row.annotation.mentions)
    assert first == Quote("Ann Lee", "normalised")
    assert second == Quote("ann - lee", "fuzzy", 0.7778)  # two spaces in nine characters


def test_attributes_and_the_rest_go_to_meta_and_empty_ones_nowhere() -> None:
    (mention,) = mentions(extraction("Bob", 23, 26, attributes={"kind": "NAM"}, group_index=0, description=None) | {
        "char_interval": {"start_pos": 22, "end_pos": 25}})  # fmt: skip
    assert mention.meta == {"attributes": {"kind": "NAM"}, "group_index": 0, "alignment_status": "match_exact"}


def test_a_document_is_known_by_its_text_where_langextract_made_up_the_id() -> None:
    found = converted(record(extraction("Bob", 22, 25), document_id="doc_1a2b3c4d"), known={"known": TEXT})
    assert [row.annotation.doc_id for row in found.rows] == ["known"]
    found = converted({**record(), "text": None, "document_id": "known"}, known={"known": TEXT})
    assert [row.annotation.doc_id for row in found.rows] == ["known"]


def test_no_extractions_say_that_nothing_was_found() -> None:
    (row,) = converted(record() | {"extractions": None}).rows
    assert (row.annotation.layers, row.annotation.mentions) == (("mentions",), ())


def test_every_fault_is_told_at_once_with_line_and_path() -> None:
    found = refused(
        5,
        {"document_id": "d1", "text": TEXT},
        record() | {"extractions": {}},
        record(3, {"extraction_class": 1, "extraction_text": "Bob"}, {"extraction_class": "PER"}),
        record(extraction("Bob", 22, 99), extraction("Bob", 25, 22), extraction("Bob", "22", 25), extraction("B", 1, 2, 3)),
        record() | {"document_id": 5},
    )
    assert [(i.id, i.place.removeprefix("x.jsonl:")) for i in found] == [
        ("wrong-type", "1: $"),
        ("missing-key", "2: $"),
        ("wrong-type", "3: $.extractions"),
        ("wrong-type", "4: $.extractions[0]"),
        ("wrong-type", "4: $.extractions[1].extraction_class"),
        ("missing-key", "4: $.extractions[2]"),
        ("span-outside-text", "5: $.extractions[0].char_interval"),
        ("empty-span", "5: $.extractions[1].char_interval"),
        ("wrong-type", "5: $.extractions[2].char_interval.start_pos"),
        ("wrong-type", "5: $.extractions[3].alignment_status"),
        ("wrong-type", "6: $.document_id"),
    ]


@settings(max_examples=80)
@given(damaged(RECORDS))
def test_a_damaged_sample_is_read_or_refused_but_never_fails(records: list[Any]) -> None:
    try:
        found = converted(*records)
    except DataError:
        return
    for row in found.rows:
        text = row.text or ""
        assert all(m.span.end <= len(text) for m in row.annotation.mentions if m.span.placed)


@given(st.lists(st.tuples(st.integers(0, 33), st.integers(1, 9), st.sampled_from(("PER", "ORG"))), max_size=6))
def test_intervals_with_their_own_words_come_through_as_they_are(spans: list[tuple[int, int, str]]) -> None:
    wanted = [(start, min(start + size, len(TEXT)), type_) for start, size, type_ in spans]
    given_ = [extraction(TEXT[s:e], s, e) | {"extraction_class": t} for s, e, t in wanted]
    held = mentions(*given_)
    assert [(m.span.start, m.span.end, m.type) for m in held] == wanted
    assert all(m.span.quote is None for m in held)


def test_keys_that_may_say_something_of_the_text_are_told() -> None:
    line = json.dumps({"text": "Ann met Bob.", "extractions": [], "relations": [["Ann", "Bob"]]})
    result = read("langextract", Source("x.jsonl", None, line.encode()), Texts({}))
    assert result.notes == ("the key 'relations' of 1 record is not read",)
