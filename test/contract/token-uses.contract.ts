/** The contract of every place that keeps when tokens were last used. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { TokenUses } from '../../handlers/ports/ports.ts';

const [one, other] = ['0123456789abcdef', 'fedcba9876543210'];
const at = (hour: string): string => `2026-11-21T${hour}:00:00.000Z`;

export function tokenUsesContract(name: string, make: () => TokenUses): void {
  describe(`${name}: last uses of tokens`, () => {
    let uses: TokenUses;
    beforeEach(() => {
      uses = make();
    });

    test('are none where nothing was noted', async () => {
      expect(await uses.all()).toEqual(new Map());
    });

    test('are the newest hour of each token, whatever the order in which they are noted', async () => {
      await uses.note(one, at('08'));
      await uses.note(other, at('09'));
      await uses.note(one, at('10'));
      await uses.note(one, at('09'));
      expect(await uses.all()).toEqual(
        new Map([
          [one, at('10')],
          [other, at('09')],
        ]),
      );
    });

    test('stay what they were when they were asked for', async () => {
      await uses.note(one, at('08'));
      const before = await uses.all();
      await uses.note(one, at('09'));
      expect(before.get(one)).toBe(at('08'));
    });
  });
}
