"""predictions.jsonl: what is written comes back equal, and what is wrong is refused with its place."""

import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique.incident import DataError
from communique.io.files import write_text
from communique.io.jsonl import parse_rows, read_annotations
from communique.io.jsonl_decode import decode
from communique.io.jsonl_writer import dumps, text_sha256, write_annotations
from communique.model import (
    LAYERS,
    Annotation,
    Argument,
    Entity,
    Event,
    EventRelation,
    Instance,
    Mention,
    Relation,
    Span,
)
from communique.ontology import nearest

NAMES = st.text(min_size=1, max_size=3)
MAYBE = st.none() | NAMES
LAYER_SETS = st.sets(st.sampled_from(LAYERS))
SPANS = st.builds(lambda start, length: Span(start, start + length), st.integers(0, 50), st.integers(1, 9))


@st.composite
def annotations(draw: st.DrawFn, claims: st.SearchStrategy[set[str]] = LAYER_SETS) -> Annotation:
    """Any annotation, dangling ids and all."""

    def items(of: type, **fields: st.SearchStrategy[object]) -> tuple[object, ...]:
        drawn = draw(st.lists(st.fixed_dictionaries(fields), max_size=3))
        return tuple(of(f"{n}", **f) for n, f in enumerate(drawn))

    def some(of: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
        return st.lists(of, max_size=3).map(tuple)

    layers = draw(claims)
    pair = {"type": NAMES, "head": NAMES, "tail": NAMES}
    return Annotation(
        draw(NAMES),
        tuple(layer for layer in LAYERS if layer in layers),
        mentions=items(Mention, span=SPANS, type=NAMES, kind=MAYBE, extent=st.none() | SPANS, value=MAYBE),  # type: ignore[arg-type]
        entities=items(Entity, type=NAMES, mentions=some(NAMES), name=MAYBE, wikidata=MAYBE, members=some(NAMES)),  # type: ignore[arg-type]
        events=items(
            Event, span=SPANS, type=NAMES, realis=MAYBE, polarity=MAYBE, arguments=some(st.builds(Argument, NAMES, NAMES))
        ),  # type: ignore[arg-type]
        instances=items(Instance, events=some(NAMES)),  # type: ignore[arg-type]
        relations=items(Relation, **pair),  # type: ignore[arg-type]
        event_relations=items(EventRelation, **pair, evidence=some(SPANS)),  # type: ignore[arg-type]
    )


def parse(*rows: object) -> tuple[list[Annotation], list[str]]:
    found, faults = parse_rows("p.jsonl", "\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows))
    return [r.annotation for r in found], [str(f) for f in faults]


@st.composite
def files(draw: st.DrawFn) -> list[Annotation]:
    """What one file can state: annotations of different documents that claim the same layers."""
    layers = draw(LAYER_SETS)
    return draw(st.lists(annotations(st.just(layers)), max_size=4, unique_by=lambda a: a.doc_id))


@given(files())
def test_annotations_that_were_written_are_read_back_equal(written: list[Annotation]) -> None:
    rows, faults = parse_rows("p.jsonl", dumps(written))
    assert faults == ()
    assert [row.annotation for row in rows] == written


@given(annotations(), annotations())
def test_what_one_file_cannot_state_is_not_written(a: Annotation, b: Annotation) -> None:
    if a.doc_id != b.doc_id and a.layers == b.layers:
        return
    with pytest.raises(ValueError, match=r"a file (holds one per document|claims the same layers throughout)"):
        dumps([a, b])


def test_what_is_no_json_is_not_written() -> None:
    mention = Mention("m1", Span(0, 3), "PER", meta={"logit": float("inf")})
    with pytest.raises(ValueError, match=r"^d1: .*meta and scores must be plain JSON"):
        dumps([Annotation("d1", mentions=(mention,))])


def test_only_doc_id_spans_and_types_are_required() -> None:
    (a,), faults = parse({"doc_id": "d1", "mentions": [{"start": 0, "end": 3, "type": "PER"}]})
    assert faults == []
    assert a.layers == ("mentions",)
    assert a.mentions[0].span == Span(0, 3)


def test_an_id_that_is_not_given_is_made_up_without_clashing() -> None:
    mentions = [{"start": 0, "end": 3, "type": "PER"}, {"id": "m1", "start": 4, "end": 7, "type": "PER"}]
    (a,), _ = parse({"doc_id": "d1", "mentions": mentions})
    assert [m.id for m in a.mentions] == ["m2", "m1"]


def test_an_id_that_is_made_up_is_none_that_a_reference_names() -> None:
    mentions = [{"start": 0, "end": 3, "type": "PER"}, {"start": 4, "end": 7, "type": "PER"}]
    relation = {"type": "TIES", "head": "m1", "tail": "m2"}
    (a,), _ = parse({"doc_id": "d1", "mentions": mentions, "relations": [relation]})
    assert [m.id for m in a.mentions] == ["m3", "m4"]


def test_a_text_says_which_version_the_offsets_are_of() -> None:
    (a,), _ = parse({"doc_id": "d1", "text": "Ann", "mentions": []})
    assert a.text_sha256 == text_sha256("Ann")


def test_score_and_meta_are_kept() -> None:
    item = {"id": "m1", "start": 0, "end": 3, "type": "PER", "score": 0.5, "meta": {"logits": [1, 2]}}
    (a,), _ = parse({"doc_id": "d1", "mentions": [item]})
    assert json.loads(dumps([a]))["mentions"] == [item]


def test_triggers_without_arguments_claim_no_arguments() -> None:
    event = {"start": 0, "end": 3, "type": "CONSULT"}
    (a, b), faults = parse({"doc_id": "d1", "events": [event]}, {"doc_id": "d2", "events": []})
    assert faults == []
    assert a.layers == b.layers == ("events",)


def test_no_events_at_all_claims_that_no_arguments_were_found() -> None:
    (a,), _ = parse({"doc_id": "d1", "events": []})
    assert a.layers == ("events", "arguments")


def test_layers_narrows_what_is_scored() -> None:
    (a,), faults = parse({"doc_id": "d1", "mentions": [], "events": [], "layers": ["events"]})
    assert faults == []
    assert a.layers == ("events",)


def test_every_fault_of_a_file_is_reported_at_once() -> None:
    _, faults = parse(
        {
            "doc_id": "d1",
            "eventz": [],
            "mentions": [{"start": "0", "end": 3.0, "type": "PER"}, {"start": 5, "end": 3, "type": "PER"}, 7],
            "relations": [{"type": "TIES", "head": "m1"}],
        },
        '{"doc_id": "d2", "mentions": [',
        {"mentions": []},
    )
    assert [f.split(": ")[0] for f in faults] == ["p.jsonl:1"] * 6 + ["p.jsonl:2:31", "p.jsonl:3", "p.jsonl:3"]
    joined = "\n".join(faults)
    for complaint in (
        "unknown key 'eventz'; did you mean events?",
        "$.mentions[0].start: expected an integer, got '0'",
        "$.mentions[0].end: expected an integer, got 3.0",
        "$.mentions[1]: start 5 is not before end 3",
        "$.mentions[2]: expected an object, got 7",
        "$.relations[0]: the key tail is missing",
        "the key doc_id is missing",
        "no relations here, but p.jsonl:1 has them",
    ):
        assert complaint in joined


def test_a_row_without_a_document_is_read_to_its_end() -> None:
    rows, faults = parse_rows("p", '{"eventz": [], "mentions": [{"start": "0", "end": 3, "type": "PER"}]}')
    assert [f.id for f in faults] == ["unknown-key", "missing-key", "wrong-type"]
    assert rows[0].annotation.doc_id == ""


def test_a_damaged_first_line_hides_no_other_fault() -> None:
    _, faults = parse('{"doc_id": "d1", "mentions": [', {"doc_id": "d2", "eventz": []}, {"doc_id": "d3", "mentions": 1})
    assert [f.split(": ")[0] for f in faults] == ["p.jsonl:1:31", "p.jsonl:2", "p.jsonl:3", "p.jsonl:2"]


def test_an_object_over_several_lines_is_one_fault_whole_or_cut_off() -> None:
    spread = json.dumps({"doc_id": "d1", "mentions": [{"start": 0, "end": 3, "type": "PER"}]}, indent=1)
    assert parse(spread)[1] == [
        "p.jsonl: one JSON value over several lines; write one object per document, each on one line [invalid-json]"
    ]
    (fault,) = parse(spread[:-4])[1]
    assert fault.startswith("p.jsonl:9:1: ")


def test_a_message_does_not_grow_with_what_it_is_about() -> None:
    long = "y" * 100_000
    item = {"id": long, "start": long, "end": 3, "type": "PER", long: 1}
    rows = ({"doc_id": long, long: [], "layers": [long], "mentions": [item], "text_sha256": long, "text": "Ann"}, [long])
    for rows_ in (rows, ({"doc_id": "d1", "mentions": [{"text": long, "type": "PER"}]},), (f'{{"{long}": 1, "{long}": 2}}',)):
        faults = parse(*rows_)[1]
        assert faults
        assert max(map(len, faults)) < 400


def test_faults_of_many_rows_are_found_in_time_that_grows_with_the_rows() -> None:
    def seconds(rows: int) -> float:
        content = '{"doc_id": "d"}\n' * rows + '{"doc_id": "e", "mentions": []}\n'
        begun = time.process_time()
        assert len(parse_rows("p", content)[1]) == 2 * rows - 1
        return time.process_time() - begun

    assert min(seconds(8_000) for _ in range(2)) < 8 * min(seconds(2_000) for _ in range(2))


def test_a_key_given_twice_among_many_is_found_soon() -> None:
    keys = ", ".join(f'"k{n}": 1' for n in [*range(30_000), 0])
    begun = time.process_time()
    assert "the key k0 more than once" in parse(f"{{{keys}}}")[1][0]
    assert time.process_time() - begun < 3


def test_of_many_names_the_nearest_is_found_and_few_are_listed() -> None:
    known = [f"doc-{n:05}" for n in range(20_000)]
    assert nearest("DOC-12345x", known) == "did you mean doc-12345?"
    assert nearest("quite-another", known).endswith("doc-00008, doc-00009 and 19990 more")


@pytest.mark.parametrize(
    ("key", "value"),
    [("start", True), ("start", None), ("type", 3), ("score", 1.5), ("score", "1"), ("meta", []), ("kind", ["NAM"])],
)
def test_no_value_is_coerced(key: str, value: object) -> None:
    _, faults = parse({"doc_id": "d1", "mentions": [{"start": 0, "end": 3, "type": "PER"} | {key: value}]})
    assert len(faults) == 1
    assert f"$.mentions[0]{'.' + key if value is not None else ''}: " in faults[0]


@pytest.mark.parametrize(
    "row",
    ['{"doc_id": "d1", "doc_id": "d2"}', '{"doc_id": "d1", "mentions": [NaN]}', '{"doc_id": "\\ud800"}', "[1]", "3", "-1e999"],
)
def test_what_json_leaves_open_is_refused(row: str) -> None:
    assert len(parse(row)[1]) == 1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('{"doc_id": "d1", "doc_id": "d2"}', "the key doc_id more than once; give a key once in an object"),
        ('{"doc_id": NaN}', "NaN is not JSON; write a number, or leave the key out"),
        ('{"doc_id": -1e999}', "-1e999 is too large a number; numbers go up to 1.7e308"),
        (f'{{"doc_id": -{"1" * 5000}}}', "a number has 5,000 digits, more than 640; write so long a number as a string"),
        ('{"doc_id": "\\ud800"}', "half a character, \\ud800, stands after '{\"doc_id\": \"'; write the character itself"),
        ('\ufeff{"doc_id": "d1"}', "a byte order mark stands before the JSON; take it out"),
    ],
)
def test_what_is_refused_is_told_with_what_to_do(row: str, said: str) -> None:
    [fault] = parse_rows("p.jsonl", f'{{"doc_id": "d9", "mentions": []}}\n{row}')[1]
    assert str(fault).startswith("p.jsonl:2: ")
    assert said in str(fault)


