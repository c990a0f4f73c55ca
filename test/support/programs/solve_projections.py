"""Projections by Clarabel, and smallest caps by linear programs (HiGHS).

usage: solve_projections.py IN OUT

IN is a list of cases {target, previous, lower, upper, grossCap, netCap, turnoverCap, cost, wanted}; OUT a list of answers: weights by Clarabel
and the same solved exactly on the face that they lie on where `wanted` is "weights", else {bounds, gross, net, turnover}: for each cap its smallest value with the others fixed, null where none does.
"""

import json
import sys

import clarabel
import numpy as np
import scipy.sparse as sparse
from scipy.optimize import linprog

TOLERANCES = (1e-13, 1e-12, 1e-10, 1e-8)


def constraints(case, free=None):
    """Rows A x <= b over x = (w, |w|, |w - p|, extra) with one extra column: the cap that is free."""
    n = len(case["target"])
    eye, zero, one = sparse.eye(n), sparse.csc_matrix((n, n)), np.ones((1, n))
    none, column = np.zeros((n, 1)), np.ones((n, 1))
    before = np.array(case["previous"] if case["previous"] is not None else [0.0] * n)
    wide = -column if free == "bounds" else none
    blocks, right = [], []

    def add(w, g, t, extra, limit):
        blocks.append(sparse.hstack([sparse.csc_matrix(part) for part in (w, g, t, extra)]))
        right.append(np.atleast_1d(limit))

    add(eye, zero, zero, wide, np.full(n, case["upper"]))
    add(-eye, zero, zero, wide, np.full(n, -case["lower"]))
    add(eye, -eye, zero, none, np.zeros(n))
    add(-eye, -eye, zero, none, np.zeros(n))
    add(eye, zero, -eye, none, before)
    add(-eye, zero, -eye, none, -before)
    for cap, name, w, g, t in (("gross", "grossCap", 0, 1, 0), ("net", "netCap", 1, 0, 0), ("net", "netCap", -1, 0, 0), ("turnover", "turnoverCap", 0, 0, 1)):
        if case[name] is None or (cap == "turnover" and case["previous"] is None):
            continue
        add(w * one, g * one, t * one, [[-1.0 if free == cap else 0.0]], 0.0 if free == cap else case[name])
    return sparse.vstack(blocks, format="csc"), np.concatenate(right), n


def objective(case, w):
    before = np.array(case["previous"] if case["previous"] is not None else [0.0] * len(w))
    return np.sum((w - case["target"]) ** 2) / 2 + case["cost"] * np.sum(np.abs(w - before))


def polished(case, near):
    """The point of the face on which an interior point lies, solved as equations; None where that is not inside, or no better."""
    n, target = len(near), np.array(case["target"])
    before = np.array(case["previous"] if case["previous"] is not None else [0.0] * n)
    w, free = near.copy(), np.ones(n, dtype=bool)
    for value in (before if case["previous"] is not None else np.zeros(n), np.zeros(n), np.full(n, case["lower"]), np.full(n, case["upper"])):
        at = np.abs(near - value) < 1e-5
        w[at], free[at] = value[at], False
    turnover = case["turnoverCap"] if case["previous"] is not None else None
    caps = [(np.sign(near), np.sum(np.abs(near)), case["grossCap"]), (np.full(n, np.sign(np.sum(near))), abs(np.sum(near)), case["netCap"])]
    if turnover is not None:
        caps.append((np.sign(near - before), np.sum(np.abs(near - before)), turnover))
    rows, right = [], []
    for number, (signs, is_now, cap) in enumerate(caps):
        if is_now > cap - 1e-5:
            held = (w - before if number == 2 else w)[~free]
            offset = -np.sum(signs[free] * before[free]) if number == 2 else 0.0
            fixed = np.sum(signs * w * ~free) if number == 1 else np.sum(np.abs(held))
            rows.append(signs[free])
            right.append(cap - fixed - offset)
    aim = target[free] - case["cost"] * np.sign(near - before)[free]
    if rows and free.any():
        a = np.array(rows)
        aim = aim + a.T @ np.linalg.lstsq(a @ a.T, np.array(right) - a @ aim, rcond=1e-9)[0]
    w[free] = aim
    inside = np.all(w >= case["lower"] - 1e-11) and np.all(w <= case["upper"] + 1e-11) and np.sum(np.abs(w)) <= case["grossCap"] + 1e-11
    inside = inside and abs(np.sum(w)) <= case["netCap"] + 1e-11 and (turnover is None or np.sum(np.abs(w - before)) <= turnover + 1e-11)
    return w if inside and objective(case, w) <= objective(case, near) + 1e-11 else None


def weights(case):
    rows, right, n = constraints(case)
    size = 3 * n + 1
    quadratic = sparse.diags(np.concatenate([np.ones(n), np.zeros(size - n)]), format="csc")
    linear = np.concatenate([-np.array(case["target"]), np.zeros(n), np.full(n, case["cost"]), [0.0]])
    for tolerance in TOLERANCES:
        settings = clarabel.DefaultSettings()
        settings.verbose = False
        settings.max_threads = 1
        settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = tolerance
        answer = clarabel.DefaultSolver(quadratic, linear, rows, right, [clarabel.NonnegativeConeT(len(right))], settings).solve()
        if str(answer.status) == "Solved":
            found = np.array(answer.x[:n])
            exact = polished(case, found)
            return {"weights": list(found), "polished": None if exact is None else list(exact)}
    return {"weights": None, "polished": None}


def smallest(case, cap):
    rows, right, n = constraints(case, cap)
    objective = np.zeros(3 * n + 1)
    objective[-1] = 1.0
    bounds = [(None, None)] * (3 * n) + [(0, None)]
    answer = linprog(objective, A_ub=rows, b_ub=right, bounds=bounds, method="highs",
                     options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10})
    return float(answer.fun) if answer.status == 0 else None


def answered(case):
    if case["wanted"] == "weights":
        return weights(case)
    return {cap: smallest(case, cap) for cap in ("bounds", "gross", "net", "turnover")}


with open(sys.argv[1], encoding="utf8") as file:
    cases = json.load(file)
with open(sys.argv[2], "w", encoding="utf8") as file:
    json.dump([answered(case) for case in cases], file)
