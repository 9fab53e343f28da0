"""An ontology of one's own: read strictly, and empty where nothing is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from communique.cli.check import command as check
from communique.incident import DataError
from communique.ontology import default_ontology, empty_ontology, parse_ontology, read_ontology, scoring_ontology

PERSON = '[mention.Person]\ndefinition = "One."\nentity = true\nkinds = []\n'


def test_tables_that_are_left_out_are_empty() -> None:
    ontology = parse_ontology(f'version = "1"\n{PERSON}')
    assert list(ontology.mentions) == ["Person"]
    assert [dict(t) for t in (ontology.events, ontology.roles, ontology.relations, ontology.kinds)] == [{}] * 4


@pytest.mark.parametrize(
    ("toml", "fault"),
    [
        ("", "the file: the key 'version' is missing"),
        ("version = 1", "version is not a string"),
        ("version =", "Invalid value"),
        ('version = "1"\n[mentions.Person]', "mentions is no key of an ontology; did you mean mention?"),
        ('version = "1"\nmention = 1', "mention is not a table"),
        ('version = "1"\nmention.Person = 1', "mention.Person is not a table"),
        (f'version = "1"\n{PERSON}x = 1', "mention.Person.x is no key of an ontology"),
        ('version = "1"\n' + PERSON.replace("true", '"yes"'), "mention.Person.entity is not true or false"),
        ('version = "1"\n' + PERSON.replace("[]", '"NAM"'), "mention.Person.kinds is not a list of strings"),
        ('version = "1"\n' + PERSON.replace("[]", "[1]"), "mention.Person.kinds is a list, but not of strings alone"),
        ('version = "1"\n' + PERSON.replace("[]", '["NAM"]'), "mention.Person.kinds names NAM, which is not defined"),
        ('version = "1"\n[relation.R]\ndefinition = "x"\nsymetric = true', "relation.R.symetric is no key of an ontology; did"),
        ('version = "1"\n' + "a = " + "[" * 9999, "nested too deeply"),
    ],
)
def test_a_damaged_one_says_which_file_and_where(toml: str, fault: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is compared below, with its dots and brackets
        read_ontology(tmp_path / "mine.toml")
    assert str(caught.value).startswith(f"{tmp_path}/mine.toml: ")
    assert fault in str(caught.value)


def test_what_is_given_comes_first_and_gold_of_ones_own_has_none() -> None:
    own = parse_ontology('version = "1"')
    assert scoring_ontology(own, own=True) is scoring_ontology(own, own=False) is own
    assert scoring_ontology(None, own=True) is empty_ontology()
    assert scoring_ontology(None, own=False) is default_ontology()


def test_check_holds_files_to_the_ontology_that_it_is_given(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(f'version = "1"\n{PERSON}', encoding="utf-8")
    row = {"doc_id": "d1", "text": "Ann met Bob.", "mentions": [{"start": 0, "end": 3, "type": "Person"}]}
    (tmp_path / "p.jsonl").write_text(json.dumps(row), encoding="utf-8")
    words = [str(tmp_path / "p.jsonl"), "--texts", str(tmp_path / "p.jsonl"), "--ontology"]
    assert CliRunner().invoke(check, [*words, str(tmp_path / "mine.toml")]).output == "1 file checked, no findings\n"
    refused = CliRunner().invoke(check, [*words, "installed"])
    assert isinstance(refused.exception, DataError)
    assert [i.id for i in refused.exception.incidents] == ["unknown-label"]
