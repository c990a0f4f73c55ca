import type { Correlations } from '../../domain/tear-sheet/tear-sheet-input.ts';
import type { ReturnMatrix } from '../../domain/returns/series.ts';
import { selectColumns } from '../../domain/risk/columns.ts';
import { columnStandardDeviations, sampleCorrelation } from '../../domain/risk/covariance.ts';

/** The columns that vary: what is constant correlates with nothing. */
export function varyingColumns(matrix: ReturnMatrix): ReturnMatrix {
  const deviations = columnStandardDeviations(matrix);
  return selectColumns(
    matrix,
    matrix.columns.flatMap((_, column) => (deviations[column]! > 0 ? [column] : [])),
  );
}

/** Sample correlations of the columns that vary; null where there is no pair of them. */
export function correlationsOf(matrix: ReturnMatrix, basis: string): Correlations | null {
  const varying = varyingColumns(matrix);
  if (varying.columns.length < 2) return null;
  return { ids: varying.columns, values: sampleCorrelation(varying), basis };
}
