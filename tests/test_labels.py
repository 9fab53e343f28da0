"""Label maps: read strictly, applied without silent loss, and the maps that come with the package."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import permutations, product
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import (
    EVENT_RELATION_TYPES,
    EVENT_TYPES,
    KINDS,
    MENTION_TYPES,
    POLARITY,
    REALIS,
    RELATION_TYPES,
    ROLES,
    Choice,
    Pair,
    pairs,
)

from communique.checks.labels import labels
from communique.checks.references import references
from communique.incident import DataError
from communique.labels import (
    EventTarget,
    LabelMap,
    Left,
    Link,
    Listing,
    MentionTarget,
    apply,
    built_in,
    clashes,
    joined,
    mapped,
    parse_map,
    read_map,
    restrict,
    restricted,
)
from communique.model import UNTYPED, Annotation, Argument, Entity, Event, EventRelation, Instance, Mention, Relation, Span
from communique.ontology import default_ontology, empty_ontology

ONTOLOGY = default_ontology()
T = TypeVar("T")
HEAD = 'name = "mine"\nabout = "A test."\nsource = "Invented."\n'


def parsed(tables: str) -> LabelMap:
    return parse_map(HEAD + tables, "mine.toml", ONTOLOGY)


def mention(n: int, type_: str, kind: str | None = None) -> Mention:
    return Mention(f"m{n}", Span(10 * n, 10 * n + 4), type_, kind)


def event(n: int, type_: str, *arguments: tuple[str, str], realis: str | None = None, polarity: str | None = None) -> Event:
    filled = tuple(Argument(role, id_) for role, id_ in arguments)
    return Event(f"v{n}", Span(10 * n, 10 * n + 4), type_, realis, polarity, filled)


# Reading


@pytest.mark.parametrize(
    ("toml", "fault"),
    [
        ("name =", "Invalid value"),
        ("a = " + "[" * 9999, "nested too deeply"),
        ('about = "x"\nsource = "y"\n[mentions]\nA = "PER"', "the key 'name' is missing"),
        ('name = 1\nabout = "x"\nsource = " "\n[mentions]\nA = "PER"', "name is 1, not a string that says something"),
        (HEAD, "no table has an entry; the tables are mentions, kinds,"),
        (HEAD + "[mentions]", "no table has an entry"),
        (HEAD + "mentions = 1", "mentions is 1, not a table; write [mentions]"),
        (HEAD + '[mention]\nA = "PER"', "mention is no key of a label map; did you mean mentions?"),
        (HEAD + '[mentions]\nA = "PERS"', "mentions.A is 'PERS', no mention type of the ontology; did you mean PER?"),
        (HEAD + "[mentions]\nA = true", "mentions.A is true; write a name, { type = …, kind } or false"),
        (HEAD + '[mentions]\nA = { kind = "NAM" }', "mentions.A is a table without a type"),
        (HEAD + '[mentions]\nA.B = "PER"', 'a label with a dot goes in quotes: "A.B" = …'),
        (
            HEAD + '[mentions]\nA = { type = "PER", kinds = "NAM" }',
            "mentions.A.kinds is no key of a target; did you mean kind?",
        ),
        (
            HEAD + '[mentions]\nA = { type = "PER", kind = "NAME" }',
            "mentions.A.kind is 'NAME', no kind of the ontology; did you",
        ),
        (HEAD + '[mentions]\nA = { type = "PER", kind = "ADJ" }', "mentions.A.kind is ADJ; PER admits: NAM, NOM, PRO"),
        (HEAD + '[mentions]\nA = { type = "TIME", kind = "NAM" }', "mentions.A.kind is NAM; TIME admits: none"),
        (HEAD + '[mentions]\nA = { type = "PER", kind = ["NAM", "NAM"] }', "mentions.A.kind names NAM more than once"),
        (HEAD + '[mentions]\nA = "PER"\nA = "ORG"', "Cannot overwrite a value"),
        (HEAD + "[kinds]\nA = []", "kinds.A is []; write a kind or a list of them"),
        (HEAD + '[triggers]\nA = "CONSULT"\n[mentions]\nA = "PER"', "triggers.A is in mentions too"),
        (HEAD + "[triggers]\nA = false", "triggers.A is false; a mention that is no trigger has no place here"),
        (HEAD + '[events]\nA = { type = "CONSULT", realis = "REAL" }', "events.A.realis is 'REAL', no realis of the ontology"),
        (HEAD + '[events]\nA = { type = "CONSULT", polarity = 1 }', "events.A.polarity is 1; write a polarity"),
        (HEAD + '[roles]\nA = "AGENT"', "roles.A is 'AGENT', no role of the ontology"),
        (HEAD + "[roles]\nA = 1", "roles.A is 1; write a role or false"),
        (HEAD + '[roles.Meet]\nA = "ACTOR"', "roles.Meet is a table, but Meet is no type of event, there or here"),
        (HEAD + '[roles.CONSULT]\nA = "ACTR"', "roles.CONSULT.A is 'ACTR', no role of the ontology; did you mean ACTOR?"),
        (HEAD + '[realis]\nA = "POS"', "realis.A is 'POS', no realis of the ontology"),
        (HEAD + '[relations]\nA = "TIE"', "relations.A is 'TIE', no relation type of the ontology; did you mean TIES?"),
        (HEAD + "[relations]\nA = []", "relations.A is []; write a list of targets"),
        (HEAD + '[relations]\nA = { type = "TIES", reverse = 1 }', "relations.A.reverse is 1; write true or false"),
        (HEAD + '[relations]\nA = [{ type = "TIES", head = ["GP"] }]', "relations.A[0].head is 'GP', no type of the ontology"),
        (
            HEAD + '[relations]\nA = ["TIES", "POSITION"]',
            "relations.A[0] is for ends of every type, so what follows it is never",
        ),
        (HEAD + '[event_relations]\nA = { type = "CAUSE", head = ["PER"] }', "event_relations.A.head is 'PER', no type of the"),
        ('trim = ["the"]\n' + HEAD + '[mentions]\nA = "PER"', "trim is 'the', no edge of a map; known: article, possessive"),
    ],
)
def test_a_damaged_map_says_which_file_and_where(toml: str, fault: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is compared below, with its dots and brackets
        read_map(tmp_path / "mine.toml")
    assert type(caught.value) is ValueError
    assert all(line.startswith(f"{tmp_path}/mine.toml: ") for line in str(caught.value).splitlines())
    assert fault in str(caught.value)


def test_every_fault_of_a_map_is_told_at_once() -> None:
    with pytest.raises(ValueError, match=r"mentions\.A") as caught:
        parsed('[mentions]\nA = "PERS"\n[roles]\nB = 1\n[kinds]\nC = "NAME"')
    assert [line.split()[1] for line in str(caught.value).splitlines()] == ["mentions.A", "kinds.C", "roles.B"]


def test_a_name_that_is_no_built_in_map_is_told_with_the_nearest() -> None:
    with pytest.raises(
        ValueError, match=r"'ontonote' is no built-in label map; did you mean ontonotes\? .*name its \.toml file"
    ):
        read_map("ontonote")


def test_a_file_that_is_not_there_is_a_fault_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"mine\.toml: No such file"):
        read_map(str(tmp_path / "mine.toml"))


def test_targets_of_gold_of_ones_own_may_have_any_name() -> None:
    tables = '[mentions]\nA = { type = "X", kind = "Y" }\n[roles.Z]\nB = "W"\n[relations]\nC = { type = "V", head = ["X"] }'
    assert parse_map(HEAD + tables, "mine.toml", empty_ontology()).mentions["A"] == MentionTarget("X", ("Y",))
    with pytest.raises(ValueError, match="no mention type of the ontology"):
        parsed(tables)


def test_the_identity_tells_what_a_map_says_and_not_what_it_is_about() -> None:
    one, same = (
        parsed('[mentions]\nA = "PER"'),
        parse_map(HEAD.replace("A test", "Else") + 'mentions.A = { type = "PER" }', "x", ONTOLOGY),
    )
    assert one.identity == same.identity
    assert re.fullmatch(r"mine#[0-9a-f]{8}", one.identity)
    assert (
        one.identity != parsed('[mentions]\nA = "ORG"').identity != parsed('trim = "article"\n[mentions]\nA = "ORG"').identity
    )


# Applying


def test_a_mention_takes_type_and_kind_and_keeps_a_kind_of_its_own() -> None:
    m = parsed('[mentions]\nNORP = { type = "GPE", kind = ["ADJ", "NAM"] }\nDATE = "TIME"')
    given_ = Annotation("d", ("mentions",), (mention(0, "NORP"), mention(1, "NORP", "NAM"), mention(2, "DATE")))
    found, listing = apply(m, given_, ONTOLOGY)
    assert [(x.type, x.kind) for x in found.mentions] == [("GPE", "ADJ"), ("GPE", "NAM"), ("TIME", None)]
    assert listing.lines() == ()


def test_what_has_no_counterpart_is_listed_and_known_ones_apart_from_unknown_ones() -> None:
    labels_ = ["CARDINAL"] * 12 + ["PERCENT"] * 3 + ["FOO"] * 2 + ["GPE"]
    given_ = Annotation("d", ("mentions",), tuple(mention(n, label) for n, label in enumerate(labels_)))
    [found], listing = mapped(read_map("ontonotes"), [given_], ONTOLOGY)
    assert [m.id for m in found.mentions] == ["m17"]
    expected = (
        "labels of mentions without a counterpart in ontonotes: CARDINAL 12, PERCENT 3 (known to have none); FOO 2 (unknown)"
    )
    assert listing.lines() == (expected,)


def test_what_hangs_on_a_mention_goes_with_it_and_is_counted() -> None:
    a = Annotation(
        "d",
        mentions=(mention(0, "PERSON"), mention(1, "LAW"), mention(2, "GPE")),
        entities=(
            Entity("e0", "PERSON", ("m0", "m1")),
            Entity("e1", "GPE", ("m1",)),
            Entity("e2", "GPE", ("m2",), members=("e1",)),
        ),
        events=(event(0, "CONSULT", ("ACTOR", "m1"), ("ACTOR", "m0")), event(1, "FOO", ("ACTOR", "m0"))),
        instances=(Instance("i0", ("v0", "v1")), Instance("i1", ("v1",))),
        relations=(Relation("r0", "TIES", "m0", "m1"), Relation("r1", "TIES", "m0", "m2")),
        event_relations=(EventRelation("x0", "CAUSE", "v0", "v1"),),
    )
    found, listing = apply(read_map("ontonotes"), a, ONTOLOGY)
    assert [e.id for e in found.entities] == ["e0", "e2"]
    assert [e.members for e in found.entities] == [(), ()]
    assert (found.entities[0].type, found.entities[0].mentions) == ("PER", ("m0",))
    assert [[x.mention for x in e.arguments] for e in found.events] == [["m0"]]
    assert [i.events for i in found.instances] == [("v0",)]
    assert [r.id for r in found.relations] == ["r1"]
    assert found.event_relations == ()
    assert listing.lines() == (
        "labels of mentions without a counterpart in ontonotes: LAW 1 (known to have none)",
        "labels of events without a counterpart in ontonotes: FOO 1 (it says nothing of events)",
        "left out with them: 1 entity, 2 arguments, 1 instance, 1 relation, 1 event relation, 2 places in entities, "
        "1 member in entities, 2 places in instances",
    )


def test_a_filler_of_which_nobody_said_what_it_is_stays_with_its_argument() -> None:
    held = Annotation("d", ("events", "arguments"), (mention(1, UNTYPED),), events=(event(2, "CONSULT", ("ACTOR", "m1")),))
    ours = parsed('[mentions]\nPERSON = "PER"\n[kinds]\nN = "NAM"')
    assert apply(ours, held, ONTOLOGY) == (held, Listing("mine"))
    assert restrict(ours, held) == held
    told = parsed(f'[mentions]\n{UNTYPED} = "PER"')
    assert [m.type for m in apply(told, held, ONTOLOGY)[0].mentions] == ["PER"]


def test_a_table_that_a_map_does_not_have_leaves_our_labels_alone() -> None:
    a = Annotation("d", mentions=(mention(0, "PER", "NOM"),), events=(event(0, "CONSULT", ("ACTOR", "m0"), realis="ACTUAL"),))
    assert apply(parsed('[relations]\nx = "TIES"'), a, ONTOLOGY) == (a, Listing("mine"))


def test_gold_of_ones_own_keeps_labels_of_which_the_map_says_nothing() -> None:
    a = Annotation("d", mentions=(mention(0, "Person", "odd"),), events=(event(0, "Meet", ("who", "m0")),))
    m = parse_map(HEAD + '[relations]\nx = "y"', "mine.toml", empty_ontology())
    assert apply(m, a, empty_ontology()) == (a, Listing("mine"))


def test_a_label_that_only_the_map_gives_stays_as_it_is_and_one_of_ours_that_it_does_not_give_is_unknown() -> None:
    a = Annotation("d", mentions=(mention(0, "PER"), mention(1, "TITLE")))
    found, listing = apply(read_map("ontonotes"), a, ONTOLOGY)
    assert [m.type for m in found.mentions] == ["PER"]
    assert listing.left == {Left("mentions", "TITLE", "unknown"): 1}


def test_a_mention_that_is_a_trigger_becomes_an_event_and_the_layer_is_claimed() -> None:
    m = parsed('[mentions]\nperson = "PER"\n[triggers]\nmeeting = "CONSULT"\nbreak = { type = "WORSEN", realis = "ACTUAL" }')
    a = Annotation(
        "d",
        ("mentions", "relations"),
        (mention(0, "person"), mention(1, "meeting"), replace(mention(2, "break"), score=0.5, meta={"a": 1})),
        events=(replace(event(1, "CONSULT"), id="m1"),),
        relations=(Relation("r0", "TIES", "m0", "m1"),),
    )
    found, listing = apply(m, a, ONTOLOGY)
    assert found.layers == ("mentions", "events", "relations")
    assert [x.id for x in found.mentions] == ["m0"]
    assert [(e.id, e.type, e.realis, e.span) for e in found.events[1:]] == [
        ("m1v", "CONSULT", None, Span(10, 14)),
        ("m2", "WORSEN", "ACTUAL", Span(20, 24)),
    ]
    assert (found.events[2].score, found.events[2].meta) == (0.5, {"a": 1})
    assert listing.lines() == ("2 mentions became events: break 1, meeting 1", "left out with them: 1 relation")


def test_a_map_of_triggers_alone_says_that_the_spans_are_no_mentions() -> None:
    a = Annotation("d", ("mentions",), (mention(0, "meeting"),))
    found, _ = apply(parsed('[triggers]\nmeeting = "CONSULT"'), a, ONTOLOGY)
    assert (found.layers, found.mentions, len(found.events)) == (("events",), (), 1)


def test_a_role_goes_by_the_type_of_its_event_there_then_here_then_by_itself() -> None:
    tables = """
        events = { Visit = "CONSULT", Meet = "CONSULT", Attack = "SECURITY", Strike = "SECURITY" }
        [roles]
        who = "ACTOR"
        [roles.Visit]
        whom = "PLACE"
        [roles.CONSULT]
        who = "PARTICIPANT"
        whom = "PARTICIPANT"
        [roles.Strike]
        who = false
    """
    types = ("Visit", "Meet", "Attack", "Strike")
    a = Annotation(
        "d",
        mentions=(mention(0, "PER"),),
        events=tuple(event(n, t, ("who", "m0"), ("whom", "m0")) for n, t in enumerate(types)),
    )
    found, listing = apply(parsed(tables), a, ONTOLOGY)
    assert [[x.role for x in e.arguments] for e in found.events] == [
        ["PARTICIPANT", "PLACE"],
        ["PARTICIPANT"] * 2,
        ["ACTOR"],
        [],
    ]
    assert listing.left == {Left("arguments", "whom", "unknown"): 2, Left("arguments", "who", "none"): 1}


def test_a_relation_may_be_turned_round_and_may_depend_on_its_ends() -> None:
    tables = """
        [relations]
        chair = { type = "AFFILIATION", reverse = true }
        country = [{ type = "LOCATED_IN", head = ["LOC"] }, { type = "AFFILIATION", head = ["ORG"], tail = ["GPE"] }]
        spouse = false
        [mentions]
        place = "LOC"
        body = "ORG"
        state = "GPE"
    """
    ends = (mention(0, "place"), mention(1, "body"), mention(2, "state"))
    of = [
        ("chair", "m1", "m0"),
        ("country", "m0", "m2"),
        ("country", "m1", "m2"),
        ("country", "m1", "m0"),
        ("spouse", "m0", "m1"),
    ]
    a = Annotation("d", mentions=ends, relations=tuple(Relation(f"r{n}", *r) for n, r in enumerate(of)))
    found, listing = apply(parsed(tables), a, ONTOLOGY)
    assert [(r.type, r.head, r.tail) for r in found.relations] == [
        ("AFFILIATION", "m0", "m1"), ("LOCATED_IN", "m0", "m2"), ("AFFILIATION", "m1", "m2")
    ]  # fmt: skip
    said = (
        "labels of relations without a counterpart in mine: spouse 1 (known to have none); country 1 (not between these ends)"
    )
    assert listing.lines() == (said,)


def test_a_value_without_a_counterpart_is_taken_off_and_the_event_stays() -> None:
    m = parsed('[realis]\nasserted = "ACTUAL"\nother = false\n[events]\nEase = { type = "SANCTION", polarity = "NEG" }')
    events = (
        event(0, "Ease", realis="asserted"),
        event(1, "Ease", realis="other", polarity="POS"),
        event(2, "Ease", realis="?"),
    )
    found, listing = apply(m, Annotation("d", events=events), ONTOLOGY)
    assert [(e.type, e.realis, e.polarity) for e in found.events] == [
        ("SANCTION", "ACTUAL", "NEG"), ("SANCTION", None, "POS"), ("SANCTION", None, "NEG")
    ]  # fmt: skip
    assert listing.left == {Left("realis", "other", "none"): 1, Left("realis", "?", "unknown"): 1}


def test_a_mention_whose_kind_has_no_counterpart_is_left_out() -> None:
    a = Annotation("d", mentions=(mention(0, "PER", "WHQ"), mention(1, "PER", "NAM"), mention(2, "PER", "?")))
    found, listing = apply(read_map("ace"), a, ONTOLOGY)
    assert [m.id for m in found.mentions] == ["m1"]
    assert listing.left == {Left("mentions", "kind WHQ", "none"): 1, Left("mentions", "kind ?", "unknown"): 1}


def test_trimming_takes_articles_and_possessives_off_and_never_the_whole() -> None:
    text = "the U.S.'s The The officials' a 's"
    places = [(0, 10), (11, 18), (19, 29), (30, 34)]
    a = Annotation("d", ("mentions",), tuple(Mention(f"m{n}", Span(*p), "X") for n, p in enumerate(places)))
    m = parse_map('trim = ["article", "possessive"]\n' + HEAD + '[mentions]\nX = "PER"', "t", ONTOLOGY)
    found, listing = apply(m, a, ONTOLOGY, text=text)
    assert [x.span.of(text) for x in found.mentions] == ["U.S.", "The", "officials", "'s"]
    assert listing.lines() == ("4 mentions trimmed at an edge by mine",)
    assert apply(m, found, ONTOLOGY, text=text) == (found, Listing("mine"))
    with pytest.raises(ValueError, match="needs the text of d"):
        apply(m, a, ONTOLOGY)


def test_maps_of_different_tables_are_joined_and_of_the_same_are_not() -> None:
    both = joined([read_map("ontonotes"), read_map("wikidata")])
    a = Annotation(
        "d", mentions=(mention(0, "PERSON"), mention(1, "ORG")), relations=(Relation("r0", "chairperson", "m1", "m0"),)
    )
    found, listing = apply(both, a, ONTOLOGY)
    assert [(r.type, r.head, r.tail) for r in found.relations] == [("AFFILIATION", "m0", "m1")]
    assert (both.name, listing.lines()) == ("ontonotes+wikidata", ())
    with pytest.raises(ValueError, match="ontonotes and conll2003 both map mentions"):
        joined([read_map("ontonotes"), read_map("conll2003")])
    with pytest.raises(ValueError, match="no label map was given"):
        joined([])
    with pytest.raises(ValueError, match="has PERSON as mentions and as triggers"):
        joined([read_map("ontonotes"), parsed('[triggers]\nPERSON = "CONSULT"')])


# Restricting


def test_gold_keeps_the_types_and_kinds_that_the_map_can_say() -> None:
    gold = Annotation(
        "d",
        mentions=(
            mention(0, "GPE", "NAM"),
            mention(1, "GPE", "ADJ"),
            mention(2, "GPE", "NOM"),
            mention(3, "TITLE"),
            mention(4, "TIME"),
        ),
        entities=(Entity("e0", "GPE", ("m0", "m1", "m2")), Entity("e1", "GPE", ("m2",), members=("e0",))),
        events=(event(0, "CONSULT", ("ACTOR", "m0"), ("ACTOR", "m2")),),
        instances=(Instance("i0", ("v0",)),),
        relations=(Relation("r0", "TIES", "m0", "m1"), Relation("r1", "TIES", "m0", "m2")),
    )
    [found], listing = restricted(read_map("ontonotes"), [gold])
    assert [m.id for m in found.mentions] == ["m0", "m1", "m4"]
    assert [(e.id, e.mentions) for e in found.entities] == [("e0", ("m0", "m1"))]
    assert [[x.mention for x in e.arguments] for e in found.events] == [["m0"]]
    assert [r.id for r in found.relations] == ["r0"]
    assert found.instances == gold.instances
    assert listing.lines()[0] == "mentions outside what ontonotes can say: GPE.NOM 1, TITLE 1"
    assert restrict(read_map("ontonotes"), gold) == found


def test_a_label_that_does_not_tell_kinds_apart_stands_for_all_of_them() -> None:
    gold = Annotation("d", mentions=tuple(mention(n, "GPE", kind) for n, kind in enumerate(("NAM", "ADJ", "NOM", "PRO"))))
    assert restrict(read_map("ace"), gold) == gold
    without = parsed('[kinds]\nNAM = "NAM"')
    assert [m.kind for m in restrict(without, gold).mentions] == ["NAM"]


def test_a_role_counts_with_its_event_and_a_relation_with_its_ends() -> None:
    gold = Annotation(
        "d",
        mentions=(mention(0, "ORG", "NAM"), mention(1, "GPE", "NAM")),
        events=(
            event(0, "CONSULT", ("ACTOR", "m0"), ("PARTICIPANT", "m0")),
            event(1, "SECURITY", ("PARTICIPANT", "m0")),
            event(2, "IMPROVE"),
        ),
        relations=(
            Relation("r0", "AFFILIATION", "m0", "m1"),
            Relation("r1", "AFFILIATION", "m1", "m0"),
            Relation("r2", "TIES", "m0", "m1"),
        ),
    )
    m = parsed("""
        events = { Meet = "CONSULT", Attack = "SECURITY" }
        roles = { agent = "ACTOR", CONSULT = { entity = "PARTICIPANT" } }
        relations = { of = { type = "AFFILIATION", head = ["ORG"] } }
    """)
    [found], listing = restricted(m, [gold])
    assert [(e.type, [x.role for x in e.arguments]) for e in found.events] == [
        ("CONSULT", ["ACTOR", "PARTICIPANT"]),
        ("SECURITY", []),
    ]
    assert [r.id for r in found.relations] == ["r0"]
    assert {left.label for left in listing.left} == {"SECURITY.PARTICIPANT", "IMPROVE", "AFFILIATION GPE–ORG", "TIES"}


# Laws


KINDS_HERE, TYPES_HERE, EVENTS_HERE = ("NAM", "ADJ", "NOM"), ("GPE", "PER"), ("CONSULT", "ACCUSE", "AGREE")


def table(sources: Sequence[str | None], choice: Choice, target: Callable[[Choice], T]) -> dict[str, T]:
    """At most four entries, often none."""
    known = [s for s in sources if s is not None] + ["new"]
    return {choice.of(known): target(choice) for _ in range(choice.of((0, 1, 2, 4)))}


def kinds_of(choice: Choice) -> tuple[str, ...]:
    return choice.of(((), *((kind,) for kind in KINDS_HERE), ("ADJ", "NAM")))


def event_target(choice: Choice) -> EventTarget:
    realis, polarity = choice.of((None, None, "ACTUAL", "PLANNED")), choice.of((None, None, "POS", "NEG"))
    return EventTarget(choice.of(EVENTS_HERE), realis, polarity)


def links_of(types: Sequence[str], ends: Sequence[str]) -> Callable[[Choice], tuple[Link, ...]]:
    def link(choice: Choice) -> Link:
        admitted = [choice.of(((), (), *((end,) for end in ends))) for _ in range(2)]
        return Link(choice.of(types), choice.of((False, True)), *admitted)

    return lambda choice: tuple(link(choice) for _ in range(choice.of((0, 1, 1, 2))))


@st.composite
def maps(draw: st.DrawFn) -> LabelMap:
    """Maps from the labels of `strategies` to ours, with and without each table; many of them clash."""
    drawn = (Choice(n) for n in draw(st.lists(st.integers(0, 2**32 - 1), min_size=10, max_size=10)))
    roles = (None, "ACTOR", "PARTICIPANT", "PLACE")
    mentions = table(MENTION_TYPES, next(drawn), lambda c: c.of((None, *(MentionTarget(t, kinds_of(c)) for t in TYPES_HERE))))
    triggers = table(MENTION_TYPES, next(drawn), event_target)
    return LabelMap(
        name="m",
        about="",
        source="",
        mentions=mentions,
        triggers={label: t for label, t in triggers.items() if label not in mentions},
        kinds=table(KINDS, next(drawn), kinds_of),
        events=table(EVENT_TYPES, next(drawn), lambda c: c.of((None, event_target(c), event_target(c)))),
        roles=table(ROLES, next(drawn), lambda c: c.of(roles)),
        roles_of=table(EVENT_TYPES, next(drawn), lambda c: table(ROLES, c, lambda c: c.of(roles))),
        realis=table(REALIS, next(drawn), lambda c: c.of((None, *ONTOLOGY.realis))),
        polarity=table(POLARITY, next(drawn), lambda c: c.of((None, *ONTOLOGY.polarity))),
        relations=table(RELATION_TYPES, next(drawn), links_of(("TIES", "LOCATED_IN"), TYPES_HERE)),
        event_relations=table(EVENT_RELATION_TYPES, next(drawn), links_of(("CAUSE", "PURPOSE"), EVENTS_HERE)),
    )


COUNTED: dict[str, Callable[[Annotation], int]] = {
    "mentions": lambda a: len(a.mentions),
    "entities": lambda a: len(a.entities),
    "events": lambda a: len(a.events),
    "arguments": lambda a: sum(len(e.arguments) for e in a.events),
    "instances": lambda a: len(a.instances),
    "relations": lambda a: len(a.relations),
    "event_relations": lambda a: len(a.event_relations),
    "mentions of entities": lambda a: sum(len(e.mentions) for e in a.entities),
    "members of entities": lambda a: sum(len(e.members) for e in a.entities),
    "events of instances": lambda a: sum(len(i.events) for i in a.instances),
    "realis": lambda a: sum(e.realis is not None for e in a.events),
    "polarity": lambda a: sum(e.polarity is not None for e in a.events),
}


def grouped(a: Annotation) -> Annotation:
    """The same with every entity as a group of the one before it."""
    ids = [e.id for e in a.entities]
    return replace(a, entities=tuple(replace(e, members=tuple(ids[n - 1 : n])) for n, e in enumerate(a.entities)))


@given(pairs(), maps())
def test_what_goes_in_comes_out_or_is_listed(pair: Pair, label_map: LabelMap) -> None:
    a = grouped(pair[1])
    plain = replace(
        label_map,
        events={label: t and EventTarget(t.type) for label, t in label_map.events.items()},
        triggers={label: EventTarget(t.type) for label, t in label_map.triggers.items()},
    )  # which gives no values, so that values are only lost
    found, listing = apply(plain, a, ONTOLOGY)
    became = listing.of("mentions", "trigger")
    gone = [e for e in a.events if e.id not in {x.id for x in found.events}]
    lost = {key: sum(getattr(e, key) is not None for e in gone) for key in ("realis", "polarity")}
    for layer, count in COUNTED.items():
        more = became if layer == "events" else 0
        assert count(a) + more == count(found) + listing.of(layer) + lost.get(layer, 0), layer
    assert all(n > 0 for n in listing.left.values())
    assert bool(listing.left) == bool(listing.lines())
    cut, cut_listing = restricted(label_map, [a])
    for layer, count in COUNTED.items():
        if layer not in lost:
            assert count(a) == count(cut[0]) + cut_listing.of(layer), layer


@given(pairs(), maps())
def test_what_comes_out_is_ours_and_names_nothing_that_is_gone(pair: Pair, label_map: LabelMap) -> None:
    a = grouped(pair[1])
    found, _ = apply(label_map, a, ONTOLOGY)
    assert list(labels(found, ONTOLOGY)) == []
    for result in (found, restrict(label_map, a), restrict(label_map, found)):
        assert "dangling-id" not in {i.id for i in references(result)}
        assert {e.id for e in result.entities if not e.mentions} <= {e.id for e in a.entities if not e.mentions}
    assert restrict(label_map, restrict(label_map, a)) == restrict(label_map, a)


@given(pairs(), maps())
def test_a_map_without_clashes_leaves_what_it_mapped_as_it_is(pair: Pair, label_map: LabelMap) -> None:
    found, _ = apply(label_map, pair[1], ONTOLOGY)
    again, listing = apply(label_map, found, ONTOLOGY)
    assert clashes(label_map) or (again, dict(listing.left)) == (found, {})


@given(pairs(), maps())
def test_what_a_map_gives_is_within_what_it_can_say(pair: Pair, label_map: LabelMap) -> None:
    """A kind that the system gives by itself may lie beyond it: see `restrict`."""
    unkind = replace(pair[1], mentions=tuple(replace(m, kind=None) for m in pair[1].mentions))
    found, _ = apply(label_map, unkind, ONTOLOGY)
    assert restrict(label_map, found) == found


@given(pairs(), maps())
def test_the_order_of_items_does_not_show_in_the_listing(pair: Pair, label_map: LabelMap) -> None:
    a = pair[1]
    turned = replace(
        a, mentions=a.mentions[::-1], events=a.events[::-1], relations=a.relations[::-1], entities=a.entities[::-1]
    )
    assert apply(label_map, turned, ONTOLOGY)[1].lines() == apply(label_map, a, ONTOLOGY)[1].lines()


# The maps that come with the package


@pytest.mark.parametrize("name", built_in())
def test_a_built_in_map_is_read_strictly_says_where_it_is_from_and_has_no_clash(name: str) -> None:
    label_map = read_map(name)
    assert label_map.name == name
    assert label_map.about.endswith(".")
    assert label_map.source.endswith(".")
    assert clashes(label_map) == ()
    assert label_map.trim == ()


@pytest.mark.parametrize("name", built_in())
def test_a_built_in_map_leaves_what_it_mapped_as_it_is_and_knows_all_of_its_labels(name: str) -> None:
    m = read_map(name)
    mentions = [
        mention(n, t, k) for n, (t, k) in enumerate(product(m.mentions or ("PER", "GPE", "ORG", "LOC"), (None, *m.kinds)))
    ]
    roles = {*m.roles, *(role for table_ in m.roles_of.values() for role in table_)}
    values = product((None, *m.realis), (None, *m.polarity))
    events = [
        replace(event(n, t, *((role, mentions[0].id) for role in roles)), realis=realis, polarity=polarity)
        for n, (t, (realis, polarity)) in enumerate(product(m.events, values))
    ]
    ends = [x.id for x in mentions if x.kind is None][:12]
    relations = [Relation(f"r{n}", t, *pair) for n, (t, pair) in enumerate(product(m.relations, permutations(ends, 2)))]
    a = Annotation("d", mentions=tuple(mentions), events=tuple(events), relations=tuple(relations))
    found, listing = apply(m, a, ONTOLOGY)
    assert not [left for left in listing.left if left.reason in ("unknown", "silent") and left.layer != "arguments"]
    assert apply(m, found, ONTOLOGY) == (found, Listing(name))
    assert restrict(m, found) == found
    assert found.mentions or found.events or found.relations


def test_clashes_say_what_would_not_stay() -> None:
    m = parsed("""
        mentions = { LOC = "GPE", GPE = "ORG" }
        relations = { TIES = { type = "TIES", reverse = true } }
        roles = { ACTOR = "PLACE", x = "ACTOR" }
    """)
    assert clashes(m) == (
        "mentions: LOC becomes GPE, GPE becomes ORG",
        "roles of events: x becomes ACTOR, ACTOR becomes PLACE",
        "relations: TIES becomes TIES, which does not stay as it is",
    )


def test_each_built_in_map_has_every_label_of_its_set() -> None:
    assert built_in() == ("ace", "cameo", "conll2003", "ontonotes", "plover", "wikidata")
    assert len(read_map("ontonotes").mentions) == 18
    assert set(read_map("conll2003").mentions) == {"PER", "ORG", "LOC", "MISC"}
    ace = read_map("ace")
    for dot in ":.":
        assert len([label for label in ace.events if dot in label]) == 33
        assert len([label for label in ace.relations if dot in label]) == 19  # 18, of which one has two names
    subtypes = {"PER": 3, "ORG": 9, "GPE": 7, "LOC": 7, "FAC": 5, "VEH": 5, "WEA": 9}
    assert {of: len([label for label in ace.mentions if label.startswith(f"{of}:")]) for of in subtypes} == subtypes


@pytest.mark.parametrize("separated", ["events", "relations", "mentions"])
def test_a_label_of_ace_means_the_same_with_a_colon_and_with_a_dot(separated: str) -> None:
    table = getattr(read_map("ace"), separated)
    with_colon = {label.replace(":", "."): target for label, target in table.items() if ":" in label and "Info" not in label}
    with_colon = {label: target for label, target in with_colon.items() if not label.startswith("Numeric")}
    assert with_colon == {label: target for label, target in table.items() if "." in label}


def test_codes_of_cameo_have_two_to_four_digits_and_the_code_above_them() -> None:
    events = read_map("cameo").events
    assert {len(code) for code in events} == {2, 3, 4}
    assert [code for code in events if len(code) == 2] == [f"{n:02}" for n in range(1, 21)]
    assert all(code[:-1] in events for code in events if len(code) > 2)
    assert all(f"{n:02}0" in events for n in range(1, 21))


def test_plover_is_the_reverse_of_what_the_ontology_says_of_it() -> None:
    events = read_map("plover").events
    for type_ in ONTOLOGY.events.values():
        for name in re.findall("[A-Z]{3,}", type_.plover):
            if name not in ("PLANNED", "POS", "ACTUAL", "PARTICIPANT"):  # which are ours
                target = events[name]
                assert target is not None
                assert name in ONTOLOGY.events[target.type].plover


def test_a_name_of_wikidata_means_what_its_id_means() -> None:
    """Each id stands before its names; all of them have one target."""
    before: Any = None
    ids = 0
    for label, links in read_map("wikidata").relations.items():
        if re.fullmatch(r"P\d+", label):
            before, ids = links, ids + 1
        else:
            assert links == before, label
    assert ids == 112


def test_a_relation_that_a_built_in_map_gives_between_given_ends_is_one_that_the_ontology_admits() -> None:
    for name in built_in():
        for label, links in read_map(name).relations.items():
            for link in links:
                admitted = ONTOLOGY.relations[link.type]
                assert set(link.head) <= set(admitted.head), (name, label)
                assert set(link.tail) <= set(admitted.tail), (name, label)


def test_a_role_that_a_built_in_map_gives_is_one_that_its_event_has() -> None:
    for name in built_in():
        label_map = read_map(name)
        for type_ in {t.type for t in label_map.event_targets}:
            of_type = label_map.roles_of.get(type_, {}).values()
            assert {r for r in of_type if r} <= set(ONTOLOGY.events[type_].fillers), (name, type_)
