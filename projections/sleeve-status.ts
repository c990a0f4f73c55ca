import type { DomainEvent } from '../domain/catalogue.ts';
import type { JsonObject } from '../domain/shared/canonical-json.ts';
import { unreachable } from '../domain/shared/errors.ts';
import { latestRun } from '../domain/sleeve/decider.ts';
import type { SleeveRunAccepted } from '../domain/run/accepted-run.ts';
import type { SleeveDefined } from '../domain/sleeve/intake-events.ts';
import type { Projection, Row, Rows } from './projection.ts';

/** `sleeve/<sleeve>`: what a sleeve has delivered, and what is wrong with it. */
export interface SleeveStatusRow {
  readonly sleeve: string;
  /** `grossMax` stands in it where one is declared: rows of a ledger that declares none are those of earlier releases. */
  readonly definition: (Omit<SleeveDefined, 'grossMax'> & { readonly grossMax?: number; readonly recordedAt: string }) | null;
  readonly runs: number;
  /** The run that counts. */
  readonly current: (Pick<SleeveRunAccepted, 'runId' | 'asOf' | 'correction' | 'eligibility'> & { readonly recordedAt: string }) | null;
  readonly quarantinedWhy: string | null;
  /** Sessions noted as overdue that no result has reached since, in ledger order. */
  readonly overdue: readonly { readonly session: string; readonly expectedBy: string; readonly recordedAt: string }[];
  readonly openLetters: number;
  readonly heldResults: number;
}

/** `unassigned`: dead letters that belong to no sleeve. */
export interface UnassignedRow {
  readonly openLetters: number;
}

const types = [
  'SleeveDefined',
  'SleeveRunAccepted',
  'SleeveQuarantined',
  'SleeveReinstated',
  'SleeveOverdue',
  'SleeveRunRejected',
  'MessagesRefused',
  'DeadLetterResolved',
  'SleeveResultHeld',
  'SleeveResultReleased',
] as const;

type SleeveEvent = Extract<DomainEvent, { type: (typeof types)[number] }>;

const unknown = { definition: null, runs: 0, current: null, quarantinedWhy: null, overdue: [], openLetters: 0, heldResults: 0 } as const;

function accepted(row: SleeveStatusRow, { runId, asOf, correction, eligibility }: SleeveRunAccepted, recordedAt: string): SleeveStatusRow {
  const run = { runId, asOf, correction, eligibility, recordedAt };
  const current = latestRun(row.current === null ? [run] : [row.current, run], null)!;
  return { ...row, runs: row.runs + 1, current, overdue: row.overdue.filter(({ session }) => session > current.asOf) };
}

function changed(row: SleeveStatusRow, event: SleeveEvent): SleeveStatusRow {
  const { recordedAt } = event.envelope;
  switch (event.type) {
    case 'SleeveDefined': {
      const { grossMax, ...defined } = event.data;
      return { ...row, definition: { ...defined, ...(grossMax === null ? {} : { grossMax }), recordedAt } };
    }
    case 'SleeveRunAccepted':
      return accepted(row, event.data, recordedAt);
    case 'SleeveQuarantined':
      return { ...row, quarantinedWhy: event.data.why };
    case 'SleeveReinstated':
      return { ...row, quarantinedWhy: null };
    case 'SleeveOverdue': {
      const { session, expectedBy } = event.data;
      return { ...row, overdue: [...row.overdue, { session, expectedBy, recordedAt }] };
    }
    case 'SleeveRunRejected':
    case 'MessagesRefused':
      return { ...row, openLetters: row.openLetters + 1 };
    case 'DeadLetterResolved':
      return { ...row, openLetters: row.openLetters - 1 };
    case 'SleeveResultHeld':
      return { ...row, heldResults: row.heldResults + 1 };
    case 'SleeveResultReleased':
      return { ...row, heldResults: row.heldResults - 1 };
    default:
      return unreachable(event);
  }
}

function keyOf(event: SleeveEvent): string {
  const { sleeve } = event.data;
  return sleeve === null ? 'unassigned' : `sleeve/${sleeve}`;
}

function apply(event: DomainEvent, rows: Rows): readonly Row[] {
  const known = event as SleeveEvent;
  const key = keyOf(known);
  const { sleeve } = known.data;
  if (sleeve === null) {
    const openLetters = (rows(key) as UnassignedRow | null)?.openLetters ?? 0;
    return [{ key, value: { openLetters: openLetters + (known.type === 'DeadLetterResolved' ? -1 : 1) } }];
  }
  const before = (rows(key) as SleeveStatusRow | null) ?? { sleeve, ...unknown };
  return [{ key, value: changed(before, known) as unknown as JsonObject }];
}

/** Where each sleeve stands. */
export const sleeveStatus: Projection = {
  name: 'sleeve-status',
  version: 3,
  types,
  keysFor: (event) => [keyOf(event as SleeveEvent)],
  apply,
};
