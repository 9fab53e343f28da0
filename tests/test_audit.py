"""The audit: what is planted, what counts as caught, and what follows for the errors that are left."""

from __future__ import annotations

import importlib.util
import json
import random
import shutil
from collections import Counter
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from flat import INVENTED, passes
from hypothesis import given
from hypothesis import strategies as st

from communique.adjudication import Decisions, assemble, decisions_of, differences, parse_log
from communique.audit.alterations import ALTERATIONS, Change, Scene, items
from communique.audit.catches import WIDER, caught, found_by_checks
from communique.audit.estimates import estimate
from communique.audit.figures import parse_figures
from communique.audit.plants import SHARE, Adjudicated, Plant, Step, plant, quotas
from communique.audit.rows import Suspect, parse_planted, parse_suspects, parse_verdicts
from communique.audit.undoing import without_each
from communique.checks import incidents
from communique.incident import DataError
from communique.ingest import ingest
from communique.io import card
from communique.io.files import read_text
from communique.model import LAYERS, Annotation, Argument, Entity, Event, EventRelation, Mention, Relation, Span
from communique.ontology import default_ontology
from communique.passes import read_pass

# spaCy warns where the pipeline was trained with another version than the one that runs it.
pytestmark = pytest.mark.filterwarnings(r"ignore:\[W095\]:UserWarning")

ROOT = Path(__file__).parents[1]
AUDIT = ROOT / "annotations" / "audit"
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
    spoilt = plant(CORPUS, ONTOLOGY, n=40, seed=seed)
    assert len(spoilt.plants) == len(spoilt.steps) == 40
    assert {p.origin for p in spoilt.plants} == {"reinstated", "altered"}
    spans = [(p.doc_id, span) for p in spoilt.plants for span in p.change.spans]
    for n, (doc_id, span) in enumerate(spans):
        assert not any(doc_id == other and span.overlap(place) for other, place in spans[n + 1 :] if span != place)
    for layer in ALTERATIONS:
        size = sum(len(items(x.gold, layer)) for x in CORPUS)
        assert sum(p.layer == layer for p in spoilt.plants) <= SHARE * size


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_planted_error_is_in_the_copy_and_undoing_it_alone_takes_just_it_out(seed: int) -> None:
    spoilt = plant(CORPUS, ONTOLOGY, n=40, seed=seed)
    for x in CORPUS:
        document, copy = x.document, spoilt.copies[x.document.doc_id]
        steps = [s for s in spoilt.steps if s.plant.doc_id == document.doc_id]
        gold, last, without = without_each(x.gold, steps)
        assert not differences(document, x.gold, gold)
        assert not differences(document, copy, last)
        assert Counter(i.id for i in incidents(document, copy, ONTOLOGY)) == Counter(
            i.id for i in incidents(document, last, ONTOLOGY)
        )
        states = [x.gold, *(step.after for step in steps)]
        assert not differences(document, without[-1], states[-2])
        for (before, after), one in zip(pairwise(states), without, strict=True):
            changed = differences(document, last, one)
            assert changed
            assert len(changed) <= len(differences(document, before, after))


def test_the_same_seed_plants_the_same() -> None:
    assert plant(CORPUS, ONTOLOGY, n=20, seed=5) == plant(CORPUS, ONTOLOGY, n=20, seed=5)
    assert plant(CORPUS, ONTOLOGY, n=20, seed=5).plants != plant(CORPUS, ONTOLOGY, n=20, seed=6).plants


def test_more_than_there_is_room_for_is_refused() -> None:
    with pytest.raises(ValueError, match="500 errors are wanted, and 15% of each layer are"):
        plant(CORPUS, ONTOLOGY, n=500, seed=1)


@given(passes(), st.integers(0, 99))
def test_every_alteration_alters_and_leaves_ids_whole(annotation: Annotation, seed: int) -> None:
    words = tuple(t for t in INVENTED.tokens if t.of(INVENTED.text) != ".")
    scene = Scene(INVENTED, annotation, words, words, ONTOLOGY, random.Random(seed))
    for layer, alterations in ALTERATIONS.items():
        for item in items(scene.annotation, layer):
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


