"""Other tools' formats, to annotations and back: one module for each, which imports its tool, if it needs one, when it runs.

A module has ``read(source, texts, options) -> Converted``, or ``write(rows, documents, options) -> Written``, or both. Offsets
become half-open ranges of code points here and nowhere else; what annotations cannot hold is listed, never cut to fit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from communique.formats.converted import Converted, Left, Written, size
from communique.formats.documents import Texts
from communique.formats.source import Options, Source, source_of
from communique.incident import DataError, Incident
from communique.io.bio import SCHEMES
from communique.io.files import files_of
from communique.io.jsonl import Row, twice
from communique.model import Annotation, Document
from communique.ontology import nearest

__all__ = ["FORMATS", "Converted", "Format", "Left", "Options", "Source", "Texts", "Written", "read", "source_of", "write"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format by its name; ``about`` says what files are of it. ``reads``, ``writes``: which ways there are. ``scheme``,
    ``group``: which `Options` mean something to it."""

    name: str
    about: str
    reads: bool = True
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


def read(name: str, source: Source, texts: Texts, options: Options = Options()) -> Converted:  # noqa: B008  # frozen
    """Read a file of the format of this name, or a folder of such files (``.json`` and ``.jsonl``; of brat, ``.ann``).

    Raises:
        ValueError: if there is no such format, or an option means nothing to it.
        DataError: every fault of the file.
        RuntimeError: if an item of the file is neither in the rows nor listed as left out.
    """
    module = _module(name, "read", options)
    each = files_of(source.path) if source.path and source.is_folder and name != "brat" else None
    parts = [module.read(one, texts, options) for one in (map(source_of, each) if each else [source])]
    converted = Converted(
        rows=tuple(row for part in parts for row in part.rows),
        items=sum(part.items for part in parts),
        left=tuple(left for part in parts for left in part.left),
        faults=tuple(fault for part in parts for fault in part.faults),
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )
    faults = [*(converted.faults or twice(converted.rows)), *texts.left_over(source.name)]
    if faults:
        raise DataError(faults)
    kept, left = size(row.annotation for row in converted.rows), len(converted.left)
    if converted.items != kept + left:
        raise RuntimeError(
            f"{source.name} holds {converted.items} items of which {kept} were kept and {left} listed as left out; "
            f"this is a fault of the reader of {name}: please report it with the file"
        )
    return converted


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
    able = [f.name for f in FORMATS.values() if (f.reads if what == "read" else f.writes)]
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
