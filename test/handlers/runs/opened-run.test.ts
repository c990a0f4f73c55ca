/** How a run begins, by its stream: what bytes say that have the hash under which they are stored. */
import { describe, expect, test } from '@jest/globals';
import { openedRun, openedRunOfAnyKind } from '../../../handlers/runs/opened-run.ts';
import { recordedTournament } from '../../../handlers/runs/tournament-runs.ts';
import { storeLike } from '../../support/ledger-session.ts';
import { ledgerHolding } from '../../support/history-ledger.ts';
import { combinationFacts } from '../../support/backtest-facts.ts';
import { FactHistory } from '../../support/portfolio-events.ts';
import { sleeveRunFacts } from '../../support/sleeve-run-facts.ts';
import { tournamentFacts } from '../../support/tournament-facts.ts';

const history = new FactHistory()
  .add('sleeveRun-s1', 'SleeveRunOpened', sleeveRunFacts.opened('s1'))
  .add('combination-c1', 'PositionsCombined', combinationFacts.combined('c1'))
  .add('sleeveRun-broken', 'SleeveRunCertified', sleeveRunFacts.graded())
  .add('tournament-x1', 'TournamentStarted', tournamentFacts.started('x1'))
  .add('tournament-x1', 'TournamentCompleted', tournamentFacts.completed('x1'))
  .add('tournament-x2', 'TournamentCompleted', tournamentFacts.completed('x2'));

describe('how a run begins', () => {
  test('is what its first event says, and where it stands', async () => {
    const { ports } = await ledgerHolding(history);
    const [first, second] = await ports.store.readAll({ after: null, maxCount: 2, types: null });
    const sleeve = { kind: 'sleeve', name: 'bonds', asOf: '2024-01-10', runId: 's1', position: first!.position };
    expect(await openedRun(ports, 'sleeve', 's1')).toEqual(sleeve);
    expect(await openedRunOfAnyKind(ports, 's1')).toEqual(sleeve);
    expect(await openedRunOfAnyKind(ports, 'c1')).toEqual({
      kind: 'combination',
      name: 'futures',
      asOf: null,
      runId: 'c1',
      position: second!.position,
    });
  });

  test.each(['nobody', 'a text that is no id'])('is null of %s', async (runId) => {
    const { ports } = await ledgerHolding(history);
    expect(await openedRun(ports, 'sleeve', runId)).toBeNull();
    expect(await openedRunOfAnyKind(ports, runId)).toBeNull();
  });

  test('is broken where the first event opens no run', async () => {
    const { ports } = await ledgerHolding(history);
    const [stored] = await ports.store.readAll({ after: null, maxCount: 1, types: ['SleeveRunCertified'] });
    await expect(openedRun(ports, 'sleeve', 'broken')).rejects.toMatchObject({
      code: 'ChainBroken',
      message: 'sleeveRun-broken does not begin as a run does',
      evidence: { stream: 'sleeveRun-broken', expected: stored!.hash, actual: stored!.hash },
    });
  });

  test('is broken where the bytes are others than were stored', async () => {
    const { ports } = await ledgerHolding(history);
    const store = storeLike(ports.store, {
      readStream: async (...given) => (await ports.store.readStream(...given)).map((event) => ({ ...event, hash: 'f'.repeat(64) })),
    });
    const [stored] = await ports.store.readAll({ after: null, maxCount: 1, types: null });
    await expect(openedRun({ ...ports, store }, 'sleeve', 's1')).rejects.toMatchObject({
      code: 'ChainBroken',
      evidence: { stream: 'sleeveRun-s1', expected: 'f'.repeat(64), actual: stored!.hash },
    });
  });
});

describe('a recorded tournament', () => {
  test('is what it was asked for, and its facts', async () => {
    const { store } = (await ledgerHolding(history)).ports;
    const { started, facts } = await recordedTournament(store, 'x1');
    expect([started, facts.map(({ type }) => type)]).toEqual([tournamentFacts.started('x1'), ['TournamentStarted', 'TournamentCompleted']]);
  });

  test.each([
    ['x2', 'ChainBroken', 'the tournament x2 begins with TournamentCompleted', { evidence: { runId: 'x2', type: 'TournamentCompleted' } }],
    ['s1', 'Usage', 's1 is a sleeve run; give a tournament', {}],
    ['x9', 'RunUnknown', 'no tournament x9 is recorded', {}],
  ])('is not %s', async (runId, code, message, further) => {
    const { store } = (await ledgerHolding(history)).ports;
    await expect(recordedTournament(store, runId)).rejects.toMatchObject({ code, message, ...further });
  });
});
