import { describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { Role } from '../../../handlers/roles/role.ts';
import { supervise } from '../../../handlers/roles/supervise.ts';
import { memorySession } from '../../support/imported-run.ts';

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
