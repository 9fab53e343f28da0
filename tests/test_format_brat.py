"""brat standoff: what is read is what brat means, what is written comes back, and what has no place is listed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import pairs

from communique.formats import Converted, Options, Texts, read, source_of, write
from communique.formats.converted import Written, size
from communique.formats.detect import detect
from communique.incident import DataError
from communique.io.documents import document_of
from communique.io.jsonl import Row
from communique.model import Annotation, Argument, Document, Entity, Event, Instance, Mention, Relation, Span

SAMPLE = Path(__file__).parent / "formats" / "brat"
TEXT = "🎉 Ann Lee of Acme met Bob in Oslo\nand left."
WORDS = st.sampled_from("x 🎉\n\té\u2028\r")
METAS = st.sampled_from([None, {}, {"a": 1}, {"brat": 5}, {"brat": {"attributes": {"Sure": True, "How": "very much"}}}])
SCORES = st.sampled_from([None, 0.0, 0.5, 1.0])


def folder_of(path: Path, **files: str) -> Path:
    for name, content in files.items():
        (path / name.replace("_", ".")).write_bytes(content.encode())
    return path


def reading(path: Path, ann: str, text: str = TEXT) -> Converted:
    return read("brat", source_of(folder_of(path, d1_ann=ann, d1_txt=text)), Texts({}))


def faults(path: Path, ann: str, text: str = TEXT) -> list[tuple[str, str]]:
    """Id and place, without the folder, of each fault."""
    with pytest.raises(DataError) as caught:
        reading(path, ann, text)
    return [(i.id, i.place.removeprefix(f"{path}/")) for i in caught.value.incidents]


def said(converted: Converted) -> dict[str, Any]:
    (row,) = converted.rows
    return {layer: getattr(row.annotation, layer) for layer in row.annotation.layers if layer != "arguments"}


def left(converted: Converted | Written) -> list[str]:
    return [f"{item.what}: {item.why}" for item in converted.left]


def written(annotation: Annotation, text: str) -> tuple[Written, Converted]:
    """An annotation in brat's form, and read again."""
    done = write("brat", [Row("", annotation)], {annotation.doc_id: document_of(annotation.doc_id, text)})
    with TemporaryDirectory() as folder:
        for name, content in done.files.items():
            (Path(folder) / name).write_bytes(content)
        return done, read("brat", source_of(folder), Texts({}))


def plain(annotation: Annotation) -> list[Any]:
    """All that an annotation says, with items named by their places in their lists in place of ids."""
    ids = {
        (layer, item.id): n
        for layer in ("mentions", "entities", "events")
        for n, item in enumerate(getattr(annotation, layer))
    }
    m, e, v = ({i: n for (of, i), n in ids.items() if of == layer} for layer in ("mentions", "entities", "events"))

    def arguments(event: Event) -> list[Any]:
        return [(a.role, m[a.mention], a.score, a.meta) for a in event.arguments]

    return [
        [(x.span, x.type, x.kind, x.extent, x.value, x.score, x.meta) for x in annotation.mentions],
        [
            (x.type, [m[i] for i in x.mentions], x.name, x.wikidata, [e[i] for i in x.members], x.score, x.meta)
            for x in annotation.entities
        ],
        [
            (x.span, x.type, x.realis, x.polarity, x.score, x.meta, arguments(x))
            for x in annotation.events
        ],
        [([v[i] for i in x.events], x.score, x.meta) for x in annotation.instances],
        [(x.type, m[x.head], m[x.tail], x.score, x.meta) for x in annotation.relations],
        [(x.type, v[x.head], v[x.tail], x.evidence, x.score, x.meta) for x in annotation.event_relations],
    ]


