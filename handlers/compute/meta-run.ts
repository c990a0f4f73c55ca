import { draftEvent } from '../../domain/catalogue.ts';
import { metaIdentities, optionsIdentity } from '../../domain/manifest/identity.ts';
import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import { atomicSleeves } from '../../domain/manifest/resolve-meta.ts';
import { measureAcceptance } from '../../domain/meta/acceptance.ts';
import type { ConsumedRun, MetaRunOptions, ParityWaiverGranted } from '../../domain/meta/events.ts';
import { flatten, type FlattenedPortfolio } from '../../domain/meta/flatten.ts';
import { leavesToCompare } from '../../domain/meta/parity-leaves.ts';
import { parityPolicy } from '../../domain/meta/parity-policy.ts';
import { checkParity } from '../../domain/meta/parity.ts';
import type { ParityOutcome, ParityVerdict } from '../../domain/meta/parity-schema.ts';
import { applyWaivers } from '../../domain/meta/parity-waiver.ts';
import type { MetaRunDraft } from '../../domain/meta/run-slice.ts';
import { isRoundTheClock } from '../../domain/returns/calendar.ts';
import { requireRules } from '../../domain/run/rules.ts';
import type { RiskProfile } from '../../domain/risk/schemas.ts';
import { endsProfile } from '../../domain/shared/error-kinds.ts';
import { hashOfJson, type Sha256 } from '../../domain/shared/hashing.ts';
import { ArtifactShelf } from '../artifact-files.ts';
import { type MetaRunName, metaRunNames, type Names } from '../identity.ts';
import { type LeafRun, pathKey } from './leaf-run.ts';
import { allocateNode, type NodeAllocation, NodeFailure } from './meta-node.ts';

export interface MetaRunRequest {
  readonly node: MetaNode;
  readonly options: MetaRunOptions;
  readonly asOf: string;
  /** By path from the root: every atomic sleeve of the nest. */
  readonly leaves: ReadonlyMap<string, LeafRun>;
  /** Sessions of XNYS by which each sleeve is behind, by path. */
  readonly staleness: ReadonlyMap<string, number>;
  readonly waivers: readonly ParityWaiverGranted[];
  readonly restatement: number;
  readonly supersedes: string | null;
  readonly why: string | null;
  /** Version of the rules to compute under. */
  readonly rules: number;
}

export interface ProfileAllocation {
  readonly risk: RiskProfile;
  readonly root: NodeAllocation;
  readonly flattened: FlattenedPortfolio;
}

export interface ProfileFailure {
  readonly risk: RiskProfile;
  readonly code: string;
  readonly reason: string;
}

export interface ComputedMetaRun {
  readonly runId: string;
  /** Under which the run may have been recorded before, its own name first. */
  readonly names: Names<MetaRunName>;
  readonly drafts: readonly MetaRunDraft[];
  readonly shelf: ArtifactShelf;
  readonly parity: { readonly verdict: ParityVerdict; readonly outcome: ParityOutcome };
  readonly allocations: readonly ProfileAllocation[];
  readonly failures: readonly ProfileFailure[];
}

/** Hashes of what of a definition, with the options of a run, can change a number: under every version of identity, the newest first. */
export function runDefinitionHashes(sha256: Sha256, node: MetaNode, options: MetaRunOptions): readonly [string, ...string[]] {
  const hashOf = (definition: object): string => hashOfJson(sha256, { definition, options: optionsIdentity(options, 'meta_run') });
  const [newest, ...older] = metaIdentities(node);
  return [hashOf(newest), ...older.map(hashOf)];
}

function consumedOf(request: MetaRunRequest): ConsumedRun[] {
  return atomicSleeves(request.node).map(({ path }) => {
    const run = request.leaves.get(pathKey(path))!;
    const { sleeve, profile, runId, asOf, correction, eligibility, currency, currencyTreatment } = run;
    return { path: [...path], sleeve, profile, runId, asOf, correction, eligibility, stalenessSessions: request.staleness.get(pathKey(path))!, currency, currencyTreatment, artifacts: [...run.artifacts] };
  });
}

