import { LedgerError } from '../shared/errors.ts';
import { type Sha256, toHex } from '../shared/hashing.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { merkleHashBytes, verifyConsistency, sameBytes } from './merkle.ts';
import { isKeyName, parseNote, signNote, type SignMessage, type VerifierKey, verifyNote, type VerifySignature } from './signed-note.ts';

/** A tree head as C2SP (c2sp.org/tlog-checkpoint) writes it: `origin\nsize\nbase64(root)\n`. */
export interface Checkpoint {
  readonly origin: string;
  /** Number of leaves covered. */
  readonly size: number;
  /** RFC 6962 root of those leaves, 32 bytes. */
  readonly root: Uint8Array;
}

function refuse(sentence: string, evidence: Record<string, unknown> = {}): never {
  throw new LedgerError('CheckpointInvalid', sentence, { evidence });
}

export function formatCheckpoint(checkpoint: Checkpoint): string {
  const { origin, size, root } = checkpoint;
  if (!isKeyName(origin)) refuse('an origin must not be empty or hold blanks, control characters or a plus sign', { origin });
  if (!Number.isSafeInteger(size) || size < 0) refuse('a tree size is a whole number from 0', { size });
  if (root.length !== merkleHashBytes) refuse('a root has 32 bytes', { bytes: root.length });
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/**
 * Reads the text of a checkpoint strictly. Extension lines are admitted by the format and carry nothing here. Errors: CheckpointInvalid.
 */
export function parseCheckpoint(text: string): Checkpoint {
  if (!text.endsWith('\n')) refuse('a checkpoint ends with a newline');
  const [origin, sizeText, rootText, ...extensions] = text.slice(0, -1).split('\n');
  if (origin === undefined || origin === '') refuse('a checkpoint starts with its origin');
  if (sizeText === undefined || !/^(0|[1-9][0-9]*)$/.test(sizeText))
    refuse('the second line of a checkpoint is a decimal tree size without leading zeros', { line: sizeText });
  const size = Number(sizeText);
  if (!Number.isSafeInteger(size)) refuse('the tree size exceeds 2^53 - 1', { size: sizeText });
  const root = fromBase64(rootText ?? '');
  if (root === null || root.length !== merkleHashBytes)
    refuse('the third line of a checkpoint is the canonical base 64 of 32 bytes', { line: rootText });
  if (extensions.includes('')) refuse('a checkpoint holds no empty line');
  return { origin, size, root };
}

/** The signed note of a checkpoint; the key's name is the origin. */
export function signCheckpoint(checkpoint: Checkpoint, key: VerifierKey, sign: SignMessage): string {
  if (key.name !== checkpoint.origin)
    refuse('the key that signs a checkpoint bears the name of its origin', { origin: checkpoint.origin, name: key.name });
  return signNote(formatCheckpoint(checkpoint), key, sign);
}

/** A checkpoint whose signature has been verified and whose origin is the key's name. Errors: CheckpointInvalid. */
export function openCheckpoint(note: string, key: VerifierKey, verify: VerifySignature): Checkpoint {
  const checkpoint = parseCheckpoint(verifyNote(note, key, verify).text);
  if (checkpoint.origin !== key.name)
    refuse('the origin of the checkpoint is not the name of the key', { origin: checkpoint.origin, name: key.name });
  return checkpoint;
}

/** A checkpoint read without any trust in its signature. Errors: CheckpointInvalid. */
export function readUnverifiedCheckpoint(note: string): Checkpoint {
  return parseCheckpoint(parseNote(note).text);
}

/**
 * Proves that a later checkpoint extends an earlier, witnessed one. A split view (two valid checkpoints, one size, two roots)
 * and a rewritten past both fail, with both checkpoints as evidence. Errors: CheckpointInconsistent.
 */
export function requireExtends(sha256: Sha256, witnessed: Checkpoint, next: Checkpoint, proof: readonly Uint8Array[]): void {
  const evidence = {
    witnessed: { origin: witnessed.origin, size: witnessed.size, root: toHex(witnessed.root) },
    next: { origin: next.origin, size: next.size, root: toHex(next.root) },
  };
  if (witnessed.origin !== next.origin)
    throw new LedgerError('CheckpointInconsistent', 'the checkpoints are of different ledgers', { evidence });
  if (witnessed.size > next.size)
    throw new LedgerError('CheckpointInconsistent', 'the ledger is shorter than what was witnessed', { evidence });
  if (witnessed.size === next.size && !sameBytes(witnessed.root, next.root)) {
    throw new LedgerError('CheckpointInconsistent', 'two checkpoints of one size have different roots: a split view', { evidence });
  }
  const claim = { from: witnessed.size, to: next.size, fromRoot: witnessed.root, toRoot: next.root };
  if (!verifyConsistency(sha256, claim, proof)) {
    throw new LedgerError('CheckpointInconsistent', 'no proof that the ledger extends what was witnessed', { evidence });
  }
}
