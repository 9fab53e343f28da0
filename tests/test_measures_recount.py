"""Every measure against a plain recount: written from what the measures are said to count, without any of their code.

One-to-one pairs are found by SciPy's dense assignment, alignments of instances by trying all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.optimize import linear_sum_assignment
from strategies import ALL_MEASURES, Pair, corpora, corpus
from test_measures_coref import COUNT, RESOLVED

from communique.measures.measure import Measure
from communique.measures.tally import Tally
from communique.model import Annotation, Event, Mention, Span
from communique.ontology import Ontology, default_ontology
from communique.scorer import score

Item = tuple[str, Any]
"""A label, and all that must be equal."""

DEFAULT = default_ontology()
EITHER_WAY = replace(
    DEFAULT, event_relations={name: replace(kind, symmetric=name == "BEFORE") for name, kind in DEFAULT.event_relations.items()}
)
"""The default ontology has no symmetric relation between events."""


def named(a: Annotation) -> list[Mention]:
    return [m for m in a.mentions if m.kind not in ("NOM", "PRO") or m.type in ("TITLE", "TIME")]


def takes_part(event: Event) -> bool:
    return event.type not in ("IMPROVE", "WORSEN", "STATEMENT")


def labelled(measure: Measure, a: Annotation) -> list[tuple[str, Mention | Event]]:
    """What a measure of spans counts, with its label."""
    params = dict(measure.params)
    if measure.name in ("NER", "Ent-I", "Ent-C"):
        held = named(a) if measure.name == "NER" else a.mentions
        return [("MENTION" if measure.name == "Ent-I" else m.type, m) for m in held]
    wanted = params.get("types")
    events = [e for e in a.events if (takes_part(e) if wanted == "instances" else not wanted or e.type in wanted.split("+"))]
    if measure.name == "Tri-I":
        return [("TRIGGER", e) for e in events]
    known = DEFAULT.events
    return [(known[e.type].coarse if "level" in params and e.type in known else e.type, e) for e in events]


def worth(match: str, x: Any, y: Any) -> Fraction:
    """What two spans of one label are worth to each other."""
    if x.span == y.span:
        return Fraction(1)
    if match == "extent":
        return Fraction(int(holds(x, y) or holds(y, x)))
    return Fraction(int(x.span.overlap(y.span) > 0), 2 if match == "partial" else 1)


def holds(x: Mention, y: Mention) -> bool:
    """Whether one nominal has the head of the other in it, and is no longer than its extent."""
    nominals = all(m.kind in ("NOM", None) for m in (x, y))
    return nominals and x.span.contains(y.span) and y.extent is not None and y.extent.contains(x.span)


def assigned(worths: Sequence[Sequence[Fraction]]) -> Fraction:
    """The most that one-to-one pairs are worth together."""
    if not worths or not worths[0]:
        return Fraction(0)
    pairs = zip(*linear_sum_assignment(np.array(worths, dtype=float), maximize=True), strict=True)
    return sum((worths[i][j] for i, j in pairs), start=Fraction(0))


def matched(measure: Measure, gold: Annotation, pred: Annotation) -> dict[str, Tally]:
    match = dict(measure.params)["match"]
    golds, preds = labelled(measure, gold), labelled(measure, pred)
    found = {}
    for label in {label for label, _ in (*golds, *preds)}:
        xs, ys = ([item for own, item in side if own == label] for side in (golds, preds))
        hits = assigned([[worth(match, x, y) for y in ys] for x in xs])
        found[label] = Tally(hits, hits, len(ys), len(xs))
    return found


def clusters(a: Annotation, layer: str) -> list[frozenset[Span]]:
    """The partition of spans: what is listed, and every other span by itself; excluded types are not there."""
    if layer == "entities":
        of = {m.id: m.span for m in a.mentions if m.type not in ("TITLE", "TIME")}
        listed: list[tuple[str, ...]] = [e.mentions for e in a.entities]
    else:
        of = {e.id: e.span for e in a.events if takes_part(e)}
        listed = [i.events for i in a.instances]
    found = [frozenset(of[i] for i in ids if i in of) for ids in listed]
    alone = {span for span in of.values() if not any(span in cluster for cluster in found)}
    return [c for c in found if c] + [frozenset([span]) for span in alone]


def entity(a: Annotation, span: Span) -> frozenset[Span]:
    return next((c for c in clusters(a, "entities") if span in c), frozenset([span]))


def items(measure: Measure, a: Annotation, gold: Annotation, ontology: Ontology) -> list[Item]:
    """What one side has to match exactly."""
    where = {m.id: m.span for m in a.mentions}
    if measure.name in ("NER", "Ent-I", "Ent-C", "Tri-I", "Tri-C"):
        return [(label, item.span) for label, item in labelled(measure, a)]
    if measure.name in ("Arg-I", "Arg-I+"):
        plus = measure.name.endswith("+")
        return [(e.type, (plus and e.span, span)) for e in a.events for span in {where[x.mention] for x in e.arguments}]
    if measure.name in ("Arg-C", "Arg-C+"):
        plus, coref = measure.name.endswith("+"), dict(measure.params).get("match") == "coref"
        return [
            (x.role, (e.type, plus and e.span, entity(gold, where[x.mention]) if coref else where[x.mention]))
            for e in a.events
            for x in e.arguments
        ]
    if measure.name == "Link":
        return list({("LINK", (where[i], e.wikidata)) for e in a.entities if e.wikidata for i in e.mentions})
    if measure.name == "EvRel":
        triggers = {e.id: (e.span, "") for e in a.events}
        symmetric = {name for name, kind in ontology.event_relations.items() if kind.symmetric}
        return list(relations([(r.type, triggers[r.head], triggers[r.tail]) for r in a.event_relations], symmetric))
    if measure.params:
        return list({(r.type, pair(r.type, entity(gold, where[r.head]), entity(gold, where[r.tail]))) for r in a.relations})
    strict = measure.name == "Rel+"
    ends = {m.id: (m.span, m.type if strict else "") for m in a.mentions}
    return list(relations([(r.type, ends[r.head], ends[r.tail]) for r in a.relations], {"TIES"}))


def pair(kind: str, head: Any, tail: Any) -> Any:
    return frozenset((head, tail)) if kind == "TIES" else (head, tail)


def relations(found: list[tuple[str, Any, Any]], symmetric: set[str]) -> Iterator[Item]:
    """Ends are (span, type). Of a pair given both ways, the direction that is given more often counts."""
    for kind, head, tail in found:
        if kind in symmetric:
            here = [(h, t) for k, h, t in found if (k, h[0], t[0]) == (kind, head[0], tail[0])]
            back = [(h, t) for k, h, t in found if (k, h[0], t[0]) == (kind, tail[0], head[0])]
            if len(here) < len(back) or (len(here) == len(back) and head[0] > tail[0]):
                continue  # it is counted in its other direction
        yield kind, tuple(sorted((head, tail)) if kind in symmetric else (head, tail))


def paired(gold: list[Any], pred: list[Any]) -> list[Any]:
    """Equal items, each used once."""
    left, hits = list(gold), []
    for item in pred:
        if item in left:
            left.remove(item)
            hits.append(item)
    return hits


def equal(gold: list[Item], pred: list[Item]) -> dict[str, Tally]:
    sides = (paired(gold, pred), pred, gold)
    hits, given_, wanted = (Counter(label for label, _ in side) for side in sides)
    return {label: Tally(hits[label], hits[label], given_[label], wanted[label]) for label in given_ | wanted}


def attribute(name: str, gold: Annotation, pred: Annotation) -> dict[str, Tally]:
    """Of every trigger on both sides how many values are right, and how many are compared."""
    found: dict[str, Tally] = {}
    for span, kind in {(e.span, e.type) for e in gold.events}:
        wanted, given_ = (
            [getattr(e, name) for e in side.events if (e.span, e.type) == (span, kind)] for side in (gold, pred)
        )
        equal_ = paired(wanted, given_)
        silent = equal_.count(None)
        if compared := min(len(wanted), len(given_)) - silent:
            hits = len(equal_) - silent
            found[kind] = found.get(kind, Tally()) + Tally(hits, hits, compared, compared)
    return found


def coreference(measure: Measure, gold: Annotation, pred: Annotation) -> dict[str, Tally]:
    layer = "entities" if measure.name == "Coref" else "instances"
    metric = dict(measure.params)["metric"]
    golds, preds = clusters(gold, layer), clusters(pred, layer)
    return {
        name: Tally(RESOLVED[name](preds, golds), RESOLVED[name](golds, preds), COUNT[name](preds), COUNT[name](golds))
        for name in (("MUC", "B3", "CEAFe") if metric == "CoNLL" else (metric,))
    }


def instances(a: Annotation) -> list[tuple[set[Any], set[Any]]]:
    """Every instance: its triggers, and its fillers as (role, entity)."""
    found = []
    where = {m.id: m.span for m in a.mentions}
    for cluster in clusters(a, "instances"):
        events = [e for e in a.events if e.span in cluster and takes_part(e)]
        fillers = {
            ("PARTICIPANT" if (e.type, x.role) == ("CONSULT", "ACTOR") else x.role, entity(a, where[x.mention]))
            for e in events
            for x in e.arguments
        }
        found.append(({(e.span, e.type) for e in events}, fillers))
    return found


def agreeing(gold: set[Any], pred: set[Any]) -> Counter[str]:
    """Of two instances, how many fillers of each role have entities that share a mention, one to one."""
    found = Counter()
    for role in {role for role, _ in gold | pred}:
        xs, ys = ([of for own, of in side if own == role] for side in (gold, pred))
        found[role] = int(assigned([[Fraction(int(bool(x & y))) for y in ys] for x in xs]))
    return +found


def alignments(gold: Annotation, pred: Annotation) -> tuple[list[Counter[str]], Counter[str], Counter[str]]:
    """What agrees in each of the best alignments of the instances; and what each side has, by role."""
    golds, preds = instances(gold), instances(pred)
    sizes = [Counter(role for _, fillers in side for role, _ in fillers) for side in (golds, preds)]
    few, many = sorted((golds, preds), key=len)
    tried: list[tuple[int, int, Counter[str]]] = []
    for order in permutations(many, len(few)):
        agreed, shared = Counter[str](), 0
        for x, y in zip(few, order, strict=True):
            if x[0] & y[0] and (roles := agreeing(x[1], y[1])):
                agreed += roles
                shared += len(x[0] & y[0])
        tried.append((agreed.total(), shared, agreed))
    best = max((fillers, triggers) for fillers, triggers, _ in tried)
    return [agreed for fillers, triggers, agreed in tried if (fillers, triggers) == best], sizes[1], sizes[0]


def recount(measure: Measure, gold: Annotation, pred: Annotation, ontology: Ontology) -> dict[str, Tally]:
    params = dict(measure.params)
    if measure.name in ("Coref", "EvCoref"):
        return coreference(measure, gold, pred)
    if measure.name in ("Realis", "Polarity"):
        return attribute(measure.name.lower(), gold, pred)
    if params.get("match", "coref") != "coref":
        return matched(measure, gold, pred)
    return equal(*(items(measure, side, gold, ontology) for side in (gold, pred)))


def without(golds: Sequence[Annotation], preds: Sequence[Annotation], values: Callable[[Annotation], list[Any]]) -> bool:
    """Whether a side has something that could have a value, and gives none anywhere."""
    sides = ([value for a in side for value in values(a)] for side in (golds, preds))
    return any(held and not any(held) for held in sides)


VALUES: dict[str, Callable[[Annotation], list[Any]]] = {
    "Realis": lambda a: [e.realis for e in a.events],
    "Polarity": lambda a: [e.polarity for e in a.events],
    "Link": lambda a: [e.wikidata for e in a.entities],
}
BY_INSTANCE = "Arg-C(level=instance)"


@pytest.mark.parametrize("ontology", [DEFAULT, EITHER_WAY], ids=["default", "EvRel either way"])
@settings(max_examples=150)
@given(triples=corpora)
def test_every_measure_counts_what_a_plain_recount_counts(ontology: Ontology, triples: list[Pair]) -> None:
    gold, preds = corpus(triples)
    options: dict[str, Any] = {"seqeval": False, "intervals": False, "errors": False, "ontology": ontology}
    results = score(gold, preds, measures=ALL_MEASURES, **options).results
    assert list(results) == list(map(str, ALL_MEASURES))
    for measure in ALL_MEASURES:
        result = results[str(measure)]
        unscored = measure.name in VALUES and without(gold.annotations, preds, VALUES[measure.name])
        assert bool(result.unscored) == unscored, measure
        if unscored or str(measure) == BY_INSTANCE:
            continue
        for a, pred in zip(gold.annotations, preds, strict=True):
            labels: dict[str, Tally] = {}
            for (_, label), t in result.tallies[a.doc_id].items():
                labels[label] = labels.get(label, Tally()) + t
            assert labels == recount(measure, a, pred, ontology), measure


@settings(max_examples=150)
@given(triples=corpora)
def test_fillers_of_instances_agree_as_in_one_of_the_best_of_all_alignments(triples: list[Pair]) -> None:
    gold, preds = corpus(triples)
    result = score(gold, preds, measures=[BY_INSTANCE], seqeval=False, intervals=False, errors=False)[BY_INSTANCE]
    for a, pred in zip(gold.annotations, preds, strict=True):
        best, given_, wanted = alignments(a, pred)
        tallies = {label: t for (_, label), t in result.tallies[a.doc_id].items()}
        assert {label: (t.predicted, t.gold) for label, t in tallies.items()} == {
            role: (given_[role], wanted[role]) for role in given_ | wanted
        }
        assert all(t.hits_predicted == t.hits_gold for t in tallies.values())
        assert +Counter({label: t.hits_gold for label, t in tallies.items()}) in best
