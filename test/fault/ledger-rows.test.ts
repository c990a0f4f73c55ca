/** Every byte of every row counts: content flipped, rows deleted, exchanged and doubled, tails cut, checkpoints forged. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { canonicalBytes } from '../../domain/shared/canonical-json.ts';
import { contentHashOf } from '../../domain/shared/envelope.ts';
import { faultSeed, faultTrials, reportFigures, seeded } from '../support/figures.ts';
import { type Cell, contentCells, flipCell, tamper } from '../support/flip-bytes.ts';
import { sha256 } from '../support/sample-events.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { SealedLedger, type Verified } from '../support/sealed-ledger.ts';

const hour = 3_600_000;
const ledger = new SealedLedger(scratchDirectory());
let cells: readonly Cell[];

beforeAll(async () => {
  await ledger.fill();
  cells = contentCells(ledger.copy('original.sqlite'));
}, hour);

function valuesOf(file: string, sql: string, ...values: readonly unknown[]): unknown[] {
  const database = new Database(file, { readonly: true }).defaultSafeIntegers(true);
  try {
    return (
      (database
        .prepare(sql)
        .raw()
        .get(...values) as unknown[] | undefined) ?? []
    );
  } finally {
    database.close();
  }
}

const hex = (value: unknown): string => (Buffer.isBuffer(value) ? value.toString('hex') : String(value));

/** Whether some fault names the row: an event by its position or its place in its stream, anything else by its own key. */
function isLocated(verified: Verified, cell: Cell, file: string): boolean {
  const named = (text: string): boolean => verified.faults.some((fault) => JSON.stringify(fault).includes(text));
  const key = cell.key.map(hex);
  switch (cell.table) {
    case 'events': {
      const [stream, revision] = valuesOf(file, 'SELECT stream, CAST(revision AS TEXT) FROM events WHERE position = ?', cell.key[0]) as [
        string,
        string,
      ];
      const byPlace = verified.faults.some(
        (fault) => fault.position === key[0] || (fault.stream === stream && String(fault.revision) === revision),
      );
      return byPlace || named(`position ${key[0]}`) || named(`positions ${key[0]} to`);
    }
    case 'artifacts':
      return named(key[0]!);
    case 'artifact_chunks':
      return (
        named(hex(valuesOf(file, 'SELECT sha256 FROM artifact_chunks WHERE rowid = ?', cell.key[0])[0])) ||
        named(`row ${key[0]} of artifact_chunks`)
      );
    case 'projection_rows':
    case 'projection_history':
    case 'projection_checkpoints':
      return named(key[0]!);
    default:
      return named('read models are not bound');
  }
}

test('a ledger at rest has no fault, and verification says how far it is sealed and witnessed', async () => {
  const verified = await ledger.verify(ledger.copy('sound.sqlite'));
  expect(verified).toMatchObject({ exit: 0, faults: [], unsealed: 1 });
  expect(verified.witnessedTo).toBe(verified.sealedTo);
  expect(verified.sealedTo).toBe(verified.events - 1);
});

describe('a byte of the content of a row', () => {
  test(
    'is missed by no verification, in any column of any table, and each fault says which row',
    async () => {
      const seed = faultSeed();
      const random = seeded(seed);
      const columns = [...new Set(cells.map((cell) => `${cell.table}.${cell.column}`))];
      const perColumn = faultTrials(5);
      const original = join(ledger.bench.directory, 'original.sqlite');
      const missed: string[] = [];
      const unlocated: string[] = [];
      let trials = 0;
      for (const column of columns) {
        const candidates = cells.filter((cell) => `${cell.table}.${cell.column}` === column && cell.bytes > 0);
        for (let trial = 0; trial < perColumn; trial++) {
          const cell = candidates[Math.floor(random() * candidates.length)]!;
          const byte = Math.floor(random() * cell.bytes);
          const mask = 1 << Math.floor(random() * 8);
          const file = ledger.copy('flipped.sqlite');
          try {
            flipCell(file, cell, byte, mask);
          } catch (error) {
            // A position or key that is taken already: SQLite does not hold such a row.
            if (String(error).includes('UNIQUE') || String(error).includes('out of range')) continue;
            throw error;
          }
          trials++;
          const verified = await ledger.verify(file);
          const what = `${column} row ${cell.key.map(hex).join('/')} byte ${byte} mask ${mask}`;
          if (verified.exit === 0) missed.push(what);
          else if (verified.exit !== 1 || !isLocated(verified, cell, original))
            unlocated.push(`${what}: ${verified.code} ${JSON.stringify(verified.faults.slice(0, 3))}`);
        }
      }
      reportFigures({
        test: 'row content flipped, ledger verify',
        seed,
        trials,
        columns: columns.length,
        missed: missed.length,
        unlocated: unlocated.length,
      });
      expect({ missed, unlocated }).toEqual({ missed: [], unlocated: [] });
      expect(trials).toBeGreaterThan(columns.length);
    },
    hour,
  );
});

