import type { DomainEvent } from '../domain/catalogue.ts';
import { dataOf } from '../domain/shared/facts.ts';
import { belongsTo } from '../domain/shared/slice.ts';
import { type SleeveRunEvent, sleeveRunSlice } from '../domain/sleeve/run-slice.ts';
import { LedgerError } from '../domain/shared/errors.ts';
import type { EligibilityGrade, SleeveRunAccepted } from '../domain/sleeve/events.ts';
import type { Names, SleeveRunName } from './identity.ts';
import type { EventStore } from './ports.ts';
import { readWholeStream, toDomainEvents } from './record.ts';

export interface RecordedUnder<Name> {
  readonly name: Name;
  readonly events: readonly [DomainEvent, ...DomainEvent[]];
}

/**
 * The run that is recorded under one of its names, looked for under the newest first; null when none is recorded. `confirmed` is asked of
 * what was found under an older name: an older version may have given two runs one name.
 */
export async function recordedUnder<Name extends { readonly runId: string }>(
  store: EventStore,
  kind: 'sleeveRun' | 'metaRun',
  names: Names<Name>,
  confirmed: (events: RecordedUnder<Name>['events']) => Promise<boolean> = async () => true,
): Promise<RecordedUnder<Name> | null> {
  for (const name of names) {
    const [first, ...others] = toDomainEvents(await readWholeStream(store, `${kind}-${name.runId}`));
    if (first === undefined) continue;
    const events = [first, ...others] as const;
    if (name === names[0] || (await confirmed(events))) return { name, events };
  }
  return null;
}

/** A sleeve run as its facts tell it, whether they were computed just now or recorded long ago. */
export interface SleeveRunFacts {
  readonly runId: string;
  readonly asOf: string;
  readonly drafts: readonly SleeveRunEvent[];
  readonly grade: EligibilityGrade;
  readonly reasons: readonly string[];
  /** What the sleeve's stream says of the run; null when it is ineligible. */
  readonly acceptance: SleeveRunAccepted | null;
}

const grades = { SleeveRunCertified: 'CERTIFIED', SleeveRunDegraded: 'DEGRADED', SleeveRunFoundIneligible: 'INELIGIBLE' } as const;

/** What a recorded sleeve run was found to be: nothing is computed. Errors: ChainBroken for a stream that is no whole run. */
export function recordedSleeveRun({ name, events }: RecordedUnder<SleeveRunName>): SleeveRunFacts {
  const facts = events.filter((event): event is DomainEvent & SleeveRunEvent => belongsTo(sleeveRunSlice, event));
  const [opened] = dataOf(facts, 'SleeveRunOpened');
  const last = events.at(-1)!;
  const isGraded = last.type === 'SleeveRunCertified' || last.type === 'SleeveRunDegraded' || last.type === 'SleeveRunFoundIneligible';
  if (opened === undefined || !isGraded) {
    throw new LedgerError('ChainBroken', `the run ${name.runId} begins with ${events[0].type} and ends with ${last.type}`, { evidence: { runId: name.runId } });
  }
  const { sleeve, profile, asOf, correction } = opened;
  const { reasons } = last.data;
  const grade = grades[last.type];
  const risks = facts.flatMap((fact) => (fact.type === 'SleeveProfileSolved' || fact.type === 'SleeveProfileImported' ? [fact.data.risk] : []));
  const acceptance = grade === 'INELIGIBLE' ? null : { ...name, sleeve, profile, asOf, correction, eligibility: grade, risks };
  return { runId: name.runId, asOf, drafts: facts, grade, reasons, acceptance };
}
