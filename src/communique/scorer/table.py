"""How scores print: the table, and what belongs under it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from communique.errors.kinds import ONE_SIDED
from communique.measures.tally import Hits
from communique.scorer.result import FEW_ITEMS, Result, defined, number
from communique.wording import DASH, between, counted, first_ten, grouped, line, percent

if TYPE_CHECKING:
    from communique.errors import Share
    from communique.scorer.scores import Scores

FLOOR: Final = "a floor, to be read beside these figures (SCORING.md)"

NEW, THESE = "new docs", "these docs"
"""The columns of the two intervals: of documents like these, and of other sentences in these documents."""


def heading(scores: Scores) -> str:
    """The system and what it was scored on."""
    return line(f"{scores.system} on {extent(scores)}")


def extent(scores: Scores) -> str:
    """The split, and how many documents that tell how many stories."""
    counts = counted(len(scores.documents), "document")
    if scores.stories is not None:
        counts += f", {counted(scores.stories, 'story', 'stories')}"
    return f"{scores.split} ({counts})"


def rows(scores: Scores) -> list[tuple[str, ...]]:
    """The header and one row a measure, as strings; percentages with one decimal."""
    header = ["measure", "P", "R", "F1", *((NEW, THESE) if _has_intervals(scores) else ()), "macro F1", "hits", "pred", "gold"]
    header += [*map(line, scores.floors), *(("seqeval F1",) if _seqeval_ran(scores) else ())]
    return [tuple(header), *(tuple(_row(scores, name, result)) for name, result in scores.results.items())]


def layers(scores: Scores) -> list[list[int]]:
    """The rows of `rows`, less the header, in groups of one layer."""
    groups: list[list[int]] = []
    last: object = None
    for n, name in enumerate(scores.results):
        found = defined(name)
        layer = found.layers[0] if found else None
        if not groups or layer != last:
            groups.append([])
        groups[-1].append(n)
        last = layer
    return groups


def by_type(scores: Scores) -> list[tuple[str, ...]]:
    """A table of every measure's labels. A star marks labels with few gold items."""
    table: list[tuple[str, ...]] = [("measure", "label", "P", "R", "F1", "hits", "pred", "gold")]
    for name, result in scores.results.items():
        for label, part in result.by("type").items():
            mark = "*" if label in result.few else ""
            figures = map(percent, (part.precision, part.recall, part.f1))
            table.append((line(name), line(label) + mark, *figures, *_counts(part)))
    return table


def by_document(scores: Scores) -> list[tuple[str, ...]]:
    """A table of every measure's F1 in each document."""
    table: list[tuple[str, ...]] = [("F1", *map(line, scores.documents))]
    for name, result in scores.results.items():
        each = result.documents()
        table.append((line(name), *(percent(each[d].f1 if d in each else None) for d in scores.documents)))
    return table


def errors(scores: Scores) -> list[tuple[str, ...]]:
    """A table of the kinds of error, a column a measure: how many, and by how many points F1 would rise without them."""
    shares = scores.shares()
    kinds = list(dict.fromkeys(kind for row in shares.values() for kind in row))
    kinds.sort(key=lambda kind: kind in ONE_SIDED)  # stable: kinds that pair two items first
    return [
        ("errors", *map(line, shares)),
        *((kind, *(_share(row.get(kind)) for row in shares.values())) for kind in kinds),
    ]


