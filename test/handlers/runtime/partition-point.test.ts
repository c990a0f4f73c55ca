import { expect, test } from '@jest/globals';
import { partitionPoint } from '../../../handlers/runtime/partition-point.ts';

test('the first that does is found for every count and place, by no more questions than halving takes', async () => {
  for (let count = 0; count <= 17; count++) {
    for (let first = 0; first <= count; first++) {
      const asked: number[] = [];
      const found = await partitionPoint(count, async (index) => {
        asked.push(index);
        return index >= first;
      });
      expect({ count, first, found }).toEqual({ count, first, found: first });
      expect(asked.every((index) => index >= 0 && index < count)).toBe(true);
      expect(asked.length).toBeLessThanOrEqual(Math.ceil(Math.log2(count + 1)));
    }
  }
});
