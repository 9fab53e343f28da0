"""What is the same in several documents: read strictly, held to the gold, and joined into the tables."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from invented import write_gold, write_project

from communique.build import build
from communique.checks.links import link_incidents
from communique.incident import DataError
from communique.io.files import write_bytes
from communique.io.links import Links, parse_links, with_wikidata
from communique.io.parquet import from_bytes
from communique.model import Annotation, Entity, Event, Instance, Mention, Span
from communique.predictions import document_of

DOCUMENTS = {
    "d1": document_of("d1", "Ann met Bob in Rome. She liked it."),
    "d2": document_of("d2", "Will Ann and Bob meet again? Ann may."),
}


def at(doc_id: str, words: str) -> Span:
    start = DOCUMENTS[doc_id].text.index(words)
    return Span(start, start + len(words))


GOLD = {
    "d1": Annotation(
        "d1",
        mentions=(
            Mention("m1", at("d1", "Ann"), "PER", "NAM"),
            Mention("m2", at("d1", "She"), "PER", "PRO"),
            Mention("m3", at("d1", "Rome"), "GPE", "NAM"),
        ),
        entities=(Entity("e1", "PER", ("m1", "m2"), "Ann"), Entity("e2", "GPE", ("m3",), "Rome")),
        events=(Event("v1", at("d1", "met"), "CONSULT", "ACTUAL", "POS"),),
        instances=(Instance("i1", ("v1",)),),
    ),
    "d2": Annotation(
        "d2",
        mentions=(Mention("m1", at("d2", "Ann"), "PER", "NAM"),),
        entities=(Entity("e1", "PER", ("m1",), "Ann"),),
        events=(Event("v1", at("d2", "meet"), "CONSULT", "POSSIBLE", "POS"),),
        instances=(Instance("i1", ("v1",)),),
    ),
}
SOURCE = '{ source = "%s", says = "Ann (Q1)", looked_up = "2031-01-02" }'
ANN = f"""
[[entity]]
id = "ann"
type = "PER"
name = "Ann"
wikidata = "Q1"
places = [{{ doc_id = "d1", text = "She" }}, {{ doc_id = "d2", sentence = 1, text = "Ann" }}]
sources = [{SOURCE % "one"}, {SOURCE % "two"}]
"""
ROME = """
[[entity]]
id = "rome"
type = "GPE"
name = "Rome"
places = [{ doc_id = "d1", text = "Rome" }]
"""
MEETING = """
[[event]]
id = "ann-and-bob"
type = "CONSULT"
name = "Ann meets Bob"
places = [{ doc_id = "d1", text = "met" }, { doc_id = "d2", text = "meet" }]
reason = "the same two, and again"
"""


def links(*tables: str) -> Links:
    return parse_links("links.toml", "".join(tables), DOCUMENTS)


def found(*tables: str, gold: dict[str, Annotation] = GOLD) -> list[str]:
    return [i.id for i in link_incidents("links.toml", links(*tables), gold)]


def test_links_that_fit_have_no_findings() -> None:
    assert found(ANN, ROME, MEETING) == []


@pytest.mark.parametrize(
    ("tables", "incidents"),
    [
        ((ANN, MEETING), ["not-linked"]),
        ((ANN.replace('"She"', '"liked"'), ROME), ["link-misses", "not-linked"]),
        ((ANN.replace('"PER"', '"ORG"'), ROME), ["link-type", "link-type"]),
        ((ANN.replace('"Q1"', '"1"', 1), ROME), ["not-a-wikidata-id"]),
        ((ANN.replace(f", {SOURCE % 'two'}", ""), ROME), ["link-unsourced"]),
        ((ANN.replace('"two"', '"one"'), ROME), ["link-unsourced"]),
        ((ANN, ROME, ROME.replace('"rome"', '"roma"')), ["linked-twice"]),
        ((ANN, ROME, MEETING.replace('"met"', '"Ann"')), ["link-misses"]),
        ((ANN, ROME, MEETING.replace('"CONSULT"', '"AGREE"')), ["link-type", "link-type"]),
        ((ANN, ROME, MEETING.replace(', { doc_id = "d2", text = "meet" }', "")), ["link-alone"]),
        ((ANN, ROME, MEETING, MEETING.replace("ann-and-bob", "again")), ["linked-twice", "linked-twice"]),
    ],
)
def test_every_misfit_is_a_finding(tables: tuple[str, ...], incidents: list[str]) -> None:
    assert found(*tables) == incidents


def test_gold_that_has_another_wikidata_id_is_a_finding() -> None:
    [e1, e2] = GOLD["d1"].entities
    gold = GOLD | {"d1": replace(GOLD["d1"], entities=(replace(e1, wikidata="Q2"), e2))}
    assert found(ANN, ROME, gold=gold) == ["link-wikidata"]


def test_a_document_without_gold_yet_is_passed_over() -> None:
    assert found(ANN, ROME, MEETING, gold={"d2": GOLD["d2"]}) == []


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("[[entity]", "links.toml: .*not-toml"),
        ("[[thing]]", "unknown key 'thing'.*unknown-key"),
        ("entity = 1", "entity is no list of tables"),
        (ROME.replace("name", "label"), "entity rome: the key name is missing"),
        (ROME.replace('"GPE"', "7"), "entity rome.type: expected a string, got 7"),
        (ROME.replace('"d1"', '"d9"'), "entity rome: unknown doc_id 'd9'"),
        (ROME.replace('text = "Rome"', 'text = "Paris"'), "entity rome: d1: 'Paris' does not occur in the text"),
        (ROME * 2, "entity rome: the id stands 2 times"),
    ],
)
def test_a_fault_in_the_file_says_where_and_what(toml: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        links(toml)


def test_wikidata_ids_reach_the_entities_that_are_linked() -> None:
    assert [e.wikidata for e in with_wikidata(GOLD["d1"], links(ANN, ROME)).entities] == ["Q1", None]


HARBOUR = """
[[entity]]
id = "bob"
type = "PER"
name = "Bob Doe"
places = [{ doc_id = "harbour", text = "Bob", sentence = 1 }]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = write_project(tmp_path / "project")
    named = {"ann": ("PER", "Ann", 1), "us": ("GPE", "U.S.", 4)}
    named |= {"freedonia": ("GPE", "Freedonia", 2), "port": ("GPE", "Port-Said", 2)}
    tables = [HARBOUR]
    for id_, (type_, words, sentence) in named.items():
        place = f'{{ doc_id = "harbour", text = "{words}", sentence = {sentence} }}'
        tables.append(f'[[entity]]\nid = "{id_}"\ntype = "{type_}"\nname = "{words}"\nplaces = [{place}]\n')
    sources = ", ".join(SOURCE % name for name in ("one", "two"))
    tables[1] += f'wikidata = "Q1"\nsources = [{sources}]\n'
    (folder / "annotations" / "links.toml").write_text("".join(tables), encoding="utf-8")
    return folder


