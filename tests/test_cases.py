"""Every incident has a minimal file of the same name that raises it and nothing else."""

import ast
import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from communique.checks.links import link_incidents
from communique.corpus import splits
from communique.findings import findings
from communique.incident import DataError, Incident
from communique.io.card import fill
from communique.io.files import files_of, read_text
from communique.io.jsonl import parse_rows
from communique.io.labelstudio import to_task
from communique.io.links import parse_links
from communique.io.quotes import dump_quotes
from communique.model import Annotation, Document, Entity, Event, Gold, Instance, Mention, Span
from communique.predictions import document_of, read_gold, read_predictions
from communique.scorer import read_scores, score

CASES = Path(__file__).parent / "cases"
PATHS = sorted(CASES.glob("*/*"))
SOURCES = Path(__file__).parents[1] / "src" / "communique"
READERS = ("io", "checks", "findings", "predictions", "corpus", "scorer")


def documents() -> dict[str, Document]:
    rows, _ = parse_rows(*read_text(CASES / "texts.jsonl"))
    return {r.annotation.doc_id: document_of(r.annotation.doc_id, r.text or "") for r in rows}


def incidents(path: Path) -> list[Incident]:
    """A file under annotation/ is held to the whole schema, one under prediction/ or export/ only to what reading needs."""
    return list(findings(path, documents(), standard="annotation" if path.parent.name == "annotation" else "prediction"))


def named(path: Path) -> str:
    """The id that a file is named after; what follows "--" tells apart several files of one id."""
    return path.stem.partition("--")[0]


