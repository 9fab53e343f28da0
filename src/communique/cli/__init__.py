"""The command line: one module per verb, each imported only when its verb runs. Nothing else in the package prints or exits.

Results go to stdout, progress and logs to stderr. Exit status 0: fine; 1: faults in the data; 2: misuse.
"""

from __future__ import annotations

import importlib
import sys
from typing import Final

import click

from communique import __version__
from communique.incident import DataError

VERBS: Final = {
    "benchmark": "Run an extractor on the gold's texts, score it, print the table.",
    "score": "Score predictions against the gold.",
    "compare": "Whether two systems differ, or what several runs of one come to.",
    "errors": "List a system's errors, with their place and the guideline that decides each.",
    "measures": "What each measure counts, and after whom.",
    "texts": "Print the texts that an extractor reads.",
    "sentences": "Print a document's numbered sentences.",
    "gold": "Print the gold in the predictions format.",
    "convert": "Turn an extractor's output into predictions, and back.",
    "check": "Check annotations and predictions against text, ontology and each other.",
    "build": "Build the dataset from seeds/, annotations/ and guidelines/.",
    "agree": "Agreement between two annotators.",
    "studio": "Label Studio: up, push, pull, down.",
}


class _Verbs(click.Group):
    """Imports a verb's module when the verb is asked for; the overview needs none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        command: click.Command = importlib.import_module(f"communique.cli.{name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="communique")
def _communique() -> None:
    """An annotated corpus of U.S.-China diplomacy news, and the scorer for any extractor's output.

    \b
    Example:
      communique benchmark
    """


def main() -> None:
    """Run the command line; faults in the data are listed on stderr, all of them, and end with status 1."""
    try:
        _communique.main(standalone_mode=False)
    except DataError as fault:
        for incident in fault.incidents:
            print(incident, file=sys.stderr)
        sys.exit(1)
    except click.ClickException as misuse:
        misuse.show()
        sys.exit(2)
    except click.Abort:
        print("interrupted; each file is as it was, or complete", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:  # the reader of our output, such as `head`, has seen enough
        sys.stderr.close()
        sys.exit(0)
    except OSError as fault:
        print(f"communique: {f'{fault.filename}: {fault.strerror}' if fault.filename else fault}", file=sys.stderr)
        sys.exit(2)
    except ValueError as misuse:
        if type(misuse) is not ValueError:  # the library raises it bare for misuse; a more special one is a bug
            raise
        print(f"communique: {misuse}", file=sys.stderr)
        sys.exit(2)
