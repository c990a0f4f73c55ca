import type { EventData } from '../../../domain/catalogue.ts';
import type { FlattenedAsset } from '../../../domain/allocation/flatten.ts';
import { type ForensicCheck, forensicChecks, type SleeveSignTest } from '../../../domain/forensics/checks.ts';
import { type Collision, collisionsOf } from '../../../domain/forensics/collisions.ts';
import { blocksWon } from '../../../domain/forensics/profile-table.ts';
import { type ForensicStatistics, forensicStatistics } from '../../../domain/forensics/statistics.ts';
import type { ReturnMatrix } from '../../../domain/returns/series.ts';
import { hrpDetailSchema } from '../../../domain/risk/schemas.ts';
import { pathKey } from '../../../domain/run/delivered-run.ts';
import { dataOf } from '../../../domain/shared/facts.ts';
import { deliveredReport } from './sleeve-model.ts';
import type { ReportSources } from './sources.ts';

/** What an examiner looks at in an allocated profile. */
export interface ProfileForensics {
  readonly artifacts: readonly { readonly name: string; readonly isPresent: boolean }[];
  readonly checks: readonly ForensicCheck[];
  readonly statistics: ForensicStatistics;
  readonly collisions: readonly Collision[];
  readonly blocksWon: number | null;
}

/** Returns of a portfolio that holds the same weights on every joined row. */
export function heldReturns({ dates, columns, values }: ReturnMatrix, weights: Readonly<Record<string, number>>): Float64Array {
  const width = columns.length;
  return Float64Array.from(dates, (_, row) => columns.reduce((sum, id, column) => sum + weights[id]! * values[row * width + column]!, 0));
}

function signTestsOf({ events, sleeveRuns }: ReportSources): SleeveSignTest[] {
  return dataOf(events, 'MetaRunOpened')[0]!.consumed.map(({ path, runId }) => {
    const found = deliveredReport(sleeveRuns.get(runId)!).evidence.find(({ check }) => check === 'sign_test');
    return { sleeve: pathKey(path), status: found?.status ?? 'unknown' };
  });
}

interface Allocated {
  readonly risk: string;
  readonly matrix: ReturnMatrix;
  readonly root: { readonly guarded: EventData<'GuardrailsApplied'>; readonly optimised: EventData<'SleeveWeightsOptimised'> };
  readonly assets: readonly FlattenedAsset[];
}

/** The completeness of a profile, its checks, its figures, and the symbols that several sleeves hold. */
export function profileForensics(sources: ReportSources, { risk, matrix, root, assets }: Allocated): ProfileForensics {
  const { weights } = root.guarded;
  const tree = hrpDetailSchema.safeParse(root.optimised.solve.detail);
  const artifacts = [
    { name: 'meta_returns', isPresent: matrix.dates.length > 0 },
    { name: 'meta_optimized', isPresent: root.optimised.solve.weights.length > 0 },
    { name: 'portfolio_optimized_meta', isPresent: sources.portfolios.has(risk) },
    ...(risk === 'hrp' ? [{ name: 'meta_cluster_tree', isPresent: tree.success }] : []),
  ];
  const values = heldReturns(matrix, weights);
  return {
    artifacts,
    checks: forensicChecks({
      signTests: signTestsOf(sources),
      artifacts,
      rows: matrix.dates.length,
      columns: matrix.columns,
      weights,
      assets,
      treeRows: tree.success ? tree.data.linkage.length : null,
    }),
    statistics: forensicStatistics({ dates: matrix.dates, values }, weights, assets),
    collisions: collisionsOf(assets),
    blocksWon: blocksWon(values),
  };
}