def at(words: str) -> Span:
    start = INVENTED.text.index(words)
    return Span(start, start + len(words))


ANN, MET, BOB, CY, FIRST = at("Ann"), at("met"), at("Bob"), at("Cy"), INVENTED.sentences[0]
BOTH = {doc_id: replace(INVENTED, doc_id=doc_id) for doc_id in "de"}


def planted(layer: str, *spans: Span, doc_id: str = "d") -> Plant:
    return Plant(doc_id, layer, "altered", Change("missing", spans, "", ""))


def suspect(layer: str, *spans: Span, doc_id: str = "d") -> Suspect:
    return Suspect(doc_id, layer, spans, {})


EVENT, PAIR, OTHER_PAIR = planted("events", MET), planted("arguments", MET, ANN), planted("arguments", MET, BOB)


@pytest.mark.parametrize(
    ("plants", "suspects", "found"),
    [
        pytest.param([EVENT], [suspect("events", Span(6, 11))], {0: 0}, id="an-overlap"),
        pytest.param([EVENT], [suspect("events", Span(7, 11))], {}, id="a-neighbour"),
        pytest.param([EVENT], [suspect("events", MET, doc_id="e")], {}, id="another-document"),
        pytest.param([EVENT], [suspect("arguments", MET, ANN)], {}, id="another-layer"),
        pytest.param([PAIR], [suspect("arguments", MET)], {}, id="one-end"),
        pytest.param([PAIR], [suspect("arguments", ANN, MET)], {0: 0}, id="both-ends-in-either-order"),
        pytest.param([planted("entities", ANN, BOB, CY)], [suspect("entities", ANN, BOB)], {}, id="two-places-of-three"),
        pytest.param([EVENT], [suspect("events", MET, ANN)], {0: 0}, id="a-place-too-many"),
        pytest.param([EVENT], [suspect("events", FIRST)], {}, id="a-whole-sentence"),
        pytest.param([EVENT], [suspect("events", at("Ann met Bob and Cy in Dun"))], {0: 0}, id="six-words-more"),
        pytest.param([EVENT], [suspect("events", at("Ann met Bob and Cy in Dun to"))], {}, id="seven-words-more"),
        pytest.param([planted("mentions", at("Bob and"))], [suspect("mentions", BOB)], {0: 0}, id="a-part"),
        pytest.param([EVENT], [suspect("events", MET), suspect("events", MET)], {0: 0}, id="the-first-of-two"),
        pytest.param([EVENT, EVENT], [suspect("events", MET)], {0: 0}, id="one-plant-at-most"),
        pytest.param(
            [PAIR, OTHER_PAIR],
            [suspect("arguments", MET, ANN, BOB), suspect("arguments", MET, ANN)],
            {0: 1, 1: 0},
            id="as-many-pairs-as-possible",
        ),
        pytest.param(
            [PAIR, OTHER_PAIR],
            [suspect("arguments", MET, BOB), suspect("arguments", MET, BOB, ANN), suspect("arguments", MET, ANN)],
            {0: 1, 1: 0},
            id="none-is-given-up-for-a-later-one",
        ),
    ],
)
def test_a_suspect_catches_what_it_names(plants: list[Plant], suspects: list[Suspect], found: dict[int, int]) -> None:
    assert caught(plants, suspects, BOTH) == found


@given(st.lists(st.sets(st.sampled_from([ANN, BOB, CY]), min_size=1), max_size=5), st.permutations(range(5)))
def test_how_many_are_caught_does_not_depend_on_the_order(named: list[set[Span]], order: list[int]) -> None:
    plants = [planted("entities", span) for span in (ANN, ANN, BOB, CY)]
    suspects = [suspect("entities", *sorted(spans)) for spans in named]
    shuffled = [suspects[n] for n in order if n < len(suspects)]
    found = caught(plants, suspects, BOTH)
    assert len(found) == len(caught(plants, shuffled, BOTH)) == len(caught(plants[::-1], suspects, BOTH))
    assert len(set(found.values())) == len(found)


