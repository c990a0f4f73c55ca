import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { openSqlite, type SqliteLedger } from '../../../infra/sqlite/open.ts';
import { sampleEvents } from '../../support/sample-events.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { p } from '../../support/rows.ts';

const directory = scratchDirectory();
const stream = 'sleeveRun-a';

/** A store whose write lock another connection holds. */
function held(name: string, busyWaitMsMax: number): { ledger: SqliteLedger; release: () => void } {
  const file = join(directory, name);
  const ledger = openSqlite(file, { access: 'write', create: true, busyWaitMsMax });
  const holder = new Database(file);
  holder.exec('BEGIN IMMEDIATE');
  return {
    ledger,
    release: () => {
      holder.exec('ROLLBACK');
      holder.close();
    },
  };
}

function appendTo(ledger: SqliteLedger, name: string): Promise<unknown> {
  return ledger.store.append(name, sampleEvents({ stream: name, count: 1 }), { expectedRevision: 'none' });
}

describe('a SQLite store whose write lock another process holds', () => {
  test('waits, and writes once the lock is free; meanwhile it reads and the event loop goes on', async () => {
    const { ledger, release } = held('waits.sqlite', 30_000);
    let settled = false;
    const append = appendTo(ledger, stream).then(() => {
      settled = true;
    });
    const turns = { ticks: 0 };
    const ticking = setInterval(() => turns.ticks++, 1);
    // However slow the machine is: the loop turns, and the append still waits.
    while (turns.ticks <= 10) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(settled).toBe(false);
    expect(await ledger.store.head()).toBeNull();
    clearInterval(ticking);
    release();
    await append;
    expect(await ledger.store.head()).toBe('1');
    ledger.close();
  });

  test('gives up with StoreBusy after its time limit, and nothing is written', async () => {
    const { ledger, release } = held('busy.sqlite', 50);
    await expect(appendTo(ledger, stream)).rejects.toMatchObject({ code: 'StoreBusy', evidence: { waitMsMax: 50 } });
    await expect(ledger.artifacts.put(Uint8Array.of(1))).rejects.toMatchObject({ code: 'StoreBusy' });
    await expect(ledger.readModels.commit(p, [], '1', null)).rejects.toMatchObject({ code: 'StoreBusy' });
    release();
    expect(await ledger.store.head()).toBeNull();
    await appendTo(ledger, stream);
    ledger.close();
  });

  test('serves those who wait in the order in which they came', async () => {
    const { ledger, release } = held('order.sqlite', 30_000);
    const names = Array.from({ length: 10 }, (_, index) => `sleeveRun-${index}`);
    const appends = names.map((name) => appendTo(ledger, name));
    setTimeout(release, 20);
    await Promise.all(appends);
    const events = await ledger.store.readAll({ after: null, maxCount: 100, types: null });
    expect(events.map((event) => event.stream)).toEqual(names);
    ledger.close();
  });

  test('one that gave up does not hold up those behind it', async () => {
    const { ledger, release } = held('behind.sqlite', 40);
    const refused = expect(appendTo(ledger, stream)).rejects.toMatchObject({ code: 'StoreBusy' });
    await new Promise((resolve) => setTimeout(resolve, 30));
    const behind = appendTo(ledger, 'sleeveRun-b');
    await refused;
    release();
    await behind;
    expect((await ledger.store.readAll({ after: null, maxCount: 9, types: null })).map((event) => event.stream)).toEqual(['sleeveRun-b']);
    ledger.close();
  });
});
