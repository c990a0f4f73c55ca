import { allocateProfile, isAllocated, type MetaAllocationInput, spreadOf } from '../allocation/meta-allocation.ts';
import { StagedArtifacts } from '../documents/staged-artifacts.ts';
import type { RiskProfile } from '../risk/schemas.ts';
import type { DeliveredRun, DeliveredStream } from '../run/delivered-run.ts';
import { requireRules } from '../run/rules.ts';
import type { Sha256 } from '../shared/hashing.ts';
import { completedFact, openingFacts, profileFacts } from './facts.ts';
import type { IdentifiedMetaRun, MetaRunRequest } from './identity.ts';
import type { MetaRunDraft } from './slice.ts';

/**
 * A meta run in three steps, so that its profiles can be solved at the same time and elsewhere: begin, solve each, complete. Together they
 * make what `computeMetaRun` makes, byte for byte (test/domain/meta-run/solved-apart.test.ts).
 */

/** One profile of a portfolio: plain data, so that another thread can have it. */
export interface MetaProfileJob extends MetaAllocationInput {
  readonly risk: RiskProfile;
}

/** A profile as facts, with the artifacts that they refer to. */
export interface SolvedMetaProfile {
  readonly risk: RiskProfile;
  /** Bounded weights in the order of the matrix's columns; null when the profile failed. */
  readonly weights: readonly number[] | null;
  readonly facts: readonly MetaRunDraft[];
  readonly artifacts: readonly Uint8Array[];
}

/** What a run that is solved elsewhere is recorded by. */
export interface SolvedMetaRun {
  readonly identified: IdentifiedMetaRun;
  readonly drafts: readonly MetaRunDraft[];
  readonly staged: StagedArtifacts;
}

const unread: Pick<DeliveredStream, 'series' | 'weights'> = { series: { dates: [], values: new Float64Array(0) }, weights: null };

/** A run with the streams that a profile may read; the others keep their names, which a refusal lists. */
function withStreamsOf(run: DeliveredRun, wanted: ReadonlySet<RiskProfile>): DeliveredRun {
  const streams = [...run.streams].map(([risk, stream]) => [risk, wanted.has(risk) ? stream : { ...stream, ...unread }] as const);
  return { ...run, streams: new Map(streams) };
}

/** The jobs of a run, in the order of its profiles; none where parity was rejected. Errors: RulesUnknown. */
export function* metaProfileJobs(request: MetaRunRequest, { parity }: IdentifiedMetaRun): Generator<MetaProfileJob> {
  const { node, options, leaves, rules } = request;
  requireRules(rules);
  if (parity.outcome.outcome === 'rejected') return;
  for (const risk of options.risks) {
    const wanted = new Set([risk, ...(options.proxies[risk] ?? [])]);
    yield { risk, node, options, rules, leaves: new Map([...leaves].map(([path, run]) => [path, withStreamsOf(run, wanted)])) };
  }
}

/** Solves one profile. Errors: BoundsInfeasible, OverlapTooShort, IntegrityFailed. */
export function solveMetaProfile(job: MetaProfileJob, sha256: Sha256): SolvedMetaProfile {
  const { risk } = job;
  const staged = new StagedArtifacts(sha256);
  const outcome = allocateProfile(job, risk);
  const facts = profileFacts(outcome, staged);
  return { risk, weights: isAllocated(outcome) ? outcome.root.bounded : null, facts, artifacts: staged.contents() };
}

/** The run, with the profiles as they were solved, in the order of the jobs. */
export function completeMetaRun(
  request: MetaRunRequest,
  identified: IdentifiedMetaRun,
  solved: readonly SolvedMetaProfile[],
  sha256: Sha256,
): SolvedMetaRun {
  const staged = new StagedArtifacts(sha256);
  const drafts = openingFacts(request, identified, staged);
  if (identified.parity.outcome.outcome === 'rejected') return { identified, drafts, staged };
  for (const { facts, artifacts } of solved) {
    for (const bytes of artifacts) staged.keep(bytes);
    drafts.push(...facts);
  }
  const outcomes = solved.map(({ risk, weights }) => ({ risk, allocated: weights !== null }));
  const spread = spreadOf(solved.flatMap(({ weights }) => (weights === null ? [] : [weights])));
  return { identified, drafts: [...drafts, completedFact(identified.names[0].runId, outcomes, spread)], staged };
}
