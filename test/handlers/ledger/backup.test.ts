/** Backups are verified before they get their name, restored ledgers before they take a place. */
import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer } from '../../support/cli.ts';
import { flipFileBit } from '../../support/flip-bytes.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { SealedLedger } from '../../support/sealed-ledger.ts';

const ledger = new SealedLedger(scratchDirectory());
const { bench } = ledger;
let given: string[];
let events: number;
let vkey: string;

const run = async (...argv: string[]): Promise<Answer & { readonly exit: number }> => bench.json(argv);
/** Checkpoints by their size; beside them stands the latest once more. */
const checkpointsIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => /^\d{12}\.checkpoint$/.test(name))
    .toSorted();
const newestCheckpoint = (): string => join(ledger.witness, checkpointsIn(ledger.witness).at(-1)!);

/** Files whose names begin so. */
function filesOf(file: string): string[] {
  return readdirSync(bench.directory)
    .filter((name) => name.startsWith(basename(file)))
    .toSorted();
}

async function backedUp(name: string, ...more: string[]): Promise<string> {
  const file = bench.path(name);
  expect(await run('ledger', 'backup', '--to', file, ...more)).toMatchObject({ exit: 0 });
  return file;
}

beforeAll(async () => {
  await ledger.fill();
  events = (await bench.events()).length;
  given = ['--key', `${bench.store}.key`, '--witness', ledger.witness];
  vkey = (JSON.parse(readFileSync(`${bench.store}.key`, 'utf8')) as { verifierKey: string }).verifierKey;
}, 60_000);

describe('ledger backup', () => {
  test('writes one file and the checkpoint it was verified to, and reports both', async () => {
    const file = bench.path('backup.sqlite');
    const answer = await run('ledger', 'backup', '--to', file);
    const sealedTo = Number(basename(newestCheckpoint()).slice(0, 12));
    expect(answer).toMatchObject({
      exit: 0,
      warnings: [],
      result: {
        file,
        bytes: statSync(file).size,
        events,
        sealedTo,
        unsealed: events - sealedTo,
        witnessedTo: sealedTo,
        checkpointFile: `${file}.checkpoint`,
      },
    });
    expect(answer.ledgerId).toBe((await run('ledger', 'seal')).ledgerId);
    expect(filesOf(file)).toEqual(['backup.sqlite', 'backup.sqlite.checkpoint']);
    expect(readFileSync(`${file}.checkpoint`)).toEqual(readFileSync(newestCheckpoint()));
    chmodSync(file, 0o444);
    expect(await run('ledger', 'verify', '--store', file, '--checkpoint', `${file}.checkpoint`, '--vkey', vkey)).toMatchObject({
      exit: 0,
      result: { faults: [], witnessedTo: sealedTo },
    });
    expect(filesOf(file)).toEqual(['backup.sqlite', 'backup.sqlite.checkpoint']);
  });

  test('overwrites nothing, and refuses a server', async () => {
    const taken = bench.write('taken.sqlite', 'mine');
    expect(await run('ledger', 'backup', '--to', taken)).toMatchObject({ exit: 2, error: { code: 'LedgerExists' } });
    bench.write('beside.sqlite.checkpoint', 'mine');
    expect(await run('ledger', 'backup', '--to', bench.path('beside.sqlite'))).toMatchObject({ error: { code: 'LedgerExists' } });
    expect(await run('ledger', 'backup', '--to', bench.path('x.sqlite'), '--store', 'esdb://ops:hidden@localhost:2113')).toMatchObject({
      exit: 2,
      error: { code: 'Usage', message: expect.stringContaining('ledger copy') as unknown },
    });
    expect(await run('ledger', 'backup', '--to', bench.path('x.sqlite'), '--store', bench.path('none.sqlite'))).toMatchObject({
      exit: 66,
      error: { code: 'LedgerMissing' },
    });
    expect(readFileSync(taken, 'utf8')).toBe('mine');
    expect(filesOf('x.sqlite')).toEqual([]);
    expect(filesOf('beside.sqlite')).toEqual(['beside.sqlite.checkpoint']);
  });

  test('of a damaged ledger, or of one that is shorter than what was witnessed, is refused and leaves nothing', async () => {
    const damaged = ledger.copy('damaged.sqlite');
    const database = new Database(damaged);
    database
      .prepare(
        'UPDATE events SET bytes = CAST(replace(CAST(bytes AS TEXT), \'"actor":"tester"\', \'"actor":"tasted"\') AS BLOB) WHERE ' +
          'position = 3',
      )
      .run();
    database.close();
    const refused = await run('ledger', 'backup', '--to', bench.path('of-damaged.sqlite'), '--store', damaged, ...given);
    expect(refused).toMatchObject({ exit: 1, error: { code: 'BackupInvalid', at: { file: bench.path('of-damaged.sqlite') } } });
    expect((refused.error!.evidence['faults'] as object[])[0]).toMatchObject({ kind: 'hash_mismatch', position: '3' });
    const cut = ledger.copy('cut.sqlite');
    const shorter = new Database(cut);
    shorter.prepare('DELETE FROM events WHERE position > 10').run();
    shorter.close();
    const tail = await run('ledger', 'backup', '--to', bench.path('of-cut.sqlite'), '--store', cut, ...given);
    expect(tail).toMatchObject({ exit: 1, error: { code: 'BackupInvalid' } });
    expect(JSON.stringify(tail.error!.evidence)).toContain('sealed_tail_cut');
    expect([...filesOf('of-damaged.sqlite'), ...filesOf('of-cut.sqlite')]).toEqual([]);
  });

  test('says so when nothing outside the ledger witnesses its end', async () => {
    const unwitnessed = await run('ledger', 'backup', '--to', bench.path('unwitnessed.sqlite'), '--witness', bench.path('no-witness'));
    expect(unwitnessed).toMatchObject({ exit: 0, result: { witnessedTo: 0, checkpointFile: null } });
    expect(unwitnessed.warnings).toHaveLength(1);
    expect(filesOf('unwitnessed.sqlite')).toEqual(['unwitnessed.sqlite']);
  });
});

