"""A private Label Studio: its own data folder with embedded SQLite, on the loopback interface, without telemetry.

It runs detached, as the leader of its own process group, until `stop` ends it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from communique.studio.state import Account, State, read_state, write_state

_MODULE: Final = "label_studio.server"
_START_SECONDS: Final = 180  # the first start migrates an empty database, half a minute on a slow machine
_SIGNALS: Final = ((signal.SIGINT, 10.0), (signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))  # with the seconds each is given


def require_extra() -> None:
    """Raise ValueError with the command that installs Label Studio, unless it is installed."""
    if missing := [name for name in ("label_studio", "label_studio_sdk") if importlib.util.find_spec(name) is None]:
        raise ValueError(f"{' and '.join(missing)} not installed; run: pip install '.[studio]' in a clone of the project")


def start(
    folder: Path, annotators: Sequence[str], *, port: int = 8080, show: Callable[[str, Account, str], None]
) -> State:
    """Start the Label Studio of this data folder and return once it answers.

    Args:
        folder: the data folder, made if it is not there.
        annotators: names of accounts that must exist; those the folder does not know are made.
        port: where to listen; 0 chooses a free port.
        show: told the name, the account and the password of every new account as soon as it is made. The password is not
            stored: if this is interrupted before, the next start gives the account another one.

    Raises:
        ValueError: if it runs already, the port is busy, there is no account to be, a name cannot stand in an e-mail address,
            or it is not installed.
        TimeoutError, ChildProcessError: if it does not come up; the message names its log.
    """
    require_extra()
    folder = folder.resolve()
    for name in annotators:
        if not re.fullmatch(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?", name):
            raise ValueError(f"annotator {name!r}: use small letters, digits, and . _ - between them, such as pass-1")
    state = read_state(folder) or State(url="")
    if state.pid is not None and _is_ours(state.pid, folder):
        message = f"Label Studio already runs at {state.url} on {folder}; end it first"
        raise ValueError(f"{message}: communique studio down {_option(folder)}")
    if not annotators and not state.accounts:
        raise ValueError(f"there is no account yet; name one: communique studio up --annotator NAME {_option(folder)}")
    port = _free(port)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    unknown = [name for name in dict.fromkeys(annotators) if name not in state.accounts]
    untold = [name for name, account in state.accounts.items() if not account.shown]
    for name in [*untold, *unknown]:
        state = _with_account(folder, state, name, show)
    arguments = ["start", "--no-browser", "--internal-host", "127.0.0.1", "--port", str(port), "--log-level", "WARNING"]
    pid = _spawn(folder, _command(folder, *arguments))
    state = replace(state, url=f"http://127.0.0.1:{port}", pid=pid)
    try:
        write_state(folder, state)
        _wait(state, folder)
    except BaseException:
        _end(pid)
        write_state(folder, replace(state, pid=None))
        raise
    return state


def stop(folder: Path) -> bool:
    """End the Label Studio of this data folder, its whole process group; False if it is not running.

    A process that has got the recorded number since and is not ours is left alone.

    Raises:
        TimeoutError: if something of it survives.
    """
    folder = folder.resolve()
    state = read_state(folder)
    if state is None or state.pid is None:
        return False
    ours = _is_ours(state.pid, folder)
    if ours:
        _end(state.pid)
    write_state(folder, replace(state, pid=None))
    return ours


def running(folder: Path) -> State:
    """The state of the running Label Studio of this data folder.

    Raises:
        ValueError: if it is not running.
    """
    folder = folder.resolve()
    state = read_state(folder)
    if state is None or state.pid is None or not _is_ours(state.pid, folder):
        raise ValueError(f"no Label Studio runs on {folder}; start it: communique studio up {_option(folder)}")
    return state


def _option(folder: Path) -> str:
    return f"--data-dir {shlex.quote(str(folder))}"


def _environment(folder: Path) -> dict[str, str]:
    """A small one: Label Studio reads DEBUG, HOST, PORT, CI, USERNAME and others that may stand in ours for other reasons."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    kept = {key: os.environ[key] for key in ("PATH", "LANG", "TMPDIR") if key in os.environ}
    return kept | {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "share"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "PYTHONUNBUFFERED": "1",
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
        # Read when the organisation is first made; without it no key of ours is accepted.
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
        "FEATURE_FLAGS_OFFLINE": "true",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
    }


