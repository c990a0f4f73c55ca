/** How writes are gathered into transactions, with a transaction that is only a list of what was in it. */
import { describe, expect, jest, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { type AskedWrite, CommitGroup, retryPause } from '../../../infra/sqlite/commit-group.ts';

type Outcome = 'done' | 'busy';

/** A group that tells what each transaction was asked to do; by number of the attempt it is busy. */
function recording(outcomeOf: (attempt: number) => Outcome = () => 'done', refusalAfter: (ms: number) => LedgerError | null = () => null) {
  const tried: number[] = [];
  const promises: string[][] = [];
  let attempt = 0;
  const group = new CommitGroup({
    tryGroup: (asked: readonly AskedWrite[]) => {
      tried.push(asked.length);
      promises.push(asked.map(({ promise }) => promise));
      const outcome = outcomeOf(attempt++);
      if (outcome === 'done') for (const { work, resolve } of asked) resolve(work());
      return outcome;
    },
    refusalAfter,
  });
  return { group, tried, promises };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const late = (waitedMs: number): LedgerError => new LedgerError('StoreBusy', waitedMs >= 0 ? 'waited' : 'in the future');
const closed = (): LedgerError => new LedgerError('StoreUnavailable', 'closed');

describe('a group of writes', () => {
  test('is one transaction of those asked for together, in their order, each with its promise and its own answer', async () => {
    const { group, tried, promises } = recording();
    const done: number[] = [];
    const answers = await Promise.all(
      numbers(3).map((index) => group.ask(() => (done.push(index), `answer ${index}`), index === 1 ? 'atomic' : 'durable')),
    );
    expect({ answers, done, tried, promises }).toEqual({
      answers: ['answer 0', 'answer 1', 'answer 2'],
      done: [0, 1, 2],
      tried: [3],
      promises: [['durable', 'atomic', 'durable']],
    });
  });

  test.each([
    [1, [1]],
    [63, [63]],
    [64, [64]],
    [65, [64, 1]],
    [200, [64, 64, 64, 8]],
  ])('of %d writes has at most sixty-four in each transaction', async (count, expected) => {
    const { group, tried } = recording();
    expect(await Promise.all(numbers(count).map((index) => group.ask(() => index, 'durable')))).toEqual(numbers(count));
    expect(tried).toEqual(expected);
  });

  test('takes in who asks in the next turn, and is committed once two turns have brought nobody', async () => {
    const { group, tried } = recording();
    const first = group.ask(() => 'first', 'durable');
    await nextTurn();
    expect(tried).toEqual([]);
    const second = group.ask(() => 'second', 'durable');
    await nextTurn();
    await nextTurn();
    await nextTurn();
    expect(tried).toEqual([2]);
    expect(await Promise.all([first, second])).toEqual(['first', 'second']);
  });

  test('that others go on joining is committed after eight turns', async () => {
    const { group, tried } = recording();
    const asked: Promise<number>[] = [];
    for (let turn = 0; turn < 30; turn++) {
      asked.push(group.ask(() => turn, 'durable'));
      await nextTurn();
    }
    await Promise.all(asked);
    expect(tried[0]).toBe(8);
    expect(tried.reduce((sum, count) => sum + count, 0)).toBe(30);
  });

  test('that is full after one turn waits for no more', async () => {
    const { group, tried } = recording();
    const asked = Promise.all(numbers(64).map((index) => group.ask(() => index, 'durable')));
    await nextTurn();
    expect(tried).toEqual([64]);
    await asked;
  });

  test('works again for those who come when everybody was answered', async () => {
    const { group, tried } = recording();
    await group.ask(() => 1, 'durable');
    await nextTurn();
    await group.ask(() => 2, 'durable');
    expect(tried).toEqual([1, 1]);
  });

  test('that finds the lock held is tried again, and takes along who has come meanwhile, behind the first', async () => {
    const { group, tried } = recording((attempt) => (attempt < 2 ? 'busy' : 'done'));
    const done: string[] = [];
    const first = group.ask(() => done.push('first'), 'durable');
    while (tried.length === 0) await nextTurn();
    const second = group.ask(() => done.push('second'), 'durable');
    await Promise.all([first, second]);
    expect(done).toEqual(['first', 'second']);
    expect([tried[0], tried.at(-1), tried.length]).toEqual([1, 2, 3]);
  });

  test('refuses who has waited for too long, each by its own time, and goes on for the others', async () => {
    const waited: number[] = [];
    let refuseFirst = true;
    const { group } = recording(
      () => (refuseFirst ? 'busy' : 'done'),
      (ms) => {
        waited.push(ms);
        if (!refuseFirst) return null;
        refuseFirst = false;
        return late(ms);
      },
    );
    const [first, second] = await Promise.allSettled([group.ask(() => 'first', 'durable'), group.ask(() => 'second', 'durable')]);
    expect(first).toMatchObject({ status: 'rejected', reason: { code: 'StoreBusy', message: 'waited' } });
    expect(second).toEqual({ status: 'fulfilled', value: 'second' });
    expect(waited.every((ms) => ms >= 0 && ms < 60_000)).toBe(true);
  });

  test('that is ended commits what was asked for at once, and asks nobody to wait', async () => {
    const { group, tried } = recording();
    const asked = Promise.all(numbers(100).map((index) => group.ask(() => index, 'durable')));
    group.end(closed);
    expect(tried).toEqual([64, 36]);
    expect(await asked).toEqual(numbers(100));
    group.end(closed);
    expect(tried).toEqual([64, 36]);
  });

  test('that is ended while the lock is held refuses everybody who waits, after one try', async () => {
    const { group, tried } = recording(() => 'busy');
    const asked = Promise.allSettled(numbers(3).map((index) => group.ask(() => index, 'durable')));
    group.end(closed);
    expect(tried).toEqual([3]);
    expect(await asked).toEqual(
      numbers(3).map(() => ({ status: 'rejected', reason: expect.objectContaining({ message: 'closed' }) as unknown })),
    );
  });
});

test('the pause between two tries lasts from one to four milliseconds', async () => {
  const timeout = jest.spyOn(Math, 'random');
  for (const drawn of [0, 0.999]) {
    timeout.mockReturnValueOnce(drawn);
    const begun = performance.now();
    await retryPause();
    // A timer of Node may end up to a millisecond early, and late by whatever else the machine does.
    expect(performance.now() - begun).toBeGreaterThanOrEqual(3 * drawn - 0.1);
  }
  expect(timeout).toHaveBeenCalledTimes(2);
  timeout.mockRestore();
});
