import type { IsoDate, ReturnSeries } from '../returns/series.ts';
import type { ClusterTree } from '../risk/cluster-tree.ts';
import type { AcceptanceVerdict } from '../run/acceptance-verdict.ts';
import type { Band } from '../metrics/block-bootstrap.ts';
import type { DeflatedSharpe } from '../metrics/deflated-sharpe.ts';
import type { OffsetComparison } from '../metrics/start-offsets.ts';
import type { BenchmarkCloses } from '../metrics/common-dates.ts';
import type { DatedTrade } from '../metrics/turnover.ts';
import type { Window } from '../walk-forward/walk-forward.ts';

export interface NamedSeries {
  readonly id: string;
  readonly series: ReturnSeries;
}

/** A stream beside the portfolio. */
export interface OpenedSeries extends NamedSeries {
  /** Date of the wealth 1 that its first return grows from. */
  readonly opened: IsoDate;
}

/** A stream that the portfolio is held against. */
export interface Baseline extends OpenedSeries {
  /** What must be known of it, such as that it looks ahead; null where nothing must. */
  readonly note: string | null;
}

/** Target weights, decision by decision. */
export interface WeightHistory {
  readonly of: 'sleeves' | 'assets';
  readonly ids: readonly string[];
  /** In order of their dates: the close at which the weights are traded, and one weight per id. */
  readonly decisions: readonly { readonly date: IsoDate; readonly weights: readonly number[] }[];
}

/** Shares in the risk of the whole, at one date or at several; each row adds up to 1. */
export interface ContributionHistory {
  /** `optimiser` and `joint` are ex ante, `realised` is of what happened. */
  readonly kind: 'optimiser' | 'joint' | 'realised';
  readonly of: 'sleeves' | 'assets';
  readonly ids: readonly string[];
  readonly rows: readonly { readonly date: IsoDate; readonly shares: readonly number[] }[];
}

/** One window of a walk-forward as it was held. */
export type HeldWindow = Omit<Window, 'weights'>;

export interface Correlations {
  readonly ids: readonly string[];
  /** ids x ids, row-major. */
  readonly values: Float64Array;
  /** Of which rows, in words. */
  readonly basis: string;
}

/** Which run of a sleeve stands behind the portfolio. */
export interface TracedRun {
  readonly path: readonly string[];
  readonly runId: string;
  readonly asOf: IsoDate;
  /** What the run was found to be, in words. */
  readonly grade: string;
}

/** Whether the sleeves are comparable, and what was decided. */
export interface ParityWords {
  readonly verdict: string;
  readonly decision: string;
}

/** How much of a result is luck, as far as it was asked. */
export interface Robustness {
  /** `unknown` where the number of trials is not in the ledger. */
  readonly deflatedSharpe: DeflatedSharpe | 'unknown' | null;
  /** Of metrics or of weights, by the name of the figure. */
  readonly bands: Readonly<Record<string, Band | null>> | null;
  readonly startOffsets: OffsetComparison | null;
}

/**
 * What a tear sheet is made of: a stream, and whatever else its run has. A part that is null is not of the run, and the sheet says so. A
 * sleeve run, a meta run and a backtest fill the same parts.
 */
export interface TearSheetInput {
  readonly name: string;
  /** What the returns are, in words: net and out-of-sample, in-sample without costs, ... */
  readonly basis: string;
  readonly returns: ReturnSeries;
  /** From the declared calendars, never from the dates. */
  readonly annualisationDays: number;
  /** Date of the wealth 1 that the first return grows from. */
  readonly opened: IsoDate;
  /** Whether a return is expected on a date: what makes a month whole. */
  readonly isSession: (date: IsoDate) => boolean;
  readonly rollingRows: number;
  /** Streams that the portfolio is made of: sleeves. */
  readonly parts: readonly OpenedSeries[] | null;
  readonly benchmark: NamedSeries | null;
  /** Benchmarks that are not held, on the dates of their own that the stream has too; left out where there are none. */
  readonly compared?: { readonly closes: readonly BenchmarkCloses[]; readonly annualisationDays: number };
  readonly baselines: readonly Baseline[] | null;
  readonly weights: WeightHistory | null;
  readonly contributions: readonly ContributionHistory[] | null;
  readonly trades: readonly DatedTrade[] | null;
  /** What the same trades would have cost beyond it, sleeve by sleeve, as a fraction of equity. */
  readonly crossingBenefit: number | null;
  readonly windows: readonly HeldWindow[] | null;
  readonly correlations: Correlations | null;
  readonly tree: ClusterTree | null;
  readonly verdicts: readonly AcceptanceVerdict[] | null;
  readonly parity: ParityWords | null;
  readonly trace: readonly TracedRun[] | null;
  readonly robustness: Robustness | null;
}

type Parts = Omit<TearSheetInput, 'name' | 'basis' | 'returns' | 'annualisationDays' | 'opened' | 'isSession' | 'rollingRows' | 'compared'>;

/** The parts of a stream that comes alone. */
export const withoutParts: Readonly<Record<keyof Parts, null>> = {
  parts: null,
  benchmark: null,
  baselines: null,
  weights: null,
  contributions: null,
  trades: null,
  crossingBenefit: null,
  windows: null,
  correlations: null,
  tree: null,
  verdicts: null,
  parity: null,
  trace: null,
  robustness: null,
};
