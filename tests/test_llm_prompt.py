"""The prompt of a language model, the form of its answer, and how what it writes is read."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import communique as cq
from communique.extractors.llm import Asking
from communique.extractors.llm.answer import find_object, read_answer
from communique.extractors.llm.asking import refers_to
from communique.extractors.llm.examples import example
from communique.extractors.llm.extract import written_prompts
from communique.extractors.llm.prompt import read_rules, version
from communique.extractors.llm.schema import answer_schema, items_of, outline
from communique.extractors.llm.transcript import Transcript, key_of
from communique.model import LAYERS
from communique.ontology import default_ontology, empty_ontology, parse_ontology
from communique.predictions import document_of

ONTOLOGY = default_ontology()
ROOT = Path(__file__).parents[1]
GUIDELINES = (ROOT / "guidelines" / "guidelines.md").read_text(encoding="utf-8")
RULES = read_rules()
ANIMALS = parse_ontology("""
version = "1"
[mention.CAT]
definition = "A small beast of prey."
entity = true
kinds = []
[mention.GPE]
definition = "A country."
entity = false
kinds = []
""")


def written(*, ontology=ONTOLOGY, documents=(), **how):
    notes: list[str] = []
    prompts = written_prompts(documents, Asking(model="m", **how), ontology, notes.append)
    return prompts, notes


def objects(schema):
    if schema.get("type") == "object":
        yield schema
        for inner in schema["properties"].values():
            yield from objects(inner)
    if "items" in schema:
        yield from objects(schema["items"])


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda r: f"{r.layer}-{'-'.join(r.sections)}-{r.text[:20]}")
def test_every_rule_sums_up_sections_that_the_guidelines_have(rule):
    assert rule.sections
    for section in rule.sections:
        assert re.search(rf"^(#+ |\*\*§){re.escape(section)}[ .*]", GUIDELINES, re.MULTILINE), section


def test_the_rules_are_about_a_page_and_cover_every_layer():
    assert {rule.layer for rule in RULES.rules} == set(LAYERS)
    assert sum(len(rule.text.split()) for rule in RULES.rules) < 1600


def test_the_prompt_defines_every_label_of_the_ontology():
    [prompt] = written()[0]
    tables = (ONTOLOGY.mentions, ONTOLOGY.events, ONTOLOGY.relations, ONTOLOGY.event_relations)
    defined = {name: item.definition for table in tables for name, item in table.items()}
    defined |= {**ONTOLOGY.kinds, **ONTOLOGY.roles, **ONTOLOGY.realis, **ONTOLOGY.polarity}
    for name, definition in defined.items():
        assert re.search(rf"^- {name}[ :].*{re.escape(definition)}$", prompt.system, re.MULTILINE), name


def test_another_ontology_gives_another_prompt_and_no_rule_that_names_what_it_has_not():
    ours, _ = written()
    theirs, notes = written(ontology=ANIMALS)
    [prompt] = theirs
    assert version(ours) != version(theirs)
    assert "- CAT (no kind): A small beast of prey." in prompt.system
    assert prompt.layers == ("mentions", "entities")
    assert items_of(prompt.schema)["mentions"]["properties"]["type"]["enum"] == ["CAT", "GPE"]
    assert items_of(prompt.schema)["entities"]["properties"]["type"]["enum"] == ["CAT"]
    gone = {name for table in (ONTOLOGY.mentions, ONTOLOGY.events, ONTOLOGY.relations) for name in table} - {"GPE"}
    assert not {word for word in re.findall(r"[A-Z_]{2,}", prompt.system) if word in gone}
    assert any("left out of the prompt: they name labels that the ontology has not" in note for note in notes)
    assert any("no worked example" in note for note in notes)
    assert not prompt.example


def test_an_ontology_without_labels_is_refused():
    with pytest.raises(ValueError, match="the ontology has no labels"):
        written(ontology=empty_ontology())
    with pytest.raises(ValueError, match="no labels for relations"):
        written(ontology=ANIMALS, layers=("relations",))


def test_rules_of_ones_own_take_the_place_of_the_packages(tmp_path):
    mine = tmp_path / "rules.toml"
    head = 'task = "Do."\nquoting = "Quote."\nfound = "Found:"\n'
    mine.write_text(head + '[[rule]]\nlayer = "mentions"\nsections = []\ntext = "Mark cats."\n')
    [prompt] = written(rules=mine, layers=("mentions",))[0]
    assert prompt.system.startswith("Do.\n\n# mentions\n")
    assert "Rules:\n- Mark cats.\n" in prompt.system
    for broken, message in (
        (head.replace("task", "tusk"), "'tusk' is no key of it; did you mean task?"),
        (head + '[[rule]]\nlayer = "mention"\nsections = []\ntext = ""\n', "'mention' is no layer; did you mean mentions?"),
        (head, "rule is not a list"),
        ("task", "compare it with the rules.toml"),
    ):
        mine.write_text(broken)
        with pytest.raises(ValueError, match=re.escape(message)):
            read_rules(mine)


def test_the_example_is_of_the_validation_document_and_nothing_else():
    document = cq.load("validation").documents[0]
    own = [sentence.of(document.text) for sentence in document.sentences]
    shown = example(ONTOLOGY)
    assert set(shown.sentences) <= set(own)
    assert len(shown.sentences) == 6
    [prompt] = written()[0]
    assert [message["role"] for message in prompt.example] == ["user", "assistant"]


def test_the_example_is_an_answer_as_it_is_asked_for_in_every_step():
    for steps in (False, True):
        for prompt in written(steps=steps)[0]:
            answer = json.loads(prompt.example[1]["content"])
            read = read_answer(answer, prompt.schema, example(ONTOLOGY).row, "example")
            assert (read.faults, read.foreign) == ((), {})
            assert any(read.lists.values())


def test_what_the_example_quotes_stands_in_its_sentences():
    shown = example(ONTOLOGY)
    quotes = [*shown.row["mentions"], *shown.row["events"], *(e for x in shown.row["event_relations"] for e in x["evidence"])]
    assert all(quote["text"] in shown.sentences[quote["sentence"] - 1] for quote in quotes)


def test_a_document_that_is_scored_is_not_shown_with_its_gold():
    gold = cq.load("validation")
    [prompt], notes = written(documents=gold.documents)
    assert not prompt.example
    assert notes == [f"the prompt has no worked example, for it would be of {gold.documents[0].doc_id}, which is to be scored"]
    copied = document_of("copy", f"Before.\n{example(ONTOLOGY).sentences[3]}\nAfter.")
    assert not written(documents=[copied])[0][0].example
    assert written(documents=[document_of("other", "Nobody came.")])[0][0].example
    assert not written(examples=False)[0][0].example


def test_a_later_step_is_given_the_ids_that_were_found():
    prompts = written(steps=True, examples=False)[0]
    assert [prompt.layers for prompt in prompts] == [
        ("mentions",), ("events", "arguments"), ("relations",), ("event_relations",), ("entities", "instances")
    ]  # fmt: skip
    document = document_of("d", "Ann met Bob.")
    found = {
        "mentions": [{"id": "m1", "text": "Ann", "sentence": 1, "type": "PER"}],
        "events": [{"id": "v1", "text": "met", "sentence": 1, "type": "CONSULT"}],
    }
    asked = [prompt.messages(document, found)[-1]["content"] for prompt in prompts]
    assert asked[0] == "1\tAnn met Bob."
    assert ['"id": "m1"' in question for question in asked] == [False, True, True, False, True]
    assert ['"id": "v1"' in question for question in asked] == [False, False, False, True, True]
    assert all(refers_to(prompt.layers) == () for prompt in written(examples=False)[0])


@pytest.mark.parametrize("ontology", [ONTOLOGY, ANIMALS], ids=["ours", "animals"])
def test_the_schema_is_in_the_strict_form(ontology):
    """As OpenAI wants it: every property required, none besides, and no keyword that it does not take."""
    for layers in Asking(model="m", steps=True).requests(ontology) + Asking(model="m").requests(ontology):
        schema = answer_schema(layers, ontology)
        for found in objects(schema):
            assert found["additionalProperties"] is False
            assert found["required"] == list(found["properties"])
        words = set(re.findall(r'"(\w+)":', json.dumps(schema)))
        names = {key for found in objects(schema) for key in found["properties"]}
        assert words - names <= {"type", "properties", "required", "additionalProperties", "items", "enum"}


def test_the_outline_names_every_list_and_label():
    sketch = outline(answer_schema(LAYERS, ONTOLOGY))
    assert all(f'"{name}"' in sketch for name in (*ONTOLOGY.events, *ONTOLOGY.roles, *ONTOLOGY.relations, *ONTOLOGY.kinds))


LISTS = ("mentions", "events", "relations")
ITEM = st.fixed_dictionaries({"id": st.text(max_size=3), "text": st.text('ab"\\{}[], 🎉', max_size=6)})
ANSWERS = st.fixed_dictionaries({name: st.lists(ITEM, max_size=3) for name in LISTS})


@settings(max_examples=50)
@given(answer=ANSWERS, data=st.data(), indent=st.sampled_from([None, 1]), fence=st.booleans())
def test_what_is_read_of_a_cut_answer_is_its_beginning_and_never_taken_for_all_of_it(answer, data, indent, fence):
    text = json.dumps(answer, indent=indent, ensure_ascii=False)
    cut = data.draw(st.integers(0, len(text) - 1))
    found = find_object(("```json\n" if fence else "") + text[:cut], LISTS)
    assert not found.whole
    whole = [item for name in answer for item in answer[name]]
    kept = [item for name in answer for item in found.value.get(name, [])]
    assert kept == whole[: len(kept)]
    assert find_object(text[:-1], LISTS).value == answer


@given(answer=ANSWERS, before=st.sampled_from(["", "Sure {here}: ", "<think>{\"mentions\": [1]}</think>\n", "```json\n"]))
def test_a_whole_answer_is_found_among_other_words(answer, before):
    after = "\n```" if "`" in before else " Anything else?"
    found = find_object(before + json.dumps(answer) + after, LISTS)
    assert (found.whole, found.value) == (True, answer)


def test_an_empty_form_before_the_answer_gives_way_to_it_and_what_follows_the_answer_does_not_count():
    form, answer, more = ({"mentions": items} for items in ([], [{"id": "m1"}], [{"id": "m2"}]))
    said = "\n".join(json.dumps(one) for one in (form, answer, more, form))
    assert find_object(said, LISTS).value == answer
    assert find_object(json.dumps(form), LISTS).value == form


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"mentions": [], "mentions": [{"id": "m1"}]}', "an object has the key mentions more than once"),
        ('{"mentions": [{"score": NaN}]}', "NaN is not JSON"),
        ('{"mentions": [{"text": "\\ud83c"}]}', "half a character"),
        ("[" * 100_000, "it holds no JSON object"),
        ('{"mentions": ' * 5000, "it holds no JSON object"),
        ('{"mentions": [' + "[" * 100_000, ""),
        ("", "it holds no JSON object"),
        ('{"Mentions": []}', "it holds no JSON object with mentions or events or relations"),
    ],
    ids=["twice", "nan", "surrogate", "deep", "deep-objects", "deep-item", "empty", "other-case"],
)
def test_what_is_no_answer_is_told_and_never_guessed(text, fault):
    found = find_object(text, LISTS)
    assert (found.whole, found.items) == (False, 0)
    assert fault in found.fault


def test_the_digest_of_a_request_is_of_all_that_is_asked():
    body = {"model": "m", "messages": [{"role": "user", "content": "1\tAnn 🎉"}], "seed": 0}
    other = [body | {"seed": 1}, body | {"model": "n"}, body | {"max_tokens": 5}, body | {"messages": []}]
    keys = {key_of(body, 1), key_of(body, 2), *(key_of(o, 1) for o in other)}
    assert len(keys) == 6
    assert key_of(dict(reversed(body.items())), 1) in keys


def test_lines_that_cannot_be_read_are_skipped_and_told(tmp_path):
    good = json.dumps({"key": "k", "asked": {}, "status": 200, "response": {}})
    refused = json.dumps({"key": "r", "asked": {}, "status": 400, "response": {}})
    odd = ['{"key": [], "asked": {}, "status": 200, "response": {}}', '{"key": "o", "asked": 1, "status": "200"}']
    (tmp_path / "kept.jsonl").write_text("\n".join([good, "nonsense", "[]", *odd, refused, good[:20]]))
    notes: list[str] = []
    transcript = Transcript(tmp_path / "kept.jsonl", note=notes.append)
    assert (transcript.held, transcript.get("k") is not None, transcript.get("r")) == (1, True, None)
    [note] = notes
    assert note.endswith("kept.jsonl:2: 5 lines that cannot be read, the last, which an interruption may have cut; skipped")


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"model": " "}, "the model has no name"),
        ({"layers": ()}, "no layer is asked for"),
        ({"concurrency": 0}, "concurrency is 0"),
        ({"timeout": -1.0}, "timeout is -1.0"),
        ({"backoff": -0.1}, "backoff is -0.1"),
        ({"base_url": "http://[::1"}, "is no address"),
        ({"base_url": "ftp://host/"}, "is no address of a server"),
    ],
)
def test_values_that_make_no_sense_are_refused(how, message):
    with pytest.raises(ValueError, match=message):
        Asking(**({"model": "m"} | how))
    assert replace(Asking(model="m"), concurrency=2).concurrency == 2
