import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { priceCsv, simulatedPrices } from './prices.ts';

/** Three small sleeves on their own calendars, simulated: files and manifest for tests of the whole way through. */
export const smallSleeves = {
  stocks: ['NYSE:AAA', 'NYSE:BBB', 'NASDAQ:CCC'],
  funds: ['AMEX:EEE', 'AMEX:FFF', 'AMEX:SPY'],
  coins: ['BINANCE:XXXUSDT', 'BINANCE:YYYUSDT'],
} as const;
export type SmallSleeve = keyof typeof smallSleeves;

export function smallCsv(
  sleeve: SmallSleeve,
  { first = '2022-04-01', last = '2022-12-30', seed = 7 }: { first?: string; last?: string; seed?: number } = {},
): string {
  return priceCsv(simulatedPrices({ symbols: smallSleeves[sleeve], first, last, seed }));
}

/** Writes the prices of a sleeve below `directory`; answers the file. */
export function writePrices(
  directory: string,
  sleeve: SmallSleeve,
  span: Parameters<typeof smallCsv>[1] = {},
  name = `${sleeve}.csv`,
): string {
  const file = join(directory, name);
  writeFileSync(file, smallCsv(sleeve, span));
  return file;
}

export type LooseManifest = { defaults: Record<string, Record<string, unknown>>; profiles: Record<string, Record<string, unknown>> };

const sleeve = (id: string): Record<string, unknown> => ({ id, profile: id });

/** `whole` over three sleeves, `pair` over two, `nested` over a portfolio and a sleeve; `change` edits it first. */
export function smallManifest(change: (manifest: LooseManifest) => void = () => undefined): string {
  const manifest: LooseManifest = {
    defaults: {
      data: { lookback_days: 140 },
      // With so few rows Ledoit-Wolf would take every sleeve for equally volatile.
      risk: { estimator: 'sample' },
      backtest: { train_window: 30, test_window: 10, step_size: 10, profiles: 'hrp,equal_weight,market', benchmark_symbols: 'AMEX:SPY' },
    },
    profiles: {
      stocks: {},
      funds: { data: { symbols: ['AMEX:EEE', 'AMEX:FFF', 'AMEX:SPY'] } },
      coins: { backtest: { backtest_slippage: 0.001, backtest_commission: 0.0004 } },
      whole: {
        sleeves: [sleeve('stocks'), sleeve('funds'), sleeve('coins')],
        meta_allocation: { profile: 'hrp', min_weight: 0.05, max_weight: 0.6 },
      },
      pair: { sleeves: [sleeve('stocks'), sleeve('funds')], meta_allocation: 'hrp' },
      nested: {
        sleeves: [{ id: 'listed', meta_profile: 'pair' }, sleeve('coins')],
        meta_allocation: { profile: 'hrp', min_weight: 0.05, max_weight: 0.9 },
      },
    },
  };
  change(manifest);
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
