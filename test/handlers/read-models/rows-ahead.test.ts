/** Read models that are folded ahead of their store: they keep its contract, and whoever else stores meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { RowsAhead } from '../../../handlers/read-models/rows-ahead.ts';
import type { ReadModels, RowChange } from '../../../handlers/ports/ports.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { readModelsContract } from '../../contract/read-models.contract.ts';
import { readModelVersionsContract } from '../../contract/read-model-versions.contract.ts';

const p = { name: 'p', version: 1 };
const everything = { prefix: '', from: null, to: null, after: null, limit: 100, direction: 'forwards', at: null } as const;
const change = (key: string, n: number | null, position: string): RowChange => ({ key, value: n === null ? null : { n }, position });

/** What one event changes: ten rows of its own. */
const tenRows = (event: number): RowChange[] => Array.from({ length: 10 }, (_, row) => change(`${event}/${row}`, row, String(event)));

const ignore = (): void => undefined;

function logged() {
  const warnings: unknown[] = [];
  return { warnings, log: { debug: ignore, info: ignore, error: ignore, warn: (fields: object) => void warnings.push(fields) } };
}

function ahead(stored: ReadModels, options: { changesMax?: number; storedAfterMs?: number } = {}): RowsAhead {
  return new RowsAhead(stored, { log: logged().log, storedAfterMs: 60_000, ...options });
}

const dispose = async (): Promise<void> => undefined;
/** What is ahead stays ahead, or is stored at once, or after a moment. */
for (const [name, options] of [
  ['that stay ahead', {}],
  ['of which every second change is stored', { changesMax: 2 }],
  ['that are stored soon', { storedAfterMs: 0 }],
] as const) {
  const subject = async () => ({ readModels: ahead(createMemoryStore().readModels, options), dispose });
  readModelsContract(`rows ${name}`, subject);
  readModelVersionsContract(`rows ${name}`, subject);
}

