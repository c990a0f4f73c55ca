/** Two sleeves that select and follow regimes, a portfolio of them, and what their commands record. */
import { Workbench } from '../cli.ts';
import { priceCsv, simulatedPrices } from '../prices.ts';
import { artifactsOf } from './backtests-with.ts';

const named = (letters: string): string[] => Array.from(letters, (letter) => `NYSE:${letter}${letter}`);

/** Some symbols are in both. */
const held = { east: named('ABCDEFGHIJ'), west: named('HIJKLMNOPQ') } as const;
export type PairedSleeve = keyof typeof held;
export const pairedRisks = 'hrp,barbell,raw_pool_ew,adaptive';

/** Thresholds wide enough that simulated walks pass. */
const features = {
  entropy_max_threshold: 1,
  efficiency_min_threshold: 0.02,
  hurst_random_walk_min: 0.5,
  hurst_random_walk_max: 0.5,
  eci_hurdle: -9,
};
const selection = { selection_mode: 'v4', min_momentum_score: -1, min_winners: 3 };

/** `east` selects again in each window, `west` once; a window begins every `step` rows. */
export function selectingPair(below: string, step = 10): Workbench {
  return new Workbench(below, ({ defaults, profiles }) => {
    const backtest = { ...defaults['backtest'], test_window: step, step_size: step };
    profiles['east'] = {
      data: { symbols: held.east },
      features,
      selection,
      backtest: { ...backtest, profiles: `${pairedRisks},market` },
    };
    profiles['west'] = {
      data: { symbols: held.west },
      features,
      selection,
      backtest: { ...backtest, profiles: `${pairedRisks},market`, dynamic_universe: false },
    };
    profiles['both'] = {
      sleeves: (['east', 'west'] as const).map((id) => ({ id, profile: id })),
      meta_allocation: { profile: 'hrp', min_weight: 0.2, max_weight: 0.8 },
    };
  });
}

/** Writes the prices of a sleeve; answers the file. */
export function pairedPrices(on: Workbench, sleeve: PairedSleeve, first = '2022-04-01'): string {
  const table = simulatedPrices({ symbols: [...held[sleeve], 'AMEX:SPY'], first, last: '2022-12-30', seed: 11 });
  return on.write(`${sleeve}.csv`, priceCsv(table));
}

export function productionWords(on: Workbench, sleeve: PairedSleeve, first?: string): string[] {
  return ['flow', 'production', '--profile', sleeve, '--prices', pairedPrices(on, sleeve, first), '--no-seal'];
}

export function pairBacktestWords(on: Workbench, first = '2022-04-01'): string[] {
  const prices = (['east', 'west'] as const).map((sleeve) => `${sleeve}=${pairedPrices(on, sleeve, first)}`);
  return ['backtest', 'run', '--meta', 'both', '--risk', pairedRisks, '--no-seal', '--from', first, '--prices', ...prices];
}

/** The facts of runs by their content, without what only says how they came about, and every stored artifact. */
export async function recordedOn(on: Workbench): Promise<{ readonly facts: readonly string[]; readonly artifacts: readonly string[] }> {
  const own = (await on.events()).filter(({ stream, type }) => /^(sleeveRun|backtest|tournament)-/.test(stream) && type !== 'CacheUsed');
  return { facts: own.map(({ type, stream, contentHash }) => `${type} ${stream} ${contentHash}`), artifacts: await artifactsOf(on) };
}
