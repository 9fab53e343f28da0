"""BIO files: a token and its IOB2 tag on each line, a blank line after each sentence.

The first column is the token, the last the tag. Tabs separate the columns of a line that has one (a token may then hold
spaces), else spaces do. A line that begins with ``-DOCSTART-`` begins a document, and so does a comment that names it
(``# doc_id = x`` or ``# newdoc id = x``). A comment is ``# key = value``, ``# newdoc`` or ``# newpar``, for ``#`` is a token
too, and ``#hashtag`` is.

What is read as an entity is what seqeval 1.2.2 reads in strict mode: a B- tag and the I- tags of its label that follow it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from communique.incident import Incident, shown

SUFFIXES: Final = (".bio", ".iob", ".iob2", ".conll")
_SHOWN: Final = 5

_LINE_END: Final = re.compile(r"\r\n|\r|\n")
# Not \s: a no-break space is a token in some corpora.
_SPACES: Final = re.compile(r" +")
_TAG: Final = re.compile(r"O|[BI]|[BI]-[^-](?:.*[^-])?")
_LIKE_A_TAG: Final = re.compile(r"O|[BI]|[A-Za-z][-_]\S+|\S+[-_][BIESLUM]")
_COMMENT: Final = re.compile(r"# *(?:(?P<key>[A-Za-z_][\w.:-]*(?: id)?) *=(?: *(?P<value>[^\t]*))?|newdoc|newpar)")
_NAMES: Final = ("doc_id", "newdoc id")
_DOCUMENT: Final = "-DOCSTART-"
_UNTYPED: Final = "_"
"""The label that seqeval gives to an entity whose tags are a bare B and I."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token with its tag; ``line`` is the number of its line."""

    line: int
    text: str
    tag: str


@dataclass(frozen=True, slots=True)
class BioDocument:
    """``doc_id`` is None where the file gives none."""

    doc_id: str | None
    sentences: tuple[tuple[Token, ...], ...]


