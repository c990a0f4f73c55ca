"""The projection of the allocator by general solvers: nearest weights with absolute values written out as variables.

usage: combination_peers.py SCRATCH

Reads combination.program.json; writes combination.answers.json: times and weights of Clarabel and OSQP. Matrices are made within the time.
"""

import json
import statistics
import sys
import time
from importlib.metadata import version
from pathlib import Path

import clarabel
import numpy as np
import osqp
import scipy.sparse as sparse

SCRATCH = Path(sys.argv[1])
REPETITIONS, SLOW_MS = 5, 4000


def program(case):
    """Least |w - target|^2 / 2 over (w, |w|, |w - previous|) with rows A x <= b."""
    target, previous = np.array(case["target"]), np.array(case["previous"])
    n = len(target)
    eye, one, none = sparse.eye(n), sparse.csc_matrix(np.ones((1, n))), sparse.csc_matrix((1, n))
    zero = sparse.csc_matrix((n, n))
    rows = sparse.bmat(
        [
            [eye, zero, zero],
            [-eye, zero, zero],
            [eye, -eye, zero],
            [-eye, -eye, zero],
            [eye, zero, -eye],
            [-eye, zero, -eye],
            [none, one, none],
            [one, none, none],
            [-one, none, none],
            [none, none, one],
        ],
        format="csc",
    )
    caps = [case["grossCap"], case["netCap"], case["netCap"], case["turnoverCap"]]
    wide = [np.full(n, case["upper"]), np.full(n, -case["lower"]), np.zeros(n), np.zeros(n), previous, -previous, np.array(caps)]
    quadratic = sparse.diags(np.concatenate([np.ones(n), np.zeros(2 * n)]), format="csc")
    return quadratic, np.concatenate([-target, np.zeros(2 * n)]), rows, np.concatenate(wide), n


def by_clarabel(case):
    quadratic, linear, rows, right, n = program(case)
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    answer = clarabel.DefaultSolver(quadratic, linear, rows, right, [clarabel.NonnegativeConeT(len(right))], settings).solve()
    return list(answer.x[:n])


def by_osqp(case):
    quadratic, linear, rows, right, n = program(case)
    solver = osqp.OSQP()
    solver.setup(quadratic, linear, rows, np.full(len(right), -np.inf), right, eps_abs=1e-6, eps_rel=1e-6, max_iter=100_000, verbose=False)
    return list(solver.solve().x[:n])


def timed(work, case):
    started = time.perf_counter()
    weights = work(case)
    return weights, 1000 * (time.perf_counter() - started)


def measured(work, case):
    """Work of seconds is not repeated: its first time counts."""
    weights, first = timed(work, case)
    times, warm_ups = ([first], 0) if first > SLOW_MS else ([timed(work, case)[1] for _ in range(REPETITIONS)], 1)
    timing = {"medianMs": statistics.median(times), "minMs": min(times), "maxMs": max(times), "repetitions": len(times), "warmUps": warm_ups}
    return {"timing": timing, "weights": [float(weight) for weight in weights]}


case = json.loads((SCRATCH / "combination.program.json").read_text())
answers = {"clarabel": measured(by_clarabel, case), "osqp": measured(by_osqp, case)}
versions = {package: version(package) for package in ("clarabel", "osqp", "numpy", "scipy")}
(SCRATCH / "combination.answers.json").write_text(json.dumps({"answers": answers, "versions": versions}))
