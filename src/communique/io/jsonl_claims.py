"""What the rows of ``predictions.jsonl`` claim, and whether they claim it alike.

An empty list says "found nothing", a list that is left out "nobody looked". So every row of a file must have the same lists,
and every event of a file must have arguments, if only [], or none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from communique.incident import Incident, shown
from communique.io.wire import ITEMS
from communique.model import LAYERS
from communique.ontology import nearest


@dataclass(frozen=True, slots=True)
class Claim:
    """What a row says that it covers. ``place`` is ``file:line``, ``lists`` are those it has, ``arguments`` says of its events
    whether they have the key, and ``layers`` is what the row states in so many words, None if it does not."""

    place: str
    lists: tuple[str, ...] = ()
    arguments: frozenset[bool] = frozenset()
    layers: tuple[str, ...] | None = None

    def claimed(self, bare: bool) -> tuple[str, ...]:
        """The layers that the row claims. ``bare``: an event of the file has no arguments, so the file does not claim them."""
        if self.layers is not None:
            return self.layers
        arguments = "events" in self.lists and not bare
        return tuple(layer for layer in LAYERS if layer in self.lists or (layer == "arguments" and arguments))


def claim_of(place: str, raw: Mapping[str, Any], faults: list[Incident]) -> Claim:
    """What one decoded row claims; what is wrong with its ``layers`` goes to ``faults``."""
    events = raw.get("events")
    told = frozenset("arguments" in e for e in events if isinstance(e, dict)) if isinstance(events, list) else frozenset()
    claim = Claim(place, tuple(k for k in ITEMS if k in raw), told)
    return Claim(place, claim.lists, claim.arguments, _layers(f"{place}: $.layers", raw, claim, faults))


def claim_faults(claims: Sequence[Claim]) -> Iterator[Incident]:
    """A layer that one row claims and another does not: was nothing found there, or was nobody looking?"""
    first: dict[str, str] = {}
    for claim in claims:
        for layer in claim.lists:
            first.setdefault(layer, claim.place)
    mixed = frozenset[bool]().union(*(claim.arguments for claim in claims)) == {True, False}
    for claim in claims:
        for layer in ITEMS:
            if layer in first and layer not in claim.lists:
                hint = "give an empty list if nothing was found, or leave the list out of every row"
                message = f"no {layer} here, but {first[layer]} has them"
                yield Incident("layer-not-everywhere", f"{claim.place}: $", message, hint)
        if claim.layers != claims[0].layers:
            message = f"layers differs from that of {claims[0].place}"
            yield Incident("layers-differ", f"{claim.place}: $.layers", message, "give the same layers in every row")
        if mixed and False in claim.arguments:
            hint = 'give "arguments": [] where none was found, or leave the key out of every event'
            message = "an event without arguments beside others with"
            yield Incident("layer-not-everywhere", f"{claim.place}: $.events", message, hint)


def _layers(at: str, raw: Mapping[str, Any], claim: Claim, faults: list[Incident]) -> tuple[str, ...] | None:
    if "layers" not in raw:
        return None
    given = raw["layers"]
    if not isinstance(given, list) or not all(isinstance(x, str) for x in given):
        message = f"expected a list of strings, got {shown(given)}"
        faults.append(Incident("wrong-type", at, message, f"layers are: {', '.join(LAYERS)}"))
        return None
    for layer in dict.fromkeys(given):
        if layer not in LAYERS:
            faults.append(Incident("unknown-layer", at, f"unknown layer {shown(layer)}", nearest(layer, LAYERS)))
            continue
        if (n := given.count(layer)) > 1:
            faults.append(Incident("duplicate-layer", at, f"{layer} stands {n} times", "name each layer once"))
        if (layer if layer != "arguments" else "events") not in claim.lists:
            message = f"layers claims {layer}, but the row has no such list"
            faults.append(Incident("layer-not-given", at, message, "give the list, empty if nothing was found"))
        elif layer == "arguments" and claim.arguments == {False}:
            hint = 'give every event its arguments, "arguments": [] where none was found, or do not claim them'
            faults.append(Incident("layer-not-given", at, "layers claims arguments, but no event has the key", hint))
    return tuple(layer for layer in LAYERS if layer in given)