describe('ledger restore', () => {
  test('gives the same ledger back: verified, replayed, the same weights, and it goes on', async () => {
    const file = await backedUp('to-restore.sqlite');
    const store = bench.path('restored.sqlite');
    const answer = await run('ledger', 'restore', '--from', file, '--store', store, ...given);
    expect(answer).toMatchObject({
      exit: 0,
      warnings: [],
      result: { from: file, store, events, lost: 0, checkpoint: `${file}.checkpoint` },
    });
    const database = new Database(store, { readonly: true });
    expect(database.prepare('SELECT count(*) FROM projection_rows').pluck().get()).toBe(0);
    database.close();
    expect(await run('ledger', 'verify', '--store', store, ...given)).toMatchObject({ exit: 0, result: { faults: [], events } });
    expect(await run('replay', '--all', '--store', store)).toMatchObject({ exit: 0, result: { different: [] } });
    expect((await run('weights', '--meta', 'whole', '--store', store)).result).toEqual((await run('weights', '--meta', 'whole')).result);
    expect(
      await run(
        'sleeve',
        'quarantine',
        'coins',
        '--why',
        'for the test',
        '--store',
        store,
        '--key',
        `${bench.store}.key`,
        '--witness',
        ledger.anotherWitness('new-witness'),
      ),
    ).toMatchObject({ exit: 0 });
    expect(filesOf('restored.sqlite').filter((name) => name.includes('partial'))).toEqual([]);
  });

  test(
    "verifies to the checkpoint given: an older one holds, a later or another ledger's does not, and a malformed key is " +
      'said to be one',
    async () => {
      const file = await backedUp('judged.sqlite');
      const oldest = join(ledger.witness, checkpointsIn(ledger.witness)[0]!);
      const older = await run(
        'ledger',
        'restore',
        '--from',
        file,
        '--store',
        bench.path('older.sqlite'),
        '--checkpoint',
        oldest,
        '--vkey',
        vkey,
        ...given,
      );
      expect(older).toMatchObject({ exit: 0, result: { witnessedTo: Number(basename(oldest).slice(0, 12)) } });

      const ahead = ledger.copy('ahead.sqlite');
      const aheadWitness = ledger.anotherWitness('ahead.witness');
      expect(
        await run(
          'sleeve',
          'quarantine',
          'coins',
          '--why',
          'for the test',
          '--store',
          ahead,
          '--key',
          `${bench.store}.key`,
          '--witness',
          aheadWitness,
        ),
      ).toMatchObject({ exit: 0 });
      const later = join(aheadWitness, checkpointsIn(aheadWitness).at(-1)!);
      const target = bench.path('never.sqlite');
      const refused = await run('ledger', 'restore', '--from', file, '--store', target, '--checkpoint', later, '--vkey', vkey);
      expect(refused).toMatchObject({
        exit: 1,
        error: { code: 'BackupInvalid', evidence: { faults: [{ kind: 'sealed_tail_cut', file: later }] } },
      });

      expect(await run('ledger', 'init', '--store', bench.path('foreign.sqlite'))).toMatchObject({ exit: 0 });
      expect(await run('ledger', 'seal', '--store', bench.path('foreign.sqlite'))).toMatchObject({ exit: 0 });
      const foreign = join(bench.path('foreign.sqlite.witness'), checkpointsIn(bench.path('foreign.sqlite.witness'))[0]!);
      expect(await run('ledger', 'restore', '--from', file, '--store', target, '--checkpoint', foreign)).toMatchObject({
        exit: 1,
        error: { code: 'BackupInvalid', evidence: { faults: [{ kind: 'checkpoint_invalid' }] } },
      });
      expect(await run('ledger', 'restore', '--from', file, '--store', target, '--checkpoint', oldest, '--vkey', 'nonsense')).toMatchObject(
        {
          exit: 2,
          error: { code: 'Usage' },
        },
      );
      expect(filesOf('never.sqlite')).toEqual([]);

      // The later checkpoint is in the folder that goes with the store: the loss is told, and nothing signs over it.
      const lost = await run(
        'ledger',
        'restore',
        '--from',
        file,
        '--store',
        bench.path('lost.sqlite'),
        '--key',
        `${bench.store}.key`,
        '--witness',
        aheadWitness,
      );
      expect(lost).toMatchObject({ exit: 0, result: { lost: 1 } });
      expect(lost.warnings[0]).toContain('lost');
      expect(
        await run('ledger', 'seal', '--store', bench.path('lost.sqlite'), '--key', `${bench.store}.key`, '--witness', aheadWitness),
      ).toMatchObject({ exit: 1, error: { code: 'CheckpointInconsistent' } });
    },
  );

  test('takes the place of nothing: no store, no log of one that is gone, no server', async () => {
    const file = await backedUp('for-places.sqlite');
    expect(await run('ledger', 'restore', '--from', file)).toMatchObject({ exit: 2, error: { code: 'LedgerExists' } });
    const store = bench.path('gone.sqlite');
    bench.write('gone.sqlite-wal', 'what a database that was deleted has left');
    expect(await run('ledger', 'restore', '--from', file, '--store', store)).toMatchObject({
      exit: 2,
      error: { code: 'LedgerExists', at: { file: `${store}-wal` } },
    });
    expect(filesOf('gone.sqlite')).toEqual(['gone.sqlite-wal']);
    expect(await run('ledger', 'restore', '--from', file, '--store', 'esdb://localhost:2113')).toMatchObject({
      exit: 2,
      error: { code: 'Usage' },
    });
    expect(await run('ledger', 'restore', '--from', bench.path('nowhere.sqlite'), '--store', store)).toMatchObject({
      exit: 66,
      error: { code: 'FileMissing' },
    });
    expect(
      await run('ledger', 'restore', '--from', file, '--store', bench.path('x.sqlite'), '--checkpoint', bench.path('nowhere')),
    ).toMatchObject({ exit: 66, error: { code: 'FileMissing' } });
    expect(filesOf('x.sqlite')).toEqual([]);
  });

  test('warns where no checkpoint or no key is at hand', async () => {
    const file = bench.path('bare.sqlite');
    copyFileSync(await backedUp('bare-source.sqlite'), file);
    const bare = await run('ledger', 'restore', '--from', file, '--store', bench.path('bare-restored.sqlite'));
    expect(bare).toMatchObject({ exit: 0, result: { witnessedTo: 0, checkpoint: null } });
    expect(bare.warnings).toHaveLength(2);
    const byKey = await run('ledger', 'restore', '--from', file, '--store', bench.path('x.sqlite'), '--vkey', vkey);
    expect(byKey).toMatchObject({ exit: 0, result: { anchor: { by: 'key', verifierKey: vkey } } });
  });

  test('does not trust the read models of a backup, and refuses one in which anything else was changed', async () => {
    const file = await backedUp('changed.sqlite');
    const database = new Database(file);
    database.prepare("UPDATE projection_rows SET value = '{}'").run();
    database.close();
    const store = bench.path('changed-restored.sqlite');
    const answer = await run('ledger', 'restore', '--from', file, '--store', store, ...given);
    expect(answer).toMatchObject({ exit: 0 });
    expect(answer.warnings).toEqual(['the read models of the backup were not what a fold gives; they are folded again']);
    expect((await run('weights', '--meta', 'whole', '--store', store)).result).toEqual((await run('weights', '--meta', 'whole')).result);

    const bits = readFileSync(file);
    const at = bits.indexOf('"type":"PortfolioFlattened"');
    flipFileBit(file, at + 10, 0);
    expect(await run('ledger', 'restore', '--from', file, '--store', bench.path('never.sqlite'))).toMatchObject({
      exit: 1,
      error: { code: 'BackupInvalid', at: { file } },
    });
    for (const content of [
      Buffer.alloc(0),
      Buffer.from('no database at all'),
      bits.subarray(0, 8_192),
      bits.subarray(0, bits.length / 2),
    ]) {
      writeFileSync(file, content);
      expect(await run('ledger', 'restore', '--from', file, '--store', bench.path('never.sqlite'))).toMatchObject({
        exit: 1,
        error: { code: 'BackupInvalid' },
      });
    }
    expect(existsSync(bench.path('never.sqlite'))).toBe(false);
    expect(filesOf('never.sqlite')).toEqual([]);
  });
});
