/** Outputs pointed at what a ledger cannot lose: under its own name, another name, a link, a descriptor, a name that SQLite would read. */
import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { optionsOf } from '../../presentation/cli/command-tree.ts';
import { allVerbs } from '../../presentation/cli/verbs/all.ts';
import { SqliteTokenUses } from '../../infra/sqlite/token-uses.ts';
import { createFiles } from '../../infra/files/node-files.ts';
import { Workbench } from '../support/cli.ts';
import { scratchDirectory } from '../support/scratch.ts';

const verbs = await allVerbs();

const scratchDirectoryOfSeals = scratchDirectory();
const bench = new Workbench(scratchDirectory());
const other = new Workbench(scratchDirectory());
const runs: Record<string, string> = {};
const openAtRest: number[] = [];

/** Everything that must be as it was, by name. */
const fingerprint = (): Record<string, string> => {
  const found: Record<string, string> = {};
  for (const { directory } of [bench, other]) {
    for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
      const file = join(entry.parentPath, entry.name);
      // The index of a log changes by being read, and an empty log comes and goes.
      if (entry.isFile() && !file.endsWith('-shm') && statSync(file).size > 0)
        found[file] = `${statSync(file).ino} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`;
    }
  }
  return found;
};

beforeAll(async () => {
  for (const sleeve of ['stocks', 'funds'] as const) runs[sleeve] = await bench.produce(sleeve, {}, ['--cache', bench.path('answers')]);
  runs['pair'] = (await bench.json(['flow', 'meta', '--profile', 'pair'])).result['runId'] as string;
  await bench.json(['ledger', 'seal']);
  await new SqliteTokenUses(`${bench.store}.token-uses`).note('0123456789abcdef', '2026-11-21T08:00:00.000Z');
  await other.produce('coins');
  await other.json(['ledger', 'seal']);
  linkSync(bench.store, bench.path('hard.csv'));
  symlinkSync(bench.store, bench.path('soft.csv'));
  symlinkSync('soft.csv', bench.path('twice.csv'));
  symlinkSync(`${bench.store}.key`, bench.path('key.csv'));
  writeFileSync(bench.path('copy-of-key.json'), readFileSync(`${bench.store}.key`));
  writeFileSync(bench.path('copy-of-ledger.csv'), readFileSync(bench.store));
  new Database(bench.path('of-another-program.db')).exec('CREATE TABLE notes (text)').close();
  const busy = new Database(bench.path('busy.db'));
  busy.pragma('journal_mode = WAL');
  busy.exec('CREATE TABLE notes (text)');
  writeFileSync(bench.path('moved-log.bin'), readFileSync(bench.path('busy.db-wal')));
  writeFileSync(bench.path('moved-index.bin'), readFileSync(bench.path('busy.db-shm')));
  busy.close();
  const artifact = Buffer.from('date,A\n');
  writeFileSync(bench.path(`${createHash('sha256').update(artifact).digest('hex')}.csv`), artifact);
  mkdirSync(bench.path('folder'));
  openAtRest.push(openSync(bench.store, 'r'));
}, 60_000);

const checkpointIn = (of: Workbench): string => join(`${of.store}.witness`, 'latest.checkpoint');
const targets: Readonly<Record<string, () => string>> = {
  'the store': () => bench.store,
  'the store by way of a folder': () => join(bench.directory, 'folder', '..', 'ledger.sqlite'),
  'a hard link to the store': () => bench.path('hard.csv'),
  'a link to the store': () => bench.path('soft.csv'),
  'a link to a link to the store': () => bench.path('twice.csv'),
  'a descriptor of the store': () => `/proc/self/fd/${openAtRest[0]}`,
  'a copy of the store': () => bench.path('copy-of-ledger.csv'),
  'another store': () => other.store,
  'a database of another program': () => bench.path('of-another-program.db'),
  'the log that the store would have': () => `${bench.store}-wal`,
  'the log that the store would have, in capitals': () => `${bench.store}-WAL`,
  'the index of the log': () => `${bench.store}-shm`,
  'the journal that the store would have': () => `${bench.store}-journal`,
  'the log that another store would have': () => `${other.store}-wal`,
  'a log under another name': () => bench.path('moved-log.bin'),
  'an index of a log under another name': () => bench.path('moved-index.bin'),
  'the signing key': () => `${bench.store}.key`,
  'a link to the signing key': () => bench.path('key.csv'),
  'a copy of the signing key': () => bench.path('copy-of-key.json'),
  'the signing key of another ledger': () => `${other.store}.key`,
  'the last uses of tokens': () => `${bench.store}.token-uses`,
  'a checkpoint': () => checkpointIn(bench),
  'a checkpoint of another ledger': () => checkpointIn(other),
  'a new name among the checkpoints': () => join(`${bench.store}.witness`, '999999999999.checkpoint'),
  'a new name among the checkpoints of another ledger': () => join(`${other.store}.witness`, '999999999999.checkpoint'),
  'the folder of checkpoints': () => `${bench.store}.witness`,
  'an artifact under its hash': () => bench.path(readdirSync(bench.directory).find((name) => /^[0-9a-f]{64}\.csv$/.test(name))!),
};

