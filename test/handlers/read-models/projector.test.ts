/** Folding what was recorded into rows: once each, from the checkpoint on, whoever else does the same beside. */
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import {
  catchUp,
  catchUpAsked,
  dropForeignRows,
  placeOfChange,
  positionOfLeafRows,
  rebuild,
} from '../../../handlers/read-models/projector.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { deadLetters } from '../../../projections/dead-letters.ts';
import { sleeveStatus } from '../../../projections/sleeve-status.ts';
import { treeTiles } from '../../../projections/tree-tiles.ts';
import { recordHistory } from '../../support/fact-ledger.ts';
import { storeLike } from '../../support/ledger-session.ts';
import { FactHistory, sleeveFacts } from '../../support/portfolio-events.ts';
import { rowsLike, rowsWith, written } from '../../support/rows.ts';

const newPorts = () => ({ ...createMemoryStore(), crypto: createNodeCrypto() });
let ports = newPorts();

const history = new FactHistory()
  .sleeve('SleeveDefined', sleeveFacts.defined('bonds'))
  .add('metaPortfolio-desk', 'PublicationHalted', { meta: 'desk', number: 1, who: 'ann', why: 'outage' })
  .sleeve('SleeveRunAccepted', sleeveFacts.accepted('bonds', 'b1', '2025-07-16'))
  .sleeve('SleeveRunAccepted', sleeveFacts.accepted('bonds', 'b2', '2025-07-17'));

beforeEach(async () => {
  ports = newPorts();
  await recordHistory(ports, history);
});

const statusRows = async () => rowsWith(ports.readModels, sleeveStatus, '');

