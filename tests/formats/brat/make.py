"""Write what stands beside this file: ``PYTHONPATH=brat/server/src python make.py``, with a checkout of nlplab/brat.

brat's own classes hold and print the annotations; the offsets are counted by it.
"""

from __future__ import annotations

from pathlib import Path

from annotation import (  # type: ignore[import-not-found]
    AttributeAnnotation,
    BinaryRelationAnnotation,
    EquivAnnotation,
    EventAnnotation,
    NormalizationAnnotation,
    OnelineCommentAnnotation,
    TextAnnotations,
    TextBoundAnnotationWithText,
)

HERE = Path(__file__).parent
TEXT = "🎉 Ann Lee of Acme met Bob in Oslo on\nMonday. She and Bob did not sign the 𝔄 deal.\n"


def pieces(words: str, after: int = 0) -> list[tuple[int, int]]:
    """The places of words; where they run over a line break, a piece for each line, as brat's server makes them."""
    start = TEXT.index(words, after)
    found = []
    for line in words.split("\n"):
        found.append((start, start + len(line)))
        start += len(line) + 1
    return found


def main() -> None:
    doc = TextAnnotations(text=TEXT)

    def mark(type_: str, *spans: tuple[int, int]) -> str:
        id_ = doc.get_new_id("T")
        TextBoundAnnotationWithText(list(spans), id_, type_, doc)
        return str(id_)

    def event(type_: str, words: str, *arguments: tuple[str, str]) -> str:
        made = EventAnnotation(mark(type_, *pieces(words)), [], doc.get_new_id("E"), type_, "")
        for role, target in arguments:
            made.add_argument(role, target)
        doc.add_annotation(made)
        return str(made.id)

    ann, acme = mark("PER", *pieces("Ann Lee")), mark("ORG", *pieces("Acme"))
    bob, oslo = mark("PER", *pieces("Bob")), mark("GPE", *pieces("Oslo"))
    mark("TIME", *pieces("on\nMonday"))
    she, again = mark("PER", *pieces("She")), mark("PER", *pieces("Bob", TEXT.index("She")))
    mark("OBJ", *pieces("the"), *pieces("deal"))
    deal = mark("OBJ", *pieces("deal"))
    met = event("CONSULT", "met", ("PARTICIPANT", ann), ("PARTICIPANT", bob), ("PLACE", oslo))
    sign = event("AGREE", "sign", ("ACTOR", she), ("ACTOR", again), ("OBJECT", deal))
    for made in (
        EquivAnnotation("Equiv", [ann, she], ""),
        EquivAnnotation("Equiv", [bob, again], ""),
        BinaryRelationAnnotation("R1", "AFFILIATION", "Arg1", ann, "Arg2", acme, ""),
        BinaryRelationAnnotation("R2", "BEFORE", "Arg1", met, "Arg2", sign, ""),
        AttributeAnnotation(met, "A1", "Realis", "", "ACTUAL"),
        AttributeAnnotation(sign, "A2", "Polarity", "", "NEG"),
        AttributeAnnotation(sign, "A3", "Negation", "", True),
        AttributeAnnotation(she, "A4", "Kind", "", "PRO"),
        NormalizationAnnotation("N1", "Reference", ann, "Wikidata", "Q1", "Ann Lee"),
        NormalizationAnnotation("N2", "Reference", oslo, "Wikidata", "Q585", "Oslo"),
        NormalizationAnnotation("N3", "Reference", acme, "Wikipedia", "87847", "Acme"),
        OnelineCommentAnnotation(sign, "#1", "AnnotatorNotes", "\tis this one agreement?"),
    ):
        doc.add_annotation(made)
    (HERE / "d1.txt").write_text(TEXT, encoding="utf-8")
    (HERE / "d1.ann").write_text(str(doc), encoding="utf-8")


if __name__ == "__main__":
    main()
