import type { IsoDate } from '../returns/series.ts';

/** One fall of equity below its high. */
export interface Drawdown {
  /** Date of the high; the opening date where the fall begins with the first row. */
  readonly peak: IsoDate;
  /** First date of the least equity. */
  readonly valley: IsoDate;
  /** First date at or above the high again; null when it was not reached. */
  readonly recovery: IsoDate | null;
  /** In [-1, 0). */
  readonly depth: number;
  /** Rows from the high to the recovery, or to the last row. */
  readonly lengthRows: number;
}

/** Every drawdown of an equity curve that opens at 1, in the order of their highs. */
export function drawdownsOf(dates: readonly IsoDate[], equity: Float64Array, openingDate: IsoDate): Drawdown[] {
  const found: Drawdown[] = [];
  let peakRow = -1;
  let peak = 1;
  let valleyRow = -1;
  const dateOf = (row: number): IsoDate => (row < 0 ? openingDate : dates[row]!);
  const close = (endRow: number, isRecovered: boolean): void => {
    found.push({
      peak: dateOf(peakRow),
      valley: dateOf(valleyRow),
      recovery: isRecovered ? dateOf(endRow) : null,
      depth: equity[valleyRow]! / peak - 1,
      lengthRows: endRow - peakRow,
    });
    valleyRow = -1;
  };
  for (let row = 0; row < equity.length; row++) {
    const value = equity[row]!;
    if (value >= peak) {
      if (valleyRow >= 0) close(row, true);
      peak = value;
      peakRow = row;
    } else if (valleyRow < 0 || value < equity[valleyRow]!) valleyRow = row;
  }
  if (valleyRow >= 0) close(equity.length - 1, false);
  return found;
}