@dataclass(frozen=True, slots=True)
class Bio:
    """A BIO file. ``parted``: it says where documents begin. No document and no sentence of it is empty."""

    name: str
    documents: tuple[BioDocument, ...]
    parted: bool


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity of a sentence: the tokens from ``first`` to ``last``."""

    first: int
    last: int
    label: str


def parse_bio(name: str, content: str) -> tuple[Bio, tuple[Incident, ...]]:
    """Parse the text of a BIO file; ``name`` stands for it in messages.

    Returns:
        the documents, as far as they can be read, and every fault found.
    """
    documents: list[tuple[str | None, list[list[Token]]]] = [(None, [[]])]
    faults: list[Incident] = []
    wrong: list[Token] = []
    parted = False
    for number, line in enumerate(_LINE_END.split(content), 1):
        comment = _COMMENT.fullmatch(line)
        columns = [] if comment else _columns(line)
        if comment and comment["key"] in _NAMES:
            parted = True
            documents.append((comment["value"], [[]]))
        elif columns[:1] == [_DOCUMENT]:
            parted = True
            documents.append((None, [[]]))
        elif not columns:
            if not comment:
                documents[-1][1].append([])
        elif len(columns) < 2 or not columns[0]:
            hint = "a line holds a token, further columns if there are any, and last the tag"
            faults.append(Incident("no-tag", f"{name}:{number}", f"{shown(line)} is not a token and a tag", hint))
        else:
            token = Token(number, columns[0], columns[-1])
            documents[-1][1][-1].append(token)
            if not _TAG.fullmatch(token.tag):
                wrong.append(token)
    if len(faults) > _SHOWN:
        rest = len(faults) - _SHOWN
        faults[_SHOWN:] = [Incident("no-tag", name, f"{rest} more lines are not a token and a tag", faults[0].hint)]
    read = tuple(
        BioDocument(doc_id, tuple(tuple(sentence) for sentence in sentences if sentence))
        for doc_id, sentences in documents
        if any(sentences)
    )
    if wrong:
        faults.append(_no_iob2(name, wrong, {t.tag for d in read for s in d.sentences for t in s}))
    if not read and not faults:
        faults.append(Incident("empty-file", name, "no line has a token", "name a file that holds something"))
    return Bio(name, read, parted), tuple(faults)


def looks_like_bio(content: str) -> bool:
    """Whether most of the first lines are a token and something like a tag, of this scheme or another."""
    lines = [c for line in _LINE_END.split(content[:20_000])[:200] if not _COMMENT.fullmatch(line) and (c := _columns(line))]
    like = sum(c[0] == _DOCUMENT or (len(c) > 1 and bool(_LIKE_A_TAG.fullmatch(c[-1]))) for c in lines)
    return like * 2 > len(lines)


def entities(sentence: Iterable[Token]) -> tuple[list[Entity], list[Token]]:
    """The entities of a sentence, and the tokens whose I- tag continues none.

    >>> found, stray = entities([Token(1, "Port", "B-LOC"), Token(2, "Vale", "I-LOC"), Token(3, "met", "I-PER")])
    >>> found, [token.text for token in stray]
    ([Entity(first=0, last=1, label='LOC')], ['met'])
    """
    found: list[Entity] = []
    stray: list[Token] = []
    for index, token in enumerate(sentence):
        label = token.tag[2:] or _UNTYPED
        if token.tag[0] == "B":
            found.append(Entity(index, index, label))
        elif token.tag[0] == "I" and found and (found[-1].last, found[-1].label) == (index - 1, label):
            found[-1] = Entity(found[-1].first, index, label)
        elif token.tag[0] == "I":
            stray.append(token)
    return found, stray


def _columns(line: str) -> list[str]:
    """The columns of a line, none if it is blank."""
    if not (bare := line.rstrip(" \t")):
        return []
    return [column.strip(" ") for column in bare.split("\t")] if "\t" in bare else _SPACES.split(bare.lstrip(" "))


def _no_iob2(name: str, wrong: list[Token], tags: Iterable[str]) -> Incident:
    """All the tags that are none, in one finding: a file in another scheme has one on every other line."""
    first = {token.tag: token.line for token in reversed(wrong)}
    most = Counter(token.tag for token in wrong).most_common()
    named = ", ".join(f"{shown(tag)} ({n}, first in line {first[tag]})" for tag, n in most[:_SHOWN])
    rest = f", and of {len(most) - _SHOWN} more kinds" if len(most) > _SHOWN else ""
    lines = "1 line has" if len(wrong) == 1 else f"{len(wrong)} lines have"
    message = f"{lines} a tag that is not IOB2 (O, B-label, I-label): {named}{rest}"
    return Incident("not-iob2", f"{name}:{wrong[0].line}", message, "; ".join(_advice(set(tags), {t.tag for t in wrong})))


def _advice(tags: set[str], wrong: set[str]) -> Iterator[str]:
    """What the tags look like, and what to do."""
    prefixes = {tag[0] for tag in tags if tag[1:2] == "-" and len(tag) > 2} | ({*tags} & {"E", "S", "L", "U", "M"})
    if prefixes & {"L", "U"}:
        yield "this looks like BILOU"
    elif "M" in prefixes:
        yield "this looks like BMES"
    elif prefixes & {"E", "S"}:
        yield "this looks like BIOES" if prefixes & {"B", "S"} else "this looks like IOE"
    elif all(re.fullmatch(r"\S+-[BIESLUM]", tag) for tag in wrong):
        yield "the prefix stands last: write B-PER, not PER-B"
    elif all(re.fullmatch(r"[BIESLUM]_\S+", tag) for tag in wrong):
        yield "the prefix has an underscore: write B-PER, not B_PER"
    elif all(re.fullmatch(r"o|[bi]-.+|-+|\*", tag) for tag in wrong):
        yield "O, B and I are capitals, and what is outside is O"
    elif all(re.fullmatch(r"[BI]-.*", tag) for tag in wrong):
        yield "a label is not empty, and has no hyphen at its edges: seqeval would drop it"
    elif any(re.search(r"[(*]", tag) for tag in wrong):
        yield "this looks like the brackets of CoNLL-2012"
    elif "O" in tags:
        yield "labels without B- and I- do not say where an entity ends and the next begins"
    else:
        yield "is the tag the last column?"
    yield "convert the file to IOB2, by the program that wrote it or another"
