/** What is SQLite's own in its read models: keys as they are stored, rows that are damaged, and pages over versions. */
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import type { ReadModels } from '../../../handlers/ports/ports.ts';
import { openSqlite, type SqliteLedger } from '../../../infra/sqlite/open.ts';
import { keyOf, storedKey } from '../../../infra/sqlite/row-keys.ts';
import { tamper } from '../../support/flip-bytes.ts';
import { refusalOf } from '../../support/refusal.ts';
import { everyRow, p, written } from '../../support/rows.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { toldBy } from '../../support/told.ts';

const directory = scratchDirectory();
let files = 0;

function fresh(): { readonly file: string; readonly ledger: SqliteLedger; readonly readModels: ReadModels } {
  const file = join(directory, `${files++}.sqlite`);
  const ledger = openSqlite(file, { access: 'write', create: true });
  return { file, ledger, readModels: ledger.readModels };
}

const greatest = '\u{10ffff}';

describe('a key as SQLite stores it', () => {
  test.each([
    ['', ''],
    ['plain', 'plain'],
    ['é\ud7ff', 'é\ud7ff'],
    ['\ue000', `${greatest}-\ue000`],
    ['a\uffffb', `a${greatest}-\uffffb`],
    ['\u{1f600}', '\u{1f600}'],
    [greatest, `${greatest}+`],
    [`${greatest}-\ue000`, `${greatest}+-${greatest}-\ue000`],
    [`${greatest}+`, `${greatest}++`],
    ['\ue000\uffff', `${greatest}-\ue000${greatest}-\uffff`],
  ])('%p is %p, and is read back', (key, stored) => {
    expect([storedKey(key), keyOf(stored)]).toEqual([stored, key]);
  });

  test('sorts in UTF-8 as the key does in code units', () => {
    const inOrder = [
      '',
      'a',
      'a\u0000',
      'a\ud7ff',
      'a\u{10000}',
      'a\u{10fffe}',
      `a${greatest}`,
      `a${greatest}a`,
      'a\ue000',
      'a\ue000b',
      'a\uffff',
      'b',
    ];
    expect(inOrder.toSorted((left, right) => (left < right ? -1 : 1))).toEqual(inOrder);
    const stored = inOrder.map(storedKey);
    expect(stored.toSorted((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)))).toEqual(stored);
  });

  test.each(['\ud83d', 'a\ude00', '\ude00\ud83d'])('is refused with half a pair: %p', (key) => {
    const { code, message, evidence } = refusalOf(() => storedKey(key));
    expect([code, message, evidence]).toEqual(['NotPlainJson', 'a row key with a lone surrogate', { key }]);
  });
});

const staleTold = (expected: string, actual: string): unknown => ({
  code: 'WrongExpectedRevision',
  message: `projection "p" is at ${actual}, expected ${expected}`,
  evidence: { projection: 'p', expected, actual },
  at: {},
});

