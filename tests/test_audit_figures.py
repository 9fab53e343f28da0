"""The audit's figures: what the card shows of them is there, or the build says what is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from invented import write_project

from communique.audit.figures import parse_figures
from communique.build import build
from communique.incident import DataError
from communique.io import card
from communique.io.files import read_text

FIGURES = parse_figures(*read_text(Path(__file__).parents[1] / "annotations" / "audit" / "figures.json"))
GONE = object()


def changed(path: str, value: Any = GONE) -> dict[str, Any]:
    """The committed figures with another value at one place, or without the key."""
    figures: dict[str, Any] = json.loads(json.dumps(FIGURES))
    *outer, last = path.split(".")
    inner = figures
    for key in outer:
        inner = inner[key]
    if value is GONE:
        del inner[last]
    else:
        inner[last] = value
    return figures


def places(value: Any, path: str = "") -> list[str]:
    """The path of everything that the figures hold."""
    inner = [place for key, held in value.items() for place in places(held, f"{path}.{key}")] if isinstance(value, dict) else []
    return [path.removeprefix("."), *inner] if path else inner


def faults(figures: Any) -> list[str]:
    with pytest.raises(DataError) as caught:
        parse_figures("figures.json", figures if isinstance(figures, str) else json.dumps(figures))
    return [str(i).removesuffix("; have scripts/audit.py write the file again [not-figures]") for i in caught.value.incidents]


OTHERS: list[Any] = [None, [], {}, "x", True, -1, 0.5, 10**9]


@pytest.mark.parametrize("value", [GONE, *OTHERS], ids=["missing", *map(repr, OTHERS)])
def test_what_is_read_without_a_fault_the_card_can_show(value: Any) -> None:
    refused = 0
    for path in places(FIGURES):
        figures = changed(path, value)
        try:
            read = parse_figures("figures.json", json.dumps(figures))
        except DataError:
            refused += 1
        else:
            assert read == figures
            assert card.audit(read)[0].endswith(" suspects listed:")
    assert refused > 20


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ([], "$: expected an object, got []"),
        (changed("seed"), "$: the key seed is missing"),
        (changed("reader.caught", "110"), "$.reader.caught: expected a count, got '110'"),
        (changed("reader.by.layer", 7), "$.reader.by.layer: expected an object, got 7"),
        (changed("reader.by.layer.events.caught"), "$.reader.by.layer.events: the key caught is missing"),
        (changed("reader.verdicts.error"), "$.reader.verdicts: the key error is missing"),
        (changed("checks.false_alarms", -1), "$.checks.false_alarms: expected a count, got -1"),
        (changed("estimate.all.real", True), "$.estimate.all.real: expected a count, got true"),
        (changed("estimate.all.high", "1"), "$.estimate.all.high: expected a number or null, got '1'"),
        (changed("estimate.all.rate_high", None), "$.estimate.all.rate_high: it is null, and rate_low is 0.853378"),
        (changed("estimate.all.left", 2.5), "$.estimate.all.low: it is null, and left is 2.5"),
    ],
)
def test_figures_that_the_card_cannot_show_are_refused(figures: Any, said: str) -> None:
    assert faults(figures) == [f"figures.json: {said}"]


def test_every_fault_of_the_figures_is_reported() -> None:
    assert len(faults({"estimate": {"all": {}}})) == 5 + 6
    assert faults('{"seed": 1, "seed": 2}')[0].endswith("[invalid-json]")


def test_the_build_refuses_figures_that_the_card_cannot_show(tmp_path: Path) -> None:
    path = write_project(tmp_path) / "annotations" / "audit" / "figures.json"
    path.parent.mkdir()
    path.write_text(json.dumps(FIGURES), encoding="utf-8")
    assert "120 errors planted" in build(tmp_path)["corpus/README.md"].decode("utf-8")
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(DataError, match=r"figures\.json: \$: the key seed is missing"):
        build(tmp_path)
