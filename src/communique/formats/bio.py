"""Tokens with tags: on each line a token and, last, its tag; a blank line after each sentence; see `communique.io.bio`.

The scheme is what ``--scheme`` says, else IOB2; it is never guessed. Read are mentions: those that seqeval 1.2.2 reads in
strict mode. Tags that are in no entity are listed.

A document is begun by ``# doc_id = x``, ``# newdoc id = x`` or ``-DOCSTART-``. Its tokens are found in its text, one after
another, with nothing but white space between; of the Penn Treebank's forms (``-LRB-``, ``''``) the characters that they stand
for are found too. Where no text is known, the text is the tokens, joined by spaces, and a line for each sentence, as where such
a file is gold.

Written are the tokens and sentences of the document with the tags of its mentions. A mention that ends within a token, runs
over the end of a sentence or overlaps a longer one (or an earlier one of its length) cannot be said, nor can anything else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from communique.formats.converted import Converted, Left, Written
from communique.formats.documents import Texts
from communique.formats.source import Options, Source
from communique.formats.unwritten import attributes_left, layers_left, placed, unclaimed
from communique.incident import DataError, Incident, shown
from communique.io.bio import (
    SCHEMES,
    Bio,
    BioDocument,
    Entity,
    Token,
    entities,
    fitting,
    parse_bio,
    parse_tokens,
    tagged,
    tags_named,
    tags_told,
    unfit,
)
from communique.io.jsonl import Row
from communique.model import Annotation, Document, Mention, Span
from communique.wording import counted, first_ten

_SCHEME: Final = "IOB2"
_TOOL: Final = "a tag"

_PENN: Final = {
    "-LRB-": ("(",), "-RRB-": (")",), "-LSB-": ("[",), "-RSB-": ("]",), "-LCB-": ("{",), "-RCB-": ("}",),
    "``": ('"', "“", "„"), "''": ('"', "”"), "`": ("'", "‘"), "'": ("’",), "...": ("…",), "--": ("—", "–"),
}  # fmt: skip
"""Tokens as the Penn Treebank writes them, to what may stand in the text."""

_LABEL: Final = re.compile(r"[^-\s](?:[^\t\r\n]*[^-\s])?")
_LINE: Final = re.compile(r"(?! )[^\t\r\n]+(?<! )")


def read(source: Source, texts: Texts, options: Options) -> Converted:
    file, wrong = _parsed(source, options.scheme)
    if wrong:
        return Converted((), 0, faults=wrong)
    faults: list[Incident] = []
    rows: list[Row] = []
    left: list[Left] = []
    notes: list[str] = []
    bare: list[str] = []
    items = 0
    for document in file.documents:
        place = f"{source.name}:{document.sentences[0][0].line}"
        try:
            of, known = _document(texts, place, source, document, alone=len(file.documents) == 1)
            spans, rest, changed = _placed(source.name, document, of)
        except DataError as fault:
            faults += fault.incidents
            continue
        mentions, stray = _mentions(document, spans, options.scheme or _SCHEME)
        rows.append(texts.row(place, of, ["mentions"], mentions=mentions))
        why = f"it is in no entity, as seqeval reads {options.scheme or _SCHEME} in strict mode"
        left += (Left(f"{source.name}:{t.line}", f"{t.tag} {t.text}", why) for t in stray)
        # Each tag is in an entity or listed: what only goes on with an entity is no item of its own.
        starts = {span.start: n for n, span in enumerate(spans)}
        ends = {span.end: n for n, span in enumerate(spans)}
        going_on = sum(ends[m.span.end] - starts[m.span.start] for m in mentions)
        items += sum(t.tag != "O" for s in document.sentences for t in s) - going_on
        if not known:
            bare.append(of.doc_id)
        if changed:
            notes.append(f"{of.doc_id}: {counted(changed, 'token')} of the Penn Treebank's forms placed on what they stand for")
        if rest:
            notes.append(f"{of.doc_id}: the tokens end before {shown(rest)}, so nothing is tagged from there on")
    if bare:
        told = f"no text is known for {first_ten(bare)}: it is the tokens, joined by spaces"
        notes.append(f"{told} (--texts, --doc and --in-order say which text it is)")
    if options.scheme is None and 2 * sum(item.what[0] == "I" for item in left) > items > 0:
        notes.append("most entities begin with I-: if this is IOB1, say --scheme IOB1")
    return Converted(tuple(rows), items, tuple(left), tuple(faults), tuple(notes))


def write(rows: Sequence[Row], documents: Mapping[str, Document], options: Options) -> Written:
    scheme = options.scheme or _SCHEME
    lines: list[str] = []
    left: list[Left] = []
    faults: list[Incident] = []
    for row in rows:
        annotation, nowhere = placed(row.annotation)
        left += [*nowhere, *unclaimed(annotation, ["mentions"])]
        if "mentions" not in annotation.layers:
            annotation = replace(annotation, mentions=())
        document = documents[annotation.doc_id]
        sentences = _sentences(document)
        faults += _unwritable(document, sentences)
        chosen, without = _chosen(annotation, sentences)
        left += [*without, *layers_left(annotation, _TOOL, kept=["mentions"])]
        left += attributes_left(annotation, _TOOL, layers=["mentions"])
        if not sentences:
            left.append(Left(document.doc_id, "the document", "it has no token"))
            continue
        lines.append(f"# doc_id = {document.doc_id}\n")
        for sentence, found in zip(sentences, chosen, strict=True):
            tags = tagged(len(sentence), found, scheme)
            words = (span.of(document.text) for span in sentence)
            lines += (f"{word}\t{tag}\n" for word, tag in zip(words, tags, strict=True))
            lines.append("\n")
    if faults:
        raise DataError(faults)
    return Written({"": "".join(lines).encode()}, tuple(left))


# Reading


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a token is; ``plain``: it stands there as it is."""

    span: Span
    plain: bool


