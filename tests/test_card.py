"""The numbers that the dataset card and its neighbours state in prose are those of the data."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ANNOTATIONS = ROOT / "annotations"
SUMMARY = json.loads((ROOT / "corpus" / "dataset.json").read_text(encoding="utf-8"))
TEST = SUMMARY["splits"]["test"]
LINKS = tomllib.loads((ANNOTATIONS / "links.toml").read_text(encoding="utf-8"))
AUDIT = json.loads((ANNOTATIONS / "audit" / "figures.json").read_text(encoding="utf-8"))
LOG = [json.loads(line) for line in (ANNOTATIONS / "adjudication.jsonl").read_text(encoding="utf-8").splitlines()]
SEEDS = tomllib.loads((ROOT / "seeds" / "seeds.toml").read_text(encoding="utf-8"))["document"]
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def card() -> str:
    return " ".join((ROOT / "corpus" / "README.md").read_text(encoding="utf-8").split())


def calibrated() -> list[Path]:
    return sorted((ROOT / "guidelines" / "calibration").glob("round-*/*-first"))


def stories() -> Counter[str]:
    return Counter(d["story"] for d in SEEDS if d["split"] == "test")


def differing() -> set[str]:
    return {row["doc_id"] for row in LOG if row["difference"] is not None}


@pytest.mark.parametrize(
    "sentence",
    [
        f"{WORDS[len(calibrated())].capitalize()} annotators in {WORDS[len({p.parent for p in calibrated()})]} rounds",
        f"They gave the same {len(LINKS['entity'])} entities and the same {WORDS[len(LINKS['event'])]} events",
        f"{WORDS[len(SEEDS)].capitalize()} documents, {WORDS[len({d['story'] for d in SEEDS})]} stories",
        f"{WORDS[max(stories().values())].capitalize()} of the {WORDS[stories().total()]} test articles report the same trip",
        f"so the test split tells {WORDS[len(stories())]} stories",
        f"with {TEST['rows']['events']} test events, two standard errors of a score of .8 are"
        f" {2 * (0.8 * 0.2 / TEST['rows']['events']) ** 0.5:.2f}".replace(" 0.", " ."),
        f"a copy of the gold of all {WORDS[len(SEEDS)]} documents",
    ],
)
def test_a_number_in_the_cards_prose_is_the_datas(sentence: str) -> None:
    assert sentence in card()


def test_the_documents_on_which_the_passes_do_not_differ_are_named() -> None:
    same = sorted({d["doc_id"] for d in SEEDS} - differing())
    assert f"over {' and '.join(same)} the two passes do not differ at all" in card()
    readme = " ".join((ANNOTATIONS / "README.md").read_text(encoding="utf-8").split())
    assert f"the passes over {' and '.join(same)} do not differ" in readme


def test_the_types_with_fifteen_items_in_two_test_documents_are_named() -> None:
    import pyarrow.parquet as pq

    table = pq.read_table(ROOT / "corpus" / "events" / "test.parquet").to_pylist()
    names = list(TEST["counts"]["events"])
    where: dict[str, Counter[str]] = {name: Counter() for name in names}
    for row in table:
        where[names[row["type"]]][row["doc_id"]] += 1
    common = [name for name, of in where.items() if of.total() >= 15 and len(of) >= 2]
    assert f"which {', '.join(common[:-1])} and {common[-1]} have" in card()


def test_the_meeting_that_three_documents_tell_is_what_the_card_says() -> None:
    import pyarrow.parquet as pq

    rows = pq.read_table(ROOT / "corpus" / "stories" / "test.parquet").to_pylist()
    realis = {row["doc_id"]: row["realis"] for row in rows if row["id"] == "blinken-xi-meeting-beijing-2023"}
    names = list(TEST["counts"]["realis"])
    told = {doc_id: {names[r] for r in of} for doc_id, of in realis.items()}
    assert told["001-crossroads"] == {"POSSIBLE"}
    assert "PLANNED" in told["004-guesthouse"]
    assert told["002-great-hall"] == {"ACTUAL"}
    assert "is POSSIBLE in 001-crossroads, announced as PLANNED in 004-guesthouse, and ACTUAL in 002-great-hall" in card()


def test_both_link_readers_gave_what_links_toml_holds() -> None:
    held = []
    for n in (1, 2):
        lines = (ANNOTATIONS / "links" / f"reader-{n}.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        held.append({kind: {frozenset(row["in"]) for row in rows if kind in row} for kind in ("entity", "event")})
    assert held[0] == held[1]
    for kind in ("entity", "event"):
        documents = sorted(tuple(sorted(ref.split("#")[0] for ref in refs)) for refs in held[0][kind])
        assert documents == sorted(tuple(sorted(p["doc_id"] for p in table["places"])) for table in LINKS[kind])


def test_the_seeds_stated_are_those_that_were_drawn() -> None:
    readme = (ANNOTATIONS / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"--errors {AUDIT['planted']} --seed {AUDIT['seed']} ", readme)


def test_the_readme_counts_documents_and_stories() -> None:
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    documents, told = WORDS[len(TEST["documents"])], WORDS[TEST["stories"]]
    assert f"The `test` split has {documents} documents, which tell {told} stories" in readme
