import { expect, test } from '@jest/globals';
import { atOnce } from '../../../handlers/runtime/at-once.ts';

test('work asked for together is told in the order of the items, whichever was done first', async () => {
  const pauses = [3, 1, 2];
  const done: number[] = [];
  const work = async (pauseMs: number): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, 5 * pauseMs));
    done.push(pauseMs);
    return pauseMs * 10;
  };
  expect(await atOnce(new Set(pauses), work)).toEqual([30, 10, 20]);
  expect(done).toEqual([1, 2, 3]);
  expect(await atOnce([], work)).toEqual([]);
});

test('of several that fail the first in order is told, once all have ended', async () => {
  const ended: string[] = [];
  const work = async (name: string): Promise<string> => {
    if (name === 'first') await new Promise((resolve) => setTimeout(resolve, 5));
    ended.push(name);
    if (name === 'good') return name;
    throw new Error(name);
  };
  await expect(atOnce(['good', 'first', 'second'], work)).rejects.toThrow('first');
  expect(ended).toEqual(['good', 'second', 'first']);
});
