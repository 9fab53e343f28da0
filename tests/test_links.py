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
from communique.ontology import default_ontology
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


UNSTATED = '[{ source = "", says = "", looked_up = "" }]'


@pytest.mark.parametrize(
    ("tables", "incidents"),
    [
        ((ANN, MEETING), ["not-linked"]),
        ((ANN.replace('"She"', '"liked"'), ROME), ["link-misses", "not-linked"]),
        ((ANN.replace('"PER"', '"ORG"'), ROME), ["link-type", "link-type"]),
        ((ANN.replace('"Q1"', '"1"', 1), ROME), ["not-a-wikidata-id"]),
        ((ANN.replace(f", {SOURCE % 'two'}", ""), ROME), ["link-unsourced"]),
        ((ANN.replace('"two"', '"one"'), ROME), ["link-unsourced"]),
        ((ANN.replace('"two"', '"one "'), ROME), ["link-unsourced"]),
        ((ANN, ROME, ROME.replace('"rome"', '"roma"')), ["linked-twice"]),
        ((ANN, ROME, MEETING.replace('"met"', '"Ann"')), ["link-misses"]),
        ((ANN, ROME, MEETING.replace('"CONSULT"', '"AGREE"')), ["link-type", "link-type"]),
        ((ANN, ROME, MEETING.replace(', { doc_id = "d2", text = "meet" }', "")), ["link-alone"]),
        ((ANN, ROME, MEETING, MEETING.replace("ann-and-bob", "again")), ["linked-twice", "linked-twice"]),
        ((ANN.replace('"PER"', '"XXX"'), ROME), ["unknown-label"]),
        ((ANN.replace('"PER"', '"TITLE"'), ROME), ["link-type"]),
        ((ANN, ROME, MEETING.replace('"CONSULT"', '"CONSULTS"')), ["unknown-label"]),
        ((ANN, ROME, MEETING.replace('"CONSULT"', '"STATEMENT"')), ["link-type"]),
        ((ANN, ROME, MEETING.replace('{ doc_id = "d1", text = "met" }, { doc_id = "d2", text = "meet" }', "")), ["link-alone"]),
        ((ANN, ROME, ROME.replace("rome", "paris").replace('[{ doc_id = "d1", text = "Rome" }]', "[]")), ["link-nowhere"]),
        ((ANN.replace('"Ann"', '" "', 1), ROME), ["empty-value"]),
        ((ANN, ROME, MEETING.replace("Ann meets Bob", "")), ["empty-value"]),
        ((ANN, ROME, MEETING.replace("the same two, and again", "")), ["empty-value"]),
        ((ANN.replace('"two"', '"\t"'), ROME), ["empty-value"]),
        ((ANN.replace(SOURCE % "two", (SOURCE % "two").replace("Ann (Q1)", " ")), ROME), ["empty-value"]),
        ((ANN, f"{ROME}sources = {UNSTATED}\n"), ["empty-value", "empty-value", "bad-date"]),
    ],
)
def test_every_misfit_is_a_finding(tables: tuple[str, ...], incidents: list[str]) -> None:
    assert found(*tables) == incidents


@pytest.mark.parametrize("id_", ["", " ", "Ann", "ann roe", "ann_roe", "ann-", "-ann", "ann--roe", "änn", "ann\\n", "d1.e1"])
def test_an_id_that_is_no_slug_is_a_finding(id_: str) -> None:
    assert found(ANN.replace('"ann"', f'"{id_}"'), ROME, MEETING) == ["bad-corpus-id"]


def test_an_event_has_no_id_that_an_unlinked_instance_may_have() -> None:
    """The tables call an instance without a link DOC_ID.INSTANCE."""
    assert found(ANN, ROME, MEETING.replace("ann-and-bob", "d1.i1")) == ["bad-corpus-id"]


@pytest.mark.parametrize("day", ["", "soon", "2031", "2031-02-30", "20310102", "2031-W01-4", "2031-1-2", "2031-01-02T00:00"])
def test_what_was_looked_up_on_no_day_is_a_finding(day: str) -> None:
    assert found(ANN.replace("2031-01-02", day, 1), ROME) == ["bad-date"]


