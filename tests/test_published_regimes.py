"""Published ways of matching spans, relations and arguments, each on its cases; see tests/published/README.md."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from communique.measures.measure import MEASURES, parse
from communique.measures.tally import Tally, total
from communique.model import LAYERS, Annotation, Argument, Document, Event, Mention, Relation, Span
from communique.ontology import default_ontology


def published(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parent / "published" / name).read_text(encoding="utf-8"))
    return found


SPANS, RELATIONS, ARGUMENTS = map(published, ("spans-semeval.json", "relation-settings.json", "arguments-textee.json"))


def tally(measure: str, gold: Annotation, pred: Annotation) -> Tally:
    document = Document("d", "", "unchecked")
    return total(MEASURES[parse(measure)].tally(document, gold, pred, default_ontology()).values())


def figures(found: Tally) -> tuple[Fraction | None, Fraction | None, float | None]:
    pairs = ((found.hits_predicted, found.predicted), (found.hits_gold, found.gold))
    p, r = (Fraction(hits) / count if count else None for hits, count in pairs)
    return p, r, found.f1


def expected(written: str) -> tuple[object, ...]:
    p, r, f1 = (None if figure == "0/0" else Fraction(figure) for figure in written.split())
    return p, r, None if f1 is None else pytest.approx(float(f1), abs=1e-15)


def annotation(rows: Iterable[Sequence[Any]]) -> Annotation:
    return Annotation("d", LAYERS, tuple(Mention(f"m{n}", Span(start, end), kind) for n, (start, end, kind) in enumerate(rows)))


def scenario(name: str, shift: int = 0) -> tuple[list[Any], list[Any]]:
    rows = (SPANS["scenarios"][name][side] for side in ("gold", "pred"))
    gold, pred = ([(row[0] + shift, row[1] + shift, row[2])] if row else [] for row in rows)
    return gold, pred


@pytest.mark.parametrize("regime", SPANS["measures"])
@pytest.mark.parametrize("name", SPANS["scenarios"])
def test_a_scenario_of_semeval_earns_what_its_regime_says(name: str, regime: str) -> None:
    gold, pred = scenario(name)
    found = tally(SPANS["measures"][regime], annotation(gold), annotation(pred))
    credit = Fraction(SPANS["scenarios"][name][regime])
    assert found == Tally(credit, credit, len(pred), len(gold))


@pytest.mark.parametrize("regime", SPANS["measures"])
def test_the_scenarios_of_semeval_together_give_its_totals_in_any_order(regime: str) -> None:
    names = list(SPANS["scenarios"])
    for order in (names, names[::-1]):
        both = [scenario(name, 100 * names.index(name)) for name in order]
        gold, pred = (annotation(row for two in both for row in two[side]) for side in (0, 1))
        assert figures(tally(SPANS["measures"][regime], gold, pred)) == expected(SPANS["totals"][regime])


@pytest.mark.parametrize(
    ("measure", "hits"), [("Ent-I(match=partial)", Fraction(3, 2)), ("Ent-C(match=overlap)", Fraction(2))]
)
def test_a_span_over_two_does_not_take_the_partner_that_another_needs(measure: str, hits: Fraction) -> None:
    """Taking the first that overlaps, in file order, gives half of it (MantisAI/nervaluate#40)."""
    gold, pred = [(0, 5, "PER"), (6, 9, "PER")], [(0, 9, "PER"), (0, 5, "PER")]
    for golds in permutations(gold):
        for preds in permutations(pred):
            assert tally(measure, annotation(golds), annotation(preds)) == Tally(hits, hits, 2, 2)


def related(rows: Iterable[Sequence[Any]]) -> Annotation:
    mentions, relations = [], []
    for n, (kind, *ends) in enumerate(rows):
        mentions += [Mention(f"m{n}-{end}", Span(*span), of) for end, (*span, of) in enumerate(ends)]
        relations.append(Relation(f"r{n}", kind, f"m{n}-0", f"m{n}-1"))
    return Annotation("d", LAYERS, tuple(mentions), relations=tuple(relations))


@pytest.mark.parametrize("setting", RELATIONS["measures"])
@pytest.mark.parametrize("name", RELATIONS["cases"])
def test_a_relation_counts_in_the_settings_that_taille_et_al_tell_apart(name: str, setting: str) -> None:
    case = RELATIONS["cases"][name]
    found = tally(RELATIONS["measures"][setting], related(RELATIONS["gold"]), related(case["pred"]))
    assert figures(found) == expected(case[setting])


@pytest.mark.parametrize("setting", ["strict", "boundaries", "relaxed"])
@pytest.mark.parametrize("name", RELATIONS["cases"])
def test_recounted_by_the_definition_of_each_setting_the_relations_give_its_figures(name: str, setting: str) -> None:
    """Nothing here measures relaxed: it takes the boundaries as given, and one rightly typed token of an end is enough."""

    def same(a: Sequence[Any], b: Sequence[Any]) -> bool:
        if setting == "relaxed":
            return a[2] == b[2] and max(a[0], b[0]) < min(a[1], b[1])
        return a[:2] == b[:2] and (setting == "boundaries" or a[2] == b[2])

    [gold], preds = RELATIONS["gold"], RELATIONS["cases"][name]["pred"]
    hits = sum(pred[0] == gold[0] and all(map(same, gold[1:], pred[1:])) for pred in preds)
    assert figures(Tally(hits, hits, len(preds), 1)) == expected(RELATIONS["cases"][name][setting])


def eventful(rows: dict[str, Any]) -> Annotation:
    mentions = tuple(Mention(name, Span(*span), "PER") for name, span in ARGUMENTS["mentions"].items())
    events = tuple(
        Event(word, Span(*ARGUMENTS["triggers"][word]), kind, arguments=tuple(Argument(role, m) for m, role in fillers.items()))
        for word, (kind, fillers) in rows.items()
    )
    return Annotation("d", LAYERS, mentions, events=events)


@pytest.mark.parametrize("measure", ["Arg-I", "Arg-C", "Arg-I+", "Arg-C+"])
@pytest.mark.parametrize("name", ARGUMENTS["cases"])
def test_arguments_count_plain_and_attached_as_textee_tells_them_apart(name: str, measure: str) -> None:
    case = ARGUMENTS["cases"][name]
    assert figures(tally(measure, eventful(case["gold"]), eventful(case["pred"]))) == expected(case[measure])


def test_the_words_of_the_events_stand_where_their_spans_say() -> None:
    for word, (start, end) in (ARGUMENTS["mentions"] | ARGUMENTS["triggers"]).items():
        assert ARGUMENTS["text"][start:end] == word


@pytest.mark.parametrize("name", ARGUMENTS["cases"])
def test_counted_in_sets_as_textee_counts_the_cases_give_its_figures(name: str) -> None:
    """The expected figures of that scorer, recounted by its definition: where ours differ, they are under its name."""
    case = ARGUMENTS["cases"][name]
    for measure in ("Arg-I", "Arg-C", "Arg-I+", "Arg-C+"):
        gold, pred = (
            {
                (kind, m, role if "C" in measure else None, word if "+" in measure else None)
                for word, (kind, fillers) in case[side].items()
                for m, role in fillers.items()
            }
            for side in ("gold", "pred")
        )
        both = len(gold & pred)
        counted = Tally(both, both, len(pred), len(gold))
        assert figures(counted) == expected(case.get("TextEE", {}).get(measure, case[measure]))
