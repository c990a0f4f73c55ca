import { describe, expect, test } from '@jest/globals';
import { yieldToEventLoop } from '../../../handlers/runtime/interruption.ts';

/** In which turn of the event loop each of so many callers goes on that yield at the same time. */
async function turnsOf(callers: number): Promise<number[]> {
  let turn = 0;
  let over = false;
  const tick = (): void => {
    turn++;
    if (!over) setImmediate(tick);
  };
  setImmediate(tick);
  const order: number[] = [];
  const turns = await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      await yieldToEventLoop();
      order.push(caller);
      return turn;
    }),
  );
  over = true;
  expect(order).toEqual(Array.from({ length: callers }, (_, caller) => caller));
  return turns;
}

describe('yielding to the event loop', () => {
  test('lets one caller go on in a turn, first come, first served', async () => {
    const turns = await turnsOf(6);
    expect(turns.map((turn) => turn - turns[0]!)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('gives timers their turn between callers', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        await yieldToEventLoop();
        const end = performance.now() + 5;
        while (performance.now() < end);
      }),
    );
    clearInterval(timer);
    expect(ticks).toBeGreaterThanOrEqual(8);
  });

  test('goes on after it had nothing to do', async () => {
    await yieldToEventLoop();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await yieldToEventLoop();
    expect(await turnsOf(2)).toHaveLength(2);
  });

  test('serves its lanes in turn, so that a crowd in one does not keep another waiting', async () => {
    const served: string[] = [];
    const wait = async (lane: 'intake' | 'reaction' | 'other', name: string): Promise<void> => {
      await yieldToEventLoop(lane);
      served.push(name);
    };
    const crowd = Array.from({ length: 20 }, (_, index) => wait('intake', `i${index}`));
    await Promise.all([...crowd, wait('reaction', 'r0'), wait('reaction', 'r1'), wait('other', 'o0')]);
    for (const name of ['r0', 'r1', 'o0']) expect(served.indexOf(name)).toBeLessThan(5);
    expect(served.filter((name) => name.startsWith('i'))).toEqual(Array.from({ length: 20 }, (_, index) => `i${index}`));
  });
});