describe('catching up', () => {
  test('reaches the newest event of the types of the projection, and writes nothing where there is nothing new', async () => {
    const [, , , last] = await ports.store.readAll({ after: null, maxCount: 10, types: null });
    expect(await catchUp(ports, sleeveStatus)).toBe(last!.position);
    let commits = 0;
    const counting = rowsLike(ports.readModels, { commit: async () => void commits++ });
    expect(await catchUp({ ...ports, readModels: counting }, sleeveStatus)).toBe(last!.position);
    expect(commits).toBe(0);
    expect(await catchUp(newPorts(), sleeveStatus)).toBeNull();
  });

  test('gives rows as they were at each position, from one read of each row for a page', async () => {
    await catchUp(ports, sleeveStatus);
    const stored = await ports.store.readAll({ after: null, maxCount: 10, types: null });
    const runAt = async (position: string | null) =>
      (await ports.readModels.row(sleeveStatus, 'sleeve/bonds', position)) as {
        readonly current: { readonly runId: string } | null;
      } | null;
    expect((await runAt(stored[1]!.position))!.current).toBeNull();
    expect((await runAt(stored[2]!.position))!.current).toMatchObject({ runId: 'b1' });
    expect((await runAt(null))!.current).toMatchObject({ runId: 'b2' });
    const asked: string[] = [];
    const counting = rowsLike(ports.readModels, {
      row: async (id, key, at) => {
        asked.push(key);
        return ports.readModels.row(id, key, at);
      },
    });
    await rebuild({ ...ports, readModels: counting }, sleeveStatus);
    expect(asked).toEqual([...new Set(asked)]);
  });

  test('folds what is new once, however many ask at once, and all of them see it', async () => {
    const [, , , last] = await ports.store.readAll({ after: null, maxCount: 10, types: null });
    const pages: number[] = [];
    const store = storeLike(ports.store, {
      readAll: async (options) => {
        const page = await ports.store.readAll(options);
        pages.push(page.length);
        return page;
      },
    });
    const answers = await Promise.all(Array.from({ length: 5 }, () => catchUp({ ...ports, store }, sleeveStatus)));
    expect(answers).toEqual(Array.from({ length: 5 }, () => last!.position));
    expect(pages.filter((length) => length > 0)).toHaveLength(1);
  });

  test('looks behind the end that it knows, and not at all where the ledger and the rows are as they were', async () => {
    const asked: (string | null)[] = [];
    const store = storeLike(ports.store, {
      readAll: async (options) => {
        asked.push(options.after);
        return ports.store.readAll(options);
      },
    });
    const own = { ...ports, store };
    const at = await catchUp(own, sleeveStatus);
    asked.length = 0;
    expect([await catchUp(own, sleeveStatus), asked]).toEqual([at, []]);
    // What it does not fold moves the end and not the rows.
    const end = await ports.store.head();
    const halted = new FactHistory().add('metaPortfolio-other', 'PublicationHalted', { meta: 'other', number: 1, who: 'ann', why: 'x' });
    await recordHistory(ports, halted);
    expect([await catchUp(own, sleeveStatus), asked]).toEqual([at, [end]]);
    expect([await catchUp(own, sleeveStatus), asked]).toEqual([at, [end]]);
    // Rows that were thrown away are folded from the beginning.
    expect(await rebuild(own, sleeveStatus)).toBe(at);
    expect(asked.slice(0, 2)).toEqual([end, null]);
  });

  test('ahead of those who will ask again folds what was asked for lately, and nothing that nobody asked for', async () => {
    const folded: string[] = [];
    const readModels = rowsLike(ports.readModels, {
      commit: async (id, ...rest) => {
        folded.push(id.name);
        return ports.readModels.commit(id, ...rest);
      },
    });
    const own = { ...ports, readModels };
    await catchUpAsked(own, 60_000);
    expect(folded).toEqual([]);
    await catchUp(own, sleeveStatus);
    await recordHistory(ports, new FactHistory().sleeve('SleeveDefined', sleeveFacts.defined('stocks')));
    await catchUpAsked(own, 0);
    expect(folded).toEqual([sleeveStatus.name]);
    await catchUpAsked(own, 60_000);
    expect(folded).toEqual([sleeveStatus.name, sleeveStatus.name]);
    expect(await statusRows()).toHaveLength(2);
    // Folding ahead is not asking: rows that nobody asks for any more are left alone in the end.
    await sleep(30);
    await recordHistory(ports, new FactHistory().sleeve('SleeveDefined', sleeveFacts.defined('cash')));
    await catchUpAsked(own, 20);
    expect(folded).toHaveLength(2);
  });

  test('goes on for those who wait where it failed for somebody before them', async () => {
    const [, , , last] = await ports.store.readAll({ after: null, maxCount: 10, types: null });
    const broken = storeLike(ports.store, {
      readAll: async () => {
        throw new LedgerError('StoreIo', 'the disk does not answer');
      },
    });
    const [failed, behind, other] = await Promise.allSettled([
      catchUp({ ...ports, store: broken }, sleeveStatus),
      catchUp(ports, sleeveStatus),
      catchUp({ ...ports, store: broken }, deadLetters),
    ]);
    expect(failed).toMatchObject({ status: 'rejected', reason: { code: 'StoreIo' } });
    expect(behind).toEqual({ status: 'fulfilled', value: last!.position });
    expect(other).toMatchObject({ status: 'rejected' });
  });

  test('asks for the types of the projection alone, and for every type where the events themselves are folded', async () => {
    const asked: (readonly string[] | null)[] = [];
    const store = storeLike(ports.store, {
      readAll: async (options) => {
        asked.push(options.types);
        return ports.store.readAll(options);
      },
    });
    await catchUp({ ...ports, store }, sleeveStatus);
    await catchUp({ ...ports, store }, treeTiles);
    expect(asked).toEqual([sleeveStatus.types, sleeveStatus.types, null, null]);
  });

  test('folds rows of leaves without versions, and rows of facts with them', () => {
    const [stored] = history.stored;
    expect([placeOfChange(treeTiles, stored!), placeOfChange(sleeveStatus, stored!)]).toEqual([positionOfLeafRows, stored!.position]);
    expect(positionOfLeafRows).toBe('0');
  });

  test('ends before it begins where it is interrupted, and says how far the rows are', async () => {
    const reached = await catchUp(ports, sleeveStatus);
    await ports.readModels.reset(sleeveStatus);
    expect(await catchUp(ports, sleeveStatus, AbortSignal.abort())).toBeNull();
    expect(await statusRows()).toEqual([]);
    expect(await catchUp(ports, sleeveStatus, new AbortController().signal)).toBe(reached);
  });

  test('goes on from where another process has come, which was faster', async () => {
    let commits = 0;
    const beaten = rowsLike(ports.readModels, {
      commit: async (...given) => {
        if (commits++ === 0) await catchUp(ports, sleeveStatus);
        return ports.readModels.commit(...given);
      },
    });
    const reached = await catchUp({ ...ports, readModels: beaten }, sleeveStatus);
    expect(reached).toBe(await ports.readModels.checkpoint(sleeveStatus));
    expect(commits).toBe(1);
    const alone = newPorts();
    await recordHistory(alone, history);
    await catchUp(alone, sleeveStatus);
    expect(await statusRows()).toEqual(await rowsWith(alone.readModels, sleeveStatus, ''));
  });

  test('fails by any other error of the rows', async () => {
    const full = new LedgerError('StoreFull', 'the disk is full');
    const failing = rowsLike(ports.readModels, { commit: async () => Promise.reject(full) });
    await expect(catchUp({ ...ports, readModels: failing }, sleeveStatus)).rejects.toBe(full);
  });
});

describe('rows that are thrown away', () => {
  test('are folded anew from the whole ledger', async () => {
    const reached = await catchUp(ports, sleeveStatus);
    const before = await statusRows();
    await ports.readModels.commit(sleeveStatus, [written('sleeve/gold', { sleeve: 'gold' }, reached!)], reached!, reached);
    expect(await statusRows()).not.toEqual(before);
    expect(await rebuild(ports, sleeveStatus)).toBe(reached);
    expect(await statusRows()).toEqual(before);
  });

  test('are those of other versions and of projections that this build does not know, and these alone', async () => {
    await catchUp(ports, sleeveStatus);
    await catchUp(ports, deadLetters);
    const before = await statusRows();
    const foreign = [
      { name: sleeveStatus.name, version: sleeveStatus.version + 1 },
      { name: 'gone', version: 1 },
    ];
    for (const id of foreign) await ports.readModels.commit(id, [written('key', { a: 1 }, '1')], '1', null);
    expect(await dropForeignRows(ports)).toEqual(expect.arrayContaining(foreign));
    expect(await dropForeignRows(ports)).toEqual([]);
    for (const id of foreign) expect(await rowsWith(ports.readModels, id, '')).toEqual([]);
    expect(await statusRows()).toEqual(before);
  });
});
