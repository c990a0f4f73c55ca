import { priceCsv, simulatedPrices } from './prices.ts';
import { Workbench } from './cli.ts';
import type { LooseManifest } from './small-market.ts';

/** Ten simulated stocks and a benchmark. */
export const picks = Array.from({ length: 10 }, (_, k) => `NYSE:P${String.fromCharCode(65 + k)}`);

/** Thresholds wide enough that simulated walks pass. */
const features = {
  entropy_max_threshold: 1,
  efficiency_min_threshold: 0.02,
  hurst_random_walk_min: 0.5,
  hurst_random_walk_max: 0.5,
  eci_hurdle: -9,
};
const selection = { selection_mode: 'v4', min_momentum_score: -1, min_winners: 3 };

/** A desk whose sleeves `picked` and `fixed` select, window by window and once; `starved` needs more winners than there are candidates. */
export function selectingDesk(scratch: string, change: (manifest: LooseManifest) => void = () => undefined): Workbench {
  return new Workbench(scratch, (manifest) => {
    const { profiles } = manifest;
    const data = { symbols: picks };
    profiles['picked'] = { data, features, selection };
    profiles['fixed'] = { data, features, selection, backtest: { dynamic_universe: false } };
    profiles['starved'] = { data, features, selection: { ...selection, min_winners: 11 } };
    profiles['duo'] = {
      sleeves: [
        { id: 'picked', profile: 'picked' },
        { id: 'funds', profile: 'funds' },
      ],
      meta_allocation: 'hrp',
    };
    change(manifest);
  });
}

/** Produces a selecting sleeve; answers as the command line does. */
export async function producePicked(bench: Workbench, profile: 'picked' | 'fixed' | 'starved') {
  const prices = priceCsv(simulatedPrices({ symbols: [...picks, 'AMEX:SPY'], first: '2022-04-01', last: '2022-12-30', seed: 7 }));
  const argv = ['flow', 'production', '--profile', profile, '--prices', bench.write('picks.csv', prices), '--no-seal'];
  return { argv, answer: await bench.json(argv) };
}
