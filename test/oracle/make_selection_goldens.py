"""Writes test/golden/selection-oracle/*.json: what the second implementation selects on real prices, window by window.

    OMP_NUM_THREADS=1 oracle/bin/python test/oracle/make_selection_goldens.py <data directory>
"""
import hashlib
import json
import pathlib
import sys

import numpy as np
import pandas as pd

from regime import regime
from selection import select

USUAL = {
    "A": 252, "short": False, "mode": "v4", "entropy_max": 0.95, "efficiency_min": 0.05, "hurst_zone": (0.48, 0.52), "predictability": True,
    "eci_hurdle": 0.0, "min_momentum": 0.0, "threshold": 0.5, "top_n": 3, "dynamic": True, "lookbacks": [60, 120, 200], "shrinkage": 0.01,
    "min_winners": 5, "full_liquidity": 5e8,
}
CRYPTO = {
    **USUAL, "A": 365, "short": True, "entropy_max": 0.999, "efficiency_min": 0.01, "eci_hurdle": -0.6, "min_momentum": -0.05, "top_n": 15,
    "threshold": 0.45, "dynamic": False, "lookbacks": [5, 60, 120, 200], "full_liquidity": 1e7,
}
# file, volumes, range, train and step, benchmarks, settings
CASES = {
    "etfs-v4": ("etfs.csv", "etfs_volume.csv", "2018-01-02", "2023-08-31", 60, 20, ["AMEX:SPY"], USUAL),
    "etfs-v4-shorts": ("etfs.csv", "etfs_volume.csv", "2018-01-02", "2023-08-31", 252, 60, ["AMEX:SPY"], {**USUAL, "short": True}),
    "etfs-documents": (
        "etfs.csv", "etfs_volume.csv", "2018-01-02", "2023-08-31", 60, 60, ["AMEX:SPY"], {**USUAL, "short": True, "documents": True, "min_momentum": -0.05},
    ),
    "stocks-documents": (
        "equities.csv", None, "2018-01-02", "2023-08-31", 60, 60, [], {**USUAL, "documents": True, "dynamic": False},
    ),
    "coins-v4": ("crypto.csv", None, "2018-01-02", "2023-08-31", 60, 20, [], CRYPTO),
    "stocks-v3.2": ("equities.csv", None, "2018-01-02", "2023-08-31", 60, 20, [], {**USUAL, "mode": "v3.2", "top_n": 2}),
    "stocks-v3": ("equities.csv", None, "2018-01-02", "2023-08-31", 120, 60, [], {**USUAL, "mode": "v3", "dynamic": False}),
}
STREAM = ["momentum", "vol", "entropy_raw", "efficiency", "hurst_raw", "skew", "kurtosis", "tail_gain", "cvar", "acf1_abs", "ret60"]


def number(x):
    return None if x is None or np.isnan(x) else float(f"{x:.14g}")


def window(prices, value, returns, i, train, benchmarks, settings, whole):
    raw = returns.iloc[i - train : i]
    market = returns.iloc[max(0, i - 252) : i].mean(axis=1)
    adv = None if value is None else value.iloc[i - 19 : i + 1].mean()
    found = select(raw, market, settings, adv, benchmarks)
    f, order = found["features"], found["features"].index
    detector = regime(market, settings["A"])
    answer = {
        "as_of": returns.index[i - 1], "quadrant": found["quadrant"], "regime": detector["label"], "regime_score": number(detector["score"]),
        "scores": [number(x) for x in found["score"]], "labels": [int(x) for x in found["labels"]],
        "quotas": [int(q) for q in found["quotas"].values()], "short": [s for s in order if found["short"][s]],
        "vetoes": {s: v for s, v in found["vetoes"].items() if v and s not in benchmarks},
        "stage": found["stage"], "after": found["after"], "winners": found["winners"], "share": number(found["share"]), "aborts": found["aborts"],
    }
    if whole:
        answer["features"] = {k: [number(x) for x in f[k]] for k in STREAM}
        answer["linkage"] = [[number(x) for x in row] for row in found["linkage"]]
    return answer


def main(data):
    target = pathlib.Path(__file__).parent.parent / "golden" / "selection-oracle"
    target.mkdir(exist_ok=True)
    for name, (file, volumes, first, last, train, step, benchmarks, settings) in CASES.items():
        table = pd.read_csv(data / file, index_col=0)
        prices = table.loc[first:last].dropna(axis=1)
        if volumes is not None:
            traded = pd.read_csv(data / volumes, index_col=0)
            prices = prices[[c for c in prices if c in traded]]
            value = prices * traded.loc[prices.index, prices.columns]
        else:
            value = None
        returns = prices.pct_change().iloc[1:]
        starts = list(range(train, len(returns) - step + 1, step))
        windows = [window(prices, value, returns, i, train, benchmarks, settings, k % 20 == 0) for k, i in enumerate(starts)]
        golden = {
            "source": "test/oracle/make_selection_goldens.py", "file": file, "volumes": volumes,
            "sha256": {f: hashlib.sha256((data / f).read_bytes()).hexdigest() for f in (file, volumes) if f is not None},
            "first": first, "last": last, "train": train, "step": step, "benchmarks": benchmarks,
            "settings": settings, "symbols": sorted(prices.columns), "windows": windows,
        }
        (target / f"{name}.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
        print(name, len(windows), sum(len(w["winners"]) for w in windows), sum(bool(w["aborts"]) for w in windows), flush=True)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
