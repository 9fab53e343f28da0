"""``communique benchmark llm``: the options of a language model, and what is said of a run."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from communique.cli.options import Decorator, Missing, with_options
from communique.wording import counted

if TYPE_CHECKING:
    from communique.extractors.llm import Asking, Extracted
    from communique.extractors.run import Output
    from communique.model import Gold
    from communique.ontology import Ontology

NAME = "llm"
"""The extractor that these options are of."""


class _Option(click.Option):
    """An option that only a language model has."""


class WithLlm(click.Command):
    """A command whose help lists these options by themselves."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        records = [(option, record) for option in options if (record := option.get_help_record(ctx))]
        with formatter.section("Options"):
            formatter.write_dl([record for option, record in records if not isinstance(option, _Option)])
        with formatter.section(f"Options of {NAME}, a language model"):
            formatter.write_dl([record for option, record in records if isinstance(option, _Option)])


@dataclass(frozen=True, slots=True)
class Llm:
    """The options of a language model. ``given`` are those that stand on the command line, ``values`` all, by parameter."""

    given: tuple[str, ...]
    values: Mapping[str, Any]

    @property
    def files(self) -> dict[str, str | None]:
        """The files that are read, by option."""
        return {name: self.values[name] and str(self.values[name]) for name in ("responses", "replay", "rules")}

    def none_for(self, extractor: str) -> None:
        """Misuse if another extractor is run and any is given."""
        if self.given:
            raise click.UsageError(f"{self.given[0]} goes with the extractor {NAME}, not with {extractor}")

    def asking(self, timeout: float | None) -> Asking:
        """What is asked, and how; misuse if something that is needed is not there."""
        from communique.extractors.llm import Asking

        values = dict(self.values)
        show, replay = values.pop("show_prompt"), values["replay"]
        values.pop("price")
        if not values["model"]:
            raise click.UsageError(f"{NAME} needs --model: the name by which the server knows the model")
        if replay or show:
            values["base_url"] = None
        elif not values["base_url"]:
            raise click.UsageError(
                f"{NAME} needs --base-url, such as http://127.0.0.1:8000/v1, or --replay with the responses of an earlier run"
            )
        if replay and values["responses"]:
            raise click.UsageError("give --replay or --responses, not both: what is replayed is kept already")
        if not (replay or values["responses"]):
            name = re.sub(r"[^\w.-]+", "-", values["model"])
            values["responses"] = Path("responses") / f"{name}.jsonl"
        if timeout:
            values["timeout"] = timeout
        try:
            return Asking(**values)
        except ValueError as fault:
            raise click.UsageError(str(fault)) from fault


def llm_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--model`` to ``--show-prompt``, which the command gets as one `Llm`, its parameter ``llm``."""

    @wraps(command)
    def gathered(**given: Any) -> Any:
        ctx = click.get_current_context()
        options = [param for param in ctx.command.params if isinstance(param, _Option)]
        on_line = (o for o in options if ctx.get_parameter_source(str(o.name)) is click.core.ParameterSource.COMMANDLINE)
        llm = Llm(tuple(o.opts[0] for o in on_line), {str(o.name): given.pop(str(o.name)) for o in options})
        return command(llm=llm, **given)

    return with_options(*_OPTIONS)(gathered)


def ask_model(llm: Llm, asking: Asking, gold: Gold, ontology: Ontology | None, missing: Missing) -> Output | None:
    """Ask about the gold's documents; None if only the prompt was to be shown, which is printed."""
    from time import perf_counter

    from communique.cli.options import note as say
    from communique.extractors.llm import ask, to_predictions
    from communique.extractors.run import Output
    from communique.incident import DataError
    from communique.io.jsonl_writer import dumps

    if gold.own and ontology is None:
        raise click.UsageError(f"{NAME} writes its prompt from an ontology: give --ontology FILE, or --ontology installed")
    if llm.values["show_prompt"]:
        _show(asking, gold, ontology)
        return None
    begun = perf_counter()
    with _progress(asking, gold, ontology) as (note, step):
        extracted = ask(gold.documents, asking, ontology=ontology, note=note, progress=step)
    seconds = perf_counter() - begun
    click.echo(_spent(extracted, llm.values["price"], asking), err=True)
    if extracted.unanswered and missing == "error":
        raise DataError(u.fault for u in extracted.unanswered)
    for unanswered in extracted.unanswered:
        click.echo(f"note: counted as empty: {unanswered.fault}", err=True)
    found = to_predictions(extracted.rows, gold.documents, salvage=asking.salvage, note=say)
    return Output(extracted.system, dumps(found), seconds)


def _show(asking: Asking, gold: Gold, ontology: Ontology | None) -> None:
    """Print the messages about the first document; what a request would say of earlier ones is empty."""
    from communique.cli.options import note
    from communique.extractors.llm.extract import written_prompts
    from communique.extractors.llm.prompt import version
    from communique.ontology import default_ontology

    written = written_prompts(gold.documents, asking, ontology or default_ontology(), note)
    first = gold.documents[0]
    length = 0
    for prompt in written:
        for message in prompt.messages(first, {"mentions": [], "events": []}):
            click.echo(f"--- {message['role']} ({', '.join(prompt.layers)})\n{message['content']}")
            length += len(message["content"])
    count = len(written) * len(gold.documents)
    click.echo(
        f"prompt {version(written)}: {length:,} characters for {first.doc_id}; "
        f"{counted(count, 'request')} for {counted(len(gold.documents), 'document')}",
        err=True,
    )


