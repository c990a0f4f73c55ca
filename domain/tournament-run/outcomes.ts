import type { JobFailure } from '../backtest/sleeve-job.ts';
import type { StagedArtifacts } from '../documents/staged-artifacts.ts';
import { computeMetrics, metricsPolicyOf } from '../returns/metrics.ts';
import type { ReturnSeries } from '../returns/series.ts';
import { type DatedTable, tableText } from '../returns/table-text.ts';
import type { DocumentReference } from '../shared/artifact-reference.ts';
import { endsProfile } from '../shared/error-kinds.ts';
import type { Entrant, ImportedEntrant } from '../tournament/entrant.ts';

export interface FailedEntrant {
  readonly id: string;
  readonly code: string;
  readonly reason: string;
}

export function failedEntrant(
  { id }: Pick<Entrant | ImportedEntrant, 'id'>,
  { code, message }: Pick<JobFailure, 'code' | 'message'>,
): FailedEntrant {
  return { id, code, reason: message };
}

/** Errors of a stream whose figures are beyond numbers; null for one that can be measured. */
export function unmeasurable(
  entrant: Pick<Entrant | ImportedEntrant, 'id'>,
  net: ReturnSeries,
  annualisationDays: number,
  rules: number,
): FailedEntrant | null {
  try {
    computeMetrics(net, annualisationDays, metricsPolicyOf(rules));
    return null;
  } catch (error) {
    if (!endsProfile(error)) throw error;
    return failedEntrant(entrant, error);
  }
}

export function csvOf(table: DatedTable, staged: StagedArtifacts): DocumentReference {
  return staged.verbatim(new TextEncoder().encode(tableText(table)), 'text/csv');
}
