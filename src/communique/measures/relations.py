"""Relations between mentions: `Rel` (boundaries) and `Rel+` (strict).

The terms are those of Taillé et al. 2020, "Let's Stop Incorrect Comparisons in End-to-end Relation Extraction!".
"""

from __future__ import annotations

from communique.measures.side import Side
from communique.measures.tally import Item


def relations(side: Side, *, strict: bool) -> list[Item]:
    """Relations are equal in type and in the spans at both ends; if ``strict``, in the mention types too. Labelled by type.

    A relation that the ontology calls symmetric has no direction, and a pair given both ways is one item (MAVEN-ERE's scorer
    punishes it): see `Side.related`. It belongs to the sentence of its earlier end, any other relation to that of its head.
    """
    return [Item(r.sentence, r.type, (r.ends, r.types) if strict else r.ends) for r in side.related]
