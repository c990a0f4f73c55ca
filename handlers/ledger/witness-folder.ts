import { LedgerError } from '../../domain/shared/errors.ts';
import type { Ports } from '../ports/ports.ts';
import { besideStore, type Settings } from '../runtime/settings.ts';
import { type KeyFile, keyFileIfAny, keyFileOf } from './key-file.ts';

export interface WitnessFolder {
  /** Absolute. */
  readonly directory: string;
  /** Whether somebody named it: then it must be there once the ledger is sealed. Without key and setting nobody has. */
  readonly expected: boolean;
  /** What was taken for what; null where nothing had to be. */
  readonly note: string | null;
}

const besideThe = (store: string): string => `${besideStore(store)}.witness`;

/** Where a new ledger keeps its checkpoints: named by the settings, or beside the store. */
export function newWitnessFolder({ files }: Pick<Ports, 'files'>, settings: Settings): string {
  return files.absolute(settings.witness ?? besideThe(settings.store));
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/**
 * A relative path of an older key file depends on the folder in which the ledger was made, which nobody wrote down. It is looked for
 * there (here), beside the key file, and beside the store where it bears the standard name; it must be one folder.
 */
async function meantBy(ports: Pick<Ports, 'files'>, settings: Settings, path: string): Promise<WitnessFolder> {
  const { files } = ports;
  const keyFile = keyFileOf(settings);
  const standard = besideThe(settings.store);
  const here = files.absolute(path);
  const places = new Set([here, files.absolute(path, keyFile)]);
  if (baseName(standard) === baseName(path)) places.add(files.absolute(standard));
  const there: string[] = [];
  for (const place of places) if (await files.exists(place)) there.push(place);
  if (there.length > 1) {
    throw new LedgerError('ConfigInvalid', `the witness ${path} of ${keyFile} can mean two folders: say which with --witness`, {
      evidence: { folders: there },
      at: { file: keyFile, path: 'witness' },
    });
  }
  const [directory = files.absolute(path, keyFile)] = there;
  const note =
    directory === here
      ? null
      : `${keyFile} names the witness as ${path}, a path that depends on the folder that the ledger was made in; it was taken for ` +
        `${directory}. --witness says which one is meant, and \`ledger witness\` writes it down`;
  return { directory, expected: true, note };
}

/** The folder of the witness, by the settings or else the key file. Errors: ConfigInvalid, also for a path that can mean two folders. */
export async function witnessFolder(ports: Pick<Ports, 'files'>, settings: Settings): Promise<WitnessFolder> {
  if (settings.witness !== null) return { directory: ports.files.absolute(settings.witness), expected: true, note: null };
  const key: KeyFile | null = await keyFileIfAny(ports, settings);
  if (key === null) return { directory: newWitnessFolder(ports, settings), expected: false, note: null };
  return key.witness === ports.files.absolute(key.witness)
    ? { directory: key.witness, expected: true, note: null }
    : meantBy(ports, settings, key.witness);
}
