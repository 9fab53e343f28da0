"""The format ``quotes``: see `communique.io.quotes`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from communique.formats.converted import Converted, Left, Written, size
from communique.formats.documents import Texts
from communique.formats.source import Options, Source
from communique.incident import shown
from communique.io.jsonl import Row
from communique.io.quotes import dump_quotes, parse_quotes
from communique.model import Document


def read(source: Source, texts: Texts, options: Options) -> Converted:
    rows, faults = parse_quotes(source.name, source.text, texts.known)
    return Converted(rows, size(row.annotation for row in rows), faults=faults)


def write(rows: Sequence[Row], documents: Mapping[str, Document], options: Options) -> Written:
    annotations = [row.annotation for row in rows]
    texts = {row.annotation.doc_id: row.text for row in rows if row.text is not None}
    why = "a row of quotes has the words of the text"
    found = [(f"{a.doc_id}#{m.id}", m.span) for a in annotations for m in a.mentions]
    found += [(f"{a.doc_id}#{e.id}", e.span) for a in annotations for e in a.events]
    left = (
        Left(place, f"the quote {shown(span.quote.text)}", why)
        for place, span in found
        if span.placed and span.quote and span.quote.status != "exact"
    )
    return Written({"": dump_quotes(annotations, documents, texts).encode()}, tuple(left))