export function parityOf(request: Pick<MetaRunRequest, 'node' | 'leaves' | 'waivers' | 'asOf'>): ComputedMetaRun['parity'] {
  const { node, leaves, waivers, asOf } = request;
  const runs = atomicSleeves(node).map(({ path }) => ({ path, run: leaves.get(pathKey(path))! }));
  const compared = leavesToCompare(runs.map(({ run }) => run));
  const sleeves = runs.map(({ path, run }, index) => {
    const crypto = run.calendars.length > 0 && run.calendars.every(isRoundTheClock);
    return {
      id: pathKey(path),
      calendarClass: crypto ? ('crypto' as const) : ('tradfi' as const),
      leaves: compared[index]!,
      ...(run.selectionMode === null ? {} : { selectionMode: run.selectionMode }),
    };
  });
  const verdict = checkParity({ sleeves, policy: parityPolicy({ mandate: node.parity.mandate, exceptions: node.parity.exceptions }) });
  return { verdict, outcome: applyWaivers(verdict, waivers, asOf) };
}

function parityDraft(request: MetaRunRequest, { verdict, outcome }: ComputedMetaRun['parity']): MetaRunDraft {
  const meta = request.node.requested;
  switch (outcome.outcome) {
    case 'accepted':
      return draftEvent('ParityAccepted', { meta, verdict });
    case 'rejected':
      return draftEvent('ParityRejected', { meta, verdict, outcome });
    case 'waived': {
      const used = new Set(outcome.used.map(({ waiverId }) => waiverId));
      return draftEvent('ParityWaived', { meta, verdict, outcome, waivers: request.waivers.filter(({ waiverId }) => used.has(waiverId)) });
    }
  }
}

function integrityOf(root: NodeAllocation): { errors: number; checked: number } {
  return { errors: root.joinVerdict.errors, checked: root.joinVerdict.checks.reduce((sum, check) => sum + check.checked, 0) };
}

/** A meta run that is named and not computed. */
export interface IdentifiedMetaRun {
  readonly names: Names<MetaRunName>;
  readonly consumed: readonly ConsumedRun[];
  readonly parity: ComputedMetaRun['parity'];
  /** Waivers that speak of a difference here. The others neither enter the identity of the run nor its record. */
  readonly waivers: readonly ParityWaiverGranted[];
}

/** Names a meta run by its definition and the sleeve runs that it consumes, before anything is solved. The rules are no part of it. */
export function identifyMetaRun(request: MetaRunRequest, sha256: Sha256): IdentifiedMetaRun {
  const { node, options, asOf, waivers, restatement } = request;
  const consumed = consumedOf(request);
  const parity = parityOf(request);
  const used = parity.outcome.used.map(({ waiverId }) => waiverId);
  const considered = new Set([...used, ...parity.outcome.expired.map(({ waiverId }) => waiverId)]);
  const names = metaRunNames(sha256, { meta: node.requested, asOf, consumed, waiverIds: [...new Set(used)], restatement }, runDefinitionHashes(sha256, node, options));
  return { names, consumed, parity, waivers: waivers.filter(({ waiverId }) => considered.has(waiverId)) };
}

