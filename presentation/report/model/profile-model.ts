import { type Cash, cashAssetIn, cashLine } from '../../../domain/allocation/cash.ts';
import type { DomainEvent, EventData } from '../../../domain/catalogue.ts';
import type { FlattenedAsset } from '../../../domain/allocation/flatten.ts';
import { computeMetrics, type Metrics } from '../../../domain/returns/metrics.ts';
import type { ReturnMatrix } from '../../../domain/returns/series.ts';
import { effectiveNumber } from '../../../domain/risk/contribution.ts';
import { invariant } from '../../../domain/shared/errors.ts';
import { byCodeUnits } from '../../../domain/shared/order.ts';
import { dataOf } from '../../../domain/shared/facts.ts';
import { pathKey } from '../../../domain/run/delivered-run.ts';
import { heldReturns, profileForensics, type ProfileForensics } from './forensics-model.ts';
import type { ReportSources } from './sources.ts';

/** One portfolio of the nest for one profile. */
export interface NodeReport {
  readonly meta: string;
  readonly path: readonly string[];
  readonly joined: EventData<'SleeveReturnsJoined'>;
  readonly optimised: EventData<'SleeveWeightsOptimised'>;
  readonly guarded: EventData<'GuardrailsApplied'>;
  readonly effectiveNumberRaw: number | null;
  readonly effectiveNumberBounded: number | null;
}

export interface EquityLine {
  readonly name: string;
  /** Growth of 1 after each joined date. */
  readonly wealth: readonly number[];
  readonly metrics: Metrics;
  readonly isPortfolio: boolean;
}

export interface AllocatedProfile {
  readonly status: 'allocated';
  readonly risk: string;
  readonly grade: 'NATIVE' | 'DEGRADED';
  /** The portfolio itself first, then those below it. */
  readonly nodes: readonly NodeReport[];
  readonly verdicts: EventData<'AcceptanceMeasured'>['verdicts'];
  readonly correlations: readonly { readonly left: string; readonly right: string; readonly value: number }[];
  readonly flattened: EventData<'PortfolioFlattened'>;
  readonly cash: Cash | null;
  /** By size, largest first. */
  readonly topAssets: readonly FlattenedAsset[];
  readonly equity: { readonly dates: readonly string[]; readonly lines: readonly EquityLine[] };
  readonly forensics: ProfileForensics;
}

export interface FailedProfile {
  readonly status: 'failed';
  readonly risk: string;
  readonly meta: string;
  readonly path: readonly string[];
  readonly code: string;
  readonly reason: string;
}

export type ProfileReport = AllocatedProfile | FailedProfile;

export const topAssetsMax = 10;
export const everyAsset = Number.POSITIVE_INFINITY;

function nodesOf(events: readonly DomainEvent[], risk: string): NodeReport[] {
  const optimised = new Map(
    dataOf(events, 'SleeveWeightsOptimised')
      .filter((data) => data.risk === risk)
      .map((data) => [pathKey(data.path), data]),
  );
  const guarded = new Map(
    dataOf(events, 'GuardrailsApplied')
      .filter((data) => data.risk === risk)
      .map((data) => [pathKey(data.path), data]),
  );
  return dataOf(events, 'SleeveReturnsJoined')
    .filter((data) => data.risk === risk)
    .toSorted((left, right) => byCodeUnits(pathKey(left.path), pathKey(right.path)))
    .map((joined) => {
      const key = pathKey(joined.path);
      const guard = guarded.get(key)!;
      return {
        meta: joined.meta,
        path: joined.path,
        joined,
        optimised: optimised.get(key)!,
        guarded: guard,
        effectiveNumberRaw: effectiveNumber(Object.values(guard.raw)),
        effectiveNumberBounded: effectiveNumber(Object.values(guard.weights)),
      };
    });
}

function lineOf(name: string, dates: readonly string[], values: Float64Array, annualisationDays: number, isPortfolio: boolean): EquityLine {
  let wealth = 1;
  const grown = Array.from(values, (value) => (wealth *= 1 + value));
  return { name, wealth: grown, metrics: computeMetrics({ dates, values }, annualisationDays), isPortfolio };
}

/** Sleeves and the portfolio on the joined dates: the portfolio holds the bounded weights on each of them (docs/explanation/joins.md). */
function equityOf(matrix: ReturnMatrix, { joined, guarded, meta }: NodeReport): AllocatedProfile['equity'] {
  const { dates, columns, values } = matrix;
  const width = columns.length;
  const portfolio = heldReturns(matrix, guarded.weights);
  const sleeves = columns.map((id, column) => {
    const own = Float64Array.from(dates, (_, row) => values[row * width + column]!);
    return lineOf(id, dates, own, joined.annualisationDays, false);
  });
  return { dates, lines: [...sleeves, lineOf(meta, dates, portfolio, joined.annualisationDays, true)] };
}

function correlationsOf(verdicts: EventData<'AcceptanceMeasured'>['verdicts']): AllocatedProfile['correlations'] {
  const pairs = verdicts.find(({ check }) => check === 'sleeve_correlations')?.details ?? [];
  return pairs.map(({ name, value }) => {
    const [left, right] = name.split('~');
    return { left: left!, right: right!, value };
  });
}

function largestFirst(assets: readonly FlattenedAsset[]): FlattenedAsset[] {
  return assets.toSorted((left, right) => Math.abs(right.weight) - Math.abs(left.weight) || byCodeUnits(left.symbol, right.symbol));
}

function allocatedProfile(sources: ReportSources, risk: string, holdings: number): AllocatedProfile {
  const { events, matrices, portfolios, definition } = sources;
  const nodes = nodesOf(events, risk);
  const acceptance = dataOf(events, 'AcceptanceMeasured').find((data) => data.risk === risk);
  const flattened = dataOf(events, 'PortfolioFlattened').find((data) => data.risk === risk);
  const matrix = matrices.get(risk);
  invariant(
    acceptance !== undefined && flattened !== undefined && matrix !== undefined && nodes.length > 0,
    'an allocated profile has joins, weights and verdicts',
    { risk },
  );
  return {
    status: 'allocated',
    risk,
    grade: acceptance.grade,
    nodes,
    verdicts: acceptance.verdicts,
    correlations: correlationsOf(acceptance.verdicts),
    flattened,
    cash: cashLine(flattened.gross, cashAssetIn(definition)),
    topAssets: largestFirst(portfolios.get(risk)!).slice(0, holdings),
    equity: equityOf(matrix, nodes[0]!),
    forensics: profileForensics(sources, { risk, matrix, root: nodes[0]!, assets: portfolios.get(risk)! }),
  };
}

/** Every profile asked for, in the order of the run; a rejected run has none. */
export function profileReports(sources: ReportSources, holdings: number): ProfileReport[] {
  const { events } = sources;
  const completed = dataOf(events, 'MetaRunCompleted')[0];
  if (completed === undefined) return [];
  const allocated = new Set<string>(completed.allocated);
  const failures = dataOf(events, 'MetaProfileFailed');
  return dataOf(events, 'MetaRunOpened')[0]!.options.risks.map((risk) => {
    if (allocated.has(risk)) return allocatedProfile(sources, risk, holdings);
    const failure = failures.find((data) => data.risk === risk);
    invariant(failure !== undefined, 'a profile is allocated or failed', { risk });
    const { meta, path, code, reason } = failure;
    return { status: 'failed', risk, meta, path, code, reason };
  });
}
