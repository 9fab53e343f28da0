"""Documents with gold and predicted annotations for property tests: few places and labels, so that hits, overlaps and
duplicates are common. All layers, and every measure that there is a name for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Final, TypeVar

from hypothesis import strategies as st

from communique.measures.families import FAMILIES
from communique.measures.measure import Measure, parse
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

MENTION_TYPES = ("GPE", "PER", "TITLE", "FOREIGN-")
KINDS = (None, "NAM", "ADJ", "NOM", "PRO")
EVENT_TYPES = ("CONSULT", "ACCUSE", "REJECT", "STATEMENT", "FOREIGN-", "FOREIGN")
ROLES = ("ACTOR", "PARTICIPANT")
RELATION_TYPES = ("AFFILIATION", "TIES", "FOREIGN")
EVENT_RELATION_TYPES = ("CAUSE", "BEFORE", "FOREIGN")
REALIS = ("ACTUAL", "PLANNED", "POSSIBLE", None)
POLARITY = ("POS", "NEG", None)
WIKIDATA = ("Q1", None, "Q2")
TYPES: Final = ("instances", "ACCUSE+CONSULT", "STATEMENT")
"""Values of the parameter ``types``, which may be any."""

Pair = tuple[Document, Annotation, Annotation]


def _named() -> tuple[Measure, ...]:
    """Every name, with every combination of what its parameters admit."""
    found = []
    for name, family in FAMILIES.items():
        usual = [] if family.positional else [None]
        choices = [[*usual, *(TYPES if "*" in values else values)] for values in family.options.values()]
        for chosen in product(*choices):
            given = [f"{key}={value}" for key, value in zip(family.options, chosen, strict=True) if value]
            found.append(parse(f"{name}({','.join(given)})" if given else name))
    return tuple(found)


ALL_MEASURES: Final = _named()


_numbers = st.integers(0, 2**24 - 1)
_six = st.lists(_numbers, max_size=6)
_partitions = st.one_of(st.just(0), _numbers, _numbers)
_words = st.lists(_numbers, min_size=1, max_size=12)
_places = st.lists(_numbers, min_size=2, max_size=5)
T = TypeVar("T")


class Choice:
    """What one drawn number chooses: an option of each list that it is asked about.

    A draw for each would take most of the time of a test.
    """

    def __init__(self, number: int) -> None:
        self.left = number

    def of(self, options: Sequence[T]) -> T:
        self.left, n = divmod(self.left, len(options))
        return options[n]


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Words of one to four characters with one or two spaces between, some at the edges, in sentences of one word or more."""
    text = ""
    sentences: list[Span] = []
    tokens: list[Span] = []
    for choice in map(Choice, draw(_words)):
        text = text or choice.of(("", " ", "  "))
        word = "x" * choice.of((1, 2, 3, 4))
        tokens.append(Span(len(text), len(text) + len(word)))
        if choice.of((True, False, False)) or not sentences:
            sentences.append(tokens[-1])
        sentences[-1] = Span(sentences[-1].start, tokens[-1].end)
        text += word + choice.of((" ", "  "))
    return Document("d", text, "unchecked", tuple(sentences), tuple(tokens))


@st.composite
def spans(draw: st.DrawFn, length: int) -> Span:
    """Any span of a text of that length: within a token, across sentences, of white space."""
    return _span(Choice(draw(_numbers)), length)


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """A document, its gold and a prediction over the same few places; the prediction has something of the gold."""
    document = draw(documents())
    places = [_span(Choice(n), len(document.text)) for n in draw(_places)]
    gold = _annotation(draw, places, None, (number := draw(_partitions)))
    return document, gold, _annotation(draw, places, gold, draw(st.just(number) | _partitions))


def _span(choice: Choice, length: int) -> Span:
    start = choice.of(range(length))
    return Span(start, choice.of(range(start + 1, min(length, start + 8) + 1)))


