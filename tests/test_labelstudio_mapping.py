"""Annotations to Label Studio results and back, without a server."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from label_studio_sdk.label_interface import LabelInterface
from labelled import TEXT, annotation, at, document

from communique.incident import DataError
from communique.io.labelconfig import label_config
from communique.io.labelstudio import (
    export_bytes,
    from_result,
    is_export,
    normalised,
    read_export,
    strip_export,
    to_result,
    to_task,
)
from communique.model import (
    LAYERS,
    Annotation,
    Argument,
    Document,
    Entity,
    Event,
    EventRelation,
    Instance,
    Mention,
    Relation,
    Span,
)
from communique.ontology import default_ontology

DOC = document("d1")
FULL = annotation("d1")
ONTOLOGY = default_ontology()
KNOWN = {"d1": DOC}


def ids_of(fault: pytest.ExceptionInfo[DataError]) -> list[str]:
    return [incident.id for incident in fault.value.incidents]


def same(a: Annotation, b: Annotation) -> bool:
    return normalised(replace(a, text_sha256=DOC.text_sha256)) == normalised(b)


# The labelling configuration.


def test_label_studio_finds_the_labelling_config_valid():
    LabelInterface(label_config(ONTOLOGY)).validate()


def test_the_committed_labelling_config_is_what_the_ontology_gives():
    committed = Path(__file__).parents[1] / "annotations" / "label_config.xml"
    assert committed.read_text(encoding="utf-8") == label_config(ONTOLOGY), "rebuild it: communique build"


def test_every_label_of_the_interface_is_one_of_the_ontology_and_the_reverse():
    interface = LabelInterface(label_config(ONTOLOGY))
    labels = {name: set(control.labels) for name, control in ((c.name, c) for c in interface.controls)}
    assert labels["mention"] == set(ONTOLOGY.mentions)
    assert labels["trigger"] == set(ONTOLOGY.events)
    assert labels["link"] == set(ONTOLOGY.event_relations)
    assert labels["kind"] == set(ONTOLOGY.kinds)
    assert labels["realis"] == set(ONTOLOGY.realis)
    assert labels["polarity"] == set(ONTOLOGY.polarity)


def test_no_two_labels_share_a_colour_and_no_two_controls_a_key():
    interface = LabelInterface(label_config(ONTOLOGY))
    labels = [label for c in interface.controls for label in c.labels_attrs.values()]
    colours = [label.attr["background"] for label in labels if "background" in label.attr]
    keys = [label.attr["hotkey"] for label in labels if "hotkey" in label.attr]
    assert len(set(colours)) == len(colours) == len(ONTOLOGY.mentions) + len(ONTOLOGY.events) + len(ONTOLOGY.event_relations)
    assert len(set(keys)) == len(keys) == len(labels)
    assert "u" not in keys, "the editor unselects with it"


@pytest.mark.parametrize("end", ["HEAD", "TAIL"])
def test_a_role_named_like_the_end_of_a_link_is_refused(end):
    with pytest.raises(ValueError, match=end):
        label_config(replace(ONTOLOGY, roles={**ONTOLOGY.roles, end: ""}))


# The way there and back.


def test_everything_comes_back():
    assert same(FULL, from_result(DOC, to_result(TEXT, FULL)))


def test_ids_of_mentions_entities_events_and_instances_stay():
    back = from_result(DOC, to_result(TEXT, FULL))
    for layer in ("mentions", "entities", "events", "instances"):
        assert {item.id for item in getattr(back, layer)} == {item.id for item in getattr(FULL, layer)}


def test_score_and_meta_are_not_carried():
    scored = replace(FULL, mentions=tuple(replace(m, score=0.5, meta={"by": "x"}) for m in FULL.mentions))
    assert to_result(TEXT, scored) == to_result(TEXT, FULL)


def test_the_order_of_items_changes_nothing():
    backwards = replace(FULL, **{layer: getattr(FULL, layer)[::-1] for layer in LAYERS if layer != "arguments"})
    assert to_result(TEXT, backwards) == to_result(TEXT, FULL)


def test_one_arrow_leads_from_a_region_to_another_whatever_it_says():
    arrows = [(i["from_id"], i["to_id"]) for i in to_result(TEXT, FULL) if i["type"] == "relation"]
    assert len(set(arrows)) == len(arrows)


def test_the_empty_annotation_comes_back():
    assert to_result(TEXT, Annotation("d1")) == []
    assert same(Annotation("d1"), from_result(DOC, []))


def test_an_extent_may_run_over_a_line_break_that_its_phrase_has_not():
    phrase = next(i for i in to_result(TEXT, FULL) if i.get("from_name") == "extent")["value"]["text"]
    assert phrase == ["Bob” of the two superpowers"]


WORDS = st.sampled_from(["Ann", "🎉", "the", "talks", "x", "–", "👩‍👧", "a.b", "“Bob”", "(*"])
GAPS = st.sampled_from([" ", "\r\n", "\u00a0", "  ", "\n", ""])


@st.composite
def labelled(draw: st.DrawFn) -> tuple[Document, Annotation]:
    text = "".join(w + g for w, g in draw(st.lists(st.tuples(WORDS, GAPS), min_size=1, max_size=12)))

    def some(prefix: str, most: int) -> list[str]:
        return [f"{prefix}{n}" for n in range(draw(st.integers(0, most)))]

    def one_of(names, optional: bool = False):
        return draw(st.sampled_from([*names, *([None] if optional else [])]))

    def span() -> Span:
        start = draw(st.integers(0, len(text) - 1))
        found = Span(start, draw(st.integers(start + 1, len(text))))
        return found if found.of(text).strip() else Span(0, len(text))

    def extent(head: Span) -> Span | None:
        wide = Span(draw(st.integers(0, head.start)), draw(st.integers(head.end, len(text))))
        return wide if draw(st.booleans()) and wide.of(text) == wide.of(text).strip() else None

    def clusters(prefix: str, ids: list[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for id_ in ids:
            if name := one_of([f"{prefix}1", f"{prefix}2"], optional=True):
                found.setdefault(name, []).append(id_)
        return found

    def pairs(labels, heads, tails) -> list[tuple[str, str, str]]:
        if not heads or not tails:
            return []
        triple = st.tuples(st.sampled_from(list(labels)), st.sampled_from(heads), st.sampled_from(tails))
        return [t for t in draw(st.lists(triple, max_size=5, unique=True)) if t[1] != t[2]]

    mentions = []
    for id_ in some("m", 6):
        head = span()
        value = draw(st.sampled_from([None, "2023-07", "P1D"]))
        kind = one_of(ONTOLOGY.kinds, optional=True)
        mentions.append(Mention(id_, head, one_of(ONTOLOGY.mentions), kind, extent(head), value))
    fillers = [m.id for m in mentions]
    triggers = some("v", 5)
    roles = pairs(ONTOLOGY.roles, triggers, fillers)
    names = st.one_of(st.none(), st.text("aZ é\"'<&>{}\\漢🎉", min_size=1).filter(lambda s: s == s.strip()))
    entities = clusters("e", fillers)
    evidence = st.integers(1, 3)
    return Document("d1", text, "sha"), Annotation(
        "d1",
        mentions=tuple(mentions),
        entities=tuple(
            Entity(e, one_of(ONTOLOGY.mentions), tuple(ids), draw(names), one_of(["Q1"], True), tuple(entities.keys() - {e}))
            for e, ids in entities.items()
        ),
        events=tuple(
            Event(
                v,
                span(),
                one_of(ONTOLOGY.events),
                one_of(ONTOLOGY.realis, optional=True),
                one_of(ONTOLOGY.polarity, optional=True),
                tuple(Argument(role, filler) for role, trigger, filler in roles if trigger == v),
            )
            for v in triggers
        ),
        instances=tuple(Instance(i, tuple(ids)) for i, ids in clusters("i", triggers).items()),
        relations=tuple(Relation(f"r{n}", *r) for n, r in enumerate(pairs(ONTOLOGY.relations, fillers, fillers))),
        event_relations=tuple(
            EventRelation(f"x{n}", *r, tuple(span() for _ in range(draw(evidence))))
            for n, r in enumerate(pairs(ONTOLOGY.event_relations, triggers, triggers))
        ),
        text_sha256="sha",
    )


@given(labelled())
def test_what_is_not_refused_comes_back(pair):
    """Refused is only an extent whose words fit round its head in two ways, as "x x x" round the second x."""
    doc, given_ = pair
    refused = None
    try:
        result = to_result(doc.text, given_)
    except DataError as fault:
        refused = fault
    else:
        assert from_result(doc, json.loads(json.dumps(result))) == normalised(given_)
    assert all(i.id == "unusable-extent" and "ways" in i.message for i in (refused.incidents if refused else ()))


@given(labelled())
def test_normalising_twice_changes_nothing(pair):
    assert normalised(normalised(pair[1])) == normalised(pair[1])


# What cannot go there is refused, each kind by its name.

M1, M2 = Mention("m1", at("Ann"), "PER"), Mention("m2", at("Bob"), "PER")
V1, V2 = Event("v1", at("met"), "CONSULT"), Event("v2", at("mend"), "IMPROVE")

REFUSED = {
    "duplicate-id": Annotation("d1", mentions=(M1,), events=(replace(V1, id="m1"),)),
    "unusable-id": Annotation("d1", mentions=(replace(M1, id="m 1"),)),
    "dangling-id": Annotation("d1", mentions=(M1,), relations=(Relation("r1", "TIES", "m1", "m9"),)),
    "two-clusters": Annotation("d1", mentions=(M1,), entities=(Entity("e1", "PER", ("m1",)), Entity("e2", "PER", ("m1",)))),
    "empty-cluster": Annotation("d1", instances=(Instance("i1", ()),)),
    "unknown-label": Annotation("d1", mentions=(replace(M1, type="PERSON"),)),
    "span-outside-text": Annotation("d1", mentions=(replace(M1, span=Span(0, 9000)),)),
    "blank-span": Annotation("d1", mentions=(replace(M1, span=at("\r\n")),)),
    "duplicate-arrow": Annotation(
        "d1", mentions=(M1,), events=(replace(V1, arguments=(Argument("ACTOR", "m1"), Argument("ACTOR", "m1"))),)
    ),
    "relation-to-itself": Annotation("d1", mentions=(M1,), relations=(Relation("r1", "TIES", "m1", "m1"),)),
    "evidence-missing": Annotation("d1", events=(V1, V2), event_relations=(EventRelation("x1", "CAUSE", "v1", "v2"),)),
    "unusable-field": Annotation("d1", entities=(Entity("e1", "PER", (), "Ann | Bob"),)),
    "unusable-extent": Annotation("d1", mentions=(replace(M1, extent=at("Bob")),)),
}


@pytest.mark.parametrize("id_", REFUSED)
def test_what_the_editor_would_lose_is_refused(id_):
    with pytest.raises(DataError) as fault:
        to_result(TEXT, REFUSED[id_])
    assert ids_of(fault) == [id_]


@pytest.mark.parametrize("name", ["", " Ann", "Ann\nLee", "Ann\u2028Lee"])
def test_a_name_that_does_not_fit_in_a_line_is_refused(name):
    with pytest.raises(DataError) as fault:
        to_result(TEXT, Annotation("d1", entities=(Entity("e1", "PER", (), name),)))
    assert ids_of(fault) == ["unusable-field"]


def test_an_extent_whose_words_fit_in_two_ways_is_refused():
    twice = Annotation("d1", mentions=(Mention("m1", Span(6, 7), "PER", "NOM", Span(0, 7)),))
    with pytest.raises(DataError, match=r"stands round 'X' in 2 ways: \[0, 7\) and \[6, 13\)"):
        to_result("X and X and X", twice)


def test_all_faults_are_told_at_once():
    with pytest.raises(DataError) as fault:
        to_result(TEXT, replace(REFUSED["unknown-label"], mentions=(replace(M1, type="X"), replace(M2, type="Y", kind="Z"))))
    assert ids_of(fault) == ["unknown-label"] * 3


# What comes back faulty is refused, each kind by its name.


def region(id_: str, tag: str, span: Span, label: str, text: str | None = None) -> dict:
    value = {"start": span.start, "end": span.end, "text": text or span.of(TEXT), "labels": [label]}
    return {"id": id_, "type": "labels", "from_name": tag, "to_name": "text", "value": value}


def attribute(id_: str, type_: str, name: str, span: Span, *held: str) -> dict:
    value = {"start": span.start, "end": span.end, {"choices": "choices", "textarea": "text"}[type_]: list(held)}
    return {"id": id_, "type": type_, "from_name": name, "to_name": "text", "value": value}


def arrow(head: str, tail: str, *labels: str, direction: str = "right") -> dict:
    return {"type": "relation", "from_id": head, "to_id": tail, "direction": direction, "labels": list(labels)}


def table(*rows: str) -> dict:
    return {"id": "t", "type": "textarea", "from_name": "entities", "to_name": "text", "value": {"text": list(rows)}}


ANN, BOB, MET, MEND = (
    region("m1", "mention", at("Ann"), "PER"),
    region("m2", "mention", at("Bob"), "PER"),
    region("v1", "trigger", at("met"), "CONSULT"),
    region("v2", "trigger", at("mend"), "IMPROVE"),
)
LINK = region("l1", "link", at("to"), "PURPOSE")
UTF16 = Span(at("Ann").start + 1, at("Ann").end + 1)

FAULTY = {
    "dangling-arrow": [ANN, arrow("m1", "m9", "TIES")],
    "unlabelled-arrow": [ANN, BOB, arrow("m1", "m2")],
    "unknown-label": [region("m1", "mention", at("Ann"), "PERSON")],
    "no-direction": [ANN, BOB, arrow("m1", "m2", "TIES", direction="bi")],
    "misplaced-arrow": [ANN, MET, arrow("m1", "v1", "ACTOR")],
    "relation-to-itself": [ANN, arrow("m1", "m1", "TIES")],
    "duplicate-arrow": [ANN, BOB, arrow("m1", "m2", "TIES"), arrow("m2", "m1", "TIES", direction="left")],
    "link-without-end": [MET, LINK, arrow("l1", "v1", "HEAD")],
    "not-one-value": [ANN, attribute("m1", "choices", "kind", at("Ann"), "NAM", "PRO")],
    "two-labels": [ANN, region("m1", "trigger", at("Ann"), "CONSULT")],
    "region-in-two-places": [ANN, attribute("m1", "choices", "kind", at("Bob"), "NAM")],
    "region-without-label": [attribute("m1", "choices", "kind", at("Ann"), "NAM")],
    "misplaced-attribute": [ANN, attribute("m1", "choices", "realis", at("Ann"), "ACTUAL")],
    "span-outside-text": [region("m1", "mention", Span(0, 9000), "PER", "Ann")],
    "blank-span": [region("m1", "mention", at(" "), "PER")],
    "words-differ": [region("m1", "mention", at("Ann"), "PER", "Amy")],
    "utf16-offsets": [region("m1", "mention", UTF16, "PER", "Ann")],
    "entity-without-row": [ANN, attribute("m1", "textarea", "entity", at("Ann"), "e1"), table("e2 | PER")],
    "unusable-field": [table("e1")],
    "unusable-id": [MET, attribute("v1", "textarea", "instance", at("met"), "i1, i2")],
    "unusable-extent": [ANN, attribute("m1", "textarea", "extent", at("Ann"), "Ann of Rome")],
    "duplicate-id": [table("e1 | PER", "e1 | PER | Ann")],
    "unknown-control": [ANN, attribute("m1", "choices", "mood", at("Ann"), "X")],
    "malformed-result": [{"id": "m1", "type": "labels", "from_name": "mention", "to_name": "text", "value": {"start": 1}}],
}


@pytest.mark.parametrize("id_", FAULTY)
def test_a_faulty_result_is_refused_for_its_fault_alone(id_):
    with pytest.raises(DataError) as fault:
        from_result(DOC, FAULTY[id_])
    assert ids_of(fault) == [id_]


def test_offsets_in_utf16_units_are_told_apart_from_other_words():
    with pytest.raises(DataError, match=rf"counted in UTF-16 units the offsets are right, and \[{at('Ann').start}, "):
        from_result(DOC, FAULTY["utf16-offsets"])


def test_utf16_offsets_past_the_end_in_code_points_are_recognised():
    last = at("ties.")
    if last.end != len(TEXT):
        last = at("ties.", 2)
    shift = sum(c > "\uffff" for c in TEXT)
    with pytest.raises(DataError) as fault:
        from_result(DOC, [region("m1", "mention", Span(last.start + shift, last.end + shift), "PER", "ties.")])
    assert ids_of(fault) == ["utf16-offsets"]


def test_an_arrow_to_the_left_is_the_same_arrow_the_other_way_round():
    left = from_result(DOC, [ANN, BOB, arrow("m2", "m1", "AFFILIATION", direction="left")])
    assert left == from_result(DOC, [ANN, BOB, arrow("m1", "m2", "AFFILIATION")])


def test_an_arrow_without_a_direction_key_points_right():
    plain = {key: value for key, value in arrow("m1", "m2", "TIES").items() if key != "direction"}
    assert from_result(DOC, [ANN, BOB, plain]) == from_result(DOC, [ANN, BOB, arrow("m1", "m2", "TIES")])


def test_a_line_break_in_the_words_may_be_written_as_the_editor_writes_it():
    span = at("Bob”\r\nof")
    assert from_result(DOC, [region("m1", "mention", span, "LOC", "Bob”\\n\\nof")]).mentions[0].span == span


def test_the_table_may_come_in_several_items_and_leave_cells_out():
    back = from_result(DOC, [table("e1|PER"), table("e2 | PER | Bob", "e3 | PER | | Q1 | e1,e2")])
    assert back.entities == (
        Entity("e1", "PER", ()),
        Entity("e2", "PER", (), "Bob"),
        Entity("e3", "PER", (), None, "Q1", ("e1", "e2")),
    )


# Whole tasks and files.


def exported(**changes) -> dict:
    task = to_task(DOC, FULL, meta={"annotator": "pass-1"})
    task.update(changes)
    return task


def raw() -> dict:
    """A task as the server exports it, with what must not be published."""
    task = exported()
    who = {"completed_by": {"id": 7, "email": "ann@example.org"}, "updated_by": 7, "created_at": "2024-01-01T00:00:00Z"}
    task["annotations"][0].update(who, lead_time=3.5, unique_id="u", draft_created_at=None)
    for item in task["annotations"][0]["result"]:
        item |= {"origin": "manual", "meta": {"text": ["ask ann@example.org"]}}
    return task | {"id": 1, "project": 3, "created_at": "2024-01-01T00:00:00Z", "drafts": [], "updated_by": 7}


def test_a_published_file_reads_back_to_the_annotation():
    assert same(FULL, read_export(export_bytes(exported()).decode(), KNOWN)[0])


def test_a_published_file_holds_no_address_account_or_time_of_the_server():
    published = export_bytes(raw()).decode()
    for secret in ("example.org", "completed_by", "2024-01-01", "lead_time", "unique_id", "updated_by", "project"):
        assert secret not in published
    assert same(FULL, read_export(published, KNOWN)[0])


def test_stripping_twice_changes_nothing():
    assert strip_export(strip_export(raw())) == strip_export(raw())


def test_the_bytes_of_a_file_do_not_depend_on_the_order_of_the_items():
    backwards = raw()
    backwards["annotations"][0]["result"].reverse()
    assert export_bytes(backwards) == export_bytes(raw())


def test_a_list_of_tasks_gives_an_annotation_for_each():
    other = document("d2")
    tasks = [exported(), to_task(other, replace(FULL, doc_id="d2"))]
    assert [a.doc_id for a in read_export(json.dumps(tasks), {"d1": DOC, "d2": other})] == ["d1", "d2"]


def test_a_task_claims_all_layers_unless_it_says_which():
    assert read_export(json.dumps(exported()), KNOWN)[0].layers == LAYERS
    some = to_task(DOC, replace(FULL, layers=("mentions", "events")))
    assert some["meta"] == {"layers": "mentions events"}
    assert read_export(json.dumps(some), KNOWN)[0].layers == ("mentions", "events")


def test_an_export_is_told_from_lines_of_json():
    assert is_export(json.dumps(exported()))
    assert is_export(json.dumps([exported()]))
    assert not is_export('{"doc_id": "d1", "mentions": []}')
    assert not is_export('{"doc_id": "d1"}\n{"doc_id": "d2"}')
    assert not is_export("[]")


def test_an_annotation_of_another_document_does_not_become_a_task():
    with pytest.raises(DataError) as fault:
        to_task(DOC, replace(FULL, doc_id="d2"))
    assert ids_of(fault) == ["other-document"]


def changed(path: str, value: object) -> str:
    task = copy.deepcopy(raw())
    *keys, last = path.split(".")
    at_ = task
    for key in keys:
        at_ = at_[int(key)] if isinstance(at_, list) else at_[key]
    at_[last] = value
    return json.dumps(task)


BAD_TASKS = {
    "invalid-json": changed("meta", {})[:-1],
    "wrong-type": changed("annotations.0.result", None),
    "missing-key": json.dumps({key: value for key, value in raw().items() if key != "annotations"}),
    "unknown-key": changed("data.author", "x"),
    "unknown-document": changed("data.doc_id", "d9"),
    "duplicate-document": json.dumps([raw(), raw()]),
    "text-differs": changed("data.text", TEXT + " "),
    "unknown-layer": changed("meta.layers", "mention"),
    "no-annotation": changed("annotations", []),
    "several-annotations": changed("annotations", raw()["annotations"] * 2),
    "skipped-task": changed("annotations.0.was_cancelled", True),
    "unsaved-draft": changed("drafts", [{"id": 1}]),
}


@pytest.mark.parametrize("id_", BAD_TASKS)
def test_a_faulty_task_is_refused_for_its_fault_alone(id_):
    with pytest.raises(DataError) as fault:
        read_export(BAD_TASKS[id_], KNOWN)
    assert ids_of(fault) == [id_]


def test_several_annotations_are_told_with_their_accounts():
    with pytest.raises(DataError, match=r"2 annotations, by ann@example.org, ann@example.org"):
        read_export(BAD_TASKS["several-annotations"], KNOWN)


def test_faults_of_all_tasks_are_told_with_the_files_name():
    tasks = [json.loads(changed("annotations", [])), json.loads(changed("data.doc_id", "d9"))]
    with pytest.raises(DataError) as fault:
        read_export(json.dumps(tasks), KNOWN, name="gold/d1.json")
    assert [str(i).split(":")[0] for i in fault.value.incidents] == ["gold/d1.json"] * 2