@pytest.mark.parametrize("digits", [640, 641])
def test_a_number_may_have_640_digits(digits: int) -> None:
    _, fault = decode("p.jsonl", "1" * digits)
    assert (fault is None) == (digits == 640)


def test_a_null_list_is_not_an_empty_one() -> None:
    assert "expected a list, got null" in parse({"doc_id": "d1", "mentions": None})[1][0]


def test_the_hash_must_be_that_of_the_text() -> None:
    _, faults = parse({"doc_id": "d1", "text": "Ann", "text_sha256": "0" * 64})
    assert "text-differs" in faults[0]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nothing\.jsonl.*unreadable-file"):
        read_annotations(tmp_path / "nothing.jsonl")


def test_line_ends_inside_texts_survive(tmp_path: Path) -> None:
    text = "Ann\r\nmet\u2028Bob"
    write_annotations(tmp_path / "p.jsonl", [Annotation("d1", LAYERS)], {"d1": text})
    rows, faults = parse_rows("p", (tmp_path / "p.jsonl").read_bytes().decode())
    assert (rows[0].text, faults) == (text, ())


def test_of_a_link_the_file_that_it_names_is_written(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("target")
    for content in ("new", "newer"):
        write_text(tmp_path / "link", content)
        assert (tmp_path / "link").readlink() == Path("target")
        assert (tmp_path / "target").read_text() == content


def test_a_pipe_is_written_through(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write_text(tmp_path / "pipe", "through")
    assert os.read(reader, 99) == b"through"
    os.close(reader)
    assert (tmp_path / "pipe").is_fifo()


def test_an_interrupted_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "p.jsonl"
    write_text(path, "old")

    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_text(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
