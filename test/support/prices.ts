import { calendarOfSymbol, isExpected } from '../../domain/returns/calendar.ts';
import { addDays } from '../../domain/returns/days.ts';
import type { PriceTable } from '../../domain/returns/series.ts';
import type { PriceFile } from '../../domain/returns/price-file.ts';
import { seeded } from './figures.ts';

export interface SimulatedMarket {
  readonly symbols: readonly string[];
  readonly first: string;
  readonly last: string;
  readonly seed: number;
}

/** A standard normal from two uniforms (Box-Muller). */
function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/**
 * Simulated daily closes, each symbol on its own exchange's sessions: one common factor, one of the symbol's own, the same every
 * time for the same seed. A symbol keeps its prices when others join it.
 */
export function simulatedPrices({ symbols, first, last, seed }: SimulatedMarket): PriceTable {
  const dates: string[] = [];
  for (let date = first; date <= last; date = addDays(date, 1)) dates.push(date);
  const common = seeded(seed);
  const factor = dates.map(() => normal(common));
  const closes = symbols.map((symbol) => {
    const calendar = calendarOfSymbol(symbol);
    const own = seeded(Array.from(symbol).reduce((hash, letter) => Math.imul(hash, 31) + letter.charCodeAt(0), seed));
    const scale = calendar === 'XCRY' ? 0.03 : 0.01;
    const loading = own();
    let price = 20 + 200 * own();
    return Float64Array.from(dates, (date, day) => {
      if (!isExpected(calendar, date)) return Number.NaN;
      price *= 1 + 0.0003 + scale * (0.6 * loading * factor[day]! + 0.8 * Math.max(-4, Math.min(4, normal(own))));
      return Math.round(price * 10_000) / 10_000;
    });
  });
  const open = dates.flatMap((_, day) => (closes.some((column) => !Number.isNaN(column[day]!)) ? [day] : []));
  return {
    dates: open.map((day) => dates[day]!),
    symbols: [...symbols],
    closes: closes.map((column) => Float64Array.from(open, (day) => column[day]!)),
  };
}

/** The table as if it had been read from a file. */
export function priceFile(file: string, table: PriceTable): PriceFile {
  return { file, sha256: '0'.repeat(64), table, lines: { first: 2 }, defects: [] };
}

/** The table as text of a CSV file. */
export function priceCsv({ dates, symbols, closes }: PriceTable): string {
  const rows = dates.map((date, row) =>
    [date, ...closes.map((column) => (Number.isNaN(column[row]!) ? '' : String(column[row]!)))].join(','),
  );
  return `${[['date', ...symbols].join(','), ...rows].join('\n')}\n`;
}
