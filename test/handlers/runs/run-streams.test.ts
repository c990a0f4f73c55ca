/** Streams of runs: one kind each, named by the id of the run. */
import { describe, expect, test } from '@jest/globals';
import { runKinds } from '../../../domain/run/run-kind.ts';
import { missingRun, otherKind } from '../../../handlers/runs/missing-run.ts';
import { eventsIfAny, isRunStream, openingsOf, runOpenings, runStreamName, runStreamsByKind } from '../../../handlers/runs/run-streams.ts';
import { combinationFacts } from '../../support/backtest-facts.ts';
import { ledgerHolding } from '../../support/history-ledger.ts';
import { FactHistory } from '../../support/portfolio-events.ts';

describe('the stream of a run', () => {
  test('is named by its kind and its id', () => {
    expect(runStreamsByKind('r1')).toEqual([
      ['sleeve', 'sleeveRun-r1'],
      ['meta', 'metaRun-r1'],
      ['backtest', 'backtest-r1'],
      ['combination', 'combination-r1'],
      ['tournament', 'tournament-r1'],
    ]);
    expect(runKinds.map((kind) => runStreamName(kind, 'r2'))).toEqual(runStreamsByKind('r2').map(([, stream]) => stream));
  });

  test.each([
    ['sleeveRun-r1', true],
    ['tournament-r1', true],
    ['sleeve-bonds', false],
    ['metaPortfolio-desk', false],
    ['ledger', false],
    ['xsleeveRun-r1', false],
  ])('%s: %p', (stream, isOne) => {
    expect(isRunStream(stream)).toBe(isOne);
  });

  test('begins with the opening of its kind, and every opening is of one kind', () => {
    expect(openingsOf).toEqual({
      sleeve: ['SleeveRunOpened'],
      meta: ['MetaRunOpened'],
      backtest: ['BacktestStarted'],
      combination: ['PositionsCombined', 'CombinationRefused'],
      tournament: ['TournamentStarted'],
    });
    expect(runKinds.flatMap((kind) => openingsOf[kind])).toEqual(runOpenings);
  });
});

const history = new FactHistory().add('combination-c1', 'CombinationRefused', combinationFacts.refused('c1'));

describe('the events of a run of a kind', () => {
  test('are none where no run of the kind has the id, and where the id can be of no run', async () => {
    const { store } = (await ledgerHolding(history)).ports;
    expect((await eventsIfAny(store, 'combination', 'c1')).map(({ type }) => type)).toEqual(['CombinationRefused']);
    expect(await eventsIfAny(store, 'backtest', 'c1')).toEqual([]);
    expect(await eventsIfAny(store, 'combination', 'no id, but a text')).toEqual([]);
  });
});

describe('a missing run', () => {
  test('is one of another kind, or none at all', async () => {
    const { store } = (await ledgerHolding(history)).ports;
    expect(await missingRun(store, 'meta', 'c1')).toMatchObject({ code: 'Usage', message: 'c1 is a combination; give a meta run' });
    expect(await missingRun(store, 'combination', 'c1')).toMatchObject({ code: 'RunUnknown', message: 'no combination c1 is recorded' });
    expect(await missingRun(store, 'meta', 'no id, but a text')).toMatchObject({
      code: 'RunUnknown',
      message: 'no run no id, but a text is recorded',
      at: { path: 'no id, but a text' },
    });
  });

  test('of another kind says which, and which is asked for', () => {
    expect(otherKind('tech', 'scan', 'tournament')).toMatchObject({
      code: 'Usage',
      message: 'tech is a scanner with its scans; give a tournament',
      evidence: { runId: 'tech', kind: 'scan' },
      at: { path: 'tech' },
    });
  });
});
