import { physicalSymbol } from '../flatten.ts';
import { type CalendarId, calendarOfSymbol, isAllowed } from '../../returns/calendar.ts';
import type { EligibilityInput } from '../../run/grade.ts';
import { LedgerError } from '../../shared/errors.ts';
import { byCodeUnits } from '../../shared/order.ts';
import type { ImportedPortfolio, ImportedStream } from './profile.ts';

/** The calendars of what the portfolios hold; `shown` is a place as the user finds it. Errors: ExchangeUnknown naming the place. */
export function calendarsHeld(portfolios: Iterable<ImportedPortfolio>, shown: (path: string) => string): CalendarId[] {
  const calendars = new Set<CalendarId>();
  for (const { path, weights } of portfolios) {
    for (const { symbol } of weights) {
      try {
        calendars.add(calendarOfSymbol(physicalSymbol(symbol).symbol));
      } catch (error) {
        if (!(error instanceof LedgerError)) throw error;
        throw new LedgerError(error.code, `${shown(path)}: ${error.message}`, {
          evidence: { symbol },
          at: { file: shown(path), path: symbol },
        });
      }
    }
  }
  return [...calendars].toSorted(byCodeUnits);
}

export type IntegrityEvidence = Required<Pick<EligibilityInput, 'integrity' | 'integrityDetail'>>;

/**
 * What the streams themselves show: that they were readable says finite returns on ascending dates. A row on a day on which nothing held
 * trades may be padding or may come from something sold since; the run does not say, so the answer is unknown.
 */
export function streamIntegrity(streams: readonly ImportedStream[], calendars: readonly CalendarId[]): IntegrityEvidence {
  const rows = streams.reduce((sum, { series }) => sum + series.dates.length, 0);
  const seen = `${streams.length} streams with ${rows} finite returns on ascending dates`;
  if (calendars.length === 0) return { integrity: 'unknown', integrityDetail: `${seen}; without a portfolio their calendar is not known` };
  const off = streams.flatMap(({ path, series }) =>
    series.dates.filter((date) => !calendars.some((calendar) => isAllowed(calendar, date))).map((date) => `${path} ${date}`),
  );
  if (off.length > 0)
    return {
      integrity: 'unknown',
      integrityDetail: `${seen}; ${off.length} on days on which nothing held trades (${calendars.join(', ')}), the first ${off[0]}`,
    };
  return { integrity: 'passed', integrityDetail: `${seen}, all on days allowed by ${calendars.join(', ')}` };
}
