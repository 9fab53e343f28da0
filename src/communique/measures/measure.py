"""A measure is a value that prints as its name and parses back. This file lists every one there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from communique.measures import spans
from communique.measures.attributes import tally_realis
from communique.measures.events import arguments, fillers
from communique.measures.relations import relations
from communique.measures.side import Sentences, Side
from communique.measures.tally import Item, Tallies, match
from communique.model import Annotation, Document
from communique.ontology import Ontology, nearest


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

    ``layer`` must be claimed on both sides. ``labels`` are those that the ontology has. ``compare`` maps the two sides of one
    document, gold first, to tallies. ``spans`` gives one side's labelled spans, on the measures that seqeval scores too.
    ``nothing`` says why there is no figure when there is nothing to count.
    """

    layer: str
    labels: Callable[[Ontology], Iterable[str]]
    compare: Callable[[Side, Side], Tallies]
    spans: spans.SpanItems | None = None
    nothing: str = "no gold and no predicted items"

    def tally(self, document: Document, gold: Annotation, pred: Annotation, ontology: Ontology) -> Tallies:
        """The tallies of one document, where no other measure is asked for."""
        sentences = Sentences(document)
        return self.compare(Side(sentences, gold, ontology), Side(sentences, pred, ontology))


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


def _items(layer: str, labels: Callable[[Ontology], Iterable[str]], items: Callable[[Side], list[Item]]) -> Definition:
    return Definition(layer, labels, lambda gold, pred: match(items(gold), items(pred)))


def _spans(layer: str, labels: Callable[[Ontology], Iterable[str]], found: spans.SpanItems) -> Definition:
    return replace(_items(layer, labels, partial(spans.span_items, spans=found)), spans=found)


MEASURES: Final[Mapping[Measure, Definition]] = {
    Measure("NER"): _spans("mentions", lambda o: o.mentions, spans.named_mentions),
    Measure("Ent-I"): _spans("mentions", lambda o: [spans.MENTION], spans.mention_spans),
    Measure("Ent-C"): _spans("mentions", lambda o: o.mentions, spans.typed_mentions),
    Measure("Tri-I"): _spans("events", lambda o: [spans.TRIGGER], spans.trigger_spans),
    Measure("Tri-C"): _spans("events", lambda o: o.events, spans.typed_triggers),
    Measure("Tri-C", (("level", "class"),)): _spans("events", lambda o: o.classes, spans.classed_triggers),
    Measure("Arg-I"): _items("arguments", lambda o: o.events, partial(fillers, attached=False)),
    Measure("Arg-C"): _items("arguments", lambda o: o.roles, partial(arguments, attached=False)),
    Measure("Arg-I+"): _items("arguments", lambda o: o.events, partial(fillers, attached=True)),
    Measure("Arg-C+"): _items("arguments", lambda o: o.roles, partial(arguments, attached=True)),
    Measure("Rel"): _items("relations", lambda o: o.relations, partial(relations, strict=False)),
    Measure("Rel+"): _items("relations", lambda o: o.relations, partial(relations, strict=True)),
    Measure("Realis"): Definition(
        "events",
        lambda o: o.events,
        tally_realis,
        nothing="no predicted trigger equals, in span and type, a gold trigger that has a realis",
    ),
}
"""Every measure, in the order in which tables list them."""
