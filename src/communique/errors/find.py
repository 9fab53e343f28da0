"""The errors of one document."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

from communique.errors.error import Error, Reading
from communique.errors.items import ITEMS, PLACES, Key, Stated
from communique.errors.kinds import DUPLICATE, JUDGES, KINDS, MISSED, SPURIOUS, TWO_SIDED, VALUE
from communique.errors.pairing import pair
from communique.errors.sections import section
from communique.measures.side import Side
from communique.model import Span
from communique.ontology import nearest


def errors(measure: str, gold: Side, pred: Side) -> list[Error]:
    """Every prediction that is no hit of the measure, and every gold item that is not hit, each in one error; in text order.

    What hits, as a multiset, is set aside; of equal items the first by id. What is left pairs as `pair` says. A prediction that
    is left over then is a ``duplicate`` if it equals one that hit, else ``spurious``; a gold item is ``missed``, be it another
    copy of one that was hit or not. So in each document, over all kinds but the one that does not concern it,

        predicted − hits = two-sided kinds + duplicate + spurious
        gold − hits = two-sided kinds + missed

    With the sides swapped, two-sided errors are the same with their sides swapped, and what was missed is spurious, or, where
    the gold holds a copy of a hit, a duplicate.

    Raises:
        ValueError: if the measure has no kinds of error (see `KINDS`), or an item names another that there is not.
    """
    if measure not in KINDS:
        raise ValueError(f"{measure} has no kinds of error; {nearest(measure, KINDS)}")
    of = ITEMS[measure]
    attribute = KINDS[measure] == (VALUE,)
    golds, preds, hit = _unequal(of(gold), of(pred))
    found: list[tuple[str, Stated | None, Stated | None]] = []
    if golds and preds:
        pairs = pair(golds, preds, JUDGES[measure], TWO_SIDED[measure])
        found += [(kind, g, p) for g, p, kind in pairs]
        paired = {id(item) for g, p, _ in pairs for item in (g, p)}
        golds, preds = ([item for item in items if id(item) not in paired] for items in (golds, preds))
    if not attribute:
        found += [(MISSED, g, None) for g in golds]
        found += [(DUPLICATE if p.key in hit else SPURIOUS, None, p) for p in preds]
    found.sort(key=lambda error: _place(KINDS[measure], *error))
    return [_error(measure, kind, (gold, pred), g, p) for kind, g, p in found]


def _unequal(gold: Iterable[Stated], pred: Iterable[Stated]) -> tuple[list[Stated], list[Stated], Container[Key]]:
    """What is left of either side when equal items are paired, and what was equal."""
    golds, preds = _grouped(gold), _grouped(pred)
    hit = golds.keys() & preds.keys()
    return _left(golds, preds), _left(preds, golds), hit


def _left(items: Mapping[Key, list[Stated]], others: Mapping[Key, list[Stated]]) -> list[Stated]:
    left: list[Stated] = []
    for key, copies in items.items():
        equal = len(others.get(key, ()))
        if not equal:
            left += copies
        elif equal < len(copies):
            left += sorted(copies, key=lambda item: item.ids)[equal:]
    return left


def _grouped(items: Iterable[Stated]) -> dict[Key, list[Stated]]:
    groups: dict[Key, list[Stated]] = {}
    for item in items:
        key = item[:3]
        if key in groups:
            groups[key].append(item)
        else:
            groups[key] = [item]
    return groups


def _place(kinds: Sequence[str], kind: str, gold: Stated | None, pred: Stated | None) -> tuple[object, ...]:
    first = gold or pred
    return (first and first.places, kinds.index(kind), *((item[1:4] if item else ()) for item in (gold, pred)))


def _error(measure: str, kind: str, sides: tuple[Side, Side], gold: Stated | None, pred: Stated | None) -> Error:
    first = gold or pred
    return Error(
        measure,
        kind,
        sides[0].annotation.doc_id,
        first.sentence if first else None,
        _reading(measure, gold, sides[0]),
        _reading(measure, pred, sides[1]),
        section(measure, kind, gold, pred, sides[0].ontology),
    )


def _reading(measure: str, item: Stated | None, side: Side) -> Reading | None:
    if item is None:
        return None
    places = zip(PLACES[measure], item.places, strict=True)
    spans = {name: side.unplaced[where] if where in side.unplaced else Span(*where) for name, where in places}
    return Reading(item.label or None, spans, item.ids, item.type or None)
