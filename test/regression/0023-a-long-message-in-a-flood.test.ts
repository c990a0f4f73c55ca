/**
 * Messages of a flood are sealed together, in base 64. The letters of one text were the arguments of one call, which stand on the stack:
 * with a message of some hundred thousand bytes there was no room for them, and the error, which was no fault of the message, ended the
 * intake.
 */
import { expect, test } from '@jest/globals';
import { fromBase64, toBase64 } from '../../domain/audit/base64.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { Flood } from '../../handlers/intake/flood.ts';
import { incomingOf } from '../../handlers/intake/incoming.ts';
import { memorySession } from '../support/imported-run.ts';
import { rawMessage, SentMessages } from '../support/sleeve-results.ts';

test.each([0, 1, 2, 3, 6_143, 6_144, 6_145, 12_288, 200_000, 1_000_001])('%i bytes are the base 64 that Node writes', (length) => {
  const bytes = Uint8Array.from({ length }, (_, index) => (index * 151) % 257);
  const text = toBase64(bytes);
  expect(text === Buffer.from(bytes).toString('base64')).toBe(true);
  expect(Buffer.from(bytes).equals(fromBase64(text)!)).toBe(true);
});

test('a flood takes a message of a megabyte', async () => {
  const session = memorySession();
  const dead = new SentMessages();
  const flood = new Flood({ deadLetters: dead, deadLettersTopic: 'dead' });
  const gathered = (value: string): Promise<boolean> =>
    flood.gathers(session, incomingOf(rawMessage(null, value), session.ports.crypto), new LedgerError('MessageInvalid', 'not JSON'));
  for (let number = 0; number < limits.lettersPerWindowMax; number++) await gathered(`${number}`);
  expect(await gathered('x'.repeat(1_000_000))).toBe(true);
  await flood.flush();
  expect(dead.events.map(({ data }) => data)).toMatchObject([{ payload: { bytes: 1_000_000, kept: true } }]);
});
