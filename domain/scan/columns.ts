/** Asked for by every scanner, in this order. */
export const requiredColumns: readonly string[] = [
  'name',
  'close',
  'volume',
  'change',
  'Recommend.All',
  'Recommend.MA',
  'Recommend.Other',
  'Volatility.D',
  'volume_change',
  'ROC',
  'type',
];

const numberColumns: ReadonlySet<string> = new Set([
  'close',
  'open',
  'high',
  'low',
  'volume',
  'change',
  'change_abs',
  'Value.Traded',
  'volume_change',
  'ROC',
  'ADX',
  'ADX+DI',
  'ADX-DI',
  'ATR',
  'RSI',
  'aum',
  'nav',
  'expense_ratio',
  'dividend_yield_recent',
  'dividends_yield',
  'market_cap_basic',
  'launch_date',
  'price_52_week_high',
  'price_52_week_low',
]);

const numberFamilies = ['Perf.', 'Volatility.', 'Recommend.', 'average_volume_', 'relative_volume_'];

/** Whether a column of the protocol holds numbers; a scanner adds those that it compares with numbers. */
export function isNumberColumn(column: string): boolean {
  return numberColumns.has(column) || numberFamilies.some((family) => column.startsWith(family));
}

export const tradedValueColumn = 'Value.Traded';
