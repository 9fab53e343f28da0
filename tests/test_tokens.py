"""Tokens and sentences: laws that hold for any text, and the borders that annotators and scorers rely on."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from communique.model import Span
from communique.tokens import sentences, tokenize

PROJECT = Path(__file__).parents[1]

# Pieces that meet at every border the rules know, so that random joins of them are hard cases.
PIECES = st.one_of(
    st.sampled_from([" ", "\u00a0", "\n", "\r\n", "\u2028", "\t", "\u200d", "\u200b", "\ufeff", "e\u0301"]),
    st.sampled_from(
        re.findall(r"\S+", "U.S. Mr. J. Ann The met don't ’s 's ’ “ ” \" ( ) . ? ! … ... - — , _ 2.5 1,000 20th 👩‍👧 🇨🇳 ❤️")
    ),
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=20).map("".join))


def words(text: str) -> list[str]:
    return [token.of(text) for token in tokenize(text)]


def lines(text: str) -> list[str]:
    return [sentence.of(text) for sentence in sentences(text)]


def covered(spans: tuple[Span, ...]) -> list[int]:
    return [offset for span in spans for offset in range(span.start, span.end)]


@given(TEXTS)
@example("\u200d’s.\u0301 \x1c'S")
def test_every_character_but_white_space_is_in_exactly_one_token(text: str) -> None:
    assert covered(tokenize(text)) == [i for i, character in enumerate(text) if not character.isspace()]


@given(TEXTS)
def test_every_token_is_in_exactly_one_sentence(text: str) -> None:
    tokens, found = tokenize(text), sentences(text)
    assert [sum(s.contains(token) for s in found) for token in tokens] == [1] * len(tokens)
    assert all(a.end <= b.start for a, b in pairwise(found))


@given(TEXTS)
def test_no_sentence_has_white_space_at_its_edges(text: str) -> None:
    assert [sentence.of(text).strip() for sentence in sentences(text)] == lines(text)


@given(TEXTS)
def test_no_sentence_holds_a_line_break(text: str) -> None:
    assert [sentence.splitlines() for sentence in lines(text)] == [[sentence] for sentence in lines(text)]


@given(st.lists(TEXTS, max_size=4))
@example(["A.", "A"])
@example(["No.", "5"])
@example(["Ann J.\r", "Roe"])
def test_what_stands_on_one_line_does_not_change_the_next(texts: list[str]) -> None:
    assert words("\n".join(texts)) == [word for text in texts for word in words(text)]
    assert lines("\n".join(texts)) == [line for text in texts for line in lines(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("U.S.-China ties", "U.S.|-|China|ties"),
        ("the U.S.’s side", "the|U.S.|’s|side"),
        ("Acme's and Acme’s", "Acme|'s|and|Acme|’s"),
        ("ACME'S STAFF", "ACME|'S|STAFF"),
        ("ties (TIES)’s and “Quad”'s “‘s”", "ties|(|TIES|)|’s|and|“|Quad|”|'s|“|‘|s|”"),
        ("the leaders’ summit", "the|leaders|’|summit"),
        ("don't, O’Brien", "don't|,|O’Brien"),
        ("‘unofficial’ “talks”", "‘|unofficial|’|“|talks|”"),
        ("a seven-and-a-half-hour talk", "a|seven|-|and|-|a|-|half|-|hour|talk"),
        ("Mr. Roe and Ann J. Roe", "Mr.|Roe|and|Ann|J.|Roe"),
        ("Springfield, DC, at 2:49 p.m.", "Springfield|,|DC|,|at|2:49|p.m."),
        ("$2.5 and 1,000, 50% by the 20th", "$|2.5|and|1,000|,|50|%|by|the|20th"),
        ("Acme Inc. (AI)", "Acme|Inc.|(|AI|)"),
        ("Well... it ended.", "Well|...|it|ended|."),
        ("Jan. 5, No. 7; say no.", "Jan.|5|,|No.|7|;|say|no|."),
        ("👩‍👧 met 🇨🇳🇺🇸 ❤️", "👩‍👧|met|🇨🇳|🇺🇸|❤️"),
        ("cafe\u0301s", "cafe\u0301s"),
        ("a\u00a0b\r\nc", "a|b|c"),
        ("plan A.\nA new day, Ann J.\u2028Roe, No.\n5", "plan|A|.|A|new|day|,|Ann|J|.|Roe|,|No|.|5"),
        ("Ann J.\u00a0Roe, No.\u00a05", "Ann|J.|Roe|,|No.|5"),
    ],
)
def test_tokens_split_where_annotators_need_a_border(text: str, expected: str) -> None:
    assert words(text) == expected.split("|")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ann met Bob. They spoke.", "Ann met Bob.|They spoke."),
        ("The aim? To talk! 2 days left… “Now.”", "The aim?|To talk!|2 days left…|“Now.”"),
        ("She said, “No.” He left.", "She said, “No.”|He left."),
        ("The U.S. Senate met Mr. Li.", "The U.S. Senate met Mr. Li."),
        ("He left the U.S. The talks went on.", "He left the U.S.|The talks went on."),
        ("Ann J. Roe of Acme Inc. spoke. Dr. No did not.", "Ann J. Roe of Acme Inc. spoke.|Dr. No did not."),
        ("On Jan. 5 it rose 2.5 points. 3 fell.", "On Jan. 5 it rose 2.5 points.|3 fell."),
        ("Title without stop\nThen text.", "Title without stop|Then text."),
        ("One\r\ntwo\u2028three", "One|two|three"),
        ("It fell. and rose", "It fell. and rose"),
        ("It ended (at last.) Then more.", "It ended (at last.)|Then more."),
        (" \u00a0padded\u00a0 ", "padded"),
    ],
)
def test_sentences_end_where_a_reader_would_stop(text: str, expected: str) -> None:
    assert lines(text) == expected.split("|")


def test_a_text_of_white_space_has_neither_tokens_nor_sentences() -> None:
    assert tokenize(" \n\u00a0") == sentences(" \n\u00a0") == ()


@pytest.mark.parametrize("path", sorted((PROJECT / "seeds").glob("*.txt")), ids=lambda path: path.stem)
def test_no_sentence_of_the_articles_ends_after_a_title_or_an_initial(path: Path) -> None:
    ends = [words(line)[-1] for line in lines(path.read_text(encoding="utf-8"))]
    assert not {"Mr.", "J."} & set(ends)
    assert not [end for end in ends if end.endswith(".") and end not in {".", "U.S."}]
