"""A second implementation of the regime detector: statsmodels' adfuller, PyWavelets' Haar transform, antropy's entropy, scipy's moments."""
import math

import antropy
import numpy as np
import pywt
from scipy import stats
from statsmodels.tsa.stattools import acf, adfuller


def rescaled_range(r):
    """Uncorrected exponent, the same on lags 8, 16, ... as in selection.py, by another way: segment by segment."""
    if len(r) < 32:
        return np.nan
    x, y = [], []
    n = 8
    while n <= min(512, len(r) // 2):
        ratios = []
        for k in range(len(r) // n):
            segment = r[k * n : (k + 1) * n]
            if segment.std() > 1e-12:
                path = np.cumsum(segment - segment.mean())
                ratios.append((path.max() - path.min()) / segment.std())
        if ratios:
            x.append(math.log(n))
            y.append(math.log(np.mean(ratios)))
        n *= 2
    return float(np.clip(np.polyfit(x, y, 1)[0], 0, 1)) if len(x) > 1 else np.nan


def turbulence(r):
    last = r[-64:]
    levels = next(k for k in (3, 2, 1) if len(last) >= 2**k)
    last = last[len(last) % 2**levels :]
    coefficients = pywt.wavedec(last, "haar", level=levels)
    energies = [float((c**2).sum()) for c in coefficients]
    return sum(energies[1:]) / sum(energies) if sum(energies) > 0 else np.nan


def regime(market, A):
    r = np.array(market, dtype=float)[-252:]
    if len(r) < 20:
        return {"label": "NORMAL", "score": 1.0, "quadrant": "STAGNATION"}
    recent, whole = r[-10:].std(ddof=1), r.std(ddof=1)
    vr = recent / whole
    turb = turbulence(r)
    clustering = acf(np.abs(r), nlags=1, fft=False)[1]
    pe = antropy.perm_entropy(r[-64:], order=3, delay=1, normalize=True)
    h = rescaled_range(r)
    adf = adfuller(r)[1]
    kurtosis = min(1, abs(stats.kurtosis(r, bias=False)) / 10)
    raw = 0.35 * vr + 0.25 * turb + 0.15 * max(0, clustering) + 0.1 * pe + 0.1 * (0 if np.isnan(h) else 2 * abs(h - 0.5)) + 0.05 * adf + 0.15 * kurtosis
    score = raw * (0.5 if vr < 0.2 else 1)
    score = score * (0.01 if recent < 0.001 else 1)
    score = min(2.5, score)
    score = min(0.6, score) if vr < 0.5 else score
    growth, stress = r.mean() * A, 0.7 * vr + 0.6 * turb
    if growth > 0.05:
        quadrant = "INFLATIONARY_TREND" if stress > 1.1 else "EXPANSION"
    elif growth < -0.05:
        quadrant = "CRISIS" if stress > 1.1 else "STAGNATION"
    else:
        quadrant = "NORMAL"
    label = "CRISIS" if score >= 1.8 else "QUIET" if score < 0.7 else "NORMAL"
    return {"label": label, "score": score, "raw": raw, "quadrant": quadrant, "growth": growth, "stress": stress, "vr": vr, "turb": turb,
            "acf": clustering, "pe": pe, "hurst": h, "adf": adf}
