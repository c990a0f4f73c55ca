import { allocateMeta, type MetaAllocation } from '../allocation/meta-allocation.ts';
import type { RiskProfile } from '../risk/schemas.ts';
import { StagedArtifacts } from '../documents/staged-artifacts.ts';
import { requireRules } from '../run/rules.ts';
import type { Sha256 } from '../shared/hashing.ts';
import { metaRunDrafts } from './facts.ts';
import { type IdentifiedMetaRun, identifyMetaRun, type MetaRunRequest } from './identity.ts';
import type { MetaRunDraft } from './slice.ts';

/** A computed meta run as facts, ready to be recorded or compared. */
export interface ComputedMetaRun {
  readonly identified: IdentifiedMetaRun;
  readonly result: MetaAllocation;
  readonly drafts: readonly MetaRunDraft[];
  readonly staged: StagedArtifacts;
}

/**
 * Computes a meta run and its facts. Pure except for the progress that it reports; replay calls it with what the ledger recorded.
 * Errors: RulesUnknown, BoundsInfeasible, OverlapTooShort, IntegrityFailed.
 */
export function computeMetaRun(
  request: MetaRunRequest,
  sha256: Sha256,
  advance: (risk: RiskProfile) => void = () => undefined,
  known: IdentifiedMetaRun | null = null,
): ComputedMetaRun {
  requireRules(request.rules);
  const identified = known ?? identifyMetaRun(request, sha256);
  const result = allocateMeta(request, identified.parity, advance);
  const staged = new StagedArtifacts(sha256);
  return { identified, result, drafts: metaRunDrafts(request, identified, result, staged), staged };
}
