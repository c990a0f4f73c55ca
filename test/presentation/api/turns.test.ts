import { describe, expect, test } from '@jest/globals';
import { Turns } from '../../../presentation/api/turns.ts';
import { deferred } from '../../support/deferred.ts';

interface Piece {
  readonly done: Promise<string>;
  finish(): void;
  fail(): void;
  leave(): void;
}

/** Work under way in turns, with the names of what has begun. */
class Bench {
  readonly begun: string[] = [];
  readonly #turns: Turns;

  constructor(atOnceMax: number, waitingMax = 10, waitingOfOneMax = 10) {
    this.#turns = new Turns({ atOnceMax, waitingMax, waitingOfOneMax });
  }

  ask(who: string, name: string): Piece {
    const asker = new AbortController();
    const end = deferred<string>();
    const done = this.#turns.take(who, asker.signal, () => {
      this.begun.push(name);
      return end.promise;
    });
    done.catch(() => undefined);
    return { done, finish: () => end.resolve(name), fail: () => end.reject(new Error(name)), leave: () => asker.abort() };
  }
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('turns', () => {
  test('one identity works on one piece at a time, in the order in which it asked', async () => {
    const bench = new Bench(3);
    const pieces = ['a1', 'a2', 'a3'].map((name) => bench.ask('a', name));
    await settled();
    expect(bench.begun).toEqual(['a1']);
    pieces[0]!.finish();
    expect(await pieces[0]!.done).toBe('a1');
    await settled();
    expect(bench.begun).toEqual(['a1', 'a2']);
  });

  test('others begin at once, as many as there is room for, and past whoever has a piece under way', async () => {
    const bench = new Bench(2);
    const first = bench.ask('a', 'a1');
    for (const [who, name] of [
      ['a', 'a2'],
      ['b', 'b1'],
      ['c', 'c1'],
    ] as const)
      bench.ask(who, name);
    await settled();
    expect(bench.begun).toEqual(['a1', 'b1']);
    first.finish();
    await settled();
    expect(bench.begun).toEqual(['a1', 'b1', 'a2']);
  });

  test('a piece that fails makes room too', async () => {
    const bench = new Bench(1);
    const failing = bench.ask('a', 'a1');
    bench.ask('b', 'b1');
    failing.fail();
    await expect(failing.done).rejects.toThrow('a1');
    await settled();
    expect(bench.begun).toEqual(['a1', 'b1']);
  });

  test('whoever leaves before the turn never begins, and holds up nobody', async () => {
    const bench = new Bench(1);
    const first = bench.ask('a', 'a1');
    const leaving = bench.ask('b', 'b1');
    bench.ask('c', 'c1');
    leaving.leave();
    await expect(leaving.done).rejects.toMatchObject({ code: 'Interrupted' });
    first.finish();
    await settled();
    expect(bench.begun).toEqual(['a1', 'c1']);
  });

  test('too many that wait are refused: of one identity, and of all', async () => {
    const ofOne = new Bench(1, 10, 2);
    for (const name of ['a1', 'a2', 'a3']) ofOne.ask('a', name);
    await expect(ofOne.ask('a', 'a4').done).rejects.toMatchObject({ code: 'TooManyRequests', evidence: { retryAfterSeconds: 1 } });
    ofOne.ask('b', 'b1');
    const ofAll = new Bench(1, 2);
    for (const who of ['a', 'b', 'c']) ofAll.ask(who, who);
    await expect(ofAll.ask('d', 'd').done).rejects.toMatchObject({ code: 'TooManyRequests' });
  });
});
