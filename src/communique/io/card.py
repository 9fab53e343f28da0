"""The dataset card: prose by hand, and between markers what the build writes, so that no number in it can go stale.

A marked stretch of the YAML head lies between ``# generated: NAME`` and ``# end: NAME``, one of the text between
``<!-- generated: NAME -->`` and ``<!-- end: NAME -->``; each marker is a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from communique.incident import DataError, Incident
from communique.io.features import CONFIGURATIONS, columns, yaml
from communique.ontology import Ontology

_MARKED: Final = re.compile(
    r"^(?P<open># generated: (?P<name>[\w-]+)|<!-- generated: (?P<html>[\w-]+) -->)\n(?P<old>.*?)"
    r"^(?P<close># end: (?P=name)|<!-- end: (?P=html) -->)$",
    re.MULTILINE | re.DOTALL,
)


def fill(name: str, card: str, sections: Mapping[str, Iterable[str]]) -> str:
    """The card with the lines of every section between its markers. ``name`` is the card's, for messages.

    Raises:
        DataError: unless the card has the markers of every section once, and no others.
    """
    there = [found["name"] or found["html"] for found in _MARKED.finditer(card)]
    if sorted(there) != sorted(sections):
        message = f"it has the marked sections {', '.join(there) or 'none'}, and needs {', '.join(sections)}"
        hint = "put each between its two marker lines, once"
        raise DataError([Incident("card-sections", name, message, hint)])

    def replaced(found: re.Match[str]) -> str:
        lines = sections[found["name"] or found["html"]]
        return "\n".join([found["open"], *lines, found["close"]])

    return _MARKED.sub(replaced, card)


def skeleton(sections: Sequence[str]) -> str:
    """A card without prose, for a folder that has none. The first section is the YAML head's."""
    head, *rest = sections
    return "\n".join(
        ["---", f"# generated: {head}", f"# end: {head}", "---", ""]
        + [line for name in rest for line in (f"<!-- generated: {name} -->", f"<!-- end: {name} -->", "")]
    )


SOURCE_COLUMNS: Final = ("document", "split", "story", "page", "date", "known from", "rights in the text")


def configurations(splits_of: Mapping[str, Sequence[str]], ontology: Ontology) -> list[str]:
    """The YAML that ``load_dataset`` reads: configurations with their files and their columns.

    ``splits_of`` says in which splits a configuration has rows; one that has none is left out.
    """
    there = {configuration: splits_of[configuration] for configuration in CONFIGURATIONS if splits_of[configuration]}
    if not there:
        return []
    lines = ["configs:"]
    for configuration, splits in there.items():
        lines += [f"- config_name: {configuration}", *(["  default: true"] * (configuration == CONFIGURATIONS[0]))]
        lines += ["  data_files:"]
        for split in splits:
            lines += [f"  - split: {split}", f"    path: {configuration}/{split}.parquet"]
    lines += ["dataset_info:"]
    for configuration in there:
        lines += [f"- config_name: {configuration}", "  features:", *yaml(columns(configuration, ontology), "  ")]
    return lines


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """A Markdown table; None is a dash, a pipe in a cell is escaped."""
    cells = [["–" if cell is None else str(cell).replace("|", r"\|") for cell in row] for row in rows]
    alignment = ["---:" if cells and all(row[n].isdecimal() for row in cells) else "---" for n in range(len(head))]
    return ["| " + " | ".join(row) + " |" for row in (head, alignment, *cells)]


def release(summary: Mapping[str, Any]) -> list[str]:
    """Which release this is; ``summary`` is what ``dataset.json`` says."""
    if not summary["splits"]:
        return ["No split is complete yet."]
    return [
        f"Version {summary['version']}, digest `{summary['digest'][:8]}`, guidelines {summary['guidelines']}, "
        f"tokenizer {summary['tokenizer']}. Splits: {', '.join(f'`{split}`' for split in summary['splits'])}."
    ]


def counts(summary: Mapping[str, Any]) -> list[str]:
    """How many documents, words and items of each layer, and how many of each type, every split has."""
    splits = summary["splits"]
    if not splits:
        return []
    lengths = {
        "documents": [len(s["documents"]) for s in splits.values()],
        "stories": [s["stories"] for s in splits.values()],
        "words": [s["words"] for s in splits.values()],
        "sentences": [s["rows"]["tokens"] for s in splits.values()],
        "tokens": [s["tokens"] for s in splits.values()],
        **{c: [s["rows"][c] for s in splits.values()] for c in CONFIGURATIONS if c not in ("documents", "tokens")},
        "event instances": [s["instances"] for s in splits.values()],
    }
    first = next(iter(splits.values()))
    types = [
        (layer, f"`{name}`", *(s["counts"][layer][name] for s in splits.values()))
        for layer, by_name in first["counts"].items()
        for name in by_name
    ]
    return [
        *table(("", *splits), [(name.replace("_", " "), *numbers) for name, numbers in lengths.items()]),
        "",
        *table(("layer", "type or role", *splits), [(row[0].replace("_", " "), *row[1:]) for row in types]),
    ]


def agreement(rounds: Mapping[str, Any] | None) -> list[str]:
    """How far two passes agree on each layer; ``rounds`` is what ``communique agree --format json`` prints, None if unknown."""
    if rounds is None:
        return ["Not measured yet."]
    rows = [
        (layer.replace("_", " "), {"f1": "F1", "alpha": "α"}.get(figure, figure), _fraction(found[figure]), found["n"])
        for layer, found in rounds["rounds"][0]["layers"].items()
        for figure in ("f1", "accuracy", "alpha")
        if figure in found
    ]
    first, second = rounds["passes"]
    return [
        f"{first} and {second}, guidelines {rounds['guidelines']}, first round:",
        "",
        *table(("layer", "figure", "agreement", "n"), rows),
    ]


def _fraction(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}"
