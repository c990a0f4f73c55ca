import { LedgerError } from '../shared/errors.ts';
import type { Sha256 } from '../shared/hashing.ts';
import {
  formatSignatureLine,
  formatVerifierKey,
  type NoteSignature,
  parseNote,
  parseSignatureLine,
  parseVerifierKey,
  signatureTypes,
  signed,
  type SignMessage,
  type VerifierKey,
  verifierKeyOf,
  type VerifySignature,
} from './signed-note.ts';

/**
 * Cosignatures of witnesses (c2sp.org/tlog-cosignature, `cosignature/v1`): a signature line of a checkpoint that holds the key id, a time
 * and an Ed25519 signature over `cosignature/v1\ntime <seconds>\n` and the text of the checkpoint. It says that no larger tree of this log
 * was known to the witness at that time, and that the tree extends every one that it had cosigned.
 */
export interface CosignerKey extends VerifierKey {
  readonly signatureType: typeof signatureTypes.cosignature;
}

const signatureType = signatureTypes.cosignature;
const timeBytes = 8;
const cosignatureBytes = timeBytes + 64;
const utf8 = new TextEncoder();

export function cosignerKeyOf(sha256: Sha256, name: string, publicKey: Uint8Array): CosignerKey {
  return { ...verifierKeyOf(sha256, name, publicKey, signatureType), signatureType };
}

/** `name+keyId+base64(0x04 || key)`. */
export function formatCosignerKey(key: CosignerKey): string {
  return formatVerifierKey(key, signatureType);
}

/** Errors: CheckpointInvalid, also for a key of another type: that of a log is none of a witness. */
export function parseCosignerKey(sha256: Sha256, text: string): CosignerKey {
  return { ...parseVerifierKey(sha256, text, signatureType), signatureType };
}

function messageOf(text: string, timeSeconds: number): Uint8Array {
  return utf8.encode(`cosignature/v1\ntime ${timeSeconds}\n${text}`);
}

/** Seconds since 1970 as 8 bytes, the largest first; times go up to 2^53 - 1: no bit operators. */
function bytesOf(timeSeconds: number): Uint8Array {
  const bytes = new Uint8Array(timeBytes);
  let rest = timeSeconds;
  for (let index = timeBytes - 1; index >= 0; index--) {
    bytes[index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

function timeOf(bytes: Uint8Array): number {
  return bytes.reduce((seconds, byte) => seconds * 256 + byte, 0);
}

/** The line by which a witness cosigns the text of a checkpoint at a time, in seconds since 1970. */
export function cosignatureLine(text: string, key: CosignerKey, timeSeconds: number, sign: SignMessage): string {
  if (!Number.isSafeInteger(timeSeconds) || timeSeconds < 0)
    throw new LedgerError('Internal', 'the time of a cosignature is a whole number of seconds from 0', { evidence: { timeSeconds } });
  const signature = Uint8Array.of(...bytesOf(timeSeconds), ...signed(messageOf(text, timeSeconds), sign));
  return formatSignatureLine({ name: key.name, keyId: key.keyId, signature });
}

export interface Cosignature {
  readonly name: string;
  /** When the witness cosigned, in seconds since 1970. */
  readonly timeSeconds: number;
}

const isOf =
  (key: VerifierKey) =>
  ({ name, keyId }: NoteSignature): boolean =>
    name === key.name && keyId === key.keyId;

function verified(text: string, key: CosignerKey, { signature }: NoteSignature, verify: VerifySignature): Cosignature {
  const timeSeconds = timeOf(signature.subarray(0, timeBytes));
  const holds =
    signature.length === cosignatureBytes &&
    Number.isSafeInteger(timeSeconds) &&
    verify(key.publicKey, messageOf(text, timeSeconds), signature.subarray(timeBytes));
  if (!holds) {
    throw new LedgerError('CheckpointInvalid', `the cosignature of ${key.name} does not verify`, {
      evidence: { name: key.name, keyId: key.keyId },
    });
  }
  return { name: key.name, timeSeconds };
}

/**
 * The newest cosignature of a key on a note; null where there is none. The signature of the log is somebody else's to verify. Errors:
 * CheckpointInvalid for a line that bears the name and id of the key and does not verify.
 */
export function openCosignature(note: string, key: CosignerKey, verify: VerifySignature): Cosignature | null {
  const { text, signatures } = parseNote(note);
  let newest: Cosignature | null = null;
  for (const signature of signatures.filter(isOf(key))) {
    const found = verified(text, key, signature, verify);
    if (newest === null || found.timeSeconds > newest.timeSeconds) newest = found;
  }
  return newest;
}

/**
 * What a witness answered: its lines that are of the key and verify over the note, and nothing else. Errors: CheckpointInvalid where none
 * is of the key, and as above.
 */
export function acceptedLines(note: string, answer: string, key: CosignerKey, verify: VerifySignature): string {
  const { text } = parseNote(note);
  if (!answer.endsWith('\n')) throw new LedgerError('CheckpointInvalid', 'the answer of a witness is lines, each ended by a newline');
  const lines = answer.slice(0, -1).split('\n').map(parseSignatureLine).filter(isOf(key));
  for (const line of lines) verified(text, key, line, verify);
  if (lines.length > 0) return lines.map(formatSignatureLine).join('');
  throw new LedgerError('CheckpointInvalid', `the answer holds no cosignature of ${key.name}+${key.keyId}`, {
    evidence: { expected: formatCosignerKey(key) },
  });
}

/** A note with the signature lines of another of the same text beside its own, each once. Errors: CheckpointInvalid for another text. */
export function withSignaturesOf(note: string, other: string): string {
  const [own, added] = [parseNote(note), parseNote(other)];
  if (own.text !== added.text) throw new LedgerError('CheckpointInvalid', 'the notes are of different texts');
  const lines = new Set(own.signatures.map(formatSignatureLine));
  const more = added.signatures.map(formatSignatureLine).filter((line) => !lines.has(line));
  return note + [...new Set(more)].join('');
}
