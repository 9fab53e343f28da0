"""A document that is nothing but its text."""

from __future__ import annotations

from communique.io.jsonl_writer import text_sha256
from communique.model import Document
from communique.tokens import sentences, tokenize


def document_of(doc_id: str, text: str) -> Document:
    """A bare text as a document, with our tokens and sentences."""
    return Document(doc_id, text, text_sha256(text), sentences(text), tokenize(text))
