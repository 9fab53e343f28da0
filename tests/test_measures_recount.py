"""Every measure against a plain recount: written from what the measures are said to count, without any of their code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import given, settings
from strategies import Pair, corpora, corpus

from communique.model import Annotation, Event
from communique.ontology import default_ontology
from communique.scorer import score

Item = tuple[str, Any]
"""A label, and all that must be equal."""

CLASS = {name: kind.coarse for name, kind in default_ontology().events.items()}
TIES = {name for name, kind in default_ontology().relations.items() if kind.symmetric}


def items(a: Annotation) -> dict[str, list[Item]]:
    """What one side has, measure by measure; `Realis` is counted otherwise."""
    named = [m for m in a.mentions if m.kind not in ("NOM", "PRO") or m.type in ("TITLE", "TIME")]
    found: dict[str, list[Item]] = {
        "NER": [(m.type, m.span) for m in named],
        "Ent-I": [("MENTION", m.span) for m in a.mentions],
        "Ent-C": [(m.type, m.span) for m in a.mentions],
        "Tri-I": [("TRIGGER", e.span) for e in a.events],
        "Tri-C": [(e.type, e.span) for e in a.events],
        "Tri-C(level=class)": [(CLASS.get(e.type, e.type), e.span) for e in a.events],
    }
    where = {m.id: m.span for m in a.mentions}
    for plus in ("", "+"):
        found[f"Arg-I{plus}"] = [
            (e.type, (e.span if plus else None, span)) for e in a.events for span in {where[x.mention] for x in e.arguments}
        ]
        found[f"Arg-C{plus}"] = [
            (x.role, (e.type, e.span if plus else None, where[x.mention])) for e in a.events for x in e.arguments
        ]
        found[f"Rel{plus}"] = list(relations(a, with_types=bool(plus)))
    return found


def relations(a: Annotation, *, with_types: bool) -> Iterator[Item]:
    mention = {m.id: m for m in a.mentions}
    ends = [(r.type, mention[r.head], mention[r.tail]) for r in a.relations]
    for kind, head, tail in ends:
        if kind in TIES:
            here = [(h, t) for k, h, t in ends if k == kind and (h.span, t.span) == (head.span, tail.span)]
            back = [(h, t) for k, h, t in ends if k == kind and (h.span, t.span) == (tail.span, head.span)]
            if len(here) < len(back) or (len(here) == len(back) and head.span > tail.span):
                continue  # it is counted in its other direction
        parts: Sequence[Any] = [(m.span, m.type if with_types else "") for m in (head, tail)]
        yield kind, tuple(sorted(parts) if kind in TIES else parts)


def paired(gold: list[Any], pred: list[Any]) -> list[Any]:
    """Equal items, each used once."""
    left, hits = list(gold), []
    for item in pred:
        if item in left:
            left.remove(item)
            hits.append(item)
    return hits


def realis(gold: Annotation, pred: Annotation) -> Iterator[tuple[str, int, int]]:
    """For every trigger on both sides: its type, how many are right, and how many are compared."""

    def at(events: Sequence[Event], span: object, kind: str) -> list[str | None]:
        return [e.realis for e in events if (e.span, e.type) == (span, kind)]

    for span, kind in {(e.span, e.type) for e in gold.events}:
        wanted = [value for value in at(gold.events, span, kind) if value is not None]
        given_ = at(pred.events, span, kind)
        if wanted and given_:
            yield kind, len(paired(wanted, given_)), min(len(wanted), len(given_))


def recount(golds: Sequence[Annotation], preds: Sequence[Annotation]) -> dict[str, dict[str, tuple[int, int, int]]]:
    """Hits, predicted and gold items by measure and label."""
    counts: dict[str, dict[str, tuple[int, int, int]]] = {"Realis": {}}

    def add(measure: str, label: str, *more: int) -> None:
        row = counts.setdefault(measure, {})
        row[label] = tuple(map(sum, zip(row.get(label, (0, 0, 0)), more, strict=True)))  # type: ignore[assignment]

    for gold, pred in zip(golds, preds, strict=True):
        theirs = items(pred)
        for measure, ours in items(gold).items():
            counts.setdefault(measure, {})
            for part, side in enumerate((paired(ours, theirs[measure]), theirs[measure], ours)):
                for label, _ in side:
                    add(measure, label, *(int(part == n) for n in range(3)))
        for label, hits, compared in realis(gold, pred):
            add("Realis", label, hits, compared, compared)
    return counts


@settings(max_examples=200)
@given(triples=corpora)
def test_every_measure_counts_what_a_plain_recount_counts(triples: list[Pair]) -> None:
    gold, preds = corpus(triples)
    expected = recount(gold.annotations, preds)
    results = score(gold, preds, seqeval=False).results
    assert results.keys() == expected.keys()
    for measure, result in results.items():
        if result.unscored:
            assert (measure, result.labels) == ("Realis", {})
            continue
        counted = {label: (t.hits_predicted, t.predicted, t.gold) for label, t in result.labels.items()}
        assert counted == expected[measure], measure
        assert all(t.hits_predicted == t.hits_gold for t in result.labels.values()), measure
