"""Tokens with tags: entities as seqeval reads each scheme, tokens placed on the text, and what tags cannot say listed."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seqeval import scheme as seqeval_schemes
from seqeval.scheme import Entities
from strategies import pairs

from communique.formats import Converted, Options, Source, Texts, read, source_of, write
from communique.formats.bio import write as write_tags
from communique.formats.converted import Written
from communique.formats.detect import detect
from communique.incident import DataError
from communique.io.bio import SCHEMES, Entity, Token, entities, looks_like_bio, tagged
from communique.io.documents import document_of
from communique.io.jsonl import Row
from communique.model import Annotation, Document, Event, Mention, Span

SAMPLES = Path(__file__).parent / "formats" / "bio"
TEXT = "🎉 Ann Lee (of Acme) said \"𝔄 is O.K.\" and\nmet Bob."
LABELS = ("PER", "ORG", "work-of-art", "a b", "_")
THEIRS = {"IOB1": "IOB1", "IOB2": "IOB2", "BIOES": "IOBES", "BILOU": "BILOU"}
PREFIXES = {"IOB1": "BI", "IOB2": "BI", "BIOES": "BIES", "BILOU": "BILU"}


def tags(scheme: str) -> st.SearchStrategy[list[str]]:
    """Sequences in which runs of one label are likely, with what the scheme does not allow."""
    each = ["O", *PREFIXES[scheme], *(f"{prefix}-{label}" for label in ("PER", "ORG") for prefix in PREFIXES[scheme])]
    return st.lists(st.sampled_from(each), min_size=1, max_size=9)


schemes_with_tags = st.sampled_from(SCHEMES).flatmap(lambda scheme: st.tuples(st.just(scheme), tags(scheme)))


def reading(content: str, texts: Texts | None = None, **options: str) -> Converted:
    return read("bio", Source("x.bio", None, content.encode()), texts or Texts({}), Options(**options))


def known(**texts: str) -> dict[str, Document]:
    return {doc_id: document_of(doc_id, text) for doc_id, text in texts.items()}


def faults(content: str, texts: Texts | None = None, **options: str) -> list[str]:
    with pytest.raises(DataError) as caught:
        reading(content, texts, **options)
    return [str(i) for i in caught.value.incidents]


def words(converted: Converted, texts: dict[str, Document]) -> list[list[tuple[str, str]]]:
    return [
        [(m.span.of(row.text or texts[row.annotation.doc_id].text), m.type) for m in row.annotation.mentions]
        for row in converted.rows
    ]


def left(converted: Converted | Written) -> list[str]:
    return [str(item) for item in converted.left]


# Schemes


@given(schemes_with_tags)
def test_entities_are_those_of_seqeval_in_strict_mode(given_: tuple[str, list[str]]) -> None:
    scheme, sequence = given_
    found, stray = entities([Token(n, "x", tag) for n, tag in enumerate(sequence)], scheme)
    theirs = Entities([sequence], getattr(seqeval_schemes, THEIRS[scheme])).entities[0]
    assert [(e.first, e.last + 1, e.label) for e in found] == [(e.start, e.end, e.tag) for e in theirs]
    covered = [n for e in found for n in range(e.first, e.last + 1)]
    assert sorted(covered + [t.line for t in stray]) == [n for n, tag in enumerate(sequence) if tag != "O"]


@given(schemes_with_tags)
def test_each_tag_is_in_a_mention_or_listed(given_: tuple[str, list[str]]) -> None:
    scheme, sequence = given_
    converted = reading("".join(f"w{n}\t{tag}\n" for n, tag in enumerate(sequence)), scheme=scheme)
    tokens = sum(len(m.span.of(row.text or "").split()) for row in converted.rows for m in row.annotation.mentions)
    assert tokens + len(converted.left) == sum(tag != "O" for tag in sequence)


@given(st.sampled_from(SCHEMES), st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3), st.sampled_from(LABELS)), max_size=5))
def test_entities_are_tagged_and_read_again(scheme: str, parts: list[tuple[int, int, str]]) -> None:
    at, found = 0, []
    for gap, length, label in parts:
        found.append(Entity(at + gap, at + gap + length - 1, label))
        at += gap + length
    sequence = tagged(at + 1, found[::-1], scheme)
    assert entities([Token(n, "x", tag) for n, tag in enumerate(sequence)], scheme) == (found, [])


def test_the_schemes_by_example() -> None:
    found = [Entity(0, 1, "A"), Entity(2, 2, "A"), Entity(3, 3, "B")]
    assert {scheme: " ".join(tagged(5, found, scheme)) for scheme in SCHEMES} == {
        "IOB1": "I-A I-A B-A I-B O",
        "IOB2": "B-A I-A B-A B-B O",
        "BIOES": "B-A E-A S-A S-B O",
        "BILOU": "B-A L-A U-A U-B O",
    }


@pytest.mark.parametrize(
    ("sequence", "scheme", "hint"),
    [
        ("O S-PER", None, "all tags are of BIOES: say --scheme BIOES"),
        ("O B-PER L-PER", "IOB2", "all tags are of BILOU: say --scheme BILOU"),
        ("O B-PER I-PER", "BIOES", ""),
        ("O M-PER", None, "this looks like BMES; the schemes that are read are IOB1, IOB2, BIOES, BILOU"),
        ("O PER-B", None, "the prefix stands last: write B-PER, not PER-B; the schemes that are read are"),
        ("O U-PER", "BIOES", "all tags are of BILOU: say --scheme BILOU"),
        ("O x", "BIOES", "write a tag of BIOES, or say another --scheme: IOB1, IOB2, BIOES, BILOU"),
    ],
)
def test_tags_of_another_scheme_are_refused_with_the_schemes_that_fit(sequence: str, scheme: str | None, hint: str) -> None:
    content = "".join(f"w\t{tag}\n" for tag in sequence.split())
    options = {"scheme": scheme} if scheme else {}
    if not hint:
        assert len(reading(content, **options).left) == 2
        return
    [fault] = faults(content, **options)
    assert fault.startswith("x.bio:")
    assert f" has not: '{sequence.split()[-1]}' (1, first in line" in fault or len(sequence.split()) > 2
    assert hint in fault
    assert fault.endswith("[other-scheme]")


def test_a_scheme_is_never_guessed_but_named_where_it_may_be_another() -> None:
    converted = reading("Ann\tI-PER\nmet\tO\nBob\tI-PER\n")
    assert left(converted) == [
        f"x.bio:{n}: I-PER {word} left out: it is in no entity, as seqeval reads IOB2 in strict mode"
        for n, word in ((1, "Ann"), (3, "Bob"))
    ]
    assert converted.notes[-1] == "most entities begin with I-: if this is IOB1, say --scheme IOB1"
    again = reading("Ann\tI-PER\nmet\tO\nBob\tI-PER\n", scheme="IOB1")
    assert words(again, {}) == [[("Ann", "PER"), ("Bob", "PER")]]
    assert len(again.notes) == 1


# Texts


TOKENS = ["🎉", "Ann", "Lee", "-LRB-", "of", "Acme", "-RRB-", "said", "``", "𝔄", "is", "O.K.", "''", "and", "met", "Bob", "."]
TAGS = {"Ann": "B-PER", "Lee": "I-PER", "Acme": "B-ORG", "𝔄": "B-MISC", "Bob": "B-PER"}
CONTENT = "".join(f"{token}\t{TAGS.get(token, 'O')}\n" for token in TOKENS)


def test_tokens_are_found_in_the_text_after_emojis_and_over_line_breaks() -> None:
    texts = known(d1=TEXT)
    converted = reading("# doc_id = d1\n" + CONTENT, Texts(texts))
    assert words(converted, texts) == [[("Ann Lee", "PER"), ("Acme", "ORG"), ("𝔄", "MISC"), ("Bob", "PER")]]
    assert [m.span.start for m in converted.rows[0].annotation.mentions] == [2, 14, 26, TEXT.index("Bob")]
    assert converted.rows[0].text is None
    assert converted.notes == ("d1: 4 tokens of the Penn Treebank's forms placed on what they stand for",)


def test_which_document_a_file_is_of() -> None:
    texts = known(d1=TEXT, d2="Ann left.")
    both = f"-DOCSTART- O\n\n{CONTENT}\n-DOCSTART- O\n\nAnn\tB-PER\nleft\tO\n.\tO\n"
    for content, ask in (
        (both, Texts(texts, in_order=True)),
        (both.replace("-DOCSTART- O", "# doc_id = d1", 1).replace("-DOCSTART- O", "# newdoc id = d2"), Texts(texts)),
    ):
        assert [row.annotation.doc_id for row in reading(content, ask).rows] == ["d1", "d2"]
    assert reading(CONTENT, Texts(texts, only="d1")).rows[0].annotation.doc_id == "d1"
    [fault] = faults(both.replace("-DOCSTART- O", "# doc_id = d1"), Texts(texts))
    assert fault.endswith("[text-differs]")
    assert "there are more records than the 1 texts" in faults(both, Texts(known(d1=TEXT), in_order=True))[0]
    assert "[duplicate-document]" in faults(f"{CONTENT}\n-DOCSTART- O\n\n{CONTENT}", Texts(texts, only="d1"))[0]


def test_a_text_that_is_not_known_is_the_tokens(tmp_path: Path) -> None:
    path = tmp_path / "news.bio"
    first = "-DOCSTART- O\n\nAnn\tB-PER\nleft\tO\n\nBye\tO\n\n"
    path.write_text(first + "-DOCSTART- O\n\nBob\tB-PER\n# doc_id = d9\nNew York\tB-GPE\n")
    converted = read("bio", source_of(path), Texts({}))
    assert [(row.annotation.doc_id, row.text) for row in converted.rows] == [
        ("news", "Ann left\nBye"), ("news-2", "Bob"), ("d9", "New York"),
    ]  # fmt: skip
    [note] = converted.notes
    told = "no text is known for news, news-2, d9: it is the tokens, joined by spaces"
    assert note == f"{told} (--texts, --doc and --in-order say which text it is)"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("Ann\tO\nleaves\tO\n", "x.bio:2: the token 'leaves' does not come next in d1: 'left.' stands at 4; give"),
        ("left\tO\n", "x.bio:1: the token 'left' does not come next in d1: 'Ann left.' stands at 0"),
        ("Ann\tO\nleft\tO\n.\tO\n.\tO\n", "x.bio:4: the token '.' does not come next in d1: the text is at its end"),
        ("ann\tO\n", "x.bio:1: the token 'ann' does not come next in d1: 'Ann left.' stands at 0"),
    ],
)
def test_a_token_that_does_not_come_next_is_a_fault(content: str, fault: str) -> None:
    assert faults(content, Texts(known(d1="Ann left."), only="d1"))[0].startswith(fault)


def test_a_file_that_ends_before_its_text_is_told() -> None:
    converted = reading("Ann\tB-PER\n", Texts(known(d1="Ann left. "), only="d1"))
    assert converted.notes == ("d1: the tokens end before 'left.', so nothing is tagged from there on",)


def test_white_space_may_be_a_token() -> None:
    texts = known(d1="Ann \u00a0 left")
    converted = reading("Ann\tO\n\u00a0\tB-X\nleft\tB-Y\n", Texts(texts, only="d1"))
    assert words(converted, texts) == [[("\u00a0", "X"), ("left", "Y")]]


def test_lines_without_a_tag_and_tokens_out_of_place_are_told_with_their_lines() -> None:
    assert [f.rpartition("[")[2] for f in faults("Ann\n\nBob\tX-PER\n")] == ["no-tag]", "other-scheme]"]


def test_options_that_mean_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="bio has no groups to choose from; spacy, prodigy, labelstudio have"):
        reading(CONTENT, group="x")
    with pytest.raises(ValueError, match="'IOE1' is no scheme"):
        reading(CONTENT, scheme="IOE1")


@settings(max_examples=200)
@given(st.data())
def test_no_damage_to_a_file_ends_in_a_traceback(data: st.DataObject) -> None:
    """Each tag is kept or listed, or the file is refused."""
    content = "# doc_id = d1\n" + CONTENT + "\n-DOCSTART-\tO\n" + CONTENT
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        until = at + data.draw(st.sampled_from([0, 1, 2, 8]))
        piece = data.draw(st.sampled_from(["", "\n", "\t", " ", "B-", "I-PER", "O", "#", "-DOCSTART-", "E-X", "\u2028", "\r"]))
        content = content[:at] + piece + content[until:]
    texts = data.draw(st.sampled_from([Texts({}), Texts(known(d1=TEXT))]))
    with suppress(DataError):
        reading(content, texts, scheme=data.draw(st.sampled_from(SCHEMES)))


# Both ways


def disjoint(mentions: Iterable[Mention], document: Document) -> list[Mention]:
    """Mentions that tags can say: those of whole tokens of one sentence, no two of which overlap."""
    kept: list[Mention] = []
    starts, ends = ({getattr(t, at) for t in document.tokens} for at in ("start", "end"))
    for m in sorted(mentions, key=lambda m: (m.span.start - m.span.end, m.span.start)):
        within = any(s.contains(m.span) for s in document.sentences)
        if within and m.span.start in starts and m.span.end in ends and not any(m.span.overlap(k.span) for k in kept):
            kept.append(m)
    return kept


@settings(deadline=None)
@given(pairs(), st.sampled_from(SCHEMES), st.text("x🎉é-", min_size=60, max_size=60))
def test_what_tags_can_say_is_read_as_it_was_and_the_rest_is_listed(
    pair: tuple[Document, Annotation, Annotation], scheme: str, characters: str
) -> None:
    document, annotation, _ = pair
    text = "".join(characters[n % 60] if c == "x" else c for n, c in enumerate(document.text))
    document = Document(document.doc_id, text, "", document.sentences, document.tokens)
    done = write_tags([Row("", annotation)], {"d": document}, Options(scheme=scheme))
    back = read("bio", Source("x.bio", None, done.files[""]), Texts({"d": document}), Options(scheme=scheme))
    kept = disjoint((m for m in annotation.mentions if m.type != "FOREIGN-"), document)
    (row,) = back.rows
    assert sorted((m.span, m.type) for m in row.annotation.mentions) == sorted((m.span, m.type) for m in kept)
    assert back.left == ()
    assert [item.what for item in done.left].count("the mention GPE") == sum(
        m.type == "GPE" and m not in kept for m in annotation.mentions
    )


def test_a_file_that_was_read_is_written_the_same() -> None:
    for scheme, name in (("IOB1", "iob1.bio"), ("IOB2", "iob2.bio"), ("BIOES", "bioes.bio"), ("BILOU", "bilou.bio")):
        content = (SAMPLES / name).read_text()
        texts = known(d1=(SAMPLES / "d1.txt").read_text())
        converted = read("bio", source_of(SAMPLES / name), Texts(texts), Options(scheme=scheme))
        assert (converted.left, converted.notes) == ((), ())
        assert words(converted, texts) == [
            [("Ann Lee", "PER"), ("Acme", "ORG"), ("Bob Ray", "PER"), ("Cy", "PER"), ("Oslo", "GPE"), ("𝔄", "MISC")]
        ]
        document = texts["d1"]
        again = write_tags(converted.rows, {"d1": document}, Options(scheme=scheme))
        assert again.files[""].decode() == content


# What is written


def test_what_tags_cannot_say_is_listed() -> None:
    text = "Ann Lee met Bob. Cy left."
    mentions = (
        Mention("m1", Span(0, 3), "PER", "NAM"), Mention("m2", Span(0, 7), "PER"), Mention("m3", Span(0, 7), "ORG"),
        Mention("m4", Span(8, 10), "X"), Mention("m5", Span(12, 19), "X"), Mention("m6", Span(7, 11), "X"),
        Mention("m7", Span(17, 19), "-X"), Mention("m8", Span.nowhere(0), "X"), Mention("m9", Span(20, 24), "a\tb"),
    )  # fmt: skip
    annotation = Annotation("d", mentions=mentions, events=(Event("v1", Span(8, 11), "MEET"),))
    done = write("bio", [Row("", annotation)], {"d": document_of("d", text)})
    assert done.files[""].decode() == (
        "# doc_id = d\nAnn\tB-PER\nLee\tI-PER\nmet\tO\nBob\tO\n.\tO\n\nCy\tO\nleft\tO\n.\tO\n\n"
    )
    assert left(done) == [
        "d#m8: the mention X left out: it is nowhere in the text",
        "d#m1: the mention PER left out: it overlaps m2",
        "d#m3: the mention ORG left out: it overlaps m2",
        "d#m4: the mention X left out: it does not begin and end where tokens do",
        "d#m5: the mention X left out: it runs over the end of a sentence",
        "d#m6: the mention X left out: it does not begin and end where tokens do",
        "d#m7: the mention -X left out: its label cannot stand in a tag",
        "d#m9: the mention a\tb left out: its label cannot stand in a tag",
        "d#v1: the event MEET left out: a tag has no such thing",
        "d: kind of 1 mention left out: a tag has no place for it",
    ]


def test_a_document_without_tokens_is_listed() -> None:
    done = write("bio", [Row("", Annotation("d"))], {"d": document_of("d", "  ")})
    assert (done.files, left(done)) == ({"": b""}, ["d: the document left out: it has no token"])


def test_tokens_outside_sentences_stand_by_themselves() -> None:
    document = Document("d", "a b c d", "", (Span(2, 5),), (Span(0, 1), Span(2, 3), Span(4, 5), Span(6, 7)))
    done = write("bio", [Row("", Annotation("d"))], {"d": document})
    assert done.files[""].decode() == "# doc_id = d\na\tO\n\nb\tO\nc\tO\n\nd\tO\n\n"


@pytest.mark.parametrize(
    ("document", "id_"),
    [
        (Document("a\tb", "x", "", (), (Span(0, 1),)), "unusable-name"),
        (Document(" d", "x", "", (), (Span(0, 1),)), "unusable-name"),
        (Document("d", "a\tb", "", (), (Span(0, 3),)), "unusable-token"),
        (Document("d", "a b", "", (), (Span(0, 2),)), "unusable-token"),
        (Document("d", "-DOCSTART-", "", (), (Span(0, 10),)), "unusable-token"),
    ],
)
def test_what_would_be_read_as_something_else_is_not_written(document: Document, id_: str) -> None:
    with pytest.raises(DataError) as caught:
        write("bio", [Row("", Annotation(document.doc_id))], {document.doc_id: document})
    assert [i.id for i in caught.value.incidents] == [id_]


# By content


@pytest.mark.parametrize("name", ["iob1.bio", "iob2.bio", "bioes.bio", "bilou.bio"])
def test_files_of_every_scheme_are_recognised(name: str) -> None:
    assert detect(source_of(SAMPLES / name))[0] == "bio"


@given(st.sampled_from(SCHEMES), st.lists(st.sampled_from(LABELS), min_size=1, max_size=5))
def test_whatever_is_tagged_looks_like_tags(scheme: str, labels: list[str]) -> None:
    found = [Entity(n, n, label) for n, label in enumerate(labels)]
    assert looks_like_bio("".join(f"w\t{tag}\n" for tag in tagged(len(labels), found, scheme)))


def test_mentions_that_are_there_only_to_fill_roles_are_no_tags() -> None:
    text = "Ann met Bob."
    annotation = Annotation("d", ("events",), (Mention("m1", Span(0, 3), "UNTYPED"),))
    done = write("bio", [Row("", annotation)], {"d": document_of("d", text)})
    assert b"B-" not in done.files[""]
    assert [str(left) for left in done.left] == ["d#m1: the mention UNTYPED left out: mentions are not claimed"]
