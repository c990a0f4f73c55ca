import { emptiedAt } from '../../domain/scan/funnel.ts';
import type { FunnelStage } from '../../domain/scan/scan-result.ts';
import type { ScanRecorded } from '../../domain/scan-record/events.ts';
import type { Ports } from '../ports/ports.ts';
import { recordedScan, scanName } from '../scans/recorded-scan.ts';

export interface FunnelQuestion {
  readonly scanner: string;
  /** Market time: the newest scan that is not later; null for the newest. */
  readonly asOf: string | null;
}

export interface FunnelAnswer {
  readonly name: string;
  readonly recordedAt: string;
  readonly scan: ScanRecorded;
  /** The stage that took the last row; null where something was selected, or nothing fetched. */
  readonly emptiedAt: FunnelStage | null;
}

/** What each stage of a recorded scan cost. Errors: ScanNotRecorded. */
export async function scanFunnel(ports: Pick<Ports, 'store' | 'artifacts'>, { scanner, asOf }: FunnelQuestion): Promise<FunnelAnswer> {
  const { fact, recordedAt } = await recordedScan(ports, scanner, { asOf, exact: false });
  return { name: scanName(fact), recordedAt, scan: fact, emptiedAt: emptiedAt(fact.funnel) };
}