/** One profile from the joins to the acceptance; a failure becomes a fact of its own. */
function allocateProfile(request: MetaRunRequest, risk: RiskProfile, shelf: ArtifactShelf): { readonly drafts: MetaRunDraft[]; readonly allocation: ProfileAllocation | null; readonly failure: ProfileFailure | null } {
  const { node, options, leaves } = request;
  const meta = node.requested;
  try {
    const root = allocateNode({ risk, options, leaves, shelf }, node);
    const flattened = flatten(root.leaves);
    const { assets, gross, net, grossBeforeNetting, grossExpected, nettedExposure, conservationError, leafPaths, nettedSymbols } = flattened;
    const flattenedDraft = draftEvent('PortfolioFlattened', {
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
      portfolio: shelf.document('flattened-portfolio', { risk, meta, assets }),
    });
    const verdicts = measureAcceptance({
      ...root,
      weights: root.bounded,
      determined: root.projection.determined,
      integrity: integrityOf(root),
      flattened,
      concentration: { warn: node.acceptance.concentration_warn, fail: node.acceptance.concentration_fail },
    });
    const acceptance = draftEvent('AcceptanceMeasured', { risk, meta, grade: root.degraded ? 'DEGRADED' : 'NATIVE', verdicts });
    return { drafts: [...root.drafts, flattenedDraft, acceptance], allocation: { risk, root, flattened }, failure: null };
  } catch (error) {
    const failure = error instanceof NodeFailure ? error : endsProfile(error) ? new NodeFailure([], meta, error) : null;
    if (failure === null) throw error;
    const { code, message, evidence } = failure.error;
    const draft = draftEvent('MetaProfileFailed', { risk, meta: failure.meta, path: failure.path, code, reason: message, evidence: JSON.parse(JSON.stringify(evidence)) as Record<string, unknown> });
    return { drafts: [draft], allocation: null, failure: { risk, code, reason: message } };
  }
}

/** Greatest difference between the sleeve weights of two profiles: profiles that have converged say so (dossier 12, 15). */
function spreadOf(allocations: readonly ProfileAllocation[]): number {
  let spread = 0;
  for (const left of allocations) {
    for (const right of allocations) {
      left.root.bounded.forEach((weight, index) => {
        spread = Math.max(spread, Math.abs(weight - right.root.bounded[index]!));
      });
    }
  }
  return spread;
}

function openedDraft({ node, options, asOf, restatement, supersedes, why, rules }: MetaRunRequest, { names, consumed, waivers }: IdentifiedMetaRun, shelf: ArtifactShelf): MetaRunDraft {
  return draftEvent('MetaRunOpened', {
    runId: names[0].runId,
    meta: node.requested,
    profile: node.profile,
    asOf,
    rules: requireRules(rules),
    definition: shelf.document('meta-portfolio', node),
    options,
    maxStalenessSessions: node.allocation.max_staleness_sessions,
    consumed,
    waivers,
    restatement,
    supersedes,
    why,
  });
}

/**
 * Computes a meta run: parity over every atomic sleeve, then for each profile joins, weights, guardrails, flattening and acceptance.
 * Pure but for the progress that it reports; replay and counterfactuals call it with what the ledger kept.
 * Errors: BoundsInfeasible, OverlapTooShort, IntegrityFailed.
 */
export function computeMetaRun(request: MetaRunRequest, sha256: Sha256, advance: (risk: RiskProfile) => void = () => undefined, known: IdentifiedMetaRun | null = null): ComputedMetaRun {
  const { options } = request;
  const shelf = new ArtifactShelf(sha256);
  const named = known ?? identifyMetaRun(request, sha256);
  const { names, parity } = named;
  const { runId } = names[0];
  const opened = openedDraft(request, named, shelf);
  const head = [opened, parityDraft(request, parity)];
  if (parity.outcome.outcome === 'rejected') return { runId, names, drafts: head, shelf, parity, allocations: [], failures: [] };
  const drafts: MetaRunDraft[] = [];
  const allocations: ProfileAllocation[] = [];
  const failures: ProfileFailure[] = [];
  for (const risk of options.risks) {
    advance(risk);
    const { drafts: made, allocation, failure } = allocateProfile(request, risk, shelf);
    drafts.push(...made);
    if (allocation !== null) allocations.push(allocation);
    if (failure !== null) failures.push(failure);
  }
  const completed = draftEvent('MetaRunCompleted', {
    runId,
    allocated: allocations.map(({ risk }) => risk),
    failed: failures.map(({ risk }) => risk),
    profileSpreadMax: spreadOf(allocations),
  });
  return { runId, names, drafts: [...head, ...drafts, completed], shelf, parity, allocations, failures };
}
