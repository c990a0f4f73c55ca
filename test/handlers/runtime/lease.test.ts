/** Leases on every store: one holder at a time, its state handed on, and fencing that no clock can undo. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createLease, type Lease, readLease } from '../../../handlers/runtime/lease.ts';
import type { Checkpoints } from '../../../handlers/ports/ports.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { openSqlite } from '../../../infra/sqlite/open.ts';
import { fakeSubject } from '../../support/fake-eventstoredb/subject.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const directory = scratchDirectory();
const ttlMs = 10_000;
let files = 0;

interface Shared {
  /** Each call another handle on the same data. */
  open(): Checkpoints;
  dispose(): Promise<void>;
}

const stores: readonly (readonly [string, () => Promise<Shared>])[] = [
  [
    'memory',
    async () => {
      const { checkpoints, store } = createMemoryStore();
      return { open: () => checkpoints, dispose: () => store.close() };
    },
  ],
  [
    'SQLite',
    async () => {
      const file = join(directory, `${files++}.sqlite`);
      const opened = [openSqlite(file, { access: 'write', create: true })];
      return {
        open: () => {
          const ledger = openSqlite(file, { access: 'write', create: false });
          opened.push(ledger);
          return ledger.checkpoints;
        },
        dispose: async () => opened.forEach((ledger) => ledger.close()),
      };
    },
  ],
  [
    'EventStoreDB',
    async () => {
      const subject = await fakeSubject();
      return { open: () => subject.second().checkpoints, dispose: subject.dispose };
    },
  ],
];

/** A process with a clock of its own. */
class Process {
  readonly checkpoints: Checkpoints;
  readonly lease: Lease;
  nowMs = Date.parse('2026-11-21T08:00:00.000Z');

  constructor(checkpoints: Checkpoints, holder: string) {
    this.checkpoints = checkpoints;
    this.lease = createLease(checkpoints, { now: () => new Date(this.nowMs).toISOString() }, { name: 'relay', holder, ttlMs });
  }
}

describe.each(stores)('a lease on %s', (_store, makeShared) => {
  let shared: Shared;
  let a: Process;
  let b: Process;
  beforeEach(async () => {
    shared = await makeShared();
    a = new Process(shared.open(), 'a');
    b = new Process(shared.open(), 'b');
  });
  afterEach(async () => {
    await shared.dispose();
  });
  const pass = (ms: number): void => {
    a.nowMs += ms;
    b.nowMs += ms;
  };

  test('is held by one at a time; whoever comes first begins without a state', async () => {
    const held = await a.lease.hold();
    expect(held?.state).toBeNull();
    expect(await b.lease.hold()).toBeNull();
    expect(await readLease(b.checkpoints, 'relay')).toEqual({ holder: 'a', expiresAt: '2026-11-21T08:00:10.000Z', state: null });
  });

  test('of two that ask at once one gets it', async () => {
    const both = await Promise.all([a.lease.hold(), b.lease.hold()]);
    expect(both.filter((held) => held !== null)).toHaveLength(1);
  });

  test('each write renews it, so that it lasts as long as its holder writes', async () => {
    const held = (await a.lease.hold())!;
    for (let place = 0; place < 5; place++) {
      pass(ttlMs * 0.7);
      await held.write({ place });
      expect(await b.lease.hold()).toBeNull();
    }
    expect(held.state).toEqual({ place: 4 });
  });

  test('passes on, with the state, once its holder has said nothing for its time; the late one is fenced off', async () => {
    const first = (await a.lease.hold())!;
    await first.write({ place: 7 });
    pass(ttlMs - 1);
    expect(await b.lease.hold()).toBeNull();
    pass(1);
    const second = (await b.lease.hold())!;
    expect(second.state).toEqual({ place: 7 });
    await expect(first.write({ place: 8 })).rejects.toMatchObject({ code: 'LeaseLost', evidence: { name: 'relay', holder: 'a' } });
    await second.write({ place: 9 });
    expect(await readLease(a.checkpoints, 'relay')).toMatchObject({ holder: 'b', state: { place: 9 } });
  });

  test('released, it is free at once and the state stays', async () => {
    const first = (await a.lease.hold())!;
    await first.write({ place: 7 });
    await first.release();
    expect((await b.lease.hold())?.state).toEqual({ place: 7 });
    await expect(first.write({ place: 8 })).rejects.toMatchObject({ code: 'LeaseLost' });
  });

  test('releasing what was lost disturbs nobody', async () => {
    const first = (await a.lease.hold())!;
    pass(ttlMs);
    await b.lease.hold();
    await first.release();
    expect(await readLease(a.checkpoints, 'relay')).toMatchObject({ holder: 'b' });
  });

  test('a holder whose clock stands behind believes that it holds it still: its write is refused all the same', async () => {
    const first = (await a.lease.hold())!;
    b.nowMs += ttlMs;
    const second = (await b.lease.hold())!;
    a.nowMs -= 3_600_000;
    await expect(first.write({ place: 1 })).rejects.toMatchObject({
      code: 'LeaseLost',
      message: expect.stringContaining('taken over') as unknown,
    });
    await second.write({ place: 2 });
    expect(second.state).toEqual({ place: 2 });
  });

  test('a holder whose clock has passed the end writes nothing, though nobody took over, and may ask again', async () => {
    const first = (await a.lease.hold())!;
    await first.write({ place: 1 });
    const before = await a.checkpoints.read('relay');
    a.nowMs += ttlMs;
    await expect(first.write({ place: 2 })).rejects.toMatchObject({
      code: 'LeaseLost',
      message: expect.stringContaining('ran out') as unknown,
    });
    expect(await a.checkpoints.read('relay')).toEqual(before);
    expect((await a.lease.hold())?.state).toEqual({ place: 1 });
  });

  test('a dead holder whose clock was years ahead is waited for as long as any other', async () => {
    a.nowMs += 10 * 365 * 86_400_000;
    await (await a.lease.hold())!.write({ place: 1 });
    expect(await b.lease.hold()).toBeNull();
    b.nowMs += ttlMs - 1;
    expect(await b.lease.hold()).toBeNull();
    b.nowMs += 1;
    expect((await b.lease.hold())?.state).toEqual({ place: 1 });
  });

  test('renewals by a timer and states written meanwhile go one after the other', async () => {
    const held = (await a.lease.hold())!;
    await Promise.all(Array.from({ length: 10 }, (_, place) => held.write({ place })));
    expect(await readLease(b.checkpoints, 'relay')).toMatchObject({ holder: 'a', state: { place: 9 } });
  });

  test('something else under its name is refused, not overwritten', async () => {
    await a.checkpoints.write('relay', { place: 1 }, 'none');
    await expect(a.lease.hold()).rejects.toMatchObject({ code: 'StoreIo' });
    expect(await a.checkpoints.read('relay')).toMatchObject({ value: { place: 1 } });
  });
});
