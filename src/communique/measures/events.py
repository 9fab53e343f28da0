"""Arguments of events: `Arg-I`, `Arg-C`, and attached `Arg-I+`, `Arg-C+`.

A filler is the span of its mention. Without the plus, the event is its type (Li et al. 2013); with it, its trigger too, so that
the arguments of two events of one type cannot stand in for each other (as in TextEE; Huang et al. 2024).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from communique.measures.tally import Item, Tallies, match, sentence_of
from communique.model import Annotation, Document, Event, Mention, Span


def tally_fillers(document: Document, gold: Annotation, pred: Annotation, *, attached: bool) -> Tallies:
    """`Arg-I`, `Arg-I+`: (event type, filler), labelled by event type.

    A filler counts once per event, however many roles it has there.
    """
    return match(*(list(_fillers(document, side, attached)) for side in (gold, pred)))


def tally_arguments(document: Document, gold: Annotation, pred: Annotation, *, attached: bool) -> Tallies:
    """`Arg-C`, `Arg-C+`: (event type, filler, role), labelled by role; one item per argument, duplicates included."""
    return match(*(list(_arguments(document, side, attached)) for side in (gold, pred)))


def mention(annotation: Annotation, by_id: dict[str, Mention], identifier: str, where: str) -> Mention:
    """The mention that an argument or a relation names.

    Raises:
        ValueError: if the annotation has none of that id (readers refuse such a file; an annotation made by hand can have it).
    """
    if identifier not in by_id:
        raise ValueError(f"{annotation.doc_id}#{where}: there is no mention {identifier!r}; add it or correct the id")
    return by_id[identifier]


def _fillers(document: Document, annotation: Annotation, attached: bool) -> Iterator[Item]:
    for event, filled in _filled(annotation):
        for span in {span for span, _ in filled}:
            yield Item(sentence_of(document, event.span), event.type, (_event(event, attached), span))


def _arguments(document: Document, annotation: Annotation, attached: bool) -> Iterator[Item]:
    for event, filled in _filled(annotation):
        for span, role in filled:
            yield Item(sentence_of(document, event.span), role, (_event(event, attached), span))


def _filled(annotation: Annotation) -> Iterator[tuple[Event, list[tuple[Span, str]]]]:
    by_id = {m.id: m for m in annotation.mentions}
    for event in annotation.events:
        yield event, [(mention(annotation, by_id, a.mention, event.id).span, a.role) for a in event.arguments]


def _event(event: Event, attached: bool) -> Hashable:
    return (event.type, event.span) if attached else event.type
