"""The leaderboard: every entry's predictions scored again, and its tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from communique.leaderboard.entries import TABLES, Entry
from communique.model import Gold
from communique.predictions import read_predictions
from communique.scorer import Result, Scores, score
from communique.wording import DASH, between, percent

MEASURES: Final = (
    *("NER", "Ent-C", "Coref(CoNLL)", "Tri-C(level=class)", "Tri-C", "Realis"),
    *("Arg-C+", "Arg-C(level=instance)", "Rel", "EvCoref(CoNLL)", "EvRel"),
)
"""The measures of the tables: one or two of each layer. There is none over all layers, and so no rank."""


def rescore(entry: Entry, gold: Gold, folder: Path) -> Scores:
    """An entry's predictions, scored as ``communique score`` does.

    Raises:
        DataError: as `communique.predictions.read_predictions` does.
    """
    return score(gold, read_predictions(entry.predictions(folder), gold), system=entry.name)


def tables(scored: Sequence[tuple[Entry, Scores]]) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    """Each table with its heading: a column an entry, F1 in percent with the interval for new documents like these.

    A dash is a layer that the entry does not claim, or a figure that is undefined; its `Scores` have the reason. A measure that
    no entry of a table has is not in it.
    """
    for table, heading in TABLES.items():
        held = [scores for entry, scores in scored if entry.table == table]
        rows = [(name, *(_cell(scores[name]) for scores in held)) for name in MEASURES]
        if held:
            yield heading, [("F1", *(s.system for s in held)), *(row for row in rows if set(row[1:]) != {DASH})]


def _cell(result: Result) -> str:
    if result.f1 is None:
        return DASH
    new = next((i for i in result.intervals["f1"] if i.unit == "document" and i.low is not None), None)
    return f"{percent(result.f1)} ({between(new.low, new.high)})" if new else percent(result.f1)


def differences(old: Mapping[str, Scores], new: Iterable[Scores]) -> Iterator[str]:
    """What of the saved scores is not as it comes out now, in words."""
    for scores in new:
        before = old.get(scores.system)
        if before is None:
            yield f"{scores.system}: no scores were saved"
            continue
        for name in scores:
            if name not in before:
                yield f"{scores.system}: no {name} was saved"
            elif (old_one := before[name]).tallies != scores[name].tallies:
                yield f"{scores.system}: {name} was {percent(old_one.f1)}, and is {percent(scores[name].f1)}, from other counts"
        yield from (f"{scores.system}: {name} was saved, and is scored no more" for name in before if name not in scores)