def test_no_extent_in_the_gold_is_wider_than_a_quoted_place_may_be() -> None:
    widest = 0
    for path in (ROOT / "annotations" / "gold").glob("*.json"):
        for m in read_pass(path, DOCUMENTS, ontology=ONTOLOGY).annotations[0].mentions:
            tokens = [t for t in DOCUMENTS[path.stem].tokens if m.extent and m.extent.contains(t)]
            widest = max(widest, sum(not m.span.contains(t) for t in tokens))
    assert widest == WIDER


def test_an_estimate_is_capture_and_recapture() -> None:
    found = estimate(plants=100, hits=80, real=8)
    assert found.left == pytest.approx(2)
    # Wilson's interval of 80 of 100: .7112 to .8666.
    assert (found.rate_low, found.rate_high) == (pytest.approx(0.7112, abs=1e-4), pytest.approx(0.8666, abs=1e-4))
    assert found.low == pytest.approx(8 * (1 - 0.8666) / 0.8666, abs=1e-3)
    assert found.high == pytest.approx(8 * (1 - 0.7112) / 0.7112, abs=1e-3)
    assert estimate(plants=10, hits=10, real=3).left == 0


def test_where_no_error_was_found_there_is_a_bound_and_no_estimate() -> None:
    found = estimate(plants=100, hits=80, real=0)
    assert (found.left, found.low) == (None, None)
    assert (1 - 0.7112) ** found.high == pytest.approx(0.05, abs=1e-4)  # type: ignore[operator]


@pytest.mark.parametrize("real", [0, 3])
@pytest.mark.parametrize(("plants", "rate"), [(10, 0), (0, None)])
def test_where_nothing_was_caught_there_is_neither(plants: int, rate: float | None, real: int) -> None:
    found = estimate(plants=plants, hits=0, real=real)
    assert found.rate == rate
    assert {found.rate_low, found.rate_high, found.left, found.low, found.high} == {None}


@pytest.mark.parametrize("counts", [{"plants": 1, "hits": 2, "real": 0}, {"plants": 1, "hits": 1, "real": -1}])
def test_counts_that_cannot_be_are_refused(counts: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="no such thing"):
        estimate(**counts)


SAID = Annotation(
    "d",
    mentions=tuple(Mention(f"m{n}", span, "PER", "NAM") for n, span in enumerate((ANN, BOB), 1)),
    entities=tuple(Entity(f"e{n}", "PER", (f"m{n}",)) for n in (1, 2)),
    events=(Event("v1", MET, "STATEMENT", "ACTUAL", "POS", tuple(Argument("ACTOR", f"m{n}") for n in (1, 2))),),
)
"""Ann and Bob say something; without either, nobody does."""


def filled(a: Annotation, *mentions: str) -> Annotation:
    return replace(a, events=(replace(a.events[0], arguments=tuple(Argument("ACTOR", m) for m in mentions)),))


def steps(*changes: tuple[str, tuple[Span, ...], Annotation]) -> list[Step]:
    return [Step(planted(layer, *spans), after) for layer, spans, after in changes]


PLANNED = replace(SAID, events=(replace(SAID.events[0], realis="PLANNED"),))


@pytest.mark.parametrize(
    ("planting", "hit"),
    [
        pytest.param(steps(), [], id="nothing"),
        pytest.param(steps(("arguments", (MET, ANN), filled(SAID, "m2"))), [], id="not-noticed"),
        pytest.param(
            steps(("events", (MET,), PLANNED), ("arguments", (MET, ANN, BOB), filled(PLANNED))), [1], id="not-what-is-only-near"
        ),
        pytest.param(
            steps(("arguments", (MET, ANN), filled(SAID, "m2")), ("arguments", (MET, BOB), filled(SAID))),
            [0, 1],
            id="both-that-it-takes",
        ),
        pytest.param(
            steps(
                ("arguments", (MET, ANN, BOB), filled(SAID)),
                ("mentions", (ANN, BOB), replace(filled(SAID), mentions=(), entities=())),
            ),
            [],
            id="neither-if-either-suffices",
        ),
    ],
)
def test_a_finding_is_about_the_error_with_which_it_goes(planting: list[Step], hit: list[int]) -> None:
    assert not incidents(INVENTED, SAID, ONTOLOGY)
    assert found_by_checks(INVENTED, SAID, planting, ONTOLOGY) == (tuple(planting[n].plant for n in hit), ())


