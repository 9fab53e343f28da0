"""Quoted words to spans: exact, or refused with the reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique.align.quotes import occurrences, quote, resolve
from communique.incident import DataError
from communique.io.quotes import dump_quotes, parse_quotes
from communique.model import Annotation, Event, EventRelation, Mention, Span
from communique.predictions import document_of
from communique.tokens import sentences

TEXT = "Ann met Bob; the theory: he knew Ann.\nHe met 🎉 Ann-Bob “allies”."
SENTENCES = sentences(TEXT)


def test_a_quote_is_found_in_the_sentence_it_names() -> None:
    assert resolve(TEXT, SENTENCES, "Ann", sentence=2).of(TEXT) == "Ann"
    assert resolve(TEXT, SENTENCES, "Ann", sentence=2).start == TEXT.rindex("Ann")


def test_occurrences_count_within_the_sentence_or_else_the_text() -> None:
    assert resolve(TEXT, SENTENCES, "Ann", sentence=1, occurrence=2).start == 33
    assert resolve(TEXT, SENTENCES, "Ann", occurrence=3).start == TEXT.rindex("Ann")


def test_words_inside_a_word_are_no_occurrence() -> None:
    assert [s.start for s in occurrences(TEXT, "he")] == [25]


def test_a_hyphen_parts_words() -> None:
    assert resolve(TEXT, SENTENCES, "Bob", sentence=2).of(TEXT) == "Bob"


@pytest.mark.parametrize(
    ("words", "sentence", "occurrence", "complaint"),
    [
        ("Anna", 1, None, "'Anna' does not occur in sentence 1"),
        ("Bob;", 2, None, "it does in sentence 1"),
        ("heor", 1, None, "only inside a longer word|except inside a longer word"),
        ("Ann", 1, None, "occurs 2 times in sentence 1; say which"),
        ("Ann", 1, 3, "so there is no occurrence 3"),
        ("Ann", 3, None, "there is no sentence 3; the text has sentences 1 to 2"),
        ("Ann", 0, None, "there is no sentence 0"),
        ("Ann", 1, 0, "count from 1"),
        ("", 1, None, "the quote is empty"),
        ('"allies"', 2, None, "with the same quotation marks"),
    ],
)
def test_what_is_not_there_is_refused_with_the_reason(
    words: str, sentence: int, occurrence: int | None, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        resolve(TEXT, SENTENCES, words, sentence=sentence, occurrence=occurrence)


@given(st.text("ab .\n-é🎉", min_size=1), st.data())
def test_a_span_survives_being_quoted(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(text))))
    parts = sentences(text)
    try:
        q = quote(text, parts, span)
    except ValueError:
        assert span not in occurrences(text, span.of(text))
        return
    assert resolve(text, parts, str(q["text"]), sentence=q.get("sentence"), occurrence=q.get("occurrence")) == span  # type: ignore[arg-type]


def test_an_annotation_survives_being_quoted_whole() -> None:
    document = document_of("d1", TEXT)
    annotation = Annotation(
        "d1",
        ("mentions", "events", "arguments", "event_relations"),
        mentions=(Mention("m1", Span(33, 36), "PER", "NOM", extent=Span(28, 36)),),
        events=(Event("v1", Span(4, 7), "CONSULT", "ACTUAL", "POS"), Event("v2", Span(28, 32), "STATEMENT")),
        event_relations=(EventRelation("x1", "CAUSE", "v1", "v2", (Span(11, 12), Span(25, 27))),),
    )
    import json

    one = dump_quotes([annotation], {"d1": document})
    for content in (one, json.dumps(json.loads(one), indent=2)):  # one line, and spread over many
        rows, faults = parse_quotes("q.json", content, {"d1": document})
        assert faults == ()
        assert rows[0].annotation == annotation


def test_every_span_inside_a_word_is_listed_with_its_path() -> None:
    cut = (Mention("m1", Span(0, 2), "PER"), Mention("m2", Span(0, 3), "PER"), Mention("m3", Span(8, 10), "PER"))
    with pytest.raises(DataError) as caught:
        dump_quotes([Annotation("d1", mentions=cut)], {"d1": document_of("d1", TEXT)})
    assert [(i.id, i.place) for i in caught.value.incidents] == [
        ("unquotable-span", "d1: $.mentions[0]"),
        ("unquotable-span", "d1: $.mentions[2]"),
    ]


def test_a_damaged_first_line_hides_no_other_fault() -> None:
    document = document_of("d1", TEXT)
    content = '{"doc_id": "d2", "mentions": [\n{"doc_id": "d1", "mentions": [{"text": "Anne", "type": "PER"}]}\n'
    _, faults = parse_quotes("q.jsonl", content, {"d1": document})
    assert [f.id for f in faults] == ["invalid-json", "quote-not-found"]


def test_every_quote_that_is_not_found_is_listed_with_its_path() -> None:
    content = '{"doc_id": "d1", "mentions": [{"text": "Anne", "type": "PER"}, {"text": "Bob", "type": "PER"}]}'
    _, faults = parse_quotes("q.jsonl", content, {"d1": document_of("d1", TEXT)})
    assert [(f.id, f.place) for f in faults] == [
        ("quote-not-found", "q.jsonl:1: $.mentions[0]"),
        ("quote-not-found", "q.jsonl:1: $.mentions[1]"),
    ]


def test_truncated_json_over_many_lines_is_one_fault() -> None:
    _, faults = parse_quotes("q.json", '{"doc_id": "d1",\n"mentions": [\n{"text": "Ann"', {})
    assert [f.id for f in faults] == ["invalid-json"]
    assert faults[0].place.startswith("q.json:3:")
