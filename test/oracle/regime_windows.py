"""A second implementation of the regimes of a walk-forward, on regime.py and hmmlearn: every component, the hidden states, all three labels."""
import math

import numpy as np
from hmmlearn.hmm import GaussianHMM
from scipy import stats
from scipy.special import gammaln
from statsmodels.tsa.stattools import adfuller

from regime import regime

FLAGS = {"noise": (0.96, "hurst_corrected"), "origin": (0.7, "hurst")}


def expected_of_noise(n):
    """Anis and Lloyd 1976, with the logarithms of the gamma function."""
    i = np.arange(1, n)
    return math.exp(gammaln((n - 1) / 2) - gammaln(n / 2)) / math.sqrt(math.pi) * np.sqrt((n - i) / i).sum()


def corrected_exponent(r):
    if len(r) < 32:
        return np.nan
    lags = [n for n in (8, 16, 32, 64, 128, 256, 512) if 2 * n <= len(r)]
    excess = []
    for n in lags:
        segments = r[: len(r) // n * n].reshape(-1, n)
        paths = np.cumsum(segments - segments.mean(axis=1, keepdims=True), axis=1)
        spread = segments.std(axis=1)
        ratios = (paths.max(axis=1) - paths.min(axis=1))[spread > 1e-12] / spread[spread > 1e-12]
        excess.append(math.log(ratios.mean()) - math.log(expected_of_noise(n)))
    return float(np.clip(stats.linregress(np.log(lags), excess).slope + 0.5, 0, 1))


def hidden_states(r):
    """hmmlearn's Baum-Welch without priors, one round at a time, from the halves at the median until the gain is below 1e-8."""
    z = np.abs(r)
    z = ((z - z.mean()) / z.std()).reshape(-1, 1)
    low, high = z[z <= np.median(z)], z[z > np.median(z)]
    model = GaussianHMM(2, "diag", startprob_prior=1, transmat_prior=1, means_weight=0, covars_prior=0, covars_weight=1, n_iter=1, tol=0,
                        init_params="", implementation="scaling")
    model.startprob_ = np.array([0.5, 0.5])
    model.transmat_ = np.array([[0.95, 0.05], [0.05, 0.95]])
    model.means_ = np.array([[low.mean()], [high.mean()]])
    model.covars_ = np.maximum(1e-3, [[low.var()], [high.var()]])
    likelihood, rounds = model.score(z), 1
    while rounds < 200:
        model.fit(z)
        model.covars_ = np.maximum(1e-3, model.covars_.reshape(2, 1))
        better = model.score(z)
        gain, likelihood, rounds = better - likelihood, better, rounds + 1
        if gain < 1e-8:
            break
    crisis = 1 if model.means_[1, 0] >= model.means_[0, 0] else 0
    order = [1 - crisis, crisis]
    return {"last": model.predict_proba(z)[-1, crisis], "likelihood": likelihood, "rounds": rounds, "means": model.means_[order, 0],
            "variances": model.covars_.reshape(2)[order], "transitions": model.transmat_[np.ix_(order, order)].ravel()}


def labels(found):
    answer = {"off": found["label"]}
    crisis = (found["hidden"]["last"] > 0.5 or found["quadrant"] == "CRISIS") and found["score"] > 1.5
    for flag, (cut, exponent) in FLAGS.items():
        turbulent = found["label"] == "NORMAL" and (found["turb"] > cut or found[exponent] > 0.65)
        answer[flag] = "CRISIS" if crisis else "TURBULENT" if turbulent else found["label"]
    return answer


def reading(market, A):
    r = np.array(market, dtype=float)[-252:]
    found = regime(r, A)
    if len(r) < 20:
        return {"rows": len(r), "labels": {flag: "NORMAL" for flag in ("off", "noise", "origin")}, "score": 1.0, "quadrant": "STAGNATION"}
    statistic, _, lag = adfuller(r, result_object=False)[:3]
    found |= {"recent": r[-10:].std(ddof=1), "whole": r.std(ddof=1), "kurtosis": stats.kurtosis(r, bias=False), "adf_statistic": statistic,
              "adf_lag": lag, "hurst_corrected": corrected_exponent(r), "hidden": hidden_states(r)}
    return {"rows": len(r), "labels": labels(found), **{k: v for k, v in found.items() if k != "label"}}
