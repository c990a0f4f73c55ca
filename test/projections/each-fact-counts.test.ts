/** No fact that a projection reads is without a trace in its rows, and no step of the audit log is another's. */
import { describe, expect, test } from '@jest/globals';
import { decodeEnvelope } from '../../domain/shared/envelope.ts';
import { FoldedRows } from '../../handlers/read-models/views.ts';
import { allProjections } from '../../projections/all.ts';
import { auditStep } from '../../projections/audit-log.ts';
import { deadLetters, type LetterRow, letterKey, type WaitingRow } from '../../projections/dead-letters.ts';
import { numberedPrefix, openedBy, runDirectory, runKey, type RunRow } from '../../projections/run-directory.ts';
import { folded } from '../support/folded.ts';
import { everyFact, FactHistory, sleeveFacts } from '../support/portfolio-events.ts';

const { events, stored } = everyFact();

test.each(allProjections.map((projection) => [projection.name, projection] as const))(
  '%s has rows that each type of fact changes',
  (_, projection) => {
    const rows = new FoldedRows();
    const seen = new Set<string>();
    const counted = new Set<string>();
    for (const event of events.filter(({ type }) => projection.types.includes(type))) {
      const before = JSON.stringify([...rows.rows]);
      rows.apply(projection, event);
      seen.add(event.type);
      if (JSON.stringify([...rows.rows]) !== before) counted.add(event.type);
    }
    expect(counted).toEqual(seen);
  },
);

describe('the rows of a run', () => {
  const { rows } = folded(runDirectory, events);
  const opened = events.flatMap((event) => {
    const first = openedBy(event);
    return first === null ? [] : [{ ...first, runId: event.envelope.stream.slice(event.envelope.stream.indexOf('-') + 1) }];
  });

  test('are there for each run once, under its id, its kind, its name and both, and it is the newest of its name or another is', () => {
    expect(opened.length).toBeGreaterThan(6);
    const numbers = (kind: RunRow['kind'] | null, name: string | null): string[] => {
      const prefix = numberedPrefix({ kind, name });
      return [...rows].filter(([key]) => key.startsWith(prefix)).map(([, value]) => value['runId'] as string);
    };
    expect(rows.get('count')).toEqual({ runs: opened.length });
    for (const [number, { runId, kind, name, asOf }] of opened.entries()) {
      expect(rows.get(runKey(runId))).toMatchObject({ number, runId, kind, name, asOf });
      for (const listed of [numbers(null, null), numbers(kind, null), numbers(null, name), numbers(kind, name)])
        expect(listed).toContain(runId);
      const newest = opened.findLast((run) => run.kind === kind && run.name === name)!;
      expect(rows.get(`newest/${kind}/${name}`)).toEqual({ kind, name, runId: newest.runId });
    }
    expect(numbers(null, null)).toEqual(opened.map(({ runId }) => runId));
  });
});

const rowsAfter = (history: FactHistory): FoldedRows['rows'] => folded(deadLetters, history.events).rows;

describe('the rows of a letter', () => {
  const { rejected, resolved, held, released } = sleeveFacts;
  const { letterId } = rejected('gold');

  test('are there from its refusal on, open until it is resolved, and count it once', () => {
    const history = new FactHistory().sleeve('SleeveRunRejected', rejected('gold'));
    const open = rowsAfter(history);
    expect(open.get(letterKey(letterId)) as unknown as LetterRow).toMatchObject({ letterId, sleeve: 'gold', resolved: null });
    expect(open.get('count')).toEqual({ letters: 1, open: 1 });
    expect([...open].filter(([key]) => key.startsWith('number/'))).toEqual([['number/000000000000', { letterId }]]);
    expect([...open].filter(([key]) => key.startsWith('open/')).at(-1)![1]).toBeDefined();
    const after = rowsAfter(history.sleeve('DeadLetterResolved', resolved('gold')));
    expect(after.get(letterKey(letterId)) as unknown as LetterRow).toMatchObject({
      resolved: { how: 'discarded', who: 'ann', why: 'a test' },
    });
    expect(after.get('count')).toEqual({ letters: 1, open: 0 });
    expect([...after.keys()].filter((key) => key.startsWith('open/'))).toEqual([]);
  });

  test('count what waits behind it until it is let go', () => {
    const waiting = new FactHistory().sleeve('SleeveRunRejected', rejected('gold')).sleeve('SleeveResultHeld', held('gold'));
    expect(rowsAfter(waiting).get('waiting/gold') as unknown as WaitingRow).toEqual({ sleeve: 'gold', waiting: 1 });
    expect(rowsAfter(waiting.sleeve('SleeveResultReleased', released('gold'))).has('waiting/gold')).toBe(false);
  });
});

