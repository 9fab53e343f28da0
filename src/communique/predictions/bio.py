"""BIO files as gold and as predictions: the tokens of both must be the same, so that their entities can be compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from communique.checks import prediction_incidents, unknown_document
from communique.incident import DataError, Incident, shown
from communique.io.bio import SUFFIXES, Bio, BioDocument, Token, entities, looks_like_bio, parse_bio
from communique.io.jsonl_writer import text_sha256
from communique.model import Annotation, Document, Gold, Mention, Span
from communique.ontology import Ontology
from communique.predictions.reading import SPLIT, Note, version_of

_PLACES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class BioGold(Gold):
    """Gold that was read from a BIO file, which is kept: predictions must have its tokens."""

    file: Bio


def is_bio(name: str, content: str) -> bool:
    """Whether a text is a BIO file, by what it holds or else by its name."""
    return Path(name).suffix.lower() in SUFFIXES or looks_like_bio(content)


def bio_gold(name: str, content: str, ontology: Ontology | None, note: Note) -> BioGold:
    """A BIO file as gold: its text is its tokens, joined by spaces, and a line for each sentence.

    Raises:
        DataError: every fault of the file.
    """
    file, faults = parse_bio(name, content)
    if found := [*faults, *_twice(named := _with_ids(file))]:
        raise DataError(found)
    documents = tuple(_document(d) for d in named.documents)
    annotations = _annotations(named, documents, ontology, note)
    version = version_of(Path(name).name, documents, annotations)
    return BioGold(documents, annotations, split=SPLIT, version=version, own=True, file=file)


def parse_bio_predictions(
    name: str, content: str, gold: Gold, *, ontology: Ontology | None, note: Note
) -> tuple[Annotation, ...]:
    """The entities of a BIO file, as predictions for gold that is one too.

    Raises:
        DataError: every fault of the file, among them a gold that is none.
    """
    if not isinstance(gold, BioGold):
        message = "a BIO file has tokens and no text, so it can be scored against a BIO file alone"
        hint = "give --gold a BIO file of the same tokens, or write spans as rows of predictions.jsonl"
        raise DataError([Incident("gold-not-bio", name, message, hint)])
    read, faults = parse_bio(name, content)
    if faults:
        raise DataError(faults)
    ids = tuple(d.doc_id for d in gold.documents)
    file = _with_ids(_like(read, gold.file, ids))
    known = dict(zip(ids, gold.file.documents, strict=True))
    found = list(_twice(file))
    for document in file.documents:
        id_ = document.doc_id or ""
        if id_ in known:
            found += _difference(file, document, gold.file, known[id_])
        else:
            found.append(unknown_document(f"{name}:{document.sentences[0][0].line}", id_, ids))
    if found:
        raise DataError(found)
    documents = {d.doc_id: d for d in gold.documents}
    return _annotations(file, [documents[d.doc_id or ""] for d in file.documents], ontology, note)


def _with_ids(file: Bio) -> Bio:
    """A file whose documents all have ids: those that have none are called d1, d2 and so on, by their place in the file."""
    named = tuple(replace(d, doc_id=d.doc_id or f"d{n}") for n, d in enumerate(file.documents, 1))
    return replace(file, documents=named)


def _like(file: Bio, gold: Bio, ids: Sequence[str]) -> Bio:
    """A file with the gold's documents, whose ids are given.

    Where one of the two does not say where documents begin, they begin where the gold's do. Where one of them gives no ids,
    the documents are the gold's in order.
    """
    if not (file.parted and gold.parted):
        sentences = [s for d in file.documents for s in d.sentences]
        sizes = [len(d.sentences) for d in gold.documents]
        starts = [sum(sizes[:n]) for n in range(len(sizes))]
        # Sentences beyond the gold's stay with the last document, where they are found to be too many.
        ends = [*starts[1:], max(len(sentences), sum(sizes))]
        parts = (BioDocument(id_, tuple(sentences[i:j])) for id_, i, j in zip(ids, starts, ends, strict=True))
        return replace(file, documents=tuple(d for d in parts if d.sentences))
    if any(all(d.doc_id is None for d in side.documents) for side in (file, gold)):
        documents = [replace(d, doc_id=id_) for d, id_ in zip(file.documents, ids, strict=False)]
        return replace(file, documents=(*documents, *file.documents[len(ids) :]))
    return file


def _twice(file: Bio) -> Iterator[Incident]:
    first: dict[str | None, int] = {}
    for document in file.documents:
        line = document.sentences[0][0].line
        if (other := first.setdefault(document.doc_id, line)) != line:
            message = f"{shown(document.doc_id)} begins in line {other} already"
            yield Incident("duplicate-document", f"{file.name}:{line}", message, "give each document an id of its own")


def _difference(file: Bio, document: BioDocument, gold: Bio, of: BioDocument) -> Iterator[Incident]:
    """Where the tokens of a document first differ from the gold's; after that, they would differ everywhere."""
    ours, theirs = (list(_flat(d.sentences)) for d in (document, of))
    for (mine, begins), (other, begins_there) in zip(ours, theirs, strict=False):
        if mine.text != other.text:
            message = f"the token is {shown(mine.text)}, but {shown(other.text)} in {gold.name}:{other.line}"
        elif begins != begins_there:
            where = "begins" if begins else "does not begin"
            there = "begins" if begins_there else "does not begin"
            message = f"a sentence {where} with {shown(mine.text)}, but {there} in {gold.name}:{other.line}"
        else:
            continue
        yield _differs(f"{file.name}:{mine.line}", message)
        return
    if len(ours) != len(theirs):
        short, long, more = (file, gold, theirs) if len(ours) < len(theirs) else (gold, file, ours)
        last = min(ours, theirs, key=len)[-1][0]
        after = more[min(len(ours), len(theirs))][0]
        message = f"the document ends with {shown(last.text)} in {short.name}:{last.line}"
        message += f", but goes on with {shown(after.text)} in {long.name}:{after.line}"
        yield _differs(f"{file.name}:{ours[-1][0].line}", message)


