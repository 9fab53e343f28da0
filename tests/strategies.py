"""Documents with gold and predicted annotations for property tests: few places and labels, so that hits, overlaps and
duplicates are common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import strategies as st

from communique.model import LAYERS, Annotation, Argument, Document, Event, Gold, Mention, Relation, Span

MENTION_TYPES = ("GPE", "PER", "TITLE", "FOREIGN-")
EVENT_TYPES = ("CONSULT", "ACCUSE", "REJECT", "FOREIGN-", "FOREIGN")
ROLES = ("ACTOR", "PARTICIPANT")
RELATION_TYPES = ("AFFILIATION", "TIES", "FOREIGN")
REALIS = ("ACTUAL", "PLANNED", "POSSIBLE", None)

Pair = tuple[Document, Annotation, Annotation]


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Words of one to four characters with one or two spaces between, some at the edges, in sentences of one to four words."""
    text = " " * draw(st.integers(0, 2))
    sentences = []
    tokens = []
    for words in draw(st.lists(st.integers(1, 4), min_size=1, max_size=4)):
        first = len(tokens)
        for _ in range(words):
            word = "x" * draw(st.integers(1, 4))
            tokens.append(Span(len(text), len(text) + len(word)))
            text += word + " " * draw(st.integers(1, 2))
        sentences.append(Span(tokens[first].start, tokens[-1].end))
    return Document("d", text, "unchecked", tuple(sentences), tuple(tokens))


@st.composite
def spans(draw: st.DrawFn, length: int) -> Span:
    """Any span of a text of that length: within a token, across sentences, of white space."""
    start = draw(st.integers(0, length - 1))
    return Span(start, draw(st.integers(start + 1, min(length, start + 8))))


@st.composite
def annotations(draw: st.DrawFn, doc_id: str, places: Sequence[Span]) -> Annotation:
    """An annotation whose items stand at some of the places, overlapping and repeated, relations both ways among them."""
    place = st.sampled_from(list(places))
    kinds = st.sampled_from([None, "NAM", "ADJ", "NOM", "PRO"])
    mentions = tuple(
        Mention(f"m{i}", span, kind_of, kind)
        for i, (span, kind_of, kind) in enumerate(
            draw(st.lists(st.tuples(place, st.sampled_from(MENTION_TYPES), kinds), max_size=6))
        )
    )
    filler = st.sampled_from([m.id for m in mentions]) if mentions else st.nothing()
    arguments = st.lists(st.builds(Argument, st.sampled_from(ROLES), filler), max_size=4 if mentions else 0).map(tuple)
    events = tuple(
        Event(f"v{i}", span, kind_of, realis, arguments=filled)
        for i, (span, kind_of, realis, filled) in enumerate(
            draw(st.lists(st.tuples(place, st.sampled_from(EVENT_TYPES), st.sampled_from(REALIS), arguments), max_size=5))
        )
    )
    ends = st.tuples(st.sampled_from(RELATION_TYPES), filler, filler)
    relations = tuple(Relation(f"r{i}", *rest) for i, rest in enumerate(draw(st.lists(ends, max_size=6 if mentions else 0))))
    return Annotation(doc_id, LAYERS, mentions, events=events, relations=relations)


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """A document, its gold and a prediction over the same few places."""
    document = draw(documents())
    places = draw(st.lists(spans(len(document.text)), min_size=1, max_size=5))
    return document, draw(annotations(document.doc_id, places)), draw(annotations(document.doc_id, places))


corpora = st.lists(pairs(), min_size=1, max_size=3)


def corpus(triples: Sequence[Pair]) -> tuple[Gold, list[Annotation]]:
    """The same documents under names of their own, as a gold corpus and its predictions."""
    golds = [replace(gold, doc_id=f"d{i}") for i, (_, gold, _) in enumerate(triples)]
    preds = [replace(pred, doc_id=f"d{i}") for i, (_, _, pred) in enumerate(triples)]
    named = [replace(document, doc_id=f"d{i}") for i, (document, _, _) in enumerate(triples)]
    return Gold(tuple(named), tuple(golds), "test", "0.0.0#00000000"), preds
