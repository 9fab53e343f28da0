"""What errors amount to over a corpus: how many there are of each kind, what each kind costs, which labels are confused."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from communique.errors.error import Error
from communique.errors.kinds import DUPLICATE, KINDS, MISSED, SPURIOUS, VALUE
from communique.measures.tally import Tally


@dataclass(frozen=True, slots=True)
class Share:
    """The errors of one kind: how many, and by how much F1 would rise without them.

    ``gain`` is a fraction; None if F1 is undefined, with them or without them.
    """

    count: int
    gain: float | None

    def as_json(self) -> dict[str, Any]:
        return {"count": self.count, "gain": self.gain}


@dataclass(frozen=True, slots=True)
class Confusion:
    """A gold label and the predicted one beside it; None is the value of an event that has none."""

    gold: str | None
    pred: str | None
    count: int

    def as_json(self) -> dict[str, Any]:
        return {"gold": self.gold, "pred": self.pred, "count": self.count}


def summary(errors: Iterable[Error], tallies: Mapping[str, Tally]) -> dict[str, dict[str, Share]]:
    """By measure and kind, all kinds, in their order, what an oracle would bring that mends one kind and nothing else.

    ``tallies`` has the corpus' tally of every measure that was scored; those that have no kinds of error are left out. The
    oracle turns the prediction of a two-sided error into a hit, takes away one that is a duplicate or spurious, and supplies a
    missed item as a prediction of its own. TIDE (Bolya et al. 2020, "TIDE: A General Toolbox for Identifying Object Detection
    Errors"), after which this is made, takes missed items out of the gold instead, which brings less wherever anything else is
    wrong. F1 is not linear, so the gains of the kinds do not sum to what is lacking.

    Raises:
        ValueError: if the errors are not those of the tallies.
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for error in errors:
        counts[error.measure][error.kind] += 1
    if stray := counts.keys() - tallies.keys():
        raise ValueError(f"there are errors of {', '.join(sorted(stray))}, but no tally; give the tallies of the same score")
    for measure, count in counts.items():
        _same(measure, count, tallies[measure])
    return {
        measure: {kind: Share(counts[measure][kind], _gain(kind, counts[measure][kind], tally)) for kind in KINDS[measure]}
        for measure, tally in tallies.items()
        if measure in KINDS
    }


def confusions(errors: Iterable[Error], n: int) -> dict[str, list[Confusion]]:
    """By measure, in the order of `KINDS`, the ``n`` most frequent pairs of labels; of equally frequent ones the first in
    alphabetical order.

    Types, roles, ids or values, of the kinds that confuse them; of arguments also the event types, where those are wrong.
    """
    pairs: defaultdict[str, Counter[tuple[str | None, str | None]]] = defaultdict(Counter)
    for error in errors:
        if error.gold and error.pred and error.kind in _CONFUSING:
            sides = (error.gold, error.pred)
            gold, pred = (side.type for side in sides) if error.kind == _EVENT_TYPE else (side.label for side in sides)
            pairs[error.measure][gold, pred] += 1
    return {
        measure: [Confusion(*pair, count) for pair, count in _most(pairs[measure], n)] for measure in KINDS if measure in pairs
    }


_EVENT_TYPE: Final = "event type"
_CONFUSING: Final = {"type", "type+boundary", "role", "role+boundary", _EVENT_TYPE, VALUE}


def _most(pairs: Mapping[tuple[str | None, str | None], int], n: int) -> list[tuple[tuple[str | None, str | None], int]]:
    return sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0][0] or "", pair[0][1] or ""))[:n]


def _gain(kind: str, count: int, tally: Tally) -> float | None:
    if kind == MISSED:
        mended = Tally(count, count, count, 0)
    elif kind in (DUPLICATE, SPURIOUS):
        mended = Tally(0, 0, -count, 0)
    else:
        mended = Tally(count, count, 0, 0)
    before, after = tally.f1, (tally + mended).f1
    return None if before is None or after is None else after - before


def _same(measure: str, count: Counter[str], tally: Tally) -> None:
    total = count.total()
    wrong, unhit = tally.predicted - tally.hits_predicted, tally.gold - tally.hits_gold
    given = total - count[MISSED], total - count[DUPLICATE] - count[SPURIOUS]
    if given != (wrong, unhit):
        raise ValueError(
            f"{measure}: the errors are of {given[0]} wrong predictions and {given[1]} gold items without a hit, the tally has "
            f"{wrong} and {unhit}; give the errors of all its documents and of no others"
        )
