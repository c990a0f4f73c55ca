/**
 * A store that may be read and not written: on a read-only mount, or by a user who has no right to write. Verification and questions
 * answer as they do elsewhere, in every state in which a writer may have left the file.
 */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { errorKinds } from '../../domain/shared/errors.ts';
import { projectRoot, Workbench } from '../support/cli.ts';
import { Forger } from '../support/forger.ts';
import { needs } from '../support/needs.ts';
import { bound } from '../support/rights.ts';
import { ServedLedger } from '../support/served-ledger.ts';

const minute = 60_000;
const directory = mkdtempSync(join(tmpdir(), 'sleeve-ledger-read-only-'));
afterAll(() => {
  for (const entry of readdirSync(directory)) chmodSync(join(directory, entry), 0o755);
  rmSync(directory, { recursive: true, force: true });
});
const bench = new Workbench(directory);
let eventsAtRest = 0;

beforeAll(async () => {
  for (const argv of [
    ['ledger', 'init'],
    ['manifest', 'apply'],
  ])
    expect((await bench.json(argv)).exit).toBe(0);
  eventsAtRest = (await bench.events()).length;
}, minute);

const sides = ['', '-wal', '-shm'] as const;

/** How a writer may have left the file, and how many events are in it. */
interface State {
  readonly sides: readonly string[];
  readonly more: number;
}

const states: Readonly<Record<string, State>> = {
  'at rest': { sides: [''], more: 0 },
  'left by a writer that was killed': { sides, more: 1 },
  'left with its log and without the index of the log': { sides: ['', '-wal'], more: 1 },
};

/** A folder with a store in some state: the event in the log stands nowhere else. */
async function storeIn(name: string, { sides: kept, more }: State): Promise<string> {
  const folder = join(directory, name.replaceAll(' ', '-'));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const [working, store] = [join(bench.directory, 'working.sqlite'), join(folder, 'ledger.sqlite')];
  for (const side of sides) rmSync(`${working}${side}`, { force: true });
  copyFileSync(bench.store, working);
  const holding = new Database(working);
  holding.pragma('wal_autocheckpoint = 0');
  holding.prepare('SELECT count(*) FROM events').get();
  // The holder keeps the log from being tidied away.
  if (more > 0)
    expect((await bench.json(['sleeve', 'quarantine', 'coins', '--why', 'a test', '--no-seal', ...flagsOf(working)])).exit).toBe(0);
  for (const side of kept) copyFileSync(`${working}${side}`, `${store}${side}`);
  holding.close();
  for (const file of readdirSync(folder)) chmodSync(join(folder, file), 0o644);
  return store;
}

const temporary = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('sleeve-ledger-copy-'));
const flagsOf = (store: string): string[] => ['--store', store, '--key', bench.path('no.key')];

/** A process that has a store open and does what it is told. */
const writing = `
  const database = new (require('better-sqlite3'))(process.argv[1]);
  database.prepare('SELECT count(*) FROM events').get();
  console.log('open');
  require('node:readline').createInterface({ input: process.stdin }).on('line', (sql) => { database.exec(sql); console.log('done'); });
`;

async function mounted<T>(store: string, work: () => Promise<T>): Promise<T> {
  const folder = join(store, '..');
  for (const argv of [
    ['--bind', folder, folder],
    ['-o', 'remount,ro,bind', folder],
  ])
    expect(spawnSync('mount', argv, { encoding: 'utf8' })).toMatchObject({ status: 0 });
  try {
    return await work();
  } finally {
    spawnSync('umount', [folder]);
  }
}

