import { draftEvent } from '../../domain/catalogue.ts';
import type { MetaRunOptions } from '../../domain/meta/events.ts';
import type { Leaf } from '../../domain/meta/flatten.ts';
import type { MetaRunDraft } from '../../domain/meta/run-slice.ts';
import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import { solveParametersOf } from '../../domain/manifest/solve-parameters.ts';
import { annualisationDays, type CalendarId } from '../../domain/returns/calendar.ts';
import { auditJoined, type JoinSource, type JoinVerdict } from '../../domain/returns/join-audit.ts';
import { type Join, joinReturns, joinStatisticsOf } from '../../domain/returns/join.ts';
import type { ReturnMatrix, ReturnSeries } from '../../domain/returns/series.ts';
import { type BoundedWeights, projectToBounds } from '../../domain/risk/bounds.ts';
import { portfolioVolatility } from '../../domain/risk/contribution.ts';
import { covarianceOf, solveProfile } from '../../domain/risk/profiles.ts';
import type { RiskProfile, SolveParameters, SolveResult } from '../../domain/risk/schemas.ts';
import { endsProfile } from '../../domain/shared/error-kinds.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { type ArtifactShelf, matrixAsTable } from '../artifact-files.ts';
import { type LeafRun, pathKey } from './leaf-run.ts';

export interface NodeWork {
  readonly risk: RiskProfile;
  readonly options: MetaRunOptions;
  /** By path from the root. */
  readonly leaves: ReadonlyMap<string, LeafRun>;
  readonly shelf: ArtifactShelf;
}

/** What one portfolio came to for one profile. */
export interface NodeAllocation {
  /** R * w with the bounded weights, constant on every common date: in-sample, without meta-level costs (R18). */
  readonly stream: ReturnSeries;
  readonly calendars: readonly CalendarId[];
  readonly matrix: ReturnMatrix;
  readonly join: Join;
  readonly joinVerdict: JoinVerdict;
  /** In the order of the matrix's columns. */
  readonly raw: readonly number[];
  readonly bounded: readonly number[];
  readonly bounds: readonly MetaNode['bounds'][number][];
  readonly projection: BoundedWeights;
  readonly covariance: Float64Array;
  readonly annualisationDays: number;
  readonly solve: SolveResult;
  /** Facts of this portfolio and of those below it, children first. */
  readonly drafts: readonly MetaRunDraft[];
  readonly leaves: readonly Leaf[];
  /** True when a sleeve, here or below, delivered a stand-in. */
  readonly degraded: boolean;
}

interface Child {
  readonly id: string;
  readonly series: ReturnSeries;
  readonly calendars: readonly CalendarId[];
  readonly risk: RiskProfile;
  readonly proxy: boolean;
  readonly drafts: readonly MetaRunDraft[];
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
  return { id, series: stream.series, calendars: run.calendars, risk, proxy: risk !== work.risk, drafts: [], leaves: [leaf], degraded: risk !== work.risk };
}

function childOf(work: NodeWork, sleeve: MetaNode['sleeves'][number], path: readonly string[]): Child {
  const childPath = [...path, sleeve.id];
  if (sleeve.kind === 'atomic') return leafChild(work, sleeve.id, childPath);
  const below = allocateNode(work, sleeve.meta, childPath);
  const { stream, calendars, drafts, leaves, degraded } = below;
  return { id: sleeve.id, series: stream, calendars, risk: work.risk, proxy: false, drafts, leaves, degraded };
}

function portfolioStream(matrix: ReturnMatrix, weights: readonly number[]): ReturnSeries {
  const width = weights.length;
  const values = new Float64Array(matrix.dates.length);
  for (let row = 0; row < values.length; row++) {
    let sum = 0;
    for (let column = 0; column < width; column++) sum += weights[column]! * matrix.values[row * width + column]!;
    values[row] = sum;
  }
  return { dates: matrix.dates, values };
}

function asMap(ids: readonly string[], values: readonly number[]): Record<string, number> {
  return Object.fromEntries(ids.map((id, index) => [id, values[index]!]));
}

interface Joined {
  readonly join: Join;
  readonly verdict: JoinVerdict;
  readonly calendars: readonly CalendarId[];
  readonly parameters: SolveParameters;
  readonly draft: MetaRunDraft;
}

