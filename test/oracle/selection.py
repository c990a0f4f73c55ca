"""A second implementation of the selection, from its specification alone, on the libraries that compute the same things.

antropy gives the permutation entropies, scipy the ranks, the linkage and its cuts, pandas the correlations over common rows and the moments.
Nothing here is shared with the TypeScript.
"""
import math

import antropy
import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import gammaln

from regime import regime
from stream_clusters import clusters, distances

WEIGHTS = {
    "momentum": 1.7469, "efficiency": 1.5348, "survival": 1.4, "antifragility": 0.6263, "hurst": 0.3485,
    "liquidity": 0.2946, "stability": 0.0458, "entropy": 0.0322, "adx": 1.0,
}
EXTRA = {"recommend_all": 1.0, "recommend_ma": 1.0, "skew": 0.5, "kurtosis": 0.5, "cvar": 1.0}
MODES = {
    "v3": {k: 1.0 for k in ("momentum", "survival", "antifragility", "liquidity", "stability", "adx")},
    "v3.2": WEIGHTS,
    "v4": {**WEIGHTS, **EXTRA},
}
MAPS = {
    "momentum": "rank", "efficiency": "unit", "survival": "unit", "antifragility": "rank", "hurst": "rank", "liquidity": "unit",
    "stability": "rank", "entropy": "rank", "adx": "cdf", "recommend_all": "cdf", "recommend_ma": "cdf", "skew": "rank",
    "kurtosis": "rank_desc", "cvar": "rank",
}
EPS = 1e-12


def white_noise(n):
    i = np.arange(1, n)
    return math.exp(gammaln((n - 1) / 2) - gammaln(n / 2)) / math.sqrt(math.pi) * np.sqrt((n - i) / i).sum()


