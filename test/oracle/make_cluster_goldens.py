"""Writes test/golden/cluster-oracle.json: what the second implementation holds of winners in real windows, and of random streams.

    OMP_NUM_THREADS=1 oracle/bin/python test/oracle/make_cluster_goldens.py <data directory>
"""
import json
import pathlib
import sys

import numpy as np
import pandas as pd

from cluster_profiles import Infeasible, market_neutral, profile

PROFILES = ["hrp", "min_variance", "risk_parity", "max_sharpe", "equal_weight", "barbell"]
CAPS = [0.25, 0.4, 1.0]
GOLDEN = pathlib.Path(__file__).parent.parent / "golden"
# selection whose winners are held, and every how many of its windows
REAL = {"etfs-v4-shorts": 2, "etfs-v4": 6, "coins-v4": 10, "stocks-v3.2": 6}


def number(x):
    return float(f"{x:.14g}")


def held(streams, pool, s):
    answer = {f"{name} {cap}": [number(x) for x in profile(name, streams, s, cap)] for name in PROFILES for cap in CAPS}
    try:
        answer["market_neutral"] = [number(x) for x in market_neutral(streams, pool, s)]
    except Infeasible:
        answer["market_neutral"] = None
    return answer


def real(data, name, every):
    golden = json.loads((GOLDEN / "selection-oracle" / f"{name}.json").read_text())
    s = golden["settings"]
    prices = pd.read_csv(data / golden["file"], index_col=0).loc[golden["first"] : golden["last"], golden["symbols"]]
    returns = prices.pct_change().iloc[1:]
    windows = []
    for window in [w for w in golden["windows"] if w["winners"]][::every]:
        end = returns.index.get_loc(window["as_of"]) + 1
        rows = returns.iloc[end - golden["train"] : end]
        streams = rows[window["winners"]].copy()
        for symbol in streams.columns.intersection(window["short"]):
            streams[symbol] = -np.minimum(streams[symbol], 1)
        pool = rows.drop(columns=golden["benchmarks"]).mean(axis=1).to_numpy()
        windows.append({"as_of": window["as_of"], "held": held(streams, pool, s)})
    return {"selection": name, "settings": s, "windows": windows}


def random(seed):
    """From hardly related to nearly alike, so that clusters are many or few; a few exact zeros, and falling as well as rising means."""
    rng = np.random.default_rng(seed)
    rows, n, groups = int(rng.integers(40, 140)), int(rng.integers(2, 25)), int(rng.integers(1, 12))
    common = rng.standard_normal((rows, groups))[:, rng.integers(0, groups, n)]
    values = (common * rng.uniform(0, 2) + rng.standard_normal((rows, n)) * rng.uniform(0.5, 1, n)) * rng.uniform(0.002, 0.02, n)
    values = np.round(values + rng.uniform(-0.003, 0.003), 5)
    values[rng.random((rows, n)) < 0.01] = 0
    streams = pd.DataFrame(values, columns=[f"X{k:02d}" for k in range(n)])
    s = {"A": 252, "lookbacks": [20, 60, 120], "shrinkage": 0.01, "threshold": round(float(rng.uniform(0.3, 0.9)), 2)}
    return {"settings": s, "returns": [[float(x) for x in row] for row in values], "held": held(streams, values.mean(axis=1), s)}


if __name__ == "__main__":
    source = pathlib.Path(sys.argv[1])
    answer = {
        "source": "test/oracle/make_cluster_goldens.py",
        "real": [real(source, name, every) for name, every in REAL.items()],
        "random": [random(seed) for seed in range(12)],
    }
    (GOLDEN / "cluster-oracle.json").write_text(json.dumps(answer, separators=(",", ":")) + "\n")
    print([len(x["windows"]) for x in answer["real"]], len(answer["random"]))
