/** No fact that a projection reads is without a trace in its rows, and no step of the audit log is another's. */
import { describe, expect, test } from '@jest/globals';
import type { DomainEvent } from '../../domain/catalogue.ts';
import { decodeEnvelope } from '../../domain/shared/envelope.ts';
import { FoldedRows } from '../../handlers/read-models/views.ts';
import { allProjections } from '../../projections/all.ts';
import { auditStep } from '../../projections/audit-log.ts';
import { deadLetters, type LetterRow, letterKey, type WaitingRow } from '../../projections/dead-letters.ts';
import type { Projection } from '../../projections/projection.ts';
import { numberedPrefix, openedBy, runDirectory, runKey, type RunRow } from '../../projections/run-directory.ts';
import { everyFact, FactHistory, sleeveFacts } from '../support/portfolio-events.ts';

const { events, stored } = everyFact();

function folded(projection: Projection, some: readonly DomainEvent[]): FoldedRows {
  const rows = new FoldedRows();
  for (const event of some) if (projection.types.includes(event.type)) rows.apply(projection, event);
  return rows;
}

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

describe('the rows of a letter', () => {
  const { rejected, resolved, held, released } = sleeveFacts;
  const { letterId } = rejected('gold');
  const rowsAfter = (history: FactHistory): FoldedRows['rows'] => folded(deadLetters, history.events).rows;

  test('are there from its refusal on, open until it is resolved, and count it once', () => {
    const history = new FactHistory().sleeve('SleeveRunRejected', rejected('gold'));
    const open = rowsAfter(history);
    expect(open.get(letterKey(letterId)) as unknown as LetterRow).toMatchObject({ letterId, sleeve: 'gold', resolved: null });
    expect(open.get('count')).toEqual({ letters: 1 });
    expect([...open].filter(([key]) => key.startsWith('number/'))).toEqual([['number/000000000000', { letterId }]]);
    expect([...open].filter(([key]) => key.startsWith('open/')).at(-1)![1]).toBeDefined();
    const after = rowsAfter(history.sleeve('DeadLetterResolved', resolved('gold')));
    expect(after.get(letterKey(letterId)) as unknown as LetterRow).toMatchObject({
      resolved: { how: 'discarded', who: 'ann', why: 'a test' },
    });
    expect(after.get('count')).toEqual({ letters: 1 });
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
      const named = [params, context, read, written].map((part) =>
        Object.keys(part as object)
          .toSorted()
          .join(','),
      );
      table.set(envelope.type, [step, status, ...named].join(' | '));
    }
    expect(Object.fromEntries([...table].toSorted(([left], [right]) => (left < right ? -1 : 1)))).toMatchInlineSnapshot(`
     {
       "AllocationPublished": "meta_publish_hrp | success | asOf,meta,policy,risk | portfolio,run |  | portfolio",
       "AssetsSelected": "natural_selection | success |  | portfolio,run |  | record",
       "BacktestCompleted": "backtest_summary | success | engine,meta_rows,partial_last_window,rebalance_mode,selection_mode,simulator,step_size,test_window,train_window,universe_source | engine,portfolio,profile,rebalance_mode,run,selection_mode,simulator,step_size,test_end,test_start,test_window,train_start,train_window,universe_source,window_index |  | tested[0].detail,tested[0].sleeves[0].stream,tested[0].sleeves[0].weights,tested[0].tables.assetWeights,tested[0].tables.decisions,tested[0].tables.joined,tested[0].tables.leafWeights,tested[0].tables.returns,tested[0].tables.riskShares,tested[0].tables.trades",
       "BacktestFailed": "backtest_summary | error | engine,meta_rows,partial_last_window,rebalance_mode,selection_mode,simulator,step_size,test_window,train_window,universe_source | engine,portfolio,profile,rebalance_mode,run,selection_mode,simulator,step_size,test_end,test_start,test_window,train_start,train_window,universe_source,window_index |  | ",
       "BacktestStarted": "backtest_simulate | success | engine,meta_rows,partial_last_window,rebalance_mode,selection_mode,simulator,step_size,test_window,train_window,universe_source | engine,portfolio,profile,rebalance_mode,run,selection_mode,simulator,step_size,test_end,test_start,test_window,train_start,train_window,universe_source,window_index | definition,sleeves[0].inputs[0].table,sleeves[1].inputs[0].table,sleeves[2].inputs[0].table | ",
       "CombinationRefused": "positions_combine | error | asOf,constraints,correlationAware,method,name | portfolio,run | inputs | table",
       "DeadLetterResolved": "dead_letter_resolve | success | sleeve | portfolio,run |  | ",
       "MetaPortfolioDefined": "meta_define | success | meta,policy,profile,risk | portfolio,run |  | definition",
       "PositionsCombined": "positions_combine | success | asOf,constraints,correlationAware,method,name | portfolio,run | inputs | table",
       "PublicationHalted": "publication_halt | success | meta | portfolio,run |  | ",
       "PublicationResumed": "publication_resume | success | meta | portfolio,run |  | ",
       "ReallocationRefused": "meta_refuse | error | meta | portfolio,run |  | ",
       "ReallocationScheduled": "meta_schedule | success | meta | portfolio,run |  | ",
       "RebalanceApproved": "meta_approve | success | meta | portfolio,run |  | ",
       "RebalanceHeld": "meta_hold_hrp | success | asOf,meta,policy,risk | portfolio,run |  | ",
       "RebalanceRejected": "meta_reject_hrp | success | asOf,meta,risk | portfolio,run |  | ",
       "RebalanceSkipped": "meta_skip_hrp | skipped | asOf,meta,policy,risk | portfolio,run |  | ",
       "RegimesDetected": "regime_detect | success |  | portfolio,run |  | detail",
       "SelectionAborted": "natural_selection | success |  | portfolio,run |  | record",
       "SleeveDefined": "sleeve_define | success | profile,sleeve | portfolio,run |  | ",
       "SleeveOverdue": "sleeve_overdue | error | sleeve | portfolio,run |  | ",
       "SleeveResultHeld": "sleeve_hold | success | sleeve | portfolio,run |  | payload",
       "SleeveResultReleased": "sleeve_release | success | sleeve | portfolio,run |  | ",
       "SleeveRunAccepted": "sleeve_accept | success | asOf,profile,sleeve | portfolio,run |  | ",
       "SleeveRunOpened": "sleeve_open | success | asOf,profile,sleeve | portfolio,run | definition,inputs[0].document | ",
       "SleeveRunRejected": "sleeve_reject | error | sleeve | portfolio,run |  | ",
       "TournamentCompleted": "tournament_summary | success |  | portfolio,run |  | entrants[0].held.stream,entrants[0].held.weights,entrants[1].held.stream,entrants[1].held.weights,entrants[2].held.stream,entrants[2].held.weights,pairs.table",
       "TournamentFailed": "tournament_summary | error |  | portfolio,run |  | ",
       "TournamentStarted": "tournament_simulate | success | asOf,profile,sleeve | portfolio,run | definition,inputs[0].table | ",
       "WindowAllocated": "backtest_optimize | success | engine,meta_rows,partial_last_window,rebalance_mode,selection_mode,simulator,step_size,test_window,train_window,universe_source | engine,portfolio,profile,rebalance_mode,run,selection_mode,simulator,step_size,test_end,test_start,test_window,train_start,train_window,universe_source,window_index |  | ",
     }
    `);
  });
});
