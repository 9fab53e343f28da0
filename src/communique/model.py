"""The types that every other module speaks of. Standard library only.

One type, `Annotation`, serves the gold, an annotator and a system, so agreement between two annotators is the score of one
against the other. Offsets are half-open ranges of Unicode code points everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias, get_args

LAYERS: Final = ("mentions", "entities", "events", "arguments", "instances", "relations", "event_relations")
"""Every layer an annotation can claim, in the order in which files and tables list them."""

ZONES: Final = ("headline", "caption", "subheading", "list", "body")
"""What a stretch of a text can be."""

UNTYPED: Final = "UNTYPED"
"""The type of a mention of which a system did not say what it is, for it named it as a filler or an end alone. No gold has
it, so as a mention it is spurious, and as a filler as good as any."""

NOWHERE: Final = 1 << 40
"""Spans from here on are of no text, which cannot be so long: see `Span.nowhere`."""

Status: TypeAlias = Literal["exact", "normalised", "fuzzy", "ambiguous", "unaligned"]
"""How a quote was placed, the surest first; `communique.align.align` says what each means."""

STATUSES: Final[tuple[Status, ...]] = get_args(Status)


@dataclass(frozen=True, slots=True)
class Quote:
    """The words that a system gave in place of offsets, and how they were placed.

    ``score`` is how like the words are to those of the span, from 0 to 1, where they are not the same.
    """

    text: str
    status: Status
    score: float | None = None


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range ``[start, end)`` of Unicode code points in a document's text.

    Spans that only touch do not overlap. ``quote`` is what the span was found by, if it was; it does not disturb equality.

    Raises:
        ValueError: unless ``0 <= start < end``.

    >>> Span(0, 5).overlap(Span(5, 9))
    0
    """

    start: int
    end: int
    quote: Quote | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span needs 0 <= start < end, got start {self.start}, end {self.end}")

    @classmethod
    def nowhere(cls, number: int, quote: Quote | None = None) -> Span:
        """The place of what is in no text, such as the quote that was not found. Those of other numbers equal and overlap
        nothing else, so such an item is predicted, and never hits.

        >>> Span.nowhere(0).overlap(Span.nowhere(1)), Span.nowhere(0).placed
        (0, False)
        """
        return cls(NOWHERE + 2 * number, NOWHERE + 2 * number + 1, quote)

    @property
    def placed(self) -> bool:
        """Whether it is of a text."""
        return self.start < NOWHERE

    def overlap(self, other: Span) -> int:
        """The number of code points that both spans cover."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))

    def contains(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def of(self, text: str) -> str:
        """The words that this span covers; of one that is nowhere, the words that were quoted."""
        return text[self.start : self.end] if self.placed else self.quote.text if self.quote else ""

    def __str__(self) -> str:
        return f"[{self.start}, {self.end})" if self.placed else "(not in the text)"


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of text that refers to something.

    ``kind`` is None on types that have none, and on a prediction that does not say (it counts as named). ``extent`` is the
    whole noun phrase round a nominal head. ``value`` is the ISO 8601 value of a TIME mention. ``score`` (0 to 1) and ``meta``,
    here and on every type below, are carried along, never read, and do not disturb equality.
    """

    id: str
    span: Span
    type: str
    kind: str | None = None
    extent: Span | None = None
    value: str | None = None
    score: float | None = field(default=None, compare=False)
    meta: Mapping[str, Any] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Entity:
    """A coreference cluster: ids of mentions of one thing. ``members`` are the ids of entities that a group consists of."""

    id: str
    type: str
    mentions: tuple[str, ...]
    name: str | None = None
    wikidata: str | None = None
    members: tuple[str, ...] = ()
    score: float | None = field(default=None, compare=False)
    meta: Mapping[str, Any] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Argument:
    """A mention in a role of an event."""

    role: str
    mention: str
    score: float | None = field(default=None, compare=False)
    meta: Mapping[str, Any] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Event:
    """An event mention; ``span`` is its trigger."""

    id: str
    span: Span
    type: str
    realis: str | None = None
    polarity: str | None = None
    arguments: tuple[Argument, ...] = ()
    score: float | None = field(default=None, compare=False)
    meta: Mapping[str, Any] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Instance:
    """A cluster of event mentions that report one event."""

    id: str
    events: tuple[str, ...]
    score: float | None = field(default=None, compare=False)
    meta: Mapping[str, Any] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation between two mentions; ``head`` and ``tail`` are ids of mentions."""

    id: str
    type: str
    head: str
    tail: str
    score: float | None = field(default=None, compare=False)
    meta: Mapping[str, Any] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class EventRelation:
    """A relation between two event mentions, with the words that signal it."""

    id: str
    type: str
    head: str
    tail: str
    evidence: tuple[Span, ...] = ()
    score: float | None = field(default=None, compare=False)
    meta: Mapping[str, Any] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Annotation:
    """What one reader, human or machine, says of one document.

    ``layers`` are the layers that are claimed: a claimed layer that is empty says "found nothing", one that is not claimed
    is not scored. Some layers may be held without being claimed, such as mentions that exist only as fillers.
    ``text_sha256`` names the text version that the offsets are of, if known.
    """

    doc_id: str
    layers: tuple[str, ...] = LAYERS
    mentions: tuple[Mention, ...] = ()
    entities: tuple[Entity, ...] = ()
    events: tuple[Event, ...] = ()
    instances: tuple[Instance, ...] = ()
    relations: tuple[Relation, ...] = ()
    event_relations: tuple[EventRelation, ...] = ()
    text_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch of a text that plays one part; ``kind`` is one of `ZONES`."""

    span: Span
    kind: str


@dataclass(frozen=True, slots=True)
class Document:
    """An article's text with what is known of it. ``sentences`` and ``tokens`` are in text order and do not overlap."""

    doc_id: str
    text: str
    text_sha256: str
    sentences: tuple[Span, ...] = ()
    tokens: tuple[Span, ...] = ()
    zones: tuple[Zone, ...] = ()
    story: str | None = None
    title: str | None = None
    url: str | None = None
    publisher: str | None = None
    date: str | None = None
    date_source: str | None = None


@dataclass(frozen=True, slots=True)
class Gold:
    """A corpus to score against: documents with their annotations, in one order.

    ``split`` and ``version`` enter the signature of every score; ``elsewhere`` are ids of documents of other splits of the same
    corpus, whose predictions are left out with a note instead of being an error. ``own``: a corpus with a schema of its own, so
    labels are taken as they occur; else predictions are held to the package's ontology. ``only`` names what the annotations
    were restricted to, if they were (`communique.labels.restricted`).
    """

    documents: tuple[Document, ...]
    annotations: tuple[Annotation, ...]
    split: str
    version: str
    elsewhere: tuple[str, ...] = ()
    own: bool = False
    only: str = ""

    def __post_init__(self) -> None:
        if [d.doc_id for d in self.documents] != [a.doc_id for a in self.annotations]:
            raise ValueError("a gold corpus needs one annotation per document, in the same order")
