"""What is undefined is null, with its reason: in the table, in the file, in comparisons; for every measure, in every way."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from communique.comparison import compare
from communique.comparison.table import of_comparison
from communique.comparison.table import remarks as compared
from communique.measures.measure import MEASURES, definition
from communique.model import (
    LAYERS,
    Annotation,
    Argument,
    Document,
    Entity,
    Event,
    EventRelation,
    Gold,
    Instance,
    Mention,
    Relation,
    Span,
)
from communique.scorer import Result, Scores, read_scores, score
from communique.scorer.table import remarks, rows

TEXT = "Ann met Bob. Ann met Cy. Bob met Cy."
NAMES = [str(m) for m in MEASURES]
SENTENCES = (Span(0, 12), Span(13, 24), Span(25, 36))
FULL = Annotation(
    "d",
    mentions=tuple(
        Mention(f"m{n}", Span(start, end), "PER", "NAM")
        for n, (start, end) in enumerate(((0, 3), (8, 11), (13, 16), (21, 23), (25, 28), (33, 35)))
    ),
    entities=(
        Entity("e1", "PER", ("m0", "m2"), "Ann", "Q1"),
        Entity("e2", "PER", ("m1", "m4"), "Bob", "Q2"),
        Entity("e3", "PER", ("m3", "m5"), "Cy", "Q3"),
    ),
    events=tuple(
        Event(f"v{n}", Span(start, start + 3), "CONSULT", "ACTUAL", "POS", (Argument("PARTICIPANT", f"m{2 * n}"),))
        for n, start in enumerate((4, 17, 29))
    ),
    instances=(Instance("i1", ("v0", "v1")), Instance("i2", ("v2",))),
    relations=(Relation("r1", "AFFILIATION", "m0", "m1"),),
    event_relations=(EventRelation("x1", "BEFORE", "v0", "v1", (Span(4, 7),)),),
)
EMPTY = Annotation("d")


def scored(gold: Annotation, pred: Annotation) -> Scores:
    """On four documents alike."""
    ids = [f"d{n}" for n in range(4)]
    documents = tuple(Document(d, TEXT, "0", SENTENCES) for d in ids)
    of = Gold(documents, tuple(replace(gold, doc_id=d) for d in ids), "test", "1")
    return score(of, [replace(pred, doc_id=d) for d in ids], system="x", measures=list(MEASURES), seqeval=False)


def without(*layers: str) -> Annotation:
    return replace(FULL, layers=tuple(layer for layer in LAYERS if layer not in layers))


def events(**changes: Any) -> Annotation:
    return replace(FULL, events=tuple(replace(e, **changes) for e in FULL.events))


def of_layer(*layers: str) -> list[str]:
    """The measures that need one of the layers on both sides, or of the gold."""
    return [str(m) for m, d in MEASURES.items() if {*d.layers} & {*layers}]


ALONE = replace(
    FULL,
    entities=tuple(Entity(f"e{m.id}", "PER", (m.id,), None, "Q1") for m in FULL.mentions),
    instances=tuple(Instance(f"i{e.id}", (e.id,)) for e in FULL.events),
)
LINKS = ["Coref(MUC)", "EvCoref(MUC)"]
AVERAGES = ["Coref(CoNLL)", "EvCoref(CoNLL)"]
ATTRIBUTES = ["Realis", "Polarity"]

# What gold and prediction are, and of which measures precision, recall and F1 are then undefined.
WAYS: dict[str, tuple[Annotation, Annotation, list[str], list[str], list[str]]] = {
    "nothing is": (EMPTY, EMPTY, NAMES, NAMES, NAMES),
    "nothing was predicted": (FULL, EMPTY, NAMES, ATTRIBUTES, ATTRIBUTES),
    "there is no gold": (EMPTY, FULL, ATTRIBUTES, NAMES, ATTRIBUTES),
    "no event has the right trigger": (FULL, events(type="ACCUSE"), ATTRIBUTES, ATTRIBUTES, ATTRIBUTES),
    "no event has a realis": (FULL, events(realis=None), ["Realis"], ["Realis"], ["Realis"]),
    "no gold event has a polarity": (events(polarity=None), FULL, ["Polarity"], ["Polarity"], ["Polarity"]),
    "no entity has an id": (
        FULL,
        replace(FULL, entities=tuple(replace(e, wikidata=None) for e in FULL.entities)),
        *[["Link"]] * 3,
    ),
    "no cluster has a link": (ALONE, ALONE, *[[*LINKS, *AVERAGES]] * 3),
    "no predicted cluster has a link": (FULL, ALONE, [*LINKS, *AVERAGES], [], []),
    "no gold cluster has a link": (ALONE, FULL, [], [*LINKS, *AVERAGES], []),
    **{
        f"{layer} are not claimed by the prediction": (FULL, without(layer), *[of_layer(layer)] * 3)
        for layer in LAYERS
    },
    **{
        f"{layer} are not claimed by the gold": (
            without(layer),
            FULL,
            *[[str(m) for m, d in MEASURES.items() if layer in (*d.layers, *d.gold_layers)]] * 3,
        )
        for layer in LAYERS
    },
}
FIGURES: tuple[tuple[str, Callable[[Result], float | None]], ...] = (
    ("precision", lambda r: r.precision),
    ("recall", lambda r: r.recall),
    ("f1", lambda r: r.f1),
)


@pytest.mark.parametrize("way", WAYS)
def test_what_is_undefined_is_null_with_its_reason_everywhere(way: str, tmp_path: Any) -> None:
    gold, pred, *expected = WAYS[way]
    scores = scored(gold, pred)
    for (_, read), names in zip(FIGURES, expected, strict=True):
        assert {name for name, r in scores.results.items() if read(r) is None} == set(names)
    header, *table = rows(scores)
    said = [line for line in remarks(scores) if line.startswith("– ")]
    saved = json.loads(json.dumps(scores.as_json()))["measures"]
    found = compare(scores, replace(scored(FULL, FULL), system="full"))
    for cells, (name, r) in zip(table, scores.results.items(), strict=True):
        row = dict(zip(header, cells, strict=True))
        figures = {key: read(r) for key, read in FIGURES}
        assert [row[column] == "–" for column in ("P", "R", "F1")] == [value is None for value in figures.values()]
        assert {key: saved[name][key] for key in figures} == figures
        assert (r.reason is None) == (None not in figures.values())
        assert saved[name]["reason"] == r.reason
        if r.reason:
            family = f"{name.partition('(')[0]}(…)"
            assert [line for line in said if line.endswith(f": {r.reason}") and (name in line or family in line)]
        if r.unscored:
            assert [saved[name][key] for key in ("hits", "hits_gold", "predicted", "gold")] == [None] * 4
            assert saved[name]["intervals"] == []
        else:
            assert all((i["low"] is None) == bool(i["reason"]) for i in saved[name]["intervals"])
        for key, value in figures.items():
            assert value is not None or all(i["low"] is None for i in saved[name]["intervals"] if i["figure"] == key)
        if r.f1 is None:
            d = found[name]
            assert (d.a, d.value, d.documents.p, d.sentences.p, d.interval.low, d.adjusted) == (None,) * 6
            assert d.reason == f"x: {r.reason}"
            assert d.as_json()["reason"] == d.reason
            assert d.as_json()["difference"] is None
            assert next(row for row in of_comparison(found) if row[0] == name)[3:] == ("–",) * 6
            assert any(line.endswith(f": {d.reason}") and name in line for line in compared(found))
    scores.save(tmp_path / "scores.json")
    assert read_scores(tmp_path / "scores.json") == scores


def test_gold_against_itself_leaves_nothing_undefined() -> None:
    """So what is undefined above is so for the reason given."""
    full = scored(FULL, FULL)
    assert {name: r.f1 for name, r in full.results.items()} == dict.fromkeys(NAMES, 1)
    assert all(r.reason is None for r in full.results.values())


def test_the_ways_make_every_measure_undefined() -> None:
    for n in range(3):
        assert {name for way in WAYS.values() for name in way[2 + n]} == set(NAMES)
    assert all(definition(m).layers for m in MEASURES)
