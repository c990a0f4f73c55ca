import type { DatedTable } from '../returns/table-text.ts';
import { LedgerError } from '../shared/errors.ts';
import type { BookColumn } from './columns.ts';
import type { Decision } from './schedule.ts';

/** What an empty cell of weights is. */
export type EmptyWeights = 'refuse' | 'zero';

/**
 * The rows of a table of weights as decisions, aligned to the columns of the book. Errors: SchemaViolation for an empty cell or one that
 * is not finite, and for dates that do not ascend.
 */
export function decisionsOf(weights: DatedTable, columns: readonly BookColumn[], empty: EmptyWeights): Decision[] {
  const { dates } = weights;
  const columnOf = new Map(weights.columns.map((name, column) => [name, column]));
  const sources = columns.map(({ name }) => weights.values[columnOf.get(name)!]!);
  return dates.map((date, row) => {
    if (row > 0 && date <= dates[row - 1]!)
      throw new LedgerError('SchemaViolation', `the weights of ${date} follow those of ${dates[row - 1]}: dates must ascend`, {
        evidence: { date },
        at: { path: date },
      });
    const decided = Float64Array.from(sources, (values, column) => {
      const value = values[row]!;
      if (Number.isNaN(value) && empty === 'zero') return 0;
      if (!Number.isFinite(value)) {
        const { name } = columns[column]!;
        const why = Number.isNaN(value) ? 'is empty; say whether that is a weight of 0' : `is ${value}`;
        throw new LedgerError('SchemaViolation', `the weight of ${name} on ${date} ${why}`, {
          evidence: { column: name, date },
          at: { path: `${name} ${date}` },
        });
      }
      return value;
    });
    return { date, weights: decided };
  });
}
