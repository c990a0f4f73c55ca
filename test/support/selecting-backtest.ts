/** A backtest of two sleeves that select, on simulated prices. */
import type { BacktestInput } from '../../domain/backtest/backtest.ts';
import { atomicSleeves, resolveMeta } from '../../domain/manifest/resolve-meta.ts';
import { parseManifest } from '../../domain/manifest/validate.ts';
import type { PriceFile } from '../../domain/returns/price-file.ts';
import type { SleeveSelection } from '../../domain/sleeve-selection/job.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import { priceFile, simulatedPrices } from './prices.ts';
import { backtestOptions } from './small-backtest.ts';
import { smallManifest } from './small-market.ts';
import { wideThresholds } from './selection-settings.ts';

const named = (letters: string, exchange: string): string[] => Array.from(letters, (letter) => `${exchange}:S${letter}`);

export const selectingSymbols = { stocks: named('ABCDEFGH', 'NYSE'), funds: named('IJKLMNOP', 'NYSE') } as const;

export interface SelectingChange {
  readonly selection?: Readonly<Record<string, unknown>>;
  readonly backtest?: Readonly<Record<string, unknown>>;
  readonly features?: Readonly<Record<string, unknown>>;
  readonly changed?: (file: PriceFile) => PriceFile;
}

export function selectingBacktest({
  selection = {},
  backtest = {},
  features = {},
  changed = (file) => file,
}: SelectingChange = {}): BacktestInput {
  const text = smallManifest(({ defaults, profiles }) => {
    defaults['backtest'] = { ...defaults['backtest'], ...backtest };
    defaults['features'] = { ...wideThresholds, ...features };
    for (const id of ['stocks', 'funds'] as const) {
      profiles[id] = {
        data: { symbols: selectingSymbols[id] },
        selection: { selection_mode: 'v4', min_momentum_score: -1, min_winners: 2, ...selection },
      };
    }
  });
  const node = resolveMeta(parseManifest(text, 'selecting.json'), 'pair');
  const sleeves = atomicSleeves(node).map(({ path, sleeve }) => {
    const symbols = [...selectingSymbols[sleeve.id as keyof typeof selectingSymbols], 'AMEX:SPY'];
    const file = changed(priceFile(`${sleeve.id}.csv`, simulatedPrices({ symbols, first: '2022-04-01', last: '2022-11-30', seed: 7 })));
    return { path, sleeve, options: backtestOptions, files: [file], leftOut: [], sourceRunId: null };
  });
  return {
    node,
    options: { risks: ['hrp', 'equal_weight', 'market'], risksFrom: 'flag', join: null, projection: null },
    rules: rulesInForce,
    sleeves,
  };
}

/** The same selections with those of some windows aborted. */
export function abortedIn({ decisions }: SleeveSelection, windows: readonly number[]): SleeveSelection {
  return {
    verdict: 'degraded',
    decisions: decisions.map((decision) =>
      decision.window !== null && windows.includes(decision.window)
        ? { ...decision, record: { ...decision.record, aborts: ['veto_share'] } }
        : decision,
    ),
  };
}
