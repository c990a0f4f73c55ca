import { type SelectionLookAhead, selectionLookAheadOf } from '../run/selection-look-ahead.ts';
import type { BacktestStarted } from './events.ts';

/** The sleeves of a backtest whose symbols a scan chose that was made after their first price row. */
export function selectionLookAheadIn({ sleeves }: Pick<BacktestStarted, 'sleeves'>): (SelectionLookAhead & { readonly path: string })[] {
  return sleeves.flatMap(({ path, options, grid }) => {
    const found = selectionLookAheadOf(options, grid.first);
    return found === null ? [] : [{ path: path.join('/'), ...found }];
  });
}
