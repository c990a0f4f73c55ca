"""Writes test/golden/oracle/*.json from cases.json. Usage: python make_goldens.py <data directory> [<case> ...]"""
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

import meta as layer
from price_grid import make_grid
from profiles import PROFILES, Context
from walk_forward import total, volatility, walk

HERE = Path(__file__).parent
OUT = HERE.parent / "golden" / "oracle"
RATES = dict.fromkeys(["crypto", "majors"], 0.001 + 0.0004)
TRADFI_RATE = 0.0005 + 0.0001
DEFAULT_BOUNDS = {"min": 0.05, "max": 0.5}


def digits(value):
    """Ten significant digits; arrays, records and flags as they are."""
    if isinstance(value, dict):
        return {key: digits(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [digits(item) for item in value]
    if isinstance(value, (float, np.floating)):
        rounded = float(f"{value:.10g}")
        return 0 if rounded == 0 else rounded
    return value


def day(stamp) -> str:
    return str(stamp)[:10]


class Sleeves:
    def __init__(self, data: Path, cases: dict):
        self.data, self.cases, self.files, self.done = data, cases, {}, {}

    def file(self, name: str) -> pd.DataFrame:
        if name not in self.files:
            self.files[name] = pd.read_csv(self.data / name, index_col=0, parse_dates=True)
        return self.files[name]

    def run(self, name: str) -> dict:
        if name in self.done:
            return self.done[name]
        case = self.cases[name]
        named = case["universe"] if isinstance(case["universe"], list) else self.file(case["universe"])
        universe = [symbol for symbol in named if not symbol.startswith(case.get("exclude", "\0"))]
        grid = make_grid([self.file(f) for f in case["prices"]], universe, case["benchmarks"], case["as_of"], 500, case.get("from"))
        context = Context(grid.annualisation, case.get("estimator", "ledoit_wolf"))
        rate, mode = RATES.get(case["id"], TRADFI_RATE), case.get("rebalance_mode", "window")
        paths = {}
        for profile in PROFILES:
            frame = grid.benchmarks if profile == "market" else grid.returns
            paths[profile] = None if frame.shape[1] == 0 else walk(profile, frame, context, rate=rate, mode=mode, **case.get("windows", {}))
        self.done[name] = {"case": case, "grid": grid, "paths": paths}
        return self.done[name]


def sleeve_record(run: dict, lean: bool) -> dict:
    grid = run["grid"]
    record = {
        "grid": {"price_rows": len(grid.prices), "return_rows": len(grid.returns), "first": day(grid.prices.index[0]), "last": day(grid.prices.index[-1]),
                 "kept": list(grid.prices.columns), "dropped": grid.dropped, "inactive": sorted(grid.inactive),
                 "off_calendar_rows": grid.off_calendar, "annualisation_days": grid.annualisation},
        "profiles": {},
    }
    for profile, path in run["paths"].items():
        if path is None:
            record["profiles"][profile] = None
            continue
        item = {"rows": len(path.returns), "first": day(path.returns.index[0]), "last": day(path.returns.index[-1]), "windows": len(path.targets),
                "untraded_rows": path.untraded_rows, "total": total(path.returns), "volatility": volatility(path.returns, grid.annualisation),
                "turnover": sum(path.turnover), "cost": sum(path.cost), "fallbacks": len(path.flags)}
        if path.intensities:
            item["intensity"] = {"first": path.intensities[0], "last": path.intensities[-1], "live": path.live_intensity}
        if profile in ("equal_weight", "benchmark", "market"):
            item["symbols"] = list(path.live.index) if profile == "market" else None
        else:
            chosen = {"last": path.targets[-1]} if lean else {"first": path.targets[0], "last": path.targets[-1], "live": path.live}
            item["weights"] = {moment: weights[list(grid.prices.columns)].tolist() for moment, weights in chosen.items()}
        record["profiles"][profile] = item
    return record


def child(entry, sleeves: Sleeves, profile: str, options: dict):
    """(id, stream, live leaf paths, every calendar 24x7?) of an atomic sleeve or a nested portfolio."""
    if isinstance(entry, str):
        run = sleeves.run(entry)
        path = run["paths"][profile]
        if path is None:
            raise KeyError(run["case"]["id"])
        return run["case"]["id"], path.returns, {(s,): w for s, w in path.live.items()}, run["grid"].annualisation == 365
    result = portfolio(entry["sleeves"], sleeves, profile, options)
    stream = pd.Series(result["matrix"].to_numpy() @ result["bounded"].to_numpy(), index=result["matrix"].index)
    return entry["id"], stream, result["paths"], result["context"].annualisation == 365


def portfolio(entries, sleeves: Sleeves, profile: str, options: dict) -> dict:
    children = [child(entry, sleeves, profile, options) for entry in entries]
    matrix, report = layer.join({name: stream for name, stream, _, _ in children}, options.get("join", "compound"))
    context = Context(365 if all(c[3] for c in children) else 252, options.get("estimator", "ledoit_wolf"))
    raw, weights, intensity, flags = layer.allocate(matrix, profile, context, options.get("bounds", DEFAULT_BOUNDS), options.get("projection", "euclidean"))
    paths = {(name, *tail): float(weights[name] * w) for name, _, leaves, _ in children for tail, w in leaves.items()}
    return {"matrix": matrix, "join": report, "context": context, "raw": raw, "bounded": weights, "intensity": intensity, "flags": flags, "paths": paths}


def meta_record(case: dict, sleeves: Sleeves) -> dict:
    record, shared = {}, None
    for profile in PROFILES:
        try:
            result = portfolio(case["sleeves"], sleeves, profile, case)
        except KeyError as missing:
            record[profile] = {"refused": missing.args[0]}
            continue
        matrix = result["matrix"]
        rows = {name: [part[f"rows_{moment}"] for moment in ("before", "inside", "after")] for name, part in result["join"].items()}
        same = {"sleeves": list(matrix.columns), "rows": len(matrix), "first": day(matrix.index[0]), "last": day(matrix.index[-1]), "join_rows": rows,
                "annualisation_days": result["context"].annualisation}
        assert shared in (None, same)
        shared = same
        record[profile] = {
            "join": {name: {key: value for key, value in part.items() if not key.startswith("rows_")} for name, part in result["join"].items()},
            "intensity": result["intensity"], "fallbacks": len(result["flags"]),
            "raw": result["raw"].tolist(), "bounded": result["bounded"].tolist(), "flattened": layer.flatten(result["paths"]),
            "acceptance": layer.acceptance(matrix, result["raw"], result["bounded"], result["context"]),
        }
        if "projection" in case or "bounds" in case:
            del record[profile]["join"], record[profile]["acceptance"]["correlations"], record[profile]["acceptance"]["sleeve_volatility"]
    for part in ("join", "acceptance"):
        record["benchmark"].pop(part, None)  # the same streams as equal_weight's
    return {**shared, "profiles": record}


def write(name: str, body: dict):
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / f"{name}.json").write_text(json.dumps(digits(body), separators=(",", ":")) + "\n")


def main():
    data, wanted = Path(sys.argv[1]), sys.argv[2:]
    cases = json.loads((HERE / "cases.json").read_text())
    sleeves = Sleeves(data, cases["sleeves"])
    used = sorted({f for case in cases["sleeves"].values() for f in case["prices"]})
    write("inputs", {name: hashlib.sha256((data / name).read_bytes()).hexdigest() for name in used})
    for name, case in cases["sleeves"].items():
        if not wanted or name in wanted:
            lean = any(key in case for key in ("from", "rebalance_mode", "estimator", "windows"))
            write(f"sleeve-{name}", {"source": "test/oracle/make_goldens.py", **sleeve_record(sleeves.run(name), lean)})
            print(name, flush=True)
    for name, case in cases["metas"].items():
        if not wanted or name in wanted:
            write(f"meta-{name}", {"source": "test/oracle/make_goldens.py", **meta_record(case, sleeves)})
            print(name, flush=True)


if __name__ == "__main__":
    main()
