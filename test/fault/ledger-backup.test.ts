/** F13 and beyond: backups while others write and seal, backups that were damaged, copies that were killed. */
import { cpSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { openSqlite } from '../../infra/sqlite/open.ts';
import { comparable } from '../contract/event-store-bench.ts';
import { spawnProgram } from '../support/cli.ts';
import { faultSeed, faultTrials, reportFigures, seeded } from '../support/figures.ts';
import { flipFileBit } from '../support/flip-bytes.ts';
import { addRun } from '../support/ledger-session.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { SealedLedger } from '../support/sealed-ledger.ts';
import { pause, startChild, until } from './support/child.ts';
import { addressesIn } from '../support/artifact-addresses.ts';

const hour = 3_600_000;
const ledger = new SealedLedger(scratchDirectory());
const { bench } = ledger;
const keyAndWitness = ['--key', `${bench.store}.key`, '--witness', ledger.witness];

beforeAll(async () => {
  await ledger.fill();
}, hour);

/** Every event and artifact of a store, as text. */
async function contentOf(file: string): Promise<readonly string[]> {
  const { store, artifacts, close } = openSqlite(file, { access: 'read', create: false });
  const content: string[] = [];
  for (let after: string | null = null; ;) {
    const page: Awaited<ReturnType<typeof store.readAll>> = await store.readAll({ after, maxCount: 1_000, types: null });
    content.push(...page.map((event) => JSON.stringify(comparable(event))));
    if (page.length === 0) break;
    after = page.at(-1)!.position;
  }
  for (const address of await addressesIn(artifacts)) content.push(Buffer.from(await artifacts.get(address)).toString('latin1'));
  close();
  return content;
}

function removed(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '.checkpoint']) rmSync(file + suffix, { force: true });
}

test(
  'F13 a backup taken while others write and seal verifies to the checkpoint that was witnessed when it began',
  async () => {
    const trials = Math.min(20, faultTrials(3));
    const file = ledger.copy('written.sqlite');
    const acknowledgements = join(bench.directory, 'acknowledged');
    const writer = startChild('append-until-killed.ts', { file, streams: ['sleeveRun-written'], acknowledgements });
    await until(() => existsSync(acknowledgements) && statSync(acknowledgements).size > 0);
    const figures = { refused: 0, notRestored: 0, sealsMeanwhile: 0, events: 0 };
    const witness = join(bench.directory, 'written.witness');
    cpSync(ledger.witness, witness, { recursive: true });
    const store = ['--store', file, '--key', `${bench.store}.key`, '--witness', witness];
    for (let trial = 0; trial < trials; trial++) {
      const target = join(bench.directory, `backup-${trial}.sqlite`);
      const [backup, seal] = await Promise.all([
        bench.json(['ledger', 'backup', '--to', target, ...store]),
        bench.json(['ledger', 'seal', ...store]),
      ]);
      if (backup.exit !== 0) figures.refused++;
      if (seal.exit === 0) figures.sealsMeanwhile++;
      const restored = await bench.json([
        'ledger',
        'restore',
        '--from',
        target,
        '--store',
        join(bench.directory, `restored-${trial}.sqlite`),
        '--key',
        `${bench.store}.key`,
        '--witness',
        join(bench.directory, 'none'),
      ]);
      if (restored.exit !== 0 || restored.result['witnessedTo'] !== backup.result['witnessedTo']) figures.notRestored++;
      figures.events = Number(restored.result['events']);
    }
    writer.process.kill('SIGKILL');
    await writer.ended;
    reportFigures({ test: 'F13 backups verified and restored while others write and seal', seed: null, trials, ...figures });
    expect(figures).toMatchObject({ refused: 0, notRestored: 0, sealsMeanwhile: trials });
    expect(figures.events).toBeGreaterThan(100);
  },
  hour,
);

test(
  'a bit flipped anywhere in a backup is refused, or what is restored is the ledger that was backed up',
  async () => {
    const seed = faultSeed();
    const trials = faultTrials(60);
    const random = seeded(seed);
    const backup = join(bench.directory, 'flipped.sqlite');
    const target = join(bench.directory, 'flipped-restored.sqlite');
    expect(await bench.json(['ledger', 'backup', '--to', backup])).toMatchObject({ exit: 0 });
    const content = await contentOf(bench.store);
    const figures = { refused: 0, restoredTheSame: 0, restoredAnother: 0, leftBehind: 0 };
    const bytes = statSync(backup).size;
    for (let trial = 0; trial < trials; trial++) {
      // The chunks of large artifacts fill most pages: half of the flips go to the others.
      const offset = Math.floor(random() * (trial % 2 === 0 ? bytes : Math.min(bytes, 200_000)));
      const bit = Math.floor(random() * 8);
      flipFileBit(backup, offset, bit);
      const answer = await bench.json(['ledger', 'restore', '--from', backup, '--store', target, ...keyAndWitness]);
      flipFileBit(backup, offset, bit);
      if (answer.exit === 0) {
        const same = JSON.stringify(await contentOf(target)) === JSON.stringify(content);
        figures[same ? 'restoredTheSame' : 'restoredAnother']++;
      } else {
        expect(answer.error?.code).toMatch(/^(?:BackupInvalid|StoreTooNew)$/);
        figures.refused++;
        figures.leftBehind += readdirSync(bench.directory).filter((name) => name.startsWith('flipped-restored')).length;
      }
      removed(target);
    }
    reportFigures({ test: 'bits flipped in a backup', seed, trials, ...figures });
    expect(figures).toMatchObject({ restoredAnother: 0, leftBehind: 0 });
    expect(figures.refused).toBeGreaterThan(trials / 4);
  },
  hour,
);

test(
  'a copy killed (SIGKILL) at any instant is completed by the same command',
  async () => {
    const seed = faultSeed();
    const trials = faultTrials(4);
    const random = seeded(seed + 2);
    const from = ledger.copy('long.sqlite');
    const source = openSqlite(from, { access: 'write', create: false });
    for (let run = 0; run < 1_500; run++) await addRun(source.store, `long-${run}`, 2);
    source.close();
    const content = JSON.stringify(await contentOf(from));
    const figures = { killedMidway: 0, notCompleted: 0, notTheSame: 0, faults: 0 };
    for (let trial = 0; trial < trials; trial++) {
      const to = join(bench.directory, `killed-${trial}.sqlite`);
      const copying = spawnProgram(bench, ['ledger', 'copy', '--from', from, '--to', to, '--json']);
      await until(() => copying.process.exitCode !== null || (existsSync(`${to}-wal`) && statSync(`${to}-wal`).size > 2_000_000));
      await pause(random() * 400);
      copying.process.kill('SIGKILL');
      await copying.ended;
      const completed = await bench.json(['ledger', 'copy', '--from', from, '--to', to]);
      if (completed.exit !== 0 || completed.result['root'] !== completed.result['targetRoot']) figures.notCompleted++;
      else if (Number(completed.result['events']) > 0) figures.killedMidway++;
      if (JSON.stringify(await contentOf(to)) !== content) figures.notTheSame++;
      if ((await ledger.verify(to)).exit !== 0) figures.faults++;
    }
    reportFigures({ test: 'copies killed (SIGKILL) and completed', seed, trials, ...figures });
    expect(figures).toMatchObject({ notCompleted: 0, notTheSame: 0, faults: 0 });
    expect(figures.killedMidway).toBeGreaterThan(0);
  },
  hour,
);