/** A flag or an argument with something behind it, so that the command line parses. */
function wordsFor(path: readonly string[]): readonly string[] {
  const verb = verbs.find((one) => one.path === path)!;
  const needed = verb.flags.filter(({ required, flags }) => required === true && !flags.includes('--output'));
  const words = needed.flatMap(({ flags }) => [/--[a-z-]+/.exec(flags)![0], ...(flags.includes('<') ? ['x'] : [])]);
  return [...path, ...(verb.args ?? []).filter(({ name }) => name.startsWith('<')).map(() => 'x'), ...words];
}

const verbsWithOutput = verbs.filter((verb) => optionsOf(verb).some(({ long }) => long === '--output'));

describe('an output that names what a ledger cannot lose', () => {
  test('is looked for in every verb with an output', () => {
    expect(verbsWithOutput.length).toBeGreaterThan(20);
  });

  test.each(verbsWithOutput.map(({ path }) => [path.join(' '), path] as const))('is refused by %s, forced or not', async (_, path) => {
    const before = fingerprint();
    for (const [name, target] of Object.entries(targets)) {
      for (const force of path[0] === 'demo' ? [[]] : [[], ['--force']]) {
        const answer = await bench.json([...wordsFor(path), '-o', target(), ...force]);
        expect([name, answer.exit, answer.error?.code]).toEqual([name, 2, 'OutputProtected']);
      }
    }
    expect(fingerprint()).toEqual(before);
  });

  const writing: Readonly<Record<string, () => readonly string[]>> = {
    produce: () => ['produce', runs['stocks']!],
    'audit export': () => ['audit', 'export', '--all'],
    'audit bundle': () => ['audit', 'bundle', runs['pair']!],
    'export weights': () => ['export', 'weights', runs['pair']!, '--risk', 'hrp'],
    'ledger artifact': () => ['ledger', 'artifact', 'SHA256'],
  };

  test.each(Object.entries(writing))(
    'the honest case: %s writes a new file, keeps it, and replaces it with --force',
    async (name, words) => {
      const { result } = await bench.json(['ledger', 'events', '--stream', `metaRun-${runs['pair']!}`]);
      const sha256 = /"sha256":"([0-9a-f]{64})"/.exec(JSON.stringify(result))![1]!;
      const argv = words().map((word) => (word === 'SHA256' ? sha256 : word));
      const file = bench.path(`${name.replace(' ', '-')}.csv`);
      expect((await bench.json([...argv, '-o', file])).exit).toBe(0);
      const written = readFileSync(file);
      writeFileSync(file, 'notes of somebody');
      const kept = await bench.json([...argv, '-o', file]);
      expect([kept.exit, kept.error?.code, readFileSync(file, 'utf8')]).toEqual([2, 'OutputExists', 'notes of somebody']);
      expect((await bench.json([...argv, '-o', file, '--force'])).exit).toBe(0);
      expect(readFileSync(file)).toEqual(written);
    },
  );

  test('which a verb names itself is refused when it is written', async () => {
    const folder = bench.path('reports');
    mkdirSync(folder);
    linkSync(bench.store, join(folder, `${runs['pair']!}.md`));
    const before = fingerprint();
    for (const force of [[], ['--force']]) {
      const answer = await bench.json(['report', runs['pair']!, '-o', folder, ...force]);
      expect([answer.exit, answer.error?.code]).toEqual([2, 'OutputProtected']);
    }
    expect(fingerprint()).toEqual(before);
  });

  test.each(['store', 'key', 'log'])('and is the manifest of init, naming the %s, is refused', async (what) => {
    const target = { store: bench.store, key: `${bench.store}.key`, log: `${bench.store}-wal` }[what]!;
    const prices = bench.write('closes.csv', 'date,NYSE:A\n2022-01-03,1\n2022-01-04,2\n');
    const before = fingerprint();
    const answer = await bench.json(['init', '--prices', prices, '--manifest', target, '--force']);
    expect([answer.exit, answer.error?.code]).toEqual([2, 'OutputProtected']);
    expect(fingerprint()).toEqual(before);
  });

  test('an answer in the cache is refused, and a new file that would pose as one', async () => {
    const files = createFiles(null, { replaces: true, kept: { files: [], folders: [bench.path('answers')] } });
    const [entry] = readdirSync(bench.path('answers'));
    expect(entry).toBeDefined();
    await expect(files.writeWhole(join(bench.path('answers'), entry!), 'x')).rejects.toMatchObject({ code: 'OutputProtected' });
    const posing = join(bench.path('answers'), `walk-${'0'.repeat(64)}.answer`);
    await expect(files.writeWhole(posing, 'x')).rejects.toMatchObject({ code: 'OutputProtected' });
    // Without knowing the folder, by its content.
    const answer = readdirSync(bench.path('answers')).find((name) => name.endsWith('.answer'))!;
    const moved = bench.write('moved-answer.bin', readFileSync(join(bench.path('answers'), answer)));
    await expect(createFiles(null, { replaces: true, kept: { files: [], folders: [] } }).writeWhole(moved, 'x')).rejects.toMatchObject({
      code: 'OutputProtected',
    });
  });
});

