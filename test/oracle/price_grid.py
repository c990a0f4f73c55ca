"""Prices to the sleeve's grid and its simple returns (docs/explanation/windows.md)."""
from dataclasses import dataclass

import pandas as pd

from trading_days import allowed, annualisation_days, calendar_of, expected_sessions

COVERAGE_FLOOR = 0.70


@dataclass
class Grid:
    prices: pd.DataFrame          # grid dates x kept symbols
    returns: pd.DataFrame         # one row fewer
    benchmarks: pd.DataFrame      # returns of the benchmark symbols that have every grid date
    dropped: dict[str, float]     # symbol -> coverage
    inactive: list[str]
    off_calendar: int             # rows removed by the repair
    annualisation: int


def without_off_calendar_rows(prices: pd.DataFrame):
    kept, removed = {}, 0
    for symbol in prices:
        lawful = allowed(calendar_of(symbol), prices.index)
        removed += int((prices[symbol].notna() & ~lawful).sum())
        kept[symbol] = prices[symbol].where(lawful)
    return pd.DataFrame(kept), removed


def make_grid(files: list[pd.DataFrame], universe: list[str], benchmarks: list[str], as_of: str, lookback: int, start: str | None) -> Grid:
    everything = pd.concat([file[[c for c in file if c in universe or c in benchmarks]] for file in files], axis=1).sort_index()
    everything = everything.loc[:, ~everything.columns.duplicated()].loc[:as_of]
    if start is not None:
        everything = everything.loc[start:]
    everything, off_calendar = without_off_calendar_rows(everything)
    own = everything[universe].dropna(how="all")
    span = own.index if start is not None else own.index[-lookback:]
    kept, dropped, inactive = [], {}, []
    for symbol in universe:
        sessions = expected_sessions(calendar_of(symbol), span[0], span[-1])
        if own.loc[span[0]:, symbol].notna().sum() == 0:
            inactive.append(symbol)
            continue
        coverage = own[symbol].reindex(sessions).notna().sum() / len(sessions)
        if coverage < COVERAGE_FLOOR:
            dropped[symbol] = float(coverage)
        else:
            kept.append(symbol)
    kept = sorted(kept)
    grid = own[kept].dropna()
    if start is None:
        grid = grid.iloc[-lookback:]
    marks = everything.reindex(grid.index)[[s for s in benchmarks if s in everything]].dropna(axis=1)
    return Grid(grid, simple_returns(grid), simple_returns(marks), dropped, inactive, off_calendar, annualisation_days(kept))


def simple_returns(prices: pd.DataFrame) -> pd.DataFrame:
    return (prices / prices.shift(1) - 1).iloc[1:]
