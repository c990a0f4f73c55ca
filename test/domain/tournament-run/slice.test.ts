import { expect, test } from '@jest/globals';
import { tournamentEventsIn } from '../../../domain/tournament-run/slice.ts';

const of = (type: string) => ({ type, data: { runId: 'r' }, position: type.length });

test('of the facts of an append those of its own stream are told, in their order and whole', () => {
  const facts = ['SealPublished', 'TournamentStarted', 'SleeveRunAccepted', 'toString', 'TournamentCompleted', 'CacheUsed'].map(of);
  expect(tournamentEventsIn(facts)).toEqual([of('TournamentStarted'), of('TournamentCompleted'), of('CacheUsed')]);
  expect(tournamentEventsIn([])).toEqual([]);
});
