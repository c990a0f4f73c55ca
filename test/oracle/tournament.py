"""Statistics of a tournament by NumPy and SciPy, from their definitions alone: row by row, without sums over blocks.

python test/oracle/tournament.py WORKED_EXAMPLE > test/golden/metrics/tournament.json
"""

import json
import sys
from itertools import combinations

import numpy as np
from scipy.stats import norm, rankdata, spearmanr


def blocks(rows, count):
    return [np.arange(k * rows // count, (k + 1) * rows // count) for k in range(count)]


def sharpe(values):
    return values.mean(axis=0) / values.std(axis=0, ddof=1)


def overfitting(matrix, count):
    parts = blocks(len(matrix), count)
    logits, best, losses = [], [], []
    for inside in combinations(range(count), count // 2):
        rows = np.concatenate([parts[k] for k in inside])
        others = np.concatenate([parts[k] for k in range(count) if k not in inside])
        chosen = int(np.argmax(sharpe(matrix[rows])))
        outside = sharpe(matrix[others])
        relative = rankdata(outside)[chosen] / (matrix.shape[1] + 1)
        logits.append(np.log(relative / (1 - relative)))
        best.append(chosen)
        losses.append(outside[chosen] < 0)
    return {
        "probability": float(np.mean(np.array(logits) <= 0)),
        "probability_of_loss": float(np.mean(losses)),
        "splits": len(logits),
        "mean_logit": float(np.mean(logits)),
        "chosen": np.bincount(best, minlength=matrix.shape[1]).tolist(),
    }


def stability(matrix):
    ratios = [sharpe(matrix[rows]) for rows in blocks(len(matrix), 8)]
    return float(np.mean([spearmanr(a, b).statistic for a, b in combinations(ratios, 2)]))


def memmel(a, b):
    (x, y), r = (sharpe(a), sharpe(b)), np.corrcoef(a, b)[0, 1]
    return float((x - y) / np.sqrt((2 - 2 * r + 0.5 * (x * x + y * y - 2 * x * y * r * r)) / len(a)))


def deflated(matrix):
    ratios, count, rows = sharpe(matrix), matrix.shape[1], len(matrix)
    gamma = np.euler_gamma
    expected = ratios.std(ddof=1) * ((1 - gamma) * norm.ppf(1 - 1 / count) + gamma * norm.ppf(1 - 1 / (count * np.e)))
    centred = matrix - matrix.mean(axis=0)
    second = (centred**2).mean(axis=0)
    skew, kurtosis = (centred**3).mean(axis=0) / second**1.5, (centred**4).mean(axis=0) / second**2
    spread = np.sqrt(1 - skew * ratios + (kurtosis - 1) / 4 * ratios**2)
    return norm.cdf((ratios - expected) * np.sqrt(rows - 1) / spread).tolist()


def main():
    with open(sys.argv[1]) as file:
        worked = json.load(file)
    random = np.random.default_rng(20240229)
    common = random.normal(0.0004, 0.008, (203, 1))
    own = random.normal([[0.0003, 0.0, -0.0002, 0.0005, 0.0001, 0.0]], 0.004, (203, 6))
    matrix = np.round(common + own, 6)
    pairs = combinations(range(6), 2)
    independent = {
        "matrix": matrix.tolist(),
        "overfitting": overfitting(matrix, 16),
        "rank_stability": stability(matrix),
        "memmel": {f"{i}-{j}": memmel(matrix[:, i], matrix[:, j]) for i, j in pairs},
        "correlation": np.corrcoef(matrix.T).tolist(),
        "deflated": deflated(matrix),
    }
    print(json.dumps({"worked_example": worked, "scipy": independent}))


main()