needs('small disks').describe('on a read-only mount', () => {
  test.each(Object.entries(states))('a store %s is verified to its last event, and asked', async (name, state) => {
    const store = await storeIn(`mount ${name}`, state);
    const before = [readdirSync(join(store, '..')), temporary()];
    await mounted(store, async () => {
      expect(() => writeFileSync(join(store, '../more'), '')).toThrow('EROFS');
      const events = eventsAtRest + state.more;
      const verified = await bench.json(['ledger', 'verify', ...flagsOf(store)]);
      expect(verified).toMatchObject({ exit: 0, result: { events, faults: [] } });
      const listed = await bench.json(['ledger', 'events', ...flagsOf(store)]);
      expect(listed).toMatchObject({ exit: 0 });
      expect(listed.result['events']).toHaveLength(events);
      for (const argv of [['status'], ['runs'], ['ledger', 'prove', 'ledger@0'], ['doctor']])
        expect({ argv, exit: (await bench.json([...argv, ...flagsOf(store)])).exit }).toEqual({ argv, exit: 0 });
      for (const argv of [
        ['sleeve', 'quarantine', 'stocks', '--why', 'a test'],
        ['ledger', 'rebuild'],
      ]) {
        const refused = await bench.json([...argv, ...flagsOf(store)]);
        expect({ argv, exit: refused.exit === 0, code: refused.error?.code }).toEqual({ argv, exit: false, code: 'StoreReadOnly' });
      }
      const exported = await bench.json(['audit', 'export', '--all', '-o', bench.path('exported.jsonl'), '--force', ...flagsOf(store)]);
      expect(exported).toMatchObject({ exit: 0 });
      const copied = await bench.json(['ledger', 'backup', '--to', bench.path(`${name.replaceAll(' ', '-')}.backup`), ...flagsOf(store)]);
      expect(copied).toMatchObject({ exit: 0, result: { events } });
    });
    expect([readdirSync(join(store, '..')), temporary()]).toEqual(before);
  });

  test('a store is served: a token is taken whose use cannot be noted, questions are answered, and a decision is refused', async () => {
    const store = await storeIn('mount served', states['at rest']!);
    const made = await bench.json(['token', 'create', '--holder', 'olga', '--role', 'operator', '--no-seal', ...flagsOf(store)]);
    const token = made.result['token'] as string;
    await mounted(store, async () => {
      const served = await ServedLedger.start(bench, flagsOf(store));
      const answers = [
        await served.ask('/v1/status', { token }),
        await served.ask('/v1/status'),
        await served.send('/v1/portfolios/pair/halt', { why: 'a test' }, token),
      ];
      await served.stop();
      expect(answers.map(({ status, json }) => [status, json['title']])).toEqual([
        [200, undefined],
        [401, 'NotAuthenticated'],
        [errorKinds.StoreReadOnly.http, 'StoreReadOnly'],
      ]);
      const { exit, result } = await bench.json(['token', 'list', ...flagsOf(store)]);
      expect([exit, result['tokens']]).toMatchObject([0, [{ holder: 'olga', standing: 'in force', lastUsedHour: null }]]);
    });
    expect(readdirSync(join(store, '..')).filter((name) => name.endsWith('.token-uses'))).toEqual([]);
  });

  test('a store that is damaged is not taken for a good one', async () => {
    const store = await storeIn('mount damaged', states['left by a writer that was killed']!);
    new Forger(store).sql(`UPDATE events SET type = 'Nothing' WHERE position = 2`);
    await mounted(store, async () => {
      const verified = await bench.json(['ledger', 'verify', ...flagsOf(store)]);
      expect(verified).toMatchObject({ exit: 1, result: { faults: [{ kind: 'column_mismatch:type' }] } });
    });
  });

  test(
    'a store in use is read beside its writer, and what that writes is seen by the next question',
    async () => {
      const store = await storeIn('mount in use', states['at rest']!);
      const writer = spawn(process.execPath, ['-e', writing, store], { cwd: projectRoot, stdio: ['pipe', 'pipe', 'inherit'] });
      const said = (): Promise<unknown> => new Promise((resolve) => writer.stdout.once('data', resolve));
      try {
        await said();
        await mounted(store, async () => {
          const asked = async () => (await bench.json(['ledger', 'verify', ...flagsOf(store)])).result;
          expect(await asked()).toMatchObject({ events: eventsAtRest, faults: [] });
          writer.stdin.write(`INSERT INTO checkpoints VALUES ('elsewhere', '{}', 0)\n`);
          await said();
          expect(await asked()).toMatchObject({ events: eventsAtRest, faults: [{ kind: 'checkpoint_unknown' }] });
          expect((await bench.json(['status', ...flagsOf(store)])).exit).toBe(0);
        });
      } finally {
        writer.kill('SIGKILL');
      }
    },
    minute,
  );
});