@pytest.mark.parametrize(
    ("says", "incidents"),
    [
        ("Q1", []),
        ('"wikidata": "Q1", line 7', []),
        ("[[Standards/WikiData/WD~Ann,1]]", []),
        ("Ann", ["source-without-id"]),
        ("Ann (Q10)", ["source-without-id"]),
        ("Ann (AQ1)", ["source-without-id"]),
        ("line 1: Ann", ["source-without-id"]),
        ("[[Standards/WikiData/WD~Ann,10]]", ["source-without-id"]),
        ("wikidata: Q2, line 1", ["source-without-id"]),
    ],
)
@pytest.mark.parametrize("name", ["one", "two", "three"])
def test_every_source_states_the_id(says: str, name: str, incidents: list[str]) -> None:
    sources = ", ".join(SOURCE % name for name in ("one", "two", "three"))
    stated = sources.replace(SOURCE % name, (SOURCE % name).replace("Ann (Q1)", says.replace('"', '\\"')))
    assert found(ANN.replace(f"{SOURCE % 'one'}, {SOURCE % 'two'}", stated), ROME) == incidents


def test_two_entities_with_one_wikidata_id_are_a_finding() -> None:
    rome = ROME + f'wikidata = "Q1"\nsources = [{SOURCE % "one"}, {SOURCE % "two"}]'
    [fault] = link_incidents("links.toml", links(ANN, rome), GOLD)
    assert str(fault).startswith("links.toml: entity rome: Q1 is the id of ann already")
    assert fault.id == "wikidata-twice"


def test_two_places_of_one_document_in_a_link_are_a_finding_also_where_they_hit_the_same() -> None:
    again = ANN.replace('"She" }', '"She" }, { doc_id = "d1", text = "Ann" }')
    assert found(again, ROME) == ["link-within-document"]
    other = ANN.replace('"She" }', '"She" }, { doc_id = "d1", text = "Bob" }')
    assert found(other, ROME, gold=GOLD | {"d1": with_bob(GOLD["d1"])}) == ["link-within-document"]


def with_bob(annotation: Annotation) -> Annotation:
    bob = Mention("m9", at("d1", "Bob"), "PER", "NAM")
    entities = (*annotation.entities, Entity("e9", "PER", ("m9",), "Bob"))
    return replace(annotation, mentions=(*annotation.mentions, bob), entities=entities)


def test_two_instances_of_one_document_in_an_event_are_a_finding() -> None:
    """linking.md 3.3: one instance per document."""
    d1 = GOLD["d1"]
    liked = Event("v2", at("d1", "liked"), "CONSULT", "ACTUAL", "POS")
    gold = GOLD | {"d1": replace(d1, events=(*d1.events, liked), instances=(*d1.instances, Instance("i2", ("v2",))))}
    both = MEETING.replace('"met" }', '"met" }, { doc_id = "d1", text = "liked" }')
    assert found(ANN, ROME, both, gold=gold) == ["link-within-document"]
    alone = both.replace(', { doc_id = "d2", text = "meet" }', "")
    assert found(ANN, ROME, alone, gold=gold) == ["link-within-document", "link-alone"]


def test_the_types_are_those_of_the_ontology_that_is_given() -> None:
    known = default_ontology()
    without = replace(known, events={name: t for name, t in known.events.items() if name != "CONSULT"})
    assert [i.id for i in link_incidents("links.toml", links(ANN, ROME, MEETING), GOLD, ontology=without)] == ["unknown-label"]


def with_ids(*ids: str | None) -> dict[str, Annotation]:
    """The gold in which the entities of d1 state Wikidata ids of their own."""
    entities = zip(GOLD["d1"].entities, ids, strict=True)
    return GOLD | {"d1": replace(GOLD["d1"], entities=tuple(replace(e, wikidata=id_) for e, id_ in entities))}


def test_gold_that_has_another_wikidata_id_is_a_finding() -> None:
    assert found(ANN, ROME, gold=with_ids("Q2", None)) == ["link-wikidata"]
    assert found(ANN, ROME, gold=with_ids("Q1", None)) == []
    assert found(ANN, ROME, gold=with_ids(None, "Q2")) == ["link-wikidata"]


def test_an_id_of_the_gold_without_a_link_is_without_sources() -> None:
    assert found(ANN, gold=with_ids(None, "Q2")) == ["not-linked", "link-unsourced"]
    gold = with_ids(None, "Q2")
    unnamed = tuple(replace(m, kind="NOM") if m.id == "m3" else m for m in gold["d1"].mentions)
    assert found(ANN, gold=gold | {"d1": replace(gold["d1"], mentions=unnamed)}) == ["link-unsourced"]


