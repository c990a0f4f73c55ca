import { weighed } from '../allocation/node.ts';
import type { MetaNode } from '../manifest/resolved-meta-schema.ts';
import { type Band, bootstrapBands, type BootstrapPlan } from '../metrics/block-bootstrap.ts';
import { rowsAt } from '../returns/matrix.ts';
import type { ReturnMatrix } from '../returns/series.ts';
import { endsProfile } from '../shared/error-kinds.ts';
import type { Deciding } from './decisions.ts';

/**
 * Bands of the sleeve weights of one decision: its training rows are resampled, each row across all sleeves, and the profile and the
 * guardrails run again. A replicate that cannot be solved has no weights. Errors: SchemaViolation for a plan that cannot be drawn.
 */
export function bootstrapWeights(
  work: Deciding,
  node: MetaNode,
  training: ReturnMatrix,
  plan: Omit<BootstrapPlan, 'rows'>,
): Record<string, Band | null> {
  const { columns } = training;
  return bootstrapBands({ ...plan, rows: training.dates.length }, (rows) => {
    try {
      const { bounded } = weighed(work, node, rowsAt(training, rows), work.parameters);
      return Object.fromEntries(columns.map((id, at) => [id, bounded[at]!]));
    } catch (error) {
      if (!endsProfile(error)) throw error;
      return Object.fromEntries(columns.map((id) => [id, null]));
    }
  });
}
