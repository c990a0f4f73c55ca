/** A store that is deleted or replaced under a process that works on it. */
import { copyFileSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createTools, openStore } from '../../bin/adapters.ts';
import type { EventStore, StoredEvent } from '../../handlers/ports/ports.ts';
import { keepingLedger } from '../../handlers/roles/keeping-ledger.ts';
import { openLedger } from '../../handlers/ledger/open-ledger.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import { resolveSettings } from '../../handlers/runtime/settings.ts';
import { openSqlite } from '../../infra/sqlite/open.ts';
import { createIntake } from '../../handlers/intake/intake.ts';
import { ledgerSession, storeLike } from '../support/ledger-session.ts';
import { sampleEvents } from '../support/sample-events.ts';
import { defineSleeve, resultMessage, sleeveResult } from '../support/sleeve-results.ts';
import { spawnProgram, Workbench } from '../support/cli.ts';
import { scratchDirectory } from '../support/scratch.ts';

const scratch = scratchDirectory();
const other = new Workbench(scratch);
beforeAll(async () => {
  await other.produce('coins');
});

const sides = ['', '-wal', '-shm'];

/** What somebody who may write in the folder does; each leaves the running process with files that nobody finds again. */
const attacks: Readonly<Record<string, (store: string) => void>> = {
  'is deleted': (store) => rmSync(store),
  'is deleted with its log': (store) => sides.forEach((side) => rmSync(`${store}${side}`, { force: true })),
  'is moved away': (store) => renameSync(store, `${store}.moved`),
  'is replaced by another ledger': (store) => {
    copyFileSync(other.store, `${store}.new`);
    renameSync(`${store}.new`, store);
  },
  'is replaced by an older copy of itself': (store) => {
    writeFileSync(`${store}.new`, readFileSync(store));
    renameSync(`${store}.new`, store);
  },
  'has another ledger written over it': (store) => copyFileSync(other.store, store),
  'loses its log': (store) => rmSync(`${store}-wal`),
  'loses the index of its log': (store) => rmSync(`${store}-shm`),
  'becomes a folder': (store) => {
    rmSync(store);
    mkdirSync(store);
  },
};

async function until(what: () => boolean): Promise<void> {
  const started = performance.now();
  while (!what()) {
    if (performance.now() - started > 60_000) throw new Error('nothing happened');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a worker whose store', () => {
  const worksIn: Readonly<Record<string, (bench: Workbench) => readonly string[]>> = {
    work: () => ['work', '--roles', 'react,project,seal'],
    'work with one idle role': () => ['work', '--roles', 'seal'],
    watch: (bench) => ['watch', bench.directory],
  };
  const cases = Object.keys(attacks).flatMap((attack) => [[attack, attack === 'is deleted' ? Object.keys(worksIn) : ['work']] as const]);

  test.each(cases)(
    '%s ends by itself, not with success',
    async (attack, names) => {
      for (const name of names) {
        const bench = new Workbench(scratch);
        await bench.produce('stocks');
        const { process: child, ended, logged } = spawnProgram(bench, worksIn[name]!(bench), { SLEEVE_LEDGER_LOG_LEVEL: 'error' });
        try {
          await until(() => /Working on|Watching/.test(logged()) || child.exitCode !== null);
          // Long enough to have looked once.
          await new Promise((resolve) => setTimeout(resolve, 1_200));
          attacks[attack]!(bench.store);
          const attacked = performance.now();
          const { exit, stderr } = await ended;
          expect([name, exit]).toEqual([name, 74]);
          expect(stderr).toContain('StoreReplaced');
          expect(stderr).toContain('restore a backup');
          // A second, and what a loaded machine takes to end a process.
          expect(performance.now() - attacked).toBeLessThan(6_000);
        } finally {
          child.kill('SIGKILL');
        }
      }
    },
    120_000,
  );

  test('stands as it was goes on: another process that opens, writes and closes it is no attack', async () => {
    const bench = new Workbench(scratch);
    await bench.produce('stocks');
    const { process: child, ended, logged } = spawnProgram(bench, ['work', '--roles', 'react,project,seal']);
    try {
      await until(() => logged().includes('Working on'));
      linkSync(bench.store, join(bench.directory, 'second-name'));
      await bench.produce('funds');
      await bench.json(['ledger', 'backup', '--to', bench.path('backup.sqlite')]);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      expect(child.exitCode).toBeNull();
      child.kill('SIGTERM');
      expect((await ended).exit).toBe(0);
    } finally {
      child.kill('SIGKILL');
    }
  }, 60_000);
});

describe('a worker of a server', () => {
  test.each([
    [
      'another ledger',
      (event: StoredEvent) => [
        {
          ...event,
          bytes: Buffer.from(
            Buffer.from(event.bytes)
              .toString()
              .replace(/(?<="ledgerId":")./, (digit) => (digit === 'a' ? 'b' : 'a')),
          ),
        },
      ],
    ],
    ['no ledger', () => []],
  ] as const)('that holds %s now ends by itself', async (_, changed) => {
    const { session } = await ledgerSession(join(scratch, 'of-a-server.sqlite'));
    const { store } = session.ports;
    let asked = 0;
    const readStream: EventStore['readStream'] = async (...given) => {
      const page = await store.readStream(...given);
      return ++asked < 3 ? page : changed(page[0]!);
    };
    const ports = { ...session.ports, store: storeLike(store, { readStream }) };
    await expect(keepingLedger({ ...session, ports }).run(new AbortController().signal)).rejects.toMatchObject({ code: 'StoreReplaced' });
    expect(asked).toBe(3);
  });
});

describe('an append', () => {
  test.each(Object.keys(attacks).filter((name) => !name.startsWith('has another')))(
    'to a store that %s is not acknowledged, also at the very moment of the commit',
    async (attack) => {
      const bench = new Workbench(scratch);
      const ledger = openSqlite(bench.store, { access: 'write', create: true });
      const stream = 'sleeveRun-one';
      const [first, ...rest] = sampleEvents({ stream, count: 3 });
      await ledger.store.append(stream, [first!], { expectedRevision: 'none' });
      attacks[attack]!(bench.store);
      await expect(ledger.store.append(stream, rest, { expectedRevision: 0n })).rejects.toMatchObject({ code: 'StoreReplaced' });
      ledger.close();
    },
  );

  test('of a message taken in is not acknowledged either: its offset stays uncommitted', async () => {
    const { settings } = resolveSettings({ store: new Workbench(scratch).store }, {}, null);
    const ports = { ...createTools({ logLevel: 'silent', isTerminal: false }), ...(await openStore(settings.store, 'write')) };
    const session: Session = { ports, ledger: await openLedger(ports, settings, true), actor: 'tests' };
    await defineSleeve(session, 'coins');
    const intake = createIntake(session, {
      resultsTopic: 'results',
      deadLetters: null,
      deadLettersTopic: 'letters',
      onPoison: 'hold',
      failpoint: (step) => {
        if (step === 'run recorded') rmSync(settings.store);
      },
    });
    await expect(intake.handle(resultMessage(sleeveResult({})), async () => undefined)).rejects.toMatchObject({ code: 'StoreReplaced' });
    await ports.store.close();
  });
});
