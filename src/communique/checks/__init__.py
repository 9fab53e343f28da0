"""Findings about annotations: `Incident`s, yielded; nothing here raises or prints.

Predictions are held to what makes them scorable (text, references, labels). Gold and annotators' passes are held to the schema
and to the form of the dataset as well.
"""

from __future__ import annotations

from collections.abc import Iterable

from communique.checks.complete import complete
from communique.checks.corpus import corpus
from communique.checks.labels import labels, untyped
from communique.checks.places import place
from communique.checks.references import Broken, references
from communique.checks.schema import schema
from communique.checks.text import text, unplaced
from communique.incident import Incident, shown
from communique.model import LAYERS, Annotation, Document
from communique.ontology import Ontology, nearest


def prediction_incidents(
    document: Document, annotation: Annotation, ontology: Ontology | None, *, broken: Broken = frozenset()
) -> tuple[Incident, ...]:
    """What keeps a prediction from being scored. Without an ontology, labels are taken as they occur."""
    return (*text(document, annotation), *textless_incidents(annotation, ontology, broken=broken))


def textless_incidents(
    annotation: Annotation, ontology: Ontology | None, *, broken: Broken = frozenset()
) -> tuple[Incident, ...]:
    """What can be told of a prediction whose text is not at hand."""
    if not annotation.layers:
        hint = f"give one of the keys {', '.join(LAYERS)}, with an empty list where nothing was found"
        return (Incident("no-layer", place(annotation), "no layer is claimed, so there is nothing to score", hint),)
    return (*references(annotation, broken), *(labels(annotation, ontology) if ontology is not None else ()))


def unknown_document(where: str, doc_id: str, known: Iterable[str]) -> Incident:
    """The finding that no document has this id; ``where`` is its place, ``known`` the ids that there are."""
    return Incident("unknown-document", where, f"unknown doc_id {shown(doc_id)}", nearest(doc_id, known))


def gold_incidents(
    document: Document, annotation: Annotation, ontology: Ontology | None, *, broken: Broken = frozenset()
) -> tuple[Incident, ...]:
    """What keeps gold of whatever schema from being scored against. Without an ontology, labels are taken as they occur."""
    mistyped = untyped(annotation) if ontology is not None else ()
    return (*prediction_incidents(document, annotation, ontology, broken=broken), *unplaced(annotation), *mistyped)


def incidents(
    document: Document, annotation: Annotation, ontology: Ontology, *, broken: Broken = frozenset()
) -> tuple[Incident, ...]:
    """Everything that is wrong with an annotation that is to be gold, or an annotator's pass."""
    return (
        *gold_incidents(document, annotation, ontology, broken=broken),
        *schema(annotation, ontology),
        *corpus(document, annotation, ontology),
        *complete(annotation, ontology),
    )
