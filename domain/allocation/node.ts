import type { MetaNode } from '../manifest/resolved-meta-schema.ts';
import { regimeSettingsOf } from '../manifest/regime-settings.ts';
import { solveParametersOf } from '../manifest/solve-parameters.ts';
import { solveAdaptive } from '../regime/adaptive.ts';
import { detectRegime } from '../regime/regime.ts';
import { annualisationDays, type CalendarId } from '../returns/calendar.ts';
import { type Join, joinReturns } from '../returns/join.ts';
import { auditJoined, type JoinSource, type JoinVerdict } from '../returns/join-audit.ts';
import { metricsPolicyOf } from '../returns/metrics.ts';
import type { ReturnMatrix, ReturnSeries } from '../returns/series.ts';
import { type BoundedWeights, projectToBounds } from '../risk/bounds.ts';
import { sortColumns } from '../risk/columns.ts';
import { portfolioVolatility } from '../risk/contribution.ts';
import { covarianceOf, solveProfile } from '../risk/profiles.ts';
import type { RiskProfile, SolveParameters, SolveResult } from '../risk/schemas.ts';
import { solvePolicyOf } from '../risk/solve-policy.ts';
import { type DeliveredRun, pathKey } from '../run/delivered-run.ts';
import type { MetaRunOptions } from '../run/meta-run-options.ts';
import { marketOf } from '../selection/pool.ts';
import { endsProfile } from '../shared/error-kinds.ts';
import { LedgerError } from '../shared/errors.ts';
import type { Leaf } from './flatten.ts';

export interface NodeWork {
  readonly risk: RiskProfile;
  readonly options: MetaRunOptions;
  /** By path from the root. */
  readonly leaves: ReadonlyMap<string, DeliveredRun>;
  /** Version of the rules. */
  readonly rules: number;
}

/** Whose stream a sleeve or a portfolio below contributed: its own profile's unless a proxy was asked for. */
export interface ContributedStream {
  readonly id: string;
  readonly risk: RiskProfile;
  readonly proxy: boolean;
  /** Rows of the partial window that it ends with; of a portfolio below, the most of any of its streams. */
  readonly partialRows: number;
}

interface JoinedNode {
  readonly join: Join;
  readonly joinVerdict: JoinVerdict;
  readonly calendars: readonly CalendarId[];
  readonly parameters: SolveParameters;
  /** In the order of the matrix's columns. */
  readonly streams: readonly ContributedStream[];
  readonly warnings: readonly string[];
}

export interface BoundedNode {
  readonly solve: SolveResult;
  /** In the order of the matrix's columns, as are the bounds and the bounded weights. */
  readonly raw: readonly number[];
  readonly bounds: readonly MetaNode['bounds'][number][];
  readonly method: MetaNode['allocation']['projection'];
  readonly projection: BoundedWeights;
  readonly bounded: readonly number[];
  readonly covariance: Float64Array;
  /** Annualised, by the optimiser's covariance. */
  readonly volatilityRaw: number;
  readonly volatilityBounded: number;
}

/** The allocation of one portfolio for one profile, with the allocations of the portfolios below it. */
export interface NodeAllocation extends JoinedNode, BoundedNode {
  readonly risk: RiskProfile;
  /** As requested. */
  readonly meta: string;
  readonly path: readonly string[];
  /** R * w with the bounded weights, constant on every common date: in-sample, without meta-level costs. */
  readonly stream: ReturnSeries;
  /** The portfolios below, in the order of the definition. */
  readonly below: readonly NodeAllocation[];
  readonly leaves: readonly Leaf[];
  /** True when a sleeve, here or below, delivered a stand-in. */
  readonly degraded: boolean;
}

interface Child extends ContributedStream {
  readonly series: ReturnSeries;
  readonly calendars: readonly CalendarId[];
  /** Null for a sleeve. */
  readonly node: NodeAllocation | null;
  readonly leaves: readonly Leaf[];
  readonly degraded: boolean;
}

