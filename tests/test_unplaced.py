"""A quote that is nowhere in the text is kept, is predicted, never hits, and is listed with its words."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flat import INVENTED, passes
from hypothesis import given
from hypothesis import strategies as st

from communique.incident import DataError
from communique.io.jsonl import parse_rows, read_annotations
from communique.io.jsonl_writer import dumps
from communique.measures.measure import MEASURES
from communique.model import NOWHERE, Annotation, Event, Gold, Mention, Quote, Span
from communique.predictions import parse_predictions
from communique.scorer import read_scores, score

LOST = Quote("Zed of Zoo", "unaligned")
GOLD = Gold((INVENTED,), (Annotation("d"),), "test", "1")


def row(**mention: Any) -> str:
    return json.dumps({"doc_id": "d", "mentions": [{"type": "PER", **mention}]})


def test_it_equals_and_overlaps_nothing() -> None:
    one, other = Span.nowhere(0, LOST), Span.nowhere(1, LOST)
    assert one != other
    assert (one.overlap(other), one.overlap(Span(0, NOWHERE - 1))) == (0, 0)
    assert (one.placed, Span(0, 1).placed) == (False, True)


def test_its_words_are_those_that_were_quoted() -> None:
    assert Span.nowhere(0, LOST).of(INVENTED.text) == "Zed of Zoo"
    assert str(Span.nowhere(3)) == "(not in the text)"


def test_a_file_keeps_its_words_and_no_offsets() -> None:
    held = Annotation("d", ("mentions",), (Mention("m1", Span.nowhere(0, LOST), "PER"),))
    (mention,) = json.loads(dumps([held]))["mentions"]
    quote = {"text": "Zed of Zoo", "status": "unaligned"}
    assert mention == {"id": "m1", "start": None, "end": None, "quote": quote, "type": "PER"}


@given(passes(), st.sets(st.integers(0, 40)))
def test_what_is_written_reads_back_with_every_quote(annotation: Annotation, lost: set[int]) -> None:
    def at(n: int, span: Span) -> Span:
        return Span.nowhere(n, LOST) if n in lost else replace(span, quote=Quote("Bob", "fuzzy", 0.5))

    mentions = tuple(replace(m, span=at(n, m.span)) for n, m in enumerate(annotation.mentions))
    some = replace(annotation, mentions=mentions)
    (read,), faults = parse_rows("p", dumps([some]))
    assert not faults
    assert [m.span.quote for m in read.annotation.mentions] == [m.span.quote for m in mentions]
    assert [m.span.placed for m in read.annotation.mentions] == [m.span.placed for m in mentions]


@given(passes(), st.sampled_from(sorted(map(str, MEASURES))), st.integers(0, 8))
def test_losing_a_span_never_adds_a_hit_and_never_takes_an_item(annotation: Annotation, name: str, n: int) -> None:
    gold = replace(GOLD, annotations=(annotation,))
    if not annotation.mentions:
        return
    n %= len(annotation.mentions)
    mentions = list(annotation.mentions)
    mentions[n] = replace(mentions[n], span=Span.nowhere(n, LOST))
    lost = replace(annotation, mentions=tuple(mentions))
    whole, less = (
        score(gold, [a], measures=[name], seqeval=False, intervals=False, errors=False)[name] for a in (annotation, lost)
    )
    if whole.f1 is not None and less.f1 is not None:
        assert less.f1 <= whole.f1
    if name in ("Ent-C", "Ent-I"):
        hits = {side: getattr(whole.tally, side) - 1 for side in ("hits_predicted", "hits_gold")}
        assert less.tally == replace(whole.tally, **hits)


def test_seqeval_counts_it_as_predicted_too() -> None:
    pred = Annotation("d", mentions=(Mention("m1", Span(0, 3), "PER"), Mention("m2", Span.nowhere(0, LOST), "PER")))
    gold = replace(GOLD, annotations=(Annotation("d", mentions=(Mention("m1", Span(0, 3), "PER"),)),))
    found = score(gold, [pred])["Ent-C"]
    assert found.seqeval is not None
    for figures in (found, found.seqeval):
        assert (figures.precision, figures.recall) == (0.5, 1.0)


def test_the_errors_say_what_was_quoted_and_are_read_back(tmp_path: Path) -> None:
    trigger = Event("v1", Span.nowhere(1, Quote("mett", "unaligned")), "CONSULT")
    pred = Annotation("d", mentions=(Mention("m1", Span.nowhere(0, LOST), "PER"),), events=(trigger,))
    scores = score(GOLD, [pred])
    (error,) = scores.errors["Ent-C"]
    assert (error.kind, error.sentence) == ("spurious", None)
    assert error.pred is not None
    assert error.pred.spans["span"].of("") == "Zed of Zoo"
    scores.save(tmp_path / "s.json")
    assert read_scores(tmp_path / "s.json").errors == scores.errors
    assert read_scores(tmp_path / "s.json").errors["Tri-C"][0].pred.spans["span"].of("") == "mett"  # type: ignore[union-attr]


def test_the_signature_and_a_note_say_that_quotes_were_aligned() -> None:
    pred = Annotation("d", mentions=(Mention("m1", Span(0, 3, Quote("ann", "normalised")), "PER"),))
    scores = score(GOLD, [pred])
    assert "|align:quotes|" in scores["Ent-C"].signature
    assert "Quotes in place of offsets: 1 normalised." in scores.notes
    assert "align" not in score(GOLD, [Annotation("d")])["Ent-C"].signature


@pytest.mark.parametrize(
    ("mention", "id_"),
    [
        ({"start": None, "end": None}, "missing-key"),
        ({"start": None, "end": None, "quote": {"text": "x", "status": "exact"}}, "missing-key"),
        ({"start": 0, "end": 3, "quote": {"text": "x", "status": "unaligned"}}, "two-spans"),
        ({"start": 0, "end": 3, "quote": {"text": "x", "status": "near"}}, "unknown-status"),
        ({"start": 0, "end": 3, "quote": {"text": "x"}}, "missing-key"),
        ({"start": 0, "end": 3, "quote": {"text": "x", "status": "fuzzy", "score": 7}}, "wrong-type"),
        ({"text": "Ann", "quote": {"text": "x", "status": "exact"}}, "two-spans"),
        ({"start": 0, "end": 3, "context": "Ann met"}, "two-spans"),
        ({"text": "Ann", "context": "Ann met Bob"}, "quote-not-aligned"),
    ],
)
def test_a_quote_that_contradicts_itself_is_refused(mention: dict[str, Any], id_: str) -> None:
    with pytest.raises(DataError) as caught:
        parse_predictions("p", row(**mention), GOLD)
    assert [i.id for i in caught.value.incidents] == [id_]
    assert caught.value.incidents[0].place.startswith("p:1: $.mentions[0]")


def test_gold_may_have_none(tmp_path: Path) -> None:
    lost = Annotation("d", mentions=(Mention("m1", Span.nowhere(0, LOST), "PER"),))
    with pytest.raises(DataError, match=r"nowhere in the text: 'Zed of Zoo'.*unplaced-span"):
        score(replace(GOLD, annotations=(lost,)), [Annotation("d")])
    (tmp_path / "p.jsonl").write_text(dumps([lost]))
    assert read_annotations(tmp_path / "p.jsonl")[0].mentions[0].span.quote == LOST
