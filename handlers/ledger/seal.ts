import { draftEvent } from '../../domain/catalogue.ts';
import { type Checkpoint, requireExtends, signCheckpoint } from '../../domain/audit/checkpoint.ts';
import type { MerkleTree } from '../../domain/audit/merkle.ts';
import { parseVerifierKey } from '../../domain/audit/signed-note.ts';
import type { Decider } from '../../domain/shared/decider.ts';
import { decodeEnvelope } from '../../domain/shared/envelope.ts';
import { fromHex, toHex } from '../../domain/shared/hashing.ts';
import type { LedgerSealed } from '../../domain/shared/ledger-events.ts';
import { handleCommand } from '../record.ts';
import type { Session } from '../session.ts';
import type { Settings } from '../settings.ts';
import { witnessOf } from './key-file.ts';
import { keysOf } from './keys.ts';
import { treeOf } from './leaves.ts';
import { ledgerStream } from './open-ledger.ts';
import { keyInForce } from './rotate-key.ts';
import { witness, witnessedIn } from './witness.ts';

export interface Sealing {
  readonly treeSize: number;
  readonly root: string;
  readonly checkpoint: string;
  /** True when nothing but the last seal itself had been recorded since. */
  readonly already: boolean;
  readonly witnessFile: string;
}

interface SealEvent {
  readonly type: 'LedgerSealed';
  readonly data: LedgerSealed;
}

/** A seal of the same size is the same seal: two processes that end together seal once. */
const sealDecider: Decider<LedgerSealed, { readonly sizes: readonly number[] }, SealEvent> = {
  initialState: { sizes: [] },
  evolve: (state, event) => (event.type === 'LedgerSealed' ? { sizes: [...state.sizes, event.data.treeSize] } : state),
  decide: (command, state) => (state.sizes.includes(command.treeSize) ? [] : [{ type: 'LedgerSealed', data: command }]),
};

function requireWitnessed(session: Session, tree: MerkleTree, next: Checkpoint, witnessed: Checkpoint): void {
  const proof = witnessed.size <= tree.size ? tree.consistencyProof(witnessed.size, next.size) : [];
  requireExtends(session.ports.crypto.sha256, witnessed, next, proof);
}

/**
 * Signs the root over everything recorded so far and keeps the checkpoint in the witness folder. The ledger must extend the last
 * witnessed checkpoint, or nothing is signed. Errors: KeyMissing, CheckpointInconsistent, CheckpointInvalid.
 */
export async function seal(session: Session, settings: Settings): Promise<Sealing> {
  const { ports } = session;
  const { keyFile } = await keyInForce(ports, settings);
  const directory = witnessOf(settings, keyFile);
  // The size that the newest event seals, when it is a seal of all that stands before it: another event may have slipped in between.
  let sealedWhole: number | null = null;
  const tree = await treeOf(ports, (event, index) => {
    const covered = event.type === 'LedgerSealed' ? decodeEnvelope(event.bytes).data['treeSize'] : null;
    sealedWhole = covered === index ? index : null;
  });
  const witnessed = (await witnessedIn(ports, directory, await keysOf(ports))).at(-1);
  const treeSize = sealedWhole ?? tree.size;
  const root = tree.root(treeSize);
  const next: Checkpoint = { origin: keyFile.origin, size: treeSize, root };
  if (witnessed !== undefined) requireWitnessed(session, tree, next, witnessed.checkpoint);
  const seed = fromHex(keyFile.privateSeedHex);
  const key = parseVerifierKey(ports.crypto.sha256, keyFile.verifierKey);
  const checkpoint = signCheckpoint(next, key, (message) => ports.crypto.sign(seed, message));
  const already = sealedWhole !== null;
  if (!already) {
    await handleCommand(
      session,
      { stream: ledgerStream, decider: sealDecider, command: { treeSize, root: toHex(root), checkpoint }, identity: ['LedgerSealed', treeSize] },
      (event) => draftEvent(event.type, event.data),
    );
  }
  const witnessFile = await witness(ports, directory, treeSize, checkpoint);
  ports.log.info({ treeSize, root: toHex(root), witnessFile }, 'sealed the ledger');
  return { treeSize, root: toHex(root), checkpoint, already, witnessFile };
}