@st.composite
def texts_and_annotations(draw: st.DrawFn) -> tuple[str, Annotation]:
    """Any of a text with all kinds of characters, with scores, meta, names, members and evidence."""
    document, annotation, _ = draw(pairs())
    length = len(document.text)
    text = "".join(draw(st.lists(WORDS, min_size=length, max_size=length)))
    spans = [m.span for m in annotation.mentions]

    def more(items: Sequence[Any], **of: Any) -> tuple[Any, ...]:
        return tuple(
            replace(i, score=draw(SCORES), meta=draw(METAS), **{key: draw(s) for key, s in of.items()}) for i in items
        )

    words = st.sampled_from([None, "Ann", "a  b", "a\tb", " a", "\n", "Ü", "2026-W01"])
    types = st.sampled_from(["GPE", "PER"])
    clusters = [replace(e, mentions=tuple(dict.fromkeys(e.mentions))) for e in annotation.entities]
    members = st.lists(st.sampled_from([e.id for e in clusters]), max_size=2).map(tuple) if clusters else st.just(())
    evidence = st.lists(st.sampled_from(spans), max_size=2).map(tuple) if spans else st.just(())
    events = (replace(e, arguments=more(e.arguments)) for e in annotation.events)
    instances = (replace(i, events=tuple(dict.fromkeys(i.events))) for i in annotation.instances)
    return text, replace(
        annotation,
        mentions=more(annotation.mentions, value=words),
        entities=tuple(e for e in more(clusters, name=words, members=members, type=types) if e.mentions),
        events=more(tuple(events)),
        instances=tuple(i for i in more(tuple(instances)) if i.events),
        relations=more(annotation.relations),
        event_relations=more(annotation.event_relations, evidence=evidence),
    )


# Both ways


@settings(deadline=None)
@given(texts_and_annotations())
def test_what_is_written_without_a_loss_is_read_as_it_was(given_: tuple[str, Annotation]) -> None:
    text, annotation = given_
    text = "".join("x" if c in "\n\r\u2028" and n % 3 == 0 else c for n, c in enumerate(text))
    done, back = written(annotation, text)
    if not done.left:
        assert plain(back.rows[0].annotation) == plain(annotation)
    assert back.left == ()


@settings(deadline=None)
@given(texts_and_annotations())
def test_what_is_written_and_what_is_listed_are_all(given_: tuple[str, Annotation]) -> None:
    text, annotation = given_
    done, back = written(annotation, text)
    kept = back.rows[0].annotation
    whole = [item for item in done.left if " in " not in item.what and not item.what.startswith("member ")]
    assert size([annotation]) == size([kept]) + len(whole)
    once_more, again = written(kept, text)
    assert once_more.left == ()
    assert plain(again.rows[0].annotation) == plain(kept)


def test_brats_own_file_goes_through_both_ways() -> None:
    """All that brat's classes printed is there again, but for the discontinuous mention, in the order of ours."""
    converted = read("brat", source_of(SAMPLE), Texts({}))
    (row,) = converted.rows
    done, again = written(row.annotation, row.text or "")
    assert (done.left, again.left) == ((), ())
    assert plain(again.rows[0].annotation) == plain(row.annotation)

    def lines(content: str) -> list[str]:
        return sorted(line.partition("\t")[2] for line in content.splitlines())

    # Triggers have ids of their own again, and an entity of one mention has an Equiv.
    theirs = (SAMPLE / "d1.ann").read_text().replace("T8\tOBJ 70 73;76 80\tthe deal\n", "*\tEquiv T4\n")
    ours = done.files["d1.ann"].decode()
    assert lines(ours) == lines(theirs.replace("T10", "T8").replace("T11", "T10"))
    assert done.files["d1.txt"] == (SAMPLE / "d1.txt").read_bytes()


# What is read


