import { prepareSleeve, type SleeveAllocationInput } from '../../../domain/allocation/sleeve/allocation.ts';
import type { ResolvedProfile } from '../../../domain/manifest/resolved-schema.ts';
import type { PriceFile } from '../../../domain/returns/price-file.ts';
import type { SelectionJob } from '../../../domain/sleeve-selection/job.ts';
import { input, prices, stocks } from '../allocation/sleeve/stocks.ts';
import { wideThresholds } from '../../support/selection-settings.ts';

/** A small sleeve that selects: twelve simulated stocks and a benchmark. */
export const twelve = Array.from({ length: 12 }, (_, k) => `NYSE:S${String.fromCharCode(65 + k)}`);

export interface SelectingSettings {
  readonly selection?: Readonly<Record<string, unknown>>;
  readonly features?: Readonly<Record<string, unknown>>;
  readonly backtest?: Readonly<Record<string, unknown>>;
  readonly risk?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, unknown>>;
}

export function selecting({ selection = {}, features = {}, backtest = {}, risk = {}, data = {} }: SelectingSettings = {}): ResolvedProfile {
  return stocks(({ profiles }) => {
    const profile = profiles['stocks']!;
    profile['selection'] = { selection_mode: 'v4', min_momentum_score: -1, min_winners: 3, ...selection };
    profile['features'] = { ...wideThresholds, ...features };
    profile['data'] = { ...(profile['data'] as object), ...data };
    profile['risk'] = { ...(profile['risk'] as object), ...risk };
    profile['backtest'] = { ...(profile['backtest'] as object), profiles: ['hrp', 'equal_weight', 'market', 'benchmark'], ...backtest };
  });
}

export const twelvePrices = (last = '2022-12-30'): PriceFile => prices([...twelve, 'AMEX:SPY'], last);

export function selectingInput(settings: SelectingSettings = {}, files: readonly PriceFile[] = [twelvePrices()]): SleeveAllocationInput {
  return input(files, {}, selecting(settings));
}

export function selectionJob(settings: SelectingSettings = {}, files?: readonly PriceFile[]): SelectionJob {
  return prepareSleeve(selectingInput(settings, files)).formed!.selectionJob!;
}

/** The file with every price behind a date changed. */
export function changedAfter(file: PriceFile, date: string): PriceFile {
  const { dates, closes } = file.table;
  const changed = closes.map((column, at) =>
    column.map((price, row) => (dates[row]! > date ? price * (1 + 0.02 * ((row + at) % 5)) : price)),
  );
  return { ...file, table: { ...file.table, closes: changed } };
}
