/** What somebody who may write the file, and has no key, does to the rows of read models: by SQL, below everything of ours. */
import type Database from 'better-sqlite3';
import { Buffer } from 'node:buffer';

interface StoredRow {
  readonly projection: string;
  readonly version: number;
  readonly key: string;
  readonly position: string;
  readonly value: string;
}

export type RowAttack = (database: Database.Database) => void;

type Value = null | boolean | number | string | readonly Value[] | { readonly [name: string]: Value };

const rowsOf = (database: Database.Database): StoredRow[] => database.prepare('SELECT * FROM projection_rows').all() as StoredRow[];

function write(database: Database.Database, rows: readonly StoredRow[]): void {
  const insert = database.prepare('INSERT OR REPLACE INTO projection_rows VALUES (@projection, @version, @key, @position, @value)');
  for (const row of rows) insert.run(row);
}

/** Every text that stands under a name, so that one can be put where another stood. */
function namesIn(rows: readonly StoredRow[]): Map<string, string[]> {
  const found = new Map<string, Set<string>>();
  const collect = (value: Value, name: string): void => {
    if (typeof value === 'string') found.set(name, (found.get(name) ?? new Set()).add(value));
    else if (Array.isArray(value)) for (const one of value as readonly Value[]) collect(one, name);
    else if (value !== null && typeof value === 'object') for (const [key, one] of Object.entries(value)) collect(one, key);
  };
  for (const { value } of rows) collect(JSON.parse(value) as Value, '');
  return new Map([...found].map(([name, texts]) => [name, [...texts].toSorted()]));
}

/** Another value of the same kind: a run, a sleeve, a date, a reason or a number that stands elsewhere. */
function edited(value: Value, name: string, names: ReadonlyMap<string, readonly string[]>): Value {
  if (value === null) return name.endsWith('Why') ? 'somebody says so' : null;
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') {
    if (name.endsWith('Why')) return null;
    const known = names.get(name)!;
    return known[(known.indexOf(value) + 1) % known.length]!;
  }
  if (Array.isArray(value)) return (value as readonly Value[]).map((one) => edited(one, name, names));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, edited(one, key, names)]));
}

const ghost = (text: string): string => text.replaceAll('stocks', 'ghost').replaceAll('checked', 'phantom');

/** By what is done to them. Rows of tiles prove themselves, and have a suite of their own. */
export const rowAttacks: Readonly<Record<string, RowAttack>> = {
  'every row is gone': (database) =>
    database.exec("DELETE FROM projection_rows WHERE projection <> 'tree-tiles'; DELETE FROM projection_history"),
  'rows are those of an earlier day': (database) => {
    const rows = database.prepare("SELECT position FROM projection_rows WHERE projection <> 'tree-tiles' ORDER BY position").all();
    const { position } = rows[Math.floor(rows.length / 2)] as StoredRow;
    const earlier = database
      .prepare(
        `SELECT projection, version, key, max(position) AS position, value FROM projection_history
         WHERE position <= ? GROUP BY projection, version, key`,
      )
      .all(position) as StoredRow[];
    database.prepare('DELETE FROM projection_rows WHERE position > ?').run(position);
    const left = new Set(rowsOf(database).map(({ projection, key }) => `${projection} ${key}`));
    write(
      database,
      earlier.filter(({ projection, key, value }) => value !== null && !left.has(`${projection} ${key}`)),
    );
    database.exec('DELETE FROM projection_history');
  },
  'every row says something else': (database) => {
    const rows = rowsOf(database).filter(({ projection }) => projection !== 'tree-tiles');
    const names = namesIn(rows);
    write(
      database,
      rows.map((row) => ({ ...row, value: JSON.stringify(edited(JSON.parse(row.value) as Value, '', names)) })),
    );
  },
  'rows change places': (database) => {
    const groups = new Map<string, StoredRow[]>();
    for (const row of rowsOf(database).filter(({ projection }) => projection !== 'tree-tiles')) {
      const group = `${row.projection} ${row.key.split('/')[0]!}`;
      groups.set(group, [...(groups.get(group) ?? []), row]);
    }
    for (const rows of groups.values())
      write(
        database,
        rows.map((row, index) => ({ ...row, value: rows[(index + 1) % rows.length]!.value })),
      );
  },
  'rows of what never was are put in': (database) => {
    const rows = rowsOf(database).filter(({ projection }) => projection !== 'tree-tiles');
    write(
      database,
      rows.map((row) => ({ ...row, key: ghost(row.key), value: ghost(row.value) })).filter(({ key, value }) => ghost(key + value) !== ''),
    );
    const at = rows[0]!.position;
    const waiver = {
      waiverId: 'forged',
      meta: 'mixed',
      who: 'nobody',
      why: 'forged',
      until: '2099-12-31',
      recordedAt: '2024-07-12T08:00:00Z',
    };
    const paths = ['backtest.test_window', 'backtest.step_size'];
    const value = JSON.stringify({ ...waiver, paths });
    write(database, [{ projection: 'parity-record', version: 2, key: 'waiver/mixed/forged', position: at, value }]);
  },
};

/** Text of bytes, for messages of failures that a person can read. */
export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