interface Reading {
  readonly status: number | null;
  readonly answer: Record<string, never>;
  readonly stderr: string;
}

function asReader(...argv: readonly string[]): Reading {
  const program = ['--import', 'tsx', join(projectRoot, 'bin/sleeve-ledger.ts')];
  const [command, ...words] = bound(process.execPath, ...program, ...argv, '--json');
  const env = { ...process.env, HOME: directory, SLEEVE_LEDGER_ACTOR: 'reader' };
  const { status, stdout, stderr } = spawnSync(command, words, { cwd: projectRoot, encoding: 'utf8', env });
  return { status, stderr, answer: JSON.parse(stdout === '' ? '{}' : stdout) as Record<string, never> };
}

/** A store whose folder and files nobody may write. */
async function readableStoreIn(name: string, state: State): Promise<string> {
  const store = await storeIn(name, state);
  const folder = join(store, '..');
  for (const file of readdirSync(folder)) chmodSync(join(folder, file), 0o444);
  chmodSync(folder, 0o555);
  return store;
}

needs('rights that bind').describe('for a user who may read and not write', () => {
  test.each(Object.entries(states))(
    'a store %s is verified to its last event, and asked',
    async (name, state) => {
      const store = await readableStoreIn(`user ${name}`, state);
      const before = [readdirSync(join(store, '..')), temporary()];
      const events = eventsAtRest + state.more;
      expect(asReader('ledger', 'verify', ...flagsOf(store))).toMatchObject({ status: 0, answer: { result: { events, faults: [] } } });
      expect(asReader('status', ...flagsOf(store))).toMatchObject({ status: 0 });
      expect(asReader('sleeve', 'quarantine', 'stocks', '--why', 'a test', ...flagsOf(store))).toMatchObject({
        answer: { error: { code: 'StoreReadOnly' } },
      });
      expect([readdirSync(join(store, '..')), temporary()]).toEqual(before);
    },
    minute,
  );

  test(
    'a file of letter keys that may not be read is no fault where the reader says that it needs none, and the answer says so',
    async () => {
      const store = await readableStoreIn('user without letter keys', states['at rest']!);
      chmodSync(join(store, '..'), 0o755);
      writeFileSync(`${store}.letter-keys`, 'anything');
      chmodSync(`${store}.letter-keys`, 0o000);
      const verified = (...more: string[]) => asReader('ledger', 'verify', ...more, ...flagsOf(store));
      expect(verified()).toMatchObject({ status: 1, answer: { result: { faults: [{ kind: 'letter_keys_unreadable' }] } } });
      const excused = verified('--without-letter-keys');
      expect(excused).toMatchObject({ status: 0, answer: { result: { faults: [] } } });
      expect(JSON.stringify(excused.answer)).toContain('it was taken for one that is not here');
    },
    minute,
  );

  test(
    'a log that may not be read is refused and never left out: the newest events stand in it',
    async () => {
      const store = await readableStoreIn('user without the log', states['left with its log and without the index of the log']!);
      chmodSync(`${store}-wal`, 0o000);
      expect(asReader('ledger', 'verify', ...flagsOf(store))).toMatchObject({ answer: { error: { code: 'FileUnreadable' } } });
      expect(existsSync(`${store}-wal`)).toBe(true);
    },
    minute,
  );
});