def test_what_the_checks_find_in_the_gold_is_a_false_alarm() -> None:
    silent = filled(SAID)
    [there] = incidents(INVENTED, silent, ONTOLOGY)
    later = replace(silent, events=(replace(silent.events[0], realis="PLANNED"),))
    found, [alarm] = found_by_checks(INVENTED, silent, steps(("events", (MET,), later)), ONTOLOGY)
    assert found == ()
    assert there.id == "statement-without-actor"
    assert alarm.endswith(str(there).partition(": ")[2])


def test_a_finding_that_the_errors_took_away_is_no_false_alarm() -> None:
    silent = filled(SAID)
    assert found_by_checks(INVENTED, silent, steps(("arguments", (MET, ANN), SAID)), ONTOLOGY) == ((), ())


def clustered(*clusters: str, members: tuple[str, ...] = (), gone: str = "") -> Annotation:
    """Ann, Bob and Cy (A, B and C), clustered so; ``members`` are ids of entities, of which the last one consists."""
    spans = {"A": ANN, "B": BOB, "C": CY}
    mentions = tuple(Mention(f"m{x}", span, "PER", "NAM") for x, span in spans.items() if x not in gone)
    entities = tuple(Entity(f"e{n}", "PER", tuple(f"m{x}" for x in of)) for n, of in enumerate(clusters, 1))
    return Annotation("d", mentions=mentions, entities=(*entities[:-1], replace(entities[-1], members=members)))


def in_words(a: Annotation) -> list[str]:
    """The clusters, one word each, and after a colon those that the cluster has as members."""
    of = {e.id: "".join(m.span.of(INVENTED.text)[0] for m in a.mentions if m.id in e.mentions) for e in a.entities}
    return sorted(f"{of[e.id]}:{''.join(sorted(of[x] for x in e.members))}" for e in a.entities)


@pytest.mark.parametrize(
    ("gold", "first", "second", "without_first", "without_second"),
    [
        pytest.param(
            clustered("AB", "C"),
            clustered("A", "BC"),
            clustered("C", "B", "A"),
            ["AB:", "C:"],
            ["A:", "BC:"],
            id="moved-and-split",
        ),
        pytest.param(
            clustered("ABC"), clustered("AB", "C"), clustered("A", "BC"), ["AC:", "B:"], ["AB:", "C:"], id="into-a-new-entity"
        ),
        pytest.param(
            clustered("AB", "C"),
            clustered("A", "BC"),
            clustered("A", "C", gone="B"),
            ["A:", "C:"],
            ["A:", "BC:"],
            id="then-removed",
        ),
        pytest.param(
            clustered("A", "B", members=("e1",)),
            clustered("A", "B"),
            clustered("B", gone="A"),
            ["B:"],
            ["A:", "B:"],
            id="a-member-then-removed",
        ),
    ],
)
def test_undoing_one_step_leaves_what_the_other_did_to_clusters(
    gold: Annotation, first: Annotation, second: Annotation, without_first: list[str], without_second: list[str]
) -> None:
    found = without_each(gold, steps(("entities", (BOB,), first), ("entities", (CY,), second)))
    assert [in_words(x) for x in found[:2]] == [in_words(gold), in_words(second)]
    assert [in_words(x) for x in found[2]] == [without_first, without_second]


