"""The dataset from its parts: a pure function of the seeds, the gold annotations, the passes and the log that they came from,
the ontology and the card's prose."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from communique.adjudication import parse_log
from communique.adjudication.rejudged import parse_rejudged
from communique.audit.figures import parse_figures
from communique.checks import incidents
from communique.checks.links import link_incidents
from communique.corpus import SUMMARY, overall_digest
from communique.incident import DataError, Incident
from communique.ingest import SPLITS, Seeds, Source, read_seeds
from communique.io import card
from communique.io.features import CONFIGURATIONS, Feature, Label, columns
from communique.io.files import read_text
from communique.io.labelconfig import label_config
from communique.io.labelstudio import read_export, read_meta
from communique.io.links import Links, links_of, parse_links, with_wikidata
from communique.io.parquet import complete, digest, document_row, from_bytes, schema_of, to_bytes
from communique.io.tables import flat_rows
from communique.measures.spans import LabelledSpan, named_mentions, typed_triggers
from communique.model import Annotation, Document, Span
from communique.ontology import Ontology, folder_ontology, nearest
from communique.passes import read_pass
from communique.reliability import reliability
from communique.tokens import TOKENIZER

CORPUS: Final = "corpus"
CARD: Final = f"{CORPUS}/README.md"
LABEL_CONFIG: Final = "annotations/label_config.xml"
GOLD: Final = "annotations/gold"
LOG: Final = "annotations/adjudication.jsonl"
LINKS: Final = "annotations/links.toml"
REJUDGED: Final = "annotations/rejudged.jsonl"
AUDIT: Final = "annotations/audit/figures.json"
PASSES: Final = {
    "agreement": ("annotations/agreement.json", "annotations/pass-1", "annotations/pass-2"),
    "pilot": ("annotations/pilot-agreement.json", "annotations/pilot-1", "annotations/pilot-2"),
}
"""By the section of the card that shows it: the file that says how far two passes agree (`reliability`), and the passes."""
REPORTS: Final = ("agreement", "rejudged", "audit", "pilot")
"""The sections of the card on how the gold came about."""

_COUNTED: Final = {
    "mentions": ("mentions", "type"),
    "kinds": ("mentions", "kind"),
    "entities": ("entities", "type"),
    "events": ("events", "type"),
    "realis": ("events", "realis"),
    "polarity": ("events", "polarity"),
    "arguments": ("arguments", "role"),
    "relations": ("relations", "type"),
    "event_relations": ("event_relations", "type"),
}
"""What ``dataset.json`` counts by label: under which name, of which table, in which column."""

Rows: TypeAlias = list[dict[str, Any]]


def build(folder: Path | str) -> dict[str, bytes]:
    """Every derived file of a project folder: its path below the folder (with ``/``), and its content.

    A split is built when all its documents have gold; `unfinished` tells which are not. A table without rows has no file.
    Without ``guidelines/ontology.toml`` the package's ontology holds, without ``corpus/README.md`` the card has no prose, and
    without both of two passes there is no agreement of them.

    Raises:
        DataError: every fault of the seeds; or every fault of the gold: what a file says, guidelines that it does not state or
            that are not the ontology's, and what the checks find; or every fault of the adjudication's log, of the passes, of
            the re-judging, or of the audit's figures.
    """
    folder = Path(folder)
    seeds = read_seeds(folder)
    ontology = folder_ontology(folder)
    prose = read_text(folder / CARD)[1] if (folder / CARD).is_file() else None
    gold = _read_gold(folder, seeds, ontology)
    log = _lines(folder / LOG, parse_log, seeds)
    agreed = {section: _agreed(folder, passes, seeds, gold, log, ontology) for section, (_, *passes) in PASSES.items()}
    reports = {
        **{section: card.agreement(found) for section, found in agreed.items()},
        "rejudged": card.rejudged(_lines(folder / REJUDGED, parse_rejudged, seeds)),
        "audit": card.audit(parse_figures(*read_text(folder / AUDIT)) if (folder / AUDIT).is_file() else None),
    }
    files = {PASSES[section][0]: _json(found) for section, found in agreed.items() if found is not None}
    return files | release(seeds, gold, ontology, links=_links(folder, seeds), prose=prose, reports=reports)


def release(
    seeds: Seeds,
    gold: Sequence[Annotation],
    ontology: Ontology,
    *,
    links: Links | None = None,
    prose: str | None = None,
    reports: Mapping[str, Iterable[str]] | None = None,
) -> dict[str, bytes]:
    """What `build` makes of these parts. The gold follows the ontology's guidelines; ``links`` say what is the same in several
    documents, ``prose`` is the card as it stands, ``reports`` its sections on how the gold came about, by name."""
    annotations = _accepted(seeds, gold, links, ontology)
    links = links or Links()
    splits = _complete(seeds, annotations)
    tables = {split: _tables(_of(seeds, split), annotations, links, ontology) for split in splits}
    files = {
        f"{CORPUS}/{configuration}/{split}.parquet": to_bytes(rows, columns(configuration, ontology))
        for split, by_configuration in tables.items()
        for configuration, rows in by_configuration.items()
        if rows  # `datasets` can load no table without rows
    }
    splits_of = {c: [split for split in splits if tables[split][c]] for c in CONFIGURATIONS}
    summary = _summary(seeds, tables, ontology)
    sections = {
        "configurations": card.configurations(splits_of, ontology),
        "release": card.release(summary),
        **{name: (reports or {}).get(name, ["Not done yet."]) for name in REPORTS},
        "counts": card.counts(summary),
        "sources": card.table(card.SOURCE_COLUMNS, map(_source_cells, seeds.sources)),
    }
    if splits:
        files[f"{CORPUS}/{SUMMARY}"] = _json(summary)
    if splits or prose is not None:
        files[CARD] = card.fill(CARD, card.skeleton(list(sections)) if prose is None else prose, sections).encode("utf-8")
    files[LABEL_CONFIG] = label_config(ontology).encode("utf-8")
    return files


def unfinished(folder: Path | str) -> tuple[str, ...]:
    """Why a split is left out: a sentence for each that lacks the gold of a document; raises as `read_seeds` does."""
    seeds = read_seeds(folder)
    there = {path.stem for path in _gold_files(Path(folder))}
    notes = []
    for split in dict.fromkeys(source.split for source in seeds.sources):
        ids = [source.document.doc_id for source in _of(seeds, split)]
        if lacking := [doc_id for doc_id in ids if doc_id not in there]:
            notes.append(f"the split {split} is left out: no gold for {', '.join(lacking)} ({len(lacking)} of {len(ids)})")
    return tuple(notes)


def differences(folder: Path | str, built: Mapping[str, bytes]) -> dict[str, str]:
    """The derived files that are not what ``built`` says: path to ``differs``, ``missing`` or ``left over``.

    Parquet files are compared by schema and rows: their bytes name the version that wrote them.
    """
    folder = Path(folder)
    found = {}
    for name, content in built.items():
        path = folder / name
        if not path.is_file():
            found[name] = "missing"
        elif not _same(path.read_bytes(), content, parquet=path.suffix == ".parquet"):
            found[name] = "differs"
    derived = [*(folder / CORPUS).glob("*/*.parquet"), folder / CORPUS / SUMMARY]
    derived += [folder / name for name, *_ in PASSES.values()]
    for path in sorted(derived):
        if path.is_file() and (name := path.relative_to(folder).as_posix()) not in built:
            found[name] = "left over"
    return found


def _same(old: bytes, new: bytes, *, parquet: bool) -> bool:
    if old == new or not parquet:
        return old == new
    try:
        return schema_of(old) == schema_of(new) and from_bytes(old) == from_bytes(new)
    except ValueError:  # not a Parquet file of ours any more
        return False


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _agreed(
    folder: Path, passes: Sequence[str], seeds: Seeds, gold: Sequence[Annotation], log: Rows, ontology: Ontology
) -> dict[str, Any] | None:
    paths = [folder / name for name in passes]
    if not all(path.is_dir() for path in paths):
        return None
    a, b = (read_pass(path, seeds.documents, ontology=ontology) for path in paths)
    return reliability(a, b, gold, log, seeds.documents, ontology)


def _gold_files(folder: Path) -> list[Path]:
    return sorted((folder / GOLD).glob("*.json"))


def _read_gold(folder: Path, seeds: Seeds, ontology: Ontology) -> list[Annotation]:
    """Each file holds the one document that it is named after, and says that it follows the guidelines of the ontology."""
    documents = seeds.documents
    gold: list[Annotation] = []
    faults: list[Incident] = []
    for path in _gold_files(folder):
        try:
            name, text = read_text(path)
            found = read_export(text, documents, name=name, ontology=ontology)
        except DataError as fault:
            faults += fault.incidents
            continue
        ids = [annotation.doc_id for annotation in found]
        if ids != [path.stem]:
            message = f"it holds {', '.join(ids) or 'no document'}, not {path.stem}"
            faults.append(Incident("wrong-document", name, message, "export one task per file, named after its doc_id"))
        faults += _guideline_faults(name, read_meta(text).get("guidelines"), ontology)
        gold += found
    if faults:
        raise DataError(faults)
    return gold


def _guideline_faults(name: str, stated: str | None, ontology: Ontology) -> Iterator[Incident]:
    if stated is None:
        hint = f'write "guidelines": "{ontology.version}" into its meta if it does follow these'
        yield Incident("guidelines-missing", name, "it does not say which version of the guidelines it follows", hint)
    elif stated != ontology.version:
        message = f"it follows the guidelines {stated}, and the ontology is that of {ontology.version}"
        hint = 'make it follow these, then state them in its meta, under "guidelines"'
        yield Incident("guidelines-differ", name, message, hint)


def _lines(path: Path, parse: Callable[[str, str, Collection[str]], Iterable[dict[str, Any]]], seeds: Seeds) -> Rows:
    """What ``parse`` reads from a file of JSON Lines about the seeds' documents; nothing if there is no such file."""
    return list(parse(*read_text(path), seeds.documents)) if path.is_file() else []


