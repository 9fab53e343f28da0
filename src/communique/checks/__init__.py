"""Findings about annotations: `Incident`s, yielded; nothing here raises or prints.

Predictions are held to what makes them scorable (text, references, labels). Gold and annotators' passes are held to the schema
and to the form of the dataset as well.
"""

from __future__ import annotations

from communique.checks.corpus import corpus
from communique.checks.labels import labels
from communique.checks.references import references
from communique.checks.schema import schema
from communique.checks.text import text
from communique.incident import Incident
from communique.model import Annotation, Document
from communique.ontology import Ontology


def prediction_incidents(
    document: Document, annotation: Annotation, ontology: Ontology | None, *, broken: frozenset[str] = frozenset()
) -> tuple[Incident, ...]:
    """What keeps a prediction from being scored. Without an ontology, labels are taken as they occur."""
    found = [*text(document, annotation), *references(annotation, broken)]
    if ontology is not None:
        found += labels(annotation, ontology)
    return tuple(found)


def incidents(
    document: Document, annotation: Annotation, ontology: Ontology, *, broken: frozenset[str] = frozenset()
) -> tuple[Incident, ...]:
    """Everything that is wrong with an annotation that is to be gold, or an annotator's pass."""
    return (
        *prediction_incidents(document, annotation, ontology, broken=broken),
        *schema(annotation, ontology),
        *corpus(document, annotation, ontology),
    )