def test_what_hangs_on_something_that_another_error_took_away_stays_away() -> None:
    related = replace(SAID, relations=(Relation("r1", "TIES", "m1", "m2"),))
    bare = replace(filled(related, "m2"), mentions=SAID.mentions[1:], entities=SAID.entities[1:], relations=())
    taking = steps(("relations", (ANN, BOB), replace(related, relations=())), ("mentions", (ANN,), bare))
    assert without_each(related, taking)[2][0].relations == ()
    follows = Event("v2", BOB, "CONSULT", "ACTUAL", "POS")
    linked = replace(SAID, events=(*SAID.events, follows), event_relations=(EventRelation("x1", "BEFORE", "v1", "v2", (CY,)),))
    apart = replace(linked, event_relations=())
    taking = steps(("event_relations", (MET, BOB), apart), ("events", (BOB,), replace(apart, events=SAID.events)))
    _, _, (without_first, without_second) = without_each(linked, taking)
    assert without_first.event_relations == without_second.event_relations == ()
    assert len(without_second.events) == 2


def test_what_is_given_twice_is_still_given_twice() -> None:
    twice = replace(filled(SAID, "m1", "m1"), relations=tuple(Relation(f"r{n}", "TIES", "m1", "m2") for n in (1, 2)))
    _, last, (without,) = without_each(SAID, steps(("relations", (ANN, BOB), twice)))
    assert (len(last.relations), len(last.events[0].arguments)) == (2, 2)
    assert (without.relations, [x.mention for x in without.events[0].arguments]) == ((), [m.id for m in without.mentions])


def faults(name: str, read: Any, rows: list[Any], *more: Any) -> list[tuple[str, str]]:
    """What reading these rows reports: ids, and places without the file."""
    lines = "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)
    with pytest.raises(DataError) as found:
        read(name, lines, *more)
    assert all(i.message and i.hint for i in found.value.incidents)
    return [(i.id, i.place.removeprefix(f"{name}:")) for i in found.value.incidents]


SUSPECT = {
    "doc_id": "d",
    "layer": "events",
    "places": [{"text": "met", "sentence": 1}],
    "wrong": "x",
    "right": "",
    "rule": "§5",
}


def test_suspects_are_read_with_blank_lines_between() -> None:
    found = parse_suspects("s", f"\n{json.dumps(SUSPECT)}\n\n{json.dumps(SUSPECT)}\n", {"d": INVENTED})
    assert found == (Suspect("d", "events", (MET,), SUSPECT),) * 2


def test_faults_in_a_list_of_suspects_are_all_reported() -> None:
    rows = [
        SUSPECT,
        SUSPECT | {"places": [{"text": "nowhere"}, {"text": "met"}, {"text": "met", "sentence": 2}]},
        SUSPECT | {"doc_id": "x", "layer": "words", "places": [{"text": 1}]},
        {"doc_id": 1, "layer": None, "extra": 0},
        SUSPECT | {"places": []},
        SUSPECT | {"places": "met"},
        SUSPECT | {"places": ["met", {"text": "met", "sentence": "1"}, {"text": "met", "sentence": True}, {"end": 3}]},
        [],
        '{"doc_id": "d", "doc_id": "e"}',
        '{"rule": NaN}',
        "no",
    ]
    assert faults("s.jsonl", parse_suspects, rows, {"d": INVENTED}) == [
        ("quote-not-found", "2: $.places[0]"),
        ("quote-not-found", "2: $.places[1]"),
        ("unknown-document", "3: $.doc_id"),
        ("unknown-layer", "3: $.layer"),
        ("wrong-type", "3: $.places[0].text"),
        ("unknown-key", "4: $"),
        ("wrong-type", "4: $.doc_id"),
        ("wrong-type", "4: $.layer"),
        *[("missing-key", "4: $")] * 4,
        ("no-place", "5: $.places"),
        ("wrong-type", "6: $.places"),
        ("wrong-type", "7: $.places[0]"),
        ("wrong-type", "7: $.places[1].sentence"),
        ("wrong-type", "7: $.places[2].sentence"),
        ("unknown-key", "7: $.places[3]"),
        ("missing-key", "7: $.places[3]"),
        ("wrong-type", "8: $"),
        ("invalid-json", "9"),
        ("invalid-json", "10"),
        ("invalid-json", "11:1"),
    ]


VERDICT = {"suspect": 3, "verdict": "no error", "rule": "§5", "reason": "x"}


