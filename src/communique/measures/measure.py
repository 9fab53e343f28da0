"""A measure is a value that prints as its name and parses back. This file lists every one there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from communique.measures import spans
from communique.measures.attributes import tally_realis
from communique.measures.events import tally_arguments, tally_fillers
from communique.measures.relations import tally_relations
from communique.measures.tally import Tallies
from communique.model import Annotation, Document
from communique.ontology import Ontology, nearest

_Tallying: TypeAlias = Callable[[Document, Annotation, Annotation, Ontology], Tallies]


@dataclass(frozen=True, slots=True)
class Measure:
    """A name and its parameters, whose order is irrelevant.

    >>> str(Measure("Tri-C", (("level", "class"),)))
    'Tri-C(level=class)'
    """

    name: str
    params: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "params", tuple(sorted(self.params)))

    def __str__(self) -> str:
        inner = ",".join(f"{key}={value}" for key, value in self.params)
        return f"{self.name}({inner})" if inner else self.name


@dataclass(frozen=True, slots=True)
class Definition:
    """What a measure counts.

    ``tally`` maps one document's (document, gold, pred, ontology) to tallies. ``layer`` must be claimed on both sides.
    ``labels`` are those that the ontology has. ``spans`` gives one side's labelled spans, on the measures that seqeval scores
    too. ``nothing`` says why there is no figure when there is nothing to count.
    """

    summary: str
    layer: str
    labels: Callable[[Ontology], Iterable[str]]
    tally: _Tallying
    spans: spans.SpanItems | None = None
    nothing: str = "no gold and no predicted items"


def parse(name: str) -> Measure:
    """Turn a printed measure into its value.

    Raises:
        ValueError: if there is no such measure; it names the nearest.

    >>> parse("Tri-C( level=class )") == Measure("Tri-C", (("level", "class"),))
    True
    """
    head, bracket, rest = name.strip().partition("(")
    inner = rest.strip()
    params = []
    well_formed = bool(bracket) == bool(rest) and (not bracket or inner.endswith(")"))
    for part in inner[:-1].split(",") if bracket else []:
        key, equals, value = (piece.strip() for piece in part.partition("="))
        well_formed = well_formed and bool(key and equals and value)
        params.append((key, value))
    measure = Measure(head.strip(), tuple(params))
    if not well_formed or measure not in MEASURES:
        raise ValueError(f"there is no measure {name!r}; {nearest(name, map(str, MEASURES))}")
    return measure


def _span_measure(summary: str, layer: str, labels: Callable[[Ontology], Iterable[str]], items: spans.SpanItems) -> Definition:
    def tally(document: Document, gold: Annotation, pred: Annotation, ontology: Ontology) -> Tallies:
        return spans.tally_spans(document, items(gold, ontology), items(pred, ontology))

    return Definition(summary, layer, labels, tally, items)


def _argument_measure(summary: str, labels: Callable[[Ontology], Iterable[str]], tally: Callable[..., Tallies]) -> Definition:
    return Definition(summary, "arguments", labels, lambda document, gold, pred, ontology: tally(document, gold, pred))


MEASURES: Final[Mapping[Measure, Definition]] = {
    Measure("NER"): _span_measure(
        "named mentions (kind NAM, ADJ or none given; TITLE, TIME): span and type",
        "mentions",
        lambda o: o.mentions,
        spans.named_mentions,
    ),
    Measure("Ent-I"): _span_measure("mentions: span", "mentions", lambda o: [spans.MENTION], spans.mention_spans),
    Measure("Ent-C"): _span_measure("mentions: span and type", "mentions", lambda o: o.mentions, spans.typed_mentions),
    Measure("Tri-I"): _span_measure("triggers: span", "events", lambda o: [spans.TRIGGER], spans.trigger_spans),
    Measure("Tri-C"): _span_measure("triggers: span and event type", "events", lambda o: o.events, spans.typed_triggers),
    Measure("Tri-C", (("level", "class"),)): _span_measure(
        "triggers: span and coarse class", "events", lambda o: o.classes, spans.classed_triggers
    ),
    Measure("Arg-I"): _argument_measure(
        "arguments: event type and filler", lambda o: o.events, partial(tally_fillers, attached=False)
    ),
    Measure("Arg-C"): _argument_measure(
        "arguments: event type, filler and role", lambda o: o.roles, partial(tally_arguments, attached=False)
    ),
    Measure("Arg-I+"): _argument_measure(
        "arguments, attached: trigger, event type and filler", lambda o: o.events, partial(tally_fillers, attached=True)
    ),
    Measure("Arg-C+"): _argument_measure(
        "arguments, attached: trigger, event type, filler and role", lambda o: o.roles, partial(tally_arguments, attached=True)
    ),
    Measure("Rel"): Definition(
        "relations: type and both spans", "relations", lambda o: o.relations, partial(tally_relations, strict=False)
    ),
    Measure("Rel+"): Definition(
        "relations: type, both spans and both mention types",
        "relations",
        lambda o: o.relations,
        partial(tally_relations, strict=True),
    ),
    Measure("Realis"): Definition(
        "realis of the triggers that are right in span and type",
        "events",
        lambda o: o.events,
        lambda document, gold, pred, ontology: tally_realis(document, gold, pred),
        nothing="no predicted trigger equals a gold trigger in span and type",
    ),
}
"""Every measure, in the order in which tables list them."""
