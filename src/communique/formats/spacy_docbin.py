"""DocBin files of spaCy to what ``Doc.to_json`` would say of them, and what it would leave out: ids and scores of spans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from communique.formats.source import Source
from communique.incident import Incident, cut

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span


_ZLIB: Final = b"x\x9c"
"""How what zlib has compressed begins, and so a DocBin."""


def is_docbin(source: Source) -> bool:
    return source.content.startswith(_ZLIB) or source.name.endswith(".spacy")


def docbin(source: Source, faults: list[Incident]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every document with its place.

    Raises:
        ValueError: if spaCy is not installed.
    """
    try:
        from spacy.tokens import DocBin
        from spacy.vocab import Vocab
    except ImportError as fault:
        raise ValueError("to read a DocBin spaCy is needed: pip install '.[spacy]' in a clone of the project") from fault
    try:
        # What a damaged file makes of spaCy, msgpack and NumPy is not documented; all of it means the same.
        docs = [_record(doc) for doc in DocBin().from_bytes(source.content).get_docs(Vocab())]
    except Exception as fault:
        said = cut(str(fault).split("\n")[0], 200) or type(fault).__name__
        hint = "is it what DocBin.to_disk wrote, with this version of spaCy or an earlier one?"
        faults.append(Incident("not-a-docbin", source.name, f"spaCy cannot read it: {said}", hint))
        return
    yield from ((f"{source.name}: $[{n}]", record) for n, record in enumerate(docs))


def _record(doc: Doc) -> dict[str, Any]:
    record: dict[str, Any] = {"text": doc.text, "cats": dict(doc.cats)}
    if doc.has_annotation("ENT_IOB"):
        record["ents"] = [_span(span) | {"id": span.ent_id_} for span in doc.ents]
    groups = {}
    for name, group in doc.spans.items():
        groups[name] = [_span(span) | {"id": span.id_} for span in group]
        scores = group.attrs.get("scores")
        if scores is not None and len(scores) == len(group):
            for span, score in zip(groups[name], scores, strict=True):
                span["score"] = _plain(score)
    record["spans"] = groups
    # Underscore attributes stand in user_data too, under ("._.", name, start, end).
    user_data: Mapping[Any, Any] = doc.user_data
    for key in ("doc_id", ("._.", "doc_id", None, None)):
        if isinstance(doc_id := user_data.get(key), str):
            record["user_data"] = {"doc_id": doc_id}
    return record


def _span(span: Span) -> dict[str, Any]:
    return {"start": span.start_char, "end": span.end_char, "label": span.label_, "kb_id": span.kb_id_}


def _plain(score: Any) -> Any:
    """A number out of a list or a NumPy array; what is none stays, to be refused."""
    try:
        return float(score)
    except (TypeError, ValueError):
        return score
