/** What a library calls a figure, and what it does otherwise; null where it does the same. */
export interface Counterpart {
  readonly library: 'quantstats' | 'empyrical';
  readonly name: string;
  readonly differs: string | null;
}

export interface Convention {
  readonly figure: string;
  readonly label: string;
  /** n is the number of returns, A that of rows a year, W wealth from 1 on; deviations have the divisor n - 1. */
  readonly formula: string;
  readonly counterparts: readonly Counterpart[];
}

const same = (library: Counterpart['library'], name: string): Counterpart => ({ library, name, differs: null });
const other = (library: Counterpart['library'], name: string, differs: string): Counterpart => ({ library, name, differs });

/** Every figure of a tear sheet by its convention, beside its counterparts. Those named as the same are so to rounding. */
export const conventions: readonly Convention[] = [
  {
    figure: 'total',
    label: 'total return',
    formula: 'product of (1 + r), less 1',
    counterparts: [same('empyrical', 'cum_returns_final'), same('quantstats', 'comp')],
  },
  {
    figure: 'twrAnnualised',
    label: 'time-weighted return a year',
    formula: 'W^(A / n) - 1; the default wherever a growth a year is named',
    counterparts: [same('empyrical', 'annual_return'), same('quantstats', 'cagr')],
  },
  {
    figure: 'cagrCalendar',
    label: 'growth a calendar year',
    formula: 'W^(365.25 / days) - 1, days from the opening date to the last date',
    counterparts: [other('quantstats', 'cagr', 'counts rows; releases before counted calendar days, from the first return on')],
  },
  { figure: 'meanAnnualised', label: 'mean a year', formula: 'mean * A', counterparts: [] },
  {
    figure: 'volatility',
    label: 'volatility',
    formula: 'standard deviation * sqrt(A)',
    counterparts: [same('empyrical', 'annual_volatility'), same('quantstats', 'volatility')],
  },
  {
    figure: 'sharpe',
    label: 'Sharpe ratio',
    formula: 'mean / standard deviation * sqrt(A); arithmetic mean, risk-free rate 0',
    counterparts: [same('empyrical', 'sharpe_ratio'), same('quantstats', 'sharpe')],
  },
  {
    figure: 'sortino',
    label: 'Sortino ratio',
    formula: 'mean / sqrt(sum of min(r, 0)^2 / n) * sqrt(A)',
    counterparts: [same('empyrical', 'sortino_ratio'), same('quantstats', 'sortino')],
  },
  {
    figure: 'calmar',
    label: 'Calmar ratio',
    formula: 'time-weighted return a year / |worst drawdown|',
    counterparts: [same('empyrical', 'calmar_ratio'), same('quantstats', 'calmar')],
  },
  {
    figure: 'maxDrawdown',
    label: 'worst drawdown',
    formula: 'least of W / highest W so far - 1, the opening wealth included; in [-1, 0]',
    counterparts: [same('empyrical', 'max_drawdown'), same('quantstats', 'max_drawdown')],
  },
  {
    figure: 'drawdown episodes',
    label: 'peak, valley and recovery',
    formula: 'date of the high, first date of the least W, first date at or above the high; lengths in rows from the peak',
    counterparts: [
      same('empyrical', 'the peak of pyfolio.timeseries.get_top_drawdowns'),
      other('quantstats', 'drawdown_details', 'begins with the first day under water, one row later, and ends with the last one'),
    ],
  },
  {
    figure: 'historicalVar5',
    label: 'VaR 5 %, historical',
    formula: 'the 5 % quantile of the returns (linear between order statistics, type 7): a return, so a loss is negative',
    counterparts: [same('empyrical', 'value_at_risk'), other('quantstats', 'value_at_risk', 'is parametric')],
  },
  {
    figure: 'historicalCvar5',
    label: 'CVaR 5 %, historical',
    formula: 'mean of the returns at or below the historical VaR',
    counterparts: [other('empyrical', 'conditional_value_at_risk', 'averages the floor((n - 1) * 5 %) + 1 least returns')],
  },
  {
    figure: 'parametricVar5',
    label: 'VaR 5 %, parametric',
    formula: 'mean + z * standard deviation, z the 5 % quantile of the normal distribution',
    counterparts: [same('quantstats', 'value_at_risk')],
  },
  {
    figure: 'parametricCvar5',
    label: 'CVaR 5 %, parametric',
    formula: 'mean - standard deviation * density of the normal distribution at z / 5 %',
    counterparts: [same('quantstats', 'conditional_value_at_risk')],
  },
  {
    figure: 'cvarBelowParametricVar5',
    label: 'CVaR 5 %, below the parametric VaR',
    formula: 'mean of the returns below the parametric VaR: two methods in one figure',
    counterparts: [other('quantstats', 'conditional_value_at_risk', 'was this before 0.0.83')],
  },
  {
    figure: 'omega',
    label: 'Omega ratio',
    formula: 'gains / losses, threshold 0',
    counterparts: [same('empyrical', 'omega_ratio'), same('quantstats', 'omega')],
  },
  {
    figure: 'winRate',
    label: 'win rate',
    formula: 'share of all rows with r > 0; active rows, with r other than 0, are counted beside',
    counterparts: [other('quantstats', 'win_rate', 'is of active rows: hitRateOfActive here')],
  },
  {
    figure: 'hitRateOfActive',
    label: 'win rate of active rows',
    formula: 'rows with r > 0 / rows with r other than 0',
    counterparts: [same('quantstats', 'win_rate')],
  },
  {
    figure: 'skewness',
    label: 'skewness',
    formula: 'of a sample: sqrt(n (n - 1)) / (n - 2) * m3 / m2^1.5, moments with the divisor n',
    counterparts: [same('quantstats', 'skew')],
  },
  {
    figure: 'excessKurtosis',
    label: 'excess kurtosis',
    formula: 'of a sample: (n - 1) / ((n - 2) (n - 3)) * ((n + 1) (m4 / m2^2 - 3) + 6)',
    counterparts: [same('quantstats', 'kurtosis')],
  },
  {
    figure: 'tailRatio',
    label: 'tail ratio',
    formula: '|95 % quantile| / |5 % quantile|',
    counterparts: [same('empyrical', 'tail_ratio'), same('quantstats', 'tail_ratio')],
  },
  {
    figure: 'stability',
    label: 'stability',
    formula: 'R^2 of a straight line through cumulated log returns',
    counterparts: [same('empyrical', 'stability_of_timeseries')],
  },
  {
    figure: 'months',
    label: 'monthly returns',
    formula: 'compounded over the rows of each calendar month; a month without all of its sessions is marked',
    counterparts: [same('empyrical', "aggregate_returns(convert_to='monthly')"), same('quantstats', 'monthly_returns')],
  },
  {
    figure: 'rolling',
    label: 'rolling volatility, Sharpe ratio and beta',
    formula: 'as above over windows of 63 rows',
    counterparts: [
      same('empyrical', 'roll_annual_volatility, roll_sharpe_ratio'),
      other('quantstats', 'rolling_volatility, rolling_sharpe', 'take 126 rows unless told otherwise'),
    ],
  },
  {
    figure: 'beta',
    label: 'beta',
    formula: 'covariance / variance of the benchmark, on common dates',
    counterparts: [same('empyrical', 'beta'), same('quantstats', 'greeks')],
  },
  {
    figure: 'alphaAnnualised',
    label: 'alpha a year',
    formula: '(mean - beta * mean of the benchmark) * A',
    counterparts: [same('quantstats', 'greeks'), other('empyrical', 'alpha', 'compounds the mean to a year')],
  },
  { figure: 'rSquared', label: 'R squared', formula: 'squared correlation', counterparts: [same('quantstats', 'r_squared')] },
  {
    figure: 'trackingError',
    label: 'tracking error',
    formula: 'standard deviation of the difference * sqrt(A)',
    counterparts: [],
  },
  {
    figure: 'informationRatio',
    label: 'information ratio',
    formula: 'mean of the difference / its standard deviation * sqrt(A)',
    counterparts: [other('quantstats', 'information_ratio', 'is not annualised'), other('empyrical', 'excess_sharpe', 'is not annualised')],
  },
  {
    figure: 'upCapture, downCapture',
    label: 'up and down capture',
    formula: 'time-weighted return a year over the rows on which the benchmark rises (falls) / that of the benchmark; from 30 such rows on',
    counterparts: [same('empyrical', 'up_capture, down_capture')],
  },
  {
    figure: 'turnoverTwoSided',
    label: 'turnover, two-sided',
    formula: 'sum of absolute weight changes: selling everything and buying again is 2',
    counterparts: [],
  },
];
