import { describe, expect, test } from '@jest/globals';
import { InOrder } from '../../../handlers/runtime/in-order.ts';

/** Work that ends when it is told to, and notes when it began. */
class Steps {
  readonly begun: string[] = [];
  readonly #ends = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();

  work = (name: string) => (): Promise<void> => {
    this.begun.push(name);
    return new Promise<void>((resolve, reject) => this.#ends.set(name, { resolve, reject }));
  };
  end = (name: string): void => this.#ends.get(name)!.resolve();
  fail = (name: string, error: Error): void => this.#ends.get(name)!.reject(error);
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('work in the order of its key', () => {
  test('begins when what was given before it under its key has ended, and beside what has another key', async () => {
    const [inOrder, steps] = [new InOrder(), new Steps()];
    const all = ['a1', 'a2', 'b1'].map((name) => inOrder.run(name[0]!, steps.work(name)));
    await turn();
    expect(steps.begun).toEqual(['a1', 'b1']);
    steps.end('a1');
    await turn();
    expect(steps.begun).toEqual(['a1', 'b1', 'a2']);
    steps.end('b1');
    steps.end('a2');
    await Promise.all(all);
  });

  test('takes with it what waits behind it when it fails, and nothing else; what is given afterwards begins anew', async () => {
    const [inOrder, steps] = [new InOrder(), new Steps()];
    const broken = new Error('the disk is full');
    const all = ['a1', 'a2', 'a3', 'b1'].map((name) => inOrder.run(name[0]!, steps.work(name)));
    const settled = Promise.allSettled(all);
    await turn();
    steps.fail('a1', broken);
    steps.end('b1');
    const failed = { status: 'rejected', reason: broken };
    expect(await settled).toEqual([failed, failed, failed, { status: 'fulfilled', value: undefined }]);
    expect(steps.begun).toEqual(['a1', 'b1']);
    const after = inOrder.run('a', steps.work('a4'));
    await turn();
    steps.end('a4');
    await after;
  });

  test('takes nothing with it when it fails, where it was given apart', async () => {
    const [inOrder, steps] = [new InOrder(), new Steps()];
    const broken = new Error('the disk is full');
    const all = ['a1', 'a2'].map((name) => inOrder.runApart(name[0]!, steps.work(name)));
    const settled = Promise.allSettled(all);
    await turn();
    expect(steps.begun).toEqual(['a1']);
    steps.fail('a1', broken);
    await turn();
    expect(steps.begun).toEqual(['a1', 'a2']);
    steps.end('a2');
    expect(await settled).toEqual([
      { status: 'rejected', reason: broken },
      { status: 'fulfilled', value: undefined },
    ]);
  });
});
