import { invariant } from '../shared/errors.ts';
import { dataOf } from '../shared/facts.ts';
import type { EligibilityEvidence, SleeveRunOpened } from './events.ts';
import type { SleeveRunEvent } from './run-slice.ts';

/** The opening fact of a run. */
export function openingIn(facts: readonly SleeveRunEvent[]): SleeveRunOpened {
  const [opened] = dataOf(facts, 'SleeveRunOpened');
  invariant(opened !== undefined, 'a sleeve run without its opening');
  return opened;
}

/** What the grade of a run was judged by. */
export function evidenceIn(facts: readonly SleeveRunEvent[]): EligibilityEvidence[] {
  const [finding] = [...dataOf(facts, 'SleeveRunCertified'), ...dataOf(facts, 'SleeveRunDegraded'), ...dataOf(facts, 'SleeveRunFoundIneligible')];
  invariant(finding !== undefined, 'a sleeve run without a grade');
  return finding.evidence;
}
