import { type Checkpoint, requireExtends, signCheckpoint } from '../../domain/audit/checkpoint.ts';
import { parseVerifierKey } from '../../domain/audit/signed-note.ts';
import type { Decider } from '../../domain/shared/decider.ts';
import { fromHex, toHex } from '../../domain/shared/hashing.ts';
import type { LedgerSealed } from '../../domain/shared/ledger-events.ts';
import { draftLedger, type LedgerDraft, type LedgerEvent } from '../../domain/shared/ledger-slice.ts';
import { ledgerStreamKind } from '../../domain/shared/ledger-stream.ts';
import { bindStream } from '../../domain/shared/stream.ts';
import { StreamFolds } from '../folds.ts';
import { handleCommand } from '../record.ts';
import type { Session } from '../session.ts';
import type { Settings } from '../settings.ts';
import { type KeyFile, readKeyFile, witnessOf } from './key-file.ts';
import { keyInForce } from './key-in-force.ts';
import { SealerHistory } from './sealer-history.ts';
import { newestNote, openWithAnyKey, witness } from './witness.ts';

export interface Sealing {
  readonly treeSize: number;
  readonly root: string;
  readonly checkpoint: string;
  /** True when nothing but the last seal itself had been recorded since. */
  readonly already: boolean;
  readonly witnessFile: string;
}

/** Seals again and again: the tree is kept, so a seal costs what was recorded since the one before. */
export interface Sealer {
  /**
   * Signs the root over everything recorded so far and keeps the checkpoint in the witness folder. The ledger must extend the last
   * witnessed checkpoint, or nothing is signed. Errors: StoreTooNew, KeyMissing, CheckpointInconsistent, CheckpointInvalid, ChainBroken.
   */
  seal(): Promise<Sealing>;
}

/** What is sealed is not sealed again: two processes that end together seal once. */
const sealDecider: Decider<LedgerSealed, { readonly sealedTo: number }, LedgerEvent, LedgerDraft> = {
  initialState: { sealedTo: -1 },
  evolve: (state, event) => (event.type === 'LedgerSealed' ? { sealedTo: Math.max(state.sealedTo, event.data.treeSize) } : state),
  decide: (command, { sealedTo }) => (command.treeSize <= sealedTo ? [] : [draftLedger('LedgerSealed', command)]),
};

const seals = bindStream(ledgerStreamKind, { decider: sealDecider, identityOf: ({ treeSize }) => ['LedgerSealed', treeSize] });

/** Signs the widest tree worth sealing, once it has been shown to extend what was witnessed. */
function signed({ ports }: Session, { tree, sealedWhole }: SealerHistory, keyFile: KeyFile, witnessed: Checkpoint | null): Checkpoint & { readonly note: string } {
  const size = sealedWhole ?? tree.size;
  const checkpoint: Checkpoint = { origin: keyFile.origin, size, root: tree.root(size) };
  if (witnessed !== null) requireExtends(ports.crypto.sha256, witnessed, checkpoint, witnessed.size <= size ? tree.consistencyProof(witnessed.size, size) : []);
  const seed = fromHex(keyFile.privateSeedHex);
  const key = parseVerifierKey(ports.crypto.sha256, keyFile.verifierKey);
  return { ...checkpoint, note: signCheckpoint(checkpoint, key, (message) => ports.crypto.sign(seed, message)) };
}

async function sealOnce(session: Session, settings: Settings, history: SealerHistory): Promise<Sealing> {
  const { ports } = session;
  const directory = witnessOf(settings, await readKeyFile(ports, settings));
  // The witness is read before the ledger: what somebody else seals meanwhile would look like a tail that was cut off.
  const newest = await newestNote(ports, directory);
  await history.readOn();
  const { keyFile } = await keyInForce(ports, settings, history.keys);
  const already = history.sealedWhole !== null;
  const { size: treeSize, root: rootBytes, note: checkpoint } = signed(session, history, keyFile, newest === null ? null : openWithAnyKey(ports, newest, history.keys));
  const root = toHex(rootBytes);
  if (!already) await handleCommand(session, seals, '', { treeSize, root, checkpoint });
  const witnessFile = await witness(ports, directory, treeSize, checkpoint);
  ports.log.info({ treeSize, root, witnessFile }, 'sealed the ledger');
  return { treeSize, root, checkpoint, already, witnessFile };
}

/** Seals one after the other, whoever asks. */
export function createSealer(session: Session, settings: Settings): Sealer {
  const remembering: Session = { ...session, folds: session.folds ?? new StreamFolds(session.ports.store) };
  const history = new SealerHistory(session.ports);
  let turn: Promise<unknown> = Promise.resolve();
  const sealInTurn = (): Promise<Sealing> => {
    const sealing = turn.then(() => sealOnce(remembering, settings, history));
    turn = sealing.catch(() => undefined);
    return sealing;
  };
  return { seal: sealInTurn };
}
