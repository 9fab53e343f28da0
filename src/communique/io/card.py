"""The dataset card: prose by hand, and between markers what the build writes, so that no number in it can go stale.

A marked stretch of the YAML head lies between ``# generated: NAME`` and ``# end: NAME``, one of the text between
``<!-- generated: NAME -->`` and ``<!-- end: NAME -->``; each marker is a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
        **{c: [s["rows"][c] for s in splits.values()] for c in CONFIGURATIONS if c not in ("documents", "tokens", "stories")},
        "event instances": [s["instances"] for s in splits.values()],
        "named things, counted once": [s["corpus_entities"] for s in splits.values()],
        "Wikidata ids": [s["wikidata"] for s in splits.values()],
        "events told by several documents": [s["shared_events"] for s in splits.values()],
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
        *table(("counted", "label", *splits), [(row[0].replace("_", " "), *row[1:]) for row in types]),
    ]


def agreement(found: Mapping[str, Any] | None) -> list[str]:
    """What `communique.reliability.reliability` says, None if unknown: agreement with floors, each pass against the gold, and
    how the differences were decided."""
    if found is None:
        return ["Not done yet."]
    first, second = found["passes"]
    lines = []
    for number, round_ in enumerate(found["rounds"], 1):
        floors = round_["floors"]
        rows = [
            (*_named(layer, figure), _fraction(of[figure]), _interval(of, figure), of["n"], *_beside(floors, layer, figure))
            for layer, figure, of in _figures(round_["layers"])
        ]
        head = ("layer", "figure", "agreement", "95 % interval", "n", *floors)
        order = "first round" if number == 1 else f"round {number}"
        lines += [f"{first} and {second}, guidelines {found['guidelines']}, {order}:", "", *table(head, rows), ""]
    if found["gold"]:
        rows = [
            (*_named(layer, figure), *(_fraction(found["gold"][name][layer][figure]) for name in (first, second)))
            for layer, figure, _ in _figures(found["gold"][first])
        ]
        lines += ["Each pass against the gold:", "", *table(("layer", "figure", first, second), rows), ""]
    made = found["decisions"]
    choices = f"{made['pass-1']} for {first}, {made['pass-2']} for {second}, {made['other']} otherwise"
    return [*lines, f"{made['differences']} differences were decided, {choices}; {made['edits']} more items were edited."]


def rejudged(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """How often a fresh reader said the same; ``rows`` are those of ``rejudged.jsonl``, all that are not the same decided."""
    if not rows:
        return ["Not done yet."]
    cells = []
    for sample, item in (("agreed", "word"), ("agreed", "pair"), ("unmarked", "word"), ("unmarked", "pair")):
        these = [row for row in rows if row["sample"] == sample and (row["layer"] == "word") is (item == "word")]
        what = f"{item}s that {'both passes mark alike' if sample == 'agreed' else 'neither pass marks'}"
        cells.append((what, len(these), sum(row["same"] for row in these)))
    doubts = [row for row in rows if not row["same"]]
    kept = sum(row["decision"]["for"] == "passes" for row in doubts)
    head = ("sample", "asked", "answered as the passes do")
    return [*table(head, cells), "", f"Of the {len(doubts)} other answers the last reader upheld the passes in {kept}."]


def audit(found: Mapping[str, Any] | None) -> list[str]:
    """What was found of planted errors, and what follows; ``found`` is what ``annotations/audit/figures.json`` says."""
    if found is None:
        return ["Not done yet."]
    reader, checks, said = found["reader"], found["checks"], found["reader"]["verdicts"]
    groups = [("all", {"planted": found["planted"], "caught": reader["caught"]})]
    groups += [(f"{key}: {name}".replace("_", " "), n) for key, by in reader["by"].items() for name, n in by.items()]
    rows = [
        (name, n["planted"], n["caught"], f"{n['caught'] / n['planted']:.2f}" if n["planted"] else None) for name, n in groups
    ]
    return [
        f"{found['planted']} errors planted (seed {found['seed']}), {found['suspects']} suspects listed:",
        "",
        *table(("errors", "planted", "caught by the reader", "rate"), rows),
        "",
        "The suspects that name no planted error, judged on the gold: errors of the gold "
        f"{said['error']}, false alarms {said['no error']},",
        f"parts of a planted error that another suspect names {said['planted']}.",
        "",
        f"`communique check` catches {checks['caught']} of the planted errors, with {checks['false_alarms']} false alarms.",
        "",
        *_left(found["estimate"]),
    ]


_MOST: Final = 50
"""More errors than this that a reader may have overlooked are no bound on those of a corpus of some hundred items."""


def _left(estimates: Mapping[str, Any]) -> list[str]:
    """How many errors are left, by the rate at which the reader caught all that was planted, and each part of it."""
    rows = []
    for name, e in estimates.items():
        interval = None if e["rate_low"] is None else f"{e['rate_low']:.2f}–{e['rate_high']:.2f}"
        left = None if e["left"] is None else f"{e['left']:.1f} ({e['low']:.1f}–{e['high']:.1f})"
        bound = "no bound" if e["high"] is None or e["high"] > _MOST else int(e["high"])
        rows.append((name, interval, e["real"], left, None if e["real"] else bound))
    return [
        "If real errors were as easy to find as planted ones, of which the reader catches the share p, then about",
        "found · (1 − p) / p errors would be left. They are harder to find, so that is a lower bound. Where no real error",
        "was found, this gives no estimate. What can be said then stands in the last column: there could be so many errors",
        "that a reader who catches as few as the lower end of the interval says would still overlook all of them at least",
        f"one time in twenty. Where those are more than {_MOST}, no bound can be given.",
        "",
        *table(("by the p of", "95 % interval of p", "found", "left, at least", "could all be overlooked"), rows),
    ]


def _figures(layers: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for layer, found in layers.items():
        yield from ((layer, figure, found) for figure in _FIGURES if figure in found)


_FIGURES: Final = {"f1": "F1", "accuracy": "accuracy", "alpha": "α"}


def _named(layer: str, figure: str) -> tuple[str, str]:
    return layer.replace("_", " "), _FIGURES[figure]


def _interval(layer: Mapping[str, Any], figure: str) -> str | None:
    interval = layer.get(f"{figure}_interval" if figure == "alpha" else "interval")
    return None if not interval or interval["low"] is None else f"{interval['low']:.3f}–{interval['high']:.3f}"


def _beside(floors: Mapping[str, Any], layer: str, figure: str) -> Iterator[str | None]:
    """How far each floor agrees with either pass; a dash where it says nothing of the layer."""
    for of_passes in floors.values():
        figures = [of.get(layer, {}).get(figure) for of in of_passes.values()]
        yield None if None in figures else " / ".join(f"{x:.3f}" for x in figures)


def _fraction(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}"
