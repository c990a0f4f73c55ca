import type { AllocatedWeights, NotAllocated } from '../run/allocated-weights.ts';
import { invariant } from '../shared/errors.ts';
import { dataOf } from '../shared/facts.ts';
import type { MetaRunEvent } from './slice.ts';

/** What a run, computed or recorded, allocated to a risk profile; null when it did not. */
export function allocatedIn(facts: readonly MetaRunEvent[], risk: string): AllocatedWeights | null {
  const flattened = dataOf(facts, 'PortfolioFlattened').find((data) => data.risk === risk);
  if (flattened === undefined) return null;
  // Guardrails of the portfolio itself, and of none below it.
  const guardrails = dataOf(facts, 'GuardrailsApplied').find((data) => data.risk === risk && data.path.length === 0);
  const measured = dataOf(facts, 'AcceptanceMeasured').find((data) => data.risk === risk);
  invariant(guardrails !== undefined && measured !== undefined, 'a flattened portfolio without guardrails or acceptance', { risk });
  const { weights, gross, net, portfolio } = flattened;
  return { sleeves: guardrails.weights, weights, gross, net, portfolio, acceptance: measured.verdicts };
}

/** Why a run has no allocation: the failure of the only profile that it was asked for, or parity. */
export function whyNotAllocated(facts: readonly MetaRunEvent[]): NotAllocated {
  const [failed] = dataOf(facts, 'MetaProfileFailed');
  if (failed !== undefined) return { code: failed.code, message: failed.reason, evidence: {} };
  const [rejected] = dataOf(facts, 'ParityRejected');
  invariant(rejected !== undefined, 'a run that allocated nothing and says no reason');
  const { verdict, overlap, missing } = rejected.verdict;
  if (verdict === 'UNKNOWN') {
    const what = missing.map(({ path, sleeves }) => `${path} (${sleeves.join(', ')})`).join(', ');
    return { code: 'ParityRejected', message: `the sleeves do not state enough to be compared: ${what}`, evidence: { overlap, missing } };
  }
  return { code: 'ParityRejected', message: 'the sleeves are not comparable', evidence: { overlap } };
}
