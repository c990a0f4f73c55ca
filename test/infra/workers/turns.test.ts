import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { Turns } from '../../../infra/workers/turns.ts';

const interrupted = (name: string) => ({
  code: 'Interrupted',
  message: `the computation ${name} was interrupted before it had an answer`,
  evidence: { job: name },
});

/** Jobs by their names, as they begin; each ends when it is told to. */
function setUp(count: number) {
  const turns = new Turns(count);
  const begun: string[] = [];
  const ending = new Map<string, (outcome: 'done' | 'failed') => void>();
  const take = (name: string, signal: AbortSignal | null = null): Promise<string> => {
    const taken = turns.take(name, signal, async () => {
      begun.push(name);
      const outcome = await new Promise<'done' | 'failed'>((resolve) => ending.set(name, resolve));
      if (outcome === 'failed') throw new Error(`${name} failed`);
      return `${name} done`;
    });
    taken.catch(() => undefined);
    return taken;
  };
  return { turns, begun, take, end: (name: string, outcome: 'done' | 'failed' = 'done') => ending.get(name)!(outcome) };
}

describe('turns', () => {
  test('are taken by so many at a time, the others first come, first served, also behind a failure', async () => {
    const { begun, take, end } = setUp(2);
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => take(name));
    await turn();
    expect(begun).toEqual(['a', 'b']);
    end('b', 'failed');
    await expect(b).rejects.toThrow(new Error('b failed'));
    await turn();
    expect(begun).toEqual(['a', 'b', 'c']);
    end('a');
    end('c');
    expect(await Promise.all([a, c])).toEqual(['a done', 'c done']);
    await turn();
    end('d');
    expect(await d).toBe('d done');
    // Both turns are free again, and no third.
    for (const name of ['e', 'f', 'g']) void take(name);
    await turn();
    expect(begun.slice(4)).toEqual(['e', 'f']);
  });

  test('are lost by whoever does not wait any more, and nobody else', async () => {
    const { begun, take, end } = setUp(1);
    const leaving = new AbortController();
    void take('a');
    const [b, c] = [take('b', leaving.signal), take('c')];
    await turn();
    leaving.abort();
    await expect(b).rejects.toMatchObject(interrupted('b'));
    await expect(take('d', leaving.signal)).rejects.toMatchObject(interrupted('d'));
    end('a');
    await turn();
    expect(begun).toEqual(['a', 'c']);
    end('c');
    expect(await c).toBe('c done');
  });

  test('once begun are not ended by their signal', async () => {
    const { take, end } = setUp(1);
    const leaving = new AbortController();
    void take('a');
    const b = take('b', leaving.signal);
    await turn();
    end('a');
    await turn();
    leaving.abort();
    end('b');
    expect(await b).toBe('b done');
  });

  test('end for whoever waits and whoever comes, not for who has begun', async () => {
    const { turns, begun, take, end } = setUp(1);
    const [a, b] = [take('a'), take('b')];
    await turn();
    expect(turns.ended).toBe(false);
    turns.end();
    expect(turns.ended).toBe(true);
    await expect(b).rejects.toMatchObject(interrupted('b'));
    await expect(take('c')).rejects.toMatchObject(interrupted('c'));
    end('a');
    expect(await a).toBe('a done');
    expect(begun).toEqual(['a']);
  });
});
