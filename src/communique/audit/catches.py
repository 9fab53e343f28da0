"""What was found of the planted errors, and how many errors are left: capture and recapture with marked errors.

A suspect is one line of a reader's list::

    {"doc_id": "d1", "layer": "events", "places": [Q, …], "wrong": "…", "right": "…", "rule": "§5.3"}

``places`` are the item, or both ends of a pair; Q is a quote, ``{"text", "sentence", "occurrence"}``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from communique.align.quotes import resolve
from communique.audit.plants import Plant
from communique.checks import incidents
from communique.incident import DataError, Incident
from communique.model import Annotation, Document, Span
from communique.ontology import Ontology

_KEYS: Final = {"doc_id", "layer", "places", "wrong", "right", "rule"}


@dataclass(frozen=True, slots=True)
class Suspect:
    """Something that a reader takes for an error; ``raw`` is the line as it was written."""

    doc_id: str
    layer: str
    spans: tuple[Span, ...]
    raw: Mapping[str, Any]


def parse_suspects(name: str, lines: str, documents: Mapping[str, Document]) -> tuple[Suspect, ...]:
    """Read a reader's list; ``name`` is for messages.

    Raises:
        DataError: every line that cannot be read, and every quote that is not there.
    """
    suspects: list[Suspect] = []
    faults: list[Incident] = []
    for number, line in enumerate(lines.split("\n"), 1):
        if not line.strip():
            continue
        where = f"{name}:{number}"
        try:
            row = json.loads(line)
        except json.JSONDecodeError as fault:
            faults.append(Incident("not-json", where, f"not JSON: {fault.msg}", "write one JSON object per line"))
            continue
        if not isinstance(row, dict) or row.keys() != _KEYS or not isinstance(row["places"], list):
            faults.append(Incident("not-a-suspect", where, "it is no such object", f"give {', '.join(sorted(_KEYS))}"))
            continue
        document = documents.get(row["doc_id"])
        if document is None:
            faults.append(Incident("unknown-document", where, f"unknown doc_id {row['doc_id']!r}", "name one of these texts"))
            continue
        try:
            spans = tuple(_resolved(document, **quote) for quote in row["places"])
        except (ValueError, TypeError, KeyError) as fault:
            faults.append(Incident("quote-not-found", where, str(fault), "quote the words as the numbered sentences show them"))
            continue
        suspects.append(Suspect(document.doc_id, row["layer"], spans, row))
    if faults:
        raise DataError(faults)
    return tuple(suspects)


def _resolved(document: Document, text: str, sentence: int | None = None, occurrence: int | None = None) -> Span:
    return resolve(document.text, document.sentences, text, sentence=sentence, occurrence=occurrence)


def caught(plants: Sequence[Plant], suspects: Sequence[Suspect]) -> dict[int, int]:
    """Which plant each suspect names, by their numbers from 0: it is of the document, and its places touch all of the plant's.

    A suspect of the plant's layer is taken before one of another, and each plant is caught once at most; a pair of which the
    suspect names one end only is not taken for caught unless the layer is the plant's.
    """
    found: dict[int, int] = {}
    for same_layer in (True, False):
        for s, suspect in enumerate(suspects):
            if s in found:
                continue
            for p, plant in enumerate(plants):
                if p in found.values() or plant.doc_id != suspect.doc_id or (plant.layer == suspect.layer) is not same_layer:
                    continue
                touched = [any(span.overlap(place) for place in suspect.spans) for span in plant.change.spans]
                if all(touched) or (same_layer and len(plant.change.spans) > 2 and any(touched)):
                    found[s] = p
                    break
    return found


def found_by_checks(
    document: Document, copy: Annotation, plants: Sequence[Plant], ontology: Ontology
) -> tuple[frozenset[int], tuple[str, ...]]:
    """Which plants of a document the checks report something about, by their numbers from 0; and the findings that touch none.

    A finding is about the item that it names: a mention or an event where it stands, anything else at its mentions or events.
    """
    hit: set[int] = set()
    stray: list[str] = []
    spans = _places(copy)
    for incident in incidents(document, copy, ontology):
        touched = spans.get(incident.place.rpartition("#")[2], ())
        near = {n for n, p in enumerate(plants) if any(x.overlap(y) for x in p.change.spans for y in touched)}
        hit |= near
        if not near:
            stray.append(str(incident))
    return frozenset(hit), tuple(stray)


def _places(a: Annotation) -> dict[str, tuple[Span, ...]]:
    mentions, events = {m.id: m.span for m in a.mentions}, {e.id: e.span for e in a.events}
    places: dict[str, tuple[Span, ...]] = {id_: (span,) for id_, span in (mentions | events).items()}
    places |= {e.id: tuple(mentions[m] for m in e.mentions) for e in a.entities}
    places |= {i.id: tuple(events[e] for e in i.events) for i in a.instances}
    places |= {r.id: (mentions[r.head], mentions[r.tail]) for r in a.relations}
    return places | {x.id: (events[x.head], events[x.tail]) for x in a.event_relations}


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many errors are left, from ``real`` errors that a reader found who caught ``hits`` of ``plants`` planted ones.

    ``left`` is ``real · (1 - p) / p`` with the catch rate p; ``low`` and ``high`` are the same at the ends of p's interval
    (Wilson score, 95 %). Where no real error was found, that says nothing, and ``high`` is the number of errors of which the
    reader would have found none with a chance of 5 %, at the lower end of p. All None if nothing planted was caught.
    """

    plants: int
    hits: int
    real: int
    rate: float | None
    rate_low: float | None
    rate_high: float | None
    left: float | None
    low: float | None
    high: float | None


_Z: Final = 1.959963984540054  # the normal quantile of .975
_CHANCE: Final = 0.05


def estimate(*, plants: int, hits: int, real: int) -> Estimate:
    """The Lincoln–Petersen estimate of the errors that the reader missed, if real errors are as easy to find as planted ones.

    They are not (a planted error is plainer than one that three readers passed over), so it is a lower bound.

    >>> estimate(plants=10, hits=5, real=4).left
    4.0
    """
    if not hits:
        return Estimate(plants, hits, real, 0.0 if plants else None, None, None, None, None, None)
    p = hits / plants
    middle = (p + _Z**2 / (2 * plants)) / (1 + _Z**2 / plants)
    reach = _Z / (1 + _Z**2 / plants) * (p * (1 - p) / plants + _Z**2 / (4 * plants**2)) ** 0.5
    low, high = max(0.0, middle - reach), min(1.0, middle + reach)
    most = real * (1 - low) / low if real else math.log(_CHANCE) / math.log(1 - low)
    return Estimate(plants, hits, real, p, low, high, real * (1 - p) / p, real * (1 - high) / high, most)