def _parsed(source: Source, scheme: str | None) -> tuple[Bio, tuple[Incident, ...]]:
    """The file, and what is wrong with it; of tags of another scheme, which schemes have them all."""
    file, faults = parse_tokens(source.name, source.text)
    wrong = unfit(file, scheme or _SCHEME)
    if not wrong:
        return file, faults
    fit = fitting({t.tag for d in file.documents for s in d.sentences for t in s})
    hint = " or ".join(f"--scheme {one}" for one in fit)
    if fit:
        hint = f"all tags are of {' and '.join(fit)}: say {hint}"
    elif scheme in (None, _SCHEME):
        hint = parse_bio(source.name, source.text)[1][-1].hint.partition("; convert the file")[0]
        hint += f"; the schemes that are read are {', '.join(SCHEMES)}"
    else:
        hint = f"write a tag of {scheme}, or say another --scheme: {', '.join(SCHEMES)}"
    message = f"{tags_told(wrong)} that {scheme or _SCHEME} has not: {tags_named(wrong)}"
    return file, (*faults, Incident("other-scheme", f"{source.name}:{wrong[0].line}", message, hint))


def _document(texts: Texts, place: str, source: Source, document: BioDocument, *, alone: bool) -> tuple[Document, bool]:
    """The document that tokens are of, and whether its text is known."""
    stem = Path(source.name).stem
    with suppress(DataError):
        return texts.of(place, doc_id=document.doc_id or None, name=stem if alone else None), True
    text = "\n".join(" ".join(t.text for t in sentence) for sentence in document.sentences)
    found = texts.of(place, doc_id=document.doc_id or None, text=text, name=stem)
    return found, found.doc_id in texts.known


def _placed(name: str, document: BioDocument, of: Document) -> tuple[list[Span], str, int]:
    """The place of each token, the text that is left after the last, and how many tokens stand for something else.

    Raises:
        DataError: ``text-differs``, at the first token that does not come next; after it, all would differ.
    """
    text, at, changed = of.text, 0, 0
    spans: list[Span] = []
    for token in (t for sentence in document.sentences for t in sentence):
        found = _next(token.text, text, at)
        if found is None:
            while at < len(text) and text[at].isspace():
                at += 1
            message = f"the token {shown(token.text)} does not come next in {of.doc_id}: "
            message += f"{shown(text[at : at + 20])} stands at {at}" if at < len(text) else "the text is at its end"
            hint = "give the tokens as they stand in the text, all of them"
            raise DataError([Incident("text-differs", f"{name}:{token.line}", message, hint)])
        spans.append(found.span)
        changed += not found.plain
        at = found.span.end
    return spans, text[at:].strip(), changed


