/** The damage that other tests rely on: exactly what was asked for, and nothing else. */
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { openSqlite } from '../../infra/sqlite/open.ts';
import { contentCells, copyDatabase, flipCell, flipFileBit } from './flip-bytes.ts';
import { sampleEvents } from './sample-events.ts';
import { scratchDirectory } from './scratch.ts';
import { p, written } from './rows.ts';

const directory = scratchDirectory();
const stream = 'sleeveRun-a';

async function filled(name: string): Promise<string> {
  const file = join(directory, name);
  const ledger = openSqlite(file, { access: 'write', create: true });
  await ledger.store.append(stream, sampleEvents({ stream, count: 2 }), { expectedRevision: 'none' });
  await ledger.artifacts.put(Buffer.from('some series'));
  await ledger.readModels.commit(p, [written('k', { n: 0 }, '1'), written('k', { n: 1 }, '2')], '2', null);
  ledger.close();
  return file;
}

/** Every value of every table as text that tells types and bytes apart, sorted. */
function dump(file: string): string[] {
  const database = new Database(file, { readonly: true });
  const values = contentTables.flatMap((table) => {
    const columns = database.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[];
    return columns.flatMap(
      (column) =>
        database
          .prepare(`SELECT '${table}.${column} ' || typeof("${column}") || ' ' || hex("${column}") FROM "${table}"`)
          .pluck()
          .all() as string[],
    );
  });
  database.close();
  return values.toSorted();
}

const contentTables = [
  'artifact_chunks',
  'artifacts',
  'events',
  'projection_checkpoints',
  'projection_history',
  'projection_rows',
  'read_model_source',
];

describe('flipping bytes', () => {
  test('reaches every value of every table, and changes that one value only', async () => {
    const file = await filled('cells.sqlite');
    const cells = contentCells(file);
    expect([...new Set(cells.map((cell) => cell.table))]).toEqual(contentTables);
    expect(cells).toHaveLength(2 * 9 + 2 + 4 + 3 + 5 + 5 + 2);
    const before = dump(file);
    for (const [index, cell] of cells.entries()) {
      const copy = join(directory, `cell-${index}.sqlite`);
      copyDatabase(file, copy);
      flipCell(copy, cell, cell.bytes - 1, 0x01);
      const after = dump(copy);
      const gone = before.filter((value) => !after.includes(value));
      const come = after.filter((value) => !before.includes(value));
      expect(after).toHaveLength(before.length);
      expect(gone.length).toBeLessThanOrEqual(1);
      expect(come).toHaveLength(1);
      expect(come[0]).toMatch(new RegExp(`^${cell.table}\\.${cell.column} ${cell.type} `));
    }
  });

  test('of a file changes one bit, and back', async () => {
    const file = await filled('bits.sqlite');
    const copy = join(directory, 'bits-copy.sqlite');
    copyFileSync(file, copy);
    flipFileBit(copy, 5_000, 3);
    const [before, after] = [readFileSync(file), readFileSync(copy)];
    const different = [...before.keys()].filter((index) => before[index] !== after[index]);
    expect(different).toEqual([5_000]);
    expect(before[5_000]! ^ after[5_000]!).toBe(8);
    flipFileBit(copy, 5_000, 3);
    expect(readFileSync(copy).equals(before)).toBe(true);
  });
});
