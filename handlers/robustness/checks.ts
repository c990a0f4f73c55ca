import { bootstrapWeights } from '../../domain/backtest/weight-bands.ts';
import type { TestedProfileFacts } from '../../domain/backtest-run/events.ts';
import { type Band, bootstrapMetrics } from '../../domain/metrics/block-bootstrap.ts';
import {
  type DeflatedSharpe,
  deflatedSharpe,
  distinctTrials,
  observedSharpe,
  type RecordedTrial,
} from '../../domain/metrics/deflated-sharpe.ts';
import { compareStartOffsets, type OffsetComparison } from '../../domain/metrics/start-offsets.ts';
import type { OffsetRun } from '../../domain/backtest-run/start-offsets.ts';
import type { ReturnSeries } from '../../domain/returns/series.ts';
import { isFaultOfInputs } from '../../domain/shared/error-kinds.ts';
import { trialPrefix, type TrialRow, backtestTrials } from '../../projections/backtest-trials.ts';
import { viewOf } from '../read-models/views.ts';
import type { RecordedProfile } from './recorded-profile.ts';
import type { TilePorts } from '../read-models/tile-reader.ts';

/** A check that has no answer, and why. */
export interface NotEvaluated {
  readonly status: 'not evaluated';
  readonly reason: string;
}

/** What the answer of a check is, or why there is none. */
export type Checked<Answer> = ({ readonly status: 'evaluated' } & Answer) | NotEvaluated;

/** What is too little, or contradicts itself, is an answer. Errors: those of this program and of the world around it. */
export function checked<Answer extends object>(evaluate: () => Answer): Checked<Answer> {
  try {
    return { status: 'evaluated', ...evaluate() };
  } catch (error) {
    if (!isFaultOfInputs(error)) throw error;
    return { status: 'not evaluated', reason: error.message };
  }
}

/** Everything that the ledger holds of what was tried for a portfolio or a sleeve, under any of its names. A look-up. */
export async function trialsOf(
  ports: TilePorts,
  names: readonly string[],
  prefixOf: (name: string) => string = trialPrefix,
): Promise<TrialRow[]> {
  const view = await viewOf(ports, backtestTrials, null);
  const rows = new Map<string, TrialRow>();
  for (const name of new Set(names)) for (const row of await view.rows<TrialRow>(prefixOf(name))) rows.set(row.runId, row);
  return [...rows.values()];
}

/** A stream of a backtest. */
export interface DeflatedStream {
  readonly risk: string;
  readonly net: Pick<ReturnSeries, 'values'>;
}

/** Of a stream whose own trial has to be among those known: without it, the ledger does not know what was tried. */
export type DeflatedAnswer = ({ readonly status: 'known' } & DeflatedSharpe) | { readonly status: 'UNKNOWN'; readonly reason: string };

export function deflated({ risk: asked, net }: DeflatedStream, runId: string, trials: readonly TrialRow[]): DeflatedAnswer {
  const own = trials.find((trial) => trial.runId === runId)?.tested.find(({ risk }) => risk === asked);
  if (own === undefined) return { status: 'UNKNOWN', reason: 'the ledger does not list this backtest among the trials of its portfolio' };
  if (own.sharpePerRow === null) return { status: 'UNKNOWN', reason: 'returns that do not vary have no Sharpe ratio' };
  return { status: 'known', ...deflatedSharpe(observedSharpe(net.values), distinctTrials(recordedTrials(trials))!) };
}

/** What the rows say, a trial each. */
export function recordedTrials(trials: readonly TrialRow[]): RecordedTrial[] {
  return trials.flatMap(({ data, settings, tested }) =>
    tested.map(({ risk, figures, sharpePerRow }) => ({
      data,
      settings,
      profile: risk,
      stream: sharpePerRow === null ? null : { text: figures, sharpePerRow },
    })),
  );
}

export interface Bands {
  readonly blockRows: number;
  readonly metrics: Readonly<Record<string, Band | null>>;
  /** Of the sleeve weights of the last decision. */
  readonly weights: Readonly<Record<string, Band | null>>;
}

/** Blocks are as long as a step of the portfolio. */
export function bands({ facts, node, work, net, training }: RecordedProfile, seed: bigint, replicates: number): Checked<Bands> {
  const plan = { blockRows: node.blocks.backtest.step_size, replicates, seed };
  return checked(() => ({
    blockRows: plan.blockRows,
    metrics: bootstrapMetrics(net, facts.annualisationDays, plan),
    weights: bootstrapWeights(work, node, training, plan),
  }));
}

/** The recorded run is offset 0. */
export function offsetComparison({ facts, net, joined }: RecordedProfile, runs: readonly OffsetRun[]): Checked<OffsetComparison> {
  const failed = runs.find((run) => 'status' in run);
  if (failed !== undefined && 'status' in failed)
    return { status: 'not evaluated', reason: `from row ${failed.offset}: ${failed.message}` };
  const streams = runs.flatMap((run) => ('status' in run ? [] : [run]));
  const openedBefore = (first: string): string => joined.dates.findLast((date) => date < first)!;
  return checked(() =>
    compareStartOffsets([{ offset: 0, series: net }, ...streams], { annualisationDays: facts.annualisationDays, openedBefore }),
  );
}

export function figuresOf({ metrics }: TestedProfileFacts): Readonly<Record<string, number | null>> {
  const { total, twrAnnualised, volatility, sharpe, sortino, maxDrawdown, historicalCvar5 } = metrics;
  return { total, twrAnnualised, volatility, sharpe, sortino, maxDrawdown, historicalCvar5 };
}
