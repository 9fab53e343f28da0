"""Language models' JSON, as they write it: rows, answers in fences, synonyms, quotes for fillers and ends."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flat import INVENTED, passes
from hypothesis import given
from hypothesis import strategies as st

from communique.checks import gold_incidents
from communique.formats import Converted, Source, Texts, read
from communique.incident import DataError
from communique.io.documents import document_of
from communique.io.quotes import dump_quotes
from communique.model import UNTYPED, Annotation
from communique.ontology import default_ontology
from communique.predictions import parse_predictions

TEXT = "🎉 Ann Lee of Acme met Bob in Oslo. Ann Lee left Oslo; Bob stayed in Oslo."
HERE = document_of("d", TEXT)
VERB = "import sys; from communique.cli import main; sys.argv[0] = 'communique'; main()"


def converted(content: Any, **options: Any) -> Converted:
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    return read("llm", Source("a.json", None, text.encode()), Texts({"d": HERE}, **options))


def annotation(content: Any, **options: Any) -> Annotation:
    (row,) = converted(content, **options).rows
    return row.annotation


def words(found: Annotation) -> list[tuple[str, int, str]]:
    return [(m.span.of(TEXT), m.span.start, m.type) for m in found.mentions]


def test_offsets_after_an_emoji_are_code_points() -> None:
    found = annotation({"doc_id": "d", "mentions": [{"text": "Bob", "type": "PER"}]})
    assert words(found) == [("Bob", 22, "PER")]
    assert found.layers == ("mentions",)


def test_quotes_in_text_order_are_successive_occurrences() -> None:
    quoted = ["Ann Lee", "Oslo", "Ann Lee", "Oslo", "Bob", "Oslo"]
    found = annotation({"doc_id": "d", "mentions": [{"text": w, "type": "PER"} for w in quoted]})
    assert [start for _, start, _ in words(found)] == [2, 29, 35, 48, 54, 68]


def test_sentence_occurrence_and_context_choose() -> None:
    quotes = [
        {"text": "Oslo", "type": "GPE", "sentence": 2, "occurrence": 2},
        {"text": "Oslo", "type": "GPE", "context": "Bob in Oslo"},
        {"text": "Oslo", "type": "GPE", "sentence": 2, "occurrence": 1},
    ]
    assert [start for _, start, _ in words(annotation({"doc_id": "d", "mentions": quotes}))] == [68, 29, 48]


@pytest.mark.parametrize(
    "wrapped",
    [
        '```json\n{"mentions": [{"text": "Bob", "type": "PER"}]}\n```',
        'Here is what I found:\n{"mentions": [{"text": "Bob", "type": "PER"}]}\nAnything else?',
        {"content": 'Sure.\n```\n{"mentions": [{"text": "Bob", "type": "PER"}]}\n```'},
        {"answer": '{"mentions": [{"text": "Bob", "type": "PER"}]}'},
        {"choices": [{"message": {"role": "assistant", "content": '{"mentions": [{"text": "Bob", "type": "PER"}]}'}}]},
        {"answer": '<think>{"mentions": [{"text": "Ann"}]}, or {PER}?</think>\n{"mentions": [{"text": "Bob", "type": "PER"}]}'},
        {"answer": '{"mentions": [{"text": "Bob", "type": "PER"}]}\nTell me {if} you need more [of it].'},
        {"answer": '```json\n{"mentions": []}\n```\nis the form.\n```json\n{"mentions": [{"text": "Bob", "type": "PER"}]}'},
        {"answer": '```json\n[{"text": "Bob", "type": "PER"}]\n```'},
        {"answer": '[{"mentions": [{"text": "Bob", "type": "PER"}]}]'},
        {"output": {"entities": [{"text": "Bob", "type": "PER"}]}},
        {"entities": {"PER": ["Bob"], "ORG": []}},
        {"mentions": {"PER": [{"text": "Bob"}]}},
        {"entities": [{"text": "Bob", "label": "PER"}]},
        {"mentions": [{"quote": "Bob", "entity_type": "PER"}]},
    ],
)
def test_the_row_is_found_however_it_is_wrapped(wrapped: Any) -> None:
    assert words(annotation(wrapped, only="d")) == [("Bob", 22, "PER")]


def test_where_entities_are_mentions_an_empty_list_is_one_of_mentions() -> None:
    rows = [{"doc_id": "d", "entities": [{"text": "Bob", "type": "PER"}]}, {"doc_id": "e", "entities": []}]
    texts = Texts({"d": HERE, "e": document_of("e", "Nobody came.")})
    done = read("llm", Source("a.json", None, "\n".join(map(json.dumps, rows)).encode()), texts)
    assert [(r.annotation.layers, len(r.annotation.mentions)) for r in done.rows] == [(("mentions",), 1), (("mentions",), 0)]


def test_events_may_be_grouped_by_their_type() -> None:
    found = annotation({"doc_id": "d", "events": {"CONSULT": ["met"], "MOVE": [{"trigger": "left"}]}})
    assert [(e.type, e.span.of(TEXT)) for e in found.events] == [("CONSULT", "met"), ("MOVE", "left")]


def test_an_event_may_have_its_trigger_and_fillers_as_words() -> None:
    event = {"type": "CONSULT", "trigger": "met", "arguments": {"PARTICIPANT": ["Ann Lee", "Bob"], "PLACE": "Oslo"}}
    mentions = [{"text": w, "type": t} for w, t in (("Ann Lee", "PER"), ("Bob", "PER"), ("Oslo", "GPE"))]
    found = annotation({"doc_id": "d", "mentions": mentions, "events": [event]})
    (event_found,) = found.events
    by_id = {m.id: m.span.of(TEXT) for m in found.mentions}
    assert event_found.span.of(TEXT) == "met"
    assert [(a.role, by_id[a.mention]) for a in event_found.arguments] == [
        ("PARTICIPANT", "Ann Lee"),
        ("PARTICIPANT", "Bob"),
        ("PLACE", "Oslo"),
    ]
    assert len(found.mentions) == 3


def test_a_filler_is_the_mention_of_its_words_that_is_nearest_to_the_trigger() -> None:
    mentions = [{"text": w, "type": "GPE"} for w in ("Oslo", "Oslo", "Oslo")]
    events = [{"type": "MOVE", "trigger": "left", "arguments": [{"role": "PLACE", "text": "Oslo"}]}]
    found = annotation({"doc_id": "d", "mentions": mentions, "events": events})
    (argument,) = found.events[0].arguments
    assert next(m.span.start for m in found.mentions if m.id == argument.mention) == 48


def test_fillers_without_a_list_of_mentions_are_mentions_that_are_not_claimed() -> None:
    events = [{"type": "CONSULT", "trigger": "met", "arguments": [{"role": "PARTICIPANT", "text": "Bob"}]}]
    found = annotation({"doc_id": "d", "events": events})
    assert found.layers == ("events", "arguments")
    assert words(found) == [("Bob", 22, UNTYPED)]


def test_such_a_filler_is_admitted_under_an_ontology_too() -> None:
    import communique as cq

    gold = cq.load("validation")
    event = {"type": "CONSULT", "trigger": "Talks", "arguments": {"ACTOR": "Blinken"}}
    row = {"doc_id": gold.documents[0].doc_id, "events": [event]}
    (found,) = parse_predictions("a", json.dumps(row), gold, align=True, note=lambda _: None)
    assert [m.type for m in found.mentions] == [UNTYPED]


def test_a_filler_that_is_no_listed_mention_is_one_of_no_type() -> None:
    events = [{"type": "CONSULT", "trigger": "met", "arguments": {"PARTICIPANT": "Bob"}}]
    row = {"doc_id": "d", "mentions": [{"text": "Acme", "type": "ORG"}], "events": events}
    found = annotation(row)
    assert "1 filler or end of no type, not among the mentions: spurious as such" in converted(row).notes
    assert words(found) == [("Acme", 13, "ORG"), ("Bob", 22, UNTYPED)]
    assert found.layers == ("mentions", "events", "arguments")


def test_as_a_mention_it_is_spurious_and_as_a_filler_as_good_as_any() -> None:
    import communique as cq

    there = cq.load("validation")
    (whole,) = there.annotations
    used = {x.mention for e in whole.events for x in e.arguments}
    mentions = tuple(replace(m, type=UNTYPED) if m.id in used else m for m in whole.mentions)
    scores = cq.score(there, [replace(whole, mentions=mentions)], measures=["Ent-C", "Arg-C+"])
    assert scores["Arg-C+"].f1 == 1
    assert scores["Ent-C"].tally.hits_predicted == len(mentions) - len(used)
    told = gold_incidents(there.documents[0], replace(whole, mentions=mentions), default_ontology())
    assert {i.id for i in told} == {"unknown-label"}


def test_ends_of_a_relation_are_the_nearest_pair_and_said_again_the_next() -> None:
    mentions = [{"text": w, "type": "X"} for w in ("Bob", "Oslo", "Oslo", "Bob", "Oslo")]
    relation = {"subject": "Bob", "relation": "AT", "object": "Oslo"}
    found = annotation({"doc_id": "d", "mentions": mentions, "relations": [relation, relation]})
    starts = {m.id: m.span.start for m in found.mentions}
    assert [(starts[r.head], starts[r.tail]) for r in found.relations] == [(54, 48), (22, 29)]


def test_where_no_mentions_are_listed_each_filler_is_the_words_nearest_to_its_own_trigger() -> None:
    events = [{"type": "X", "trigger": word, "arguments": {"PLACE": "Oslo"}} for word in ("met", "left")]
    found = annotation({"doc_id": "d", "events": events})
    starts = {m.id: m.span.start for m in found.mentions}
    assert [starts[e.arguments[0].mention] for e in found.events] == [29, 48]


def test_where_no_mentions_are_listed_the_ends_of_a_relation_are_the_words_nearest_to_each_other() -> None:
    relations = [
        {"head": "Oslo", "relation": "OF", "tail": "Bob"},
        {"head": "Oslo", "relation": "OF", "tail": "Bob"},
        {"head": "Ann Lee", "relation": "OF", "tail": "Acme"},
        {"head": "Ann Lee", "relation": "OF", "tail": "Utopia Quux"},
    ]
    found = annotation({"doc_id": "d", "relations": relations})
    starts = {m.id: m.span.start if m.span.placed else None for m in found.mentions}
    assert [(starts[r.head], starts[r.tail]) for r in found.relations] == [(48, 54), (29, 22), (2, 13), (2, None)]


def test_members_of_a_cluster_may_be_quotes() -> None:
    found = annotation({"doc_id": "d", "entities": [{"type": "PER", "mentions": ["Bob", "Bob"]}]})
    assert [m.span.start for m in found.mentions] == [22, 54]
    assert found.entities[0].mentions == tuple(m.id for m in found.mentions)
    assert found.layers == ("entities",)


def test_what_is_nowhere_is_kept_and_listed_with_its_path() -> None:
    done = converted({"doc_id": "d", "mentions": [{"text": "Zanzibar Quux", "type": "GPE"}, {"text": "Acme", "type": "ORG"}]})
    (row,) = done.rows
    assert [m.span.placed for m in row.annotation.mentions] == [False, True]
    assert done.notes[0] == "quotes: 1 exact, 1 unaligned"
    assert "a.json:1: $.mentions[0]: 'Zanzibar Quux' is nowhere in the text" in done.notes[1]


def test_keys_that_mean_nothing_go_to_meta_and_keys_of_the_row_are_named() -> None:
    done = converted({"doc_id": "d", "reasoning": "…", "mentions": [{"text": "Bob", "type": "PER", "why": "a name"}]})
    (row,) = done.rows
    assert row.annotation.mentions[0].meta == {"why": "a name"}
    assert done.notes[0] == "the key 'reasoning' of 1 record is not read"


def test_offsets_beside_a_quote_say_where_to_look() -> None:
    found = annotation({"doc_id": "d", "mentions": [{"text": "Oslo", "type": "GPE", "start": 70, "end": 74}]})
    assert words(found) == [("Oslo", 68, "GPE")]


def test_numbers_for_ids_are_read_as_strings() -> None:
    row = {
        "doc_id": "d",
        "mentions": [{"id": 1, "text": "Ann Lee", "type": "PER"}, {"id": 2, "text": "Acme", "type": "ORG"}],
        "relations": [{"type": "WORKS_FOR", "head": 1, "tail": 2}],
    }
    assert [(r.head, r.tail) for r in annotation(row).relations] == [("1", "2")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"doc_id": "d", "mentions": [{"text": "Bob"', "invalid-json"),
        ({"doc_id": "d", "answer": '{"mentions": [{"text": "Bob", "ty'}, r"a.json:1: \$.answer:1:\d+: .*cut off.*invalid-json"),
        ({"doc_id": "x", "mentions": []}, "unknown-document"),
        ({"mentions": []}, "no-document"),
        ({"doc_id": "d", "mentions": [{"type": "PER"}]}, r"a.json:1: \$.mentions\[0\]: the key start and end is missing"),
        ({"doc_id": "d", "mentions": [{"text": "Bob"}]}, r"\$.mentions\[0\]: the key type is missing"),
        ({"doc_id": "d", "mentions": [{"text": 5, "type": "PER"}]}, r"\$.mentions\[0\].text: expected a string, got 5"),
        (
            {"doc_id": "d", "mentions": None, "entities": [{"type": "PER", "mentions": ["Bob"]}]},
            r"\$.mentions: expected a list",
        ),
        ({"doc_id": "d", "mentions": {"PER": "Bob"}}, r"\$.mentions: expected a list"),
        ({"doc_id": "d", "mentions": {"PER": [["Bob"]]}}, r"\$.mentions\[0\]: expected an object"),
        ({"doc_id": "d", "answer": '{"mentions": [{"text": "Bob", "type": "PER"}'}, r"\$.answer:1:\d+: .*invalid-json"),
        ({"doc_id": "d", "answer": '{"a": 1, "entities": [{"type": "PER", "mentions": ["Bob"]}, '}, "invalid-json"),
        ({"doc_id": "d", "answer": '{"mentions": [], "mentions": []}'}, "the key mentions more than once"),
        ({"doc_id": "d", "answer": '{"mentions": [{"text": "Bob", "type": "PER"}]} {"events": [{"a": 1}]}'}, "several-rows"),
        ({"doc_id": "d", "events": [{"type": "X", "trigger": ["met"]}]}, r"\$.events\[0\].text: expected a string"),
        ({"doc_id": "d", "relations": [{"type": "X", "head": ["Bob"], "tail": "m1"}]}, r"\$.relations\[0\].head: expected"),
        ('[["Bob"]]', r"a.json: \$\[0\]: \$: expected an object"),
    ],
)
def test_a_fault_says_where(content: Any, said: str) -> None:
    with pytest.raises(DataError, match=said):
        converted(content)


@given(passes())
def test_strict_quotes_are_read_as_they_are_meant(annotation: Annotation) -> None:
    content = dump_quotes([annotation], {"d": INVENTED})
    (row,) = read("llm", Source("a", None, content.encode()), Texts({"d": INVENTED})).rows
    found = row.annotation
    assert (found.mentions, found.events, found.relations) == (annotation.mentions, annotation.events, annotation.relations)
    assert (found.entities, found.instances) == (annotation.entities, annotation.instances)
    assert found.event_relations == annotation.event_relations
    assert all(m.span.quote and m.span.quote.status == "exact" for m in found.mentions)


KEYS = [
    *("id", "text", "type", "start", "end", "mentions", "events", "relations", "arguments", "trigger", "head", "tail", "role"),
    *("mention", "evidence", "extent", "sentence", "occurrence", "context", "entities", "instances", "quote", "meta"),
]
LISTS = ["mentions", "events", "relations", "entities", "event_relations", "answer"]
WORDS = st.sampled_from(["Bob", "Oslo", "m1", "", "🎉", "PER"])
leaves = st.none() | st.booleans() | st.integers(-3, 99) | st.floats(0, 1) | WORDS
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(LISTS), values))
def test_no_json_ends_in_anything_but_rows_or_faults(record: dict[str, Any]) -> None:
    with suppress(DataError):
        assert len(converted({"doc_id": "d", **record}).rows) == 1


def test_score_aligns_on_the_fly_as_convert_does(tmp_path: Path) -> None:
    mentions = [{"start": 13, "end": 17, "type": "ORG"}, {"start": 29, "end": 33, "type": "GPE"}]
    gold = {"doc_id": "d", "text": TEXT, "mentions": mentions}
    answer = {"doc_id": "d", "entities": [{"text": "Acme", "label": "ORG"}, {"text": "Utopia", "label": "GPE"}]}
    (tmp_path / "gold.jsonl").write_text(json.dumps(gold))
    (tmp_path / "answer.json").write_text(json.dumps(answer))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", VERB, *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    words = ("--gold", "gold.jsonl", "-m", "Ent-C", "--format", "json", "--system", "s", "--no-intervals")
    aligned = run("score", "answer.json", "--align", *words)
    assert aligned.returncode == 0, aligned.stderr
    assert "note: quotes: 1 exact, 1 unaligned" in aligned.stderr
    done = run("convert", "answer.json", "--texts", "gold.jsonl", "-o", "pred.jsonl")
    assert done.returncode == 0, done.stderr
    assert "answer.json is read as llm" in done.stderr
    told = json.loads(run("score", "pred.jsonl", *words).stdout)
    assert told == json.loads(aligned.stdout)
    found = told["measures"]["Ent-C"]
    assert (found["hits"], found["predicted"], found["gold"]) == (1, 2, 2)
    assert "|align:quotes|" in found["signature"]
    assert told["errors"]["Ent-C"]["items"][-1]["pred"]["span"] == [None, 0, "Utopia"]
