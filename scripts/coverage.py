"""Simulate how often the intervals cover what they are for, and how often the tests find a difference where there is none.

A maintainer's simulation, of what `communique.resample` gives to its users. Every document has sentences with gold items,
and a system gets some of them right and invents something in place of the others; both the density of the items and the
system's chance to be right vary from document to document, by none, moderate or strong effects (standard deviations 0, .5 and
1 of its logit). Two systems that do not differ share half of the variance. Prints two Markdown tables; the same numbers for
the same seed, whatever the number of processes.

    python scripts/coverage.py > coverage.md
    python scripts/coverage.py --documents 10 --replications 200   # a quick look
"""

import argparse
import math
import os
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np

from communique.resample import (
    FEW,
    Interval,
    PValue,
    bootstrap,
    difference,
    document_intervals,
    randomisation,
    sentence_bootstrap,
)

EFFECTS = {"none": 0.0, "moderate": 0.5, "strong": 1.0}
EASE = 1.1
"""Logit of the chance to be right in a middling document: .75."""
ITEMS = 2.0
"""Gold items in a sentence of a middling document, on average."""
CHUNK = 100

INTERVALS = {
    "new": "new documents, as given",
    "bootstrap": "new documents, document bootstrap",
    "sentences": "new documents, sentence bootstrap",
    "these": "these documents, sentence bootstrap",
}
TESTS = {
    "documents": "document randomisation",
    "difference": "interval of the difference, as given, without 0",
    "sentences": "sentence randomisation",
}


def f1(sums: np.ndarray) -> np.ndarray:
    """Of (hits, predicted, gold)."""
    return 2 * sums[..., 0] / (sums[..., 1] + sums[..., 2])


FIGURES = {"f1": f1}


@dataclass(frozen=True)
class Corpus:
    """What each sentence adds to each system: (systems, documents, sentences, 3); and the F1 to expect of such sentences."""

    counts: np.ndarray
    expected: float


def simulate(effect: float, documents: int, sentences: int, systems: int, noise: np.random.RandomState) -> Corpus:
    """Items are as dense as exp(effect/2 · normal) tells. ``expected``: of the first system, given these documents."""
    shape = (systems, documents, sentences)
    dense = ITEMS * np.exp(effect / 2 * noise.standard_normal(documents))
    common, own = noise.standard_normal(documents), noise.standard_normal((systems, documents))
    right = logistic(EASE + effect * (own if systems == 1 else (common + own) / math.sqrt(2)))
    gold = np.broadcast_to(noise.poisson(dense[:, None], (documents, sentences)), shape)
    hits = noise.binomial(gold, right[:, :, None])
    wrong = noise.poisson((dense * (1 - right))[:, :, None], shape)
    counts = np.stack((hits, hits + wrong, gold), axis=-1).astype(float)
    return Corpus(counts, float((dense * right[0]).sum() / dense.sum()))


