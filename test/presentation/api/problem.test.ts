import { describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { problemAnswer, problemOf } from '../../../presentation/api/problem.ts';

describe('problem details', () => {
  test.each([
    new LedgerError('StoreUnavailable', 'esdb://admin:changeit@store.internal:2113 does not answer'),
    new LedgerError('StoreBusy', 'ledger.sqlite is held by the process 4711'),
    new LedgerError('StoreIo', 'EIO: reading /srv/ledger/ledger.sqlite'),
    new LedgerError('FileMissing', 'there is no file ~/desk/manifest.json', { at: { file: '/home/desk/manifest.json' } }),
    new LedgerError('ConfigInvalid', String.raw`C:\desk\manifest.json is no manifest`),
    new LedgerError('LedgerMissing', 'no ledger in ../desk/ledger.sqlite', { evidence: { beside: ['/srv/ledger/other.sqlite'] } }),
    new LedgerError('Internal', 'unexpected: cannot read properties of undefined'),
  ])('$message is for the log, and says nothing over HTTP', (error) => {
    const told = JSON.stringify(problemOf(error));
    expect(JSON.parse(told)).toMatchObject({ title: error.code, detail: 'the request failed; the log of the server says why' });
    expect(told).not.toMatch(/changeit|internal:2113|4711|srv|desk\b|properties/);
  });

  test('a name of two hundred thousand letters is looked through once', () => {
    const name = 'a'.repeat(200_000);
    const started = performance.now();
    expect(problemOf(new LedgerError('RunUnknown', `there is no run ${name}`))).toMatchObject({ detail: `there is no run ${name}` });
    // Looked at anew from each letter it takes ten seconds and more.
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test('what was asked for is named as it was written', () => {
    expect(problemOf(new LedgerError('RunUnknown', 'there is no run a/b', { evidence: { runId: 'a/b' } }))).toMatchObject({
      detail: 'there is no run a/b',
      evidence: { runId: 'a/b' },
    });
    expect(problemOf(new LedgerError('RequestUnderWay', 'the same request is being answered'))).toMatchObject({
      detail: 'the same request is being answered',
    });
  });

  test('whoever has to wait is told for how long, and whoever has to sign in, how', () => {
    const busy = problemAnswer(new LedgerError('TooManyRequests', 'too many requests', { evidence: { retryAfterSeconds: 7 } }));
    expect([busy.status, busy.headers['retry-after']]).toEqual([429, '7']);
    expect(problemAnswer(new LedgerError('NotAuthenticated', 'no token')).headers).toMatchObject({ 'www-authenticate': 'Bearer' });
  });
});