def _differs(place: str, message: str) -> Incident:
    hint = "tag the very tokens of the gold, with its sentences and documents"
    return Incident("tokens-differ", place, message, hint)


def _flat(sentences: Sequence[Sequence[Token]]) -> Iterator[tuple[Token, bool]]:
    """Every token, and whether it is the first of a sentence."""
    return ((token, n == 0) for sentence in sentences for n, token in enumerate(sentence))


def _document(document: BioDocument) -> Document:
    spans: list[list[Span]] = []
    position = 0
    for sentence in document.sentences:
        spans.append([])
        for token in sentence:
            spans[-1].append(Span(position, position + len(token.text)))
            position += len(token.text) + 1
    text = "\n".join(" ".join(token.text for token in sentence) for sentence in document.sentences)
    sentences = tuple(Span(s[0].start, s[-1].end) for s in spans)
    tokens = tuple(span for sentence in spans for span in sentence)
    return Document(document.doc_id or "", text, text_sha256(text), sentences, tokens)


def _annotations(
    file: Bio, documents: Sequence[Document], ontology: Ontology | None, note: Note
) -> tuple[Annotation, ...]:
    """The entities of each document as mentions; the id of each is the number of its first line.

    Raises:
        DataError: labels that the ontology does not know.
    """
    found: list[Incident] = []
    stray: list[Token] = []
    annotations: list[Annotation] = []
    for tagged, document in zip(file.documents, documents, strict=True):
        mentions: list[Mention] = []
        first = 0
        for sentence in tagged.sentences:
            here, without = entities(sentence)
            stray += without
            for entity in here:
                span = Span(document.tokens[first + entity.first].start, document.tokens[first + entity.last].end)
                mentions.append(Mention(str(sentence[entity.first].line), span, entity.label))
            first += len(sentence)
        sha = document.text_sha256
        annotations.append(Annotation(document.doc_id, layers=("mentions",), mentions=tuple(mentions), text_sha256=sha))
        of = prediction_incidents(document, annotations[-1], ontology)
        found += (replace(i, place=f"{file.name}:{i.place.rpartition('#')[2]}: {document.doc_id}") for i in of)
    if found:
        raise DataError(found)
    if stray:
        note(_said(file, stray))
    return tuple(annotations)


def _said(file: Bio, stray: Sequence[Token]) -> str:
    places = ", ".join(f"line {token.line} ({token.tag})" for token in stray[:_PLACES])
    rest = f" and {len(stray) - _PLACES} more" if len(stray) > _PLACES else ""
    count = "1 I- tag continues no entity and is" if len(stray) == 1 else f"{len(stray)} I- tags continue no entity and are"
    begun = sum(t.tag[0] == "B" for d in file.documents for s in d.sentences for t in s)
    iob1 = "; if this is IOB1, where I- begins an entity, convert it to IOB2" if begun < len(stray) else ""
    return f"{file.name}: {count} part of none, as in seqeval's strict mode: {places}{rest}{iob1}"
