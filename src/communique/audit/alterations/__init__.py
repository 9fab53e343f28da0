"""Ways to spoil one item of a sound annotation, as an annotator might: each says what it did, and what the item was.

An alteration takes a scene and an item and gives the spoilt annotation with a `Change`, or None where it does not apply. What
hangs on a removed mention or event goes with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from communique.audit.alterations import clusters, events, mentions, relations
from communique.audit.alterations.scene import Alteration, Altered, Change, Scene
from communique.model import Annotation

__all__ = ["ALTERATIONS", "Change", "Scene", "altered", "items"]

ALTERATIONS: Final[Mapping[str, tuple[Alteration, ...]]] = {
    "mentions": (
        mentions.mention_missing,
        mentions.mention_type,
        mentions.mention_kind,
        mentions.mention_extent,
        mentions.mention_boundary,
        mentions.mention_value,
        mentions.mention_spurious,
    ),
    "entities": (clusters.entity_joined, clusters.entity_split, clusters.entity_member),
    "events": (events.event_missing, events.event_type, events.event_realis, events.event_polarity, events.event_spurious),
    "arguments": (events.argument_missing, events.argument_role, events.argument_spurious),
    "instances": (clusters.instance_joined, clusters.instance_split),
    "relations": (relations.relation_missing, relations.relation_type, relations.relation_reversed),
    "event_relations": (relations.relation_missing, relations.relation_type, relations.relation_reversed),
}
"""By layer, what can be done to an item of it."""


def items(annotation: Annotation, layer: str) -> list[Any]:
    """What can be altered in a layer: its items, arguments each with its event."""
    if layer == "arguments":
        return [(e, x) for e in annotation.events for x in e.arguments]
    return list(getattr(annotation, layer))


_TRIES: Final = 5_000


def altered(scene: Scene, layer: str) -> Iterator[Altered]:
    """Ways to spoil an item of a layer: a random item, a random alteration, if it applies to it; and so on, for long enough."""
    held = items(scene.annotation, layer)
    for _ in range(_TRIES if held else 0):
        item, alteration = scene.pick(held), scene.pick(ALTERATIONS[layer])
        if (made := alteration(scene, item)) is not None:
            yield made
