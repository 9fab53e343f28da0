"""Requests to a server: again while the fault may pass, at once a clear error where it will not.

The key is read from the environment, sent in one header, and nowhere else: what the server says is rid of it before anybody
sees it.
"""

from __future__ import annotations

import json
import math
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from communique.extractors.llm.asking import Asking
from communique.incident import cut

if TYPE_CHECKING:
    import httpx
    from tenacity import RetryCallState

_PASSING: Final = frozenset({408, 409, 425, 429}) | frozenset(range(500, 600))
_OF_THE_REQUEST: Final = frozenset({400, 413, 422})
"""What may be another matter for another document, or said in another way."""
_LONGEST: Final = 60.0
_LONGEST_TOLD: Final = 120.0
_LARGEST: Final = 64 * 2**20
_SHORTEST_KEY: Final = 8
"""A shorter one, such as the "EMPTY" of a local server, is no secret; looking for it would spoil answers."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server said: status 200 with the completion, or why it refuses the request.

    ``failed`` are the attempts before, a few words each; ``seconds`` is the time of the last one; ``at`` the hour in UTC.
    """

    status: int
    body: Any
    failed: tuple[str, ...] = ()
    seconds: float = 0.0
    at: str = ""


class GaveUpError(Exception):
    """The fault did not pass. The message says what was tried."""


class StoppedError(Exception):
    """Another request failed for good, or the user interrupted."""


