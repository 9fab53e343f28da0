"""``communique benchmark --all``: the leaderboard of this folder, scored again."""

from __future__ import annotations

from pathlib import Path

import click

from communique.cli.options import note
from communique.cli.tables import print_block
from communique.wording import counted


def rescore_all(*, write: bool) -> None:
    """Score every entry of ``leaderboard/`` in the current folder again, print the tables, and say on stderr what has changed.

    ``write`` brings the saved scores and the pages up to date; else, if anything has changed, the exit status is 1.
    """
    from communique import corpus
    from communique.io.files import write_text
    from communique.leaderboard import FOLDER, differences, read_entries, rescore, tables
    from communique.leaderboard.pages import pages
    from communique.scorer import read_scores

    folder = Path()
    if not (folder / FOLDER / "board.toml").is_file():
        raise click.UsageError(f"there is no {FOLDER}/board.toml here; --all works in a clone of the project")
    gold = corpus.load("test")
    entries = read_entries(folder)
    scored = []
    for entry in entries:
        click.echo(f"{entry.name} …", err=True)
        scored.append((entry, rescore(entry, gold, folder)))
    for heading, rows in tables(scored):
        print_block(heading, rows, [])
        click.echo()
    saved = {e.name: read_scores(e.scores(folder)) for e in entries if e.scores(folder).is_file()}
    changed = list(differences(saved, [scores for _, scores in scored]))
    stale = [(path, text) for path, text in pages(folder, scored) if path.read_text(encoding="utf-8") != text]
    if write:
        for entry, scores in scored:
            scores.save(entry.scores(folder))
        for path, text in stale:
            write_text(path, text)
    for line in (*changed, *(f"{path} shows something else" for path, _ in stale)):
        note(line)
    if (changed or stale) and not write:
        note(f"{counted(len(changed) + len(stale), 'difference')}; --write brings {FOLDER}/ and the pages up to date")
        raise SystemExit(1)
