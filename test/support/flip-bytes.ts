/** Damage done to the copy of a ledger file: to the content of its rows, and to the raw file. */
import { closeSync, copyFileSync, existsSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';

/** Copies a database at rest; its WAL, when there is one, goes along. */
export function copyDatabase(source: string, target: string): void {
  copyFileSync(source, target);
  if (existsSync(`${source}-wal`)) copyFileSync(`${source}-wal`, `${target}-wal`);
}

/** One stored value of one row. */
export interface Cell {
  readonly table: string;
  readonly column: string;
  readonly type: 'text' | 'blob' | 'integer' | 'real';
  /** Length of a text or blob in bytes; 8 for numbers. */
  readonly bytes: number;
  /** SQL that finds the row, and its values. */
  readonly where: string;
  readonly key: readonly unknown[];
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Opens past the constraints: damage asks for no leave. */
function openUnchecked(file: string): Database.Database {
  const database = new Database(file, { fileMustExist: true });
  database.pragma('ignore_check_constraints = ON');
  database.pragma('foreign_keys = OFF');
  return database.defaultSafeIntegers(true);
}

interface Column {
  readonly name: string;
  readonly primaryKey: number;
}

function cellsOfTable(database: Database.Database, table: string, withoutRowid: boolean): Cell[] {
  const columns = (database.prepare('SELECT name, pk FROM pragma_table_info(?)').raw().all(table) as [string, bigint][]).map(
    ([name, pk]): Column => ({ name, primaryKey: Number(pk) }),
  );
  const keyColumns = withoutRowid ? columns.filter((column) => column.primaryKey > 0).map((column) => quoted(column.name)) : ['rowid'];
  const where = keyColumns.map((name) => `${name} = ?`).join(' AND ');
  return columns.flatMap((column) => {
    const name = quoted(column.name);
    const rows = database
      .prepare(`SELECT typeof(${name}), octet_length(${name}), ${keyColumns.join(', ')} FROM ${quoted(table)}`)
      .raw()
      .all() as [Cell['type'] | 'null', bigint, ...unknown[]][];
    return rows.flatMap(([type, length, ...key]): Cell[] =>
      type === 'null'
        ? []
        : [{ table, column: column.name, type, bytes: type === 'text' || type === 'blob' ? Number(length) : 8, where, key }],
    );
  });
}

/** Every value stored in the named tables (all of them when none is named), in a fixed order. */
export function contentCells(file: string, tables: readonly string[] = []): Cell[] {
  const database = openUnchecked(file);
  try {
    const all = database
      .prepare("SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite%' ORDER BY name")
      .raw()
      .all() as [string, bigint][];
    return all
      .filter(([name]) => tables.length === 0 || tables.includes(name))
      .flatMap(([name, withoutRowid]) => cellsOfTable(database, name, withoutRowid === 1n));
  } finally {
    database.close();
  }
}

/** Applies `mask` (exclusive or, not 0) to one byte of one value; a number changes in the byte counted from its lowest. */
export function flipCell(file: string, cell: Cell, byteIndex: number, mask: number): void {
  const database = openUnchecked(file);
  try {
    const column = quoted(cell.column);
    const table = quoted(cell.table);
    if (cell.type === 'integer') {
      const value = database
        .prepare(`SELECT ${column} FROM ${table} WHERE ${cell.where}`)
        .pluck()
        .get(...cell.key) as bigint;
      const flipped = BigInt.asIntN(64, value ^ (BigInt(mask) << BigInt(8 * byteIndex)));
      database.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${cell.where}`).run(flipped, ...cell.key);
      return;
    }
    if (cell.type === 'real') throw new Error(`${cell.table}.${cell.column} holds a real number; flip the file instead`);
    const value = database
      .prepare(`SELECT CAST(${column} AS BLOB) FROM ${table} WHERE ${cell.where}`)
      .pluck()
      .get(...cell.key) as Buffer;
    value[byteIndex]! ^= mask;
    database.prepare(`UPDATE ${table} SET ${column} = CAST(? AS ${cell.type}) WHERE ${cell.where}`).run(value, ...cell.key);
  } finally {
    database.close();
  }
}

/** Runs SQL against a database without any of the store's care. */
export function tamper(file: string, sql: string, ...values: readonly unknown[]): void {
  const database = openUnchecked(file);
  try {
    database.prepare(sql).run(...values);
  } finally {
    database.close();
  }
}

/** Flips one bit (0 to 7) of one byte of a file. */
export function flipFileBit(file: string, offset: number, bit: number): void {
  const descriptor = openSync(file, 'r+');
  try {
    const byte = Buffer.alloc(1);
    readSync(descriptor, byte, 0, 1, offset);
    byte[0]! ^= 1 << bit;
    writeSync(descriptor, byte, 0, 1, offset);
  } finally {
    closeSync(descriptor);
  }
}

/** Overwrites one page with zeros, or with another page of the same file. */
export function replacePage(file: string, page: number, withPage: number | 'zeros', pageBytes = 4096): void {
  const descriptor = openSync(file, 'r+');
  try {
    const content = Buffer.alloc(pageBytes);
    if (withPage !== 'zeros') readSync(descriptor, content, 0, pageBytes, withPage * pageBytes);
    writeSync(descriptor, content, 0, pageBytes, page * pageBytes);
  } finally {
    closeSync(descriptor);
  }
}

export function pageCount(file: string, pageBytes = 4096): number {
  return Math.floor(statSync(file).size / pageBytes);
}

/** Flips the lowest bit of one byte of an artifact that a store in memory holds. */
export function flipLowestBit(held: ReadonlyMap<string, Uint8Array>, sha256: string, byteIndex: number): void {
  const bytes = held.get(sha256)!;
  bytes[byteIndex]! ^= 1;
}
