"""What the two baselines promise: valid output for any text, and on the manual's page what its rules cover."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from communique.extractors import lexicon
from communique.extractors.rules import extract
from communique.model import LAYERS
from communique.ontology import default_ontology

PAGE = """Norvanian Minister Visits Ruthia
2031-05-03
On a three-day visit to Ruthia, Norvanian Foreign Minister Ilse Varga met President Oto Brand in Castel on Friday, \
according to the Ruthian government.
The two leaders agreed to resume talks to ease tensions between the two countries.
"We will reopen the hotline," Varga said.
Last month Ruthia accused Norvania of flying drones over Cape Senn and imposed sanctions on its shipyards, \
including Almy Marine.
Varga rejected the charge but warned that new sanctions would worsen Norvania-Ruthia relations.
She welcomed Ruthia's medical aid after the meeting and invited Brand to Port Almy.
Analysts hope the visit leads to a summit after the Merrow Forum in Castel, Ruthia.
"""

Extractor = Callable[[str], dict[str, Any]]
both = pytest.mark.parametrize("extractor", [extract, lexicon.extract], ids=["rules", "lexicon"])

WORDS = """China U.S. Japanese Norvania Ruthian Ilse Varga President Foreign Minister spokesman he she they its his we our
the a two both sides countries leaders said told met visit visited talks agreed warned that to will would if not
no on in at with between and , . " “ ” 's - – ( ) : ; Monday March 4 2031-05-03 last week years sanctions lifted
cancelled imposed tensions ease raise ties relations military drones fired missiles over after during because of
led including such as UN (UN) White House administration government NATO 10 a.m. Mr. TOKYO -- 🙂 É call for
called off held plan planned"""
NEWSY = st.lists(st.sampled_from([*WORDS.split(), "\n", "\r\n"]), max_size=60).map(" ".join)
TEXTS = st.one_of(st.text(max_size=300), NEWSY)


def faults(text: str, found: dict[str, Any]) -> list[str]:
    """Everything about an output that its form or the ontology does not admit."""
    ontology = default_ontology()
    wrong = []
    mentions = {m["id"]: m for m in found["mentions"]}
    events = {e["id"]: e for e in found["events"]}
    for kind in ("mentions", "entities", "events", "instances", "relations", "event_relations"):
        ids = [x["id"] for x in found[kind]]
        wrong += [f"{kind}: an id stands twice"] if len(ids) != len(set(ids)) else []
    evidence = [s for x in found["event_relations"] for s in x["evidence"]]
    extents = [m["extent"] for m in found["mentions"] if "extent" in m]
    for span in (*found["mentions"], *found["events"], *evidence, *extents):
        inside = 0 <= span["start"] < span["end"] <= len(text)
        wrong += (
            []
            if inside and text[span["start"] : span["end"]].strip() == text[span["start"] : span["end"]]
            else [f"span {span}"]
        )
    ordered = sorted(found["mentions"], key=lambda m: m["start"])
    wrong += [f"overlap {a} {b}" for a, b in pairwise(ordered) if a["end"] > b["start"]]
    starts = [e["start"] for e in found["events"]]
    wrong += ["two events on one trigger"] if len(starts) != len(set(starts)) else []
    for m in found["mentions"]:
        rule = ontology.mentions[m["type"]]
        wrong += [f"kind of {m}"] if (m.get("kind") not in rule.kinds if rule.kinds else "kind" in m) else []
        wrong += [f"value of {m}"] if "value" in m and not rule.value else []
        extent = m.get("extent", m)
        wrong += [] if extent["start"] <= m["start"] < m["end"] <= extent["end"] else [f"extent of {m}"]
    clustered = [m for e in found["entities"] for m in e["mentions"]]
    if "entities" in found["layers"]:
        wanted = sorted(i for i, m in mentions.items() if ontology.mentions[m["type"]].entity)
        wrong += [] if sorted(clustered) == wanted else ["not every mention is in exactly one entity"]
        wrong += [f"type in {e}" for e in found["entities"] for m in e["mentions"] if mentions[m]["type"] != e["type"]]
    for e in found["events"]:
        fillers = ontology.events[e["type"]].fillers
        wrong += [] if e["realis"] in ontology.realis and e["polarity"] in ontology.polarity else [f"realis of {e}"]
        for a in e["arguments"]:
            wrong += [] if mentions[a["mention"]]["type"] in fillers.get(a["role"], ()) else [f"filler {a} of {e['type']}"]
        used = [a["mention"] for a in e["arguments"]]
        wrong += [f"a mention fills two roles of {e['id']}"] if len(used) != len(set(used)) else []
    if "instances" in found["layers"]:
        wanted = sorted(i for i, e in events.items() if ontology.events[e["type"]].instance)
        wrong += [] if sorted(e for i in found["instances"] for e in i["events"]) == wanted else ["instances"]
        wrong += [f"types in {i}" for i in found["instances"] if len({events[e]["type"] for e in i["events"]}) > 1]
    for kind, ends, rules in (
        ("relations", mentions, ontology.relations),
        ("event_relations", events, ontology.event_relations),
    ):
        for r in found[kind]:
            head, tail = ends[r["head"]]["type"], ends[r["tail"]]["type"]
            wrong += [] if head in rules[r["type"]].head and tail in rules[r["type"]].tail else [f"ends of {r}"]
            wrong += [f"{r} ends where it begins"] if r["head"] == r["tail"] else []
    return wrong


def events_of(text: str) -> dict[str, tuple[str, str, str]]:
    """The last event of each trigger form: type, realis, polarity."""
    return {text[e["start"] : e["end"]]: (e["type"], e["realis"], e["polarity"]) for e in extract(text)["events"]}


def roles_of(text: str, trigger: str) -> set[tuple[str, str]]:
    found = extract(text)
    words = {m["id"]: text[m["start"] : m["end"]] for m in found["mentions"]}
    event = next(e for e in found["events"] if text[e["start"] : e["end"]] == trigger)
    return {(a["role"], words[a["mention"]]) for a in event["arguments"]}


def related(text: str) -> set[tuple[str, str, str]]:
    found = extract(text)
    words = {m["id"]: text[m["start"] : m["end"]] for m in found["mentions"]}
    return {(r["type"], words[r["head"]], words[r["tail"]]) for r in found["relations"]}


@both
@given(text=TEXTS)
@settings(max_examples=300)
def test_any_text_gives_valid_output(extractor: Extractor, text: str) -> None:
    assert faults(text, extractor(text)) == []


@both
@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\n",
        "🙂🇨🇳 met 👩‍👩‍👧",
        "Varga met Brand.\r\nChina said: “No.”\r\n",
        "\x85\u2028\x1c",
        "Mr.",
        "said",
        '"' * 50,
        "the " * 500,
    ],
)
def test_odd_texts_give_valid_output(extractor: Extractor, text: str) -> None:
    assert faults(text, extractor(text)) == []


@both
def test_output_of_the_manuals_page_is_valid(extractor: Extractor) -> None:
    assert faults(PAGE, extractor(PAGE)) == []


@both
def test_the_output_is_the_same_every_time(extractor: Extractor) -> None:
    assert extractor(PAGE) == extractor(PAGE)


@both
def test_five_thousand_characters_take_well_under_a_fifth_of_a_second(extractor: Extractor) -> None:
    text = (PAGE * 10)[:5000]
    extractor(text)
    started = time.perf_counter()
    extractor(text)
    assert time.perf_counter() - started < 0.2


def test_one_long_line_takes_no_quadratic_time() -> None:
    line = PAGE.replace("\n", " ").replace(".", ",") * 60
    started = time.perf_counter()
    assert faults(line, extract(line)) == []
    assert time.perf_counter() - started < 10


def test_the_floor_claims_mentions_and_events_only() -> None:
    found = lexicon.extract(PAGE)
    assert found["layers"] == ["mentions", "events"]
    assert {(e["realis"], e["polarity"]) for e in found["events"]} == {("ACTUAL", "POS")}
    assert not any(e["arguments"] for e in found["events"])


def test_the_floor_takes_the_first_type_by_precedence() -> None:
    text = "Kenya warned Chad and criticised it in talks in Nairobi."
    found = lexicon.extract(text)
    assert [(text[e["start"] : e["end"]], e["type"]) for e in found["events"]] == [
        ("warned", "THREATEN"),
        ("criticised", "ACCUSE"),
        ("talks", "CONSULT"),
    ]
    assert [text[m["start"] : m["end"]] for m in found["mentions"]] == ["Kenya", "Chad", "Nairobi"]


def test_the_rules_claim_every_layer() -> None:
    assert extract(PAGE)["layers"] == list(LAYERS)


def test_the_rules_find_every_trigger_of_the_manuals_page() -> None:
    assert [(PAGE[e["start"] : e["end"]], e["type"]) for e in extract(PAGE)["events"]] == [
        ("Visits", "CONSULT"),
        ("visit", "CONSULT"),
        ("met", "CONSULT"),
        ("according", "STATEMENT"),
        ("agreed", "AGREE"),
        ("talks", "CONSULT"),
        ("ease", "IMPROVE"),
        ("reopen", "IMPROVE"),
        ("said", "STATEMENT"),
        ("accused", "ACCUSE"),
        ("flying", "SECURITY"),
        ("sanctions", "SANCTION"),
        ("rejected", "REJECT"),
        ("charge", "ACCUSE"),
        ("warned", "THREATEN"),
        ("sanctions", "SANCTION"),
        ("worsen", "WORSEN"),
        ("welcomed", "SUPPORT"),
        ("aid", "COOPERATE"),
        ("meeting", "CONSULT"),
        ("invited", "REQUEST"),
        ("visit", "CONSULT"),
        ("summit", "CONSULT"),
    ]


def test_demonyms_pronouns_and_last_names_join_their_entities() -> None:
    found = extract(PAGE)
    words = {m["id"]: PAGE[m["start"] : m["end"]] for m in found["mentions"]}
    clusters = {e["name"]: {words[m] for m in e["mentions"]} for e in found["entities"] if e["name"]}
    assert clusters["Norvania"] == {"Norvania", "Norvanian", "We", "its"}
    assert clusters["Ilse Varga"] == {"Ilse Varga", "Varga", "She", "Minister"}


def test_a_definite_mention_joins_the_instance_of_its_event() -> None:
    found = extract(PAGE)
    words = {e["id"]: PAGE[e["start"] : e["end"]] for e in found["events"]}
    assert ["met", "meeting"] in [[words[e] for e in i["events"]] for i in found["instances"]]


@pytest.mark.parametrize(
    ("text", "trigger", "expected"),
    [
        ("Kenya will hold talks with Chad.", "talks", ("CONSULT", "PLANNED", "POS")),
        ("Kenya may hold talks with Chad.", "talks", ("CONSULT", "POSSIBLE", "POS")),
        ("Kenya held talks with Chad.", "talks", ("CONSULT", "ACTUAL", "POS")),
        ("Ann Lee did not meet Ben Cole.", "meet", ("CONSULT", "ACTUAL", "NEG")),
        ("Ann Lee refused to meet Ben Cole.", "meet", ("CONSULT", "POSSIBLE", "NEG")),
        ("Ann Lee cancelled a visit to Chad.", "visit", ("CONSULT", "PLANNED", "NEG")),
        ("Ann Lee cancelled a visit to Chad.", "cancelled", ("REJECT", "ACTUAL", "POS")),
        ("Kenya lifted sanctions on Chad.", "sanctions", ("SANCTION", "ACTUAL", "NEG")),
        ("Kenya urged Chad to attend a summit.", "summit", ("CONSULT", "POSSIBLE", "POS")),
        ("New sanctions would hurt trust between Kenya and Chad.", "sanctions", ("SANCTION", "POSSIBLE", "POS")),
        ("The sanctions would hurt trust between Kenya and Chad.", "sanctions", ("SANCTION", "ACTUAL", "POS")),
    ],
)
def test_realis_and_polarity_follow_the_governing_marker(text: str, trigger: str, expected: tuple[str, str, str]) -> None:
    assert events_of(text)[trigger] == expected


@pytest.mark.parametrize(
    ("text", "trigger", "type_"),
    [
        ("Kenya and Chad eased tensions.", "eased", "IMPROVE"),
        ("The drills raised tensions between Kenya and Chad.", "raised", "WORSEN"),
        ("Ties between Kenya and Chad soured.", "soured", "WORSEN"),
        ("Kenya suspended ties with Chad.", "suspended", "WORSEN"),
        ("Kenya strengthened relations with Chad.", "strengthened", "IMPROVE"),
    ],
)
def test_a_change_of_a_relation_is_improve_or_worsen_by_its_direction(text: str, trigger: str, type_: str) -> None:
    assert events_of(text)[trigger][0] == type_


@pytest.mark.parametrize("text", ["Kenya improved the economy.", "The two sides maintained ties.", "Tensions are high."])
def test_no_change_or_no_relation_is_no_event(text: str) -> None:
    assert events_of(text) == {}


@pytest.mark.parametrize(
    ("text", "trigger", "roles"),
    [
        ("Kenya accused Chad of lying.", "accused", {("ACTOR", "Kenya"), ("RECIPIENT", "Chad")}),
        ("Chad was accused by Kenya.", "accused", {("ACTOR", "Kenya"), ("RECIPIENT", "Chad")}),
        ('"It is over," said Ann Lee.', "said", {("ACTOR", "Ann Lee")}),
        ("Kenya wants to mend ties with Chad.", "mend", {("PARTICIPANT", "Kenya"), ("PARTICIPANT", "Chad")}),
        ("Ann Lee visited Chad on May 2, 2031.", "visited", {("ACTOR", "Ann Lee"), ("PLACE", "Chad"), ("TIME", "May 2, 2031")}),
    ],
)
def test_roles_follow_position_voice_and_prepositions(text: str, trigger: str, roles: set[tuple[str, str]]) -> None:
    assert roles_of(text, trigger) == roles


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("Kenyan President Ann Lee spoke.", ("POSITION", "Ann Lee", "President")),
        ("Kenyan President Ann Lee spoke.", ("AFFILIATION", "Ann Lee", "Kenyan")),
        ("Ann Lee, a senior analyst at the Lorn Institute, left.", ("AFFILIATION", "Ann Lee", "Lorn Institute")),
        ("Kenya-Chad relations are old.", ("TIES", "Kenya", "Chad")),
        ("Relations between Kenya and Chad are old.", ("TIES", "Kenya", "Chad")),
        ("She left Lorn, Kenya.", ("LOCATED_IN", "Lorn", "Kenya")),
        ("He called on states such as Kenya to act.", ("MEMBER_OF", "Kenya", "states")),
    ],
)
def test_relations_stand_on_listed_patterns(text: str, link: tuple[str, str, str]) -> None:
    assert link in related(text)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("Friday", "2031-05-02"),
        ("last week", "2031-W17"),
        ("three days ago", "2031-04-30"),
        ("two years ago", "2029"),
        ("half an hour", "PT30M"),
        ("the past two years", "P2Y"),
        ("the 1990s", "1990/1999"),
        ("Friday at 10 a.m.", "2031-05-02T10:00"),
        ("spring 2029", "2029-21"),
    ],
)
def test_times_have_the_values_of_the_manuals_table(words: str, value: str) -> None:
    text = f"2031-05-03\nVarga left for {words}."
    assert [m.get("value") for m in extract(text)["mentions"] if m["type"] == "TIME"][1:] == [value]


def test_without_a_printed_date_unknown_digits_are_x() -> None:
    assert [m["value"] for m in extract("Varga left on Friday.")["mentions"] if m["type"] == "TIME"] == ["XXXX-WXX-5"]


def test_title_case_proves_nothing_in_a_heading() -> None:
    text = "Navy Chief Quits Over Secret Deal\n\nThe navy chief of Kenya left."
    assert [m for m in extract(text)["mentions"] if m["end"] < 33 and m.get("kind") == "NAM"] == []