def test_a_document_without_gold_yet_is_passed_over() -> None:
    assert found(ANN, ROME, MEETING, gold={"d2": GOLD["d2"]}) == []


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("[[entity]", "links.toml: .*not-toml"),
        ("[[thing]]", "unknown key 'thing'.*unknown-key"),
        ("entity = 1", "entity is no list of tables"),
        ("entity = [1]", "entity 1: expected an object, got 1"),
        (f"entity = {'[' * 100_000}", "links.toml: lists and tables are nested too deeply to be read.*not-toml"),
        (f"entity = {'{ id = ' * 100_000}", "links.toml: lists and tables are nested too deeply to be read.*not-toml"),
        (f"entity = {'9' * 5_000}", "links.toml: .*5000 digits.*not-toml"),
        (f"[[entity]]\nid{'.a' * 1_000} = 1", "entity 1.id: expected a string, got"),
        ('[[entity]]\nid = "a\\nb"', "links.toml: entity 1: the key type is missing"),
        (ROME.replace("name", "label"), "entity rome: the key name is missing"),
        (ROME.replace('"GPE"', "7"), "entity rome.type: expected a string, got 7"),
        (ROME.replace('"d1"', '"d9"'), "entity rome: unknown doc_id 'd9'"),
        (ROME.replace('text = "Rome"', 'text = "Paris"'), "entity rome: d1: 'Paris' does not occur in the text"),
        (ROME.replace('text = "Rome"', "start = 15, end = 19"), r"entity rome.places\[0\]: unknown key 'start'"),
        (ROME.replace('text = "Rome"', 'text = "Rome", start = 0'), r"entity rome.places\[0\]: unknown key 'start'"),
        (ROME.replace('text = "Rome"', "sentence = 1"), r"entity rome.places\[0\]: the key text is missing"),
        (ROME.replace('text = "Rome"', f'text = "Rome", sentence = 0x{"f" * 5_000}'), "entity rome: d1: .*quote-not-found"),
        (ROME.replace('text = "Rome"', 'text = ""'), "entity rome: d1: the quote is empty"),
        (ANN.replace('"2031-01-02"', "2031-01-02"), r"entity ann.sources\[0\].looked_up: expected a string, got .* date"),
        (ROME * 2, "entity rome: the id stands 2 times"),
    ],
)
def test_a_fault_in_the_file_says_where_and_what(toml: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        links(toml)


def test_an_id_that_stands_twice_is_told_beside_the_other_faults_of_its_tables() -> None:
    with pytest.raises(DataError) as caught:
        links(ROME, ROME.replace("name", "label"))
    assert [i.id for i in caught.value.incidents] == ["missing-key", "unknown-key", "duplicate-id"]


def test_the_example_of_the_docstring_can_be_read_and_fits_its_texts() -> None:
    lines = (sys.modules[parse_links.__module__].__doc__ or "").splitlines()
    example = "\n".join(line.removeprefix("    ") for line in lines if line.startswith("    "))
    documents = {
        "d1": document_of("d1", "The fair is over. Acme was there."),
        "d2": document_of("d2", "Acme, said Acme, liked the exhibition."),
    }
    read = parse_links("links.toml", example, documents)
    places = [documents[p.doc_id].text[p.span.start : p.span.end] for x in (*read.entities, *read.events) for p in x.places]
    assert places == ["Acme", "Acme", "fair", "exhibition"]
    assert list(link_incidents("links.toml", read, {})) == []


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


def test_a_project_without_links_has_promised_no_sources(project: Path) -> None:
    (project / "annotations" / "links.toml").unlink()
    for name, content in build(project).items():
        write_bytes(project / name, content)
    _, [ann, *_] = from_bytes(project / "corpus" / "entities" / "validation.parquet")
    assert (ann["corpus_id"], ann["wikidata"]) == (None, "Q1")


def test_gold_that_cannot_be_read_hides_the_findings_about_links(project: Path) -> None:
    write_gold(project)
    (project / "annotations" / "gold" / "harbour.json").write_text("[{}]", encoding="utf-8")
    command = [sys.executable, "-c", "from communique.cli import main; main()", "check"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 1
    assert "links.toml" not in done.stderr
