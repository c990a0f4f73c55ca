import type { ScannedUniverse } from '../../run/scanned-universe.ts';

/** What a run of a sleeve was asked for, beside its settings. */
export interface SleeveRunOptions {
  readonly from: string | null;
  readonly asOf: string | null;
  readonly symbols: readonly string[] | null;
  readonly exclude: readonly string[];
  readonly repair: 'none' | 'drop-off-calendar';
  readonly map: Readonly<Record<string, string>>;
  /** The scans that gave `symbols`; left out where they came from elsewhere. */
  readonly universe?: ScannedUniverse | undefined;
}
