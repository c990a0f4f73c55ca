"""Solves programs with Clarabel, to the tightest tolerances that it meets.

usage: solve_with_clarabel.py FOLDER

Reads programs.json (solver and size of each) and programs.f64 (covariance, means, lower and upper bounds, one program after the other);
writes answers.f64 (weights) and answers.json (null, or why there are none).
"""

import json
import sys
from pathlib import Path

import clarabel
import numpy as np
import scipy.sparse as sparse

# From tight to its default; what is met first is kept.
TOLERANCES = (1e-12, 1e-10, 1e-8)


def solved(quadratic, linear, rows, right, cones):
    last = None
    for tolerance in TOLERANCES:
        settings = clarabel.DefaultSettings()
        settings.verbose = False
        settings.max_threads = 1
        settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = tolerance
        solution = clarabel.DefaultSolver(sparse.csc_matrix(np.triu(quadratic)), linear, rows, right, cones, settings).solve()
        if str(solution.status) == "Solved":
            return np.asarray(solution.x)
        last = solution
    if str(last.status) == "AlmostSolved":
        return np.asarray(last.x)
    raise RuntimeError(str(last.status))


def least(covariance, budget, lower, upper):
    """Least x'Cx with budget'x = 1 within bounds. Tolerances are absolute: what the first answer leaves of the variance becomes the unit."""
    size = len(budget)
    eye = sparse.eye(size, format="csc")
    blocks, right = [sparse.csc_matrix(budget.reshape(1, -1)), -eye], [np.ones(1), -lower]
    if upper is not None:
        blocks.append(eye)
        right.append(upper)
    rows, right = sparse.vstack(blocks, format="csc"), np.concatenate(right)
    cones = [clarabel.ZeroConeT(1), clarabel.NonnegativeConeT(size * (len(blocks) - 1))]
    unit = np.mean(np.diag(covariance))
    x = solved(covariance / unit, np.zeros(size), rows, right, cones)
    left = x @ covariance @ x
    if not 1e-12 * unit < left < 0.3 * unit:
        return x
    try:
        return solved(covariance / left, np.zeros(size), rows, right, cones)
    except RuntimeError:
        return x


def equal_risk(covariance):
    """Least x'Rx / 2 - sum(log x) / n with the correlations R, as exponential cones: (t, 1, x) with t <= log x."""
    size = len(covariance)
    deviations = np.sqrt(np.diag(covariance))
    every = np.arange(size)
    quadratic = np.zeros((2 * size, 2 * size))
    quadratic[:size, :size] = covariance / np.outer(deviations, deviations)
    rows = sparse.csc_matrix(
        (np.full(2 * size, -1.0), (np.concatenate([3 * every, 3 * every + 2]), np.concatenate([size + every, every]))),
        shape=(3 * size, 2 * size),
    )
    linear = np.concatenate([np.zeros(size), np.full(size, -1 / size)])
    x = solved(quadratic, linear, rows, np.tile([0.0, 1.0, 0.0], size), [clarabel.ExponentialConeT()] * size)
    return x[:size] / deviations


def answer(solver, covariance, means, lower, upper):
    ones, nothing = np.ones(len(means)), np.zeros(len(means))
    if solver == "equal risk contribution":
        return equal_risk(covariance)
    if solver == "maximum Sharpe":
        return least(covariance, means / means.max(), nothing, None)
    return least(covariance, ones, lower, upper if solver == "minimum variance within bounds" else None)


def main():
    folder = Path(sys.argv[1])
    values = np.fromfile(folder / "programs.f64", dtype="<f8")
    at, answers, refusals = 0, [], []
    for program in json.loads((folder / "programs.json").read_text()):
        size = program["size"]
        parts = np.split(values[at : at + size * size + 3 * size], [size * size, size * size + size, size * size + 2 * size])
        at += size * size + 3 * size
        try:
            x = answer(program["solver"], parts[0].reshape(size, size), *parts[1:])
            answers.append(x / x.sum())
            refusals.append(None)
        except RuntimeError as error:
            answers.append(np.zeros(size))
            refusals.append(str(error))
    np.concatenate(answers).astype("<f8").tofile(folder / "answers.f64")
    (folder / "answers.json").write_text(json.dumps(refusals))


main()
