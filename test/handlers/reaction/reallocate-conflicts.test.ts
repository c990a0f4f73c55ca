/** Several writers over one store: whoever comes second decides again, and the same inputs are allocated once. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { applyManifest } from '../../../handlers/commands/apply-manifest.ts';
import { approveRebalance } from '../../../handlers/commands/approve-rebalance.ts';
import { switchPublication } from '../../../handlers/commands/halt-publication.ts';
import { StreamFolds } from '../../../handlers/runtime/folds.ts';
import { yieldToEventLoop } from '../../../handlers/runtime/interruption.ts';
import type { EventStore, Ports } from '../../../handlers/ports/ports.ts';
import type { Reallocation } from '../../../handlers/reaction/reallocate.ts';
import { readWholeStream } from '../../../handlers/runtime/record.ts';
import { openSqlite, type SqliteLedger } from '../../../infra/sqlite/open.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { type Desk, deliver, deliverAll, openDesk, recorded } from './desk.ts';
import { decided, friday, look, publications, thursday, waive, withPolicy } from './looking.ts';

const stream = 'metaPortfolio-whole';

/** A store in which something happens before the first append to the portfolio's stream, or before the first read of a sleeve. */
function interrupted(store: EventStore, before: 'append' | 'sleeves', happens: () => Promise<unknown>): EventStore {
  let happening: Promise<unknown> | null = null;
  let isOver = false;
  /** Several reads may be under way together: each waits. What happens reads and appends itself. */
  const once = async (): Promise<void> => {
    if (isOver) return;
    happening ??= happens().finally(() => (isOver = true));
    await happening;
  };
  return {
    append: async (name, events, options) => {
      if (before === 'append' && name === stream) await once();
      return store.append(name, events, options);
    },
    readStream: async (name, options) => {
      if (before === 'sleeves' && name.startsWith('sleeve-')) await once();
      return store.readStream(name, options);
    },
    readAll: (options) => store.readAll(options),
    subscribeAll: (options) => store.subscribeAll(options),
    head: () => store.head(),
    newest: () => store.newest(),
    comparePositions: (left, right) => store.comparePositions(left, right),
    close: () => store.close(),
  };
}

/** Another process of the same ledger: its own folds, its own name, and its own connection if it has one. */
function worker(desk: Desk, actor: string, ports: Partial<Ports> = {}): Pick<Desk, 'session'> {
  const all = { ...desk.session.ports, ...ports };
  return { session: { ...desk.session, actor, ports: all, folds: new StreamFolds(all.store) } };
}

const lookWhile = (desk: Desk, before: 'append' | 'sleeves', happens: () => Promise<unknown>): Promise<Reallocation> =>
  look(worker(desk, 'slow', { store: interrupted(desk.session.ports.store, before, happens) }));

describe('a look that is overtaken', () => {
  test('by a newer publication decides again: the older allocation is never published behind it', async () => {
    const desk = await openDesk();
    await deliverAll(desk, thursday);
    const outcome = await lookWhile(desk, 'append', async () => {
      await deliverAll(desk, friday);
      expect(await look(desk)).toEqual(decided('AllocationPublished'));
    });
    expect(outcome).toEqual({ kind: 'unchanged' });
    expect((await publications(desk)).map(({ number, asOf }) => [number, asOf])).toEqual([[1, friday]]);
  });

  test('by the same publication finds it done', async () => {
    const desk = await openDesk();
    await deliverAll(desk, thursday);
    await lookWhile(desk, 'append', () => look(worker(desk, 'fast')));
    expect(await publications(desk)).toHaveLength(1);
  });

  test('by a halt publishes nothing', async () => {
    const desk = await openDesk();
    await deliverAll(desk, thursday);
    expect(await lookWhile(desk, 'append', () => switchPublication(desk.session, 'HaltPublication', 'whole', 'outage'))).toEqual({
      kind: 'halted',
      why: 'outage',
    });
    expect(await publications(desk)).toEqual([]);
  });

  test('by a definition allocates what is defined now', async () => {
    const desk = await openDesk();
    await deliverAll(desk, thursday);
    const bounded = withPolicy({ no_trade_band_two_sided: 0.01 }, (manifest) =>
      Object.assign(manifest.profiles['whole']!['meta_allocation'] as object, { max_weight: 0.4 }),
    );
    expect(await lookWhile(desk, 'append', () => applyManifest(desk.session, bounded, null))).toEqual(decided('AllocationPublished'));
    expect(await publications(desk)).toMatchObject([{ number: 1, definitionNumber: 2, policy: { no_trade_band_two_sided: 0.01 } }]);
  });

  test('by a fact that changes no decision publishes all the same', async () => {
    const desk = await openDesk();
    await deliverAll(desk, thursday);
    expect(await lookWhile(desk, 'append', () => waive(desk, 'w1', ['backtest.test_window']))).toEqual(decided('AllocationPublished'));
    expect(await publications(desk)).toHaveLength(1);
  });

  test('by results after it has read the portfolio takes the newest of them', async () => {
    const desk = await openDesk();
    await deliverAll(desk, thursday);
    expect(await lookWhile(desk, 'sleeves', () => deliverAll(desk, friday))).toEqual(decided('AllocationPublished'));
    expect(await publications(desk)).toMatchObject([{ asOf: friday }]);
    expect(await look(desk)).toEqual({ kind: 'unchanged' });
  });

  test('by results after it has read the sleeves publishes what it read, and the next look the rest', async () => {
    const desk = await openDesk();
    await deliverAll(desk, thursday);
    await lookWhile(desk, 'append', () => deliverAll(desk, friday));
    expect(await look(desk)).toEqual(decided('AllocationPublished'));
    expect((await publications(desk)).map(({ number, asOf }) => [number, asOf])).toEqual([
      [1, thursday],
      [2, friday],
    ]);
  });
});

