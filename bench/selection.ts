/**
 * Times selections on simulated returns: one of many symbols beside NumPy on one core, and a walk-forward of a few. Processor time, for
 * both sides use one core and share the machine with others.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rowsOf } from '../domain/returns/matrix.ts';
import type { ReturnMatrix } from '../domain/returns/series.ts';
import { fullLiquidityValue, marketOf, type SelectionPool, unknownFacts } from '../domain/selection/pool.ts';
import { select, type Selection } from '../domain/selection/select.ts';
import { usual } from '../test/support/selection-settings.ts';
import type { Machine } from './machine.ts';
import { peakMegabytes } from './measure.ts';
import { normals } from './returns.ts';

export interface SelectionFigures {
  readonly walkForward: { readonly cpuMs: number; readonly winners: number };
  readonly whole: { readonly cpuMs: number; readonly peakMegabytes: number; readonly winners: number };
}

/** Measured by `--selection` alone. */
export interface SelectionRun {
  readonly measuredAt: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly own: SelectionFigures;
  readonly peer: SelectionPeer;
}

interface Shape {
  readonly symbols: number;
  readonly rows: number;
}

export const selectionSize = { symbols: 5000, rows: 500 } as const;
/** 110 windows of 60 rows, 20 apart. */
export const walked = { symbols: 30, train: 60, step: 20, windows: 110 } as const;
/** Exact zeros make a correlation pairwise. */
export const zeroShare = 0.01;
const dataFile = 'selection.f64';
const factors = 20;

/** Daily returns with factors of their own sort, one of a hundred exactly zero. */
function simulated({ symbols, rows }: Shape): ReturnMatrix {
  const normal = normals(20_240_131);
  const values = new Float64Array(rows * symbols);
  for (let row = 0; row < rows; row++) {
    const common = Array.from({ length: factors }, normal);
    for (let column = 0; column < symbols; column++) {
      const value = 0.0003 + 0.01 * (common[column % factors]! + 0.8 * normal());
      values[row * symbols + column] = Math.abs(normal()) < 0.012533 ? 0 : value;
    }
  }
  return {
    dates: Array.from({ length: rows }, (_, row) => String(row)),
    columns: Array.from({ length: symbols }, (_, column) => `NYSE:S${String(column).padStart(5, '0')}`),
    values,
  };
}

function poolOf(returns: ReturnMatrix): SelectionPool {
  return {
    returns,
    market: marketOf(returns),
    facts: returns.columns.map((symbol) => ({ ...unknownFacts(symbol), averageDailyValue: 1e9 })),
    annualisationDays: 252,
    fullLiquidity: fullLiquidityValue.others,
  };
}

interface Timed<Result> {
  readonly cpuMs: number;
  readonly result: Result;
}

function timed<Result>(work: () => Result): Timed<Result> {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1000, result };
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Numbers that the peer computes too; a fast wrong answer is no result. */
function answerOf({ features, clusters, scores }: Selection): number[] {
  return [
    mean(features.momentum),
    mean(features.vol),
    mean(features.entropy_raw),
    mean(features.efficiency),
    mean(features.hurst_raw),
    mean(features.skew),
    mean(features.kurtosis),
    mean(features.cvar),
    mean(features.acf1_abs),
    mean(clusters.distances),
    clusters.linkage.reduce((sum, [, , height]) => sum + height, 0),
    clusters.count,
    mean(scores.score.map((score, i) => Math.log(score / scores.multiplier[i]!))),
  ];
}

const agreementMax = 1e-9;

/** NumPy and SciPy on one core. */
export interface SelectionPeer {
  readonly cpuMs: number;
  readonly peakMegabytes: number;
  readonly largestGap: number;
}

/** The same features, vetoes, scores and clusters by NumPy and SciPy on one core. Throws where the answers differ. */
export function compareSelection(python: string, scratch: string, answer: readonly number[]): SelectionPeer {
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
  const script = join(import.meta.dirname, 'selection_peers.py');
  const { status } = spawnSync(python, [script, scratch, String(selectionSize.symbols)], { env, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`selection_peers.py ended with ${status}`);
  const theirs = JSON.parse(readFileSync(join(scratch, 'selection.answers.json'), 'utf8')) as {
    readonly cpuMs: number;
    readonly peakMegabytes: number;
    readonly answer: readonly number[];
  };
  const gaps = answer.map((value, at) => Math.abs(value - theirs.answer[at]!) / Math.max(1e-9, Math.abs(value)));
  const largestGap = Math.max(...gaps);
  if (!(largestGap <= agreementMax))
    throw new Error(`NumPy differs by ${largestGap}: ${JSON.stringify(theirs.answer)}, not ${JSON.stringify(answer)}`);
  return { cpuMs: theirs.cpuMs, peakMegabytes: theirs.peakMegabytes, largestGap };
}

/** Winners of every window. */
function walk(returns: ReturnMatrix): number {
  let winners = 0;
  for (let window = 0; window < walked.windows; window++) {
    const first = window * walked.step;
    winners += select(poolOf(rowsOf(returns, first, first + walked.train)), usual).winners.length;
  }
  return winners;
}

/** Selections on one core; the returns of the large one are left for the peer. */
export function measureSelection(scratch: string): SelectionFigures & { readonly answer: readonly number[] } {
  const small = simulated({ symbols: walked.symbols, rows: walked.train + walked.step * (walked.windows - 1) });
  const windows = timed(() => walk(small));
  const many = simulated({ symbols: selectionSize.symbols, rows: selectionSize.rows });
  const pool = poolOf(many);
  const own = timed(() => select(pool, usual));
  const megabytes = peakMegabytes();
  writeFileSync(join(scratch, dataFile), Buffer.from(many.values.buffer));
  return {
    walkForward: { cpuMs: windows.cpuMs, winners: windows.result },
    whole: { cpuMs: own.cpuMs, peakMegabytes: megabytes, winners: own.result.winners.length },
    answer: answerOf(own.result),
  };
}
