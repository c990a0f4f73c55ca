import {
  type Checkpoint,
  openCheckpoint,
  readUnverifiedCheckpoint,
  requireExtends,
  signCheckpoint,
} from '../../domain/audit/checkpoint.ts';
import { rangeHashes, rangeRoot } from '../../domain/audit/compact-range.ts';
import { formatVerifierKey, parseVerifierKey } from '../../domain/audit/signed-note.ts';
import { emptyTail } from '../../domain/shared/envelope.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { fromHex, toHex } from '../../domain/shared/hashing.ts';
import type { LedgerSealedV2 } from '../../domain/shared/ledger-events.ts';
import { draftLedger } from '../../domain/shared/ledger-slice.ts';
import type { Ports } from '../ports/ports.ts';
import { isConflict } from '../../domain/shared/error-kinds.ts';
import { appendAtTail } from '../runtime/record.ts';
import type { Session } from '../runtime/session.ts';
import type { Settings } from '../runtime/settings.ts';
import { tailOf } from '../runtime/stored-events.ts';
import { type KeyFile, readKeyFile } from './key-file.ts';
import { KeyHistory } from './keys.ts';
import { RecordedFormat } from './recorded-format.ts';
import { keyInForce } from './key-in-force.ts';
import { type Milestone, milestoneOf, nothingSealed, extendTree, type SealedTree, sealedTree } from './sealed-range.ts';
import { newestSeal, type Seal, sealsStream } from './seals.ts';
import { throughTiles } from '../read-models/tile-reader.ts';
import { newestNote, openWithAnyKey, witness } from './witness.ts';
import { type Cosigning, offerToWitnesses, recall, recalledCheckpoints } from './cosigning.ts';
import { witnessesOf } from './witness-folder.ts';

export interface Sealing {
  readonly treeSize: number;
  readonly root: string;
  readonly checkpoint: string;
  /** True when nothing but the last seal itself had been recorded since. */
  readonly already: boolean;
  readonly witnessFile: string;
  /** What became of it at the witnesses elsewhere; one that is away does not keep a ledger from being sealed. */
  readonly witnesses: readonly Cosigning[];
  /** How many of them must have cosigned; null where nobody demands it. */
  readonly quorum: number | null;
}

/** Seals again and again: each seal carries what the next one goes on from, so that it costs what was recorded since. */
export interface Sealer {
  /**
   * Signs the root over everything recorded so far and keeps the checkpoint in the witness folder. The ledger must extend the last seal and
   * the last witnessed checkpoint, or nothing is signed. The signal ends it while it reads, before anything is signed.
   * Errors: Interrupted, StoreTooNew, KeyMissing, KeyMismatch, WitnessMissing, CheckpointInconsistent, CheckpointInvalid, ChainBroken.
   */
  seal(signal?: AbortSignal): Promise<Sealing>;
}

const attemptsMax = 20;

/** What the tiles prove; nothing where they prove nothing, which is not a proof either. */
async function consistencyProof(ports: Ports, from: Checkpoint, to: Checkpoint): Promise<readonly Uint8Array[]> {
  try {
    return await throughTiles(ports, `that the ${to.size} sealed events extend the ${from.size} witnessed`, async (tiles) =>
      tiles.consistency(from, to),
    );
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'ChainBroken') throw error;
    return [];
  }
}

/**
 * That what is sealed extends what was witnessed at an earlier size than the seal before: the leaves between are read no more, so tiles
 * prove it.
 */
async function requireSealedExtends(ports: Ports, witnessed: Checkpoint, sealed: Checkpoint | null): Promise<void> {
  if (sealed === null || witnessed.size > sealed.size) return;
  // Of no leaves, and of as many, nothing needs a proof.
  if (witnessed.size === sealed.size || witnessed.size === 0) return requireExtends(ports.crypto.sha256, witnessed, sealed, []);
  requireExtends(ports.crypto.sha256, witnessed, sealed, await consistencyProof(ports, witnessed, sealed));
}

