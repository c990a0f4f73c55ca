"""A third opinion on the solvers: Clarabel on the textbook programmes for the last window of every sleeve. Usage: python check_solvers.py <data directory>"""
import json
import sys
from pathlib import Path

import cvxpy as cp
import numpy as np

from estimator import covariance
from make_goldens import HERE, Sleeves
from profiles import Context, max_sharpe, min_variance, risk_parity

EXACT = {"tol_gap_abs": 1e-13, "tol_gap_rel": 1e-13, "tol_feas": 1e-13}


def clarabel(objective, constraints, variable) -> np.ndarray:
    cp.Problem(cp.Minimize(objective), constraints).solve(solver=cp.CLARABEL, **EXACT)
    return variable.value / variable.value.sum()


def main():
    sleeves = Sleeves(Path(sys.argv[1]), json.loads((HERE / "cases.json").read_text())["sleeves"])
    for name in ("crypto_2023", "etfs_2023", "futures_2023", "instruments_2023", "etfs_sample"):
        run = sleeves.run(name)
        frame, context = run["grid"].returns.iloc[-60:], Context(run["grid"].annualisation, run["case"].get("estimator", "ledoit_wolf"))
        rows, n = frame.to_numpy(), frame.shape[1]
        sigma, _ = covariance(rows, context.annualisation, context.estimator)
        x = cp.Variable(n)
        quadratic = cp.quad_form(x, cp.psd_wrap(sigma))
        mean = rows.mean(axis=0) * context.annualisation
        gaps = {
            "min_variance": clarabel(quadratic + 1e-6 * cp.sum_squares(x), [x >= 0, cp.sum(x) == 1], x) - min_variance(rows, sigma, context)[0],
            "risk_parity": clarabel(quadratic / 2 - cp.sum(cp.log(x)) / n, [], x) - risk_parity(rows, sigma, context)[0],
        }
        if mean.max() > 0:
            gaps["max_sharpe"] = clarabel(quadratic, [x >= 0, mean @ x == 1], x) - max_sharpe(rows, sigma, context)[0]
        print(name, {profile: float(f"{np.abs(gap).max():.2g}") for profile, gap in gaps.items()})
        assert all(np.abs(gap).max() < 1e-5 for gap in gaps.values())


if __name__ == "__main__":
    main()
