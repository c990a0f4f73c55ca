import { domainEvent } from '../../domain/catalogue.ts';
import { scanStream } from '../../domain/scan-record/stream.ts';
import { decodeEnvelope } from '../../domain/shared/envelope.ts';
import { sleeveRunStream } from '../../domain/sleeve-run/stream.ts';
import type { Passes } from '../../domain/scan/gates.ts';
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
  /** The gates of the scan, null where one is not configured or not evaluated. */
  readonly passes: Passes;
  readonly verdict: 'complete' | 'partial';
}

/** The scans that gave the universe of a run, which its first event names; undefined where it came from elsewhere. */
async function universeOf({ store }: Pick<Ports, 'store'>, runId: string) {
  const stored = await eventAt(store, sleeveRunStream.name(runId), 0n);
  const first = stored === null ? null : domainEvent(decodeEnvelope(stored.bytes), stored.position);
  return first?.type === 'SleeveRunOpened' ? first.data.options.universe : undefined;
}

/** The scans by which a symbol came into a sleeve run, in their order; empty where the universe came from elsewhere. */
export async function foundBy(ports: Pick<Ports, 'store' | 'artifacts'>, runId: string, symbol: string): Promise<readonly FoundBy[]> {
  const universe = await universeOf(ports, runId);
  const by = universe?.found.find((one) => one.symbol === symbol)?.by ?? [];
  const found: FoundBy[] = [];
  for (const { scanner, rank } of by) {
    const { asOf, snapshot, verdict } = universe!.scans.find((scan) => scan.scanner === scanner)!;
    const { fact } = await recordedScanIn(ports, scanStream.name(scanner), (scan) => scan.snapshot === snapshot);
    const { rows } = await loadDocument(ports.artifacts, 'scan-rows', fact.rows);
    const { passes } = rows.find((row) => row.symbol === symbol)!;
    found.push({ scanner, asOf, rank, selected: fact.selected.length, passes, verdict });
  }
  return found;
}
