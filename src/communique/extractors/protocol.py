"""What an extractor is: a function from a text to a predictions row without ``doc_id``, under a name.

The name is that of a built-in one, or ``module:function``. A command that reads texts and prints predictions is an extractor
too: see `communique.extractors.run.run_command`. A language model is asked about several texts at a time, and in another way:
see `communique.extractors.llm`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from communique.ontology import nearest

Extract: TypeAlias = Callable[[str], Mapping[str, Any]]

DEFAULT: Final = "rules"

BUILT_IN: Final[Mapping[str, str]] = {
    "nothing": "communique.extractors.nothing:extract",
    "lexicon": "communique.extractors.lexicon:extract",
    "actual": "communique.extractors.actual:extract",
    "rules": "communique.extractors.rules:extract",
}
"""The extractors that come with the package, floors first. None needs a model or a network."""


def load(name: str) -> Extract:
    """The function behind a name.

    Raises:
        ValueError: if there is no such built-in, module or function, if it cannot be called, or if its module ends the program.
            A module that is there but fails to import raises what it raises.

    >>> load("nothing")("Ann met Bob.")["mentions"]
    []
    """
    target = BUILT_IN.get(name, name)
    module_name, colon, function_name = target.partition(":")
    if not (colon and module_name and function_name):
        instead = "else give module:function, or --run with a command"
        raise ValueError(f"{name!r} is no built-in extractor; {nearest(name, BUILT_IN)}; {instead}")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as missing:
        # Any other module that is missing is one that the extractor imports, and its traceback says where.
        if missing.name is None or not f"{module_name}.".startswith(f"{missing.name}."):
            raise
        raise ValueError(f"there is no module {missing.name!r}; run where it is, or install it") from missing
    except SystemExit as ended:
        message = f"the module {module_name} ends the program when it is imported (SystemExit: {ended})"
        raise ValueError(f"{message}; put what it runs below: if __name__ == '__main__':") from ended
    function = getattr(module, function_name, None)
    if function is None:
        there = [n for n, value in vars(module).items() if callable(value) and not n.startswith("_")]
        hint = nearest(function_name, there) if there else "it defines no function"
        raise ValueError(f"the module {module_name} has no {function_name!r}; {hint}")
    if not callable(function):
        raise ValueError(f"{target} is a {type(function).__name__}; an extractor is a function of one text")
    return function  # type: ignore[no-any-return]
