"""``communique measures``: every measure that there is, with what it counts, which way edge cases go, and after whom."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from strategies import ALL_MEASURES

from communique.measures.families import FAMILIES
from communique.measures.measure import MEASURES, definition, parse

COMMAND = (sys.executable, "-c", "import sys; from communique.cli import main; sys.argv[0] = 'communique'; main()")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, "measures", *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(run("--format", "json").stdout)
    return rows


def asked(row: dict[str, Any]) -> str:
    return str(row["measure"]).replace("…", "instances")


def test_every_measure_of_the_table_is_there_once(rows: list[dict[str, Any]]) -> None:
    names = [str(parse(asked(row))) for row in rows]
    assert len(set(names)) == len(names)
    assert {name for name, row in zip(names, rows, strict=True) if row["printed"]} == set(map(str, MEASURES))


def test_every_name_and_every_value_of_every_parameter_is_there(rows: list[dict[str, Any]]) -> None:
    names = {str(parse(asked(row))) for row in rows}
    types = [dict(m.params).get("types", "instances") for m in ALL_MEASURES]
    single = {str(m) for m, of in zip(ALL_MEASURES, types, strict=True) if len(m.params) < 2 and of == "instances"}
    assert names == single
    assert {name.partition("(")[0] for name in names} == set(FAMILIES)


def test_each_says_what_it_counts_on_which_edges_and_after_whom(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        assert list(row) == ["measure", "counts", "edges", "source", "layers", "gold_layers", "printed", "swaps"]
        assert all(row[key].strip() for key in ("counts", "edges", "source")), row
        defined = definition(parse(asked(row)))
        held = (row["layers"], row["gold_layers"], row["swaps"])
        assert held == (list(defined.layers), list(defined.gold_layers), defined.swaps)


def test_the_text_says_what_the_json_says(rows: list[dict[str, Any]]) -> None:
    done = run()
    assert (done.returncode, done.stderr) == (0, "")
    text = " ".join(done.stdout.split())
    for row in rows:
        one_way = "" if row["swaps"] else " (one way)"
        needs = ", ".join(row["layers"] + [f"{layer} (gold)" for layer in row["gold_layers"]])
        said = f"counts {row['counts']} edges {row['edges']} source {row['source']} needs {needs}"
        assert f"{row['measure']}{one_way} {said}" in text
    assert any(row["gold_layers"] for row in rows)
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert "\x1b" not in done.stdout


def test_one_way_measures_are_those_that_use_the_golds_clusters(rows: list[dict[str, Any]]) -> None:
    one_way = [row["measure"] for row in rows if not row["swaps"]]
    assert one_way == ["Arg-C+(match=coref)", "Rel(level=entity)"]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [(("Ent-C",), "unexpected extra argument"), (("--format", "markdown"), "'markdown' is not one of 'text', 'json'")],
)
def test_misuse_ends_with_2(arguments: tuple[str, ...], problem: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert problem in done.stderr


def test_help_has_an_example() -> None:
    assert "communique measures" in run("--help").stdout.partition("Example:")[2]
