import { expect, test } from '@jest/globals';
import { runTogether } from '../../../handlers/runtime/together.ts';

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

test('when one part ends, the others are stopped, and all have ended', async () => {
  const order: string[] = [];
  await runTogether(
    new AbortController().signal,
    async (signal) => {
      await untilAborted(signal);
      await Promise.resolve();
      order.push('stopped');
    },
    async () => void order.push('ended'),
  );
  expect(order).toEqual(['ended', 'stopped']);
});

test('when one part fails, the others are stopped, and its error is told when they have ended', async () => {
  const order: string[] = [];
  const fault = new Error('a part failed');
  await expect(
    runTogether(
      new AbortController().signal,
      async (signal) => {
        await untilAborted(signal);
        order.push('stopped');
      },
      async () => {
        throw fault;
      },
    ),
  ).rejects.toBe(fault);
  expect(order).toEqual(['stopped']);
});

test('a signal from outside stops every part, which is no error', async () => {
  const stop = new AbortController();
  const ended = runTogether(stop.signal, untilAborted, untilAborted);
  stop.abort();
  await expect(ended).resolves.toBeUndefined();
});
