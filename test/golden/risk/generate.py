"""Writes the expected numbers of test/golden/risk/*.json from independent libraries.

Generated with: Python 3, numpy, pandas, scipy 1.17.1, scikit-learn, skfolio 1.12.2, cvxpy with Clarabel
(each file records the versions that made it in `generator`). Seed 20240229 for every random draw.

    python test/golden/risk/generate.py

Inputs are rounded to a few digits first and solved as rounded, so the files stay small and hold exactly what was solved.
"""

import itertools
import json
import pathlib
import sys

import clarabel
import cvxpy as cp
import numpy as np
import pandas as pd
import scipy
import sklearn
import skfolio
from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
from scipy.spatial.distance import pdist, squareform
from skfolio.cluster import HierarchicalClustering, LinkageMethod
from skfolio.optimization import HierarchicalRiskParity
from sklearn.covariance import LedoitWolf

SEED = 20240229
HERE = pathlib.Path(__file__).parent
GENERATOR = {
    "script": "test/golden/risk/generate.py",
    "seed": SEED,
    "versions": {m.__name__: m.__version__ for m in (np, pd, scipy, sklearn, skfolio, cp, clarabel)} | {"python": sys.version.split()[0]},
}
METHODS = ("ward", "single", "average", "complete")


def write(name, cases):
    text = json.dumps({"generator": GENERATOR, "cases": cases}, separators=(",", ":"))
    (HERE / f"{name}.json").write_text(text.replace('{"name"', '\n{"name"') + "\n")


def returns(rng, rows, count, factors=2):
    """Simple daily returns with common factors, a fat tail, and volatilities that differ."""
    common = rng.standard_normal((rows, factors)) * 0.008
    own = rng.standard_t(4, (rows, count)) * rng.uniform(0.003, 0.02, count)
    return np.round(common @ rng.uniform(-0.4, 1.2, (factors, count)) + own + 0.0004, 6)


def distances_of(rng, count):
    correlation = np.corrcoef(returns(rng, 80, count).T)
    return np.round(np.sqrt(np.clip((1 - squareform(correlation, checks=False)) / 2, 0, None)), 7)


def orders(rows, count):
    def walk(node):
        if node < count:
            return [[node]]
        left, right = (walk(int(k)) for k in rows[node - count, :2])
        return [p for a in left for b in right for p in (a + b, b + a)]

    return walk(2 * count - 2)


def linkages(rng):
    named = [(f"random {n}", distances_of(rng, n), n, False) for n in (2, 3, 4, 5, 6, 7, 12, 20, 40)]
    named.append(("all distances equal", np.full(15, 0.5), 6, True))
    duplicated = returns(rng, 60, 8)
    duplicated[:, 3] = duplicated[:, 1]
    duplicated[:, 6] = duplicated[:, 1]
    correlation = np.corrcoef(duplicated.T)
    named.append(("three equal columns", np.round(np.sqrt(np.clip((1 - squareform(correlation, checks=False)) / 2, 0, None)), 7), 8, True))
    named.append(("points on a line", pdist(np.arange(7.0)[:, None]), 7, True))
    named.append(("points on a grid", pdist(np.array(list(itertools.product(range(3), range(3))), float)), 9, True))
    cases = []
    for name, distance, count, ties in named:
        found = {}
        for method in METHODS:
            rows = linkage(distance, method)
            square = squareform(distance)
            entry = {
                "rows": [[int(a), int(b), float(h), int(k)] for a, b, h, k in rows],
                "plain": [int(i) for i in leaves_list(rows)],
                "optimal": [int(i) for i in leaves_list(optimal_leaf_ordering(rows, distance))],
            }
            if count <= 9:
                entry["shortest"] = min(float(sum(square[p[i], p[i + 1]] for i in range(count - 1))) for p in orders(rows, count))
            found[method] = entry
        cases.append({"name": name, "size": count, "ties": ties, "distances": [float(d) for d in distance], "linkage": found})
    write("linkage", cases)


