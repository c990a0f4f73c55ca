import { type OriginChain, verifyOriginChain } from '../../domain/audit/origin-chain.ts';
import { physicalSymbol } from '../../domain/meta/flatten.ts';
import { type CalendarId, calendarOfSymbol, isAllowed } from '../../domain/returns/calendar.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Sha256 } from '../../domain/shared/hashing.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import type { EligibilityInput } from '../../domain/sleeve/eligibility.ts';
import type { ImportedPortfolio } from './portfolio-files.ts';
import type { ImportedStream } from './return-streams.ts';
import { type RunFile, shownPath } from './run-files.ts';

/** The hash chain of the run's own audit log. */
export function sourceChainOf(files: readonly RunFile[], sha256: Sha256): OriginChain {
  const file = files.find(({ role }) => role === 'sourceAudit');
  return file === undefined ? { status: 'absent', lines: 0, lastHash: null } : verifyOriginChain(new TextDecoder().decode(file.bytes).split('\n'), sha256);
}

export function chainDetail({ status, lines, lastHash, brokenAt, reason }: OriginChain): string {
  if (status === 'absent') return 'the run has no audit.jsonl';
  return status === 'verified' ? `audit.jsonl: ${lines} lines chained, the last ${lastHash}` : `audit.jsonl breaks at line ${brokenAt}: ${reason}`;
}

/** The calendars of what the portfolios hold. Errors: ExchangeUnknown naming the portfolio file. */
export function calendarsHeld(portfolios: Iterable<ImportedPortfolio>, root: string): CalendarId[] {
  const calendars = new Set<CalendarId>();
  for (const { path, weights } of portfolios) {
    for (const { symbol } of weights) {
      try {
        calendars.add(calendarOfSymbol(physicalSymbol(symbol).symbol));
      } catch (error) {
        if (!(error instanceof LedgerError)) throw error;
        throw new LedgerError(error.code, `${shownPath(root, path)}: ${error.message}`, { evidence: { symbol }, at: { file: shownPath(root, path), path: symbol } });
      }
    }
  }
  return [...calendars].toSorted(byCodeUnits);
}

/**
 * What the streams themselves show: that they were readable says finite returns on ascending dates. A row on a day on which nothing held trades may be
 * padding or may come from something sold since; the run does not say, so the answer is unknown.
 */
export function streamIntegrity(streams: readonly ImportedStream[], calendars: readonly CalendarId[]): Pick<EligibilityInput, 'integrity' | 'integrityDetail'> {
  const rows = streams.reduce((sum, { series }) => sum + series.dates.length, 0);
  const seen = `${streams.length} streams with ${rows} finite returns on ascending dates`;
  if (calendars.length === 0) return { integrity: 'unknown', integrityDetail: `${seen}; without a portfolio their calendar is not known` };
  const off = streams.flatMap(({ path, series }) => series.dates.filter((date) => !calendars.some((calendar) => isAllowed(calendar, date))).map((date) => `${path} ${date}`));
  if (off.length > 0) return { integrity: 'unknown', integrityDetail: `${seen}; ${off.length} on days on which nothing held trades (${calendars.join(', ')}), the first ${off[0]}` };
  return { integrity: 'passed', integrityDetail: `${seen}, all on days allowed by ${calendars.join(', ')}` };
}
