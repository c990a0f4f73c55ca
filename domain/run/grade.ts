import { z } from 'zod';
import type { SymbolWeight } from '../returns/series.ts';
import type { RiskProfile } from '../risk/schemas.ts';

const evidenceSchema = z.strictObject({
  check: z.string(),
  status: z.enum(['passed', 'failed', 'unknown', 'not_applicable']),
  detail: z.string(),
});
export const eligibilitySchema = z.strictObject({
  policy: z.strictObject({ name: z.literal('sleeve-run-eligibility'), version: z.literal(1) }),
  reasons: z.array(z.string()),
  evidence: z.array(evidenceSchema).min(1),
});
export type EligibilityFinding = z.infer<typeof eligibilitySchema>;
export type EligibilityEvidence = z.infer<typeof evidenceSchema>;

export const eligibilityGradeSchema = z.enum(['CERTIFIED', 'DEGRADED', 'INELIGIBLE']);
export type EligibilityGrade = z.infer<typeof eligibilityGradeSchema>;

/** What a profile counts for in the grade of its run. `proxy`: delivered by another profile's stream. */
export interface GradedProfile {
  readonly risk: RiskProfile;
  readonly status: 'native' | 'proxy' | 'absent' | 'failed';
  readonly hasWeights: boolean;
  readonly rows: number;
  /** What else keeps the profile from being whole, in words. */
  readonly problems?: readonly string[];
  /** Positions that one of its solves held at a weight below zero; left out where the weights were not looked at. */
  readonly turned?: readonly SymbolWeight[];
}

export interface EligibilityInput {
  readonly integrity: 'passed' | 'failed' | 'unknown';
  /** What the integrity audit looked at and found, when it has more to say than its status. */
  readonly integrityDetail?: string;
  /** What else was looked at, in this order behind the integrity audit; one that failed degrades the run. */
  readonly further?: readonly EligibilityEvidence[];
  /** Every profile that the run was to deliver. */
  readonly profiles: readonly GradedProfile[];
  readonly signTest: { readonly status: 'passed' | 'failed' | 'unknown' | 'not_applicable'; readonly detail: string };
  readonly sourceChain: 'verified' | 'broken' | 'absent' | 'not_applicable';
  readonly sourceChainDetail?: string;
}

export interface Grading {
  readonly grade: EligibilityGrade;
  readonly finding: EligibilityFinding;
}

/** Without these there is nothing to use. */
const blockingChecks: ReadonlySet<string> = new Set(['integrity', 'selection', 'sign_test']);

const policy = { name: 'sleeve-run-eligibility', version: 1 } as const;

/**
 * Grades a run: CERTIFIED when every profile is native and every check passed; INELIGIBLE when the integrity
 * audit, the selection or the sign test failed or hrp has no returns or no weights; DEGRADED in between. Missing evidence is `unknown` and
 * never certifies.
 * An absent `market` (no benchmark in the price files) fails that profile by name and nothing else.
 */
export function gradeRun(input: EligibilityInput): Grading {
  const evidence: EligibilityEvidence[] = [
    { check: 'integrity', status: input.integrity, detail: input.integrityDetail ?? `integrity audit ${input.integrity}` },
    ...(input.further ?? []),
    { check: 'sign_test', status: input.signTest.status, detail: input.signTest.detail },
    {
      check: 'source_chain',
      status: { verified: 'passed', broken: 'failed', absent: 'unknown', not_applicable: 'not_applicable' }[
        input.sourceChain
      ] as EligibilityEvidence['status'],
      detail: input.sourceChainDetail ?? `audit chain of the source run: ${input.sourceChain}`,
    },
  ];
  for (const profile of input.profiles) {
    const { problems = [] } = profile;
    const complete = profile.status === 'native' && profile.hasWeights && profile.rows > 0 && problems.length === 0;
    const excused = profile.risk === 'market' && profile.status === 'absent';
    evidence.push({
      check: `profile_${profile.risk}`,
      status: complete ? 'passed' : excused ? 'not_applicable' : 'failed',
      detail: [
        profile.status,
        `${profile.rows} out-of-sample rows`,
        `${profile.hasWeights ? 'with' : 'without'} weights`,
        ...problems,
      ].join(', '),
    });
  }
  const hrp = input.profiles.find((profile) => profile.risk === 'hrp');
  const blocking = evidence.filter(({ status, check }) => status === 'failed' && blockingChecks.has(check));
  if (hrp === undefined || hrp.rows === 0 || !hrp.hasWeights) {
    blocking.push({ check: 'profile_hrp', status: 'failed', detail: 'no out-of-sample returns or no weights for hrp' });
  }
  if (blocking.length > 0) {
    return { grade: 'INELIGIBLE', finding: { policy, reasons: blocking.map((item) => `${item.check}: ${item.detail}`), evidence } };
  }
  const weak = evidence.filter((item) => item.status === 'failed' || item.status === 'unknown');
  const reasons = weak.map((item) => `${item.check}: ${item.detail}`);
  return { grade: reasons.length === 0 ? 'CERTIFIED' : 'DEGRADED', finding: { policy, reasons, evidence } };
}
