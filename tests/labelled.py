"""One annotation with everything that is hard for a labelling tool: every layer, every attribute, spans that nest, coincide and
run over a line break, arrows both ways and with two labels, in a text with emoji, CRLF, no-break space and markup."""

from __future__ import annotations

import hashlib

from communique.model import (
    Annotation,
    Argument,
    Document,
    Entity,
    Event,
    EventRelation,
    Instance,
    Mention,
    Relation,
    Span,
)

TEXT = (
    "🎉 Ann of Acme\u00a0Corp met “Bob”\r\nof the two superpowers in Rome to mend ties. 👩‍👧 Bob said the talks, "
    "<b>held</b> & hailed, led to a deal; a deal in turn led to peace.\r\n  Ann–Bob ties."
)


def document(doc_id: str) -> Document:
    return Document(doc_id, TEXT, hashlib.sha256(TEXT.encode()).hexdigest(), title="A <title> & more")


def at(words: str, occurrence: int = 1) -> Span:
    start = -1
    for _ in range(occurrence):
        start = TEXT.index(words, start + 1)
    return Span(start, start + len(words))


def annotation(doc_id: str) -> Annotation:
    return Annotation(
        doc_id,
        mentions=(
            Mention("m1", at("Ann"), "PER", "NAM"),
            Mention("m2", at("Acme\u00a0Corp"), "ORG", "NAM"),
            Mention("m3", at("Bob"), "PER", "NAM"),
            Mention("m4", at("superpowers"), "GPE", "NOM", extent=at("Bob”\r\nof the two superpowers")),
            Mention("m5", at("Rome"), "GPE", "NAM"),
            Mention("m6", at("Acme"), "GPE", "ADJ"),  # nested in m2
            Mention("m7", at("Ann"), "ORG", "NAM"),  # the span of m1, another type
            Mention("m-8.x:é", at("Ann"), "PER", "NAM"),  # the same mention again
            Mention("m9", at("Bob", 2), "PER"),
            Mention("m10", at("in Rome"), "TIME", value="2023-07-14"),
            Mention("m11", at("Bob”\r\nof"), "LOC"),
            Mention("m12", at("👩‍👧"), "PER", "PRO"),
            Mention("m13", at("Ann", 2), "PER", "NAM"),
            Mention("m14", at("Bob", 3), "PER", "NAM"),
            Mention("m16", at("Rome "), "LOC"),  # a space dragged along: legal in a prediction
            Mention("m15", at("<b>held</b> & hailed"), "OBJ", "NOM"),
        ),
        entities=(
            Entity("e1", "PER", ("m1", "m-8.x:é"), 'Ann <O\'Neil> & "Söhne"  {x} \\n 漢', "Q42"),
            Entity("e2", "PER", ("m3", "m9")),
            Entity("e3", "PER", ("m12",), None, "Q1", ("e1", "e2")),
            Entity("e4", "GPE", (), "Rome"),
        ),
        events=(
            Event(
                "v1",
                at("met"),
                "CONSULT",
                "ACTUAL",
                "POS",
                (
                    Argument("PARTICIPANT", "m1"),
                    Argument("PARTICIPANT", "m3"),
                    Argument("ACTOR", "m1"),  # a second role of one filler
                    Argument("PLACE", "m5"),
                ),
            ),
            Event("v2", at("mend"), "IMPROVE", "POSSIBLE", "POS"),
            Event("v3", at("said"), "STATEMENT", "ACTUAL", None, (Argument("ACTOR", "m9"),)),
            Event("v4", at("talks"), "CONSULT", None, "NEG"),
            Event("v5", at("talks"), "AGREE"),  # the span of v4, another type
            Event("v6", at("deal", 2), "AGREE", "PLANNED", "POS", (Argument("ACTOR", "m1"),)),
        ),
        instances=(Instance("i1", ("v1", "v4")), Instance("i2", ("v6",))),
        relations=(
            Relation("r1", "AFFILIATION", "m1", "m2"),
            Relation("r2", "POSITION", "m1", "m2"),  # two labels on one pair
            Relation("r3", "TIES", "m13", "m14"),
            Relation("r4", "TIES", "m14", "m13"),  # the other way round
            Relation("r5", "AFFILIATION", "m14", "m13"),
        ),
        event_relations=(
            EventRelation("x1", "PURPOSE", "v1", "v2", (at("to"),)),
            EventRelation("x2", "BEFORE", "v1", "v2", (at("to"),)),
            EventRelation("x3", "CAUSE", "v4", "v6", (at("led to"), at("led to", 2), at("in turn"))),
            EventRelation("x4", "CAUSE", "v6", "v4", (at("led to"),)),
        ),
    )


def sound(doc_id: str) -> Annotation:
    """As much of it as an annotator may hand in: flat, within sentences and the schema, every item where it has to be."""
    return Annotation(
        doc_id,
        mentions=(
            Mention("m1", at("Ann"), "PER", "NAM"),
            Mention("m2", at("Acme\u00a0Corp"), "ORG", "NAM"),
            Mention("m3", at("Bob"), "PER", "NAM"),
            Mention("m4", at("superpowers"), "GPE", "NOM", extent=at("the two superpowers")),
            Mention("m5", at("Rome"), "GPE", "NAM"),
            Mention("m9", at("Bob", 2), "PER", "NAM"),
            Mention("m12", at("👩‍👧"), "PER", "PRO"),
            Mention("m13", at("Ann", 2), "PER", "NAM"),
            Mention("m14", at("in turn"), "TIME", value="2023-07-14"),
        ),
        entities=(
            Entity("e1", "PER", ("m1", "m13"), 'Ann <O\'Neil> & "Söhne"  {x} \\n 漢', "Q42"),
            Entity("e2", "PER", ("m3", "m9")),
            Entity("e3", "PER", ("m12",), None, "Q1", ("e1", "e2")),
            Entity("e4", "ORG", ("m2",)),
            Entity("e5", "GPE", ("m4",)),
            Entity("e6", "GPE", ("m5",), "Rome"),
        ),
        events=(
            Event("v1", at("met"), "CONSULT", "ACTUAL", "POS", (Argument("PARTICIPANT", "m1"), Argument("PARTICIPANT", "m3"))),
            Event("v2", at("mend"), "IMPROVE", "POSSIBLE", "NEG", (Argument("PARTICIPANT", "m4"), Argument("PLACE", "m5"))),
            Event("v3", at("said"), "STATEMENT", "ACTUAL", "POS", (Argument("ACTOR", "m9"),)),
            Event("v4", at("talks"), "CONSULT", "ACTUAL", "POS"),
            Event("v6", at("deal", 2), "AGREE", "PLANNED", "POS", (Argument("TIME", "m14"),)),
        ),
        instances=(Instance("i1", ("v1", "v4")), Instance("i2", ("v6",))),
        relations=(Relation("r1", "AFFILIATION", "m1", "m2"),),
        event_relations=(
            EventRelation("x1", "CAUSE", "v4", "v6", (at("led to"), at("led to", 2))),
            EventRelation("x2", "CONTENT", "v3", "v4", (at("talks"),)),
        ),
    )