def remarks(scores: Scores) -> list[str]:
    """What belongs under the table: the reasons for every dash, the notes, what seqeval said, the signature."""
    results = scores.results
    scored = {name: r for name, r in results.items() if r.f1 is not None}
    reasons = grouped((name, r.reason) for name, r in results.items())
    lines = [f"{DASH} {_named(scores, names)}: {reason}" for reason, names in reasons.items()]
    if names := [name for name, r in scored.items() if r.macro().f1 is None]:
        why = "the gold has none of the labels" if _by_gold(scores) else "the ontology knows none of the labels"
        lines.append(f"{DASH} macro F1 of {_named(scores, names)}: {why}")
    lines += _intervals(scores, scored)
    if scores.floors:
        lines.append(f"{', '.join(scores.floors)}: F1 of {FLOOR}; {DASH} where it looks for nothing of the kind.")
    if _seqeval_ran(scores) and any(not r.seqeval for r in scored.values()):
        lines.append(f"{DASH} seqeval F1: seqeval scores labelled spans only")
    unknown = grouped((name, first_ten(r.foreign) if r.foreign else None) for name, r in results.items())
    strange = "the gold does not have" if _by_gold(scores) else "the ontology does not know"
    lines += [f"{', '.join(names)}: {strange} the labels {labels}." for labels, names in unknown.items()]
    if rare := [f"{name} {first_ten([f'{label} {r.labels[label].gold}' for label in r.few])}" for name, r in _rare(scores)]:
        lines.append(f"Fewer than {FEW_ITEMS} gold items, so hardly measured (--by type marks them): {'; '.join(rare)}.")
    lines += scores.notes
    if _seqeval_ran(scores):
        names = [name for name, r in results.items() if r.seqeval]
        lines.append(
            f"seqeval {scores.versions['seqeval']} (strict, IOB2) gives the same P, R, F1 and gold counts, by label and in "
            f"all, for {', '.join(names)}; where a figure is undefined it says 0."
        )
    return [*map(line, lines), *signatures(scores)]


def signatures(scores: Scores, *, short: bool = False) -> list[str]:
    """The lines that state the signature, one for all measures if theirs are alike; ``short`` leaves out usual values.

    What a measure matches, where it is not exact, stands in its name too, and so does not make a line of its own.
    """
    what = "Short signature" if short else "Signature"
    signed = [(name, r.short_signature if short else r.signature) for name, r in scores.results.items()]
    matches = list(dict.fromkeys(found[1] for _, text in signed if (found := _MATCH.search(text))))
    usual = f"|match:{matches[0]}" if len(matches) == 1 else "|match:exact"
    plain = "" if short and usual == "|match:exact" else usual
    groups = grouped((name, _MATCH.sub(plain, text.removeprefix(name), count=1)) for name, text in signed)
    others = [match for match in matches if f"|match:{match}" != usual]
    named = f" (match:{', '.join(others)} where the measure's name says so)" if others else ""
    if len(groups) == 1:
        return [line(f"{what}: MEASURE{rest}{named}") for rest in groups]
    return [line(f"{what} of {', '.join(names)}: MEASURE{rest}{named}") for rest, names in groups.items()]


def printed(scores: Scores) -> str:
    """The heading, the table with a blank line between layers, the errors, and the remarks."""
    table = aligned(rows(scores))
    blocks = [[table[0]], *([table[n + 1] for n in group] for group in layers(scores))]
    lines = [heading(scores), "", *blocks[0]]
    for n, block in enumerate(blocks[1:]):
        lines += [*([""] if n else []), *block]
    if scores.errors:
        lines += ["", *aligned(errors(scores)), "", LISTED]
    return "\n".join([*lines, "", *remarks(scores)])


ERRORS: Final = "Errors: how many of each kind, and how many points F1 would rise without them"

LISTED: Final = f"{ERRORS}; communique errors lists each."


def block(title: str, table: Sequence[tuple[str, ...]], under: Iterable[str]) -> str:
    """A title, a table and what belongs under it."""
    return "\n".join([line(title), "", *aligned(table), "", *map(line, under)])


