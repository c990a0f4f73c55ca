import { LedgerError } from '../../domain/shared/errors.ts';
import type { FlattenedAsset } from '../../domain/meta/flatten.ts';
import { type AllocationRow, currentWeights, type VerdictsRow } from '../../projections/current-weights.ts';
import { latestRun } from '../../domain/sleeve/decider.ts';
import { loadDocument } from '../artifact-files.ts';
import type { Ports } from '../ports.ts';
import { viewOf } from '../views.ts';

export interface AllocationQuery {
  readonly meta: string;
  readonly risk: string;
  /** Market time: allocations that speak of later dates are left out. */
  readonly asOf: string | null;
  /** Ledger time. */
  readonly knownAt: string | null;
}

export interface CurrentAllocation extends AllocationRow {
  readonly assets: readonly FlattenedAsset[];
  readonly acceptance: VerdictsRow | null;
  /** Position that the answer reflects. */
  readonly position: string | null;
}

/** The allocation that counts: greatest as-of, then restatement, then ledger order. Errors: NothingRecorded. */
export async function currentAllocation(ports: Ports, query: AllocationQuery): Promise<CurrentAllocation> {
  const view = await viewOf(ports, currentWeights, query.knownAt);
  const rows = await view.rows<AllocationRow>(`allocation/${query.meta}/${query.risk}/`);
  const row = latestRun(rows, query.asOf);
  if (row === null) {
    const asOf = query.asOf === null ? '' : ` as of ${query.asOf} or before`;
    const knownAt = query.knownAt === null ? '' : `, known at ${query.knownAt}`;
    throw new LedgerError('NothingRecorded', `no ${query.risk} allocation of ${query.meta}${asOf}${knownAt}`, { evidence: { ...query } });
  }
  const { assets } = await loadDocument<{ assets: FlattenedAsset[] }>(ports.artifacts, row.portfolio);
  return { ...row, assets, acceptance: await view.row<VerdictsRow>(`verdicts/${row.runId}/${row.risk}`), position: view.position };
}
