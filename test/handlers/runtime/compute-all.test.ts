import { describe, expect, test } from '@jest/globals';
import { computeAll } from '../../../handlers/runtime/compute-all.ts';
import type { Compute } from '../../../handlers/ports/ports.ts';
import { type SampleJobs } from '../../support/compute/jobs.ts';

interface Asked {
  readonly input: unknown;
  readonly answer: (result: unknown) => void;
  readonly refuse: (error: Error) => void;
}

/** Computes nothing: the test answers. */
function answeredByHand(parallelism: number) {
  const asked: Asked[] = [];
  const run = ((_name: string, input: unknown) =>
    new Promise<unknown>((answer, refuse) => {
      asked.push({ input, answer, refuse });
    })) as Compute<SampleJobs>['run'];
  const compute: Compute<SampleJobs> = { parallelism, run, close: async () => undefined };
  return { asked, compute };
}

const turns = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('many computations', () => {
  test('answer in the order of their inputs, whichever is done first', async () => {
    const { asked, compute } = answeredByHand(2);
    const done: number[] = [];
    const all = computeAll(compute, 'echo', ['a', 'b', 'c'], { onDone: () => done.push(done.length) });
    await turns();
    for (const { input, answer } of asked.toReversed()) answer(`${String(input)}!`);
    expect(await all).toEqual(['a!', 'b!', 'c!']);
    expect(done).toEqual([0, 1, 2]);
  });

  test('take an input only when there is room for it: memory does not grow with their number', async () => {
    const { asked, compute } = answeredByHand(2);
    let made = 0;
    function* inputs(): Generator<number> {
      for (; made < 1_000;) yield made++;
    }
    const all = computeAll(compute, 'echo', inputs());
    await turns();
    expect(made).toBe(3);
    for (let at = 0; at < 1_000; at++) {
      asked[at]!.answer(asked[at]!.input);
      await Promise.resolve();
      await turns();
      expect(made).toBe(Math.min(1_000, at + 4));
    }
    expect(await all).toEqual(Array.from({ length: 1_000 }, (_, index) => index));
  });

  test('fail with the error of the first input that failed, whichever failed first, and begin nothing more', async () => {
    const { asked, compute } = answeredByHand(2);
    const all = computeAll(compute, 'echo', [0, 1, 2, 3, 4]);
    const failed = expect(all).rejects.toThrow('of 1');
    await turns();
    asked[2]!.refuse(new Error('of 2'));
    await turns();
    asked[1]!.refuse(new Error('of 1'));
    asked[0]!.answer('whole');
    await failed;
    expect(asked).toHaveLength(3);
  });

  test('are none for no input', async () => {
    const { asked, compute } = answeredByHand(4);
    expect(await computeAll(compute, 'echo', [])).toEqual([]);
    expect(asked).toEqual([]);
  });
});
