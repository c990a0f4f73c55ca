"""Solves cases with one peer in a process of its own, one after the other, on the moments and returns that sleeve-ledger was timed on.

usage: solver_peers.py PEER SCRATCH THREADS

Reads one case of JSON a line from standard input and answers one line on descriptor 3, where no library prints.
"""

import json
import os
import statistics
import sys
import time
import warnings
from pathlib import Path

PEER, SCRATCH, THREADS = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
# Linear algebra libraries read these once, when they are loaded.
for name in ("OPENBLAS", "OMP", "MKL", "NUMEXPR", "RAYON", "VECLIB"):
    os.environ[f"{name}_MAXIMUM_THREADS" if name == "VECLIB" else f"{name}_NUM_THREADS"] = str(THREADS)

import numpy as np
import pandas as pd
from solver_adapters import adapters
from threadpoolctl import threadpool_info

warnings.filterwarnings("ignore")

WARM_SECONDS = 0.1
BUDGET_SECONDS = 0.4
LEAST, MOST = 3, 100
# Slow work needs no warming, so that its first time counts, and is repeated until that many seconds are spent.
SLOW_SECONDS, SLOW_BUDGET_SECONDS = 1, 4


class Problem:
    """A case with its data as the libraries take them; nothing of this is timed."""

    def __init__(self, case):
        self.solver, self.cap, self.size = case["solver"], case["cap"], case["columns"]
        self.names = [f"S{i:04d}" for i in range(self.size)]
        stem = f"{case['kind']}-{self.size}-{case['rows']}"
        values = self._read(f"{stem}.returns").reshape(case["rows"], self.size)
        self.returns = pd.DataFrame(values, index=pd.date_range("2000-01-01", periods=case["rows"]), columns=self.names)
        if not self.solver.startswith("hrp"):
            self.covariance = self._read(f"{stem}.covariance").reshape(self.size, self.size)
            self.means = self._read(f"{stem}.means")
            self.covariance_frame = pd.DataFrame(self.covariance, index=self.names, columns=self.names)
            self.means_series = pd.Series(self.means, index=self.names)

    @staticmethod
    def _read(name):
        return np.fromfile(SCRATCH / f"{name}.f64", dtype="<f8")


def timed(work):
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started


def measured(work):
    result, first = timed(work)
    if first > SLOW_SECONDS:
        times = [first]
        while sum(times) < SLOW_BUDGET_SECONDS:
            result, seconds = timed(work)
            times.append(seconds)
        return result, timing(times, 0)
    warm_ups, warm = 1, first
    while warm < WARM_SECONDS:
        warm += timed(work)[1]
        warm_ups += 1
    times = []
    while len(times) < MOST and (len(times) < LEAST or sum(times) < BUDGET_SECONDS):
        result, seconds = timed(work)
        times.append(seconds)
    return result, timing(times, warm_ups)


def timing(seconds, warm_ups):
    times = [1000 * value for value in seconds]
    return {
        "medianMs": statistics.median(times),
        "minMs": min(times),
        "maxMs": max(times),
        "repetitions": len(times),
        "warmUps": warm_ups,
    }


def answer(adapter, case):
    problem = Problem(case)
    work = adapter.work(problem)
    try:
        weights, took = measured(work)
    except Exception as error:  # a peer that refuses a case is a figure of its own
        return {"refused": f"{type(error).__name__}: {str(error).strip()}".splitlines()[0][:120]}
    weights = [float(value) for value in np.asarray(weights, dtype=float).ravel()]
    if len(weights) != problem.size or not np.all(np.isfinite(weights)):
        return {"refused": "no weights"}
    return {"timing": took, "answer": weights}


def main():
    adapter = adapters[PEER](THREADS)
    with os.fdopen(3, "w") as out:

        def say(value):
            out.write(json.dumps(value) + "\n")
            out.flush()

        libraries = [f"{one['internal_api']} {one['version']}: {one['num_threads']}" for one in threadpool_info()]
        say({"versions": adapter.versions(), "threads": libraries})
        for line in sys.stdin:
            say(answer(adapter, json.loads(line)))


main()
