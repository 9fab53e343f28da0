"""The audit: what is planted, what counts as caught, and what follows for the errors that are left."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flat import INVENTED, passes
from hypothesis import given
from hypothesis import strategies as st

from communique.adjudication import Decisions, assemble, decisions_of, differences, parse_log
from communique.audit.alterations import ALTERATIONS, Change, Scene, items
from communique.audit.catches import Suspect, caught, estimate, found_by_checks, parse_suspects
from communique.audit.plants import SHARE, Adjudicated, Plant, plant, quotas
from communique.checks import incidents
from communique.incident import DataError
from communique.ingest import ingest
from communique.io.files import read_text
from communique.model import Annotation, Span
from communique.ontology import default_ontology
from communique.passes import read_pass

ROOT = Path(__file__).parents[1]
ONTOLOGY = default_ontology()
DOCUMENTS = {d.doc_id: d for d in ingest(ROOT)}


def corpus() -> list[Adjudicated]:
    """The two documents with the longest logs, with every long word as a noun."""
    log = parse_log(*read_text(ROOT / "annotations" / "adjudication.jsonl"))
    found = []
    for doc_id, names in {"003-washington": ("pilot-1", "pilot-2"), "002-great-hall": ("pass-1", "pass-2")}.items():
        document = DOCUMENTS[doc_id]
        paths = [ROOT / "annotations" / name / f"{doc_id}.json" for name in names]
        a, b = (read_pass(path, DOCUMENTS, ontology=ONTOLOGY).annotations[0] for path in paths)
        made = decisions_of("log", log, document, differences(document, a, b), ONTOLOGY)
        words = tuple(token for token in document.tokens if token.end - token.start > 5)
        found.append(Adjudicated(document, a, b, made, assemble(document, a, b, made).annotation, words, words))
    return found


CORPUS = corpus()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_as_many_errors_as_asked_are_planted_each_in_a_place_of_its_own(seed: int) -> None:
    copies, plants = plant(CORPUS, ONTOLOGY, n=40, seed=seed)
    assert len(plants) == 40
    assert {p.origin for p in plants} == {"reinstated", "altered"}
    spans = [(p.doc_id, span) for p in plants for span in p.change.spans]
    for n, (doc_id, span) in enumerate(spans):
        assert not any(doc_id == other and span.overlap(place) for other, place in spans[n + 1 :] if span != place)
    for x in CORPUS:
        here = [p for p in plants if p.doc_id == x.document.doc_id]
        assert len(differences(x.document, x.gold, copies[x.document.doc_id])) >= len(here) - 2
    for layer in ALTERATIONS:
        size = sum(len(items(Scene(x.document, x.gold, (), (), ONTOLOGY, random.Random(0)), layer)) for x in CORPUS)
        assert sum(p.layer == layer for p in plants) <= SHARE * size


def test_the_same_seed_plants_the_same() -> None:
    assert plant(CORPUS, ONTOLOGY, n=20, seed=5) == plant(CORPUS, ONTOLOGY, n=20, seed=5)
    assert plant(CORPUS, ONTOLOGY, n=20, seed=5)[1] != plant(CORPUS, ONTOLOGY, n=20, seed=6)[1]


def test_more_than_there_is_room_for_is_refused() -> None:
    with pytest.raises(ValueError, match="500 errors are wanted, and 15% of each layer are"):
        plant(CORPUS, ONTOLOGY, n=500, seed=1)


@given(passes(), st.integers(0, 99))
def test_every_alteration_alters_and_leaves_ids_whole(annotation: Annotation, seed: int) -> None:
    words = tuple(t for t in INVENTED.tokens if t.of(INVENTED.text) != ".")
    scene = Scene(INVENTED, annotation, words, words, ONTOLOGY, random.Random(seed))
    for layer, alterations in ALTERATIONS.items():
        for item in items(scene, layer):
            for alteration in alterations:
                made = alteration(scene, item)
                if made is not None:
                    spoilt, change = made
                    assert spoilt != annotation
                    assert change.spans
                    found = {i.id for i in incidents(INVENTED, spoilt, ONTOLOGY)}
                    assert not found & {"dangling-id", "duplicate-id", "empty-cluster"}


def test_quotas_follow_the_log_up_to_the_room_and_then_the_room() -> None:
    assert quotas({"a": 3, "b": 1}, {"a": 30, "b": 30, "c": 30}, 8) == {"a": 6, "b": 2, "c": 0}
    assert quotas({"a": 3, "b": 1}, {"a": 2, "b": 30, "c": 30}, 8) == {"a": 2, "b": 6, "c": 0}
    assert quotas({"a": 1}, {"a": 2, "b": 2, "c": 4}, 5) == {"a": 2, "b": 1, "c": 2}
    assert quotas({}, {"a": 2, "b": 2}, 4) == {"a": 2, "b": 2}


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9)), min_size=1, max_size=5), st.data())
def test_quotas_share_out_everything_and_never_more_than_the_room(layers: Any, data: st.DataObject) -> None:
    log, room = ({f"l{n}": x[k] for n, x in enumerate(layers)} for k in (0, 1))
    n = data.draw(st.integers(0, sum(room.values())))
    shares = quotas(log, room, n)
    assert sum(shares.values()) == n
    assert all(shares[layer] <= room[layer] for layer in room)


def planted(layer: str, *spans: Span, doc_id: str = "d") -> Plant:
    return Plant(doc_id, layer, "altered", Change("missing", spans, "", ""))


def suspect(layer: str, *spans: Span, doc_id: str = "d") -> Suspect:
    return Suspect(doc_id, layer, spans, {})


HEAD, TAIL, OTHER = Span(0, 5), Span(10, 15), Span(20, 25)


@pytest.mark.parametrize(
    ("plants", "suspects", "found"),
    [
        ([planted("events", HEAD)], [suspect("events", Span(4, 9))], {0: 0}),
        ([planted("events", HEAD)], [suspect("events", TAIL)], {}),
        ([planted("events", HEAD)], [suspect("events", HEAD, doc_id="e")], {}),
        ([planted("events", HEAD)], [suspect("arguments", HEAD, TAIL)], {0: 0}),
        ([planted("arguments", HEAD, TAIL)], [suspect("arguments", HEAD)], {}),
        ([planted("arguments", HEAD, TAIL)], [suspect("arguments", TAIL, HEAD)], {0: 0}),
        ([planted("events", HEAD)], [suspect("events", HEAD), suspect("events", HEAD)], {0: 0}),
        ([planted("events", HEAD)], [suspect("mentions", HEAD), suspect("events", HEAD)], {1: 0}),
        (
            [planted("events", HEAD), planted("mentions", HEAD)],
            [suspect("mentions", HEAD), suspect("events", HEAD)],
            {0: 1, 1: 0},
        ),
    ],
)
def test_a_suspect_catches_what_it_names(plants: list[Plant], suspects: list[Suspect], found: dict[int, int]) -> None:
    assert caught(plants, suspects) == found


def test_an_estimate_is_capture_and_recapture() -> None:
    found = estimate(plants=100, hits=80, real=8)
    assert found.left == pytest.approx(2)
    # Wilson's interval of 80 of 100: .7112 to .8666.
    assert (found.rate_low, found.rate_high) == (pytest.approx(0.7112, abs=1e-4), pytest.approx(0.8666, abs=1e-4))
    assert found.low == pytest.approx(8 * (1 - 0.8666) / 0.8666, abs=1e-3)
    assert found.high == pytest.approx(8 * (1 - 0.7112) / 0.7112, abs=1e-3)
    assert estimate(plants=10, hits=0, real=3).left is None
    assert estimate(plants=10, hits=10, real=3).left == 0


def test_where_no_error_was_found_the_bound_is_what_would_hardly_ever_be_missed() -> None:
    found = estimate(plants=100, hits=80, real=0)
    assert (found.left, found.low) == (0, 0)
    assert (1 - 0.7112) ** found.high == pytest.approx(0.05, abs=1e-4)  # type: ignore[operator]


def test_the_checks_catch_what_is_ill_formed_and_only_that() -> None:
    [x] = [x for x in CORPUS if x.document.doc_id == "002-great-hall"]
    position = next(r for r in x.gold.relations if r.type == "POSITION")
    spans = {m.id: m.span for m in x.gold.mentions}
    spoilt = replace(x.gold, relations=tuple(r for r in x.gold.relations if r is not position))
    plants = [planted("relations", spans[position.head], spans[position.tail]), planted("events", x.gold.events[0].span)]
    assert found_by_checks(x.document, x.gold, plants, ONTOLOGY) == (frozenset(), ())
    assert found_by_checks(x.document, spoilt, plants, ONTOLOGY) == (frozenset({0}), ())


def test_faults_in_a_list_of_suspects_are_all_reported() -> None:
    row = {"doc_id": "d", "layer": "events", "places": [{"text": "met", "sentence": 1}]}
    row |= {"wrong": "x", "right": "y", "rule": "§5"}
    rows = [row, row | {"places": [{"text": "nowhere"}]}, row | {"doc_id": "x"}, {"doc_id": "d"}]
    lines = "".join(json.dumps(r) + "\n" for r in rows)
    assert parse_suspects("s.jsonl", json.dumps(row), {"d": INVENTED})[0].spans == (Span(4, 7),)
    with pytest.raises(DataError) as found:
        parse_suspects("s.jsonl", lines + "no", {"d": INVENTED})
    assert [(i.id, i.place) for i in found.value.incidents] == [
        ("quote-not-found", "s.jsonl:2"),
        ("unknown-document", "s.jsonl:3"),
        ("not-a-suspect", "s.jsonl:4"),
        ("not-json", "s.jsonl:5"),
    ]


def test_without_a_log_everything_is_altered() -> None:
    bare = [Adjudicated(x.document, x.gold, x.gold, Decisions({}), x.gold, x.nouns, x.verbs) for x in CORPUS]
    _, plants = plant(bare, ONTOLOGY, n=30, seed=4)
    assert {p.origin for p in plants} == {"altered"}


def test_the_committed_figures_follow_from_what_was_planted_and_listed(tmp_path: Path) -> None:
    audit = ROOT / "annotations" / "audit"
    stated = json.loads((audit / "figures.json").read_text(encoding="utf-8"))
    drawn = ["--errors", str(stated["planted"]), "--seed", str(stated["seed"]), "-o", str(tmp_path)]
    count = ["count", *drawn, str(audit / "suspects.jsonl"), "--verdicts", str(audit / "verdicts.jsonl")]
    for words in (["plant", *drawn], count):
        subprocess.run([sys.executable, "scripts/audit.py", *words], cwd=ROOT, capture_output=True, check=True)
    for name in ("planted.jsonl", "figures.json"):
        assert (tmp_path / name).read_text(encoding="utf-8") == (audit / name).read_text(encoding="utf-8")
