import { LedgerError } from '../../../domain/shared/errors.ts';
import { backUpLedger, checkpointBeside, type CopyFile } from '../../ledger/backup.ts';
import type { Candidate } from '../../ledger/backup-candidate.ts';
import { keyFileOf, readKeyFile, witnessOf } from '../../ledger/key-file.ts';
import { restoreLedger } from '../../ledger/restore.ts';
import type { GivenCheckpoint } from '../../ledger/verify-seals.ts';
import { isServer, redacted } from '../../settings.ts';
import { requiredFlag, textFlag } from '../flags.ts';
import type { OpenStore } from '../open-store.ts';
import { heading, lines, type Verb, type VerbContext } from '../verb.ts';

function refuseServer(location: string, why: string, path: string): void {
  if (isServer(location)) throw new LedgerError('Usage', `${redacted(location)} is a server: ${why}`, { at: { path } });
}

async function witnessFolder({ tools, settings }: VerbContext): Promise<string> {
  return witnessOf(settings, (await tools.files.exists(keyFileOf(settings))) ? await readKeyFile(tools, settings) : null);
}

/** What is no server is a file, and can be copied as one. */
const asFile = (opened: OpenStore): OpenStore & { readonly copyFile: CopyFile } => ({ ...opened, copyFile: opened.backup! });

function verdict({ sealedTo, unsealed }: Pick<Candidate, 'sealedTo' | 'unsealed'>): string {
  return unsealed === 0 ? `sealed to ${sealedTo}` : `sealed to ${sealedTo}, unsealed after (${unsealed} events)`;
}

export const ledgerBackup: Verb = {
  path: ['ledger', 'backup'],
  summary: 'Writes a backup of a SQLite ledger in use, and verifies it before it gets its name.',
  flags: [{ flags: '--to <file>', summary: 'file to be made; nothing is overwritten', required: true }],
  examples: ['sleeve-ledger ledger backup --to /mnt/backup/ledger-2026-11-21.sqlite'],
  writes: false,
  run: async (context, { flags }) => {
    const { settings, tools } = context;
    const file = requiredFlag(flags, 'to');
    refuseServer(settings.store, "back it up with the server's own tools, or copy it into a file with `ledger copy --to FILE`", '--store');
    const { copyFile } = asFile(await context.opening(settings.store, 'inspect'));
    const { ledgerId, readModelFaults, ...backup } = await backUpLedger(tools, { copyFile, file, open: (name) => context.opening(name, 'inspect'), witnessDirectory: await witnessFolder(context) });
    return {
      result: { store: settings.store, ...backup },
      ...(ledgerId === null ? {} : { ledgerId }),
      warnings: [
        ...(backup.checkpointFile === null ? ['nothing is witnessed: that the end of the backup is not missing is not proved'] : []),
        ...(readModelFaults.length === 0 ? [] : ['the read models are not what a fold gives; `ledger rebuild` folds them anew']),
      ],
      people: [
        heading(`${backup.file}: ${backup.bytes} bytes, ${backup.events} events, ${backup.artifacts} artifacts, ${verdict(backup)}`),
        lines(
          ...(backup.checkpointFile === null ? [] : [`Checkpoint: ${backup.checkpointFile} (covers ${backup.witnessedTo})`]),
          `The signing key is not in it: keep ${keyFileOf(settings)} elsewhere.`,
        ),
      ],
    };
  },
};

async function checkpointFor({ tools }: VerbContext, file: string, given: string | null, verifierKey: string | null): Promise<GivenCheckpoint | null> {
  const beside = checkpointBeside(file);
  const chosen = given ?? ((await tools.files.exists(beside)) ? beside : null);
  if (chosen !== null) return { file: chosen, note: await tools.files.readText(chosen), verifierKey };
  if (verifierKey !== null) throw new LedgerError('Usage', '--vkey opens a checkpoint: name one with --checkpoint', { at: { path: '--vkey' } });
  return null;
}

export const ledgerRestore: Verb = {
  path: ['ledger', 'restore'],
  summary: 'Puts a backup in the place of a ledger that is gone, once it has been verified up to a checkpoint.',
  flags: [
    { flags: '--from <file>', summary: 'the backup', required: true },
    { flags: '--checkpoint <file>', summary: 'a checkpoint that was kept elsewhere (default: the one beside the backup)' },
    { flags: '--vkey <key>', summary: 'verifier key to open it by (default: those of the ledger)' },
  ],
  examples: ['sleeve-ledger ledger restore --from ledger-2026-11-21.sqlite --store ledger.sqlite --checkpoint newest.checkpoint --vkey "$(cat verifier-key.txt)"'],
  writes: false,
  run: async (context, { flags }) => {
    const { settings, tools } = context;
    const file = requiredFlag(flags, 'from');
    const target = settings.store;
    refuseServer(target, 'restore into a file, then `ledger copy` it into the server', '--store');
    refuseServer(file, 'a backup is a file', '--from');
    const checkpoint = await checkpointFor(context, file, textFlag(flags, 'checkpoint'), textFlag(flags, 'vkey'));
    const keyFile = keyFileOf(settings);
    const { ledgerId, readModelFaults, ...restored } = await restoreLedger(tools, {
      file,
      target,
      checkpoint,
      open: async (name) => asFile(await context.opening(name, 'inspect')),
      openRestored: (name) => context.opening(name, 'read'),
      witnessDirectory: await witnessFolder(context),
    });
    return {
      result: { from: file, store: target, ...restored, checkpoint: checkpoint?.file ?? null },
      ...(ledgerId === null ? {} : { ledgerId }),
      warnings: [
        ...(checkpoint === null ? ['no checkpoint from outside the backup: that its end is not missing is not proved'] : []),
        ...(restored.lost === 0 ? [] : [`a witnessed checkpoint covers ${restored.lost} events more than the backup holds: they are lost, and nothing is sealed before docs/how-to/back-up-and-move.md has been followed`]),
        ...((await tools.files.exists(keyFile)) ? [] : [`the signing key is not in a backup: put it at ${keyFile}, or name it with --key`]),
        ...(readModelFaults.length === 0 ? [] : ['the read models of the backup were not what a fold gives; they are folded anew']),
      ],
      people: [
        heading(`${target}: ${restored.events} events, ${restored.streams} streams, ${restored.artifacts} artifacts, ${verdict(restored)}`),
        lines(checkpoint === null ? 'Verified by its own seals only.' : `Verified to ${checkpoint.file} (covers ${restored.witnessedTo}).`),
      ],
    };
  },
};
