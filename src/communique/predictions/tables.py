"""Gold of one's own in Parquet, or saved by ``datasets``: a row per document, with the dataset's lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from communique.incident import DataError, Incident, shown
from communique.io.arrow import SPANS, STATED, Sheet, is_saved, read_parquet, read_saved
from communique.io.jsonl import parse_values
from communique.io.wire import ITEMS
from communique.model import ZONES, Document, Gold, Span, Zone
from communique.ontology import Ontology
from communique.predictions.gold import gold_of
from communique.predictions.reading import SPLIT, Note

_SHARD: Final = re.compile(r"-\d+(-of-\d+)?$")
_SPLITS: Final = ("train", "validation", "valid", "dev", "test")
_HOLDERS: Final = ("documents", "data", ".")
"""Where a folder may have its Parquet files: as the dataset, as a dataset of the Hugging Face hub, or by themselves."""


def read_file(path: Path, ontology: Ontology | None, note: Note) -> Gold:
    """A Parquet file as gold. See `communique.predictions.read_gold`."""
    return _gold(path.name, [read_parquet(path)], SPLIT, ontology, note)


def read_folder(folder: Path, split: str | None, ontology: Ontology | None, note: Note) -> Gold:
    """A folder as gold. See `communique.predictions.read_gold`."""
    name = folder.resolve().name
    if is_saved(folder):
        saved = read_saved(folder)
        chosen = _chosen(folder, split, [s for s in saved if s])
        return _gold(name, [saved[chosen or ""]], chosen or SPLIT, ontology, note)
    files = next((found for holder in _HOLDERS if (found := sorted((folder / holder).glob("*.parquet")))), [])
    if not files:
        message = "the folder holds no dataset.json, no .parquet file (nor does documents/ or data/ in it), and nothing saved"
        hint = "name a file, or a folder that communique build or save_to_disk of datasets wrote, or one of Parquet files"
        raise DataError([Incident("empty-folder", str(folder), message, hint)])
    splits = {file: _SHARD.sub("", file.stem) for file in files}
    named = [s for s in dict.fromkeys(splits.values()) if s in _SPLITS]
    chosen = _chosen(folder, split, named)
    held = [file for file in files if chosen is None or splits[file] == chosen]
    return _gold(name, [read_parquet(file) for file in held], chosen or SPLIT, ontology, note)


def _chosen(folder: Path, split: str | None, there: Sequence[str]) -> str | None:
    """The split to read: the one that is asked for, else the only one, else ``test``; None if the folder has none.

    Raises:
        ValueError: if it cannot be told, or is not there.
    """
    if split is None and (not there or len(there) == 1 or "test" in there):
        return None if not there else there[0] if len(there) == 1 else "test"
    if split is None:
        raise ValueError(f"{folder} has the splits {', '.join(there)}; say which (--split)")
    if split not in there:
        raise ValueError(f"{folder} has no split {split!r}; it has {', '.join(there) or 'none'}")
    return split


def _gold(name: str, sheets: Sequence[Sheet], split: str, ontology: Ontology | None, note: Note) -> Gold:
    if lacking := [fault for sheet in sheets for fault in _lacking(sheet)]:
        raise DataError(lacking)
    values = [(f"{sheet.name}: row {n}", row) for sheet in sheets for n, row in enumerate(sheet.rows, 1)]
    if not values:
        raise DataError([Incident("empty-file", sheets[0].name, "the table has no row", "name one that holds something")])
    about = {f"{sheet.name}: row {n}": row for sheet in sheets for n, row in enumerate(sheet.about, 1)}
    rows, faults = parse_values(values)
    texts = {row.place: row.text for row in rows}
    stray = [fault for place, row in about.items() for fault in _faults(place, row, texts.get(place))]
    gold = gold_of(rows, [*faults, *stray], name, split, ontology)
    for sheet in sheets:
        if sheet.unread:
            note(f"{sheet.name}: columns that are not read: {', '.join(sheet.unread)}")
    stated = (about[row.place] for row in rows)
    return replace(gold, documents=tuple(_with(d, row) for d, row in zip(gold.documents, stated, strict=True)))


def _lacking(sheet: Sheet) -> Iterator[Incident]:
    """The columns without which there is no document, said once and not for each row."""
    hint = f"give one row per document with doc_id, text, and lists ({', '.join(ITEMS)}); tokens with tags go into a BIO file"
    for column in ("doc_id", "text"):
        if sheet.rows and not any(column in row for row in sheet.rows):
            yield Incident("missing-column", sheet.name, f"no row has a {column}", hint)


def _with(document: Document, about: Mapping[str, Any]) -> Document:
    """A document with what its row says of it besides the text."""
    given: dict[str, Any] = {key: about[key] for key in STATED if key in about}
    for key in ("sentences", "tokens"):
        if key in about:
            given[key] = tuple(Span(s["start"], s["end"]) for s in about[key])
    zones = tuple(Zone(Span(z["start"], z["end"]), z["kind"]) for z in about.get("zones", ()))
    return replace(document, zones=zones, **given)


def _faults(place: str, about: Mapping[str, Any], text: str | None) -> Iterator[Incident]:
    """Stretches of the text that are none, or are out of order."""
    for key in SPANS:
        spans = about.get(key, [])
        for n, span in enumerate(spans):
            at = f"{place}: $.{key}[{n}]"
            start, end = (span.get("start"), span.get("end")) if isinstance(span, dict) else (None, None)
            if start is None or end is None or not 0 <= start < end or (text is not None and end > len(text)):
                length = "" if text is None else f" of {len(text)} code points"
                hint = "mend it, or leave the column out: sentences and tokens are then made"
                yield Incident("bad-stretch", at, f"{shown(span)} is no stretch of the text{length}", hint)
            elif key == "zones" and span.get("kind") not in ZONES:
                yield Incident("bad-stretch", at, f"its kind is {shown(span.get('kind'))}", f"a zone is {', '.join(ZONES)}")
        whole = [s for s in spans if isinstance(s, dict) and {"start", "end"} <= s.keys()]
        if len(whole) == len(spans) and any(a["end"] > b["start"] for a, b in pairwise(whole)):
            hint = "put them in the order of the text"
            yield Incident("bad-stretch", f"{place}: $.{key}", "they overlap, or are out of order", hint)
