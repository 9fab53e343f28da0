"""Adjudication: each real disagreement once, blind, strictly read, and put together with nothing lost in silence."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flat import INVENTED, passes
from hypothesis import given
from hypothesis import strategies as st

from communique.adjudication import (
    PASSES,
    Assembled,
    Difference,
    agreed,
    assemble,
    decisions_of,
    differences,
    digest,
    draw,
    log_lines,
    parse_decisions,
    parse_log,
    worksheet,
)
from communique.incident import DataError
from communique.io.jsonl import read_annotations
from communique.io.jsonl_writer import write_annotations
from communique.model import (
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
from communique.predictions import document_of

TEXT = (
    "Minister Ann Lee of Arcadia met Bob Ray in Port Vale to mend ties.\n"
    "The two ministers met again, and Ann Lee said she hopes to visit Borduria."
)
DOCUMENT = document_of("invented", TEXT)


def at(words: str, occurrence: int = 1) -> Span:
    start = -1
    for _ in range(occurrence):
        start = TEXT.index(words, start + 1)
    return Span(start, start + len(words))


def annotation(
    mentions: Mapping[str, tuple[Any, ...]],
    events: Mapping[str, tuple[Any, ...]] | None = None,
    *,
    entities: Iterable[tuple[str, ...]] = (),
    instances: Iterable[tuple[str, ...]] = (),
    relations: Iterable[tuple[str, str, str]] = (),
    links: Iterable[tuple[Any, ...]] = (),
) -> Annotation:
    """``mentions``: id to (words, type[, occurrence]); ``events``: id to (words, type, realis, {role: id}[, occurrence])."""
    made = []
    for i, (words, type_, *n) in mentions.items():
        made.append(Mention(i, at(words, *n), type_, None if type_ in ("TITLE", "TIME") else "NAM"))
    happened = []
    for i, (words, type_, realis, roles, *n) in (events or {}).items():
        filled = tuple(Argument(role, m) for role, ms in roles.items() for m in ms.split())
        happened.append(Event(i, at(words, *n), type_, realis, "POS", filled))
    types = {m.id: m.type for m in made}
    return Annotation(
        "invented",
        mentions=tuple(made),
        events=tuple(happened),
        entities=tuple(Entity(f"e{n}", types[x[0]], x) for n, x in enumerate(entities)),
        instances=tuple(Instance(f"i{n}", x) for n, x in enumerate(instances)),
        relations=tuple(Relation(f"r{n}", *x) for n, x in enumerate(relations)),
        event_relations=tuple(EventRelation(f"x{n}", t, h, to, (at(w),)) for n, (t, h, to, w) in enumerate(links)),
    )


def choosing(found: Iterable[Difference], choice: str) -> str:
    return "".join(
        json.dumps({"difference": d.number, "decision": choice, "rule": "§1", "reason": "as the rule says"}) + "\n"
        for d in found
    )


def decide(a: Annotation, b: Annotation, *rows: Mapping[str, Any], otherwise: str = "X") -> Assembled:
    """Assemble with the given rows and ``otherwise`` for every difference they do not mention; X is pass-1."""
    found = differences(DOCUMENT, a, b)
    mentioned = {row.get("difference") for row in rows}
    lines = choosing([d for d in found if d.number not in mentioned], otherwise)
    lines += "".join(json.dumps({"rule": "§1", "reason": "so"} | row) + "\n" for row in rows)
    decisions = parse_decisions("d.jsonl", lines, DOCUMENT, found, {d.number: PASSES[0] for d in found})
    return assemble(DOCUMENT, a, b, decisions)


def layers(found: Iterable[Difference]) -> list[str]:
    return [d.layer for d in found]


def content(document: Document, a: Annotation) -> dict[str, Any]:
    """What an annotation says, whatever its ids and order; unlisted mentions and events as singletons."""
    o = default_ontology()
    m = {x.id: (x.span, x.type, x.kind, x.extent, x.value) for x in a.mentions}
    v = {x.id: (x.span, x.type, x.realis, x.polarity) for x in a.events}
    entities = {e.id: (frozenset(m[i] for i in e.mentions), e.type, e.name) for e in a.entities}
    listed = {i for e in a.entities for i in e.mentions}
    alone = {(frozenset([m[x.id]]), x.type, None) for x in a.mentions if x.id not in listed and o.mentions[x.type].entity}
    together = {i for e in a.instances for i in e.events}
    apart = {frozenset([v[x.id]]) for x in a.events if x.id not in together and o.events[x.type].instance}
    symmetric = {r.name for r in o.relations.values() if r.symmetric}
    return {
        "mentions": sorted(map(str, m.values())),
        "events": sorted(map(str, v.values())),
        "arguments": {(v[e.id], x.role, m[x.mention]) for e in a.events for x in e.arguments},
        "relations": {
            (r.type, frozenset([m[r.head], m[r.tail]]) if r.type in symmetric else (m[r.head], m[r.tail])) for r in a.relations
        },
        "event_relations": {(x.type, v[x.head], v[x.tail], frozenset(x.evidence)) for x in a.event_relations},
        "entities": set(entities.values()) | alone,
        "members": {(entities[e.id], frozenset(entities[i] for i in e.members)) for e in a.entities if e.members},
        "instances": {frozenset(v[i] for i in x.events) for x in a.instances} | apart,
    }


@given(passes(), st.integers(0, 9))
def test_ids_and_order_are_no_differences(a, seed):
    def shuffled(items):
        items = list(items)
        random.Random(seed).shuffle(items)
        return tuple(items)

    def renamed(old):
        return f"other-{old}"

    b = Annotation(
        "d",
        mentions=shuffled(replace(m, id=renamed(m.id)) for m in a.mentions),
        entities=shuffled(
            replace(e, id=renamed(e.id), mentions=shuffled(map(renamed, e.mentions)), members=tuple(map(renamed, e.members)))
            for e in a.entities
        ),
        events=shuffled(
            replace(e, id=renamed(e.id), arguments=shuffled(replace(x, mention=renamed(x.mention)) for x in e.arguments))
            for e in a.events
        ),
        instances=shuffled(Instance(renamed(i.id), shuffled(map(renamed, i.events))) for i in a.instances),
        relations=shuffled(replace(r, head=renamed(r.head), tail=renamed(r.tail)) for r in a.relations),
        event_relations=shuffled(replace(r, head=renamed(r.head), tail=renamed(r.tail)) for r in a.event_relations),
    )
    assert differences(INVENTED, a, b) == ()


@given(passes(), passes(), st.sampled_from([0, 1]))
def test_deciding_everything_for_one_pass_gives_that_pass(a, b, winner):
    found = differences(INVENTED, a, b)
    decisions = parse_decisions("d", choosing(found, "XY"[winner]), INVENTED, found, {d.number: PASSES[0] for d in found})
    made = assemble(INVENTED, a, b, decisions)
    assert made.dropped == ()
    assert content(INVENTED, made.annotation) == content(INVENTED, (a, b)[winner])


@given(passes(), passes(), st.randoms(use_true_random=False))
def test_any_decisions_give_an_annotation_that_has_no_dangling_id_and_no_thing_in_two_clusters(a, b, chance):
    found = differences(INVENTED, a, b)
    lines = "".join(choosing([d], chance.choice("XY")) for d in found)
    decisions = parse_decisions("d", lines, INVENTED, found, {d.number: PASSES[0] for d in found})
    made = assemble(INVENTED, a, b, decisions).annotation
    assert differences(INVENTED, made, made) == ()
    assert [m.id for m in made.mentions] == [f"m{n}" for n in range(1, len(made.mentions) + 1)]
    assert [m.span for m in made.mentions] == sorted(m.span for m in made.mentions)


@given(passes(), passes())
def test_the_other_way_round_there_are_the_same_differences(a, b):
    there, back = differences(INVENTED, a, b), differences(INVENTED, b, a)
    # Cluster labels may correspond otherwise where overlaps tie; everything else is the mirror image, the place included.
    clusters = ("entities", "instances")
    one = sorted((d.layer, d.place, d.readings[0].text, d.readings[1].text) for d in there if d.layer not in clusters)
    other = sorted((d.layer, d.place, d.readings[1].text, d.readings[0].text) for d in back if d.layer not in clusters)
    assert one == other


def test_a_boundary_is_one_difference_and_what_hangs_on_it_is_none():
    names = {"m1": ("Ann Lee", "PER"), "m2": ("Arcadia", "GPE")}
    events = {"v1": ("met", "CONSULT", "ACTUAL", {"PARTICIPANT": "m1"})}
    a = annotation(names, events, relations=[("AFFILIATION", "m1", "m2")], entities=[("m1",), ("m2",)])
    b = annotation(names | {"m1": ("Lee", "PER")}, events, relations=[("AFFILIATION", "m1", "m2")], entities=[("m1",), ("m2",)])
    (found,) = differences(DOCUMENT, a, b)
    assert (found.layer, found.place) == ("mentions", "s1 “Ann Lee”")
    assert [r.text for r in found.readings] == ["s1 “Ann Lee” PER NAM", "s1 “Lee” PER NAM"]
    for choice, words in (("X", "Ann Lee"), ("Y", "Lee")):
        made = decide(a, b, otherwise=choice)
        (event,), (relation,) = made.annotation.events, made.annotation.relations
        assert made.annotation.mentions[0].span.of(TEXT) == words
        assert (event.arguments[0].mention, relation.head, made.dropped) == ("m1", "m1", ())


def test_a_trigger_that_one_pass_marks_brings_its_arguments_or_takes_them_along():
    names = {"m1": ("Ann Lee", "PER"), "m2": ("Bob Ray", "PER")}
    a = annotation(names, {"v1": ("met", "CONSULT", "ACTUAL", {"PARTICIPANT": "m1 m2"})})
    b = annotation(names)
    (found,) = differences(DOCUMENT, a, b)
    assert found.readings[0].text == (
        "s1 “met” CONSULT ACTUAL POS [PARTICIPANT s1 “Ann Lee”; PARTICIPANT s1 “Bob Ray”; an instance of its own]"
    )
    assert found.readings[1].text == "no event"
    assert [x.mention for x in decide(a, b, otherwise="X").annotation.events[0].arguments] == ["m1", "m2"]
    assert decide(a, b, otherwise="Y").annotation.events == ()


def test_roles_that_differ_because_the_event_type_does_are_decided_with_it():
    names = {"m1": ("Ann Lee", "PER")}
    a = annotation(names, {"v1": ("met", "CONSULT", "ACTUAL", {"PARTICIPANT": "m1"})})
    b = annotation(names, {"v1": ("met", "AGREE", "ACTUAL", {"ACTOR": "m1"})})
    (found,) = differences(DOCUMENT, a, b)
    assert "[PARTICIPANT s1 “Ann Lee”]" in found.readings[0].text
    reading = {"text": "met", "sentence": 1, "type": "AGREE", "realis": "POSSIBLE", "polarity": "POS"}
    made = decide(a, b, {"difference": 1, "decision": "other", "reading": reading})
    assert made.annotation.events[0].realis == "POSSIBLE"
    assert [x.role for x in made.annotation.events[0].arguments] == ["ACTOR"]


def test_pieces_that_one_pass_has_and_the_other_has_not_are_one_difference():
    a = annotation({"m1": ("Ann Lee of Arcadia", "PER")}, {"v1": ("met", "CONSULT", "ACTUAL", {"PARTICIPANT": "m1"})})
    b = annotation(
        {"m1": ("Ann Lee", "PER"), "m2": ("Arcadia", "GPE")},
        {"v1": ("met", "CONSULT", "ACTUAL", {"PARTICIPANT": "m1"})},
        relations=[("AFFILIATION", "m1", "m2")],
    )
    (found,) = differences(DOCUMENT, a, b)
    assert "AFFILIATION s1 “Ann Lee” → s1 “Arcadia”" in found.readings[1].text
    assert len(decide(a, b, otherwise="X").annotation.relations) == 0
    assert len(decide(a, b, otherwise="Y").annotation.relations) == 1
    other = {"text": "Lee", "sentence": 1, "type": "PER", "kind": "NAM"}
    made = decide(a, b, {"difference": 1, "decision": "other", "reading": [other]})
    assert [x.mention for x in made.annotation.events[0].arguments] == ["m1"]
    assert made.dropped == ("relation AFFILIATION: “Ann Lee” → “Arcadia”: only pass-2 says so, and the reading is neither's",)


def test_an_argument_whose_filler_did_not_survive_is_dropped_and_listed():
    names = {"m1": ("Ann Lee", "PER")}
    a = annotation(names, {"v1": ("met", "CONSULT", "ACTUAL", {"PARTICIPANT": "m1"})})
    made = decide(a, a, {"edit": {"layer": "mentions", "remove": {"text": "Ann Lee", "sentence": 1}, "add": None}})
    assert made.annotation.mentions == ()
    assert made.dropped == ("argument PARTICIPANT: s1 “Ann Lee” of s1 “met”",)


def test_mentions_that_change_their_cluster_together_are_one_difference():
    names = {"m1": ("Ann Lee", "PER", 1), "m2": ("Ann Lee", "PER", 2), "m3": ("she", "PER"), "m4": ("Bob Ray", "PER")}
    a = annotation(names, entities=[("m1", "m2", "m3"), ("m4",)])
    b = annotation(names, entities=[("m1",), ("m2", "m3", "m4")])
    found = differences(DOCUMENT, a, b)
    assert layers(found) == ["entities", "entities"]  # m1 leaves them, m4 joins them
    apart = decide(a, b, otherwise="Y").annotation
    assert sorted(len(e.mentions) for e in apart.entities) == [1, 3]
    whole = [{"mentions": [{"text": "Bob Ray", "sentence": 1}], "with": {"text": "she", "sentence": 2}}]
    number = next(d.number for d in found if "Bob" in d.words)
    together = decide(a, b, {"difference": number, "decision": "other", "reading": whole}).annotation
    assert [len(e.mentions) for e in together.entities] == [4]


def test_the_type_of_an_entity_follows_its_mentions_and_is_no_difference_of_its_own():
    a = annotation({"m1": ("Arcadia", "GPE")}, entities=[("m1",)])
    b = annotation({"m1": ("Arcadia", "ORG")}, entities=[("m1",)])
    assert layers(differences(DOCUMENT, a, b)) == ["mentions"]
    assert [e.type for e in decide(a, b, otherwise="Y").annotation.entities] == ["ORG"]


def test_names_and_members_of_an_entity_are_a_difference():
    names = {"m1": ("Ann Lee", "PER"), "m2": ("The two", "PER")}
    a = annotation(names, entities=[("m1",), ("m2",)])
    b = replace(a, entities=(replace(a.entities[0], name="Ann Lee"), replace(a.entities[1], members=("e0",))))
    found = differences(DOCUMENT, a, b)
    assert [d.readings[1].text for d in found] == [
        "entity of s1 “Ann Lee”: PER, name “Ann Lee”, no members",
        "entity of s2 “The two”: PER, no name, members s1 “Ann Lee”",
    ]
    made = decide(a, b, otherwise="Y").annotation
    assert [(e.name, e.members) for e in made.entities] == [("Ann Lee", ()), (None, ("e1",))]
    named = {"difference": 1, "decision": "other", "reading": {"mention": {"text": "Ann Lee", "sentence": 1}, "name": "A. Lee"}}
    assert decide(a, b, named).annotation.entities[0].name == "A. Lee"


def test_symmetric_relations_have_no_direction_and_others_do():
    names = {"m1": ("Arcadia", "GPE"), "m2": ("Borduria", "GPE")}
    there, back = ([("TIES", *x)] for x in (("m1", "m2"), ("m2", "m1")))
    assert differences(DOCUMENT, annotation(names, relations=there), annotation(names, relations=back)) == ()
    there, back = ([("LOCATED_IN", *x)] for x in (("m1", "m2"), ("m2", "m1")))
    (found,) = differences(DOCUMENT, annotation(names, relations=there), annotation(names, relations=back))
    assert found.readings[1].text == "LOCATED_IN: s2 “Borduria” → s1 “Arcadia”"


def test_evidence_is_part_of_an_event_relation():
    events = {"v1": ("met", "CONSULT", "ACTUAL", {}), "v2": ("mend", "IMPROVE", "POSSIBLE", {})}
    a, b = (annotation({}, events, links=[("PURPOSE", "v1", "v2", words)]) for words in ("to", "to mend"))
    (found,) = differences(DOCUMENT, a, b)
    assert found.readings[1].text == "PURPOSE: s1 “met” → s1 “mend”, evidence s1 “to mend”"
    assert [x.evidence for x in decide(a, b, otherwise="Y").annotation.event_relations] == [(at("to mend"),)]


def test_a_mention_given_twice_in_one_pass_is_a_difference_and_a_mention_without_entity_a_singleton():
    a = annotation({"m1": ("Ann Lee", "PER")})
    b = annotation({"m1": ("Ann Lee", "PER"), "m2": ("Ann Lee", "PER")})
    (found,) = differences(DOCUMENT, a, b)
    assert found.layer == "mentions"
    assert [e.mentions for e in decide(a, b).annotation.entities] == [("m1",)]
    assert decide(a, a).singletons == ()  # nothing is new: the pass left it alone, which says singleton
    added = {"edit": {"layer": "mentions", "add": {"text": "Bob Ray", "sentence": 1, "type": "PER", "kind": "NAM"}}}
    assert decide(a, a, added).singletons == ("s1 “Bob Ray” PER",)


EDITS = [
    (
        {
            "layer": "mentions",
            "remove": {"text": "Ann Lee", "sentence": 1},
            "add": {"text": "Lee", "sentence": 1, "type": "PER"},
        },
        "Lee",
    ),
    ({"layer": "events", "remove": {"text": "met", "sentence": 1}}, None),
    (
        {
            "layer": "arguments",
            "remove": {
                "event": {"text": "met", "sentence": 1},
                "role": "PARTICIPANT",
                "mention": {"text": "Ann Lee", "sentence": 1},
            },
            "add": {"event": {"text": "met", "sentence": 1}, "role": "ACTOR", "mention": {"text": "Ann Lee", "sentence": 1}},
        },
        "ACTOR",
    ),
    (
        {
            "layer": "relations",
            "remove": {"type": "AFFILIATION", "head": {"text": "Ann Lee", "sentence": 1}, "tail": {"text": "Arcadia"}},
            "add": [],
        },
        None,
    ),
    ({"layer": "entities", "add": {"mentions": [{"text": "she"}], "with": {"text": "Ann Lee", "sentence": 2}}}, "e1"),
    ({"layer": "entity", "add": {"mention": {"text": "Arcadia"}, "name": "Arcadia"}}, "Arcadia"),
    ({"layer": "instances", "add": {"events": [{"text": "met", "sentence": 2}], "with": {"text": "met", "sentence": 1}}}, "i1"),
    (
        {
            "layer": "event_relations",
            "add": {
                "type": "BEFORE",
                "head": {"text": "met", "sentence": 1},
                "tail": {"text": "met", "sentence": 2},
                "evidence": [{"text": "again"}],
            },
        },
        "BEFORE",
    ),
]


@pytest.mark.parametrize(("change", "trace"), EDITS, ids=[e["layer"] for e, _ in EDITS])
def test_an_edit_changes_what_both_passes_agree_on(change, trace):
    names = {"m1": ("Ann Lee", "PER", 1), "m2": ("Arcadia", "GPE"), "m3": ("Ann Lee", "PER", 2), "m4": ("she", "PER")}
    events = {"v1": ("met", "CONSULT", "ACTUAL", {"PARTICIPANT": "m1"}), "v2": ("met", "CONSULT", "ACTUAL", {}, 2)}
    a = annotation(names, events, relations=[("AFFILIATION", "m1", "m2")], entities=[("m1", "m3")])
    made = decide(a, a, {"edit": change}).annotation
    assert content(DOCUMENT, made) != content(DOCUMENT, a)
    seen = {
        "mentions": lambda: made.mentions[0].span.of(TEXT),
        "events": lambda: None if len(made.events) == 1 else made.events,
        "arguments": lambda: made.events[0].arguments[0].role,
        "relations": lambda: made.relations[0] if made.relations else None,
        "entities": lambda: next(e.id for e in made.entities if made.mentions[-1].id in e.mentions),
        "entity": lambda: made.entities[1].name,
        "instances": lambda: next(i.id for i in made.instances if len(i.events) == 2),
        "event_relations": lambda: made.event_relations[0].type,
    }
    assert seen[change["layer"]]() == trace
    if change["layer"] == "mentions":  # what hangs on a mention that is replaced stays
        assert made.events[0].arguments[0].mention == made.relations[0].head == "m1"


ONE = annotation({"m1": ("Ann Lee", "PER")})
NONE = annotation({})
GOOD = {"difference": 1, "decision": "X", "rule": "§1", "reason": "so"}
FAULTS = [
    ("{", "[invalid-json]"),
    (json.dumps(GOOD).replace("{", '{"decision": "Y", '), "has the key decision more than once"),
    (json.dumps(GOOD).replace('"so"', "NaN"), "NaN is not JSON"),
    ("[" * 100_000, "nested too deeply"),
    (json.dumps(GOOD).replace("so", "\\ud800"), "half a character"),
    ("[]", "expected an object, got []"),
    ("", "is not decided"),
    (json.dumps(GOOD) + "\n" + json.dumps(GOOD), "is decided 2 times"),
    (json.dumps(GOOD | {"reason": " "}), "is no reason"),
    (json.dumps({k: v for k, v in GOOD.items() if k != "rule"}), "$.rule: missing; name the guideline's section"),
    (json.dumps(GOOD | {"reason": 7}), "7 is no reason; say why"),
    (json.dumps(GOOD | {"difference": 7}), "there is no difference 7; they are numbered 1 to 1"),
    (json.dumps(GOOD | {"decision": "Z"}), "'Z'; decide for X, Y or other"),
    (json.dumps(GOOD | {"reading": []}), "a reading beside X"),
    (json.dumps(GOOD | {"decision": "other"}), "other needs a reading"),
    (json.dumps(GOOD | {"reasons": "x"}), "did you mean reason?"),
    (json.dumps(GOOD | {"decision": "other", "reading": {"text": "Anne", "type": "PER"}}), "'Anne' does not occur in the text"),
    (json.dumps(GOOD | {"decision": "other", "reading": {"text": "Ann Lee", "type": "PER"}}), "occurs 2 times in the text"),
    (json.dumps(GOOD | {"decision": "other", "reading": {"text": "Arcadia", "type": "GPO"}}), "did you mean GPE?"),
    (json.dumps(GOOD | {"decision": "other", "reading": {"text": "Arcadia", "typ": "GPE"}}), "did you mean type?"),
    (json.dumps(GOOD) + '\n{"edit": {"layer": "eventz"}, "rule": "1", "reason": "x"}', "eventz"),
    (json.dumps(GOOD) + '\n{"edit": {"layer": "events"}, "rule": "1", "reason": "x"}', "neither removes nor adds"),
    (json.dumps(GOOD) + '\n{"edit": {"layer": []}, "rule": "1", "reason": "x"}', "[] is no layer; one of mentions, "),
    (json.dumps(GOOD) + '\n{"edit": 1, "stage": " ", "rule": "1", "reason": "x"}', "' ' is no stage; say in a few words when"),
    (json.dumps(GOOD | {"decision": "other", "reading": {"start": 9}}), '{"start": 9} needs start and end (whole numbers)'),
    (json.dumps(GOOD | {"decision": "other", "reading": {"start": 9, "end": True}}), "needs start and end (whole numbers)"),
    (json.dumps(GOOD | {"decision": "other", "reading": {"start": 9, "end": 999}}), "[9, 999) is"),
    (json.dumps(GOOD | {"decision": "other", "reading": {"text": "Lee", "sentence": "1"}}), "sentence and occurrence (num"),
]


@pytest.mark.parametrize(("lines", "message"), FAULTS, ids=[m for _, m in FAULTS])
def test_a_faulty_decision_is_reported_with_its_line_and_a_hint(lines, message):
    found = differences(DOCUMENT, ONE, NONE)
    with pytest.raises(DataError) as caught:
        parse_decisions("d.jsonl", lines, DOCUMENT, found, {1: PASSES[0]})
    assert message in str(caught.value)
    assert all(i.place.startswith("d.jsonl:") and i.hint for i in caught.value.incidents)


def test_a_row_with_a_fault_hides_no_fault_of_another_row():
    found = differences(DOCUMENT, ONE, NONE)
    lines = '{"a": 1, "a": 2}\n{"rule": "§1"}\nnull\n{"difference": 1, "decision": "Z", "rule": "§1", "reason": "so"}'
    with pytest.raises(DataError) as caught:
        parse_decisions("d.jsonl", lines, DOCUMENT, found, {1: PASSES[0]})
    assert [(i.id, i.place) for i in caught.value.incidents] == [
        ("invalid-json", "d.jsonl:1"),
        ("bad-decision", "d.jsonl:2: $.reason"),
        ("bad-decision", "d.jsonl:2: $.difference"),
        ("bad-decision", "d.jsonl:3: $"),
        ("bad-decision", "d.jsonl:4: $.decision"),
    ]


def test_an_edit_of_what_is_not_there_is_refused():
    with pytest.raises(DataError, match=r"invented, edit 1 \(events\): no event is marked at s1 “met”"):
        decide(ONE, ONE, {"edit": {"layer": "events", "remove": {"text": "met", "sentence": 1}}})


def test_a_pass_that_is_unsound_is_refused_with_every_fault():
    broken = replace(ONE, entities=(Entity("e1", "PER", ("m1", "m9")), Entity("e2", "PER", ("m1",)), Entity("e3", "PER", ())))
    with pytest.raises(DataError) as caught:
        differences(DOCUMENT, ONE, broken)
    assert [i.id for i in caught.value.incidents] == ["dangling-id", "in-two-clusters", "empty-cluster"]
    assert all(i.place.startswith("pass-2: invented#") for i in caught.value.incidents)


def test_the_worksheet_is_blind_seeded_and_says_what_is_where():
    a = annotation({"m1": ("Ann Lee", "PER"), "m2": ("Port Vale", "GPE")})
    b = annotation({"m1": ("Ann Lee", "ORG"), "m2": ("Vale", "GPE"), "m3": ("Bob Ray", "PER")})
    found = differences(DOCUMENT, a, b)
    drawn = {seed: draw(found, seed) for seed in range(20)}
    assert draw(found, 7) == drawn[7]
    assert {d[1] for d in drawn.values()} == set(PASSES)
    sheet = worksheet(DOCUMENT, found, {1: PASSES[0], 2: PASSES[1], 3: PASSES[0]})
    assert "s1  Minister Ann Lee of Arcadia" in sheet
    assert "**1. mentions**: “Ann Lee”\n\n- X: s1 “Ann Lee” PER NAM\n- Y: s1 “Ann Lee” ORG NAM\n" in sheet
    assert "- X: s1 “Bob Ray” PER NAM [an entity of its own]\n- Y: no mention\n" in sheet
    assert "pass" not in sheet.split("## Differences")[1]
    assert digest(found) == digest(differences(DOCUMENT, a, b)) != digest(differences(DOCUMENT, b, a))


def test_the_log_has_a_row_per_difference_and_per_edit():
    found = differences(DOCUMENT, ONE, NONE)
    reading = [{"text": "Lee", "sentence": 1, "type": "PER", "kind": "NAM"}]
    rows = [GOOD | {"decision": "other", "reading": reading}]
    rows += [
        {
            "edit": {"layer": "entity", "add": {"mention": {"text": "Lee", "sentence": 1}, "name": "A"}},
            "rule": "§2",
            "reason": "b",
        }
    ]
    decisions = parse_decisions("d", "\n".join(map(json.dumps, rows)), DOCUMENT, found, {1: PASSES[1]})
    first, second = log_lines(DOCUMENT, found, decisions)
    assert first == {
        "doc_id": "invented",
        "difference": 1,
        "layer": "mentions",
        "place": "s1 “Ann Lee”",
        "pass_1": "s1 “Ann Lee” PER NAM [an entity of its own]",
        "pass_2": "no mention",
        "decision": "other",
        "reading": reading,
        "rule": "§1",
        "reason": "so",
    }
    assert (second["difference"], second["layer"], second["edit"]) == (None, "entity", rows[1]["edit"])


FOUND = differences(DOCUMENT, ONE, NONE)
OTHER = GOOD | {"decision": "other", "reading": [{"text": "Lee", "sentence": 1, "type": "PER", "kind": "NAM"}]}
EDIT = {
    "edit": {"layer": "entity", "add": {"mention": {"text": "Lee", "sentence": 1}, "name": "A"}},
    "stage": "final reading",
    "rule": "§2",
    "reason": "b",
}


def logged(*rows: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    lines = "\n".join(map(json.dumps, rows))
    return log_lines(DOCUMENT, FOUND, parse_decisions("d", lines, DOCUMENT, FOUND, {1: PASSES[0]}))


FOR_A_PASS, EDITED = logged(GOOD, EDIT)
[OTHERWISE] = logged(OTHER)


def as_lines(*rows: Any) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def log_faults(content: str, documents: list[str] | None = None) -> list[str]:
    with pytest.raises(DataError) as caught:
        parse_log("log.jsonl", content, documents)
    return [str(i) for i in caught.value.incidents]


def without(row: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {k: v for k, v in row.items() if k != key}


@pytest.mark.parametrize("rows", [(FOR_A_PASS, EDITED), (OTHERWISE,)], ids=["for a pass, edited", "otherwise"])
def test_what_is_written_to_the_log_can_be_read_and_applied_again(rows):
    log = parse_log("log.jsonl", "\n" + as_lines(*rows), ["invented"])
    assert log == rows
    again = decisions_of("log.jsonl", log, DOCUMENT, FOUND, default_ontology())
    assert log_lines(DOCUMENT, FOUND, again) == rows


@pytest.mark.parametrize("key", list(OTHERWISE))
def test_a_logged_decision_needs_every_key(key):
    [fault] = log_faults(as_lines(without(OTHERWISE, key)))
    assert fault.startswith(f"log.jsonl:1: $: it lacks {key};")


@pytest.mark.parametrize("key", list(EDITED))
def test_a_logged_edit_needs_every_key(key):
    [fault, *more] = log_faults(as_lines(without(EDITED, key)))
    assert fault.startswith(f"log.jsonl:1: $: it lacks {key};")
    assert bool(more) == (key == "layer")  # the edit names one


LOG_FAULTS = [
    ("[]", "$: expected an object, got []"),
    ("{", "[invalid-json]"),
    (as_lines(FOR_A_PASS | {"decision": "pass-3"}), "$.decision: 'pass-3' is no decision; one of pass-1, pass-2, other"),
    (as_lines(FOR_A_PASS | {"decision": ["pass-1"]}), "$.decision: expected a non-empty string, got [\"pass-1\"]"),
    (as_lines(FOR_A_PASS | {"layer": "mention"}), "'mention' is no layer of a difference; did you mean mentions?"),
    (as_lines(FOR_A_PASS | {"layer": "entity"}), "$.layer: 'entity' is no layer of a difference"),
    (as_lines(EDITED | {"layer": "names", "edit": EDIT["edit"] | {"layer": "names"}}), "'names' is no layer of an edit"),
    (as_lines(EDITED | {"layer": "entities"}), "is no edit of the layer that the row names, 'entities'"),
    (as_lines(EDITED | {"edit": "entity"}), "$.edit: 'entity' is no edit of the layer"),
    (as_lines(EDITED | {"stage": ""}), "$.stage: expected a non-empty string, got ''"),
    (as_lines(EDITED | {"stage": 3}), "$.stage: expected a non-empty string, got 3"),
    (as_lines(FOR_A_PASS | {"stage": "audit"}), "$: a decision for 'pass-1' has no key 'stage'"),
    (as_lines(FOR_A_PASS | {"reading": []}), "$: a decision for 'pass-1' has no key 'reading'"),
    (as_lines(FOR_A_PASS | {"rule": " "}), "$.rule: expected a non-empty string, got ' '"),
    (as_lines(FOR_A_PASS | {"reason": None}), "$.reason: expected a non-empty string, got null"),
    (as_lines(FOR_A_PASS | {"difference": 0}), "$.difference: 0 is no number of a difference"),
    (as_lines(FOR_A_PASS | {"difference": True}), "$.difference: true is no number of a difference"),
    (as_lines(FOR_A_PASS | {"difference": "1"}), "$.difference: '1' is no number of a difference"),
]


@pytest.mark.parametrize(("content", "message"), LOG_FAULTS, ids=[m for _, m in LOG_FAULTS])
def test_a_faulty_row_of_the_log_is_reported_with_its_line(content, message):
    [fault] = log_faults(content)
    assert fault.startswith("log.jsonl:1")
    assert message in fault


def test_a_difference_that_the_log_decides_twice_is_refused_and_an_edit_is_not():
    [fault] = log_faults(as_lines(FOR_A_PASS, EDITED, EDITED, FOR_A_PASS))
    assert "log.jsonl:4: $: difference 1 of invented is decided in line 1 already" in fault
    assert len(parse_log("log.jsonl", as_lines(FOR_A_PASS, FOR_A_PASS | {"doc_id": "another"}, EDITED, EDITED))) == 4


def test_a_document_that_is_not_known_is_refused_if_the_documents_are():
    assert parse_log("log.jsonl", as_lines(FOR_A_PASS)) == (FOR_A_PASS,)
    [fault] = log_faults(as_lines(FOR_A_PASS), ["inverted"])
    assert fault == "log.jsonl:1: $.doc_id: unknown doc_id 'invented'; did you mean inverted? [unknown-document]"


def test_every_fault_of_the_log_is_reported_in_reading_order():
    faults = log_faults("1\n" + as_lines(FOR_A_PASS | {"layer": 1, "rule": 2}) + "{\n" + as_lines(FOR_A_PASS))
    assert [fault.split(";")[0] for fault in faults] == [
        "log.jsonl:1: $: expected an object, got 1",
        "log.jsonl:2: $.layer: expected a non-empty string, got 1",
        "log.jsonl:2: $.rule: expected a non-empty string, got 2",
        "log.jsonl:3:2: Expecting property name enclosed in double quotes",
        "log.jsonl:4: $: difference 1 of invented is decided in line 2 already",
    ]


@pytest.mark.parametrize("key", ["layer", "place", "pass_1", "pass_2"])
def test_a_log_that_tells_of_a_difference_otherwise_than_the_passes_is_refused(key):
    told = FOR_A_PASS | {key: "events"}
    with pytest.raises(DataError) as caught:
        decisions_of("log.jsonl", [told], DOCUMENT, FOUND, default_ontology())
    [stale] = caught.value.incidents
    assert (stale.id, stale.place) == ("stale-log", "log.jsonl: invented, difference 1")
    assert stale.message == f"{key} is 'events' in the log, and {FOR_A_PASS[key]!r} now"


def test_a_faulty_reading_of_the_log_is_placed_among_the_rows_of_its_document():
    told = OTHERWISE | {"reading": {"text": "Anne"}}
    with pytest.raises(DataError, match=r"^log\.jsonl, rows of invented:1: \$\.reading: 'Anne' does not occur in the text"):
        decisions_of("log.jsonl", [told | {"doc_id": "another"}, told], DOCUMENT, FOUND, default_ontology())


def test_x_and_y_lead_back_to_the_passes_they_stand_for():
    found = differences(DOCUMENT, ONE, NONE)
    for x_is, choice in ((PASSES[0], "pass-1"), (PASSES[1], "pass-2")):
        assert parse_decisions("d", json.dumps(GOOD), DOCUMENT, found, {1: x_is}).of[1].choice == choice


def test_the_worksheet_ends_with_what_both_passes_say():
    names = {"m1": ("Ann Lee", "PER", 1), "m2": ("Arcadia", "GPE"), "m3": ("Ann Lee", "PER", 2)}
    events = {"v1": ("met", "CONSULT", "ACTUAL", {"PARTICIPANT": "m1"})}
    a = annotation(names, events, relations=[("AFFILIATION", "m1", "m2")], entities=[("m1", "m3")])
    b = annotation(names | {"m2": ("Arcadia", "ORG")}, events, relations=[("AFFILIATION", "m1", "m2")], entities=[("m1", "m3")])
    both = agreed(DOCUMENT, a, b)
    assert both == {
        0: ("one entity: s1 “Ann Lee”, s2 “Ann Lee”",),
        1: (
            "s1 “Ann Lee” PER NAM",
            "s1 “met” CONSULT ACTUAL POS [PARTICIPANT s1 “Ann Lee”]",
            "AFFILIATION: s1 “Ann Lee” → s1 “Arcadia”",
        ),
        2: ("s2 “Ann Lee” PER NAM",),
    }
    found = differences(DOCUMENT, a, b)
    assert worksheet(DOCUMENT, found, draw(found, 1), both).endswith(
        "clusters\n    one entity: s1 “Ann Lee”, s2 “Ann Lee”\n```\n"
    )


SCRIPT = Path(__file__).parents[1] / "scripts" / "adjudicate.py"


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, *words], capture_output=True, text=True, encoding="utf-8", check=False)


def test_the_script_leads_from_two_passes_to_gold_and_log(tmp_path):
    texts = tmp_path / "texts.jsonl"
    texts.write_text(json.dumps({"doc_id": "invented", "text": TEXT}) + "\n", encoding="utf-8")
    a, b, decisions = (tmp_path / name for name in ("a.jsonl", "b.jsonl", "decisions.jsonl"))
    write_annotations(a, [ONE])
    write_annotations(b, [NONE])
    words = ("invented", a, b, "--texts", texts, "-o", tmp_path)
    assert run("worksheet", *words, "--seed", "3").returncode == 0
    x_is = json.loads((tmp_path / "invented.key.json").read_text(encoding="utf-8"))["x_is"]["1"]
    decisions.write_text(json.dumps(GOOD | {"decision": "X" if x_is == PASSES[0] else "Y"}) + "\n", encoding="utf-8")
    done = run("assemble", *words, decisions)
    assert "1 differences (1 pass-1, 0 pass-2, 0 other)" in done.stdout
    assert read_annotations(tmp_path / "invented.gold.jsonl")[0].mentions == ONE.mentions
    assert json.loads((tmp_path / "invented.log.jsonl").read_text(encoding="utf-8"))["decision"] == "pass-1"
    write_annotations(b, [annotation({"m1": ("Bob Ray", "PER")})])
    stale = run("assemble", *words, decisions)
    assert (stale.returncode, "[stale-worksheet]" in stale.stderr) == (1, True)


def test_passes_that_say_the_same_need_no_decision(tmp_path):
    texts = tmp_path / "texts.jsonl"
    texts.write_text(json.dumps({"doc_id": "invented", "text": TEXT}) + "\n", encoding="utf-8")
    write_annotations(tmp_path / "a.jsonl", [ONE])
    decisions = tmp_path / "decisions.jsonl"
    decisions.touch()
    words = ("invented", tmp_path / "a.jsonl", tmp_path / "a.jsonl", "--texts", texts, "-o", tmp_path)
    assert run("worksheet", *words, "--seed", "3").returncode == 0
    assert "0 differences" in run("assemble", *words, decisions).stdout
    assert read_annotations(tmp_path / "invented.gold.jsonl")[0].mentions == ONE.mentions


def test_the_script_says_what_is_wrong_with_the_texts(tmp_path):
    write_annotations(tmp_path / "a.jsonl", [ONE])
    (tmp_path / "texts.jsonl").write_text(json.dumps({"doc_id": "invented"}) + "\n", encoding="utf-8")
    done = run("worksheet", "invented", *[tmp_path / "a.jsonl"] * 2, "--texts", tmp_path / "texts.jsonl", "--seed", "3")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{tmp_path / 'texts.jsonl'}:1: $: the row has no text; write ")


def worksheet_of(folder: Path, a: Annotation, b: Annotation) -> tuple[str | Path, ...]:
    """What the script is given to assemble what the worksheet, written into the folder, shows."""
    (folder / "texts.jsonl").write_text(json.dumps({"doc_id": "invented", "text": TEXT}) + "\n", encoding="utf-8")
    write_annotations(folder / "a.jsonl", [a])
    write_annotations(folder / "b.jsonl", [b])
    words = ("invented", folder / "a.jsonl", folder / "b.jsonl", "--texts", folder / "texts.jsonl", "-o", folder)
    assert run("worksheet", *words, "--seed", "3").returncode == 0
    (folder / "decisions.jsonl").write_text(json.dumps(GOOD) + "\n", encoding="utf-8")
    return ("assemble", *words, folder / "decisions.jsonl")


KEYS = [
    ("{", "[invalid-json]"),
    ("[]", "it is no key of a worksheet of invented: []; make the worksheet of invented"),
    ("{}", "it is no key of a worksheet of invented: {}; make the worksheet of invented"),
    ({"doc_id": "another"}, "it is no key of a worksheet of invented: "),
    ({"differences": None}, "[stale-worksheet]"),
    ({"x_is": None}, "x_is names no pass, pass-1 or pass-2, for each difference: null; make"),
    ({"x_is": {}}, "for each difference: {}; make"),
    ({"x_is": {"one": "pass-1"}}, 'for each difference: {"one": "pass-1"}; make'),
    ({"x_is": {"1": ["pass-1"]}}, 'for each difference: {"1": ["pass-1"]}; make'),
    ({"x_is": {"1": "X"}}, 'for each difference: {"1": "X"}; make'),
]


@pytest.mark.parametrize(("change", "message"), KEYS, ids=[m for _, m in KEYS])
def test_the_script_refuses_what_is_no_key_of_the_worksheet(tmp_path, change, message):
    words, key = worksheet_of(tmp_path, ONE, NONE), tmp_path / "invented.key.json"
    old = json.loads(key.read_text(encoding="utf-8"))
    key.write_text(change if isinstance(change, str) else json.dumps(old | change), encoding="utf-8")
    done = run(*words)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{key}:")
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_script_says_in_a_line_why_two_passes_cannot_be_put_together(tmp_path):
    done = run(*worksheet_of(tmp_path, ONE, replace(NONE, layers=("mentions", "entities"))))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("the passes claim different layers (mentions, entities, ")
    assert len(done.stderr.splitlines()) == 1
