"""Label Studio's exports: of any configuration as mentions and relations, of ours in full. The samples are a real server's."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from damage import damaged
from hypothesis import given, settings
from hypothesis import strategies as st
from labelled import TEXT as FULL_TEXT
from labelled import annotation, document, sound

from communique.formats import Converted, Options, Source, Texts, Written, read, size, source_of, write
from communique.formats.detect import detect
from communique.incident import DataError, Incident
from communique.io.documents import document_of
from communique.io.jsonl import Row
from communique.io.labelstudio import is_export, normalised, read_export, to_task
from communique.model import Annotation, Argument, Entity, Event, Instance, Mention, Quote, Relation, Span

SAMPLES = Path(__file__).parent / "formats" / "labelstudio"
ANNOTATIONS = Path(__file__).parents[1] / "annotations"
TEXT = "🎉 Ann met Bob."


def converted(*tasks: Any, group: str | None = None, known: Any = None) -> Converted:
    content = json.dumps(list(tasks)).encode()
    return read("labelstudio", Source("x.json", None, content), Texts(known or {}), Options(group=group))


def refused(*tasks: Any, group: str | None = None) -> tuple[Incident, ...]:
    with pytest.raises(DataError) as caught:
        converted(*tasks, group=group)
    return caught.value.incidents


def sample(name: str, group: str | None = None) -> Converted:
    return read("labelstudio", source_of(SAMPLES / name), Texts({}), Options(group=group))


def task(*result: Any, **more: Any) -> dict[str, Any]:
    return {"id": 1, "data": {"text": TEXT}, "annotations": [{"id": 1, "completed_by": 1, "result": list(result)}], **more}


def region(id_: str | None, start: Any, end: Any, *labels: str, text: str | None = None, **more: Any) -> dict[str, Any]:
    value = {"start": start, "end": end, "labels": list(labels)} | ({} if text is None else {"text": text})
    return {"from_name": "label", "to_name": "text", "type": "labels", "value": value, **({"id": id_} if id_ else {}), **more}


def arrow(head: str, tail: str, *labels: str, direction: Any = "right") -> dict[str, Any]:
    return {"type": "relation", "from_id": head, "to_id": tail, "direction": direction, "labels": list(labels)}


ANN, BOB = region("a", 2, 5, "PER", text="Ann"), region("b", 10, 13, "PER", text="Bob")


def found(result: Converted) -> list[list[tuple[str, str]]]:
    return [[(m.span.of(row.text or ""), m.type) for m in row.annotation.mentions] for row in result.rows]


def arrows(result: Converted) -> list[tuple[str, str, str]]:
    return [(r.head, r.type, r.tail) for row in result.rows for r in row.annotation.relations]


# Configurations that are not ours.


@pytest.mark.parametrize("name", ["export.json", "snapshot.json"])
def test_the_sample_is_recognised_and_an_annotators_work_is_read(name: str) -> None:
    assert detect(source_of(SAMPLES / name))[0] == "labelstudio"
    result = sample(name, "1")
    assert found(result) == [
        [("Ann Lee", "PER"), ("Ann Lee", "ROLE"), ("Acme", "ORG"), ("Bob", "PER"), ("Oslo", "GPE")],
        [("Oslo", "GPE"), ("Bob", "PER")],
    ]
    assert arrows(result) == [("r1", "works for", "r2"), ("r3", "met", "r1"), ("r1", "met", "r3")]
    assert {row.annotation.layers for row in result.rows} == {("mentions", "relations")}
    assert [(item.place, item.what) for item in result.left] == [
        (f"{SAMPLES / name}: $[0]: $.annotations[0].result[4]", 'choices ["Positive"]')
    ]
    assert (result.items, size(row.annotation for row in result.rows)) == (11, 10)


@pytest.mark.parametrize("name", ["export.json", "snapshot.json"])
@pytest.mark.parametrize("group", ["predictions", "ner-1"])
def test_predictions_are_read_with_their_scores_also_where_the_export_has_but_their_numbers(name: str, group: str) -> None:
    result = sample(name, group)
    assert found(result) == [[("Ann Lee", "PER"), ("Acme", "ORG")], [("Eve Roe", "PER")]]
    assert [m.score for row in result.rows for m in row.annotation.mentions] == [0.9, 0.6, 0.8]
    assert {row.annotation.layers for row in result.rows} == {("mentions",)}


def test_several_annotations_of_a_task_are_a_fault_that_names_them() -> None:
    with pytest.raises(DataError) as caught:
        sample("export.json")
    (fault,) = caught.value.incidents
    assert (fault.id, fault.place) == ("several-annotations", f"{SAMPLES / 'export.json'}: $[1]")
    assert "'d2' has 2 annotations: 1, 2; say which with --group" in str(fault)
    with pytest.raises(ValueError, match="nothing by 'eve'; there is: 1, 2, annotations, ner-1, predictions"):
        sample("export.json", "eve")


def test_what_is_not_read_is_told() -> None:
    result = sample("export.json", "2")
    assert found(result) == [[("Eve Roe", "PER")]]
    assert result.notes == ("not read: 2 annotations, 2 predictions, 1 task of which there is nothing to read; see --group",)
    skipped = task(ANN) | {"drafts": [{}], "predictions": [7]}
    skipped["annotations"].append({"was_cancelled": True, "result": [BOB]})
    result = converted(skipped)
    assert found(result) == [[("Ann", "PER")]]
    assert result.notes == (
        "not read: 1 skipped annotation, 1 prediction that is but a number, 1 draft",
    )


def test_the_short_export_is_recognised_and_read_but_for_arrows() -> None:
    assert detect(source_of(SAMPLES / "export_min.json"))[0] == "labelstudio"
    result = sample("export_min.json", "1")
    assert found(result) == found(sample("export.json", "1"))
    assert {row.annotation.layers for row in result.rows} == {("mentions",)}
    with pytest.raises(DataError, match="'d2' has 2 annotations: 2, 1"):
        sample("export_min.json")
    (fault,) = refused({"text": TEXT, "label": [{"start": 2, "end": 99, "text": "Ann", "labels": ["PER"]}]})
    assert (fault.id, fault.place) == ("span-outside-text", "x.json: $[0]: $.label[0]")
    assert [item.what for item in converted({"text": TEXT, "c": {"choices": ["x"]}}).left] == ['choices ["x"]']


def test_whatever_the_short_export_says_of_a_text_is_read_listed_or_told() -> None:
    record = {
        "text": TEXT, "id": 1, "annotator": 1, "lead_time": 2.5,
        "label": [{"start": 2, "end": 5, "text": "Ann", "labels": ["PER"]}],
        "note": [{"start": 2, "end": 5, "text": ["of", "Acme?"]}],
        "stars": [{"rating": 3}],
        "page": [{"startOffset": 0, "endOffset": 3, "start": "/p[1]", "end": "/p[1]", "hypertextlabels": ["PER"]}],
        "sentiment": "good", "hints": ["unsure", "late"],
    }  # fmt: skip
    result = converted(record)
    assert found(result) == [[("Ann", "PER")]]
    assert [(left.place, left.what) for left in result.left] == [
        ("x.json: $[0]: $.note[0]", 'textarea ["of", "Acme?"]'),
        ("x.json: $[0]: $.stars[0]", "rating 3"),
        ("x.json: $[0]: $.page[0]", "hypertextlabels 'PER'"),
    ]
    assert result.notes == ("not read: 1 value under 'sentiment', 1 value under 'hints'",)
    again = {"text": "Bob left.", "sentiment": "bad"}
    assert converted(record, again).notes == ("not read: 2 values under 'sentiment', 1 value under 'hints'",)


def test_the_text_of_a_task_that_no_name_points_at_is_its_longest_string() -> None:
    regions = [{**ANN, "to_name": "shown"}]
    data = {"source": "wire", "content": TEXT, "date": "2019-05-01"}
    assert found(converted({**task(*regions), "data": data})) == [[("Ann", "PER")]]


def test_a_task_without_annotations_has_its_prediction() -> None:
    prediction = {"model_version": "v", "score": 0.5, "result": [region(None, 2, 5, "PER", score=0.5)]}
    result = converted({"data": {"text": TEXT}, "predictions": [prediction]})
    (mention,) = result.rows[0].annotation.mentions
    assert (mention.id, mention.score) == ("m1", 0.5)


def test_an_arrow_is_read_in_its_direction() -> None:
    for direction, wanted in (
        ("right", [("a", "x", "b")]),
        ("left", [("b", "x", "a")]),
        ("bi", [("a", "x", "b"), ("b", "x", "a")]),
    ):
        assert arrows(converted(task(ANN, BOB, arrow("a", "b", "x", direction=direction)))) == wanted
    assert arrows(converted(task(ANN, BOB, arrow("a", "b", "x", "y")))) == [("a", "x", "b"), ("a", "y", "b")]


def test_offsets_in_utf_16_units_are_told_by_the_words_of_all_regions() -> None:
    units = [region("a", 3, 6, "PER", text="Ann"), region("b", 11, 14, "PER", text="Bob")]
    result = converted(task(*units))
    assert found(result) == [[("Ann", "PER"), ("Bob", "PER")]]
    assert result.notes == ("2 regions of x.json counted in UTF-16 units, as the words show, and read so",)
    # One in units beside one in code points: the file is damaged, and the fault says which fits.
    (fault,) = refused(task(units[0], BOB))
    assert (fault.id, fault.place) == ("text-differs", "x.json: $[0]: $.annotations[0].result[0].value")
    assert "they fit in UTF-16 units" in fault.hint


def test_words_that_stand_at_both_places_are_read_as_the_rest_of_the_result() -> None:
    regions = region("a", 3, 4, "X", text="x"), region("b", 7, 10, "PER", text="Bob")
    made = task(*regions) | {"data": {"text": "🎉 xxx Bob"}}
    assert [m.span.start for m in converted(made).rows[0].annotation.mentions] == [2, 6]
    made = task(regions[0]) | {"data": {"text": "🎉 xxx Bob"}}
    assert [m.span.start for m in converted(made).rows[0].annotation.mentions] == [3]


def test_a_line_break_in_the_words_is_a_backslash_and_an_n() -> None:
    made = {"data": {"text": "Ann\nLee"}, "annotations": [{"result": [region("a", 0, 7, "PER", text="Ann\\nLee")]}]}
    assert found(converted(made)) == [[("Ann\nLee", "PER")]]


def test_what_is_no_span_of_the_text_is_listed_with_what_hangs_on_it() -> None:
    page = region("h", "/div[1]/text()[1]", "/div[1]/text()[1]", "PER") | {"type": "hypertextlabels"}
    page["value"] = {"start": "/p", "end": "/p", "startOffset": 0, "endOffset": 3, "hypertextlabels": ["PER", "ORG"]}
    result = converted(
        task(
            ANN,
            page,
            {"type": "labels", "value": {"start": "0", "end": "0", "startOffset": 1, "endOffset": 3, "labels": ["X"]}},
            region("n", 2, 5),
            {"id": "a", "type": "textarea", "value": {"start": 2, "end": 5, "text": ["note"]}, "to_name": "text"},
            {"id": "r", "type": "rating", "value": {"rating": 4}, "to_name": "text"},
            arrow("a", "h", "x"),
            arrow("a", "a"),
        )
    )
    assert found(result) == [[("Ann", "PER")]]
    assert [(item.place.rpartition(".")[2], item.what, item.why) for item in result.left] == [
        ("result[1]", "hypertextlabels 'PER'", "regions of hypertextlabels are of no plain text"),
        ("result[1]", "hypertextlabels 'ORG'", "regions of hypertextlabels are of no plain text"),
        ("result[2]", "labels 'X'", "its offsets are of the parts of a page or a dialogue, not of one text"),
        ("result[3]", "a region", "it has no label"),
        ("result[4]", 'textarea ["note"]', "it is an attribute of a region"),
        ("result[5]", "rating 4", "it is of the whole text"),
        ("result[6]", "the relation x", "it hangs on a region that is left out"),
        ("result[7]", "an arrow", "it has no label"),
    ]
    assert result.items == 9


def test_of_two_texts_one_is_read_and_the_regions_of_the_other_are_left() -> None:
    regions = [region("a", 0, 3, "PER", text="Ann") | {"to_name": "text"}, region("b", 0, 3, "X") | {"to_name": "title2"}]
    result = converted({"data": {"title2": "Bob", "text": "Ann"}, "annotations": [{"result": regions}]})
    assert found(result) == [[("Ann", "PER")]]
    assert [item.why for item in result.left] == ["it is of 'title2', not of 'text'"]


def test_a_text_under_another_name_is_found() -> None:
    named = {"data": {"doc_id": "d1", "body": "Ann left."}, "annotations": [{"result": [region("a", 0, 3, "PER", text="Ann")]}]}
    assert found(converted(named)) == [[("Ann", "PER")]]
    assert converted(named).rows[0].annotation.doc_id == "d1"


def test_regions_may_lack_ids_and_notes_on_them_are_kept() -> None:
    result = converted(task(region(None, 2, 5, "PER", "ORG", meta={"text": ["sure?"]}), region("m1", 10, 13, "PER")))
    mentions = result.rows[0].annotation.mentions
    assert len({m.id for m in mentions}) == 3
    assert mentions[2].id == "m1"
    assert mentions[0].meta == {"meta": {"text": ["sure?"]}}


def test_every_fault_is_told_at_once_with_place_and_path() -> None:
    faults = refused(
        5,
        {"data": 5, "annotations": []},
        {"data": {}, "annotations": []},
        {"data": {"text": 5}, "annotations": []},
        {"data": {"text": "a"}, "annotations": {}},
        {"data": {"text": "b"}, "annotations": [5, {"result": None}]},
        {"other": 1},
        task(
            7, region("a", 2, 99, "PER"), region("b", 5, 2, "PER"), region("c", "2", 5, "PER"),
            region("d", 2, 5, "PER", score=2), {"id": "e", "value": {}},
            {"id": "f", "type": "labels", "value": {"labels": "PER"}},
            arrow("a", "b", "x", direction="up"), {"type": "relation", "from_id": 5, "labels": "x"},
        ),
        task(ANN, arrow("a", "nobody", "x")) | {"data": {"text": TEXT + " "}},
    )  # fmt: skip
    assert [(i.id, i.place.removeprefix("x.json: ")) for i in faults] == [
        ("wrong-type", "$[0]: $"),
        ("wrong-type", "$[1]: $.data"),
        ("missing-key", "$[2]: $.data"),
        ("wrong-type", "$[3]: $.data.text"),
        ("wrong-type", "$[4]: $.annotations"),
        ("wrong-type", "$[5]: $.annotations[0]"),
        ("wrong-type", "$[5]: $.annotations[1].result"),
        ("missing-key", "$[6]: $"),
        ("wrong-type", "$[7]: $.annotations[0].result[0]"),
        ("wrong-type", "$[7]: $.annotations[0].result[3].value.start"),
        ("wrong-type", "$[7]: $.annotations[0].result[4].score"),
        ("missing-key", "$[7]: $.annotations[0].result[5]"),
        ("wrong-type", "$[7]: $.annotations[0].result[6].value.labels"),
        ("span-outside-text", "$[7]: $.annotations[0].result[1]"),
        ("empty-span", "$[7]: $.annotations[0].result[2]"),
        ("wrong-type", "$[7]: $.annotations[0].result[7].direction"),
        ("wrong-type", "$[7]: $.annotations[0].result[8].from_id"),
        ("missing-key", "$[7]: $.annotations[0].result[8]"),
        ("wrong-type", "$[7]: $.annotations[0].result[8].labels"),
        ("dangling-id", "$[8]: $.annotations[0].result[1].to_id"),
    ]


@settings(max_examples=120)
@given(
    st.sampled_from(("export.json", "snapshot.json", "export_min.json")).flatmap(
        lambda name: damaged(json.loads((SAMPLES / name).read_text(encoding="utf-8")))
    ),
    st.sampled_from((None, "1", "predictions")),
)
def test_a_damaged_sample_is_read_or_refused_but_never_fails(tasks: Any, group: str | None) -> None:
    try:
        result = converted(*tasks, group=group)
    except ValueError:  # DataError too; the other says that there is nothing by that name
        return
    assert all(m.span.end <= len(row.text or "") for row in result.rows for m in row.annotation.mentions)


# Our own configuration.


def ours(annotation_: Annotation) -> dict[str, Any]:
    return to_task(document("d1"), annotation_)


def test_an_export_of_our_configuration_is_read_in_full() -> None:
    given_ = annotation("d1")
    result = converted(ours(given_))
    (row,) = result.rows
    assert row.annotation == normalised(replace(given_, text_sha256=row.annotation.text_sha256))
    assert result.items == size([row.annotation])
    assert result.left == ()
    assert row.text == FULL_TEXT


def test_layers_that_are_not_claimed_stay_so_and_an_empty_annotation_claims_its_own() -> None:
    some = replace(sound("d1"), layers=("mentions", "events"))
    assert converted(ours(some)).rows[0].annotation.layers == ("mentions", "events")
    empty = converted(ours(Annotation("d1"))).rows[0].annotation
    assert set(empty.layers) == set(Annotation("d1").layers)
    (fault,) = refused(ours(sound("d1")) | {"meta": {"layers": "mentions nothing"}})
    assert (fault.id, fault.place) == ("unknown-layer", "x.json: $[0]: $.meta.layers")


def test_another_configuration_may_have_a_tag_of_a_name_of_ours() -> None:
    other = task(region("a", 2, 5, "NOBODY", text="Ann") | {"from_name": "mention"})
    assert found(converted(other)) == [[("Ann", "NOBODY")]]


def test_a_fault_of_our_configuration_names_the_task() -> None:
    made = ours(sound("d1"))
    made["annotations"][0]["result"][0]["value"]["labels"] = ["NOBODY"]
    assert [(i.id, i.place) for i in refused(made)] == [("unknown-label", "x.json: $[0]: d1#m1")]


def test_every_published_annotation_is_read_as_it_is_by_the_reader_of_exports() -> None:
    contents = {path: path.read_text(encoding="utf-8") for path in sorted(ANNOTATIONS.glob("*/*.json"))}
    exports = {path: content for path, content in contents.items() if is_export(content)}
    assert len({path.parent.name for path in exports}) > 2
    for path, content in exports.items():
        data = json.loads(content)["data"]
        known = {data["doc_id"]: document_of(data["doc_id"], data["text"])}
        result = read("labelstudio", source_of(path), Texts(known))
        assert [row.annotation for row in result.rows] == list(read_export(content, known)), path
        assert result.left == ()


def written(*annotations: Annotation) -> Written:
    return write("labelstudio", [Row(a.doc_id, a) for a in annotations], {a.doc_id: document(a.doc_id) for a in annotations})


def test_what_is_written_comes_back() -> None:
    given_ = [annotation("d1"), sound("d2")]
    out = written(*given_)
    assert out.left == ()
    result = converted(*json.loads(out.files[""]))
    assert [replace(row.annotation, text_sha256=None) for row in result.rows] == [normalised(a) for a in given_]
    assert detect(Source("x.json", None, out.files[""]))[0] == "labelstudio"


@given(st.data())
def test_whatever_part_of_an_annotation_is_written_comes_back(data: st.DataObject) -> None:
    whole = annotation("d1")
    mentions = data.draw(st.lists(st.sampled_from(whole.mentions), unique_by=lambda m: m.id))
    events = data.draw(st.lists(st.sampled_from(whole.events), unique_by=lambda v: v.id))
    held, told = {m.id for m in mentions}, {v.id for v in events}
    part = replace(
        whole,
        mentions=tuple(mentions),
        entities=tuple(replace(e, mentions=tuple(m for m in e.mentions if m in held)) for e in whole.entities),
        events=tuple(replace(v, arguments=tuple(x for x in v.arguments if x.mention in held)) for v in events),
        instances=tuple(i for i in whole.instances if set(i.events) <= told),
        relations=tuple(r for r in whole.relations if {r.head, r.tail} <= held),
        event_relations=tuple(r for r in whole.event_relations if {r.head, r.tail} <= told),
    )
    out = written(part)
    (row,) = converted(*json.loads(out.files[""])).rows
    assert replace(row.annotation, text_sha256=None) == normalised(part)
    assert size([row.annotation]) == size([part])


def test_what_label_studio_has_no_place_for_is_listed() -> None:
    lost = Span.nowhere(0, Quote("Eve", "unaligned"))
    made = Annotation(
        "d1",
        mentions=(
            Mention("m1", Span(2, 5), "PER", "NAM", score=0.5, meta={"a": 1}), Mention("m2", lost, "PER"),
            Mention("m3", Span(9, 13, Quote("ACME", "normalised")), "ORG"),
        ),
        entities=(Entity("e1", "PER", ("m1", "m2")),),
        events=(
            Event("v1", Span(20, 23), "CONSULT", arguments=(Argument("ACTOR", "m2"), Argument("ACTOR", "m1", score=0.5))),
            Event("v2", Span.nowhere(1), "CONSULT", arguments=(Argument("ACTOR", "m1"),)),
        ),
        instances=(Instance("i1", ("v1", "v2")), Instance("i2", ("v2",))),
        relations=(Relation("r1", "TIES", "m1", "m2"),),
    )  # fmt: skip
    out = written(made)
    assert [(item.place, item.what) for item in out.left] == [
        ("d1#m2", "the mention PER"), ("d1#v2", "the event CONSULT"), ("d1#v1", "the argument ACTOR"),
        ("d1#v2", "the argument ACTOR"), ("d1#r1", "the relation TIES"), ("d1#i2", "the instance"),
        ("d1", "score of 1 mention"), ("d1", "meta of 1 mention"), ("d1", "the quoted words of 1 mention"),
        ("d1", "score or meta of 1 argument"),
    ]  # fmt: skip
    (row,) = converted(*json.loads(out.files[""])).rows
    assert size([made]) == size([row.annotation]) + sum("#" in item.place for item in out.left)


def test_what_the_editor_would_choke_on_is_refused_for_every_document_at_once() -> None:
    made = [Annotation(doc_id, mentions=(Mention("m1", Span(2, 5), "NOBODY"),)) for doc_id in ("d1", "d2")]
    with pytest.raises(DataError) as caught:
        written(*made)
    assert [(i.id, i.place) for i in caught.value.incidents] == [("unknown-label", "d1#m1"), ("unknown-label", "d2#m1")]


@settings(max_examples=80)
@given(damaged(copy.deepcopy(to_task(document("d1"), sound("d1")))))
def test_a_damaged_export_of_ours_is_read_or_refused_but_never_fails(made: Any) -> None:
    try:
        converted(made)
    except DataError:
        return
