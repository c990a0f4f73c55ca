import { type CosignerKey, parseCosignerKey } from '../../domain/audit/cosignature.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { KeptPlaces, Ports, WitnessAddress } from '../ports/ports.ts';
import { besideStore, cacheFolder, isServer, letterKeyFileOf, type Settings, tokenUseFileOf } from '../runtime/settings.ts';
import { type KeyFile, keyFileIfAny, keyFileOf } from './key-file.ts';
import { formatWitnessPlaces, parseWitnessPlaces, type WitnessPlaces } from './witness-places.ts';

/** Which witnesses a ledger has: a folder, in which the evidence of the others is kept as well, and places elsewhere. */
export interface WitnessFolder {
  /** Absolute. */
  readonly directory: string;
  /** Whether somebody named it: then it must be there once the ledger is sealed. Without key and setting nobody has. */
  readonly expected: boolean;
  /** What was taken for what; null where nothing had to be. */
  readonly note: string | null;
}

export interface Witnesses extends WitnessFolder {
  readonly addresses: readonly WitnessAddress[];
  /** Keys of the servers among them; each by its address. */
  readonly cosigners: ReadonlyMap<string, CosignerKey>;
  /** How many of those must have cosigned a checkpoint; null where nobody demands it. */
  readonly quorum: number | null;
}

const besideThe = (store: string): string => `${besideStore(store)}.witness`;

/** What the settings say, with an absolute folder. Errors: ConfigInvalid. */
export function namedWitnesses({ files }: Pick<Ports, 'files'>, settings: Settings): WitnessPlaces {
  const named = parseWitnessPlaces(settings.witness ?? '');
  return { ...named, folder: named.folder === null ? null : files.absolute(named.folder) };
}

/** What the key file of a new ledger says of its witnesses: those of the settings, in the folder beside the store unless they name one. */
export function newWitnessesOf(ports: Pick<Ports, 'files'>, settings: Settings): string {
  const named = namedWitnesses(ports, settings);
  return formatWitnessPlaces({ ...named, folder: named.folder ?? ports.files.absolute(besideThe(settings.store)) });
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

function folderOf(ports: Pick<Ports, 'files'>, settings: Settings, named: string | null, ofKey: string | null): Promise<WitnessFolder> {
  const { files } = ports;
  if (named !== null) return Promise.resolve({ directory: named, expected: true, note: null });
  if (ofKey === null) return Promise.resolve({ directory: files.absolute(besideThe(settings.store)), expected: false, note: null });
  return ofKey === files.absolute(ofKey)
    ? Promise.resolve({ directory: ofKey, expected: true, note: null })
    : meantBy(ports, settings, ofKey);
}

/**
 * The witnesses that settings and key file name; `key` is null where there is none. A folder of the settings stands for that of the key
 * file; places elsewhere, and the larger quorum, are those of both: a flag makes nothing weaker. Errors: ConfigInvalid, also for a path
 * that can mean two folders; CheckpointInvalid for a malformed verifier key.
 */
export async function witnessesOf(ports: Pick<Ports, 'files' | 'crypto'>, settings: Settings, key: KeyFile | null): Promise<Witnesses> {
  const named = namedWitnesses(ports, settings);
  const ofKey = parseWitnessPlaces(key?.witness ?? '');
  const folder = await folderOf(ports, settings, named.folder, ofKey.folder);
  const more = named.addresses.filter(({ place }) => !ofKey.addresses.some((other) => other.place === place));
  const addresses = [...ofKey.addresses, ...more];
  const quorum = Math.max(settings.witnessQuorum ?? 0, key?.witnessQuorum ?? 0);
  return { ...folder, ...policyOf(ports, addresses, quorum === 0 ? null : quorum) };
}

/** Who may cosign and how many must. Errors: ConfigInvalid for what nobody could meet; CheckpointInvalid for a malformed verifier key. */
export function policyOf(
  { crypto: { sha256 } }: Pick<Ports, 'crypto'>,
  addresses: readonly WitnessAddress[],
  quorum: number | null,
): Pick<Witnesses, 'addresses' | 'cosigners' | 'quorum'> {
  const servers = addresses.flatMap((address) => (address.kind === 'tlog' ? [address] : []));
  const cosigners = new Map(servers.map(({ place, verifierKey }) => [place, parseCosignerKey(sha256, verifierKey)] as const));
  if (new Set([...cosigners.values()].map(({ publicKey }) => String(publicKey))).size < cosigners.size)
    throw new LedgerError('ConfigInvalid', 'two witnesses have one key: they are one witness', { at: { path: 'witness' } });
  if (quorum !== null && quorum > cosigners.size) {
    throw new LedgerError('ConfigInvalid', `${quorum} witnesses are to cosign, and ${cosigners.size} are named that can`, {
      at: { path: 'witnessQuorum' },
    });
  }
  return { addresses, cosigners, quorum };
}

/** What belongs to the ledger of some settings: no output is written there. */
export function keptPlaces(settings: Settings): KeptPlaces {
  const { store } = settings;
  const own = isServer(store) ? [] : [store];
  return {
    files: [...own, keyFileOf(settings), letterKeyFileOf(store), tokenUseFileOf(store)],
    folders: [parseWitnessPlaces(settings.witness ?? '').folder ?? besideThe(store), cacheFolder(settings)].filter(
      (place) => !isServer(place),
    ),
  };
}

/** The folder alone. Errors: as above. */
export async function witnessFolder(ports: Pick<Ports, 'files' | 'crypto'>, settings: Settings): Promise<WitnessFolder> {
  return witnessesOf(ports, settings, await keyFileIfAny(ports, settings));
}