def hierarchies(rng):
    cases = []
    for name, rows, count in (("20 columns, 120 rows", 120, 20), ("5 columns, 60 rows", 60, 5)):
        values = returns(rng, rows, count)
        columns = [f"S{i:02d}" for i in range(count)]
        frame = pd.DataFrame(values, columns=columns)
        lw = LedoitWolf().fit(values)
        weights = {}
        for method in METHODS:
            model = HierarchicalRiskParity(hierarchical_clustering_estimator=HierarchicalClustering(linkage_method=LinkageMethod(method)))
            weights[method] = [float(w) for w in model.fit(frame).weights_]
        quantile = frame.quantile(0.95)
        cases.append(
            {
                "name": name,
                "columns": columns,
                "returns": values.tolist(),
                "skfolioHrp": weights,
                "ledoitWolfIntensity": float(lw.shrinkage_),
                "ledoitWolfCovarianceFirstRow": lw.covariance_[0].tolist(),
                "sampleCovarianceFirstRow": frame.cov().iloc[0].tolist(),
                "sampleCorrelationFirstRow": frame.corr().iloc[0].tolist(),
                "standardDeviations": frame.std().tolist(),
                "skew": frame.skew().tolist(),
                "tailGain": [float(frame[c][frame[c] > quantile[c]].mean()) for c in columns],
            }
        )
    write("returns", cases)


def solve(problem):
    problem.solve(solver=cp.CLARABEL, tol_gap_abs=1e-14, tol_gap_rel=1e-14, tol_feas=1e-14, tol_ktratio=1e-10)


def programs(rng):
    cases = []
    for name, count, rows, own in (("10 columns", 10, 60, 1.0), ("25 columns, nearly singular", 25, 400, 0.002), ("50 columns", 50, 120, 1.0)):
        common = rng.standard_normal((rows, 3)) @ rng.uniform(-0.3, 1.0, (3, count)) * 0.01
        covariance = np.cov((common + own * rng.standard_normal((rows, count)) * rng.uniform(0.005, 0.02, count)).T) * 252
        covariance = np.array([[float(f"{x:.9g}") for x in row] for row in covariance])
        means = np.round(rng.normal(0.05, 0.1, count), 4)
        scale = np.sqrt(np.diag(covariance))
        correlation = covariance / np.outer(scale, scale)
        unit = np.linalg.cholesky((correlation + correlation.T) / 2).T
        w = cp.Variable(count)
        solve(cp.Problem(cp.Minimize(cp.sum_squares(unit @ cp.multiply(scale, w))), [cp.sum(w) == 1, w >= 0]))
        min_variance = w.value
        solve(cp.Problem(cp.Minimize(cp.sum_squares(unit @ cp.multiply(scale, w))), [cp.sum(w) == 1, w >= 0.25 / count, w <= 3 / count]))
        bounded = w.value
        y = cp.Variable(count)
        solve(cp.Problem(cp.Minimize(cp.sum_squares(unit @ cp.multiply(scale, y))), [means @ y == 1, y >= 0]))
        max_sharpe = y.value / y.value.sum()
        x = cp.Variable(count)
        solve(cp.Problem(cp.Minimize(cp.sum_squares(unit @ x) / 2 - cp.sum(cp.log(x)) / count)))
        erc = x.value / scale / (x.value / scale).sum()
        cases.append(
            {
                "name": name,
                "covarianceUpper": [float(v) for i in range(count) for v in covariance[i, i:]],
                "means": means.tolist(),
                "minVariance": [round(float(v), 10) for v in min_variance],
                "minVarianceBounded": [round(float(v), 10) for v in bounded],
                "lower": 0.25 / count,
                "upper": 3 / count,
                "maxSharpe": [round(float(v), 10) for v in max_sharpe],
                "riskParity": [round(float(v), 10) for v in erc],
                "conditionNumberOneNorm": float(np.linalg.cond(covariance, 1)),
            }
        )
    write("programs", cases)


def projections(rng):
    cases = []
    for count in (2, 3, 5, 9, 20):
        given = np.round(rng.normal(1 / count, 0.8 / count, count), 4)
        lower = np.round(rng.uniform(0, 0.8 / count, count), 4)
        upper = np.round(lower + rng.uniform(0.6 / count, 1.5 / count, count), 4)
        if upper.sum() < 1:
            upper = np.round(upper + 1.1 * (1 - upper.sum()) / count, 4)
        w = cp.Variable(count)
        solve(cp.Problem(cp.Minimize(cp.sum_squares(w - given)), [cp.sum(w) == 1, w >= lower, w <= upper]))
        cases.append({"name": f"{count} weights", "weights": given.tolist(), "lower": lower.tolist(), "upper": upper.tolist(), "euclidean": [round(float(v), 10) for v in w.value]})
    write("projections", cases)


if __name__ == "__main__":
    for part in (linkages, hierarchies, programs, projections):
        part(np.random.default_rng(SEED))