/** The last seal as a tree to read on from; one of version 1 carries none, and the tree is grown from its beginning, once. */
async function startOf(ports: Ports, seal: Seal | null, keys: KeyHistory): Promise<SealedTree> {
  return seal !== null && 'range' in seal.data ? sealedTree(ports, { event: seal.event, data: seal.data }, keys) : nothingSealed;
}

interface Signed {
  readonly data: Pick<LedgerSealedV2, 'treeSize' | 'root' | 'checkpoint'>;
  /** Null when nothing but the last seal had been recorded since. */
  readonly toRecord: LedgerSealedV2 | null;
  /** Where the last leaf under it stands. */
  readonly lastPosition: string;
}

function noteOf({ crypto }: Ports, checkpoint: Checkpoint, keyFile: KeyFile): string {
  const seed = fromHex(keyFile.privateSeedHex);
  return signCheckpoint(checkpoint, parseVerifierKey(crypto.sha256, keyFile.verifierKey), (message) => crypto.sign(seed, message));
}

/** Grows the tree behind the last seal and signs it, once it has been shown to extend what was sealed and what was witnessed. */
async function signed(
  ports: Ports,
  keyFile: KeyFile,
  seal: Seal | null,
  keys: KeyHistory,
  witnessed: readonly Checkpoint[],
  signal: AbortSignal | null,
): Promise<Signed> {
  const { sha256 } = ports.crypto;
  const start = await startOf(ports, seal, keys);
  for (const each of witnessed) await requireSealedExtends(ports, each, start.checkpoint);
  const milestones: Milestone[] = [];
  if (seal !== null && start.checkpoint === null) milestones.push(milestoneOf(ports, seal, keys));
  for (const each of witnessed) milestones.push({ size: each.size, check: (root) => requireExtends(sha256, each, { ...each, root }, []) });
  const { range, before, last, onlySeal } = await extendTree(ports, start, seal, milestones, signal);
  const checkpoint: Checkpoint = onlySeal
    ? { origin: keyFile.origin, size: seal!.data.treeSize, root: fromHex(seal!.data.root) }
    : { origin: keyFile.origin, size: range.size, root: rangeRoot(sha256, range) };
  // What was witnessed beyond the end of the log has been cut off.
  for (const each of witnessed) if (each.size > checkpoint.size) requireExtends(sha256, each, checkpoint, []);
  const lastPosition = last!.position;
  if (onlySeal) return { data: seal!.data, toRecord: null, lastPosition };
  const data: LedgerSealedV2 = {
    treeSize: range.size,
    root: toHex(checkpoint.root),
    checkpoint: noteOf(ports, checkpoint, keyFile),
    range: rangeHashes(before),
    last: { stream: last!.stream, revision: Number(last!.revision) },
  };
  return { data, toRecord: data, lastPosition };
}

/**
 * That a seal about to be recorded opens with the key in force over its last leaf. False when another process has meanwhile rotated the
 * key. Errors: CheckpointInvalid for a signature that does not verify: nothing is recorded.
 */
async function opensInForce({ crypto }: Ports, keys: KeyHistory, keyFile: KeyFile, { toRecord, lastPosition }: Signed): Promise<boolean> {
  if (toRecord === null) return true;
  await keys.refresh();
  const key = keys.inForceAt(lastPosition);
  if (formatVerifierKey(key) !== keyFile.verifierKey) return false;
  openCheckpoint(toRecord.checkpoint, key, crypto.verify);
  return true;
}

/** Records a seal behind the last one; false when another process has meanwhile recorded one that does not cover it. */
async function record(session: Session, keys: KeyHistory, before: Seal | null, data: LedgerSealedV2): Promise<boolean> {
  const tail = before?.event.stream === sealsStream ? tailOf([before.event]) : emptyTail;
  try {
    await appendAtTail(session, tail, {
      stream: sealsStream,
      drafts: [draftLedger('LedgerSealed', data)],
      command: [sealsStream, 'LedgerSealed', data.treeSize],
      correlation: sealsStream,
    });
    return true;
  } catch (error) {
    if (!isConflict(error)) throw error;
    const newest = await newestSeal(session.ports.store, keys);
    // What is sealed is not sealed again: two processes that end together seal once.
    return newest !== null && newest.data.treeSize >= data.treeSize;
  }
}

