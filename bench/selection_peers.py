"""Features, vetoes, LogMPS and clusters of many symbols by NumPy and SciPy, on the returns that the TypeScript side was timed on.

usage: selection_peers.py SCRATCH SYMBOLS

Correlations skip exact zeros by products of masks, as fast as NumPy has them. Writes selection.answers.json: processor time and means.
"""

import json
import math
import resource
import sys
import time
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.special import gammaln, ndtr
from scipy.stats import rankdata

ROWS, A, ORDER = 500, 252, 5


def white_noise(n):
    i = np.arange(1, n)
    return math.exp(gammaln((n - 1) / 2) - gammaln(n / 2)) / math.sqrt(math.pi) * np.sqrt((n - i) / i).sum()


def entropies(last):
    windows = sliding_window_view(last, ORDER, axis=0)
    order = np.argsort(windows, axis=-1, kind="stable")
    codes = (order * ORDER ** np.arange(ORDER)[::-1]).sum(axis=-1)
    codes.sort(axis=0)
    n = len(codes)
    ends = np.diff(codes, axis=0, append=-1) != 0
    found = np.empty(codes.shape[1])
    for column in range(codes.shape[1]):
        counts = np.diff(np.flatnonzero(ends[:, column]), prepend=-1)
        found[column] = math.log(n) - (counts * np.log(counts)).sum() / n
    return np.round(found / math.log(math.factorial(ORDER)), 12)


def hurst(r):
    x, y = [], []
    for lag in (8, 16, 32, 64, 128):
        segments = r[: ROWS // lag * lag].reshape(-1, lag, r.shape[1])
        path = np.cumsum(segments - segments.mean(axis=1, keepdims=True), axis=1)
        ratios = (path.max(axis=1) - path.min(axis=1)) / segments.std(axis=1)
        x.append(math.log(lag))
        y.append(np.log(ratios.mean(axis=0)) - math.log(white_noise(lag)))
    return np.clip(np.polyfit(x, np.array(y), 1)[0] + 0.5, 0, 1)


def features(r):
    last = r[-120:]
    n = len(r)
    c = r - r.mean(axis=0)
    m2, m3, m4 = (c**2).mean(axis=0), (c**3).mean(axis=0), (c**4).mean(axis=0)
    low, high = np.quantile(r, [0.05, 0.95], axis=0)
    sizes = np.abs(r) - np.abs(r).mean(axis=0)
    return {
        "momentum": r.mean(axis=0) * A,
        "vol": r.std(axis=0, ddof=1) * math.sqrt(A),
        "entropy": entropies(last),
        "efficiency": np.abs(last.sum(axis=0)) / np.abs(last).sum(axis=0),
        "hurst": hurst(r),
        "skew": math.sqrt(n * (n - 1)) / (n - 2) * m3 / m2**1.5,
        "kurtosis": (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (m4 / m2**2 - 3) + 6),
        "cvar": np.where(r <= low, r, 0).sum(axis=0) / (r <= low).sum(axis=0),
        "gain": np.where(r > high, r, 0).sum(axis=0) / (r > high).sum(axis=0),
        "acf": (sizes[1:] * sizes[:-1]).sum(axis=0) / (sizes**2).sum(axis=0),
        "ret60": np.prod(1 + r[-60:], axis=0) - 1,
    }


def rank(x):
    return 0.01 + 0.99 * (rankdata(x) - 1) / (len(x) - 1)


def log_scores(f):
    scaled = lambda x: (x - x.min()) / (x.max() - x.min() + 1e-9)
    p = {
        "momentum": (1.7469, rank(f["momentum"])),
        "efficiency": (1.5348, np.clip(f["efficiency"], 0.001, 1)),
        "antifragility": (0.6263, rank(scaled(f["skew"]) + scaled(f["gain"]))),
        "hurst": (0.3485, rank(np.clip(2 * np.abs(f["hurst"] - 0.5), 0, 1))),
        "stability": (0.0458, rank(1 / (f["vol"] + 1e-9))),
        "entropy": (0.0322, rank(np.clip(1 - f["entropy"], 0, 1))),
        "skew": (0.5, rank(f["skew"])),
        "kurtosis": (0.5, rank(-f["kurtosis"])),
        "cvar": (1, rank(f["cvar"])),
    }
    return sum(weight * np.log(value) for weight, value in p.values())


def vetoes(f):
    net = f["momentum"] - f["vol"] * math.sqrt(1e6 / 1e9)
    found = (f["entropy"] > 0.95) | (f["efficiency"] < 0.05) | ((f["hurst"] > 0.48) & (f["hurst"] < 0.52))
    return found | ((f["hurst"] > 0.55) & (f["momentum"] < 0)) | (net < 0) | (f["kurtosis"] > 20) | (f["vol"] > 2.5)


def distance(r):
    means = r.mean(axis=0)
    mask = (r != 0).astype(float)
    x = (r - means) * mask
    n, sums, squares, products = mask.T @ mask, x.T @ mask, (x * x).T @ mask, x.T @ x
    means_in_common = sums / n
    variances = squares - n * means_in_common**2
    correlation = (products - n * means_in_common * means_in_common.T) / np.sqrt(variances * variances.T)
    return np.sqrt((1 - 0.99 * np.clip(correlation, -1, 1)) / 2)


def main():
    scratch, symbols = Path(sys.argv[1]), int(sys.argv[2])
    r = np.fromfile(scratch / "selection.f64", dtype="<f8").reshape(ROWS, symbols)
    started = time.process_time()
    f = features(r)
    scores = log_scores(f)
    vetoes(f)
    d = sum(distance(r[-lookback:]) for lookback in (60, 120, 200)) / 3
    condensed = d[np.triu_indices(symbols, 1)]
    tree = linkage(condensed, "ward")
    labels = fcluster(tree, 0.5, "distance")
    if labels.max() > 25:
        labels = fcluster(tree, 25, "maxclust")
    cpu = (time.process_time() - started) * 1000
    names = ("momentum", "vol", "entropy", "efficiency", "hurst", "skew", "kurtosis", "cvar", "acf")
    answer = [*(f[name].mean() for name in names), condensed.mean(), tree[:, 2].sum(), len(set(labels)), scores.mean()]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    answers = {"cpuMs": cpu, "peakMegabytes": peak, "answer": [float(value) for value in answer]}
    (scratch / "selection.answers.json").write_text(json.dumps(answers))


if __name__ == "__main__":
    main()
