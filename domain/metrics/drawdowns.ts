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
}

interface Found extends OpenEpisode {
  readonly recoveryRow: number | null;
}

function stretchesOf(path: Float64Array): Found[] {
  const found: Found[] = [];
  let peakRow = openingRow;
  let open: OpenEpisode | null = null;
  for (const [row, depth] of path.entries()) {
    if (depth === 0) {
      if (open !== null) found.push({ ...open, recoveryRow: row });
      open = null;
      peakRow = row;
    } else if (open === null) open = { peakRow, valleyRow: row };
    else if (depth < path[open.valleyRow]!) open.valleyRow = row;
  }
  if (open !== null) found.push({ ...open, recoveryRow: null });
  return found;
}

/** The stretches under water of a path of depths, which is 0 at every high. */
export function drawdownsOfPath(path: Float64Array, dates: readonly IsoDate[], opened: IsoDate): Drawdowns {
  invariant(
    path.every((depth) => depth >= -1 && depth <= 0),
    'a drawdown lies in [-1, 0]',
  );
  const dateOf = (row: number): IsoDate => (row === openingRow ? opened : dates[row]!);
  const episodes = stretchesOf(path).map(({ peakRow, valleyRow, recoveryRow }): DrawdownEpisode => {
    const [peak, recovery] = [dateOf(peakRow), recoveryRow === null ? null : dateOf(recoveryRow)];
    return {
      peak,
      valley: dateOf(valleyRow),
      recovery,
      depth: path[valleyRow]!,
      rowsToValley: valleyRow - peakRow,
      rowsToRecovery: recoveryRow === null ? null : recoveryRow - peakRow,
      daysToRecovery: recovery === null ? null : dayNumberOf(recovery) - dayNumberOf(peak),
      lengthRows: (recoveryRow ?? path.length - 1) - peakRow,
    };
  });
  return { path, episodes, averageLengthRows: averageLengthOf(episodes) };
}

/** Open episodes count to the last row; null without an episode. */
export function averageLengthOf(episodes: readonly Pick<DrawdownEpisode, 'lengthRows'>[]): number | null {
  if (episodes.length === 0) return null;
  return episodes.reduce((sum, { lengthRows }) => sum + lengthRows, 0) / episodes.length;
}

function depthsOf(values: Float64Array): Float64Array {
  let wealth = unitWealth;
  let peak = unitWealth;
  return values.map((value) => {
    wealth = grown(wealth, value);
    const isHigh = wealth.scale === 0 && wealth.value >= peak.value;
    if (isHigh) peak = wealth;
    return isHigh ? 0 : returnBetween(peak, wealth);
  });
}

/**
 * Every stretch under water. The peak is the date of the high itself, as in empyrical; quantstats begins one row later, on the first day
 * under water.
 */
export function drawdownsOf({ dates, values }: ReturnSeries, opened: IsoDate): Drawdowns {
  return drawdownsOfPath(depthsOf(values), dates, opened);
}

/** The deepest episodes, deepest first; of equal depth the earlier one. */
export function worstDrawdowns<Episode extends Pick<DrawdownEpisode, 'depth'>>(
  { episodes }: { readonly episodes: readonly Episode[] },
  count: number,
): Episode[] {
  return episodes.toSorted((left, right) => left.depth - right.depth).slice(0, count);
}
