import { formatCosignerKey } from '../../domain/audit/cosignature.ts';
import type { Decider } from '../../domain/shared/decider.ts';
import type { WitnessNamed } from '../../domain/shared/ledger-events.ts';
import { draftLedger, type LedgerDraft, type LedgerEvent } from '../../domain/shared/ledger-slice.ts';
import { ledgerStreamKind } from '../../domain/shared/ledger-stream.ts';
import { bindStream } from '../../domain/shared/stream.ts';
import { type KeyFile, keyFileOf, readKeyFile, writeKeyFile } from '../ledger/key-file.ts';
import { keyInForce } from '../ledger/key-in-force.ts';
import { KeyHistory } from '../ledger/keys.ts';
import { newestSeal } from '../ledger/seals.ts';
import { folderWitness, newestNote, openWithAnyKey, witnessFiles } from '../ledger/witness.ts';
import { policyOf, witnessesOf } from '../ledger/witness-folder.ts';
import { formatWitnessPlaces, parseWitnessPlaces } from '../ledger/witness-places.ts';
import type { Ports } from '../ports/ports.ts';
import { handleCommand } from '../runtime/record.ts';
import type { Session } from '../runtime/session.ts';
import type { Settings } from '../runtime/settings.ts';

const sameCommand = (one: WitnessNamed | null, other: WitnessNamed): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Repeated after an interruption, it records nothing more. */
const namingDecider: Decider<WitnessNamed, { readonly last: WitnessNamed | null }, LedgerEvent, LedgerDraft> = {
  initialState: { last: null },
  evolve: (state, event) => (event.type === 'WitnessNamed' ? { last: event.data } : state),
  decide: (command, { last }) => (sameCommand(last, command) ? [] : [draftLedger('WitnessNamed', command)]),
};

const naming = bindStream(ledgerStreamKind, {
  decider: namingDecider,
  identityOf: ({ why, sealedTo, remembered, cosigners, quorum }) => [
    'WitnessNamed',
    sealedTo,
    remembered ?? 'nothing',
    quorum ?? 'none',
    why,
    ...cosigners,
  ],
});

export interface NamedWitness {
  /** Absolute, with the places elsewhere behind it. */
  readonly witness: string;
  readonly quorum: number | null;
  readonly keyFile: string;
  /** Events that the witness before it remembered; null where it remembered nothing. */
  readonly remembered: number | null;
  /** Events of the last seal. */
  readonly sealedTo: number;
}

/** Takes along whatever the witness before remembered. */
async function takeAlong(ports: Pick<Ports, 'files'>, from: string, to: string): Promise<void> {
  await ports.files.makeFolder(to);
  for (const file of await witnessFiles(ports, from)) {
    await ports.files.writeWhole(`${to}${file.slice(from.length)}`, await ports.files.readText(file), { keepExisting: true });
  }
}

/** The witnesses that a key file would name. */
function keyNaming(keyFile: KeyFile, witnessPlaces: string, quorum: number | null): KeyFile {
  const { witnessQuorum: _, ...others } = keyFile;
  return { ...others, witness: witnessPlaces, ...(quorum === null ? {} : { witnessQuorum: quorum }) };
}

/**
 * Names the witnesses of a ledger, in the place of those that the key file names: recorded with its reason before anything is changed.
 * What the folder before remembered is taken along; where it remembered nothing, the new one begins with the last seal, and the ledger
 * says so for ever.
 *
 * Errors: KeyMissing, ConfigInvalid, CheckpointInvalid.
 */
export async function nameWitness(session: Session, settings: Settings, to: string, why: string): Promise<NamedWitness> {
  const { ports } = session;
  const keys = await new KeyHistory(ports).refresh();
  const { keyFile } = await keyInForce(ports, settings, await readKeyFile(ports, settings), keys.keys);
  // The quorum that is asked for is one of the new witnesses: those before need not be able to meet it.
  const before = await witnessesOf(ports, { ...settings, witnessQuorum: null }, keyFile);
  const named = parseWitnessPlaces(to);
  const directory = named.folder === null ? before.directory : ports.files.absolute(named.folder);
  const places = formatWitnessPlaces({ folder: directory, addresses: named.addresses });
  const after = policyOf(ports, named.addresses, settings.witnessQuorum);
  const kept = await newestNote(ports, before.directory);
  const remembered = kept === null ? null : openWithAnyKey(ports, kept, keys.keys).size;
  const seal = await newestSeal(ports.store, keys);
  const sealedTo = seal?.data.treeSize ?? 0;
  const cosigners = [...after.cosigners.values()].map(formatCosignerKey).toSorted();
  await handleCommand(session, naming, '', { why, sealedTo, remembered, cosigners, quorum: after.quorum });
  if (directory !== before.directory) await takeAlong(ports, before.directory, directory);
  if (seal !== null && (await newestNote(ports, directory)) === null)
    await folderWitness(ports, directory).take({ old: 0, size: sealedTo, proof: [], note: seal.data.checkpoint }, keyFile.origin);
  await writeKeyFile(ports, settings, keyNaming(keyFile, places, after.quorum));
  return { witness: places, quorum: after.quorum, keyFile: keyFileOf(settings), remembered, sealedTo };
}