def test_the_tables_hold_corpus_wide_ids(project: Path) -> None:
    for name, content in build(project).items():
        write_bytes(project / name, content)
    _, entities = from_bytes(project / "corpus" / "entities" / "validation.parquet")
    assert [(row["surface"], row["corpus_id"], row["wikidata"]) for row in entities] == [
        ("Ann", "ann", "Q1"),
        ("Bob", "bob", None),
        ("Freedonia", "freedonia", None),
        ("Port-Said", "port", None),
        ("two", None, None),
        ("officials", None, None),
        ("U.S.", "us", None),
    ]
    _, [story] = from_bytes(project / "corpus" / "stories" / "validation.parquet")
    assert story == {
        "story": "harbour",
        "id": "harbour.i1",
        "type": "CONSULT",
        "name": None,
        "doc_id": "harbour",
        "instance": "i1",
        "events": ["v1", "v2", "v3"],
        "realis": ["ACTUAL"] * 3,
        "surfaces": ["Meets", "met", "talks"],
    }


def test_check_and_build_refuse_links_that_do_not_fit(project: Path) -> None:
    (project / "annotations" / "links.toml").write_text(HARBOUR, encoding="utf-8")
    with pytest.raises(DataError, match="harbour#e1: the named entity Ann Roe has no corpus-wide id"):
        build(project)
    command = [sys.executable, "-c", "from communique.cli import main; main()", "check"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr.count("[not-linked]")) == (1, 4)


def test_gold_that_cannot_be_read_hides_the_findings_about_links(project: Path) -> None:
    write_gold(project)
    (project / "annotations" / "gold" / "harbour.json").write_text("[{}]", encoding="utf-8")
    command = [sys.executable, "-c", "from communique.cli import main; main()", "check"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 1
    assert "links.toml" not in done.stderr