def test_verdicts_are_one_on_each_unmatched_suspect() -> None:
    rows = [VERDICT, VERDICT | {"suspect": 5, "verdict": "error"}, VERDICT | {"suspect": 4, "verdict": "planted"}]
    lines = "\n".join(map(json.dumps, rows))
    assert parse_verdicts("v", lines, [3, 4, 5]) == {3: "no error", 5: "error", 4: "planted"}


def test_faults_in_verdicts_are_all_reported() -> None:
    rows = [
        VERDICT | {"verdict": "perhaps"},
        VERDICT,
        VERDICT | {"suspect": 2},
        VERDICT | {"suspect": True},
        VERDICT | {"suspect": 4, "rule": " ", "reason": ""},
        {"suspect": 6},
        "[",
    ]
    assert faults("v.jsonl", parse_verdicts, rows, [3, 4, 5, 6]) == [
        ("unknown-verdict", "1: $.verdict"),
        ("not-a-suspect", "2: $.suspect"),
        ("not-a-suspect", "3: $.suspect"),
        ("wrong-type", "4: $.suspect"),
        ("blank", "5: $.rule"),
        ("blank", "5: $.reason"),
        *[("missing-key", "6: $")] * 3,
        ("invalid-json", "7:2"),
        ("not-judged", "v.jsonl"),
    ]


ROW = PAIR.as_json(INVENTED)


def test_what_was_planted_is_read_as_it_was_written() -> None:
    assert parse_planted("p", json.dumps(ROW), {"d": INVENTED}) == (PAIR,)


def test_faults_in_what_was_planted_are_all_reported() -> None:
    rows = [
        ROW | {"origin": "found", "layer": "words", "doc_id": "x"},
        ROW | {"places": ["s1 “met”", "s1 “Bob”"]},
        ROW | {"places": ["s1 “met”"]},
        ROW | {"spans": [[4, 7], [3, 3], [0, 9999], [0.0, 3], [True, 3], [-1, 3], [0], 3]},
        ROW | {"spans": []},
        {key: value for key, value in ROW.items() if key != "was"},
    ]
    assert faults("p.jsonl", parse_planted, rows, {"d": INVENTED}) == [
        ("unknown-document", "1: $.doc_id"),
        ("unknown-layer", "1: $.layer"),
        ("unknown-origin", "1: $.origin"),
        ("place-differs", "2: $.places"),
        ("place-differs", "3: $.places"),
        *[("not-a-span", f"4: $.spans[{n}]") for n in range(1, 8)],
        ("place-differs", "4: $.places"),
        ("no-place", "5: $.spans"),
        ("missing-key", "6: $"),
    ]


def test_without_a_log_everything_is_altered() -> None:
    bare = [Adjudicated(x.document, x.gold, x.gold, Decisions({}), x.gold, x.nouns, x.verbs) for x in CORPUS]
    assert {p.origin for p in plant(bare, ONTOLOGY, n=30, seed=4).plants} == {"altered"}


