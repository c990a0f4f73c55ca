import { LedgerError } from '../../domain/shared/errors.ts';
import type { ScanRecorded } from '../../domain/scan-record/events.ts';
import { positionKnownAt } from '../read-models/last-known.ts';
import { isPosition } from '../read-models/position.ts';
import type { TilePorts } from '../read-models/tile-reader.ts';
import { eventsUntil } from '../read-models/views.ts';
import { toDomainEvents } from '../runtime/stored-events.ts';
import { checkPageSize } from '../../domain/shared/append-batch.ts';
import { scanName } from '../scans/recorded-scan.ts';

export interface ScansQuestion {
  /** Of one scanner; null for all. */
  readonly scanner: string | null;
  /** Market time: scans of later dates are left out. */
  readonly asOf: string | null;
  /** Ledger time. */
  readonly knownAt: string | null;
  /** The page behind this position, as an answer names it; null for the first. */
  readonly after: string | null;
  /** Scans on a page. */
  readonly maxCount: number;
}

/** A scan without its rows. */
export interface ListedScan extends Pick<ScanRecorded, 'scanner' | 'number' | 'asOf' | 'verdict' | 'snapshot' | 'configHash'> {
  readonly name: string;
  readonly recordedAt: string;
  readonly position: string;
  readonly fetched: number;
  readonly selected: number;
}

export interface ScanList {
  /** In ledger order. */
  readonly scans: readonly ListedScan[];
  /** What the next page is asked for by; null on the last one. */
  readonly next: string | null;
}

function listed(fact: ScanRecorded, recordedAt: string, position: string): ListedScan {
  const { scanner, number, asOf, verdict, snapshot, configHash, funnel, selected } = fact;
  const name = scanName(fact);
  return {
    name,
    scanner,
    number,
    asOf,
    recordedAt,
    position,
    verdict,
    snapshot,
    configHash,
    fetched: funnel.fetched,
    selected: selected.length,
  };
}

/** Every recorded scan, page by page. Errors: Usage, LimitExceeded. */
export async function listScans(ports: TilePorts, { scanner, asOf, knownAt, after, maxCount }: ScansQuestion): Promise<ScanList> {
  checkPageSize(maxCount);
  if (after !== null && !isPosition(after))
    throw new LedgerError('Usage', `--after ${after}: a position, as an answer gives it`, { at: { path: '--after' } });
  const until = knownAt === null ? null : await positionKnownAt(ports, knownAt);
  const scans: ListedScan[] = [];
  if (knownAt !== null && until === null) return { scans, next: null };
  for await (const stored of eventsUntil(ports.store, until, ['ScanRecorded'], { behind: after, pageEvents: maxCount + 1 })) {
    const [event] = toDomainEvents([stored]);
    if (event?.type !== 'ScanRecorded') continue;
    const { data } = event;
    if ((scanner !== null && data.scanner !== scanner) || (asOf !== null && data.asOf > asOf)) continue;
    if (scans.length === maxCount) return { scans, next: scans.at(-1)!.position };
    scans.push(listed(data, stored.recordedAt, stored.position));
  }
  return { scans, next: null };
}
