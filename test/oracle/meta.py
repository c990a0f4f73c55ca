"""The meta layer: join, optimise, bound, nest, flatten, accept (docs/explanation/joins.md, docs/explanation/profiles.md)."""
import numpy as np
import pandas as pd

from estimator import covariance
from profiles import Context, solve
from walk_forward import total, volatility


def join(streams: dict[str, pd.Series], policy: str):
    """Common dates; `compound` carries the returns in between into the next common date, `drop` lets them go."""
    common = sorted(set.intersection(*(set(s.index) for s in streams.values())))
    first, last = common[0], common[-1]
    columns, report = {}, {}
    for name, stream in streams.items():
        inside = stream[(stream.index >= first) & (stream.index <= last)]
        if policy == "drop":
            column = stream.reindex(common)
        else:
            wealth = (1 + inside).cumprod().reindex(common)
            column = wealth / wealth.shift(1) - 1
            column.iloc[0] = inside.iloc[0]
        columns[name] = column
        before, within, after = total(stream), total(inside), total(column)
        report[name] = {
            "rows_before": len(stream), "rows_inside": len(inside), "rows_after": len(column),
            "total_before": before, "total_inside": within, "total_after": after,
            "pnl_lost": (1 + before) / (1 + after) - 1, "pnl_lost_inside": (1 + within) / (1 + after) - 1,
        }
    return pd.DataFrame(columns, index=pd.DatetimeIndex(common)), report


def euclidean(weights: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Nearest point of {low <= x <= high, sum x = 1}: x = clip(w - shift), the shift by bisection, then exactly on its free set."""
    a, b = (weights - high).min() - 1, (weights - low).max() + 1
    for _ in range(200):
        middle = (a + b) / 2
        a, b = (middle, b) if np.clip(weights - middle, low, high).sum() > 1 else (a, middle)
    x = np.clip(weights - (a + b) / 2, low, high)
    free = (x > low + 1e-12) & (x < high - 1e-12)
    if free.any():
        shift = (weights[free].sum() + x[~free].sum() - 1) / free.sum()
        x[free] = weights[free] - shift
    return x


def proportional(weights: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Dossier 3.3: clip, then hand the residual round in proportion to room."""
    x = np.clip(weights, low, high)
    for _ in range(200):
        residual = 1 - x.sum()
        if abs(residual) < 1e-10:
            break
        room = np.maximum(high - x, 0) if residual > 0 else np.maximum(x - low, 0)
        x = np.clip(x + residual * room / room.sum(), low, high)
    residual = 1 - x.sum()
    room = high - x if residual > 0 else x - low
    x[np.argmax(room)] += residual
    return x


def bounded(raw: pd.Series, bounds: dict, projection: str) -> pd.Series:
    n = len(raw)
    low = np.full(n, 0.0 if bounds.get("min") is None else bounds["min"])
    high = np.full(n, 1.0 if bounds.get("max") is None else bounds["max"])
    assert low.sum() <= 1 + 1e-12 and high.sum() >= 1 - 1e-12, "infeasible"
    values = raw.to_numpy()
    if (values >= low).all() and (values <= high).all() and abs(values.sum() - 1) < 1e-12:
        return raw
    return pd.Series((euclidean if projection == "euclidean" else proportional)(values, low, high), index=raw.index)


def allocate(matrix: pd.DataFrame, profile: str, context: Context, bounds: dict, projection: str):
    raw, intensity, flags = solve(profile, matrix, context)
    return raw, bounded(raw, bounds, projection), intensity, flags


def flatten(paths: dict[tuple, float]) -> dict:
    """Leaf paths (sleeve, ..., symbol) -> net per symbol, summed in code-unit order of the paths; exact zeros alone are dropped."""
    net: dict[str, float] = {}
    gross = 0.0
    for path in sorted(paths):
        if paths[path] == 0:
            continue
        net[path[-1]] = net.get(path[-1], 0.0) + paths[path]
        gross += abs(paths[path])
    held = sum(abs(value) for value in net.values())
    ranking = sorted(net.items(), key=lambda item: (-abs(item[1]), item[0]))
    return {"assets": len(net), "gross": gross, "net": sum(net.values()), "netted": gross - held,
            "largest": abs(ranking[0][1]), "top": [[symbol, value] for symbol, value in ranking[:3]]}


def acceptance(matrix: pd.DataFrame, raw: pd.Series, weights: pd.Series, context: Context) -> dict:
    """Volatility cost and ex-ante shares by the optimiser's covariance; all others by the sample covariance of the joined rows."""
    rows, w, a = matrix.to_numpy(), weights.to_numpy(), context.annualisation
    optimiser, _ = covariance(rows, a, context.estimator)
    sample = np.atleast_2d(np.cov(rows, rowvar=False, ddof=1)) * a
    deviations = np.sqrt(np.diag(sample))
    portfolio = float(np.sqrt(w @ sample @ w))
    before, after = (float(np.sqrt(v @ optimiser @ v)) for v in (raw.to_numpy(), w))
    correlation = np.corrcoef(rows, rowvar=False)
    return {
        "sleeve_volatility": deviations.tolist(), "portfolio_volatility": portfolio, "below_best_sleeve": bool(portfolio < deviations.min()),
        "diversification_ratio": float(w @ deviations / portfolio), "realised_shares": (w * (sample @ w) / portfolio ** 2).tolist(),
        "ex_ante_shares": (w * (optimiser @ w) / after ** 2).tolist(), "ex_ante_volatility_raw": before, "ex_ante_volatility_bounded": after,
        "effective_sleeves": float(1 / (w @ w)), "correlations": correlation[np.triu_indices(len(w), 1)].tolist(),
        "total": total(rows @ w), "realised_volatility": volatility(rows @ w, a),
    }
