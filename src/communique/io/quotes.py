"""The format ``quotes``: rows whose spans are quoted words, which annotators and language models write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from communique.align.quotes import quote, resolve
from communique.incident import Incident
from communique.io.jsonl import Locate, Row, decode, parse_row, parse_rows, to_row
from communique.io.wire import WireSpan
from communique.model import Annotation, Document, Span


def parse_quotes(name: str, content: str, documents: Mapping[str, Document]) -> tuple[tuple[Row, ...], tuple[Incident, ...]]:
    """Parse a file of format ``quotes``: lines as in ``predictions.jsonl``, or one JSON object over several lines.

    Offsets are welcome beside quotes. A quote that is not found, or not as often as it says, is a fault, never a guess.

    Args:
        documents: by doc_id, with their sentences.

    Returns:
        the rows and every fault, as `communique.io.jsonl.parse_rows` does.
    """
    locate = _locator(documents)
    first = content.lstrip().partition("\n")[0]
    if decode(name, first)[1] is None:
        return parse_rows(name, content, locate=locate)
    whole, fault = decode(name, content)
    if fault:
        return (), (fault,)
    row, _, faults = parse_row(name, whole, locate=locate)
    return ((row,) if row else ()), tuple(faults)


def to_quotes(document: Document, annotation: Annotation) -> dict[str, Any]:
    """An annotation as a row of format ``quotes``.

    Raises:
        ValueError: if a span cuts a word, so that no quote means it.
    """

    def requoted(value: Any) -> Any:
        if isinstance(value, list):
            return [requoted(v) for v in value]
        if not isinstance(value, dict):
            return value
        out = {k: requoted(v) for k, v in value.items() if k not in ("start", "end", "meta")}
        if "start" in value:
            out |= quote(document.text, document.sentences, Span(value["start"], value["end"]))
        return out | ({"meta": value["meta"]} if "meta" in value else {})

    row = requoted(to_row(annotation))
    return dict(row)


def _locator(documents: Mapping[str, Document]) -> Locate:
    def locate(doc_id: str, given: WireSpan) -> Span:
        if doc_id not in documents:
            raise ValueError(f"the text of {doc_id!r} is not known, so nothing can be looked up in it; give it with --texts")
        d = documents[doc_id]
        return resolve(d.text, d.sentences, given.text or "", sentence=given.sentence, occurrence=given.occurrence)

    return locate