@pytest.mark.parametrize("path", PATHS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_case_raises_exactly_its_namesake(path: Path) -> None:
    expected = [] if named(path) == "sound" else [named(path)]
    assert [i.id for i in incidents(path)] == expected


@pytest.mark.parametrize("path", PATHS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_incident_says_where_and_what(path: Path) -> None:
    for i in incidents(path):
        assert i.place.startswith(str(path))
        assert i.message
        assert str(i).endswith(f"[{i.id}]")


def test_what_the_scorer_reads_is_what_check_finds_no_fault_with() -> None:
    known = documents()
    gold = Gold(tuple(known.values()), tuple(map(Annotation, known)), "test", "0")
    for path in sorted(CASES.glob("prediction/*")):
        if named(path) == "wrong-encoding":
            continue
        try:
            read_predictions(path, gold)
            found = []
        except DataError as fault:
            found = [i.id for i in fault.incidents]
        assert found == [i.id for i in findings(path, known, standard="prediction")], path


ANN = document_of("d1", "Ann met Bob.")
MARKED = Mention("m1", Span(0, 3), "PER")
TWICE = Annotation("d1", mentions=(MARKED,), entities=(Entity("e1", "PER", ("m1",)), Entity("e2", "PER", ("m1",))))


def written(folder: Path, content: str) -> Path:
    (folder / "dataset.json").write_text(content, encoding="utf-8")
    return folder / "dataset.json"


def disagreeing(folder: Path) -> Path:
    annotation = Annotation("d1", mentions=(MARKED,))
    score(Gold((ANN,), (annotation,), "test", "0"), [annotation], seqeval=False).save(folder / "scores.json")
    saved = (folder / "scores.json").read_text(encoding="utf-8")
    return written(folder, saved.replace('"hits": 1', '"hits": 0', 1))


LINKED = Annotation(
    "d1",
    mentions=(replace(MARKED, kind="NAM"),),
    entities=(Entity("e1", "PER", ("m1",), "Ann", "Q2"),),
    events=(Event("v1", Span(4, 7), "CONSULT", "ACTUAL", "POS"),),
    instances=(Instance("i1", ("v1",)),),
)
SOURCES_OF_ID = [{"source": name, "says": "Ann: Q2", "looked_up": "2031-01-02"} for name in ("one", "two")]
UNSAID = {"source": "three", "says": "Ann", "looked_up": "2031-01-02"}
WITH_ID = {"wikidata": "Q2", "sources": SOURCES_OF_ID}
IN_NO_GOLD = {"doc_id": "d2", "text": "Ann"}


def scored(folder: Path, pred: str, gold: str) -> None:
    """Read a BIO file against another."""
    for name, content in (("pred.bio", pred), ("gold.bio", gold)):
        (folder / name).write_text(content, encoding="utf-8")
    read_predictions(folder / "pred.bio", read_gold(folder / "gold.bio"))


def tabled(folder: Path, **columns: Any) -> Path:
    """A Parquet file of one row."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({name: [value] for name, value in columns.items()}), folder / "gold.parquet")
    return folder / "gold.parquet"


def linking(*entities: dict[str, Any], event: str | None = None, wikidata: str | None = "Q2") -> None:
    """Link Ann, as the entities say, and the meeting, as told by the words of the event."""
    gold = replace(LINKED, entities=(replace(LINKED.entities[0], wikidata=wikidata),))
    ann = {"type": "PER", "name": "Ann", "places": [{"doc_id": "d1", "text": "Ann"}]}
    table: dict[str, Any] = {"entity": [ann | entity for entity in entities]}
    if event is not None:
        places = [{"doc_id": "d1", "text": event}]
        table["event"] = [{"id": "x", "type": "CONSULT", "name": "x", "reason": "x", "places": places}]
    toml = "".join(f"{kind} = [{', '.join(map(inline, rows))}]\n" for kind, rows in table.items())
    documents = {"d1": ANN, "d2": document_of("d2", "Ann left.")}
    if found := list(link_incidents("links.toml", parse_links("links.toml", toml, documents), {"d1": gold})):
        raise DataError(found)


def inline(value: Any) -> str:
    """A value as TOML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {inline(inner)}" for key, inner in value.items()) + "}"
    return json.dumps(value) if not isinstance(value, list) else f"[{', '.join(map(inline, value))}]"


WRONG_DIGEST = {"version": "1", "digest": "0", "documents": {}, "splits": {}}

# What a file that is there to be read and checked cannot raise, each with a way in which it is raised.
LOST = {"start": None, "end": None, "quote": {"text": "Bob", "status": "unaligned"}, "type": "PER"}


def parsed(folder: Path, mention: dict[str, Any]) -> object:
    """A prediction of one mention, read against gold of one text."""
    gold = Gold((ANN,), (Annotation("d1"),), "test", "0")
    return read_predictions(written(folder, json.dumps({"doc_id": "d1", "mentions": [mention]})), gold)


ELSEWHERE: dict[str, Callable[[Path], object]] = {
    "unreadable-file": lambda folder: read_text(folder / "nothing.jsonl"),
    "empty-folder": files_of,
    "not-json": lambda folder: read_scores(written(folder, "{")),
    "not-scores": lambda folder: read_scores(written(folder, "[]")),
    "not-a-summary": lambda folder: splits(written(folder, "{}").parent),
    "digest-differs": lambda folder: splits(written(folder, json.dumps(WRONG_DIGEST)).parent),
    "figures-disagree": lambda folder: read_scores(disagreeing(folder)),
    "card-sections": lambda _: fill("README.md", "no markers", {"counts": []}),
    "unquotable-span": lambda _: dump_quotes([Annotation("d1", mentions=(Mention("m1", Span(0, 2), "PER"),))], {"d1": ANN}),
    "other-document": lambda _: to_task(ANN, Annotation("d2")),
    "two-clusters": lambda _: to_task(ANN, TWICE),
    "unknown-status": lambda folder: parsed(
        folder, {"start": 0, "end": 3, "quote": {"text": "Ann", "status": "near"}, "type": "PER"}
    ),
    "unplaced-span": lambda folder: read_gold(
        written(folder, json.dumps({"doc_id": "d1", "text": "Ann", "mentions": [LOST]}))
    ),
    "text-missing": lambda folder: read_gold(written(folder, '{"doc_id": "d1", "mentions": []}')),
    "unknown-form": lambda folder: read_gold(written(folder, "Ann met Bob.").rename(folder / "gold.txt")),
    "missing-column": lambda folder: read_gold(tabled(folder, doc_id="d1", mentions=[])),
    "bad-stretch": lambda folder: read_gold(
        tabled(folder, doc_id="d1", text="Ann", mentions=[], tokens=[{"start": 0, "end": 4}])
    ),
    "no-tag": lambda folder: scored(folder, "Ann B-PER\n", "Ann\n"),
    "not-iob2": lambda folder: scored(folder, "Ann B-PER\n", "Ann S-PER\n"),
    "tokens-differ": lambda folder: scored(folder, "Anna B-PER\n", "Ann B-PER\n"),
    "gold-not-bio": lambda folder: read_predictions(
        written(folder, "Ann B-PER\n"), Gold((ANN,), (Annotation("d1"),), "test", "0")
    ),
    "link-misses": lambda _: linking({"id": "a"}, {"id": "b", "places": [{"doc_id": "d1", "text": "Bob"}]}, wikidata=None),
    "link-alone": lambda _: linking({"id": "a", "sources": SOURCES_OF_ID, "wikidata": "Q2"}, event="met"),
    "link-type": lambda _: linking({"id": "a", "type": "ORG"}, wikidata=None),
    "link-unsourced": lambda _: linking({"id": "a", "wikidata": "Q2", "sources": SOURCES_OF_ID[:1]}),
    "link-wikidata": lambda _: linking({"id": "a"}),
    "linked-twice": lambda _: linking({"id": "a"}, {"id": "b"}, wikidata=None),
    "not-a-wikidata-id": lambda _: linking({"id": "a", "wikidata": "P2", "sources": SOURCES_OF_ID}, wikidata=None),
    "not-linked": lambda _: linking(wikidata=None),
    "bad-corpus-id": lambda _: linking({"id": "A"}, wikidata=None),
    "bad-date": lambda _: linking({"id": "a", "sources": [SOURCES_OF_ID[0] | {"looked_up": "today"}]}, wikidata=None),
    "empty-value": lambda _: linking({"id": "a", "name": ""}, wikidata=None),
    "link-nowhere": lambda _: linking({"id": "a"}, {"id": "b", "places": []}, wikidata=None),
    "link-within-document": lambda _: linking({"id": "a", "places": [{"doc_id": "d1", "text": "Ann"}] * 2}, wikidata=None),
    "source-without-id": lambda _: linking({"id": "a", "wikidata": "Q2", "sources": [*SOURCES_OF_ID, UNSAID]}),
    "wikidata-twice": lambda _: linking({"id": "a"} | WITH_ID, {"id": "b", "places": [IN_NO_GOLD]} | WITH_ID),
    "not-toml": lambda _: parse_links("links.toml", "[", {}),
    "missing-document": lambda _: score(Gold((ANN,), (Annotation("d1"),), "test", "0"), []),
}


@pytest.mark.parametrize("id_", ELSEWHERE)
def test_what_no_checked_file_raises_is_raised_elsewhere(id_: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        ELSEWHERE[id_](tmp_path)
    assert {i.id for i in caught.value.incidents} == {id_}


def test_every_incident_has_a_case_or_a_way_to_raise_it() -> None:
    raised = {id_ for source in sources() for id_ in ids_raised(source)}
    cases = {named(path) for path in PATHS}
    assert len(raised) > 60
    assert raised == (cases - {"sound"}) | ELSEWHERE.keys()
    assert not cases & ELSEWHERE.keys()


def sources() -> list[Path]:
    return [p for p in sorted(SOURCES.rglob("*.py")) if p.parent.name in READERS or p.stem in READERS]


def ids_raised(source: Path) -> set[str]:
    """Every id that a module gives an incident. What is no plain string there fails, for it could not be seen here."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    found: set[str] = set()
    passed_on = []
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        parameters = {a.arg for a in function.args.args}
        if any(isinstance(id_, ast.Name) and id_.id in parameters for id_ in _ids(function, ("Incident",))):
            passed_on.append(function.name)
    for id_ in _ids(tree, ("Incident", "_SpanError", *passed_on)):
        if isinstance(id_, ast.Constant):
            found.add(id_.value)
        elif ast.unparse(id_) not in ("i.id", "fault.incident"):  # raised elsewhere, and put in another place
            assert isinstance(id_, ast.Name), f"{source}:{id_.lineno}: {ast.unparse(id_)}"
    return found


def _ids(tree: ast.AST, raisers: Collection[str]) -> Iterator[ast.expr]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and call.args:
            name = getattr(call.func, "id", None) or getattr(call.func, "attr", None)
            if name in raisers:
                yield call.args[0]
