/** Backups, restored ledgers, copies and new ledgers: where they go, what is said of them, and what is no file. */
import { existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { backUp, restoreBackup } from '../../../handlers/commands/back-up-ledger.ts';
import { copyInto } from '../../../handlers/commands/copy-ledger.ts';
import { initLedger } from '../../../handlers/commands/init-ledger.ts';
import type { Opening } from '../../../handlers/runtime/opening.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();
const server = 'esdb://admin:changeit@ledger.example:2113';
const redactedServer = 'esdb://admin:***@ledger.example:2113';

/** A way to a ledger that opens nothing. */
const opening = (store: string): Opening =>
  ({
    settings: { store },
    tools: {},
    opening: () => {
      throw new Error('nothing is opened');
    },
  }) as unknown as Opening;

async function begun(): Promise<Workbench> {
  const bench = new Workbench(scratch);
  for (const words of [
    ['ledger', 'init'],
    ['ledger', 'seal'],
  ])
    expect((await bench.json(words)).exit).toBe(0);
  return bench;
}

describe('a backup', () => {
  test('and what is restored from it say where the ledger, its key and its checkpoint stand', async () => {
    const bench = await begun();
    const file = bench.path('backup.sqlite');
    const { result } = await bench.json(['ledger', 'backup', '--to', file]);
    const keyFile = `${bench.store}.key`;
    expect(result).toMatchObject({ file, bytes: statSync(file).size, checkpointFile: `${file}.checkpoint` });
    const { verifierKey } = JSON.parse(readFileSync(keyFile, 'utf8')) as { verifierKey: string };
    const restored = (name: string, ...words: readonly string[]) =>
      bench.json(['ledger', 'restore', '--from', file, '--store', bench.path(name), ...words]);
    const one = await restored('one.sqlite', '--vkey', verifierKey);
    expect(one.result).toMatchObject({ checkpoint: `${file}.checkpoint`, lost: 0, events: result['events'] });
    expect(one.warnings.join('\n')).toContain(`${bench.path('one.sqlite')}.key`);
    expect(existsSync(bench.path('one.sqlite'))).toBe(true);
    // With its key, up to a checkpoint that was kept elsewhere, and up to none.
    renameSync(`${file}.checkpoint`, bench.path('kept.checkpoint'));
    const kept = await restored('two.sqlite', '--key', keyFile, '--checkpoint', bench.path('kept.checkpoint'), '--vkey', verifierKey);
    expect(kept.result).toMatchObject({ checkpoint: bench.path('kept.checkpoint') });
    expect(kept.warnings.join('\n')).not.toContain('.key');
    expect((await restored('three.sqlite', '--vkey', verifierKey)).result).toMatchObject({ checkpoint: null });
  });

  test('is none of a server, nor put into one, nor is a server one', async () => {
    const own = "back it up with the server's own tools, or copy it into a file with `ledger copy --to FILE`";
    await expect(backUp(opening(server), 'backup.sqlite')).rejects.toMatchObject({
      code: 'Usage',
      message: `${redactedServer} is a server: ${own}`,
      at: { path: '--store' },
    });
    const asked = { checkpointFile: null, verifierKey: null };
    await expect(restoreBackup(opening(server), { ...asked, file: 'backup.sqlite' })).rejects.toMatchObject({
      code: 'Usage',
      message: `${redactedServer} is a server: restore into a file, then \`ledger copy\` it into the server`,
      at: { path: '--store' },
    });
    await expect(restoreBackup(opening('ledger.sqlite'), { ...asked, file: server })).rejects.toMatchObject({
      code: 'Usage',
      message: `${redactedServer} is a server: a backup is a file`,
      at: { path: '--from' },
    });
  });
});

describe('a copy', () => {
  const { signal } = new AbortController();

  test('says from where to where, whose ledger it is, and which key and witness belong to it', async () => {
    const bench = await begun();
    const to = bench.path('copy.sqlite');
    const { result, ledgerId, position } = await bench.json(['ledger', 'copy', '--to', to]);
    const events = await bench.events();
    expect({ ledgerId, position }).toEqual({
      ledgerId: (await bench.json(['ledger', 'seal'])).ledgerId,
      position: events.at(-1)!.position,
    });
    expect(result).toMatchObject({
      from: bench.store,
      to,
      keyFile: `${bench.store}.key`,
      witness: `${bench.store}.witness`,
    });
  });

  test('onto itself is refused before anything is opened', async () => {
    await expect(copyInto(opening('a.sqlite'), 'a.sqlite', 'a.sqlite', signal)).rejects.toMatchObject({
      code: 'Usage',
      message: 'a ledger is not copied onto itself',
      at: { path: '--to' },
    });
  });

  test('of what is no ledger is refused before the target is made', async () => {
    const bench = new Workbench(scratch);
    const empty = await bench.json(['ledger', 'copy', '--to', bench.path('copy.sqlite')]);
    expect(empty.error).toMatchObject({ code: 'LedgerMissing' });
    expect(existsSync(bench.path('copy.sqlite'))).toBe(false);
  });
});

describe('a new ledger', () => {
  test('says where it stands, who it is, and who vouches for it', async () => {
    const bench = new Workbench(scratch);
    const { result, ledgerId } = await bench.json(['ledger', 'init']);
    const key = JSON.parse(readFileSync(`${bench.store}.key`, 'utf8')) as Record<string, string>;
    expect(result).toMatchObject({
      store: bench.store,
      ledgerId,
      origin: key['origin'],
      verifierKey: key['verifierKey'],
      keyFile: `${bench.store}.key`,
      witness: `${bench.store}.witness`,
    });
    expect(key['witness']).toBe(`${bench.store}.witness`);
    const again = await bench.json(['ledger', 'init']);
    expect(again.error).toMatchObject({ code: 'LedgerExists', message: `${bench.store} holds a ledger`, at: { file: bench.store } });
  });

  test.each([new LedgerError('StoreBusy', 'somebody writes', {}), new Error('a fault of the program')])(
    'is not made where nobody can say whether one is there: %p',
    async (fault) => {
      let isWritten = false;
      const reading = async () => {
        throw fault;
      };
      const writing = async () => {
        isWritten = true;
        throw new Error('written');
      };
      await expect(initLedger({ ...opening('ledger.sqlite'), reading, writing })).rejects.toThrow(fault.message);
      expect(isWritten).toBe(false);
    },
  );
});
