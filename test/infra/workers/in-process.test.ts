import { expect, test } from '@jest/globals';
import { computeContract } from '../../contract/compute.contract.ts';
import { sampleCompute } from '../../support/compute/pools.ts';

computeContract('this process', () => sampleCompute(0));

test('between two jobs of this process, timers have their turn', async () => {
  const compute = sampleCompute(0);
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  await Promise.all(Array.from({ length: 5 }, () => compute.run('thread', { holdMs: 5 })));
  clearInterval(timer);
  await compute.close();
  expect(ticks).toBeGreaterThanOrEqual(4);
});
