"""A portfolio of three sleeves, out of sample at both tiers, by skfolio.

usage: backtest_peers.py SCRATCH

Each sleeve is walked forward on its own columns; the returns that come out are walked forward again. Writes backtest.answers.json: times,
and the returns of the portfolio followed by its weights, window by window.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from peers import measure, returns_of
from skfolio.model_selection import WalkForward, cross_val_predict
from skfolio.optimization import HierarchicalRiskParity

SLEEVES = 3


def walked(returns):
    return cross_val_predict(HierarchicalRiskParity(), returns, cv=WalkForward(train_size=60, test_size=20))


def stacked(returns):
    streams = {}
    for sleeve in range(SLEEVES):
        part = walked(returns.iloc[:, sleeve::SLEEVES])
        streams[f"sleeve{sleeve}"] = pd.Series(part.returns, index=part.observations)
    return walked(pd.DataFrame(streams))


def main():
    scratch = Path(sys.argv[1])
    returns = returns_of(scratch, "small")
    measured = measure(lambda: stacked(returns), 3)
    whole = measured["result"]
    answer = [*whole.returns, *(weight for part in whole for weight in part.weights)]
    answers = {"timing": measured["timing"], "answer": answer, "versions": {"skfolio": version("skfolio")}}
    (scratch / "backtest.answers.json").write_text(json.dumps(answers))


if __name__ == "__main__":
    main()
