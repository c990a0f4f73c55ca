import type { PriceFile } from '../../../domain/returns/price-file.ts';
import { seeded } from '../../support/figures.ts';
import { twelvePrices } from './sleeves.ts';

/** The return of a symbol, by its place, on a date. */
type Reshape = (simpleReturn: number, date: string, column: number) => number;

/** The file with every return made into another; prices keep four decimals. */
function shaped(file: PriceFile, reshape: Reshape): PriceFile {
  const { dates, closes } = file.table;
  const remade = closes.map((column, at) => {
    let price = column[0]!;
    return Float64Array.from(column, (close, row) => {
      if (row > 0) price *= 1 + reshape(close / column[row - 1]! - 1, dates[row]!, at);
      return Math.round(price * 10_000) / 10_000;
    });
  });
  return { ...file, table: { ...file.table, closes: remade } };
}

const turns = [
  ['2022-08-22', 0.3],
  ['2022-10-20', 2],
  ['2022-11-22', 6],
  ['2022-12-12', 1],
] as const;

/** Twelve stocks through calm, wild and stormy weeks: their windows have several labels and four quadrants. */
export const stormyPrices = (): PriceFile =>
  shaped(twelvePrices(), (simple, date) => simple * (turns.findLast(([first]) => date >= first)?.[1] ?? 1));

/** Twelve stocks that rise as one until autumn, when every other one turns and falls: no winner of the rally is against the market. */
export function ralliedPrices(turn = '2022-09-20'): PriceFile {
  const random = seeded(5);
  const { dates } = twelvePrices().table;
  const common = new Map(dates.map((date) => [date, 0.02 * (random() + random() - 1)]));
  return shaped(twelvePrices(), (simple, date, column) => {
    const drift = date < turn || column % 2 === 0 ? 0.006 : -0.006;
    return 0.4 * simple + common.get(date)! + drift;
  });
}

/** The stormy prices, of which most leap on one early day: their kurtosis is vetoed while that day is in the training window. */
export const leapingPrices = (): PriceFile =>
  shaped(stormyPrices(), (simple, date, column) => (date === '2022-06-16' && column > 1 && column < 12 ? 0.16 : simple));