class Client:
    """Asks one server, from any number of threads. To be closed, or used in a ``with``.

    Raises:
        ValueError: if httpx or tenacity is not installed, or the key cannot stand in a header.
    """

    def __init__(self, asking: Asking) -> None:
        httpx = _library()
        if asking.base_url is None:
            raise ValueError("no base URL is given; give the address of a server, such as http://127.0.0.1:8000/v1")
        self._asking = asking
        self._url = asking.base_url.rstrip("/").removesuffix("/chat/completions") + "/chat/completions"
        self._key = os.environ.get(asking.key_env, "").strip()
        if not (self._key.isascii() and (self._key.isprintable() or not self._key)):
            raise ValueError(f"{asking.key_env} holds what cannot stand in a header; set it to the key alone")
        # A proxy of the environment is not asked for what is on this machine.
        local = urlsplit(self._url).hostname in ("localhost", "127.0.0.1", "::1")
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        self._http = httpx.Client(timeout=asking.timeout, headers=headers, trust_env=not local)
        self._stopped = threading.Event()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._http.close()

    def stop(self) -> None:
        """Begin nothing any more, and sleep no longer."""
        self._stopped.set()

    def post(self, request: Mapping[str, Any]) -> Reply:
        """Send a request until there is an answer that stands.

        Raises:
            ConnectionError: for what no other request would fare better with: no such server, key refused, no such model.
            GaveUpError: if the last attempt failed too.
            StoppedError: after `stop`.
        """
        import httpx
        from tenacity import Retrying, retry_if_exception_type, sleep_using_event, stop_after_attempt
        from tenacity.wait import wait_exponential, wait_random

        failed: list[str] = []
        base = self._asking.backoff
        exponential = wait_exponential(multiplier=base, max=_LONGEST) + wait_random(0, base)

        def wait(state: RetryCallState) -> float:
            fault = state.outcome.exception() if state.outcome else None
            told = fault.told if isinstance(fault, _PassingError) else None
            return pause(exponential(state), told)

        def attempt() -> Reply:
            if self._stopped.is_set():
                raise StoppedError
            try:
                return self._attempt(request, tuple(failed))
            except _PassingError as fault:
                failed.append(str(fault))
                raise
            except (httpx.TransportError, httpx.DecodingError) as fault:
                what = "time-out" if isinstance(fault, httpx.TimeoutException) else "no connection"
                what = "a body that is not encoded as it says" if isinstance(fault, httpx.DecodingError) else what
                failed.append(self._clean(f"{what}: {cut(str(fault) or type(fault).__name__, 200)}"))
                raise

        retrying = Retrying(
            stop=stop_after_attempt(self._asking.attempts),
            wait=wait,
            retry=retry_if_exception_type((_PassingError, httpx.TransportError, httpx.DecodingError)),
            sleep=sleep_using_event(self._stopped),
            reraise=True,
        )
        try:
            return retrying(attempt)
        except httpx.ConnectError as fault:
            message = f"{self._url} cannot be reached ({failed[-1]}); is the server running, and the address right?"
            raise ConnectionError(message) from fault
        except httpx.InvalidURL as fault:
            raise ConnectionError(f"{self._url} is no address that can be asked") from fault
        except (_PassingError, httpx.TransportError, httpx.DecodingError) as fault:
            if self._stopped.is_set():
                raise StoppedError from fault
            raise GaveUpError(f"{len(failed)} attempts failed, the last with {failed[-1]}") from fault

    def _attempt(self, request: Mapping[str, Any], failed: tuple[str, ...]) -> Reply:
        begun = time.perf_counter()
        status, headers, raw = self._exchange(request, begun + self._asking.timeout)
        seconds = time.perf_counter() - begun
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        text = raw.decode("utf-8", errors="replace")
        try:
            body = self._clean(json.loads(text))
        except (ValueError, RecursionError):
            body = None
        said = self._said(body, text)
        if status == 200 and isinstance(body, dict):
            return Reply(status, body, failed, seconds, datetime.now(UTC).isoformat(timespec="seconds"))
        if status == 200 and kind.endswith("json"):
            raise _PassingError(f"a body that is no whole JSON object: {said}")
        if status in _PASSING and "insufficient_quota" not in text:
            raise _PassingError(f"status {status}: {said}", told_by(headers.get("retry-after")))
        if status in _OF_THE_REQUEST:
            return Reply(status, body if body is not None else said, failed, seconds)
        raise ConnectionError(f"{self._url} {self._why(status, kind)}; it said: {said}")

    def _exchange(self, request: Mapping[str, Any], until: float) -> tuple[int, httpx.Headers, bytes]:
        """httpx bounds the time between two bytes; ``until`` bounds that of all of them."""
        import httpx

        parts, size = [], 0
        with self._http.stream("POST", self._url, json=dict(request)) as response:
            for part in response.iter_bytes():
                parts.append(part)
                size += len(part)
                if time.perf_counter() > until:
                    raise httpx.ReadTimeout(f"not all there after {self._asking.timeout:g} s")
                if size > _LARGEST:
                    raise httpx.ReadError(f"more than {_LARGEST:,} bytes")
            return response.status_code, response.headers, b"".join(parts)

    def _why(self, status: int, kind: str) -> str:
        name = self._asking.key_env
        match status:
            case 200:
                return f"answers with {kind or 'no type'}, not JSON: check the base URL, which mostly ends in /v1"
            case 401 | 403 if not self._key:
                return f"wants a key (status {status}): set {name}, or name another variable with --key-env"
            case 401 | 403:
                return f"refuses the key of {name} (status {status}): check the key, and what it may be used for"
            case 404 | 405:
                return (
                    f"has nothing there (status {status}): check the base URL, which mostly ends in /v1, and the model "
                    f"{self._asking.model!r}"
                )
            case 402 | 429:
                return f"gives no more (status {status}): see to the account's quota"
            case _ if 300 <= status < 400:
                return f"sends elsewhere (status {status}), which is not followed with a key: give the address that is meant"
            case _:
                return f"refuses with status {status}"

    def _said(self, body: Any, text: str) -> str:
        """The server's own words, cut."""
        error = body.get("error", body) if isinstance(body, dict) else None
        words = error.get("message") if isinstance(error, dict) else error
        return cut(" ".join(str(words or self._clean(text)).split()), 300) or "nothing"

    def _clean(self, value: Any) -> Any:
        """A value without the key, should the server repeat it."""
        if len(self._key) < _SHORTEST_KEY:
            return value
        if isinstance(value, str):
            return value.replace(self._key, "[key]")
        if isinstance(value, list):
            return [self._clean(v) for v in value]
        if isinstance(value, dict):
            return {self._clean(k): self._clean(v) for k, v in value.items()}
        return value


def pause(own: float, told: float | None) -> float:
    """Seconds to wait: our own, or what the server asks for if that is more, up to two minutes.

    >>> pause(1.5, None), pause(1.5, 20), pause(1.5, 3600)
    (1.5, 20, 120.0)
    """
    return max(own, min(told or 0.0, _LONGEST_TOLD))


def told_by(retry_after: str | None) -> float | None:
    """Seconds, from either form of the header (RFC 9110, 10.2.3); None if it is neither.

    >>> told_by("30"), told_by("Fri, 31 Dec 1999 23:59:59 GMT"), told_by("soon")
    (30.0, 0.0, None)
    """
    if retry_after is None:
        return None
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            then = parsedate_to_datetime(retry_after)
        except ValueError:
            return None
        seconds = (then - datetime.now(then.tzinfo)).total_seconds()
    return max(0.0, seconds) if math.isfinite(seconds) else None


class _PassingError(Exception):
    """``told`` is how many seconds the server asks to wait."""

    def __init__(self, message: str, told: float | None = None) -> None:
        super().__init__(message)
        self.told = told


def _library() -> Any:
    try:
        import httpx
        import tenacity  # noqa: F401
    except ModuleNotFoundError as missing:
        message = f"{missing.name} is not installed; run: pip install '.[llm]' in a clone of the project"
        raise ValueError(message) from missing
    return httpx
