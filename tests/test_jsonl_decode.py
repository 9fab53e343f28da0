"""JSON Lines: which lines there are, and that each is held to the strict reading."""

from __future__ import annotations

from typing import Any

from communique.incident import Incident
from communique.io.jsonl_decode import lines


def read(content: str) -> tuple[list[tuple[int, Any]], list[Incident]]:
    faults: list[Incident] = []
    return list(lines("p.jsonl", content, faults)), faults


def test_only_a_line_feed_ends_a_line_and_blank_lines_count() -> None:
    held = {"a": "one\u2028\x85\u2029line"}
    assert read('{"a": "one\u2028\x85\u2029line"}\r\n\n  \n2\n') == ([(1, held), (4, 2)], [])


def test_null_is_a_value_and_no_fault() -> None:
    assert read("null") == ([(1, None)], [])


def test_every_line_that_cannot_be_read_is_reported_and_the_others_are_given() -> None:
    broken = ["{", '{"a": 1, "a": 2}', "NaN", '"\\ud800"', "[" * 100_000, "1" * 641]
    values, faults = read("\n".join([*broken, "[]"]))
    assert values == [(7, [])]
    assert [(i.id, i.place.split(":")[:2]) for i in faults] == [("invalid-json", ["p.jsonl", str(n)]) for n in range(1, 7)]


def test_faults_of_lines_and_of_what_they_hold_stand_in_reading_order() -> None:
    faults: list[Incident] = []
    for number, _ in lines("p.jsonl", "1\n{\n3\n[", faults):
        faults.append(Incident("odd", f"p.jsonl:{number}", "odd"))
    assert [(i.id, int(i.place.split(":")[1])) for i in faults] == [
        ("odd", 1), ("invalid-json", 2), ("odd", 3), ("invalid-json", 4)
    ]  # fmt: skip
