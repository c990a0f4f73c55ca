import { expect, test } from '@jest/globals';
import { engineAcross, remotePlace } from '../../../handlers/remote-jobs/place.ts';
import { answerFormat } from '../../../infra/cache/entry.ts';
import { createMemoryCache } from '../../../infra/cache/memory-cache.ts';

test('jobs and answers meet on the topics of the settings, in a group of the workers, on one ledger', () => {
  const settings = { backtestJobsTopic: 'jobs', backtestResultsTopic: 'results', group: 'desk' };
  expect(remotePlace(settings, { ledgerId: 'id' })).toEqual({
    jobsTopic: 'jobs',
    resultsTopic: 'results',
    group: 'desk-backtest',
    ledgerId: 'id',
  });
});

test('a build is told with the codec of its answers', () => {
  expect(engineAcross({ cache: createMemoryCache('1.2.3'), answerFormat })).toBe(`1.2.3, V8 ${process.versions.v8}`);
});
