"""Ex-ante shares of risk for the worked examples of a recursive backtest, from their own windows, decisions and leaf weights.

Plain Python in exact fractions, no code shared with the system: `optimiser` multiplies a sleeve's share by the covariance of the joined rows with an asset's
share by the covariance of the sleeve's own window; `joint` takes one covariance of the distinct assets on the joined training rows.

    python3 test/oracle/risk_shares.py > test/golden/backtest/risk-shares.json
"""

import json
import pathlib
from fractions import Fraction
from math import prod

GOLDEN = pathlib.Path(__file__).parent.parent / "golden" / "backtest"


def rows_up_to(series, date, count):
    """The last `count` values of dated columns up to a date, rows by columns."""
    dates = [day for day in sorted(series[0]) if day <= date][-count:]
    return [[Fraction(column[day]) for column in series] for day in dates]


def dot(left, right):
    return sum(one * other for one, other in zip(left, right))


def shares(covariance, weights):
    products = [weight * dot(row, weights) for weight, row in zip(weights, covariance)]
    return [product / sum(products) for product in products]


def sample(rows):
    """Sample covariance, divisor rows - 1."""
    columns = list(zip(*rows))
    centred = [[value - sum(column) / len(rows) for value in column] for column in columns]
    return [[dot(left, right) / (len(rows) - 1) for right in centred] for left in centred]


def joined_returns(own, joined):
    """Compounded over the asset's own rows between joined dates; the first joined row is that day's own return."""
    found, before = {}, None
    for date in joined:
        days = [day for day in own if day <= date and (day > before if before is not None else day == date)]
        found[date] = prod(1 + Fraction(own[day]) for day in days) - 1
        before = date
    return found


def case(example, expected):
    train = example["settings"]["train"]
    ids = list(expected["sleeves"])
    learned = [expected["joined_net_learned_from"][id] for id in ids]
    joined = sorted(learned[0])
    assets = sorted({asset for id in ids for asset in example["sleeves"][id]})
    by_asset = [joined_returns(example["returns"][asset], joined) for asset in assets]
    rows = []
    for decision in expected["meta_windows"]:
        read = decision["newest_read"]
        bounded = [Fraction(decision["bounded"][id]) for id in ids]
        of_sleeves = shares(sample(rows_up_to(learned, read, train)), bounded)
        row = {"optimiser": {}, "joint": {}}
        for id, share, weight in zip(ids, of_sleeves, bounded):
            own = example["sleeves"][id]
            window = [one for one in expected["sleeves"][id]["windows"] if one["newest_read"] <= read][-1]
            covariance = sample(rows_up_to([example["returns"][asset] for asset in own], window["newest_read"], train))
            holding = [Fraction(decision["leaf"][f"M/{id}/{asset}"]) / weight for asset in own]
            for asset, within in zip(own, shares(covariance, holding)):
                row["optimiser"][f"{id}/{asset}"] = float(share * within)
        covariance = sample(rows_up_to(by_asset, read, train))
        held = [Fraction(decision["flattened"][asset]) for asset in assets]
        variance = dot(held, [dot(row, held) for row in covariance])
        for path, weight in decision["leaf"].items():
            at = assets.index(path.split("/")[-1])
            row["joint"][path.removeprefix("M/")] = float(Fraction(weight) * dot(covariance[at], held) / variance)
        rows.append({"newest_read": read, **row})
    return rows


answer = {"note": "Worked examples recursive_two_sleeve.json and recursive_mixed_calendar.json; test/oracle/risk_shares.py"}
for name in ("recursive-two-sleeve", "recursive-mixed-calendar"):
    example = json.loads((GOLDEN / f"{name}.json").read_text())
    answer[name] = {key: case(example, expected) for key, expected in example["cases"].items()}
print(json.dumps(answer, indent=1))