def _command(folder: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", _MODULE, *arguments, "--data-dir", str(folder)]


def _spawn(folder: Path, command: list[str]) -> int:
    """Start a process that outlives this one, the leader of its own session, its output in the log; returns its number."""
    log = (str(folder / "server.log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    files = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)]
    files += [(os.POSIX_SPAWN_OPEN, stream, *log) for stream in (1, 2)]
    return os.posix_spawn(command[0], command, _environment(folder), file_actions=files, setsid=True)


def _with_account(folder: Path, state: State, name: str, show: Callable[[str, Account, str], None]) -> State:
    """The state with this account, made and shown. It is remembered from the first moment, so that nothing is half known."""
    again = name in state.accounts
    # A reserved domain, so that no mail can go anywhere.
    account = state.accounts[name] if again else Account(f"{name}@annotators.invalid", secrets.token_hex(20), shown=False)
    password = secrets.token_urlsafe(12)
    state = replace(state, pid=None, accounts={**state.accounts, name: account})
    write_state(folder, state)
    # By the environment and by stdin, since every user of a machine can read the arguments of a process.
    secret = {
        "LABEL_STUDIO_USERNAME": account.email,
        "LABEL_STUDIO_PASSWORD": password,
        "LABEL_STUDIO_USER_TOKEN": account.token,
    }
    _run(folder, ["init", "--quiet", "--enable-legacy-api-token"], account, environment=secret)
    if again:  # of an account that is there already, init leaves the password as it is
        _run(folder, ["reset_password", "--username", account.email], account, typed=f"{password}\n")
    show(name, account, password)
    state = replace(state, accounts={**state.accounts, name: replace(account, shown=True)})
    write_state(folder, state)
    return state


def _run(
    folder: Path, arguments: list[str], account: Account, *, environment: Mapping[str, str] | None = None, typed: str = ""
) -> None:
    with open(folder / "server.log", "ab") as log:
        done = subprocess.run(
            _command(folder, *arguments),
            env=_environment(folder) | dict(environment or {}),
            input=typed.encode(),
            stdout=log,
            stderr=subprocess.STDOUT,
            timeout=_START_SECONDS,
            check=False,
            start_new_session=True,  # without a terminal, it reads a password from stdin
        )
    if done.returncode:
        message = f"Label Studio ended with status {done.returncode} making the account {account.email}"
        raise ChildProcessError(f"{message}; see {folder / 'server.log'}")


def _free(port: int) -> int:
    """The port, or a free one for 0. Label Studio itself would move to another port without a word."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port of which only old connections linger is free
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as fault:
            raise ValueError(
                f"port {port} cannot be used ({fault.strerror}); choose another: --port 0 takes a free one"
            ) from fault
        free: int = probe.getsockname()[1]
        return free


def _wait(state: State, folder: Path) -> None:
    """Until it answers to keys that only our database knows, so that no other server on this port is taken for ours."""
    log = folder / "server.log"
    give_up = time.monotonic() + _START_SECONDS
    for account in state.accounts.values():
        answer = "nothing"
        while answer:
            if state.pid is None or not _alive(state.pid):
                raise ChildProcessError(f"Label Studio ended at its start; see {log}")
            if time.monotonic() > give_up or answer.startswith("status 4"):
                message = f"Label Studio does not accept the key of {account.email} at {state.url} ({answer})"
                raise TimeoutError(f"{message}; see {log}, or choose another --data-dir")
            answer = _refusal(f"{state.url}/api/current-user/whoami", account.token)


def _refusal(url: str, token: str) -> str:
    """Why this address does not answer to this key, empty if it does."""
    request = urllib.request.Request(url, headers={"Authorization": f"Token {token}"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy cannot reach the loopback interface
    try:
        with opener.open(request, timeout=5):
            return ""
    except urllib.error.HTTPError as fault:
        fault.close()
        refusal = f"status {fault.code}"
    except OSError as fault:
        refusal = str(fault)
    time.sleep(0.2)
    return refusal


def _is_ours(pid: int, folder: Path) -> bool:
    """Whether the process is a Label Studio on this data folder: numbers of processes are used again."""
    proc = Path("/proc") / str(pid)
    if proc.parent.joinpath("self").exists():
        try:
            words = proc.joinpath("cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return _MODULE.encode() in words and os.fsencode(folder) in words
    shown = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return f"-m {_MODULE} " in shown.stdout and f"--data-dir {folder}" in shown.stdout


def _end(pid: int) -> None:
    """End the process group: politely, then not."""
    for number, seconds in _SIGNALS:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, number)
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up:
            if not _alive(pid):
                return
            time.sleep(0.1)
    raise TimeoutError(f"Label Studio does not end; see what is left of its process group: ps -o pid,stat,args -g {pid}")


def _alive(pid: int) -> bool:
    """Whether anything of the process group runs. What has ended and was not waited for, as in a container whose first process
    waits for nobody, does not."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # a child of ours stays visible until it is waited for
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    states = list(_states(pid))
    return not states or any(state not in ("Z", "X") for state in states)


def _states(group: int) -> Iterator[str]:
    """How the processes of a group are doing, as ``/proc`` has it; nothing where there is none."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, its_group, *_ = path.read_text(errors="replace").rpartition(")")[2].split()
            if int(its_group) == group:
                yield state