describe('read models in SQLite', () => {
  test('say of a damaged row which it is, however it is read', async () => {
    const { file, ledger, readModels } = fresh();
    await readModels.commit(p, [written('k', { n: 1 }, '1')], '1', null);
    tamper(file, "UPDATE projection_rows SET value = '{'");
    const told = {
      code: 'StoreIo',
      message: 'row "k" of projection "p" is damaged: rebuild the projection',
      evidence: { projection: 'p', key: 'k' },
      at: {},
    };
    expect([
      await toldBy(readModels.row(p, 'k', null)),
      await toldBy(readModels.row(p, 'k', '1')),
      await toldBy(readModels.rows(p, everyRow)),
      await toldBy(readModels.rows(p, { ...everyRow, at: '1' })),
      await toldBy(readModels.versions(p, { after: null, limit: 9 })),
    ]).toEqual(Array.from({ length: 5 }, () => told));
    await expect(readModels.row(p, 'k', null)).rejects.toMatchObject({ cause: expect.any(SyntaxError) as unknown });
    tamper(file, "UPDATE projection_rows SET value = '{}', position = 'b1'");
    expect(await toldBy(readModels.versions(p, { after: null, limit: 9 }))).toEqual(told);
    await expect(readModels.versions(p, { after: null, limit: 9 })).rejects.not.toHaveProperty('cause');
    ledger.close();
  });

  test('refuse a checkpoint that is not the expected one, with both', async () => {
    const { ledger, readModels } = fresh();
    const refused = (expected: string | null): ReturnType<typeof toldBy> => toldBy(readModels.commit(p, [], '9', expected));
    expect(await refused('3')).toEqual(staleTold('3', 'none'));
    await readModels.commit(p, [], '4', null);
    expect([await refused(null), await refused('3')]).toEqual([staleTold('none', '4'), staleTold('3', '4')]);
    ledger.close();
  });

  test('list projections by name and then by version as a number', async () => {
    const { ledger, readModels } = fresh();
    const ids = [
      { name: 'B', version: 1 },
      { name: 'a', version: 2 },
      { name: 'a', version: 10 },
      { name: 'b', version: 1 },
    ];
    for (const id of ids.toReversed()) await readModels.commit(id, [], '1', null);
    expect(await readModels.projections()).toEqual(ids);
    ledger.close();
  });

  test('give a row as it was at every position, and page over its versions and its deletion', async () => {
    const { ledger, readModels } = fresh();
    await readModels.commit(p, [written('k', { n: 1 }, '2'), written('l', { n: 5 }, '2')], '2', null);
    await readModels.commit(p, [written('k', { n: 2 }, '9'), written('k', null, '10'), written('never', null, '10')], '10', '2');
    await readModels.commit(p, [written('k', null, '11'), written('k', { n: 3 }, '12')], '12', '10');
    const at = (position: string): Promise<unknown> => readModels.row(p, 'k', position);
    expect(await Promise.all(['1', '2', '8', '9', '10', '11', '12', '100'].map(at))).toEqual([
      null,
      { n: 1 },
      { n: 1 },
      { n: 2 },
      null,
      null,
      { n: 3 },
      { n: 3 },
    ]);
    const all = [
      written('k', { n: 1 }, '2'),
      written('k', { n: 2 }, '9'),
      written('k', null, '10'),
      written('k', { n: 3 }, '12'),
      written('l', { n: 5 }, '2'),
    ];
    expect(await readModels.versions(p, { after: null, limit: 9 })).toEqual(all);
    for (const [index, { key, position }] of all.entries())
      expect(await readModels.versions(p, { after: { key, position }, limit: 2 })).toEqual(all.slice(index + 1, index + 3));
    ledger.close();
  });

  test('give what one event deleted and wrote again once, as it was written last', async () => {
    const { ledger, readModels } = fresh();
    await readModels.commit(p, [written('k', { n: 1 }, '1')], '1', null);
    await readModels.commit(p, [written('k', null, '2'), written('k', { n: 2 }, '2'), written('k', { n: 3 }, '2')], '2', '1');
    expect(await readModels.versions(p, { after: null, limit: 9 })).toEqual([written('k', { n: 1 }, '1'), written('k', { n: 3 }, '2')]);
    expect([await readModels.row(p, 'k', '1'), await readModels.row(p, 'k', '2')]).toEqual([{ n: 1 }, { n: 3 }]);
    ledger.close();
  });

  test('page through rows in both directions, now and as they were', async () => {
    const { ledger, readModels } = fresh();
    const keys = ['a', 'ab', 'b', 'ba', 'bb', 'c'];
    await readModels.commit(
      p,
      keys.map((key) => written(key, { key }, '1')),
      '1',
      null,
    );
    await readModels.commit(p, [written('ba', null, '2')], '2', '1');
    const read = async (query: Partial<typeof everyRow>): Promise<string> =>
      (await readModels.rows(p, { ...everyRow, ...query })).map(({ key }) => key).join(' ');
    for (const [query, then, now] of [
      [{}, 'a ab b ba bb c', 'a ab b bb c'],
      [{ limit: 2 }, 'a ab', 'a ab'],
      [{ limit: 4 }, 'a ab b ba', 'a ab b bb'],
      [{ after: 'ab' }, 'b ba bb c', 'b bb c'],
      [{ after: 'b', limit: 1 }, 'ba', 'bb'],
      [{ prefix: 'b' }, 'b ba bb', 'b bb'],
      [{ prefix: 'b', after: 'b' }, 'ba bb', 'bb'],
      [{ from: 'ab', to: 'ba' }, 'ab b ba', 'ab b'],
      [{ from: 'aa', to: 'b' }, 'ab b', 'ab b'],
      [{ direction: 'backwards' }, 'c bb ba b ab a', 'c bb b ab a'],
      [{ direction: 'backwards', limit: 3 }, 'c bb ba', 'c bb b'],
      [{ direction: 'backwards', after: 'bb' }, 'ba b ab a', 'b ab a'],
      [{ direction: 'backwards', prefix: 'b', after: 'ba' }, 'b', 'b'],
      [{ direction: 'backwards', from: 'ab', to: 'ba' }, 'ba b ab', 'b ab'],
    ] as const) {
      expect([query, await read({ ...query, at: '1' })]).toEqual([query, then]);
      expect([query, await read({ ...query, at: '2' })]).toEqual([query, now]);
      expect([query, await read(query)]).toEqual([query, now]);
    }
    ledger.close();
  });

  test('of another log are emptied with all their versions, and what one starts is whole or not done', async () => {
    const { file, ledger, readModels } = fresh();
    await readModels.commit(p, [written('k', { n: 1 }, '1')], '1', null);
    await readModels.commit(p, [written('k', { n: 2 }, '2')], '2', '1');
    ledger.close();
    tamper(file, "CREATE TRIGGER fails BEFORE DELETE ON projection_checkpoints BEGIN SELECT RAISE(ABORT, 'made to fail'); END");
    const options = { access: 'write', create: false, readModelStamp: 'another log' } as const;
    expect(() => openSqlite(file, options)).toThrow(expect.objectContaining({ code: 'Internal' }));
    tamper(file, 'DROP TRIGGER fails');
    const counts = (): unknown => {
      const raw = new Database(file, { readonly: true });
      const tables = ['projection_rows', 'projection_history', 'projection_checkpoints'];
      const counted = tables.map((table) => raw.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
      raw.close();
      return counted;
    };
    expect(counts()).toEqual([1, 1, 1]);
    openSqlite(file, options).close();
    expect(counts()).toEqual([0, 0, 0]);
  });
});
