"""What the checks admit that is easy to refuse by mistake; what they refuse has its case files."""

import json

import pytest

from communique.checks import incidents
from communique.checks.schema import ISO_8601
from communique.io.quotes import parse_quotes
from communique.ontology import default_ontology
from communique.predictions import document_of

TEXT = "Ann met Bob. The goal? To mend ties."


@pytest.mark.parametrize(
    ("marker", "sentence", "found"),
    [("goal", 2, []), ("To", 3, ["event-relation-too-far"])],
)
def test_a_verbless_sentence_with_the_marker_opens_the_next_one(marker: str, sentence: int, found: list[str]) -> None:
    """Guidelines, section 10: `Varga met Brand. The goal? To mend ties.`"""
    event = {"realis": "ACTUAL", "polarity": "POS", "arguments": []}
    row = {
        "doc_id": "d1",
        "mentions": [],
        "entities": [],
        "events": [
            {"id": "v1", "text": "met", "sentence": 1, "type": "CONSULT", **event},
            {"id": "v2", "text": "mend", "sentence": 3, "type": "IMPROVE", **event},
        ],
        "instances": [{"id": "i1", "events": ["v1"]}],
        "relations": [],
        "event_relations": [
            {"type": "PURPOSE", "head": "v1", "tail": "v2", "evidence": [{"text": marker, "sentence": sentence}]}
        ],
    }
    document = document_of("d1", TEXT)
    rows, faults = parse_quotes("q.json", json.dumps(row), {"d1": document})
    assert faults == ()
    assert [i.id for i in incidents(document, rows[0].annotation, default_ontology())] == found


ADMITTED = """2031-05-02 XXXX-05-02 2031-05 XXXX-05 XXXX-XX-XX 2031 XXXX 2029-21 2021/2024
2031-W17 XXXX-WXX XXXX-WXX-5 T10:00 2031-05-02T10:00 XXXX-WXX-5T10:00
P3D PT30M PXD P20Y PT7.5H"""


@pytest.mark.parametrize("value", ADMITTED.split())
def test_every_form_of_value_in_the_guidelines_is_admitted(value: str) -> None:
    assert ISO_8601.fullmatch(value)


@pytest.mark.parametrize("value", ["Friday", "2031-13", "31-05-02", "P", "2031-5", "PT", "2031/", "2031-05-32", "2031-W17-8"])
def test_other_forms_are_not(value: str) -> None:
    assert not ISO_8601.fullmatch(value)
