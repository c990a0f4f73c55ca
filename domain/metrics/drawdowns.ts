import { dayNumberOf } from '../returns/days.ts';
import type { IsoDate, ReturnSeries } from '../returns/series.ts';
import { grown, returnBetween, unitWealth } from '../returns/wealth.ts';
import { invariant } from '../shared/errors.ts';

/** One stretch below a high. */
export interface DrawdownEpisode {
  /** Of the high that wealth fell from; the opening date counts as one. */
  readonly peak: IsoDate;
  /** First date of the lowest wealth. */
  readonly valley: IsoDate;
  /** First date at or above the high; null while there is none. */
  readonly recovery: IsoDate | null;
  /** In [-1, 0). */
  readonly depth: number;
  readonly rowsToValley: number;
  readonly rowsToRecovery: number | null;
  /** Calendar days from peak to recovery. */
  readonly daysToRecovery: number | null;
  /** Rows from the peak to the recovery, or to the last row. */
  readonly lengthRows: number;
}

export interface Drawdowns {
  /** Wealth over its running maximum, less 1, row by row: in [-1, 0]. */
  readonly path: Float64Array;
  /** In the order of their peaks. */
  readonly episodes: readonly DrawdownEpisode[];
  /** Open episodes count to the last row; null without an episode. */
  readonly averageLengthRows: number | null;
}

/** Row of the opening date, before the first return. */
const openingRow = -1;

interface OpenEpisode {
  readonly peakRow: number;
  valleyRow: number;
  depth: number;
}

interface Found extends OpenEpisode {
  readonly recoveryRow: number | null;
}

function episodesOf(values: Float64Array, path: Float64Array): Found[] {
  const found: Found[] = [];
  let wealth = unitWealth;
  let peak = unitWealth;
  let peakRow = openingRow;
  let open: OpenEpisode | null = null;
  for (let row = 0; row < values.length; row++) {
    wealth = grown(wealth, values[row]!);
    if (wealth.scale === 0 && wealth.value >= peak.value) {
      if (open !== null) found.push({ ...open, recoveryRow: row });
      open = null;
      peak = wealth;
      peakRow = row;
      continue;
    }
    const depth = returnBetween(peak, wealth);
    path[row] = depth;
    if (open === null) open = { peakRow, valleyRow: row, depth };
    else if (depth < open.depth) {
      open.valleyRow = row;
      open.depth = depth;
    }
  }
  if (open !== null) found.push({ ...open, recoveryRow: null });
  return found;
}

/**
 * Every stretch under water. The peak is the date of the high itself, as in empyrical; quantstats begins one row later, on the first day
 * under water.
 */
export function drawdownsOf({ dates, values }: ReturnSeries, opened: IsoDate): Drawdowns {
  const path = new Float64Array(values.length);
  const dateOf = (row: number): IsoDate => (row === openingRow ? opened : dates[row]!);
  const episodes = episodesOf(values, path).map(({ peakRow, valleyRow, recoveryRow, depth }): DrawdownEpisode => {
    const [peak, recovery] = [dateOf(peakRow), recoveryRow === null ? null : dateOf(recoveryRow)];
    return {
      peak,
      valley: dateOf(valleyRow),
      recovery,
      depth,
      rowsToValley: valleyRow - peakRow,
      rowsToRecovery: recoveryRow === null ? null : recoveryRow - peakRow,
      daysToRecovery: recovery === null ? null : dayNumberOf(recovery) - dayNumberOf(peak),
      lengthRows: (recoveryRow ?? values.length - 1) - peakRow,
    };
  });
  invariant(
    path.every((depth) => depth >= -1 && depth <= 0),
    'a drawdown lies in [-1, 0]',
  );
  const rows = episodes.reduce((sum, { lengthRows }) => sum + lengthRows, 0);
  return { path, episodes, averageLengthRows: episodes.length === 0 ? null : rows / episodes.length };
}

/** The deepest episodes, deepest first; of equal depth the earlier one. */
export function worstDrawdowns({ episodes }: Pick<Drawdowns, 'episodes'>, count: number): DrawdownEpisode[] {
  return episodes.toSorted((left, right) => left.depth - right.depth).slice(0, count);
}
