"""What a label map left out, counted, so that nothing is dropped in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, TypeAlias

from communique.incident import cut
from communique.model import LAYERS
from communique.wording import counted, first_ten, line

Reason: TypeAlias = Literal["none", "unknown", "silent", "ends", "range", "trigger", "hangs"]
"""Why an item is left out: its label is known to have no counterpart; is unknown to the map; is not ours, in a table that the
map does not have; has one only between ends of other types; is outside what the map can say; the item became an event; what it
names is left out."""

ATTRIBUTES: Final = ("realis", "polarity")
"""What an event keeps its place without."""

PLACES: Final = {"mentions of entities": "place", "members of entities": "member", "events of instances": "place"}
"""Ids in lists: what they are ids of, and a word for one."""

_SINGULAR: Final = {"entities": "entity", "event_relations": "event relation"}


class Left(NamedTuple):
    """Something that was left out, or an attribute that was taken off: its layer, its label and why."""

    layer: str
    label: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Listing:
    """What a map left out of one annotation or of a file. ``name`` is the map's; ``trimmed`` are mentions that lost an edge."""

    name: str
    left: Mapping[Left, int] = field(default_factory=dict)
    trimmed: int = 0

    def of(self, layer: str, *reasons: Reason) -> int:
        """How many items of a layer were left out, for these reasons or for any."""
        return sum(n for left, n in self.left.items() if left.layer == layer and (not reasons or left.reason in reasons))

    def lines(self) -> tuple[str, ...]:
        """The listing in words, a line for each layer that lost labels; empty if nothing was left out."""
        return tuple(self._lines())

    def _lines(self) -> Iterator[str]:
        layers = [layer for layer in (*LAYERS, *ATTRIBUTES, *PLACES) if self.of(layer)]
        for layer in layers:
            if said := self._said(layer, ("none", "unknown", "silent", "ends")):
                yield f"labels of {_plain(layer)} without a counterpart in {self.name}: {said}"
            if said := self._said(layer, ("range",)):
                yield f"{_plain(layer)} outside what {self.name} can say: {said}"
        if n := self.of("mentions", "trigger"):
            yield f"{counted(n, 'mention')} became events: {self._said('mentions', ('trigger',))}"
        if hanging := [_counted(layer, n) for layer in layers if (n := self.of(layer, "hangs"))]:
            yield f"left out with them: {', '.join(hanging)}"
        if self.trimmed:
            yield f"{counted(self.trimmed, 'mention')} trimmed at an edge by {self.name}"

    def _said(self, layer: str, reasons: Iterable[Reason]) -> str:
        groups = []
        for reason in reasons:
            labels = {left.label: n for left, n in self.left.items() if (left.layer, left.reason) == (layer, reason)}
            if labels:
                ordered = sorted(labels.items(), key=lambda pair: (-pair[1], pair[0]))
                named = first_ten([f"{line(cut(label))} {n}" for label, n in ordered])
                groups.append(named + _WHY[reason].format(_plain(layer)))
        return "; ".join(groups)


_WHY: Final[Mapping[Reason, str]] = {
    "none": " (known to have none)",
    "unknown": " (unknown)",
    "silent": " (it says nothing of {})",
    "ends": " (not between these ends)",
    "range": "",
    "trigger": "",
}


def total(name: str, listings: Iterable[Listing]) -> Listing:
    """The listings of several annotations as one."""
    sums: Counter[Left] = Counter()
    trimmed = 0
    for listing in listings:
        sums.update(listing.left)
        trimmed += listing.trimmed
    return Listing(name, dict(sums), trimmed)


def _plain(layer: str) -> str:
    return layer.replace("_", " ")


def _counted(layer: str, n: int) -> str:
    if layer in PLACES:
        return f"{counted(n, PLACES[layer])} in {layer.rpartition(' ')[2]}"
    return counted(n, _SINGULAR.get(layer, layer.removesuffix("s")), _plain(layer))
