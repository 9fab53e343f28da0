"""What is remembered of a Label Studio of ours, in its data folder: where it runs, and the key of every account.

No password is stored. The file is readable by its owner alone, and so is the folder.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from communique.io.files import write_text

_FILE: Final = "studio.json"


@dataclass(frozen=True, slots=True)
class Account:
    """An annotator's account. ``project`` is the id of the annotator's own project, None before it exists; ``shown`` is False
    as long as nobody was told its password."""

    email: str
    token: str
    project: int | None = None
    shown: bool = True


@dataclass(frozen=True, slots=True)
class State:
    """``pid`` is the server's process and process group, None while it is down. ``accounts`` are by annotator's name."""

    url: str
    pid: int | None = None
    accounts: Mapping[str, Account] = field(default_factory=dict)


def read_state(folder: Path) -> State | None:
    """The state of the Label Studio in this data folder, None if there is none.

    Raises:
        ValueError: if the state file is not one that this module wrote.
    """
    path = folder / _FILE
    if not path.is_file():
        return None
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        accounts = {name: Account(**account) for name, account in raw.pop("accounts").items()}
        return State(**raw, accounts=accounts)
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise ValueError(f"{path} cannot be read ({fault}); choose another --data-dir") from fault


def write_state(folder: Path, state: State) -> None:
    path = folder / _FILE
    path.touch(mode=0o600, exist_ok=True)  # write_text keeps the mode of the file it replaces
    write_text(path, json.dumps(asdict(state), indent=1) + "\n")
