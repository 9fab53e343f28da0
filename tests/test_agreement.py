"""Agreement between two passes: counted by hand, by published cases, and by laws."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from flat import passes
from hypothesis import given, settings
from hypothesis import strategies as st
from invented import write_project

from communique.agreement import Agreement, agreement, nominal_alpha
from communique.incident import DataError
from communique.io.jsonl_writer import write_annotations
from communique.measures.coref import entity_clusters, lea, restrict
from communique.measures.relaxed import tally_relaxed
from communique.measures.tally import Tally
from communique.model import Annotation, Argument, Entity, Event, EventRelation, Instance, Mention, Relation, Span
from communique.ontology import default_ontology
from communique.resample import LOG_DISAGREEMENT, LOGIT, Interval, jackknife

ROOT = Path(__file__).parents[1]


def clusters(*words: str) -> list[frozenset[str]]:
    return [frozenset(word) for word in words]


def test_lea_of_the_papers_example():
    """Moosavi and Strube 2016, section 3: K = {abc, defg}, R = {ab, cd, fghi}; recall .24, precision .33."""
    tally = lea(clusters("abc", "defg"), clusters("ab", "cd", "fghi"))
    assert (tally.hits_gold, tally.gold) == (Fraction(5, 3), 7)
    assert (tally.hits_predicted, tally.predicted) == (Fraction(8, 3), 8)
    assert tally.f1 == pytest.approx(2 * (5 / 21) * (1 / 3) / (5 / 21 + 1 / 3))


@pytest.mark.parametrize(
    ("gold", "pred", "recall", "precision"),
    [
        (["a"], ["a"], 1, 1),  # a singleton has a link to itself
        (["a"], ["ab"], 0, 0),  # which a larger entity has not
        (["ab"], ["a", "b"], 0, 0),
        (["ab", "c"], ["ab", "d"], Fraction(2, 3), Fraction(2, 3)),
        (["abcd"], ["ab", "cd"], Fraction(1, 3), 1),
        ([], ["a"], None, 0),
    ],
)
def test_lea_of_singletons_and_splits(gold, pred, recall, precision):
    tally = lea(clusters(*gold), clusters(*pred))
    assert tally.recall == (None if recall is None else pytest.approx(float(recall)))
    assert tally.precision == pytest.approx(float(precision))


@st.composite
def partitions(draw: st.DrawFn) -> list[frozenset[int]]:
    held: dict[int, set[int]] = {}
    for mention in draw(st.sets(st.integers(0, 9))):
        held.setdefault(draw(st.integers(0, 4)), set()).add(mention)
    return [frozenset(x) for x in held.values()]


@given(partitions(), partitions())
def test_lea_swaps_precision_and_recall_and_knows_itself(gold, pred):
    there, back = lea(gold, pred), lea(pred, gold)
    assert (there.precision, there.recall, there.f1) == (back.recall, back.precision, back.f1)
    assert lea(gold, gold).f1 == (1 if gold else None)


def test_lea_refuses_what_is_no_partition():
    with pytest.raises(ValueError, match="a stands in two clusters"):
        lea(clusters("ab", "ac"), clusters("a"))


def test_restricting_keeps_what_is_left_together():
    assert restrict(clusters("abc", "d"), set("ab")) == clusters("ab")


ANN, SHE, BOB, ROME, MET, TALKS, MEND = (Span(n, n + 3) for n in range(0, 70, 10))


def one(**changes) -> Annotation:
    return replace(
        Annotation(
            "d1",
            mentions=(
                Mention("m1", ANN, "PER", "NAM"),
                Mention("m2", SHE, "PER", "PRO"),
                Mention("m3", BOB, "PER", "NAM"),
                Mention("m4", ROME, "GPE", "NAM"),
            ),
            entities=(Entity("e1", "PER", ("m1", "m2")),),
            events=(
                Event("v1", MET, "CONSULT", "ACTUAL", "POS", (Argument("PARTICIPANT", "m1"), Argument("PARTICIPANT", "m3"))),
                Event("v2", TALKS, "CONSULT", "PLANNED", "POS", (Argument("PARTICIPANT", "m1"),)),
                Event("v3", MEND, "IMPROVE", "POSSIBLE", "POS"),
            ),
            instances=(Instance("i1", ("v1", "v2")),),
            relations=(Relation("r1", "AFFILIATION", "m1", "m4"),),
            event_relations=(EventRelation("x1", "PURPOSE", "v1", "v3", (Span(90, 92),)),),
        ),
        **changes,
    )


def other() -> Annotation:
    """Another pass: Rome is an ORG, she is not Ann, IMPROVE is missing, talks are ACTUAL, she is the one of the talks."""
    return one(
        mentions=(
            Mention("m1", ANN, "PER", "NAM"),
            Mention("m2", SHE, "PER", "PRO"),
            Mention("m3", BOB, "PER", "NAM"),
            Mention("m4", ROME, "ORG", "NAM"),
        ),
        entities=(),
        events=(
            Event("v1", MET, "CONSULT", "ACTUAL", "POS", (Argument("PARTICIPANT", "m1"), Argument("ACTOR", "m3"))),
            Event("v2", TALKS, "CONSULT", "ACTUAL", "NEG", (Argument("PARTICIPANT", "m2"),)),
        ),
        event_relations=(),
    )


def third() -> Annotation:
    """Where the other pass agrees, this one does not: Bob is missing, talks are REJECT, nothing is one instance, relations are
    of other types."""
    return one(
        mentions=tuple(m for m in one().mentions if m.span != BOB),
        events=(
            Event("v1", MET, "CONSULT", "ACTUAL", "POS", (Argument("PARTICIPANT", "m1"),)),
            Event("v2", TALKS, "REJECT", "PLANNED", "POS", (Argument("ACTOR", "m1"),)),
            Event("v3", MEND, "IMPROVE", "POSSIBLE", "POS"),
        ),
        instances=(),
        relations=(Relation("r1", "TIES", "m1", "m4"),),
        event_relations=(EventRelation("x1", "CAUSE", "v1", "v3", (Span(90, 92),)),),
    )


def figures(found: Agreement) -> dict[str, float]:
    return {name: layer.figures.get("f1", layer.figures.get("accuracy")) for name, layer in found.layers.items()}


def test_every_figure_is_what_counting_by_hand_gives():
    found = agreement([one()], [other()])
    assert figures(found) == pytest.approx(
        {
            "mentions": 3 / 4,
            "mentions_span": 1,
            "entities": 2 / 4,  # Bob and Rome of four mentions
            "entities_common": 2 / 4,
            "triggers": 4 / 5,
            "triggers_class": 4 / 5,
            "triggers_span": 4 / 5,
            "triggers_core": 1,
            "triggers_class_core": 1,
            "realis": 1 / 2,
            "realis_consult": 1 / 2,
            "polarity": 1 / 2,
            "arguments": 1 / 3,
            "arguments_core": 1 / 3,
            "arguments_given_triggers": 1 / 3,
            "arguments_entity": 2 / 3,  # she is Ann to one of them
            "arguments_entity_given_triggers": 2 / 3,
            "instances": 1,
            "instances_common": 1,
            "relations": 1,
            "relations_given_mentions": None,  # there is none: they differ on Rome
            "relations_entity": 1,
            "event_relations": 0,
            "event_relations_given_triggers": None,
        }
    )
    assert found.layers["mentions"].n == 5
    assert found.layers["realis"].counts == {"ACTUAL/ACTUAL": 1, "PLANNED/ACTUAL": 1}
    assert found.layers["polarity"].counts == {"POS/NEG": 1, "POS/POS": 1}


def test_however_a_value_is_missing_it_is_counted_under_a_dash():
    met, talks, mend = one().events
    lacking = one(events=(replace(met, realis=None), replace(talks, realis=""), mend))
    assert agreement([lacking], [lacking]).layers["realis"].counts == {"POSSIBLE/POSSIBLE": 1, "–/–": 2}


@given(st.lists(st.tuples(passes(), passes()), min_size=1, max_size=2))
def test_agreement_is_the_same_either_way_round_and_whole_with_oneself(twos):
    first, second = ([replace(p, doc_id=f"d{n}") for n, p in enumerate(side)] for side in zip(*twos, strict=True))
    there, back = agreement(first, second), agreement(second, first)
    for name, layer in there.layers.items():
        assert layer.figures == pytest.approx(back.layers[name].figures)
        assert layer.n == back.layers[name].n
    assert {f for layer in agreement(first, first).layers.values() for f in layer.figures.values()} <= {None, 1.0}


def anew(a: Sequence[Annotation], b: Sequence[Annotation]) -> dict[tuple[str, str], Interval]:
    """Every interval, where a part is the document's name and the figure is what agreement of the named documents says."""

    @cache
    def of(names: tuple[str, ...]) -> Agreement:
        return agreement(*([p for p in side if p.doc_id in names] for side in (a, b)))

    def interval(layer: str, figure: str) -> Interval:
        scale = LOG_DISAGREEMENT if figure == "alpha" else LOGIT
        return jackknife({p.doc_id: (p.doc_id,) for p in a}, lambda names: of(names).layers[layer].figures[figure], scale=scale)

    whole = of(tuple(p.doc_id for p in a))
    return {(name, figure): interval(name, figure) for name, layer in whole.layers.items() for figure in layer.figures}


