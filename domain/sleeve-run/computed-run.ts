import type { RiskProfile } from '../risk/schemas.ts';
import type { SleeveRunAccepted } from '../run/accepted-run.ts';
import type { StagedArtifacts } from '../documents/staged-artifacts.ts';
import type { EligibilityGrade, Grading } from '../run/grade.ts';
import type { Names, SleeveRunName } from '../run/run-names.ts';
import { gradeFact } from './facts.ts';
import type { SleeveRunDraft } from './slice.ts';

/** What a sleeve run is called. */
export interface SleeveRunIdentified {
  /** Under which the run may have been recorded before, its own name first. */
  readonly names: Names<SleeveRunName>;
  readonly sleeve: string;
  readonly profile: string;
  readonly asOf: string;
  readonly correction: number;
  /** The artifacts that its name rests on; those of its facts join them. */
  readonly staged: StagedArtifacts;
}

/** A run computed whole: its facts, the artifacts they refer to, and what the sleeve's stream will say of it. */
export interface ComputedSleeveRun {
  readonly runId: string;
  /** Under which the run may have been recorded before, its own name first. */
  readonly names: Names<SleeveRunName>;
  readonly asOf: string;
  readonly payloadHash: string;
  readonly drafts: readonly SleeveRunDraft[];
  readonly staged: StagedArtifacts;
  readonly grade: EligibilityGrade;
  readonly reasons: readonly string[];
  /** Null when the run is ineligible. */
  readonly acceptance: SleeveRunAccepted | null;
}

export function computedRun(
  identified: SleeveRunIdentified,
  facts: readonly SleeveRunDraft[],
  { grade, finding }: Grading,
  risks: readonly RiskProfile[],
): ComputedSleeveRun {
  const { names, sleeve, profile, asOf, correction, staged } = identified;
  return {
    ...names[0],
    names,
    asOf,
    staged,
    drafts: [...facts, gradeFact(grade, finding)],
    grade,
    reasons: finding.reasons,
    acceptance: grade === 'INELIGIBLE' ? null : { ...names[0], sleeve, profile, asOf, correction, eligibility: grade, risks: [...risks] },
  };
}