describe('rows', () => {
  /** Damage by SQL, and the kinds of which one must be found. */
  const damages: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['an event in the middle deleted', ['DELETE FROM events WHERE position = 4'], ['revision_gap', 'position_missing']],
    ['a whole stream deleted', ["DELETE FROM events WHERE stream = 'sleeve-funds'"], ['position_missing', 'root_mismatch']],
    ['the whole stream of the ledger deleted', ["DELETE FROM events WHERE stream = 'ledger'"], ['ledger_unopened']],
    [
      'an event deleted and the later ones moved up',
      ['DELETE FROM events WHERE position = 4', 'UPDATE events SET position = position - 1 WHERE position > 4'],
      ['revision_gap'],
    ],
    [
      'two events of different streams exchanged',
      [
        'UPDATE events SET position = 100000 WHERE position = 2',
        "UPDATE events SET position = 2 WHERE position = (SELECT min(position) FROM events WHERE stream LIKE 'sleeveRun-coins%')",
        'UPDATE events SET position = (SELECT 1 + max(position) FROM events WHERE position < 100000) WHERE position = 100000',
      ],
      ['root_mismatch'],
    ],
    [
      'an event doubled behind the last',
      [
        'INSERT INTO events SELECT 1 + (SELECT max(position) FROM events), stream, 1000, id, type, recorded_at, content_hash, hash, ' +
          'bytes FROM events WHERE position = 5',
      ],
      ['revision_gap', 'column_mismatch:revision'],
    ],
    [
      'an artifact deleted with its chunks',
      [
        'DELETE FROM artifact_chunks WHERE sha256 = (SELECT min(sha256) FROM artifacts)',
        'DELETE FROM artifacts WHERE sha256 = (SELECT min(sha256) FROM artifacts)',
      ],
      ['artifact_missing'],
    ],
    ['a chunk deleted', ['DELETE FROM artifact_chunks WHERE seq = 1'], ['artifact_damaged']],
    [
      'a chunk doubled',
      ['INSERT INTO artifact_chunks SELECT sha256, 7, stored, codec, byte_count FROM artifact_chunks WHERE seq = 2'],
      ['artifact_damaged'],
    ],
    [
      'two chunks exchanged',
      [
        'UPDATE artifact_chunks SET seq = 9 WHERE seq = 0 AND sha256 IN (SELECT sha256 FROM artifact_chunks WHERE seq = 2)',
        'UPDATE artifact_chunks SET seq = 0 WHERE seq = 1',
        'UPDATE artifact_chunks SET seq = 1 WHERE seq = 9',
      ],
      ['artifact_damaged'],
    ],
    ['chunks numbered with a gap', ['UPDATE artifact_chunks SET seq = 5 WHERE seq = 2'], ['artifact_incomplete']],
    [
      'a row of a read model deleted',
      ["DELETE FROM projection_rows WHERE projection = 'run-directory' AND key LIKE 'id/%'"],
      ['read_model_differs'],
    ],
    [
      'a row of a read model added',
      [
        "INSERT INTO projection_rows SELECT 'run-directory', version, 'id/invented', 'a2', '{}' FROM projection_checkpoints WHERE " +
          "projection = 'run-directory'",
      ],
      ['read_model_differs'],
    ],
    [
      'an earlier version of a row changed',
      ["UPDATE projection_history SET value = replace(value, 'opened', 'invented') WHERE projection = 'run-directory'"],
      ['read_model_differs'],
    ],
    [
      'an earlier version of a row deleted',
      [
        "DELETE FROM projection_history WHERE projection = 'run-directory' AND position = (SELECT min(position) FROM " +
          "projection_history WHERE projection = 'run-directory')",
      ],
      ['read_model_differs'],
    ],
    [
      'the rows of a projection put under another version',
      ["UPDATE projection_rows SET version = 99 WHERE projection = 'run-directory'"],
      ['read_model_checkpoint', 'read_model_differs'],
    ],
    [
      'rows of a projection that nobody knows',
      ["INSERT INTO projection_rows VALUES ('invented', 1, 'a', 'a2', '{}')"],
      ['read_model_unknown'],
    ],
    [
      'a row of a read model written otherwise',
      ["UPDATE projection_rows SET value = ' ' || value WHERE projection = 'parity-record'"],
      ['read_model_damaged'],
    ],
    [
      'the checkpoint of a projection deleted',
      ["DELETE FROM projection_checkpoints WHERE projection = 'parity-record'"],
      ['read_model_checkpoint'],
    ],
    [
      'the checkpoint of a projection beyond the log',
      ["UPDATE projection_checkpoints SET position = '99999' WHERE projection = 'parity-record'"],
      ['read_model_checkpoint'],
    ],
    [
      'a checkpoint that is not a position',
      ["UPDATE projection_checkpoints SET position = 'x' WHERE projection = 'parity-record'"],
      ['read_model_checkpoint'],
    ],
    ['the stamp of the read models changed', ["UPDATE read_model_source SET stamp = 'elsewhere'"], ['read_model_damaged']],
    ['an index dropped', ['DROP INDEX events_by_type'], ['schema_changed']],
    ['a trigger planted', ['CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM artifacts; END'], ['schema_changed']],
    ['the schema version turned back', ['PRAGMA user_version = 0'], ['schema_changed']],
  ];
  test.each(damages)('%s', async (_, statements, kinds) => {
    const file = ledger.copy('rows.sqlite');
    for (const sql of statements) tamper(file, sql);
    const verified = await ledger.verify(file);
    expect(verified.exit).toBe(1);
    const found = new Set(verified.faults.map(({ kind }) => kind));
    expect(kinds.filter((kind) => !found.has(kind))).toEqual([]);
  });

  test('rewritten whole, with every hash made again, contradict the seals and the witness', async () => {
    // The attacker has everything but the key: the text of a decision changes, and with it every hash behind it in the stream.
    const file = ledger.copy('rewritten.sqlite');
    const database = new Database(file).defaultSafeIntegers(true);
    const stream = `metaRun-${ledger.metaRun}`;
    const rows = database.prepare('SELECT position, bytes FROM events WHERE stream = ? ORDER BY revision').raw().all(stream) as [
      bigint,
      Buffer,
    ][];
    let prevHash = '0'.repeat(64);
    for (const [position, bytes] of rows) {
      const envelope = JSON.parse(bytes.toString('utf8')) as {
        type: string;
        schemaVersion: number;
        data: Record<string, unknown>;
        contentHash: string;
        prevHash: string;
      };
      if (envelope.type === 'MetaRunOpened') envelope.data['why'] = 'invented';
      envelope.contentHash = contentHashOf(sha256, envelope);
      envelope.prevHash = prevHash;
      const rewritten = Buffer.from(canonicalBytes(envelope));
      const hash = Buffer.from(sha256(rewritten));
      prevHash = hash.toString('hex');
      database
        .prepare('UPDATE events SET bytes = ?, hash = ?, content_hash = ? WHERE position = ?')
        .run(rewritten, hash, Buffer.from(envelope.contentHash, 'hex'), position);
    }
    database.close();
    const verified = await ledger.verify(file);
    expect(verified.exit).toBe(1);
    // No hash, no link and no column betrays it: only what was signed does.
    expect([...new Set(verified.faults.map(({ kind }) => kind))].filter((kind) => !kind.startsWith('read_model'))).toEqual([
      'root_mismatch',
    ]);
    expect(verified.faults.some((fault) => fault.file?.startsWith(ledger.witness))).toBe(true);
  });
});

