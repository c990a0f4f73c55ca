import { expect, test } from '@jest/globals';
import { limits } from '../../../domain/shared/limits.ts';
import { isPresent, keepPresent } from '../../../handlers/runtime/presence.ts';
import { memorySession } from '../../support/imported-run.ts';
import { ManualClock } from '../reaction/desk.ts';

/** Signs once, as a member does that is stopped at once. */
async function sign(session: ReturnType<typeof memorySession>): Promise<void> {
  const stop = new AbortController();
  const signed = keepPresent(session, 'ledger-reaction', stop.signal);
  await new Promise((resolve) => setImmediate(resolve));
  stop.abort();
  await signed;
}

test('a group is present from its first sign until three of them failed to come, and many members write one record', async () => {
  const memory = memorySession();
  const clock = new ManualClock();
  const session = { ...memory, ports: { ...memory.ports, clock } };
  const { checkpoints } = session.ports;
  expect(await isPresent(session.ports, 'ledger-reaction')).toBe(false);
  await sign(session);
  await sign(session);
  expect((await checkpoints.read('presence-ledger-reaction'))?.version).toBe(0n);
  expect(await isPresent(session.ports, 'another-reaction')).toBe(false);
  clock.advance((3 * limits.presenceMs) / 1_000 - 1);
  expect(await isPresent(session.ports, 'ledger-reaction')).toBe(true);
  clock.advance(1);
  expect(await isPresent(session.ports, 'ledger-reaction')).toBe(false);
  await sign(session);
  expect(await isPresent(session.ports, 'ledger-reaction')).toBe(true);
});