def hurst(r, corrected=True):
    t = len(r)
    if t < 32:
        return np.nan

    def points(lags):
        found = []
        for n in lags:
            if 2 * n > t:
                continue
            segments = r[: t // n * n].reshape(-1, n)
            s = segments.std(axis=1)
            keep = s > 1e-12
            if not keep.any():
                continue
            y = np.cumsum(segments - segments.mean(axis=1, keepdims=True), axis=1)
            found.append((n, ((y.max(axis=1) - y.min(axis=1))[keep] / s[keep]).mean()))
        return found

    found = points([8, 16, 32, 64, 128, 256, 512])
    if len(found) < 2:
        found = points([10, 15, 20, 25])
    if len(found) < 2:
        return np.nan
    lag = np.log([n for n, _ in found])
    h = np.polyfit(lag, np.log([v for _, v in found]), 1)[0]
    if corrected:
        h = h - np.polyfit(lag, np.log([white_noise(n) for n, _ in found]), 1)[0] + 0.5
    return float(np.clip(h, 0, 1))


def features(streams, A, corrected=True):
    """One row a symbol. `streams` is a DataFrame of simple returns."""
    rows = {}
    for name, column in streams.items():
        r = column.to_numpy().copy()
        t = len(r)
        last = r[-120:]
        # Equal entropies (4,1,1,1,1 and 2,2,2,2 count alike) shall tie: a rounding at the twelfth place makes them.
        pe = round(antropy.perm_entropy(last, order=5, delay=1, normalize=True), 12) if t >= 5 else np.nan
        moves = np.abs(last).sum()
        flat = np.ptp(r) == 0
        absolute = np.abs(r) - np.abs(r).mean()
        spread = (absolute**2).sum()
        high, low = np.quantile(r, 0.95), np.quantile(r, 0.05)
        wealth = np.prod(1 + r[-60:]) - 1
        rows[name] = {
            "momentum": r.mean() * A,
            "vol": 0.0 if flat else r.std(ddof=1) * math.sqrt(A),
            "entropy_raw": pe,
            "efficiency": np.nan if len(last) < 10 else (abs(last.sum()) / moves if moves > 0 else 0.0),
            "hurst_raw": hurst(r, corrected),
            "skew": np.nan if flat or t < 3 else stats.skew(r, bias=False),
            "kurtosis": np.nan if flat or t < 4 else stats.kurtosis(r, bias=False),
            "tail_gain": r[r > high].mean() if (r > high).any() else 0.0,
            "cvar": r[r <= low].mean(),
            "acf1_abs": 0.0 if np.ptp(np.abs(r)) == 0 else (absolute[1:] * absolute[:-1]).sum() / spread,
            "ret60": wealth,
        }
    f = pd.DataFrame(rows).T
    minmax = lambda x: (x - x.min()) / (x.max() - x.min() + 1e-9)
    f["antifragility"] = (minmax(f["skew"]) + minmax(f["tail_gain"])) * min(1, len(streams) / 252)
    f["stability"] = 1 / (f["vol"] + 1e-9)
    away = 2 * (f["hurst_raw"] - 0.5).abs()
    f["hurst"] = (away if corrected else 1 - away).clip(0, 1)
    f["entropy"] = (1 - f["entropy_raw"]).clip(0, 1)
    return f


def mapped(x, kind, literal):
    known = x.dropna()
    if literal and kind in ("unit", "cdf"):
        kind = "unit" if known.between(0, 1).all() else "cdf"
    if kind in ("rank", "rank_desc"):
        if len(known) == 1:
            return known * 0 + 0.505
        rank = stats.rankdata(known if kind == "rank" else -known)
        return pd.Series(0.01 + 0.99 * (rank - 1) / (len(known) - 1), index=known.index)
    if kind == "unit":
        return known.clip(0.001, 1)
    sd = known.std(ddof=0)
    if np.ptp(known.to_numpy()) == 0:
        return known * 0 + 0.5
    return pd.Series(stats.norm.cdf((known - known.mean()) / sd), index=known.index).clip(0.001, 1)


def scores(f, mode, quadrant, literal=False):
    total = pd.Series(0.0, index=f.index)
    for name, weight in MODES[mode].items():
        if name not in f or f[name].isna().all():
            total += weight * math.log(0.5) if literal else 0
            continue
        p = mapped(f[name], MAPS[name], literal).reindex(f.index).fillna(0.5)
        total += weight * np.log(p)
    bonus = {"EXPANSION": 0.6, "INFLATIONARY_TREND": 0.6, "STAGNATION": -0.3, "CRISIS": -0.3, "NORMAL": 0.2}[quadrant]
    h = f["hurst_raw"]
    rank = bonus + np.where(h > 0.55, np.minimum(0.4, 2 * (h - 0.55)), 0) + np.where(h < 0.45, -0.4, 0)
    rank = rank + np.where(f["acf1_abs"] > 0.5, 0.1, 0)
    return np.exp(total) * np.maximum(0.1, 1 + rank)


HARD = {"stable_coin", "survival", "metadata", "eci", "kurtosis", "vol", "roc", "volatility_d"}


def vetoes(row, s, relaxed=False):
    most = min(1, s["entropy_max"] * 1.2) if relaxed else s["entropy_max"]
    least = s["efficiency_min"] * 0.8 if relaxed else s["efficiency_min"]
    lo, hi = s["hurst_zone"]
    found = []
    if row.get("survival", np.nan) < 0.1 - EPS:
        found.append("survival")
    if s["predictability"]:
        if row["entropy_raw"] > most + EPS:
            found.append("entropy")
        if row["efficiency"] < least - EPS:
            found.append("efficiency")
        if lo + EPS < row["hurst_raw"] < hi - EPS:
            found.append("hurst_zone")
        if row["hurst_raw"] > 0.55 + EPS and row["momentum"] < -EPS:
            found.append("hurst_falling")
    adv = row.get("adv", np.nan)
    if not np.isnan(adv):
        net = row["momentum"] - row["vol"] * math.sqrt(1e6 / adv) if adv > 0 else -np.inf
        hurdle = min(s["eci_hurdle"], s["min_momentum"] - 0.05) if s["min_momentum"] < 0 else s["eci_hurdle"]
        if net < hurdle - EPS and not (row["momentum"] > 1 and net >= 1.25 * hurdle):
            found.append("eci")
    if s["mode"] == "v4":
        if row["kurtosis"] > 20 + EPS:
            found.append("kurtosis")
        if row["vol"] > 2.5 + EPS:
            found.append("vol")
    return found


def stages(order, info, s, quotas, candidates):
    """`order` best first; `info` has cluster, strict, relaxed, hard vetoes and gate of each."""
    winners, used, stage, won = [], {}, {}, set()
    origin = s.get("documents", False)

    def take(k, eligible, limit, waive=False):
        for name in order:
            if len(winners) >= limit:
                return
            x = info[name]
            if name in stage or not eligible(x):
                continue
            full = used.get(x["account"], 0) >= quotas[x["cluster"]]
            if full and not waive:
                continue
            used[x["account"]] = used.get(x["account"], 0) + 1
            won.add(x["cluster"])
            stage[name] = k
            winners.append(name)

    after = []
    target = 15 if origin else min(15, max(s["min_winners"], math.ceil(candidates / 2)))
    take(1, lambda x: not x["strict"] and x["gate"], 25 if s["mode"] == "v4" else math.inf)
    after.append(len(winners))
    if s["mode"] != "v4":
        return stage, after, target
    if len(winners) < target:
        take(2, lambda x: not x["relaxed"] and x["gate"], 25)
    after.append(len(winners))
    if len(winners) < target:
        take(3, lambda x: not x["hard"] and x["entropy"] <= 0.999 and x["cluster"] not in won, target)
    after.append(len(winners))
    if len(winners) < target:
        take(4, lambda x: not x["hard"], target, waive=origin)
    after.append(len(winners))
    if origin:
        return stage, after, target
    take(5, lambda x: not x["hard"], s["min_winners"], waive=True)
    after.append(len(winners))
    return stage, after, target


def select(raw, market, s, adv=None, benchmarks=(), benchmarks_win=False):
    raw = raw[sorted(raw.columns)]
    ret60 = (1 + raw.iloc[-60:]).prod() - 1
    short = (ret60 < 0) & s["short"]
    streams = raw.where(~short, -raw.clip(upper=1), axis=1)
    documents = s.get("documents", False)
    judged = raw if documents else streams
    f = features(judged, s["A"], not documents)
    if adv is not None:
        f["adv"] = adv.reindex(f.index)
        f["liquidity"] = (f["adv"] / s["full_liquidity"]).clip(upper=1)
    quadrant = regime(market, s["A"])["quadrant"]
    score = scores(f, s["mode"], quadrant, documents)
    d, rho, used = distances(judged, s["lookbacks"], s["shrinkage"])
    z, labels = clusters(d, s["threshold"])
    quotas, means = {}, {}
    for k in sorted(set(labels)):
        members = np.flatnonzero(labels == k)
        block = rho[np.ix_(members, members)]
        mean = block[np.triu_indices(len(members), 1)].mean() if len(members) > 1 else None
        means[k] = mean
        quotas[k] = 1 if mean is None else (max(1, math.floor(s["top_n"] * (1 - mean) + 1)) if s["dynamic"] else max(5, s["top_n"]) if documents else s["top_n"])
    info, verdicts = {}, {}
    for i, name in enumerate(f.index):
        exempt = name in benchmarks
        row = f.loc[name]
        strict = [] if exempt else vetoes(row, s)
        verdicts[name] = strict
        sign = -1 if short[name] and not documents else 1
        info[name] = {
            "cluster": labels[i], "account": (labels[i], bool(short[name]) if documents else None), "strict": strict, "relaxed": [] if exempt else vetoes(row, s, True),
            "hard": [v for v in strict if v in HARD], "gate": sign * ret60[name] >= s["min_momentum"] - EPS, "entropy": row["entropy_raw"],
        }
    counted = [n for n in f.index if n not in benchmarks]
    pool = f.index if benchmarks_win else counted
    order = sorted(pool, key=lambda n: (-score[n], n))
    stage, after, target = stages(order, info, s, quotas, len(counted))
    lifted = lambda v: s["mode"] == "v4" and not documents and v not in HARD
    share = sum(any(not lifted(v) for v in verdicts[n]) for n in counted) / len(counted)
    aborts = (["veto_share"] if share > 0.7 + EPS else []) + (["min_winners"] if len(stage) < s["min_winners"] else [])
    return {
        "features": f, "score": score, "quadrant": quadrant, "labels": labels, "linkage": z, "quotas": quotas, "means": means,
        "vetoes": verdicts, "stage": stage, "after": after, "winners": sorted(stage, key=lambda n: (-score[n], n)), "aborts": aborts,
        "share": share, "short": short, "used": used, "distance": d, "target": target,
    }