describe('what is folded', () => {
  test('is read before it is stored, and is stored together', async () => {
    const { readModels: stored } = createMemoryStore();
    const rows = ahead(stored);
    await rows.commit(p, [change('a', 1, '1')], '1', null);
    await rows.commit(p, [change('a', 2, '2'), change('b', 1, '2')], '2', '1');
    expect([await rows.row(p, 'a', null), await rows.checkpoint(p)]).toEqual([{ n: 2 }, '2']);
    expect([await stored.row(p, 'a', null), await stored.checkpoint(p)]).toEqual([null, null]);
    await rows.storeAll();
    expect([await stored.rows(p, everything), await stored.checkpoint(p)]).toEqual([await rows.rows(p, everything), '2']);
    expect(await stored.row(p, 'a', '1')).toEqual({ n: 1 });
  });

  test('is stored after a moment, however much follows', async () => {
    const { readModels: stored } = createMemoryStore();
    const rows = ahead(stored, { storedAfterMs: 20 });
    await rows.commit(p, [change('a', 1, '1')], '1', null);
    for (let wait = 0; wait < 500 && (await stored.checkpoint(p)) === null; wait++) await sleep(10);
    expect(await stored.row(p, 'a', null)).toEqual({ n: 1 });
    await rows.commit(p, [change('a', 2, '2')], '2', '1');
    for (let wait = 0; wait < 500 && (await stored.checkpoint(p)) !== '2'; wait++) await sleep(10);
    expect(await stored.row(p, 'a', null)).toEqual({ n: 2 });
  });

  test('is stored before the end, and not later', async () => {
    const { readModels: stored } = createMemoryStore();
    const rows = ahead(stored, { storedAfterMs: 1 });
    await rows.commit(p, [change('a', 1, '1')], '1', null);
    await rows.finish();
    expect(await stored.row(p, 'a', null)).toEqual({ n: 1 });
  });

  test('is stored at once where it is much', async () => {
    const { readModels: stored } = createMemoryStore();
    const rows = ahead(stored, { changesMax: 3 });
    await rows.commit(p, [change('a', 1, '1'), change('b', 1, '1')], '1', null);
    expect(await stored.checkpoint(p)).toBeNull();
    await rows.commit(p, [change('c', 1, '2')], '2', '1');
    expect(await stored.checkpoint(p)).toBe('2');
  });

  test('is stored in parts where it is much, each as far as a whole event', async () => {
    const { readModels: stored } = createMemoryStore();
    const parts: [rows: number, checkpoint: string][] = [];
    const watched = Object.assign(Object.create(stored) as ReadModels, {
      checkpoint: (...given: Parameters<ReadModels['checkpoint']>) => stored.checkpoint(...given),
      commit: (...given: Parameters<ReadModels['commit']>) => {
        parts.push([given[1].length, given[2]]);
        return stored.commit(...given);
      },
    });
    const rows = ahead(watched);
    for (let event = 1; event <= 7; event++) await rows.commit(p, tenRows(event), String(event), event === 1 ? null : String(event - 1));
    await rows.commit(p, [], '9', '7');
    await rows.storeAll();
    expect(parts).toEqual([
      [40, '4'],
      [30, '9'],
    ]);
    expect(await stored.rows(p, everything)).toHaveLength(70);
  });

  test('behind what another process has stored of it is stored, and what it has stored is left alone', async () => {
    const { readModels: stored } = createMemoryStore();
    const rows = ahead(stored);
    const first = [change('a', 1, '1'), change('b', 1, '1')];
    await rows.commit(p, first, '1', null);
    await rows.commit(p, [change('a', 2, '2')], '2', '1');
    await stored.commit(p, first, '1', null);
    await rows.storeAll();
    expect(await stored.checkpoint(p)).toBe('2');
    const versions = await stored.versions(p, { after: null, limit: 10 });
    expect(versions).toEqual([change('a', 1, '1'), change('a', 2, '2'), change('b', 1, '1')]);
  });

  test('is forgotten where another process has stored as much or more', async () => {
    const { readModels: stored } = createMemoryStore();
    const rows = ahead(stored);
    await rows.commit(p, [change('a', 1, '1')], '1', null);
    await stored.commit(p, [change('a', 1, '1')], '1', null);
    await stored.commit(p, [change('a', 7, '9')], '9', '1');
    await rows.storeAll();
    expect([await rows.row(p, 'a', null), await rows.checkpoint(p)]).toEqual([{ n: 7 }, '9']);
    await rows.commit(p, [change('a', 8, '10')], '10', '9');
    expect(await rows.row(p, 'a', null)).toEqual({ n: 8 });
  });

  test('while something is being stored is not taken for stored', async () => {
    const { readModels: stored } = createMemoryStore();
    const begun: (() => void)[] = [];
    const slow = Object.assign(Object.create(stored) as ReadModels, {
      checkpoint: (...given: Parameters<ReadModels['checkpoint']>) => stored.checkpoint(...given),
      row: (...given: Parameters<ReadModels['row']>) => stored.row(...given),
      commit: async (...given: Parameters<ReadModels['commit']>) => {
        await new Promise<void>((resolve) => begun.push(resolve));
        return stored.commit(...given);
      },
    });
    const rows = ahead(slow);
    await rows.commit(p, [change('a', 1, '1'), change('b', 1, '1')], '1', null);
    const storing = rows.storeAll();
    while (begun.length === 0) await sleep(1);
    await rows.commit(p, [change('a', 2, '2')], '2', '1');
    begun.pop()!();
    await storing;
    expect([await stored.row(p, 'a', null), await rows.row(p, 'a', null), await rows.checkpoint(p)]).toEqual([{ n: 1 }, { n: 2 }, '2']);
    const again = rows.storeAll();
    while (begun.length === 0) await sleep(1);
    begun.pop()!();
    await again;
    expect(await stored.row(p, 'a', null)).toEqual({ n: 2 });
  });

  test('and cannot be stored is read all the same and logged, and is stored once it can be', async () => {
    const { readModels: stored } = createMemoryStore();
    const { log, warnings } = logged();
    const full = new LedgerError('StoreFull', 'the disk is full');
    let isFull = true;
    const failing = Object.assign(Object.create(stored) as ReadModels, {
      checkpoint: (...given: Parameters<ReadModels['checkpoint']>) => stored.checkpoint(...given),
      commit: async (...given: Parameters<ReadModels['commit']>) => {
        if (isFull) throw full;
        return stored.commit(...given);
      },
    });
    const rows = new RowsAhead(failing, { log, storedAfterMs: 1, changesMax: 3 });
    await rows.commit(p, [change('a', 1, '1')], '1', null);
    for (let wait = 0; wait < 500 && warnings.length === 0; wait++) await sleep(10);
    expect(warnings).toEqual([{ error: full }]);
    expect(await rows.row(p, 'a', null)).toEqual({ n: 1 });
    await expect(rows.commit(p, [change('b', 1, '2'), change('c', 1, '2')], '2', '1')).rejects.toBe(full);
    isFull = false;
    await rows.storeAll();
    expect([await stored.row(p, 'c', null), await stored.checkpoint(p)]).toEqual([{ n: 1 }, '2']);
  });
});

test('rows of leaves are stored at once: they have no versions to be told apart by', async () => {
  const { readModels: stored } = createMemoryStore();
  await ahead(stored).commit(p, [change('a', 1, '0')], '5', null);
  expect([await stored.row(p, 'a', null), await stored.checkpoint(p)]).toEqual([{ n: 1 }, '5']);
});
