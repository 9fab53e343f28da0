"""BIO files: a token and its tag on each line, a blank line after each sentence; `parse_bio` reads IOB2.

The first column is the token, the last the tag. Tabs separate the columns of a line that has one (a token may then hold
spaces), else spaces do. A line that begins with ``-DOCSTART-`` begins a document, and so does a comment that names it
(``# doc_id = x`` or ``# newdoc id = x``). A comment is ``# key = value``, ``# newdoc`` or ``# newpar``, for ``#`` is a token
too, and ``#hashtag`` is.

What is read as an entity is what seqeval 1.2.2 reads in strict mode. In IOB2 that is a B- tag and the I- tags of its label that
follow it; in BIOES (seqeval's IOBES) and BILOU an entity also ends with E- or L-, and one token is S- or U-; in IOB1 it is I-
tags of a label, and begins with B- directly after another of this label, and only there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from communique.incident import Incident, shown

SUFFIXES: Final = (".bio", ".iob", ".iob2", ".conll")
_SHOWN: Final = 5

_LINE_END: Final = re.compile(r"\r\n|\r|\n")
# Not \s: a no-break space is a token in some corpora.
_SPACES: Final = re.compile(r" +")
PREFIXES: Final = {"IOB1": "BI", "IOB2": "BI", "BIOES": "BIES", "BILOU": "BILU"}
_TAGS: Final = {scheme: re.compile(rf"O|[{p}]|[{p}]-[^-](?:.*[^-])?") for scheme, p in PREFIXES.items()}
_LAST: Final = {"BIOES": "E", "BILOU": "L"}
_SINGLE: Final = {"BIOES": "S", "BILOU": "U"}
SCHEMES: Final = tuple(PREFIXES)
_LIKE_A_TAG: Final = re.compile(r"O|[BIESLUM]|[BIESLUM]-\S.*|[A-Za-z][-_]\S+|\S+[-_][BIESLUM]")
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
    """Parse the text of a BIO file of the scheme IOB2; ``name`` stands for it in messages.

    Returns:
        the documents, as far as they can be read, and every fault found.
    """
    file, faults = parse_tokens(name, content)
    if wrong := unfit(file, "IOB2"):
        tags = {t.tag for d in file.documents for s in d.sentences for t in s}
        message = f"{tags_told(wrong)} that is not IOB2 (O, B-label, I-label): {tags_named(wrong)}"
        advice = "; ".join(_advice(tags, {t.tag for t in wrong}))
        return file, (*faults, Incident("not-iob2", f"{name}:{wrong[0].line}", message, advice))
    return file, faults


def parse_tokens(name: str, content: str) -> tuple[Bio, tuple[Incident, ...]]:
    """As `parse_bio`, but the tags may be anything."""
    documents: list[tuple[str | None, list[list[Token]]]] = [(None, [[]])]
    faults: list[Incident] = []
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
            documents[-1][1][-1].append(Token(number, columns[0], columns[-1]))
    if len(faults) > _SHOWN:
        rest = len(faults) - _SHOWN
        faults[_SHOWN:] = [Incident("no-tag", name, f"{rest} more lines are not a token and a tag", faults[0].hint)]
    read = tuple(
        BioDocument(doc_id, tuple(tuple(sentence) for sentence in sentences if sentence))
        for doc_id, sentences in documents
        if any(sentences)
    )
    if not read and not faults:
        faults.append(Incident("empty-file", name, "no line has a token", "name a file that holds something"))
    return Bio(name, read, parted), tuple(faults)


def looks_like_bio(content: str) -> bool:
    """Whether most of the first lines are a token and something like a tag, of this scheme or another."""
    lines = [c for line in _LINE_END.split(content[:20_000])[:200] if not _COMMENT.fullmatch(line) and (c := _columns(line))]
    like = sum(c[0] == _DOCUMENT or (len(c) > 1 and bool(_LIKE_A_TAG.fullmatch(c[-1]))) for c in lines)
    return like * 2 > len(lines)


def unfit(file: Bio, scheme: str) -> list[Token]:
    """The tokens whose tag the scheme, one of `SCHEMES`, does not have."""
    tag = _TAGS[scheme]
    return [t for d in file.documents for s in d.sentences for t in s if not tag.fullmatch(t.tag)]


def tags_told(wrong: Sequence[Token]) -> str:
    """``3 lines have a tag``."""
    return "1 line has a tag" if len(wrong) == 1 else f"{len(wrong)} lines have a tag"


def tags_named(wrong: Sequence[Token]) -> str:
    """The kinds of tags, each with its number and first line: a file in another scheme has one on every other line."""
    first = {token.tag: token.line for token in reversed(wrong)}
    most = Counter(token.tag for token in wrong).most_common()
    named = ", ".join(f"{shown(tag)} ({n}, first in line {first[tag]})" for tag, n in most[:_SHOWN])
    return named + (f", and of {len(most) - _SHOWN} more kinds" if len(most) > _SHOWN else "")


def fitting(tags: Iterable[str]) -> list[str]:
    """The schemes that have all of these tags.

    >>> fitting({"O", "B-PER", "E-PER"})
    ['BIOES']
    """
    held = set(tags)
    return [scheme for scheme, tag in _TAGS.items() if all(map(tag.fullmatch, held))]


def entities(sentence: Iterable[Token], scheme: str = "IOB2") -> tuple[list[Entity], list[Token]]:
    """The entities of a sentence, and the tokens that have a tag and are in none.

    >>> found, stray = entities([Token(1, "Port", "B-LOC"), Token(2, "Vale", "I-LOC"), Token(3, "met", "I-PER")])
    >>> found, [token.text for token in stray]
    ([Entity(first=0, last=1, label='LOC')], ['met'])
    """
    tokens = list(sentence)
    # An outside tag at each end: what begins and what ends is seen from a tag and its neighbour.
    tags = [("O", ""), *((token.tag[0], token.tag[2:] or _UNTYPED) for token in tokens), ("O", "")]
    found: list[Entity] = []
    covered: set[int] = set()
    first = 1
    while first <= len(tokens):
        after = first + 1
        if _begins(scheme, tags[first - 1], tags[first]):
            while _continues(scheme, tags[after - 1], tags[after]):
                after += 1
            if _ends(scheme, tags[after - 1], tags[after]):
                found.append(Entity(first - 1, after - 2, tags[first][1]))
                covered.update(range(first, after))
        first = after
    return found, [token for n, token in enumerate(tokens, 1) if token.tag != "O" and n not in covered]


def tagged(length: int, found: Iterable[Entity], scheme: str = "IOB2") -> list[str]:
    """The tags of a sentence of so many tokens with these entities, none of which overlap.

    >>> tagged(4, [Entity(0, 1, "PER"), Entity(3, 3, "ORG")], "BIOES")
    ['B-PER', 'E-PER', 'O', 'S-ORG']
    """
    tags = ["O"] * length
    before: Entity | None = None
    for entity in sorted(found, key=lambda e: e.first):
        touches = before is not None and (before.last + 1, before.label) == (entity.first, entity.label)
        prefixes = ["I"] * (entity.last - entity.first + 1)
        if scheme != "IOB1" or touches:
            prefixes[0] = "B"
        if scheme in _SINGLE:
            prefixes[-1] = _LAST[scheme] if len(prefixes) > 1 else _SINGLE[scheme]
        tags[entity.first : entity.last + 1] = [f"{prefix}-{entity.label}" for prefix in prefixes]
        before = entity
    return tags


_Tag = tuple[str, str]
"""Prefix and label."""


def _begins(scheme: str, before: _Tag, tag: _Tag) -> bool:
    prefix, label = tag
    if scheme == "IOB1":
        return (prefix == "I" and before != tag) or (prefix == "B" and before[0] in ("B", "I") and before[1] == label)
    return prefix == "B" or prefix == _SINGLE.get(scheme)


def _continues(scheme: str, before: _Tag, tag: _Tag) -> bool:
    return before[0] in ("B", "I") and tag[0] in ("I", _LAST.get(scheme)) and before[1] == tag[1]


def _ends(scheme: str, last: _Tag, after: _Tag) -> bool:
    """Whether an entity is whole that ends before ``after``, which does not continue it."""
    if scheme == "IOB1":
        return last[0] == "I" or after[0] != "B" or last[1] == after[1]
    return scheme not in _LAST or last[0] in (_LAST[scheme], _SINGLE[scheme])


def _columns(line: str) -> list[str]:
    """The columns of a line, none if it is blank."""
    if not (bare := line.rstrip(" \t")):
        return []
    return [column.strip(" ") for column in bare.split("\t")] if "\t" in bare else _SPACES.split(bare.lstrip(" "))


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