function joined(work: NodeWork, node: MetaNode, path: readonly string[], children: readonly Child[]): Joined {
  const policy = work.options.join ?? node.allocation.join;
  const sources: JoinSource[] = children.map(({ id, series, calendars }) => ({ id, series, calendars }));
  const join = joinReturns(sources, { policy });
  const verdict = auditJoined({ matrix: join.matrix, policy, sources });
  const calendars = [...new Set(children.flatMap((child) => child.calendars))].toSorted();
  const parameters = solveParametersOf(node.blocks, annualisationDays(calendars));
  const trainWindow = node.blocks.backtest.train_window;
  const warnings = [
    ...(join.rows < trainWindow ? [`${join.rows} common rows are fewer than the train window of ${trainWindow}`] : []),
    ...verdict.findings.map((finding) => finding.message),
    ...children.filter((child) => child.proxy).map((child) => `${child.id} delivered ${child.risk} in place of ${work.risk}, as asked for`),
  ];
  const draft = draftEvent('SleeveReturnsJoined', {
    risk: work.risk,
    meta: node.requested,
    path,
    statistics: joinStatisticsOf(join),
    annualisationDays: parameters.annualisationDays,
    streams: join.matrix.columns.map((id) => {
      const child = children.find((candidate) => candidate.id === id)!;
      return { id, risk: child.risk, proxy: child.proxy };
    }),
    warnings,
    matrix: work.shelf.table(matrixAsTable(join.matrix), calendars),
  });
  return { join, verdict, calendars, parameters, draft };
}

/** Joins, optimises and bounds one portfolio for one profile, children first. Errors: NodeFailure, OverlapTooShort. */
export function allocateNode(work: NodeWork, node: MetaNode, path: readonly string[] = []): NodeAllocation {
  const { risk } = work;
  try {
    const children = node.sleeves.map((sleeve) => childOf(work, sleeve, path));
    const { join, verdict, calendars, parameters, draft } = joined(work, node, path, children);
    const { matrix } = join;
    const ids = matrix.columns;
    const solve = solveProfile({ risk, training: matrix, parameters });
    const raw = ids.map((id) => solve.weights.find((weight) => weight.symbol === id)!.weight);
    const bounds = ids.map((id) => node.bounds.find((bound) => bound.id === id)!);
    const method = work.options.projection ?? node.allocation.projection;
    const projection = projectToBounds(raw, bounds.map((bound) => bound.lower), bounds.map((bound) => bound.upper), method, ids);
    const bounded = projection.weights;
    const correlationShrinkage = solve.estimate?.correlationShrinkage ?? parameters.correlationShrinkage;
    const { covariance } = covarianceOf(matrix, { ...parameters, correlationShrinkage });
    const volatilityRaw = portfolioVolatility(covariance, raw);
    const volatilityBounded = portfolioVolatility(covariance, bounded);
    const optimised = draftEvent('SleeveWeightsOptimised', {
      risk,
      meta: node.requested,
      path,
      params: { engine: 'custom', profile: risk, n_sleeves: ids.length },
      weights: asMap(ids, raw),
      parameters,
      solve,
    });
    const guarded = draftEvent('GuardrailsApplied', {
      risk,
      meta: node.requested,
      path,
      projection: method,
      bounds,
      raw: asMap(ids, raw),
      weights: asMap(ids, bounded),
      binding: ids.flatMap((id, index) => (projection.binding[index] === null ? [] : [{ id, bound: projection.binding[index]! }])),
      determined: projection.determined,
      distanceL2: projection.distanceL2,
      volatilityRawExAnte: volatilityRaw,
      volatilityBoundedExAnte: volatilityBounded,
      volatilityCostExAnte: volatilityBounded - volatilityRaw,
    });
    return {
      stream: portfolioStream(matrix, bounded),
      calendars,
      matrix,
      join,
      joinVerdict: verdict,
      raw,
      bounded,
      bounds,
      projection,
      covariance,
      annualisationDays: parameters.annualisationDays,
      solve,
      drafts: [...children.flatMap((child) => child.drafts), draft, optimised, guarded],
      leaves: children.flatMap((child) => child.leaves.map((leaf) => ({ ...leaf, weights: [bounded[ids.indexOf(child.id)]!, ...leaf.weights] }))),
      degraded: children.some((child) => child.degraded),
    };
  } catch (error) {
    if (endsProfile(error)) throw new NodeFailure(path, node.requested, error);
    if (error instanceof LedgerError && error.code === 'BoundsInfeasible') {
      throw new LedgerError(error.code, `${node.requested}: ${error.message}`, { evidence: error.evidence, at: { path: `profiles.${node.profile}.meta_allocation` } });
    }
    throw error;
  }
}
