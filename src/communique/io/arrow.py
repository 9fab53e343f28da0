"""Tables of other people, in Parquet files and in folders that ``datasets`` saved: their rows, as in ``predictions.jsonl``.

A row is turned into the form that JSON has, and no further: nulls are left out, the indices of a ``ClassLabel`` become names.
What is wrong with it is left to those who read JSON; but where a whole column has a wrong type, it is said here, and once.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from communique.incident import DataError, Incident
from communique.io.jsonl import ROW_KEYS
from communique.io.wire import ITEMS
from communique.ontology import nearest

if TYPE_CHECKING:
    import pyarrow as pa

STATED: Final = ("story", "title", "url", "publisher", "date", "date_source")
SPANS: Final = ("zones", "sentences", "tokens")
_UNUSED: Final = ("guidelines",)
_WHOLE: Final = ("start", "end", "sentence", "occurrence")
_STRINGS: Final = (
    *("id", "type", "kind", "value", "name", "realis", "polarity", "role"),
    *("mention", "mentions", "events", "members", "head", "tail"),
)
_INDEX: Final = "__index_level_"
"""How pandas calls the index of a table that it writes."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as rows.

    ``rows`` hold what a row of ``predictions.jsonl`` has, ``about`` what else is known of each row's document: the columns of
    `STATED` and `SPANS` that are of the form of the dataset's. ``unread`` are the columns of the table that are in neither,
    each with the reason.
    """

    name: str
    rows: tuple[dict[str, Any], ...]
    about: tuple[dict[str, Any], ...]
    unread: tuple[str, ...]


def read_parquet(path: Path) -> Sheet:
    """Read a Parquet file, whoever wrote it.

    Raises:
        DataError: if it cannot be read, or a column has a type that no row could have.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(path).read()
    except (OSError, ValueError, pa.ArrowException) as fault:
        raise _unreadable(str(path), fault) from fault
    return sheet_of(str(path), table)


def read_saved(folder: Path) -> dict[str, Sheet]:
    """Read a folder that ``save_to_disk`` of ``datasets`` wrote: the tables by split. A ``Dataset`` has one, called ``""``.

    Raises:
        DataError: as `read_parquet` does.
    """
    import datasets

    try:
        saved = datasets.load_from_disk(str(folder))
        parts = dict(saved) if isinstance(saved, datasets.DatasetDict) else {"": saved}
        tables = {split: part.with_format("arrow")[:] for split, part in parts.items()}
    except Exception as fault:  # whatever the files hold is read by it unchecked
        raise _unreadable(str(folder), fault) from fault
    return {split: sheet_of(str(folder / split), table) for split, table in tables.items()}


def is_saved(folder: Path) -> bool:
    """Whether ``save_to_disk`` wrote it."""
    return any((folder / name).is_file() for name in ("dataset_dict.json", "state.json"))


def sheet_of(name: str, table: pa.Table) -> Sheet:
    """A table as rows; ``name`` stands for it in messages.

    Raises:
        DataError: a column that is there twice, one with a type that no row could have, or strings that are not UTF-8.
    """
    if twice := [column for column, n in Counter(table.column_names).items() if n > 1]:
        message = f"more than one column is called {', '.join(sorted(twice))}"
        raise DataError([Incident("unreadable-file", name, message, "give each column a name of its own")])
    labels = _described(table.schema)
    faults = [fault for field in table.schema if field.name in ITEMS for fault in _types(name, field, labels.get(field.name))]
    if faults:
        raise DataError(faults)
    unread: list[str] = []
    known: list[str] = []
    for field in table.schema:
        if field.name in ROW_KEYS or (field.name in (*STATED, *SPANS) and _is_ours(field)):
            known.append(field.name)
        elif field.name in (*STATED, *SPANS):
            unread.append(f"{field.name} (of another form than the dataset's)")
        elif field.name not in _UNUSED and not field.name.startswith(_INDEX):
            hint = nearest(field.name, ROW_KEYS)
            unread.append(f"{field.name} ({hint})" if hint.startswith("did") else field.name)
    try:
        plain = table.select(known).to_pylist()
    except UnicodeDecodeError as fault:
        raise DataError([Incident("wrong-encoding", name, "a string is not UTF-8", "write the table with UTF-8")]) from fault
    rows = [_without_nulls({key: _named(row[key], labels.get(key)) for key in known}) for row in plain]
    return Sheet(
        name,
        tuple({key: value for key, value in row.items() if key in ROW_KEYS} for row in rows),
        tuple({key: value for key, value in row.items() if key not in ROW_KEYS} for row in rows),
        tuple(unread),
    )