def test_the_sample_is_recognised_and_read() -> None:
    assert detect(source_of(SAMPLE))[0] == detect(source_of(SAMPLE / "d1.ann"))[0] == "brat"
    converted = read("brat", source_of(SAMPLE), Texts({}))
    (row,) = converted.rows
    a = row.annotation
    text = row.text or ""
    assert a.layers == ("mentions", "entities", "events", "arguments", "relations", "event_relations")
    assert [m.span.of(text) for m in a.mentions] == ["Ann Lee", "Acme", "Bob", "Oslo", "on\nMonday", "She", "Bob", "deal"]
    assert [(e.mentions, e.name, e.wikidata) for e in a.entities] == [
        (("T1", "T6"), "Ann Lee", "Q1"), (("T3", "T7"), None, None), (("T4",), "Oslo", "Q585"),
    ]  # fmt: skip
    met, sign = a.events
    assert (met.span.of(text), met.realis) == ("met", "ACTUAL")
    assert [x.role for x in met.arguments] == ["PARTICIPANT", "PARTICIPANT", "PLACE"]
    assert (sign.polarity, sign.arguments[2].mention) == ("NEG", "T9")
    assert sign.meta == {
        "brat": {
            "attributes": {"Negation": True},
            "notes": [{"type": "AnnotatorNotes", "text": "is this one agreement?"}],
        }
    }
    assert [(r.type, r.head, r.tail) for r in (*a.relations, *a.event_relations)] == [
        ("AFFILIATION", "T1", "T2"), ("BEFORE", "E1", "E2"),
    ]  # fmt: skip
    assert left(converted) == ["T8 OBJ 70 73;76 80 'the deal': its 2 pieces are not one stretch of text"]
    assert converted.notes == ("a number that brat gives to a repeated role is no part of it: ACTOR2, PARTICIPANT2",)


def test_a_trigger_is_no_mention_unless_something_else_names_it(tmp_path: Path) -> None:
    ann = "T1\tMEET 22 25\tBob\nE1\tMEET:T1\nT2\tSAY 18 21\tmet\nE2\tSAY:T2\nR1\tX Arg1:T2 Arg2:T2\n"
    held = said(reading(tmp_path, ann.replace("22 25\tBob", "38 42\tleft")))
    assert [m.id for m in held["mentions"]] == ["T2"]
    assert [e.id for e in held["events"]] == ["E1", "E2"]


def test_two_events_may_share_a_trigger(tmp_path: Path) -> None:
    held = said(reading(tmp_path, "T1\tMEET 18 21\tmet\nE1\tMEET:T1\nE2\tMEET:T1 \n"))
    assert held == {"events": (Event("E1", Span(18, 21), "MEET"), Event("E2", Span(18, 21), "MEET"))}


def test_roles_that_end_in_a_number_stay_where_there_is_no_such_role_without(tmp_path: Path) -> None:
    ann = "T1\tPER 2 9\tAnn Lee\nT2\tSAY 18 21\tmet\nE1\tSAY:T2 ARG1:T1 ARG2:T1 ARG22:T1 A:T1 A01:T1 A1:T1 A12:T1\n"
    (event,) = said(reading(tmp_path, ann))["events"]
    assert [a.role for a in event.arguments] == ["ARG1", "ARG2", "ARG2", "A", "A01", "A1", "A"]


def test_roles_that_brat_would_take_for_numbered_ones_are_listed() -> None:
    arguments = tuple(replace(a, role=role) for a in _event().arguments * 3 for role in ("A", "A2"))[:4]
    done, back = written(Annotation("d", mentions=_mentions()[:1], events=(replace(_event(), arguments=arguments),)), TEXT)
    assert left(done) == ["argument A2 m1 of v1: brat would take it for 'A'"] * 2
    assert [a.role for a in back.rows[0].annotation.events[0].arguments] == ["A", "A"]


