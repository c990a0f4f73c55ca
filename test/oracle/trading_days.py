"""Calendars (docs/explanation/calendars.md): the dates a row may stand on and the dates a price is expected on."""
import exchange_calendars
import pandas as pd

EXCHANGE_CALENDAR = {
    **dict.fromkeys(["BINANCE", "OKX", "BYBIT", "BITGET", "CRYPTO"], "XCRY"),
    **dict.fromkeys(["NASDAQ", "NYSE", "AMEX", "CBOE"], "XNYS"),
    **dict.fromkeys(["CME", "CBOT", "COMEX", "NYMEX", "CME_MINI", "CBOT_MINI"], "CMES"),
    "ICEUS": "ICEUS", "ICEEUR": "ICEEU", "EUREX": "XFRA", "FX_IDC": "24/5",
}
SYMBOL_CALENDAR = {"CBOE:VX1!": "CMES"}
XNYS = pd.DatetimeIndex(exchange_calendars.get_calendar("XNYS", start="2003-01-02", end="2026-06-30").sessions).tz_localize(None)


def calendar_of(symbol: str) -> str:
    """The symbol override first, then the table of exchanges; an unknown exchange is a KeyError."""
    return SYMBOL_CALENDAR.get(symbol) or EXCHANGE_CALENDAR[symbol.split(":")[0]]


def allowed(calendar: str, dates: pd.DatetimeIndex):
    """Boolean per date: may a row stand here?"""
    if calendar == "XCRY":
        return dates == dates
    if calendar == "XNYS":
        return dates.isin(XNYS)
    weekday = dates.dayofweek < 5
    if calendar == "24/5":
        return weekday
    return weekday & ~((dates.month == 1) & (dates.day == 1)) & ~((dates.month == 12) & (dates.day == 25))


def expected_sessions(calendar: str, first, last) -> pd.DatetimeIndex:
    """The dates of the closed range on which an absence is a missing session."""
    if calendar == "XCRY":
        return pd.date_range(first, last)
    return XNYS[(XNYS >= first) & (XNYS <= last)]


def annualisation_days(symbols) -> int:
    return 365 if all(calendar_of(symbol) == "XCRY" for symbol in symbols) else 252
