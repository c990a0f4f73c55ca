/** F3, I1, I2, I5, I7, I8: an exported audit file is whole or not at all, the same in any process, and no byte of it changes unseen. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { projectRoot, spawnProgram } from '../support/cli.ts';
import { faultSeed, faultTrials, reportFigures, seeded } from '../support/figures.ts';
import { tamper } from '../support/flip-bytes.ts';
import { needs } from '../support/needs.ts';
import { anyPython } from '../support/python.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { SealedLedger } from '../support/sealed-ledger.ts';
import { pause, startChild, until } from './support/child.ts';

const testWithPython = needs('python').test;

const hour = 3_600_000;
const ledger = new SealedLedger(scratchDirectory());
const { bench } = ledger;
let key: string;

beforeAll(async () => {
  await ledger.fill();
  key = (await ledger.answered(['ledger', 'prove', 'ledger@0'])).result['verifierKey'] as string;
}, hour);

const joined = (text: readonly string[]): Buffer => Buffer.from(`${text.join('\n')}\n`);

const fileOf = (content: Uint8Array): string => bench.write('strange', content);

async function exported(name: string, ...selection: readonly string[]): Promise<Buffer> {
  const file = bench.path(name);
  await ledger.answered(['audit', 'export', ...selection, '-o', file, '--force']);
  return readFileSync(file);
}

interface Judged {
  readonly exit: number;
  readonly faults: readonly { readonly line: number; readonly kind: string }[];
  readonly unsealed: number;
}

async function judged(bytes: Uint8Array, verifierKey: string = key): Promise<Judged> {
  const file = bench.write('judged.jsonl', bytes);
  const { exit, result } = await bench.json(['audit', 'verify', file, '--vkey', verifierKey]);
  return { exit, ...(result as unknown as Omit<Judged, 'exit'>) };
}

describe('an export', () => {
  test(
    'F3: killed at any instant leaves the old file or the new one',
    async () => {
      const seed = faultSeed();
      const random = seeded(seed);
      const trials = faultTrials(6);
      const whole = [await exported('all.jsonl', '--all'), await exported('run.jsonl', '--run', ledger.metaRun)];
      const file = bench.path('killed.jsonl');
      writeFileSync(file, whole[0]!);
      const figures = { torn: 0, old: 0, new: 0, partsLeft: 0 };
      for (let trial = 0; trial < trials; trial++) {
        const started = bench.path(`started-${trial}`);
        const child = startChild('export-until-killed.ts', { store: bench.store, run: ledger.metaRun, file, started });
        await until(() => existsSync(started));
        await pause(random() * 120);
        child.process.kill('SIGKILL');
        expect((await child.ended).signal).toBe('SIGKILL');
        const found = readFileSync(file);
        if (found.equals(whole[0]!)) figures.old++;
        else if (found.equals(whole[1]!)) figures.new++;
        else figures.torn++;
      }
      figures.partsLeft = readdirSync(dirname(file)).filter((name) => name.endsWith('.part')).length;
      reportFigures({ test: 'F3 kill -9 during audit export', seed, trials, ...figures });
      expect(figures.torn).toBe(0);
      expect((await judged(readFileSync(file))).exit).toBe(0);
    },
    hour,
  );

  test('F3: of a ledger that turns out damaged in the middle leaves the old file', async () => {
    const before = await exported('kept.jsonl', '--all');
    const store = ledger.copy('damaged.sqlite');
    tamper(
      store,
      "UPDATE events SET bytes = CAST(replace(CAST(bytes AS TEXT), 'tester', 'Tester') AS BLOB) WHERE position = (SELECT " +
        'max(position) - 3 FROM events)',
    );
    const refused = await bench.json(['audit', 'export', '--all', '-o', bench.path('kept.jsonl'), '--force', '--store', store]);
    expect(refused).toMatchObject({ exit: 1, error: { code: 'ChainBroken' } });
    expect(readFileSync(bench.path('kept.jsonl')).equals(before)).toBe(true);
  });

  test(
    'I8: has the same bytes in another process, time zone and locale',
    async () => {
      const selections = [['--all'], ['--run', ledger.metaRun], ['--run', ledger.sleeveRun]];
      let different = 0;
      for (const [index, selection] of selections.entries()) {
        const here = await exported('here.jsonl', ...selection);
        const file = bench.path(`there-${index}.jsonl`);
        const { ended } = spawnProgram(bench, ['audit', 'export', ...selection, '-o', file, '--force', '--json'], {
          TZ: 'Asia/Tokyo',
          LC_ALL: 'tr_TR.UTF-8',
        });
        expect((await ended).exit).toBe(0);
        if (!readFileSync(file).equals(here)) different++;
      }
      reportFigures({ test: 'I8 export in another process', seed: null, trials: selections.length, different });
      expect(different).toBe(0);
    },
    hour,
  );
});

describe.each(['--all', '--run'])('a file of %s', (selection) => {
  let bytes: Buffer;
  const lines = (): string[] => bytes.toString('utf8').split('\n').slice(0, -1);

  beforeAll(async () => {
    bytes = selection === '--all' ? await exported('whole.jsonl', '--all') : await exported('whole.jsonl', '--run', ledger.metaRun);
  }, hour);

  test('has no fault, and every line but that of the seal is sealed', async () => {
    expect(await judged(bytes)).toMatchObject({ exit: 0, faults: [], unsealed: selection === '--all' ? 1 : 0 });
  });

  test(
    'I1: has no byte that could be changed unseen, and the line is named',
    async () => {
      const seed = faultSeed();
      const random = seeded(seed);
      const trials = faultTrials(60);
      let detected = 0;
      let located = 0;
      for (let trial = 0; trial < trials; trial++) {
        const at = Math.floor(random() * bytes.length);
        const flipped = Buffer.from(bytes);
        flipped[at]! ^= 1 << Math.floor(random() * 8);
        const line = 1 + bytes.subarray(0, at).filter((byte) => byte === 0x0a).length;
        const { exit, faults } = await judged(flipped);
        if (exit === 1) detected++;
        if (faults.some((fault) => fault.line === line)) located++;
      }
      reportFigures({ test: `I1 one byte of an export ${selection}`, seed, trials, detected, located });
      expect({ detected, located }).toEqual({ detected: trials, located: trials });
    },
    hour,
  );

  test(
    'I2: loses, exchanges, doubles no line unseen',
    async () => {
      const all = lines();
      let tried = 0;
      let detected = 0;
      const step = Math.max(1, Math.floor(all.length / faultTrials(12)));
      for (let at = 0; at < all.length; at += step) {
        const other = all[(at + 1) % all.length]!;
        const damages = [
          all.toSpliced(at, 1),
          all.toSpliced(at, 0, all[at]!),
          at + 1 < all.length ? all.toSpliced(at, 2, other, all[at]!) : all.toSpliced(at, 0, other),
        ];
        for (const damage of damages) {
          tried++;
          if ((await judged(joined(damage))).exit === 1) detected++;
        }
      }
      reportFigures({ test: `I2 line deleted, doubled, exchanged ${selection}`, seed: null, trials: tried, detected });
      expect(detected).toBe(tried);
    },
    hour,
  );

  test(
    'I7: is called torn wherever it is cut',
    async () => {
      const seed = faultSeed();
      const random = seeded(seed);
      const trials = faultTrials(30);
      let torn = 0;
      for (let trial = 0; trial < trials; trial++) {
        const { exit, faults } = await judged(bytes.subarray(0, Math.floor(random() * bytes.length)));
        if (exit === 1 && faults.some(({ kind }) => kind === 'torn')) torn++;
      }
      reportFigures({ test: `I7 cut at any byte ${selection}`, seed, trials, torn });
      expect(torn).toBe(trials);
    },
    hour,
  );

  testWithPython(
    'I5: the independent verifier accepts it and rejects what we reject',
    () => {
      const seed = faultSeed();
      const random = seeded(seed);
      const script = join(projectRoot, 'examples/verify_audit.py');
      const python = (content: Uint8Array): number => {
        const file = bench.write('python.jsonl', content);
        return spawnSync(anyPython, ['-I', script, file, '--vkey', key, '--json'], { encoding: 'utf8' }).status ?? -1;
      };
      expect(python(bytes)).toBe(0);
      const all = lines();
      const at = Math.floor(random() * (all.length - 1));
      const flipped = Buffer.from(bytes);
      flipped[Math.floor(random() * bytes.length)]! ^= 4;
      for (const damage of [
        flipped,
        joined(all.toSpliced(at, 1)),
        joined(all.toSpliced(at, 2, all[at + 1]!, all[at]!)),
        joined(all.toSpliced(at, 0, all[at]!)),
        joined(all.slice(0, -1)),
        bytes.subarray(0, bytes.length - 1),
      ]) {
        expect(python(damage)).toBe(1);
      }
    },
    hour,
  );
});

describe('a file that is not an export', () => {
  test.each([
    ['empty', new Uint8Array(0)],
    ['binary garbage', Uint8Array.from({ length: 50_000 }, (_, index) => (index * index * 31) % 256)],
    ['an empty line', Buffer.from('\n')],
    ['JSON of another kind', Buffer.from('{"a":1}\n[2]\nnull\n')],
    ['a byte order mark', Buffer.from('\ufeff{}\n')],
  ])('%s: has faults and no seal', async (_, content) => {
    const { exit, result } = await bench.json(['audit', 'verify', fileOf(content)]);
    expect(exit).toBe(1);
    expect(result).toMatchObject({ sealedTo: 0, seal: null });
    expect((result['faults'] as unknown[]).length).toBeGreaterThan(0);
  });

  test('with a line beyond all bounds is refused before it fills the memory', async () => {
    const answer = await bench.json(['audit', 'verify', fileOf(Buffer.alloc(6_000_000, 'x'))]);
    expect(answer).toMatchObject({ exit: 1, error: { code: 'AuditFileInvalid', at: { line: 1 } } });
  });

  test('that is missing, or a folder, is said to be', async () => {
    expect(await bench.json(['audit', 'verify', bench.path('nowhere.jsonl')])).toMatchObject({ exit: 66, error: { code: 'FileMissing' } });
    expect(await bench.json(['audit', 'verify', bench.directory])).toMatchObject({ error: { code: 'FileUnreadable' } });
    rmSync(bench.path('nowhere.jsonl'), { force: true });
  });
});
