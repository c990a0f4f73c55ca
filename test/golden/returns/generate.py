"""Makes the golden files of this folder. Needs Python 3.11, numpy, pandas, skfolio, exchange_calendars.

    python generate.py walk-forward > walk-forward.json
    python generate.py grid > grid.json
    python generate.py xnys REFERENCE/calendars.json > xnys-non-sessions.json
    python generate.py real DATA                  (figures of real-prices.test.ts; only they are kept)
    python generate.py crypto REFERENCE/crypto_meta_2sleeve.csv REFERENCE/crypto_meta_weekday_compounded.csv > crypto-meta.json

Nothing here follows the TypeScript: the walk-forwards keep *amounts of money* by asset where the TypeScript keeps weights, and
the daily, cost-free ones come out of skfolio itself.
"""
import json
import sys

import numpy as np
import pandas as pd

SEED = 20260


def synthetic_returns(rows=210, assets=5):
    rng = np.random.default_rng(SEED)
    market = rng.normal(0.0002, 0.004, rows)
    scale = np.array([0.008, 0.011, 0.014, 0.018, 0.025])
    values = np.round(0.3 * market[:, None] + rng.normal(0.0004, 1.0, (rows, assets)) * scale, 6)
    return pd.DataFrame(values, index=pd.bdate_range("2021-01-04", periods=rows), columns=list("ABCDE")[:assets])


def split_rows(rows, train, test):
    """Training and test positions, last full window included."""
    start = train
    while start + test <= rows:
        yield slice(start - train, start), slice(start, start + test)
        start += test


def money_window(frame, targets, train, test, cost):
    """Trade on the first day of each window, then leave the money alone. Costs are paid from a purse of their own, so that
    they lower the return of their day and not the holdings."""
    returns, turnovers = [], []
    money, cash = np.zeros(frame.shape[1]), 1.0
    for target, (_, hold) in zip(targets, split_rows(len(frame), train, test)):
        equity = money.sum() + cash
        wanted = np.asarray(target) * equity
        turnover = np.abs(wanted - money).sum() / equity
        money, cash = wanted, equity - wanted.sum()
        growth = (1 + frame.iloc[hold]).cumprod().to_numpy()
        path = (growth * money).sum(axis=1) + cash
        daily = pd.Series(np.concatenate([[equity], path])).pct_change().dropna().to_numpy().copy()
        daily[0] -= cost * turnover
        returns.extend(daily)
        turnovers.append(turnover)
        money = growth[-1] * money
    equity = money.sum() + cash
    return returns, turnovers, (money / equity).tolist()


def money_daily(frame, targets, train, test, cost):
    returns, turnovers = [], []
    money, cash = np.zeros(frame.shape[1]), 1.0
    for target, (_, hold) in zip(targets, split_rows(len(frame), train, test)):
        total = 0.0
        for _, day in frame.iloc[hold].iterrows():
            equity = money.sum() + cash
            wanted = np.asarray(target) * equity
            turnover = np.abs(wanted - money).sum() / equity
            cash = equity - wanted.sum()
            money = wanted * (1 + day.to_numpy())
            returns.append((money.sum() + cash) / equity - 1 - cost * turnover)
            total += turnover
        turnovers.append(total)
    equity = money.sum() + cash
    return returns, turnovers, (money / equity).tolist()


def walk_forward():
    import skfolio
    from skfolio.model_selection import WalkForward, cross_val_predict
    from skfolio.optimization import EqualWeighted, MeanRisk
    from skfolio.prior import EmpiricalPrior
    from skfolio.moments import EmpiricalCovariance
    from skfolio import RiskMeasure

    train, test, cost = 60, 20, 0.0006
    frame = synthetic_returns()
    windows = list(split_rows(len(frame), train, test))

    def skfolio_run(model):
        predicted = cross_val_predict(model, frame, cv=WalkForward(train_size=train, test_size=test))
        return {
            "weights": [portfolio.weights.tolist() for portfolio in predicted],
            "returns": np.asarray(predicted.returns).tolist(),
        }

    minimum = MeanRisk(
        risk_measure=RiskMeasure.VARIANCE,
        prior_estimator=EmpiricalPrior(covariance_estimator=EmpiricalCovariance()),
        solver_params={"tol_gap_abs": 1e-14, "tol_gap_rel": 1e-14, "tol_feas": 1e-14},
    )
    inverse_volatility = []
    for train_rows, _ in windows:
        inverse = 1 / frame.iloc[train_rows].std(ddof=1)
        inverse_volatility.append((0.9 * inverse / inverse.sum()).tolist())
    window = money_window(frame, inverse_volatility, train, test, cost)
    daily = money_daily(frame, inverse_volatility, train, test, cost)
    return {
        "source": f"generate.py walk-forward, numpy seed {SEED}; skfolio {skfolio.__version__} WalkForward(60, 20), pandas {pd.__version__}",
        "dates": [str(day.date()) for day in frame.index],
        "columns": list(frame.columns),
        "returns": frame.to_numpy().tolist(),
        "train": train,
        "test": test,
        "skfolio": {"equal_weight": skfolio_run(EqualWeighted()), "min_variance": skfolio_run(minimum)},
        "money": {
            "note": "weights inverse to volatility, times .9: a tenth stays cash",
            "costFraction": cost,
            "weights": inverse_volatility,
            "window": dict(zip(("returns", "turnovers", "holdings"), window)),
            "daily": dict(zip(("returns", "turnovers", "holdings"), daily)),
        },
    }