def expected_of_new(effect: float) -> float:
    """F1 over all documents that there could be: the mean chance to be right, as many items are predicted as there are."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    return float(weights @ logistic(EASE + effect * nodes) / weights.sum())


def logistic(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


@dataclass(frozen=True)
class Task:
    """Some replications of a cell, with a stream of their own."""

    effect: str
    documents: int
    sentences: int
    replications: int
    stream: tuple[int, ...]


def covered(task: Task) -> Counter:
    """How often each interval covers, and how often it is null."""
    found: Counter = Counter()
    noise = np.random.RandomState(task.stream)
    everywhere = expected_of_new(EFFECTS[task.effect])
    for _ in range(task.replications):
        corpus = simulate(EFFECTS[task.effect], task.documents, task.sentences, 1, noise)
        counts = corpus.counts[0]
        documents, sentences = counts.sum(axis=1), counts.reshape(-1, 3)
        of_sentences = sentence_bootstrap(sentences, [task.sentences] * task.documents, FIGURES)["f1"]
        tell(found, "new", document_intervals(documents, FIGURES)["f1"], everywhere)
        tell(found, "bootstrap", bootstrap(documents, FIGURES, least=3)["f1"], everywhere)
        tell(found, "sentences", of_sentences, everywhere)
        tell(found, "these", of_sentences, corpus.expected)
    return found


def tell(found: Counter, name: str, interval: Interval, truth: float) -> None:
    if interval.low is None or interval.high is None:
        found[name, "null"] += 1
    else:
        found[name, "yes" if interval.low <= truth <= interval.high else "no"] += 1


def rejected(task: Task) -> Counter:
    """How often each test finds a difference between two systems that do not differ."""
    found: Counter = Counter()
    noise = np.random.RandomState(task.stream)
    for _ in range(task.replications):
        counts = simulate(EFFECTS[task.effect], task.documents, task.sentences, 2, noise).counts
        a, b = counts.sum(axis=2)[:, :, None]
        reject(found, "documents", randomisation(a, b, f1))
        gap = difference(a, b, f1)
        found["difference", "null" if gap.low is None else "yes" if gap.low > 0 or gap.high < 0 else "no"] += 1
        reject(found, "sentences", randomisation(*counts.reshape(2, -1, 1, 3), f1, unit="sentence"))
    return found


def reject(found: Counter, name: str, test: PValue) -> None:
    found[name, "null" if test.p is None else "yes" if test.p <= 0.05 else "no"] += 1


def cells(work: Callable[[Task], Counter], arguments: argparse.Namespace, table: int) -> dict[tuple[str, int], Counter]:
    """What each cell of a table found, its replications cut into chunks."""
    tasks = [
        Task(effect, n, arguments.sentences, min(CHUNK, arguments.replications - done), (arguments.seed, table, e, n, done))
        for n in arguments.documents
        for e, effect in enumerate(EFFECTS)
        for done in range(0, arguments.replications, CHUNK)
    ]
    found: dict[tuple[str, int], Counter] = {(effect, n): Counter() for effect in EFFECTS for n in arguments.documents}
    with ProcessPoolExecutor(arguments.processes) as pool:
        for task, one in zip(tasks, pool.map(work, tasks), strict=True):
            found[task.effect, task.documents].update(one)
    return found


def share(found: Mapping[tuple[str, str], int], name: str) -> str:
    """Percent of the intervals that are not null, and the percent that is."""
    yes, no, null = (found.get((name, answer), 0) for answer in ("yes", "no", "null"))
    if not yes + no:
        return "– (all null)"
    return f"{100 * yes / (yes + no):.1f}" + (f" ({100 * null / (yes + no + null):.1f} null)" if null else "")


def table(found: Mapping[tuple[str, int], Counter], names: Mapping[str, str]) -> str:
    lines = [f"| effects | documents | {' | '.join(names.values())} |", "| :-- | --: |" + " --: |" * len(names)]
    lines += [f"| {effect} | {n} | {' | '.join(share(one, name) for name in names)} |" for (effect, n), one in found.items()]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, action="append", help="size of a corpus; repeatable (default: 4, 10, 50, 200)")
    parser.add_argument("--sentences", type=int, default=40, help="sentences a document (default: 40)")
    parser.add_argument("--replications", type=int, default=2000, help="corpora a cell (default: 2000)")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.documents = arguments.documents or [4, 10, 50, 200]
    usual, largest = (100 * math.sqrt(p * (1 - p) / arguments.replications) for p in (0.95, 0.5))
    print(f"{arguments.replications:,} corpora a cell, documents of {arguments.sentences} sentences, seed {arguments.seed};")
    print(f"Monte Carlo standard error {usual:.1f} points at 95 % and at 5 %, {largest:.1f} at 50 %.\n")
    print("Coverage of nominal 95 % intervals of F1, percent (of those that are not null):\n")
    print(table(cells(covered, arguments, 1), INTERVALS))
    print(f"\nAs given: jackknife-t below {FEW} documents, document bootstrap from {FEW} on.\n")
    print("How often two systems that do not differ are found to differ, percent, at .05:\n")
    print(table(cells(rejected, arguments, 2), TESTS))


if __name__ == "__main__":
    main()
