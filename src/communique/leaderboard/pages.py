"""The pages that show the board: prose by hand, and between markers what is written here (`communique.io.card.fill`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from communique.io.card import fill
from communique.leaderboard.board import tables
from communique.leaderboard.entries import FOLDER, Entry
from communique.scorer import Scores
from communique.scorer.table import markdown_rows

PAGES = ("README.md", f"{FOLDER}/README.md")


def pages(folder: Path, scored: Sequence[tuple[Entry, Scores]]) -> Iterator[tuple[Path, str]]:
    """Each page with its text as it should be.

    Raises:
        DataError: ``card-sections``, if a page lacks its markers.
    """
    shown = [line for heading, rows in tables(scored) for line in (f"**{heading}**", "", *markdown_rows(rows), "")]
    said = [line for entry, _ in scored for line in _about(entry)]
    for page, sections in zip(PAGES, ({"leaderboard": shown}, {"tables": shown, "entries": said}), strict=True):
        path = folder / page
        yield path, fill(page, path.read_text(encoding="utf-8"), {name: ["", *lines] for name, lines in sections.items()})


def _about(entry: Entry) -> Iterator[str]:
    yield f"### {entry.name}"
    yield ""
    yield f"{entry.what} {entry.note}".strip()
    yield ""
    yield f"Needs: {entry.needs}. Made with: {entry.versions}."
    yield ""
    yield from ("```sh", *entry.command.strip().splitlines(), "```", "")
