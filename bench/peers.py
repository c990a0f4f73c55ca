"""Times skfolio and PyPortfolioOpt on the returns that the TypeScript side was timed on; writes JSON with what they answered.

usage: peers.py SCRATCH
"""

import json
import platform
import resource
import statistics
import sys
import time
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")

from given_moments import Given
from pypfopt import EfficientFrontier, HRPOpt, risk_models
from skfolio.model_selection import WalkForward, cross_val_predict
from skfolio.optimization import HierarchicalRiskParity, MeanRisk, RiskBudgeting
from skfolio.prior import EmpiricalPrior
from threadpoolctl import threadpool_info


def returns_of(scratch, name):
    shape = json.loads((scratch / "sets.json").read_text())[name]
    values = np.fromfile(scratch / f"{name}.f64", dtype="<f8").reshape(shape["rows"], shape["columns"])
    dates = pd.date_range("2015-01-01", periods=shape["rows"])
    return pd.DataFrame(values, index=dates, columns=[f"S{i:03d}" for i in range(shape["columns"])])


def measure(work, repetitions, warm_ups=1):
    times = []
    for turn in range(warm_ups + repetitions):
        started = time.perf_counter()
        result = work()
        if turn >= warm_ups:
            times.append((time.perf_counter() - started) * 1000)
    timing = {
        "medianMs": statistics.median(times),
        "minMs": min(times),
        "maxMs": max(times),
        "repetitions": repetitions,
        "warmUps": warm_ups,
    }
    return {"timing": timing, "result": result}


def answered(measured, answer):
    return {"timing": measured["timing"], "answer": [float(value) for value in answer(measured["result"])]}


def fitted(make, returns, repetitions):
    return answered(measure(lambda: make().fit(returns), repetitions), lambda model: model.weights_)


def dictionary_weights(returns):
    return lambda weights: [weights[name] for name in returns.columns]


def walked(model, returns):
    cv = WalkForward(train_size=60, test_size=20)
    return answered(
        measure(lambda: cross_val_predict(model, returns, cv=cv), 3),
        lambda whole: [*whole.returns, *(weight for part in whole for weight in part.weights)],
    )


def skfolio_cases(small, large):
    known = EmpiricalPrior().fit(large).return_distribution_
    return {
        "hrp20": fitted(HierarchicalRiskParity, small, 20),
        "hrp500": fitted(HierarchicalRiskParity, large, 5),
        "riskParity500": fitted(RiskBudgeting, large, 5),
        "riskParity500Given": fitted(lambda: RiskBudgeting(prior_estimator=Given(known)), large, 5),
        "minVariance500": fitted(MeanRisk, large, 5),
        "minVariance500Given": fitted(lambda: MeanRisk(prior_estimator=Given(known)), large, 5),
        "walkForwardMinVariance": walked(MeanRisk(), small),
        "walkForwardHrp": walked(HierarchicalRiskParity(), small),
        "walkForwardRiskParity": walked(RiskBudgeting(), small),
    }


def pyportfolioopt_cases(small, large):
    def least(covariance):
        return EfficientFrontier(None, covariance).min_volatility()

    def sample():
        return risk_models.sample_cov(large, returns_data=True)

    known = sample()
    hierarchical = [
        (name, returns, repetitions) for name, returns, repetitions in (("hrp20Plain", small, 20), ("hrp500Plain", large, 5))
    ]
    cases = {
        name: answered(
            measure(lambda returns=returns: HRPOpt(returns).optimize(linkage_method="ward"), repetitions), dictionary_weights(returns)
        )
        for name, returns, repetitions in hierarchical
    }
    cases["minVariance500"] = answered(measure(lambda: least(sample()), 10), dictionary_weights(large))
    cases["minVariance500Given"] = answered(measure(lambda: least(known), 10), dictionary_weights(large))
    return cases


def main():
    scratch = Path(sys.argv[1])
    small, large = returns_of(scratch, "small"), returns_of(scratch, "large")
    cases = {"skfolio": skfolio_cases(small, large), "pyportfolioopt": pyportfolioopt_cases(small, large)}
    packages = ("skfolio", "pyportfolioopt", "numpy", "pandas", "scipy", "scikit-learn", "cvxpy", "clarabel", "osqp")
    figures = {
        "cases": cases,
        "versions": {"python": platform.python_version(), **{package: version(package) for package in packages}},
        "threads": [f"{library['internal_api']} {library['version']}: {library['num_threads']} threads" for library in threadpool_info()],
        "peakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    (scratch / "peers.json").write_text(json.dumps(figures))


if __name__ == "__main__":
    main()
