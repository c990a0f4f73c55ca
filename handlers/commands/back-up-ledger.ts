import { LedgerError } from '../../domain/shared/errors.ts';
import { type Backup, backUpLedger, checkpointBeside, type CopyFile } from '../ledger/backup.ts';
import { keyFileOf } from '../ledger/key-file.ts';
import { type Restored, restoreLedger } from '../ledger/restore.ts';
import type { GivenCheckpoint } from '../ledger/verify-witness.ts';
import { witnessFolder } from '../ledger/witness-folder.ts';
import type { OpenStore } from '../runtime/open-store.ts';
import type { Opening } from '../runtime/opening.ts';
import { isServer, letterKeyFileOf, redacted } from '../runtime/settings.ts';

type Context = Pick<Opening, 'settings' | 'tools' | 'opening'>;

function refuseServer(location: string, why: string, path: string): void {
  if (isServer(location)) throw new LedgerError('Usage', `${redacted(location)} is a server: ${why}`, { at: { path } });
}

/** What is not a server is a file, and can be copied as one. */
const asFile = (opened: OpenStore): OpenStore & { readonly copyFile: CopyFile } => ({ ...opened, copyFile: opened.backup! });

/** Writes a verified backup of the ledger in a file, while it is in use. Errors: Usage for a server and those of `backUpLedger`. */
export async function backUp(context: Context, file: string): Promise<Backup & { readonly keyFile: string }> {
  const { settings, tools, opening } = context;
  refuseServer(settings.store, "back it up with the server's own tools, or copy it into a file with `ledger copy --to FILE`", '--store');
  const { copyFile } = asFile(await opening(settings.store, 'inspect'));
  const backup = await backUpLedger(tools, {
    copyFile,
    file,
    open: (name) => opening(name, 'inspect'),
    witnessDirectory: (await witnessFolder(tools, settings)).directory,
  });
  return { ...backup, keyFile: keyFileOf(settings) };
}

export interface RestoreBackup {
  readonly file: string;
  /** A checkpoint that was kept elsewhere; null takes the one beside the backup. */
  readonly checkpointFile: string | null;
  /** A verifier key of the ledger, from elsewhere; null for none. */
  readonly verifierKey: string | null;
}

export interface RestoredLedger extends Restored {
  readonly checkpoint: string | null;
  readonly keyFile: string;
  readonly keyMissing: boolean;
  /** Where its letter keys belong; null where no letter in it needs one, or they stand there. */
  readonly letterKeysMissing: string | null;
}

async function checkpointFor({ tools }: Context, { file, checkpointFile, verifierKey }: RestoreBackup): Promise<GivenCheckpoint | null> {
  const beside = checkpointBeside(file);
  const chosen = checkpointFile ?? ((await tools.files.exists(beside)) ? beside : null);
  if (chosen !== null) return { file: chosen, note: await tools.files.readText(chosen), verifierKey };
  return null;
}

/**
 * Puts a backup in the place of a ledger that is gone, once it has been verified up to a checkpoint. Errors: Usage and those of
 * `restoreLedger`.
 */
export async function restoreBackup(context: Context, command: RestoreBackup): Promise<RestoredLedger> {
  const { settings, tools, opening } = context;
  const { file } = command;
  const target = settings.store;
  refuseServer(target, 'restore into a file, then `ledger copy` it into the server', '--store');
  refuseServer(file, 'a backup is a file', '--from');
  const checkpoint = await checkpointFor(context, command);
  const restored = await restoreLedger(tools, {
    file,
    target,
    brought: { checkpoint, verifierKey: command.verifierKey },
    open: async (name) => asFile(await opening(name, 'inspect')),
    openRestored: (name) => opening(name, 'read'),
    witnessDirectory: (await witnessFolder(tools, settings)).directory,
  });
  const keyFile = keyFileOf(settings);
  const letterKeys = letterKeyFileOf(target);
  const lettersHaveKeys = restored.lettersUnopened === 0 || (await tools.files.exists(letterKeys));
  return {
    ...restored,
    checkpoint: checkpoint?.file ?? null,
    keyFile,
    keyMissing: !(await tools.files.exists(keyFile)),
    letterKeysMissing: lettersHaveKeys ? null : letterKeys,
  };
}
