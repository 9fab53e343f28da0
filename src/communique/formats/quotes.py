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
    left = (
        Left(f"{a.doc_id}#{item.id}", f"the quote {shown(quote.text)}", why)
        for a in annotations for item in (*a.mentions, *a.events)
        if item.span.placed and (quote := item.span.quote) and quote.status != "exact"
    )  # fmt: skip
    return Written({"": dump_quotes(annotations, documents, texts).encode()}, tuple(left))