describe('the steps of the audit log', () => {
  test('of each type of fact are what they were: whoever reads the log by them finds the same', () => {
    const table = new Map<string, unknown>();
    for (const { bytes } of stored) {
      const envelope = decodeEnvelope(bytes);
      if (table.has(envelope.type)) continue;
      const { step, status, params, context, input_hashes: read, output_hashes: written } = auditStep(envelope);
      const counts = [context, read, written].map((part) => Object.keys(part as object).length);
      table.set(envelope.type, [`${step} ${status} ${counts.join(' ')}`, ...Object.keys(params).toSorted()]);
    }
    expect(Object.fromEntries([...table].toSorted(([left], [right]) => (left < right ? -1 : 1)))).toMatchInlineSnapshot(`
     {
       "AllocationPublished": [
         "meta_publish_hrp success 2 0 1",
         "asOf",
         "meta",
         "policy",
         "risk",
       ],
       "AssetsSelected": [
         "natural_selection success 2 0 1",
       ],
       "BacktestCompleted": [
         "backtest_summary success 15 0 10",
         "engine",
         "meta_rows",
         "partial_last_window",
         "rebalance_mode",
         "selection_mode",
         "simulator",
         "step_size",
         "test_window",
         "train_window",
         "universe_source",
       ],
       "BacktestFailed": [
         "backtest_summary error 15 0 0",
         "engine",
         "meta_rows",
         "partial_last_window",
         "rebalance_mode",
         "selection_mode",
         "simulator",
         "step_size",
         "test_window",
         "train_window",
         "universe_source",
       ],
       "BacktestStarted": [
         "backtest_simulate success 15 4 0",
         "engine",
         "meta_rows",
         "partial_last_window",
         "rebalance_mode",
         "selection_mode",
         "simulator",
         "step_size",
         "test_window",
         "train_window",
         "universe_source",
       ],
       "CombinationRefused": [
         "positions_combine error 2 1 1",
         "asOf",
         "constraints",
         "correlationAware",
         "method",
         "name",
       ],
       "DeadLetterErased": [
         "dead_letter_erase success 2 0 0",
         "sleeve",
       ],
       "DeadLetterResolved": [
         "dead_letter_resolve success 2 0 0",
         "sleeve",
       ],
       "DefinitionApproved": [
         "meta_approve_definition success 3 0 0",
         "meta",
       ],
       "DefinitionProposed": [
         "meta_propose success 3 0 1",
         "meta",
         "policy",
         "profile",
         "risk",
       ],
       "DefinitionRejected": [
         "meta_reject_definition success 3 0 0",
         "meta",
       ],
       "MessagesRefused": [
         "messages_refuse error 2 0 1",
         "sleeve",
       ],
       "MetaPortfolioDefined": [
         "meta_define success 2 0 1",
         "meta",
         "policy",
         "profile",
         "risk",
       ],
       "PositionsCombined": [
         "positions_combine success 2 1 1",
         "asOf",
         "constraints",
         "correlationAware",
         "method",
         "name",
       ],
       "PublicationHalted": [
         "publication_halt success 2 0 0",
         "meta",
       ],
       "PublicationResumed": [
         "publication_resume success 2 0 0",
         "meta",
       ],
       "ReallocationRefused": [
         "meta_refuse error 2 0 0",
         "meta",
       ],
       "ReallocationScheduled": [
         "meta_schedule success 2 0 0",
         "meta",
       ],
       "RebalanceApproved": [
         "meta_approve success 3 0 0",
         "meta",
       ],
       "RebalanceHeld": [
         "meta_hold_hrp success 3 0 0",
         "asOf",
         "meta",
         "policy",
         "risk",
       ],
       "RebalanceRejected": [
         "meta_reject_hrp success 3 0 0",
         "asOf",
         "meta",
         "risk",
       ],
       "RebalanceSkipped": [
         "meta_skip_hrp skipped 2 0 0",
         "asOf",
         "meta",
         "policy",
         "risk",
       ],
       "RegimesDetected": [
         "regime_detect success 2 0 1",
       ],
       "SelectionAborted": [
         "natural_selection success 2 0 1",
       ],
       "SleeveDefined": [
         "sleeve_define success 2 0 0",
         "profile",
         "sleeve",
       ],
       "SleeveOverdue": [
         "sleeve_overdue error 2 0 0",
         "sleeve",
       ],
       "SleeveResultHeld": [
         "sleeve_hold success 2 0 1",
         "sleeve",
       ],
       "SleeveResultReleased": [
         "sleeve_release success 2 0 0",
         "sleeve",
       ],
       "SleeveRunAccepted": [
         "sleeve_accept success 2 0 0",
         "asOf",
         "profile",
         "sleeve",
       ],
       "SleeveRunOpened": [
         "sleeve_open success 2 2 0",
         "asOf",
         "profile",
         "sleeve",
       ],
       "SleeveRunRejected": [
         "sleeve_reject error 2 0 1",
         "sleeve",
       ],
       "TokenCreated": [
         "token_create success 2 0 0",
       ],
       "TokenRevoked": [
         "token_revoke success 2 0 0",
       ],
       "TournamentCompleted": [
         "tournament_summary success 2 0 7",
       ],
       "TournamentFailed": [
         "tournament_summary error 2 0 0",
       ],
       "TournamentStarted": [
         "tournament_simulate success 2 2 0",
         "asOf",
         "profile",
         "sleeve",
       ],
       "WindowAllocated": [
         "backtest_optimize success 15 0 0",
         "engine",
         "meta_rows",
         "partial_last_window",
         "rebalance_mode",
         "selection_mode",
         "simulator",
         "step_size",
         "test_window",
         "train_window",
         "universe_source",
       ],
     }
    `);
  });
});