type SealData = { range: string[]; last: { stream: string; revision: number } };

/** The text of an event changes, and with it its hashes, so that no hash betrays it. */
function rewriteSeal(file: string, change: (data: SealData) => void): void {
  const database = new Database(file).defaultSafeIntegers(true);
  try {
    const [position, bytes] = database
      .prepare("SELECT position, bytes FROM events WHERE stream = 'seals' ORDER BY revision DESC")
      .raw()
      .get() as [bigint, Buffer];
    const envelope = JSON.parse(bytes.toString('utf8')) as Parameters<typeof contentHashOf>[1] & { contentHash: string; data: SealData };
    change(envelope.data);
    envelope.contentHash = contentHashOf(sha256, envelope);
    const rewritten = Buffer.from(canonicalBytes(envelope));
    database
      .prepare('UPDATE events SET bytes = ?, hash = ?, content_hash = ? WHERE position = ?')
      .run(rewritten, Buffer.from(sha256(rewritten)), Buffer.from(envelope.contentHash, 'hex'), position);
  } finally {
    database.close();
  }
}

describe('what nobody has signed', () => {
  test(
    'of the newest seal, any bit of its range and any other name of its last leaf, is found by verification',
    async () => {
      const seed = faultSeed();
      const random = seeded(seed);
      const pick = (limit: number): number => Math.floor(random() * limit);
      const trials = faultTrials(30);
      let found = 0;
      for (let trial = 0; trial < trials; trial++) {
        const file = ledger.copy('range.sqlite');
        const ofRange = trial % 3 !== 0;
        rewriteSeal(file, (data) => {
          if (ofRange) {
            const index = pick(data.range.length);
            const hash = Buffer.from(data.range[index]!, 'hex');
            hash[pick(hash.length)]! ^= 1 << pick(8);
            data.range[index] = hash.toString('hex');
          } else {
            data.last = { ...data.last, revision: data.last.revision + (pick(2) === 0 ? 1 : 1000) };
          }
        });
        const { exit, faults } = await ledger.verify(file);
        if (
          exit === 1 &&
          faults.some(({ kind, stream }) => kind === (ofRange ? 'seal_range_wrong' : 'seal_last_wrong') && stream === 'seals')
        )
          found++;
      }
      reportFigures({ test: 'range and last leaf of the newest seal changed, ledger verify', seed, trials, found });
      expect(found).toBe(trials);
    },
    hour,
  );

  test(
    'of the tiles, any bit of any hash and any digit of any row, is found by verification',
    async () => {
      const seed = faultSeed();
      const random = seeded(seed);
      const trials = faultTrials(30);
      const original = ledger.copy('tiles.sqlite');
      const rows = new Database(original, { readonly: true });
      const tiles = rows.prepare("SELECT key, value FROM projection_rows WHERE projection = 'tree-tiles' ORDER BY key").all() as {
        key: string;
        value: string;
      }[];
      rows.close();
      let found = 0;
      for (let trial = 0; trial < trials; trial++) {
        // The state of the tile that is not whole yet is one row of many: it gets its share.
        const { key, value } = trial % 3 === 0 ? tiles.find((row) => row.key === 'open')! : tiles[Math.floor(random() * tiles.length)]!;
        const digits = [...value.matchAll(/[0-9]/g)].map(({ index }) => index);
        const at = digits[Math.floor(random() * digits.length)]!;
        const digit = String((Number(value[at]) + 1 + Math.floor(random() * 8)) % 9);
        const changed = `${value.slice(0, at)}${digit === value[at] ? '9' : digit}${value.slice(at + 1)}`;
        const file = ledger.copy('tile.sqlite');
        tamper(file, "UPDATE projection_rows SET value = ? WHERE projection = 'tree-tiles' AND key = ?", changed, key);
        const verified = await ledger.verify(file);
        if (
          verified.exit === 1 &&
          verified.faults.some(
            (fault) => fault.stream === `tree-tiles:${key}` || (fault.kind === 'read_model_damaged' && JSON.stringify(fault).includes(key)),
          )
        )
          found++;
      }
      reportFigures({ test: 'rows of the tiles changed, ledger verify', seed, trials, found });
      expect(found).toBe(trials);
    },
    hour,
  );
});

