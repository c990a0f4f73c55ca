import { LedgerError } from '../shared/errors.ts';
import { fromHex, type Sha256, toHex } from '../shared/hashing.ts';
import { fromBase64, toBase64 } from './base64.ts';

/**
 * Signed notes and verifier keys of C2SP (c2sp.org/signed-note), Ed25519 only: a text that ends with a newline, an empty line,
 * and signature lines `— <name> base64(keyId || signature)`. The signature covers the text with its final newline.
 */
export interface VerifierKey {
  readonly name: string;
  /** First 4 bytes of SHA-256(name, newline, 0x01, public key), as 8 hexadecimal digits. */
  readonly keyId: string;
  readonly publicKey: Uint8Array;
}

export interface NoteSignature {
  readonly name: string;
  readonly keyId: string;
  /** Without the key id; 64 bytes for Ed25519, another length for algorithms that we do not know. */
  readonly signature: Uint8Array;
}

export interface SignedNote {
  /** With its final newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export type VerifySignature = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
export type SignMessage = (message: Uint8Array) => Uint8Array;

/** Of what a signature line holds: Ed25519 over the text, or an Ed25519 cosignature with its time (c2sp.org/tlog-cosignature). */
export const signatureTypes = { ed25519: 1, cosignature: 4 } as const;
export type SignatureType = (typeof signatureTypes)[keyof typeof signatureTypes];

const typeNames: Readonly<Record<SignatureType, string>> = { 1: 'Ed25519 (1)', 4: 'Ed25519 cosignatures (4)' };
const publicKeyBytes = 32;
const signatureBytes = 64;
const keyIdBytes = 4;
const noteSignaturesMax = 100;
const signatureLineStart = '\u2014 ';
const utf8 = new TextEncoder();

function refuse(sentence: string, evidence: Record<string, unknown> = {}): never {
  throw new LedgerError('CheckpointInvalid', sentence, { evidence });
}

/** Key names: not empty, no Unicode blanks, no control characters, no plus sign. */
export function isKeyName(name: string): boolean {
  return name !== '' && name.isWellFormed() && !/[\p{White_Space}\p{Cc}+]/u.test(name);
}

function keyIdOf(sha256: Sha256, name: string, type: SignatureType, publicKey: Uint8Array): string {
  const named = utf8.encode(`${name}\n`);
  const input = new Uint8Array(named.length + 1 + publicKey.length);
  input.set(named);
  input[named.length] = type;
  input.set(publicKey, named.length + 1);
  return toHex(sha256(input).subarray(0, keyIdBytes));
}

/** Errors: CheckpointInvalid for a name or a public key that cannot be one. */
export function verifierKeyOf(
  sha256: Sha256,
  name: string,
  publicKey: Uint8Array,
  type: SignatureType = signatureTypes.ed25519,
): VerifierKey {
  if (!isKeyName(name)) refuse('a key name must not be empty or hold blanks, control characters or a plus sign', { name });
  if (publicKey.length !== publicKeyBytes) refuse('an Ed25519 public key has 32 bytes', { name, bytes: publicKey.length });
  return { name, keyId: keyIdOf(sha256, name, type, publicKey), publicKey };
}

/** `name+keyId+base64(type || key)`. */
export function formatVerifierKey(key: VerifierKey, type: SignatureType = signatureTypes.ed25519): string {
  return `${key.name}+${key.keyId}+${toBase64(Uint8Array.of(type, ...key.publicKey))}`;
}

/** Errors: CheckpointInvalid for a malformed text, an unknown algorithm, or a key id that does not belong to the key. */
export function parseVerifierKey(sha256: Sha256, text: string, type: SignatureType = signatureTypes.ed25519): VerifierKey {
  // Base 64 may hold a plus sign of its own: only the first two separate.
  const [, name, keyId, encoded] = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/.exec(text) ?? refuse('a verifier key reads name+keyId+base64');
  const bytes = fromBase64(encoded!);
  if (bytes === null || bytes.length !== 1 + publicKeyBytes)
    refuse('the verifier key holds no canonical base 64 of an Ed25519 key', { name });
  if (bytes[0] !== type) refuse(`the verifier key is of type ${bytes[0]}, only ${typeNames[type]} is known here`, { name });
  const key = verifierKeyOf(sha256, name!, bytes.subarray(1), type);
  if (key.keyId !== keyId) refuse('the key id is not that of the key', { name, expected: key.keyId, actual: keyId });
  return key;
}

/** Signs a text and returns the whole note. The private key stays with the caller. */
export function signNote(text: string, key: VerifierKey, sign: SignMessage): string {
  if (!text.endsWith('\n') || /[^\P{Cc}\n]/u.test(text) || !text.isWellFormed())
    refuse('a note text ends with a newline and holds no control characters');
  return `${text}\n${signatureLine(text, key, sign)}`;
}

/** Adds a signature to a note: a witness's, or one of a second key. */
export function addSignature(note: string, key: VerifierKey, sign: SignMessage): string {
  return note + signatureLine(parseNote(note).text, key, sign);
}

function signatureLine(text: string, key: VerifierKey, sign: SignMessage): string {
  return formatSignatureLine({ name: key.name, keyId: key.keyId, signature: signed(utf8.encode(text), sign) });
}

/** Errors: CheckpointInvalid for what cannot be an Ed25519 signature. */
export function signed(message: Uint8Array, sign: SignMessage): Uint8Array {
  const signature = sign(message);
  if (signature.length !== signatureBytes) refuse('an Ed25519 signature has 64 bytes', { bytes: signature.length });
  return signature;
}

/** With its newline. */
export function formatSignatureLine({ name, keyId, signature }: NoteSignature): string {
  return `${signatureLineStart}${name} ${toBase64(Uint8Array.of(...fromHex(keyId), ...signature))}\n`;
}

/** Errors: CheckpointInvalid. */
export function parseSignatureLine(line: string): NoteSignature {
  const space = line.indexOf(' ', signatureLineStart.length);
  if (!line.startsWith(signatureLineStart) || space < 0) refuse('a signature line reads: em dash, space, name, space, base 64', { line });
  const name = line.slice(signatureLineStart.length, space);
  const bytes = fromBase64(line.slice(space + 1));
  if (!isKeyName(name)) refuse('a signature line names no valid key', { line });
  if (bytes === null || bytes.length <= keyIdBytes) refuse('a signature is not canonical base 64 of key id and signature', { name });
  return { name, keyId: toHex(bytes.subarray(0, keyIdBytes)), signature: bytes.subarray(keyIdBytes) };
}

/** Takes a note apart without trusting it. Errors: CheckpointInvalid. */
export function parseNote(note: string): SignedNote {
  if (!note.isWellFormed() || /[^\P{Cc}\n\u007f-\u009f]/u.test(note))
    refuse('a note is UTF-8 without control characters other than newlines');
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) refuse('a note is a text, an empty line and signature lines, each ended by a newline');
  const lines = note
    .slice(split + 2)
    .split('\n')
    .slice(0, -1);
  if (lines.length === 0) refuse('the note carries no signature');
  if (lines.length > noteSignaturesMax) refuse(`the note carries more than ${noteSignaturesMax} signatures`, { signatures: lines.length });
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignatureLine) };
}

/**
 * The text of a note once the given key's signature over it has been verified. Signatures of other keys are ignored; every
 * one that bears this key's name and id must verify. Errors: CheckpointInvalid.
 */
export function verifyNote(note: string, key: VerifierKey, verify: VerifySignature): SignedNote {
  const parsed = parseNote(note);
  const ours = parsed.signatures.filter((signature) => signature.name === key.name && signature.keyId === key.keyId);
  const evidence = { name: key.name, keyId: key.keyId, signedBy: parsed.signatures.map(({ name, keyId }) => `${name}+${keyId}`) };
  if (ours.length === 0) refuse('the note is not signed by the verifier key given', evidence);
  const message = utf8.encode(parsed.text);
  for (const { signature } of ours) {
    if (signature.length !== signatureBytes || !verify(key.publicKey, message, signature))
      refuse('the signature does not verify', evidence);
  }
  return parsed;
}