def test_what_annotations_cannot_hold_is_listed_and_what_hangs_on_it_too(tmp_path: Path) -> None:
    ann = (
        "T1\tPER 2 5;10 12\tAnn of\nT2\tPER 22 25\tBob\nT3\tMEET 18 21\tmet\nT4\tSAY 5 5\t\n"
        "E1\tMEET:T3 WHO:T1 WHAT:E2\nE2\tSAY:T4 WHO:T2\n"
        "R1\tX Arg1:T1 Arg2:T2\nR2\tX Arg1:T2 Arg2:E1\nR3\tX Arg1:R1 Arg2:R2\n"
        "*\tEquiv T1\n*\tEquiv T2 E1\n*\tAlias T2 T2\nN1\tReference T1 Wikidata:Q1\tAnn\nN2\tReference T3 Wikidata:Q2\n"
        "A1\tKind T1 NAM\nA2\tRealis T3 ACTUAL\nA3\tSure A1\nA4\tKind T2 NAM\nA5\tKind T2 NOM\nM1\tNegation E2\n"
        "#1\tAnnotatorNotes T1\twhy?\n# a line of somebody's own\n"
    )
    converted = reading(tmp_path, ann)
    assert left(converted) == [
        "T1 PER 2 5;10 12 'Ann of': its 2 pieces are not one stretch of text",
        "argument WHO:T1 of E1: T1 is left out",
        "argument WHAT:E2 of E1: a filler is a mention",
        "E2 SAY:T4: its trigger T4 has no place",
        "argument WHO:T2 of E2: the event is left out",
        "R1 X T1 T2: an end of it is left out",
        "R2 X T2 E1: its ends are neither two mentions nor two events",
        "R3 X R1 R2: its ends are neither two mentions nor two events",
        "* Equiv T1: its members are left out",
        "* Equiv T2 E1: its members are neither all mentions nor all events",
        "* Alias T2 T2: only Equiv says that all of it is one thing",
        "N1 Reference T1 Wikidata:Q1: T1 is left out",
        "N2 Reference T3 Wikidata:Q2: T3 is a trigger: say it of the event",
        "A1 Kind T1 NAM: T1 is left out",
        "A2 Realis T3 ACTUAL: T3 is a trigger: say it of the event",
        "A3 Sure A1: there is no place for what is said of A1",
        "A5 Kind T2 NOM: T2 has the attribute Kind already",
        "M1 Negation E2: E2 is left out",
        "#1 AnnotatorNotes T1 why?: T1 is left out",
        "# a line of somebody's own: it is a line by itself",
    ]
    assert converted.items == 20 + 2
    assert said(converted)["mentions"] == (Mention("T2", Span(22, 25), "PER", "NAM"),)


def test_equivs_that_share_a_member_are_one_entity(tmp_path: Path) -> None:
    ann = "".join(f"T{n}\tPER 22 25\tBob\n" for n in range(1, 6))
    converted = reading(tmp_path, ann + "*\tEquiv T1 T2\n*\tEquiv T3 T4\n*\tEquiv T5 T2 T3\n")
    assert [e.mentions for e in said(converted)["entities"]] == [("T1", "T2", "T3", "T4", "T5")]
    assert converted.items == 5 + 1


def test_mentions_that_refer_to_one_item_are_one_entity(tmp_path: Path) -> None:
    ann = "".join(f"T{n}\tPER 22 25\tBob\nN{n}\tReference T{n} wikidata:Q{n // 3}\t\t\tBob\n" for n in range(1, 5))
    converted = reading(tmp_path, ann + "*\tEquiv T4\nN5\tReference T4 Wikidata:Q9\tBob\n")
    assert [(e.mentions, e.wikidata, e.name) for e in said(converted)["entities"]] == [
        (("T4",), "Q1", "Bob"), (("T1", "T2"), "Q0", "Bob"), (("T3",), "Q1", "Bob"),
    ]  # fmt: skip
    assert left(converted) == ["N5 Reference T4 Wikidata:Q9: its entity refers to Q1 Bob already"]


def test_equivs_of_events_are_instances(tmp_path: Path) -> None:
    held = said(reading(tmp_path, "T1\tMEET 18 21\tmet\nE1\tMEET:T1\nE2\tMEET:T1\n*\tEquiv E1 E2\n"))
    assert [i.events for i in held["instances"]] == [("E1", "E2")]


def test_ends_of_a_relation_go_by_their_names(tmp_path: Path) -> None:
    ann = "T1\tPER 2 9\tAnn Lee\nT2\tORG 13 17\tAcme\nR1\tAT Arg2:T2 Arg1:T1\t\nR2\tAT Who:T1 Where:T2\n"
    first, second = said(reading(tmp_path, ann))["relations"]
    assert ((first.head, first.tail, first.meta), (second.head, second.tail)) == (("T1", "T2", None), ("T1", "T2"))
    assert second.meta == {"brat": {"ends": ["Who", "Where"]}}


