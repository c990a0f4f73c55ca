import { tableAsMatrix } from '../../domain/returns/dated-tables.ts';
import { rowsOf } from '../../domain/returns/matrix.ts';
import { correlationsOf } from './correlations.ts';
import type { TestedProfile } from './tested-profile.ts';

/** Correlations between sleeves as each decision saw them. */
export interface DecisionCorrelations {
  /** `left ~ right` */
  readonly pairs: readonly string[];
  /** Null where a sleeve did not vary on the rows that were learned from. */
  readonly rows: readonly { readonly date: string; readonly values: readonly (number | null)[] }[];
}

/** Sample correlations of the sleeves on the joined rows that each decision learned from. */
export function decisionCorrelations({ joined, windows }: Pick<TestedProfile, 'joined' | 'windows'>): DecisionCorrelations {
  const matrix = tableAsMatrix(joined);
  const { columns, dates } = matrix;
  const pairs = columns.flatMap((left, at) => columns.slice(at + 1).map((right) => [left, right] as const));
  const rowOf = new Map(dates.map((date, row) => [date, row]));
  return {
    pairs: pairs.map((pair) => pair.join(' ~ ')),
    rows: windows.map(({ trainFirst, newestRead }) => {
      const found = correlationsOf(rowsOf(matrix, rowOf.get(trainFirst)!, rowOf.get(newestRead)! + 1), 'sample');
      const between = (left: string, right: string): number | null => {
        const [row, column] = found === null ? [-1, -1] : [found.ids.indexOf(left), found.ids.indexOf(right)];
        return found === null || row < 0 || column < 0 ? null : found.values[row * found.ids.length + column]!;
      };
      return { date: newestRead, values: pairs.map(([left, right]) => between(left, right)) };
    }),
  };
}
