import { join } from 'node:path';
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { keepingLedger } from '../../../handlers/roles/keeping-ledger.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { ledgerSession } from '../../support/ledger-session.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();
const other = '00000000-4c7a-5d1e-8f3a-2a6b1c0d9e8f';
let session: Session;

beforeEach(async () => {
  ({ session } = await ledgerSession(join(scratch, 'ledger')));
});

test('a process whose store holds its ledger looks again and again until it is stopped', async () => {
  const role = keepingLedger(session);
  expect([role.name, role.state()]).toEqual(['store', { ok: true, detail: `holds ledger ${session.ledger.ledgerId}` }]);
  const read = jest.spyOn(session.ports.store, 'readStream');
  const stop = new AbortController();
  const ran = role.run(stop.signal);
  await new Promise((resolve) => setTimeout(resolve, 300));
  stop.abort();
  await expect(ran).resolves.toBeUndefined();
  expect(read.mock.calls.length).toBeGreaterThanOrEqual(2);
  expect(read.mock.calls[0]).toEqual(['ledger', { from: 0n, maxCount: 1, direction: 'forwards' }]);
});

describe('a process is ended', () => {
  test('when its store holds another ledger', async () => {
    const moved = { ...session, ledger: { ...session.ledger, ledgerId: other } };
    const found = session.ledger.ledgerId;
    await expect(keepingLedger(moved).run(new AbortController().signal)).rejects.toMatchObject({
      code: 'StoreReplaced',
      message: `the store holds ledger ${found} now, and was opened with ledger ${other}`,
      evidence: { expected: other, found },
    });
  });

  test('when its store holds none any more', async () => {
    const { ledgerId } = session.ledger;
    const empty = { ...session, ports: { ...session.ports, store: createMemoryStore().store } };
    await expect(keepingLedger(empty).run(new AbortController().signal)).rejects.toMatchObject({
      code: 'StoreReplaced',
      message: `the store holds no ledger now, and was opened with ledger ${ledgerId}`,
      evidence: { expected: ledgerId, found: null },
    });
  });

  test('and not when it was stopped before', async () => {
    const moved = { ...session, ledger: { ...session.ledger, ledgerId: other } };
    await expect(keepingLedger(moved).run(AbortSignal.abort())).resolves.toBeUndefined();
  });
});