def test_words_may_have_spaces_for_line_breaks_and_lines_may_end_as_on_windows(tmp_path: Path) -> None:
    held = said(reading(tmp_path, "T1\tX 29 37\tOslo and\r\n\r\nT2\tX 29 38\tOslo and\r\n"))
    assert [m.span for m in held["mentions"]] == [Span(29, 37), Span(29, 38)]


def test_an_empty_file_says_that_nothing_was_found(tmp_path: Path) -> None:
    converted = reading(tmp_path, "")
    assert (converted.rows[0].annotation.layers, converted.items) == (("mentions",), 0)


def test_a_file_without_a_text_beside_is_of_the_known_text_of_its_name(tmp_path: Path) -> None:
    known = {"d7": document_of("d7", TEXT)}
    file = folder_of(tmp_path, d7_ann="T1\tPER 2 9\tAnn Lee\n") / "d7.ann"
    assert read("brat", source_of(file), Texts(known)).rows[0].text is None
    with pytest.raises(DataError, match="no-document"):
        read("brat", source_of(file), Texts({}))
    (tmp_path / "d7.txt").write_text(TEXT + "!")
    with pytest.raises(DataError, match="text-differs"):
        read("brat", source_of(file), Texts(known))


def test_folders_within_a_folder_are_read_and_texts_without_annotations_told(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    folder_of(tmp_path / "a" / "b", d1_ann="T1\tPER 2 9\tAnn Lee\n", d1_txt=TEXT)
    folder_of(tmp_path, d1_ann="", d1_txt=TEXT + "?", d2_txt=TEXT, annotation_conf="")
    converted = read("brat", source_of(tmp_path), Texts({}))
    assert [row.annotation.doc_id for row in converted.rows] == ["a/b/d1", "d1"]
    assert converted.notes == (f"{tmp_path}: 1 text without .ann not read: d2.txt",)


# Faults


@pytest.mark.parametrize(
    ("ann", "id_", "says"),
    [
        ("T1 PER 2 9 Ann Lee\n", "malformed-line", "write it T1<tab>TYPE START END<tab>words"),
        ("T1\tPER 9 2\tAnn\n", "malformed-line", "each start is before its end"),
        ("T1\tPER 2 5;5 9\tAnn  Lee\n", "malformed-line", "do not touch"),
        ("T1\tPER 2 " + "9" * 5000 + "\tAnn\n", "malformed-line", "write it T1"),
        ("E1\tMEET\n", "malformed-line", "write it E1<tab>TYPE:T1"),
        ("R1\tX Arg1:T1\n", "malformed-line", "write it R1"),
        ("R1\tX Arg1:T1 Arg1:T1\n", "malformed-line", "both ends have one name"),
        ("*\tEquiv\n", "malformed-line", "write it *"),
        ("N1\tReference T1 Q42\n", "malformed-line", "write it N1"),
        ("A1\tKind\n", "malformed-line", "write it A1"),
        ("X1\tKind\n", "malformed-line", "a line begins with T, E, R, A, M, N, # or *"),
        ("Bob\n", "malformed-line", "a line begins with"),
        ("T1\tPER 22 25\tBob\nT1\tPER 22 25\tBob\n", "duplicate-id", "'T1' stands in line 1 already"),
        ("A1\tKind T1\n", "dangling-id", "A1 names 'T1', which is not there"),
        ("#1\tAnnotatorNotes T1\tx\n", "dangling-id", "#1 names 'T1'"),
        ("*\tEquiv T1\n", "dangling-id", "* names 'T1'"),
        ("T1\tMET 18 21\tmet\nE1\tMEET:T1\n", "not-a-trigger", "the trigger of E1 is T1, of the type MET, not MEET"),
        ("T1\tPER 2 900\tAnn\n", "span-outside-text", "T1 2 900 runs past the text"),
        ("T1\tPER 3 10\tAnn Lee\n", "text-differs", "they fit in UTF-16 units"),
        ("T1\tPER 5 12\tAnn Lee\n", "text-differs", "they fit in UTF-8 bytes"),
        ("T1\tPER 22 25\tBob\n#1\tcommunique T1\t{\n", "invalid-json", ":2:"),
        ("T1\tPER 22 25\tBob\n#1\tcommunique T1\t[]\n", "wrong-type", "expected an object, got []"),
        ("T1\tPER 22 25\tBob\n#1\tcommunique T1\t{\"score\": 2}\n", "wrong-type", "d1.ann:1.score: expected a number"),
        ("T1\tPER 22 25\tBob\n#1\tcommunique T1\t{\"x\": 2}\n", "unknown-key", "d1.ann:1: unknown key 'x'"),
        ("T1\tPER 22 25\tBob\n#1\tcommunique T1\t{\"type\": \"X\"}\n", "duplicate-key", "type of T1 is said by another line"),
    ],
)  # fmt: skip
def test_a_fault_names_its_line_and_says_what_to_do(tmp_path: Path, ann: str, id_: str, says: str) -> None:
    with pytest.raises(DataError) as caught:
        reading(tmp_path, ann)
    (fault,) = caught.value.incidents
    assert fault.id == id_
    assert fault.place.startswith(f"{tmp_path}/d1.ann:")
    assert says in str(fault)


def test_every_fault_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    folder_of(tmp_path, d2_ann="T1\tPER 2 9\tAnn\nX\n", d2_txt=TEXT, d3_ann="", d3_txt="\ufeffAnn")
    assert faults(tmp_path, "T1\tPER 2 9\tAnn Lee\nE1\tX:T9\n") == [
        ("malformed-line", "d2.ann:2"),
        ("wrong-encoding", "d3.txt:1"),
        ("dangling-id", "d1.ann:2"),
        ("text-differs", "d2.ann:1"),
    ]


def test_texts_saved_with_line_ends_of_windows_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"they fit if each line ends with \\n alone"):
        reading(tmp_path, "T1\tX 4 7\tBob\n", "Ann\r\nBob")