def intervals(found: Agreement) -> dict[tuple[str, str], Interval]:
    return {(name, figure): x for name, layer in found.layers.items() for figure, x in layer.intervals.items()}


@given(st.lists(st.tuples(passes(), passes()), min_size=1, max_size=2))
def test_a_documents_own_figures_are_those_of_agreement_on_it_alone(twos):
    first, second = ([replace(p, doc_id=f"d{n}") for n, p in enumerate(side)] for side in zip(*twos, strict=True))
    layers = agreement(first, second).layers
    for a, b in zip(first, second, strict=True):
        alone = agreement([a], [b]).layers
        assert {n: x.documents[a.doc_id] for n, x in layers.items()} == {n: x.documents[a.doc_id] for n, x in alone.items()}
        for layer in alone.values():
            assert layer.documents[a.doc_id] == replace(layer, documents={}, intervals={})


@settings(max_examples=20)
@given(st.lists(st.tuples(passes(), passes()), min_size=1, max_size=4))
def test_with_a_document_left_out_figures_are_those_of_agreement_without_it(twos):
    first, second = ([replace(p, doc_id=f"d{n}") for n, p in enumerate(side)] for side in zip(*twos, strict=True))
    assert intervals(agreement(first, second)) == anew(first, second)


def test_every_figure_has_the_interval_of_agreement_computed_anew():
    b = [replace(p, doc_id=f"d{n}") for n, p in enumerate((one(), other(), third()) * 2)]
    a = [one(doc_id=p.doc_id) for p in b]
    found = intervals(agreement(a, b))
    assert found == anew(a, b)
    assert {key: x.reason for key, x in found.items() if x.reason} == {}