describe('people who act at the same time', () => {
  test('two who halt: the first halts, and the second learns that it is halted already', async () => {
    const desk = await openDesk();
    const switched = await Promise.all([
      switchPublication(worker(desk, 'ann').session, 'HaltPublication', 'whole', 'outage'),
      switchPublication(worker(desk, 'bob').session, 'HaltPublication', 'whole', 'wrong prices'),
    ]);
    expect(switched.map(({ already }) => already)).toEqual([false, true]);
    expect(await recorded(desk, 'PublicationHalted')).toMatchObject([{ number: 1, who: 'ann', why: 'outage' }]);
    expect(switched[1].why).toBe('outage');
  });

  test('two who approve: one publication, by the first', async () => {
    const desk = await openDesk(withPolicy({ maker_checker: true }));
    await deliverAll(desk, thursday);
    await look(desk);
    const [held] = await recorded(desk, 'RebalanceHeld');
    const approved = await Promise.all(
      ['ann', 'bob'].map((actor) => approveRebalance(worker(desk, actor).session, held!.runId, `seen by ${actor}`)),
    );
    expect(approved.map(({ number, already }) => [number, already])).toEqual([
      [1, false],
      [1, true],
    ]);
    expect(await publications(desk)).toMatchObject([{ approval: { approver: 'ann', why: 'seen by ann' } }]);
  });

  test('two who apply different manifests: one definition after the other', async () => {
    const desk = await openDesk();
    const applied = await Promise.all(
      [0.1, 0.2].map((limit) =>
        applyManifest(worker(desk, `desk ${limit}`).session, withPolicy({ max_turnover_two_sided: limit }), ['whole']),
      ),
    );
    expect(applied.map(({ portfolios }) => portfolios[0]!.number)).toEqual([2, 3]);
    expect(
      (await recorded(desk, 'MetaPortfolioDefined'))
        .filter(({ meta }) => meta === 'whole')
        .map(({ number, policy }) => [number, policy.max_turnover_two_sided]),
    ).toEqual([
      [1, null],
      [2, 0.1],
      [3, 0.2],
    ]);
  });
});

const directory = scratchDirectory();
const opened: SqliteLedger[] = [];
afterAll(() => opened.forEach((ledger) => ledger.close()));

/** Two desks over one store: two connections to a SQLite file, or one store in memory. */
const stores = {
  memory: async (manifest?: Desk['manifest']) => {
    const desk = await openDesk(manifest);
    return { desk, workers: [worker(desk, 'one'), worker(desk, 'two')] as const };
  },
  'SQLite with two connections': async (manifest?: Desk['manifest']) => {
    const file = join(mkdtempSync(join(directory, 'ledger-')), 'ledger.sqlite');
    const [first, second] = [0, 1].map(() => {
      const ledger = openSqlite(file, { access: 'write', create: true });
      opened.push(ledger);
      return ledger;
    }) as [SqliteLedger, SqliteLedger];
    const { store, artifacts, readModels, checkpoints } = first;
    const desk = await openDesk(manifest, { store, artifacts, readModels, checkpoints });
    return { desk, workers: [worker(desk, 'one'), worker(desk, 'two', { store: second.store, artifacts: second.artifacts })] as const };
  },
};

describe.each(Object.entries(stores))('two workers at once over %s', (_, open) => {
  test('publish the same inputs once, and their corrections once', async () => {
    const { desk, workers } = await open();
    await deliverAll(desk, thursday);
    await Promise.all(workers.map((one) => look(one)));
    expect((await publications(desk)).map(({ number }) => number)).toEqual([1]);
    await deliver(desk, 'stocks', thursday, 1);
    await Promise.all([...workers, ...workers].map((one) => look(one)));
    expect((await publications(desk)).map(({ number, inputs }) => [number, inputs[0]!.correction])).toEqual([
      [1, 0],
      [2, 1],
    ]);
    const ids = (await readWholeStream(desk.session.ports.store, stream)).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('hold the same inputs once, by whoever was first', async () => {
    const { desk, workers } = await open(withPolicy({ maker_checker: true }));
    await deliverAll(desk, thursday);
    const outcomes = await Promise.all(workers.map((one) => look(one)));
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['decided', 'unchanged']);
    expect(await recorded(desk, 'RebalanceHeld')).toHaveLength(1);
  });

  test('and the results that keep arriving publish in order, without a gap, and end with the newest', async () => {
    const { desk, workers } = await open(withPolicy({ quorum: { at_least: 1, max_staleness_sessions: 5 } }));
    const delivered = new AbortController();
    const delivering = async (): Promise<void> => {
      for (const day of ['2022-12-12', '2022-12-13', '2022-12-14', thursday, friday]) await deliverAll(desk, day);
    };
    const looking = async (one: Pick<Desk, 'session'>): Promise<void> => {
      while (!delivered.signal.aborted) {
        // As a worker does before each look: a file answers reads at once, and a loop of them alone would let nobody write.
        await yieldToEventLoop('reaction');
        await look(one);
      }
    };
    await Promise.all([delivering().finally(() => delivered.abort()), ...workers.map(looking)]);
    await look(workers[0]);
    const all = await publications(desk);
    expect(all.map(({ number }) => number)).toEqual(all.map((__, index) => index + 1));
    expect(all.map(({ asOf }) => asOf)).toEqual(all.map(({ asOf }) => asOf).toSorted());
    expect(new Set(all.map(({ runId }) => runId)).size).toBe(all.length);
    expect(all.at(-1)!.inputs.map(({ asOf }) => asOf)).toEqual([friday, friday, friday]);
  });
});
