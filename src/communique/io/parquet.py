"""The dataset's Parquet files: rows to bytes and back, and the ``documents`` rows to documents and annotations and back.

Rows hold label names; only the file holds indices. pyarrow alone writes and reads them, so loading the gold imports no pandas.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from communique.io.features import Feature, arrow_schema, decode, encode, from_metadata
from communique.io.jsonl_writer import to_row
from communique.model import (
    Annotation,
    Argument,
    Document,
    Entity,
    Event,
    EventRelation,
    Instance,
    Mention,
    Relation,
    Span,
    Zone,
)

Row: TypeAlias = Mapping[str, Any]

_STATED: Final = ("doc_id", "text", "text_sha256", "story", "title", "url", "publisher", "date", "date_source")


def complete(rows: Iterable[Row], features: Mapping[str, Feature]) -> list[dict[str, Any]]:
    """Rows with exactly these columns, as `from_bytes` gives them back: null, or an empty list, for what is not said.

    Raises:
        ValueError: if a label is not among its column's names.
    """
    return [decode(encode(row, dict(features)), dict(features)) for row in rows]


def to_bytes(rows: Sequence[Row], features: Mapping[str, Feature]) -> bytes:
    """Rows as a Parquet file. The bytes name the writer's version; compare rows, not bytes.

    Raises:
        ValueError: if a label is not among its column's names.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    encoded = [encode(row, dict(features)) for row in rows]
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(encoded, schema=arrow_schema(features)), sink)
    return sink.getvalue()


def from_bytes(source: Path | bytes) -> tuple[dict[str, Feature], list[dict[str, Any]]]:
    """The columns that a Parquet file of ours describes, and its rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    # Not `read_table`: it goes through the dataset layer, and is slower to start.
    table = pq.ParquetFile(source if isinstance(source, Path) else pa.BufferReader(source)).read()
    features = from_metadata(table.schema)
    return features, [decode(row, features) for row in table.to_pylist()]


def schema_of(source: bytes) -> Any:
    """The Arrow schema of a Parquet file with its metadata, in a form that compares."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pq.ParquetFile(pa.BufferReader(source)).schema_arrow
    return [(field.name, str(field.type)) for field in schema], schema.metadata


def digest(rows: Iterable[Row]) -> str:
    """The SHA-256 of rows in canonical form: one JSON object per line, UTF-8, keys sorted, no spaces between."""
    lines = (json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
    return hashlib.sha256("".join(lines).encode("utf-8")).hexdigest()


def document_row(document: Document, annotation: Annotation, guidelines: str) -> dict[str, Any]:
    """A row of the configuration ``documents``; ``guidelines`` is the version that the annotation follows.

    ``score`` and ``meta`` have no column: the gold has neither.
    """
    items = {key: value for key, value in to_row(annotation).items() if key not in ("layers", "doc_id", "text_sha256")}
    return {
        **{name: getattr(document, name) for name in _STATED},
        "guidelines": guidelines,
        "zones": [{**_range(zone.span), "kind": zone.kind} for zone in document.zones],
        "sentences": [_range(span) for span in document.sentences],
        "tokens": [_range(span) for span in document.tokens],
        **items,
    }


def to_document(row: Row) -> Document:
    return Document(
        **{name: row[name] for name in _STATED},
        sentences=tuple(map(_span, row["sentences"])),
        tokens=tuple(map(_span, row["tokens"])),
        zones=tuple(Zone(_span(zone), zone["kind"]) for zone in row["zones"]),
    )


def to_annotation(row: Row) -> Annotation:
    """The annotation in a row of ``documents``; it claims all layers."""
    return Annotation(
        doc_id=row["doc_id"],
        mentions=tuple(
            Mention(m["id"], _span(m), m["type"], m["kind"], m["extent"] and _span(m["extent"]), m["value"])
            for m in row["mentions"]
        ),
        entities=tuple(
            Entity(e["id"], e["type"], tuple(e["mentions"]), e["name"], e["wikidata"], tuple(e["members"]))
            for e in row["entities"]
        ),
        events=tuple(
            Event(
                e["id"],
                _span(e),
                e["type"],
                e["realis"],
                e["polarity"],
                tuple(Argument(a["role"], a["mention"]) for a in e["arguments"]),
            )
            for e in row["events"]
        ),
        instances=tuple(Instance(i["id"], tuple(i["events"])) for i in row["instances"]),
        relations=tuple(Relation(r["id"], r["type"], r["head"], r["tail"]) for r in row["relations"]),
        event_relations=tuple(
            EventRelation(r["id"], r["type"], r["head"], r["tail"], tuple(map(_span, r["evidence"])))
            for r in row["event_relations"]
        ),
        text_sha256=row["text_sha256"],
    )


def _range(span: Span) -> dict[str, int]:
    return {"start": span.start, "end": span.end}


def _span(row: Row) -> Span:
    return Span(row["start"], row["end"])
