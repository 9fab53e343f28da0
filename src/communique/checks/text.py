"""Does an annotation fit its text? What keeps a prediction from being scored, and what gold may not have besides."""

from __future__ import annotations

from collections.abc import Iterator

from communique.checks.places import place, spans
from communique.incident import Incident, cut, shown
from communique.model import Annotation, Document


def text(document: Document, annotation: Annotation) -> Iterator[Incident]:
    """Spans outside the text, and annotations of another version of it."""
    sha = annotation.text_sha256
    if sha is not None and sha != document.text_sha256:
        message = f"was made for the text with SHA-256 {cut(sha, 64)}, the corpus has {document.text_sha256}"
        yield Incident("text-differs", place(annotation), message, "run the extractor on the texts of: communique texts")
        return  # offsets of another text say nothing about this one
    length = len(document.text)
    for what, item, span in spans(annotation):
        if span.placed and span.end > length:
            message = f"{what} {span} runs past the text, which has {length} code points"
            hint = "were offsets counted in bytes or UTF-16 units?"
            yield Incident("span-outside-text", place(annotation, item), message, hint)


def unplaced(annotation: Annotation) -> Iterator[Incident]:
    """Quotes that are nowhere in the text: a system's words may be, a reader's may not."""
    for what, item, span in spans(annotation):
        if not span.placed:
            message = f"the {what} is nowhere in the text: {shown(span.of(''))}"
            yield Incident("unplaced-span", place(annotation, item), message, "give start and end")