def work(documents: int) -> int:
    """How many calls agreement makes for copies of two passes."""
    a, b = ([replace(p, doc_id=f"d{n}") for n in range(documents)] for p in (one(), other()))
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        agreement(a, b)
    finally:
        sys.setprofile(before)
    return calls


def test_twice_the_documents_are_twice_the_work():
    """Counted anew for each document left out, 80 documents took a minute."""
    work(3)  # what is imported or cached at first
    assert work(40) < 2.2 * work(20)


@given(passes(), passes())
def test_what_is_looser_agrees_no_less(a, b):
    found = agreement([a], [b]).layers
    pairs = [
        ("arguments", "arguments_entity"),
        ("relations", "relations_entity"),
        ("mentions", "mentions_span"),
        ("triggers", "triggers_class"),
    ]
    for strict, loose in pairs:
        assert (found[loose].figures["f1"] or 0) >= (found[strict].figures["f1"] or 0)


def test_loose_items_pair_as_many_as_possible():
    same = [[frozenset([ANN, SHE]), frozenset([BOB])], [frozenset([SHE, BOB]), frozenset([ANN])]]
    a = [("ACTOR", (SHE,), False), ("ACTOR", (ANN,), False)]
    b = [("ACTOR", (ANN,), False), ("ACTOR", (BOB,), False)]
    assert tally_relaxed(a, b, same) == Tally(2, 2, 2, 2)  # she–Bob, Ann–Ann; a greedy she–Ann would leave Ann alone


