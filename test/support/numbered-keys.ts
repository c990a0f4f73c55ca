/** Signing keys by a number: the same number gives the same key, so that tests say what is signed, and do not carry keys about. */
import { signCheckpoint } from '../../domain/audit/checkpoint.ts';
import { type CosignerKey, cosignatureLine, cosignerKeyOf, formatCosignerKey } from '../../domain/audit/cosignature.ts';
import { parseNote, formatVerifierKey, type VerifierKey, verifierKeyOf } from '../../domain/audit/signed-note.ts';
import { createNodeCrypto } from '../../infra/crypto/node-crypto.ts';

const crypto = createNodeCrypto();
const seedOf = (number: number): Uint8Array => new Uint8Array(32).fill(number);

export interface NumberedKey {
  readonly key: VerifierKey;
  readonly text: string;
  readonly seed: Uint8Array;
}

export function numberedKey(number: number, name = 'desk.example'): NumberedKey {
  const seed = seedOf(number);
  const key = verifierKeyOf(crypto.sha256, name, crypto.publicKeyOf(seed));
  return { key, text: formatVerifierKey(key), seed };
}

/** The checkpoint of a tree of some size, which every byte of the root tells apart from another of that size. */
export function noteBy({ key, seed }: NumberedKey, size: number, rootByte = size): string {
  const root = new Uint8Array(32).fill(rootByte);
  return signCheckpoint({ origin: key.name, size, root }, key, (message) => crypto.sign(seed, message));
}

export interface NumberedCosigner {
  readonly key: CosignerKey;
  readonly text: string;
  /** The line by which it cosigns a note at a second since 1970. */
  readonly line: (note: string, seconds: number) => string;
}

export function numberedCosigner(number: number, name: string): NumberedCosigner {
  const seed = seedOf(number);
  const key = cosignerKeyOf(crypto.sha256, name, crypto.publicKeyOf(seed));
  return {
    key,
    text: formatCosignerKey(key),
    line: (note, seconds) => cosignatureLine(parseNote(note).text, key, seconds, (message) => crypto.sign(seed, message)),
  };
}