def _links(folder: Path, seeds: Seeds) -> Links | None:
    if not (folder / LINKS).is_file():
        return None
    return parse_links(*read_text(folder / LINKS), seeds.documents)


def _accepted(
    seeds: Seeds, gold: Sequence[Annotation], links: Links | None, ontology: Ontology
) -> dict[str, Annotation]:
    """The gold by doc_id with the Wikidata ids of the links, if nothing is wrong with it or with them."""
    documents = seeds.documents
    faults: list[Incident] = []
    for doc_id, times in Counter(annotation.doc_id for annotation in gold).items():
        if doc_id not in documents:
            faults.append(Incident("unknown-document", doc_id, "seeds.toml has no such document", nearest(doc_id, documents)))
        if times > 1:
            faults.append(Incident("duplicate-document", doc_id, f"it is annotated {times} times", "keep one annotation"))
    for annotation in gold:
        if annotation.doc_id in documents:
            faults += incidents(documents[annotation.doc_id], annotation, ontology)
    annotations = {annotation.doc_id: annotation for annotation in gold}
    if links is not None and not faults:
        faults += link_incidents(LINKS, links, annotations, ontology=ontology)
    if faults:
        raise DataError(faults)
    return {doc_id: with_wikidata(annotation, links or Links()) for doc_id, annotation in annotations.items()}