/** A failure of one portfolio for one profile, with the way to it. */
export class NodeFailure extends Error {
  readonly path: readonly string[];
  readonly meta: string;
  readonly error: LedgerError;

  constructor(path: readonly string[], meta: string, error: LedgerError) {
    super(error.message);
    this.path = path;
    this.meta = meta;
    this.error = error;
  }
}

/** The stream of a sleeve for a profile: its own, or a stand-in that was asked for by name. Errors: ProfileNotAvailable. */
function leafChild(work: NodeWork, id: string, path: readonly string[]): Child {
  const run = work.leaves.get(pathKey(path))!;
  const wanted = [work.risk, ...(work.options.proxies[work.risk] ?? [])];
  const risk = wanted.find((candidate) => run.streams.has(candidate));
  if (risk === undefined) {
    throw new LedgerError('ProfileNotAvailable', `sleeve ${pathKey(path)} (run ${run.runId}) has no ${work.risk} returns`, {
      evidence: { path: [...path], runId: run.runId, wanted, available: [...run.streams.keys()] },
    });
  }
  const stream = run.streams.get(risk)!;
  const leaf: Leaf = { path, runId: run.runId, weights: [], portfolio: stream.weights };
  return {
    id,
    series: stream.series,
    calendars: run.calendars,
    risk,
    proxy: risk !== work.risk,
    partialRows: stream.partialRows,
    node: null,
    leaves: [leaf],
    degraded: risk !== work.risk,
  };
}

function childOf(work: NodeWork, sleeve: MetaNode['sleeves'][number], path: readonly string[]): Child {
  const childPath = [...path, sleeve.id];
  if (sleeve.kind === 'atomic') return leafChild(work, sleeve.id, childPath);
  const node = allocateNode(work, sleeve.meta, childPath);
  const { stream, calendars, leaves, degraded } = node;
  const partialRows = node.streams.reduce((most, below) => Math.max(most, below.partialRows), 0);
  return { id: sleeve.id, series: stream, calendars, risk: work.risk, proxy: false, partialRows, node, leaves, degraded };
}

/** The stream of a portfolio that is held at these weights, row by row. */
export function portfolioStream(matrix: ReturnMatrix, weights: readonly number[]): ReturnSeries {
  const width = weights.length;
  const values = new Float64Array(matrix.dates.length);
  for (let row = 0; row < values.length; row++) {
    let sum = 0;
    for (let column = 0; column < width; column++) sum += weights[column]! * matrix.values[row * width + column]!;
    values[row] = sum;
  }
  return { dates: matrix.dates, values };
}

function joined(work: NodeWork, node: MetaNode, children: readonly Child[]): JoinedNode {
  const policy = work.options.join ?? node.allocation.join;
  const sources: JoinSource[] = children.map(({ id, series, calendars }) => ({ id, series, calendars }));
  const join = joinReturns(sources, { policy, metrics: metricsPolicyOf(work.rules) });
  const joinVerdict = auditJoined({ matrix: join.matrix, policy, sources });
  const calendars = [...new Set(children.flatMap((child) => child.calendars))].toSorted();
  const trainWindow = node.blocks.backtest.train_window;
  const warnings = [
    ...(join.rows < trainWindow ? [`${join.rows} common rows are fewer than the train window of ${trainWindow}`] : []),
    ...joinVerdict.findings.map((finding) => finding.message),
    ...children.filter((child) => child.proxy).map((child) => `${child.id} delivered ${child.risk} in place of ${work.risk}, as asked for`),
  ];
  const streams = join.matrix.columns.map((id) => {
    const { risk, proxy, partialRows } = children.find((child) => child.id === id)!;
    return { id, risk, proxy, partialRows };
  });
  return { join, joinVerdict, calendars, parameters: solveParametersOf(node.blocks, annualisationDays(calendars)), streams, warnings };
}

/** What weighing one portfolio depends on beside its definition and its rows. */
export interface Weighing {
  readonly risk: RiskProfile;
  readonly options: Pick<MetaRunOptions, 'projection'>;
  readonly rules: number;
}

