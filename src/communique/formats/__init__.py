"""Other tools' formats, to annotations and back: one module for each, which imports its tool, if it needs one, when it runs.

A module has ``read(source, texts, options) -> Converted``, or ``write(rows, documents, options) -> Written``, or both. Offsets
become half-open ranges of code points here and nowhere else; what annotations cannot hold is listed, never cut to fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from communique.formats.converted import Converted, Left, Written, size
from communique.formats.documents import Texts
from communique.formats.source import Options, Source, source_of
from communique.incident import DataError, Incident
from communique.io.bio import SCHEMES
from communique.io.files import files_of
from communique.io.jsonl import Row, twice
from communique.model import LAYERS, Annotation, Document
from communique.ontology import nearest
from communique.wording import first_ten

__all__ = ["FORMATS", "Converted", "Format", "Left", "Options", "Source", "Texts", "Written", "read", "source_of", "write"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format by its name; ``about`` says what files are of it. ``writes``: whether it is written, too. ``scheme``,
    ``group``: which `Options` mean something to it."""

    name: str
    about: str
    writes: bool = False
    scheme: bool = False
    group: bool = False


FORMATS: Final[Mapping[str, Format]] = {
    f.name: f
    for f in (
        Format("predictions", "rows of predictions.jsonl", writes=True),
        Format("quotes", "the same with exact quotes in place of offsets", writes=True),
        Format("llm", "JSON of a language model: quotes, however it writes them, found as far as they can be"),
        Format("spacy", "spaCy: Doc JSON, or a DocBin file; entities and span groups", writes=True, group=True),
        Format("huggingface", "Hugging Face token-classification pipelines", scheme=True),
        Format("gliner", "GLiNER: predict_entities, predict_relations"),
        Format("gliner2", "GLiNER2: extract, extract_entities, extract_json"),
        Format("doccano", "doccano JSONL: sequence labelling, relations", writes=True),
        Format("prodigy", "Prodigy JSONL: spans, relations", group=True),
        Format("brat", "brat standoff: a folder of .ann and .txt, or one .ann file", writes=True),
        Format("labelstudio", "Label Studio JSON: annotations and predictions", writes=True, group=True),
        Format("bio", "a token and its tag on each line; IOB1, IOB2 (BIO), BIOES or BILOU", writes=True, scheme=True),
        Format("langextract", "LangExtract JSONL"),
    )
}
"""Every format that is read or written."""

_CLAIMING: Final = ("predictions", "quotes", "llm")
"""Formats whose rows say which layers they claim."""


def read(name: str, source: Source, texts: Texts, options: Options = Options()) -> Converted:  # noqa: B008  # frozen
    """Read a file of the format of this name, or a folder of such files (``.json`` and ``.jsonl``; of brat, ``.ann``).

    What one file of a folder claims, all do, for tools say nothing of what they did not find; but rows of ours say it.

    Raises:
        ValueError: if there is no such format, or an option means nothing to it.
        DataError: every fault of the file.
        RuntimeError: if an item of a file is neither in the rows nor listed as left out.
    """
    module = _module(name, "read", options)
    each = files_of(source.path) if source.path and source.is_folder and name != "brat" else None
    sources = list(map(source_of, each)) if each else [source]
    parts: list[Converted] = [module.read(one, texts, options) for one in sources]
    rows = [row for part in parts for row in part.rows]
    if each:
        rows = rows if name in _CLAIMING else _claimed_alike(rows)
    faults = [fault for part in parts for fault in part.faults] or [*twice(rows), *_other_layers(rows)]
    if faults := [*faults, *texts.left_over(source.name)]:
        raise DataError(faults)
    for one, part in zip(sources, parts, strict=True):
        kept, left = size(row.annotation for row in part.rows), len(part.left)
        if part.items != kept + left:
            raise RuntimeError(
                f"{one.name} holds {part.items} items of which {kept} were kept and {left} listed as left out; "
                f"this is a fault of the reader of {name}: please report it with the file"
            )
    notes = [*(note for part in parts for note in part.notes), *_passed_over(source, each or ())]
    return Converted(
        rows=tuple(rows),
        items=sum(part.items for part in parts),
        left=tuple(left for part in parts for left in part.left),
        notes=tuple(dict.fromkeys(notes)),
    )


def _claimed_alike(rows: Sequence[Row]) -> list[Row]:
    """The rows, each with the layers that any of them claims, unless it has items of such a layer that it does not claim."""
    layers = tuple(layer for layer in LAYERS if any(layer in row.annotation.layers for row in rows))
    alike = []
    for row in rows:
        a = row.annotation
        aside = any(layer not in a.layers and getattr(a, layer, ()) for layer in layers)
        alike.append(row if aside else replace(row, annotation=replace(a, layers=layers)))
    return alike


def _other_layers(rows: Sequence[Row]) -> Iterator[Incident]:
    for row in rows:
        first, layers = set(rows[0].annotation.layers), set(row.annotation.layers)
        if layers != first:
            more = ", ".join(sorted(layers ^ first))
            message = f"layers differ from those of {rows[0].place}: one claims {more}, and the other does not"
            yield Incident("layers-differ", row.place, message, "convert the files one by one")


def _passed_over(source: Source, each: Sequence[Path]) -> Iterator[str]:
    """A note of what else is in a folder of which these files were read."""
    if each and source.path is not None:
        others = sorted(p.name for p in source.path.iterdir() if p not in each and not p.name.startswith("."))
        if others:
            yield f"{source.name}: only .json and .jsonl are read, not {first_ten(others)}"


def write(
    name: str, rows: Sequence[Row], documents: Mapping[str, Document], options: Options = Options()  # noqa: B008  # frozen
) -> Written:
    """Write the annotations of rows in the format of this name; ``documents`` are the texts, by doc_id.

    Raises:
        ValueError: if there is no such format, it is not written, or an option means nothing to it.
        DataError: if a text is not at hand, or something cannot be written at all.
    """
    module = _module(name, "write", options)
    unknown = [row.annotation for row in rows if row.annotation.doc_id not in documents]
    if unknown and name != "predictions":
        raise DataError(_textless(a, documents) for a in unknown)
    written: Written = module.write(rows, documents, options)
    return written


def _module(name: str, what: str, options: Options) -> Any:
    """The module of a format, after a look at what is asked of it."""
    able = [f.name for f in FORMATS.values() if what == "read" or f.writes]
    if name not in able:
        raise ValueError(f"{name!r} is no format to {what}; {nearest(name, able)}")
    if options.scheme is not None and not FORMATS[name].scheme:
        raise ValueError(f"{name} has no scheme of tags; {_with('scheme')} have")
    if options.group is not None and not FORMATS[name].group:
        raise ValueError(f"{name} has no groups to choose from; {_with('group')} have")
    if options.scheme not in (None, *SCHEMES):
        raise ValueError(f"{options.scheme!r} is no scheme; known: {', '.join(SCHEMES)}")
    return import_module(f"communique.formats.{name}")


def _with(option: str) -> str:
    return ", ".join(f.name for f in FORMATS.values() if getattr(f, option))


def _textless(annotation: Annotation, documents: Mapping[str, Document]) -> Incident:
    hint = f"{nearest(annotation.doc_id, documents)}; or give the text with --texts"
    return Incident("unknown-document", annotation.doc_id, "its text is not at hand", hint)
