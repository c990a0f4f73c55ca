import { LedgerError } from '../shared/errors.ts';
import { type Sha256, toHex } from '../shared/hashing.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { type Checkpoint, openCheckpoint, readUnverifiedCheckpoint } from './checkpoint.ts';
import { merkleHashBytes, sameBytes, verifyConsistency } from './merkle.ts';
import type { VerifierKey, VerifySignature } from './signed-note.ts';

/** What a log asks of a witness (c2sp.org/tlog-witness, `add-checkpoint`): to cosign a checkpoint that extends the one of `old` leaves. */
export interface AddCheckpoint {
  readonly old: number;
  /** RFC 6962 section 2.1.2, from the tree of `old` leaves to that of the checkpoint. */
  readonly proof: readonly Uint8Array[];
  /** The signed checkpoint. */
  readonly note: string;
}

const proofHashesMax = 63;

function malformed(sentence: string, evidence: Record<string, unknown> = {}): never {
  throw new LedgerError('RequestInvalid', sentence, { evidence });
}

export function formatAddCheckpoint({ old, proof, note }: AddCheckpoint): string {
  return `old ${old}\n${proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${note}`;
}

/** Errors: RequestInvalid. */
export function parseAddCheckpoint(body: string): AddCheckpoint {
  const end = body.indexOf('\n\n');
  if (end < 0) malformed('a request is an old size, a proof, an empty line and a signed checkpoint');
  const [first, ...hashes] = body.slice(0, end).split('\n');
  const digits = /^old (0|[1-9][0-9]*)$/.exec(first!)?.[1];
  if (digits === undefined || !Number.isSafeInteger(Number(digits))) malformed('the first line reads: old, space, a tree size in decimals');
  if (hashes.length > proofHashesMax) malformed(`a proof has at most ${proofHashesMax} hashes`, { hashes: hashes.length });
  const proof = hashes.map((line) => {
    const hash = fromBase64(line);
    return hash?.length === merkleHashBytes ? hash : malformed('a line of the proof is the base 64 of 32 bytes');
  });
  return { old: Number(digits), proof, note: body.slice(end + 2) };
}

/** What a witness makes of a request. Only `grown` is cosigned, and only once it is kept. */
export type Judgement =
  | { readonly kind: 'grown'; readonly checkpoint: Checkpoint }
  | { readonly kind: 'unknown origin' | 'not signed' | 'old beyond new' | 'inconsistent'; readonly why: string }
  /** What the witness cosigned last has another size than the log thinks, or another root at this one. */
  | { readonly kind: 'other size' | 'split view'; readonly size: number; readonly why: string };

/** A log that a witness looks after: its origin, with every key that it may sign by. */
export type KnownLogs = ReadonlyMap<string, readonly VerifierKey[]>;

function opened(note: string, keys: readonly VerifierKey[], verify: VerifySignature): Checkpoint | null {
  for (const key of keys) {
    try {
      return openCheckpoint(note, key, verify);
    } catch (error) {
      // Another key of the log may have signed it.
      if (!(error instanceof LedgerError)) throw error;
    }
  }
  return null;
}

const shown = ({ size, root }: Checkpoint): string => `${size} leaves under ${toHex(root)}`;

/**
 * Judges a request by the checkpoint that was cosigned last, in the order of the protocol. `last` is null where none has been. Errors:
 * CheckpointInvalid for a note that is none.
 */
export function judgeAddCheckpoint(
  { sha256, verify }: { readonly sha256: Sha256; readonly verify: VerifySignature },
  logs: KnownLogs,
  { old, proof, note }: AddCheckpoint,
  lastOf: (origin: string) => Checkpoint | null,
): Judgement {
  const { origin } = readUnverifiedCheckpoint(note);
  const keys = logs.get(origin);
  if (keys === undefined) return { kind: 'unknown origin', why: `this witness does not look after ${origin}` };
  const next = opened(note, keys, verify);
  if (next === null) return { kind: 'not signed', why: `the checkpoint is not signed by a key known for ${origin}` };
  if (old > next.size) return { kind: 'old beyond new', why: `the old size ${old} is beyond the checkpoint of ${next.size} leaves` };
  const last = lastOf(origin) ?? { origin, size: 0, root: sha256(new Uint8Array(0)) };
  const { size } = last;
  if (old !== size) return { kind: 'other size', size, why: `the checkpoint cosigned last has ${size} leaves, not ${old}` };
  if (size === next.size && !sameBytes(last.root, next.root))
    return { kind: 'split view', size, why: `a split view: ${shown(last)} were cosigned, and ${shown(next)} are claimed` };
  const claim = { from: size, to: next.size, fromRoot: last.root, toRoot: next.root };
  return verifyConsistency(sha256, claim, proof)
    ? { kind: 'grown', checkpoint: next }
    : { kind: 'inconsistent', why: `no proof that ${shown(next)} extend ${shown(last)}` };
}
