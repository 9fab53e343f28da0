"""The guidelines, the ontology and the calibration material fit each other."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from communique.agreement import TARGETS, agreement
from communique.findings import findings
from communique.io.files import read_text
from communique.io.jsonl import parse_rows
from communique.io.quotes import parse_quotes
from communique.model import Annotation, Document
from communique.ontology import parse_ontology, read_ontology
from communique.predictions import document_of

GUIDELINES = Path(__file__).parents[1] / "guidelines"
CALIBRATION = GUIDELINES / "calibration"
MANUAL = (GUIDELINES / "guidelines.md").read_text(encoding="utf-8")
ONTOLOGY = read_ontology(GUIDELINES / "ontology.toml")
PASSES = sorted(CALIBRATION.glob("round-*/*-first"))


def documents() -> dict[str, Document]:
    rows, _ = parse_rows(*read_text(CALIBRATION / "texts.jsonl"))
    return {r.annotation.doc_id: document_of(r.annotation.doc_id, r.text or "") for r in rows}


def annotations(folder: Path) -> list[Annotation]:
    found = []
    for path in sorted(folder.glob("*.json")):
        rows, faults = parse_quotes(*read_text(path), documents())
        assert faults == ()
        found += [row.annotation for row in rows]
    return found


def page() -> tuple[Document, str]:
    """The annotated page at the end of the manual: its text, and its JSON."""
    _, _, section = MANUAL.partition("## 12 ")
    lines = re.findall(r"^\d+\. (.*)$", section, re.MULTILINE)
    return document_of("example", "\n".join(lines)), re.search(r"```json\n(.*?)```", section, re.DOTALL).group(1)  # type: ignore[union-attr]


def test_manual_and_ontology_have_one_version() -> None:
    assert f"\nVersion {ONTOLOGY.version}." in MANUAL


def test_the_manual_cites_only_lexicons_that_there_are() -> None:
    cited = set(re.findall(r"`L:([a-z_]+?)(?:_\*)?`", MANUAL)) - {"name"}  # L:name stands for any
    assert cited
    assert {c for c in cited if not any(name.startswith(c) for name in ONTOLOGY.lexicons)} == set()


def test_every_section_that_the_manual_cites_is_there() -> None:
    sections = set(re.findall(r"^#+ (\d+(?:\.\d+)?)\b", MANUAL, re.MULTILINE)) | set(re.findall(r"\*\*§(\d+\.\d+)", MANUAL))
    assert set(re.findall(r"§(\d+(?:\.\d+)?)", MANUAL)) - sections == set()


def test_every_type_role_and_relation_has_a_definition() -> None:
    defined = [*ONTOLOGY.kinds.values(), *ONTOLOGY.classes.values(), *ONTOLOGY.roles.values(), *ONTOLOGY.realis.values()]
    for group in (ONTOLOGY.mentions, ONTOLOGY.events, ONTOLOGY.relations, ONTOLOGY.event_relations, ONTOLOGY.lexicons):
        defined += [item.definition for item in group.values()]
    assert all(defined)


def test_the_annotated_page_has_no_findings(tmp_path: Path) -> None:
    document, annotation = page()
    path = tmp_path / "page.json"
    path.write_text(annotation, encoding="utf-8")
    assert list(findings(path, {"example": document}, standard="annotation", ontology=ONTOLOGY)) == []


@pytest.mark.parametrize("folder", [CALIBRATION / "key", *PASSES], ids=lambda p: p.name)
def test_calibration_annotations_have_no_findings(folder: Path) -> None:
    for path in sorted(folder.glob("*.json")):
        assert list(findings(path, documents(), standard="annotation", ontology=ONTOLOGY)) == []


def test_the_calibration_texts_hold_every_type_four_times_and_every_other_label() -> None:
    key = annotations(CALIBRATION / "key")
    assert len(key) == 3
    for types, items in ((ONTOLOGY.mentions, "mentions"), (ONTOLOGY.events, "events")):
        there = [item.type for a in key for item in getattr(a, items)]
        assert {t: there.count(t) for t in types if there.count(t) < 4} == {}
    events = [e for a in key for e in a.events]
    assert {x.role for e in events for x in e.arguments} == set(ONTOLOGY.roles)
    assert {r.type for a in key for r in a.relations} == set(ONTOLOGY.relations)
    assert {r.type for a in key for r in a.event_relations} == set(ONTOLOGY.event_relations)
    assert {e.realis for e in events} == set(ONTOLOGY.realis)
    assert {e.polarity for e in events} == set(ONTOLOGY.polarity)
    assert {m.kind for a in key for m in a.mentions} - {None} == set(ONTOLOGY.kinds)


def test_the_quiz_has_thirty_items_and_a_key_for_each() -> None:
    asked = re.findall(r"^\*\*(q\d+)\*\*", (CALIBRATION / "quiz.md").read_text(encoding="utf-8"), re.MULTILINE)
    key = json.loads((CALIBRATION / "quiz.key.json").read_text(encoding="utf-8"))
    assert asked == list(key) == [f"q{n}" for n in range(1, 31)]


def test_every_annotator_met_the_targets_and_the_readme_says_by_how_much() -> None:
    answers = json.loads((CALIBRATION / "quiz-answers.json").read_text(encoding="utf-8"))
    right = {n: item["answer"] for n, item in json.loads((CALIBRATION / "quiz.key.json").read_text(encoding="utf-8")).items()}
    key = annotations(CALIBRATION / "key")
    columns = ("mentions", "entities", "triggers_class", "realis", "arguments_given_triggers", "relations", "event_relations")
    readme = (CALIBRATION / "README.md").read_text(encoding="utf-8")
    assert {(r, name) for r, held in answers.items() for name in held} == {(p.parent.name, p.name) for p in PASSES}
    for folder in PASSES:
        given = answers[folder.parent.name][folder.name]
        quiz = sum(given[n] == answer for n, answer in right.items())
        assert quiz >= 27
        layers = agreement(key, annotations(folder), ontology=ONTOLOGY).layers
        for layer, (figure, target) in TARGETS.items():
            assert (layers[layer].figures[figure] or 0) >= target
        reached = [layers[c].figures["alpha" if c == "realis" else "f1"] for c in columns]
        cells = [f"{x:.3f}".removeprefix("0") for x in reached if x is not None]
        row = re.escape(f"| {quiz} of 30 | {' | '.join(cells)} |")
        label = re.escape(f"{folder.parent.name.replace('-', ' ')}, {described(folder.name)}")
        assert re.search(rf"^\| {label} \| [\d.]+ {row}$", readme, re.MULTILINE), folder


def described(name: str) -> str:
    """``000-jakarta-mentions-first``: 000-jakarta, mentions first."""
    doc_id, order = re.fullmatch(r"(?:(.+)-)?((?:mentions|events)-first)", name).groups()  # type: ignore[union-attr]
    return ", ".join(x for x in (doc_id, order.replace("-", " ")) if x)


def test_a_label_with_fewer_than_three_instances_has_a_reason_to_stay() -> None:
    summary = json.loads((GUIDELINES.parent / "corpus" / "dataset.json").read_text(encoding="utf-8"))
    counts: Counter[str] = Counter()
    for split in summary["splits"].values():
        for layer in ("mentions", "events", "arguments", "relations", "event_relations"):
            counts.update(split["counts"][layer])
    labels = [*ONTOLOGY.mentions, *ONTOLOGY.events, *ONTOLOGY.roles, *ONTOLOGY.relations, *ONTOLOGY.event_relations]
    _, _, section = MANUAL.partition("## 13 ")
    reasons = dict(re.findall(r"^\| ([A-Z_]+) \| (.+) \|$", section, re.MULTILINE))
    assert {label for label in labels if counts[label] < 3} == reasons.keys()
    assert all(reasons.values())


def test_an_ontology_that_names_what_is_not_there_is_refused() -> None:
    toml = (GUIDELINES / "ontology.toml").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match=r"event\.CONSULT\.class names MEETING, which is not defined"):
        parse_ontology(toml.replace('class = "CONSULT"', 'class = "MEETING"'))
    with pytest.raises(ValueError, match="key 'definition' is missing"):
        parse_ontology(toml.replace("definition = ", "meaning = ", 1))
    with pytest.raises(ValueError, match="names more than one role or relation"):
        parse_ontology(toml.replace("[relation.TIES]", "[relation.PLACE]"))