def _of(seeds: Seeds, split: str) -> list[Source]:
    return [source for source in seeds.sources if source.split == split]


def _complete(seeds: Seeds, annotations: Mapping[str, Annotation]) -> list[str]:
    """The splits that have documents, all with gold, in the usual order."""
    ids = {split: [source.document.doc_id for source in _of(seeds, split)] for split in SPLITS}
    return [split for split in SPLITS if ids[split] and all(doc_id in annotations for doc_id in ids[split])]


def _tables(
    sources: Sequence[Source], annotations: Mapping[str, Annotation], links: Links, ontology: Ontology
) -> dict[str, Rows]:
    tables: dict[str, Rows] = {configuration: [] for configuration in CONFIGURATIONS}
    for document in (source.document for source in sources):
        annotation = annotations[document.doc_id]
        tables["documents"].append(document_row(document, annotation, ontology.version))
        tables["tokens"] += _token_rows(document, annotation, ontology)
        for configuration, rows in flat_rows(document, annotation, links_of(annotation, links)).items():
            tables[configuration] += rows
    return {configuration: complete(rows, columns(configuration, ontology)) for configuration, rows in tables.items()}


def _token_rows(document: Document, annotation: Annotation, ontology: Ontology) -> Iterator[dict[str, Any]]:
    """One row per sentence. The checks have found the spans flat, made of whole tokens, and within a sentence."""
    named = named_mentions(annotation, ontology)
    triggers = typed_triggers(annotation, ontology)
    for number, sentence in enumerate(document.sentences, start=1):
        tokens = [token for token in document.tokens if sentence.contains(token)]
        yield {
            "doc_id": document.doc_id,
            "sentence": number,
            "zone": next((zone.kind for zone in document.zones if zone.span.contains(sentence)), None),
            "start": sentence.start,
            "end": sentence.end,
            "tokens": [token.of(document.text) for token in tokens],
            "token_starts": [token.start for token in tokens],
            "ner_tags": [_iob2(token, named) for token in tokens],
            "trigger_tags": [_iob2(token, triggers) for token in tokens],
        }