def test_a_folder_without_annotations_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"the folder holds no \.ann file; name a folder that holds DOC\.ann"):
        read("brat", source_of(tmp_path), Texts({}))
    folder_of(tmp_path, d1_a1="", d1_a2="")
    with pytest.raises(DataError, match=r"put DOC\.a1 and DOC\.a2 together"):
        read("brat", source_of(tmp_path), Texts({}))


def test_a_scheme_means_nothing_here() -> None:
    with pytest.raises(ValueError, match="brat has no scheme of tags; huggingface, bio have"):
        read("brat", source_of(SAMPLE), Texts({}), Options(scheme="IOB2"))


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_no_damage_to_a_file_ends_in_a_traceback(data: st.DataObject) -> None:
    """Each item is kept or listed, or the file is refused."""
    ann = (SAMPLE / "d1.ann").read_text()
    ann += '#2\tcommunique E1\t{"arguments": [{}, {"score": 0.5}, {}], "meta": {"a": 1}}\n'
    ann += '#3\tcommunique-entity T6\t{"type": "PER", "members": ["T3", "T9"], "meta": {}}\n'
    pieces = ["T1", "E2", "A1", "*", "\t", " ", ":", ";", "\n", "0", "5", "#9", "{", "}", "null", "N1", "Reference", "meta", ""]
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(ann)))
        until = at + data.draw(st.sampled_from([0, 1, 2, 8]))
        ann = ann[:at] + data.draw(st.sampled_from(pieces)) + ann[until:]
    with TemporaryDirectory() as folder:
        folder_of(Path(folder), d1_ann=ann, d1_txt=(SAMPLE / "d1.txt").read_text())
        with suppress(DataError):
            read("brat", source_of(folder), Texts({}))


# What is written


def _mentions() -> tuple[Mention, ...]:
    return (Mention("m1", Span(2, 9), "PER", "NAM"), Mention("m2", Span(33, 34), "X"), Mention("m3", Span(13, 17), "a b"))


def _event() -> Event:
    return Event("v1", Span(18, 21), "MEET", "ACTUAL", "NEG", (Argument("WHO", "m1"),))


