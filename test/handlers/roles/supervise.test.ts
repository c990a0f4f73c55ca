import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { Role } from '../../../handlers/roles/role.ts';
import { supervise } from '../../../handlers/roles/supervise.ts';
import { memorySession } from '../../support/imported-run.ts';
import { recordingLog } from '../../support/kafka/members.ts';

const { ports } = memorySession();

/** Works until it is told to stop, then takes a moment to finish. */
function steady(name: string, done: string[]): Role {
  return {
    name,
    state: () => ({ ok: true, detail: '' }),
    run: async (signal) => {
      await new Promise<void>((resolve) => {
        const finish = (): void => void setTimeout(resolve, 10);
        if (signal.aborted) finish();
        else signal.addEventListener('abort', finish, { once: true });
      });
      done.push(name);
    },
  };
}

const world = (head: () => Promise<string | null>) => {
  const { log, lines } = recordingLog();
  return { log, lines, store: { ...ports.store, head } };
};

describe('roles of one process', () => {
  test('finish what they have in hand when they are asked to stop', async () => {
    const done: string[] = [];
    const abort = new AbortController();
    const working = supervise([steady('intake', done), steady('react', done)], abort.signal, ports);
    abort.abort();
    await working;
    expect(done.toSorted()).toEqual(['intake', 'react']);
  });

  test('end together when one fails, with its error', async () => {
    const done: string[] = [];
    const failing: Role = {
      name: 'relay',
      state: () => ({ ok: false, detail: '' }),
      run: () => Promise.reject(new LedgerError('BrokerRefused', 'no')),
    };
    await expect(supervise([steady('intake', done), failing], new AbortController().signal, ports)).rejects.toMatchObject({
      code: 'BrokerRefused',
    });
    expect(done).toEqual(['intake']);
  });

  test('may not end by themselves: a process that does half its work looks healthy', async () => {
    const leaving: Role = { name: 'intake', state: () => ({ ok: true, detail: '' }), run: () => Promise.resolve() };
    await expect(supervise([leaving, steady('react', [])], new AbortController().signal, ports)).rejects.toMatchObject({
      code: 'Internal',
      message: 'the role intake ended by itself',
    });
  });

  test('throw synchronously as well as any other way', async () => {
    const throwing: Role = {
      name: 'seal',
      state: () => ({ ok: true, detail: '' }),
      run: () => {
        throw new LedgerError('KeyMissing', 'no key');
      },
    };
    await expect(supervise([throwing, steady('react', [])], new AbortController().signal, ports)).rejects.toMatchObject({
      code: 'KeyMissing',
    });
  });
});

describe('a store that goes away', () => {
  const away = new LedgerError('StoreUnavailable', 'nobody answers');

  /** Fails so often, and then works until it is told to stop. */
  function failing(times: number): { readonly role: Role; readonly begun: () => number } {
    let count = 0;
    const role: Role = {
      ...steady('react', []),
      run: (signal) => (count++ < times ? Promise.reject(away) : steady('react', []).run(signal)),
    };
    return { role, begun: () => count };
  }

  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  test('is waited for, and the role begins again a quarter of a second after it answers', async () => {
    let isAway = true;
    const { log, lines, store } = world(async () => {
      if (isAway) throw away;
      return null;
    });
    const { role, begun } = failing(1);
    const stop = new AbortController();
    const working = supervise([role], stop.signal, { log, store });
    await jest.advanceTimersByTimeAsync(5_000);
    expect(begun()).toBe(1);
    isAway = false;
    await jest.advanceTimersByTimeAsync(1_249);
    stop.abort();
    await jest.advanceTimersByTimeAsync(1_000);
    await working;
    const fields = { role: 'react', error: 'nobody answers' };
    expect(lines).toEqual([
      { level: 'info', message: 'the role waits for the store', fields },
      { level: 'info', message: 'the store answers again, and so does the role', fields },
      { level: 'info', message: 'the role is done', fields: { role: 'react' } },
    ]);
  });

  test('that answers at once was never away: the log warns, and the pauses grow', async () => {
    const { log, lines, store } = world(async () => null);
    const { role, begun } = failing(3);
    const stop = new AbortController();
    const working = supervise([role], stop.signal, { log, store });
    const counts: number[] = [];
    // 250, 500 and 1000 milliseconds.
    for (const laterMs of [249, 1, 499, 1, 999, 1]) {
      await jest.advanceTimersByTimeAsync(laterMs);
      counts.push(begun());
    }
    expect(counts).toEqual([1, 2, 2, 3, 3, 4]);
    stop.abort();
    await jest.advanceTimersByTimeAsync(20);
    await working;
    expect(lines.filter(({ message }) => message === 'the role was interrupted, and begins again')).toHaveLength(3);
    expect(lines.find(({ message }) => message === 'the role was interrupted, and begins again')).toEqual({
      level: 'warn',
      message: 'the role was interrupted, and begins again',
      fields: { role: 'react', error: 'nobody answers' },
    });
  });

  test('and fails otherwise while it is waited for ends the role with that', async () => {
    const { log, lines, store } = world(() => Promise.reject(new LedgerError('StoreIo', 'a bad sector')));
    await expect(supervise([failing(1).role], new AbortController().signal, { log, store })).rejects.toMatchObject({ code: 'StoreIo' });
    expect(lines.at(-1)).toEqual({ level: 'error', message: 'the role failed', fields: { role: 'react', error: 'a bad sector' } });
  });

  test('and a process that is stopped meanwhile is no error', async () => {
    const { log, store } = world(() => Promise.reject(away));
    const { role, begun } = failing(1);
    const stop = new AbortController();
    const working = supervise([role], stop.signal, { log, store });
    await jest.advanceTimersByTimeAsync(100);
    stop.abort();
    await jest.advanceTimersByTimeAsync(100);
    await expect(working).resolves.toBeUndefined();
    expect(begun()).toBe(1);
  });
});