def _iob2(token: Span, items: Sequence[LabelledSpan]) -> str:
    for span, label in items:
        if span.contains(token):
            return f"{'B' if span.start == token.start else 'I'}-{label}"
    return "O"


def _summary(seeds: Seeds, tables: Mapping[str, Mapping[str, Rows]], ontology: Ontology) -> dict[str, Any]:
    """What ``dataset.json`` says: versions, the digest, the documents of every split, built or not yet, and per split that is
    built its documents, the digest of every table, and counts."""
    splits = {
        split: {
            "documents": [row["doc_id"] for row in by_configuration["documents"]],
            "stories": len({row["story"] for row in by_configuration["documents"]}),
            "sha256": {configuration: digest(rows) for configuration, rows in by_configuration.items()},
            "rows": {configuration: len(rows) for configuration, rows in by_configuration.items()},
            "words": sum(len(row["text"].split()) for row in by_configuration["documents"]),
            "tokens": sum(len(row["tokens"]) for row in by_configuration["documents"]),
            "instances": sum(len(row["instances"]) for row in by_configuration["documents"]),
            "corpus_entities": len({row["corpus_id"] for row in by_configuration["entities"]} - {None}),
            "wikidata": len({row["wikidata"] for row in by_configuration["entities"]} - {None}),
            "shared_events": len({row["id"] for row in by_configuration["stories"] if row["name"] is not None}),
            "counts": _counts(by_configuration, ontology),
        }
        for split, by_configuration in tables.items()
    }
    return {
        "version": seeds.version,
        "digest": overall_digest(splits),
        "guidelines": ontology.version,
        "tokenizer": TOKENIZER,
        "documents": {split: ids for split in SPLITS if (ids := [source.document.doc_id for source in _of(seeds, split)])},
        "splits": splits,
    }


def _count(rows: Rows, key: str, label: Feature) -> dict[str, int]:
    """Rows per label, zeros too, in the ontology's order."""
    found = Counter(row[key] for row in rows)
    return {name: found[name] for name in label.names} if isinstance(label, Label) else dict(found)


def _counts(tables: Mapping[str, Rows], ontology: Ontology) -> dict[str, dict[str, int]]:
    """By layer or attribute, how many items bear each label. Classes are those of the events' types."""
    counts: dict[str, dict[str, int]] = {}
    for name, (configuration, key) in _COUNTED.items():
        counts[name] = _count(tables[configuration], key, columns(configuration, ontology)[key])
        if name == "events":
            found = Counter(ontology.events[row["type"]].coarse for row in tables["events"])
            counts["classes"] = {coarse: found[coarse] for coarse in ontology.classes}
    return counts


def _source_cells(source: Source) -> tuple[str | None, ...]:
    d = source.document
    page = f"[{d.publisher or d.url}]({d.url})" if d.url else d.publisher
    return d.doc_id, source.split, d.story, page, d.date, d.date_source, source.rights
