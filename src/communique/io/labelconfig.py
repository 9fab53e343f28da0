"""The labelling interface of Label Studio, written from the ontology.

Three sets of labels lie on the text: ``mention``, ``trigger`` and ``link``, whose labels are the event relations and whose
regions are their evidence. What belongs to one region stands in a column beside the text and shows only while such a region
is selected. Arrows are roles (from a trigger to a mention), relations (between mentions), and HEAD and TAIL (from a link to
two triggers).
"""

from __future__ import annotations

import colorsys
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from xml.sax.saxutils import quoteattr

from communique.ontology import Ontology

HEAD: Final = "HEAD"
TAIL: Final = "TAIL"

# Every key is used once, and none that the editor itself answers to without a modifier: u, Enter, Escape, Backspace.
_KEYS: Final[Mapping[str, str]] = {
    "mention": "1234567890",
    "trigger": "qwertyiopasdf",
    "link": "zxcvb",
    "kind": "ghjk",
    "realis": ",./",
    "polarity": "nm",
}


def label_config(ontology: Ontology) -> str:
    """The labelling configuration, as XML with a final line break. The same ontology gives the same bytes.

    Raises:
        ValueError: if a role or relation of the ontology is named HEAD or TAIL, which are the two ends of a link.

    >>> from communique.ontology import default_ontology
    >>> label_config(default_ontology()).splitlines()[0]
    '<View style="display: flex; gap: 16px;">'
    """
    arrows = [*ontology.roles, *ontology.relations]
    if taken := sorted({HEAD, TAIL}.intersection([*arrows, *ontology.event_relations])):
        raise ValueError(
            f"ontology.toml: {', '.join(taken)} names the end of a link in Label Studio; rename the role or relation"
        )
    mentions = {t.name: t.definition for t in ontology.mentions.values()}
    triggers = {t.name: t.definition for t in ontology.events.values()}
    links = {t.name: t.definition for t in ontology.event_relations.values()}
    lines = [
        '<View style="display: flex; gap: 16px;">',
        # Arrows and their labels run between the lines.
        "  <Style>.lsf-htx-richtext { line-height: 2.4; }</Style>",
        '  <View style="flex: 1 1 auto; min-width: 0;">',
        '    <Header value="$title" size="4"/>',
        # The labels stay in sight while the text scrolls below them.
        '    <View style="position: sticky; top: 0; z-index: 2; padding-bottom: 16px;'
        ' background: var(--color-neutral-background, #fff);">',
        *_labels("mention", mentions, _colours(len(mentions), lightness=0.42, saturation=0.75)),
        *_labels("trigger", triggers, _colours(len(triggers), lightness=0.62, saturation=0.95)),
        *_labels("link", links, _colours(len(links), lightness=0.40, saturation=0.25)),
        "    </View>",
        # By symbol, since a mention may end inside a word ("[China]-based"); `communique check` reports a dragged space.
        '    <Text name="text" value="$text" granularity="symbol"/>',
        "  </View>",
        '  <View style="flex: 0 0 260px; position: sticky; top: 0; align-self: flex-start;">',
        '    <View visibleWhen="region-selected" whenTagName="mention">',
        '      <Header value="Mention" size="5"/>',
        *_choices("kind", ontology.kinds),
        *_field("entity", "entity id, such as e1"),
        *_field("extent", "whole noun phrase, in the text's words"),
        *_field("value", "ISO 8601 value of a TIME"),
        "    </View>",
        '    <View visibleWhen="region-selected" whenTagName="trigger">',
        '      <Header value="Event" size="5"/>',
        *_choices("realis", ontology.realis),
        *_choices("polarity", ontology.polarity),
        *_field("instance", "instance id, such as i1"),
        "    </View>",
        '    <Header value="Entities" size="5"/>',
        '    <TextArea name="entities" toName="text" rows="1" editable="true"'
        ' placeholder="id | type | name | Wikidata id | member ids"/>',
        "  </View>",
        '  <Relations choice="multiple">',
        *(f"    <Relation value={quoteattr(name)}/>" for name in [*arrows, HEAD, TAIL]),
        "  </Relations>",
        "</View>",
    ]
    return "\n".join(lines) + "\n"


def _labels(name: str, definitions: Mapping[str, str], colours: Iterable[str]) -> Iterator[str]:
    yield f'      <Labels name="{name}" toName="text" choice="single">'
    for (label, definition, key), colour in zip(_keyed(name, definitions), colours, strict=True):
        hint = f" hint={quoteattr(definition)}" if definition else ""
        yield f'        <Label value={quoteattr(label)} background="{colour}"{key}{hint}/>'
    yield "      </Labels>"


def _choices(name: str, definitions: Mapping[str, str]) -> Iterator[str]:
    yield f'      <Choices name="{name}" toName="text" perRegion="true" choice="single-radio" showInline="true">'
    for choice, definition, key in _keyed(name, definitions):
        hint = f" hint={quoteattr(definition)}" if definition else ""
        yield f"        <Choice value={quoteattr(choice)}{key}{hint}/>"
    yield "      </Choices>"


def _field(name: str, placeholder: str) -> Iterator[str]:
    yield (
        f'      <TextArea name="{name}" toName="text" perRegion="true" rows="1" maxSubmissions="1" editable="true"'
        f" placeholder={quoteattr(placeholder)}/>"
    )


def _keyed(name: str, definitions: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Label, definition and the hotkey attribute; labels beyond the keys there are have none."""
    for n, (label, definition) in enumerate(definitions.items()):
        key = _KEYS[name][n : n + 1]
        yield label, " ".join(definition.split()), f' hotkey="{key}"' if key else ""


def _colours(n: int, *, lightness: float, saturation: float) -> list[str]:
    """As many hues, evenly spread; the three label sets differ in lightness and saturation."""
    rgb = (colorsys.hls_to_rgb(i / n, lightness, saturation) for i in range(n))
    return ["#" + "".join(f"{round(255 * channel):02x}" for channel in colour) for colour in rgb]
