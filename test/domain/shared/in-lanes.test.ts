import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inLanes } from '../../../domain/shared/in-lanes.ts';

/** The first item is done at once; every other one fails in a later turn. */
async function failing(item: number): Promise<void> {
  if (item === 0) return;
  await new Promise((resolve) => setImmediate(resolve));
  throw new Error(`item ${item}`);
}

describe('work in lanes', () => {
  test('has its results in the order of the items, and no more in hand than there are lanes, whichever ends first', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(), { maxLength: 12 }), async (s, lanes, items) => {
        let inHand = 0;
        let most = 0;
        const work = async (item: number): Promise<number> => {
          most = Math.max(most, ++inHand);
          await s.schedule(Promise.resolve());
          inHand--;
          return 2 * item;
        };
        const results = await s.waitFor(inLanes(lanes, items, work));
        expect(results).toEqual(items.map((item) => 2 * item));
        expect(most).toBeLessThanOrEqual(lanes);
      }),
      { numRuns: 200 },
    );
  });

  test('takes an item only when a lane is free for it, and ends with the first item that failed', async () => {
    const taken: number[] = [];
    function* items(): Generator<number> {
      for (let item = 0; item < 10; item++) {
        taken.push(item);
        yield item;
      }
    }
    await expect(inLanes(2, items(), failing)).rejects.toThrow('item 1');
    expect(taken).toEqual([0, 1, 2]);
  });
});
