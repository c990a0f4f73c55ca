import type { SleeveRunAccepted } from '../run/accepted-run.ts';
import type { EligibilityEvidence, EligibilityGrade } from '../run/grade.ts';
import type { SleeveRunName } from '../run/run-names.ts';
import { invariant, LedgerError } from '../shared/errors.ts';
import { dataOf } from '../shared/facts.ts';
import { belongsTo } from '../shared/slice.ts';
import { type SleeveRunEvent, sleeveRunSlice } from './slice.ts';

/** A sleeve run according to its facts, whether they were computed just now or recorded long ago. */
export interface SleeveRunFacts {
  readonly runId: string;
  readonly asOf: string;
  readonly drafts: readonly SleeveRunEvent[];
  readonly grade: EligibilityGrade;
  readonly reasons: readonly string[];
  /** What the sleeve's stream says of the run; null when it is ineligible. */
  readonly acceptance: SleeveRunAccepted | null;
}

interface RecordedSleeveRun {
  readonly name: SleeveRunName;
  /** Of its stream, whatever they are. */
  readonly events: readonly { readonly type: string; readonly data: unknown }[];
}

const grades = { SleeveRunCertified: 'CERTIFIED', SleeveRunDegraded: 'DEGRADED', SleeveRunFoundIneligible: 'INELIGIBLE' } as const;

/** What a recorded sleeve run was found to be: nothing is computed. Errors: ChainBroken for a stream that is not a whole run. */
export function recordedSleeveRun({ name, events }: RecordedSleeveRun): SleeveRunFacts {
  const facts = events.filter((event) => belongsTo(sleeveRunSlice, event));
  const [opened] = dataOf(facts, 'SleeveRunOpened');
  const last = facts.at(-1);
  const isGraded = last?.type === 'SleeveRunCertified' || last?.type === 'SleeveRunDegraded' || last?.type === 'SleeveRunFoundIneligible';
  if (opened === undefined || !isGraded || last !== events.at(-1)) {
    throw new LedgerError('ChainBroken', `the run ${name.runId} begins with ${events[0]?.type} and ends with ${events.at(-1)?.type}`, {
      evidence: { runId: name.runId },
    });
  }
  const { sleeve, profile, asOf, correction } = opened;
  const { reasons } = last.data;
  const grade = grades[last.type];
  const risks = facts.flatMap((fact) =>
    fact.type === 'SleeveProfileSolved' || fact.type === 'SleeveProfileImported' ? [fact.data.risk] : [],
  );
  const acceptance = grade === 'INELIGIBLE' ? null : { ...name, sleeve, profile, asOf, correction, eligibility: grade, risks };
  return { runId: name.runId, asOf, drafts: facts, grade, reasons, acceptance };
}

/** What the grade of a run was judged by. */
export function evidenceIn(facts: readonly SleeveRunEvent[]): EligibilityEvidence[] {
  const [finding] = [
    ...dataOf(facts, 'SleeveRunCertified'),
    ...dataOf(facts, 'SleeveRunDegraded'),
    ...dataOf(facts, 'SleeveRunFoundIneligible'),
  ];
  invariant(finding !== undefined, 'a sleeve run without a grade');
  return finding.evidence;
}