def test_attributes_are_what_brat_can_show_and_the_rest_is_in_notes() -> None:
    mention = Mention("m1", Span(2, 9), "PER", "NAM", Span(2, 17), "a\tb", 0.5, {"x": "\u2028"})
    done, _ = written(Annotation("d", mentions=(mention,), events=(_event(),)), TEXT)
    note = json.dumps({"extent": {"start": 2, "end": 17}, "value": "a\tb", "score": 0.5, "meta": {"x": "\u2028"}})
    assert done.files["d.ann"].decode() == (
        f"T1\tPER 2 9\tAnn Lee\nA1\tKind T1 NAM\n#1\tcommunique T1\t{note}\n"
        "T2\tMEET 18 21\tmet\nE1\tMEET:T2 WHO:T1\nA2\tRealis E1 ACTUAL\nA3\tPolarity E1 NEG\n"
    )
    assert done.files["d.txt"].decode() == TEXT
    assert done.files["annotation.conf"].decode().startswith("[entities]\nPER\n\n[relations]\n")


def test_what_brat_cannot_say_is_listed() -> None:
    event = Event("v1", Span(18, 21), "a:b", arguments=(Argument("WHO", "m1"),))
    second = replace(_event(), id="v2", arguments=(Argument("W O", "m1"), Argument("WHO", "m2")))
    nowhere = Mention("m4", Span.nowhere(0), "PER")
    annotation = Annotation(
        "d",
        mentions=(*_mentions(), nowhere),
        entities=(Entity("e1", "PER", ("m1", "m1", "m2"), members=("e2",)), Entity("e2", "PER", ("m1", "m3"))),
        events=(event, second),
        instances=(Instance("i1", ("v1", "v2")), Instance("i2", ("v1",))),
        relations=(Relation("r1", "X", "m1", "m2"), Relation("r2", "a b", "m1", "m1")),
    )
    done, back = written(annotation, TEXT)
    assert [str(item) for item in done.left] == [
        "d#m2: mention m2 left out: brat has no span that begins or ends with a line break",
        "d#m3: mention m3 left out: the type 'a b' is no name to brat",
        "d#m4: mention m4 left out: it is not in the text",
        "d#v1: event v1 left out: the type 'a:b' is no name to brat",
        "d#v1: argument WHO m1 of v1 left out: the event is left out",
        "d#v2: argument W O m1 of v2 left out: brat's roles hold neither white space nor a colon",
        "d#v2: argument WHO m2 of v2 left out: m2 is left out",
        "d#r1: relation r1 left out: m2 is left out",
        "d#r2: relation r2 left out: names hold no white space in brat",
        "d#e1: m1 in entity e1 left out: it is there already",
        "d#e1: m2 in entity e1 left out: m2 is left out",
        "d#e2: m1 in entity e2 left out: it is in another, and brat would make them one",
        "d#e2: m3 in entity e2 left out: m3 is left out",
        "d#e2: entity e2 left out: none of its members is written",
        "d#e1: member e2 of entity e1 left out: e2 is left out",
        "d#i1: v1 in instance i1 left out: v1 is left out",
        "d#i2: v1 in instance i2 left out: v1 is left out",
        "d#i2: instance i2 left out: none of its members is written",
    ]
    assert size([row.annotation for row in back.rows]) == 4


def test_ids_of_brats_form_stay() -> None:
    annotation = Annotation("d", mentions=(Mention("m1", Span(2, 9), "X"), Mention("T1", Span(2, 9), "X")), events=(_event(),))
    _, back = written(annotation, TEXT)
    assert [m.id for m in back.rows[0].annotation.mentions] == ["T2", "T1"]


@pytest.mark.parametrize("doc_id", ["../d", "/d", "a//b", ".", "a\\b", "c:d", "a\0"])
def test_no_file_is_written_outside_the_folder(doc_id: str) -> None:
    document = Document(doc_id, TEXT, "")
    with pytest.raises(DataError, match="unusable-name"):
        write("brat", [Row("", Annotation(doc_id))], {doc_id: document})