def test_symmetric_relations_pair_whichever_way_round():
    there = replace(one(), relations=(Relation("r1", "TIES", "m1", "m4"),))
    back = replace(one(), relations=(Relation("r1", "TIES", "m4", "m2"),))
    assert agreement([there], [back]).layers["relations_entity"].figures["f1"] == 1
    assert agreement([there], [back]).layers["relations"].figures["f1"] == 0


@pytest.mark.parametrize(
    ("values", "alpha"),
    [
        ([("A", "A"), ("B", "B")], 1.0),
        ([("A", "A"), ("A", "A")], None),
        ([], None),
        # Of eight values five are A: observed disagreement 1/4, expected 2 · 5 · 3 / (8 · 7).
        ([("A", "A"), ("A", "B"), ("B", "B"), ("A", "A")], 1 - (1 / 4) / (2 * 5 * 3 / (8 * 7))),
    ],
)
def test_alpha_of_two_observers(values, alpha):
    assert nominal_alpha(values) == (None if alpha is None else pytest.approx(alpha))


def test_a_span_in_two_entities_is_refused():
    twice = one(entities=(Entity("e1", "PER", ("m1",)), Entity("e2", "PER", ("m1", "m2"))))
    with pytest.raises(ValueError, match=r"d1: \[0, 3\) stands in two clusters"):
        entity_clusters(twice, default_ontology())


def test_passes_over_other_documents_are_refused_with_every_fault():
    with pytest.raises(DataError) as caught:
        agreement([one(), one()], [replace(one(), doc_id="d2")], passes=("x", "y"))
    assert [i.id for i in caught.value.incidents] == [
        "duplicate-document",
        "missing-document",
        "missing-document",
        "missing-document",
    ]


def test_a_layer_that_a_pass_does_not_claim_is_left_out():
    found = agreement([one(layers=("mentions", "events"))], [one()])
    assert set(found.layers) == {
        n for n in agreement([one()], [one()]).layers if n.startswith(("mentions", "triggers", "realis", "polarity"))
    }


def agree(*words, folder=None):
    command = [sys.executable, "-c", "from communique.cli import main; main()", "agree", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, cwd=folder)


