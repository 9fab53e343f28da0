"""What several commands have in common. The verbs that score: against which gold, how, and what they print and save. The
scripts that maintain the corpus: which project they read, and where they write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import click

if TYPE_CHECKING:
    from communique.labels import LabelMap
    from communique.model import Annotation, Gold
    from communique.ontology import Ontology
    from communique.scorer import Scores


def gold_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--gold``, ``--split`` and ``--ontology``, which `gold_of` and `ontology_of` read."""
    return with_options(
        click.option(
            "--gold",
            "gold_file",
            metavar="FILE",
            type=click.Path(),
            help="Score against this: predictions rows with texts, Parquet with one row per document, a BIO file, or a folder "
            "that datasets or communique build wrote (default: the installed corpus).",
        ),
        click.option(
            "--split", metavar="SPLIT", help="validation or test (default: test; validation while there is no test)."
        ),
        click.option(
            "--ontology",
            "ontology_file",
            metavar="FILE",
            type=click.Path(),
            help="The types, roles and relations that labels must be of; \"installed\" is that of the installed corpus, its "
            "default. With --gold FILE, labels are taken as they occur by default.",
        ),
    )(command)


Missing: TypeAlias = Literal["error", "empty"]


Decorator: TypeAlias = Callable[[Callable[..., Any]], Callable[..., Any]]


def missing_option(what: str = "What a document without a prediction is.") -> Decorator:
    """``--missing``, which is that of `communique.scorer.score`; ``what`` says which document is meant."""
    return click.option("--missing", type=click.Choice(["error", "empty"]), default="error", show_default=True, help=what)


def measures_option(what: str) -> Decorator:
    """``-m``: names of measures, as they print, in ``measures``."""
    return click.option("-m", "--measure", "measures", metavar="MEASURE", multiple=True, callback=_measure_names, help=what)


format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="What to print.",
)


@dataclass(frozen=True, slots=True)
class Scoring:
    """How to score, and what to print and save."""

    missing: Missing
    macro: Literal["ontology", "union"]
    occurrence: Literal["given", "any"]
    measures: tuple[str, ...]
    no_seqeval: bool
    no_intervals: bool
    system: str | None
    by: tuple[str, ...]
    form: str
    output: Path | None


def scoring_options(*, missing: str, system: str) -> Decorator:
    """``--measure`` to ``--output``, which the command gets as one `Scoring`, its parameter ``how``.

    ``missing`` says which document is meant, ``system`` what the system is called by default.
    """
    options = (
        measures_option("Only this, of those that communique measures lists; repeatable."),
        missing_option(missing),
        click.option(
            "--macro",
            type=click.Choice(["ontology", "union"]),
            default="ontology",
            show_default=True,
            help="The labels of the macro average: those of the ontology (without one, of the gold), or all that occur.",
        ),
        click.option(
            "--occurrence",
            type=click.Choice(["given", "any"]),
            default="given",
            show_default=True,
            help="any: words hit wherever they stand, for a system that does not say which of several occurrences it means.",
        ),
        click.option("--no-seqeval", is_flag=True, help="Do not run seqeval beside the counts; saves a second."),
        click.option("--no-intervals", is_flag=True, help="Work out no intervals."),
        click.option("--system", metavar="NAME", help=f"The system's name in the table (default: {system})."),
        click.option("--by", type=click.Choice(["type", "document"]), multiple=True, help="Print this table too; repeatable."),
        format_option,
        click.option(
            "-o", "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Save scores.json too."
        ),
    )
    names = [field.name for field in fields(Scoring)]

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def gathered(**given: Any) -> Any:
            return command(how=Scoring(**{name: given.pop(name) for name in names}), **given)

        return with_options(*options)(gathered)

    return decorate


@dataclass(frozen=True, slots=True)
class Saying:
    """How a system says what it found. ``labels`` name label maps, ``only_mapped``: score only what those can say."""

    align: bool
    labels: tuple[str, ...]
    only_mapped: bool

    def map(self, ontology: Ontology | None) -> LabelMap | None:
        """The label map, if any is named; see `map_of`."""
        if self.only_mapped and not self.labels:
            raise click.UsageError("--only-mapped goes with --labels MAP: it leaves only what the map can say")
        return map_of(self.labels, ontology)

    def within(self, gold: Gold, pred: tuple[Annotation, ...], labels: LabelMap | None) -> tuple[Gold, tuple[Annotation, ...]]:
        """Gold and predictions without what the map cannot say, if that is asked for; what is left out is said on stderr."""
        if labels is None or not self.only_mapped:
            return gold, pred
        from communique.labels import restricted

        golds, listing = restricted(labels, gold.annotations)
        preds, beyond = restricted(labels, pred)
        for side, said in (("gold", listing), ("predictions", beyond)):
            for line in said.lines():
                note(f"{side}: {line}")
        return replace(gold, annotations=golds, only=labels.identity), preds