const last = (file: string): bigint => valuesOf(file, 'SELECT max(position) FROM events')[0] as bigint;

describe('a tail', () => {
  test(
    'that was sealed and is cut with its seals is found through the witness, and through no other means',
    async () => {
      const seed = faultSeed();
      const whole = ledger.copy('whole.sqlite');
      const end = Number(last(whole));
      const lengths = Array.from({ length: end - 2 }, (_, index) => index + 2).filter(
        (cut, index, all) => cut < 6 || index % Math.ceil(all.length / faultTrials(12)) === 0,
      );
      const figures = { foundWithWitness: 0, foundWithoutWitness: 0, locatedAtCut: 0 };
      const nowhere = join(ledger.bench.directory, 'no-witness');
      for (const cut of lengths) {
        const file = ledger.copy('cut.sqlite');
        for (const table of ['projection_rows', 'projection_history', 'projection_checkpoints']) tamper(file, `DELETE FROM ${table}`);
        tamper(file, 'DELETE FROM events WHERE position > ?', end - cut);
        const verified = await ledger.verify(file);
        const found = verified.faults.filter(({ kind }) => kind === 'sealed_tail_cut');
        if (verified.exit === 1 && found.length > 0) figures.foundWithWitness++;
        if (found.some(({ position }) => position === String(end - cut))) figures.locatedAtCut++;
        const blind = await ledger.verify(file, nowhere);
        // A witness that was named and is not there is a fault of its own, and says nothing of the cut.
        if (blind.faults.some(({ kind }) => kind !== 'witness_missing')) figures.foundWithoutWitness++;
        // Without a witness nothing can tell; so nothing is claimed either.
        expect(blind.witnessedTo).toBe(0);
      }
      const trials = lengths.length;
      reportFigures({ test: 'I3 sealed tail cut off the store', seed, trials, ...figures });
      expect(figures).toEqual({ foundWithWitness: trials, locatedAtCut: trials, foundWithoutWitness: 0 });
    },
    hour,
  );

  test('that is not sealed is called unsealed before it is cut', async () => {
    const { bench } = ledger;
    const before = await ledger.verify(ledger.copy('before.sqlite'));
    const file = ledger.copy('unsealed.sqlite');
    const flags = ['--store', file, '--key', `${bench.store}.key`, '--witness', ledger.witness, '--no-seal'];
    expect((await bench.json(['sleeve', 'quarantine', 'coins', '--why', 'to be forgotten', ...flags])).exit).toBe(0);
    const grown = await ledger.verify(file);
    expect(grown).toMatchObject({ exit: 0, faults: [], sealedTo: before.sealedTo, unsealed: before.unsealed + 1 });
    tamper(file, 'DELETE FROM events WHERE position > ?', grown.events - 1);
    for (const table of ['projection_rows', 'projection_history', 'projection_checkpoints']) tamper(file, `DELETE FROM ${table}`);
    // The seal covered no more: the cut leaves no trace, as was said.
    expect(await ledger.verify(file)).toMatchObject({ exit: 0, sealedTo: before.sealedTo, unsealed: before.unsealed });
  });
});

