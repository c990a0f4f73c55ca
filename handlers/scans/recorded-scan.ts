import type { DomainEvent } from '../../domain/catalogue.ts';
import type { DocumentContent } from '../../domain/documents/documents.ts';
import type { ScanRecorded } from '../../domain/scan-record/events.ts';
import { scanStream } from '../../domain/scan-record/stream.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { loadDocument } from '../artifacts/artifact-files.ts';
import type { Ports } from '../ports/ports.ts';
import { streamBackwards } from '../runtime/record.ts';

type Reader = Pick<Ports, 'store' | 'artifacts'>;

/** A scan as it stands in the ledger. */
export interface StoredScan {
  readonly fact: ScanRecorded;
  /** When it was recorded. */
  readonly recordedAt: string;
  /** File of the scanner. */
  readonly configEntry: string;
  /** The configuration that was in force. */
  readonly config: DocumentContent<'scan-config'>;
}

/** How a scan is called: its scanner and its as-of date. */
export function scanName({ scanner, asOf }: Pick<ScanRecorded, 'scanner' | 'asOf'>): string {
  return `${scanner}@${asOf}`;
}

async function storedScan({ artifacts }: Reader, event: Extract<DomainEvent, { readonly type: 'ScanRecorded' }>): Promise<StoredScan> {
  const config = await loadDocument(artifacts, 'scan-config', event.data.config);
  return { fact: event.data, recordedAt: event.envelope.recordedAt, configEntry: config.entry, config };
}

/** The newest scan of a stream that fits. Errors: ScanNotRecorded. */
export async function recordedScanIn(reader: Reader, stream: string, fits: (scan: ScanRecorded) => boolean): Promise<StoredScan> {
  for await (const event of streamBackwards(reader.store, stream))
    if (event.type === 'ScanRecorded' && fits(event.data)) return storedScan(reader, event);
  throw new LedgerError('ScanNotRecorded', `no such scan is recorded in ${stream}`, { at: { path: stream } });
}

/**
 * A scan by its scanner: the one of an as-of date where `exact`, else the newest whose as-of date is not later; of several with one date
 * the one that was recorded last. Errors: ScanNotRecorded.
 */
export async function recordedScan(
  reader: Reader,
  scanner: string,
  asked: { readonly asOf: string | null; readonly exact: boolean },
): Promise<StoredScan> {
  let newest: Extract<DomainEvent, { readonly type: 'ScanRecorded' }> | null = null;
  for await (const event of streamBackwards(reader.store, scanStream.name(scanner))) {
    if (event.type !== 'ScanRecorded') continue;
    const { asOf } = event.data;
    const fits = asked.asOf === null || (asked.exact ? asOf === asked.asOf : asOf <= asked.asOf);
    if (fits && (newest === null || asOf > newest.data.asOf)) newest = event;
  }
  if (newest !== null) return storedScan(reader, newest);
  const when = asked.asOf === null ? '' : asked.exact ? ` of ${asked.asOf}` : ` of ${asked.asOf} or before`;
  throw new LedgerError('ScanNotRecorded', `no scan ${scanner}${when} is recorded`, { at: { path: scanner } });
}
