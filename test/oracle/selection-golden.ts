import type { AbortRule } from '../../domain/selection/abort.ts';
import type { StreamFeature } from '../../domain/selection/features.ts';
import type { SelectionMode } from '../../domain/selection/settings.ts';

/** What the second implementation found in one window; arrays follow the symbols. */
export interface SelectionWindow {
  readonly as_of: string;
  readonly quadrant: string;
  readonly regime: string;
  readonly regime_score: number;
  readonly scores: readonly number[];
  readonly labels: readonly number[];
  readonly quotas: readonly number[];
  readonly short: readonly string[];
  readonly vetoes: Readonly<Record<string, readonly string[]>>;
  readonly stage: Readonly<Record<string, number>>;
  readonly after: readonly number[];
  readonly winners: readonly string[];
  readonly share: number;
  readonly aborts: readonly AbortRule[];
  /** Of every twentieth window. */
  readonly features?: Readonly<Record<StreamFeature, readonly (number | null)[]>>;
  readonly linkage?: readonly (readonly number[])[];
}

/** A file of test/golden/selection-oracle. */
export interface SelectionGolden {
  readonly file: string;
  readonly volumes: string | null;
  readonly sha256: Readonly<Record<string, string>>;
  readonly first: string;
  readonly last: string;
  readonly train: number;
  readonly step: number;
  readonly benchmarks: readonly string[];
  readonly symbols: readonly string[];
  readonly settings: {
    readonly A: number;
    readonly short: boolean;
    readonly mode: SelectionMode;
    readonly entropy_max: number;
    readonly efficiency_min: number;
    readonly hurst_zone: [number, number];
    readonly predictability: boolean;
    readonly eci_hurdle: number;
    readonly min_momentum: number;
    readonly threshold: number;
    readonly top_n: number;
    readonly dynamic: boolean;
    readonly lookbacks: number[];
    readonly shrinkage: number;
    readonly min_winners: number;
    readonly full_liquidity: number;
    /** All rules as the documents word them. */
    readonly documents?: boolean;
  };
  readonly windows: readonly SelectionWindow[];
}
