"""What a measure is made of: `Definition`, one measure; `Family`, the measures of one name with its parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from communique.measures.side import Sentences, Side
from communique.measures.spans import SpanItems
from communique.measures.tally import Item, Tallies, match
from communique.model import Annotation, Document
from communique.ontology import Ontology

Compare: TypeAlias = Callable[[Side, Side], Tallies]
"""The two sides of one document, gold first, to tallies."""

Labels: TypeAlias = Callable[[Ontology], Iterable[str]]

NOTHING = "no gold and no predicted items"


@dataclass(frozen=True, slots=True)
class Definition:
    """What a measure counts.

    ``layers`` must be claimed on both sides, ``gold_layers`` by the gold. ``labels`` are those that the ontology has.
    ``given`` is an attribute that some item of either side must have, with what it is an attribute of, in words.
    ``spans`` gives one side's labelled spans, on the measures that seqeval scores too. ``averaged``: the labels are measures
    of their own, and the figures are the means of theirs. ``by_type``: the labels are a schema's, not ours. ``by_sentence``:
    tallies belong to sentences. ``swaps``: precision and recall change places when gold and prediction do. ``nothing`` says why
    there is no figure where nothing can be counted.
    """

    layers: tuple[str, ...]
    labels: Labels
    compare: Compare
    gold_layers: tuple[str, ...] = ()
    given: Given | None = None
    spans: SpanItems | None = None
    averaged: bool = False
    by_type: bool = True
    by_sentence: bool = True
    swaps: bool = True
    nothing: str = NOTHING

    def tally(self, document: Document, gold: Annotation, pred: Annotation, ontology: Ontology) -> Tallies:
        """The tallies of one document, where no other measure is asked for."""
        sentences = Sentences(document)
        return self.compare(Side(sentences, gold, ontology), Side(sentences, pred, ontology))


@dataclass(frozen=True, slots=True)
class Given:
    """An attribute that a system gives or does not give at all: its values in an annotation, and, in words, of what it is and
    what it is.
    """

    values: Callable[[Annotation], Iterable[object]]
    of: str
    what: str


@dataclass(frozen=True, slots=True)
class Text:
    """What `communique measures` says: what is counted, on which edge cases which way is taken, and after whom."""

    counts: str
    edges: str
    source: str


@dataclass(frozen=True, slots=True)
class Family:
    """The measures of one name.

    ``options`` are the parameters with the values that each admits beside its usual one, and what they change; the value
    ``*`` is any. ``positional`` is the parameter that prints without its name, and must be given.
    """

    text: Text
    define: Callable[[Mapping[str, str]], Definition]
    options: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)
    positional: str | None = None


def items(layers: tuple[str, ...], labels: Labels, of: Callable[[Side], list[Item]]) -> Definition:
    """A measure of items that are equal or not."""
    return Definition(layers, labels, lambda gold, pred: match(of(gold), of(pred)))
