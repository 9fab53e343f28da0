"""The dataset as its users read it: with `datasets` (at rest and streamed), pandas, polars and DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from invented import GOLD, write_project

from communique.build import build
from communique.io.features import CONFIGURATIONS, arrow_schema, columns, from_metadata
from communique.io.files import write_bytes
from communique.io.parquet import from_bytes
from communique.ontology import default_ontology

ONTOLOGY = default_ontology()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = write_project(tmp_path_factory.mktemp("dataset") / "project")
    for name, content in build(project).items():
        write_bytes(project / name, content)
    return project / "corpus"


@pytest.fixture
def load(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """``load_dataset`` of the corpus, offline, with a cache of its own: the shared one is keyed by path and time alone."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import datasets

    datasets.disable_progress_bars()

    def loaded(*names: str, **options: Any) -> Any:
        return datasets.load_dataset(str(corpus), *names, cache_dir=str(tmp_path / "cache"), **options)

    yield loaded
    datasets.enable_progress_bars()


def named(value: Any, feature: Any) -> Any:
    """A value as `datasets` gives it, with label names for indices."""
    import datasets

    if isinstance(feature, datasets.ClassLabel):
        return None if value is None else feature.int2str(value)
    if isinstance(feature, dict):
        return None if value is None else {key: named(value[key], inner) for key, inner in feature.items()}
    inner = feature[0] if isinstance(feature, list) else getattr(feature, "feature", None)
    return value if inner is None else [named(each, inner) for each in value]


def test_the_default_configuration_is_documents(load: Any) -> None:
    found = load()
    assert {split: found[split]["doc_id"] for split in found} == {"validation": ["harbour"], "test": ["valley"]}
    assert found["validation"].features["mentions"] is not None


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_every_table_loads_with_the_rows_that_were_written(load: Any, corpus: Path, configuration: str) -> None:
    found = load(configuration)
    for split in found:
        written = from_bytes(corpus / configuration / f"{split}.parquet")[1]
        assert [named(row, dict(found[split].features)) for row in found[split]] == written
    assert list(found) == (["validation", "test"] if configuration in ("documents", "tokens") else ["validation"])


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_every_table_streams_the_same_rows(load: Any, configuration: str) -> None:
    streamed = load(configuration, split="validation", streaming=True)
    assert list(streamed) == list(load(configuration, split="validation"))


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_card_and_files_describe_the_same_features(load: Any, corpus: Path, configuration: str) -> None:
    """The card's YAML silently overrides the names that stand in the files."""
    import pyarrow.parquet as pq
    from datasets import Features

    in_card = load(configuration, split="validation").features
    for file in (corpus / configuration).glob("*.parquet"):
        schema = pq.read_schema(file)
        assert Features.from_arrow_schema(schema) == in_card
        assert in_card.arrow_schema.remove_metadata() == schema.remove_metadata()
        assert from_metadata(schema) == columns(configuration, ONTOLOGY)


def test_the_files_load_without_the_card(load: Any, corpus: Path, tmp_path: Path) -> None:
    import datasets

    file = str(corpus / "documents" / "validation.parquet")
    alone = datasets.load_dataset("parquet", data_files=file, split="train", cache_dir=str(tmp_path / "alone"))
    with_card = load(split="validation")
    assert alone.features == with_card.features
    assert list(alone) == list(with_card)


def test_tags_are_class_labels_ready_for_token_classification(load: Any) -> None:
    from datasets import ClassLabel

    tokens = load("tokens", split="validation")
    for column, types in (("ner_tags", ONTOLOGY.mentions), ("trigger_tags", ONTOLOGY.events)):
        label = tokens.features[column].feature
        assert isinstance(label, ClassLabel)
        assert label.names == ["O", *(f"{prefix}-{name}" for name in types for prefix in "BI")]
        assert all(len(row[column]) == len(row["tokens"]) for row in tokens)


def test_closed_sets_are_class_labels_with_the_ontologys_names(load: Any) -> None:
    expected = {
        ("mentions", "type"): ONTOLOGY.mentions,
        ("mentions", "kind"): ONTOLOGY.kinds,
        ("events", "type"): ONTOLOGY.events,
        ("events", "realis"): ONTOLOGY.realis,
        ("events", "polarity"): ONTOLOGY.polarity,
        ("arguments", "role"): ONTOLOGY.roles,
        ("relations", "type"): ONTOLOGY.relations,
        ("event_relations", "type"): ONTOLOGY.event_relations,
    }
    for (configuration, column), names in expected.items():
        assert load(configuration, split="validation").features[column].names == list(names)


def test_what_does_not_apply_is_null_and_not_minus_one(load: Any) -> None:
    mentions = load("mentions", split="validation")
    title = next(row for row in mentions if row["surface"] == "President")
    assert (title["kind"], title["value"], title["extent"], title["entity"]) == (None, None, None, None)
    group = next(row for row in mentions if row["surface"] == "two")
    assert group["extent"]["end"] - group["extent"]["start"] == len("The two")


def test_no_struct_field_is_named_text() -> None:
    """polars' unnest would clash with the column ``text``."""

    def fields(feature: Any) -> Iterator[str]:
        if isinstance(feature, dict):
            yield from feature
        for inner in feature.values() if isinstance(feature, dict) else feature if isinstance(feature, list) else ():
            yield from fields(inner)

    for configuration in CONFIGURATIONS:
        for feature in columns(configuration, ONTOLOGY).values():
            assert "text" not in list(fields(feature))


def test_the_cards_head_is_yaml_that_names_every_file(corpus: Path) -> None:
    head = yaml.safe_load((corpus / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    assert [c["config_name"] for c in head["configs"] if c.get("default")] == ["documents"]
    files = [entry["path"] for c in head["configs"] for entry in c["data_files"]]
    assert sorted(files) == sorted(p.relative_to(corpus).as_posix() for p in corpus.glob("*/*.parquet"))
    assert [info["config_name"] for info in head["dataset_info"]] == list(CONFIGURATIONS)


def test_schemas_do_not_depend_on_datasets_spelling_of_lists() -> None:
    """datasets 3 fails on the ``List`` that later versions write."""
    metadata = arrow_schema(columns("documents", ONTOLOGY)).metadata[b"huggingface"]
    assert b'"List"' not in metadata


class TestOtherReaders:
    def test_pandas(self, corpus: Path) -> None:
        import pandas

        mentions = pandas.read_parquet(corpus / "mentions" / "validation.parquet")
        entities = pandas.read_parquet(corpus / "entities" / "validation.parquet")
        joined = mentions.merge(entities, left_on=["doc_id", "entity"], right_on=["doc_id", "id"], suffixes=("", "_entity"))
        assert joined.query("name == 'Ann Roe'")["surface"].tolist() == ["Ann", "Ann Roe"]

    def test_polars(self, corpus: Path) -> None:
        import polars

        documents = polars.read_parquet(corpus / "documents" / "validation.parquet")
        events = documents.select("doc_id", "text", "events").explode("events").unnest("events")
        assert events["id"].to_list() == [event.id for event in GOLD["harbour"].events]

    def test_duckdb(self, corpus: Path) -> None:
        import duckdb

        file = corpus / "events" / "validation.parquet"
        found = duckdb.sql(f"""SELECT surface, start, "end" FROM '{file}' ORDER BY start""").fetchall()
        assert found == [("Meets", 4, 9), ("met", 47, 50), ("talks", 107, 112), ("said", 152, 156)]
