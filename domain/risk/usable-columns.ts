import type { ReturnMatrix } from '../returns/series.ts';
import { selectColumns } from './columns.ts';
import { columnMeans, columnStandardDeviations, type Moments, momentsOf, requireRows } from './covariance.ts';
import { LedgerError } from '../shared/errors.ts';
import type { RiskProfile } from './schemas.ts';

/** Daily standard deviation at or below which a column is constant for an optimiser. */
export const standardDeviationFloor = 1e-9;

/** By how much the variance of a column must exceed that of a constant one before the rounding of its sum has no say. */
const clearVariance = 1 + 1e-6;

/** What an optimiser works on: the columns that are not constant, in the order of the arithmetic. */
export interface Usable {
  readonly kept: readonly number[];
  readonly training: ReturnMatrix;
  /** Null where fewer than two columns are left. */
  readonly moments: Moments | null;
}

/** Whether the cross products alone show that no column is constant. */
function variesThroughout({ products, columns, rows }: Moments): boolean {
  const floor = (rows - 1) * standardDeviationFloor * standardDeviationFloor * clearVariance;
  return columns.every((_, i) => products[i * columns.length + i]! > floor);
}

/** Takes the moments first, for nearly always every column is kept; deviations are taken where one may be constant. */
export function usableColumns(given: ReturnMatrix, order: readonly number[]): Usable {
  requireRows(given);
  const means = columnMeans(given);
  if (order.length > 1) {
    const training = selectColumns(given, order);
    const moments = momentsOf(
      training,
      means.map((_, k) => means[order[k]!]!),
    );
    if (variesThroughout(moments)) return { kept: order, training, moments };
  }
  const deviations = columnStandardDeviations(given);
  const kept = order.filter((i) => deviations[i]! > standardDeviationFloor);
  const training = selectColumns(given, kept);
  return { kept, training, moments: kept.length > 1 ? momentsOf(training) : null };
}

/** Refuses a profile of which every column is constant. */
export function refuseConstant(risk: RiskProfile, droppedColumns: readonly string[]): never {
  const dropped = droppedColumns.length === 0 ? '' : `; dropped: ${droppedColumns.join(', ')}`;
  throw new LedgerError('SolverFailed', `${risk}: no column has a standard deviation above ${standardDeviationFloor}${dropped}`, {
    evidence: { risk, droppedColumns: [...droppedColumns] },
  });
}
