import type { Json } from '../shared/canonical-json.ts';
import type { NotEvaluatedBecause } from './filters.ts';
import type { GateName, Passes } from './gates.ts';
import type { ScanRow } from './response.ts';

/** Why a row is not selected: the first thing that it did not pass, in the order in which rows are looked at. */
export interface Rejection {
  readonly stage: 'api' | 'basic' | 'client' | 'rank';
  /** `filter[i]`, `prefilter`, `static_exchange`, a gate, `no_evidence`, `dedupe` or `limit`. */
  readonly gate: string;
  readonly column: string | null;
  readonly operation: string | null;
  readonly threshold: Json;
  readonly value: Json;
}

/** A fetched row, and what was decided about it. */
export interface JudgedRow extends ScanRow {
  readonly passes: Passes;
  readonly selected: boolean;
  /** Place among the selected, from 1. */
  readonly rank: number | null;
  readonly rejection: Rejection | null;
}

export interface NotEvaluated {
  readonly filters: readonly { readonly index: number; readonly filter: string; readonly why: NotEvaluatedBecause }[];
  readonly gates: readonly { readonly gate: GateName; readonly why: NotEvaluatedBecause }[];
  /** Conditions that were left out of a gate which was evaluated by its others. */
  readonly conditions: readonly { readonly gate: GateName; readonly column: string }[];
}

/** `complete`: everything was evaluated and returned. `unknown`: there is no row, or gates and none evaluated. */
export type ScanVerdict = 'complete' | 'partial' | 'unknown';

export interface FunnelStage {
  readonly stage: Rejection['stage'];
  readonly gate: string;
  readonly column: string | null;
  readonly in: number;
  readonly rejected: number;
  readonly out: number;
  /** Of gates; null for other stages. */
  readonly state: 'evaluated' | 'not_evaluated' | 'not_configured' | null;
  /** Rows past the first stage that fail this gate; null where no gate is configured. */
  readonly alone: number | null;
  /** Rows past the first stage that fail this gate and no other. */
  readonly only: number | null;
}

export interface Funnel {
  readonly fetched: number;
  /** Rows that `static_missing: include` added. */
  readonly included: number;
  readonly stages: readonly FunnelStage[];
  readonly selected: number;
}

export interface ScanResult {
  readonly scanner: string;
  readonly verdict: ScanVerdict;
  readonly notEvaluated: NotEvaluated;
  /** Symbols of a static list that the response lacks. */
  readonly notReturned: readonly string[];
  /** Those whose ticker came from another exchange, with the symbols that came. */
  readonly exchangeMismatch: Readonly<Record<string, readonly string[]>>;
  /** By symbol. */
  readonly rows: readonly JudgedRow[];
  /** In rank order. */
  readonly selected: readonly string[];
  readonly funnel: Funnel;
}