def _spent(extracted: Extracted, price: tuple[float, float] | None, asking: Asking) -> str:
    """Tokens and cost, in a sentence."""
    usage, kept = extracted.usage, extracted.answers - extracted.asked
    where = asking.replay or asking.responses
    of = f"{counted(extracted.answers, 'answer')}{f', {kept} of them from {where}' if kept else f', kept in {where}'}"
    if usage.prompt is None or usage.completion is None:
        return f"tokens: the server does not say; {of}"
    silent = f" (without {counted(usage.silent, 'answer')} of which the server does not say)" if usage.silent else ""
    cost = ""
    if price:
        sum_ = usage.cost(price)
        cost = f"; cost {sum_:.4f}" if sum_ is not None else "; cost unknown"
        cost += f" at {price[0]:g} and {price[1]:g} a million"
    return f"tokens: {usage.prompt:,} in prompts, {usage.completion:,} in completions{silent}{cost}; {of}"


@contextmanager
def _progress(
    asking: Asking, gold: Gold, ontology: Ontology | None
) -> Iterator[tuple[Callable[[str], object], Callable[[], object]]]:
    """Where to say what is no fault, and what to call after each request: a bar on a terminal, nothing in a pipe."""
    from communique.cli.options import note
    from communique.ontology import default_ontology

    if not sys.stderr.isatty():
        yield note, lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    total = len(gold.documents) * len(asking.requests(ontology or default_ontology()))
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(asking.model, total=total)
        yield (lambda text: console.print(f"note: {text}", markup=False, highlight=False)), lambda: bar.advance(task)


def _layers(ctx: click.Context, option: click.Parameter, names: str) -> tuple[str, ...] | None:
    return None if names == "all" else tuple(name.strip() for name in names.split(","))


def _price(ctx: click.Context, option: click.Parameter, given: str | None) -> tuple[float, float] | None:
    if given is None:
        return None
    try:
        low, high = (float(part) for part in given.split(","))
    except ValueError:
        low = high = -1.0
    if not (0 <= low < float("inf") and 0 <= high < float("inf")):
        raise click.BadParameter(f"{given!r} is no pair of prices such as 0.15,0.6")
    return low, high


def _option(*names: str, **how: Any) -> Decorator:
    return click.option(*names, cls=_Option, **how)


_FILE = click.Path(dir_okay=False, path_type=Path)
_OPTIONS = (
    _option("--model", metavar="M", help="The model, as the server calls it."),
    _option(
        "--base-url",
        metavar="U",
        envvar="OPENAI_BASE_URL",
        help="The server: what stands before /chat/completions (default: OPENAI_BASE_URL of the environment).",
    ),
    _option(
        "--key-env",
        metavar="NAME",
        default="OPENAI_API_KEY",
        show_default=True,
        help="The environment variable with the key; a server that wants none needs none. The key is written nowhere.",
    ),
    _option(
        "--layers",
        metavar="LAYERS",
        default="all",
        show_default=True,
        callback=_layers,
        help="What to predict: all, or some of mentions, entities, events, arguments, instances, relations, event_relations, "
        "with commas. What they refer to is asked for too, and not scored.",
    ),
    _option(
        "--steps",
        is_flag=True,
        help="Ask for mentions, events with arguments, relations, event relations, and clusters one after the other, each with "
        "what was found before, not for all at once.",
    ),
    _option("--no-examples", "examples", is_flag=True, flag_value=False, default=True,
            help="Show no sentences of the validation document with their gold. It is never shown where it is scored."),
    _option("--rules", metavar="FILE", type=_FILE, help="Rules for the prompt, in place of rules.toml of the package."),
    _option("--max-tokens", metavar="N", type=click.IntRange(min=1),
            help="The longest answer; one that is cut off is asked for once more with 2 N (default: the server's limit)."),
    _option("--seed", metavar="N", type=int, default=0, show_default=True, help="Sent with each request."),
    _option("--concurrency", metavar="N", type=click.IntRange(min=1), default=4, show_default=True,
            help="Documents that are asked about at a time."),
    _option("--attempts", metavar="N", type=click.IntRange(min=1), default=6, show_default=True,
            help="How often a request is sent while the fault may pass."),
    _option("--responses", metavar="FILE", type=_FILE,
            help="Keep every response here; what it holds already is not asked for again (default: responses/M.jsonl)."),
    _option("--replay", metavar="FILE", type=_FILE, help="Read the answers of an earlier run, without a network."),
    _option("--salvage", is_flag=True,
            help="Keep what is sound of an answer that is cut off or has faulty items, and list what is left out."),
    _option("--price", metavar="IN,OUT", callback=_price,
            help="Of a million tokens of prompt and of completion; gives the cost."),
    _option("--show-prompt", is_flag=True, help="Print what would be asked about the first document, and stop."),
)  # fmt: skip
