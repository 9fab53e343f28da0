"""The format ``quotes``: rows whose spans are quoted words, which annotators and language models write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from communique.align.quotes import quote, resolve
from communique.incident import DataError, Incident, cut, shown
from communique.io.jsonl import Row, parse_row, parse_rows
from communique.io.jsonl_decode import decode
from communique.io.jsonl_items import Locate, NoSpanError
from communique.io.jsonl_writer import line, to_rows
from communique.io.wire import WireSpan
from communique.model import Annotation, Document, Span
from communique.ontology import nearest


def parse_quotes(name: str, content: str, documents: Mapping[str, Document]) -> tuple[tuple[Row, ...], tuple[Incident, ...]]:
    """Parse a file of format ``quotes``: lines as in ``predictions.jsonl``, or one JSON object over several lines.

    Offsets are welcome beside quotes. A quote that is not found, or not as often as it says, is a fault, never a guess.

    Args:
        documents: by doc_id, with their sentences.

    Returns:
        the rows and every fault, as `communique.io.jsonl.parse_rows` does. What is quoted from a text that is not known is left
        out, with one fault for the row.
    """
    locate = _locator(documents)
    if "\n" in content.strip():
        whole, fault = decode(name, content)
        if fault is None:
            row, _, found = parse_row(name, whole, locate=locate)
            held = (row,) if row else ()
            return held, (*found, *_textless(held, documents))
    rows, faults = parse_rows(name, content, locate=locate)
    return rows, (*faults, *_textless(rows, documents))


def dump_quotes(
    annotations: Iterable[Annotation], documents: Mapping[str, Document], texts: Mapping[str, str] | None = None
) -> str:
    """The lines of a file of format ``quotes``, with the texts that are given (by doc_id).

    Raises:
        DataError: ``unquotable-span``, for every span that cuts a word, so that no quote means it; ``unknown-document``.
        ValueError: as `communique.io.jsonl_writer.to_rows` does.
    """
    faults: list[Incident] = []
    lines = []
    for row in to_rows(annotations, texts):
        if document := documents.get(row["doc_id"]):
            lines.append(line(_requoted(document, row, f"{row['doc_id']}: $", faults)))
        else:
            hint = f"{nearest(row['doc_id'], documents)}; or give the text with --texts"
            faults.append(Incident("unknown-document", row["doc_id"], "its text is not at hand", hint))
    if faults:
        raise DataError(faults)
    return "".join(lines)


def _requoted(document: Document, value: Any, place: str, faults: list[Incident]) -> Any:
    """JSON with quotes in place of offsets; ``meta`` is no part of the format and stays as it is."""
    if isinstance(value, list):
        return [_requoted(document, v, f"{place}[{n}]", faults) for n, v in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if value.get("start", 0) is None:  # nowhere in the text: its words are known already
        return value
    out = {}
    for key, inner in value.items():
        if key == "meta":
            out[key] = inner
        elif key == "quote":  # the words that it was found by; here it has those of the text
            continue
        elif key == "start":
            try:
                out |= quote(document.text, document.sentences, Span(inner, value["end"]))
            except ValueError as fault:
                hint = "quotes are of whole words; give whole words, or keep offsets"
                faults.append(Incident("unquotable-span", place, cut(str(fault), 200), hint))
        elif key != "end":
            out[key] = _requoted(document, inner, f"{place}.{key}", faults)
    return out


def _textless(rows: Iterable[Row], documents: Mapping[str, Document]) -> Iterator[Incident]:
    """One fault for each row whose quotes cannot be looked up."""
    for row in rows:
        doc_id = row.annotation.doc_id
        if doc_id and row.quoted and doc_id not in documents:
            hint = f"{nearest(doc_id, documents)}; or give the text with --texts"
            yield Incident("unknown-document", f"{row.place}: $.doc_id", f"unknown doc_id {shown(doc_id)}", hint)


def _locator(documents: Mapping[str, Document]) -> Locate:
    def locate(doc_id: str, given: WireSpan) -> Span:
        if doc_id not in documents:
            raise NoSpanError
        d = documents[doc_id]
        return resolve(d.text, d.sentences, given.text or "", sentence=given.sentence, occurrence=given.occurrence)

    return locate