def _next(token: str, text: str, at: int) -> _Place | None:
    """A token's place from here on, with nothing but white space before it. White space may be a token itself."""
    while True:
        for form in (token, *_PENN.get(token, ())):
            if text.startswith(form, at):
                return _Place(Span(at, at + len(form)), form == token)
        if at >= len(text) or not text[at].isspace():
            return None
        at += 1


def _mentions(document: BioDocument, spans: Sequence[Span], scheme: str) -> tuple[list[Mention], list[Token]]:
    """The entities, each under the number of its first line, and the tokens that have a tag and are in none."""
    mentions: list[Mention] = []
    stray: list[Token] = []
    first = 0
    for sentence in document.sentences:
        found, without = entities(sentence, scheme)
        stray += without
        for e in found:
            span = Span(spans[first + e.first].start, spans[first + e.last].end)
            mentions.append(Mention(str(sentence[e.first].line), span, e.label))
        first += len(sentence)
    return mentions, stray


# Writing


def _sentences(document: Document) -> list[list[Span]]:
    """The tokens of each sentence, and of each stretch between sentences."""
    found: list[list[Span]] = []
    sentences = list(document.sentences)
    before: Span | None = None
    for token in document.tokens:
        while sentences and sentences[0].end <= token.start:
            sentences.pop(0)
        within = sentences[0] if sentences and sentences[0].start <= token.start else None
        if not found or within != before:
            found.append([])
        before = within
        found[-1].append(token)
    return found


def _chosen(annotation: Annotation, sentences: Sequence[Sequence[Span]]) -> tuple[list[list[Entity]], list[Left]]:
    """For each sentence the mentions that tags can say, and the others."""
    starts = {span.start: (n, k) for n, sentence in enumerate(sentences) for k, span in enumerate(sentence)}
    ends = {span.end: (n, k) for n, sentence in enumerate(sentences) for k, span in enumerate(sentence)}
    chosen: list[list[Entity]] = [[] for _ in sentences]
    taken: dict[tuple[int, int], str] = {}
    why: dict[str, str] = {}
    for m in sorted(annotation.mentions, key=lambda m: (m.span.start - m.span.end, m.span.start)):
        first, last = starts.get(m.span.start), ends.get(m.span.end)
        if not _LABEL.fullmatch(m.type):
            why[m.id] = "its label cannot stand in a tag"
        elif first is None or last is None:
            why[m.id] = "it does not begin and end where tokens do"
        elif first[0] != last[0]:
            why[m.id] = "it runs over the end of a sentence"
        elif other := next((taken[first[0], k] for k in range(first[1], last[1] + 1) if (first[0], k) in taken), None):
            why[m.id] = f"it overlaps {other}"
        else:
            chosen[first[0]].append(Entity(first[1], last[1], m.type))
            taken |= {(first[0], k): m.id for k in range(first[1], last[1] + 1)}
    left = [Left(f"{annotation.doc_id}#{m.id}", f"the mention {m.type}", why[m.id]) for m in annotation.mentions if m.id in why]
    return chosen, left


def _unwritable(document: Document, sentences: Sequence[Sequence[Span]]) -> list[Incident]:
    """What would be read as something else: a document's id, or a token."""
    found = []
    if not _LINE.fullmatch(document.doc_id):
        message = f"the doc_id {shown(document.doc_id)} cannot stand on a line"
        found.append(Incident("unusable-name", document.doc_id, message, "give the document another id"))
    for span in (span for sentence in sentences for span in sentence):
        word = span.of(document.text)
        if not _LINE.fullmatch(word) or word == "-DOCSTART-":
            message = f"the token {shown(word)} at {span} cannot stand on a line"
            hint = "give tokens without tabs, line breaks and spaces at their ends"
            found.append(Incident("unusable-token", document.doc_id, message, hint))
    return found
