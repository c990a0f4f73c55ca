"""Executes paths of weights as a notebook would: dictionaries, money instead of fractions, standard library only.

Reads JSON cases from standard input and prints what each gives. Written from the rules of docs/how-to/execute-weights.md, without a look
at the TypeScript: holdings are amounts of money in an account that starts with 1, and weights are what these amounts are of the whole.
"""

import json
import math
import sys


def execute(case):
    dates, assets, returns = case["dates"], case["assets"], case["returns"]
    terms = case["terms"]
    per_year = 252
    fee = terms["slippage"] + terms["commission"]

    orders = {}
    for date, weights in case["weights"]:
        at_or_before = [row for row, each in enumerate(dates) if each <= date]
        close = (at_or_before[-1] if at_or_before else -1) + terms["lag"]
        orders[close + 1] = weights

    wealth = 1.0
    positions = {asset: 0.0 for asset in assets}
    target = {asset: 0.0 for asset in assets}
    result = {"net": [], "equity": [], "turnover": [], "cost": [], "gross": []}
    for row in range(len(dates)):
        cost = turnover = 0.0
        if row in orders:
            wanted = orders[row]
            reference = target if terms["turnover"] == "target" else {a: p / wealth for a, p in positions.items()}
            turnover = math.fsum(abs(wanted[a] - reference[a]) for a in assets)
            cost = fee * turnover
            target = dict(wanted)
            positions = {a: wanted[a] * wealth for a in assets}
        gross = math.fsum(abs(p) for p in positions.values()) / wealth
        cash = wealth - math.fsum(positions.values())
        interest = cash * terms["cash_rate"] / per_year
        borrow = -math.fsum(min(p, 0.0) for p in positions.values()) * terms["borrow"] / per_year
        if terms["returns"] == "log_sum":
            profit = math.fsum(p * math.log(1.0 + returns[a][row]) for a, p in positions.items())
        else:
            profit = math.fsum(p * returns[a][row] for a, p in positions.items())
        gained = profit + interest - borrow - cost * wealth
        after = wealth + gained
        # Charges are paid by the whole book: no position is larger for them, so all shrink alike.
        grown = {a: p * (1.0 + returns[a][row]) for a, p in positions.items()}
        whole = wealth + profit + interest
        result["net"].append(gained / wealth)
        result["equity"].append(after)
        result["turnover"].append(turnover)
        result["cost"].append(cost)
        result["gross"].append(gross)
        positions = {a: p / whole * after for a, p in grown.items()}
        if terms["mode"] == "constant":
            positions = {a: target[a] * after for a in assets}
        wealth = after
    return result


json.dump([execute(case) for case in json.load(sys.stdin)], sys.stdout)
