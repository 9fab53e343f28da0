"""What a reader, and what the checks, found of the planted errors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from communique.audit.plants import Plant, Step
from communique.audit.rows import Suspect
from communique.audit.undoing import without_each
from communique.checks import incidents
from communique.model import Annotation, Document, Span
from communique.ontology import Ontology

WIDER: Final = 6
"""By so many tokens a quoted place may be longer than the item it names, and no extent in the gold is longer than its head by
more: a reader may quote the whole phrase, but who quotes a whole sentence names nothing in it."""


def caught(plants: Sequence[Plant], suspects: Sequence[Suspect], documents: Mapping[str, Document]) -> dict[int, int]:
    """Which plant each suspect names, by their numbers from 0: as many pairs as possible, none in two.

    A suspect may name a plant if both are of one document and one layer, and its places touch all of the plant's. None that is
    listed earlier is given up for a later one.
    """
    may = [[p for p, plant in enumerate(plants) if _names(suspect, plant, documents)] for suspect in suspects]
    by: dict[int, int] = {}

    def placed(s: int, seen: set[int]) -> bool:
        """Find a plant for a suspect; those that have one move on if they can (augmenting paths)."""
        for p in may[s]:
            if p not in seen:
                seen.add(p)
                if p not in by or placed(by[p], seen):
                    by[p] = s
                    return True
        return False

    for s in range(len(suspects)):
        placed(s, set())
    return {s: p for p, s in sorted(by.items(), key=lambda pair: pair[1])}


def _names(suspect: Suspect, plant: Plant, documents: Mapping[str, Document]) -> bool:
    if (suspect.doc_id, suspect.layer) != (plant.doc_id, plant.layer):
        return False
    tokens = documents[plant.doc_id].tokens
    return all(any(_touches(place, item, tokens) for place in suspect.spans) for item in plant.change.spans)


def _touches(place: Span, item: Span, tokens: Sequence[Span]) -> bool:
    if not place.overlap(item):
        return False
    long, short = (sum(token.overlap(span) > 0 for token in tokens) for span in (place, item))
    return long <= short + WIDER


def found_by_checks(
    document: Document, gold: Annotation, steps: Sequence[Step], ontology: Ontology
) -> tuple[tuple[Plant, ...], tuple[str, ...]]:
    """The plants that the checks report something about, and the false alarms: findings that the gold has as well.

    ``steps`` are those of this document, in their order. A finding is about a plant if it goes when that plant alone is undone,
    wherever it points to. One that takes two errors is about both; one for which either of two suffices is about neither.
    """
    before, after, without = without_each(gold, steps)
    found = Counter(incidents(document, after, ontology))
    hit = [
        step.plant for step, copy in zip(steps, without, strict=True) if found - Counter(incidents(document, copy, ontology))
    ]
    alarms = found & Counter(incidents(document, before, ontology))
    return tuple(hit), tuple(str(alarm) for alarm in alarms.elements())
