import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

/** The cases of the second implementation, turned into what our command line takes. */

interface SleeveCase {
  readonly id: string;
  readonly prices: readonly string[];
  /** A file, all of whose columns are meant, or the symbols themselves. */
  readonly universe: string | readonly string[];
  readonly exclude?: string;
  readonly benchmarks: readonly string[];
  readonly as_of: string;
  readonly from?: string;
  readonly repair?: boolean;
  readonly rebalance_mode?: 'window' | 'daily';
  readonly estimator?: 'ledoit_wolf' | 'sample';
  readonly windows?: { readonly train: number; readonly test: number; readonly step: number };
}

interface Branch {
  readonly id: string;
  readonly sleeves: readonly string[];
}

interface MetaCase {
  readonly sleeves: readonly (string | Branch)[];
  readonly join?: 'compound' | 'drop';
  readonly projection?: 'euclidean' | 'proportional';
  readonly bounds?: { readonly min: number | null; readonly max: number | null };
  readonly estimator?: 'ledoit_wolf' | 'sample';
}

const here = fileURLToPath(new URL('./', import.meta.url));
export const cases = JSON.parse(readFileSync(join(here, 'cases.json'), 'utf8')) as {
  readonly sleeves: Readonly<Record<string, SleeveCase>>;
  readonly metas: Readonly<Record<string, MetaCase>>;
};

export function golden(name: string): unknown {
  return JSON.parse(readFileSync(join(here, '../golden/oracle', `${name}.json`), 'utf8')) as unknown;
}

function columnsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return text.slice(0, text.indexOf('\n')).trim().split(',').slice(1);
}

function sleeveProfile(data: string, { id, universe, exclude, benchmarks, rebalance_mode, estimator, windows }: SleeveCase): object {
  const named = typeof universe === 'string' ? columnsOf(join(data, universe)) : universe;
  const symbols = named.filter((symbol) => exclude === undefined || !symbol.startsWith(exclude));
  return {
    data: { symbols },
    backtest: {
      benchmark_symbols: benchmarks,
      ...(rebalance_mode === undefined ? {} : { rebalance_mode }),
      ...(windows === undefined ? {} : { train_window: windows.train, test_window: windows.test, step_size: windows.step }),
      ...(id === 'crypto' || id === 'majors' ? { backtest_slippage: 0.001, backtest_commission: 0.0004 } : {}),
    },
    ...(estimator === undefined ? {} : { risk: { estimator } }),
  };
}

/** Parity is another test's subject: what differs between these sleeves on purpose is excepted by name. */
function metaProfile({ sleeves, bounds, estimator }: MetaCase, name: string): object {
  const leaves = sleeves.flatMap((entry) => (typeof entry === 'string' ? [entry] : entry.sleeves));
  const benchmarks = leaves.filter((leaf) => cases.sleeves[leaf]!.benchmarks[0] !== 'AMEX:SPY');
  const exceptions = benchmarks.map((leaf) => ({
    sleeve: cases.sleeves[leaf]!.id,
    path: 'backtest.benchmark_symbols',
    value: cases.sleeves[leaf]!.benchmarks,
    rationale: 'a coin of its own',
  }));
  return {
    sleeves: sleeves.map((entry) =>
      typeof entry === 'string' ? { id: cases.sleeves[entry]!.id, profile: entry } : { id: entry.id, meta_profile: `${name}_${entry.id}` },
    ),
    meta_allocation: { profile: 'hrp', ...(bounds === undefined ? {} : { min_weight: bounds.min, max_weight: bounds.max }) },
    ...(estimator === undefined ? {} : { risk: { estimator } }),
    ...(exceptions.length === 0 ? {} : { parity: { exceptions } }),
  };
}

export function manifestOf(data: string): string {
  const profiles: Record<string, object> = {};
  for (const [name, sleeve] of Object.entries(cases.sleeves)) profiles[name] = sleeveProfile(data, sleeve);
  for (const [name, meta] of Object.entries(cases.metas)) {
    profiles[name] = metaProfile(meta, name);
    for (const entry of meta.sleeves) {
      if (typeof entry !== 'string') profiles[`${name}_${entry.id}`] = metaProfile({ ...meta, sleeves: entry.sleeves }, name);
    }
  }
  return JSON.stringify({
    defaults: { data: { lookback_days: 500 }, backtest: { train_window: 60, test_window: 20, step_size: 20 } },
    profiles,
  });
}

export function sleeveCommand(data: string, name: string): string[] {
  const { prices, as_of: asOf, from, repair } = cases.sleeves[name]!;
  const files = prices.map((file) => join(data, file));
  return [
    'flow',
    'production',
    '--profile',
    name,
    '--prices',
    ...files,
    '--as-of',
    asOf,
    ...(from === undefined ? [] : ['--from', from]),
    ...(repair === true ? ['--repair', 'drop-off-calendar'] : []),
    '--no-seal',
  ];
}

export function metaCommand(name: string): string[] {
  const { join: policy, projection } = cases.metas[name]!;
  return [
    'flow',
    'meta',
    '--profile',
    name,
    '--risk',
    'all',
    ...(policy === undefined ? [] : ['--join', policy]),
    ...(projection === undefined ? [] : ['--projection', projection]),
    '--no-seal',
  ];
}
