"""Walk-forward with costs (docs/explanation/windows.md)."""
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from profiles import Context, solve


@dataclass
class Path:
    returns: pd.Series
    targets: list[pd.Series]
    turnover: list[float]
    cost: list[float]
    intensities: list[float]
    flags: list[str]
    live: pd.Series
    live_intensity: float | None
    untraded_rows: int
    live_flags: list[str] = field(default_factory=list)


def walk(profile: str, frame: pd.DataFrame, context: Context, train=60, test=20, step=20, rate=0.0, mode="window") -> Path:
    held = pd.Series(0.0, index=frame.columns)
    test = min(test, step)
    dates, net, targets, turnover, cost, intensities, flags = [], [], [], [], [], [], []
    start = train
    while start + test <= len(frame):
        target, intensity, raised = solve(profile, frame.iloc[start - train:start], context)
        targets.append(target)
        flags += raised
        if intensity is not None:
            intensities.append(intensity)
        window_turnover = 0.0
        for day in range(start, start + test):
            charged = 0.0
            if day == start or mode == "daily":
                traded = float(np.abs(target - held).sum())
                window_turnover += traded
                charged = rate * traded
                held = target.copy()
            r = frame.iloc[day]
            pnl = float((held * r).sum())
            net.append(pnl - charged)
            dates.append(frame.index[day])
            held = held * (1 + r) / (1 + pnl)
        turnover.append(window_turnover)
        cost.append(rate * window_turnover)
        start += step
    live, live_intensity, live_flags = solve(profile, frame.iloc[-train:], context)
    return Path(pd.Series(net, index=pd.DatetimeIndex(dates)), targets, turnover, cost, intensities, flags, live, live_intensity,
                max(0, len(frame) - start), live_flags)


def total(returns) -> float:
    return float(np.prod(1 + np.asarray(returns)) - 1)


def volatility(returns, annualisation: int) -> float:
    return float(np.std(np.asarray(returns), ddof=1) * np.sqrt(annualisation))