@pytest.fixture
def rows(tmp_path):
    """Two passes in files, and the texts that they are of."""
    texts = [{"doc_id": doc_id, "text": "x" * 99} for doc_id in ("d1", "d2")]
    (tmp_path / "texts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in texts), encoding="utf-8")

    def agreed(a, b, *words):
        write_annotations(tmp_path / "a.jsonl", a)
        write_annotations(tmp_path / "b.jsonl", b)
        return agree("a.jsonl", "b.jsonl", "--texts", "texts.jsonl", *words, folder=tmp_path)

    return agreed


def test_the_verb_prints_a_table_and_the_json_of_the_release(rows):
    passes = ([one(), replace(one(), doc_id="d2")], [other(), replace(one(), doc_id="d2")])
    printed = rows(*passes)
    assert (printed.returncode, printed.stderr) == (0, "")
    row = next(line for line in printed.stdout.splitlines() if line.startswith("mentions: span and type"))
    assert row.split()[-7:] == ["f1", "0.875", "–", "9", "0.85", "0.750", "1.000"]
    found = json.loads(rows(*passes, "--format", "json").stdout)
    assert found["passes"] == ["a", "b"]
    mentions = found["rounds"][0]["layers"]["mentions"]
    assert mentions.pop("interval")["reason"] == "an interval needs three documents, and there are 2"
    assert mentions == {
        "f1": 0.875,
        "n": 9,
        "documents": {"d1": {"f1": 0.75, "n": 5}, "d2": {"f1": 1.0, "n": 4}},
    }


def test_the_verb_refuses_a_pass_with_findings_and_lists_those_of_both(rows):
    beyond = one(mentions=(*one().mentions, Mention("m9", Span(90, 200), "PER")))
    found = rows([beyond], [one(mentions=())])
    assert (found.returncode, found.stdout) == (1, "")
    assert "a.jsonl:1: d1#m9: mention [90, 200)" in found.stderr
    assert "runs past the text" in found.stderr
    assert "b.jsonl:1" in found.stderr
    assert "[dangling-id]" in found.stderr


def test_passes_over_two_versions_of_a_text_are_refused(rows):
    with pytest.raises(DataError, match=r"d1: pass-1 is of the text aaaaaaaaaaaa…, pass-2 of the text bbbbbbbbbbbb…"):
        agreement([one(text_sha256="a" * 64)], [one(text_sha256="b" * 64)])
    assert agreement([one(text_sha256="a" * 64)], [one()]).documents == ("d1",)


def test_the_verb_says_which_layer_only_one_pass_claims(rows):
    found = rows([one()], [one(layers=("mentions", "events"))])
    assert found.returncode == 0
    assert "the layer relations is left out: b does not claim it for d1\n" in found.stderr
    assert "mentions" not in found.stderr
    assert "relations" not in found.stdout


def test_passes_that_claim_nothing_in_common_are_refused(rows):
    found = rows([one(layers=("mentions",))], [one(layers=("events",))])
    assert (found.returncode, found.stdout) == (1, "")
    assert "[no-common-layer]" in found.stderr


def test_the_verb_holds_passes_to_the_folders_ontology(rows, tmp_path):
    toml = (ROOT / "guidelines" / "ontology.toml").read_text(encoding="utf-8").replace("mention.PER]", "mention.HUMAN]")
    (tmp_path / "guidelines").mkdir()
    (tmp_path / "guidelines" / "ontology.toml").write_text(toml.replace('"PER"', '"HUMAN"'), encoding="utf-8")
    human = Annotation("d1", layers=("mentions",), mentions=(Mention("m1", ANN, "HUMAN"),))
    assert rows([human], [human]).returncode == 0
    assert "unknown mention type 'PER'" in rows([one()], [human]).stderr


def test_the_verb_reads_folders_of_exports(tmp_path):
    folder = write_project(tmp_path)
    found = agree("annotations/gold", "annotations/gold", folder=folder)
    assert (found.returncode, found.stderr) == (0, "")
    assert "gold and gold" in found.stdout


def test_the_verb_says_what_is_wrong(rows):
    found = rows([one()], [replace(one(), doc_id="d2")])
    assert (found.returncode, found.stdout) == (1, "")
    assert "there is no annotation of d2; give both passes the same documents" in found.stderr


@pytest.mark.parametrize(
    ("file", "passes"),
    [("pilot-agreement.json", ("pilot-1", "pilot-2")), ("agreement.json", ("pass-1", "pass-2"))],
)
def test_the_committed_agreement_is_what_the_exports_give(file: str, passes: tuple[str, str]) -> None:
    """The card shows these figures."""
    command = ["agree", *(f"annotations/{name}" for name in passes), "--format", "json"]
    verb = "import sys; from communique.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", verb, *command], cwd=ROOT, capture_output=True, text=True, check=True)
    printed, committed = json.loads(done.stdout), json.loads((ROOT / "annotations" / file).read_text(encoding="utf-8"))
    assert printed["rounds"][0]["layers"] == committed["rounds"][0]["layers"]
    assert (printed["guidelines"], printed["passes"]) == (committed["guidelines"], committed["passes"])
