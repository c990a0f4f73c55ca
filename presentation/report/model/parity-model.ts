import type { DomainEvent, EventData } from '../../../domain/catalogue.ts';
import type { MandateFinding, ParityLeaf, ParityOutcome, ParityVerdict } from '../../../domain/parity/schema.ts';
import { agreementBy, agreementOf, agreementText } from '../../../domain/parity/counts.ts';
import { invariant } from '../../../domain/shared/errors.ts';
import { dataOf } from '../../../domain/shared/facts.ts';

export interface ParityDifference extends ParityLeaf {
  /** Why the policy lets the difference stand, where it does. */
  readonly rationale: string | null;
  /** True when the run stopped for this leaf. */
  readonly uncovered: boolean;
}

export interface ParityReport {
  readonly decision: ParityOutcome['outcome'];
  readonly verdict: ParityVerdict['verdict'];
  readonly policy: string;
  /** Of all leaves, by block and by group, in words. */
  readonly overlap: { readonly all: string; readonly byBlock: string; readonly byGroup: string };
  /** Required evidence that some sleeves lack. */
  readonly missing: ParityVerdict['missing'];
  readonly counts: ParityVerdict['counts'];
  readonly sleeves: ParityVerdict['sleeves'];
  /** Every leaf that is not equal everywhere. */
  readonly differences: readonly ParityDifference[];
  readonly mandated: readonly MandateFinding[];
  readonly waivers: readonly EventData<'ParityWaiverGranted'>[];
  readonly expired: ParityOutcome['expired'];
  readonly uncovered: readonly string[];
}

const agreementsText = (agreements: ReturnType<typeof agreementBy>): string =>
  agreements.map(([name, agreement]) => `${name} ${agreementText(agreement)}`).join(', ');

/** The parity verdict of a run, whichever way it went. */
export function parityOfRun(events: readonly DomainEvent[]): ParityReport {
  const accepted = dataOf(events, 'ParityAccepted')[0];
  const waived = dataOf(events, 'ParityWaived')[0];
  const rejected = dataOf(events, 'ParityRejected')[0];
  const decided = accepted ?? waived ?? rejected;
  invariant(decided !== undefined, 'a meta run has a parity verdict');
  const { verdict } = decided;
  const outcome = waived?.outcome ?? rejected?.outcome ?? null;
  const uncovered = outcome?.uncovered ?? [];
  return {
    decision: accepted !== undefined ? 'accepted' : waived !== undefined ? 'waived' : 'rejected',
    verdict: verdict.verdict,
    policy: `${verdict.policy.name} version ${verdict.policy.version}, mandated values: ${verdict.policy.mandate}`,
    overlap: {
      all: agreementText(agreementOf(verdict.counts.all)),
      byBlock: agreementsText(agreementBy(verdict, 'block')),
      byGroup: agreementsText(agreementBy(verdict, 'group')),
    },
    missing: verdict.missing,
    counts: verdict.counts,
    sleeves: verdict.sleeves,
    differences: verdict.leaves
      .filter(({ status }) => status === 'excepted' || status === 'violated' || status === 'absent_in_some')
      .map((leaf) => ({
        ...leaf,
        rationale: leaf.exceptionRef === null ? null : verdict.policy.exceptions[leaf.exceptionRef]!.rationale,
        uncovered: uncovered.includes(leaf.path),
      })),
    mandated: verdict.mandated,
    waivers: waived?.waivers ?? [],
    expired: outcome?.expired ?? [],
    uncovered,
  };
}
