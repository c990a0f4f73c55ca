"""The eight risk profiles on a T x n matrix (docs/explanation/profiles.md).

`Context` carries what both layers choose. Each solver polishes to the last digits: the two quadratic programmes are solved as
non-negative least squares (Lawson-Hanson, an active-set method) and their optimality conditions are asserted."""
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
from scipy.optimize import nnls
from scipy.spatial.distance import squareform
from scipy.stats import skew

from estimator import covariance

PROFILES = ["min_variance", "hrp", "max_sharpe", "barbell", "equal_weight", "risk_parity", "market", "benchmark"]
OPTIMISED = {"min_variance", "hrp", "max_sharpe", "barbell", "risk_parity"}


@dataclass
class Context:
    annualisation: int
    estimator: str = "ledoit_wolf"
    ridge: float = 1e-6
    aggressor_fraction: float = 0.10
    leaf_order: str = "optimal"


class Unsolvable(Exception):
    pass


def nonnegative_tangency(sigma: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """argmin y'Sy/2 - d'y over y >= 0, scaled to sum 1: d = 1 is minimum variance, d = mean is the best ratio."""
    root = np.linalg.cholesky(sigma)
    y, _ = nnls(root.T, np.linalg.solve(root, direction), maxiter=100 * len(direction))
    support = y > 0
    polished = np.zeros_like(y)
    polished[support] = np.linalg.solve(sigma[np.ix_(support, support)], direction[support])
    gradient = sigma @ polished - direction
    scale = np.abs(direction).max()
    assert (polished[support] > 0).all() and (gradient >= -1e-9 * scale).all(), "optimality conditions fail"
    return polished / polished.sum()


def min_variance(rows, sigma, context):
    return nonnegative_tangency(sigma + context.ridge * np.eye(len(sigma)), np.ones(len(sigma))), []


def max_sharpe(rows, sigma, context):
    mean = rows.mean(axis=0) * context.annualisation
    if mean.max() <= 0:
        return min_variance(rows, sigma, context)[0], ["max_sharpe fell back to min_variance"]
    return nonnegative_tangency(sigma, mean), []


def risk_parity(rows, sigma, context):
    """Newton's method on x'Sx/2 - sum(ln x)/n, then scaled; equal contributions are asserted."""
    n = len(sigma)
    x = 1 / np.sqrt(np.diag(sigma) * n)
    for _ in range(500):
        gradient = sigma @ x - 1 / (n * x)
        step = np.linalg.solve(sigma + np.diag(1 / (n * x * x)), gradient)
        decrement = np.sqrt(max(gradient @ step, 0.0)) * np.sqrt(n)
        x = x - step / (1 + decrement) if decrement > 0.25 else x - step
        if np.abs(step / x).max() < 1e-15:
            break
    weights = x / x.sum()
    shares = weights * (sigma @ weights) / (weights @ sigma @ weights)
    assert np.abs(shares - 1 / n).max() < 1e-12
    return weights, []


def leaf_order(rows: np.ndarray, context: Context) -> list[int]:
    with np.errstate(invalid="ignore"):
        correlation = np.clip(np.corrcoef(rows, rowvar=False), -1, 1)
    distance = np.sqrt(0.5 * (1 - correlation))
    np.fill_diagonal(distance, 0)
    condensed = squareform(distance, checks=False)
    tree = linkage(condensed, "ward")
    if context.leaf_order == "plain":
        return list(leaves_list(tree))
    ordered = optimal_leaf_ordering(tree, condensed)
    order = list(leaves_list(ordered))
    left, right = ordered[-1, 0], ordered[-1, 1]
    return order if left < right else order[::-1]


def hrp(rows, sigma, context):
    n = len(sigma)
    if n == 1:
        return np.ones(1), ["single"]
    weights = np.ones(n)

    def cluster_variance(items):
        block = sigma[np.ix_(items, items)]
        inverse = 1 / np.diag(block)
        inverse /= inverse.sum()
        return inverse @ block @ inverse

    def split(items):
        if len(items) < 2:
            return
        left, right = items[: len(items) // 2], items[len(items) // 2:]
        v_left, v_right = cluster_variance(left), cluster_variance(right)
        weights[left] *= 1 - v_left / (v_left + v_right)
        weights[right] *= v_left / (v_left + v_right)
        split(left)
        split(right)

    split(leaf_order(rows, context))
    return weights, []


def antifragility(rows: np.ndarray) -> np.ndarray:
    """An upper tail emptied by ties at the quantile (bills with hardly any movement) has gain 0: the specification is silent on it."""
    significance = min(1.0, len(rows) / 252)
    threshold = np.quantile(rows, 0.95, axis=0)
    gains = []
    for column, bar in zip(rows.T, threshold):
        above = column[column > bar]
        gains.append(above.mean() if len(above) else 0.0)

    def minmax(values):
        values = np.asarray(values)
        return (values - values.min()) / (values.max() - values.min() + 1e-9)

    return (minmax(skew(rows, axis=0, bias=False)) + minmax(gains)) * significance


def barbell_parts(rows):
    """(aggressors, core). Columns come sorted by name, so a stable sort by falling score settles ties by name."""
    n = rows.shape[1]
    count = min(min(5, max(1, n // 2)), n - 1)
    ranking = np.argsort(-antifragility(rows), kind="stable")
    return sorted(ranking[:count]), sorted(ranking[count:])


def barbell(rows, sigma, context):
    n = rows.shape[1]
    if n == 1:
        return np.ones(n), ["single"]
    aggressors, core = barbell_parts(rows)
    count = len(aggressors)
    weights = np.zeros(n)
    weights[aggressors] = context.aggressor_fraction / count
    if len(core) >= 10:
        own, _ = covariance(rows[:, core], context.annualisation, context.estimator)
        inner, _ = hrp(rows[:, core], own, context)
    else:
        inner = np.full(len(core), 1 / len(core))
    weights[core] = (1 - context.aggressor_fraction) * inner
    return weights, []


def core_intensity(rows, context):
    """The estimate that a barbell uses is its core's: none where the core is held equally."""
    core = barbell_parts(rows)[1]
    return covariance(rows[:, core], context.annualisation, context.estimator)[1] if len(core) >= 10 else None


SOLVERS = {"min_variance": min_variance, "max_sharpe": max_sharpe, "risk_parity": risk_parity, "hrp": hrp, "barbell": barbell}


def solve(profile: str, frame: pd.DataFrame, context: Context):
    """(weights by column as a Series, intensity, flags); `market` and `benchmark` are equal weights of the frame they get."""
    if profile not in OPTIMISED:
        return pd.Series(1 / frame.shape[1], index=frame.columns), None, []
    alive = sorted(c for c in frame.columns if frame[c].std(ddof=1) > 1e-9)
    if not alive:
        raise Unsolvable("no column of positive variance")
    rows = frame[alive].to_numpy()
    if len(alive) == 1:
        inner, intensity, flags = np.ones(1), None, ["single"]
    else:
        sigma, intensity = covariance(rows, context.annualisation, context.estimator)
        inner, flags = SOLVERS[profile](rows, sigma, context)
        if profile == "barbell":
            intensity = core_intensity(rows, context)
    weights = pd.Series(0.0, index=frame.columns)
    weights[alive] = inner
    return weights, intensity, flags
