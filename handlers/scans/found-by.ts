import { scanStream } from '../../domain/scan-record/stream.ts';
import { toDomainEvent } from '../runtime/stored-events.ts';
import { sleeveRunStream } from '../../domain/sleeve-run/stream.ts';
import type { PassedGates } from '../../domain/run/scanned-universe.ts';
import { loadDocument } from '../artifacts/artifact-files.ts';
import type { Ports } from '../ports/ports.ts';
import { eventAt } from '../runtime/stream-pages.ts';
import { recordedScanIn } from './recorded-scan.ts';

/** A scan that let an asset in: its place there, and the gates that it passed. */
export interface FoundBy {
  readonly scanner: string;
  readonly asOf: string;
  readonly rank: number;
  /** Of how many. */
  readonly selected: number;
  /** The gates of the scan, null where one is not configured or not evaluated; null for a file that does not say them. */
  readonly passes: PassedGates | null;
  readonly verdict: 'complete' | 'partial';
  /** The file that the scan was exported to; left out for a recorded scan. */
  readonly file?: string;
}

/** The scans that gave the universe of a run, which its first event names; undefined where it came from elsewhere. */
async function universeOf({ store }: Pick<Ports, 'store'>, runId: string) {
  const stored = await eventAt(store, sleeveRunStream.name(runId), 0n);
  const first = stored === null ? null : toDomainEvent(stored);
  return first?.type === 'SleeveRunOpened' ? first.data.options.universe : undefined;
}

/** The scans by which a symbol came into a sleeve run, in their order; empty where the universe came from elsewhere. */
export async function foundBy(ports: Pick<Ports, 'store' | 'artifacts'>, runId: string, symbol: string): Promise<readonly FoundBy[]> {
  const universe = await universeOf(ports, runId);
  const by = universe?.found.find((one) => one.symbol === symbol)?.by ?? [];
  const found: FoundBy[] = [];
  for (const { scanner, rank, passes: ofFile } of by) {
    const { asOf, snapshot, verdict, exported } = universe!.scans.find((scan) => scan.scanner === scanner)!;
    if (exported !== undefined) {
      found.push({ scanner, asOf, rank, selected: exported.selected, passes: ofFile ?? null, verdict, file: exported.file });
      continue;
    }
    const { fact } = await recordedScanIn(ports, scanStream.name(scanner), (scan) => scan.snapshot === snapshot);
    const { rows } = await loadDocument(ports.artifacts, 'scan-rows', fact.rows);
    const { passes } = rows.find((row) => row.symbol === symbol)!;
    found.push({ scanner, asOf, rank, selected: fact.selected.length, passes, verdict });
  }
  return found;
}