/** A copy of the witness folder. */
function witnessed(name: string): string {
  const directory = join(ledger.bench.directory, name);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
  for (const file of readdirSync(ledger.witness)) copyFileSync(join(ledger.witness, file), join(directory, file));
  return directory;
}

describe('a witnessed checkpoint', () => {
  test(
    'with any byte flipped is refused, and named',
    async () => {
      const seed = faultSeed();
      const random = seeded(seed);
      const store = ledger.copy('witnessed.sqlite');
      const trials = faultTrials(30);
      let detected = 0;
      for (let trial = 0; trial < trials; trial++) {
        const directory = witnessed('forged');
        const names = readdirSync(directory);
        const file = join(directory, names[Math.floor(random() * names.length)]!);
        const bytes = readFileSync(file);
        bytes[Math.floor(random() * bytes.length)]! ^= 1 << Math.floor(random() * 8);
        writeFileSync(file, bytes);
        const { exit, faults } = await ledger.verify(store, directory);
        if (exit === 1 && faults.some((fault) => fault.file === file)) detected++;
      }
      reportFigures({ test: 'witnessed checkpoint flipped', seed, trials, detected });
      expect(detected).toBe(trials);
    },
    hour,
  );

  test('of another ledger is refused, with the right name and a signature of its own', async () => {
    const stranger = new SealedLedger(ledger.bench.directory);
    await stranger.answered(['ledger', 'init', '--origin', 'sleeve-ledger.local/stranger']);
    await stranger.answered(['ledger', 'seal']);
    const directory = witnessed('strangers');
    const strangers = readdirSync(stranger.witness)[0]!;
    copyFileSync(join(stranger.witness, strangers), join(directory, strangers));
    const { exit, faults } = await ledger.verify(ledger.copy('witnessed.sqlite'), directory);
    expect(exit).toBe(1);
    expect(faults).toMatchObject([{ kind: 'checkpoint_invalid', file: join(directory, strangers) }]);
  });

  test("kept elsewhere is judged with the key given, and a key that is none is the caller's mistake", async () => {
    const store = ledger.copy('witnessed.sqlite');
    const file = join(ledger.witness, readdirSync(ledger.witness).at(-1)!);
    const key = (await ledger.answered(['ledger', 'prove', 'ledger@0'])).result['verifierKey'] as string;
    expect(await ledger.verify(store, ledger.witness, ['--checkpoint', file, '--vkey', key])).toMatchObject({ exit: 0, faults: [] });
    expect(await ledger.verify(store, ledger.witness, ['--checkpoint', file, '--vkey', 'nonsense'])).toMatchObject({
      exit: 2,
      code: 'Usage',
    });
  });
});
