import { describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { LastUses } from '../../../handlers/access/last-uses.ts';
import type { TokenUses } from '../../../handlers/ports/ports.ts';
import { createLog } from '../../../infra/system/log.ts';

/** Last uses with a clock that the test turns, and everything that was asked of the place where they are kept. */
function noting(note: TokenUses['note'] = async () => undefined) {
  const asked: string[] = [];
  const logged: string[] = [];
  const clock = { at: '2026-11-21T08:00:00.000Z' };
  const uses = new LastUses({
    clock: { now: () => clock.at },
    tokenUses: {
      all: async () => new Map(),
      note: async (tokenId, hour) => {
        asked.push(`${tokenId} ${hour}`);
        await note(tokenId, hour);
      },
    },
    log: createLog('warn', false, { write: (text) => logged.push(text) }),
  });
  return { uses, asked, logged, clock };
}

describe('the use of a token', () => {
  test('is noted once an hour, to the hour', async () => {
    const { uses, asked, clock } = noting();
    for (const now of ['08:00:00.000', '08:30:00.000', '08:59:59.999', '09:00:00.000', '09:00:00.001']) {
      clock.at = `2026-11-21T${now}Z`;
      await uses.note('a');
    }
    await uses.note('b');
    expect(asked).toEqual(['a 2026-11-21T08:00:00.000Z', 'a 2026-11-21T09:00:00.000Z', 'b 2026-11-21T09:00:00.000Z']);
  });

  test('is noted once when many requests show it at the same time', async () => {
    const { uses, asked } = noting(() => new Promise((resolve) => void setImmediate(resolve)));
    await Promise.all(Array.from({ length: 20 }, () => uses.note('a')));
    expect(asked).toHaveLength(1);
  });

  test('that cannot be noted stops nobody, is told to the log, and is tried again in the next hour', async () => {
    const { uses, asked, logged, clock } = noting(async () => {
      throw new LedgerError('StoreReadOnly', 'ledger.sqlite.token-uses cannot be written here');
    });
    await uses.note('a');
    await uses.note('a');
    expect([asked.length, logged.length]).toEqual([1, 1]);
    expect(JSON.parse(logged[0]!)).toMatchObject({ id: 'a', msg: 'the last use of a token could not be noted' });
    clock.at = '2026-11-21T09:00:00.000Z';
    await uses.note('a');
    expect(asked.at(-1)).toBe('a 2026-11-21T09:00:00.000Z');
  });
});
