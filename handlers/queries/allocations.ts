import type { PortfolioDataEnd } from '../../domain/run/data-end.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { type Cash, cashLine } from '../../domain/allocation/cash.ts';
import type { FlattenedAsset } from '../../domain/allocation/flatten.ts';
import type { AllocationPublished } from '../../domain/publication/events.ts';
import {
  allocationKey,
  type AllocationRow,
  currentKey,
  type CurrentRow,
  currentWeights,
  type VerdictsRow,
} from '../../projections/current-weights.ts';
import { runDirectory } from '../../projections/run-directory.ts';
import { loadDocument } from '../artifacts/artifact-files.ts';
import type { Ports } from '../ports/ports.ts';
import { type View, viewOf } from '../read-models/views.ts';
import { cashAssetOfRun } from '../runs/cash-asset.ts';
import { countingRun } from '../runs/counting-run.ts';
import { dataEndOfRun } from '../runs/data-ends.ts';
import { runOpening } from '../runs/load-sleeve-run.ts';
import { publicationInForce } from '../runs/publication-in-force.ts';

export interface AllocationQuery {
  readonly meta: string;
  readonly risk: string;
  /** Market time: allocations with later dates are left out. */
  readonly asOf: string | null;
  /** Ledger time. */
  readonly knownAt: string | null;
  /** Of this run, whichever counts; left out for the one that does. */
  readonly runId?: string | null;
  /** The publication in force, or the one that was on the as-of date, whatever has been allocated since. */
  readonly published?: boolean;
}

export interface CurrentAllocation extends AllocationRow {
  readonly assets: readonly FlattenedAsset[];
  readonly acceptance: VerdictsRow | null;
  /** What is not invested; null where all is, and no cash asset is named. */
  readonly cash: Cash | null;
  /** Number of the publication in force when this is it; null for an allocation that was only recorded. */
  readonly publication: number | null;
  /** Where the data of its sleeves end; null where a run does not say. */
  readonly dataEnd: PortfolioDataEnd | null;
  /** Position that the answer reflects. */
  readonly position: string | null;
}

function missing({ meta, risk, asOf, knownAt, published, runId }: AllocationQuery): LedgerError {
  const until = `${asOf === null ? '' : ` as of ${asOf} or before`}${knownAt === null ? '' : `, known at ${knownAt}`}`;
  const evidence = { meta, risk, asOf, knownAt };
  if (typeof runId === 'string')
    return new LedgerError('NothingRecorded', `run ${runId} has no ${risk} allocation of ${meta}${until}`, { evidence });
  if (published === true) return new LedgerError('NothingPublished', `${meta} has no ${risk} publication${until}`, { evidence });
  return new LedgerError('NothingRecorded', `no ${risk} allocation of ${meta}${until}`, { evidence });
}

async function countingRunId(view: View, { meta, risk, asOf }: AllocationQuery): Promise<string | null> {
  const newest = await view.row<CurrentRow>(currentKey(meta, risk));
  return (await countingRun(view, `${meta}/${risk}`, newest, asOf))?.runId ?? null;
}

/** Errors: those of reading; null where nothing was published by then. */
async function publicationOn(ports: Ports, { meta, asOf, knownAt }: AllocationQuery): Promise<AllocationPublished | null> {
  try {
    return await publicationInForce(ports, { meta, asOf, knownAt });
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'NothingPublished') return null;
    throw error;
  }
}

/** The allocation that counts: greatest as-of, then restatement, then ledger order. Errors: NothingRecorded, NothingPublished. */
export async function currentAllocation(ports: Ports, query: AllocationQuery): Promise<CurrentAllocation> {
  const view = await viewOf(ports, currentWeights, query.knownAt);
  const published = query.published === true ? await publicationOn(ports, query) : null;
  const runId = query.runId ?? (query.published === true ? (published?.runId ?? null) : await countingRunId(view, query));
  const found = runId === null ? null : await view.row<AllocationRow>(allocationKey(runId, query.risk));
  const isAsked = found !== null && found.meta === query.meta && (query.asOf === null || found.asOf <= query.asOf);
  const row = isAsked ? found : null;
  if (row === null) throw missing(query);
  const { assets } = await loadDocument(ports.artifacts, 'flattened-portfolio', row.portfolio);
  const cash = cashLine(row.gross, await cashAssetOfRun(ports.artifacts, [await runOpening(ports, 'metaRun', row.runId)]));
  const acceptance = await view.row<VerdictsRow>(`verdicts/${row.runId}/${row.risk}`);
  const inForce = published ?? (await publicationOn(ports, { ...query, asOf: null }));
  const isPublished = row.runId === inForce?.runId && row.risk === inForce.risk;
  const dataEnd = await dataEndOfRun(await viewOf(ports, runDirectory, query.knownAt), row.runId);
  return { ...row, assets, cash, acceptance, dataEnd, publication: isPublished ? inForce.number : null, position: view.position };
}
