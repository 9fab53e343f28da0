"""The build: what gold becomes, what it refuses, and how `--check` finds what is not as built."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from invented import GOLD, SEEDS, span, write_gold, write_project, write_seeds

from communique.build import build, differences, release, unfinished
from communique.cli.build import command as build_command
from communique.cli.sentences import command as sentences_command
from communique.cli.texts import command as texts_command
from communique.corpus import default_split, load, splits
from communique.incident import DataError
from communique.ingest import ingest, read_seeds
from communique.io.features import CONFIGURATIONS, columns, decode, encode
from communique.io.files import write_bytes
from communique.io.labelconfig import label_config
from communique.io.parquet import complete, digest, document_row, from_bytes, to_annotation, to_bytes, to_document
from communique.model import Annotation, Mention
from communique.ontology import default_ontology
from communique.scorer import score

ONTOLOGY = default_ontology()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path / "project")


@pytest.fixture
def built(project: Path) -> Path:
    for name, content in build(project).items():
        write_bytes(project / name, content)
    return project


def rows(project: Path, configuration: str, split: str = "validation") -> list[dict[str, object]]:
    return from_bytes(project / "corpus" / configuration / f"{split}.parquet")[1]


def test_reading_gives_back_the_documents_and_the_gold(built: Path) -> None:
    for split, doc_id in (("validation", "harbour"), ("test", "valley")):
        gold = load(split, folder=built / "corpus")
        assert gold.annotations == (GOLD[doc_id],)
        assert gold.documents == tuple(d for d in ingest(built) if d.doc_id == doc_id)


def test_rows_of_documents_and_annotations_are_inverse() -> None:
    [document] = [d for d in ingest(Path(__file__).parents[1]) if d.doc_id == "003-washington"]
    annotation = Annotation(document.doc_id, mentions=(Mention("m1", span(document.text, "China"), "GPE"),))
    annotation = replace(annotation, text_sha256=document.text_sha256)
    features = columns("documents", ONTOLOGY)
    _, [row] = from_bytes(to_bytes([document_row(document, annotation, "1")], features))
    assert (to_document(row), to_annotation(row)) == (document, annotation)


def test_labels_survive_as_indices_and_nulls_as_nulls() -> None:
    features = columns("mentions", ONTOLOGY)
    raw = {"doc_id": "d", "id": "m", "start": 0, "end": 1, "type": "TIME", "surface": "x"}
    encoded = encode(raw, dict(features))
    assert (encoded["type"], encoded["kind"], encoded["extent"]) == (list(ONTOLOGY.mentions).index("TIME"), None, None)
    assert decode(encoded, dict(features)) == complete([raw], features)[0]
    with pytest.raises(ValueError, match="not in tuple"):
        encode({**raw, "type": "NOWHERE"}, dict(features))


def test_the_same_parts_give_the_same_bytes_in_any_order(project: Path) -> None:
    seeds, gold = read_seeds(project), list(GOLD.values())
    assert release(seeds, gold, ONTOLOGY) == release(seeds, gold[::-1], ONTOLOGY)


def test_every_table_that_has_rows_has_a_file(project: Path) -> None:
    """`datasets` 5.2 fails on a file without rows, and has no empty splits."""
    parquet = {f"corpus/{c}/validation.parquet" for c in CONFIGURATIONS}
    parquet |= {"corpus/documents/test.parquet", "corpus/tokens/test.parquet"}
    assert set(build(project)) == parquet | {"corpus/dataset.json", "corpus/README.md", "annotations/label_config.xml"}


def test_the_label_config_is_the_ontologys(project: Path) -> None:
    assert build(project)["annotations/label_config.xml"].decode("utf-8") == label_config(ONTOLOGY)


class TestTables:
    def test_surface_is_what_the_text_says_there(self, built: Path) -> None:
        [document] = [d for d in ingest(built) if d.doc_id == "harbour"]
        for configuration in ("mentions", "events"):
            for row in rows(built, configuration):
                assert row["surface"] == document.text[row["start"] : row["end"]]  # type: ignore[misc]

    def test_tables_join_by_id(self, built: Path) -> None:
        ids = {c: {row["id"] for row in rows(built, c)} for c in CONFIGURATIONS[2:]}
        assert {row["entity"] for row in rows(built, "mentions")} - {None} == ids["entities"]
        assert {row["event"] for row in rows(built, "arguments")} < ids["events"]
        assert {row["mention"] for row in rows(built, "arguments")} < ids["mentions"]
        assert {row["head"] for row in rows(built, "event_relations")} < ids["events"]
        assert len(ids["arguments"]) == len(rows(built, "arguments")) == 7

    def test_an_item_in_no_cluster_has_null_for_it(self, built: Path) -> None:
        assert {row["type"]: row["entity"] for row in rows(built, "mentions")}["TITLE"] is None
        assert {row["type"]: row["instance"] for row in rows(built, "events")} == {"CONSULT": "i1", "STATEMENT": None}

    def test_a_relations_surface_runs_from_its_first_end_to_its_last(self, built: Path) -> None:
        surfaces = {row["type"]: row["surface"] for row in rows(built, "relations")}
        assert surfaces == {"POSITION": "President Ann Roe", "AFFILIATION": "Ann Roe of Freedonia"}

    def test_tags_spell_the_names_and_the_triggers(self, built: Path) -> None:
        def tagged(column: str) -> list[tuple[str, str]]:
            return [
                (word, tag)
                for row in rows(built, "tokens")
                for word, tag in zip(row["tokens"], row[column], strict=True)  # type: ignore[call-overload]
                if tag != "O"
            ]

        assert tagged("trigger_tags") == [
            ("Meets", "B-CONSULT"),
            ("met", "B-CONSULT"),
            ("talks", "B-CONSULT"),
            ("said", "B-STATEMENT"),
        ]
        assert tagged("ner_tags")[2:6] == [("President", "B-TITLE"), ("Ann", "B-PER"), ("Roe", "I-PER"), ("Freedonia", "B-GPE")]
        assert [word for word, tag in tagged("ner_tags") if tag == "I-GPE"] == ["-", "Said"]
        assert "officials" not in [word for word, _ in tagged("ner_tags")]

    def test_a_row_of_tokens_is_a_sentence_with_its_number_and_zone(self, built: Path) -> None:
        [document] = [d for d in ingest(built) if d.doc_id == "harbour"]
        found = rows(built, "tokens")
        assert [(row["start"], row["end"]) for row in found] == [(s.start, s.end) for s in document.sentences]
        assert [row["sentence"] for row in found] == [1, 2, 3, 4]
        assert [row["zone"] for row in found] == ["headline", "body", "body", "body"]
        for row in found:
            for word, start in zip(row["tokens"], row["token_starts"], strict=True):  # type: ignore[call-overload]
                assert document.text.startswith(word, start)


class TestSplits:
    def test_a_split_without_gold_is_absent(self, tmp_path: Path) -> None:
        project = write_seeds(tmp_path / "project")
        write_gold(project, GOLD["harbour"])
        built = build(project)
        assert not [name for name in built if "test" in name]
        assert "split: test" not in built["corpus/README.md"].decode("utf-8")
        assert unfinished(project) == ("the split test is left out: no gold for valley (1 of 1)",)

    def test_a_split_with_gold_for_some_documents_is_absent(self, project: Path) -> None:
        path = project / "seeds" / "seeds.toml"
        path.write_text(path.read_text(encoding="utf-8").replace("'test'", "'validation'"), encoding="utf-8")
        (project / "annotations" / "gold" / "valley.json").unlink()
        assert set(build(project)) == {"annotations/label_config.xml"}
        assert unfinished(project) == ("the split validation is left out: no gold for valley (1 of 2)",)

    def test_without_any_gold_the_prose_of_the_card_stays(self) -> None:
        root = Path(__file__).parents[1]
        prose = (root / "corpus" / "README.md").read_text(encoding="utf-8")
        files = release(read_seeds(root), [], ONTOLOGY, prose=prose)
        assert set(files) == {"corpus/README.md", "annotations/label_config.xml"}
        assert "No split is complete yet." in files["corpus/README.md"].decode("utf-8")


class TestRefusals:
    def test_gold_with_an_incident_is_refused(self, project: Path) -> None:
        broken = replace(GOLD["harbour"], entities=GOLD["harbour"].entities[1:])
        with pytest.raises(DataError) as raised:
            release(read_seeds(project), [broken, GOLD["valley"]], ONTOLOGY)
        assert {incident.id for incident in raised.value.incidents} == {"mention-without-entity", "dangling-id"}

    def test_gold_of_an_unknown_document_is_refused(self, project: Path) -> None:
        with pytest.raises(DataError, match=r"seeds\.toml has no such document; did you mean valley"):
            release(read_seeds(project), [replace(GOLD["valley"], doc_id="vale")], ONTOLOGY)

    def test_two_annotations_of_a_document_are_refused(self, project: Path) -> None:
        with pytest.raises(DataError, match="it is annotated 2 times"):
            release(read_seeds(project), [GOLD["valley"]] * 2, ONTOLOGY)

    def test_a_gold_file_must_be_named_after_its_document(self, project: Path) -> None:
        gold = project / "annotations" / "gold"
        (gold / "valley.json").rename(gold / "hill.json")
        with pytest.raises(DataError, match=r"hill\.json: it holds valley, not hill"):
            build(project)

    def test_gold_that_is_no_export_is_refused_with_its_name(self, project: Path) -> None:
        (project / "annotations" / "gold" / "valley.json").write_text("[", encoding="utf-8")
        with pytest.raises(DataError, match=r"valley\.json"):
            build(project)

    @pytest.mark.parametrize(
        ("stated", "message"),
        [
            ("", "valley.json: it does not say which version of the guidelines it follows; write "),
            ('"guidelines": "0.5"', "valley.json: it follows the guidelines 0.5, and the ontology is that of "),
        ],
    )
    def test_gold_must_follow_the_guidelines_of_the_ontology(self, project: Path, stated: str, message: str) -> None:
        path = project / "annotations" / "gold" / "valley.json"
        task = path.read_text(encoding="utf-8")
        now = f'"guidelines": "{ONTOLOGY.version}"'
        assert now in task
        path.write_text(task.replace(now, stated), encoding="utf-8")
        with pytest.raises(DataError) as raised:
            build(project)
        assert any(message in str(incident) for incident in raised.value.incidents)

    def test_a_card_without_its_markers_is_refused(self, project: Path) -> None:
        write_bytes(project / "corpus" / "README.md", b"---\n---\n# Mine\n")
        wanted = "sections none, and needs configurations, release, agreement, rejudged, audit, pilot, counts, sources"
        with pytest.raises(DataError, match=wanted):
            build(project)


class TestCheck:
    def test_nothing_differs_after_a_build(self, built: Path) -> None:
        assert differences(built, build(built)) == {}

    def test_another_writer_is_no_difference(self, built: Path) -> None:
        path = built / "corpus" / "events" / "validation.parquet"
        old = path.read_bytes()
        pq.write_table(pq.ParquetFile(path).read(), path, compression="none", version="1.0", use_dictionary=False)
        assert path.read_bytes() != old
        assert differences(built, build(built)) == {}

    def test_a_changed_row_is_a_difference(self, built: Path) -> None:
        path = built / "corpus" / "events" / "validation.parquet"
        table = pq.ParquetFile(path).read()
        pq.write_table(table.slice(1), path)
        assert differences(built, build(built)) == {"corpus/events/validation.parquet": "differs"}

    @pytest.mark.parametrize("metadata", [None, {b"huggingface": b'{"info": {"features": {}}}'}])
    def test_changed_metadata_is_a_difference(self, built: Path, metadata: dict[bytes, bytes] | None) -> None:
        path = built / "corpus" / "events" / "validation.parquet"
        table: pa.Table = pq.ParquetFile(path).read()
        pq.write_table(table.replace_schema_metadata(metadata), path)
        assert differences(built, build(built)) == {"corpus/events/validation.parquet": "differs"}

    def test_the_pilots_agreement_is_made_from_its_passes(self, built: Path) -> None:
        figures = "annotations/pilot-agreement.json"
        assert figures not in build(built)
        for name in ("pilot-1", "pilot-2"):
            shutil.copytree(built / "annotations" / "gold", built / "annotations" / name)
        for name, content in build(built).items():
            write_bytes(built / name, content)
        stated = json.loads((built / figures).read_text(encoding="utf-8"))
        assert (stated["passes"], stated["guidelines"]) == (["pilot-1", "pilot-2"], ONTOLOGY.version)
        assert "| mentions | F1 | 1.000 | – | 11 | " in (built / "corpus" / "README.md").read_text(encoding="utf-8")
        stated["rounds"][0]["layers"]["mentions"]["f1"] = 0.5
        (built / figures).write_text(json.dumps(stated), encoding="utf-8")
        assert differences(built, build(built)) == {figures: "differs"}
        shutil.rmtree(built / "annotations" / "pilot-2")
        assert differences(built, build(built)) == {figures: "left over", "corpus/README.md": "differs"}

    @pytest.mark.parametrize("name", ["corpus/dataset.json", "annotations/label_config.xml", "corpus/tokens/test.parquet"])
    def test_every_kind_of_derived_file_is_covered(self, built: Path, name: str) -> None:
        (built / name).write_bytes(b"x")
        assert differences(built, build(built)) == {name: "differs"}
        (built / name).unlink()
        assert differences(built, build(built)) == {name: "missing"}

    def test_the_card_counts_stories_and_labels_as_dataset_json_does(self, built: Path) -> None:
        card = (built / "corpus" / "README.md").read_text(encoding="utf-8")
        split = json.loads((built / "corpus" / "dataset.json").read_text(encoding="utf-8"))["splits"]["validation"]
        assert f"| stories | {split['stories']} |" in card
        assert split["counts"]["classes"]["CONSULT"] == split["counts"]["events"]["CONSULT"] == 3
        assert split["counts"]["realis"] == {"ACTUAL": 4, "PLANNED": 0, "POSSIBLE": 0}
        assert split["counts"]["kinds"] == {"NAM": 7, "ADJ": 0, "NOM": 2, "PRO": 0}
        assert "| realis | `ACTUAL` | 4 | 0 |" in card

    def test_a_number_in_the_card_is_covered_and_its_prose_is_not(self, built: Path) -> None:
        card = built / "corpus" / "README.md"
        text = card.read_text(encoding="utf-8")
        card.write_text(text + "\nProse of mine.\n", encoding="utf-8")
        assert differences(built, build(built)) == {}
        card.write_text(text.replace("| words | 31 |", "| words | 32 |"), encoding="utf-8")
        assert differences(built, build(built)) == {"corpus/README.md": "differs"}

    def test_a_file_of_a_split_that_is_gone_is_left_over(self, built: Path) -> None:
        (built / "annotations" / "gold" / "valley.json").unlink()
        left = [name for name, how in differences(built, build(built)).items() if how == "left over"]
        assert left == ["corpus/documents/test.parquet", "corpus/tokens/test.parquet"]


def test_the_committed_files_are_what_a_rebuild_gives() -> None:
    root = Path(__file__).parents[1]
    assert differences(root, build(root)) == {}


class TestDigest:
    def test_it_is_of_rows_not_of_bytes(self, built: Path) -> None:
        stated = json.loads((built / "corpus" / "dataset.json").read_text(encoding="utf-8"))["splits"]["validation"]["sha256"]
        assert {c: digest(rows(built, c)) for c in CONFIGURATIONS} == stated

    def test_it_does_not_depend_on_the_order_of_keys(self) -> None:
        items = [("b", 1), ("a", {"d": "é", "c": None})]
        shuffled = random.Random(0).sample(items, 2)
        assert digest([dict(items)]) == digest([dict(shuffled)]) == digest([dict(reversed(items))])

    def test_rows_that_differ_from_it_are_refused(self, built: Path) -> None:
        path = built / "corpus" / "documents" / "validation.parquet"
        path.write_bytes((built / "corpus" / "documents" / "test.parquet").read_bytes())
        with pytest.raises(DataError, match="the rows are not those of this release"):
            load("validation", folder=built / "corpus")

    def test_a_stated_digest_that_was_edited_is_refused(self, built: Path) -> None:
        path = built / "corpus" / "dataset.json"
        summary = json.loads(path.read_text(encoding="utf-8"))
        summary["splits"]["test"]["sha256"]["tokens"] = "0" * 64
        path.write_text(json.dumps(summary), encoding="utf-8")
        with pytest.raises(DataError, match="the digests it lists give"):
            load("validation", folder=built / "corpus")


class TestLoad:
    def test_version_and_the_other_splits_stand_in_the_gold(self, built: Path) -> None:
        gold = load("validation", folder=built / "corpus")
        stated = json.loads((built / "corpus" / "dataset.json").read_text(encoding="utf-8"))["digest"]
        assert (gold.split, gold.version, gold.elsewhere) == ("validation", f"0.9.0#{stated[:8]}", ("valley",))

    def test_documents_of_a_split_that_is_not_built_yet_are_known_and_left_out_with_a_note(self, built: Path) -> None:
        (built / "annotations" / "gold" / "valley.json").unlink()
        write_bytes(built / "corpus" / "dataset.json", build(built)["corpus/dataset.json"])
        stated = json.loads((built / "corpus" / "dataset.json").read_text(encoding="utf-8"))["documents"]
        assert stated == {"validation": ["harbour"], "test": ["valley"]}
        gold = load("validation", folder=built / "corpus")
        assert gold.elsewhere == ("valley",)
        scores = score(gold, [*gold.annotations, Annotation("valley")], seqeval=False)
        assert scores.notes[0] == "Left out, for they are of another split than validation: valley."

    def test_without_a_split_the_default_one_is_loaded(self, built: Path) -> None:
        assert load(folder=built / "corpus").split == "test"
        (built / "annotations" / "gold" / "valley.json").unlink()
        write_bytes(built / "corpus" / "dataset.json", build(built)["corpus/dataset.json"])
        assert load(folder=built / "corpus").split == "validation"

    def test_an_unknown_split_is_refused_with_those_there_are(self, built: Path) -> None:
        with pytest.raises(ValueError, match="has no split 'train'; it has validation, test"):
            load("train", folder=built / "corpus")

    def test_test_is_the_default_split_if_there_is_one(self, built: Path) -> None:
        assert (splits(built / "corpus"), default_split(built / "corpus")) == (("validation", "test"), "test")
        for path in (built / "annotations" / "gold" / "valley.json",):
            path.unlink()
        write_bytes(built / "corpus" / "dataset.json", build(built)["corpus/dataset.json"])
        assert default_split(built / "corpus") == "validation"

    def test_an_empty_corpus_has_no_split(self, tmp_path: Path) -> None:
        assert splits(tmp_path) == ()
        with pytest.raises(ValueError, match="has neither a test nor a validation split; it has none"):
            default_split(tmp_path)

    def test_loading_imports_neither_pandas_nor_datasets(self, built: Path) -> None:
        code = (
            "import sys; from communique.corpus import load; load('test', folder=sys.argv[1]);"
            "print([m for m in ('pandas', 'datasets', 'cattrs', 'seqeval') if m in sys.modules])"
        )
        run = [sys.executable, "-c", code, str(built / "corpus")]
        assert subprocess.run(run, capture_output=True, text=True, check=True).stdout == "[]\n"


class TestCommands:
    def test_build_writes_what_differs_and_then_nothing(self, project: Path) -> None:
        first = CliRunner().invoke(build_command, [str(project)], catch_exceptions=False)
        assert "wrote corpus/documents/test.parquet\n" in first.stdout
        before = os.stat(project / "corpus" / "documents" / "test.parquet").st_mtime_ns
        second = CliRunner().invoke(build_command, [str(project)], catch_exceptions=False)
        assert second.stdout == "14 derived files are up to date\n"
        assert os.stat(project / "corpus" / "documents" / "test.parquet").st_mtime_ns == before
        check = CliRunner().invoke(build_command, ["--check", str(project)], catch_exceptions=False)
        assert check.stdout == "14 derived files are what a rebuild gives\n"

    def test_build_removes_what_is_left_over(self, built: Path) -> None:
        (built / "annotations" / "gold" / "valley.json").unlink()
        run = CliRunner().invoke(build_command, [str(built)], catch_exceptions=False)
        assert "removed corpus/documents/test.parquet\n" in run.stdout
        assert "the split test is left out: no gold for valley" in run.stderr
        assert splits(built / "corpus") == ("validation",)

    def test_check_lists_every_file_and_writes_none(self, project: Path) -> None:
        with pytest.raises(DataError) as raised:
            CliRunner().invoke(build_command, ["--check", str(project)], catch_exceptions=False)
        assert [incident.id for incident in raised.value.incidents] == ["not-as-built"] * 14
        assert not (project / "corpus").exists()

    def test_texts_prints_one_row_per_document(self, project: Path) -> None:
        run = CliRunner().invoke(texts_command, ["--folder", str(project)], catch_exceptions=False)
        printed = [json.loads(line) for line in run.stdout.splitlines()]
        assert printed == [{"doc_id": d.doc_id, "text": d.text} for d in ingest(project)]
        run = CliRunner().invoke(texts_command, ["--folder", str(project), "--split", "test"], catch_exceptions=False)
        assert [json.loads(line)["doc_id"] for line in run.stdout.splitlines()] == ["valley"]

    def test_texts_refuses_an_unknown_split(self, project: Path) -> None:
        run = CliRunner().invoke(texts_command, ["--folder", str(project), "--split", "dev"])
        assert (run.exit_code, "it has validation, test" in run.stderr) == (2, True)

    def test_sentences_of_a_folders_seeds_are_numbered_from_one_with_their_zone(
        self, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(project)
        run = CliRunner().invoke(sentences_command, ["valley"], catch_exceptions=False)
        assert run.stdout == "1\theadline\tNothing Happens\n2\tbody\tNobody came.\n"
        assert SEEDS["valley"] == "Nothing Happens\nNobody came."

    def test_sentences_of_an_unknown_document_name_the_nearest(
        self, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(project)
        run = CliRunner().invoke(sentences_command, ["harbor"])
        assert (run.exit_code, "did you mean harbour?" in run.stderr) == (2, True)
