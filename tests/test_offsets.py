"""UTF-16 units and code points."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique.offsets import code_points, utf16_units

texts = st.text(st.sampled_from("aé\u00a0\r\n“\u200d👩🎉漢"))


@given(texts)
def test_code_points_undo_utf16_units_at_every_offset(text):
    assert [code_points(text, utf16_units(text, n)) for n in range(len(text) + 1)] == list(range(len(text) + 1))


@given(texts)
def test_the_units_before_the_end_are_half_the_bytes_of_the_encoding(text):
    assert utf16_units(text, len(text)) == len(text.encode("utf-16-le")) // 2


def test_an_offset_inside_a_surrogate_pair_is_refused():
    with pytest.raises(ValueError, match="offset 2 splits a character"):
        code_points("a🎉b", 2)


@pytest.mark.parametrize("units", [-1, 5])
def test_an_offset_outside_the_text_is_refused_in_units(units):
    with pytest.raises(ValueError, match=rf"offset {units} lies outside the text, which has 4 UTF-16 units"):
        code_points("a🎉b", units)


@pytest.mark.parametrize("points", [-1, 4])
def test_an_offset_outside_the_text_is_refused_in_code_points(points):
    with pytest.raises(ValueError, match=rf"offset {points} lies outside the text, which has 3 code points"):
        utf16_units("a🎉b", points)
