"""The installed corpus: where it is, which splits it has, and its gold, checked against the digest that it states."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from communique.incident import DataError, Incident
from communique.io.files import read_text
from communique.io.parquet import digest, from_bytes, to_annotation, to_document
from communique.model import Gold

SUMMARY: Final = "dataset.json"


def path() -> Path:
    """The folder of the dataset, for ``datasets.load_dataset``: in the package, or in a checkout installed in place."""
    packaged = Path(__file__).with_name("corpus")
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "corpus"


def is_dataset(path: Path | str) -> bool:
    """Whether it is a folder that `build` wrote: one with a ``dataset.json``."""
    return (Path(path) / SUMMARY).is_file()


def splits(folder: Path | str | None = None) -> tuple[str, ...]:
    """The splits that the corpus has; none as long as it has no gold."""
    folder = path() if folder is None else Path(folder)
    return tuple(_summary(folder)["splits"]) if is_dataset(folder) else ()


def default_split(folder: Path | str | None = None) -> str:
    """``test``, or ``validation`` as long as there is no test split.

    Raises:
        ValueError: if there is neither.
    """
    there = splits(folder)
    for split in ("test", "validation"):
        if split in there:
            return split
    raise ValueError(f"{_where(folder)} has neither a test nor a validation split; it has {', '.join(there) or 'none'}")


def load(split: str | None = None, *, folder: Path | str | None = None) -> Gold:
    """The gold of a split, None: of `default_split`. ``folder`` is a dataset folder that `build` wrote; None: the installed
    corpus.

    Raises:
        ValueError: if the corpus has no such split.
        DataError: if the rows are not those whose digest ``dataset.json`` states.
    """
    there = splits(folder)
    split = default_split(folder) if split is None else split
    if split not in there:
        raise ValueError(f"{_where(folder)} has no split {split!r}; it has {', '.join(there) or 'none'}")
    folder = path() if folder is None else Path(folder)
    summary = _summary(folder)
    file = folder / "documents" / f"{split}.parquet"
    try:
        _, rows = from_bytes(file)
    except (OSError, ValueError) as fault:
        raise DataError([Incident("unreadable-file", str(file), str(fault), "restore the file")]) from fault
    stated = summary["splits"][split]["sha256"]["documents"]
    if (found := digest(rows)) != stated:
        message = f"the rows are not those of this release: {SUMMARY} states {stated}, found {found}"
        raise DataError([Incident("digest-differs", str(file), message, "restore the file, or run `communique build`")])
    return Gold(
        documents=tuple(map(to_document, rows)),
        annotations=tuple(map(to_annotation, rows)),
        split=split,
        version=f"{summary['version']}#{summary['digest'][:8]}",
        elsewhere=tuple(d for other, ids in summary["documents"].items() if other != split for d in ids),
    )


def overall_digest(splits: Mapping[str, Any]) -> str:
    """The digest of a release: of the digests of all its tables, which ``dataset.json`` lists below ``splits``."""
    return digest([{split: table["sha256"] for split, table in splits.items()}])


def _where(folder: Path | str | None) -> str:
    return "the installed corpus" if folder is None else f"the corpus in {folder}"


def _lacking(summary: Any) -> Iterator[tuple[str, str]]:
    """What is read of a summary and is not there, or is something else."""
    if not isinstance(summary, dict):
        yield "$", "an object"
        return
    for key in ("version", "digest"):
        if not isinstance(summary.get(key), str):
            yield f"$.{key}", "a string"
    if not isinstance(summary.get("documents"), dict):
        yield "$.documents", "an object"
    else:
        for split, ids in summary["documents"].items():
            if not isinstance(ids, list) or not all(isinstance(d, str) for d in ids):
                yield f"$.documents.{split}", "a list of strings"
    if not isinstance(summary.get("splits"), dict):
        yield "$.splits", "an object"
        return
    for split, held in summary["splits"].items():
        of = held if isinstance(held, dict) else {}
        if not isinstance(of.get("documents"), list):
            yield f"$.splits.{split}.documents", "a list"
        if not isinstance(of.get("sha256"), dict) or not isinstance(of["sha256"].get("documents"), str):
            yield f"$.splits.{split}.sha256.documents", "a digest"


def _summary(folder: Path) -> dict[str, Any]:
    name, text = read_text(folder / SUMMARY)
    try:
        summary: dict[str, Any] = json.loads(text)
    except json.JSONDecodeError as fault:
        raise DataError([Incident("not-json", f"{name}:{fault.lineno}", fault.msg, "run `communique build`")]) from fault
    except RecursionError as fault:
        message = "lists and objects are nested too deeply to be read"
        raise DataError([Incident("not-json", name, message, "run `communique build`")]) from fault
    if lacking := list(_lacking(summary)):
        hint = "restore the file, or run `communique build`"
        raise DataError(Incident("not-a-summary", f"{name}: {where}", f"{what} is wanted", hint) for where, what in lacking)
    if (found := overall_digest(summary["splits"])) != summary["digest"]:
        message = f"its digest is {summary['digest']}, but the digests it lists give {found}"
        raise DataError([Incident("digest-differs", name, message, "restore the file, or run `communique build`")])
    return summary
