"""JSON Lines: which lines there are, and that each is held to the strict reading."""

from __future__ import annotations

from communique.io.jsonl_decode import lines


def test_only_a_line_feed_ends_a_line_and_blank_lines_count() -> None:
    values, faults = lines("p.jsonl", '{"a": "one\u2028\x85\u2029line"}\r\n\n  \n2\n')
    assert values == [(1, {"a": "one\u2028\x85\u2029line"}), (4, 2)]
    assert faults == []


def test_null_is_a_value_and_no_fault() -> None:
    assert lines("p.jsonl", "null") == ([(1, None)], [])


def test_every_line_that_cannot_be_read_is_reported_and_the_others_are_given() -> None:
    broken = ["{", '{"a": 1, "a": 2}', "NaN", '"\\ud800"', "[" * 100_000, "1" * 641]
    values, faults = lines("p.jsonl", "\n".join([*broken, "[]"]))
    assert values == [(7, [])]
    assert [(i.id, i.place.split(":")[:2]) for i in faults] == [("invalid-json", ["p.jsonl", str(n)]) for n in range(1, 7)]