function forgotten(directory: string, seal: Seal): LedgerError {
  return new LedgerError(
    'WitnessMissing',
    `the witness ${directory} remembers no checkpoint, and the ledger is sealed to ${seal.data.treeSize}: nothing is sealed`,
    { evidence: { sealedTo: seal.data.treeSize, root: seal.data.root }, at: { file: directory } },
  );
}

/** What the sealer has read of the ledger's own stream, and reads on. */
interface Remembered {
  readonly keys: KeyHistory;
  readonly format: RecordedFormat;
}

async function sealOnce(session: Session, settings: Settings, { keys, format }: Remembered, signal: AbortSignal | null): Promise<Sealing> {
  const { ports } = session;
  for (let attempt = 1; ; attempt++) {
    const read = await readKeyFile(ports, settings);
    const witnesses = await witnessesOf(ports, settings, read);
    const { directory } = witnesses;
    // The witness is read before the ledger: what somebody else seals meanwhile would look like a tail that was cut off.
    const newest = await newestNote(ports, directory);
    await format.requireKnown();
    await keys.refresh();
    const recalled = await recall(ports, witnesses, session.ledger.origin, keys.keys);
    const seal = await newestSeal(ports.store, keys);
    const { keyFile } = await keyInForce(ports, settings, read, keys.keys);
    if (newest === null && seal !== null) {
      // Another process may have made the first seal between the two looks; what it recorded, it had witnessed before.
      if ((await newestNote(ports, directory)) === null) throw forgotten(directory, seal);
      continue;
    }
    const inFolder = newest === null ? [] : [openWithAnyKey(ports, newest, keys.keys)];
    const made = await signed(ports, keyFile, seal, keys, [...inFolder, ...recalledCheckpoints(recalled)], signal);
    const { data, toRecord } = made;
    const opens = await opensInForce(ports, keys, keyFile, made);
    // The first seal is witnessed before it is recorded: a recorded one without a witness is never the work of a crash.
    if (opens && seal === null) await witness(ports, directory, data.treeSize, data.checkpoint);
    if (!opens || (toRecord !== null && !(await record(session, keys, seal, toRecord)))) {
      if (attempt >= attemptsMax)
        throw new LedgerError('WrongExpectedRevision', `other processes sealed or rotated the key ${attemptsMax} times meanwhile`, {
          evidence: { treeSize: data.treeSize },
        });
      continue;
    }
    const { treeSize, root, checkpoint } = data;
    const witnessFile = await witness(ports, directory, treeSize, checkpoint);
    const sealed = { checkpoint: readUnverifiedCheckpoint(checkpoint), note: checkpoint };
    const offered = await offerToWitnesses(ports, witnesses, recalled, keys, sealed);
    if (offered.note !== checkpoint) await witness(ports, directory, treeSize, offered.note);
    if (offered.contradiction !== null) throw offered.contradiction;
    ports.log.info({ treeSize, root, witnessFile }, 'sealed the ledger');
    const { cosignings, note } = offered;
    return { treeSize, root, checkpoint: note, already: toRecord === null, witnessFile, witnesses: cosignings, quorum: witnesses.quorum };
  }
}

/** Seals one after the other, for every caller. */
export function createSealer(session: Session, settings: Settings): Sealer {
  const remembered: Remembered = { keys: new KeyHistory(session.ports), format: new RecordedFormat(session.ports.store) };
  let turn: Promise<unknown> = Promise.resolve();
  const sealInTurn = (signal?: AbortSignal): Promise<Sealing> => {
    const sealing = turn.then(() => sealOnce(session, settings, remembered, signal ?? null));
    turn = sealing.catch(() => undefined);
    return sealing;
  };
  return { seal: sealInTurn };
}