def _unreadable(name: str, fault: Exception) -> DataError:
    lines = str(fault).strip().splitlines()
    message = lines[0] if lines else type(fault).__name__
    return DataError([Incident("unreadable-file", name, message, "write the file again, or name another")])


def _described(schema: pa.Schema) -> Mapping[str, Any]:
    """What the ``huggingface`` metadata, of whatever version of ``datasets``, says of each column; nothing if there is none."""
    try:
        features = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
    except (KeyError, TypeError, ValueError):
        return {}
    return features if isinstance(features, dict) else {}


def _named(value: Any, feature: Any) -> Any:
    """A value with names for the indices of labels. An index without a name stays, and will be found to be no string."""
    match feature:
        case {"_type": "ClassLabel", "names": list(names)}:
            return names[value] if type(value) is int and 0 <= value < len(names) else value
        case {"_type": str(), "feature": inner} | [inner]:
            return [_named(each, inner) for each in value] if isinstance(value, list) else value
        case {"_type": str()}:
            return value
        case dict() if isinstance(value, dict):
            return {key: _named(each, feature.get(key)) for key, each in value.items()}
        case _:
            return value


def _without_nulls(value: Any) -> Any:
    """An object that lacks a key has a null there, once it has been in a table."""
    if isinstance(value, dict):
        return {key: _without_nulls(each) for key, each in value.items() if each is not None}
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value


def _types(name: str, field: pa.Field, feature: Any) -> Iterator[Incident]:
    """Numbers where no number can stand: one finding for a column, where its rows would give one each."""
    for path, leaf, described in _leaves(f"$.{field.name}", field.type, feature):
        key = path.rpartition(".")[2].removesuffix("[]")
        if key in _WHOLE and _is_float(leaf):
            hint = "cast it to integers: pandas makes floats of them where some are missing"
            yield Incident("wrong-type", f"{name}: {path}", f"the column holds floats ({leaf})", hint)
        elif key in _STRINGS and (_is_float(leaf) or (_is_whole(leaf) and not _is_label(described))):
            hint = "write names, or keep the features of datasets, which give each index a name"
            yield Incident("wrong-type", f"{name}: {path}", f"the column holds numbers ({leaf}), not strings", hint)


def _leaves(path: str, of: Any, feature: Any) -> Iterator[tuple[str, Any, Any]]:
    """The parts of a column's type that have no parts, each with its path and what is said of it; none of ``meta``."""
    import pyarrow as pa

    if path.endswith(".meta"):
        return
    if pa.types.is_struct(of):
        below = feature if isinstance(feature, dict) else {}
        for inner in of:
            yield from _leaves(f"{path}.{inner.name}", inner.type, below.get(inner.name))
    elif _is_list(of):
        match feature:
            case {"feature": each} | [each]:
                yield from _leaves(f"{path}[]", of.value_type, each)
            case _:
                yield from _leaves(f"{path}[]", of.value_type, None)
    else:
        yield path, of, feature


def _is_ours(field: pa.Field) -> bool:
    """Whether a column that describes the document is of the dataset's form."""
    import pyarrow as pa

    if field.name in STATED:
        of = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        return bool(pa.types.is_string(of) or pa.types.is_large_string(of) or of == pa.string_view() or pa.types.is_null(of))
    if not _is_list(field.type) or not pa.types.is_struct(field.type.value_type):
        return False
    parts = {inner.name: inner.type for inner in field.type.value_type}
    return {"start", "end"} <= parts.keys() and _is_whole(parts["start"]) and _is_whole(parts["end"])


def _is_list(of: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_list(of) or pa.types.is_large_list(of) or pa.types.is_fixed_size_list(of))


def _is_float(of: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_floating(of))


def _is_whole(of: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(of))


def _is_label(feature: Any) -> bool:
    return isinstance(feature, dict) and feature.get("_type") == "ClassLabel"
