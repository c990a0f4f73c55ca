import {
  isAllocated,
  type MetaAllocation,
  type ProfileAllocation,
  type ProfileFailure,
  type ProfileOutcome,
} from '../allocation/meta-allocation.ts';
import { byColumn, type NodeAllocation } from '../allocation/node.ts';
import { matrixAsTable } from '../returns/dated-tables.ts';
import { joinStatisticsOf } from '../returns/join.ts';
import type { StagedArtifacts } from '../documents/staged-artifacts.ts';
import type { RiskProfile } from '../risk/schemas.ts';
import { requireRules } from '../run/rules.ts';
import type { IdentifiedMetaRun, MetaRunRequest } from './identity.ts';
import { draftMetaRun, type MetaRunDraft } from './slice.ts';

function opened(
  { node, options, asOf, restatement, supersedes, why, rules }: MetaRunRequest,
  { names, consumed, waivers }: IdentifiedMetaRun,
  staged: StagedArtifacts,
): MetaRunDraft {
  return draftMetaRun('MetaRunOpened', {
    runId: names[0].runId,
    meta: node.requested,
    profile: node.profile,
    asOf,
    rules: requireRules(rules),
    definition: staged.keptDocument('meta-portfolio', node),
    options,
    maxStalenessSessions: node.allocation.max_staleness_sessions,
    consumed,
    waivers,
    restatement,
    supersedes,
    why,
  });
}

function parityDecided({ node, waivers }: MetaRunRequest, { verdict, outcome }: IdentifiedMetaRun['parity']): MetaRunDraft {
  const meta = node.requested;
  switch (outcome.outcome) {
    case 'accepted':
      return draftMetaRun('ParityAccepted', { meta, verdict });
    case 'rejected':
      return draftMetaRun('ParityRejected', { meta, verdict, outcome });
    case 'waived': {
      const used = new Set(outcome.used.map(({ waiverId }) => waiverId));
      return draftMetaRun('ParityWaived', { meta, verdict, outcome, waivers: waivers.filter(({ waiverId }) => used.has(waiverId)) });
    }
  }
}

function returnsJoined(
  { risk, meta, path, join, parameters, streams, warnings, calendars }: NodeAllocation,
  staged: StagedArtifacts,
): MetaRunDraft {
  return draftMetaRun('SleeveReturnsJoined', {
    risk,
    meta,
    path,
    statistics: joinStatisticsOf(join),
    annualisationDays: parameters.annualisationDays,
    streams,
    warnings,
    matrix: staged.table(matrixAsTable(join.matrix), calendars),
  });
}

function weightsOptimised({ risk, meta, path, join, raw, parameters, solve }: NodeAllocation): MetaRunDraft {
  const ids = join.matrix.columns;
  return draftMetaRun('SleeveWeightsOptimised', {
    risk,
    meta,
    path,
    params: { engine: 'custom', profile: risk, n_sleeves: ids.length },
    weights: byColumn(ids, raw),
    parameters,
    solve,
  });
}

function guardrailsApplied({
  risk,
  meta,
  path,
  join,
  method,
  bounds,
  raw,
  bounded,
  projection,
  volatilityRaw,
  volatilityBounded,
}: NodeAllocation): MetaRunDraft {
  const ids = join.matrix.columns;
  return draftMetaRun('GuardrailsApplied', {
    risk,
    meta,
    path,
    projection: method,
    bounds,
    raw: byColumn(ids, raw),
    weights: byColumn(ids, bounded),
    binding: ids.flatMap((id, index) => (projection.binding[index] === null ? [] : [{ id, bound: projection.binding[index]! }])),
    determined: projection.determined,
    distanceL2: projection.distanceL2,
    volatilityRawExAnte: volatilityRaw,
    volatilityBoundedExAnte: volatilityBounded,
    volatilityCostExAnte: volatilityBounded - volatilityRaw,
  });
}

/** Children first. */
function nodeFacts(node: NodeAllocation, staged: StagedArtifacts): MetaRunDraft[] {
  return [
    ...node.below.flatMap((below) => nodeFacts(below, staged)),
    returnsJoined(node, staged),
    weightsOptimised(node),
    guardrailsApplied(node),
  ];
}

function allocationFacts({ risk, root, flattened, acceptance, grade }: ProfileAllocation, staged: StagedArtifacts): MetaRunDraft[] {
  const { meta } = root;
  const nodes = nodeFacts(root, staged);
  const { assets, gross, net, grossBeforeNetting, grossExpected, nettedExposure, conservationError, leafPaths, nettedSymbols } = flattened;
  const portfolio = draftMetaRun('PortfolioFlattened', {
    risk,
    meta,
    weights: Object.fromEntries(assets.map(({ symbol, weight }) => [symbol, weight])),
    gross,
    net,
    grossBeforeNetting,
    grossExpected,
    nettedExposure,
    conservationError,
    symbols: assets.length,
    leafPaths,
    nettedSymbols,
    portfolio: staged.document('flattened-portfolio', { risk, meta, assets }),
  });
  return [...nodes, portfolio, draftMetaRun('AcceptanceMeasured', { risk, meta, grade, verdicts: acceptance })];
}

function failureFact({ risk, meta, path, error: { code, message, evidence } }: ProfileFailure): MetaRunDraft {
  return draftMetaRun('MetaProfileFailed', {
    risk,
    meta,
    path,
    code,
    reason: message,
    evidence: JSON.parse(JSON.stringify(evidence)) as Record<string, unknown>,
  });
}

/** Those with which a run begins: a run that parity rejected ends there. */
export function openingFacts(request: MetaRunRequest, identified: IdentifiedMetaRun, staged: StagedArtifacts): MetaRunDraft[] {
  return [opened(request, identified, staged), parityDecided(request, identified.parity)];
}

/** What became of one profile. */
export function profileFacts(outcome: ProfileOutcome, staged: StagedArtifacts): MetaRunDraft[] {
  return isAllocated(outcome) ? allocationFacts(outcome, staged) : [failureFact(outcome)];
}

/** The end of a run that parity let pass; `profiles` in the order that was asked for. */
export function completedFact(
  runId: string,
  profiles: readonly { readonly risk: RiskProfile; readonly allocated: boolean }[],
  profileSpreadMax: number,
): MetaRunDraft {
  const risksOf = (wanted: boolean): RiskProfile[] => profiles.filter(({ allocated }) => allocated === wanted).map(({ risk }) => risk);
  return draftMetaRun('MetaRunCompleted', { runId, allocated: risksOf(true), failed: risksOf(false), profileSpreadMax });
}

/**
 * The facts of a run, in their order. The artifacts that they refer to are staged. A run that parity
 * rejected ends there.
 */
export function metaRunDrafts(
  request: MetaRunRequest,
  identified: IdentifiedMetaRun,
  { profiles, profileSpreadMax }: MetaAllocation,
  staged: StagedArtifacts,
): MetaRunDraft[] {
  const { names, parity } = identified;
  const head = openingFacts(request, identified, staged);
  if (parity.outcome.outcome === 'rejected') return head;
  const facts = profiles.flatMap((outcome) => profileFacts(outcome, staged));
  const outcomes = profiles.map((outcome) => ({ risk: outcome.risk, allocated: isAllocated(outcome) }));
  return [...head, ...facts, completedFact(names[0].runId, outcomes, profileSpreadMax)];
}