def aligned(table: Sequence[tuple[str, ...]]) -> list[str]:
    """Lines of equal columns: words to the left, figures to the right."""
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    left = of_words(table)
    return [
        "  ".join(c.ljust(w) if i in left else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in table
    ]


def escaped(text: str) -> str:
    """The text as a cell of a Markdown table shows it."""
    return "".join("\\" + c if c in "\\|*_<`[]&~" else c for c in text)


def markdown_rows(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """The lines of a Markdown table."""
    header, *rest = ([escaped(cell) for cell in row] for row in rows)
    left = of_words(rows)
    lines = [header, [":--" if n in left else "--:" for n in range(len(header))], *rest]
    return ["| " + " | ".join(line) + " |" for line in lines]


def of_words(table: Sequence[Sequence[str]]) -> set[int]:
    """The columns that hold words: the first, and that of labels."""
    return {i for i, name in enumerate(table[0]) if i == 0 or name == "label"}


_MATCH: Final = re.compile(r"\|match:([^|]*)")


def _row(scores: Scores, name: str, r: Result) -> list[str]:
    row = [line(name), *map(percent, (r.precision, r.recall, r.f1))]
    if _has_intervals(scores):
        by_unit = {interval.unit: interval for interval in r.intervals.get("f1", ())}
        row += [between(i.low, i.high) if (i := by_unit.get(unit)) else DASH for unit in ("document", "sentence")]
    row += [percent(r.macro().f1), *_counts(r)]
    row += [percent(f.f1 if (f := floor.get(name)) else None) for floor in scores.floors.values()]
    return row + ([percent(r.seqeval.f1 if r.seqeval else None)] if _seqeval_ran(scores) else [])


def _counts(r: Result) -> tuple[str, ...]:
    if r.unscored or r.averaged:
        return (DASH,) * 3
    t = r.tally
    each = [_hits(hits) for hits in (t.hits_predicted, t.hits_gold)]
    # Coreference has hits of two kinds: precision is the first by pred, recall the second by gold.
    return (each[0] if t.hits_predicted == t.hits_gold else "/".join(each), str(t.predicted), str(t.gold))


def _hits(hits: Hits) -> str:
    shown = number(hits)
    return str(shown) if isinstance(shown, int) else f"{shown:.1f}"


def _share(share: Share | None) -> str:
    if share is None or not share.count:
        return DASH if share is None else "0"
    return str(share.count) if share.gain is None else f"{share.count} (+{100 * share.gain:.1f})"


def _intervals(scores: Scores, scored: Mapping[str, Result]) -> list[str]:
    held = {name: r.intervals["f1"] for name, r in scored.items() if "f1" in r.intervals}
    lines = []
    for unit, column in (("document", NEW), ("sentence", THESE)):
        found = [(name, i) for name, intervals in held.items() for i in intervals if i.unit == unit]
        methods = dict.fromkeys((i.level, i.method) for _, i in found if i.low is not None)
        lines += [f"{column}: {100 * level:.0f} % interval of F1, {method}." for level, method in methods]
        why = grouped((name, i.reason) for name, i in found)
        lines += [f"{DASH} {column} of {_named(scores, names)}: {reason}" for reason, names in why.items()]
    return lines


def _rare(scores: Scores) -> list[tuple[str, Result]]:
    """The measures with labels of few items: of each layer the main one, or those that there are."""
    main = [name for name in ("Ent-C", "Tri-C", "Arg-C", "Rel", "EvRel") if name in scores.results]
    return [(name, scores.results[name]) for name in main or scores.results if scores.results[name].few]


def _by_gold(scores: Scores) -> bool:
    """Whether means are over the labels of the gold: there is no ontology."""
    return any("|macro:gold|" in r.signature for r in scores.results.values())


def _has_intervals(scores: Scores) -> bool:
    return any(r.intervals for r in scores.results.values())


def _seqeval_ran(scores: Scores) -> bool:
    return any(r.seqeval for r in scores.results.values())


def _named(scores: Iterable[str], names: Sequence[str]) -> str:
    """The measures by name; ``Coref(…)`` for all of one name that were scored, if they are three or more."""
    families = grouped((name, name.partition("(")[0]) for name in scores)
    short: list[str] = []
    for name in names:
        family = name.partition("(")[0]
        whole = len(families.get(family, ())) > 2 and set(families[family]) <= set(names)
        short.append(f"{family}(…)" if whole and family not in families[family] else name)
    return ", ".join(dict.fromkeys(short))