def script() -> Any:
    spec = importlib.util.spec_from_file_location("audit_script", ROOT / "scripts" / "audit.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPT = script()
FIGURES = json.loads((AUDIT / "figures.json").read_text(encoding="utf-8"))
SEED = ["--seed", str(FIGURES["seed"])]
PLANTED, SUSPECTS, VERDICTS = (str(AUDIT / f"{name}.jsonl") for name in ("planted", "suspects", "verdicts"))


def run(*words: str) -> str:
    """What the script says. A ValueError passes through, as it does where the script turns it into a message."""
    return CliRunner().invoke(SCRIPT.main, words, catch_exceptions=False).output


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the script reads of a project, in a folder of its own."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("seeds", "guidelines", "annotations"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def test_the_committed_figures_follow_from_what_was_planted_and_listed(tmp_path: Path) -> None:
    run("plant", "--errors", str(FIGURES["planted"]), *SEED, "--folder", str(ROOT), "-o", str(tmp_path))
    run("count", *SEED, "--folder", str(ROOT), "-o", str(tmp_path), SUSPECTS, "--verdicts", VERDICTS)
    for name in ("planted.jsonl", "figures.json"):
        assert (tmp_path / name).read_text(encoding="utf-8") == (AUDIT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(("stage", "same"), [("correction", True), ("audit", True), ("final reading", False)])
def test_only_a_correction_before_the_audit_changes_what_is_planted(
    stage: str, same: bool, project: Path, tmp_path: Path
) -> None:
    log = project / "annotations" / "adjudication.jsonl"
    stood = log.read_text(encoding="utf-8")
    edit = {"layer": "events", "remove": {"text": "warning", "sentence": 16}, "add": None}
    row = {"doc_id": "001-crossroads", "difference": None, "stage": stage, "layer": "events", "edit": edit}
    log.write_text(stood + json.dumps(row | {"rule": "§5", "reason": "x"}) + "\n", encoding="utf-8")
    try:
        run("plant", "--errors", str(FIGURES["planted"]), *SEED, "--folder", str(project), "-o", str(tmp_path))
    finally:
        log.write_text(stood, encoding="utf-8")
    made = (tmp_path / "planted.jsonl").read_text(encoding="utf-8")
    assert (made == Path(PLANTED).read_text(encoding="utf-8")) is same


def test_without_verdicts_only_what_is_to_be_judged_is_written(tmp_path: Path) -> None:
    said = run("count", *SEED, "--folder", str(ROOT), "-o", str(tmp_path), "--planted", PLANTED, SUSPECTS)
    assert "110 of 120 planted errors caught; suspects that name none of them: 1" in said
    assert "reinstated, test: 1 of 9" in said
    assert [path.name for path in tmp_path.iterdir()] == ["unmatched.md"]
    number, _, row = (tmp_path / "unmatched.md").read_text(encoding="utf-8").partition(". ")
    assert json.loads(row) == json.loads(Path(SUSPECTS).read_text(encoding="utf-8").split("\n")[int(number) - 1])


def test_where_every_suspect_names_an_error_there_is_nothing_to_judge(tmp_path: Path) -> None:
    rows = Path(SUSPECTS).read_text(encoding="utf-8").splitlines()
    unmatched = json.loads(Path(VERDICTS).read_text(encoding="utf-8"))["suspect"] - 1
    matched = tmp_path / "matched.jsonl"
    matched.write_text("\n".join(rows[:unmatched] + rows[unmatched + 1 :]), encoding="utf-8")
    run("count", *SEED, "--folder", str(ROOT), "-o", str(tmp_path / "out"), "--planted", PLANTED, str(matched))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["figures.json"]
    made = json.loads((tmp_path / "out" / "figures.json").read_text(encoding="utf-8"))
    assert made["reader"] == FIGURES["reader"] | {"verdicts": {"error": 0, "no error": 0, "planted": 0}}


def test_what_was_planted_counts_although_it_cannot_be_planted_again(tmp_path: Path) -> None:
    """The figures of the reader never move; those of the checks are refused rather than made of other errors."""
    words = ["count", "--folder", str(ROOT), "-o", str(tmp_path), "--planted", PLANTED, SUSPECTS]
    assert "110 of 120 planted errors caught" in run(*words, "--seed", "42")
    with pytest.raises(ValueError, match=r"planting 120 errors by seed 42 does not give .*planted\.jsonl"):
        run(*words, "--seed", "42", "--verdicts", VERDICTS)
    assert not (tmp_path / "figures.json").exists()


def test_a_log_that_no_longer_fits_is_named_when_it_is_planted_again(project: Path, tmp_path: Path) -> None:
    log = project / "annotations" / "adjudication.jsonl"
    stood = log.read_text(encoding="utf-8")
    rows = stood.splitlines(keepends=True)
    decided = next(row for row in rows if json.loads(row)["difference"] is not None)
    log.write_text("".join(row for row in rows if row != decided), encoding="utf-8")
    words = ["count", *SEED, "--folder", str(project), "-o", str(tmp_path), "--planted", PLANTED, SUSPECTS]
    try:
        with pytest.raises(ValueError, match=r"does not give .*\[undecided\]"):
            run(*words, "--verdicts", VERDICTS)
    finally:
        log.write_text(stood, encoding="utf-8")


def test_errors_of_the_gold_count_where_they_were_found(tmp_path: Path) -> None:
    judged = json.loads(Path(VERDICTS).read_text(encoding="utf-8")) | {"verdict": "error"}
    (tmp_path / "v.jsonl").write_text(json.dumps(judged), encoding="utf-8")
    where = json.loads(Path(SUSPECTS).read_text(encoding="utf-8").split("\n")[judged["suspect"] - 1])["doc_id"]
    verdicts = ["--verdicts", str(tmp_path / "v.jsonl")]
    run("count", *SEED, "--folder", str(ROOT), "-o", str(tmp_path), "--planted", PLANTED, SUSPECTS, *verdicts)
    made = parse_figures(*read_text(tmp_path / "figures.json"))
    assert where == "003-washington"
    real = {name: e["real"] for name, e in made["estimate"].items()}
    assert real == dict.fromkeys(real, 1) | {"altered, test": 0, "reinstated, test": 0}
    assert made["estimate"]["all"]["left"] == pytest.approx((1 - 110 / 120) / (110 / 120), abs=1e-6)
    assert made["reader"]["verdicts"] == {"error": 1, "no error": 0, "planted": 0}


def test_counts_of_origins_splits_and_layers_add_up() -> None:
    for of in FIGURES["reader"]["by"].values():
        assert sum(n["planted"] for n in of.values()) == FIGURES["planted"]
        assert sum(n["caught"] for n in of.values()) == FIGURES["reader"]["caught"]
    assert tuple(FIGURES["reader"]["by"]["layer"]) == LAYERS
    assert FIGURES["reader"]["by"]["origin_and_split"]["reinstated, validation"] == {"planted": 10, "caught": 9}
    assert FIGURES["reader"]["by"]["origin_and_split"]["reinstated, test"] == {"planted": 9, "caught": 1}


def audited(**estimates: tuple[int, int, int]) -> str:
    """The card's section, with these planted, caught and real errors."""
    of = {name: asdict(estimate(plants=n, hits=k, real=r)) for name, (n, k, r) in estimates.items()}
    return "\n".join(card.audit(FIGURES | {"estimate": of}))


def test_the_card_shows_every_group_and_a_dash_where_nothing_was_planted() -> None:
    shown = "\n".join(card.audit(FIGURES))
    for row in (
        "| origin and split: reinstated, validation | 10 | 9 | 0.90 |",
        "| origin and split: reinstated, test | 9 | 1 | 0.11 |",
        "| layer: instances | 0 | 0 | – |",
    ):
        assert row in shown
    assert "`communique check` catches 29 of the planted errors, with 0 false alarms." in shown


def test_the_card_gives_no_estimate_where_no_error_was_found() -> None:
    shown = audited(plain=(100, 80, 0), hard=(9, 1, 0), hopeless=(9, 0, 0))
    # (1 - .7112)² is .083, (1 - .7112)³ is .024.
    assert "| plain | 0.71–0.87 | 0 | – | 2 |" in shown
    assert "| hard | 0.02–0.43 | 0 | – | no bound |" in shown
    assert "| hopeless | – | 0 | – | no bound |" in shown


def test_the_card_gives_estimates_where_errors_were_found() -> None:
    shown = audited(plain=(100, 80, 8), sure=(10, 10, 3), hopeless=(9, 0, 8))
    assert "| plain | 0.71–0.87 | 8 | 2.0 (1.2–3.2) | – |" in shown
    assert "| sure | 0.72–1.00 | 3 | 0.0 (0.0–1.2) | – |" in shown
    assert "| hopeless | – | 8 | – | – |" in shown


def test_a_card_without_an_audit_says_so() -> None:
    assert card.audit(None) == ["Not done yet."]


@pytest.mark.parametrize("command", ["plant", "count"])
def test_every_option_of_the_script_says_in_a_sentence_what_it_does(command: str) -> None:
    options = [x for x in SCRIPT.main.commands[command].params if isinstance(x, click.Option)]
    assert len(options) >= 4
    assert all(x.help and x.help.endswith((".", ").")) and len(x.help.split()) > 8 for x in options)
