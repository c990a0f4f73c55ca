import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openSqlite } from '../../../infra/sqlite/open.ts';
import type { EventStore, StoredEvent } from '../../../handlers/ports/ports.ts';
import { sampleEvents } from '../../support/sample-events.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { p } from '../../support/rows.ts';

const directory = scratchDirectory();
const stream = 'sleeveRun-a';
const tooLong = 60_000;

async function firstEvent(store: EventStore): Promise<StoredEvent> {
  for await (const event of store.subscribeAll({ after: null, types: null, signal: new AbortController().signal })) return event;
  throw new Error('the subscription ended');
}

/** Lets a subscription find the log empty and settle down to wait. */
async function settleDown(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 30));
}

describe('a SQLite subscription that waits', () => {
  test('is woken by an append of its own process without polling', async () => {
    const ledger = openSqlite(join(directory, 'own.sqlite'), { access: 'write', create: true, pollMs: tooLong });
    const seen = firstEvent(ledger.store);
    await settleDown();
    await ledger.store.append(stream, sampleEvents({ stream, count: 1 }), { expectedRevision: 'none' });
    expect((await seen).revision).toBe(0n);
    ledger.close();
  });

  test('finds an append of another process by polling', async () => {
    const file = join(directory, 'other.sqlite');
    const ledger = openSqlite(file, { access: 'write', create: true, pollMs: 5 });
    const other = openSqlite(file, { access: 'write', create: false });
    const seen = firstEvent(ledger.store);
    await settleDown();
    await other.store.append(stream, sampleEvents({ stream, count: 1 }), { expectedRevision: 'none' });
    expect((await seen).revision).toBe(0n);
    other.close();
    ledger.close();
  });

  test('is not led astray by writes that are not events', async () => {
    const ledger = openSqlite(join(directory, 'rows.sqlite'), { access: 'write', create: true, pollMs: 5 });
    const seen = firstEvent(ledger.store);
    await settleDown();
    await ledger.artifacts.put(Uint8Array.of(1));
    await ledger.readModels.commit(p, [], '0', null);
    await settleDown();
    await ledger.store.append(stream, sampleEvents({ stream, count: 1 }), { expectedRevision: 'none' });
    expect((await seen).revision).toBe(0n);
    ledger.close();
  });
});
