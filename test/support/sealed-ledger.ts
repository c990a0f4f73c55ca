import { copyFileSync, cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openSqlite } from '../../infra/sqlite/open.ts';
import { incompressible } from './figures.ts';
import { type Answer, Workbench } from './cli.ts';

/** Exit status of a verification, and what it found. */
export interface Verified {
  readonly exit: number;
  readonly code: string | null;
  readonly message: string | null;
  readonly faults: readonly {
    readonly kind: string;
    readonly stream: string | null;
    readonly revision: number | null;
    readonly position: string | null;
    readonly expected: string;
    readonly actual: string;
    readonly file?: string;
  }[];
  readonly sealedTo: number;
  readonly unsealed: number;
  readonly witnessedTo: number;
  readonly events: number;
  readonly notes: readonly string[];
}

/**
 * A ledger with everything in it: runs of three sleeves, a meta run and a nested one, a waiver, every read model, two seals, an artifact of
 * three chunks, and one that is kept raw.
 */
export class SealedLedger {
  readonly bench: Workbench;
  metaRun = '';
  nestedRun = '';
  sleeveRun = '';

  constructor(directory: string) {
    this.bench = new Workbench(directory);
  }

  get witness(): string {
    return `${this.bench.store}.witness`;
  }

  /** A witness that remembers what that of this ledger does, for a copy that goes its own way. */
  anotherWitness(name: string): string {
    const folder = join(this.bench.directory, name);
    cpSync(this.witness, folder, { recursive: true });
    return folder;
  }

  async fill(): Promise<this> {
    const { bench } = this;
    this.sleeveRun = await bench.produce('stocks');
    await bench.produce('funds');
    await bench.produce('coins');
    await this.answered([
      'parity',
      'waive',
      '--meta',
      'pair',
      '--paths',
      'backtest.slippage',
      '--why',
      'for the test',
      '--until',
      '2030-12-31',
      '--no-seal',
    ]);
    const ledger = openSqlite(bench.store, { access: 'write', create: false });
    await ledger.artifacts.put(Uint8Array.from({ length: 1_200_000 }, (_, index) => (index * 7) % 251));
    await ledger.artifacts.put(incompressible(5_000));
    ledger.close();
    this.metaRun = (await this.answered(['flow', 'meta', '--profile', 'whole', '--risk', 'all'])).result['runId'] as string;
    this.nestedRun = (await this.answered(['flow', 'meta', '--profile', 'nested', '--risk', 'hrp'])).result['runId'] as string;
    // Questions bring the read models up to date.
    await this.answered(['ledger', 'rebuild']);
    return this;
  }

  async answered(argv: readonly string[]): Promise<Answer> {
    const answer = await this.bench.json(argv);
    if (answer.error !== undefined) throw new Error(`${argv.join(' ')}: ${JSON.stringify(answer.error)}`);
    return answer;
  }

  /** Copies the store at rest. */
  copy(name: string): string {
    const target = join(this.bench.directory, name);
    for (const suffix of ['-wal', '-shm']) rmSync(`${target}${suffix}`, { force: true });
    copyFileSync(this.bench.store, target);
    if (existsSync(`${this.bench.store}-wal`)) copyFileSync(`${this.bench.store}-wal`, `${target}-wal`);
    return target;
  }

  /** `ledger verify` on a copy, against the witness of the original. */
  async verify(store: string, witness: string = this.witness, more: readonly string[] = []): Promise<Verified> {
    const answer = await this.bench.json([
      'ledger',
      'verify',
      '--store',
      store,
      '--witness',
      witness,
      '--key',
      `${this.bench.store}.key`,
      ...more,
    ]);
    const result = (answer.result ?? { faults: [], sealedTo: 0, unsealed: 0, witnessedTo: 0, events: 0 }) as unknown as Omit<
      Verified,
      'exit' | 'code' | 'message' | 'notes'
    >;
    return {
      ...result,
      exit: answer.exit,
      notes: answer.warnings,
      code: answer.error?.code ?? null,
      message: answer.error?.message ?? null,
    };
  }
}

const quoted = (columns: string): string =>
  columns
    .split(',')
    .map((column) => `typeof(${column}), quote(${column})`)
    .join(', ');

/**
 * Everything that a database says, as text: the oracle for whether damage has changed anything at all. Tables are walked as they lie, and
 * once more along each of their indexes; null when SQLite itself refuses.
 */
export function logicalContent(file: string): string | null {
  let database: Database.Database | null = null;
  try {
    database = new Database(file, { readonly: true, fileMustExist: true }).defaultSafeIntegers(true);
    const all = (sql: string): unknown[] => database!.prepare(sql).raw().all();
    const read = (table: string, columns: string, clause: string): unknown[] => all(`SELECT ${quoted(columns)} FROM ${table} ${clause}`);
    const events = 'position,stream,revision,id,type,recorded_at,content_hash,hash,bytes';
    return JSON.stringify(
      [
        all('SELECT type, name, tbl_name, quote(sql) FROM sqlite_schema'),
        database.pragma('application_id', { simple: true }),
        database.pragma('user_version', { simple: true }),
        read('events', events, 'NOT INDEXED ORDER BY position'),
        read('events', 'position,stream,revision', 'INDEXED BY events_by_stream ORDER BY stream, revision'),
        read('events', 'position,type', 'INDEXED BY events_by_type ORDER BY type, position'),
        read('artifacts', 'sha256,byte_count', 'ORDER BY sha256'),
        read('artifact_chunks', 'rowid,sha256,seq,stored,codec,byte_count', 'NOT INDEXED ORDER BY rowid'),
        read('artifact_chunks', 'rowid,sha256,seq', 'ORDER BY sha256, seq'),
        read('projection_rows', 'projection,version,key,position,value', 'ORDER BY projection, version, key'),
        read('projection_history', 'projection,version,key,position,value', 'ORDER BY projection, version, key, position'),
        read('projection_checkpoints', 'projection,version,position', 'ORDER BY projection, version'),
        read('read_model_source', 'only,stamp', ''),
        read('checkpoints', 'name,value,version', 'ORDER BY name'),
      ],
      (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
    );
  } catch {
    return null;
  } finally {
    database?.close();
  }
}
