import type { CalendarId } from './calendar.ts';
import type { IsoDate } from './series.ts';

/** The present prices of one symbol within the judged rows. */
export interface SymbolPrices {
  readonly file: string;
  readonly symbol: string;
  readonly calendar: CalendarId;
  readonly dates: readonly IsoDate[];
  readonly days: Int32Array;
  readonly prices: Float64Array;
  readonly lineAt: (index: number) => number | null;
}
