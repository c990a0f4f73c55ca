import { expect, test } from '@jest/globals';
import { loadedOnce } from '../../../handlers/runtime/loaded-once.ts';

test('code is loaded when it is first wanted, and once', async () => {
  let loads = 0;
  const loaded = loadedOnce(async () => ({ load: ++loads }));
  expect(loads).toBe(0);
  const [first, second] = await Promise.all([loaded(), loaded()]);
  expect(first).toBe(second);
  expect([await loaded(), loads]).toEqual([{ load: 1 }, 1]);
});
