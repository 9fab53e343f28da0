"""The same for each of several things, a few at a time, with the results in the things' order."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

Given = TypeVar("Given")
Result = TypeVar("Result")


def each(do: Callable[[Given], Result], given: Sequence[Given], at_a_time: int) -> list[Result]:
    """``do`` of each, in the order of what is given.

    The first exception ends it: what runs is left to itself, what waits is not begun. The threads are daemons, so that neither
    an interruption nor the end of the program waits for an answer that may take minutes.
    """
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, Result | None, BaseException | None]] = queue.SimpleQueue()
    over = threading.Event()
    for n in range(len(given)):
        waiting.put(n)

    def work() -> None:
        while not over.is_set():
            try:
                n = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                done.put((n, do(given[n]), None))
            except BaseException as fault:
                over.set()
                done.put((n, None, fault))

    for _ in range(min(at_a_time, len(given))):
        threading.Thread(target=work, daemon=True).start()
    results: dict[int, Result] = {}
    try:
        while len(results) < len(given):
            n, result, fault = done.get()
            if fault is not None:
                raise fault
            results[n] = result  # type: ignore[assignment]  # None only where do() gives None
    finally:
        over.set()
    return [results[n] for n in range(len(given))]
