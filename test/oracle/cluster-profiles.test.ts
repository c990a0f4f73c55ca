/*
 * The oracle of this file is test/oracle/cluster_profiles.py: a second implementation on SciPy, scikit-learn and Clarabel, whose programmes
 * are polished on the constraints that hold. Winners of real windows and random streams; 1e-9 for closed forms, 1e-8 for projections and
 * 1e-7 where a quadratic programme decides.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { PriceTable, ReturnMatrix } from '../../domain/returns/series.ts';
import { solveClustered } from '../../domain/risk/clustered/solve-clustered.ts';
import { defaultSolveParameters, type RiskProfile, type SolveResult } from '../../domain/risk/profiles.ts';
import { shortStream } from '../../domain/selection/directions.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { parseCsvPrices } from '../../infra/csv/csv-prices.ts';
import { matrixOf } from '../domain/selection/pools.ts';
import { needs } from '../support/needs.ts';
import { sharedDirectory } from '../support/reference.ts';
import { expectClose } from '../support/worked-example.ts';
import type { SelectionGolden } from './selection-golden.ts';

interface Settings {
  readonly A: number;
  readonly lookbacks: number[];
  readonly shrinkage: number;
  readonly threshold: number;
}

/** Weights by profile and cap, in the order of the names; null where market_neutral has none. */
type Held = Readonly<Record<string, readonly number[] | null>>;

const golden = JSON.parse(readFileSync(new URL('../golden/cluster-oracle.json', import.meta.url), 'utf8')) as {
  readonly real: readonly {
    readonly selection: string;
    readonly settings: Settings;
    readonly windows: readonly { readonly as_of: string; readonly held: Held }[];
  }[];
  readonly random: readonly { readonly settings: Settings; readonly returns: readonly (readonly number[])[]; readonly held: Held }[];
};
const tolerances: Readonly<Partial<Record<RiskProfile, number>>> = {
  hrp: 1e-8,
  risk_parity: 1e-8,
  barbell: 1e-8,
  min_variance: 1e-7,
  max_sharpe: 1e-7,
  market_neutral: 1e-7,
};

function solve(risk: RiskProfile, cap: number, training: ReturnMatrix, pool: Float64Array, s: Settings): SolveResult | null {
  try {
    return solveClustered({
      risk,
      training,
      pool,
      parameters: { ...defaultSolveParameters, annualisationDays: s.A },
      clustering: { lookbacks: s.lookbacks, threshold: s.threshold, shrinkage: s.shrinkage },
      clusterCap: cap,
      regime: null,
    });
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'ProfileInfeasible') return null;
    throw error;
  }
}

function expectHeld(held: Held, training: ReturnMatrix, pool: Float64Array, s: Settings, where: string): void {
  for (const [key, wanted] of Object.entries(held)) {
    const [risk, cap = '1'] = key.split(' ') as [RiskProfile, string?];
    const found = solve(risk, Number(cap), training, pool, s);
    expect({ where, key, isInfeasible: found === null }).toEqual({ where, key, isInfeasible: wanted === null });
    found?.weights.forEach(({ symbol, weight }, i) => {
      // Relative to the largest weight there can be: a weight that is nearly nothing has no digits of its own.
      expectClose(1 + weight, 1 + wanted![i]!, tolerances[risk] ?? 1e-9, `${where} ${key} ${symbol}`);
    });
  }
}

test.each(golden.random.map((one, at) => [at, one] as const))(
  'random streams %d are held as the second implementation holds them',
  (at, { settings, returns, held }) => {
    const columns = Object.fromEntries(returns[0]!.map((_, k) => [`X${String(k).padStart(2, '0')}`, returns.map((row) => row[k]!)]));
    const pool = Float64Array.from(returns, (row) => row.reduce((sum, value) => sum + value, 0) / row.length);
    expectHeld(held, matrixOf(columns), pool, settings, `random ${at}`);
  },
);

const { describe: describeWithShared } = needs('reference data');

/** Simple returns of one symbol over the rows that end at a date. */
function returnsUpTo({ dates, symbols, closes }: PriceTable, symbol: string, end: string, rows: number): Float64Array {
  const column = closes[symbols.indexOf(symbol)]!;
  const last = dates.indexOf(end);
  return Float64Array.from({ length: rows }, (_, row) => column[last - rows + row + 1]! / column[last - rows + row]! - 1);
}

describeWithShared('winners of real windows', () => {
  test.each(golden.real.map((one) => [one.selection, one] as const))('of %s', (name, { settings, windows }) => {
    const selected = JSON.parse(
      readFileSync(new URL(`../golden/selection-oracle/${name}.json`, import.meta.url), 'utf8'),
    ) as SelectionGolden;
    const { table } = parseCsvPrices(readFileSync(join(sharedDirectory ?? '', 'data', selected.file)), selected.file);
    const dates = table.dates.filter((date) => date >= selected.first && date <= selected.last);
    const kept = table.dates.indexOf(dates[0]!);
    const prices = { ...table, dates, closes: table.closes.map((column) => column.subarray(kept, kept + dates.length)) };
    for (const { as_of: end, held } of windows) {
      const { winners, short } = selected.windows.find((window) => window.as_of === end)!;
      const raw = (symbol: string): Float64Array => returnsUpTo(prices, symbol, end, selected.train);
      const columns = Object.fromEntries(
        winners.map((symbol) => [symbol, Array.from(short.includes(symbol) ? shortStream(raw(symbol)) : raw(symbol))]),
      );
      const candidates = selected.symbols.filter((symbol) => !selected.benchmarks.includes(symbol)).map(raw);
      const pool = Float64Array.from(
        { length: selected.train },
        (_, row) => candidates.reduce((sum, one) => sum + one[row]!, 0) / candidates.length,
      );
      expectHeld(held, matrixOf(columns), pool, settings, `${name} ${end}`);
    }
  });
});
