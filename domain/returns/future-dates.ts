import { LedgerError } from '../shared/errors.ts';
import { addDays } from './days.ts';
import { lineOfRow, type PriceFile } from './price-file.ts';
import type { IsoDate, ReturnSeries } from './series.ts';

/**
 * The last date that new prices, returns and results may bear at an instant: tomorrow in UTC, as a session of the far east may end while
 * it is still yesterday there. What is recorded is never asked again, so that a recomputation needs no clock.
 */
export function latestDateAt(now: string): IsoDate {
  return addDays(now.slice(0, 10), 1);
}

function refuse(what: string, date: IsoDate, latest: IsoDate, at: { readonly file?: string; readonly line?: number }): never {
  throw new LedgerError('DateInFuture', `${what} ${date}, which is after ${latest}, tomorrow in UTC`, { evidence: { date, latest }, at });
}

/** Errors: DateInFuture for an as-of date that is asked for. */
export function admitAsOf(asOf: IsoDate | null, latest: IsoDate): void {
  if (asOf !== null && asOf > latest) refuse('the as-of date is', asOf, latest, {});
}

/** Errors: DateInFuture, naming file, line, symbol and date of the first such price. */
export function admitPriceDates(files: readonly PriceFile[], latest: IsoDate): void {
  for (const { file, table, lines } of files) {
    for (const [row, date] of table.dates.entries()) {
      if (date <= latest) continue;
      const column = table.closes.findIndex((closes) => !Number.isNaN(closes[row]));
      if (column === -1) continue;
      const line = lineOfRow(lines, row);
      const place = line === null ? file : `${file}, line ${line}`;
      refuse(`${place}: ${table.symbols[column]} has a price on`, date, latest, line === null ? { file } : { file, line });
    }
  }
}

/** Errors: DateInFuture, naming the file. */
export function admitReturnDates(streams: readonly { readonly path: string; readonly series: ReturnSeries }[], latest: IsoDate): void {
  for (const { path, series } of streams) {
    const date = series.dates.find((candidate) => candidate > latest);
    if (date !== undefined) refuse(`${path} has a return on`, date, latest, { file: path });
  }
}