def saying_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--align``, ``--labels`` and ``--only-mapped``, which the command gets as one `Saying`, its parameter ``saying``."""
    names = [field.name for field in fields(Saying)]

    @wraps(command)
    def gathered(**given: Any) -> Any:
        return command(saying=Saying(**{name: given.pop(name) for name in names}), **given)

    return with_options(
        click.option("--align", is_flag=True, help="Predictions quote words in place of offsets: find them in the text."),
        labels_option,
        click.option("--only-mapped", is_flag=True, help="Score only what the map of --labels has a label for."),
    )(gathered)


labels_option = click.option(
    "--labels",
    metavar="MAP",
    multiple=True,
    help="Turn labels into ours: ace, cameo, conll2003, ontonotes, plover, wikidata, or a TOML file of your own; repeatable.",
)


def map_of(names: Sequence[str], ontology: Ontology | None) -> LabelMap | None:
    """The label maps of these names as one; None if there is none. Targets are of the ontology (None: the installed one).

    Raises:
        ValueError: if there is no map of a name, one cannot be read, or two speak of one thing.
    """
    if not names:
        return None
    from communique.labels import joined, read_map

    maps = [read_map(name, ontology=ontology) for name in names]
    return maps[0] if len(maps) == 1 else joined(maps)


def _measure_names(ctx: click.Context, option: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    from communique.measures.measure import parse

    try:
        return tuple(str(parse(name)) for name in names)
    except ValueError as fault:
        raise click.BadParameter(str(fault)) from fault


def with_options(*options: Callable[..., Any]) -> Decorator:
    """Several options or arguments as one decorator; help lists them in this order."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


folder_option = click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="Read the seeds, the ontology and what else is needed of this project folder (default: the current one).",
)
out_option = click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Write the files into this folder, which is made if it is not there (default: the current one).",
)


def one_gold(gold_file: str | None, split: str | None) -> None:
    """Misuse if there is no choice of splits and one is given."""
    if gold_file and split and not Path(gold_file).is_dir():
        raise click.UsageError("give --gold or --split: a file of your own is one split")


def ontology_of(ontology_file: str | None) -> Ontology | None:
    """The ontology of the file; None if none is given.

    Raises:
        ValueError: if it cannot be read.
    """
    if ontology_file is None:
        return None
    from communique.ontology import default_ontology, read_ontology

    return default_ontology() if ontology_file == "installed" else read_ontology(Path(ontology_file))


def gold_of(gold_file: str | None, split: str | None, ontology: Ontology | None) -> Gold:
    """The gold of the file or folder, or else of the installed corpus. What is read of it no further is said on stderr.

    Raises:
        DataError: if it cannot be read.
        ValueError: if the corpus has no such split.
    """
    from communique import corpus

    if gold_file is None:
        return corpus.load(split or corpus.default_split())
    if corpus.is_dataset(gold_file):
        return corpus.load(split, folder=gold_file)
    from communique.predictions import read_gold

    return read_gold(gold_file, split=split, ontology=ontology, note=note)


def note(text: str) -> None:
    """Say on stderr what a reader has to say that is no fault."""
    click.echo(f"note: {text}", err=True)


def scored(
    gold: Gold,
    pred: Iterable[Annotation],
    how: Scoring,
    *,
    system: str,
    ontology: Ontology | None,
    labels: LabelMap | None = None,
) -> Scores:
    """The scores that the options ask for, with the floor beside them where it applies. ``labels``: what the gold is
    restricted to, if it is."""
    from communique.floors import floor
    from communique.ontology import default_ontology
    from communique.scorer import score

    scores = score(
        gold,
        pred,
        system=how.system or system,
        measures=how.measures or None,
        missing=how.missing,
        macro=how.macro,
        occurrence=how.occurrence,
        seqeval=not how.no_seqeval,
        intervals=not how.no_intervals,
        ontology=ontology,
    )
    if gold.own or ontology not in (None, default_ontology()):
        return scores  # the floor's lists are of the installed schema
    return scores.beside(floor(gold, measures=list(scores), occurrence=how.occurrence, only=labels if gold.only else None))


def scores_of(
    path: str,
    *,
    gold: Callable[[], Gold],
    ontology: Ontology | None,
    measures: Sequence[str],
    missing: Missing,
    errors: bool,
) -> Scores:
    """What a file, or stdin for ``-``, holds: a ``scores.json``, or else predictions, which are scored on the gold without
    seqeval and intervals; ``errors`` says whether to find those.

    Raises:
        DataError: if the file is neither, or damaged.
    """
    from communique.io.files import read_text
    from communique.io.scores import is_scores
    from communique.predictions import parse_predictions
    from communique.scorer import parse_scores, score

    name, content = read_text(path)
    if is_scores(content):
        return parse_scores(name, content)
    against = gold()
    return score(
        against,
        parse_predictions(name, content, against, ontology=ontology, note=note),
        system=named_after(path),
        measures=list(measures) or None,
        missing=missing,
        seqeval=False,
        intervals=False,
        errors=errors,
        ontology=ontology,
    )


def named_after(path: str) -> str:
    """What a system is called whose predictions are in this file."""
    return "stdin" if path == "-" else Path(path).stem


def put_out(scores: Scores, how: Scoring) -> None:
    """Save the scores, if a file is given, and print them."""
    from communique.cli.tables import print_json, print_markdown, print_text

    if how.output:
        scores.save(how.output)
    {"text": print_text, "json": print_json, "markdown": print_markdown}[how.form](scores, how.by)
