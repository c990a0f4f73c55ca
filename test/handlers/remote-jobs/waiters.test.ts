import { beforeEach, expect, test } from '@jest/globals';
import type { Answer } from '../../../domain/jobs/answers.ts';
import { Waiters } from '../../../handlers/remote-jobs/waiters.ts';

const never = new AbortController().signal;
const done = (result: unknown): Answer => ({ kind: 'done', result });

let waiters: Waiters;

beforeEach(() => {
  waiters = new Waiters();
});

test('everybody who waits for an answer is given it, and waits no longer', async () => {
  const both = Promise.all([waiters.wait('a', 'echo', never), waiters.wait('a', 'echo', never)]);
  const other = waiters.wait('b', 'echo', never);
  expect([waiters.jobs, waiters.isWanted('a'), waiters.isWanted('c')]).toEqual([2, true, false]);
  waiters.answer('a', done(1));
  expect([waiters.jobs, waiters.isWanted('a'), waiters.isWanted('b')]).toEqual([1, false, true]);
  expect(await both).toEqual([done(1), done(1)]);
  waiters.answer('a', done(2));
  waiters.answer('b', done(3));
  expect([await other, waiters.jobs]).toEqual([done(3), 0]);
});

test('an error ends the wait of everybody for one job, or for all', async () => {
  const [one, two, three] = ['a', 'a', 'b'].map((key) => waiters.wait(key, 'echo', never).catch((error: unknown) => error));
  waiters.fail('a', 'no');
  waiters.fail('c', 'nobody asked');
  expect([await one, await two, waiters.jobs]).toEqual(['no', 'no', 1]);
  const four = waiters.wait('c', 'echo', never).catch((error: unknown) => error);
  waiters.failAll('the broker is away');
  expect([await three, await four, waiters.jobs]).toEqual(['the broker is away', 'the broker is away', 0]);
});

test('who is interrupted waits no longer, and the others do', async () => {
  const stop = new AbortController();
  const stopped = waiters.wait('a', 'echo', stop.signal);
  const other = waiters.wait('a', 'echo', never);
  stop.abort();
  await expect(stopped).rejects.toMatchObject({ code: 'Interrupted', message: expect.stringContaining('echo') });
  expect(waiters.isWanted('a')).toBe(true);
  waiters.answer('a', done(1));
  expect(await other).toEqual(done(1));
  stop.abort();
});

test('who was interrupted before does not begin to wait', async () => {
  await expect(waiters.wait('a', 'echo', AbortSignal.abort())).rejects.toMatchObject({ code: 'Interrupted' });
  expect(waiters.jobs).toBe(0);
});

test('who waits anew for a job that was answered is not forgotten for who is interrupted late', async () => {
  const stop = new AbortController();
  const first = waiters.wait('a', 'echo', stop.signal);
  waiters.answer('a', done(1));
  await first;
  const again = waiters.wait('a', 'echo', never);
  stop.abort();
  expect(waiters.isWanted('a')).toBe(true);
  waiters.answer('a', done(2));
  expect(await again).toEqual(done(2));
});
