"""BIO files as gold and predictions: what is read is what seqeval reads, and nothing is lost unsaid."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seqeval.metrics import classification_report
from seqeval.scheme import IOB2, Entities

from communique.incident import DataError
from communique.io.bio import Token, entities, looks_like_bio, parse_bio
from communique.model import Gold
from communique.predictions import read_gold, read_predictions
from communique.scorer import score

LABELS = ("PER", "ORG", "work-of-art", "B", "I", "O", "_", "a b")
TAGS = st.sampled_from(("O", "B", "I", *(f"{prefix}-{label}" for label in LABELS for prefix in "BI")))
SENTENCES = st.lists(st.lists(st.tuples(TAGS, TAGS), min_size=1, max_size=8), min_size=1, max_size=6)

GOLD = """-DOCSTART- -X- O O

EU NNP B-ORG
rejects VBZ O
German JJ B-MISC

Peter NNP B-PER
Blackburn NNP I-PER

-DOCSTART- -X- O O

Port NN B-LOC
Vale NN I-LOC
. . O
"""


def write(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_bytes(content.encode())
    return path


@given(SENTENCES)
def test_entities_are_those_of_seqeval_in_strict_mode(corpus: list[list[tuple[str, str]]]) -> None:
    tags = [[tag for tag, _ in sentence] for sentence in corpus]
    theirs = {(e.sent_id, e.start, e.end - 1, e.tag) for sentence in Entities(tags, IOB2).entities for e in sentence}
    ours = {
        (n, e.first, e.last, e.label)
        for n, sentence in enumerate(tags)
        for e in entities(Token(line, "x", tag) for line, tag in enumerate(sentence))[0]
    }
    assert ours == theirs


@given(SENTENCES)
def test_every_tag_but_o_is_in_an_entity_or_stray(corpus: list[list[tuple[str, str]]]) -> None:
    for sentence in corpus:
        found, stray = entities(Token(line, "x", tag) for line, (tag, _) in enumerate(sentence))
        covered = [n for e in found for n in range(e.first, e.last + 1)] + [t.line for t in stray]
        assert sorted(covered) == [n for n, (tag, _) in enumerate(sentence) if tag != "O"]


@settings(max_examples=60, deadline=None)
@given(SENTENCES, st.booleans())
def test_two_files_score_as_in_seqeval(
    tmp_path_factory: pytest.TempPathFactory, corpus: list[list[tuple[str, str]]], parted: bool
) -> None:
    folder = tmp_path_factory.mktemp("bio")
    for name, side in (("gold.bio", 0), ("pred.bio", 1)):
        begin = "-DOCSTART-\tO\n\n" if parted else ""
        lines = ("".join(f"w{n}\t{pair[side]}\n" for n, pair in enumerate(sentence)) for sentence in corpus)
        write(folder, name, "".join(f"{begin}{sentence}\n" for sentence in lines))
    gold = read_gold(folder / "gold.bio", note=str)
    pred = read_predictions(folder / "pred.bio", gold, note=str)
    result = score(gold, pred, measures=["Ent-C"])["Ent-C"]
    tags = [[[pair[side] for pair in sentence] for sentence in corpus] for side in (0, 1)]
    if not (result.tally.gold or result.tally.predicted):
        assert Entities(tags[0] + tags[1], IOB2).unique_tags == set()
        return
    report = classification_report(*tags, mode="strict", scheme=IOB2, output_dict=True, zero_division=0)
    theirs = {label: row for label, row in report.items() if not label.endswith(" avg")}
    assert theirs.keys() == result.labels.keys()
    rows = [*((theirs[label], tally) for label, tally in result.labels.items()), (report["micro avg"], result.tally)]
    for row, tally in rows:
        ours = (tally.precision or 0.0, tally.recall or 0.0, tally.f1 or 0.0, tally.gold)
        assert ours == (row["precision"], row["recall"], row["f1-score"], row["support"])


def test_the_text_is_the_tokens_and_the_documents_are_those_of_the_file(tmp_path: Path) -> None:
    gold = read_gold(write(tmp_path, "gold.bio", GOLD))
    assert [(d.doc_id, d.text) for d in gold.documents] == [
        ("d1", "EU rejects German\nPeter Blackburn"), ("d2", "Port Vale .")
    ]  # fmt: skip
    first = gold.documents[0]
    assert [t.of(first.text) for t in first.tokens] == ["EU", "rejects", "German", "Peter", "Blackburn"]
    assert [s.of(first.text) for s in first.sentences] == ["EU rejects German", "Peter Blackburn"]
    assert [(m.id, m.span.of(first.text), m.type) for m in gold.annotations[0].mentions] == [
        ("3", "EU", "ORG"), ("5", "German", "MISC"), ("7", "Peter Blackburn", "PER")
    ]  # fmt: skip
    assert {a.layers for a in gold.annotations} == {("mentions",)}


@pytest.mark.parametrize(
    "other",
    [
        GOLD.replace("\n", "\r\n"),
        GOLD.replace("\n", "\r"),
        GOLD.replace(" ", "\t"),
        GOLD.replace(" ", "   ") + "\n\n \n\t\n",
        GOLD.replace("-DOCSTART- -X- O O\n", ""),
        GOLD.replace("-DOCSTART- -X- O O", "# doc_id = a", 1).replace("-DOCSTART- -X- O O", "# newdoc id = b"),
        "# sent_id = 1\n" + GOLD.replace("EU", "# text = EU rejects German #\nEU"),
        GOLD.replace(" NNP", "").replace(" NN", "").replace(" VBZ", "").replace(" JJ", "").replace(". .", "."),
    ],
    ids=["crlf", "cr", "tabs", "spaces", "no documents", "named documents", "comments", "two columns"],
)
def test_how_a_file_is_written_is_irrelevant(tmp_path: Path, other: str) -> None:
    files = (write(tmp_path, "one.bio", GOLD), write(tmp_path, "other.bio", other))
    for gold, pred in (files, files[::-1]):
        against = read_gold(gold)
        result = score(against, read_predictions(pred, against), measures=["Ent-C"], seqeval=False)["Ent-C"]
        assert (result.f1, result.tally.gold) == (1.0, 4)


def test_a_hash_may_be_a_token() -> None:
    file, faults = parse_bio("x.bio", "# text = #a b\n#a\tB-X\n#\tO\n# O\n")
    assert ([t.text for d in file.documents for s in d.sentences for t in s], faults) == (["#a", "#", "#"], ())


def test_a_token_may_hold_any_space_that_does_not_separate_columns(tmp_path: Path) -> None:
    gold = read_gold(write(tmp_path, "gold.bio", "New York\tB-GPE\n\u00a0\tO\n"))
    assert gold.documents[0].text == "New York \u00a0"


def said(path: Path, gold: Gold | None = None) -> tuple[list[str], list[str]]:
    """The notes and the faults of a file."""
    notes: list[str] = []
    try:
        if gold is None:
            read_gold(path, note=notes.append)
        else:
            read_predictions(path, gold, note=notes.append)
    except DataError as fault:
        return notes, [str(i).replace(f"{path.parent}/", "") for i in fault.incidents]
    return notes, []


def test_stray_tags_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, "gold.bio", GOLD.replace("B-LOC", "I-PER"))
    [note], faults = said(path)
    assert note.endswith(
        "2 I- tags continue no entity and are part of none, as in seqeval's strict mode: line 12 (I-PER), line 13 (I-LOC)"
    )
    assert faults == []
    [note], _ = said(write(tmp_path, "gold.bio", GOLD.replace("B-", "I-")))
    assert "line 3 (I-ORG)" in note
    assert "and 1 more; if this is IOB1" in note


def test_what_is_not_asked_for_notes_is_warned(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="1 I- tag continues no entity"):
        read_gold(write(tmp_path, "gold.bio", "Ann I-PER\nmet O\nBob B-PER\n"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_gold(write(tmp_path, "gold.bio", GOLD))


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (GOLD.replace("B-ORG", "S-ORG").replace("I-PER", "E-PER"), "this looks like BIOES"),
        (GOLD.replace("B-ORG", "U-ORG").replace("I-PER", "L-PER"), "this looks like BILOU"),
        (GOLD.replace("I-PER", "M-PER"), "this looks like BMES"),
        (GOLD.replace("B-", "I-").replace("I-ORG", "E-ORG"), "this looks like IOE"),
        (GOLD.replace("B-", "").replace("I-", ""), "labels without B- and I-"),
        (GOLD.replace("B-ORG", "ORG-B"), "write B-PER, not PER-B"),
        (GOLD.replace("B-ORG", "B_ORG"), "write B-PER, not B_PER"),
        (GOLD.replace("B-ORG", "b-ORG"), "O, B and I are capitals"),
        (GOLD.replace("B-ORG", "B-"), "a label is not empty"),
        (GOLD.replace("B-ORG", "B-ORG-"), "has no hyphen at its edges"),
        (GOLD.replace("B-ORG", "(ORG*"), "brackets of CoNLL-2012"),
        ("EU NNP\nrejects VBZ\n", "is the tag the last column?"),
    ],
)
def test_a_tag_of_another_scheme_is_refused_by_name(tmp_path: Path, content: str, advice: str) -> None:
    _, [fault] = said(write(tmp_path, "gold.bio", content))
    assert advice in fault
    assert fault.endswith("[not-iob2]")


@pytest.mark.parametrize("tag", ["B-ORG-", "B-", "ORG", "O-ORG"])
def test_what_seqeval_reads_as_something_else_is_refused(tag: str) -> None:
    """seqeval drops hyphens at the edge of a label, and takes ORG and O-ORG for O."""
    Entities([[tag]], IOB2)
    assert [i.id for i in parse_bio("x.bio", f"EU {tag}\n")[1]] == ["not-iob2"]


def test_lines_without_a_tag_are_named_a_few_of_them() -> None:
    _, faults = parse_bio("x.bio", "EU\n" * 9 + "\tO\n")
    assert [str(i).partition(";")[0] for i in faults][:2] == [
        "x.bio:1: 'EU' is not a token and a tag", "x.bio:2: 'EU' is not a token and a tag"
    ]  # fmt: skip
    assert len(faults) == 6
    assert faults[-1].message == "5 more lines are not a token and a tag"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("German", "Germans", ":5: the token is 'Germans', but 'German' in gold.bio:5"),
        ("B-MISC\n\n", "B-MISC\n", ":6: a sentence does not begin with 'Peter', but begins in gold.bio:7"),
        ("rejects VBZ O\n", "rejects VBZ O\n\n", ":6: a sentence begins with 'German', but does not begin in gold.bio:5"),
        (". . O\n", "", ":13: the document ends with 'Vale' in pred.bio:13, but goes on with '.' in gold.bio:14"),
        (". . O\n", ". . O\nx x O\n", ":15: the document ends with '.' in gold.bio:14, but goes on with 'x' in pred.bio:15"),
        (". . O\n", ". . O\n\n-DOCSTART- O\n\nx O\n", ":18: unknown doc_id 'd3'"),
    ],
)  # fmt: skip
def test_other_tokens_are_refused_with_both_places(tmp_path: Path, old: str, new: str, fault: str) -> None:
    gold = read_gold(write(tmp_path, "gold.bio", GOLD))
    _, [found] = said(write(tmp_path, "pred.bio", GOLD.replace(old, new)), gold)
    assert found.replace(f"{tmp_path}/", "").startswith(f"pred.bio{fault}")


def test_a_document_named_twice_is_refused(tmp_path: Path) -> None:
    _, [fault] = said(write(tmp_path, "gold.bio", "# doc_id = a\nx O\n# doc_id = a\ny O\n"))
    assert fault.startswith("gold.bio:4: 'a' begins in line 2 already")


def test_a_file_without_tokens_is_refused(tmp_path: Path) -> None:
    _, [fault] = said(write(tmp_path, "gold.bio", "-DOCSTART- O\n\n\n"))
    assert fault.endswith("[empty-file]")


def test_labels_are_held_to_an_ontology_that_is_given(tmp_path: Path) -> None:
    from communique.ontology import default_ontology

    with pytest.raises(DataError, match=r"gold\.bio:5: d1: unknown mention type 'MISC'"):
        read_gold(write(tmp_path, "gold.bio", GOLD), ontology=default_ontology())


def test_rows_with_offsets_can_be_scored_against_a_bio_file(tmp_path: Path) -> None:
    gold = read_gold(write(tmp_path, "gold.bio", GOLD))
    rows = '{"doc_id": "d1", "mentions": [{"start": 0, "end": 2, "type": "ORG"}]}\n{"doc_id": "d2", "mentions": []}\n'
    pred = read_predictions(write(tmp_path, "pred.jsonl", rows), gold)
    assert score(gold, pred, measures=["Ent-C"], seqeval=False)["Ent-C"].tally.hits_predicted == 1


@pytest.mark.parametrize("content", ["He met Ann.\nShe left, to vitamin O\nand more\n", '{"doc_id": "d1"}\n', "a,b\n1,2\n", ""])
def test_what_is_no_bio_file_does_not_look_like_one(content: str) -> None:
    assert not looks_like_bio(content)


def test_the_command_line_scores_two_files_and_says_what_is_stray(tmp_path: Path) -> None:
    write(tmp_path, "gold.bio", GOLD)
    write(tmp_path, "pred.bio", GOLD.replace("B-PER", "O"))
    code = "import sys; from communique.cli import main; sys.argv[0] = 'communique'; main()"
    command = [sys.executable, "-c", code, "score", "pred.bio", "--gold", "gold.bio", "-m", "Ent-C"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("note: pred.bio: 1 I- tag continues no entity")
    [row] = [line.split() for line in done.stdout.splitlines() if line.startswith("Ent-C ")]
    assert row[1:4] == ["100.0", "75.0", "85.7"]