def _annotation(draw: st.DrawFn, places: Sequence[Span], like: Annotation | None, partition: int) -> Annotation:
    """Items at some of the places, overlapping and repeated, relations both ways among them, clusters by the ``partition``.

    Most of the items of the annotation that it is ``like`` are there too.
    """
    old = like or Annotation("d")
    mentions, events, relations, orders = (
        [item for item, kept in zip(items, f"{draw(_numbers):024b}"[::-1], strict=False) if kept == "0"]
        for items in (old.mentions, old.events, old.relations, old.event_relations)
    )
    for n, choice in enumerate(map(Choice, draw(_six)), len(old.mentions)):
        span, kind_of, kind, more = choice.of(places), choice.of(MENTION_TYPES), choice.of(KINDS), choice.of((None, *places))
        extent = more and Span(min(span.start, more.start), max(span.end, more.end))
        mentions.append(Mention(f"m{n}", span, kind_of, kind, extent))
    for n, choice in enumerate(map(Choice, draw(_six)), len(old.events)):
        kind_of, realis, polarity = choice.of(EVENT_TYPES), choice.of(REALIS), choice.of(POLARITY)
        events.append(Event(f"v{n}", choice.of(places), kind_of, realis, polarity))
    held = {m.id for m in mentions}
    filled = {e.id: [x for x in e.arguments if x.mention in held] for e in events}
    for choice in map(Choice, draw(_six) if mentions and events else ()):
        filled[choice.of(events).id].append(Argument(choice.of(ROLES), choice.of(mentions).id))
    for n, choice in enumerate(map(Choice, draw(_six) if mentions else ()), len(old.relations)):
        relations.append(Relation(f"r{n}", choice.of(RELATION_TYPES), choice.of(mentions).id, choice.of(mentions).id))
    for n, choice in enumerate(map(Choice, draw(_six) if events else ()), len(old.event_relations)):
        orders.append(EventRelation(f"x{n}", choice.of(EVENT_RELATION_TYPES), choice.of(events).id, choice.of(events).id))
    choice = Choice(partition)
    ids = [choice.of(WIKIDATA) for _ in range(3)]
    return Annotation(
        "d",
        LAYERS,
        tuple(mentions),
        tuple(Entity(f"e{n}", "GPE", of, None, ids[n]) for n, of in _clusters(places, mentions, partition).items()),
        tuple(replace(e, arguments=tuple(filled[e.id])) for e in events),
        tuple(Instance(f"i{n}", of) for n, of in _clusters(places, events, partition).items()),
        tuple(r for r in relations if {r.head, r.tail} <= held),
        tuple(r for r in orders if {r.head, r.tail} <= filled.keys()),
    )


def _clusters(places: Sequence[Span], things: Sequence[Mention | Event], number: int) -> dict[int, tuple[str, ...]]:
    """Clusters of ids such that no span stands in two. Some things stand in none, though their span may; some stand twice."""
    choice = Choice(number)
    where = {place: choice.of((0, 0, 0, 1, 2, None)) for place in places}
    clusters: dict[int, tuple[str, ...]] = {}
    for thing in things:
        if (n := where[thing.span]) is not None:
            clusters[n] = clusters.get(n, ()) + (thing.id,) * choice.of((1, 1, 0, 2))
    return clusters


corpora = st.lists(pairs(), min_size=1, max_size=3)


def corpus(triples: Sequence[Pair]) -> tuple[Gold, list[Annotation]]:
    """The same documents under names of their own, as a gold corpus and its predictions."""
    golds = [replace(gold, doc_id=f"d{i}") for i, (_, gold, _) in enumerate(triples)]
    preds = [replace(pred, doc_id=f"d{i}") for i, (_, _, pred) in enumerate(triples)]
    named = [replace(document, doc_id=f"d{i}") for i, (document, _, _) in enumerate(triples)]
    return Gold(tuple(named), tuple(golds), "test", "0.0.0#00000000"), preds
