/** Times the execution of a path of weights, and the overlays on it, on the returns that the kernels are timed on. */
import { simulateWeights } from '../domain/execution/simulation.ts';
import { applyOverlays } from '../domain/overlay/overlays.ts';
import { overlaysOf } from '../domain/overlay/parameters.ts';
import type { ReturnMatrix } from '../domain/returns/series.ts';
import type { DatedTable } from '../domain/returns/table-text.ts';
import { measure, peakMegabytes, type Timing } from './measure.ts';
import { readReturns } from './returns.ts';

export interface ExecutionFigures {
  readonly steps: readonly { readonly name: string; readonly timing: Timing }[];
  readonly peakMegabytes: number;
}

const stepRows = 5;

/** Weights that change every fifth row, long and short. */
function weightsOf({ dates, columns }: ReturnMatrix): DatedTable {
  const decided = dates.filter((_, row) => row % stepRows === 0);
  const weightAt = (row: number, column: number): number => Math.sin(row + 3 * column) / columns.length;
  return { dates: decided, columns, values: columns.map((_, column) => Float64Array.from(decided, (_date, row) => weightAt(row, column))) };
}

const tableOf = ({ dates, columns, values }: ReturnMatrix): DatedTable => ({
  dates,
  columns,
  values: columns.map((_, column) => Float64Array.from(dates, (_date, row) => values[row * columns.length + column]!)),
});

function pricesOf(returns: ReturnMatrix): DatedTable {
  const { dates, columns, values } = tableOf(returns);
  const compounded = values.map((series) => {
    let price = 100;
    return series.map((value) => (price *= 1 + value));
  });
  return { dates, columns, values: compounded };
}

const settings = { slippageFraction: 0.0005, cashRateAnnual: 0.02, borrowRateAnnual: 0.01 };

/** The work alone: tables are made before. */
function simulated(returns: ReturnMatrix): () => unknown {
  const [weights, table] = [weightsOf(returns), tableOf(returns)];
  return () => simulateWeights({ weights, market: { kind: 'returns', table }, settings, calendar: 'XCRY' });
}

export async function measureExecution(scratch: string): Promise<ExecutionFigures> {
  const [small, large] = [readReturns(scratch, 'small'), readReturns(scratch, 'large')];
  const [positions, prices] = [weightsOf(small), pricesOf(small)];
  const overlaid = (written: object) => () => applyOverlays({ positions, prices, parameters: overlaysOf(written), calendar: 'XCRY' });
  const works: readonly (readonly [string, () => unknown])[] = [
    ['simulate, 20 assets x 2,263 rows, 453 trades', simulated(small)],
    ['simulate, 500 assets x 1,000 rows, 200 trades', simulated(large)],
    ['overlay vol, global, 20 assets, 453 decisions', overlaid({ order: ['vol'] })],
    ['overlay vol, per asset, 20 assets, 453 decisions', overlaid({ order: ['vol'], vol: { mode: 'per_asset' } })],
  ];
  const steps: { name: string; timing: Timing }[] = [];
  for (const [name, work] of works) steps.push({ name, timing: (await measure(work, { warmUps: 5, repetitions: 21 })).timing });
  return { steps, peakMegabytes: peakMegabytes() };
}