def grid():
    """Prices with holes on two calendars; coverage, grid and returns by pandas."""
    import exchange_calendars

    rng = np.random.default_rng(SEED + 1)
    days = pd.date_range("2021-11-01", "2022-04-30")
    sessions = exchange_calendars.get_calendar("XNYS").sessions_in_range(days[0], days[-1])
    symbols = ["CRYPTO:BTCUSD", "NASDAQ:AAA", "NYSE:BBB", "NYSE:CCC", "NYSE:DDD", "NYSE:OLD"]
    prices = pd.DataFrame({s: np.round(100 * np.cumprod(1 + rng.normal(0, 0.02, len(days))), 4) for s in symbols}, index=days)
    for symbol in symbols[1:]:
        prices.loc[~days.isin(sessions), symbol] = np.nan
    prices.loc["2022-02-07":"2022-02-08", "NYSE:BBB"] = np.nan
    prices.loc["2022-03-10", "CRYPTO:BTCUSD"] = np.nan
    prices.loc[prices.index < "2022-03-01", "NYSE:CCC"] = np.nan
    prices.loc[prices.index > "2021-11-30", "NYSE:OLD"] = np.nan
    prices.loc["2022-04-01":, "NYSE:DDD"] = np.nan

    def run(lookback, start, end):
        cut = prices.loc[start:end].dropna(how="all")
        judged = cut if start else cut.iloc[-lookback:]
        first, last = judged.index[0], judged.index[-1]
        expected = {s: pd.date_range(first, last) if s.startswith("CRYPTO") else sessions[(sessions >= first) & (sessions <= last)] for s in symbols}
        inactive = [s for s in symbols if judged[s].notna().sum() == 0]
        coverage = {s: [int(judged.loc[judged.index.isin(expected[s]), s].notna().sum()), len(expected[s])] for s in symbols if s not in inactive}
        kept = [s for s in sorted(coverage) if coverage[s][0] / coverage[s][1] >= 0.7]
        common = cut[kept].dropna()
        if not start:
            common = common.iloc[-lookback:]
        returns = common.pct_change().dropna()
        return {
            "lookbackDays": lookback, "from": start, "asOf": end, "coverage": coverage, "inactive": inactive, "kept": kept,
            "gridDates": [str(d.date()) for d in common.index], "returns": returns.to_numpy().tolist(),
        }

    return {
        "source": f"generate.py grid, numpy seed {SEED + 1}, pandas {pd.__version__}, exchange_calendars {exchange_calendars.__version__}",
        "dates": [str(d.date()) for d in days],
        "symbols": symbols,
        "prices": {s: [None if np.isnan(v) else v for v in prices[s]] for s in symbols},
        "cases": [run(60, None, "2022-04-17"), run(60, "2022-01-03", "2022-03-31"), run(500, None, None), run(40, None, "2022-03-15")],
    }


def real(directory):
    """Coverage on expected sessions over the last 500 rows (or the range given), then the common dates and their returns."""
    import exchange_calendars

    sessions = exchange_calendars.get_calendar("XNYS", start="1995-01-03").sessions
    figures = []
    for name, start, end in [("equities", None, "2023-08-31"), ("equities", "2018-01-02", "2023-08-31"), ("equities", None, None), ("etfs", "2018-01-02", "2023-08-31"), ("etfs", None, "2023-08-31"),
                             ("crypto", None, "2023-08-31"), ("crypto", None, "2025-07-17"), ("crypto", "2018-01-02", "2023-08-31"), ("futures_fx", None, "2023-08-31"), ("futures_fx", "2018-01-02", "2023-08-31")]:
        prices = pd.read_csv(f"{directory}/{name}.csv", index_col=0, parse_dates=True).loc[start:end].dropna(how="all")
        judged = prices if start else prices.iloc[-500:]
        first, last = judged.index[0], judged.index[-1]
        expected = pd.date_range(first, last) if name == "crypto" else sessions[(sessions >= first) & (sessions <= last)]
        share = judged[judged.index.isin(expected)].notna().sum() / len(expected)
        common = prices[sorted(share.index[share >= 0.7])].dropna()
        common = common if start else common.iloc[-500:]
        figures.append([name, start, end, common.shape[1], len(common), str(common.index[0].date()), str(common.index[-1].date()), float(common.pct_change().dropna().to_numpy().sum())])
    return figures


def xnys(reference):
    import exchange_calendars

    given = json.load(open(reference))
    early = exchange_calendars.get_calendar("XNYS", start="1971-01-01", end="1995-01-02")
    weekdays = pd.bdate_range("1971-01-01", "1995-01-02")
    return {
        "source": given["source"] + "; before 1995: exchange_calendars " + exchange_calendars.__version__ + " over 1971-01-01..1995-01-02",
        "first": given["XNYS"]["first"], "last": given["XNYS"]["last"], "sessions": given["XNYS"]["sessions"],
        "nonSessions": given["XNYS"]["non_sessions"],
        "before1995": {"sessions": len(early.sessions), "nonSessions": [str(d.date()) for d in weekdays if d not in set(early.sessions)]},
    }


def crypto(daily, compounded):
    def read(path):
        frame = pd.read_csv(path, index_col=0)
        return {"dates": list(frame.index), **{column: frame[column].tolist() for column in frame}}

    return {
        "source": "daily returns of two crypto sleeves, 2025-07-11..2026-01-16, as aggregated by the system this domain comes from; "
        "weekdayCompounded: the same compounded to weekdays by pandas",
        "daily": read(daily), "weekdayCompounded": read(compounded),
    }


if __name__ == "__main__":
    made = {"walk-forward": walk_forward, "grid": grid, "real": real, "xnys": xnys, "crypto": crypto}[sys.argv[1]](*sys.argv[2:])
    print(json.dumps(made))
