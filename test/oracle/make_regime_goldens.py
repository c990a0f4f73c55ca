"""Writes test/golden/regime/*.json: the regimes that the second implementation reads in every window of real prices.

    OMP_NUM_THREADS=1 oracle/bin/python test/oracle/make_regime_goldens.py <data directory>
"""
import hashlib
import json
import pathlib
import sys

import numpy as np
import pandas as pd

from regime_windows import reading

# file, range, training and step, days of a year
CASES = {
    "etfs": ("etfs.csv", "2018-01-02", "2023-08-31", 60, 20, 252),
    "coins": ("crypto.csv", "2018-01-02", "2023-08-31", 60, 30, 365),
    "stocks": ("equities.csv", "2018-01-02", "2023-08-31", 252, 60, 252),
}


def plain(x):
    if isinstance(x, dict):
        return {k: plain(v) for k, v in x.items()}
    if isinstance(x, (list, np.ndarray)):
        return [plain(v) for v in x]
    if isinstance(x, (str, bool)):
        return x
    if isinstance(x, (int, np.integer)):
        return int(x)
    return None if np.isnan(x) else float(f"{x:.14g}")


def main(data):
    target = pathlib.Path(__file__).parent.parent / "golden" / "regime"
    target.mkdir(exist_ok=True)
    for name, (file, first, last, train, step, A) in CASES.items():
        prices = pd.read_csv(data / file, index_col=0).loc[first:last].dropna(axis=1)
        prices = prices[sorted(prices.columns)]
        market = prices.pct_change().iloc[1:].mean(axis=1)
        starts = range(train, len(market) - step + 1, step)
        windows = [{"decision": reading(market[:i], A), "realised": reading(market[i : i + step], A)} for i in starts]
        golden = {
            "source": "test/oracle/make_regime_goldens.py", "file": file, "sha256": hashlib.sha256((data / file).read_bytes()).hexdigest(),
            "first": first, "last": last, "train": train, "step": step, "A": A, "symbols": list(prices.columns),
            "windows": windows, "live": reading(market, A),
        }
        (target / f"{name}.json").write_text(json.dumps(plain(golden), separators=(",", ":")) + "\n")
        counts = pd.Series([w["decision"]["labels"]["off"] for w in windows]).value_counts().to_dict()
        print(name, len(windows), counts, flush=True)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