describe('a store that is made or copied', () => {
  test.each(['-wal', '-shm', '-journal'])('does not take the name that another store would give to its %s', async (suffix) => {
    const before = fingerprint();
    const target = `${bench.store}${suffix}`;
    const answers = [
      await bench.json(['ledger', 'init', '--store', target, '--key', bench.path('fresh.key'), '--witness', bench.path('fresh')]),
      await bench.json(['ledger', 'backup', '--to', target]),
      await bench.json(['ledger', 'copy', '--from', other.store, '--to', target]),
    ];
    // A file of that name may be there at the moment, empty.
    for (const { exit, error } of answers)
      expect([exit, error?.code]).toEqual([2, expect.stringMatching(/^(?:OutputProtected|LedgerExists|NotALedger)$/)]);
    expect(fingerprint()).toEqual(before);
  });

  test('a backup takes away no file whose name it could have used on the way', async () => {
    const target = bench.path('safe.sqlite');
    linkSync(bench.store, `${target}.partial`);
    expect((await bench.json(['ledger', 'backup', '--to', target])).exit).toBe(0);
    expect(existsSync(`${target}.partial`)).toBe(true);
  });

  test.each(['ledger.sqlite', 'ledger.sqlite.key', 'hard.csv'])(
    'a backup, a copy and a restored ledger do not replace %s',
    async (name) => {
      const before = fingerprint();
      const target = bench.path(name);
      const answers = [
        await bench.json(['ledger', 'backup', '--to', target]),
        await bench.json(['ledger', 'copy', '--from', other.store, '--to', target]),
        await bench.json(['ledger', 'restore', '--from', other.store, '--store', target]),
      ];
      for (const { exit } of answers) expect(exit).not.toBe(0);
      expect(fingerprint()).toEqual(before);
    },
  );
});

test('a demonstration replaces nothing in a folder that is not its own', async () => {
  const file = bench.write('mine/audit.jsonl', 'of somebody');
  const answer = await bench.json(['demo', '-o', bench.path('mine')]);
  expect([answer.exit, answer.error?.code, readFileSync(file, 'utf8')]).toEqual([2, 'OutputExists', 'of somebody']);
});

describe('a seal', () => {
  test.each(['symbolic', 'hard'])('whose checkpoint would go through a %s link replaces no ledger and no key', async (kind) => {
    const own = new Workbench(scratchDirectoryOfSeals);
    await own.produce('stocks');
    await own.json(['ledger', 'seal']);
    const folder = `${own.store}.witness`;
    const sealed = Math.max(...readdirSync(folder).map((name) => Number.parseInt(name, 10) || 0));
    await own.produce('funds');
    for (let size = sealed + 1; size < sealed + 100; size++) {
      const name = join(folder, `${String(size).padStart(12, '0')}.checkpoint`);
      const target = size % 2 === 0 ? own.store : `${own.store}.key`;
      if (kind === 'hard') linkSync(target, name);
      else symlinkSync(target, name);
    }
    const before = [own.store, `${own.store}.key`].map((file) => statSync(file).ino);
    const key = readFileSync(`${own.store}.key`, 'utf8');
    expect((await own.json(['ledger', 'seal'])).error?.code).toBe('OutputProtected');
    expect([own.store, `${own.store}.key`].map((file) => statSync(file).ino)).toEqual(before);
    expect(readFileSync(`${own.store}.key`, 'utf8')).toBe(key);
  });
});

test('a file that appears while an output is written is not replaced', async () => {
  const file = bench.path('raced.txt');
  const files = createFiles();
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('first ');
    writeFileSync(file, 'of somebody else');
    yield Buffer.from('second');
  }
  await expect(files.writeWhole(file, slow())).rejects.toMatchObject({ code: 'OutputExists' });
  expect(readFileSync(file, 'utf8')).toBe('of somebody else');
  expect(readdirSync(bench.directory).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('a file without a name, known by its descriptor, is not written to', async () => {
  const file = bench.path('nameless.txt');
  const descriptor = openSync(file, 'w');
  try {
    const { unlinkSync } = await import('node:fs');
    unlinkSync(file);
    await expect(
      createFiles(null, { replaces: true, kept: { files: [], folders: [] } }).writeWhole(`/proc/self/fd/${descriptor}`, 'x'),
    ).rejects.toMatchObject({ code: expect.stringMatching(/OutputNotAFile|FileMissing/) });
  } finally {
    closeSync(descriptor);
  }
  chmodSync(bench.directory, 0o700);
});