/** The profile asked for on some rows; `adaptive` as the profile that the regime of `history` chooses. Errors: those of the solve. */
function solved(work: Weighing, node: MetaNode, matrix: ReturnMatrix, history: ReturnMatrix, parameters: SolveParameters): SolveResult {
  const solve = (risk: RiskProfile): SolveResult =>
    solveProfile({
      risk,
      training: matrix,
      parameters,
      givenOrder: node.sleeves.map(({ id }) => id),
      policy: solvePolicyOf(work.rules),
    });
  if (work.risk !== 'adaptive') return solve(work.risk);
  const settings = regimeSettingsOf(node.blocks);
  return solveAdaptive(detectRegime(marketOf(sortColumns(history)), parameters.annualisationDays, settings.spectral), settings, solve);
}

/**
 * Sleeve weights of one portfolio on some rows: optimised and moved inside the bounds. `history` is what a regime is read from: the rows up
 * to the decision, where they reach back further than those of the solve. Errors: BoundsInfeasible and those of the solve.
 */
export function weighed(
  work: Weighing,
  node: MetaNode,
  matrix: ReturnMatrix,
  parameters: SolveParameters,
  history: ReturnMatrix = matrix,
): BoundedNode {
  const ids = matrix.columns;
  const solve = solved(work, node, matrix, history, parameters);
  const raw = ids.map((id) => solve.weights.find((weight) => weight.symbol === id)!.weight);
  const bounds = ids.map((id) => node.bounds.find((bound) => bound.id === id)!);
  const method = work.options.projection ?? node.allocation.projection;
  const projection = projectToBounds(
    raw,
    bounds.map((bound) => bound.lower),
    bounds.map((bound) => bound.upper),
    method,
    ids,
  );
  const correlationShrinkage = solve.estimate?.correlationShrinkage ?? parameters.correlationShrinkage;
  const { covariance } = covarianceOf(matrix, { ...parameters, correlationShrinkage });
  return {
    solve,
    raw,
    bounds,
    method,
    projection,
    bounded: projection.weights,
    covariance,
    volatilityRaw: portfolioVolatility(covariance, raw),
    volatilityBounded: portfolioVolatility(covariance, projection.weights),
  };
}

/** Joins, optimises and bounds one portfolio for one profile, children first. Errors: NodeFailure, OverlapTooShort, BoundsInfeasible. */
export function allocateNode(work: NodeWork, node: MetaNode, path: readonly string[] = []): NodeAllocation {
  const { risk } = work;
  try {
    const children = node.sleeves.map((sleeve) => childOf(work, sleeve, path));
    const join = joined(work, node, children);
    const { matrix } = join.join;
    const weights = weighed(work, node, matrix, join.parameters);
    const weightOf = (id: string): number => weights.bounded[matrix.columns.indexOf(id)]!;
    return {
      risk,
      meta: node.requested,
      path,
      ...join,
      ...weights,
      stream: portfolioStream(matrix, weights.bounded),
      below: children.flatMap((child) => child.node ?? []),
      leaves: children.flatMap((child) => child.leaves.map((leaf) => ({ ...leaf, weights: [weightOf(child.id), ...leaf.weights] }))),
      degraded: children.some((child) => child.degraded),
    };
  } catch (error) {
    if (endsProfile(error)) throw new NodeFailure(path, node.requested, error);
    if (error instanceof LedgerError && error.code === 'BoundsInfeasible') {
      throw new LedgerError(error.code, `${node.requested}: ${error.message}`, {
        evidence: error.evidence,
        at: { path: `profiles.${node.profile}.meta_allocation` },
      });
    }
    throw error;
  }
}

/** Values in the order of columns, by the columns' ids. */
export function byColumn(ids: readonly string[], values: readonly number[]): Record<string, number> {
  return Object.fromEntries(ids.map((id, index) => [id, values[index]!]));
}
