/** A table of dated numbers: a row for each date, NaN where there was no session. */
interface Dated {
  readonly dates: readonly string[];
  readonly symbols: readonly string[];
  readonly closes: readonly Float64Array[];
}

/** Sessions of the average. */
const sessions = 20;

/**
 * Average money traded a day, by symbol: the mean of volume times close over the last 20 sessions up to a date. A symbol that has fewer
 * is left out.
 */
export function averageTraded(prices: Dated, volumes: Dated, asOf: string): Readonly<Record<string, number>> {
  const rowOf = new Map(prices.dates.map((date, row) => [date, row]));
  const found = volumes.symbols.flatMap((symbol, column): [string, number][] => {
    const closes = prices.closes[prices.symbols.indexOf(symbol)];
    if (closes === undefined) return [];
    const traded = volumes.dates.flatMap((date, row) => {
      const priceRow = rowOf.get(date);
      if (date > asOf || priceRow === undefined) return [];
      const value = volumes.closes[column]![row]! * closes[priceRow]!;
      return Number.isNaN(value) ? [] : [value];
    });
    if (traded.length < sessions) return [];
    return [[symbol, traded.slice(-sessions).reduce((sum, value) => sum + value, 0) / sessions]];
  });
  return Object.fromEntries(found);
}
